//! Rules about which rows stay and what identifies them.

use silversmith_intake::{Brief, Rules, RunInputs, admit};
use silversmith_plan::{RowRelation, TablePlan};
use silversmith_types::evidence::{ColumnEvidence, PersonalKind, TableEvidence};

use super::bronze::{brief, column, dates, decimals, integers, key, only, planned, table};

fn customers() -> TableEvidence {
    let columns = vec![
        ColumnEvidence {
            nulls: 4,
            ..integers("customer_id", 996)
        },
        column("customer_no"),
        dates("created_on", &[("%Y-%m-%d", 1_000, 1_000)]),
        dates("changed_on", &[("%Y-%m-%d", 1_000, 1_000)]),
        dates("birth_date", &[("%Y-%m-%d", 1_000, 1_000)]),
    ];
    TableEvidence {
        keys: vec![key(&["customer_id"], 4, 5), key(&["customer_no"], 0, 5)],
        ..table(1_000, columns)
    }
}

fn plan_of(brief: &Brief) -> TablePlan {
    planned(brief).tables.into_values().next().unwrap()
}

fn contract(consent: &str) -> String {
    format!(
        "apiVersion: v3.0.2\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n- name: t\n  properties:\n  - name: customer_id\n    primaryKey: true\n    required: true\n  customProperties:\n  - property: silversmith.quarantine\n    value: [{consent}]\n"
    )
}

#[test]
fn without_consent_every_row_stays_and_every_defect_of_a_key_is_reported() {
    let plan = plan_of(&brief(vec![("t.csv", customers())], Vec::new(), None));
    assert_eq!(plan.grain.rows, RowRelation::Equal);
    assert_eq!(plan.grain.keys, ["customer_id".parse().unwrap()]);
    let expects = only(
        &plan.steps,
        &["expect", "filter_rows", "dedupe_latest", "dedupe_exact"],
    );
    let names: Vec<&str> = expects
        .iter()
        .map(|line| line.split('"').nth(7).unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "unique-customer-id",
            "unique-customer-no",
            "not-null-customer-id",
            "not-null-customer-no"
        ]
    );
}

#[test]
fn with_consent_null_keys_and_all_but_the_latest_row_go_to_quarantine() {
    let contract = contract("null_key, duplicate_key");
    let plan = plan_of(&brief(
        vec![("t.csv", customers())],
        Vec::new(),
        Some(&contract),
    ));
    assert!(matches!(plan.grain.rows, RowRelation::Subset(_)));
    assert_eq!(
        only(&plan.steps, &["filter_rows", "dedupe_latest"]),
        [
            r#"{"op":"filter_rows","predicate":{"fn":"not","args":[{"fn":"is_null","args":[{"column":"customer_id"}]}]},"disposition":"quarantine","reason":"no value in the key customer_id"}"#,
            r#"{"op":"dedupe_latest","keys":["customer_id"],"order_by":[{"descending":"changed_on"},{"row":"last"}],"losers":"quarantine"}"#,
        ]
    );
}

#[test]
fn consent_to_one_thing_is_no_consent_to_another() {
    let contract = contract("duplicate_row");
    let plan = plan_of(&brief(
        vec![("t.csv", customers())],
        Vec::new(),
        Some(&contract),
    ));
    assert_eq!(
        only(
            &plan.steps,
            &["filter_rows", "dedupe_latest", "dedupe_exact"]
        ),
        [""; 0]
    );
    let repeated = TableEvidence {
        duplicate_rows: 2,
        ..customers()
    };
    let plan = plan_of(&brief(
        vec![("t.csv", repeated)],
        Vec::new(),
        Some(&contract),
    ));
    assert_eq!(
        only(
            &plan.steps,
            &["filter_rows", "dedupe_latest", "dedupe_exact"]
        ),
        [r#"{"op":"dedupe_exact","columns":[],"losers":"quarantine"}"#]
    );
}

#[test]
fn the_grain_is_the_best_key_and_no_amount_date_or_person() {
    let keys = |list: &[&[&str]]| list.iter().map(|columns| key(columns, 0, 0)).collect();
    let columns = || {
        vec![
            decimals("price", 4, 1),
            dates("day", &[("%Y-%m-%d", 4, 4)]),
            ColumnEvidence {
                personal: Some(PersonalKind::Email),
                ..column("email")
            },
            column("label"),
            integers("product_id", 4),
        ]
    };
    let grain = |list: &[&[&str]]| {
        let evidence = TableEvidence {
            keys: keys(list),
            ..table(4, columns())
        };
        plan_of(&brief(vec![("t.csv", evidence)], Vec::new(), None))
            .grain
            .keys
    };
    let names = |list: &[&str]| {
        list.iter()
            .map(|text| text.parse().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        grain(&[&["price"], &["email"], &["label"], &["product_id"]]),
        names(&["product_id"])
    );
    assert_eq!(
        grain(&[&["price"], &["day"], &["email"], &["label"]]),
        names(&["label"])
    );
    assert_eq!(
        grain(&[&["label", "day"], &["price"]]),
        names(&["label", "day"])
    );
    assert_eq!(grain(&[&["price"], &["day"]]), names(&[]));
}

#[test]
fn without_value_evidence_nothing_is_converted() {
    let brief = without_evidence();
    let plan = planned(&brief);
    for table in plan.tables.values() {
        let names: Vec<&str> = table
            .steps
            .iter()
            .map(|step| step.operation.name())
            .collect();
        assert_eq!(names, ["trim", "publish"]);
        assert_eq!(table.grain.rows, RowRelation::Equal);
    }
}

/// A context as the original tool writes it.
fn without_evidence() -> Brief {
    let tables = vec![("a.csv", table(10, vec![column("x"), column("y")]))];
    let context = super::bronze::context_bytes(tables, Vec::new(), false);
    let inputs = RunInputs {
        context: &context,
        report: b"# Report\n",
        contract: None,
        as_of: None,
        bronze: None,
    };
    admit(inputs, &Rules::default()).unwrap().brief
}
