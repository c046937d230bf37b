//! A small shop: a plan and what a trial of it might have found, made by hand.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each target uses its part of the support"
)]

use std::collections::BTreeMap;

use serde_json::json;
use silversmith_plan::module::Header;
use silversmith_plan::{PlanDocument, Schema};
use silversmith_report::{ReportInput, RunRecord, render};
use silversmith_types::evidence::{
    ColumnEvidence, Distinct, JoinEvidence, NumberEvidence, PersonalKind, TableEvidence, ValueCount,
};
use silversmith_types::trial::{
    Check, JoinChange, RemovedCount, Sample, StepCount, TableTrial, Timing, TrialReport,
};
use silversmith_types::{ColumnName, Digest, TableName};

/// The plan of the shop.
pub fn plan() -> PlanDocument {
    PlanDocument::parse(include_bytes!("../fixtures/plan.json")).expect("the fixture is a plan")
}

/// What the trial of the plan found.
pub fn trial() -> TrialReport {
    let tables = [("customers.csv", customers()), ("orders.csv", orders())];
    TrialReport {
        module: module(),
        bronze_run: "20260125_214726_#013410d7".parse().expect("a run id"),
        sample: Sample::Full,
        checks: vec![
            check("exit_code", true, "the module ended with 0 in both runs"),
            check(
                "cells_equal",
                true,
                "534,898 of 534,898 cells equal the reference",
            ),
            check(
                "counts_equal",
                true,
                "23 of 23 step counts equal the reference",
            ),
            check(
                "rows_conserved",
                true,
                "78,892 Bronze rows are 78,882 Silver rows and 10 in quarantine",
            ),
            check(
                "deterministic",
                true,
                "two runs with different hash seeds wrote the same bytes",
            ),
            check(
                "idempotent",
                true,
                "a second run over the same Bronze replaced the tables by the same bytes",
            ),
        ],
        tables: tables.map(|(name, trial)| (table_name(name), trial)).into(),
        joins: joins(),
        runtime: Digest::of(b"runtime"),
        sandbox: vec![jail(1412, 411_000_000), jail(1388, 409_500_000)],
        timings: [
            ("reference interpreter", 640),
            ("run 1", 1412),
            ("run 2", 1388),
            ("compare", 310),
            ("profile Silver", 190),
        ]
        .map(|(what, millis)| Timing {
            what: what.to_owned(),
            millis,
        })
        .into(),
    }
}

/// The record of a run.
pub fn run() -> RunRecord {
    let table = |rows: u64, out: u64, quarantined: u64| {
        json!({"status": "SUCCESS", "error": null, "rows_in": rows, "rows_out": out, "quarantined": quarantined,
               "silver_bytes": rows * 61, "silver_sha256": Digest::of(&rows.to_le_bytes()).to_hex(), "duration_s": 0.41})
    };
    let record = json!({
        "run": {"run_id": "20260126_020000_#013410d7", "bronze_run_id": "20260125_214726_#013410d7",
                "started_utc": "2026-01-26T02:00:00Z", "ended_utc": "2026-01-26T02:00:01Z"},
        "env": {"python": "3.11.2", "polars": "2.1.0"},
        "tables": {"customers.csv": table(18_494, 18_484, 10), "orders.csv": table(60_398, 60_398, 0)},
    });
    serde_json::from_value(record).expect("a run record")
}

/// The header of the module.
pub fn header() -> Header {
    Header {
        bronze_run: "20260125_214726_#013410d7".parse().expect("a run id"),
        as_of: "2026-01-25T21:47:26Z".parse().expect("a time"),
        author: "rules/0.1.0".to_owned(),
        tool: "silversmith/0.1.0".to_owned(),
        context: Digest::of(b"context"),
        report: Digest::of(b"report"),
        contract: Some(Digest::of(b"contract")),
        bronze: Some(Digest::of(b"bronze")),
        plan: Digest::of(&plan().to_bytes()),
        skeleton: Digest::of(b"skeleton"),
        transforms: Digest::of(b"transforms"),
    }
}

/// The page of a plan, with or without a trial and a run.
pub fn page(plan: &PlanDocument, trial: Option<&TrialReport>, run: Option<&RunRecord>) -> String {
    let (header, schemas) = (header(), schemas(plan));
    let module = module();
    render(&ReportInput {
        module,
        header: &header,
        brief: None,
        plan,
        schemas: &schemas,
        trial,
        run,
    })
}

/// Digest of the module that the trial is of.
pub fn module() -> Digest {
    Digest::of(b"module")
}

/// The Silver columns that follow from the steps.
pub fn schemas(plan: &PlanDocument) -> BTreeMap<TableName, Schema> {
    let trial = trial();
    let schema = |name: &TableName| {
        let bronze = &trial.tables[name].before.columns;
        let mut schema = Schema::bronze(bronze.iter().map(|column| &column.name));
        for step in &plan.tables[name].steps {
            step.operation
                .as_operation()
                .check(&mut schema)
                .expect("the fixture's steps fit");
        }
        schema
    };
    plan.tables
        .keys()
        .map(|name| (name.clone(), schema(name)))
        .collect()
}

pub fn table_name(name: &str) -> TableName {
    name.parse().expect("a table name")
}

pub fn column_name(name: &str) -> ColumnName {
    name.parse().expect("a column name")
}

fn check(name: &str, ok: bool, detail: &str) -> Check {
    Check {
        name: name.to_owned(),
        ok,
        detail: detail.to_owned(),
    }
}

fn jail(wall_ms: u64, peak: u64) -> serde_json::Value {
    let layer = |name: &str, detail: &str| json!({"name": name, "applied": true, "detail": detail});
    json!({
        "outcome": "exited", "code": 0,
        "usage": {"wall_ms": wall_ms, "cpu_user_ms": wall_ms + 600, "cpu_system_ms": 212,
                  "peak_memory_bytes": peak, "bytes_written": 5_120_400},
        "layers": [
            layer("user-namespace", "an unprivileged user of its own"),
            layer("mount-namespace", "system libraries and the inputs, read-only"),
            layer("network-namespace", "no interface"),
            layer("seccomp", "an allow-list of 118 system calls"),
            {"name": "landlock", "applied": false, "detail": "the kernel does not offer it"},
        ],
        "violations": [],
    })
}

fn customers() -> TableTrial {
    let gender = [
        ("F", 6_102),
        ("M", 5_904),
        ("Female", 3_011),
        ("Male", 2_987),
        (" M", 31),
        ("x", 12),
    ];
    let country = [
        ("US", 7_214),
        ("USA", 260),
        ("AU", 3_588),
        ("Canada", 1_571),
        ("DE", 1_780),
        ("UK", 1_913),
        ("France", 1_824),
        ("??", 12),
    ];
    let labels = [
        ("United States", 7_474),
        ("Australia", 3_588),
        ("Canada", 1_571),
        ("Germany", 1_780),
        ("United Kingdom", 1_913),
        ("France", 1_824),
        ("n/a", 332),
        ("??", 12),
    ];
    TableTrial {
        rows_in: 18_494,
        rows_out: 18_484,
        cells_compared: 147_912,
        quarantined: 10,
        steps: vec![
            count("trim-1", "changed", "cst_key", 17),
            count("trim-1", "changed", "name", 8_412),
            count("trim-1", "changed", "gender", 31),
            count("trim-1", "changed", "country", 0),
            count("map-2", "changed", "gender", 12_037),
            count("map-2", "check", "gender", 12),
            count("map-3", "changed", "country", 14_755),
            count("map-3", "check", "country", 12),
            count("fill-4", "changed", "country", 332),
            count("affix-5", "changed", "cst_key", 11_042),
            count("date-7", "invalid", "created", 0),
            count("date-8", "invalid", "birth", 12),
            count("range-9", "changed", "birth", 16),
            count("cast-10", "invalid", "cst_id", 0),
            count("expect-15", "check", "cst-id-is-unique", 0),
        ],
        removed: vec![removed("filter-11", 4), removed("dedupe-12", 6)],
        before: table(
            18_494,
            vec![
                column("cst_id", 4, 18_484),
                column("cst_key", 0, 18_494),
                personal(column("name", 8, 17_020), PersonalKind::Name),
                codes(column("gender", 447, 6), &gender),
                personal(column("birth", 0, 8_252), PersonalKind::BirthDate),
                codes(column("country", 332, 8), &country),
                column("created", 0, 1_124),
                column("note", 18_494, 0),
            ],
        ),
        after: table(
            18_484,
            vec![
                numbers(column("cst_id", 0, 18_484), 11_000.0, 29_483.0),
                column("cst_key", 0, 18_484),
                column("name", 8, 16_411),
                codes(
                    column("gender", 447, 3),
                    &[("Female", 9_110), ("Male", 8_915), ("x", 12)],
                ),
                column("birth", 28, 8_224),
                codes(column("country", 0, 8), &labels),
                dates(column("created_on", 0, 1_124), "2022-10-06", "2026-01-27"),
                codes(column("region", 0, 2), &[("AW", 18_480)]),
            ],
        ),
    }
}

fn orders() -> TableTrial {
    TableTrial {
        rows_in: 60_398,
        rows_out: 60_398,
        cells_compared: 386_986,
        quarantined: 0,
        steps: vec![
            count("cast-1", "invalid", "quantity", 0),
            count("cast-1", "invalid", "price", 0),
            count("cast-1", "invalid", "amount", 0),
            count("date-2", "invalid", "ordered", 19),
            count("expect-3", "check", "amount-adds-up", 35),
        ],
        removed: vec![],
        before: table(
            60_398,
            vec![
                column("number", 0, 60_398),
                column("customer", 0, 18_484),
                column("quantity", 0, 4),
                column("price", 7, 40),
                column("amount", 8, 52),
                column("ordered", 0, 1_126),
            ],
        ),
        after: table(
            60_398,
            vec![
                column("number", 0, 60_398),
                column("customer", 0, 18_484),
                numbers(column("quantity", 0, 4), 1.0, 10.0),
                numbers(column("price", 7, 40), -2_443.35, 3_578.0),
                numbers(column("amount", 8, 52), -18.5, 35_780.0),
                dates(column("ordered", 19, 1_124), "2010-12-29", "2014-01-28"),
            ],
        ),
    }
}

fn joins() -> Vec<JoinChange> {
    let join = |from: (&str, &str), to: (&str, &str), values: u64, matched: u64| {
        let side = |(table, column): (&str, &str)| json!({"table": table, "column": column});
        let join = json!({"from": side(from), "to": side(to), "from_distinct": values, "matched": matched, "exact": true});
        serde_json::from_value::<JoinEvidence>(join).expect("a join")
    };
    let key = (("orders.csv", "customer"), ("customers.csv", "cst_key"));
    let id = (("orders.csv", "number"), ("customers.csv", "cst_id"));
    vec![
        JoinChange {
            before: join(key.0, key.1, 18_484, 7_442),
            after: Some(join(key.0, key.1, 18_484, 18_484)),
        },
        JoinChange {
            before: join(id.0, id.1, 18_484, 17_902),
            after: Some(join(id.0, id.1, 18_484, 17_902)),
        },
    ]
}

fn count(step: &str, kind: &str, name: &str, count: u64) -> StepCount {
    StepCount {
        step: step.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        count,
    }
}

fn removed(step: &str, rows: u64) -> RemovedCount {
    RemovedCount {
        step: step.to_owned(),
        quarantined: true,
        rows,
    }
}

fn table(rows: u64, columns: Vec<ColumnEvidence>) -> TableEvidence {
    TableEvidence {
        sha256: Digest::of(&rows.to_le_bytes()),
        bytes: rows * 61,
        rows,
        duplicate_rows: 0,
        columns,
        keys: vec![],
        orderings: vec![],
        products: vec![],
    }
}

pub fn column(name: &str, nulls: u64, distinct: u64) -> ColumnEvidence {
    ColumnEvidence {
        name: column_name(name),
        personal: None,
        nulls,
        blanks: 0,
        null_tokens: vec![],
        distinct: Distinct {
            count: distinct,
            exact: true,
        },
        outer_space: 0,
        inner_space: 0,
        not_nfc: 0,
        length: None,
        numbers: NumberEvidence::default(),
        formats: vec![],
        codes: None,
        rare_cells: 0,
        variants: vec![],
        shapes: vec![],
        other_shapes: 0,
    }
}

fn personal(mut column: ColumnEvidence, kind: PersonalKind) -> ColumnEvidence {
    column.personal = Some(kind);
    column
}

pub fn codes(mut column: ColumnEvidence, values: &[(&str, u64)]) -> ColumnEvidence {
    let codes = values.iter().map(|&(value, count)| ValueCount {
        value: value.to_owned(),
        count,
    });
    column.codes = Some(codes.collect());
    column
}

fn numbers(mut column: ColumnEvidence, min: f64, max: f64) -> ColumnEvidence {
    let numbers = json!({"integers": 0, "decimals": 0, "max_scale": 0, "max_digits": 0, "leading_zeros": 0,
                         "oversized": 0, "negative": 0, "zero": 0, "range": {"min": min, "max": max}});
    column.numbers = serde_json::from_value(numbers).expect("number evidence");
    column
}

fn dates(mut column: ColumnEvidence, min: &str, max: &str) -> ColumnEvidence {
    let format = json!({"format": "%Y-%m-%d", "kind": "date", "count": 1, "only": 1, "future": 0, "ancient": 0,
                        "range": {"min": min, "max": max}});
    column.formats = vec![serde_json::from_value(format).expect("format evidence")];
    column
}
