use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::python_list;
use crate::operation::{Class, Effect, Operation, Problem, check_columns};
use crate::schema::Schema;

/// Removes columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropColumns {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Why they may go.
    pub reason: DropReason,
}

/// Why a column is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// It holds personal data that Silver must not have.
    PersonalData,
    /// Nobody uses it.
    Unused,
    /// It holds what a reader could not place elsewhere.
    Rescued,
}

impl DropColumns {
    fn remaining(&self, schema: &Schema) -> Vec<ColumnName> {
        schema
            .names()
            .filter(|name| !self.columns.contains(name))
            .cloned()
            .collect()
    }
}

impl Operation for DropColumns {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        let remaining = self.remaining(schema);
        if remaining.is_empty() {
            return Err(Problem::new("/columns", "leaves no column"));
        }
        *schema = schema.project(&remaining);
        Ok(())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let remaining = self.remaining(frame.schema());
        frame.project(&remaining);
        Ok(())
    }

    /// Written as the columns that stay: the reader of the module sees what the table has then.
    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let remaining = self.remaining(schema);
        transform.call(
            "select",
            &[python_list(remaining.iter().map(ColumnName::as_str))],
        );
    }
}
