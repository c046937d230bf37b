use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::{python_list, python_text};
use crate::operation::{Cell, CellOperation, OnError, Problem, require_text};
use crate::value::{ColumnType, Value};

/// Admits only listed values, compared as they stand. Null stays null. Where others become a text,
/// that is a change; otherwise they are invalid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictDomain {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The values admitted, without repeats.
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

impl CellOperation for RestrictDomain {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        if self.allowed.is_empty() {
            return Err(Problem::new("/allowed", "names no value"));
        }
        for (at, value) in self.allowed.iter().enumerate() {
            if value.is_empty() || self.allowed[..at].contains(value) {
                return Err(Problem::new(
                    format!("/allowed/{at}"),
                    "is empty or a repeat",
                ));
            }
        }
        if self.otherwise == Otherwise::Literal(String::new()) {
            return Err(Problem::new("/else/literal", "is empty"));
        }
        require_text(input)
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let admitted = value
            .as_text()
            .is_some_and(|text| self.allowed.iter().any(|known| known == text));
        match &self.otherwise {
            _ if admitted => Cell::Value(value.clone()),
            Otherwise::Literal(text) => Cell::Value(Value::Text(text.clone())),
            Otherwise::Null | Otherwise::Quarantine | Otherwise::Fail => Cell::Invalid,
        }
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let allowed = python_list(self.allowed.iter().map(String::as_str));
        let admitted = format!("{input}.is_in({allowed})");
        match &self.otherwise {
            Otherwise::Literal(text) => {
                format!(
                    "pl.when(~{admitted}).then(pl.lit({})).otherwise({input})",
                    python_text(text)
                )
            }
            _ => format!("pl.when({admitted}).then({input})"),
        }
    }

    fn on_error(&self) -> Option<OnError> {
        match self.otherwise {
            Otherwise::Literal(_) => None,
            Otherwise::Null => Some(OnError::Null),
            Otherwise::Quarantine => Some(OnError::Quarantine),
            Otherwise::Fail => Some(OnError::Fail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    fn restrict(allowed: &[&str], otherwise: Otherwise) -> RestrictDomain {
        let allowed = allowed.iter().map(|value| (*value).to_owned()).collect();
        RestrictDomain {
            columns: Vec::new(),
            allowed,
            otherwise,
        }
    }

    #[test]
    fn values_outside_the_list_do_not_pass() {
        let others = Otherwise::Literal("other".to_owned());
        assert_eq!(
            texts(&restrict(&["a", "é"], others), &["a", "A", "é", "e\u{301}"]),
            ["a", "other", "é", "other"]
        );
        assert_eq!(
            texts(&restrict(&["a"], Otherwise::Null), &["a", "b"]),
            ["a", INVALID]
        );
    }

    #[test]
    fn empty_and_repeated_values_are_refused() {
        let pointer = |operation: RestrictDomain| {
            operation.output_type(ColumnType::Text).unwrap_err().pointer
        };
        assert_eq!(pointer(restrict(&[], Otherwise::Null)), "/allowed");
        assert_eq!(pointer(restrict(&["a", ""], Otherwise::Null)), "/allowed/1");
        assert_eq!(
            pointer(restrict(&["a", "a"], Otherwise::Null)),
            "/allowed/1"
        );
        assert_eq!(
            pointer(restrict(&["a"], Otherwise::Literal(String::new()))),
            "/else/literal"
        );
    }
}
