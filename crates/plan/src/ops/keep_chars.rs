use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Keeps the characters of a class and removes the others. Text of which nothing is left becomes null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepChars {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The class.
    pub class: CharClass,
}

/// A class of characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CharClass {
    /// `0` to `9`.
    Digits,
    /// ASCII letters and digits.
    Alnum,
    /// ASCII.
    Ascii,
    /// Exactly these characters.
    Set(String),
}
