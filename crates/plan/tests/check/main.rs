//! The guard between what an author wrote and a plan: each defect alone, with its code and its place.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod origins;
mod support;

use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Plan};
use silversmith_types::Digest;

use support::*;

#[test]
fn a_plan_that_passes_is_what_was_written() {
    let case = case([trim(), dates("null"), dedupe(&["id", "line"], "quarantine")]);
    let plan = case.check().unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(*plan.document(), case.document());
    assert_eq!(plan.digest(), Digest::of(&case.document().to_bytes()));
    let shown = |name: &str| {
        let schema = &plan.schemas()[&name.parse().unwrap()];
        let columns = schema.columns().iter();
        columns
            .map(|(name, ty)| (name.to_string(), *ty))
            .collect::<Vec<_>>()
    };
    let text = |name: &str| (name.to_owned(), ColumnType::Text);
    let bronze = [text("id"), text("line"), text("name")];
    let day = |ty| [&bronze[..], &[("day".to_owned(), ty)]].concat();
    assert_eq!(shown(LINES), day(ColumnType::Date));
    assert_eq!(shown(PEOPLE), day(ColumnType::Text));
    assert_eq!(plan.schemas().len(), 2);
}

#[test]
fn a_plan_has_exactly_the_tables_of_the_run() {
    let case = case([]);
    let refused = |tables: Json| {
        let checked = Plan::check(document(tables), &case.brief());
        let errors = checked.expect_err("a defect").into_iter();
        let told = errors.map(|error| (error.code(), error.pointer, error.message));
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        refused(json!({LINES: case.lines()})),
        [(
            "SS-PLAN-002",
            "/tables".to_owned(),
            "table `people.csv` of the run has no plan".to_owned()
        )]
    );
    assert_eq!(
        refused(json!({LINES: case.lines(), PEOPLE: people(), "m~re.csv": people()})),
        [(
            "SS-PLAN-002",
            "/tables/m~0re.csv".to_owned(),
            "table `m~re.csv` is not in the run".to_owned()
        )]
    );
    let none = refused(json!({}));
    assert_eq!(none.len(), 2, "{none:?}");
}

#[test]
fn a_table_ends_with_its_one_publish_step() {
    for steps in [
        vec![],
        vec![trim()],
        vec![publish(), trim()],
        vec![publish(), publish()],
        vec![publish(), trim(), publish()],
    ] {
        let case = Case { steps, ..case([]) };
        case.fails("SS-PLAN-003", "/steps");
    }
    case([]).passes();
}

#[test]
fn a_step_is_refused_where_it_does_not_fit_the_columns_that_it_meets() {
    let order = |terms: Json| {
        json!({"op": "dedupe_latest", "keys": ["id", "line"], "order_by": terms,
            "losers": "quarantine"})
    };
    let without_name = json!({"op": "drop_columns", "columns": ["name"], "reason": "unused"});
    for (steps, below) in [
        (
            vec![json!({"op": "trim", "columns": ["name", "nmae"], "side": "both"})],
            "/steps/0/columns/1",
        ),
        (vec![without_name, trim()], "/steps/1/columns/0"),
        (vec![dates("null"), dates("null")], "/steps/1/columns"),
        (
            vec![json!({"op": "trim", "columns": [], "side": "both"})],
            "/steps/0/columns",
        ),
        (
            vec![filter(json!({"column": "name"}), "quarantine")],
            "/steps/0/predicate",
        ),
        (
            vec![filter(json!({"fn": "and", "args": []}), "quarantine")],
            "/steps/0/predicate/args",
        ),
        (vec![order(json!([]))], "/steps/0/order_by"),
        (
            vec![order(json!([{"descending": "day"}]))],
            "/steps/0/order_by",
        ),
        (
            vec![order(json!([{"row": "last"}, {"ascending": "day"}]))],
            "/steps/0/order_by/0",
        ),
        (
            vec![order(json!([{"ascending": "date"}, {"row": "last"}]))],
            "/steps/0/order_by/0",
        ),
        (
            vec![dedupe(&["id", "lines"], "quarantine")],
            "/steps/0/keys",
        ),
        (
            vec![expect(json!({"unique": ["id", "id"]}), "warn")],
            "/steps/0/that/unique",
        ),
    ] {
        case(steps).fails("SS-PLAN-007", below);
    }
    case([order(json!([{"descending": "day"}, {"row": "last"}]))]).passes();
}

#[test]
fn the_message_names_the_step_and_what_comes_after_it_is_not_judged() {
    let lost = json!({"op": "trim", "columns": ["Name"], "side": "both", "id": "spaces"});
    let nobody = Case {
        consents: Vec::new(),
        keys: vec!["gone"],
        ..case([lost, dedupe(&["id"], "drop")])
    };
    nobody.fails("SS-PLAN-007", "/steps/0/columns/0");
    assert_eq!(
        nobody.message(),
        "step `spaces`: column `Name` does not exist here; did you mean `name`?"
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let lines = Case {
        rows: json!("equal"),
        consents: Vec::new(),
        keys: vec!["name"],
        ..case([dedupe(&["id", "line"], "drop"), publish()])
    };
    let broken = json!({"op": "trim", "columns": ["x"], "side": "both"});
    let tables = json!({
        LINES: lines.lines(),
        PEOPLE: table(&[], &json!("equal"), &[broken]),
        "z.csv": people(),
    });
    let step = ("SS-PLAN-005", inside("/steps/0"));
    assert_eq!(
        found(Plan::check(document(tables), &lines.brief())),
        [
            step.clone(),
            step.clone(),
            step,
            ("SS-PLAN-003", inside("/steps")),
            ("SS-PLAN-006", inside("/grain/keys")),
            (
                "SS-PLAN-007",
                "/tables/people.csv/steps/0/columns/0".to_owned()
            ),
            ("SS-PLAN-002", "/tables/z.csv".to_owned()),
        ]
    );
}

#[test]
fn ids_are_short_plain_and_unique() {
    let with =
        |id: &str| case([json!({"id": id, "op": "trim", "columns": ["name"], "side": "both"})]);
    let longest = "abz09-".repeat(6) + "----";
    assert_eq!(longest.len(), 40);
    with(&longest).passes();
    with("-").passes();
    for id in [
        "",
        "A",
        "a_b",
        "a b",
        "é",
        "a\n",
        "`",
        "{",
        "/",
        ":",
        &format!("{longest}x"),
    ] {
        with(id).fails("SS-PLAN-004", "/steps/0/id");
    }
    // That of the step after it.
    with("s-1").fails("SS-PLAN-004", "/steps/1/id");
}

#[test]
fn reasons_and_evidence_are_short_single_lines() {
    let with = |why: &str, evidence: &[&str]| {
        let mut step = trim();
        step["why"] = json!(why);
        step["evidence"] = json!(evidence);
        case([step])
    };
    let longest = "é".repeat(240);
    with(&longest, &[longest.as_str(); 20]).passes();
    let longer = format!("{longest}e");
    for (why, evidence) in [
        (longer.as_str(), &[][..]),
        ("two\nlines", &[]),
        ("an escape \u{1b}[2J", &[]),
        ("turned \u{202e}round", &[]),
        ("w", &["a line\u{2028}separator"]),
        ("w", &["e", &longer]),
        ("w", &["a\ttab", "e"]),
        ("w", &["e"; 21]),
    ] {
        with(why, evidence).fails("SS-PLAN-004", "/steps/0");
    }
}

#[test]
fn the_reason_for_leaving_rows_out_is_a_short_single_line() {
    let because = |reason: &str| Case {
        rows: json!({"subset": reason}),
        ..case([])
    };
    because(&"é".repeat(240)).passes();
    for reason in ["two\nlines", "turned \u{202e}round", &"e".repeat(241)] {
        because(reason).fails("SS-PLAN-004", "/grain/rows/subset");
    }
    let filtered = |reason: &str| {
        let mut step = filter(not_null("id"), "quarantine");
        step["reason"] = json!(reason);
        case([step])
    };
    filtered("no key").passes();
    for reason in ["", "two\nlines", "turned \u{202e}round"] {
        filtered(reason).fails("SS-PLAN-007", "/steps/0/reason");
    }
}

#[test]
fn a_table_has_no_more_steps_than_a_person_reads() {
    case(vec![trim(); 499]).passes();
    case(vec![trim(); 500]).fails("SS-PLAN-004", "/steps");
}

/// With exactly the consent it needs a removal passes; with all others it does not.
#[test]
fn rows_leave_for_the_reasons_that_were_consented_to() {
    let quarantines = REMOVALS.map(|(step, consent)| (step("quarantine"), consent));
    let invalid = invalid_values().map(|step| (step, "invalid_value"));
    for (step, consent) in quarantines.into_iter().chain(invalid) {
        let with = |consents: Vec<&'static str>| Case {
            consents,
            ..case([trim(), step.clone()])
        };
        with(vec![consent]).passes();
        let others = CONSENTS.into_iter().filter(|other| *other != consent);
        for consents in [others.collect(), Vec::new()] {
            let case = with(consents);
            case.fails("SS-PLAN-005", "/steps/1");
            let message = case.message();
            assert!(message.contains(&format!("({consent})")), "{message}");
        }
    }
}

#[test]
fn without_a_contract_no_row_leaves() {
    let keys = json!([key(&["id", "line"])]);
    let brief = brief(None, Some(&keys));
    for (step, _) in REMOVALS {
        let case = case([step("quarantine")]);
        let checked = Plan::check(case.document(), &brief);
        assert_eq!(found(checked), [("SS-PLAN-005", inside("/steps/0"))]);
    }
}

/// Consent is to quarantine; rows that are dropped are lost, whatever was consented to.
#[test]
fn rows_are_never_dropped_for_good() {
    for (step, _) in REMOVALS {
        let case = case([trim(), step("drop")]);
        case.fails("SS-PLAN-005", "/steps/1");
        let message = case.message();
        assert!(
            message.contains("step `s-1` drops rows for good"),
            "{message}"
        );
    }
}

#[test]
fn a_table_with_all_rows_of_bronze_has_no_step_that_removes_one() {
    let quarantines = REMOVALS.map(|(step, _)| step("quarantine"));
    for step in quarantines.into_iter().chain(invalid_values()) {
        let case = Case {
            rows: json!("equal"),
            ..case([trim(), step])
        };
        case.fails("SS-PLAN-005", "/steps/1");
        let message = case.message();
        assert!(message.contains("rows are equal to Bronze"), "{message}");
    }
    let keeps = [
        dates("null"),
        dates("fail"),
        expect(json!({"not_null": "name"}), "warn"),
        expect(json!({"unique": ["name"]}), "fail"),
        expect(json!({"row_count": {"min": 1}}), "fail"),
    ];
    for step in keeps {
        let case = Case {
            rows: json!("equal"),
            consents: Vec::new(),
            ..case([trim(), step])
        };
        case.passes();
    }
}

/// Of what is no key nobody said that it may be null or repeated at the price of the row.
#[test]
fn consent_for_the_key_is_none_for_other_columns() {
    let steps = [
        filter(not_null("name"), "quarantine"),
        filter(both([not_null("id"), not_null("name")]), "quarantine"),
        dedupe(&["name"], "quarantine"),
        dedupe(&["id"], "quarantine"),
        dedupe(&["id", "line", "name"], "quarantine"),
        expect(json!({"not_null": "name"}), "quarantine"),
        expect(json!({"unique": ["name"]}), "quarantine"),
        expect(json!({"unique": ["id"]}), "quarantine"),
    ];
    for step in steps {
        case([trim(), step]).fails("SS-PLAN-005", "/steps/1");
    }
}

#[test]
fn consent_for_the_key_is_none_where_there_is_no_key() {
    for (step, consent) in REMOVALS {
        let case = Case {
            primary_key: Vec::new(),
            ..case([step("quarantine")])
        };
        match consent {
            "null_key" | "duplicate_key" => case.fails("SS-PLAN-005", "/steps/0"),
            _ => case.passes(),
        }
    }
}

#[test]
fn keys_are_columns_of_the_result() {
    let without_line = json!({"op": "drop_columns", "columns": ["line"], "reason": "unused"});
    let case = case([without_line]);
    case.fails("SS-PLAN-006", "/grain/keys");
    assert_eq!(case.message(), "key column `line` is not in the result");
    // Nothing else is said of such a key, though nothing shows that it is unique either.
    let never = Case {
        keys: vec!["id", "number"],
        ..support::case([])
    };
    never.fails("SS-PLAN-006", "/grain/keys");
}

#[test]
fn keys_are_unique_by_evidence_by_removal_or_by_a_stated_check() {
    let mut estimated = key(&["id", "line"]);
    estimated["exact"] = json!(false);
    let mut repeated = key(&["id", "line"]);
    repeated["duplicate_keys"] = json!(1);
    repeated["duplicate_rows"] = json!(1);
    let no_proofs = [
        json!([]),
        json!([key(&["id"]), key(&["line"]), key(&["line", "name"])]),
        json!([estimated]),
        json!([repeated]),
    ];
    let unproved = |steps: Vec<Json>, evident: &Json| Case {
        evident: evident.clone(),
        ..case(steps)
    };
    for evident in &no_proofs {
        let weak = [
            vec![],
            vec![expect(json!({"not_null": "id"}), "fail")],
            vec![expect(json!({"unique": ["id"]}), "fail")],
            vec![json!({"op": "dedupe_exact", "columns": [], "losers": "quarantine"})],
        ];
        for steps in weak {
            unproved(steps, evident).fails("SS-PLAN-006", "/grain/keys");
        }
        for proof in [
            dedupe(&["id", "line"], "quarantine"),
            expect(json!({"unique": ["id", "line"]}), "warn"),
        ] {
            unproved(vec![proof], evident).passes();
        }
        let keyless = Case {
            keys: Vec::new(),
            ..unproved(vec![], evident)
        };
        keyless.passes();
    }
    // One proof among others is enough.
    unproved(vec![], &json!([key(&["id"]), key(&["id", "line"])])).passes();
    // A key that is removed by is not the key that is claimed.
    let other = Case {
        keys: vec!["name"],
        ..case([dedupe(&["id", "line"], "quarantine")])
    };
    other.fails("SS-PLAN-006", "/grain/keys");
}

#[test]
fn without_value_evidence_a_key_needs_a_stated_check() {
    let contract = contract(&["id", "line"], &CONSENTS);
    let brief = brief(Some(&contract), None);
    let checked = Plan::check(case([]).document(), &brief);
    assert_eq!(found(checked), [("SS-PLAN-006", inside("/grain/keys"))]);
    let stated = case([expect(json!({"unique": ["id", "line"]}), "warn")]);
    let checked = Plan::check(stated.document(), &brief);
    assert_eq!(found(checked), [] as [(&str, String); 0]);
}

#[test]
fn an_error_says_where_and_what_to_do() {
    let told = |case: Case| {
        let error = case.check().expect_err("a defect").swap_remove(0);
        (error.to_string(), error.help().unwrap_or_default())
    };
    let publish = told(Case {
        steps: Vec::new(),
        ..case([])
    });
    assert_eq!(
        publish.0,
        "does not end with its one `publish` step (at /tables/order~0lines.csv/steps)"
    );
    assert!(publish.1.contains("`publish`"), "{}", publish.1);
    let consent = told(Case {
        consents: Vec::new(),
        ..case([dedupe(&["id", "line"], "quarantine")])
    });
    assert!(
        consent.1.contains("silversmith.quarantine"),
        "{}",
        consent.1
    );
    let keys = told(Case {
        keys: vec!["name"],
        ..case([])
    });
    assert!(keys.1.contains("unique in Bronze"), "{}", keys.1);
    let tables = Plan::check(document(json!({})), &case([]).brief());
    let help = tables.expect_err("a defect").swap_remove(0).help();
    assert!(help.is_some_and(|help| help.contains("exactly the tables")));
    let step = told(case([json!({"op": "trim", "columns": [], "side": "both"})]));
    assert!(step.1.contains("plan.schema.json"), "{}", step.1);
    let text = told(case([
        json!({"id": "A", "op": "trim", "columns": ["name"], "side": "both"}),
    ]));
    assert!(text.1.contains("plain ids"), "{}", text.1);
}

/// Rows that agree in some columns, or in those that are left, do not repeat each other.
#[test]
fn consent_to_repeated_rows_is_consent_to_whole_ones() {
    let exact =
        |columns: Json| json!({"op": "dedupe_exact", "columns": columns, "losers": "quarantine"});
    let consenting = |steps: Vec<Json>| Case {
        consents: vec!["duplicate_row"],
        ..case(steps)
    };
    consenting(vec![exact(json!([]))]).passes();
    consenting(vec![exact(json!(["name"]))]).fails("SS-PLAN-005", "/steps/0");
    let drop = json!({"op": "drop_columns", "columns": ["name"], "reason": "unused"});
    consenting(vec![drop, exact(json!([]))]).fails("SS-PLAN-005", "/steps/1");
}
