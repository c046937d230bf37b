use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;

use crate::check::is_line;
use crate::compile::Transform;
use crate::expression::Expression;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem};
use crate::schema::Schema;

/// Longest reason, in characters: it heads the quarantine file's entry.
const MAX_REASON_CHARS: usize = 120;

/// Removes the rows for which a condition does not hold (unknown does not hold).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterRows {
    /// What must hold for a row to stay.
    pub predicate: Expression,
    /// Where removed rows go.
    pub disposition: Disposition,
    /// Why, in a few words.
    pub reason: String,
}

/// Where removed rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Nowhere: counted and gone.
    Drop,
    /// To the quarantine file of the table.
    Quarantine,
}

impl Disposition {
    /// The keyword argument of the skeleton's methods that remove rows.
    pub(crate) fn python(self) -> String {
        match self {
            Self::Quarantine => "quarantine=True".to_owned(),
            Self::Drop => "quarantine=False".to_owned(),
        }
    }
}

impl Operation for FilterRows {
    fn class(&self) -> Class {
        Class::Structural
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        if self.reason.is_empty() || !is_line(&self.reason, MAX_REASON_CHARS) {
            let rule = format!("is not one line of 1 to {MAX_REASON_CHARS} characters");
            return Err(Problem::new("/reason", rule));
        }
        self.predicate.condition(schema, "/predicate").map(|_| ())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let predicate = self.predicate.for_run(frame.schema())?;
        let fails = frame
            .rows()
            .iter()
            .filter(|row| !predicate.holds(&row.cells, run));
        let numbers: Vec<u64> = fails.map(|row| row.number).collect();
        frame.remove(&numbers, self.disposition == Disposition::Quarantine);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        // `check` accepted the schema.
        let Ok(predicate) = self.predicate.typed(schema, "") else {
            return;
        };
        let fails = format!("{}.not_().fill_null(True)", predicate.compile());
        transform.call("remove", &[fails, self.disposition.python()]);
    }

    /// The rows that are left pass again.
    fn is_idempotent(&self) -> bool {
        true
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        Some(match self.predicate.as_not_null_test() {
            Some(_) => QuarantineConsent::NullKey,
            None => QuarantineConsent::InvalidValue,
        })
    }

    fn loses_rows(&self) -> bool {
        self.disposition == Disposition::Drop
    }
}
