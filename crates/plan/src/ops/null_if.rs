use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::expression::Expression;

/// Turns values that stand for "missing" into null: tokens (compared after trimming, ignoring ASCII case where asked), or a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NullIf {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<String>,
    /// Ignore ASCII case of tokens.
    #[serde(default)]
    pub ignore_case: bool,
    /// Also null where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
}
