//! What must hold of the result: findings, never silence.

use silversmith_plan::expression::Function;
use silversmith_plan::ops::expect::{Expect, Expectation, OnFail};
use silversmith_plan::ops::map_values::MapValues;
use silversmith_plan::{ColumnType, Literal, OperationKind};
use silversmith_types::ColumnName;
use silversmith_types::evidence::KeyEvidence;

use super::formula::{call, column, text};
use super::names;
use super::reading::Doubt;
use super::steps::{Steps, counted, listed, thousands};
use super::table::{Column, Table};

/// Values of a code set that is stated whole.
const MAX_DOMAIN: usize = 12;
/// Cells a value before a code set is believed to be whole.
const CELLS_A_CODE: u64 = 50;

/// A name for reports: lower-case letters, digits and dashes, at most 40 characters.
pub(super) fn name<'n>(what: &str, about: impl IntoIterator<Item = &'n ColumnName>) -> String {
    let mut name = what.to_owned();
    for column in about {
        name.push('-');
        name.extend(
            column
                .as_str()
                .chars()
                .map(|c| match c.to_ascii_lowercase() {
                    c @ ('a'..='z' | '0'..='9') => c,
                    _ => '-',
                }),
        );
    }
    name.truncate(40);
    name
}

/// States that keys are unique and present (those of the grain, of the contract, and every column
/// that nearly is a key), that code sets without rare values are whole, and what of a column kept it
/// from being read as something better. Emits `expect` with `warn`. Evidence: `keys`, `nulls`,
/// `codes`, `formats`, `numbers`.
pub(super) fn propose(table: &Table<'_>, grain: &[ColumnName], steps: &mut Steps<'_>) {
    unique(table, grain, steps);
    present(table, grain, steps);
    domains(table, steps);
    doubts(table, steps);
}

fn unique(table: &Table<'_>, grain: &[ColumnName], steps: &mut Steps<'_>) {
    let mut keys: Vec<Vec<ColumnName>> = Vec::new();
    let mut add = |key: &[ColumnName]| {
        if !key.is_empty() && !keys.iter().any(|known| known == key) {
            keys.push(key.to_vec());
        }
    };
    add(grain);
    for name in &table.terms.unique {
        add(std::slice::from_ref(name));
    }
    for key in near_keys(table) {
        add(&key.columns);
    }
    for key in keys {
        let known = table
            .evidence
            .keys
            .iter()
            .find(|known| known.columns == key);
        let (why, fact) = match known {
            Some(known) => (
                format!(
                    "A row is identified by {}; in Bronze {} an earlier one",
                    listed(&key),
                    match known.duplicate_rows {
                        0 => "none repeats".to_owned(),
                        1 => "1 repeats".to_owned(),
                        count => format!("{} repeat", thousands(count)),
                    }
                ),
                format!(
                    "keys {} null_rows={} duplicate_rows={} exact={}",
                    listed(&key),
                    known.null_rows,
                    known.duplicate_rows,
                    known.exact
                ),
            ),
            None => (
                format!(
                    "A row is identified by {} according to the contract",
                    listed(&key)
                ),
                format!("contract unique {}", listed(&key)),
            ),
        };
        let evidence = [steps.table_fact(fact)];
        push(
            name("unique", &key),
            Expectation::Unique(key),
            why,
            evidence,
            steps,
        );
    }
}

/// Single columns, named like keys, that fail to be one in at most a row of a hundred.
fn near_keys<'t>(table: &'t Table<'_>) -> impl Iterator<Item = &'t KeyEvidence> {
    table.evidence.keys.iter().filter(|key| {
        let off = key.null_rows.saturating_add(key.duplicate_rows);
        let near = off > 0 && off.saturating_mul(100) <= table.evidence.rows;
        let named = |name: &ColumnName| table.column(name).is_some_and(Column::is_key_named);
        near && key.columns.len() == 1 && key.columns.iter().all(named)
    })
}

fn present(table: &Table<'_>, grain: &[ColumnName], steps: &mut Steps<'_>) {
    let near = near_keys(table).flat_map(|key| &key.columns);
    let mut names: Vec<&ColumnName> = Vec::new();
    for name in grain.iter().chain(&table.terms.required).chain(near) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for column in names {
        let (nulls, blanks) = table.column(column).map_or((0, 0), |column| {
            (column.evidence.nulls, column.evidence.blanks)
        });
        let why = format!(
            "{column} must have a value; in Bronze {} have none",
            counted(nulls.saturating_add(blanks), "row")
        );
        let evidence = [steps.fact(column, format!("nulls={nulls} blanks={blanks}"))];
        push(
            name("not-null", [column]),
            Expectation::NotNull(column.clone()),
            why,
            evidence,
            steps,
        );
    }
}

/// Code sets of text without rare values, as they are after folding.
fn domains(table: &Table<'_>, steps: &mut Steps<'_>) {
    for column in table.columns.iter().filter(|column| column.is_text()) {
        let still_text = steps.schema().type_of(column.name) == Some(ColumnType::Text);
        let codes = column.codes();
        let is_whole = column.evidence.rare_cells == 0
            && column.evidence.codes.is_some()
            && column.filled() >= CELLS_A_CODE.saturating_mul(codes.len() as u64);
        let open = column.has_word(names::COUNTRY) || column.is_key_named();
        if !still_text || !is_whole || open || codes.is_empty() || codes.len() > MAX_DOMAIN {
            continue;
        }
        let nulled = super::missing::tokens(column);
        let map = steps.map_of(column.name);
        let mut allowed: Vec<String> = codes
            .into_iter()
            .map(|code| code.value)
            .filter(|code| !nulled.contains(code))
            .map(|code| label(map, code))
            .collect();
        allowed.sort_unstable();
        allowed.dedup();
        if allowed.is_empty() {
            continue;
        }
        let why = format!(
            "{} has {} and no other, in {}",
            column.name,
            counted(allowed.len() as u64, "code"),
            counted(column.filled(), "cell"),
        );
        let evidence = [steps.fact(column.name, format!("codes={} rare_cells=0", allowed.len()))];
        let allowed = allowed.into_iter().map(Literal::Text).collect();
        let that = Expectation::ValueDomain {
            column: column.name.clone(),
            allowed,
        };
        push(name("domain", [column.name]), that, why, evidence, steps);
    }
}

fn label(map: Option<&MapValues>, code: String) -> String {
    map.and_then(|map| map.map.get(&code.to_lowercase()))
        .cloned()
        .unwrap_or(code)
}

fn doubts(table: &Table<'_>, steps: &mut Steps<'_>) {
    // What each doubt leaves in place, as a pattern of the cells that are meant.
    const SLASHED: &str = r"^\s*[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}";
    const NUMBER: &str = r"^\s*[-+]?[0-9]+(\.[0-9]+)?\s*$";
    const MARKED: &str = r"^\s*[-+]?[0-9]{1,3}[.,][0-9]{3}\s*$";
    for facts in &table.columns {
        let Some(doubt) = facts.verdict.doubt else {
            continue;
        };
        if steps.schema().type_of(facts.name) != Some(ColumnType::Text) {
            continue;
        }
        let matches = |pattern| call(Function::Matches, [column(facts.name), text(pattern)]);
        let not = |test| call(Function::Not, [test]);
        let (what, that, why, count) = match doubt {
            Doubt::DayOrMonth(count) => (
                "day-or-month",
                not(matches(SLASHED)),
                format!(
                    "{} of {} are dates whose day and month nobody can tell apart: it stays text",
                    counted(count, "value"),
                    facts.name
                ),
                count,
            ),
            Doubt::NotNumbers(count) => (
                "numeric",
                matches(NUMBER),
                format!(
                    "All but {} of {} are plain numbers: it stays text",
                    thousands(count),
                    facts.name
                ),
                count,
            ),
            Doubt::PointOrGroup(count) => (
                "point-or-group",
                not(matches(MARKED)),
                format!(
                    "{} of {} have a mark that may be a point or a group: it stays text",
                    counted(count, "number"),
                    facts.name
                ),
                count,
            ),
        };
        let evidence = [steps.fact(facts.name, format!("{what} cells={count}"))];
        push(
            name(what, [facts.name]),
            Expectation::Predicate(that),
            why,
            evidence,
            steps,
        );
    }
}

fn push(
    name: String,
    that: Expectation,
    why: String,
    evidence: [String; 1],
    steps: &mut Steps<'_>,
) {
    let operation = Expect {
        name,
        that,
        on_fail: OnFail::Warn,
        threshold: 0,
    };
    steps.push(why, evidence, OperationKind::Expect(operation));
}
