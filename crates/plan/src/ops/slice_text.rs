use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Keeps a part of a text, counted in characters (Unicode scalar values). A part without characters is null.
/// With `into`, the part goes to a new column and the source stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceText {
    /// The source.
    #[schemars(with = "String")]
    pub column: ColumnName,
    /// The new column; absent: in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub into: Option<ColumnName>,
    /// Characters to skip.
    pub start: u32,
    /// Characters to keep; absent: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}
