use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Changes letter case by the full Unicode mappings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCase {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// To which case.
    pub case: Case,
}

/// A letter case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// all lower
    Lower,
    /// ALL UPPER
    Upper,
    /// First letter of each word upper, the rest lower; words are runs of letters and digits.
    Title,
    /// First letter upper, the rest lower.
    Sentence,
}
