use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Rounds decimals and floats to a number of digits after the point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundNumber {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Digits after the point.
    pub scale: u8,
    /// What becomes of a half.
    pub mode: RoundMode,
}

/// What becomes of a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundMode {
    /// To the even neighbour.
    HalfEven,
    /// Away from zero.
    HalfUp,
}
