use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, Problem, require_text};
use crate::value::{ColumnType, Value};

/// Removes characters at the ends of text. Text of which nothing is left becomes null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trim {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// At which ends.
    pub side: Side,
    /// The characters to remove; absent: white space (Unicode `White_Space`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chars: Option<String>,
    /// Also replace each run of white space inside by one space.
    #[serde(default)]
    pub collapse_inner: bool,
}

/// Ends of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Both ends.
    Both,
    /// The start.
    Start,
    /// The end.
    End,
}

impl CellOperation for Trim {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        // Collapsing can put a space at an end after the ends were trimmed of it.
        self.chars.is_none() || !self.collapse_inner
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        if self.chars.as_ref().is_some_and(String::is_empty) {
            return Err(Problem::new("/chars", "names no character"));
        }
        require_text(input)
    }

    fn only_reads(&self, _input: ColumnType) -> bool {
        self.chars.is_none()
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let Some(text) = value.as_text() else {
            return Cell::Value(value.clone());
        };
        let removed = |c: char| match &self.chars {
            Some(chars) => chars.contains(c),
            None => c.is_whitespace(),
        };
        let trimmed = match self.side {
            Side::Both => text.trim_matches(removed),
            Side::Start => text.trim_start_matches(removed),
            Side::End => text.trim_end_matches(removed),
        };
        Cell::Value(text_or_null(match self.collapse_inner {
            true => collapse_white_space(trimmed),
            false => trimmed.to_owned(),
        }))
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let method = match self.side {
            Side::Both => "strip_chars",
            Side::Start => "strip_chars_start",
            Side::End => "strip_chars_end",
        };
        let chars = self.chars.as_deref().map(python_text).unwrap_or_default();
        let collapse = if self.collapse_inner {
            ".str.replace_all(r\"\\s+\", \" \")"
        } else {
            ""
        };
        format!("text_or_null({input}.str.{method}({chars}){collapse})")
    }
}

/// Each run of white space becomes one space.
fn collapse_white_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_whitespace() {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out
}

/// Text, or null where nothing is left of it.
pub(crate) fn text_or_null(text: String) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        Value::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::texts;

    fn trim(side: Side, chars: Option<&str>, collapse_inner: bool) -> Trim {
        Trim {
            columns: Vec::new(),
            side,
            chars: chars.map(str::to_owned),
            collapse_inner,
        }
    }

    #[test]
    fn white_space_or_named_characters_go_at_the_ends() {
        let input = ["\u{a0} a\t b \n", "xax", " "];
        assert_eq!(
            texts(&trim(Side::Both, None, false), &input),
            ["a\t b", "xax", ""]
        );
        assert_eq!(
            texts(&trim(Side::Start, None, true), &input),
            ["a b ", "xax", ""]
        );
        assert_eq!(
            texts(&trim(Side::End, Some("x "), false), &input),
            ["\u{a0} a\t b \n", "xa", ""]
        );
        // A zero-width space is no white space.
        assert_eq!(
            texts(&trim(Side::Both, None, false), &["\u{200b}"]),
            ["\u{200b}"]
        );
    }

    #[test]
    fn collapsing_is_idempotent_for_white_space_alone() {
        let spaces = trim(Side::Both, Some(" "), true);
        assert_eq!(texts(&spaces, &["\u{a0}a"]), [" a"]);
        assert_eq!(texts(&spaces, &[" a"]), ["a"]);
        assert!(!spaces.is_idempotent() && trim(Side::Both, None, true).is_idempotent());
    }

    #[test]
    fn a_set_of_nothing_is_refused() {
        let problem = trim(Side::Both, Some(""), false).output_type(ColumnType::Text);
        assert_eq!(problem.unwrap_err().pointer, "/chars");
    }
}
