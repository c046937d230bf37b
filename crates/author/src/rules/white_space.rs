//! White space that means nothing.

use silversmith_plan::OperationKind;
use silversmith_plan::ops::trim::{Side, Trim};
use silversmith_types::ColumnName;
use silversmith_types::evidence::PersonalKind;

use super::steps::{Steps, counted, listed};
use super::table::{Column, Table, total};

/// Fires when cells begin or end with white space or hold nothing else, and in names and code sets
/// also when they hold runs of it. Emits `trim`, which makes blank cells null; runs become one space
/// in names and codes alone, since a text may be laid out with them. Evidence: `outer_space`,
/// `blanks`, `inner_space`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let (collapsed, trimmed): (Vec<&Column<'_>>, Vec<&Column<'_>>) = table
        .columns
        .iter()
        .filter(|column| needs(column))
        .partition(|column| collapses(column));
    for (columns, collapse_inner) in [(trimmed, false), (collapsed, true)] {
        for columns in columns.chunks(super::COLUMNS_A_STEP) {
            push(columns, collapse_inner, steps);
        }
    }
}

fn needs(column: &Column<'_>) -> bool {
    column.evidence.outer_space > 0 || column.evidence.blanks > 0 || collapses(column)
}

fn collapses(column: &Column<'_>) -> bool {
    let short = column.evidence.codes.is_some() && column.evidence.personal.is_none();
    let is_name = column.evidence.personal == Some(PersonalKind::Name);
    column.evidence.inner_space > 0 && (short || is_name)
}

fn push(columns: &[&Column<'_>], collapse_inner: bool, steps: &mut Steps<'_>) {
    let sum = |count: fn(&Column<'_>) -> u64| total(columns.iter().map(|column| count(column)));
    let mut parts = Vec::new();
    let outer = sum(|column| column.evidence.outer_space);
    if outer > 0 {
        parts.push(format!(
            "{} with outer white space",
            counted(outer, "value")
        ));
    }
    let blanks = sum(|column| column.evidence.blanks);
    if blanks > 0 {
        parts.push(format!("{} of white space alone", counted(blanks, "cell")));
    }
    let inner = sum(|column| column.evidence.inner_space);
    if collapse_inner {
        parts.push(format!(
            "{} with runs of white space inside",
            counted(inner, "value")
        ));
    }
    let names: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
    let why = format!("{}: {}", listed(&names), parts.join(", "));
    let facts = columns.iter().map(|column| {
        let found = column.evidence;
        let counts = [
            ("outer_space", found.outer_space),
            ("blanks", found.blanks),
            (
                "inner_space",
                if collapse_inner { found.inner_space } else { 0 },
            ),
        ];
        let shown = counts.iter().filter(|(_, count)| *count > 0);
        let shown: Vec<String> = shown
            .map(|(name, count)| format!("{name}={count}"))
            .collect();
        steps.fact(column.name, shown.join(" "))
    });
    let evidence: Vec<String> = facts.collect();
    let operation = Trim {
        columns: names,
        side: Side::Both,
        chars: None,
        collapse_inner,
    };
    steps.push(why, evidence, OperationKind::Trim(operation));
}
