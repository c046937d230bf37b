use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::operation::OnError;
use crate::value::ColumnType;

/// Reads numbers with group marks, another decimal mark, a currency sign, a per-cent sign or negative parentheses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseNumber {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The type that results.
    pub to: ColumnType,
    /// The decimal mark: `.` or `,`.
    pub decimal: char,
    /// The mark between groups of three digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<char>,
    /// Currency signs or codes that may stand at either end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub currency: Vec<String>,
    /// A per-cent sign divides by 100.
    #[serde(default)]
    pub percent: bool,
    /// `(1.00)` means -1.00.
    #[serde(default)]
    pub parens_negative: bool,
    /// What becomes of values that are no such number.
    pub on_error: OnError,
}
