use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Cell, Class, Effect, Operation, Problem, column_type, require_text};
use crate::ops::trim::text_or_null;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Keeps a part of a text, counted in characters (Unicode scalar values). Null stays null, and a part
/// without characters is null.
/// With `into`, the part goes to a new column and the source stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceText {
    /// The source.
    #[schemars(with = "String")]
    pub column: ColumnName,
    /// The new column; absent: in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub into: Option<ColumnName>,
    /// Characters to skip.
    pub start: u32,
    /// Characters to keep; absent: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

impl SliceText {
    fn slice(&self, value: &Value) -> Value {
        let Some(text) = value.as_text() else {
            return Value::Null;
        };
        // A `u32` fits a `usize` on every platform with an operating system.
        let tail = text.chars().skip(self.start as usize);
        text_or_null(match self.length {
            Some(length) => tail.take(length as usize).collect(),
            None => tail.collect(),
        })
    }
}

impl Operation for SliceText {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn is_idempotent(&self) -> bool {
        self.start == 0 && self.into.is_none()
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        let input = column_type(schema, &self.column, "/column")?;
        require_text(input).map_err(|problem| Problem {
            pointer: "/column".into(),
            ..problem
        })?;
        match (self.start, self.length) {
            (_, Some(0)) => return Err(Problem::new("/length", "keeps nothing")),
            (0, None) => return Err(Problem::new("/start", "keeps everything")),
            _ => {}
        }
        if let Some(into) = &self.into {
            if schema.position(into).is_some() {
                return Err(Problem::new(
                    "/into",
                    format!("column `{into}` exists already"),
                ));
            }
            schema.set(into, ColumnType::Text);
        }
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(self.into.as_ref().unwrap_or(&self.column), column)
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let Some(into) = &self.into else {
            let change = |value: &Value| Cell::Value(self.slice(value));
            return frame
                .map_cells(&self.column, ColumnType::Text, change)
                .map(drop);
        };
        let at = frame
            .schema()
            .position(&self.column)
            .ok_or_else(|| RunError::Unchecked {
                column: self.column.clone(),
            })?;
        let cells = frame
            .rows()
            .iter()
            .map(|row| self.slice(&row.cells[at]))
            .collect();
        frame.put_column(into, ColumnType::Text, cells);
        Ok(())
    }

    fn compile(&self, _schema: &Schema, transform: &mut Transform<'_>) {
        let length = self
            .length
            .map(|length| format!(", {length}"))
            .unwrap_or_default();
        let source = column_expression(&self.column);
        let part = format!("text_or_null({source}.str.slice({}{length}))", self.start);
        match &self.into {
            Some(into) => transform.expressions("derive", [(into, &*part)], &[]),
            None => transform.expressions("change", [(&self.column, &*part)], &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{columns, frame, run};

    fn slice(into: Option<&str>, start: u32, length: Option<u32>) -> SliceText {
        let mut names = columns(&["a"]);
        let into = into.map(|name| columns(&[name]).remove(0));
        SliceText {
            column: names.remove(0),
            into,
            start,
            length,
        }
    }

    fn rows(operation: &SliceText, text: &str) -> Vec<Option<String>> {
        let mut frame = frame(
            "a",
            ColumnType::Text,
            vec![Value::Text(text.into()), Value::Null],
        );
        operation.interpret(&mut frame, &run()).unwrap();
        assert!(frame.rows()[1].cells.iter().all(Value::is_null));
        frame.rows()[0]
            .cells
            .iter()
            .map(Value::canonical_text)
            .collect()
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(
            rows(&slice(None, 1, Some(2)), "é😀e\u{301}x"),
            [Some("😀e".to_owned())]
        );
        assert_eq!(
            rows(&slice(None, 3, None), "é😀e\u{301}x"),
            [Some("\u{301}x".to_owned())]
        );
        assert_eq!(rows(&slice(None, 9, Some(2)), "abc"), [None]);
        assert_eq!(rows(&slice(None, u32::MAX, Some(u32::MAX)), "abc"), [None]);
        assert_eq!(
            rows(&slice(Some("b"), 0, Some(2)), "abc"),
            [Some("abc".to_owned()), Some("ab".to_owned())]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let pointer = |operation: SliceText, ty| {
            let mut schema = Schema::new(vec![(columns(&["a"]).remove(0), ty)]);
            operation.check(&mut schema).unwrap_err().pointer
        };
        assert_eq!(
            pointer(slice(None, 1, None), ColumnType::Integer),
            "/column"
        );
        assert_eq!(
            pointer(slice(None, 1, Some(0)), ColumnType::Text),
            "/length"
        );
        assert_eq!(pointer(slice(None, 0, None), ColumnType::Text), "/start");
        assert_eq!(
            pointer(slice(Some("a"), 1, None), ColumnType::Text),
            "/into"
        );
    }
}
