//! A brief of one small table, for fuzz targets and tests that need some brief to read a plan for.

use std::sync::LazyLock;

use serde_json::{Value, json};
use silversmith_intake::{Brief, Rules, RunInputs, admit};

const RUN: &str = "20260301_101500_#00c0ffee";
/// The columns of its only table, `t.csv`; C1 to C6.
pub(crate) const COLUMNS: [&str; 6] = ["id", "key", "name", "amount", "begins", "ends"];
const CONTRACT: &str = "apiVersion: v3.0.0
kind: DataContract
schema:
  - name: t.csv
    properties:
      - {name: id, primaryKey: true}
    customProperties:
      - property: silversmith.quarantine
        value: [duplicate_key, null_key, duplicate_row, invalid_value]
";

/// It consents to everything.
pub(crate) static BRIEF: LazyLock<Brief> = LazyLock::new(|| {
    let every = |value: Value| -> Value {
        let pairs = COLUMNS.map(|column| (column.to_owned(), value.clone()));
        pairs.into_iter().collect()
    };
    let overview = json!({"table_count": 1,
        "tables": [{"table": "t.csv", "row_count": 10, "column_count": 6}]});
    let context = json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02+00:00",
        "files_total": 1, "files_success": 1, "files_failed": 0,
        "bronze_tables": {"t.csv": {"status": "SUCCESS", "rows_in": 0, "rows_out": 0,
            "schema_in": [], "schema_out": []}},
        "profile": {"schema_overview": overview, "tables": {"t.csv": {
            "table": "t.csv", "row_count": 10, "column_count": 6, "columns": COLUMNS,
            "inferred_types": every(json!("string")), "null_counts": every(json!(0)),
            "duplicate_rows": 0, "key_candidates": [], "suggested_silver_transforms": [],
        }}, "errors": []},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": 10, "total_columns_processed": 6,
            "tables_processed": 1, "tables_failed": 0},
    });
    let context = context.to_string();
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: RUN.as_bytes(),
        contract: Some(CONTRACT.as_bytes()),
        as_of: None,
        bronze: None,
    };
    admit(inputs, &Rules::default())
        .expect("the inputs are good")
        .brief
});
