use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// A deterministic key: SHA-256, in hexadecimal, over the canonical text of columns.
/// Each column contributes its length in bytes, a colon and its text, or the null token as `-`; so no two different lists of values meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashKey {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// What stands for null.
    pub null_token: String,
    /// The new column.
    #[schemars(with = "String")]
    pub into: ColumnName,
}
