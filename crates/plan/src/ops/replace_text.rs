use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Replaces every occurrence of a literal or a pattern. Text of which nothing is left becomes null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceText {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// What to find: a literal, or a linear-time regular expression of at most 200 characters.
    pub find: String,
    /// What to put in its place; literal, no references.
    pub with: String,
    /// How `find` is read.
    #[serde(rename = "match")]
    pub matching: Matching,
}

/// How a text to find is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// As it stands.
    Literal,
    /// As a regular expression in RE2 syntax.
    Re2,
}
