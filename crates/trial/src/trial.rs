//! The trial of a module: two runs in the jail, compared with the plan's meaning, and measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use silversmith_plan::Plan;
use silversmith_plan::interpret::RunParameters;
use silversmith_policy::VerifiedModule;
use silversmith_types::evidence::{JoinEvidence, TableEvidence};
use silversmith_types::trial::{Check, Sample, TableTrial, Timing, TrialReport};
use silversmith_types::{RunId, TableName};

use crate::bronze::{FULL_ROWS, sample_table};
use crate::compare::TableRecord;
use crate::error::TrialError;
use crate::execute::{Environment, record};
use crate::findings::Findings;
use crate::meaning::Meaning;
use crate::measure::{Measured, empty_evidence};
use crate::runs::{Outcome, Run, Waiting, is_small};

/// Seed of samples. Fixed, so that two trials of the same data look at the same rows.
const SAMPLE_SEED: u64 = 0x51_1f_e5;

/// A module that ran in the jail and did exactly what its plan means. Only [`run_trial`] makes one.
#[derive(Debug)]
pub struct TriedModule {
    module: VerifiedModule,
    report: TrialReport,
}

impl TriedModule {
    /// The module.
    pub fn module(&self) -> &VerifiedModule {
        &self.module
    }

    /// What the trial found.
    pub fn report(&self) -> &TrialReport {
        &self.report
    }
}

/// On what a module is tried.
pub struct TrialOptions<'a> {
    /// The folder with the Bronze files.
    pub bronze: &'a Path,
    /// What is known of them: the profile of the same files.
    pub evidence: &'a BTreeMap<TableName, TableEvidence>,
    /// How their columns match.
    pub joins: &'a [JoinEvidence],
    /// Every row, however large the tables are.
    pub full: bool,
}

/// Told what a trial is doing.
pub trait Progress {
    /// The next part begins.
    fn stage(&self, what: &str);
}

/// Tries a module. An error holds the report where there is one. Interpreters that wait for this data
/// are used, and dropped where they wait for other data.
pub fn run_trial(
    module: VerifiedModule,
    environment: &Environment<'_>,
    options: &TrialOptions<'_>,
    waiting: Option<Waiting>,
    progress: &dyn Progress,
) -> Result<TriedModule, TrialError> {
    let scratch = tempfile::tempdir().map_err(TrialError::scratch)?;
    let trial = Trial {
        module: &module,
        environment,
        options,
        scratch: scratch.path(),
    };
    let report = trial.run(waiting, progress)?;
    match report.passed() {
        true => Ok(TriedModule { module, report }),
        false => Err(TrialError::Failed {
            report: Box::new(report),
        }),
    }
}

struct Trial<'a> {
    module: &'a VerifiedModule,
    environment: &'a Environment<'a>,
    options: &'a TrialOptions<'a>,
    scratch: &'a Path,
}

/// What was found out together, and how long each part took.
struct Tried {
    runs: [Outcome; 2],
    tables: BTreeMap<TableName, TableTrial>,
    checks: Vec<Check>,
    measured: Measured,
    timings: Vec<Timing>,
}

impl Trial<'_> {
    fn run(
        &self,
        waiting: Option<Waiting>,
        progress: &dyn Progress,
    ) -> Result<TrialReport, TrialError> {
        let started = Instant::now();
        progress.stage("choosing rows");
        let (bronze, sample) = self.bronze()?;
        let ready = waiting.and_then(|mut w| w.serves(&bronze, self.run_id()).then_some(w));
        let waiting = match ready {
            Some(waiting) => waiting,
            None => Waiting::start(self.environment, &bronze, self.run_id())?,
        };
        let Tried {
            runs,
            mut tables,
            checks,
            measured,
            mut timings,
        } = self.try_on(waiting, &bronze, &sample, progress)?;
        let joins = measured.write_down(self.options, &mut tables);
        timings.push(since(started, "the whole trial"));
        Ok(TrialReport {
            module: self.module.module().digest(),
            bronze_run: self.run_id().clone(),
            sample,
            checks,
            tables,
            joins,
            runtime: self.environment.runtime.digest(),
            sandbox: runs.iter().map(|run| record(&run.ended)).collect(),
            timings,
        })
    }

    /// Runs, interprets, compares and measures: as much at once as the size of the data allows.
    fn try_on(
        &self,
        waiting: Waiting,
        bronze: &Path,
        sample: &Sample,
        progress: &dyn Progress,
    ) -> Result<Tried, TrialError> {
        let Waiting {
            first,
            second,
            scratch,
            ..
        } = waiting;
        thread::scope(|scope| {
            progress.stage("running the module twice in the sandbox");
            let go = |run: Run, what| {
                let (source, silver_run) = (self.module.module().source(), self.silver_run());
                scope.spawn(move || timed(what, || run.go(source, &silver_run)))
            };
            let first = go(first, "run");
            let second = second.map(|second| go(second, "second run"));
            let meanings = self.meanings(scope, bronze, is_small(bronze));
            let (first, run_timing) = join(first)?;
            let second = match second {
                Some(running) => running,
                None => {
                    let folder = scratch.path();
                    let second = Run::second(self.environment, bronze, self.run_id(), folder)?;
                    go(second, "second run")
                }
            };
            let (names, silver) = (self.succeeded(&first), first.folder.join("data"));
            let measured = scope.spawn(move || {
                let run_id = self.run_id();
                timed("measure", || {
                    Measured::of(&names, bronze, &silver, sample, run_id)
                })
            });
            progress.stage("comparing every cell with the reference interpreter");
            let ((tables, found), compare_timing) =
                timed("compare", || self.compare(meanings, &first))?;
            progress.stage("measuring Silver");
            let (measured, measure_timing) = join(measured)?;
            let (second, second_timing) = join(second)?;
            Ok(Tried {
                checks: found.checks([&first, &second], self.plan().document().tables.len()),
                runs: [first, second],
                tables,
                measured,
                timings: vec![run_timing, second_timing, compare_timing, measure_timing],
            })
        })
    }

    fn plan(&self) -> &Plan {
        self.module.module().plan()
    }

    fn run_id(&self) -> &RunId {
        &self.module.module().header().bronze_run
    }

    fn silver_run(&self) -> RunId {
        RunId::following(self.module.module().header().as_of, self.run_id())
    }

    /// The rows to try on: all of Bronze where it is small, else samples of the large tables.
    fn bronze(&self) -> Result<(PathBuf, Sample), TrialError> {
        let plan = self.plan();
        for table in plan.document().tables.keys() {
            if !self.options.bronze.join(table.as_str()).is_file() {
                return Err(TrialError::TableMissing {
                    table: table.clone(),
                });
            }
        }
        let large = |evidence: &&TableEvidence| evidence.rows > FULL_ROWS;
        if self.options.full || !self.options.evidence.values().any(|e| large(&e)) {
            return Ok((self.options.bronze.to_owned(), Sample::Full));
        }
        let folder = self.scratch.join("bronze");
        fs::create_dir(&folder).map_err(TrialError::scratch)?;
        let mut tables = BTreeMap::new();
        for table in plan.document().tables.keys() {
            let from = self.options.bronze.join(table.as_str());
            let to = folder.join(table.as_str());
            match self.options.evidence.get(table).filter(large) {
                Some(evidence) => {
                    let taken = sample_table(&from, evidence, SAMPLE_SEED, &to)
                        .map_err(TrialError::read(table.as_str()))?;
                    tables.insert(table.clone(), taken);
                }
                None => _ = fs::copy(&from, &to).map_err(TrialError::scratch)?,
            }
        }
        Ok((
            folder,
            Sample::Sampled {
                seed: SAMPLE_SEED,
                tables,
            },
        ))
    }

    /// The tables of the plan that a run says it made.
    fn succeeded(&self, outcome: &Outcome) -> Vec<TableName> {
        let tables = self.plan().document().tables.keys();
        let made = |name: &&TableName| {
            let record = outcome.tables.get(name.as_str());
            record.is_some_and(TableRecord::succeeded)
        };
        tables.filter(made).cloned().collect()
    }

    /// What each table should become, in the order of the plan: found out ahead in a thread of its own,
    /// or one by one when asked for, so that no more than one is in memory.
    fn meanings<'scope, 'env>(
        &'env self,
        scope: &'scope thread::Scope<'scope, 'env>,
        bronze: &'env Path,
        ahead: bool,
    ) -> Box<dyn Iterator<Item = TableMeaning<'env>> + 'env> {
        let tables = self.plan().document().tables.iter();
        let meanings = tables.map(move |(name, plan)| {
            let parameters = RunParameters {
                as_of: self.run_id().started(),
                load_id: self.silver_run(),
                source_file: name.to_string(),
            };
            (name, Meaning::of(name, plan, bronze, &parameters))
        });
        if !ahead {
            return Box::new(meanings);
        }
        let (found, receiver) = mpsc::channel();
        scope.spawn(move || {
            for meaning in meanings {
                // Nobody listens any more when the trial has failed.
                if found.send(meaning).is_err() {
                    return;
                }
            }
        });
        Box::new(receiver.into_iter())
    }

    fn compare<'env>(
        &self,
        meanings: impl Iterator<Item = TableMeaning<'env>>,
        outcome: &Outcome,
    ) -> Result<(BTreeMap<TableName, TableTrial>, Findings), TrialError> {
        let mut tables = BTreeMap::new();
        let mut found = Findings::default();
        for (name, meaning) in meanings {
            let none = TableRecord::default();
            let record = outcome.tables.get(name.as_str()).unwrap_or(&none);
            if !record.succeeded() {
                let why = record.error.as_deref();
                let why = why.unwrap_or("it is not in the run's record");
                found.failed.push(format!("{name}: {why}"));
                continue;
            }
            if let Some(cells) = found.compare(name, &meaning?, record, &outcome.folder)? {
                tables.insert(name.clone(), table_trial(record, cells));
            }
        }
        Ok((tables, found))
    }
}

/// A table of the plan, and what it should become.
type TableMeaning<'a> = (&'a TableName, Result<Meaning, TrialError>);

/// Does something and notes how long it took. What goes on beside it counts too.
fn timed<T>(
    what: &str,
    work: impl FnOnce() -> Result<T, TrialError>,
) -> Result<(T, Timing), TrialError> {
    let started = Instant::now();
    Ok((work()?, since(started, what)))
}

fn since(started: Instant, what: &str) -> Timing {
    Timing {
        what: what.to_owned(),
        millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// What a thread found. Its panic becomes that of this one.
fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(found) => found,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn table_trial(record: &TableRecord, cells_compared: u64) -> TableTrial {
    TableTrial {
        rows_in: record.rows_in,
        rows_out: record.rows_out,
        cells_compared,
        quarantined: record.quarantined,
        steps: record.steps.clone(),
        removed: record.removed.clone(),
        before: empty_evidence(),
        after: empty_evidence(),
    }
}
