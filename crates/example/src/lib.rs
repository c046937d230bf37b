//! The product's own example: a small CRM/ERP shop whose Bronze run has every kind of dirt that
//! real ones were seen to have, the clean truth behind it, and a score for what a plan made of it.
//!
//! [`generate`] depends on its seed and scale alone: the same bytes on every machine, forever.
//! Every name in it is made up from syllables. Nothing here touches the file system; callers
//! write [`Example::files`] wherever they like.

mod cell;
mod codes;
mod contract;
mod layout;
mod random;
mod score;
mod shop;
mod truth;
mod words;

use chrono::NaiveDate;
use silversmith_types::{Digest, RunId, Timestamp};

pub use cell::{Class, Column, Dirt, Kind, QuarantineReason};
pub use score::{DirtScore, JoinScore, Score, SilverTable, SilverTableError, score};
pub use truth::{JoinTruth, Label, TableTruth, Truth, TruthRow};

/// The seed of the example that `init` writes.
pub const DEFAULT_SEED: u64 = 20_250_601;

/// The largest scale: about two million customers and eight million order lines, which fit the
/// fixed width of their keys.
pub const MAX_SCALE: u32 = 1_000;

/// A Bronze run, the contract for its Silver tables, and the truth.
#[derive(Debug)]
pub struct Example {
    /// The Bronze run's id; its time is [`Example::as_of`], its suffix the digest of the files.
    pub run_id: RunId,
    /// When the data was taken: nothing that happened is later, and a birth date that is, is wrong.
    pub as_of: Timestamp,
    /// File names and contents, in the order of the names.
    pub bronze: Vec<(String, Vec<u8>)>,
    /// What the ingestion recorded about the run.
    pub metadata_yaml: String,
    /// The Open Data Contract for the Silver tables, with consent to quarantine where it is given.
    pub contract_yaml: String,
    /// The right value of every cell, and what is wrong with the Bronze ones.
    pub truth: Truth,
}

/// Generates the example.
///
/// A `scale` of 1 has about 2,000 customers and 8,000 order lines; it is brought into
/// `1..=MAX_SCALE`.
pub fn generate(seed: u64, scale: u32) -> Example {
    let scale = scale.clamp(1, MAX_SCALE) as usize;
    let as_of = as_of(seed);
    let stock = shop::Shop {
        seed,
        scale,
        as_of: as_of.date(),
    }
    .stock();
    let mut bronze: Vec<(String, Vec<u8>)> = stock
        .tables
        .iter()
        .map(|table| (format!("{}.csv", table.name), table.to_csv()))
        .collect();
    bronze.sort();
    let listing: String = bronze
        .iter()
        .map(|(name, bytes)| format!("{} {name}\n", Digest::of(bytes)))
        .collect();
    let run_id = RunId::first(as_of, Digest::of(listing.as_bytes()));
    let metadata_yaml = layout::metadata_yaml(&run_id, as_of, &stock.tables, &bronze);
    let contract_yaml = contract::contract_yaml(&stock.tables);
    Example {
        run_id,
        as_of,
        bronze,
        metadata_yaml,
        contract_yaml,
        truth: Truth::from_stock(stock),
    }
}

/// The morning on which the data of `seed` was taken: a day of 2024 or 2025.
fn as_of(seed: u64) -> Timestamp {
    let first = NaiveDate::from_ymd_opt(2024, 1, 15).unwrap_or_default();
    let day = first + chrono::Days::new(seed % 700);
    Timestamp::from_datetime(day.and_time(chrono::NaiveTime::MIN).and_utc())
}
