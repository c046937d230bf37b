//! The header and the first rows: what the columns are called, and what is worth watching.

use std::collections::BTreeSet;

use silversmith_types::ColumnName;
use silversmith_types::dates::DateFormat;

use crate::batch::Batch;
use crate::column::{Column, Presence};
use crate::corroboration::Groups;
use crate::csv::{Cell, Located, Next, Records};
use crate::error::Fault;
use crate::formats::Calendar;
use crate::hash::{HashedSet, combine};
use crate::limits::{
    HEAD_ROWS, MAX_COLUMNS, MAX_CORROBORATIONS, MAX_DATE_COLUMNS, MAX_NUMBER_COLUMNS, MAX_PAIRS,
};
use crate::names::is_key_like;
use crate::ordering::{Instant, OrderCounts, Versions};
use crate::product::{self, ProductCounts, Triple};
use crate::rows::{DateReader, Watch, amounts_of, pairs_of};

/// Columns among which pairs that are unique together are looked for.
const PAIR_COLUMNS: usize = 24;
/// Keys for which versions are watched.
const VERSION_KEYS: usize = 3;

/// The first bytes of a file, understood.
pub(crate) struct Head {
    /// In file order.
    pub(crate) names: Vec<ColumnName>,
    /// What to watch in all rows.
    pub(crate) watch: Watch,
}

/// Reads the header and chooses what to watch from the first rows. `bytes` are the first of the
/// file, without a byte order mark; `whole` says that there are no others. A fault after the header
/// ends the look; whoever reads all rows will meet it again.
pub(crate) fn read_head(bytes: &[u8], whole: bool, calendar: &Calendar) -> Result<Head, Located> {
    let mut block = bytes.to_vec();
    if let Err(invalid) = std::str::from_utf8(bytes) {
        block.truncate(invalid.valid_up_to());
    }
    let is_valid = block.len() == bytes.len();
    let mut records = Records::new(&mut block, 1, whole && is_valid);
    let names = read_names(&mut records, is_valid, whole)?;
    let mut cells = Vec::new();
    let mut rows = 0;
    while rows < HEAD_ROWS {
        let kept = cells.len();
        let complete = matches!(
            records.read(&mut cells, names.len()),
            Ok(Next::Record { .. }) if cells.len() == kept + names.len()
        );
        if !complete {
            cells.truncate(kept);
            break;
        }
        rows += 1;
    }
    let watch = Look::new(&block, &cells, &names, calendar).watch();
    Ok(Head { names, watch })
}

fn read_names(
    records: &mut Records<'_>,
    is_valid: bool,
    whole: bool,
) -> Result<Vec<ColumnName>, Located> {
    let mut cells = Vec::new();
    let line = match records.read(&mut cells, MAX_COLUMNS)? {
        Next::Record { line, .. } => line,
        Next::End if is_valid => return Err((1, Fault::NoHeader)),
        Next::End => return Err((1, Fault::InvalidUtf8)),
        Next::Incomplete { line } if !is_valid => return Err((line, Fault::InvalidUtf8)),
        Next::Incomplete { line } if whole => return Err((line, Fault::UnterminatedQuote)),
        Next::Incomplete { line } => return Err((line, Fault::RecordTooLong)),
    };
    if cells.len() > MAX_COLUMNS {
        return Err((line, Fault::TooManyColumns));
    }
    let mut names: Vec<ColumnName> = Vec::with_capacity(cells.len());
    let mut seen = BTreeSet::new();
    for (at, cell) in cells.iter().enumerate() {
        // The head was cut to valid UTF-8.
        let text = std::str::from_utf8(cell.of(records.block())).unwrap_or_default();
        let name: ColumnName = text.parse().map_err(|source| {
            (
                line,
                Fault::ColumnName {
                    position: at + 1,
                    source,
                },
            )
        })?;
        if !seen.insert(name.clone()) {
            return Err((line, Fault::DuplicateColumn(name)));
        }
        names.push(name);
    }
    Ok(names)
}

/// The first rows with a profile of each column.
struct Look<'b> {
    block: &'b [u8],
    cells: &'b [Cell],
    names: &'b [ColumnName],
    columns: Vec<Column>,
    hashes: Vec<u64>,
    presence: Vec<Presence>,
}

impl<'b> Look<'b> {
    fn new(
        block: &'b [u8],
        cells: &'b [Cell],
        names: &'b [ColumnName],
        calendar: &Calendar,
    ) -> Self {
        let width = names.len();
        let mut columns = Vec::with_capacity(width);
        let mut hashes = Vec::with_capacity(cells.len());
        let mut presence = Vec::with_capacity(cells.len());
        for at in 0..width {
            let mut column = Column::new(HEAD_ROWS);
            for cell in cells.iter().skip(at).step_by(width) {
                let (hash, present) = column.add(calendar, cell.of(block));
                hashes.push(hash);
                presence.push(present);
            }
            column.finish(calendar);
            columns.push(column);
        }
        Self {
            block,
            cells,
            names,
            columns,
            hashes,
            presence,
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch {
            block: self.block,
            cells: self.cells,
            width: self.names.len(),
            hashes: &self.hashes,
            presence: &self.presence,
        }
    }

    fn rows(&self) -> u64 {
        (self.cells.len() / self.names.len().max(1)) as u64
    }

    fn watch(&self) -> Watch {
        let dates = self.dates();
        let products = self.products(&dates);
        Watch {
            pairs: self.pairs(),
            versions: self.versions(&dates),
            corroborations: self.corroborations(&products, &dates),
            products,
            dates,
        }
    }

    /// Columns half of whose first cells are dates, with the formats that explain them.
    fn dates(&self) -> Vec<(usize, Vec<DateFormat>)> {
        let mut dates = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let formats = column.counts().formats.evidence(column.cells(), 1, false);
            if formats
                .first()
                .is_some_and(|best| best.count * 2 >= column.cells())
            {
                let formats = formats
                    .iter()
                    .filter_map(|found| DateFormat::from_pattern(&found.format));
                dates.push((at, formats.collect()));
            }
        }
        dates.truncate(MAX_DATE_COLUMNS);
        dates
    }

    fn is_date(dates: &[(usize, Vec<DateFormat>)], column: usize) -> bool {
        dates.iter().any(|(date, _)| *date == column)
    }

    /// Pairs that are unique, or nearly, in the first rows although neither column is a key by its
    /// name and its values. The likeliest first: unique ones, keys by name, columns in front.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let rows = self.rows();
        let mut columns: Vec<usize> = (0..self.columns.len())
            .filter(|at| {
                let column = &self.columns[*at];
                let measured = column.counts().numbers.plain().decimals > 0;
                column.totals().distinct > 1 && column.cells() * 10 >= rows * 9 && !measured
            })
            .collect();
        columns.sort_by_key(|at| (!is_key_like(self.names[*at].as_str()), *at));
        columns.truncate(PAIR_COLUMNS);
        let mut ranked = Vec::new();
        for (first, second) in pairs_of(columns.len()) {
            let (a, b) = (columns[first], columns[second]);
            let repeated = rows - self.distinct_pairs(a, b).min(rows);
            if rows >= 2 && repeated * 100 <= rows * 2 {
                let named = [a, b]
                    .iter()
                    .filter(|at| !is_key_like(self.names[**at].as_str()))
                    .count();
                ranked.push((named, repeated, a.min(b), a.max(b)));
            }
        }
        ranked.sort_unstable();
        ranked.truncate(MAX_PAIRS);
        ranked.into_iter().map(|(_, _, a, b)| (a, b)).collect()
    }

    fn distinct_pairs(&self, left: usize, right: usize) -> u64 {
        let batch = self.batch();
        let pairs = batch.hashes(left).iter().zip(batch.hashes(right));
        let distinct: HashedSet = pairs.map(|(left, right)| combine(*left, *right)).collect();
        distinct.len() as u64
    }

    /// Keys of which the rows may be versions, for each pair of dates with a direction.
    fn versions(&self, dates: &[(usize, Vec<DateFormat>)]) -> Vec<(usize, usize, usize)> {
        let batch = self.batch();
        let mut instants: Vec<Vec<Instant>> = Vec::new();
        for (column, formats) in dates {
            let mut read = Vec::new();
            DateReader::new(formats).read(&batch, *column, &mut read);
            instants.push(read);
        }
        let mut found = Vec::new();
        for (first, second) in pairs_of(dates.len()) {
            let mut counts = OrderCounts::default();
            for (a, b) in instants[first].iter().zip(&instants[second]) {
                counts.add(*a, *b);
            }
            let name = |at: usize| self.names[dates[at].0].as_str();
            let Some(direction) = counts.direction(name(first), name(second), 1) else {
                continue;
            };
            let (start, end) = direction.order(first, second);
            let keys = self.version_keys(&batch, dates, &instants[start], &instants[end]);
            found.extend(keys.into_iter().map(|key| (key, start, end)));
        }
        found.truncate(VERSION_KEYS * 2);
        found
    }

    fn version_keys(
        &self,
        batch: &Batch<'_>,
        dates: &[(usize, Vec<DateFormat>)],
        starts: &[Instant],
        ends: &[Instant],
    ) -> Vec<usize> {
        let mut keys = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let totals = column.totals();
            if Self::is_date(dates, at) || totals.distinct < 2 || totals.surplus == 0 {
                continue;
            }
            let mut versions = Versions::new(HEAD_ROWS);
            let cells = batch
                .hashes(at)
                .iter()
                .zip(batch.presence(at))
                .zip(starts)
                .zip(ends);
            for (((key, presence), start), end) in cells {
                if let (Presence::Text, Instant::At(start)) = (presence, start) {
                    versions.add(*key, *start, *end != Instant::Absent);
                }
            }
            if let Some(evidence) = versions.evidence(&self.names[at]) {
                let unnamed = !is_key_like(self.names[at].as_str());
                keys.push((
                    evidence.ties,
                    unnamed,
                    std::cmp::Reverse(evidence.superseded),
                    at,
                ));
            }
        }
        keys.sort_unstable();
        keys.into_iter()
            .map(|(_, _, _, at)| at)
            .take(VERSION_KEYS)
            .collect()
    }

    fn products(&self, dates: &[(usize, Vec<DateFormat>)]) -> Vec<Triple> {
        let batch = self.batch();
        let numeric = |at: &usize| {
            let column = &self.columns[*at];
            let numbers = column.counts().numbers.plain();
            let plain = column.counts().numbers.plain_cells();
            !Self::is_date(dates, *at)
                && plain > 0
                && plain * 10 >= column.cells() * 9
                && numbers.leading_zeros == 0
                && numbers.oversized == 0
        };
        let columns: Vec<_> = (0..self.columns.len())
            .filter(numeric)
            .take(MAX_NUMBER_COLUMNS)
            .map(|at| (at, amounts_of(&batch, at)))
            .collect();
        product::candidates(&columns, batch.rows())
    }

    /// For the products whose names fit best the columns whose values fix both factors in the first
    /// rows: the best column of each product before the second one of any.
    fn corroborations(
        &self,
        products: &[Triple],
        dates: &[(usize, Vec<DateFormat>)],
    ) -> Vec<(usize, usize)> {
        let mut order: Vec<usize> = (0..products.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(product::name_score(self.names, products[*at])));
        // Of several that say the same of the same columns only the likeliest one can be reported.
        let mut seen = BTreeSet::new();
        order.retain(|at| seen.insert(products[*at].columns()));
        order.truncate(MAX_CORROBORATIONS);
        let mut found = Vec::new();
        for (place, at) in order.into_iter().enumerate() {
            let columns = self.determinants(products[at], dates);
            for (rank, column) in columns.into_iter().take(MAX_CORROBORATIONS).enumerate() {
                found.push((rank, place, (at, column)));
            }
        }
        found.sort_unstable();
        found.truncate(MAX_CORROBORATIONS);
        found.into_iter().map(|(_, _, watched)| watched).collect()
    }

    /// Columns in whose groups most rows have the same factors, the best first.
    fn determinants(&self, triple: Triple, dates: &[(usize, Vec<DateFormat>)]) -> Vec<usize> {
        let batch = self.batch();
        let columns = [triple.product, triple.left, triple.right];
        let [products, lefts, rights] = columns.map(|column| amounts_of(&batch, column));
        let mut counts = ProductCounts::default();
        let rows: Vec<_> = (0..batch.rows())
            .filter_map(|row| {
                let complete = counts.add(products[row], lefts[row], rights[row])?;
                Some((row, complete))
            })
            .collect();
        let mut ranked = Vec::new();
        for at in 0..self.columns.len() {
            if columns.contains(&at) || Self::is_date(dates, at) || !self.is_code(at) {
                continue;
            }
            let mut groups = Groups::new(HEAD_ROWS);
            for (row, complete) in &rows {
                if batch.presence(at)[*row] == Presence::Text {
                    groups.add(batch.hashes(at)[*row], *complete);
                }
            }
            let (several, agree) = groups.agreement();
            // More of either is not to be expected in the first rows of a column of many values.
            if several > 0 && several * 4 >= rows.len() as u64 && agree * 10 >= several * 8 {
                let unnamed = !is_key_like(self.names[at].as_str());
                ranked.push((std::cmp::Reverse(agree), unnamed, at));
            }
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, _, at)| at).collect()
    }

    /// Whether a column names things, some of them repeatedly. A number that is called no key may be
    /// a copy of a factor, and would speak for whatever is wrong in it.
    fn is_code(&self, at: usize) -> bool {
        let (column, rows) = (&self.columns[at], self.rows());
        let (cells, counts, totals) = (column.cells(), column.counts(), column.totals());
        let numbers = &counts.numbers;
        let named = is_key_like(self.names[at].as_str());
        totals.distinct > 1
            && totals.surplus > 0
            && cells * 10 >= rows * 9
            && counts.any_inner_space * 2 <= cells
            && numbers.plain().decimals == 0
            && (named || numbers.plain_cells() * 2 <= cells)
    }
}
