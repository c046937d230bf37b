//! What is on record of personal data: every such column, and what the plan does with it.

#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use serde_json::{Value, json};
use silversmith_intake::{Admitted, Rules, RunInputs, admit};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_report::DataPolicy;

const RUN: &str = "20260301_101500_#00c0ffee";
const COLUMNS: [&str; 6] = [
    "id",
    "first_name",
    "email",
    "phone",
    "jane.doe@example.com",
    "amount",
];

fn admitted() -> Admitted {
    let each = |value: Value| -> Value {
        COLUMNS
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect()
    };
    let overview = json!({"table_count": 1, "tables": [
        {"table": "customers.csv", "row_count": 10, "column_count": COLUMNS.len()}]});
    let profile = json!({"table": "customers.csv", "row_count": 10, "column_count": COLUMNS.len(),
        "columns": COLUMNS, "inferred_types": each(json!("string")), "null_counts": each(json!(0)),
        "duplicate_rows": 0, "key_candidates": [],
        "suggested_silver_transforms": ["Ask somebody."]});
    let outcome = json!({"status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let context = json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02+00:00",
        "files_total": 1, "files_success": 1, "files_failed": 0,
        "bronze_tables": {"customers.csv": outcome},
        "profile": {"schema_overview": overview, "tables": {"customers.csv": profile}, "errors": []},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": 10,
            "total_columns_processed": COLUMNS.len(), "tables_processed": 1, "tables_failed": 0},
    });
    let context = context.to_string();
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: RUN.as_bytes(),
        contract: None,
        as_of: None,
        bronze: None,
    };
    admit(inputs, &Rules::default()).unwrap()
}

fn plan(admitted: &Admitted) -> Plan {
    let operations = [
        json!({"op": "hash_key", "columns": ["phone"], "null_token": "null", "into": "phone_key"}),
        json!({"op": "drop_columns", "columns": ["email", "phone"], "reason": "personal_data"}),
        json!({"op": "rename_columns", "map": {"first_name": "given_name"}}),
        json!({"op": "publish", "mode": "replace"}),
    ];
    let steps: Vec<Value> = operations
        .into_iter()
        .enumerate()
        .map(|(at, mut step)| {
            step["id"] = json!(format!("s{at}"));
            step["why"] = json!("because");
            step["evidence"] = json!([]);
            step
        })
        .collect();
    let document = json!({"version": PlanDocument::VERSION, "tables": {"customers.csv": {
        "grain": {"keys": [], "rows": "equal"}, "steps": steps}}});
    let document = PlanDocument::parse(document.to_string().as_bytes()).unwrap();
    Plan::check(document, &admitted.brief).unwrap()
}

#[test]
fn every_personal_field_is_on_record_with_its_treatment() {
    let admitted = admitted();
    let plan = plan(&admitted);
    let policy = DataPolicy::of(&admitted.brief, &plan, &admitted.withheld);
    let bytes = policy.to_bytes();
    let written: Value = serde_json::from_slice(&bytes).unwrap();
    let found: Vec<(&str, &str, &str)> = written["personal_fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            let text = |key: &str| field[key].as_str().unwrap();
            (text("column"), text("kind"), text("treatment"))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("C2", "name", "kept"),
            ("C3", "email", "dropped"),
            ("C4", "phone", "pseudonymised"),
        ]
    );
    assert_eq!(written["personal_fields"][0]["silver"], "given_name");
    assert_eq!(written["personal_fields"][1]["steps"], json!(["s1"]));
    assert_eq!(written["personal_fields"][2]["steps"], json!(["s1", "s0"]));
    assert_eq!(written["derived_fields"].as_array().unwrap().len(), 1);
    assert_eq!(policy.counts()["personal_fields"], 3);
    assert_eq!(policy.counts()["personal_fields_pseudonymised"], 1);
    assert_eq!(policy.counts()["names_masked"], 1);
    assert_eq!(policy.counts()["suggested_transforms_withheld"], 1);
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        !text.contains("jane") && !text.contains("Ask somebody"),
        "{text}"
    );
}
