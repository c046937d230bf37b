use std::collections::BTreeMap;

use serde::Deserialize;
use silversmith_intake::Brief;
use silversmith_plan::module::Header;
use silversmith_plan::{PlanDocument, Schema};
use silversmith_types::trial::TrialReport;
use silversmith_types::{Digest, TableName};

/// Everything a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The module's bytes, hashed now: the page says so where the trial is of another module.
    pub module: Digest,
    /// The module's provenance.
    pub header: &'a Header,
    /// What an author saw. A page can be made when the inputs are long gone; what the contract
    /// says is then missing.
    pub brief: Option<&'a Brief>,
    /// What the module does.
    pub plan: &'a PlanDocument,
    /// The columns of the Silver tables.
    pub schemas: &'a BTreeMap<TableName, Schema>,
    /// What it did on data; absent where it was never tried.
    pub trial: Option<&'a TrialReport>,
    /// Its last run, if there was one.
    pub run: Option<&'a RunRecord>,
}

/// The record that a run leaves in `reports/run.json`, as far as a page shows it. It comes out of
/// the jail: untrusted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RunRecord {
    /// The run.
    pub run: RunFacts,
    /// Python and Polars.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// By table.
    #[serde(default)]
    pub tables: BTreeMap<String, RunTable>,
}

/// Which run it was.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RunFacts {
    /// The Silver run.
    pub run_id: String,
    /// The Bronze run that it read.
    pub bronze_run_id: String,
    /// When it began.
    #[serde(default)]
    pub started_utc: String,
    /// When it ended.
    #[serde(default)]
    pub ended_utc: String,
}

/// What became of one table in a run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RunTable {
    /// `SUCCESS` or `FAILED`.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Rows of Bronze.
    pub rows_in: u64,
    /// Rows of Silver.
    pub rows_out: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
    /// Size of the Silver file.
    pub silver_bytes: u64,
    /// SHA-256 of the Silver file.
    pub silver_sha256: Option<String>,
    /// Seconds.
    pub duration_s: f64,
}

/// What a record of the jail says, as far as a page shows it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct JailRecord {
    pub(crate) outcome: String,
    pub(crate) code: Option<i64>,
    pub(crate) usage: JailUsage,
    pub(crate) layers: Vec<JailLayer>,
    pub(crate) violations: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct JailUsage {
    pub(crate) wall_ms: u64,
    pub(crate) cpu_user_ms: u64,
    pub(crate) cpu_system_ms: u64,
    pub(crate) peak_memory_bytes: u64,
    pub(crate) bytes_written: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct JailLayer {
    pub(crate) name: String,
    pub(crate) applied: bool,
    pub(crate) detail: String,
}

impl JailRecord {
    /// Reads a record leniently: a page shows what it can. What is no record at all is `None`.
    pub(crate) fn read(json: &serde_json::Value) -> Option<Self> {
        Self::deserialize(json).ok()
    }

    /// Whether the program exited by itself with code 0 and nothing was refused.
    pub(crate) fn is_clean(&self) -> bool {
        self.outcome == "exited" && self.code == Some(0) && self.violations.is_empty()
    }
}
