//! One streaming pass over the CSV files of a Bronze run: what a planner needs to know of the
//! values, without any row.
//!
//! [`profile`] reads each file once and yields a [`BronzeProfile`], which is written as the run
//! context ([`BronzeProfile::to_context`]) and as a report for people ([`to_report`]).
//! [`profile_table`] does the same for one CSV stream, for the measure before and after a trial.
//!
//! Pure over readers: nothing here opens a file except [`bronze_dir`]. The result depends on the
//! bytes and on [`Options`] alone, never on the number of threads or the size of the blocks.

mod batch;
mod blocks;
pub mod bronze_dir;
mod column;
mod context;
mod corroboration;
mod csv;
mod error;
mod evidence;
mod formats;
mod hash;
mod head;
mod joins;
pub mod limits;
mod names;
mod normalise;
mod numbers;
mod ordering;
mod personal;
mod problems;
mod product;

mod report;
mod rows;
mod sample;
mod shapes;
mod table;
mod tokens;

use std::io::{self, Read};
use std::num::NonZeroUsize;

use chrono::NaiveDate;
use silversmith_types::TableName;
use silversmith_types::context::TableProfile;
use silversmith_types::evidence::{JoinEvidence, TableEvidence};

pub use crate::context::RunIds;
pub use crate::error::{Fault, ProfileError};
pub use crate::joins::JoinColumns;
pub use crate::report::to_report;

/// Opens a source for reading from its start.
pub type Open<'s> = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + 's>;

/// A CSV file of a Bronze run.
pub struct Source<'s> {
    /// Its file name.
    pub table: TableName,
    /// Its size in bytes, for the progress bar alone.
    pub bytes: u64,
    /// How to read it.
    pub open: Open<'s>,
}

/// What a profile depends on beside the data, and how the work is done.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day of the Bronze run; later dates are in the future.
    pub as_of: NaiveDate,
    /// Values seen fewer times than this are never named (k of k-anonymity).
    pub min_count: u64,
    /// Distinct values, rows and pairs that are counted exactly, for each count. What has more is
    /// estimated from a sample of so many. Tables of more than 16 columns get less for each.
    pub max_distinct: NonZeroUsize,
    /// Threads that count, beside the one that reads. Does not change the result.
    pub threads: NonZeroUsize,
    /// Usual size of a block of the file in bytes. Does not change the result.
    pub block_bytes: usize,
}

impl Options {
    /// k = 10, 65,536 distinct values, blocks of 512 KiB, and at most eight threads: each holds its own samples, some 50 MB
    /// for a table with many distinct values.
    pub fn new(as_of: NaiveDate, threads: NonZeroUsize) -> Self {
        let most = NonZeroUsize::MIN.saturating_add(7);
        Self {
            as_of,
            min_count: 10,
            max_distinct: NonZeroUsize::MIN.saturating_add(limits::MAX_DISTINCT - 1),
            threads: threads.min(most),
            block_bytes: 512 << 10,
        }
    }
}

/// Told how far a profile is. Every method does nothing unless it is implemented.
pub trait Progress: Sync {
    /// A table is about to be read.
    fn table_started(&self, table: &TableName, bytes: u64) {
        let _ = (table, bytes);
    }

    /// So many more bytes were read.
    fn advanced(&self, bytes: u64) {
        let _ = bytes;
    }
}

/// Nobody is told.
impl Progress for () {}

/// What was found in a Bronze run.
pub struct BronzeProfile {
    min_count: u64,
    tables: Vec<TableFindings>,
    joins: Vec<JoinEvidence>,
}

/// What was found in one table.
pub struct TableFindings {
    /// The table.
    pub table: TableName,
    /// As the run context has it: names, inferred types, null counts as pandas counts them.
    pub profile: TableProfile,
    /// The value evidence.
    pub evidence: TableEvidence,
    /// Samples of the columns that may be compared with those of other tables.
    pub join_columns: JoinColumns,
}

impl BronzeProfile {
    /// The tables, sorted by name without regard to case.
    pub fn tables(&self) -> &[TableFindings] {
        &self.tables
    }

    /// How columns of different tables match.
    pub fn joins(&self) -> &[JoinEvidence] {
        &self.joins
    }
}

/// Profiles a Bronze run. Tables are read one after the other, each with all threads.
///
/// # Errors
///
/// The first table, by name, that cannot be opened or read or is no CSV table; or no table, too many,
/// or two of one name.
pub fn profile(
    sources: &[Source<'_>],
    options: &Options,
    progress: &dyn Progress,
) -> Result<BronzeProfile, ProfileError> {
    let mut tables = Vec::with_capacity(sources.len());
    for source in in_order(sources)? {
        progress.table_started(&source.table, source.bytes);
        let opened = (source.open)();
        let mut reader = opened.map_err(|error| ProfileError::Open {
            table: source.table.clone(),
            source: error,
        })?;
        tables.push(profile_table(
            &source.table,
            &mut *reader,
            options,
            progress,
        )?);
        joins::bound(tables.iter_mut().map(|table| &mut table.join_columns));
    }
    let joins = joins::find(&tables, options.min_count);
    Ok(BronzeProfile {
        min_count: options.min_count,
        tables,
        joins,
    })
}

/// Profiles one CSV table.
///
/// # Errors
///
/// The reader fails, or the text is no CSV table.
pub fn profile_table(
    table: &TableName,
    reader: &mut (dyn Read + Send),
    options: &Options,
    progress: &dyn Progress,
) -> Result<TableFindings, ProfileError> {
    let calendar = formats::Calendar::new(options.as_of);
    let counted = table::count_table(table, reader, options, &calendar, progress)?;
    Ok(evidence::findings(&counted, options.min_count))
}

/// The sources sorted by name without regard to case, as file managers show them.
fn in_order<'a, 's>(sources: &'a [Source<'s>]) -> Result<Vec<&'a Source<'s>>, ProfileError> {
    if sources.is_empty() {
        return Err(ProfileError::NoTables);
    }
    if sources.len() > limits::MAX_TABLES {
        return Err(ProfileError::TooManyTables);
    }
    let mut sorted: Vec<&Source<'_>> = sources.iter().collect();
    sorted.sort_by_cached_key(|source| {
        (
            source.table.as_str().to_lowercase(),
            source.table.as_str().to_owned(),
        )
    });
    for pair in sorted.windows(2) {
        if pair[0].table == pair[1].table {
            return Err(ProfileError::DuplicateTable(pair[0].table.clone()));
        }
    }
    Ok(sorted)
}
