//! The right value of every cell, and what is wrong with the Bronze ones.

use std::collections::BTreeMap;

use crate::cell::{Column, Dirt, Kind, QuarantineReason, Table, write_record};
use crate::shop::{Link, Stock};

/// The clean shop behind a dirty Bronze run.
#[derive(Debug)]
pub struct Truth {
    /// The tables by name, without `.csv`.
    pub tables: BTreeMap<&'static str, TableTruth>,
    /// Which rows of two tables belong together.
    pub joins: Vec<JoinTruth>,
}

/// The truth of one table.
#[derive(Debug)]
pub struct TableTruth {
    /// The columns in Bronze order.
    pub columns: Vec<Column>,
    /// The primary key.
    pub key: Vec<&'static str>,
    /// Places of the columns by which a row is found again; every row has a value in each.
    pub identity: Vec<usize>,
    /// One row per Bronze row, in Bronze order.
    pub rows: Vec<TruthRow>,
    /// What is wrong, by row and column, both counted from 0.
    pub labels: BTreeMap<(usize, usize), Label>,
}

/// The right values of one Bronze row.
#[derive(Debug)]
pub struct TruthRow {
    /// The right value of each column; `None` is null.
    pub cells: Vec<Option<String>>,
    /// Why the row belongs in quarantine, if it does.
    pub quarantine: Option<QuarantineReason>,
}

/// What is wrong with one Bronze cell.
#[derive(Debug)]
pub struct Label {
    /// The kind of dirt.
    pub dirt: Dirt,
    /// The cell as it arrived; `None` is an empty cell.
    pub raw: Option<String>,
}

/// Which rows of two tables belong together, once their keys are written alike.
#[derive(Debug)]
pub struct JoinTruth {
    /// The table with the foreign key.
    pub left: &'static str,
    /// The column with the foreign key.
    pub left_column: &'static str,
    /// The table that it points to.
    pub right: &'static str,
    /// The column that it points to.
    pub right_column: &'static str,
    /// What makes the two columns alike, in words.
    pub how: &'static str,
    /// What each Bronze row of the left table points to.
    pub left_entities: Vec<Option<String>>,
    /// What each Bronze row of the right table is.
    pub right_entities: Vec<Option<String>>,
}

impl Truth {
    pub(crate) fn from_stock(stock: Stock) -> Self {
        Self {
            tables: stock
                .tables
                .into_iter()
                .map(|t| (t.name, TableTruth::from(t)))
                .collect(),
            joins: stock.links.into_iter().map(JoinTruth::from).collect(),
        }
    }

    /// How many cells of rows that are kept have each kind of dirt.
    pub fn dirt(&self) -> BTreeMap<Dirt, usize> {
        let mut counts = BTreeMap::new();
        for table in self.tables.values() {
            for ((row, _), label) in &table.labels {
                if table.rows[*row].quarantine.is_none() {
                    *counts.entry(label.dirt).or_insert(0) += 1;
                }
            }
        }
        counts
    }

    /// A right Silver table: the rows that are kept, in Bronze order. A key of which only a part
    /// joins stays as it is; the part follows the table's own columns as `<column>_part1` and so on.
    fn silver_csv(&self, name: &str, table: &TableTruth) -> Vec<u8> {
        let parts = self.parts(name, table);
        let own = table.columns.iter().map(|column| column.name.to_owned());
        let names: Vec<String> = own
            .chain(parts.iter().map(|(name, _)| name.clone()))
            .collect();
        let mut out = Vec::new();
        write_record(&mut out, names.iter().map(|name| Some(name.as_str())), "\n");
        for (at, row) in table.rows.iter().enumerate() {
            if row.quarantine.is_none() {
                let parts = parts.iter().map(|(_, values)| values[at].as_deref());
                write_record(
                    &mut out,
                    row.cells.iter().map(Option::as_deref).chain(parts),
                    "\n",
                );
            }
        }
        out
    }

    /// The parts of a table's keys that join where the whole key does not.
    fn parts(&self, name: &str, table: &TableTruth) -> Vec<(String, &[Option<String>])> {
        let mut parts: Vec<(String, &[Option<String>])> = Vec::new();
        let sides = self.joins.iter().flat_map(|join| {
            [
                (join.left, join.left_column, &join.left_entities),
                (join.right, join.right_column, &join.right_entities),
            ]
        });
        for (_, column, values) in sides.filter(|(side, _, _)| *side == name) {
            let Some(at) = table.columns.iter().position(|own| own.name == column) else {
                continue;
            };
            let whole = table.rows.iter().map(|row| &row.cells[at]);
            let is_known = parts.iter().any(|(_, known)| known == values);
            if !is_known && !whole.eq(values.iter()) {
                parts.push((format!("{column}_part{}", parts.len() + 1), values));
            }
        }
        parts
    }

    /// The truth as files: `silver/<table>.csv` with the right cells of the rows that are kept,
    /// `columns.csv`, `labels.csv` (rows counted from 1), `quarantine.csv` and `joins.csv`.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut columns = header(&["table", "column", "kind", "key"]);
        let mut labels = header(&["table", "row", "column", "dirt", "right"]);
        let mut quarantine = header(&["table", "row", "reason"]);
        let mut files = Vec::new();
        for (name, table) in &self.tables {
            for column in &table.columns {
                let key = if table.key.contains(&column.name) {
                    "yes"
                } else {
                    "no"
                };
                record(&mut columns, &[name, column.name, column.kind.name(), key]);
            }
            for ((row, at), label) in &table.labels {
                let right = table.rows[*row].cells[*at].as_deref().unwrap_or_default();
                let place = (row + 1).to_string();
                let column = table.columns[*at].name;
                record(
                    &mut labels,
                    &[name, &place, column, label.dirt.name(), right],
                );
            }
            for (row, truth) in table.rows.iter().enumerate() {
                if let Some(reason) = truth.quarantine {
                    record(
                        &mut quarantine,
                        &[name, &(row + 1).to_string(), reason.name()],
                    );
                }
            }
            files.push((format!("silver/{name}.csv"), self.silver_csv(name, table)));
        }
        files.push(("columns.csv".to_owned(), columns));
        files.push(("labels.csv".to_owned(), labels));
        files.push(("quarantine.csv".to_owned(), quarantine));
        let mut joins = header(&["left", "left_column", "right", "right_column", "how"]);
        for join in &self.joins {
            let fields = [
                join.left,
                join.left_column,
                join.right,
                join.right_column,
                join.how,
            ];
            record(&mut joins, &fields);
        }
        files.push(("joins.csv".to_owned(), joins));
        files
    }
}

impl TableTruth {
    /// The cell as it arrived in Bronze.
    pub(crate) fn raw(&self, row: usize, column: usize) -> Option<&str> {
        match self.labels.get(&(row, column)) {
            Some(label) => label.raw.as_deref(),
            None => self.rows[row].cells[column].as_deref(),
        }
    }
}

impl From<Table> for TableTruth {
    fn from(table: Table) -> Self {
        let place = |name: &&str| table.columns.iter().position(|c| c.name == *name);
        let identity = table.identity.iter().filter_map(place).collect();
        let mut labels = BTreeMap::new();
        let mut rows = Vec::with_capacity(table.rows.len());
        for (at, row) in table.rows.into_iter().enumerate() {
            let mut cells = Vec::with_capacity(row.cells.len());
            for (column, cell) in row.cells.into_iter().enumerate() {
                if let Some(dirt) = cell.dirt {
                    labels.insert(
                        (at, column),
                        Label {
                            dirt,
                            raw: cell.raw,
                        },
                    );
                }
                cells.push(cell.right);
            }
            rows.push(TruthRow {
                cells,
                quarantine: row.quarantine,
            });
        }
        Self {
            columns: table.columns.to_vec(),
            key: table.key.to_vec(),
            identity,
            rows,
            labels,
        }
    }
}

impl From<Link> for JoinTruth {
    fn from(link: Link) -> Self {
        Self {
            left: link.left,
            left_column: link.left_column,
            right: link.right,
            right_column: link.right_column,
            how: link.how,
            left_entities: link.left_entities,
            right_entities: link.right_entities,
        }
    }
}

/// Whether `silver` says what `right` says, in a column that is compared by `kind`. Codes are
/// compared by the score, which knows the spelling that a column has settled on.
pub(crate) fn same(kind: Kind, right: &str, silver: &str) -> bool {
    match kind {
        Kind::Decimal => match (plain_decimal(right), plain_decimal(silver)) {
            (Some(right), Some(silver)) => right == silver,
            _ => false,
        },
        Kind::Text | Kind::Integer | Kind::Date | Kind::Code(_) => right == silver,
    }
}

/// A decimal number without superfluous zeros, or `None` for anything but digits, a sign before
/// and one point between them.
fn plain_decimal(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    Some((
        negative,
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    ))
}

fn header(names: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    record(&mut out, names);
    out
}

fn record(out: &mut Vec<u8>, fields: &[&str]) {
    write_record(out, fields.iter().map(|field| Some(*field)), "\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_compare_by_value_and_integers_by_text() {
        assert!(same(Kind::Decimal, "12.50", "12.5"));
        assert!(same(Kind::Decimal, "12.00", "12"));
        assert!(!same(Kind::Decimal, "12.50", "-12.50"));
        assert!(!same(Kind::Decimal, "1234.50", "1,234.50"));
        assert!(!same(Kind::Decimal, "12", "12e0"));
        assert!(!same(Kind::Integer, "3578", "3578.0"));
    }
}
