//! Keys that match another table once they are written alike.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_intake::BriefTable;
use silversmith_plan::OperationKind;
use silversmith_plan::expression::{ColumnNode, Expression};
use silversmith_plan::ops::change_case::{Case, ChangeCase};
use silversmith_plan::ops::derive::Derive;
use silversmith_plan::ops::replace_text::{Matching, ReplaceText};
use silversmith_plan::ops::slice_text::SliceText;
use silversmith_plan::ops::strip_affix::StripAffix;
use silversmith_types::evidence::{
    ColumnRef, JoinEvidence, JoinSide, Normalisation, NormalisedMatch,
};
use silversmith_types::{ColumnName, TableName};

use super::names;
use super::reading::Reading;
use super::steps::{Steps, thousands};
use super::table::{Column, Table};

/// Fewer matching values are chance: any two columns of small numbers share some.
const MIN_MATCHED: u64 = 10;
/// Columns derived from one column at most.
const MAX_DERIVED: usize = 3;

/// What is done to one key column so that it matches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyChange {
    column: ColumnName,
    by: Normalisation,
    /// The new column; absent: in place.
    into: Option<ColumnName>,
    /// Distinct values on the other side that match before and afterwards, and how many there are.
    matched: (u64, u64, u64),
    /// The best of the joins that it serves.
    other: ColumnRef,
}

/// Changes of keys by table, and the columns that must stay text because they, or what they are
/// compared with, are text.
#[derive(Debug, Default)]
pub(crate) struct KeyPlan {
    pub(crate) changes: BTreeMap<TableName, Vec<KeyChange>>,
    pub(crate) text: BTreeMap<TableName, BTreeSet<ColumnName>>,
}

/// One column with one change, and the joins that ask for it.
struct Wish<'a> {
    target: &'a ColumnRef,
    by: &'a Normalisation,
    lossless: bool,
    joins: Vec<(&'a JoinEvidence, &'a NormalisedMatch)>,
}

impl Wish<'_> {
    fn matched(&self) -> u64 {
        self.joins
            .iter()
            .map(|(_, normalised)| normalised.matched)
            .max()
            .unwrap_or_default()
    }

    fn others(&self) -> impl Iterator<Item = &ColumnRef> {
        self.joins.iter().map(|(join, _)| {
            if join.from == *self.target {
                &join.to
            } else {
                &join.from
            }
        })
    }
}

impl KeyPlan {
    /// Decides for all tables at once: a key has two sides.
    pub(crate) fn new(tables: &BTreeMap<TableName, BriefTable>, joins: &[JoinEvidence]) -> Self {
        let mut plan = Self::default();
        let mut in_place = BTreeSet::new();
        let wishes = wishes(joins);
        for wish in &wishes {
            if !has_column(tables, wish.target) {
                continue;
            }
            let cuts = matches!(
                wish.by,
                Normalisation::CutHead { .. } | Normalisation::KeepHead { .. }
            );
            let apart = cuts || !wish.lossless || breaks_another_join(wish, &wishes, joins);
            if !apart && !in_place.insert(wish.target.clone()) {
                // A better change of the same column came first.
                continue;
            }
            let Some(table) = tables.get(&wish.target.table) else {
                continue;
            };
            let changes = plan.changes.entry(wish.target.table.clone()).or_default();
            let into = match apart {
                true => match new_name(wish, table, changes, cuts) {
                    Some(name) => Some(name),
                    None => continue,
                },
                false => None,
            };
            if let Some(change) = change(wish, into) {
                changes.push(change);
                for side in wish.others().chain([wish.target]) {
                    plan.keep_text(side);
                }
            }
        }
        // In place first, so that what is derived is derived from the better key.
        for changes in plan.changes.values_mut() {
            changes.sort_by_key(|change| change.into.is_some());
        }
        plan.agree(tables, joins);
        plan
    }

    fn keep_text(&mut self, side: &ColumnRef) -> bool {
        self.text
            .entry(side.table.clone())
            .or_default()
            .insert(side.column.clone())
    }

    fn is_text(&self, side: &ColumnRef) -> bool {
        self.text
            .get(&side.table)
            .is_some_and(|columns| columns.contains(&side.column))
    }

    /// Both sides of a join get one type: where one of them is no integer, the other is text too.
    fn agree(&mut self, tables: &BTreeMap<TableName, BriefTable>, joins: &[JoinEvidence]) {
        let mut readings = BTreeMap::new();
        let strong: Vec<&JoinEvidence> = joins
            .iter()
            .filter(|join| is_strong(join.matched, join.from_distinct))
            .collect();
        for side in strong.iter().flat_map(|join| [&join.from, &join.to]) {
            if let Some(reading) = reading_of(tables, side) {
                readings.insert(side, reading);
            }
        }
        let is_text = |plan: &Self, side: &ColumnRef| {
            plan.is_text(side) || readings.get(side) == Some(&Reading::Text)
        };
        let is_integer = |side: &ColumnRef| readings.get(side) == Some(&Reading::Integer);
        // Every round but the last adds a column.
        loop {
            let mut changed = false;
            for join in &strong {
                for (side, other) in [(&join.from, &join.to), (&join.to, &join.from)] {
                    if is_integer(side) && is_text(self, other) {
                        changed |= self.keep_text(side);
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }
}

fn is_strong(matched: u64, of: u64) -> bool {
    matched >= MIN_MATCHED && matched.saturating_mul(10) >= of.saturating_mul(9)
}

fn has_column(tables: &BTreeMap<TableName, BriefTable>, side: &ColumnRef) -> bool {
    tables.get(&side.table).is_some_and(|table| {
        table
            .columns
            .iter()
            .any(|column| column.name == side.column)
    })
}

fn reading_of(tables: &BTreeMap<TableName, BriefTable>, side: &ColumnRef) -> Option<Reading> {
    let table = tables.get(&side.table)?;
    let evidence = table.column_evidence(&side.column)?;
    Some(
        Column::new(&side.column, table.rows, evidence)
            .verdict
            .reading,
    )
}

/// The changes that make at least nine tenths of the referring values match; those that match most
/// first.
fn wishes(joins: &[JoinEvidence]) -> Vec<Wish<'_>> {
    let mut wishes: Vec<Wish<'_>> = Vec::new();
    for join in joins {
        let Some(normalised) = &join.normalised else {
            continue;
        };
        let helps = normalised.matched > join.matched;
        // White space goes anyway, for every column that has some.
        let target = match normalised.side {
            JoinSide::From => &join.from,
            JoinSide::To => &join.to,
        };
        let is_key = || names::is_key(&names::words(target.column.as_str()));
        let fits = match normalised.by {
            Normalisation::Trim => false,
            // In a column of words, case belongs to the words.
            Normalisation::UpperCase => is_key(),
            _ => true,
        };
        if !helps || !fits || !is_strong(normalised.matched, join.from_distinct) {
            continue;
        }
        let alike = |wish: &&mut Wish<'_>| wish.target == target && *wish.by == normalised.by;
        match wishes.iter_mut().find(alike) {
            Some(wish) => {
                wish.lossless &= normalised.lossless;
                wish.joins.push((join, normalised));
            }
            None => wishes.push(Wish {
                target,
                by: &normalised.by,
                lossless: normalised.lossless,
                joins: vec![(join, normalised)],
            }),
        }
    }
    wishes.sort_by(|a, b| {
        b.matched()
            .cmp(&a.matched())
            .then_with(|| (a.target, a.by).cmp(&(b.target, b.by)))
    });
    wishes
}

/// Whether the column matches another one as it is, which would end with the change: unless the
/// other one is changed in the same way.
fn breaks_another_join(wish: &Wish<'_>, wishes: &[Wish<'_>], joins: &[JoinEvidence]) -> bool {
    joins.iter().any(|join| {
        let other = match () {
            () if join.from == *wish.target => &join.to,
            () if join.to == *wish.target => &join.from,
            () => return false,
        };
        let same = join
            .normalised
            .as_ref()
            .is_some_and(|normalised| normalised.by == *wish.by);
        let both = wishes
            .iter()
            .any(|known| known.target == other && known.by == wish.by && known.lossless);
        !same && !both && is_strong(join.matched, join.from_distinct)
    })
}

/// A name for a derived column: that of the columns it matches where they agree on one that says
/// something and is free; otherwise that of its source with what became of it.
fn new_name(
    wish: &Wish<'_>,
    table: &BriefTable,
    changes: &[KeyChange],
    cuts: bool,
) -> Option<ColumnName> {
    let source = &wish.target.column;
    let derived = changes
        .iter()
        .filter(|change| change.column == *source && change.into.is_some());
    if derived.count() >= MAX_DERIVED {
        return None;
    }
    let taken = |name: &ColumnName| {
        let same = |known: &ColumnName| known.as_str().eq_ignore_ascii_case(name.as_str());
        table.columns.iter().any(|column| same(&column.name))
            || changes
                .iter()
                .filter_map(|change| change.into.as_ref())
                .any(same)
    };
    let mut others = wish.others().map(|other| &other.column);
    if let Some(first) = others.next() {
        let agreed = others.all(|other| other == first);
        if cuts && agreed && says_something(first) && !taken(first) {
            return Some(first.clone());
        }
    }
    let suffix = match wish.by {
        Normalisation::CutHead { .. } => "tail",
        Normalisation::KeepHead { .. } => "head",
        _ => "key",
    };
    let numbered = (1..=MAX_DERIVED).map(|n| if n == 1 { String::new() } else { n.to_string() });
    numbered
        .filter_map(|number| format!("{source}_{suffix}{number}").parse().ok())
        .find(|name| !taken(name))
}

/// Whether a name says more than that the column is a key, without the prefix of another table's
/// columns.
fn says_something(name: &ColumnName) -> bool {
    let words = names::words(name.as_str());
    let telling = |word: &String| word.len() > 3 && !names::KEY.contains(&word.as_str());
    words.first().is_some_and(telling)
}

fn change(wish: &Wish<'_>, into: Option<ColumnName>) -> Option<KeyChange> {
    let (join, normalised) = wish
        .joins
        .iter()
        .max_by_key(|(_, normalised)| normalised.matched)?;
    Some(KeyChange {
        column: wish.target.column.clone(),
        by: wish.by.clone(),
        into,
        matched: (join.matched, normalised.matched, join.from_distinct),
        other: if join.from == *wish.target {
            join.to.clone()
        } else {
            join.from.clone()
        },
    })
}

/// Fires where one simple change makes at least nine tenths of a key's values match another table
/// and they do not match as they are. A change that loses nothing is made in place (`strip_affix`,
/// `replace_text`, `change_case`); where a part is cut off that may mean something, or values would
/// fall together, the result is a new column (`slice_text`, `derive`). Evidence: distinct values
/// that match before and after.
pub(crate) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for change in table.key_changes {
        let (before, after, of) = change.matched;
        let other = format!("{}/{}", change.other.table, change.other.column);
        let why = format!(
            "{} of {} distinct values match {other} afterwards, {} as they are",
            thousands(after),
            thousands(of),
            thousands(before),
        );
        let fact = format!("joins {other} matched={before} normalised={after} of {of}");
        let fact = steps.fact(&change.column, fact);
        for operation in operations(change) {
            if !steps.push(&why, [fact.clone()], operation) {
                break;
            }
        }
    }
}

fn operations(change: &KeyChange) -> Vec<OperationKind> {
    let source = || change.column.clone();
    let target = change.into.clone().unwrap_or_else(source);
    let replaced = |from: char, to: String| {
        OperationKind::ReplaceText(ReplaceText {
            columns: vec![target.clone()],
            find: from.to_string(),
            with: to,
            matching: Matching::Literal,
        })
    };
    let slice = |start: u64, length: Option<u64>| {
        Some(OperationKind::SliceText(SliceText {
            column: source(),
            into: change.into.clone(),
            start: u32::try_from(start).ok()?,
            length: length.map(u32::try_from).transpose().ok()?,
        }))
    };
    let copy = change.into.as_ref().map(|into| {
        OperationKind::Derive(Derive {
            into: into.clone(),
            expression: Expression::Column(ColumnNode { column: source() }),
        })
    });
    let columns = vec![target.clone()];
    let changes = match &change.by {
        Normalisation::Trim => vec![],
        Normalisation::UpperCase => vec![
            copy,
            Some(OperationKind::ChangeCase(ChangeCase {
                columns,
                case: Case::Upper,
            })),
        ],
        Normalisation::StripPrefix { prefix } => vec![
            copy,
            Some(OperationKind::StripAffix(StripAffix {
                columns,
                prefix: Some(prefix.clone()),
                suffix: None,
                if_present: true,
                on_error: None,
            })),
        ],
        Normalisation::DropChar { character } => {
            vec![copy, Some(replaced(*character, String::new()))]
        }
        Normalisation::CutHead { length } => vec![slice(*length, None)],
        Normalisation::KeepHead {
            length,
            replace,
            with,
        } => {
            let swap = replace
                .zip(*with)
                .map(|(from, to)| replaced(from, to.to_string()));
            vec![slice(0, Some(*length)), swap]
        }
    };
    changes.into_iter().flatten().collect()
}
