use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::operation::OnError;

/// Reads truth values: tokens compared after trimming, ignoring ASCII case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseBoolean {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// What means true.
    #[serde(rename = "true")]
    pub true_tokens: Vec<String>,
    /// What means false.
    #[serde(rename = "false")]
    pub false_tokens: Vec<String>,
    /// What becomes of other values.
    pub on_error: OnError,
}
