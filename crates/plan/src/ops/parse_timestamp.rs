use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::operation::OnError;

/// Reads dates with times: the first format that explains a value decides. A trailing `Z` in a format means UTC; the result is UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseTimestamp {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// In order.
    pub formats: Vec<String>,
    /// What becomes of values that no format explains.
    pub on_error: OnError,
}
