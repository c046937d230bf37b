use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::python_list;
use crate::operation::{Class, Effect, Operation, Problem, check_columns};
use crate::schema::Schema;

/// Keeps the columns named, in the order named; the rest is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectColumns {
    /// The columns, in their new order.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
}

impl Operation for SelectColumns {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        *schema = schema.project(&self.columns);
        Ok(())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        frame.project(&self.columns);
        Ok(())
    }

    fn compile(&self, _schema: &Schema, transform: &mut Transform<'_>) {
        let names = self.columns.iter().map(ColumnName::as_str);
        transform.call("select", &[python_list(names)]);
    }
}
