//! The reference interpreter: what a plan means, row by row, in the plainest way.
//!
//! A trial compares every cell and every count of the generated module with it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use silversmith_types::{ColumnName, RunId, Timestamp};

use crate::document::TablePlan;
use crate::operation::{Cell, OnError};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// What a run supplies: nothing else may differ between two runs of the same plan on the same data.
#[derive(Debug, Clone)]
pub struct RunParameters {
    /// The instant that stands for "now": `$as_of`.
    pub as_of: Timestamp,
    /// The Silver run: `$load_id`.
    pub load_id: RunId,
    /// The table's file name: `$source_file`.
    pub source_file: String,
}

/// Why a table cannot be produced.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum RunError {
    /// A value that a step with `on_error: fail` cannot convert.
    #[error("step `{step}` met {count} values of `{column}` that it cannot convert")]
    Invalid {
        /// The step.
        step: String,
        /// The column.
        column: ColumnName,
        /// Cells.
        count: u64,
    },
    /// An expectation with `on_fail: fail` that does not hold.
    #[error("expectation `{name}` of step `{step}` fails for {count} rows")]
    Expectation {
        /// The step.
        step: String,
        /// The expectation.
        name: String,
        /// Rows, or the amount by which a table-level expectation is missed.
        count: u64,
    },
    /// An expression was evaluated without `check`: a defect of this program.
    #[error("an expression was not checked before the run")]
    UncheckedExpression,
    /// The interpreter was called without `check`: a defect of this program.
    #[error("column `{column}` was not checked before the run")]
    Unchecked {
        /// The column.
        column: ColumnName,
    },
}

/// One row: its number in the Bronze file (the first data row is 1) and its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Number of the row in Bronze.
    pub number: u64,
    /// In the order of the schema.
    pub cells: Vec<Value>,
}

/// A row that left the table, by number, and the step that removed it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Removed {
    /// Number of the row in Bronze.
    pub row: u64,
    /// The step.
    pub step: String,
    /// Kept in quarantine (true) or dropped for good after counting.
    pub quarantined: bool,
}

/// What a step did to one column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct CellCounts {
    /// Cells whose value differs afterwards (not counted where the step changes the type).
    pub changed: u64,
    /// Cells that the step could not convert.
    pub invalid: u64,
}

/// A table in the interpreter.
#[derive(Debug, Clone)]
pub struct Frame {
    schema: Schema,
    rows: Vec<Row>,
    removed: Vec<Removed>,
    counts: BTreeMap<(String, ColumnName), CellCounts>,
    checks: BTreeMap<String, u64>,
    step: String,
}

impl Frame {
    /// A Bronze table: every cell is text or null.
    pub fn bronze(
        columns: &[ColumnName],
        rows: impl IntoIterator<Item = Vec<Option<String>>>,
    ) -> Self {
        let rows = (1..)
            .zip(rows)
            .map(|(number, cells)| Row {
                number,
                cells: cells
                    .into_iter()
                    .map(|c| c.map_or(Value::Null, Value::Text))
                    .collect(),
            })
            .collect();
        Self::with_rows(Schema::bronze(columns), rows)
    }

    /// A table of these rows.
    pub fn with_rows(schema: Schema, rows: Vec<Row>) -> Self {
        Self {
            schema,
            rows,
            removed: Vec::new(),
            counts: BTreeMap::new(),
            checks: BTreeMap::new(),
            step: String::new(),
        }
    }

    /// The columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The rows that are still in the table.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows that left it, in the order of Bronze.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// By step and column: what changed.
    pub fn counts(&self) -> &BTreeMap<(String, ColumnName), CellCounts> {
        &self.counts
    }

    /// By `step` or `step/name`: rows (or other units) for which a check does not hold, and the
    /// unmapped values of `map_values`.
    pub fn checks(&self) -> &BTreeMap<String, u64> {
        &self.checks
    }

    /// The id of the step that is being applied.
    pub fn step(&self) -> &str {
        &self.step
    }

    /// Records what a check of the current step found.
    pub fn record_check(&mut self, name: &str, count: u64) {
        *self
            .checks
            .entry(format!("{}/{name}", self.step))
            .or_default() += count;
    }

    /// Applies `change` to every cell of a column and counts. Returns the numbers of the rows
    /// whose value is invalid (now null), ascending; [`Frame::settle`] decides about them once all
    /// columns of the step are done.
    pub fn map_cells(
        &mut self,
        name: &ColumnName,
        output: ColumnType,
        change: impl Fn(&Value) -> Cell,
    ) -> Result<Vec<u64>, RunError> {
        let at = self
            .schema
            .position(name)
            .ok_or_else(|| RunError::Unchecked {
                column: name.clone(),
            })?;
        let same_type = self.schema.columns()[at].1 == output;
        let mut counts = CellCounts::default();
        let mut invalid_rows = Vec::new();
        for row in &mut self.rows {
            let new = match change(&row.cells[at]) {
                Cell::Value(value) => value,
                Cell::Invalid => {
                    counts.invalid += 1;
                    invalid_rows.push(row.number);
                    Value::Null
                }
            };
            if same_type && new != row.cells[at] {
                counts.changed += 1;
            }
            row.cells[at] = new;
        }
        self.schema.set(name, output);
        self.counts
            .insert((self.step.clone(), name.clone()), counts);
        Ok(invalid_rows)
    }

    /// Does what `on_error` says with the invalid rows of each column of a step.
    pub fn settle(
        &mut self,
        invalid: Vec<(ColumnName, Vec<u64>)>,
        on_error: Option<OnError>,
    ) -> Result<(), RunError> {
        match on_error {
            None | Some(OnError::Null) => {}
            Some(OnError::Fail) => {
                if let Some((column, rows)) = invalid.into_iter().find(|(_, rows)| !rows.is_empty())
                {
                    let count = rows.len() as u64;
                    return Err(RunError::Invalid {
                        step: self.step.clone(),
                        column,
                        count,
                    });
                }
            }
            Some(OnError::Quarantine) => {
                let rows: BTreeSet<u64> = invalid.into_iter().flat_map(|(_, rows)| rows).collect();
                self.remove(&rows.into_iter().collect::<Vec<_>>(), true);
            }
        }
        Ok(())
    }

    /// Puts a whole column: in place where it exists, at the end where it does not. `cells` has one
    /// value a row. Counts the cells that differ where the column existed with the same type.
    pub fn put_column(&mut self, name: &ColumnName, ty: ColumnType, cells: Vec<Value>) {
        let existing = self.schema.position(name);
        let same_type = self.schema.type_of(name) == Some(ty);
        let mut counts = CellCounts::default();
        for (row, new) in self.rows.iter_mut().zip(cells) {
            match existing {
                Some(at) => {
                    if same_type && row.cells[at] != new {
                        counts.changed += 1;
                    }
                    row.cells[at] = new;
                }
                None => row.cells.push(new),
            }
        }
        self.schema.set(name, ty);
        self.counts
            .insert((self.step.clone(), name.clone()), counts);
    }

    /// Puts a new value into the cells of a column for which `change` has one, and counts those that
    /// differ. The type stays.
    pub fn replace_cells(
        &mut self,
        name: &ColumnName,
        change: impl Fn(&[Value]) -> Option<Value>,
    ) -> Result<(), RunError> {
        let at = self
            .schema
            .position(name)
            .ok_or_else(|| RunError::Unchecked {
                column: name.clone(),
            })?;
        let mut counts = CellCounts::default();
        for row in &mut self.rows {
            if let Some(new) = change(&row.cells) {
                counts.changed += u64::from(row.cells[at] != new);
                row.cells[at] = new;
            }
        }
        self.counts
            .insert((self.step.clone(), name.clone()), counts);
        Ok(())
    }

    /// The rows that agree with an earlier one in the columns at these places, by number, ascending. A
    /// row with a null there agrees with none.
    pub fn repeats(&self, places: &[usize]) -> Vec<u64> {
        let (mut text, mut keys, mut ends) = (String::new(), Vec::new(), Vec::new());
        for row in &self.rows {
            let start = keys.len();
            let complete = places.iter().all(|&at| {
                text.clear();
                let known = row.cells[at].write_canonical(&mut text);
                // Each behind its length, so that no two keys are one text.
                keys.extend_from_slice(&text.len().to_le_bytes());
                keys.extend_from_slice(text.as_bytes());
                known
            });
            if complete {
                ends.push((row.number, start, keys.len()));
            } else {
                keys.truncate(start);
            }
        }
        let mut seen = HashSet::with_capacity(ends.len());
        ends.retain(|(_, start, end)| !seen.insert(&keys[*start..*end]));
        ends.into_iter().map(|(number, _, _)| number).collect()
    }

    /// Replaces the columns by `schema`; the new cell of each column is taken from the position
    /// given, or null.
    pub fn rearrange(&mut self, schema: Schema, sources: &[Option<usize>]) {
        for row in &mut self.rows {
            row.cells = sources
                .iter()
                .map(|source| source.map_or(Value::Null, |at| row.cells[at].clone()))
                .collect();
        }
        self.schema = schema;
    }

    /// Keeps the columns with these names, in their order.
    pub fn project(&mut self, names: &[ColumnName]) {
        let sources: Vec<_> = names
            .iter()
            .map(|name| self.schema.position(name))
            .collect();
        self.rearrange(self.schema.project(names), &sources);
    }

    /// Gives the columns other names, in order.
    pub fn rename(&mut self, names: Vec<ColumnName>) {
        let types = self.schema.columns().iter().map(|(_, ty)| *ty);
        self.schema = Schema::new(names.into_iter().zip(types).collect());
    }

    /// Takes the rows with these numbers (ascending) out of the table.
    pub fn remove(&mut self, numbers: &[u64], quarantined: bool) {
        let step = &self.step;
        self.rows
            .retain(|row| numbers.binary_search(&row.number).is_err());
        let removed = numbers.iter().map(|&row| Removed {
            row,
            step: step.clone(),
            quarantined,
        });
        self.removed.extend(removed);
        self.removed.sort();
    }
}

/// Applies all steps of a table's plan to its Bronze rows.
pub fn run_table(plan: &TablePlan, bronze: Frame, run: &RunParameters) -> Result<Frame, RunError> {
    let mut frame = bronze;
    for step in &plan.steps {
        frame.step.clone_from(&step.id);
        step.operation.as_operation().interpret(&mut frame, run)?;
    }
    Ok(frame)
}
