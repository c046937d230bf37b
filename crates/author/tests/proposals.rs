//! Every operation of the vocabulary, said with aliases, is the plan that says it with names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may read files, and fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};
use silversmith_author::proposal;
use silversmith_plan::{OperationKind, PlanDocument};

#[path = "../../../fuzz/brief.rs"]
mod brief;

use brief::{BRIEF, COLUMNS};

/// The plans that fuzzing starts from: each operation is in one of them, on columns of one table.
fn plans() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/plan/corpus/compile");
    let entries = std::fs::read_dir(folder).unwrap();
    let texts = entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    texts
        .map(|text| serde_json::from_slice(&text).unwrap())
        .collect()
}

/// The plan as an author writes it: aliases for names, wherever a name stands alone.
fn with_aliases(value: &Value) -> Value {
    let alias = |text: &str| {
        let at = COLUMNS.iter().position(|column| *column == text)?;
        Some(format!("C{}", at + 1))
    };
    match value {
        Value::String(text) => json!(alias(text).unwrap_or_else(|| text.clone())),
        Value::Array(items) => items.iter().map(with_aliases).collect(),
        Value::Object(members) => {
            // The columns that `rename_columns` renames are members, and no others are columns.
            let renames = members.get("op") == Some(&json!("rename_columns"));
            let member = |(key, value): (&String, &Value)| match (key.as_str(), value) {
                ("map", Value::Object(map)) if renames => {
                    let pairs = map.iter();
                    let map: Map<_, _> = pairs
                        .map(|(from, to)| (alias(from).unwrap_or(from.clone()), to.clone()))
                        .collect();
                    (key.clone(), Value::Object(map))
                }
                _ => (key.clone(), with_aliases(value)),
            };
            members.iter().map(member).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn a_proposal_with_aliases_is_the_plan_with_names() {
    let mut seen = BTreeSet::new();
    for plan in plans() {
        let table = &plan["tables"]["t.csv"];
        let steps = with_aliases(&table["steps"]);
        for step in steps.as_array().unwrap() {
            seen.insert(step["op"].as_str().unwrap().to_owned());
        }
        let proposal = json!({"tables": {"T1": {
            "keys": with_aliases(&table["grain"]["keys"]), "rows": table["grain"]["rows"],
            "steps": steps,
        }}});
        let read = proposal::read(proposal.to_string().as_bytes(), &BRIEF).unwrap();
        let read = PlanDocument::parse(&read).unwrap();
        let expected = PlanDocument::parse(plan.to_string().as_bytes()).unwrap();
        assert_eq!(read, expected, "{proposal}");
    }
    let all: BTreeSet<String> = OperationKind::NAMES
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(seen, all);
}

/// A step by the name of its operation, with columns by number, says the same as one with aliases.
#[test]
fn the_short_form_is_the_long_one() {
    for (short, long) in [
        (
            json!({"trim": [3]}),
            json!({"op": "trim", "columns": ["C3"]}),
        ),
        (json!({"trim": 3}), json!({"op": "trim", "columns": ["C3"]})),
        (
            json!({"trim": ["C3"]}),
            json!({"op": "trim", "columns": ["C3"]}),
        ),
        (
            json!({"slice_text": 3, "start": 2}),
            json!({"op": "slice_text", "column": "C3", "start": 2}),
        ),
        (
            json!({"derive": "new", "expression": {"column": 3}}),
            json!({"op": "derive", "into": "new", "expression": {"column": "C3"}}),
        ),
        (
            json!({"set_where": 3, "to": {"column": 1}, "when": {"fn": "is_null", "args": [{"column": 3}]}}),
            json!({"op": "set_where", "column": "C3", "to": {"column": "C1"},
                "when": {"fn": "is_null", "args": [{"column": "C3"}]}}),
        ),
        (
            json!({"close_interval": 1, "start": 5, "end_into": 6, "minus_days": 1}),
            json!({"op": "close_interval", "key": ["C1"], "start": "C5", "end_into": "C6", "minus_days": 1}),
        ),
        (
            json!({"filter_rows": {"column": 2}, "reason": "r"}),
            json!({"op": "filter_rows", "predicate": {"column": "C2"}, "reason": "r"}),
        ),
        (
            json!({"dedupe_latest": [1], "order_by": [{"descending": 5}]}),
            json!({"op": "dedupe_latest", "keys": ["C1"], "order_by": [{"descending": "C5"}]}),
        ),
        (
            json!({"rename_columns": {"3": "C1"}}),
            json!({"op": "rename_columns", "map": {"C3": "C1"}}),
        ),
        (
            json!({"ensure_columns": [{"name": 1, "type": "text"}], "extra": "keep"}),
            json!({"op": "ensure_columns", "schema": [{"name": "C1", "type": "text"}], "extra": "keep"}),
        ),
        (
            json!({"add_metadata": ["load_id"], "prefix": "_"}),
            json!({"op": "add_metadata", "add": ["load_id"], "prefix": "_"}),
        ),
        (
            json!({"expect": {"order": {"first": 5, "second": 6}}}),
            json!({"op": "expect", "that": {"order": {"first": "C5", "second": "C6"}}}),
        ),
        (
            json!({"publish": "replace"}),
            json!({"op": "publish", "mode": "replace"}),
        ),
    ] {
        let plan = |step: &Value| {
            let answer = json!({"tables": {"T1": {"keys": [], "steps": [step]}}}).to_string();
            let plan = proposal::read(answer.as_bytes(), &BRIEF).unwrap();
            serde_json::from_slice::<Value>(&plan).unwrap()
        };
        assert_eq!(plan(&short), plan(&long), "{short}");
    }
}

/// What cannot be read as one step is none.
#[test]
fn a_step_names_one_operation_once() {
    for step in [
        json!({}),
        json!({"trims": [1]}),
        json!({"trim": [1], "cast": [1], "to": "integer"}),
        json!({"trim": [1], "columns": [2]}),
        json!({"op": 7}),
    ] {
        let answer = json!({"tables": {"T1": {"steps": [step]}}}).to_string();
        let refused = proposal::read(answer.as_bytes(), &BRIEF).unwrap_err();
        assert_eq!(refused.code(), "SS-AUTHOR-006", "{step}");
    }
}

/// To name keys is to promise something, and a promise is expected to be kept. Where steps expect it
/// themselves, or the columns may be others at the end, nothing is added.
#[test]
fn keys_are_expected_to_identify() {
    let count = |keys: Value, steps: Value| {
        let answer = json!({"tables": {"T1": {"keys": keys, "steps": steps}}}).to_string();
        let plan = proposal::read(answer.as_bytes(), &BRIEF).unwrap();
        let plan: Value = serde_json::from_slice(&plan).unwrap();
        let steps = plan["tables"]["t.csv"]["steps"].as_array().unwrap().clone();
        steps.iter().filter(|step| step["op"] == "expect").count()
    };
    assert_eq!(count(json!([1, 2]), json!([])), 3);
    assert_eq!(count(json!([]), json!([])), 0);
    assert_eq!(count(json!([1]), json!([{"expect": {"unique": [1]}}])), 1);
    assert_eq!(count(json!([1]), json!([{"expect": {"not_null": 2}}])), 3);
    for step in [
        json!({"rename_columns": {"2": "b"}}),
        json!({"drop_columns": [2], "reason": "unused"}),
        json!({"select_columns": [1]}),
    ] {
        assert_eq!(count(json!([1]), json!([step])), 0);
    }
}

/// What a proposal leaves out has its usual value, and every step a name of its own.
#[test]
fn what_has_a_usual_value_may_be_left_out() {
    let proposal = json!({"tables": {"T1": {"steps": [
        {"op": "trim", "columns": ["C3"]},
        {"op": "normalize_unicode", "columns": ["C3"]},
        {"op": "strip_affix", "columns": ["C2"], "prefix": "x"},
        {"op": "replace_text", "columns": ["C3"], "find": "a", "with": "b"},
        {"op": "map_values", "columns": ["C3"], "map": {"a": "b"}},
        {"op": "restrict_domain", "columns": ["C3"], "allowed": ["b"]},
        {"op": "parse_number", "columns": ["C4"], "to": "float"},
        {"op": "parse_boolean", "columns": ["C2"], "true": ["y"], "false": ["n"]},
        {"op": "parse_timestamp", "columns": ["C5"], "formats": ["%Y-%m-%d %H:%M:%S"]},
        {"op": "parse_date", "columns": ["C6"], "formats": ["%Y-%m-%d"]},
        {"op": "cast", "columns": ["C1"], "to": "integer"},
        {"op": "round_number", "columns": ["C4"], "scale": 2},
        {"op": "filter_rows", "reason": "r", "predicate": {"column": "C2"}},
        {"op": "dedupe_exact", "columns": ["C1"]},
        {"op": "dedupe_latest", "keys": ["C1"], "order_by": [{"row": "last"}]},
        {"op": "expect", "that": {"not_null": "C1"}},
    ]}}});
    let read = proposal::read(proposal.to_string().as_bytes(), &BRIEF).unwrap();
    let plan = PlanDocument::parse(&read).unwrap();
    insta::assert_snapshot!(String::from_utf8(plan.to_bytes()).unwrap());
}

/// No literal becomes a name, whatever it looks like.
#[test]
fn values_of_cells_are_left_alone() {
    let literal = json!({"literal": {"text": "C3"}});
    let steps = json!([
        {"op": "null_if", "columns": ["C1"], "tokens": ["C2"]},
        {"op": "map_values", "columns": ["C1"], "map": {"C2": "C3"}},
        {"op": "restrict_domain", "columns": ["C1"], "allowed": ["C2"]},
        {"op": "fill_null", "columns": ["C1"], "literal": {"text": "C2"}},
        {"op": "replace_text", "columns": ["C1"], "find": "C2", "with": "C3"},
        {"op": "parse_boolean", "columns": ["C2"], "true": ["C1"], "false": ["C3"]},
        {"op": "set_where", "column": "C1", "to": literal, "when": {"fn": "equal", "args": [{"column": "C1"}, literal]}},
        {"op": "expect", "that": {"value_domain": {"column": "C1", "allowed": [{"text": "C2"}]}}},
    ]);
    let proposal = json!({"tables": {"T1": {"steps": steps}}}).to_string();
    let read = proposal::read(proposal.as_bytes(), &BRIEF).unwrap();
    let text = String::from_utf8(read).unwrap();
    // In the steps above the literals are C2 and C3, and C1 in `true`; every column is C1 or the C2 of one step.
    for (alias, expected) in [("\"C1\"", 1), ("\"C2\"", 6), ("\"C3\"", 5)] {
        assert_eq!(text.matches(alias).count(), expected, "{alias} in {text}");
    }
}
