//! What is counted across the columns of a row.

use silversmith_types::ColumnName;
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::{
    CorroborationEvidence, KeyEvidence, OrderingEvidence, ProductEvidence,
};

use crate::batch::Batch;
use crate::column::Presence;
use crate::corroboration::Groups;
use crate::formats::Calendar;
use crate::hash::{combine, finish, step};
use crate::numbers::Decimal;
use crate::ordering::{Instant, OrderCounts, Versions};
use crate::product::{self, Amount, ProductCounts, Triple};
use crate::sample::Sample;

/// What is worth watching in the rows of a table, chosen from its first rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    /// Pairs of columns that may be unique together.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// Columns of dates with the formats in which they are read.
    pub(crate) dates: Vec<(usize, Vec<DateFormat>)>,
    /// Key, start and end of what may be versions; the last two are places in `dates`.
    pub(crate) versions: Vec<(usize, usize, usize)>,
    /// Products that may hold.
    pub(crate) products: Vec<Triple>,
    /// A place in `products`, and the column whose values may fix both factors.
    pub(crate) corroborations: Vec<(usize, usize)>,
}

/// Counts over rows. Adding up in any order gives the same.
pub(crate) struct Rows {
    watch: Watch,
    count: u64,
    whole: Sample<()>,
    pairs: Vec<Pair>,
    dates: Vec<DateReader>,
    orders: Vec<OrderCounts>,
    versions: Vec<Versions>,
    products: Vec<ProductCounts>,
    corroborations: Vec<Groups>,
    scratch: Scratch,
}

struct Pair {
    sample: Sample<()>,
    null_rows: u64,
}

#[derive(Default)]
struct Scratch {
    hashes: Vec<u64>,
    instants: Vec<Vec<Instant>>,
    amounts: Vec<(usize, Vec<Amount>)>,
}

impl Rows {
    /// At most `capacity` distinct rows, pairs and keys are kept for each count.
    pub(crate) fn new(watch: &Watch, capacity: usize) -> Self {
        let dates = watch.dates.len();
        Self {
            count: 0,
            whole: Sample::new(capacity),
            pairs: watch
                .pairs
                .iter()
                .map(|_| Pair {
                    sample: Sample::new(capacity),
                    null_rows: 0,
                })
                .collect(),
            dates: watch
                .dates
                .iter()
                .map(|(_, formats)| DateReader::new(formats))
                .collect(),
            orders: vec![OrderCounts::default(); dates * dates.saturating_sub(1) / 2],
            versions: watch
                .versions
                .iter()
                .map(|_| Versions::new(capacity))
                .collect(),
            products: vec![ProductCounts::default(); watch.products.len()],
            corroborations: watch
                .corroborations
                .iter()
                .map(|_| Groups::new(capacity))
                .collect(),
            scratch: Scratch::default(),
            watch: watch.clone(),
        }
    }

    /// Rows counted.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Counts the rows of a batch.
    pub(crate) fn add(&mut self, batch: &Batch<'_>) {
        self.count += batch.rows() as u64;
        self.add_whole(batch);
        self.add_pairs(batch);
        self.add_dates(batch);
        self.add_products(batch);
    }

    fn add_whole(&mut self, batch: &Batch<'_>) {
        let hashes = &mut self.scratch.hashes;
        hashes.clear();
        hashes.resize(batch.rows(), 0);
        for column in 0..batch.width {
            for (row, hash) in hashes.iter_mut().zip(batch.hashes(column)) {
                *row = step(*row, *hash);
            }
        }
        for row in hashes {
            count(&mut self.whole, finish(*row));
        }
    }

    fn add_pairs(&mut self, batch: &Batch<'_>) {
        for ((left, right), pair) in self.watch.pairs.iter().zip(&mut self.pairs) {
            let hashes = batch.hashes(*left).iter().zip(batch.hashes(*right));
            let presence = batch.presence(*left).iter().zip(batch.presence(*right));
            for ((left, right), presence) in hashes.zip(presence) {
                if presence == (&Presence::Text, &Presence::Text) {
                    count(&mut pair.sample, combine(*left, *right));
                } else {
                    pair.null_rows += 1;
                }
            }
        }
    }

    fn add_dates(&mut self, batch: &Batch<'_>) {
        let instants = &mut self.scratch.instants;
        instants.resize_with(self.dates.len(), Vec::new);
        for (((column, _), reader), instants) in self
            .watch
            .dates
            .iter()
            .zip(&mut self.dates)
            .zip(instants.iter_mut())
        {
            reader.read(batch, *column, instants);
        }
        for ((first, second), counts) in pairs_of(instants.len()).zip(&mut self.orders) {
            for (first, second) in instants[first].iter().zip(&instants[second]) {
                counts.add(*first, *second);
            }
        }
        for ((key, start, end), versions) in self.watch.versions.iter().zip(&mut self.versions) {
            let keys = batch.hashes(*key).iter().zip(batch.presence(*key));
            let ends = instants[*end].iter();
            for (((key, presence), start), end) in keys.zip(&instants[*start]).zip(ends) {
                if let (Presence::Text, Instant::At(start)) = (presence, start) {
                    versions.add(*key, *start, *end != Instant::Absent);
                }
            }
        }
    }

    fn add_products(&mut self, batch: &Batch<'_>) {
        let amounts = &mut self.scratch.amounts;
        amounts.clear();
        for triple in &self.watch.products {
            for column in [triple.product, triple.left, triple.right] {
                if !amounts.iter().any(|(known, _)| *known == column) {
                    amounts.push((column, amounts_of(batch, column)));
                }
            }
        }
        let of = |column: usize| amounts.iter().find(|(known, _)| *known == column);
        let products = self.watch.products.iter().zip(&mut self.products);
        for (at, (triple, counts)) in products.enumerate() {
            let mut grouped: Vec<_> = (self.watch.corroborations.iter())
                .zip(&mut self.corroborations)
                .filter(|((product, _), _)| *product == at)
                .map(|((_, column), groups)| {
                    (batch.hashes(*column), batch.presence(*column), groups)
                })
                .collect();
            let (Some(product), Some(left), Some(right)) =
                (of(triple.product), of(triple.left), of(triple.right))
            else {
                continue;
            };
            let numbers = product.1.iter().zip(&left.1).zip(&right.1).enumerate();
            for (row, ((product, left), right)) in numbers {
                let Some(complete) = counts.add(*product, *left, *right) else {
                    continue;
                };
                for (hashes, presence, groups) in &mut grouped {
                    if presence[row] == Presence::Text {
                        groups.add(hashes[row], complete);
                    }
                }
            }
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &Rows) {
        self.count += other.count;
        self.whole.absorb(&other.whole, |(), ()| {});
        for (mine, theirs) in self.pairs.iter_mut().zip(&other.pairs) {
            mine.sample.absorb(&theirs.sample, |(), ()| {});
            mine.null_rows += theirs.null_rows;
        }
        for (mine, theirs) in self.orders.iter_mut().zip(&other.orders) {
            mine.absorb(theirs);
        }
        for (mine, theirs) in self.versions.iter_mut().zip(&other.versions) {
            mine.absorb(theirs);
        }
        for (mine, theirs) in self.products.iter_mut().zip(&other.products) {
            mine.absorb(theirs);
        }
        for (mine, theirs) in self.corroborations.iter_mut().zip(&other.corroborations) {
            mine.absorb(theirs);
        }
    }

    /// Rows that repeat an earlier one.
    pub(crate) fn duplicates(&self) -> u64 {
        self.whole.totals(self.count).surplus
    }

    /// The watched pairs that are unique or nearly so.
    pub(crate) fn pair_keys(&self, names: &[ColumnName]) -> Vec<KeyEvidence> {
        let mut keys = Vec::new();
        for ((left, right), pair) in self.watch.pairs.iter().zip(&self.pairs) {
            let rows = self.count - pair.null_rows;
            let totals = pair.sample.totals(rows);
            if rows > 0 && totals.surplus * 100 <= rows && pair.null_rows * 10 <= self.count {
                keys.push(KeyEvidence {
                    columns: vec![names[*left].clone(), names[*right].clone()],
                    null_rows: pair.null_rows,
                    duplicate_keys: totals.repeated,
                    duplicate_rows: totals.surplus,
                    exact: pair.sample.is_exact(),
                });
            }
        }
        keys
    }

    /// Orderings of the watched date columns.
    pub(crate) fn orderings(&self, names: &[ColumnName], min_count: u64) -> Vec<OrderingEvidence> {
        let mut list = Vec::new();
        for ((first, second), counts) in pairs_of(self.dates.len()).zip(&self.orders) {
            let name = |at: usize| &names[self.watch.dates[at].0];
            let (a, b) = (name(first), name(second));
            let Some(direction) = counts.direction(a.as_str(), b.as_str(), min_count) else {
                continue;
            };
            let mut evidence = counts.evidence(a, b, direction);
            let (start, end) = direction.order(first, second);
            evidence.versions_of = self
                .watch
                .versions
                .iter()
                .zip(&self.versions)
                .filter(|((_, s, e), _)| (*s, *e) == (start, end))
                .find_map(|((key, _, _), versions)| versions.evidence(&names[*key]));
            list.push(evidence);
        }
        list
    }

    /// Products that hold.
    pub(crate) fn products(&self, names: &[ColumnName], min_count: u64) -> Vec<ProductEvidence> {
        let counted: Vec<(Triple, ProductCounts)> = self
            .watch
            .products
            .iter()
            .copied()
            .zip(self.products.iter().copied())
            .collect();
        let mut list = product::evidence(names, &counted, min_count);
        for product in &mut list {
            product.corroboration = self.corroboration(names, product);
        }
        list
    }

    /// What the column that decides most contradictory rows of a product says of them.
    fn corroboration(
        &self,
        names: &[ColumnName],
        product: &ProductEvidence,
    ) -> Option<CorroborationEvidence> {
        let is_meant = |triple: &Triple| {
            names[triple.product] == product.product
                && names[triple.left] == product.left
                && names[triple.right] == product.right
        };
        let watched = self.watch.corroborations.iter().zip(&self.corroborations);
        let mut found: Vec<CorroborationEvidence> = watched
            .filter(|((at, _), _)| is_meant(&self.watch.products[*at]))
            .filter_map(|((_, column), groups)| groups.evidence(&names[*column]))
            .collect();
        // Stable: of columns that decide equally many the likelier one is in front.
        found.sort_by_key(|found| std::cmp::Reverse(found.product_outlier));
        found.into_iter().next()
    }
}

fn count(sample: &mut Sample<()>, hash: u64) {
    sample.add(hash, 1, |()| {});
    if sample.is_over() {
        sample.raise(0, |_, _| {}, |_| {});
    }
}

/// The pairs of `0..len` in which the first is the smaller.
pub(crate) fn pairs_of(len: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..len).flat_map(move |first| (first + 1..len).map(move |second| (first, second)))
}

/// The cells of a column as amounts.
pub(crate) fn amounts_of(batch: &Batch<'_>, column: usize) -> Vec<Amount> {
    (0..batch.rows())
        .map(|row| {
            let cell = batch.cell(row, column).trim_ascii();
            match Decimal::parse(cell) {
                Some(number) => Amount::Number(number),
                None if batch.presence(column)[row] == Presence::Absent => Amount::Missing,
                None => Amount::Text,
            }
        })
        .collect()
}

/// Reads the dates of a column and remembers some of them: dates repeat.
pub(crate) struct DateReader {
    formats: Vec<DateFormat>,
    known: Vec<(u64, Instant)>,
}

impl DateReader {
    pub(crate) fn new(formats: &[DateFormat]) -> Self {
        Self {
            formats: formats.to_vec(),
            known: vec![(0, Instant::Absent); 1024],
        }
    }

    /// Writes the dates of a column over `out`.
    pub(crate) fn read(&mut self, batch: &Batch<'_>, column: usize, out: &mut Vec<Instant>) {
        out.clear();
        let cells = batch
            .hashes(column)
            .iter()
            .zip(batch.presence(column))
            .enumerate();
        for (row, (hash, presence)) in cells {
            if *presence == Presence::Absent {
                out.push(Instant::Absent);
                continue;
            }
            let at = *hash as usize % self.known.len();
            if self.known[at].0 != *hash {
                let text = std::str::from_utf8(batch.cell(row, column)).unwrap_or_default();
                let instant = Calendar::instant(&self.formats, text.trim());
                self.known[at] = (*hash, instant.map_or(Instant::Text, Instant::At));
            }
            out.push(self.known[at].1);
        }
    }
}
