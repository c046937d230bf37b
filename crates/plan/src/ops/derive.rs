use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::expression::Expression;

/// Computes a column from the cells of the row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// The column: new, or replaced.
    #[schemars(with = "String")]
    pub into: ColumnName,
    /// How.
    pub expression: Expression,
}
