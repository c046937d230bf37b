//! One run of a module in the jail: the only place where a module's Python is started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use silversmith_runtime::Runtime;
use silversmith_sandbox::{Ended, Grant, JailSpec, Limits, Sandbox};
use silversmith_types::RunId;

use crate::TrialError;

/// Where things are inside the jail.
const MODULE: &str = "/module/load_2_silver_layer.py";
const BRONZE: &str = "/bronze";
const SILVER: &str = "/silver";

/// The jail and the Python that modules run in.
pub struct Environment<'a> {
    /// The jail.
    pub sandbox: &'a Sandbox,
    /// Python and its packages.
    pub runtime: &'a Runtime,
    /// What one run may use.
    pub limits: Limits,
}

/// One run of a module.
pub struct Job<'a> {
    /// The source that was verified: exactly these bytes are run.
    pub source: &'a str,
    /// The folder with the CSV files, on the host.
    pub bronze: &'a Path,
    /// The Bronze run that they belong to.
    pub bronze_run: &'a RunId,
    /// The Silver run to make.
    pub silver_run: &'a RunId,
    /// The folder on the host that receives `<silver run>/…`; it must not exist yet.
    pub out: &'a Path,
    /// Python's hash seed: runs with different seeds must give the same bytes.
    pub hash_seed: u32,
}

/// Runs a module. What it wrote is in `job.out` when it ended by itself; the caller judges `Ended`.
pub fn execute(environment: &Environment<'_>, job: &Job<'_>) -> Result<Ended, TrialError> {
    // A private copy of the verified bytes: the file that was verified may change meanwhile.
    let folder = tempfile::tempdir().map_err(TrialError::scratch)?;
    let module = folder.path().join("load_2_silver_layer.py");
    fs::write(&module, job.source).map_err(TrialError::scratch)?;
    let runtime = environment.runtime;
    let mut spec = JailSpec::new(runtime.command(Path::new(MODULE), [job.bronze_run.as_str()]));
    spec.read_only = runtime
        .read_only_paths()
        .into_iter()
        .map(Grant::same)
        .collect();
    spec.read_only.push(Grant::new(module, MODULE));
    let data = PathBuf::from(BRONZE)
        .join(job.bronze_run.as_str())
        .join("data");
    spec.read_only.push(Grant::new(job.bronze, data));
    spec.outputs.push(Grant::new(job.out, SILVER));
    spec.environment = runtime.environment(job.hash_seed);
    // Polars sees no memory in the jail; untold, it spills every buffer and takes three times as long.
    let memory_mb = (environment.sandbox.usable_memory(&environment.limits) >> 20).to_string();
    let variables = [
        ("BRONZE_ROOT", BRONZE),
        ("POLARS_OVERRIDE_TOTAL_MEMORY_MB", &memory_mb),
        ("SILVER_ROOT", SILVER),
        ("SILVER_RUN_ID", job.silver_run.as_str()),
    ];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    spec.environment.extend(BTreeMap::from(variables));
    spec.limits = environment.limits;
    Ok(environment.sandbox.run(&spec, None)?)
}

/// The last lines that a module wrote to its standard error, printable and bounded: for people.
pub fn last_words(ended: &Ended) -> String {
    let text = String::from_utf8_lossy(&ended.stderr);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = lines[lines.len().saturating_sub(3)..].join(" | ");
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    last.chars().map(printable).take(400).collect()
}
