//! The operations of rows and expressions, in the interpreter and in Polars.

mod support;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Schema, Value};
use support::{Oracle, operation, schema, values};

fn table() -> Schema {
    schema(&[
        ("n", ColumnType::Integer),
        ("m", ColumnType::Integer),
        ("s", ColumnType::Text),
        ("t", ColumnType::Text),
    ])
}

fn types(schema: &Schema) -> Vec<ColumnType> {
    schema.columns().iter().map(|(_, ty)| *ty).collect()
}

/// Compares one operation on generated rows.
fn agree(step: &Json) {
    let operations = [operation(step)];
    let table = table();
    // Without an oracle there is nothing to shrink.
    drop(Oracle::shared());
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(rows in values::rows(types(&table)))| {
        let outcome = Oracle::shared().compare(&operations, &table, &rows);
        prop_assert_eq!(outcome, Ok(()));
    });
}

#[test]
fn filter_rows_keeps_the_rows_where_the_predicate_is_true() {
    let predicate = json!({"fn": "less", "args": [{"column": "n"}, {"column": "m"}]});
    agree(
        &json!({"op": "filter_rows", "predicate": predicate, "disposition": "quarantine", "reason": "r"}),
    );
    agree(
        &json!({"op": "filter_rows", "predicate": predicate, "disposition": "drop", "reason": "r"}),
    );
}

#[test]
fn an_expectation_counts_and_removes_the_rows_that_violate_it() {
    for that in [
        json!({"predicate": {"fn": "less", "args": [{"column": "n"}, {"column": "m"}]}}),
        json!({"not_null": "n"}),
        json!({"unique": ["n"]}),
        json!({"unique": ["s", "m"]}),
        json!({"value_domain": {"column": "n", "allowed": [{"integer": 1}, {"integer": -2}]}}),
        json!({"value_domain": {"column": "s", "allowed": [{"text": "a"}, {"text": "A"}]}}),
        json!({"order": {"first": "n", "second": "m"}}),
    ] {
        for on_fail in ["warn", "drop", "quarantine"] {
            agree(&json!({"op": "expect", "name": "x", "that": that, "on_fail": on_fail}));
        }
    }
    for that in [
        json!({"row_count": {"min": 3}}),
        json!({"row_count": {"min": 1, "max": 4}}),
    ] {
        agree(&json!({"op": "expect", "name": "x", "that": that, "on_fail": "warn"}));
    }
}

#[test]
fn rows_that_left_take_no_part_in_later_checks() {
    let steps = [
        operation(
            &json!({"op": "expect", "name": "key", "that": {"not_null": "n"}, "on_fail": "quarantine"}),
        ),
        operation(
            &json!({"op": "expect", "name": "one", "that": {"unique": ["m"]}, "on_fail": "drop"}),
        ),
        operation(
            &json!({"op": "expect", "name": "text", "that": {"not_null": "s"}, "on_fail": "warn"}),
        ),
        operation(
            &json!({"op": "expect", "name": "some", "that": {"row_count": {"min": 5}}, "on_fail": "warn"}),
        ),
    ];
    let table = table();
    let integer = |n: Option<i64>| n.map_or(Value::Null, Value::Integer);
    let row = |n, m, s: &str| {
        vec![
            integer(n),
            integer(m),
            Value::Text(s.to_owned()),
            Value::Null,
        ]
    };
    let mut rows = vec![
        row(None, Some(1), "a"),
        row(Some(1), Some(1), "b"),
        row(Some(2), Some(1), "c"),
    ];
    rows.push(vec![integer(None), integer(None), Value::Null, Value::Null]);
    rows.push(vec![
        integer(Some(3)),
        integer(None),
        Value::Null,
        Value::Null,
    ]);
    assert_eq!(Oracle::shared().compare(&steps, &table, &rows), Ok(()));
}

#[test]
fn an_expectation_that_must_hold_stops_the_run_beyond_its_threshold() {
    let table = table();
    let rows = vec![vec![Value::Null; 4]; 3];
    let expect = |threshold: u64| {
        operation(
            &json!({"op": "expect", "name": "n", "that": {"not_null": "n"}, "on_fail": "fail",
            "threshold": threshold}),
        )
    };
    let compare = |threshold| Oracle::shared().compare(&[expect(threshold)], &table, &rows);
    assert_eq!(compare(3), Ok(()));
    let stopped = compare(2).unwrap_err();
    assert!(
        stopped.contains("expectation `n` of step `step-1` fails for 3 rows"),
        "{stopped}"
    );
}
