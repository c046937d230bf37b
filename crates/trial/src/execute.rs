//! One run of a module in the jail: the only place where a module's Python is started.
//!
//! The interpreter is started before it has its module, so that it can be ready when the module is:
//! it imports what every module imports and waits, inside the finished jail, for the verified bytes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use silversmith_plan::module::PREAMBLE;
use silversmith_runtime::Runtime;
use silversmith_sandbox::{Ended, Grant, JailSpec, Limits, Prepared, Sandbox};
use silversmith_types::{Digest, RunId};

use crate::TrialError;

/// Where things are inside the jail. The module is called so; it is no file there.
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

/// What has to be known of a run before its module is.
pub struct Place<'a> {
    /// The folder with the CSV files, on the host.
    pub bronze: &'a Path,
    /// The Bronze run that they belong to.
    pub bronze_run: &'a RunId,
    /// The folder on the host that receives `<silver run>/…`; it must not exist yet.
    pub out: &'a Path,
    /// Python's hash seed: runs with different seeds must give the same bytes.
    pub hash_seed: u32,
}

/// An interpreter that was started in the jail and waits for the module that it will run, once.
/// Dropped, it is ended.
#[derive(Debug)]
pub struct Interpreter(Prepared);

impl Interpreter {
    /// Starts one. Call it in the thread that will run the module or in one that outlives it.
    pub fn start(environment: &Environment<'_>, place: &Place<'_>) -> Result<Self, TrialError> {
        let runtime = environment.runtime;
        let arguments = [MODULE, place.bronze_run.as_str()];
        let mut spec = JailSpec::new(runtime.command_of_text(&loader(), arguments));
        spec.read_only = runtime
            .read_only_paths()
            .into_iter()
            .map(Grant::same)
            .collect();
        let data = PathBuf::from(BRONZE)
            .join(place.bronze_run.as_str())
            .join("data");
        spec.read_only.push(Grant::new(place.bronze, data));
        spec.outputs.push(Grant::new(place.out, SILVER));
        spec.environment = runtime.environment(place.hash_seed);
        // Polars sees no memory in the jail; untold, it spills every buffer and takes three times as long.
        let memory_mb = (environment.sandbox.usable_memory(&environment.limits) >> 20).to_string();
        let variables = [
            ("BRONZE_ROOT", BRONZE),
            ("POLARS_OVERRIDE_TOTAL_MEMORY_MB", &memory_mb),
            ("SILVER_ROOT", SILVER),
        ];
        let variables =
            variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        spec.environment.extend(BTreeMap::from(variables));
        spec.limits = environment.limits;
        Ok(Self(environment.sandbox.prepare(&spec)?))
    }

    /// Whether it is still there; see [`Prepared::is_waiting`].
    pub fn is_waiting(&mut self) -> bool {
        self.0.is_waiting()
    }

    /// Runs a module: `source` is what was verified, and exactly these bytes are run. What it wrote is
    /// in its place when it ended by itself; the caller judges `Ended`.
    pub fn run(self, source: &str, silver_run: &RunId) -> Result<Ended, TrialError> {
        let mut input = Vec::with_capacity(source.len() + 64);
        for part in [silver_run.as_str(), source] {
            input.extend((part.len() as u64).to_le_bytes());
            input.extend(part.as_bytes());
        }
        Ok(self.0.run(&input, None)?)
    }
}

/// The program that waits: the head of every module, and what runs the module after it.
fn loader() -> String {
    format!("{PREAMBLE}{}", include_str!("loader.py"))
}

/// SHA-256 of the program that runs modules.
pub fn loader_digest() -> Digest {
    Digest::of(loader().as_bytes())
}

/// The record of a run for reports and statements: the jail's, and which program ran the module.
pub fn record(ended: &Ended) -> serde_json::Value {
    // Serialising plain data with string keys into memory cannot fail.
    let mut record = serde_json::to_value(ended).unwrap_or_default();
    record["loader"] = loader_digest().to_string().into();
    record
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
