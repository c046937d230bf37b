//! The operations of rows and expressions, in the interpreter and in Polars.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

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

#[test]
fn derive_adds_or_replaces_a_column() {
    let product = json!({"fn": "multiply", "args": [{"column": "n"}, {"fn": "abs", "args": [{"column": "m"}]}]});
    let length = json!({"fn": "length", "args": [{"column": "s"}]});
    for (into, expression) in [
        ("new", &product),
        ("n", &product),
        ("s", &length),
        ("n", &length),
    ] {
        agree(&json!({"op": "derive", "into": into, "expression": expression}));
    }
    let constant = json!({"literal": {"text": "all \"of\" them"}});
    agree(&json!({"op": "derive", "into": "new", "expression": constant}));
    agree(&json!({"op": "derive", "into": "new", "expression": {"parameter": "as_of"}}));
}

#[test]
fn set_where_overrides_where_the_condition_is_true() {
    let less = json!({"fn": "less", "args": [{"column": "n"}, {"column": "m"}]});
    agree(&json!({"op": "set_where", "column": "n", "when": less, "to": {"column": "m"}}));
    agree(
        &json!({"op": "set_where", "column": "s", "when": less, "to": {"literal": {"text": "a"}}}),
    );
    let concat = json!({"fn": "concat", "args": [{"column": "s"}, {"column": "t"}]});
    agree(&json!({"op": "set_where", "column": "s", "when": less, "to": concat}));
}

#[test]
fn null_if_knows_tokens_and_conditions() {
    let less = json!({"fn": "less", "args": [{"column": "n"}, {"column": "m"}]});
    let tokens = json!(["a", " N/A", "K", "ß", "AB"]);
    agree(&json!({"op": "null_if", "columns": ["s", "t"], "tokens": tokens}));
    agree(&json!({"op": "null_if", "columns": ["s", "t"], "tokens": tokens, "ignore_case": true}));
    agree(&json!({"op": "null_if", "columns": ["n", "m", "s"], "when": less}));
    agree(&json!({"op": "null_if", "columns": ["t"], "tokens": tokens, "when": less}));
}

#[test]
fn coalesce_columns_takes_the_first_value() {
    agree(&json!({"op": "coalesce_columns", "columns": ["n", "m"], "into": "new"}));
    agree(&json!({"op": "coalesce_columns", "columns": ["s", "t"], "into": "t"}));
}

#[test]
fn a_step_that_says_it_is_idempotent_changes_nothing_the_second_time() {
    let less = json!({"fn": "less", "args": [{"column": "n"}, {"column": "m"}]});
    for step in [
        json!({"op": "set_where", "column": "n", "when": less, "to": {"column": "m"}}),
        json!({"op": "coalesce_columns", "columns": ["s", "t"], "into": "t"}),
        json!({"op": "null_if", "columns": ["s", "t"], "tokens": ["a", "B"], "ignore_case": true}),
        json!({"op": "derive", "into": "n", "expression": {"fn": "length", "args": [{"column": "s"}]}}),
        json!({"op": "filter_rows", "predicate": less, "disposition": "drop", "reason": "r"}),
        json!({"op": "expect", "name": "x", "that": {"unique": ["n", "s"]}, "on_fail": "drop"}),
    ] {
        let operation = operation(&step);
        assert!(operation.as_operation().is_idempotent(), "{step}");
        let config = ProptestConfig {
            failure_persistence: None,
            ..Default::default()
        };
        proptest!(config, |(rows in values::rows(types(&table())))| {
            let steps = [operation.clone(), operation.clone()];
            let once = support::interpret(&steps[..1], &table(), &rows).unwrap();
            let twice = support::interpret(&steps, &table(), &rows).unwrap();
            prop_assert_eq!(once.rows(), twice.rows());
        });
    }
    let grows = json!({"op": "derive", "into": "n",
        "expression": {"fn": "add", "args": [{"column": "n"}, {"literal": {"integer": 1}}]}});
    assert!(!operation(&grows).as_operation().is_idempotent());
}

#[test]
fn steps_that_do_not_fit_the_table_are_refused_where_they_do_not() {
    let condition = json!({"fn": "is_null", "args": [{"column": "n"}]});
    let no_condition = json!({"column": "n"});
    let expect = |that: Json| json!({"op": "expect", "name": "x", "that": that, "on_fail": "warn"});
    for (step, pointer) in [
        (
            json!({"op": "filter_rows", "predicate": no_condition, "disposition": "drop", "reason": "r"}),
            "/predicate",
        ),
        (
            json!({"op": "filter_rows", "predicate": condition, "disposition": "drop", "reason": ""}),
            "/reason",
        ),
        (
            json!({"op": "set_where", "column": "x", "when": condition, "to": {"column": "n"}}),
            "/column",
        ),
        (
            json!({"op": "set_where", "column": "n", "when": no_condition, "to": {"column": "n"}}),
            "/when",
        ),
        (
            json!({"op": "set_where", "column": "n", "when": condition, "to": {"column": "s"}}),
            "/to",
        ),
        (json!({"op": "null_if", "columns": ["s"]}), "/tokens"),
        (
            json!({"op": "null_if", "columns": ["s"], "tokens": ["a", " "]}),
            "/tokens",
        ),
        (
            json!({"op": "null_if", "columns": ["s", "n"], "tokens": ["a"]}),
            "/columns/1",
        ),
        (
            json!({"op": "coalesce_columns", "columns": ["n"], "into": "n"}),
            "/columns",
        ),
        (
            json!({"op": "coalesce_columns", "columns": ["n", "s"], "into": "n"}),
            "/columns/1",
        ),
        (
            json!({"op": "coalesce_columns", "columns": ["n", "m"], "into": "s"}),
            "/into",
        ),
        (
            json!({"op": "derive", "into": "x", "expression": {"column": "y"}}),
            "/expression/column",
        ),
        (
            expect(json!({"predicate": no_condition})),
            "/that/predicate",
        ),
        (expect(json!({"not_null": "x"})), "/that/not_null"),
        (expect(json!({"unique": []})), "/that/unique"),
        (
            expect(json!({"value_domain": {"column": "n", "allowed": []}})),
            "/that/value_domain/allowed",
        ),
        (
            expect(json!({"value_domain": {"column": "n", "allowed": [{"text": "a"}]}})),
            "/that/value_domain/allowed/0",
        ),
        (
            expect(json!({"order": {"first": "n", "second": "s"}})),
            "/that/order",
        ),
        (
            expect(json!({"row_count": {"min": 2, "max": 1}})),
            "/that/row_count/max",
        ),
        (
            json!({"op": "expect", "name": "X", "that": {"not_null": "n"}, "on_fail": "warn"}),
            "/name",
        ),
        (
            json!({"op": "expect", "name": "x", "that": {"not_null": "n"}, "on_fail": "drop", "threshold": 1}),
            "/threshold",
        ),
        (
            json!({"op": "expect", "name": "x", "that": {"row_count": {"min": 1}}, "on_fail": "drop"}),
            "/on_fail",
        ),
    ] {
        let problem = operation(&step)
            .as_operation()
            .check(&mut table())
            .unwrap_err();
        assert_eq!(problem.pointer, pointer, "{step}: {}", problem.message);
    }
}

#[test]
fn rows_are_removed_with_the_consent_that_fits() {
    use silversmith_intake::QuarantineConsent::{DuplicateKey, InvalidValue, NullKey};
    let known = json!({"fn": "not", "args": [{"fn": "is_null", "args": [{"column": "n"}]}]});
    let less = json!({"fn": "less", "args": [{"column": "n"}, {"column": "m"}]});
    let filter = |predicate: &Json| json!({"op": "filter_rows", "predicate": predicate, "disposition": "drop", "reason": "r"});
    let expect = |that: Json, on_fail| json!({"op": "expect", "name": "x", "that": that, "on_fail": on_fail});
    for (step, consent) in [
        (filter(&known), Some(NullKey)),
        (filter(&less), Some(InvalidValue)),
        (
            expect(json!({"not_null": "n"}), "quarantine"),
            Some(NullKey),
        ),
        (expect(json!({"unique": ["n"]}), "drop"), Some(DuplicateKey)),
        (
            expect(json!({"predicate": less}), "drop"),
            Some(InvalidValue),
        ),
        (expect(json!({"predicate": less}), "warn"), None),
        (expect(json!({"unique": ["n"]}), "fail"), None),
    ] {
        let operation = operation(&step);
        let operation = operation.as_operation();
        assert_eq!(operation.removal(), consent, "{step}");
        assert_eq!(
            operation.loses_rows(),
            step.to_string().contains("\"drop\""),
            "{step}"
        );
    }
}
