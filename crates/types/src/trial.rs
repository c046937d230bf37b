//! What a trial found, as data: made by `trial`, shown by `report`, referred to by `attest`.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::{JoinEvidence, TableEvidence};
use crate::{ColumnName, Digest, RunId, TableName};
use serde::{Deserialize, Serialize};

/// What a trial found: the numbers behind the verdict, for the report, the statement and people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialReport {
    /// The module that was tried.
    pub module: Digest,
    /// The Bronze run it was tried on.
    pub bronze_run: RunId,
    /// Which rows.
    pub sample: Sample,
    /// Every check with its result; a trial passes when all are ok.
    pub checks: Vec<Check>,
    /// By table.
    pub tables: BTreeMap<TableName, TableTrial>,
    /// How columns of different tables match, before and after.
    pub joins: Vec<JoinChange>,
    /// Python and its packages.
    pub runtime: Digest,
    /// Records of the jail, one a run of the module.
    pub sandbox: Vec<serde_json::Value>,
    /// What took how long, in milliseconds; some of it at the same time. Left out of every digest.
    pub timings: Vec<Timing>,
}

/// Which rows a trial looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Sample {
    /// All of them.
    Full,
    /// A part of the large tables.
    Sampled {
        /// Seed of the choice.
        seed: u64,
        /// Rows taken and rows there are, by table that was sampled.
        tables: BTreeMap<TableName, SampledTable>,
    },
}

/// How much of a table was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampledTable {
    /// Rows taken.
    pub taken: u64,
    /// Of these, rows taken because one of their values is odd.
    pub odd: u64,
    /// Rows there are.
    pub rows: u64,
}

/// One thing that a trial checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable name, for example `cells_equal`.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// The numbers, in one sentence.
    pub detail: String,
}

/// What the trial saw of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableTrial {
    /// Rows of Bronze that were read.
    pub rows_in: u64,
    /// Rows of Silver.
    pub rows_out: u64,
    /// Cells compared with the reference interpreter.
    pub cells_compared: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
    /// What each step did, in the order of the plan; steps that count nothing are absent.
    pub steps: Vec<StepCount>,
    /// Rows that left the table, by step.
    pub removed: Vec<RemovedCount>,
    /// Bronze measured.
    pub before: TableEvidence,
    /// Silver measured.
    pub after: TableEvidence,
}

/// A count of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCount {
    /// The step.
    pub step: String,
    /// `changed`, `invalid` or `check`.
    pub kind: String,
    /// The column, or the name of the check.
    pub name: String,
    /// Cells, or rows for a check.
    pub count: u64,
}

/// Rows that a step removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedCount {
    /// The step.
    pub step: String,
    /// Kept in the quarantine file.
    pub quarantined: bool,
    /// Rows.
    pub rows: u64,
}

/// How a pair of columns matches, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinChange {
    /// In Bronze.
    pub before: JoinEvidence,
    /// In Silver, where the pair of columns still exists. It may be a derived column.
    pub after: Option<JoinEvidence>,
}

/// How long something took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// What.
    pub what: String,
    /// Milliseconds.
    pub millis: u64,
}

impl TrialReport {
    /// Whether every check holds.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }

    /// The layers of the jail that a run ought to have had, did not have, and that were accepted as
    /// missing, by the records of the jail.
    pub fn accepted_layers(&self) -> BTreeSet<String> {
        let layers = self
            .sandbox
            .iter()
            .filter_map(|run| run["layers"].as_array());
        let accepted = layers.flatten().filter(|layer| layer["accepted"] == true);
        accepted
            .filter_map(|layer| layer["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// The canonical bytes that a statement refers to: the report without timings and without the
    /// records of the jail, which differ from run to run.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut stable = self.clone();
        stable.timings.clear();
        stable.sandbox.clear();
        // Serialising plain data with string keys into memory cannot fail.
        serde_json::to_vec(&stable).unwrap_or_default()
    }
}

impl TrialReport {
    /// The records of the jail in one form, for their digest: JSON without white space, keys in
    /// alphabetical order. They differ from run to run, so they are no part of
    /// [`canonical_bytes`](Self::canonical_bytes).
    pub fn sandbox_bytes(&self) -> Vec<u8> {
        // Serialising plain data with string keys into memory cannot fail.
        serde_json::to_vec(&self.sandbox).unwrap_or_default()
    }
}

impl TableTrial {
    /// The sum of a kind of count of one step and column.
    pub fn count(&self, step: &str, kind: &str, column: &ColumnName) -> u64 {
        let wanted = |c: &&StepCount| c.step == step && c.kind == kind && c.name == column.as_str();
        self.steps.iter().filter(wanted).map(|c| c.count).sum()
    }
}
