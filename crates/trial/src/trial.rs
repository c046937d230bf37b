//! The trial of a module: two runs in the jail, compared with the plan's meaning, and measured.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use silversmith_plan::interpret::{Frame, RunParameters, run_table};
use silversmith_plan::{ColumnType, Plan, RowRelation, TablePlan};
use silversmith_policy::VerifiedModule;
use silversmith_profile::{BronzeProfile, Options, Source, profile};
use silversmith_sandbox::Ended;
use silversmith_types::evidence::{JoinEvidence, TableEvidence};
use silversmith_types::{RunId, TableName};

use crate::bronze::{FULL_ROWS, read_bronze, sample_table};
use crate::compare::{TableRecord, compare_cells, compare_counts, compare_removed};
use crate::error::TrialError;
use crate::execute::{Environment, Job, execute, last_words};
use silversmith_types::trial::{Check, JoinChange, Sample, TableTrial, Timing, TrialReport};

/// Largest `run.json` that is read: 200 tables of 500 steps at 200 bytes, and as much again.
const MAX_RECORD: u64 = 64 << 20;
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

/// Tries a module. An error holds the report where there is one.
pub fn run_trial(
    module: VerifiedModule,
    environment: &Environment<'_>,
    options: &TrialOptions<'_>,
    progress: &dyn Progress,
) -> Result<TriedModule, TrialError> {
    let scratch = tempfile::tempdir().map_err(TrialError::scratch)?;
    let mut trial = Trial {
        module: &module,
        environment,
        options,
        scratch: scratch.path(),
        checks: Vec::new(),
        timings: Vec::new(),
    };
    let report = trial.run(progress)?;
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
    checks: Vec<Check>,
    timings: Vec<Timing>,
}

/// One run of the module and where its output is.
struct Outcome {
    ended: Ended,
    folder: PathBuf,
    tables: BTreeMap<String, TableRecord>,
}

impl Outcome {
    /// What the exit says, where that is not success.
    fn failure(&self) -> Option<String> {
        let succeeded = self.ended.outcome == silversmith_sandbox::Outcome::Exited
            && self.ended.code == Some(0);
        (!succeeded).then(|| format!("the module ended ({})", self.ended))
    }
}

impl Trial<'_> {
    fn run(&mut self, progress: &dyn Progress) -> Result<TrialReport, TrialError> {
        progress.stage("choosing rows");
        let (bronze, sample) = self.bronze()?;
        progress.stage("running the module in the sandbox");
        let first = self.timed("run", |trial| trial.run_module(&bronze, 0, "first"))?;
        progress.stage("running it again with another hash seed");
        let second = self.timed("second run", |trial| {
            trial.run_module(&bronze, 4711, "second")
        })?;
        let violations: Vec<String> = [&first, &second]
            .map(|run| run.ended.violations.clone())
            .concat();
        self.check(
            "contained",
            &violations,
            "the jail refused nothing".to_owned(),
        );
        self.check_determinism(&first, &second);
        progress.stage("comparing every cell with the reference interpreter");
        let failed = [&first, &second].into_iter().filter_map(Outcome::failure);
        let failed: Vec<String> = failed.collect();
        let mut tables = self.timed("compare", |trial| trial.compare(&bronze, &first, failed))?;
        progress.stage("measuring Silver");
        let joins = self.timed("measure", |trial| {
            trial.measure(&bronze, &first, &sample, &mut tables)
        })?;
        let records = [&first, &second].map(|o| serde_json::to_value(&o.ended).unwrap_or_default());
        Ok(TrialReport {
            module: self.module.module().digest(),
            bronze_run: self.run_id().clone(),
            sample,
            checks: std::mem::take(&mut self.checks),
            tables,
            joins,
            runtime: self.environment.runtime.digest(),
            sandbox: records.into(),
            timings: std::mem::take(&mut self.timings),
        })
    }

    fn plan(&self) -> &Plan {
        self.module.module().plan()
    }

    fn run_id(&self) -> &RunId {
        &self.module.module().header().bronze_run
    }

    fn timed<T>(
        &mut self,
        what: &str,
        work: impl FnOnce(&mut Self) -> Result<T, TrialError>,
    ) -> Result<T, TrialError> {
        let started = Instant::now();
        let done = work(self)?;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.timings.push(Timing {
            what: what.to_owned(),
            millis,
        });
        Ok(done)
    }

    fn check(&mut self, name: &str, problems: &[String], fine: String) {
        let ok = problems.is_empty();
        let detail = if ok { fine } else { problems.join("; ") };
        self.checks.push(Check {
            name: name.to_owned(),
            ok,
            detail,
        });
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

    fn run_module(&self, bronze: &Path, hash_seed: u32, name: &str) -> Result<Outcome, TrialError> {
        let out = self.scratch.join(name);
        let silver_run = RunId::following(self.module.module().header().as_of, self.run_id());
        let job = Job {
            source: self.module.module().source(),
            bronze,
            bronze_run: self.run_id(),
            silver_run: &silver_run,
            out: &out,
            hash_seed,
        };
        let ended = execute(self.environment, &job)?;
        let folder = out.join(silver_run.as_str());
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

    /// Two runs with different hash seeds give the same bytes in every data file.
    fn check_determinism(&mut self, first: &Outcome, second: &Outcome) {
        let mut problems = Vec::new();
        let mut files = 0;
        for folder in ["data", "quarantine"] {
            for name in csv_files(&first.folder.join(folder), &second.folder.join(folder)) {
                files += 1;
                let read =
                    |outcome: &Outcome| fs::read(outcome.folder.join(folder).join(&name)).ok();
                if read(first) != read(second) {
                    problems.push(format!("{folder}/{name} differs"));
                }
            }
        }
        self.check(
            "deterministic",
            &problems,
            format!("{files} files are the same in two runs"),
        );
    }

    fn compare(
        &mut self,
        bronze: &Path,
        outcome: &Outcome,
        failed: Vec<String>,
    ) -> Result<BTreeMap<TableName, TableTrial>, TrialError> {
        let mut tables = BTreeMap::new();
        let mut found = Findings {
            succeeded: failed,
            ..Findings::default()
        };
        let document = self.plan().document().clone();
        for (name, plan) in &document.tables {
            let record = outcome
                .tables
                .get(name.as_str())
                .cloned()
                .unwrap_or_default();
            if record.status != "SUCCESS" {
                let why = record
                    .error
                    .as_deref()
                    .unwrap_or("it is not in the run's record");
                found.succeeded.push(format!("{name}: {why}"));
                continue;
            }
            let read = |what: &str| TrialError::read(format!("{what} {name}"));
            let start = read_bronze(&bronze.join(name.as_str())).map_err(read("Bronze"))?;
            let rows_in = start.rows().len() as u64;
            let parameters = RunParameters {
                as_of: self.run_id().started(),
                load_id: RunId::following(self.module.module().header().as_of, self.run_id()),
                source_file: name.to_string(),
            };
            let expected = match run_table(plan, start, &parameters) {
                Ok(frame) => frame,
                Err(error) => {
                    found
                        .cells
                        .push(format!("{name}: the plan itself stops: {error}"));
                    continue;
                }
            };
            let silver = outcome.folder.join("data").join(name.as_str());
            let quarantine = outcome.folder.join("quarantine").join(name.as_str());
            let cells = compare_cells(&expected, &silver).map_err(read("Silver"))?;
            found
                .cells
                .extend(cells.problems.iter().map(|p| format!("{name}: {p}")));
            found.compared += cells.cells;
            let counts = compare_counts(&expected, rows_in, &record);
            found
                .counts
                .extend(counts.iter().map(|problem| format!("{name}: {problem}")));
            let removed =
                compare_removed(&expected, &record, &quarantine).map_err(read("quarantine of"))?;
            found
                .removed
                .extend(removed.iter().map(|problem| format!("{name}: {problem}")));
            found
                .grain
                .extend(check_grain(name, plan, &expected, rows_in));
            found.idempotent(name, plan, &expected, &parameters);
            tables.insert(name.clone(), table_trial(&record, cells.cells));
        }
        found.report(self, document.tables.len());
        Ok(tables)
    }

    /// Measures Silver with the profiler, beside the same measure of Bronze.
    fn measure(
        &self,
        bronze: &Path,
        outcome: &Outcome,
        sample: &Sample,
        tables: &mut BTreeMap<TableName, TableTrial>,
    ) -> Result<Vec<JoinChange>, TrialError> {
        let names: Vec<TableName> = tables.keys().cloned().collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let options = Options::new(self.run_id().started().date(), processors());
        let after = profile_folder(&outcome.folder.join("data"), &names, &options)?;
        let sampled = match sample {
            Sample::Full => None,
            Sample::Sampled { .. } => Some(profile_folder(bronze, &names, &options)?),
        };
        for (name, trial) in tables.iter_mut() {
            let of = |profile: &BronzeProfile| {
                let found = profile.tables().iter().find(|found| found.table == *name);
                found.map(|found| found.evidence.clone())
            };
            let known = self.options.evidence.get(name).cloned();
            trial.before = sampled
                .as_ref()
                .map_or(known, of)
                .unwrap_or_else(empty_evidence);
            trial.after = of(&after).unwrap_or_else(empty_evidence);
        }
        let before = sampled
            .as_ref()
            .map_or(self.options.joins, BronzeProfile::joins);
        Ok(before
            .iter()
            .map(|join| join_change(join, after.joins()))
            .collect())
    }
}

/// What the comparison of all tables found.
#[derive(Default)]
struct Findings {
    succeeded: Vec<String>,
    cells: Vec<String>,
    counts: Vec<String>,
    removed: Vec<String>,
    grain: Vec<String>,
    repeated: Vec<String>,
    repeatable: u64,
    compared: u64,
}

impl Findings {
    /// A plan whose steps are all idempotent does nothing to its own result.
    fn idempotent(
        &mut self,
        name: &TableName,
        plan: &TablePlan,
        result: &Frame,
        run: &RunParameters,
    ) {
        let all_text = result
            .schema()
            .columns()
            .iter()
            .all(|(_, ty)| *ty == ColumnType::Text);
        let steps = plan.steps.iter().map(|step| step.operation.as_operation());
        if !all_text || !steps.into_iter().all(|step| step.is_idempotent()) {
            return;
        }
        self.repeatable += 1;
        let again = Frame::with_rows(result.schema().clone(), result.rows().to_vec());
        match run_table(plan, again, run) {
            Ok(repeated) if repeated.rows() == result.rows() => {}
            _ => self
                .repeated
                .push(format!("{name}: a second pass changes the result")),
        }
    }

    fn report(self, trial: &mut Trial<'_>, tables: usize) {
        trial.check(
            "succeeded",
            &self.succeeded,
            format!("{tables} of {tables} tables"),
        );
        let compared = self.compared;
        trial.check(
            "cells_equal",
            &self.cells,
            format!("{compared} cells are what the plan means"),
        );
        trial.check(
            "counts_equal",
            &self.counts,
            "every count is what the plan means".to_owned(),
        );
        trial.check(
            "rows_accounted",
            &self.removed,
            "every row is in Silver or accounted for".to_owned(),
        );
        trial.check(
            "grain",
            &self.grain,
            "rows and keys are as the plan claims".to_owned(),
        );
        let fine = format!("{} tables for which it applies", self.repeatable);
        trial.check("idempotent", &self.repeated, fine);
    }
}

/// The grain that the plan claims, measured on the result.
fn check_grain(name: &TableName, plan: &TablePlan, result: &Frame, rows_in: u64) -> Vec<String> {
    let mut problems = Vec::new();
    let rows_out = result.rows().len() as u64;
    if plan.grain.rows == RowRelation::Equal && rows_out != rows_in {
        problems.push(format!(
            "{name}: {rows_out} rows from {rows_in}, and every row should be kept"
        ));
    }
    if rows_out + result.removed().len() as u64 != rows_in {
        problems.push(format!(
            "{name}: rows are missing without a step that removed them"
        ));
    }
    // Keys that are only expected (`expect`, on_fail warn) are findings of the plan, not failures.
    let stated = plan
        .steps
        .iter()
        .any(|step| step.operation.removes_duplicates_of(&plan.grain.keys));
    if stated {
        let places = plan
            .grain
            .keys
            .iter()
            .filter_map(|key| result.schema().position(key));
        let places: Vec<usize> = places.collect();
        let mut seen = BTreeSet::new();
        let keys = result.rows().iter().filter_map(|row| {
            places
                .iter()
                .map(|&at| row.cells[at].canonical_text())
                .collect::<Option<Vec<_>>>()
        });
        let repeated = keys.filter(|key| !seen.insert(key.clone())).count();
        if repeated > 0 {
            problems.push(format!("{name}: {repeated} rows repeat a key"));
        }
    }
    problems
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

fn empty_evidence() -> TableEvidence {
    TableEvidence {
        sha256: silversmith_types::Digest::of(b""),
        bytes: 0,
        rows: 0,
        duplicate_rows: 0,
        columns: Vec::new(),
        keys: Vec::new(),
        orderings: Vec::new(),
        products: Vec::new(),
    }
}

/// The match in Silver that answers to one in Bronze: the same columns, or the same referring column
/// with a derived column of the same table.
fn join_change(before: &JoinEvidence, after: &[JoinEvidence]) -> JoinChange {
    let same_tables = |join: &&JoinEvidence| {
        join.from.table == before.from.table && join.to.table == before.to.table
    };
    let same_columns = |join: &&JoinEvidence| join.from == before.from && join.to == before.to;
    let related = |join: &&JoinEvidence| {
        join.from.column == before.from.column || join.to.column == before.to.column
    };
    let exact = after.iter().find(same_columns);
    let share = |join: &&JoinEvidence| join.matched * 1_000_000 / join.from_distinct.max(1);
    let derived = after
        .iter()
        .filter(same_tables)
        .filter(related)
        .max_by_key(share);
    let best = [exact, derived].into_iter().flatten().max_by_key(share);
    JoinChange {
        before: before.clone(),
        after: best.cloned(),
    }
}

fn profile_folder(
    folder: &Path,
    tables: &[TableName],
    options: &Options,
) -> Result<BronzeProfile, TrialError> {
    let sources: Vec<Source<'_>> = tables
        .iter()
        .map(|table| {
            let path = folder.join(table.as_str());
            Source {
                table: table.clone(),
                bytes: path.metadata().map_or(0, |metadata| metadata.len()),
                open: Box::new(move || Ok(Box::new(File::open(&path)?))),
            }
        })
        .collect();
    Ok(profile(&sources, options, &())?)
}

fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
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
