//! A plan and the difference of two as a terminal shows them.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use std::collections::BTreeSet;

use silversmith_plan::{OperationKind, PlanDocument, diff};
use silversmith_report::{plan_diff, plan_table};
use support::{plan, table_name, trial};

#[test]
fn the_plan_of_a_small_shop() {
    insta::assert_snapshot!(plan_table(&plan(), None));
}

#[test]
fn the_plan_with_what_its_trial_counted() {
    insta::assert_snapshot!(plan_table(&plan(), Some(&trial())));
}

#[test]
fn every_operation_has_its_words() {
    let plan = PlanDocument::parse(include_bytes!("fixtures/operations.json")).expect("a plan");
    let steps = plan.tables.values().flat_map(|table| &table.steps);
    let shown: BTreeSet<&str> = steps.map(|step| step.operation.name()).collect();
    assert_eq!(
        shown,
        OperationKind::NAMES.iter().copied().collect(),
        "one of each"
    );
    insta::assert_snapshot!(plan_table(&plan, None));
}

#[test]
fn the_difference_of_two_plans() {
    let old = plan();
    let text = include_str!("fixtures/plan.json")
        .replace(
            "\"country: 332 empty cells\"",
            "\"country: 331 empty cells\"",
        )
        .replace("one label for each gender", "one label a gender")
        .replace("\"%d.%m.%Y\"]", "\"%d.%m.%Y\", \"%m/%d/%Y\"]")
        .replace(
            "\"op\": \"drop_columns\", \"columns\": [\"note\"]",
            "\"op\": \"drop_columns\", \"columns\": [\"note\", \"birth\"]",
        )
        .replace("\"id\": \"slice-6\"", "\"id\": \"slice-6b\"")
        .replace(
            "\"rows\": \"equal\"",
            "\"rows\": { \"subset\": \"equal rows\" }",
        );
    let mut new = PlanDocument::parse(text.as_bytes()).expect("a plan");
    let customers = new
        .tables
        .get_mut(&table_name("customers.csv"))
        .expect("customers");
    customers.steps.swap(0, 1);
    let orders = new.tables[&table_name("orders.csv")].clone();
    new.tables.insert(table_name("returns.csv"), orders);
    insta::assert_snapshot!(plan_diff(&diff(&old, &new)));
    // The other way round every sign turns.
    let back = plan_diff(&diff(&new, &old));
    assert!(back.contains("- returns.csv"), "{back}");
}

#[test]
fn equal_plans_do_not_differ() {
    assert_eq!(
        plan_diff(&diff(&plan(), &plan())),
        "the plans say the same\n"
    );
}

#[test]
fn a_plan_cannot_steer_the_terminal() {
    let mut hostile = plan();
    for step in hostile
        .tables
        .values_mut()
        .flat_map(|table| &mut table.steps)
    {
        step.why = "\u{1b}[2J\u{202e}gone\r\n".to_owned();
        step.id = "\u{1b}]0;x\u{7}".to_owned();
        step.evidence = vec!["\u{9b}31m".to_owned()];
    }
    let both = [
        plan_table(&hostile, None),
        plan_diff(&diff(&plan(), &hostile)),
    ]
    .concat();
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!both.chars().any(steers));
    assert!(both.contains("\\u{1b}[2J\\u{202e}gone\\u{d}\\u{a}"));
}
