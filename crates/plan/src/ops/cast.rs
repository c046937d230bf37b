use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::operation::OnError;
use crate::value::ColumnType;

/// Converts between types. An integer stays a nullable integer and never becomes a float on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The type.
    pub to: ColumnType,
    /// What becomes of values that have no counterpart in the type.
    pub on_error: OnError,
}
