//! Silver measured with the profiler, beside the same measure of Bronze.

use std::collections::BTreeMap;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;

use silversmith_profile::{BronzeProfile, Options, Source, profile};
use silversmith_types::evidence::{JoinEvidence, TableEvidence};
use silversmith_types::trial::{JoinChange, Sample, TableTrial};
use silversmith_types::{RunId, TableName};

use crate::error::TrialError;
use crate::trial::TrialOptions;

/// Measures of the tables of a trial.
pub(crate) struct Measured {
    /// Of Bronze, where the trial looked at a part of it; else it is known.
    before: Option<BronzeProfile>,
    after: BronzeProfile,
}

impl Measured {
    /// Measures what a run made of these tables, and the rows that it had where that is a sample.
    pub(crate) fn of(
        names: &[TableName],
        bronze: &Path,
        silver: &Path,
        sample: &Sample,
        bronze_run: &RunId,
    ) -> Result<Self, TrialError> {
        let options = Options::new(bronze_run.started().date(), processors());
        let before = match sample {
            Sample::Full => None,
            Sample::Sampled { .. } => Some(profile_folder(bronze, names, &options)?),
        };
        Ok(Self {
            before,
            after: profile_folder(silver, names, &options)?,
        })
    }

    /// Writes the measures of each table down, and gives how columns match before and after.
    pub(crate) fn write_down(
        &self,
        known: &TrialOptions<'_>,
        tables: &mut BTreeMap<TableName, TableTrial>,
    ) -> Vec<JoinChange> {
        for (name, trial) in tables.iter_mut() {
            let of = |profile: &BronzeProfile| {
                let found = profile.tables().iter().find(|found| found.table == *name);
                found.map(|found| found.evidence.clone())
            };
            let before = match &self.before {
                Some(measured) => of(measured),
                None => known.evidence.get(name).cloned(),
            };
            trial.before = before.unwrap_or_else(empty_evidence);
            trial.after = of(&self.after).unwrap_or_else(empty_evidence);
        }
        let before = self
            .before
            .as_ref()
            .map_or(known.joins, BronzeProfile::joins);
        before
            .iter()
            .map(|join| join_change(join, self.after.joins()))
            .collect()
    }
}

/// The measures of a table that was not measured.
pub(crate) fn empty_evidence() -> TableEvidence {
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
