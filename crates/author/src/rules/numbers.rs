//! Numbers.

use silversmith_plan::ops::cast::Cast;
use silversmith_plan::ops::parse_number::ParseNumber;
use silversmith_plan::{ColumnType, OnError, OperationKind};
use silversmith_types::ColumnName;
use silversmith_types::evidence::Notation;

use super::reading::Reading;
use super::steps::{Steps, counted, listed, thousands};
use super::table::{Column, Table, total};

/// Fires when every value of a column is a number and none is written with a leading zero. Emits
/// `cast` to integer, or to a decimal with as many digits after the point as any value has; never to
/// a float. Values in one other notation go through `parse_number`. Evidence: `numbers`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let mut casts: Vec<(ColumnType, Vec<&Column<'_>>)> = Vec::new();
    for column in &table.columns {
        let to = match &column.verdict.reading {
            Reading::Integer => ColumnType::Integer,
            Reading::Decimal(to) => *to,
            Reading::Notation(notation, to) => {
                push_parse(column, notation, *to, steps);
                continue;
            }
            _ => continue,
        };
        match casts.iter_mut().find(|(known, _)| *known == to) {
            Some((_, columns)) => columns.push(column),
            None => casts.push((to, vec![column])),
        }
    }
    for (to, columns) in casts {
        for columns in columns.chunks(super::COLUMNS_A_STEP) {
            push_cast(columns, to, steps);
        }
    }
}

fn push_cast(columns: &[&Column<'_>], to: ColumnType, steps: &mut Steps<'_>) {
    let names: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
    let values = total(columns.iter().map(|column| column.valued()));
    let what = match to {
        ColumnType::Integer => "integers without leading zeros",
        _ => "plain decimal numbers",
    };
    let why = format!(
        "All {} of {} are {what}",
        counted(values, "value"),
        listed(&names)
    );
    let facts = columns.iter().map(|column| {
        let found = &column.evidence.numbers;
        let fact = format!(
            "numbers integers={} decimals={} max_scale={} leading_zeros=0",
            found.integers, found.decimals, found.max_scale
        );
        steps.fact(column.name, fact)
    });
    let evidence: Vec<String> = facts.collect();
    let operation = Cast {
        columns: names,
        to,
        on_error: OnError::Null,
    };
    steps.push(why, evidence, OperationKind::Cast(operation));
}

fn push_parse(column: &Column<'_>, notation: &Notation, to: ColumnType, steps: &mut Steps<'_>) {
    let numbers = &column.evidence.numbers;
    let known = numbers
        .notations
        .iter()
        .find(|known| known.notation == *notation);
    let count = known.map_or(0, |known| known.count);
    let why = format!(
        "{} of {} in {} are written in one notation, the others as plain numbers",
        thousands(count),
        counted(column.valued(), "number"),
        column.name,
    );
    let fact = format!(
        "numbers notations count={count} integers={} decimals={}",
        numbers.integers, numbers.decimals
    );
    let evidence = [steps.fact(column.name, fact)];
    let operation = ParseNumber {
        columns: vec![column.name.clone()],
        to,
        decimal: notation.decimal,
        group: notation.group,
        currency: notation.currency.iter().cloned().collect(),
        percent: notation.percent,
        parens_negative: false,
        on_error: OnError::Null,
    };
    steps.push(why, evidence, OperationKind::ParseNumber(operation));
}
