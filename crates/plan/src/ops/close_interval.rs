use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::{python_list, python_text};
use crate::operation::{Class, Effect, Operation, Problem, check_columns, column_type};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Sets the end of a row to the next later start of the same key, less some days; the last row of a key gets no end.
/// Rows whose key or start is null keep the end they have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseInterval {
    /// Columns that identify the thing.
    #[schemars(with = "Vec<String>")]
    pub key: Vec<ColumnName>,
    /// Start of validity: a date.
    #[schemars(with = "String")]
    pub start: ColumnName,
    /// End of validity: a date column, replaced, or a new one.
    #[schemars(with = "String")]
    pub end_into: ColumnName,
    /// Days between an end and the next start.
    pub minus_days: u32,
}

/// More days than that between two versions are no gap but a mistake.
const MAX_GAP_DAYS: u32 = 366;

impl Operation for CloseInterval {
    fn class(&self) -> Class {
        Class::Window
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.key, schema)
            .map_err(|problem| Problem::new("/key", problem.message))?;
        if column_type(schema, &self.start, "/start")? != ColumnType::Date {
            return Err(Problem::new("/start", "needs a date column"));
        }
        if schema
            .type_of(&self.end_into)
            .is_some_and(|ty| ty != ColumnType::Date)
        {
            return Err(Problem::new(
                "/end_into",
                "replaces a column that is no date",
            ));
        }
        if self.end_into == self.start || self.key.contains(&self.end_into) {
            return Err(Problem::new(
                "/end_into",
                "would replace the key or the start",
            ));
        }
        if self.minus_days > MAX_GAP_DAYS {
            let message = format!("is more than {MAX_GAP_DAYS} days");
            return Err(Problem::new("/minus_days", message));
        }
        schema.set(&self.end_into, ColumnType::Date);
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::of_writing(&self.end_into, column)
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let schema = frame.schema();
        let places: Vec<_> = self
            .key
            .iter()
            .filter_map(|key| schema.position(key))
            .collect();
        let start_at = schema.position(&self.start);
        let end_at = schema.position(&self.end_into);
        let identity = |cells: &[Value]| -> Option<(Vec<String>, NaiveDate)> {
            let key = places
                .iter()
                .map(|&at| cells[at].canonical_text())
                .collect::<Option<_>>()?;
            match cells.get(start_at?)? {
                Value::Date(start) => Some((key, *start)),
                _ => None,
            }
        };
        let mut starts: BTreeMap<Vec<String>, BTreeSet<NaiveDate>> = BTreeMap::new();
        for (key, start) in frame.rows().iter().filter_map(|row| identity(&row.cells)) {
            starts.entry(key).or_default().insert(start);
        }
        let ends = frame.rows().iter().map(|row| match identity(&row.cells) {
            None => end_at.map_or(Value::Null, |at| row.cells[at].clone()),
            Some((key, start)) => {
                let later = starts[&key].range(start..).nth(1);
                let end =
                    later.and_then(|next| next.checked_sub_days(Days::new(self.minus_days.into())));
                end.map_or(Value::Null, Value::Date)
            }
        });
        let ends = ends.collect();
        frame.put_column(&self.end_into, ColumnType::Date, ends);
        Ok(())
    }

    fn compile(&self, _schema: &Schema, transform: &mut Transform<'_>) {
        let key = python_list(self.key.iter().map(ColumnName::as_str));
        transform.call(
            "close_interval",
            &[
                format!("key={key}"),
                format!("start={}", python_text(self.start.as_str())),
                format!("end={}", python_text(self.end_into.as_str())),
                format!("minus_days={}", self.minus_days),
            ],
        );
    }
}
