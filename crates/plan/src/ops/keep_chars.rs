use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, Problem, require_text};
use crate::ops::trim::text_or_null;
use crate::value::{ColumnType, Value};

/// Keeps the characters of a class and removes the others. Null stays null; text of which nothing is
/// left becomes null.
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

/// Most characters of a set.
const MAX_SET_CHARS: usize = 200;

impl CharClass {
    fn has(&self, c: char) -> bool {
        match self {
            Self::Digits => c.is_ascii_digit(),
            Self::Alnum => c.is_ascii_alphanumeric(),
            Self::Ascii => c.is_ascii(),
            Self::Set(chars) => chars.contains(c),
        }
    }

    /// A regular expression for one or more characters outside the class.
    fn others(&self) -> String {
        match self {
            Self::Digits => "[^0-9]+".to_owned(),
            Self::Alnum => "[^0-9A-Za-z]+".to_owned(),
            Self::Ascii => r"[^\x00-\x7F]+".to_owned(),
            Self::Set(chars) => format!("[^{}]+", regex::escape(chars)),
        }
    }
}

impl CellOperation for KeepChars {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        if let CharClass::Set(chars) = &self.class
            && !(1..=MAX_SET_CHARS).contains(&chars.chars().count())
        {
            let rule = format!("names no character, or more than {MAX_SET_CHARS}");
            return Err(Problem::new("/class/set", rule));
        }
        require_text(input)
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let Some(text) = value.as_text() else {
            return Cell::Value(value.clone());
        };
        Cell::Value(text_or_null(
            text.chars().filter(|&c| self.class.has(c)).collect(),
        ))
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let others = python_text(&self.class.others());
        format!("text_or_null({input}.str.replace_all({others}, \"\"))")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::texts;

    fn keep(class: CharClass) -> KeepChars {
        KeepChars {
            columns: Vec::new(),
            class,
        }
    }

    #[test]
    fn characters_outside_the_class_go() {
        let input = ["+49 (0) 12-３", "Zoë_7]", "é"];
        assert_eq!(texts(&keep(CharClass::Digits), &input), ["49012", "7", ""]);
        assert_eq!(texts(&keep(CharClass::Alnum), &input), ["49012", "Zo7", ""]);
        assert_eq!(
            texts(&keep(CharClass::Ascii), &input),
            ["+49 (0) 12-", "Zo_7]", ""]
        );
        let set = keep(CharClass::Set("]^-\\é".to_owned()));
        assert_eq!(texts(&set, &input), ["-", "]", "é"]);
    }

    #[test]
    fn a_set_of_nothing_is_refused() {
        let problem = keep(CharClass::Set(String::new())).output_type(ColumnType::Text);
        assert_eq!(problem.unwrap_err().pointer, "/class/set");
    }
}
