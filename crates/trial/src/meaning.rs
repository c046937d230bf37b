//! What the plan of one table means for its Bronze rows, by the reference interpreter.

use std::path::Path;

use silversmith_plan::interpret::{Frame, RunParameters, run_table};
use silversmith_plan::{ColumnType, RowRelation, TablePlan};
use silversmith_types::TableName;

use crate::bronze::read_bronze;
use crate::error::TrialError;

/// What one table should become.
pub(crate) struct Meaning {
    pub(crate) rows_in: u64,
    /// Silver, or why the plan itself stops.
    pub(crate) silver: Result<Frame, String>,
    /// Where the result is not what the plan claims of it.
    pub(crate) grain: Vec<String>,
    /// Whether a second pass leaves the result as it is, where the plan's steps claim that.
    pub(crate) repeats: Option<bool>,
}

impl Meaning {
    /// Interprets the plan of a table.
    pub(crate) fn of(
        name: &TableName,
        plan: &TablePlan,
        bronze: &Path,
        run: &RunParameters,
    ) -> Result<Self, TrialError> {
        let read = TrialError::read(format!("Bronze {name}"));
        let start = read_bronze(&bronze.join(name.as_str())).map_err(read)?;
        let rows_in = start.rows().len() as u64;
        let silver = run_table(plan, start, run).map_err(|error| error.to_string());
        let result = silver.as_ref().ok();
        Ok(Self {
            rows_in,
            grain: result.map_or_else(Vec::new, |frame| check_grain(name, plan, frame, rows_in)),
            repeats: result.and_then(|frame| repeats(plan, frame, run)),
            silver,
        })
    }
}

/// A plan whose steps are all idempotent does nothing to its own result. `None` where some are not.
fn repeats(plan: &TablePlan, result: &Frame, run: &RunParameters) -> Option<bool> {
    let all_text = result
        .schema()
        .columns()
        .iter()
        .all(|(_, ty)| *ty == ColumnType::Text);
    let mut steps = plan.steps.iter().map(|step| step.operation.as_operation());
    if !all_text || !steps.all(|step| step.is_idempotent()) {
        return None;
    }
    let again = Frame::with_rows(result.schema().clone(), result.rows().to_vec());
    Some(run_table(plan, again, run).is_ok_and(|repeated| repeated.rows() == result.rows()))
}

/// The grain that the plan claims, measured on the result.
fn check_grain(name: &TableName, plan: &TablePlan, result: &Frame, rows_in: u64) -> Vec<String> {
    let mut problems = Vec::new();
    let rows_out = result.rows().len() as u64;
    if plan.grain.rows == RowRelation::Equal && rows_out != rows_in {
        problems.push(format!(
            "{name}: {rows_out} rows from {rows_in}, and every row should be kept"
        ));
    }
    if rows_out + result.removed().len() as u64 != rows_in {
        problems.push(format!(
            "{name}: rows are missing without a step that removed them"
        ));
    }
    // Keys that are only expected (`expect`, on_fail warn) are findings of the plan, not failures.
    let stated = plan
        .steps
        .iter()
        .any(|step| step.operation.removes_duplicates_of(&plan.grain.keys));
    if stated {
        let places = plan
            .grain
            .keys
            .iter()
            .filter_map(|key| result.schema().position(key));
        let places: Vec<usize> = places.collect();
        let repeated = result.repeats(&places).len();
        if repeated > 0 {
            problems.push(format!("{name}: {repeated} rows repeat a key"));
        }
    }
    problems
}
