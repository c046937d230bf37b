//! How well columns of different tables match, as they are and after one simple change.

use std::collections::{BTreeMap, HashSet};

use silversmith_types::evidence::{
    ColumnRef, JoinEvidence, JoinSide, Normalisation, NormalisedMatch,
};
use silversmith_types::{ColumnName, TableName};

use crate::TableFindings;
use crate::column::Column;
use crate::hash::{HashedSet, hash_of};
use crate::limits::{MAX_JOIN_VALUES, MAX_JOINS};
use crate::names::{Subject, is_key_like};
use crate::normalise::{apply, each_change, own_separators};
use crate::sample::{scale, scale_up};

/// Values of a column that are tried with every change.
const PROBES: usize = 64;
/// Values of a column by which others that may match are found: of a match of 60 % of the values,
/// eight miss all in one of 1,500 cases.
const FIRST_PROBES: usize = 8;
/// At most so many where only some of the changed values can be looked up.
const MAX_PROBES: usize = 1_024;
/// Changes that are counted over all values.
const FINALISTS: usize = 6;
/// A value that more columns hold says nothing about any two of them.
const MAX_HOLDERS: u32 = 256;
/// Pairs of columns that are compared.
const MAX_PAIRS: usize = 4_000;
/// Fewer matching values say something only together with the names.
const MIN_MATCHED: u64 = 10;
/// Separators of a column that are tried in place of those of another.
const MAX_SEPARATORS: usize = 3;
/// The same for all columns together.
const MAX_SEPARATORS_OF_ALL: usize = 8;

/// The columns of a table that may be compared with those of others, each with a sample of its
/// distinct values. Never written anywhere.
#[derive(Debug, Clone, Default)]
pub struct JoinColumns {
    columns: Vec<JoinColumn>,
}

#[derive(Debug, Clone)]
struct JoinColumn {
    name: ColumnName,
    subject: Subject,
    /// Columns of its table.
    width: usize,
    /// Every value whose hash begins with so many zero bits is here.
    level: u32,
    /// In order of their hashes.
    values: Vec<Held>,
    arena: String,
    /// Share of the cells that are the first of their value, in parts per million.
    uniqueness: u64,
    /// The smallest number, where nearly all values are integers.
    smallest: Option<f64>,
    separators: Vec<char>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    hash: u64,
    count: u64,
    start: u32,
    len: u32,
}

impl JoinColumns {
    /// With those `columns` of a table that may be compared; it has `width` columns.
    pub(crate) fn collect<'c>(
        table: &TableName,
        width: usize,
        columns: impl Iterator<Item = (&'c ColumnName, &'c Column)>,
    ) -> Self {
        Self {
            columns: columns
                .map(|(name, column)| JoinColumn::new(table, name, column, width))
                .collect(),
        }
    }
}

impl JoinColumn {
    fn new(table: &TableName, name: &ColumnName, column: &Column, width: usize) -> Self {
        let totals = column.totals();
        let numbers = column.counts().numbers.plain();
        let mut arena = String::new();
        let mut values = Vec::new();
        let mut seen: BTreeMap<char, u64> = BTreeMap::new();
        for value in column.values() {
            let (start, len) = (arena.len() as u32, value.text.len() as u32);
            values.push(Held {
                hash: value.hash,
                count: value.count,
                start,
                len,
            });
            arena.push_str(value.text);
            for separator in own_separators(value.text) {
                *seen.entry(separator).or_default() += 1;
            }
        }
        let mut separators: Vec<(char, u64)> = seen.into_iter().collect();
        separators.sort_by_key(|(separator, count)| (std::cmp::Reverse(*count), *separator));
        Self {
            name: name.clone(),
            subject: Subject::new(table.stem(), name.as_str()),
            width,
            level: column.level(),
            values,
            arena,
            uniqueness: scale(1_000_000, totals.distinct, column.cells()),
            smallest: numbers
                .range
                .filter(|_| numbers.integers * 20 >= column.cells() * 19)
                .map(|range| range.min),
            separators: separators
                .into_iter()
                .map(|(c, _)| c)
                .take(MAX_SEPARATORS)
                .collect(),
        }
    }

    /// Whether most of its cells are the first of their value.
    fn is_key(&self) -> bool {
        self.uniqueness > 500_000
    }

    fn text(&self, held: &Held) -> &str {
        &self.arena[held.start as usize..(held.start + held.len) as usize]
    }

    /// Hashes lie evenly between zero and the largest that the sample admits, so that a value is near
    /// the place that its hash says; only that neighbourhood is searched.
    fn holds(&self, hash: u64) -> bool {
        let count = self.values.len();
        if count == 0 || !self.admits(hash) {
            return false;
        }
        let spread = hash.checked_shl(self.level).unwrap_or(0);
        let guess = ((u128::from(spread) * count as u128) >> 64) as usize;
        let (mut low, mut high, mut step) = (guess, guess, 4);
        while low > 0 && self.values[low].hash > hash {
            low = low.saturating_sub(step);
            step *= 2;
        }
        step = 4;
        while high < count && self.values[high].hash < hash {
            high = (high + step).min(count);
            step *= 2;
        }
        let near = &self.values[low..(high + 1).min(count)];
        near.binary_search_by_key(&hash, |held| held.hash).is_ok()
    }

    fn admits(&self, hash: u64) -> bool {
        hash.leading_zeros() >= self.level
    }

    fn raise(&mut self) {
        self.level += 1;
        let level = self.level;
        let mut arena = String::new();
        let mut kept = Vec::new();
        for held in self
            .values
            .iter()
            .filter(|held| held.hash.leading_zeros() >= level)
        {
            let start = arena.len() as u32;
            arena.push_str(self.text(held));
            kept.push(Held { start, ..*held });
        }
        self.values = kept;
        self.arena = arena;
    }
}

/// Makes the largest samples smaller until all together fit into the memory for them.
pub(crate) fn bound<'t>(tables: impl Iterator<Item = &'t mut JoinColumns>) {
    let mut columns: Vec<&mut JoinColumn> =
        tables.flat_map(|table| table.columns.iter_mut()).collect();
    while columns
        .iter()
        .map(|column| column.values.len())
        .sum::<usize>()
        > MAX_JOIN_VALUES
    {
        if let Some(largest) = columns.iter_mut().max_by_key(|column| column.values.len()) {
            largest.raise();
        }
    }
}

/// The joins between the tables, the surest first of each referring column.
pub(crate) fn find(tables: &[TableFindings], min_count: u64) -> Vec<JoinEvidence> {
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for (left, right) in pairs(tables) {
        let forward = judge(left, right, min_count);
        let backward = judge(right, left, min_count);
        found.extend(better(forward, backward));
    }
    found.sort_by_key(Candidate::rank);
    // One column of a table can be reached in several ways; a second one says nothing new.
    let mut seen = HashSet::new();
    found.retain(|join| seen.insert((join.from.table, &join.from.column.name, join.to.table)));
    found.truncate(MAX_JOINS);
    found.iter().map(Candidate::evidence).collect()
}

#[derive(Clone, Copy)]
struct Side<'t> {
    table: &'t TableName,
    column: &'t JoinColumn,
}

/// Pairs of columns of different tables of which one could be a key and of which some values match,
/// as they are or after a change. In case there are too many, those of which more and rarer
/// values match come first, and of these those with related names.
fn pairs(tables: &[TableFindings]) -> Vec<(Side<'_>, Side<'_>)> {
    let sides: Vec<Side<'_>> = tables.iter().flat_map(TableFindings::sides).collect();
    let index = Index::new(&sides);
    let mut hits: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    for (at, side) in sides.iter().enumerate() {
        index.probe(side.column, |other, weight| {
            let is_pair = sides[other].table != side.table
                && (sides[other].column.is_key() || side.column.is_key());
            if is_pair {
                *hits.entry((at.min(other), at.max(other))).or_default() += weight;
            }
        });
    }
    let mut ranked: Vec<(u32, bool, usize, usize)> = Vec::with_capacity(hits.len());
    for ((a, b), count) in hits {
        let related = related(sides[a], sides[b]) || related(sides[b], sides[a]);
        // The other way round, so that the most come first.
        ranked.push((u32::MAX - count, !related, a, b));
    }
    ranked.sort_unstable();
    ranked.truncate(MAX_PAIRS);
    ranked
        .into_iter()
        .map(|(_, _, a, b)| (sides[a], sides[b]))
        .collect()
}

/// The values of all columns by hash, so that a column finds those that it may match without being
/// compared with each.
struct Index {
    /// Hash and place of the column, sorted.
    values: Vec<(u64, u32)>,
    separators: Vec<char>,
    probes: usize,
}

impl Index {
    fn new(sides: &[Side<'_>]) -> Self {
        let mut values = Vec::new();
        let mut separators: BTreeMap<char, usize> = BTreeMap::new();
        for (at, side) in sides.iter().enumerate() {
            // Fewer than 2^32 columns: `MAX_TABLES` times `MAX_COLUMNS`.
            values.extend(side.column.values.iter().map(|held| (held.hash, at as u32)));
            for separator in &side.column.separators {
                *separators.entry(*separator).or_default() += 1;
            }
        }
        values.sort_unstable();
        let mut separators: Vec<(char, usize)> = separators.into_iter().collect();
        separators.sort_by_key(|(separator, count)| (std::cmp::Reverse(*count), *separator));
        separators.truncate(MAX_SEPARATORS_OF_ALL);
        let level = sides
            .iter()
            .map(|side| side.column.level)
            .max()
            .unwrap_or_default();
        Self {
            values,
            separators: separators
                .into_iter()
                .map(|(separator, _)| separator)
                .collect(),
            probes: (FIRST_PROBES << level.min(16)).min(MAX_PROBES),
        }
    }

    /// Calls `found` with the place of each column that holds one of the first values of `column`,
    /// once for each such value and change.
    fn probe(&self, column: &JoinColumn, mut found: impl FnMut(usize, u32)) {
        for held in column.values.iter().take(self.probes) {
            self.each_holder(held.hash, &mut found);
            if held.len > 0 && column.smallest.is_none() {
                each_change(column.text(held), &self.separators, |_, text| {
                    self.each_holder(hash_of(text.as_bytes()), &mut found);
                });
            }
        }
    }

    /// The columns that hold a value, each with what that says: the more columns hold it, the less.
    fn each_holder(&self, hash: u64, found: &mut impl FnMut(usize, u32)) {
        let first = self.values.partition_point(|(held, _)| *held < hash);
        let rest = &self.values[first..];
        let holders = &rest[..rest.partition_point(|(held, _)| *held == hash)];
        let weight = MAX_HOLDERS / u32::try_from(holders.len()).unwrap_or(u32::MAX).max(1);
        if weight > 0 {
            for (_, column) in holders {
                found(*column as usize, weight);
            }
        }
    }
}

impl TableFindings {
    fn sides(&self) -> impl Iterator<Item = Side<'_>> {
        self.join_columns.columns.iter().map(|column| Side {
            table: &self.table,
            column,
        })
    }
}

fn related(from: Side<'_>, to: Side<'_>) -> bool {
    from.column.subject.may_refer_to(&to.column.subject)
}

struct Candidate<'t> {
    from: Side<'t>,
    to: Side<'t>,
    from_distinct: u64,
    matched: u64,
    normalised: Option<NormalisedMatch>,
}

impl<'t> Candidate<'t> {
    fn best(&self) -> u64 {
        self.normalised
            .as_ref()
            .map_or(self.matched, |normalised| normalised.matched)
    }

    /// By referring column; then the surest and simplest match first.
    fn rank(&self) -> impl Ord + use<'t> {
        let cost = self
            .normalised
            .as_ref()
            .map_or(0, |normalised| cost(&normalised.by));
        let share = std::cmp::Reverse(self.containment());
        let (from, to) = (self.from.column, self.to.column);
        (
            self.from.table,
            &from.name,
            share,
            cost,
            self.to.table,
            &to.name,
        )
    }

    /// Parts per million of the referring values that are found.
    fn containment(&self) -> u64 {
        scale(1_000_000, self.best(), self.from_distinct)
    }

    fn evidence(&self) -> JoinEvidence {
        let reference = |side: Side<'_>| ColumnRef {
            table: side.table.clone(),
            column: side.column.name.clone(),
        };
        JoinEvidence {
            from: reference(self.from),
            to: reference(self.to),
            from_distinct: self.from_distinct,
            matched: self.matched,
            normalised: self.normalised.clone(),
            exact: self.from.column.level == 0 && self.to.column.level == 0,
        }
    }
}

/// How much a change takes away, in characters or thereabouts.
fn cost(by: &Normalisation) -> u64 {
    match by {
        Normalisation::Trim | Normalisation::UpperCase => 1,
        Normalisation::DropChar { .. } => 2,
        Normalisation::StripPrefix { prefix } => 2 + prefix.chars().count() as u64,
        Normalisation::CutHead { length } => 4 + length,
        Normalisation::KeepHead { .. } => 100,
    }
}

/// The likelier direction: the referred side is the one that is a key; between two keys the one that
/// contains the other, then the one that is called a key, then the wider table.
fn better<'t>(
    forward: Option<Candidate<'t>>,
    backward: Option<Candidate<'t>>,
) -> Option<Candidate<'t>> {
    let rank = |candidate: &Candidate<'_>| {
        let is_key = candidate.to.column.uniqueness >= 950_000;
        let uniqueness = if is_key {
            1_000_000
        } else {
            candidate.to.column.uniqueness
        };
        let is_named = is_key_like(candidate.to.column.name.as_str());
        let width = candidate.to.column.width;
        (uniqueness, candidate.containment(), is_named, width)
    };
    match (forward, backward) {
        (Some(forward), Some(backward)) if rank(&forward) >= rank(&backward) => Some(forward),
        (_, Some(backward)) => Some(backward),
        (forward, None) => forward,
    }
}

/// Whether `from` refers to `to`.
fn judge<'t>(from: Side<'t>, to: Side<'t>, min_count: u64) -> Option<Candidate<'t>> {
    if !to.column.is_key() || from.column.values.is_empty() {
        return None;
    }
    let level = from.column.level.max(to.column.level);
    let comparable = from
        .column
        .values
        .iter()
        .filter(|held| held.hash.leading_zeros() >= level);
    let (mut from_distinct, mut matched) = (0, 0);
    for held in comparable {
        from_distinct += 1;
        matched += u64::from(to.column.holds(held.hash));
    }
    let mut candidate = Candidate {
        from,
        to,
        from_distinct,
        matched,
        normalised: None,
    };
    if matched < from_distinct {
        candidate.normalised = best_change(&candidate, min_count);
    }
    is_convincing(&candidate).then_some(candidate)
}

/// Whether a match of this size is more than chance.
fn is_convincing(candidate: &Candidate<'_>) -> bool {
    let Candidate {
        from,
        to,
        from_distinct,
        ..
    } = *candidate;
    let best = candidate.best();
    let (share, related) = (candidate.containment(), related(from, to));
    let are_numbers = from.column.smallest.is_some() || to.column.smallest.is_some();
    if are_numbers && from.column.subject.is_measure() {
        return false;
    }
    if best < MIN_MATCHED {
        return related && best >= 2 && best == from_distinct;
    }
    if are_numbers && !related {
        // Any two numberings that begin at one share values.
        let smallest = to.column.smallest;
        let begins_anywhere = smallest.is_some_and(|smallest| !is_first_number(smallest));
        return begins_anywhere && share >= 950_000 && from_distinct >= 100;
    }
    share >= 600_000
}

/// Whether people begin to count here: 0, 1, 100, 101, 1000, 1001 and so on.
fn is_first_number(number: f64) -> bool {
    number <= 1.0 || (2..=18).any(|zeros| (0.0..=1.0).contains(&(number - 10_f64.powi(zeros))))
}

/// The change that matches most values, if one matches more than none does.
fn best_change(candidate: &Candidate<'_>, min_count: u64) -> Option<NormalisedMatch> {
    let (from, to) = (candidate.from.column, candidate.to.column);
    let mut best: Option<NormalisedMatch> = None;
    for (side, changed, other) in [(JoinSide::From, from, to), (JoinSide::To, to, from)] {
        for by in promising(changed, other) {
            let Some(found) = count_change(candidate, side, by, min_count) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|known| {
                let rank = |m: &NormalisedMatch| (m.matched, m.lossless, m.changes > 0);
                rank(&found) > rank(known)
                    || (rank(&found) == rank(known)
                        && found.side == known.side
                        && found.by < known.by)
            });
            if better {
                best = Some(found);
            }
        }
    }
    // A handful more is chance, as the heads of some keys are keys.
    let more = (candidate.from_distinct / 100).max(1);
    best.filter(|best| best.matched >= candidate.matched + more)
}

/// The changes of `changed` that make some of its values match `other`, most matches first.
fn promising(changed: &JoinColumn, other: &JoinColumn) -> Vec<Normalisation> {
    if changed.smallest.is_some() {
        // To cut digits off a number makes another number of it.
        return Vec::new();
    }
    let mut votes: BTreeMap<Normalisation, u32> = BTreeMap::new();
    let values = changed.values.iter().filter(|held| held.len > 0);
    let probes = (PROBES << other.level.min(16)).min(MAX_PROBES);
    for held in values.take(probes) {
        each_change(changed.text(held), &other.separators, |by, text| {
            let hash = hash_of(text.as_bytes());
            if other.admits(hash) && other.holds(hash) {
                *votes.entry(by).or_default() += 1;
            }
        });
    }
    let mut votes: Vec<(Normalisation, u32)> = votes.into_iter().collect();
    votes.retain(|(_, count)| *count >= 2);
    votes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    votes
        .into_iter()
        .map(|(by, _)| by)
        .take(FINALISTS)
        .collect()
}

/// Counts what a change does, over all values of the sample.
fn count_change(
    candidate: &Candidate<'_>,
    side: JoinSide,
    by: Normalisation,
    min_count: u64,
) -> Option<NormalisedMatch> {
    let (from, to) = (candidate.from.column, candidate.to.column);
    let (changed, other) = match side {
        JoinSide::From => (from, to),
        JoinSide::To => (to, from),
    };
    let mut results = HashedSet::default();
    results.reserve(changed.values.len());
    let (mut values, mut changes, mut testable) = (0_u64, 0, 0);
    let mut hits = HashedSet::default();
    let mut from_hits = 0;
    for held in &changed.values {
        let text = changed.text(held);
        let Some(result) = apply(&by, text) else {
            continue;
        };
        let hash = hash_of(result.as_bytes());
        values += 1;
        results.insert(hash);
        changes += if result != text { held.count } else { 0 };
        if other.admits(hash) {
            testable += 1;
            if other.holds(hash) {
                hits.insert(hash);
                from_hits += 1;
            }
        }
    }
    let matched = match side {
        // Scaled from the values whose changed text can be looked up to all that are compared.
        JoinSide::From => scale(candidate.from_distinct, from_hits, testable),
        // Of the referring values, those that some referred value becomes. Only a part of the
        // referred values is known when they are a sample.
        JoinSide::To => {
            let all = hits
                .iter()
                .filter(|hash| hash.leading_zeros() >= from.level.max(to.level));
            let known = if to.level == 0 {
                hits.len() as u64
            } else {
                all.count() as u64
            };
            scale_up(known, to.level).min(candidate.from_distinct)
        }
    };
    let lossless = results.len() as u64 == values;
    let named = !matches!(by, Normalisation::StripPrefix { .. }) || changes >= min_count;
    let cuts = matches!(
        by,
        Normalisation::CutHead { .. } | Normalisation::KeepHead { .. }
    );
    // Heads and tails of keys are short and match by chance unless nearly all do and in many places.
    let is_chance = cuts && (matched * 10 < candidate.from_distinct * 8 || hits.len() < 10);
    // The referred side must stay a key.
    let stays_key = side == JoinSide::From || results.len() as u64 * 10 >= values * 9;
    (named && !is_chance && stays_key).then_some(NormalisedMatch {
        side,
        by,
        matched,
        lossless,
        changes: scale_up(changes, changed.level),
    })
}
