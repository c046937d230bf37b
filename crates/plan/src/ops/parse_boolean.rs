use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_list;
use crate::operation::{Cell, CellOperation, OnError, Prepared, Problem, require_text};
use crate::ops::map_values::Folding;
use crate::value::{ColumnType, Value};

/// Reads truth values: tokens compared without white space at the ends and in lower case. Null stays
/// null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseBoolean {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// What means true.
    #[serde(rename = "true")]
    pub true_tokens: Vec<String>,
    /// What means false.
    #[serde(rename = "false")]
    pub false_tokens: Vec<String>,
    /// What becomes of other values.
    pub on_error: OnError,
}

const FOLDING: [Folding; 2] = [Folding::Trim, Folding::Casefold];

fn folded(tokens: &[String]) -> BTreeSet<String> {
    tokens
        .iter()
        .map(|token| Folding::fold(&FOLDING, token))
        .collect()
}

impl CellOperation for ParseBoolean {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        let (truths, falsehoods) = (folded(&self.true_tokens), folded(&self.false_tokens));
        for (tokens, count, pointer) in [
            (&truths, self.true_tokens.len(), "/true"),
            (&falsehoods, self.false_tokens.len(), "/false"),
        ] {
            if tokens.is_empty() || tokens.contains("") {
                return Err(Problem::new(pointer, "names no token, or an empty one"));
            }
            if tokens.len() != count {
                return Err(Problem::new(pointer, "names one token twice"));
            }
        }
        if !truths.is_disjoint(&falsehoods) {
            return Err(Problem::new("/false", "has a token that is also in `true`"));
        }
        require_text(input)?;
        Ok(ColumnType::Boolean)
    }

    fn apply(&self, value: &Value, run: &RunParameters) -> Cell {
        self.prepare()(value, run)
    }

    fn prepare(&self) -> Prepared<'_> {
        let (truths, falsehoods) = (folded(&self.true_tokens), folded(&self.false_tokens));
        Box::new(move |value, _| {
            let token = Folding::fold(&FOLDING, value.as_text().unwrap_or_default());
            match () {
                () if truths.contains(&token) => Cell::Value(Value::Boolean(true)),
                () if falsehoods.contains(&token) => Cell::Value(Value::Boolean(false)),
                () => Cell::Invalid,
            }
        })
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let (truths, falsehoods) = (folded(&self.true_tokens), folded(&self.false_tokens));
        let list = |tokens: &BTreeSet<String>| python_list(tokens.iter().map(String::as_str));
        let token = Folding::expression(&FOLDING, input);
        format!("truth({token}, {}, {})", list(&truths), list(&falsehoods))
    }

    fn on_error(&self) -> Option<OnError> {
        Some(self.on_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    fn parse(truths: &[&str], falsehoods: &[&str]) -> ParseBoolean {
        let owned = |tokens: &[&str]| tokens.iter().map(|token| (*token).to_owned()).collect();
        ParseBoolean {
            columns: Vec::new(),
            true_tokens: owned(truths),
            false_tokens: owned(falsehoods),
            on_error: OnError::Null,
        }
    }

    #[test]
    fn tokens_are_compared_without_case_and_space() {
        let operation = parse(&["Yes", "1"], &["no", "Ж"]);
        assert_eq!(
            texts(&operation, &[" YES\u{a0}", "1", "ж", "No", "01", " "]),
            ["true", "true", "false", "false", INVALID, INVALID]
        );
    }

    #[test]
    fn contradicting_tokens_are_refused() {
        let pointer = |truths: &[&str], falsehoods: &[&str]| {
            parse(truths, falsehoods)
                .output_type(ColumnType::Text)
                .unwrap_err()
                .pointer
        };
        assert_eq!(pointer(&[], &["0"]), "/true");
        assert_eq!(pointer(&["1"], &["0", " "]), "/false");
        assert_eq!(pointer(&["1"], &["n", "N "]), "/false");
        assert_eq!(pointer(&["Y"], &["y"]), "/false");
    }
}
