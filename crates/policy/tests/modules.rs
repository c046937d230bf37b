//! What is accepted, and one refusal for every way a module could be more than its plan.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use serde_json::{Value, json};
use silversmith_intake::{Brief, Limits, RunInputs, admit};
use silversmith_plan::module::{Header, Module, Origin, TRANSFORMS_BEGIN, TRANSFORMS_END};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_policy::{lint, policy_digest, verify};
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
    admit(inputs, &Limits::default()).unwrap().brief
}

/// Compiles steps for each table; `publish` is added.
fn compile(tables: &[(&str, Value)]) -> Module {
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

fn small() -> Module {
    let trim = json!([{"op": "trim", "columns": ["name"], "side": "both"}]);
    compile(&[("orders.csv", trim.clone()), ("people.csv", trim)])
}

#[test]
fn a_compiled_module_is_accepted() {
    let module = small();
    let digest = module.digest();
    let verified = verify(module).unwrap();
    assert_eq!(verified.module().digest(), digest);
    assert_eq!(verified.policy_digest(), policy_digest());
}

#[test]
fn every_operation_compiles_to_what_the_policy_admits() {
    let column = |name: &str| json!({"column": name});
    let call = |function: &str, args: Vec<Value>| json!({"fn": function, "args": args});
    let integer = json!({"op": "cast", "columns": ["amount"], "to": "integer", "on_error": "null"});
    let dates = json!({"op": "parse_date", "columns": ["begins", "ends"], "formats": ["%Y-%m-%d", "%d/%m/%Y"],
        "min": "1900-01-01", "on_error": "quarantine"});
    let positive = call(
        "greater",
        vec![column("amount"), json!({"literal": {"integer": 0}})],
    );
    let steps = [
        json!([{"op": "select_columns", "columns": ["id", "name"]}]),
        json!([{"op": "drop_columns", "columns": ["name"], "reason": "personal_data"}]),
        json!([{"op": "rename_columns", "map": {"id": "order id"}}]),
        json!([{"op": "ensure_columns", "schema": [{"name": "id", "type": "text"}, {"name": "new", "type": "date"}], "extra": "drop"}]),
        json!([{"op": "add_metadata", "add": ["load_id", "loaded_at", "source_file", "source_row", "row_hash"], "prefix": "_"}]),
        json!([{"op": "trim", "columns": ["name"], "side": "start", "chars": "\"\\\n'", "collapse_inner": true}]),
        json!([{"op": "change_case", "columns": ["name"], "case": "sentence"}]),
        json!([{"op": "replace_text", "columns": ["name"], "find": "a+", "with": "$1", "match": "re2"},
            {"op": "replace_text", "columns": ["key"], "find": "-", "with": "", "match": "literal"}]),
        json!([{"op": "strip_affix", "columns": ["key"], "prefix": "NAS", "suffix": "x", "if_present": false, "on_error": "null"}]),
        json!([{"op": "slice_text", "column": "key", "into": "head", "start": 0, "length": 5}]),
        json!([{"op": "keep_chars", "columns": ["key"], "class": {"set": "a-]^z"}}]),
        json!([{"op": "normalize_unicode", "columns": ["name"], "form": "nfkc", "strip_marks": true, "unescape_html": true}]),
        json!([{"op": "null_if", "columns": ["name"], "tokens": ["NA", "n/a"], "ignore_case": true}]),
        json!([{"op": "fill_null", "columns": ["name"], "literal": {"text": "nobody"}}]),
        json!([{"op": "coalesce_columns", "columns": ["name", "key"], "into": "best"}]),
        json!([integer.clone()]),
        json!([{"op": "cast", "columns": ["amount"], "to": {"decimal": {"precision": 12, "scale": 2}}, "on_error": "fail"}]),
        json!([{"op": "parse_number", "columns": ["amount"], "to": {"decimal": {"precision": 12, "scale": 2}}, "decimal": ",",
            "group": ".", "currency": ["EUR", "€"], "percent": true, "parens_negative": true, "on_error": "null"}]),
        json!([dates.clone()]),
        json!([{"op": "parse_timestamp", "columns": ["begins"], "formats": ["%Y-%m-%d %H:%M:%S"], "on_error": "null"}]),
        json!([{"op": "parse_boolean", "columns": ["key"], "true": ["yes"], "false": ["no"], "on_error": "null"}]),
        json!([{"op": "map_values", "columns": ["key"], "map": {"M": "Male", "F": "Female"}, "match": ["trim", "casefold"],
            "default": {"literal": "n/a"}}]),
        json!([{"op": "restrict_domain", "columns": ["key"], "allowed": ["a", "b"], "else": "quarantine"}]),
        json!([dates.clone(), {"op": "null_out_of_range", "columns": ["begins"], "min": {"literal": {"date": "1900-01-01"}}, "max": "as_of"}]),
        json!([{"op": "cast", "columns": ["amount"], "to": "float", "on_error": "null"},
            {"op": "round_number", "columns": ["amount"], "scale": 2, "mode": "half_even"}]),
        json!([integer.clone(), {"op": "derive", "into": "twice",
            "expression": call("multiply", vec![column("amount"), json!({"literal": {"integer": 2}})])}]),
        json!([integer.clone(), {"op": "set_where", "column": "amount", "when": positive.clone(), "to": call("abs", vec![column("amount")])}]),
        json!([{"op": "hash_key", "columns": ["id", "key"], "null_token": "~", "into": "hash"}]),
        json!([dates.clone(), {"op": "close_interval", "key": ["key"], "start": "begins", "end_into": "ends", "minus_days": 1}]),
        json!([integer.clone(), {"op": "filter_rows", "predicate": positive.clone(), "disposition": "quarantine", "reason": "not positive"}]),
        json!([{"op": "dedupe_latest", "keys": ["id"], "order_by": [{"descending": "begins"}, {"row": "last"}], "losers": "quarantine"}]),
        json!([{"op": "dedupe_exact", "columns": ["id", "key"], "losers": "quarantine"}]),
        json!([dates, integer,
            {"op": "expect", "name": "positive", "that": {"predicate": positive}, "on_fail": "warn"},
            {"op": "expect", "name": "there", "that": {"not_null": "id"}, "on_fail": "fail", "threshold": 3},
            {"op": "expect", "name": "one", "that": {"unique": ["id"]}, "on_fail": "warn"},
            {"op": "expect", "name": "known", "that": {"value_domain": {"column": "key", "allowed": [{"text": "a"}]}}, "on_fail": "warn"},
            {"op": "expect", "name": "ordered", "that": {"order": {"first": "begins", "second": "ends"}}, "on_fail": "warn"},
            {"op": "expect", "name": "some", "that": {"row_count": {"min": 1, "max": 100}}, "on_fail": "fail"}]),
    ];
    for steps in steps {
        let module = compile(&[("orders.csv", steps.clone())]);
        let transforms = module.source().split_once(TRANSFORMS_END).unwrap().0;
        let transforms = transforms.split_once(TRANSFORMS_BEGIN).unwrap().1;
        let rejection = verify(compile(&[("orders.csv", steps)])).err();
        assert!(rejection.is_none(), "{rejection:#?}\n{transforms}");
    }
}

/// The small module with `from` replaced in its transforms, under a header that agrees with it.
fn changed(from: &str, to: &str) -> String {
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

#[track_caller]
fn assert_refused(source: &str, code: &str, message: &str) {
    let findings = lint(source);
    let found = findings
        .iter()
        .any(|f| f.code == code && f.message.contains(message));
    assert!(found, "{code} {message}: {findings:#?}");
}

const CALL: &str = "t = t.change(\"step-0\"";
const EXPRESSION: &str = "text_or_null(pl.col(\"name\").str.strip_chars())";

#[test]
fn the_fixture_holds() {
    assert_eq!(lint(&changed(EXPRESSION, "pl.col(\"name\")")), []);
}

#[test]
fn expressions_beyond_the_list_are_refused() {
    for (expression, code, message) in [
        ("open(\"/etc/passwd\")", "SS-POLICY-010", "`open`"),
        ("__import__(\"os\")", "SS-POLICY-010", "`__import__`"),
        ("os.system(\"id\")", "SS-POLICY-010", "`os`"),
        ("text_or_null", "SS-POLICY-010", "`text_or_null`"),
        ("hash_file(\"/etc/passwd\")", "SS-POLICY-010", "`hash_file`"),
        ("t", "SS-POLICY-010", "`t`"),
        ("t.frame", "SS-POLICY-011", "`frame`"),
        ("pl", "SS-POLICY-010", "`pl`"),
        (
            "pl.scan_csv(\"/etc/passwd\")",
            "SS-POLICY-011",
            "`scan_csv`",
        ),
        (
            "pl.read_csv(\"/etc/passwd\")",
            "SS-POLICY-011",
            "`read_csv`",
        ),
        (
            "pl.Expr.deserialize(\"x\")",
            "SS-POLICY-011",
            "`deserialize`",
        ),
        (
            "pl.plugins.register_plugin_function(\"x\")",
            "SS-POLICY-011",
            "`plugins`",
        ),
        (
            "pl.col(\"a\").map_elements(text_or_null)",
            "SS-POLICY-011",
            "`map_elements`",
        ),
        (
            "pl.col(\"a\").map_batches(text_or_null)",
            "SS-POLICY-011",
            "`map_batches`",
        ),
        (
            "pl.col(\"a\").pipe(text_or_null)",
            "SS-POLICY-011",
            "`pipe`",
        ),
        ("pl.col(\"a\").inspect()", "SS-POLICY-011", "`inspect`"),
        (
            "pl.col(\"a\").meta.serialize(\"/tmp/x\")",
            "SS-POLICY-011",
            "`serialize`",
        ),
        ("pl.col(\"a\")._pyexpr", "SS-POLICY-011", "`_pyexpr`"),
        ("pl.col(\"a\").__class__", "SS-POLICY-011", "`__class__`"),
        (
            "pl.col(\"a\").str.__class__",
            "SS-POLICY-011",
            "`__class__`",
        ),
        ("pl.col(\"a\").str", "SS-POLICY-011", "`str`"),
        ("run.frame", "SS-POLICY-011", "`frame`"),
        ("run.as_of.__reduce__()", "SS-POLICY-011", "`__reduce__`"),
        (
            "\"{0.__class__}\".format(pl)",
            "SS-POLICY-011",
            "a method of this",
        ),
        ("[].append(1)", "SS-POLICY-011", "a method of this"),
        ("pl.col.__globals__", "SS-POLICY-011", "`__globals__`"),
        ("(lambda: 1)()", "SS-POLICY-005", "too deep"),
        ("[c for c in [1]]", "SS-POLICY-012", "not admitted"),
        ("{c for c in [1]}", "SS-POLICY-012", "not admitted"),
        ("{1, 2}", "SS-POLICY-012", "not admitted"),
        ("(c for c in [1])", "SS-POLICY-012", "not admitted"),
        ("f\"{pl}\"", "SS-POLICY-012", "not admitted"),
        ("t\"{pl}\"", "SS-POLICY-012", "not admitted"),
        ("b\"x\"", "SS-POLICY-012", "not admitted"),
        ("\"a\" \"b\"", "SS-POLICY-012", "follow each other"),
        ("1j", "SS-POLICY-012", "complex"),
        ("...", "SS-POLICY-012", "not admitted"),
        ("(x := 1)", "SS-POLICY-012", "not admitted"),
        ("(yield 1)", "SS-POLICY-012", "not admitted"),
        ("1 if True else 2", "SS-POLICY-012", "not admitted"),
        ("True and False", "SS-POLICY-012", "not admitted"),
        ("not True", "SS-POLICY-012", "`not`"),
        ("1 < 2 < 3", "SS-POLICY-012", "chain"),
        ("1 in [1]", "SS-POLICY-012", "comparison"),
        ("2 ** 99", "SS-POLICY-012", "operator"),
        ("[1][0]", "SS-POLICY-012", "not admitted"),
        ("pl.lit(*[1])", "SS-POLICY-012", "not admitted"),
        ("pl.lit(**{\"a\": 1})", "SS-POLICY-012", "unpacking"),
        ("{**{\"a\": 1}}", "SS-POLICY-012", "unpacking"),
        ("pl.lit(1)()", "SS-POLICY-012", "no function"),
        ("pl.col(\"*\")", "SS-POLICY-013", "pattern"),
        ("pl.col(\"^.*$\")", "SS-POLICY-013", "pattern"),
        ("pl.col([\"a\", \"^b$\"])", "SS-POLICY-013", "pattern"),
        ("pl.col(pl.String)", "SS-POLICY-013", "no column name"),
        ("pl.lit(ROW)", "SS-POLICY-010", "`ROW`"),
        ("pl.col(\"\\x1frule\")", "SS-POLICY-014", "skeleton"),
        ("{\"\\x1frow\": 1}", "SS-POLICY-014", "skeleton"),
        ("pl.col(\"a\", \"b\")", "SS-POLICY-013", "one argument"),
    ] {
        assert_refused(&changed(EXPRESSION, expression), code, message);
    }
}

#[test]
fn statements_beyond_the_form_are_refused() {
    let before = |text: &str| (CALL.to_owned(), format!("{text}\n    {CALL}"));
    for ((from, to), code, message) in [
        (before("import os"), "SS-POLICY-007", "this statement"),
        (
            before("from os import system"),
            "SS-POLICY-007",
            "this statement",
        ),
        (before("global t"), "SS-POLICY-007", "this statement"),
        (before("del t"), "SS-POLICY-007", "this statement"),
        (before("assert True"), "SS-POLICY-007", "this statement"),
        (before("\"text\""), "SS-POLICY-007", "this statement"),
        (before("print(1)"), "SS-POLICY-007", "this statement"),
        (before("x = t"), "SS-POLICY-007", "this statement"),
        (before("t.columns = []"), "SS-POLICY-007", "this statement"),
        (before("pl.lit = 1"), "SS-POLICY-007", "this statement"),
        (
            before("t = x = t.change(\"a\", {})"),
            "SS-POLICY-007",
            "this statement",
        ),
        (before("t += t"), "SS-POLICY-007", "this statement"),
        (before("t: Table = t"), "SS-POLICY-007", "this statement"),
        (before("return t"), "SS-POLICY-007", "this statement"),
        (
            before("while True: pass"),
            "SS-POLICY-007",
            "this statement",
        ),
        (
            before("if True:\n        import os"),
            "SS-POLICY-005",
            "too deep",
        ),
        (
            before("t = t._with(frame=1)"),
            "SS-POLICY-007",
            "`_with` is no step",
        ),
        (
            before("t = t.frame.collect()"),
            "SS-POLICY-007",
            "this statement",
        ),
        (before("t = t.change(pl.lit(1))"), "SS-POLICY-007", "no id"),
        (
            ("    return t\n".into(), String::new()),
            "SS-POLICY-007",
            "`return t`",
        ),
        (
            ("    return t\n".into(), "    return run\n".into()),
            "SS-POLICY-007",
            "this statement",
        ),
        (
            (
                "\n\ndef silver_orders".into(),
                "\nimport os\n\ndef silver_orders".into(),
            ),
            "SS-POLICY-007",
            "only functions",
        ),
        (
            (
                "\n\ndef silver_orders".into(),
                "\nclass A: pass\n\ndef silver_orders".into(),
            ),
            "SS-POLICY-007",
            "only functions",
        ),
        (
            (
                "\n\ndef silver_orders".into(),
                "\nTable = Run\n\ndef silver_orders".into(),
            ),
            "SS-POLICY-007",
            "only functions",
        ),
        (
            (
                "\n\ndef silver_orders".into(),
                "\n@pl.api\ndef silver_orders".into(),
            ),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("def silver_orders".into(), "async def silver_orders".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run: Run = 1)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run: Run, *more)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("(t: Table".into(), "(run: Table".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("-> Table".into(), "-> exec(\"1\")".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("def silver_orders".into(), "def main".into()),
            "SS-POLICY-008",
            "taken",
        ),
        (
            ("def silver_orders".into(), "def silver_Orders".into()),
            "SS-POLICY-008",
            "lower-case",
        ),
        (
            ("def silver_people".into(), "def silver_orders".into()),
            "SS-POLICY-008",
            "taken",
        ),
        (
            ("TABLES = ".into(), "TABLE = ".into()),
            "SS-POLICY-009",
            "there is no",
        ),
        (
            ("TABLES = {".into(), "TABLES = dict(".into()),
            "SS-POLICY-006",
            "no Python",
        ),
        (
            ("\"orders.csv\": {".into(), "\"../../x.csv\": {".into()),
            "SS-POLICY-009",
            "file name",
        ),
        (
            ("\"people.csv\": {".into(), "\"orders.csv\": {".into()),
            "SS-POLICY-009",
            "given already",
        ),
        (
            (
                "\"transform\": silver_orders".into(),
                "\"transform\": open".into(),
            ),
            "SS-POLICY-009",
            "no transform",
        ),
        (
            (
                "\"transform\": silver_orders".into(),
                "\"transform\": silver_people".into(),
            ),
            "SS-POLICY-009",
            "given already",
        ),
        (
            ("\"bronze\": [".into(), "\"bronze\": [*".into()),
            "SS-POLICY-009",
            "no list",
        ),
        (
            ("\"silver\": ".into(), "\"gold\": ".into()),
            "SS-POLICY-009",
            "an entry has",
        ),
    ] {
        assert_refused(&changed(&from, &to), code, message);
    }
}

#[test]
fn text_that_hides_or_breaks_is_refused() {
    let deep = format!("{}1{}", "(".repeat(2_000), ")".repeat(2_000));
    let chain = format!("pl.lit(1){}", ".abs()".repeat(2_000));
    let negative = format!("{}1", "-".repeat(100_000));
    for (from, to, code, message) in [
        ("# step-0", "# \u{202e}step-0", "SS-POLICY-004", "U+202E"),
        ("# step-0", "# a\r# step-0", "SS-POLICY-004", "U+000D"),
        ("# step-0", "# a\u{c}# step-0", "SS-POLICY-004", "U+000C"),
        (
            "\"step-0\"",
            "\"\u{200b}step-0\"",
            "SS-POLICY-004",
            "U+200B",
        ),
        (EXPRESSION, &deep, "SS-POLICY-005", "too deep"),
        (EXPRESSION, &chain, "SS-POLICY-005", "too deep"),
        (EXPRESSION, &negative, "SS-POLICY-005", "too deep"),
        (EXPRESSION, "pl.lit(", "SS-POLICY-006", "no Python"),
        (
            "return t\n",
            "return t\n\"\"\"\n",
            "SS-POLICY-006",
            "no Python",
        ),
        (
            "return t\n",
            &format!("return t\n{TRANSFORMS_END}\n"),
            "SS-POLICY-001",
            "marker",
        ),
        (
            "return t\n",
            &format!("return t\n{TRANSFORMS_BEGIN}\n"),
            "SS-POLICY-001",
            "marker",
        ),
    ] {
        assert_refused(&changed(from, to), code, message);
    }
}

#[test]
fn everything_around_the_transforms_is_fixed() {
    let module = small();
    let source = module.source();
    let other = Digest::of(b"other").to_hex();
    let transforms = Digest::of(b"x").to_hex();
    let header = Header::parse(source).unwrap();
    for (from, to, code, message) in [
        (
            "#!/usr/bin/env python3",
            "#!/bin/sh",
            "SS-POLICY-001",
            "script block",
        ),
        ("polars==", "other==", "SS-POLICY-001", "script block"),
        (
            "# /// silversmith",
            "# /// silver",
            "SS-POLICY-001",
            "silversmith",
        ),
        (
            "# /// silversmith",
            "import os\n# /// silversmith",
            "SS-POLICY-001",
            "where it should be",
        ),
        (
            &header.skeleton.to_hex(),
            &other,
            "SS-POLICY-003",
            "skeleton",
        ),
        (
            &header.transforms.to_hex(),
            &transforms,
            "SS-POLICY-003",
            "transforms",
        ),
        (
            "import polars as pl",
            "import polars as pl, os as o",
            "SS-POLICY-002",
            "skeleton",
        ),
        (
            "sys.exit(main(",
            "sys.exit(0 or main(",
            "SS-POLICY-002",
            "skeleton",
        ),
        ("step-0", "step-9", "SS-POLICY-003", "transforms"),
    ] {
        assert!(source.contains(from), "{from}");
        assert_refused(&source.replacen(from, to, 1), code, message);
    }
    assert_refused("", "SS-POLICY-001", "script block");
    assert_refused(&format!("{source}import os\n"), "SS-POLICY-002", "skeleton");
}

#[test]
fn findings_have_the_shape_that_is_documented() {
    let source = changed(EXPRESSION, "open(\"a\")");
    let findings = lint(&source);
    let line = source
        .lines()
        .position(|line| line.contains("open(\"a\")"))
        .unwrap();
    let column = source.lines().nth(line).unwrap().find("open").unwrap() + 1;
    assert_eq!(
        serde_json::to_value(&findings).unwrap(),
        json!([{
            "code": "SS-POLICY-010", "severity": "error",
            "span": {"line": line + 1, "column": column, "end_line": line + 1, "end_column": column + 4},
            "message": "the name `open` is not admitted here",
            "help": "use `pl`, `run` and the helper functions of the skeleton",
        }])
    );
}
