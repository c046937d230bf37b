//! What a trial found, by check.

use std::path::Path;

use silversmith_types::TableName;
use silversmith_types::trial::Check;

use crate::compare::{TableRecord, compare_cells, compare_counts, compare_removed};
use crate::error::TrialError;
use crate::meaning::Meaning;
use crate::runs::Outcome;

/// What the comparison of all tables found.
#[derive(Default)]
pub(crate) struct Findings {
    /// Tables that a run did not make, and why.
    pub(crate) failed: Vec<String>,
    cells: Vec<String>,
    counts: Vec<String>,
    removed: Vec<String>,
    grain: Vec<String>,
    repeated: Vec<String>,
    repeatable: u64,
    compared: u64,
}

impl Findings {
    /// Compares what a run made of a table with what it should be, and gives the number of cells.
    /// `None` where the plan itself stops.
    pub(crate) fn compare(
        &mut self,
        name: &TableName,
        meaning: &Meaning,
        record: &TableRecord,
        made: &Path,
    ) -> Result<Option<u64>, TrialError> {
        let read = |what: &str| TrialError::read(format!("{what} {name}"));
        let named = |problem: &String| format!("{name}: {problem}");
        let expected = match &meaning.silver {
            Ok(frame) => frame,
            Err(error) => {
                self.cells
                    .push(format!("{name}: the plan itself stops: {error}"));
                return Ok(None);
            }
        };
        let silver = made.join("data").join(name.as_str());
        let cells = compare_cells(expected, &silver).map_err(read("Silver"))?;
        self.cells.extend(cells.problems.iter().map(named));
        self.compared += cells.cells;
        let counts = compare_counts(expected, meaning.rows_in, record);
        self.counts.extend(counts.iter().map(named));
        let quarantine = made.join("quarantine").join(name.as_str());
        let removed =
            compare_removed(expected, record, &quarantine).map_err(read("quarantine of"))?;
        self.removed.extend(removed.iter().map(named));
        self.grain.extend(meaning.grain.iter().cloned());
        self.repeatable += u64::from(meaning.repeats.is_some());
        if meaning.repeats == Some(false) {
            self.repeated
                .push(format!("{name}: a second pass changes the result"));
        }
        Ok(Some(cells.cells))
    }

    /// The checks of a trial, in the order in which people read them.
    ///
    /// What the runs wrote must still be there.
    pub(crate) fn checks(self, runs: [&Outcome; 2], tables: usize) -> Vec<Check> {
        let [first, second] = runs;
        let violations = [first, second].map(|run| run.ended.violations.clone());
        let (files, differing) = first.differences(second);
        let ended = [first, second].into_iter().filter_map(Outcome::failure);
        let failed: Vec<String> = ended.chain(self.failed).collect();
        let compared = self.compared;
        let repeatable = self.repeatable;
        vec![
            check(
                "contained",
                &violations.concat(),
                "the jail refused nothing",
            ),
            check(
                "deterministic",
                &differing,
                format!("{files} files are the same in two runs"),
            ),
            check("succeeded", &failed, format!("{tables} of {tables} tables")),
            check(
                "cells_equal",
                &self.cells,
                format!("{compared} cells are what the plan means"),
            ),
            check(
                "counts_equal",
                &self.counts,
                "every count is what the plan means",
            ),
            check(
                "rows_accounted",
                &self.removed,
                "every row is in Silver or accounted for",
            ),
            check("grain", &self.grain, "rows and keys are as the plan claims"),
            check(
                "idempotent",
                &self.repeated,
                format!("{repeatable} tables for which it applies"),
            ),
        ]
    }
}

fn check(name: &str, problems: &[String], fine: impl Into<String>) -> Check {
    let ok = problems.is_empty();
    Check {
        name: name.to_owned(),
        ok,
        detail: if ok { fine.into() } else { problems.join("; ") },
    }
}
