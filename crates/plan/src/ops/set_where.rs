use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{Transform, column_expression};
use crate::expression::{Expression, Typed};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem, column_type};
use crate::ops::derive::write_column;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Overrides a column where a condition holds, and counts how often that changes a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetWhere {
    /// The column.
    #[schemars(with = "String")]
    pub column: ColumnName,
    /// The condition; unknown (null) is no.
    pub when: Expression,
    /// The new value, of the type of the column or of a number type that fits into it. It may be
    /// null.
    pub to: Expression,
}

impl SetWhere {
    /// The condition and the new value, the latter with the type of the column.
    fn typed(&self, schema: &Schema) -> Result<(Typed, Typed), Problem> {
        let ty = column_type(schema, &self.column, "/column")?;
        let when = self.when.condition(schema, "/when")?;
        let to = self.to.typed(schema, "/to")?;
        let given = to.ty();
        let to = to.widened(ty).ok_or_else(|| {
            Problem::new(
                "/to",
                format!("is {given}, and column `{}` is {ty}", self.column),
            )
        })?;
        Ok((when, to))
    }
}

impl Operation for SetWhere {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        self.typed(schema).map(|_| ())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(&self.column, column)
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let unchecked = || RunError::Unchecked {
            column: self.column.clone(),
        };
        let (when, to) = self.typed(frame.schema()).map_err(|_| unchecked())?;
        let new = |cells: &[Value]| when.holds(cells, run).then(|| to.evaluate(cells, run));
        frame.replace_cells(&self.column, new)
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        // `check` accepted the schema.
        let Ok((when, to)) = self.typed(schema) else {
            return;
        };
        let old = column_expression(&self.column);
        let new = format!(
            "pl.when({}).then({}).otherwise({old})",
            when.compile(),
            to.compile()
        );
        write_column(&self.column, to.ty(), new, schema, transform);
    }

    fn is_idempotent(&self) -> bool {
        !self.to.columns().contains(&self.column)
    }
}
