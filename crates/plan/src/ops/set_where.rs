use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::expression::Expression;

/// Overrides a column where a condition holds, and counts how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetWhere {
    /// The column.
    #[schemars(with = "String")]
    pub column: ColumnName,
    /// The condition; unknown (null) is no.
    pub when: Expression,
    /// The new value, of the type of the column.
    pub to: Expression,
}
