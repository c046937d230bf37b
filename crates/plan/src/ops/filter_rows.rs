use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::expression::Expression;

/// Removes the rows for which a condition does not hold (unknown does not hold).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterRows {
    /// What must hold for a row to stay.
    pub predicate: Expression,
    /// Where removed rows go.
    pub disposition: Disposition,
    /// Why, in a few words.
    pub reason: String,
}

/// Where removed rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Nowhere: counted and gone.
    Drop,
    /// To the quarantine file of the table.
    Quarantine,
}

impl Disposition {
    /// The keyword argument of the skeleton's methods that remove rows.
    pub(crate) fn python(self) -> String {
        match self {
            Self::Quarantine => "quarantine=True".to_owned(),
            Self::Drop => "quarantine=False".to_owned(),
        }
    }
}
