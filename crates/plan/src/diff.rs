use std::collections::BTreeMap;

use serde::Serialize;
use silversmith_types::TableName;

use crate::document::{Grain, PlanDocument, Step, TablePlan};

/// What differs between two plans, table by table. Tables without a difference are absent.
#[derive(Debug, PartialEq, Serialize)]
pub struct PlanDiff {
    /// By table.
    pub tables: BTreeMap<TableName, TableDiff>,
}

/// What differs in one table.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableDiff {
    /// Only the new plan has the table.
    Added,
    /// Only the old plan has the table.
    Removed,
    /// Both have it.
    Changed {
        /// Old and new grain, where they differ.
        grain: Option<(Grain, Grain)>,
        /// In the order of the new plan, removed steps where they stood.
        steps: Vec<StepDiff>,
    },
}

/// What became of a step; steps are matched by id.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepDiff {
    /// New.
    Added(Step),
    /// Gone.
    Removed(Step),
    /// Same id, other content.
    Changed {
        /// Before.
        old: Step,
        /// After.
        new: Step,
    },
    /// Same content, other place among the steps that both plans have.
    Moved(Step),
}

impl PlanDiff {
    /// Whether the plans say the same.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}

/// The difference from `old` to `new`.
pub fn diff(old: &PlanDocument, new: &PlanDocument) -> PlanDiff {
    let mut tables = BTreeMap::new();
    for name in old.tables.keys().chain(new.tables.keys()) {
        let difference = match (old.tables.get(name), new.tables.get(name)) {
            (Some(a), Some(b)) if a == b => continue,
            (Some(a), Some(b)) => diff_table(a, b),
            (None, _) => TableDiff::Added,
            (_, None) => TableDiff::Removed,
        };
        tables.insert(name.clone(), difference);
    }
    PlanDiff { tables }
}

fn diff_table(old: &TablePlan, new: &TablePlan) -> TableDiff {
    let grain = (old.grain != new.grain).then(|| (old.grain.clone(), new.grain.clone()));
    let find = |plan: &TablePlan, id: &str| plan.steps.iter().position(|step| step.id == id);
    let shared: Vec<&str> = old
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .filter(|id| find(new, id).is_some())
        .collect();
    let mut steps: Vec<StepDiff> = old
        .steps
        .iter()
        .filter(|step| find(new, &step.id).is_none())
        .map(|step| StepDiff::Removed(step.clone()))
        .collect();
    let mut place = 0;
    for step in &new.steps {
        let Some(at) = find(old, &step.id) else {
            steps.push(StepDiff::Added(step.clone()));
            continue;
        };
        let moved = shared.get(place) != Some(&step.id.as_str());
        place += 1;
        if old.steps[at] != *step {
            steps.push(StepDiff::Changed {
                old: old.steps[at].clone(),
                new: step.clone(),
            });
        } else if moved {
            steps.push(StepDiff::Moved(step.clone()));
        }
    }
    TableDiff::Changed { grain, steps }
}
