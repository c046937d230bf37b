//! The difference of two plans as this crate reads it.
//!
//! `PlanDiff` holds types that its crate does not name to others, so it is read through what it
//! publishes: its JSON, in which a step stands as it stands in a plan.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value as Json, json};
use silversmith_plan::{Grain, PlanDiff, PlanDocument, Step};
use silversmith_types::TableName;

#[derive(Deserialize)]
pub(crate) struct DiffView {
    pub(crate) tables: BTreeMap<TableName, TableView>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TableView {
    Added,
    Removed,
    Changed {
        grain: Option<(Grain, Grain)>,
        steps: Vec<StepView>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepView {
    Added(#[serde(deserialize_with = "step")] Step),
    Removed(#[serde(deserialize_with = "step")] Step),
    Changed {
        #[serde(deserialize_with = "step")]
        old: Step,
        #[serde(deserialize_with = "step")]
        new: Step,
    },
    Moved(#[serde(deserialize_with = "step")] Step),
}

impl DiffView {
    /// `None` only where the JSON of a difference is not what a difference serialises to.
    pub(crate) fn of(diff: &PlanDiff) -> Option<Self> {
        serde_json::to_value(diff)
            .and_then(serde_json::from_value)
            .ok()
    }
}

/// A step by way of a plan that has no other: a plan is the one thing that steps are read from.
fn step<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Step, D::Error> {
    let step = Json::deserialize(deserializer)?;
    let table = json!({"grain": {"keys": [], "rows": "equal"}, "steps": [step]});
    let plan = json!({"version": PlanDocument::VERSION, "tables": {"t.csv": table}});
    let plan = PlanDocument::parse(plan.to_string().as_bytes()).map_err(D::Error::custom)?;
    let mut steps = plan.tables.into_values().flat_map(|table| table.steps);
    steps.next().ok_or_else(|| D::Error::custom("no step"))
}
