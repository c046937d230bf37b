use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use chrono::NaiveDate;
use crate::operation::OnError;

/// Reads dates: the first format that explains a value decides. Formats are of the closed list in `silversmith_types::dates`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseDate {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// In order.
    pub formats: Vec<String>,
    /// Earliest date admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<NaiveDate>,
    /// Latest date admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<NaiveDate>,
    /// What becomes of values that no format explains or that are out of bounds.
    pub on_error: OnError,
}
