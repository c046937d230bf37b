//! The two runs of a trial, with different hash seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use silversmith_sandbox::Ended;
use silversmith_types::RunId;

use crate::compare::TableRecord;
use crate::error::TrialError;
use crate::execute::{Environment, Interpreter, Place, last_words};

/// Largest `run.json` that is read: 200 tables of 500 steps at 200 bytes, and as much again.
const MAX_RECORD: u64 = 64 << 20;

/// Up to this size of Bronze both runs go at the same time, and the reference interpreter beside
/// them, which holds about ten bytes of memory for each byte. Beyond it a run has all processors
/// and all memory for itself.
const AT_ONCE: u64 = 32 << 20;

/// The interpreters of a trial: started, and waiting in the jail for the module. Dropped, they end.
#[derive(Debug)]
pub struct Waiting {
    bronze: PathBuf,
    bronze_run: RunId,
    pub(crate) first: Run,
    /// Absent where it is not to go beside the first.
    pub(crate) second: Option<Run>,
    /// What the runs write; goes when the trial is over.
    pub(crate) scratch: tempfile::TempDir,
}

impl Waiting {
    /// Starts them. Call it in the thread that will run the trial or in one that outlives it.
    pub fn start(
        environment: &Environment<'_>,
        bronze: &Path,
        bronze_run: &RunId,
    ) -> Result<Self, TrialError> {
        let scratch = tempfile::tempdir().map_err(TrialError::scratch)?;
        let folder = scratch.path();
        let first = Run::first(environment, bronze, bronze_run, folder)?;
        let second = is_small(bronze).then(|| Run::second(environment, bronze, bronze_run, folder));
        Ok(Self {
            first,
            second: second.transpose()?,
            scratch,
            bronze: bronze.to_owned(),
            bronze_run: bronze_run.clone(),
        })
    }

    /// Whether they are there, and for this data.
    pub(crate) fn serves(&mut self, bronze: &Path, bronze_run: &RunId) -> bool {
        let runs = [Some(&mut self.first), self.second.as_mut()];
        let mut runs = runs.into_iter().flatten();
        self.bronze == bronze
            && self.bronze_run == *bronze_run
            && runs.all(|run| run.interpreter.is_waiting())
    }
}

/// Whether everything can be done at once with this data.
pub(crate) fn is_small(bronze: &Path) -> bool {
    let files = fs::read_dir(bronze).into_iter().flatten().flatten();
    let sizes = files.map(|file| file.metadata().map_or(0, |metadata| metadata.len()));
    sizes.sum::<u64>() <= AT_ONCE
}

/// One run that waits for its module.
#[derive(Debug)]
pub(crate) struct Run {
    interpreter: Interpreter,
    out: PathBuf,
}

impl Run {
    fn first(
        environment: &Environment<'_>,
        bronze: &Path,
        bronze_run: &RunId,
        scratch: &Path,
    ) -> Result<Self, TrialError> {
        Self::start(environment, bronze, bronze_run, scratch.join("first"), 0)
    }

    /// With another hash seed than the first.
    pub(crate) fn second(
        environment: &Environment<'_>,
        bronze: &Path,
        bronze_run: &RunId,
        scratch: &Path,
    ) -> Result<Self, TrialError> {
        Self::start(
            environment,
            bronze,
            bronze_run,
            scratch.join("second"),
            4711,
        )
    }

    fn start(
        environment: &Environment<'_>,
        bronze: &Path,
        bronze_run: &RunId,
        out: PathBuf,
        hash_seed: u32,
    ) -> Result<Self, TrialError> {
        let place = Place {
            bronze,
            bronze_run,
            out: &out,
            hash_seed,
        };
        let interpreter = Interpreter::start(environment, &place)?;
        Ok(Self { interpreter, out })
    }

    /// Runs the module. An error means that it left nothing to judge.
    pub(crate) fn go(self, source: &str, silver_run: &RunId) -> Result<Outcome, TrialError> {
        let ended = self.interpreter.run(source, silver_run)?;
        let folder = self.out.join(silver_run.as_str());
        let tables = read_record(&folder.join("reports/run.json"));
        match tables {
            Some(tables) if ended.delivered => Ok(Outcome {
                ended,
                folder,
                tables,
            }),
            _ => Err(TrialError::Ended {
                outcome: ended.to_string(),
                message: [ended.violations.clone(), vec![last_words(&ended)]]
                    .concat()
                    .join("; "),
            }),
        }
    }
}

/// One run of the module and where its output is.
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) folder: PathBuf,
    pub(crate) tables: BTreeMap<String, TableRecord>,
}

impl Outcome {
    /// What the exit says, where that is not success.
    pub(crate) fn failure(&self) -> Option<String> {
        let succeeded = self.ended.outcome == silversmith_sandbox::Outcome::Exited
            && self.ended.code == Some(0);
        (!succeeded).then(|| format!("the module ended ({})", self.ended))
    }

    /// How many data files there are, and those that have other bytes in another run.
    pub(crate) fn differences(&self, other: &Self) -> (usize, Vec<String>) {
        differences(&self.folder, &other.folder)
    }
}

/// How many data files two runs wrote, and which of them are not the same in both. No file at all is
/// a difference too, as is one that cannot be read.
fn differences(one: &Path, other: &Path) -> (usize, Vec<String>) {
    let mut problems = Vec::new();
    let mut files = 0;
    for folder in ["data", "quarantine"] {
        let (one, other) = (one.join(folder), other.join(folder));
        for name in csv_files(&one, &other) {
            files += 1;
            let is_same = match (fs::read(one.join(&name)), fs::read(other.join(&name))) {
                (Ok(one), Ok(other)) => one == other,
                _ => false,
            };
            if !is_same {
                problems.push(format!("{folder}/{name} differs"));
            }
        }
    }
    if files == 0 {
        problems.push("there is no data file".to_owned());
    }
    (files, problems)
}

/// The names of CSV files in either of two folders.
fn csv_files(a: &Path, b: &Path) -> BTreeSet<String> {
    let list = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let names = list(a)
        .chain(list(b))
        .filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".csv")).collect()
}

/// The module's own record of a run, by table name.
fn read_record(path: &Path) -> Option<BTreeMap<String, TableRecord>> {
    #[derive(serde::Deserialize)]
    struct Record {
        tables: BTreeMap<String, TableRecord>,
    }
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(MAX_RECORD)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(serde_json::from_slice::<Record>(&bytes).ok()?.tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn problems(one: &[(&str, &str)], other: &[(&str, &str)]) -> (usize, Vec<String>) {
        differences(run_of(one).path(), run_of(other).path())
    }

    #[test]
    fn the_same_files_are_the_same() {
        let files = [("data/a.csv", "1"), ("quarantine/a.csv", "2")];
        assert_eq!(problems(&files, &files), (2, vec![]));
        // Reports have times in them.
        let with_report = [files[0], files[1], ("reports/run.json", "x")];
        assert_eq!(problems(&files, &with_report), (2, vec![]));
    }

    #[test]
    fn other_bytes_and_missing_files_are_differences() {
        let files = [("data/a.csv", "1"), ("quarantine/a.csv", "2")];
        let other = [("data/a.csv", "1"), ("quarantine/a.csv", "3")];
        let expected = (2, vec!["quarantine/a.csv differs".to_owned()]);
        assert_eq!(problems(&files, &other), expected);
        assert_eq!(problems(&files, &files[..1]), expected);
        assert_eq!(problems(&files[..1], &files), expected);
    }

    #[test]
    fn two_runs_without_a_data_file_prove_nothing() {
        let report = [("reports/run.json", "x"), ("data/notes.txt", "x")];
        let expected = (0, vec!["there is no data file".to_owned()]);
        assert_eq!(problems(&report, &report), expected);
        assert_eq!(problems(&[], &[]), expected);
    }

    #[test]
    fn what_cannot_be_read_is_a_difference() {
        // A folder of that name.
        let folder = [("data/a.csv/b", "1")];
        let expected = (1, vec!["data/a.csv differs".to_owned()]);
        assert_eq!(problems(&folder, &folder), expected);
    }
}
