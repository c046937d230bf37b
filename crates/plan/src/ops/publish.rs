use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem};
use crate::schema::Schema;

/// Writes the table in place of what was there. Always the last step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// How.
    pub mode: PublishMode,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublishMode {
    /// The whole table, atomically.
    Replace,
}

impl Operation for Publish {
    fn class(&self) -> Class {
        Class::Publish
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn check(&self, _schema: &mut Schema) -> Result<(), Problem> {
        Ok(())
    }

    /// The rows that are left are what is written: nothing changes here.
    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, _frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        Ok(())
    }

    /// The skeleton writes every table that a transform returns, whole and under its final name
    /// only when it is complete.
    fn compile(&self, _schema: &Schema, _transform: &mut Transform<'_>) {}
}
