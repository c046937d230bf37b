//! Which column of Bronze became which column of Silver, and which of them hold personal data.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_plan::expression::Expression;
use silversmith_plan::ops::expect::Expectation;
use silversmith_plan::{ColumnType, OperationKind, Schema, TablePlan};
use silversmith_types::ColumnName;
use silversmith_types::evidence::ColumnEvidence;
use silversmith_types::trial::TableTrial;

use crate::operation_text::{Limit, operation_text};

/// A column on its way from Bronze to Silver.
#[derive(Debug)]
pub(crate) struct ColumnStory<'a> {
    /// Its name in Bronze; absent where a step made it.
    pub(crate) bronze: Option<ColumnName>,
    /// Its name and type in Silver; absent where a step dropped it.
    pub(crate) silver: Option<(ColumnName, ColumnType)>,
    /// Measured in Bronze.
    pub(crate) before: Option<&'a ColumnEvidence>,
    /// Measured in Silver.
    pub(crate) after: Option<&'a ColumnEvidence>,
    /// Cells that steps changed.
    pub(crate) changed: u64,
    /// Cells that steps could not convert.
    pub(crate) invalid: u64,
    /// Whether it holds personal data or comes from a column that does: then no value is shown.
    pub(crate) personal: bool,
}

/// The columns in the order of Silver, then those that were dropped.
pub(crate) fn column_stories<'a>(
    plan: &TablePlan,
    bronze: &[ColumnName],
    silver: Option<&Schema>,
    trial: Option<&'a TableTrial>,
) -> Vec<ColumnStory<'a>> {
    let walk = Walk::over(plan, bronze, trial);
    let mut stories: Vec<(Option<usize>, ColumnStory<'a>)> = Vec::new();
    for (name, ty) in silver.unwrap_or(&walk.schema).columns() {
        let at = walk
            .live
            .iter()
            .find(|(live, _)| live == name)
            .map(|(_, column)| *column);
        let mut story = walk.story(at);
        story.silver = Some((name.clone(), *ty));
        story.after = trial.and_then(|trial| evidence(&trial.after.columns, name));
        story.personal |= story.after.is_some_and(|after| after.personal.is_some());
        stories.push((at, story));
    }
    let kept: BTreeSet<usize> = stories.iter().filter_map(|(at, _)| *at).collect();
    let dropped = (0..bronze.len()).filter(|column| !kept.contains(column));
    let mut stories: Vec<_> = stories.into_iter().map(|(_, story)| story).collect();
    stories.extend(dropped.map(|column| walk.story(Some(column))));
    stories
}

/// The columns that steps make of these columns of Bronze, by their names at the end.
pub(crate) fn made_from(
    plan: &TablePlan,
    bronze: &[ColumnName],
    personal: &[&ColumnName],
) -> Vec<ColumnName> {
    let walk = Walk::with(plan, bronze, None, &|name| personal.contains(&name));
    let made = walk
        .live
        .iter()
        .filter(|(_, column)| *column >= bronze.len() && walk.personal.contains(column));
    made.map(|(name, _)| name.clone()).collect()
}

fn evidence<'a>(columns: &'a [ColumnEvidence], name: &ColumnName) -> Option<&'a ColumnEvidence> {
    columns.iter().find(|column| column.name == *name)
}

/// The columns while the steps go by. A column keeps its number whatever its name; the Bronze
/// columns have the first numbers.
struct Walk<'w, 'a> {
    bronze: &'w [ColumnName],
    trial: Option<&'a TableTrial>,
    schema: Schema,
    live: Vec<(ColumnName, usize)>,
    next: usize,
    personal: BTreeSet<usize>,
    changed: BTreeMap<usize, u64>,
    invalid: BTreeMap<usize, u64>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn over(plan: &TablePlan, bronze: &'w [ColumnName], trial: Option<&'a TableTrial>) -> Self {
        let is_personal = |name: &ColumnName| {
            let before = trial.and_then(|trial| evidence(&trial.before.columns, name));
            before.is_some_and(|before| before.personal.is_some())
        };
        Self::with(plan, bronze, trial, &is_personal)
    }

    fn with(
        plan: &TablePlan,
        bronze: &'w [ColumnName],
        trial: Option<&'a TableTrial>,
        is_personal: &dyn Fn(&ColumnName) -> bool,
    ) -> Self {
        let live: Vec<_> = bronze.iter().cloned().zip(0..).collect();
        let personal = live
            .iter()
            .filter(|(name, _)| is_personal(name))
            .map(|(_, at)| *at);
        let mut walk = Walk {
            bronze,
            trial,
            schema: Schema::bronze(bronze),
            personal: personal.collect(),
            next: live.len(),
            live,
            changed: BTreeMap::new(),
            invalid: BTreeMap::new(),
        };
        for step in &plan.steps {
            walk.count(&step.id);
            // The plan was checked; where it was not, the rest of the steps moves no column.
            if !walk.apply(&step.operation) {
                break;
            }
        }
        walk
    }

    /// Adds what a step counted to the columns as they are named before it. A column that the step
    /// itself makes has no number yet and is not counted.
    fn count(&mut self, step: &str) {
        for count in self
            .trial
            .iter()
            .flat_map(|trial| &trial.steps)
            .filter(|c| c.step == step)
        {
            let sums = match count.kind.as_str() {
                "changed" => &mut self.changed,
                "invalid" => &mut self.invalid,
                _ => continue,
            };
            let found = self
                .live
                .iter()
                .find(|(name, _)| name.as_str() == count.name);
            if let Some((_, column)) = found {
                *sums.entry(*column).or_default() += count.count;
            }
        }
    }

    fn apply(&mut self, operation: &OperationKind) -> bool {
        let read: BTreeSet<ColumnName> = columns_read(operation).into_iter().cloned().collect();
        let from_personal = self
            .live
            .iter()
            .any(|(name, column)| read.contains(name) && self.personal.contains(column));
        if operation.as_operation().check(&mut self.schema).is_err() {
            return false;
        }
        let renames = matches!(operation, OperationKind::RenameColumns(_));
        let written = column_written(operation);
        let before = std::mem::take(&mut self.live);
        for (at, name) in self.schema.names().enumerate() {
            // Renaming keeps the places of all columns, everything else their names.
            let known = match renames {
                true => before.get(at),
                false => before.iter().find(|(old, _)| old == name),
            };
            let column = known.map(|(_, column)| *column).unwrap_or(self.next);
            self.next = self.next.max(column + 1);
            if from_personal && (known.is_none() || written == Some(name)) {
                self.personal.insert(column);
            }
            self.live.push((name.clone(), column));
        }
        true
    }

    fn story(&self, column: Option<usize>) -> ColumnStory<'a> {
        let bronze = column.and_then(|column| self.bronze.get(column));
        let before = self.trial.zip(bronze);
        let sum =
            |sums: &BTreeMap<usize, u64>| column.and_then(|column| sums.get(&column).copied());
        ColumnStory {
            bronze: bronze.cloned(),
            silver: None,
            before: before.and_then(|(trial, name)| evidence(&trial.before.columns, name)),
            after: None,
            changed: sum(&self.changed).unwrap_or(0),
            invalid: sum(&self.invalid).unwrap_or(0),
            personal: column.is_some_and(|column| self.personal.contains(&column)),
        }
    }
}

/// The column that an operation writes from others, new or in place.
fn column_written(operation: &OperationKind) -> Option<&ColumnName> {
    match operation {
        OperationKind::CoalesceColumns(op) => Some(&op.into),
        OperationKind::Derive(op) => Some(&op.into),
        OperationKind::SetWhere(op) => Some(&op.column),
        OperationKind::HashKey(op) => Some(&op.into),
        OperationKind::SliceText(op) => op.into.as_ref(),
        _ => None,
    }
}

/// The columns whose values an operation looks at.
fn columns_read(operation: &OperationKind) -> Vec<&ColumnName> {
    let mut columns = operation_text(operation, Limit(0)).columns;
    match operation {
        OperationKind::Derive(op) => collect_columns(&op.expression, &mut columns),
        OperationKind::SetWhere(op) => {
            collect_columns(&op.to, &mut columns);
            collect_columns(&op.when, &mut columns);
        }
        OperationKind::CloseInterval(op) => columns.push(&op.start),
        OperationKind::FilterRows(op) => collect_columns(&op.predicate, &mut columns),
        OperationKind::Expect(op) => {
            if let Expectation::Predicate(predicate) = &op.that {
                collect_columns(predicate, &mut columns);
            }
        }
        _ => {}
    }
    columns
}

fn collect_columns<'a>(expression: &'a Expression, columns: &mut Vec<&'a ColumnName>) {
    match expression {
        Expression::Column(node) => columns.push(&node.column),
        Expression::Call(call) => {
            for argument in &call.args {
                collect_columns(argument, columns);
            }
        }
        Expression::Literal(_) | Expression::Parameter(_) => {}
    }
}
