use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem, check_columns, column_type};
use crate::ops::derive::write_column;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// The first of several columns of one type that has a value; null where none has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoalesceColumns {
    /// The columns, in the order in which they are asked; at least two.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Where it goes: a new column, or one of them.
    #[schemars(with = "String")]
    pub into: ColumnName,
}

impl CoalesceColumns {
    fn output_type(&self, schema: &Schema) -> Result<ColumnType, Problem> {
        check_columns(&self.columns, schema)?;
        if self.columns.len() < 2 {
            return Err(Problem::new("/columns", "names fewer than two columns"));
        }
        let ty = column_type(schema, &self.columns[0], "/columns/0")?;
        for (at, name) in self.columns.iter().enumerate() {
            let pointer = format!("/columns/{at}");
            let other = column_type(schema, name, &pointer)?;
            if other != ty {
                return Err(Problem::new(
                    pointer,
                    format!("is {other}, and the first is {ty}"),
                ));
            }
        }
        if schema.position(&self.into).is_some() && !self.columns.contains(&self.into) {
            let message = format!("column `{}` exists and is none of those listed", self.into);
            return Err(Problem::new("/into", message));
        }
        Ok(ty)
    }
}

impl Operation for CoalesceColumns {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        let ty = self.output_type(schema)?;
        schema.set(&self.into, ty);
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(&self.into, column)
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let unchecked = |_| RunError::Unchecked {
            column: self.into.clone(),
        };
        let ty = self.output_type(frame.schema()).map_err(unchecked)?;
        let places = self
            .columns
            .iter()
            .filter_map(|name| frame.schema().position(name));
        let places: Vec<usize> = places.collect();
        let first = |cells: &[Value]| {
            let known = places
                .iter()
                .map(|&at| &cells[at])
                .find(|cell| !cell.is_null());
            known.cloned().unwrap_or(Value::Null)
        };
        let cells = frame.rows().iter().map(|row| first(&row.cells)).collect();
        frame.put_column(&self.into, ty, cells);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        // `check` accepted the schema.
        let Ok(ty) = self.output_type(schema) else {
            return;
        };
        let columns: Vec<String> = self.columns.iter().map(column_expression).collect();
        let expression = format!("pl.coalesce({})", columns.join(", "));
        write_column(&self.into, ty, expression, schema, transform);
    }

    /// Where it goes is a new column or one of those asked: it is asked again and has the answer.
    fn is_idempotent(&self) -> bool {
        true
    }
}
