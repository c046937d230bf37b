//! Modules that were compiled from small plans.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its own part of this module, and a failed unwrap is the report"
)]

use serde_json::{Value, json};
use silversmith_intake::{Brief, Rules, RunInputs, admit};
use silversmith_plan::module::{Header, Module, Origin, TRANSFORMS_BEGIN, TRANSFORMS_END};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_types::Digest;

const RUN: &str = "20260301_101500_#00c0ffee";
const COLUMNS: [&str; 6] = ["id", "key", "name", "amount", "begins", "ends"];

/// A brief with these tables, all of the same six columns, and a contract that allows quarantine.
fn brief(tables: &[&str]) -> Brief {
    let every = |value: Value| -> Value {
        COLUMNS
            .iter()
            .map(|column| ((*column).to_owned(), value.clone()))
            .collect()
    };
    let outcome = json!({"status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let profile = |name: &str| {
        json!({
            "table": name, "row_count": 10, "column_count": 6, "columns": COLUMNS,
            "inferred_types": every(json!("string")), "null_counts": every(json!(0)),
            "duplicate_rows": 0, "key_candidates": [], "suggested_silver_transforms": [],
        })
    };
    let sizes = tables
        .iter()
        .map(|name| json!({"table": name, "row_count": 10, "column_count": 6}));
    let overview = json!({"table_count": tables.len(), "tables": sizes.collect::<Vec<_>>()});
    let by_name = |value: &dyn Fn(&str) -> Value| -> Value {
        tables
            .iter()
            .map(|name| ((*name).to_owned(), value(name)))
            .collect()
    };
    let count = tables.len();
    let context = json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02+00:00",
        "files_total": count, "files_success": count, "files_failed": 0,
        "bronze_tables": by_name(&|_| outcome.clone()),
        "profile": {"schema_overview": overview, "tables": by_name(&profile), "errors": []},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": 10 * count,
            "total_columns_processed": 6 * count, "tables_processed": count, "tables_failed": 0},
    });
    let objects: String = tables
        .iter()
        .map(|name| {
            format!(
                "
  - name: {name}
    properties:
      - {{name: id, primaryKey: true}}
    customProperties:
      - property: silversmith.quarantine
        value: [duplicate_key, null_key, duplicate_row, invalid_value]
"
            )
        })
        .collect();
    let contract = format!("apiVersion: v3.0.0\nkind: DataContract\nschema:{objects}");
    let (context, report) = (context.to_string(), RUN);
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: report.as_bytes(),
        contract: Some(contract.as_bytes()),
        as_of: None,
        bronze: None,
    };
    admit(inputs, &Rules::default()).unwrap().brief
}

/// Compiles steps for each table; `publish` is added.
pub fn compile(tables: &[(&str, Value)]) -> Module {
    let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
    let brief = brief(&names);
    let mut plans = serde_json::Map::new();
    for (name, steps) in tables {
        let mut steps = steps.as_array().unwrap().clone();
        steps.push(json!({"op": "publish", "mode": "replace"}));
        for (at, step) in steps.iter_mut().enumerate() {
            step["id"] = json!(format!("step-{at}"));
            step["why"] = json!("because # \"it\" must be");
            step["evidence"] = json!([]);
        }
        let grain = json!({"keys": [], "rows": {"subset": "some rows leave"}});
        plans.insert((*name).to_owned(), json!({"grain": grain, "steps": steps}));
    }
    let document = json!({"version": PlanDocument::VERSION, "tables": plans});
    let document = PlanDocument::parse(document.to_string().as_bytes()).unwrap();
    let plan = Plan::check(document, &brief).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let origin = Origin {
        author: "rules/0".to_owned(),
        tool: "silversmith/0".to_owned(),
    };
    Module::compile(plan, &brief, &origin).unwrap()
}

/// Two tables, each with one trimmed column.
pub fn small() -> Module {
    let trim = json!([{"op": "trim", "columns": ["name"], "side": "both"}]);
    compile(&[("orders.csv", trim.clone()), ("people.csv", trim)])
}

/// The small module with `from` replaced in its transforms, under a header that agrees with it.
pub fn changed(from: &str, to: &str) -> String {
    let module = small();
    let source = module.source();
    let start = source.find(TRANSFORMS_BEGIN).unwrap() + TRANSFORMS_BEGIN.len() + 1;
    let end = source.find(TRANSFORMS_END).unwrap();
    let transforms = &source[start..end];
    assert!(transforms.contains(from), "{from} is not in\n{transforms}");
    let transforms = transforms.replacen(from, to, 1);
    let mut header = Header::parse(source).unwrap();
    let old = header.render();
    header.transforms = Digest::of(transforms.as_bytes());
    let module = format!("{}{transforms}{}", &source[..start], &source[end..]);
    module.replacen(&old, &header.render(), 1)
}
