use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::value::Literal;

/// Nulls numbers, dates or timestamps outside a range (bounds included in the range).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NullOutOfRange {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Smallest value admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// Largest value admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
}

/// A bound of a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// This value.
    Literal(Literal),
    /// The day of the run (for dates), or its instant (for timestamps).
    AsOf,
}
