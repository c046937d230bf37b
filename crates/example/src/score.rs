//! What a plan made of the shop: cells right, cells repaired, clean cells damaged.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::cell::{Class, Dirt, Kind};
use crate::truth::{JoinTruth, TableTruth, Truth, same};

/// A Silver table as it was read back from its file.
#[derive(Debug)]
pub struct SilverTable {
    /// The column names.
    pub columns: Vec<String>,
    /// The rows; an empty cell is `None`.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A Silver file that is no table.
#[derive(Debug, thiserror::Error)]
#[error("the file is no CSV table")]
pub struct SilverTableError(#[from] csv::Error);

impl SilverTable {
    /// Reads a CSV file with a header.
    pub fn parse(bytes: &[u8]) -> Result<Self, SilverTableError> {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let columns = reader.headers()?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let cell = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            rows.push(record?.iter().map(cell).collect());
        }
        Ok(Self { columns, rows })
    }
}

/// How a set of Silver tables compares with the truth.
#[derive(Debug, Default)]
pub struct Score {
    /// Cells of rows that belong in Silver.
    pub cells: usize,
    /// Cells whose Silver value is right.
    pub right: usize,
    /// Cells that arrived dirty.
    pub dirty: usize,
    /// Dirty cells that are right now.
    pub repaired: usize,
    /// Dirty cells that are not right, whether or not anything was done to them.
    pub still_dirty: usize,
    /// Clean cells that are wrong now.
    pub damaged: usize,
    /// Cells without a place in Silver, because their row or column is missing.
    pub lost: usize,
    /// Rows that belong in quarantine.
    pub to_quarantine: usize,
    /// Those of them that are not in Silver.
    pub quarantined: usize,
    /// Rows that belong in Silver and are not there.
    pub rows_lost: usize,
    /// Rows of Silver that no Bronze row explains.
    pub rows_unexplained: usize,
    /// Dirty and repaired cells by kind of dirt.
    pub by_dirt: BTreeMap<Dirt, DirtScore>,
    /// Damaged cells by `table.column`.
    pub damaged_in: BTreeMap<String, usize>,
    /// How well the tables join, in the order of the truth.
    pub joins: Vec<JoinScore>,
}

/// The cells of one kind of dirt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirtScore {
    /// Cells that arrived so.
    pub dirty: usize,
    /// Those that are right now. An undecidable cell is right when it is unchanged, null or true.
    pub repaired: usize,
}

/// How well two tables join on the best pair of columns that Silver offers.
#[derive(Debug, PartialEq, Eq)]
pub struct JoinScore {
    /// `left.column -> right.column`, as Bronze names them.
    pub name: String,
    /// Rows of the left table whose counterpart is in Silver.
    pub matchable: usize,
    /// Those that find it.
    pub matched: usize,
}

impl Score {
    /// Whether every cell is right, every row where it belongs, and every join complete.
    pub fn is_perfect(&self) -> bool {
        self.right == self.cells
            && self.quarantined == self.to_quarantine
            && self.rows_unexplained == 0
            && self.joins.iter().all(|join| join.matched == join.matchable)
    }
}

/// Scores the Silver tables, given by name without `.csv`, against the truth. A table that is
/// missing counts as one without rows.
pub fn score(truth: &Truth, silver: &BTreeMap<String, SilverTable>) -> Score {
    let mut score = Score::default();
    let empty = SilverTable {
        columns: Vec::new(),
        rows: Vec::new(),
    };
    let mut found = BTreeMap::new();
    for (name, table) in &truth.tables {
        let silver = silver.get(*name).unwrap_or(&empty);
        let rows = match_rows(table, silver);
        score_rows(&mut score, table, silver, &rows);
        for at in 0..table.columns.len() {
            score_column(&mut score, name, table, at, silver, &rows);
        }
        found.insert(*name, (silver, rows));
    }
    for join in &truth.joins {
        let (left, left_rows) = &found[join.left];
        let (right, right_rows) = &found[join.right];
        score
            .joins
            .push(score_join(join, left, left_rows, right, right_rows));
    }
    score
}

/// For each Bronze row the Silver row that came from it.
fn match_rows(table: &TableTruth, silver: &SilverTable) -> Vec<Option<usize>> {
    let mut waiting = silver_by_identity(table, silver);
    let mut matched = vec![None; table.rows.len()];
    // Rows that belong in Silver choose first: a duplicate that went to quarantine then leaves
    // its own place empty, and one that stayed is the row that is left over.
    let order = |quarantined: bool| {
        let rows = table.rows.iter().enumerate();
        rows.filter(move |(_, row)| row.quarantine.is_some() == quarantined)
            .map(|(at, _)| at)
    };
    for row in order(false).chain(order(true)) {
        for right in [true, false] {
            let key: Vec<Option<&str>> = table
                .identity
                .iter()
                .map(|at| match right {
                    true => table.rows[row].cells[*at].as_deref(),
                    false => table.raw(row, *at),
                })
                .collect();
            let Some(places) = waiting.get_mut(&key) else {
                continue;
            };
            matched[row] = take_closest(table, row, silver, places);
            if matched[row].is_some() {
                break;
            }
        }
    }
    match_leftovers(table, silver, &mut matched);
    matched
}

type Places<'a> = HashMap<Vec<Option<&'a str>>, VecDeque<usize>>;

fn silver_by_identity<'a>(table: &TableTruth, silver: &'a SilverTable) -> Places<'a> {
    let mut places: Places<'a> = HashMap::new();
    let columns: Option<Vec<usize>> = table
        .identity
        .iter()
        .map(|at| {
            silver
                .columns
                .iter()
                .position(|name| name == table.columns[*at].name)
        })
        .collect();
    let Some(columns) = columns else {
        return places;
    };
    for (at, row) in silver.rows.iter().enumerate() {
        let key = columns
            .iter()
            .map(|column| row[*column].as_deref())
            .collect();
        places.entry(key).or_default().push_back(at);
    }
    places
}

/// Takes the place whose Silver row has most cells in common with `row`: of duplicates the one
/// that came from it.
fn take_closest(
    table: &TableTruth,
    row: usize,
    silver: &SilverTable,
    places: &mut VecDeque<usize>,
) -> Option<usize> {
    let common = |place: usize| {
        let columns = silver.columns.iter().enumerate();
        let same = columns.filter(|(at, name)| {
            let column = table
                .columns
                .iter()
                .position(|column| column.name == **name);
            column.is_some_and(|column| {
                table.rows[row].cells[column].as_deref() == silver.rows[place][*at].as_deref()
            })
        });
        same.count()
    };
    if places.len() < 2 {
        return places.pop_front();
    }
    let best = (0..places.len()).max_by_key(|at| (common(places[*at]), usize::MAX - at))?;
    places.remove(best)
}

/// When exactly as many Silver rows as expected are without a Bronze row (their key was damaged),
/// the order of rows, which Silver keeps, says which is which.
fn match_leftovers(table: &TableTruth, silver: &SilverTable, matched: &mut [Option<usize>]) {
    let mut taken = vec![false; silver.rows.len()];
    for place in matched.iter().flatten() {
        taken[*place] = true;
    }
    let places: Vec<usize> = (0..taken.len()).filter(|at| !taken[*at]).collect();
    let rows: Vec<usize> = (0..matched.len())
        .filter(|at| matched[*at].is_none() && table.rows[*at].quarantine.is_none())
        .collect();
    if places.len() == rows.len() {
        for (row, place) in rows.into_iter().zip(places) {
            matched[row] = Some(place);
        }
    }
}

fn score_rows(score: &mut Score, table: &TableTruth, silver: &SilverTable, rows: &[Option<usize>]) {
    for (row, place) in table.rows.iter().zip(rows) {
        match (row.quarantine, place) {
            (Some(_), None) => {
                score.to_quarantine += 1;
                score.quarantined += 1;
            }
            (Some(_), Some(_)) => score.to_quarantine += 1,
            (None, None) => score.rows_lost += 1,
            (None, Some(_)) => {}
        }
    }
    score.rows_unexplained += silver.rows.len() - rows.iter().flatten().count();
}

fn score_column(
    score: &mut Score,
    name: &str,
    table: &TableTruth,
    at: usize,
    silver: &SilverTable,
    rows: &[Option<usize>],
) {
    let column = table.columns[at];
    let place = silver
        .columns
        .iter()
        .position(|silver_name| silver_name == column.name);
    let cell = |row: usize| {
        let (place, row) = (place?, rows[row]?);
        Some(silver.rows[row][place].as_deref())
    };
    let kept = || (0..rows.len()).filter(|row| table.rows[*row].quarantine.is_none());
    let spellings = match column.kind {
        Kind::Code(classes) => {
            let pairs =
                kept().filter_map(|row| Some((table.rows[row].cells[at].as_deref()?, cell(row)??)));
            settled_spellings(classes, pairs)
        }
        _ => HashMap::new(),
    };
    for row in kept() {
        let truth = table.rows[row].cells[at].as_deref();
        let right = truth.map(|label| spellings.get(label).copied().unwrap_or(label));
        let label = table.labels.get(&(row, at));
        let found = cell(row);
        let is_right = found.is_some_and(|found| match (right, found) {
            (Some(right), Some(found)) => same(column.kind, right, found),
            (None, None) => true,
            _ => false,
        });
        let dirt = label.map(|label| label.dirt);
        // What the row does not decide may stay as it is or become null, but not be made up.
        let is_left_open = dirt == Some(Dirt::ProductUndecidable)
            && found.is_some_and(|found| found.is_none() || found == table.raw(row, at));
        score.cells += 1;
        score.lost += usize::from(found.is_none());
        let fine = is_right || is_left_open;
        score.right += usize::from(fine);
        match dirt {
            Some(dirt) => {
                score.dirty += 1;
                score.repaired += usize::from(fine);
                score.still_dirty += usize::from(!fine);
                let by_dirt = score.by_dirt.entry(dirt).or_default();
                by_dirt.dirty += 1;
                by_dirt.repaired += usize::from(fine);
            }
            None if !fine => {
                score.damaged += 1;
                *score
                    .damaged_in
                    .entry(format!("{name}.{}", column.name))
                    .or_insert(0) += 1;
            }
            None => {}
        }
    }
}

/// The spelling that a Silver column uses most for each class, out of those accepted.
fn settled_spellings<'a>(
    classes: &'static [Class],
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> HashMap<&'static str, &'a str> {
    let mut counts: BTreeMap<(&'static str, &'a str), usize> = BTreeMap::new();
    for (label, spelling) in pairs {
        let class = classes.iter().find(|class| class.label == label);
        let Some(class) = class else { continue };
        let folded = spelling.to_lowercase();
        if class
            .accepted
            .iter()
            .any(|accepted| accepted.to_lowercase() == folded)
        {
            *counts.entry((class.label, spelling)).or_insert(0) += 1;
        }
    }
    let mut settled: HashMap<&'static str, (&'a str, usize)> = HashMap::new();
    for ((label, spelling), count) in counts {
        let best = settled.entry(label).or_insert((spelling, count));
        if count > best.1 {
            *best = (spelling, count);
        }
    }
    settled
        .into_iter()
        .map(|(label, (spelling, _))| (label, spelling))
        .collect()
}

/// Tries every pair of columns, derived ones too, and keeps the best.
fn score_join(
    join: &JoinTruth,
    left: &SilverTable,
    left_rows: &[Option<usize>],
    right: &SilverTable,
    right_rows: &[Option<usize>],
) -> JoinScore {
    let left_found = present(&join.left_entities, left_rows);
    let right_found = present(&join.right_entities, right_rows);
    let known: HashMap<&str, ()> = right_found
        .iter()
        .map(|(_, entity)| (*entity, ()))
        .collect();
    let matchable: Vec<(usize, &str)> = left_found
        .into_iter()
        .filter(|(_, entity)| known.contains_key(entity))
        .collect();
    let mut matched = 0;
    for right_column in 0..right.columns.len() {
        // A value that stands for two things identifies neither.
        let mut meaning: HashMap<&str, Option<&str>> = HashMap::new();
        for (row, entity) in &right_found {
            if let Some(value) = right.rows[*row][right_column].as_deref() {
                let known = meaning.entry(value).or_insert(Some(entity));
                if *known != Some(entity) {
                    *known = None;
                }
            }
        }
        for left_column in 0..left.columns.len() {
            let hits = matchable.iter().filter(|(row, entity)| {
                let value = left.rows[*row][left_column].as_deref();
                value.and_then(|value| meaning.get(value)) == Some(&Some(entity))
            });
            matched = matched.max(hits.count());
        }
    }
    JoinScore {
        name: format!(
            "{}.{} -> {}.{}",
            join.left, join.left_column, join.right, join.right_column
        ),
        matchable: matchable.len(),
        matched,
    }
}

/// The Silver rows whose Bronze row stands for something, each with what it stands for.
fn present<'a>(entities: &'a [Option<String>], rows: &[Option<usize>]) -> Vec<(usize, &'a str)> {
    let pairs = rows.iter().zip(entities);
    pairs
        .filter_map(|(row, entity)| Some(((*row)?, entity.as_deref()?)))
        .collect()
}
