//! The operations on rows and columns, in the interpreter and in Polars, alone and after rows left.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, OperationKind, Schema};
use support::{Oracle, operation, schema, values};

fn table() -> Schema {
    schema(&[
        ("k", ColumnType::Integer),
        ("Some Key", ColumnType::Text),
        ("start", ColumnType::Date),
        ("end", ColumnType::Date),
        (
            "amount",
            ColumnType::Decimal {
                precision: 4,
                scale: 2,
            },
        ),
        ("flag", ColumnType::Boolean),
    ])
}

/// Compares steps on generated rows: as they are, and after rows left the table.
fn agree(steps: &[Json]) {
    // Without an oracle there is nothing to shrink.
    drop(Oracle::shared());
    let plain: Vec<OperationKind> = steps.iter().map(operation).collect();
    let removal = json!({"op": "filter_rows", "predicate": {"column": "flag"}, "disposition": "drop",
        "reason": "r"});
    let later: Vec<_> = std::iter::once(operation(&removal))
        .chain(plain.clone())
        .collect();
    let table = table();
    let types = table.columns().iter().map(|(_, ty)| *ty).collect();
    let config = ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(rows in values::rows(types))| {
        for steps in [&plain, &later] {
            let outcome = Oracle::shared().compare(steps, &table, &rows);
            prop_assert_eq!(outcome, Ok(()));
        }
    });
}

#[test]
fn dedupe_latest_keeps_the_first_in_a_total_order() {
    for (order, losers) in [
        (json!([{"row": "last"}]), "quarantine"),
        (json!([{"descending": "start"}, {"row": "first"}]), "drop"),
        (
            json!([{"ascending": "amount"}, {"descending": "flag"}, {"row": "last"}]),
            "quarantine",
        ),
    ] {
        agree(&[
            json!({"op": "dedupe_latest", "keys": ["k"], "order_by": order, "losers": losers}),
        ]);
        agree(&[
            json!({"op": "dedupe_latest", "keys": ["flag", "k"], "order_by": order, "losers": losers}),
        ]);
    }
}

#[test]
fn dedupe_exact_keeps_the_first_of_equal_rows() {
    for columns in [
        json!([]),
        json!(["k"]),
        json!(["flag", "k"]),
        json!(["flag"]),
    ] {
        agree(&[json!({"op": "dedupe_exact", "columns": columns, "losers": "quarantine"})]);
    }
}

#[test]
fn close_interval_ends_a_row_before_the_next_begins() {
    for (key, end, days) in [("k", "end", 1), ("flag", "end", 0), ("flag", "until", 1)] {
        agree(&[
            json!({"op": "close_interval", "key": [key], "start": "start", "end_into": end,
            "minus_days": days}),
        ]);
    }
}

#[test]
fn columns_are_selected_dropped_renamed_and_ensured() {
    agree(&[json!({"op": "select_columns", "columns": ["amount", "k"]})]);
    agree(&[json!({"op": "drop_columns", "columns": ["amount", "flag"], "reason": "unused"})]);
    agree(&[json!({"op": "rename_columns", "style": "snake_case"})]);
    agree(&[json!({"op": "rename_columns", "map": {"k": "flag", "flag": "k"}})]);
    let listed = json!([{"name": "new", "type": "float"}, {"name": "k", "type": "integer"}]);
    for extra in ["keep", "drop"] {
        agree(&[json!({"op": "ensure_columns", "schema": listed, "extra": extra})]);
    }
}

#[test]
fn steps_follow_each_other() {
    let known = json!({"fn": "not", "args": [{"fn": "is_null", "args": [{"column": "k"}]}]});
    agree(&[
        json!({"op": "rename_columns", "map": {"Some Key": "code"}}),
        json!({"op": "trim", "columns": ["code"], "side": "both"}),
        json!({"op": "filter_rows", "predicate": known, "disposition": "quarantine", "reason": "no key"}),
        json!({"op": "dedupe_latest", "keys": ["k"], "order_by": [{"row": "last"}], "losers": "quarantine"}),
        json!({"op": "expect", "name": "one", "that": {"unique": ["k"]}, "on_fail": "fail"}),
        json!({"op": "null_if", "columns": ["code"], "tokens": ["a", "n/a"], "ignore_case": true}),
        json!({"op": "expect", "name": "code", "that": {"unique": ["code"]}, "on_fail": "warn"}),
        json!({"op": "set_where", "column": "end", "to": {"column": "start"},
            "when": {"fn": "less", "args": [{"column": "end"}, {"column": "start"}]}}),
        json!({"op": "derive", "into": "days",
            "expression": {"fn": "date_diff", "args": [{"literal": {"text": "day"}}, {"column": "start"}, {"column": "end"}]}}),
        json!({"op": "expect", "name": "order", "that": {"order": {"first": "start", "second": "end"}}, "on_fail": "fail"}),
        json!({"op": "drop_columns", "columns": ["flag"], "reason": "unused"}),
        json!({"op": "publish", "mode": "replace"}),
    ]);
}
