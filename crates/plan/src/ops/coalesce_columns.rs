use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// The first of several columns of one type that has a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoalesceColumns {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Where it goes: a new column, or one of them.
    #[schemars(with = "String")]
    pub into: ColumnName,
}
