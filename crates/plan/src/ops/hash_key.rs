use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::{ColumnName, Digest};

use crate::compile::{Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::python_text;
use crate::operation::{Class, Effect, Operation, Problem, check_columns};
use crate::ops::cast::cast_expression;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// A deterministic key: SHA-256, in hexadecimal, over the canonical text of columns.
/// Each column contributes the length of its text in bytes, a colon and the text, or for null the null
/// token, which starts with no digit; so no two different lists of values meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashKey {
    /// The columns that make the key, in this order; none of them of floats.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// What stands for null: 1 to 16 printable ASCII characters, the first of them no digit.
    pub null_token: String,
    /// The new column.
    #[schemars(with = "String")]
    pub into: ColumnName,
}

impl HashKey {
    /// What is hashed for one row.
    fn message<'v>(&self, values: impl Iterator<Item = &'v Value>) -> String {
        let part = |value: &Value| match value.canonical_text() {
            Some(text) => format!("{}:{text}", text.len()),
            None => self.null_token.clone(),
        };
        values.map(part).collect()
    }
}

impl Operation for HashKey {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        for (at, name) in self.columns.iter().enumerate() {
            if schema.type_of(name) == Some(ColumnType::Float) {
                let rule = format!("column `{name}` is a float, which identifies nothing");
                return Err(Problem::new(format!("/columns/{at}"), rule));
            }
        }
        let token = self.null_token.as_bytes();
        let printable = token.iter().all(|byte| (b' '..=b'~').contains(byte));
        let starts_well = token.first().is_some_and(|byte| !byte.is_ascii_digit());
        if !printable || !starts_well || token.len() > 16 {
            let rule = "is not 1 to 16 printable ASCII characters of which the first is no digit";
            return Err(Problem::new("/null_token", rule));
        }
        if schema.position(&self.into).is_some() {
            return Err(Problem::new(
                "/into",
                format!("column `{}` exists already", self.into),
            ));
        }
        schema.set(&self.into, ColumnType::Text);
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(&self.into, column)
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let mut positions = Vec::with_capacity(self.columns.len());
        for name in &self.columns {
            let at = frame.schema().position(name);
            positions.push(at.ok_or_else(|| RunError::Unchecked {
                column: name.clone(),
            })?);
        }
        let key = |cells: &[Value]| {
            let message = self.message(positions.iter().map(|&at| &cells[at]));
            Value::Text(Digest::of(message.as_bytes()).to_string())
        };
        let cells = frame.rows().iter().map(|row| key(&row.cells)).collect();
        frame.put_column(&self.into, ColumnType::Text, cells);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let texts = self.columns.iter().map(|name| {
            let value = column_expression(name);
            match schema.type_of(name) {
                None | Some(ColumnType::Text) => value,
                Some(ty) => cast_expression(&value, ty, ColumnType::Text),
            }
        });
        let texts: Vec<String> = texts.collect();
        let key = format!(
            "hash_key([{}], {})",
            texts.join(", "),
            python_text(&self.null_token)
        );
        transform.expressions("derive", [(&self.into, &*key)], &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpret::Row;
    use crate::ops::testing::{columns, run};

    fn hash(names: &[&str], null_token: &str, into: &str) -> HashKey {
        let into = columns(&[into]).remove(0);
        HashKey {
            columns: columns(names),
            null_token: null_token.to_owned(),
            into,
        }
    }

    #[test]
    fn no_two_lists_of_values_share_a_message() {
        let text = |text: &str| Value::Text(text.to_owned());
        let lists = [
            [text("ab"), text("c")],
            [text("a"), text("bc")],
            [text("a-"), text("bc")],
            [text("-"), Value::Null],
            [Value::Null, text("-")],
            [Value::Null, Value::Null],
            [text("1:a"), text("é")],
            [Value::Integer(1), text("é")],
        ];
        let operation = hash(&["a", "b"], "-", "k");
        let mut messages: Vec<_> = lists
            .iter()
            .map(|list| operation.message(list.iter()))
            .collect();
        assert_eq!(messages[7], "1:12:é");
        messages.sort();
        messages.dedup();
        assert_eq!(messages.len(), lists.len());
    }

    #[test]
    fn the_key_is_the_sha_256_of_the_message() {
        let schema = Schema::bronze(&columns(&["a", "b"]));
        let cells = vec![Value::Text("a".to_owned()), Value::Null];
        let mut frame = Frame::with_rows(schema, vec![Row { number: 1, cells }]);
        hash(&["a", "b"], "-", "k")
            .interpret(&mut frame, &run())
            .unwrap();
        // printf '1:a-' | sha256sum
        let key = "90f1254ff827d6590e7801f3633736f7ae68c37fd9392ced9c449bc6825320b8";
        assert_eq!(frame.rows()[0].cells[2].as_text(), Some(key));
    }

    #[test]
    fn tokens_and_columns_are_checked() {
        let pointer = |operation: HashKey| {
            let [a, b] = ["a", "f"].map(|name| columns(&[name]).remove(0));
            let mut schema = Schema::new(vec![(a, ColumnType::Text), (b, ColumnType::Float)]);
            operation.check(&mut schema).unwrap_err().pointer
        };
        assert_eq!(pointer(hash(&["a"], "", "k")), "/null_token");
        assert_eq!(pointer(hash(&["a"], "1", "k")), "/null_token");
        assert_eq!(pointer(hash(&["a"], "é", "k")), "/null_token");
        assert_eq!(pointer(hash(&["a"], "-", "a")), "/into");
        assert_eq!(pointer(hash(&["a", "f"], "-", "k")), "/columns/1");
    }
}
