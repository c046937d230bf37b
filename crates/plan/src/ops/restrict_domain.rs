use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Admits only listed values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictDomain {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The values admitted.
    pub allowed: Vec<String>,
    /// What becomes of others.
    #[serde(rename = "else")]
    pub otherwise: Otherwise,
}

/// What becomes of a value that is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// It becomes null.
    Null,
    /// It becomes this text.
    Literal(String),
    /// Its row goes to quarantine.
    Quarantine,
    /// The run fails.
    Fail,
}
