//! What is not what it should be: form, bounds and names. What contradicts itself is beside.

use serde_json::json;

use crate::base::{Case, Expected, Inputs, RUN, base, document};
use crate::contradictory::{lists, numbers};

pub(crate) fn case(name: &'static str, inputs: Inputs, code: &'static str) -> Case {
    Case {
        name,
        inputs,
        expected: Expected::Rejected(code),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [
        form(),
        shape(),
        runs(),
        names(),
        numbers(),
        lists(),
        reports(),
        contracts(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Bytes that are no strict JSON within bounds.
fn form() -> Vec<Case> {
    let text = || String::from_utf8(base().context).unwrap();
    let utf16: Vec<u8> = text().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let huge = format!("{}{}", text(), " ".repeat(64 << 20));
    let not_json = "SS-INTAKE-002";
    vec![
        case("an empty context", base().context(""), not_json),
        case("only white space", base().context(" \n\t "), not_json),
        case("no JSON at all", base().context("run_id: x\n"), not_json),
        case(
            "a truncated context",
            base().bytes(|b| b[..b.len() / 2].to_vec()),
            not_json,
        ),
        case(
            "the last brace is missing",
            base().bytes(|b| b[..b.len() - 1].to_vec()),
            not_json,
        ),
        case(
            "a second document behind the first",
            base().context(text() + &text()),
            not_json,
        ),
        case(
            "a word behind the document",
            base().context(text() + " true"),
            not_json,
        ),
        case(
            "a byte order mark",
            base().context(format!("\u{feff}{}", text())),
            not_json,
        ),
        case(
            "two byte order marks",
            base().context(format!("\u{feff}\u{feff}{}", text())),
            not_json,
        ),
        case("UTF-16", base().context(utf16), not_json),
        case(
            "a byte that is no UTF-8",
            base().bytes(|mut b| {
                b[20] = 0xff;
                b
            }),
            not_json,
        ),
        case(
            "an overlong encoding",
            base()
                .replace("\"silver\"", "\"sil@@ver\"")
                .bytes(|b| splice(b, b"@@", b"\xc0\xaf")),
            not_json,
        ),
        case(
            "a surrogate in UTF-8",
            base()
                .replace("\"silver\"", "\"sil@@ver\"")
                .bytes(|b| splice(b, b"@@", b"\xed\xa0\x80")),
            not_json,
        ),
        case(
            "a lone surrogate",
            base().replace("\"silver\"", "\"\\ud800\""),
            not_json,
        ),
        case(
            "a lone surrogate in a key",
            base().replace("\"errors\"", "\"\\udc00\""),
            not_json,
        ),
        case(
            "two high surrogates",
            base().replace("\"silver\"", "\"\\ud83d\\ud83d\""),
            not_json,
        ),
        case(
            "a NUL between the values",
            base().bytes(|b| splice(b, b"{", b"{\0")),
            not_json,
        ),
        case(
            "a raw control character in a text",
            base().replace("\"silver\"", "\"sil\u{1}ver\""),
            not_json,
        ),
        case(
            "a raw line end in a text",
            base().replace("\"silver\"", "\"sil\nver\""),
            not_json,
        ),
        case(
            "NaN",
            base().replace("\"error_count\": 0", "\"error_count\": NaN"),
            not_json,
        ),
        case(
            "Infinity",
            base().replace("\"error_count\": 0", "\"error_count\": Infinity"),
            not_json,
        ),
        case(
            "minus Infinity",
            base().replace("\"error_count\": 0", "\"error_count\": -Infinity"),
            not_json,
        ),
        case(
            "a number beyond every range",
            base().replace("\"error_count\": 0", "\"error_count\": 1e999"),
            not_json,
        ),
        case(
            "a leading zero",
            base().replace("\"error_count\": 0", "\"error_count\": 00"),
            not_json,
        ),
        case(
            "a hexadecimal number",
            base().replace("\"error_count\": 0", "\"error_count\": 0x0"),
            not_json,
        ),
        case(
            "a plus sign",
            base().replace("\"error_count\": 0", "\"error_count\": +0"),
            not_json,
        ),
        case(
            "single quotes",
            base().context(text().replace('"', "'")),
            not_json,
        ),
        case("a comment", base().replace("{", "{ // hello\n"), not_json),
        case(
            "a block comment",
            base().replace("{", "{ /* hello */"),
            not_json,
        ),
        case(
            "a trailing comma",
            base().replace("\"has_errors\": false", "\"has_errors\": false,,"),
            not_json,
        ),
        case(
            "an unknown escape",
            base().replace("\"silver\"", "\"sil\\qver\""),
            not_json,
        ),
        case(
            "the same key twice at the top",
            base().replace("{", "{ \"layer\": \"silver\","),
            "SS-INTAKE-003",
        ),
        case(
            "the same key twice, once escaped",
            base().replace("{", "{ \"la\\u0079er\": \"silver\","),
            "SS-INTAKE-003",
        ),
        case(
            "the same key twice deep inside",
            base().replace(
                "\"null_counts\": {",
                "\"null_counts\": { \"country\": 0, \"country\": 1,",
            ),
            "SS-INTAKE-003",
        ),
        case(
            "the same key twice below an unknown key",
            base().replace("{", "{ \"extra\": {\"a\": 1, \"a\": 2},"),
            "SS-INTAKE-003",
        ),
        case(
            "lists a hundred thousand deep",
            base().context(deep),
            not_json,
        ),
        case(
            "objects five thousand deep",
            base().context(deep_objects),
            not_json,
        ),
        case(
            "more bytes than are read",
            base().context(huge),
            "SS-INTAKE-001",
        ),
    ]
}

fn splice(bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// JSON that is no run context.
fn shape() -> Vec<Case> {
    let shape = "SS-INTAKE-004";
    vec![
        case("a list", base().context("[]"), shape),
        case("a number", base().context("7"), shape),
        case("null", base().context("null"), shape),
        case("a text", base().context("\"context\""), shape),
        case("an empty object", base().context("{}"), shape),
        case(
            "the document in a list",
            base().context(json!([document()]).to_string()),
            shape,
        ),
        case("no profile", base().remove("", "profile"), shape),
        case("no run id", base().remove("", "run_id"), shape),
        case(
            "a profile without tables",
            base().remove("/profile", "tables"),
            shape,
        ),
        case(
            "a table without columns",
            base().remove("/profile/tables/orders.csv", "columns"),
            shape,
        ),
        case(
            "a count that is a text",
            base().set("/files_total", json!("2")),
            shape,
        ),
        case(
            "a count below zero",
            base().set("/profile/tables/orders.csv/row_count", json!(-1)),
            shape,
        ),
        case(
            "a count with a fraction",
            base().set("/profile/tables/orders.csv/row_count", json!(40.5)),
            shape,
        ),
        case(
            "a count beyond 64 bits",
            base().replace("\"row_count\": 40", "\"row_count\": 18446744073709551616"),
            shape,
        ),
        case(
            "a count that is true",
            base().set("/files_failed", json!(true)),
            shape,
        ),
        case(
            "a count that is null",
            base().set("/files_failed", json!(null)),
            shape,
        ),
        case(
            "a table that is a list",
            base().set("/profile/tables/orders.csv", json!([])),
            shape,
        ),
        case(
            "columns that are an object",
            base().set("/profile/tables/orders.csv/columns", json!({"a": 1})),
            shape,
        ),
        case(
            "a column that is a number",
            base().set("/profile/tables/orders.csv/columns/0", json!(7)),
            shape,
        ),
        case(
            "a column that is null",
            base().set("/profile/tables/orders.csv/columns/0", json!(null)),
            shape,
        ),
        case(
            "a type that does not exist",
            base().set(
                "/profile/tables/orders.csv/inferred_types/amount",
                json!("money"),
            ),
            shape,
        ),
        case(
            "a type in capitals",
            base().set(
                "/profile/tables/orders.csv/inferred_types/amount",
                json!("STRING"),
            ),
            shape,
        ),
        case(
            "a status that does not exist",
            base().set("/bronze_tables/orders.csv/status", json!("PERHAPS")),
            shape,
        ),
        case(
            "a reason for a key that does not exist",
            base().set(
                "/profile/tables/orders.csv/key_candidates/0/reason",
                json!("trust me"),
            ),
            shape,
        ),
        case(
            "a text of a million characters",
            base().set(
                "/profile/tables/orders.csv/suggested_silver_transforms/0",
                json!("x".repeat(1_000_000)),
            ),
            "SS-INTAKE-005",
        ),
        case(
            "ten thousand columns",
            base().set(
                "/profile/tables/orders.csv/columns",
                json!((0..10_000).map(|n| format!("c{n}")).collect::<Vec<_>>()),
            ),
            "SS-INTAKE-008",
        ),
    ]
}

/// Run ids, layers and times.
fn runs() -> Vec<Case> {
    let run = "SS-INTAKE-007";
    vec![
        case(
            "a run id that climbs",
            base().set("/bronze_run_id", json!("../../etc/passwd")),
            run,
        ),
        case(
            "a run id without its digits",
            base().set("/bronze_run_id", json!("20260301_101500")),
            run,
        ),
        case(
            "a run id in capitals",
            base().set("/bronze_run_id", json!("20260301_101500_#00C0FFEE")),
            run,
        ),
        case(
            "a run id in a month that does not exist",
            base().set("/bronze_run_id", json!("20261301_101500_#00c0ffee")),
            run,
        ),
        case(
            "a run id at an hour that does not exist",
            base().set("/bronze_run_id", json!("20260301_251500_#00c0ffee")),
            run,
        ),
        case(
            "a run id with a line end",
            base().set("/bronze_run_id", json!(format!("{RUN}\n"))),
            run,
        ),
        case(
            "a run id in other digits",
            base().set("/bronze_run_id", json!("２０260301_101500_#00c0ffee")),
            run,
        ),
        case("an empty run id", base().set("/run_id", json!("")), run),
        case(
            "a Silver run of another family",
            base().set("/silver_run_id", json!("20260301_101501_#deadbeef")),
            run,
        ),
        case(
            "a Silver run before its Bronze run",
            base().set("/silver_run_id", json!("20250301_101501_#00c0ffee")),
            run,
        ),
        case("another layer", base().set("/layer", json!("gold")), run),
        case(
            "another source layer",
            base().set("/source_layer", json!("silver")),
            run,
        ),
        case(
            "a time that is none",
            base().set("/generated_at_utc", json!("yesterday")),
            run,
        ),
        case(
            "a time without an offset",
            base().set("/generated_at_utc", json!("2026-03-01T10:15:02")),
            run,
        ),
    ]
}

/// Names that are no names.
fn names() -> Vec<Case> {
    let name = "SS-INTAKE-006";
    vec![
        case("a table one folder up", base().table("../orders.csv"), name),
        case(
            "a table with an absolute path",
            base().table("/etc/orders.csv"),
            name,
        ),
        case(
            "a table with a Windows path",
            base().table("c:\\data\\orders.csv"),
            name,
        ),
        case("a table in a folder", base().table("data/orders.csv"), name),
        case("a table of dots", base().table("...csv"), name),
        case("a hidden table", base().table(".orders.csv"), name),
        case("a table that is no CSV", base().table("orders.py"), name),
        case(
            "a table with two endings",
            base().table("orders.csv.exe"),
            name,
        ),
        case("a table named like a device", base().table("CON.csv"), name),
        case("a table named like a port", base().table("com1.csv"), name),
        case(
            "a table named like a device with an ending",
            base().table("nul.tar.csv"),
            name,
        ),
        case(
            "a table with a NUL",
            base().table("or\0ders.csv"),
            "SS-INTAKE-005",
        ),
        case(
            "a table with a line end",
            base().table("or\nders.csv"),
            "SS-INTAKE-005",
        ),
        case(
            "a table with an escape",
            base().table("or\u{1b}[31mders.csv"),
            "SS-INTAKE-005",
        ),
        case(
            "a table of 200 characters",
            base().table(&format!("{}.csv", "o".repeat(200))),
            "SS-INTAKE-005",
        ),
        case(
            "a table turned around",
            base().table("or\u{202e}vsc.sred.csv"),
            "SS-INTAKE-005",
        ),
        case("an empty column name", base().column(""), "SS-INTAKE-005"),
        case(
            "a column name of spaces",
            base().column("   "),
            "SS-INTAKE-005",
        ),
        case(
            "a column name of 129 characters",
            base().column(&"c".repeat(129)),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a tab",
            base().column("amo\tunt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a carriage return",
            base().column("amo\runt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a bell",
            base().column("amo\u{7}unt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a zero-width space",
            base().column("amo\u{200b}unt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name turned around",
            base().column("amo\u{202e}unt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with tag characters",
            base().column("amount\u{e0041}\u{e0042}"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a line separator",
            base().column("amo\u{2028}unt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a soft hyphen",
            base().column("amo\u{ad}unt"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with outer spaces",
            base().column(" amount "),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a byte order mark",
            base().column("\u{feff}amount"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name with a private character",
            base().column("amount\u{e000}"),
            "SS-INTAKE-005",
        ),
        case(
            "a column name that injects SQL",
            base().column("x'); DROP TABLE orders; --"),
            name,
        ),
        case(
            "a column name that injects Python",
            base().column("a\"]; __import__('os').system('id') #"),
            name,
        ),
        case(
            "a column name that is a formula",
            base().column("=HYPERLINK(\"http://evil.example/\")"),
            name,
        ),
        case(
            "a column name with a back quote",
            base().column("a`id`"),
            name,
        ),
        case(
            "a column name with a backslash",
            base().column("a\\nb"),
            name,
        ),
        case(
            "a table with a script",
            base().table("<script>x<script>.csv"),
            name,
        ),
        case("a table with a wildcard", base().table("orders*.csv"), name),
    ]
}

fn reports() -> Vec<Case> {
    let text = "SS-INTAKE-030";
    vec![
        case("a report with a NUL", base().report("a\0b"), text),
        case(
            "a report that is no UTF-8",
            base().report_bytes(b"# Report\n\xff\xfe\n".to_vec()),
            text,
        ),
        case(
            "a report in UTF-16",
            base().report_bytes(
                "# Report"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<u8>>(),
            ),
            text,
        ),
        case(
            "a report in Latin-1",
            base().report_bytes(b"# Gr\xf6\xdfe\n".to_vec()),
            text,
        ),
        case(
            "a report of 32 MiB",
            base().report_bytes("a line\n".repeat(5 << 20)),
            "SS-INTAKE-001",
        ),
        case(
            "a report with a line of 200,000 characters",
            base().report(&"x".repeat(200_000)),
            "SS-INTAKE-031",
        ),
    ]
}

fn contracts() -> Vec<Case> {
    vec![
        case(
            "a contract that is no YAML",
            base().contract("schema: [\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract with an alias",
            base().contract("a: &x [1]\nb: *x\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract with a bomb of aliases",
            base().contract("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract with a tag",
            base().contract("a: !!python/object:os.system x\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract in two documents",
            base().contract("a: 1\n---\nb: 2\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract with the same key twice",
            base().contract("kind: DataContract\nkind: DataContract\n"),
            "SS-INTAKE-040",
        ),
        case(
            "a contract that is a list",
            base().contract("- a\n- b\n"),
            "SS-INTAKE-041",
        ),
        case(
            "a contract without a kind",
            base().contract("apiVersion: v3.0.2\n"),
            "SS-INTAKE-041",
        ),
    ]
}
