//! What is not admitted, each case one change of a module that is.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

mod support;

use serde_json::json;
use silversmith_plan::module::{Header, TRANSFORMS_BEGIN, TRANSFORMS_END};
use silversmith_policy::{Rejection, lint};
use silversmith_types::Digest;

use support::{changed, small};

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
        ("pl.lit", "SS-POLICY-011", "`lit`"),
        ("pl.col(\"a\").abs", "SS-POLICY-011", "`abs`"),
        (
            "pl.col(\"a\").str.strip_chars",
            "SS-POLICY-011",
            "`strip_chars`",
        ),
        (
            "pl.col(\"a\").str.json_decode()",
            "SS-POLICY-011",
            "`json_decode`",
        ),
        ("run.as_of()", "SS-POLICY-011", "`as_of`"),
        (
            "pl.col([\"a\", pl.String])",
            "SS-POLICY-013",
            "no column name",
        ),
        ("pl.col(\"a\", x=1)", "SS-POLICY-013", "one argument"),
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
        (
            before("x = t.change(\"a\", {})"),
            "SS-POLICY-007",
            "this statement",
        ),
        (
            before("t = run.change(\"a\", {})"),
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
            (
                "(t: Table, run: Run)".into(),
                "(t: Table, /, run: Run)".into(),
            ),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run: Run, *, more=1)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run: Run, **more)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            (
                "def silver_orders".into(),
                "def silver_orders[T: open]".into(),
            ),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("run: Run)".into(), "run: Table)".into()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            (" -> Table".into(), String::new()),
            "SS-POLICY-008",
            "signature",
        ),
        (
            ("def silver_orders".into(), "def silver_".into()),
            "SS-POLICY-008",
            "lower-case",
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
            ("TABLES = {".into(), "TABLES = x = {".into()),
            "SS-POLICY-007",
            "only functions",
        ),
        (
            ("TABLES = {".into(), "TABLES = {}\nTABLES = {".into()),
            "SS-POLICY-007",
            "only functions",
        ),
        (
            (
                "\n}\n".into(),
                "\n}\n\n\ndef silver_a(t: Table, run: Run) -> Table:\n    return t\n".into(),
            ),
            "SS-POLICY-007",
            "only functions",
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
            ("\"bronze\": [".into(), "\"bronze\": [1, ".into()),
            "SS-POLICY-009",
            "no list",
        ),
        (
            (
                "\"transform\": silver_orders".into(),
                "\"transform\": silver_people".into(),
            ),
            "SS-POLICY-009",
            "`silver_orders` is in no entry",
        ),
        (
            ("\"silver\": ".into(), "**{}, \"silver\": ".into()),
            "SS-POLICY-009",
            "an entry has",
        ),
        (
            ("TABLES = {".into(), "TABLES = {\"a.csv\": [],".into()),
            "SS-POLICY-009",
            "no entry of a table",
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
    // A bracket that closes nothing does not end the counting.
    let closed = format!("1)))))){negative}");
    // Commas end no bracket: each list is in the one before it.
    let lists = format!("{}{}", "[1, ".repeat(2_000), "]".repeat(2_000));
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
        (EXPRESSION, &lists, "SS-POLICY-005", "too deep"),
        (EXPRESSION, &negative, "SS-POLICY-005", "too deep"),
        (EXPRESSION, &closed, "SS-POLICY-005", "too deep"),
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

#[test]
fn a_rejection_speaks_of_its_first_finding() {
    let findings = lint(&changed(EXPRESSION, "open(\"a\")"));
    let first = findings[0].clone();
    let rejection = Rejection { findings };
    assert_eq!(rejection.code(), "SS-POLICY-010");
    assert_eq!(rejection.help().as_deref(), Some(first.help));
    let text = rejection.to_string();
    for part in [first.code, &first.message, &first.span.line.to_string()] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!first.help.is_empty());
    let empty = Rejection {
        findings: Vec::new(),
    };
    assert_eq!(empty.to_string(), "the module is rejected");
}

/// The bound is on nesting: long lists, many comments in brackets and many statements stay below it.
#[test]
fn what_is_long_is_not_deep() {
    let list = format!("pl.col(\"name\").is_in([{}])", "\"x\", ".repeat(2_000));
    let pairs = format!("pl.lit([{}])", "(1, 2), ".repeat(2_000));
    let comments = format!("pl.col(\n{}\"name\")", "        # why\n\n".repeat(2_000));
    let statements = format!("{}{CALL}", "t = t.trim()\n    ".repeat(2_000));
    for (from, to) in [
        (EXPRESSION, &list),
        (EXPRESSION, &pairs),
        (EXPRESSION, &comments),
        (CALL, &statements),
    ] {
        let findings = lint(&changed(from, to));
        let deep = findings.iter().find(|f| f.code == "SS-POLICY-005");
        assert_eq!(deep, None, "{}", &to[..40]);
    }
}

/// Polars takes only a whole `*`, and a text from `^` to `$`, for a pattern.
#[test]
fn names_that_are_almost_patterns_are_names() {
    for name in ["^a", "a$", "a*", "**", "$^"] {
        let source = changed(EXPRESSION, &format!("pl.col(\"{name}\")"));
        assert_eq!(lint(&source), [], "{name}");
    }
}

#[test]
fn what_is_too_long_is_not_parsed() {
    let long = format!("# {}", "x".repeat(32 << 20));
    assert_refused(&changed("# step-0", &long), "SS-POLICY-005", "too long");
}
