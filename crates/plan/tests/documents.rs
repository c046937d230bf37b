//! Plans as JSON: what is read is what was written, and nothing but a plan is read.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use silversmith_plan::{OperationKind, PlanDocument};

const SMALL: &str = include_str!("../../../fuzz/plan/corpus/document/small.json");

#[test]
fn a_plan_reads_back_the_same() {
    let plan = PlanDocument::parse(SMALL.as_bytes()).unwrap();
    let canonical = plan.to_bytes();
    let again = PlanDocument::parse(&canonical).unwrap();
    assert_eq!(again, plan);
    assert_eq!(again.to_bytes(), canonical);
}

/// The seeds of the fuzzer reach every operation, or it would hardly ever find them.
#[test]
fn the_seeds_of_the_fuzzer_hold_every_operation() {
    let text = include_str!("../../../fuzz/plan/corpus/document/operations.json");
    let plan = PlanDocument::parse(text.as_bytes()).unwrap();
    let steps = plan.tables.values().flat_map(|table| &table.steps);
    let held: std::collections::BTreeSet<_> = steps.map(|step| step.operation.name()).collect();
    assert_eq!(held, OperationKind::NAMES.iter().copied().collect());
    let functions = include_str!("../../../fuzz/plan/corpus/document/expressions.json");
    PlanDocument::parse(functions.as_bytes()).unwrap();
}

#[test]
fn every_operation_of_the_vocabulary_has_one_name() {
    let mut names = OperationKind::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 33);
}

#[test]
fn each_defect_is_refused_where_it_is() {
    for (from, to, pointer) in [
        ("silversmith.plan/v0", "silversmith.plan/v1", "/version"),
        ("\"version\":", "\"extra\":1,\"version\":", "/extra"),
        ("\"version\":", "\"version\":\"x\",\"version\":", "/"),
        ("t.csv", "../t.csv", "/tables/..~1t.csv"),
        (
            "\"rows\":\"equal\"",
            "\"rows\":\"some\"",
            "/tables/t.csv/grain",
        ),
        (
            "\"op\":\"trim\"",
            "\"op\":\"exec\"",
            "/tables/t.csv/steps/0",
        ),
        (
            "\"side\":\"both\"",
            "\"side\":\"both\",\"x\":1",
            "/tables/t.csv/steps/0",
        ),
        (
            "\"side\":\"both\"",
            "\"side\":\"top\"",
            "/tables/t.csv/steps/0",
        ),
        (
            "\"why\":\"w\",\"evidence\":[\"e\"]",
            "\"evidence\":[\"e\"]",
            "/tables/t.csv/steps/0",
        ),
        (
            "\"on_error\":\"null\"",
            "\"on_error\":\"ignore\"",
            "/tables/t.csv/steps/1",
        ),
        (
            "\"column\":\"id\"",
            "\"column\":\"\\u202e\"",
            "/tables/t.csv/steps/2",
        ),
    ] {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from}");
        let error = PlanDocument::parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            (error.code(), error.pointer.as_str()),
            ("SS-PLAN-001", pointer),
            "{to}"
        );
        assert!(error.help().is_some());
    }
}
