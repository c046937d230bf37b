use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{CellChange, Transform};
use crate::expression::Expression;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem};
use crate::schema::Schema;
use crate::value::ColumnType;

/// Computes a column from the cells of the row. A column that exists is replaced, and takes the type
/// of the expression; cells that change are counted where the type stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// The column: new, or replaced.
    #[schemars(with = "String")]
    pub into: ColumnName,
    /// How.
    pub expression: Expression,
}

impl Operation for Derive {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        let ty = self.expression.type_in(schema)?;
        schema.set(&self.into, ty);
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(&self.into, column)
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let expression = self.expression.for_run(frame.schema())?;
        let rows = frame.rows().iter();
        let cells = rows
            .map(|row| expression.evaluate(&row.cells, run))
            .collect();
        frame.put_column(&self.into, expression.ty(), cells);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        // `check` accepted the schema.
        let Ok(expression) = self.expression.typed(schema, "") else {
            return;
        };
        write_column(
            &self.into,
            expression.ty(),
            expression.compile(),
            schema,
            transform,
        );
    }

    fn is_idempotent(&self) -> bool {
        !self.expression.columns().contains(&self.into)
    }
}

/// Writes a column that is computed: as a change of cells where it exists with the same type, and
/// else as a new column.
pub(crate) fn write_column(
    into: &ColumnName,
    ty: ColumnType,
    expression: String,
    schema: &Schema,
    transform: &mut Transform<'_>,
) {
    if schema.type_of(into) == Some(ty) {
        let change = CellChange {
            column: into.clone(),
            expression,
            keeps_type: true,
        };
        transform.cells(&[change], None);
    } else {
        transform.expressions("derive", [(into, &*expression)], &[]);
    }
}
