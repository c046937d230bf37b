//! Where findings are, and how many there are at most.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

mod support;

use silversmith_policy::lint;

use support::{changed, small};

const EXPRESSION: &str = "text_or_null(pl.col(\"name\").str.strip_chars())";

/// Where the first finding is, as `code line:column-line:column`.
fn place(source: &str) -> String {
    let findings = lint(source);
    let (code, at) = (findings[0].code, &findings[0].span);
    format!(
        "{code} {}:{}-{}:{}",
        at.line, at.column, at.end_line, at.end_column
    )
}

/// The place of `text`, which is on one line, of which `length` characters are meant.
fn expected(code: &str, source: &str, text: &str, length: usize) -> String {
    let before = &source[..source.find(text).unwrap()];
    let line = before.matches('\n').count() + 1;
    let start = before.rsplit('\n').next().unwrap();
    let column = start.chars().count() + 1;
    format!("{code} {line}:{column}-{line}:{}", column + length)
}

#[test]
fn a_finding_is_where_the_text_is() {
    let hidden = changed("# step-0", "# ü\u{202e}step-0");
    assert_eq!(
        place(&hidden),
        expected("SS-POLICY-004", &hidden, "\u{202e}", 1)
    );
    let syntax = changed(EXPRESSION, "1 +* 2");
    assert_eq!(place(&syntax), expected("SS-POLICY-006", &syntax, "* 2", 3));
    let module = small();
    let source = module.source();
    // The first character that is not the skeleton's, looked for from the side that differs.
    let import = source.replacen("import polars as pl ", "import polars as pl, os ", 1);
    assert_eq!(
        place(&import),
        expected("SS-POLICY-002", &import, ", os ", 1)
    );
    let end = source.replacen("sys.exit(main(", "sys.exit(0 or main(", 1);
    assert_eq!(
        place(&end),
        expected("SS-POLICY-002", &end, " main(sys.argv", 1)
    );
    let header = source.replacen("# /// silversmith", "import os\n# /// silversmith", 1);
    assert_eq!(
        place(&header),
        expected("SS-POLICY-001", &header, "import os\n", 0)
    );
    assert_eq!(place(""), "SS-POLICY-001 1:1-1:1");
}

#[test]
fn a_hundred_findings_are_enough() {
    let hidden = |count: usize| changed("# step-0", &format!("# {}", "\u{200b}".repeat(count)));
    for (count, found) in [(1, 1), (2, 2), (100, 100), (101, 100), (5_000, 100)] {
        assert_eq!(lint(&hidden(count)).len(), found, "{count}");
    }
}
