use regex::{NoExpand, Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, Prepared, Problem, require_text};
use crate::ops::trim::text_or_null;
use crate::value::{ColumnType, Value};

/// Replaces every occurrence of a literal or a pattern, from the start on, without overlap. Null
/// stays null; text of which nothing is left becomes null.
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

/// Longest pattern, in characters. A reviewer must be able to read it.
const MAX_PATTERN_CHARS: usize = 200;
/// Largest compiled pattern, in bytes: a tenth of what Polars admits, so that it never refuses one.
const MAX_PATTERN_SIZE: usize = 1 << 20;

impl ReplaceText {
    fn pattern(&self) -> Result<Regex, Problem> {
        if self.find.is_empty() || self.find.chars().count() > MAX_PATTERN_CHARS {
            let rule = format!("is empty or longer than {MAX_PATTERN_CHARS} characters");
            return Err(Problem::new("/find", rule));
        }
        let pattern = match self.matching {
            Matching::Literal => regex::escape(&self.find),
            Matching::Re2 => self.find.clone(),
        };
        let built = RegexBuilder::new(&pattern)
            .size_limit(MAX_PATTERN_SIZE)
            .build();
        let regex = built.map_err(|_| {
            Problem::new(
                "/find",
                "is no regular expression, or one that is too large",
            )
        })?;
        if regex.is_match("") {
            return Err(Problem::new("/find", "matches the empty text"));
        }
        Ok(regex)
    }
}

impl CellOperation for ReplaceText {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        self.pattern()?;
        require_text(input)
    }

    fn apply(&self, value: &Value, run: &RunParameters) -> Cell {
        self.prepare()(value, run)
    }

    fn prepare(&self) -> Prepared<'_> {
        let pattern = self.pattern().ok();
        Box::new(move |value, _| match (value, &pattern) {
            (Value::Text(text), Some(pattern)) => {
                let replaced = pattern.replace_all(text, NoExpand(&self.with));
                Cell::Value(text_or_null(replaced.into_owned()))
            }
            _ => Cell::Value(value.clone()),
        })
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let find = python_text(&self.find);
        let replaced = match self.matching {
            Matching::Literal => {
                format!(
                    "{input}.str.replace_all({find}, {}, literal=True)",
                    python_text(&self.with)
                )
            }
            // Polars reads `$1` as a reference; a doubled `$` is one that stands for itself.
            Matching::Re2 => {
                let with = python_text(&self.with.replace('$', "$$"));
                format!("{input}.str.replace_all({find}, {with})")
            }
        };
        format!("text_or_null({replaced})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::texts;

    fn replace(find: &str, with: &str, matching: Matching) -> ReplaceText {
        ReplaceText {
            columns: Vec::new(),
            find: find.into(),
            with: with.into(),
            matching,
        }
    }

    #[test]
    fn literals_and_patterns_are_replaced_and_references_are_not_read() {
        let literal = replace("a.", "$1", Matching::Literal);
        assert_eq!(texts(&literal, &["a.b", "ab", "a."]), ["$1b", "ab", "$1"]);
        let pattern = replace(r"\s+(\d)", "$1", Matching::Re2);
        assert_eq!(texts(&pattern, &["x \u{a0}1", " 2"]), ["x$1", "$1"]);
        assert_eq!(
            texts(&replace("x", "", Matching::Literal), &["xx", "axb"]),
            ["", "ab"]
        );
    }

    #[test]
    fn what_is_no_small_linear_pattern_is_refused() {
        let refused = |find: &str| {
            replace(find, "", Matching::Re2)
                .output_type(ColumnType::Text)
                .unwrap_err()
                .pointer
        };
        for find in [
            "",
            "(",
            "a*",
            "^",
            r"(a)\1",
            "(?=a)",
            "(((a{99}){99}){99})",
            &"a".repeat(201),
        ] {
            assert_eq!(refused(find), "/find", "{find}");
        }
        let literal = replace("(", "", Matching::Literal);
        assert_eq!(literal.output_type(ColumnType::Text), Ok(ColumnType::Text));
        assert!(literal.output_type(ColumnType::Date).is_err());
    }
}
