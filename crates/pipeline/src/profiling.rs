//! Profiling a Bronze run on disk.

use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use silversmith_profile::{Options, bronze_dir, profile, to_report};
use silversmith_types::context::RunContext;
use silversmith_types::evidence::Evidence;
use silversmith_types::{Digest, RunId, Sha256Hasher, TableName, Timestamp};

use crate::error::PipelineError;
use crate::progress::{Progress, Told};
use crate::settings::Settings;
use silversmith_store::files::{FileError, open_regular};

/// What profiling a Bronze run gives.
pub struct Profiled {
    /// The run context with value evidence.
    pub context: RunContext,
    /// The report for people.
    pub report: String,
    /// The Bronze run.
    pub bronze_run: RunId,
    /// The Silver run that the two files prepare.
    pub silver_run: RunId,
}

impl Profiled {
    /// The context as a file: pretty, ending in a newline.
    pub fn context_bytes(&self) -> Vec<u8> {
        // Serialising plain data with string keys into memory cannot fail.
        let mut bytes = serde_json::to_vec_pretty(&self.context).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Profiles a Bronze folder. `as_of` stands for "now"; absent, it is the time in the id of the Bronze
/// run, and where Bronze has no id, the clock (the one place where the clock names a run).
pub fn profile_bronze(
    folder: &Path,
    as_of: Option<Timestamp>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Profiled, PipelineError> {
    let bronze = bronze_dir::list(folder)?;
    let of_run = bronze.run_id.as_ref().map(RunId::started);
    let now = as_of.or(of_run).unwrap_or_else(clock);
    let processors = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut options = Options::new(of_run.unwrap_or(now).date(), processors);
    options.min_count = settings.evidence.min_count;
    progress.stage("reading Bronze");
    progress.total(bronze.sources.iter().map(|source| source.bytes).sum());
    let found = profile(&bronze.sources, &options, &Told(progress))?;
    let ids = found.run_ids(bronze.run_id, now);
    let context = found.to_context(&ids, now);
    let report = to_report(&context);
    Ok(Profiled {
        context,
        report,
        bronze_run: ids.bronze,
        silver_run: ids.silver,
    })
}

/// The time of day, for commands that begin something new.
pub fn clock() -> Timestamp {
    Timestamp::from_datetime(std::time::SystemTime::now().into())
}

/// The folder that holds the CSV files of a Bronze run.
pub(crate) fn data_folder(bronze: &Path) -> PathBuf {
    let data = bronze.join("data");
    if data.is_dir() {
        data
    } else {
        bronze.to_owned()
    }
}

/// Compares the Bronze files with the digests in the evidence; names the first table that differs.
pub(crate) fn changed_since(
    bronze: &Path,
    evidence: &Evidence,
) -> Result<Option<TableName>, PipelineError> {
    let data = data_folder(bronze);
    for (table, known) in &evidence.tables {
        if digest_of_file(&data.join(table.as_str()))? != known.sha256 {
            return Ok(Some(table.clone()));
        }
    }
    Ok(None)
}

fn digest_of_file(path: &Path) -> Result<Digest, PipelineError> {
    let fail = |source| FileError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = open_regular(path)?;
    let mut hasher = Sha256Hasher::default();
    let mut chunk = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut chunk).map_err(fail)?;
        if read == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&chunk[..read]);
    }
}
