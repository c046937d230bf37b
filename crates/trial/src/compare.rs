//! Translation validation: the module's output beside that of the reference interpreter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::Path;

use serde::Deserialize;
use silversmith_plan::interpret::Frame;
use silversmith_plan::{ColumnType, Value};
use silversmith_types::ColumnName;

use silversmith_types::trial::{RemovedCount, StepCount};

/// What the module says of one table in `reports/run.json`. Untrusted: it is compared, not believed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct TableRecord {
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) error: Option<String>,
    #[serde(default)]
    pub(crate) rows_in: u64,
    #[serde(default)]
    pub(crate) rows_out: u64,
    #[serde(default)]
    pub(crate) quarantined: u64,
    #[serde(default)]
    pub(crate) steps: Vec<StepCount>,
    #[serde(default)]
    pub(crate) removed: Vec<RemovedCount>,
}

impl TableRecord {
    /// Whether the module says that it made the table.
    pub(crate) fn succeeded(&self) -> bool {
        self.status == "SUCCESS"
    }
}

/// How the output of one table compares.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) cells: u64,
    pub(crate) problems: Vec<String>,
}

/// Most problems of one table that are spelled out; the rest is counted.
const MAX_PROBLEMS: usize = 5;

impl Comparison {
    fn problem(&mut self, text: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(text);
        }
    }
}

/// Compares a Silver file with what the interpreter made: columns, rows, order, and every cell.
pub(crate) fn compare_cells(expected: &Frame, silver: &Path) -> io::Result<Comparison> {
    let mut found = Comparison::default();
    let mut reader = csv::ReaderBuilder::new().from_reader(File::open(silver)?);
    let names: Vec<&str> = expected.schema().names().map(ColumnName::as_str).collect();
    if reader.headers()?.iter().ne(names.iter().copied()) {
        found.problem("the columns are not those of the plan".to_owned());
        return Ok(found);
    }
    let types: Vec<ColumnType> = expected
        .schema()
        .columns()
        .iter()
        .map(|(_, ty)| *ty)
        .collect();
    let mut rows = expected.rows().iter();
    let mut record = csv::StringRecord::new();
    let mut text = String::new();
    while reader.read_record(&mut record)? {
        let Some(row) = rows.next() else {
            found.problem("there are more rows than the plan gives".to_owned());
            return Ok(found);
        };
        for ((cell, value), (name, ty)) in
            record.iter().zip(&row.cells).zip(names.iter().zip(&types))
        {
            found.cells += 1;
            if !cell_equals(cell, value, *ty, &mut text) {
                // The values may be personal: the place is enough to find them.
                found.problem(format!(
                    "Bronze row {}, column `{name}` differs",
                    row.number
                ));
            }
        }
    }
    if let Some(row) = rows.next() {
        found.problem(format!("Bronze row {} is missing", row.number));
    }
    Ok(found)
}

/// A cell of a CSV file beside a value. Floats are compared as numbers, since two shortest texts of
/// one number can differ in notation; everything else as text.
/// `text` is room to write in.
fn cell_equals(cell: &str, value: &Value, ty: ColumnType, text: &mut String) -> bool {
    match (value, ty) {
        (Value::Null, _) => cell.is_empty(),
        (Value::Float(expected), ColumnType::Float) => {
            let found = cell.parse::<f64>();
            found.is_ok_and(|found| found.to_bits() == expected.to_bits())
        }
        (_, ColumnType::Float) => false,
        (Value::Text(expected), _) => expected == cell,
        _ => {
            text.clear();
            value.write_canonical(text) && text == cell
        }
    }
}

/// Compares the counts that the module reports with those of the interpreter, which read `rows_in`
/// rows.
pub(crate) fn compare_counts(expected: &Frame, rows_in: u64, record: &TableRecord) -> Vec<String> {
    let quarantined = expected.removed().iter().filter(|row| row.quarantined);
    let totals = [
        ("rows of Bronze", record.rows_in, rows_in),
        (
            "rows of Silver",
            record.rows_out,
            expected.rows().len() as u64,
        ),
        (
            "rows in quarantine",
            record.quarantined,
            quarantined.count() as u64,
        ),
    ];
    let wrong = totals.into_iter().filter(|(_, said, is)| said != is);
    let wrong = wrong.map(|(what, said, is)| format!("{said} {what} are reported, and it is {is}"));
    let mut problems: Vec<String> = wrong.collect();
    let mut reported: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for step in &record.steps {
        let key = (step.step.clone(), step.kind.clone(), step.name.clone());
        *reported.entry(key).or_default() += step.count;
    }
    let mut meant: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for ((step, column), counts) in expected.counts() {
        for (kind, count) in [("changed", counts.changed), ("invalid", counts.invalid)] {
            meant.insert((step.clone(), kind.to_owned(), column.to_string()), count);
        }
    }
    for (key, count) in expected.checks() {
        let (step, name) = key.split_once('/').unwrap_or((key, ""));
        meant.insert(
            (step.to_owned(), "check".to_owned(), name.to_owned()),
            *count,
        );
    }
    let keys: BTreeSet<_> = reported.keys().chain(meant.keys()).collect();
    let count = |map: &BTreeMap<_, u64>, key| map.get(key).copied().unwrap_or(0);
    let differing = keys
        .into_iter()
        .filter(|key| count(&reported, *key) != count(&meant, *key));
    let differing = differing.map(|key| {
        let (step, kind, name) = key;
        let (said, is) = (count(&reported, key), count(&meant, key));
        format!("step `{step}` reports {said} × {kind} `{name}`, and it is {is}")
    });
    problems.extend(differing.take(MAX_PROBLEMS));
    problems
}

/// Compares the rows that left the table: those in the quarantine file one by one, dropped ones by
/// their number.
pub(crate) fn compare_removed(
    expected: &Frame,
    record: &TableRecord,
    quarantine: &Path,
) -> io::Result<Vec<String>> {
    let mut problems = Vec::new();
    let meant: BTreeSet<(u64, String)> = expected
        .removed()
        .iter()
        .filter(|removed| removed.quarantined)
        .map(|removed| (removed.row, removed.step.clone()))
        .collect();
    let mut found = BTreeSet::new();
    match csv::Reader::from_path(quarantine) {
        Ok(mut reader) => {
            for row in reader.records() {
                let row = row?;
                let number = row.get(0).and_then(|text| text.parse().ok()).unwrap_or(0);
                found.insert((number, row.get(1).unwrap_or_default().to_owned()));
            }
        }
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(error.into()),
    }
    if meant != found {
        let differing = meant.symmetric_difference(&found).count();
        problems.push(format!("{differing} rows of the quarantine file differ"));
    }
    let mut meant: BTreeMap<(&str, bool), u64> = BTreeMap::new();
    for removed in expected.removed() {
        *meant
            .entry((&removed.step, removed.quarantined))
            .or_default() += 1;
    }
    let mut reported: BTreeMap<(&str, bool), u64> = BTreeMap::new();
    for removed in &record.removed {
        *reported
            .entry((&removed.step, removed.quarantined))
            .or_default() += removed.rows;
    }
    let keys: BTreeSet<_> = reported.keys().chain(meant.keys()).collect();
    let count = |map: &BTreeMap<_, u64>, key| map.get(key).copied().unwrap_or(0);
    for key in keys {
        let (said, is) = (count(&reported, key), count(&meant, key));
        if said != is {
            let step = key.0;
            problems.push(format!(
                "step `{step}` reports {said} removed rows, and it is {is}"
            ));
        }
    }
    Ok(problems)
}

fn is_missing(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use silversmith_plan::Schema;
    use silversmith_plan::interpret::Row;

    fn frame() -> Frame {
        let name = |text: &str| text.parse::<ColumnName>().unwrap();
        let schema = Schema::new(vec![
            (name("a"), ColumnType::Text),
            (name("f"), ColumnType::Float),
        ]);
        let row = |number, text: &str, float| Row {
            number,
            cells: vec![Value::Text(text.to_owned()), Value::Float(float)],
        };
        Frame::with_rows(schema, vec![row(1, "x", 1e16), row(2, "y", 0.5)])
    }

    fn compare(text: &str) -> Comparison {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.csv");
        std::fs::write(&file, text).unwrap();
        compare_cells(&frame(), &file).unwrap()
    }

    #[test]
    fn equal_output_is_equal() {
        let same = compare("a,f\nx,1e+16\ny,0.5\n");
        assert_eq!((same.cells, same.problems), (4, vec![]));
    }

    #[test]
    fn every_difference_is_seen() {
        for (text, what) in [
            ("a,g\nx,1e16\ny,0.5\n", "columns"),
            ("f,a\n1e16,x\n0.5,y\n", "columns"),
            ("a,f\nX,1e16\ny,0.5\n", "row 1, column `a`"),
            ("a,f\nx,1e16\ny,0.50000001\n", "row 2, column `f`"),
            ("a,f\nx,1e16\ny,\n", "row 2, column `f`"),
            ("a,f\nx,1e16\n", "row 2 is missing"),
            ("a,f\nx,1e16\ny,0.5\nz,1.0\n", "more rows"),
            ("a,f\ny,0.5\nx,1e16\n", "row 1, column `a`"),
        ] {
            let found = compare(text);
            assert!(
                found.problems.iter().any(|problem| problem.contains(what)),
                "{text}"
            );
        }
    }

    /// A record that says of `frame()` what is so.
    fn record() -> TableRecord {
        TableRecord {
            status: "SUCCESS".to_owned(),
            rows_in: 2,
            rows_out: 2,
            ..TableRecord::default()
        }
    }

    #[test]
    fn counts_must_agree_both_ways() {
        assert_eq!(compare_counts(&frame(), 2, &record()), [""; 0]);
        let step = StepCount {
            step: "s".into(),
            kind: "changed".to_owned(),
            name: "a".into(),
            count: 1,
        };
        for (what, wrong) in [
            (
                "rows of Bronze",
                TableRecord {
                    rows_in: 3,
                    ..record()
                },
            ),
            (
                "rows of Silver",
                TableRecord {
                    rows_out: 1,
                    ..record()
                },
            ),
            (
                "rows in quarantine",
                TableRecord {
                    quarantined: 1,
                    ..record()
                },
            ),
            (
                "step `s`",
                TableRecord {
                    steps: vec![step],
                    ..record()
                },
            ),
        ] {
            let problems = compare_counts(&frame(), 2, &wrong);
            assert!(
                problems.len() == 1 && problems[0].contains(what),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn rows_that_left_are_those_of_the_plan() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = folder.path().join("q.csv");
        let compare =
            |record: &TableRecord| compare_removed(&frame(), record, &quarantine).unwrap();
        assert_eq!(compare(&record()), [""; 0]);
        let removed = |quarantined| TableRecord {
            removed: vec![RemovedCount {
                step: "s".into(),
                quarantined,
                rows: 1,
            }],
            ..record()
        };
        for quarantined in [false, true] {
            assert_eq!(compare(&removed(quarantined)).len(), 1);
        }
        std::fs::write(&quarantine, "_row,_rule,a,f\n1,s,x,1\n").unwrap();
        assert_eq!(compare(&record()).len(), 1);
    }
}
