//! Bronze tables for the interpreter, and the sample of large ones.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::Path;

use silversmith_plan::interpret::{Frame, Row};
use silversmith_plan::{Schema, Value};
use silversmith_types::dates;
use silversmith_types::evidence::{ColumnEvidence, TableEvidence};
use silversmith_types::{ColumnName, Digest};

use silversmith_types::trial::SampledTable;

/// Tables of more rows than this are sampled. The interpreter holds a table in memory at about
/// 60 bytes a cell: 250,000 rows of 10 columns are 150 MB.
pub(crate) const FULL_ROWS: u64 = 250_000;
/// Share of the rows that a sample takes, as a fraction of 2^64 of a keyed hash; about 50,000 rows.
const TARGET_ROWS: u64 = 50_000;
/// Most odd rows taken for one reason.
const MAX_ODD: u32 = 500;

/// Reads a Bronze file. The profiler has checked its form; what is not text here is an error.
pub(crate) fn read_bronze(path: &Path) -> io::Result<Frame> {
    let mut reader = csv::ReaderBuilder::new().from_reader(without_bom(File::open(path)?)?);
    let names = reader.headers()?.iter().map(str::parse);
    let columns: Vec<ColumnName> = names.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let cell = |text: &str| match text {
            "" => Value::Null,
            text => Value::Text(text.to_owned()),
        };
        rows.push(Row {
            number: rows.len() as u64 + 1,
            cells: record.iter().map(cell).collect(),
        });
    }
    Ok(Frame::with_rows(Schema::bronze(&columns), rows))
}

fn without_bom(mut file: File) -> io::Result<File> {
    use io::{Read as _, Seek as _};
    let mut head = [0; 3];
    let is_bom = file.read_exact(&mut head).is_ok() && head == *b"\xef\xbb\xbf";
    file.seek(io::SeekFrom::Start(if is_bom { 3 } else { 0 }))?;
    Ok(file)
}

/// Writes a sample of a large table: rows chosen by a keyed hash of what keeps related rows
/// together, and every kind of odd row that the evidence knows of, up to a bound for each.
pub(crate) fn sample_table(
    bronze: &Path,
    evidence: &TableEvidence,
    seed: u64,
    out: &Path,
) -> io::Result<SampledTable> {
    let mut reader = csv::ReaderBuilder::new().from_reader(without_bom(File::open(bronze)?)?);
    let mut writer = csv::Writer::from_path(out)?;
    let header = reader.headers()?.clone();
    writer.write_record(&header)?;
    let position = |name: &ColumnName| header.iter().position(|column| column == name.as_str());
    // Versions of one thing must stay together, or the end of an interval could not be compared.
    let group = evidence
        .orderings
        .iter()
        .find_map(|o| o.versions_of.as_ref());
    let group = group.and_then(|versions| position(&versions.key));
    let mut odd = OddRows::new(evidence, &position);
    let repeated = repeated_keys(bronze, evidence, &position)?;
    let mut taken = SampledTable {
        taken: 0,
        odd: 0,
        rows: 0,
    };
    let threshold = u64::MAX / evidence.rows.max(1) * TARGET_ROWS;
    for record in reader.records() {
        let record = record?;
        taken.rows += 1;
        let row = taken.rows.to_string();
        let choice = keyed_hash(seed, group.and_then(|at| record.get(at)).unwrap_or(&row));
        let key = repeated
            .as_ref()
            .and_then(|(places, keys)| keys.get(&key_hash(&record, places)));
        let is_odd = odd.is_odd(&record) || key.is_some_and(|count| *count > 1);
        if choice < threshold || is_odd {
            taken.taken += 1;
            taken.odd += u64::from(is_odd);
            writer.write_record(&record)?;
        }
    }
    writer.flush()?;
    Ok(taken)
}

fn keyed_hash(seed: u64, text: &str) -> u64 {
    let digest = Digest::of(format!("{seed}:{text}").as_bytes());
    let mut head = [0; 8];
    head.copy_from_slice(&digest.as_bytes()[..8]);
    u64::from_be_bytes(head)
}

/// Keys that occur more than once, by hash; none where the evidence knows of no duplicates or of so
/// many that the sample would be the table.
#[allow(
    clippy::type_complexity,
    reason = "a private pair of places and counts"
)]
fn repeated_keys(
    bronze: &Path,
    evidence: &TableEvidence,
    position: &impl Fn(&ColumnName) -> Option<usize>,
) -> io::Result<Option<(Vec<usize>, HashMap<u64, u32>)>> {
    let few = |key: &&silversmith_types::evidence::KeyEvidence| {
        key.duplicate_rows > 0 && key.duplicate_rows <= u64::from(MAX_ODD)
    };
    let Some(key) = evidence.keys.iter().find(few) else {
        return Ok(None);
    };
    let places: Vec<usize> = key.columns.iter().filter_map(position).collect();
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let mut reader = csv::ReaderBuilder::new().from_reader(without_bom(File::open(bronze)?)?);
    for record in reader.records() {
        *counts.entry(key_hash(&record?, &places)).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    Ok(Some((places, counts)))
}

fn key_hash(record: &csv::StringRecord, places: &[usize]) -> u64 {
    let parts: Vec<&str> = places
        .iter()
        .map(|&at| record.get(at).unwrap_or_default())
        .collect();
    keyed_hash(0, &parts.join("\u{1f}"))
}

/// Knows which values of a table are odd, and how many of each kind were taken.
struct OddRows<'a> {
    columns: Vec<(usize, &'a ColumnEvidence)>,
    taken: BTreeMap<(usize, &'static str), u32>,
}

impl<'a> OddRows<'a> {
    fn new(evidence: &'a TableEvidence, position: &impl Fn(&ColumnName) -> Option<usize>) -> Self {
        let columns = evidence
            .columns
            .iter()
            .filter_map(|c| Some((position(&c.name)?, c)));
        Self {
            columns: columns.collect(),
            taken: BTreeMap::new(),
        }
    }

    fn is_odd(&mut self, record: &csv::StringRecord) -> bool {
        let mut odd = false;
        for (at, evidence) in &self.columns {
            let cell = record.get(*at).unwrap_or_default();
            if let Some(reason) = oddity(cell, evidence) {
                let taken = self.taken.entry((*at, reason)).or_default();
                *taken += 1;
                odd |= *taken <= MAX_ODD;
            }
        }
        odd
    }
}

/// Why a cell is odd in its column, if it is.
fn oddity(cell: &str, evidence: &ColumnEvidence) -> Option<&'static str> {
    let trimmed = cell.trim();
    if cell.is_empty() {
        return Some("null");
    }
    if trimmed.len() != cell.len() {
        return Some("outer_space");
    }
    if let Some(best) = evidence.formats.first() {
        if dates::parse(&best.format, trimmed).is_none() {
            return Some("format");
        }
    } else if evidence.numbers.integers + evidence.numbers.decimals > 0 {
        match trimmed.parse::<f64>() {
            Err(_) => return Some("number"),
            Ok(number) if number <= 0.0 => return Some("sign"),
            Ok(_) => {}
        }
    }
    let codes = evidence.codes.as_ref()?;
    let is_known = codes.iter().any(|code| code.value == cell);
    (!is_known).then_some("rare_code")
}
