use super::filter_rows::Disposition;
use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::python_list;
use crate::operation::{Class, Effect, Operation, Problem, check_columns};
use crate::schema::Schema;
use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;
use std::collections::BTreeSet;

/// Keeps the first of several rows that are equal in the given columns (all, where none is given); null equals null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DedupeExact {
    /// The columns compared; empty: all.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Where the others go.
    pub losers: Disposition,
}

impl DedupeExact {
    /// The columns in which rows must agree.
    pub(crate) fn compared(&self, schema: &Schema) -> Vec<ColumnName> {
        match self.columns.is_empty() {
            true => schema.names().cloned().collect(),
            false => self.columns.clone(),
        }
    }
}

impl Operation for DedupeExact {
    fn class(&self) -> Class {
        Class::Structural
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.compared(schema), schema)
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let columns = self.compared(frame.schema());
        let places: Vec<_> = columns
            .iter()
            .filter_map(|c| frame.schema().position(c))
            .collect();
        let mut seen = BTreeSet::new();
        let mut losers = Vec::new();
        for row in frame.rows() {
            let key: Vec<_> = places
                .iter()
                .map(|&at| row.cells[at].canonical_text())
                .collect();
            if !seen.insert(key) {
                losers.push(row.number);
            }
        }
        frame.remove(&losers, self.losers == Disposition::Quarantine);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let columns = self.compared(schema);
        let columns = python_list(columns.iter().map(ColumnName::as_str));
        let quarantine = self.losers.python();
        transform.call("keep_first", &[format!("columns={columns}"), quarantine]);
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        Some(QuarantineConsent::DuplicateRow)
    }

    fn loses_rows(&self) -> bool {
        self.losers == Disposition::Drop
    }
}
