//! Small plans, and the brief that they are checked against.

use serde_json::{Value as Json, json};
use silversmith_intake::{Brief, Rules, RunInputs, admit};
use silversmith_plan::{Plan, PlanDocument, PlanError};
use silversmith_types::Digest;

pub(crate) const RUN: &str = "20260301_101500_#00c0ffee";
pub(crate) const ROWS: u64 = 10;
pub(crate) const COLUMNS: [&str; 4] = ["id", "line", "name", "day"];
/// The table that the cases are about, and one beside it; the tilde must be escaped in pointers.
pub(crate) const LINES: &str = "order~lines.csv";
pub(crate) const PEOPLE: &str = "people.csv";
pub(crate) const CONSENTS: [&str; 4] = [
    "duplicate_key",
    "null_key",
    "duplicate_row",
    "invalid_value",
];

/// The plan of `order~lines.csv` and what is known of that table. As made, everything is in order.
pub(crate) struct Case {
    /// The primary key in the contract.
    pub(crate) primary_key: Vec<&'static str>,
    /// The quarantine that the contract consents to.
    pub(crate) consents: Vec<&'static str>,
    /// The keys of the value evidence.
    pub(crate) evident: Json,
    pub(crate) keys: Vec<&'static str>,
    pub(crate) rows: Json,
    pub(crate) steps: Vec<Json>,
}

/// Rows leave the table with everybody's consent, and the contract's key is unique in Bronze.
pub(crate) fn case(steps: impl IntoIterator<Item = Json>) -> Case {
    Case {
        primary_key: vec!["id", "line"],
        consents: CONSENTS.to_vec(),
        evident: json!([key(&["id", "line"])]),
        keys: vec!["id", "line"],
        rows: json!({"subset": "some rows leave"}),
        steps: steps.into_iter().chain([publish()]).collect(),
    }
}

impl Case {
    pub(crate) fn brief(&self) -> Brief {
        let contract = contract(&self.primary_key, &self.consents);
        brief(Some(&contract), Some(&self.evident))
    }

    pub(crate) fn lines(&self) -> Json {
        table(&self.keys, &self.rows, &self.steps)
    }

    pub(crate) fn document(&self) -> PlanDocument {
        document(json!({LINES: self.lines(), PEOPLE: people()}))
    }

    pub(crate) fn check(&self) -> Result<Plan, Vec<PlanError>> {
        Plan::check(self.document(), &self.brief())
    }

    #[track_caller]
    pub(crate) fn passes(&self) {
        assert_eq!(
            found(self.check()),
            [] as [(&str, String); 0],
            "{}",
            self.lines()
        );
    }

    /// Refused for exactly this; the pointer is one inside the table.
    #[track_caller]
    pub(crate) fn fails(&self, code: &'static str, below: &str) {
        let wanted = [(code, inside(below))];
        assert_eq!(found(self.check()), wanted, "{}", self.lines());
    }

    pub(crate) fn message(&self) -> String {
        let errors = self.check().expect_err("a defect");
        let messages: Vec<String> = errors.into_iter().map(|error| error.message).collect();
        messages.join("\n")
    }
}

pub(crate) fn inside(below: &str) -> String {
    format!("/tables/order~0lines.csv{below}")
}

pub(crate) fn found(checked: Result<Plan, Vec<PlanError>>) -> Vec<(&'static str, String)> {
    let errors = checked.err().unwrap_or_default();
    let found = errors.into_iter();
    found.map(|error| (error.code(), error.pointer)).collect()
}

pub(crate) fn document(tables: Json) -> PlanDocument {
    let document = json!({"version": PlanDocument::VERSION, "tables": tables});
    PlanDocument::parse(document.to_string().as_bytes()).expect("the shape of a plan")
}

/// A table; steps get the ids `s-0`, `s-1` and so on, and a reason, where they have none.
pub(crate) fn table(keys: &[&str], rows: &Json, steps: &[Json]) -> Json {
    let whole = |(at, step): (usize, &Json)| {
        let mut whole = json!({"id": format!("s-{at}"), "why": "w", "evidence": []});
        let members = step.as_object().expect("a step is an object");
        for (name, value) in members {
            whole[name] = value.clone();
        }
        whole
    };
    let steps: Vec<Json> = steps.iter().enumerate().map(whole).collect();
    json!({"grain": {"keys": keys, "rows": rows}, "steps": steps})
}

/// The plan of the other table.
pub(crate) fn people() -> Json {
    table(&[], &json!("equal"), &[publish()])
}

pub(crate) fn contract(primary_key: &[&str], consents: &[&str]) -> String {
    let places = (1..).zip(primary_key);
    let property =
        |(place, name)| json!({"name": name, "primaryKey": true, "primaryKeyPosition": place});
    let schema = json!([{
        "name": LINES,
        "properties": places.map(property).collect::<Vec<_>>(),
        "customProperties": [{"property": "silversmith.quarantine", "value": consents}],
    }]);
    json!({"apiVersion": "v3.0.0", "kind": "DataContract", "schema": schema}).to_string()
}

/// Evidence of a key that is unique.
pub(crate) fn key(columns: &[&str]) -> Json {
    json!({"columns": columns, "null_rows": 0, "duplicate_keys": 0, "duplicate_rows": 0, "exact": true})
}

/// What intake admits of two tables of four columns; without `evident` there is no value evidence.
pub(crate) fn brief(contract: Option<&str>, evident: Option<&Json>) -> Brief {
    let tables = [LINES, PEOPLE];
    let by_name = |value: &dyn Fn(&str) -> Json| -> Json {
        let entry = |name: &&str| ((*name).to_owned(), value(name));
        tables.iter().map(entry).collect()
    };
    let every = |value: Json| -> Json {
        let entry = |column: &&str| ((*column).to_owned(), value.clone());
        COLUMNS.iter().map(entry).collect()
    };
    let size = |name: &&str| json!({"table": name, "row_count": ROWS, "column_count": 4});
    let sizes: Vec<Json> = tables.iter().map(size).collect();
    let overview = json!({"table_count": 2, "tables": sizes});
    let mut context = json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02+00:00",
        "files_total": 2, "files_success": 2, "files_failed": 0,
        "bronze_tables": by_name(&|_| json!({
            "status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": [],
        })),
        "profile": {"schema_overview": overview, "errors": [], "tables": by_name(&|name| json!({
            "table": name, "row_count": ROWS, "column_count": 4, "columns": COLUMNS,
            "inferred_types": every(json!("string")), "null_counts": every(json!(0)),
            "duplicate_rows": 0, "key_candidates": [], "suggested_silver_transforms": [],
        }))},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": 2 * ROWS, "total_columns_processed": 8,
            "tables_processed": 2, "tables_failed": 0},
    });
    if let Some(keys) = evident {
        let column = |name: &&str| {
            // Without a key, two rows hold this.
            let tokens = match *name {
                "id" => json!([{"value": "n/a", "count": 2}]),
                _ => json!([]),
            };
            json!({
                "name": name, "null_tokens": tokens, "nulls": 0, "blanks": 0, "distinct": {"count": 0, "exact": true},
                "outer_space": 0, "inner_space": 0, "not_nfc": 0, "length": null,
                "numbers": {"integers": 0, "decimals": 0, "leading_zeros": 0, "oversized": 0,
                    "negative": 0, "zero": 0, "max_digits": 0, "max_scale": 0},
                "formats": [], "codes": null, "rare_cells": 0, "variants": [], "shapes": [],
                "other_shapes": 0,
            })
        };
        let columns: Vec<Json> = COLUMNS.iter().map(column).collect();
        // Written alike, the keys match those of the other table, and no two of them fall together.
        let join = json!({
            "from": {"table": LINES, "column": "id"}, "to": {"table": PEOPLE, "column": "id"},
            "from_distinct": 8, "matched": 0, "exact": true,
            "normalised": {"side": "from", "by": {"kind": "strip_prefix", "prefix": "A-"},
                "matched": 8, "lossless": true, "changes": 8},
        });
        context["silversmith_evidence"] = json!({
            "version": "silversmith.evidence/v0", "min_count": 10, "joins": [join],
            "tables": by_name(&|name| json!({
                "sha256": Digest::of(name.as_bytes()).to_string(), "bytes": 200, "rows": ROWS,
                "duplicate_rows": 0, "columns": columns,
                "keys": if name == LINES { keys.clone() } else { json!([]) },
                "orderings": [], "products": [],
            })),
        });
    }
    let context = context.to_string();
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: RUN.as_bytes(),
        contract: contract.map(str::as_bytes),
        as_of: None,
        bronze: None,
    };
    admit(inputs, &Rules::default())
        .unwrap_or_else(|rejection| panic!("{:#?}", rejection.findings))
        .brief
}

pub(crate) fn publish() -> Json {
    json!({"op": "publish", "mode": "replace"})
}

pub(crate) fn trim() -> Json {
    json!({"op": "trim", "columns": ["name"], "side": "both"})
}

pub(crate) fn dates(on_error: &str) -> Json {
    json!({"op": "parse_date", "columns": ["day"], "formats": ["%Y-%m-%d"], "on_error": on_error})
}

pub(crate) fn not_null(column: &str) -> Json {
    let test = json!({"fn": "is_null", "args": [{"column": column}]});
    json!({"fn": "not", "args": [test]})
}

pub(crate) fn both(conditions: [Json; 2]) -> Json {
    json!({"fn": "and", "args": conditions})
}

pub(crate) fn filter(predicate: Json, disposition: &str) -> Json {
    json!({"op": "filter_rows", "predicate": predicate, "disposition": disposition, "reason": "r"})
}

pub(crate) fn dedupe(keys: &[&str], losers: &str) -> Json {
    json!({"op": "dedupe_latest", "keys": keys, "order_by": [{"row": "first"}], "losers": losers})
}

pub(crate) fn expect(that: Json, on_fail: &str) -> Json {
    json!({"op": "expect", "name": "e", "that": that, "on_fail": on_fail})
}

pub(crate) fn starts_with_x() -> Json {
    let x = json!({"literal": {"text": "x"}});
    json!({"fn": "starts_with", "args": [{"column": "name"}, x]})
}

/// A step that removes rows, by where it sends them (`quarantine` or `drop`), and the one consent
/// that it needs.
pub(crate) type Removal = (fn(&str) -> Json, &'static str);

/// Every kind of step that can send rows to quarantine or drop them.
pub(crate) const REMOVALS: [Removal; 9] = [
    (|way| filter(not_null("id"), way), "null_key"),
    (
        |way| filter(both([not_null("line"), not_null("id")]), way),
        "null_key",
    ),
    (|way| filter(starts_with_x(), way), "invalid_value"),
    (|way| dedupe(&["id", "line"], way), "duplicate_key"),
    (
        |way| json!({"op": "dedupe_exact", "columns": [], "losers": way}),
        "duplicate_row",
    ),
    (|way| expect(json!({"not_null": "line"}), way), "null_key"),
    (
        |way| expect(json!({"unique": ["id", "line"]}), way),
        "duplicate_key",
    ),
    (
        |way| expect(json!({"predicate": starts_with_x()}), way),
        "invalid_value",
    ),
    (
        |way| {
            let allowed = json!([{"text": "x"}]);
            expect(
                json!({"value_domain": {"column": "name", "allowed": allowed}}),
                way,
            )
        },
        "invalid_value",
    ),
];

/// Every kind of step that quarantines the rows of values that it cannot use.
pub(crate) fn invalid_values() -> [Json; 3] {
    let map = json!({"op": "map_values", "columns": ["name"], "map": {"a": "b"},
        "default": "quarantine"});
    let numbers =
        json!({"op": "cast", "columns": ["name"], "to": "integer", "on_error": "quarantine"});
    [dates("quarantine"), map, numbers]
}
