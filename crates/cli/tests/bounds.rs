//! The largest contexts that the bounds of intake admit, each of another worst shape, are judged in
//! 64 MiB of memory.

#![allow(
    clippy::unwrap_used,
    reason = "a failed unwrap in a test is the report"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Map, Value, json};
use silversmith_intake::Limits;

const RUN: &str = "20260301_101500_#00c0ffee";

/// KiB of private memory that the process gets (`ulimit -d`): heap, stack and writable data.
const MEMORY: u32 = 64 << 10;

fn table(name: &str, columns: &[String], suggestions: Vec<String>) -> Value {
    let each = |value: Value| -> Map<String, Value> {
        columns
            .iter()
            .map(|column| (column.clone(), value.clone()))
            .collect()
    };
    json!({
        "table": name, "row_count": 1000, "column_count": columns.len(), "columns": columns,
        "inferred_types": each(json!("string")), "null_counts": each(json!(0)),
        "duplicate_rows": 0, "key_candidates": [], "suggested_silver_transforms": suggestions,
    })
}

fn context(tables: Vec<(String, Value)>) -> Value {
    let outcome = json!({"status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let sizes: Vec<Value> = tables
        .iter()
        .map(|(name, table)| {
            json!({"table": name, "row_count": 1000, "column_count": table["column_count"]})
        })
        .collect();
    let columns: u64 = tables
        .iter()
        .filter_map(|(_, table)| table["column_count"].as_u64())
        .sum();
    let count = tables.len();
    let overview = json!({"table_count": count, "tables": sizes});
    let outcomes: Map<String, Value> = tables
        .iter()
        .map(|(name, _)| (name.clone(), outcome.clone()))
        .collect();
    json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02+00:00",
        "files_total": count, "files_success": count, "files_failed": 0,
        "bronze_tables": outcomes,
        "profile": {"schema_overview": overview, "tables": tables.into_iter().collect::<Map<_, _>>(),
            "errors": []},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": count * 1000,
            "total_columns_processed": columns, "tables_processed": count, "tables_failed": 0},
    })
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("c{at}")).collect()
}

fn column_evidence(name: &str, codes: &[Value]) -> Value {
    json!({
        "name": name, "nulls": 0, "blanks": 0, "distinct": {"count": 1000, "exact": true},
        "outer_space": 0, "inner_space": 0, "not_nfc": 0, "length": {"min": 1, "max": 5},
        "numbers": {"integers": 0, "decimals": 0, "max_scale": 0, "max_digits": 0,
            "leading_zeros": 0, "oversized": 0, "negative": 0, "zero": 0},
        "codes": codes, "rare_cells": 0, "other_shapes": 0,
    })
}

/// One table with as many named values as fit.
fn values(limits: &Limits) -> Value {
    let codes: Vec<Value> = (0..90)
        .map(|at| json!({"value": format!("Kind of customer {at}"), "count": 10}))
        .collect();
    let columns = names(limits.context_nodes / (3 * codes.len() + 60));
    let mut context = context(vec![("t.csv".to_owned(), table("t.csv", &columns, vec![]))]);
    let evidence: Vec<Value> = columns
        .iter()
        .map(|name| column_evidence(name, &codes))
        .collect();
    context["silversmith_evidence"] = json!({
        "version": "silversmith.evidence/v0", "min_count": 10, "joins": [],
        "tables": {"t.csv": {"sha256": "ab".repeat(32), "bytes": 100_000, "rows": 1000,
            "duplicate_rows": 0, "columns": evidence, "keys": [], "orderings": [], "products": []}},
    });
    context
}

fn columns(limits: &Limits) -> Value {
    let each = 100;
    let columns = names(each);
    let name = |at| format!("t{at:04}.csv");
    let tables =
        (0..limits.columns_of_run / each).map(|at| (name(at), table(&name(at), &columns, vec![])));
    context(tables.collect())
}

fn with_suggestions(suggestions: Vec<String>) -> Value {
    context(vec![(
        "t.csv".to_owned(),
        table("t.csv", &names(1), suggestions),
    )])
}

fn with_unknown(value: Value) -> Value {
    let mut context = with_suggestions(vec![]);
    context["extra"] = value;
    context
}

/// What `check` says with so little memory.
fn check(folder: &Path, context: &[u8]) -> Output {
    let (context_file, report_file) = (folder.join("context.json"), folder.join("report.md"));
    std::fs::write(&context_file, context).unwrap();
    std::fs::write(&report_file, format!("Bronze run {RUN}\n")).unwrap();
    let limited = format!("ulimit -d {MEMORY} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args([
        "-c",
        &limited,
        env!("CARGO_BIN_EXE_silversmith"),
        "check",
        "--json",
    ]);
    command
        .arg("--context")
        .arg(context_file)
        .arg("--report")
        .arg(report_file);
    command.current_dir(folder).output().unwrap()
}

#[test]
fn the_largest_inputs_are_judged_in_little_memory() {
    let limits = Limits::default();
    let room = limits.context_nodes - 200;
    let deep = (0..limits.context_depth - 3).fold(json!(0), |inner, _| json!([inner]));
    let members: Map<String, Value> = (0..limits.columns)
        .map(|at| (format!("k{at}"), json!(0)))
        .collect();
    let long = "\u{e4}".repeat(limits.text_chars);
    for (shape, context) in [
        ("values", values(&limits)),
        ("columns", columns(&limits)),
        (
            "texts",
            with_suggestions(vec![long.clone(); limits.context_bytes / (long.len() + 4)]),
        ),
        ("short texts", with_suggestions(vec!["-".to_owned(); room])),
        (
            "depth",
            with_unknown(json!(vec![deep; room / limits.context_depth])),
        ),
        (
            "objects",
            with_unknown(json!(vec![json!({"a": 1}); room / 2 - 1])),
        ),
        ("lists", with_unknown(json!(vec![json!([]); room]))),
        (
            "members",
            with_unknown(json!(vec![members; room / (limits.columns + 1)])),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let bytes = serde_json::to_vec(&context).unwrap();
        assert!(
            bytes.len() <= limits.context_bytes,
            "{shape}: {}",
            bytes.len()
        );
        let output = check(folder.path(), &bytes);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            said["verdict"], "admitted",
            "{shape}: {} {errors}",
            said["findings"]
        );
    }
}

#[test]
fn what_is_beyond_a_bound_is_refused_in_little_memory() {
    let limits = Limits::default();
    let nodes = with_suggestions(vec!["-".to_owned(); limits.context_nodes]);
    for (shape, bytes, code) in [
        (
            "bytes",
            vec![b'['; limits.context_bytes * 4],
            "SS-INTAKE-001",
        ),
        (
            "nodes",
            serde_json::to_vec(&nodes).unwrap(),
            "SS-INTAKE-002",
        ),
        ("depth", vec![b'['; limits.context_bytes], "SS-INTAKE-002"),
        (
            "a list that never ends",
            "[{},".repeat(60_000).into_bytes(),
            "SS-INTAKE-002",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = check(folder.path(), &bytes);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert_eq!(said["verdict"], "rejected", "{shape}: {said}");
        assert_eq!(said["findings"][0]["code"], code, "{shape}: {said}");
    }
}
