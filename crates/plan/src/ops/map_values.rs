use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use std::collections::BTreeMap;

/// Replaces codes by labels. Unmapped values are counted in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapValues {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Labels by codes.
    pub map: BTreeMap<String, String>,
    /// What is done to a value before it is looked up.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<Folding>,
    /// What becomes of a value that is not in the map.
    pub default: Unmapped,
}

/// What is done to a value before it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folding {
    /// White space at the ends does not count.
    Trim,
    /// Case does not count.
    Casefold,
}

/// What becomes of a value that is not in the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unmapped {
    /// It stays as it is.
    Keep,
    /// It becomes null.
    Null,
    /// It becomes this text.
    Literal(String),
    /// Its row goes to quarantine.
    Quarantine,
}
