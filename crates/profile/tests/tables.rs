//! Small tables: what is refused, what is named and what never is, and that the result depends on the
//! data alone.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used)] // In tests a failed unwrap is the report.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::num::NonZeroUsize;

use proptest::prelude::*;
use silversmith_profile::{
    BronzeProfile, Options, ProfileError, Source, profile, profile_table, to_report,
};
use silversmith_types::context::RunContext;
use silversmith_types::evidence::{
    ColumnEvidence, CorroborationEvidence, Normalisation, TableEvidence,
};

fn options(threads: usize, block_bytes: usize) -> Options {
    let threads = NonZeroUsize::new(threads).unwrap();
    Options {
        block_bytes,
        ..Options::new("2026-01-25".parse().unwrap(), threads)
    }
}

fn profiled(tables: &[(&str, &[u8])], options: &Options) -> Result<BronzeProfile, ProfileError> {
    let sources: Vec<Source<'_>> = tables
        .iter()
        .map(|(name, text)| {
            let text = text.to_vec();
            Source {
                table: name.parse().unwrap(),
                bytes: text.len() as u64,
                open: Box::new(move || Ok(Box::new(io::Cursor::new(text.clone())))),
            }
        })
        .collect();
    profile(&sources, options, &())
}

fn context(tables: &[(&str, &[u8])], options: &Options) -> RunContext {
    let found = profiled(tables, options).unwrap();
    let now = "2026-01-25T21:47:27Z".parse().unwrap();
    found.to_context(&found.run_ids(None, now), now)
}

fn table(text: &str) -> TableEvidence {
    let name = "t.csv".parse().unwrap();
    profile_table(&name, &mut text.as_bytes(), &options(2, 1 << 16), &())
        .unwrap()
        .evidence
}

fn column(text: &str) -> ColumnEvidence {
    table(text).columns.remove(0)
}

fn refused(text: &[u8]) -> (&'static str, Option<u64>) {
    let seen: Vec<_> = [(1, 1 << 20), (3, 1), (2, 7)]
        .into_iter()
        .map(
            |(threads, size)| match profiled(&[("t.csv", text)], &options(threads, size)) {
                Ok(_) => ("none", None),
                Err(error) => {
                    assert!(error.help().is_some(), "{error}");
                    let line = match error {
                        ProfileError::Content { line, .. } => Some(line),
                        _ => None,
                    };
                    (error.code(), line)
                }
            },
        )
        .collect();
    assert!(seen.iter().all(|found| *found == seen[0]), "{seen:?}");
    seen[0]
}

#[test]
fn what_is_no_table_is_refused_with_its_line() {
    let cases: [(&str, u64, &[u8]); 22] = [
        ("SS-PROFILE-010", 1, b""),
        ("SS-PROFILE-022", 1, b"\n\r\n\n"),
        ("SS-PROFILE-022", 2, b"a,b\n\n1,2\n"),
        ("SS-PROFILE-022", 3, b"a\n1\r\n\r\n2\n"),
        ("SS-PROFILE-022", 3, b"a,b\n1,2\n\n"),
        ("SS-PROFILE-010", 1, b"\xef\xbb\xbf"),
        ("SS-PROFILE-012", 1, b"a,,c\n1,2,3\n"),
        ("SS-PROFILE-012", 1, b"a, b\n1,2\n"),
        ("SS-PROFILE-013", 1, b"a,b,a\n1,2,3\n"),
        ("SS-PROFILE-014", 1, b"a\xff,b\n1,2\n"),
        ("SS-PROFILE-014", 3, b"a,b\n1,2\n1,\xc3\x28\n"),
        ("SS-PROFILE-014", 1, b"\xff\xfea\0,\0b\0\n\0"),
        ("SS-PROFILE-015", 2, b"a,b\n1,\0\n"),
        ("SS-PROFILE-016", 3, b"a,b\n1,2\n3\n4,5\n"),
        ("SS-PROFILE-016", 2, b"a,b\n1,2,3\n"),
        ("SS-PROFILE-016", 5, b"a,b\n\"1\n\n\",2\n3"),
        ("SS-PROFILE-017", 2, b"a,b\n1,x\"y\n"),
        ("SS-PROFILE-017", 2, b"a,b\n1,\"x\"y\n\xff\n"),
        ("SS-PROFILE-018", 3, b"a,b\n1,2\n3,\"4\n5,6\n"),
        ("SS-PROFILE-018", 1, b"a,\"b\n1,2\n"),
        ("SS-PROFILE-019", 2, b"a,b\n1\r2,3\n"),
        ("SS-PROFILE-019", 1, b"a,b\r1,2\r"),
    ];
    for (code, line, text) in cases {
        assert_eq!(
            refused(text),
            (code, Some(line)),
            "{:?}",
            String::from_utf8_lossy(text)
        );
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_fills_the_memory() {
    let wide: String = (0..2001).map(|at| format!("c{at},")).collect();
    assert_eq!(refused(wide.as_bytes()), ("SS-PROFILE-011", Some(1)));
    let options = options(2, 1 << 20);
    let code = |text: String| {
        let found = profiled(&[("t.csv", text.as_bytes())], &options);
        found.err().map(|error| (error.code(), error.to_string()))
    };
    let field = code(format!("a\n1\n{}\n", "x".repeat((1 << 20) + 1))).unwrap();
    assert_eq!(field.0, "SS-PROFILE-020");
    assert!(field.1.starts_with("t.csv, line 3: "), "{}", field.1);
    // A quote that is never closed, in a file of which nobody could hold the rest.
    let open = code(format!("a\n1\n\"{}", "2\n".repeat(6 << 20))).unwrap();
    assert_eq!(open.0, "SS-PROFILE-021");
    assert!(open.1.starts_with("t.csv, line 3: "), "{}", open.1);
    assert_eq!(code("x".repeat(9 << 20)).unwrap().0, "SS-PROFILE-021");
}

#[test]
fn a_run_needs_tables_with_names_of_their_own() {
    let code = |tables: &[(&str, &[u8])]| profiled(tables, &options(1, 1)).err().unwrap().code();
    assert_eq!(code(&[]), "SS-PROFILE-001");
    assert_eq!(
        code(&[("a.csv", b"x\n"), ("a.csv", b"x\n")]),
        "SS-PROFILE-003"
    );
    let names: Vec<String> = (0..1001).map(|at| format!("{at}.csv")).collect();
    let many: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"x\n"[..]))
        .collect();
    assert_eq!(code(&many), "SS-PROFILE-002");
}

#[test]
fn a_reader_that_fails_is_named() {
    struct Broken(u64);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let row = b"1,2\n";
            match self.0 {
                0 => Err(io::Error::other("disk")),
                _ => {
                    self.0 -= 1;
                    let length = row.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&row[..length]);
                    Ok(length)
                }
            }
        }
    }
    for reads in [0, 3, 2_000_000] {
        let name = "t.csv".parse().unwrap();
        let found = profile_table(&name, &mut Broken(reads), &options(2, 1 << 16), &());
        assert_eq!(
            found.err().map(|error| error.code()),
            Some("SS-PROFILE-005")
        );
    }
    let source = Source {
        table: "t.csv".parse().unwrap(),
        bytes: 0,
        open: Box::new(|| Err(io::Error::other("gone"))),
    };
    let found = profile(&[source], &options(1, 1), &());
    assert_eq!(
        found.err().map(|error| error.code()),
        Some("SS-PROFILE-004")
    );
}

#[test]
fn line_ends_quotes_and_the_byte_order_mark_do_not_change_the_values() {
    let plain = table("a,b\n1,x\n2,\n");
    let dressed = table("\u{feff}\"a\",b\r\n\"1\",\"x\"\r\n2,\"\"");
    assert_eq!(plain.columns, dressed.columns);
    assert_eq!((plain.rows, dressed.rows), (2, 2));
    assert_eq!(table("a,b\n").rows, 0);
    assert_eq!(table("a,b").rows, 0);
}

#[test]
fn nothing_rarer_than_k_is_named() {
    let mut text = "c,n\n".to_owned();
    for _ in 0..40 {
        text += "common,1\n";
    }
    for _ in 0..9 {
        text += "secret,2\n";
    }
    text += "N/A,3\n";
    let found = table(&text);
    let code = &found.columns[0];
    assert_eq!(code.codes.as_ref().unwrap().len(), 1);
    assert_eq!(code.rare_cells, 10);
    let json = serde_json::to_string(&found).unwrap();
    assert!(json.contains("common") && !json.contains("secret") && !json.contains("N/A"));
}

#[test]
fn variants_codes_and_tokens_are_counted_as_they_stand() {
    let mut text = "c\n".to_owned();
    for value in ["Red", "red", "RED ", "n/a", "Blue"] {
        for _ in 0..10 {
            writeln!(text, "{value}").unwrap();
        }
    }
    let found = column(&text);
    assert_eq!(found.variants.len(), 1);
    let spellings: Vec<&str> = found.variants[0].iter().map(|v| v.value.as_str()).collect();
    assert_eq!(spellings, ["RED ", "Red", "red"]);
    assert_eq!(
        (
            found.null_tokens[0].value.as_str(),
            found.null_tokens[0].count
        ),
        ("n/a", 10)
    );
    assert_eq!(found.outer_space, 10);
    assert_eq!(found.codes.unwrap().len(), 5);
}

#[test]
fn what_is_too_much_to_count_is_estimated_and_says_so() {
    let (mut keys, mut uses) = ("id,kind\n".to_owned(), "line,key\n".to_owned());
    for at in 0..30_000 {
        writeln!(keys, "AB-{at:06},x").unwrap();
        // Every hundredth key is there twice.
        if at % 100 == 0 {
            writeln!(keys, "AB-{at:06},y").unwrap();
        }
        writeln!(uses, "L{at},AB{:06}", at / 2).unwrap();
    }
    let max_distinct = NonZeroUsize::new(4_096).unwrap();
    let options = Options {
        max_distinct,
        ..options(2, 1 << 16)
    };
    let tables: [(&str, &[u8]); 2] = [("keys.csv", keys.as_bytes()), ("uses.csv", uses.as_bytes())];
    let evidence = context(&tables, &options).silversmith_evidence.unwrap();

    let near = |value: u64, truth: u64| value.abs_diff(truth) * 20 <= truth;
    let table = &evidence.tables[&"keys.csv".parse().unwrap()];
    let distinct = table.columns[0].distinct;
    assert!(
        !distinct.exact && near(distinct.count, 30_000),
        "{distinct:?}"
    );
    let key = &table.keys[0];
    assert!(
        !key.exact && (150..600).contains(&key.duplicate_rows),
        "{key:?}"
    );
    // A key of which no sampled value repeats is known to be nearly unique, whatever its size.
    let line = &evidence.tables[&"uses.csv".parse().unwrap()].keys[0];
    assert_eq!((line.columns[0].as_str(), line.duplicate_rows), ("line", 0));

    assert_eq!(evidence.joins.len(), 1);
    let join = &evidence.joins[0];
    assert_eq!(
        (join.from.column.as_str(), join.to.column.as_str()),
        ("key", "id")
    );
    assert!(!join.exact && join.matched == 0);
    let normalised = join.normalised.as_ref().unwrap();
    assert_eq!(normalised.by, Normalisation::DropChar { character: '-' });
    assert!(near(normalised.matched, join.from_distinct), "{join:?}");
    assert!(near(normalised.changes, 30_300), "{join:?}");
}

/// Services of a fixed length and price, with what is called for each; `odd` are further rows.
fn services(odd: &[&str]) -> String {
    let mut text = "service,cents,hours,rate,total\n".to_owned();
    for at in 0..1_000 {
        let (service, hours, rate) = (at % 20, 2 + at % 2, 30 + at % 5);
        let total = hours * rate;
        writeln!(text, "S{service:02},{rate}00,{hours},{rate}.00,{total}.00").unwrap();
    }
    text + &odd.concat()
}

fn corroboration(text: &str) -> Option<CorroborationEvidence> {
    let mut products = table(text).products;
    assert_eq!(products.len(), 1);
    let product = products.remove(0);
    assert_eq!(product.product.as_str(), "total");
    product.corroboration
}

#[test]
fn other_rows_say_which_number_of_a_contradictory_row_is_wrong() {
    assert_eq!(corroboration(&services(&[])), None);
    let odd = [
        "S01,3100,3,31,80.5\n",
        "S02,3200,2,32.0,32\n",
        "S03,3300,7,33,99\n",
        "S04,3500,2,35,68\n",
        "S05,3500,2,35,68\n",
        "S99,3000,2,30,68\n",
        ",3000,2,30,68\n",
    ];
    let found = corroboration(&services(&odd)).unwrap();
    // Not the rate in cents, which would vouch for whatever is in the rate.
    assert_eq!(found.determinant.as_str(), "service");
    assert_eq!(
        (found.product_outlier, found.product_outlier_equals_factor),
        (2, 1)
    );
    assert_eq!((found.left_outlier, found.right_outlier), (1, 1));
}

#[test]
fn a_column_that_does_not_fix_the_factors_says_nothing() {
    let mut text = "service,hours,rate,total\n".to_owned();
    for at in 0..1_000 {
        let (hours, rate) = (2 + at % 7, 30 + at % 11);
        writeln!(text, "S{:02},{hours},{rate},{}", at % 20, hours * rate).unwrap();
    }
    assert_eq!(corroboration(&(text + "S01,3,31,80\n")), None);
}

proptest! {
    #[test]
    fn neither_threads_nor_blocks_change_what_other_rows_say(
        cells in proptest::collection::vec((0_u8..6, 1_u8..3, 1_u8..3, 0_u8..40), 150..400),
        threads in 2_usize..5,
        block_bytes in 1_usize..400,
        max_distinct in prop_oneof![Just(65_536_usize), 1_usize..14],
    ) {
        let mut text = services(&[]);
        for (service, hours, rate, slip) in cells {
            let (service, hours, rate) = (20 + service, u32::from(hours), u32::from(rate));
            let (hours, rate) = if slip < 38 { (4, 25) } else { (hours, rate) };
            let total = if slip == 0 { 7 } else { hours * rate };
            writeln!(text, "S{service},x,{hours},{rate},{total}").unwrap();
        }
        let tables = [("t.csv", text.as_bytes())];
        let max_distinct = NonZeroUsize::new(max_distinct).unwrap();
        let products = |threads, block_bytes| {
            let options = Options { max_distinct, ..options(threads, block_bytes) };
            profiled(&tables, &options).unwrap().tables()[0].evidence.products.clone()
        };
        prop_assert_eq!(products(1, 1 << 20), products(threads, block_bytes));
    }
}

#[test]
fn the_context_and_the_report_of_a_small_run() {
    let mut people = "person_id,Vorname,email,born,country\n".to_owned();
    let mut visits = "visit,person,start_date,end_date,hours,rate,total\n".to_owned();
    for at in 0..40 {
        let country = if at % 4 == 0 { "DE" } else { "Germany" };
        let born = 50 + at;
        writeln!(
            people,
            "P-{at:04},Name{at},n{at}@example.org,19{born}-02-03,{country}"
        )
        .unwrap();
    }
    for at in 0..120 {
        let (person, hours, rate) = (at % 30, 1 + at % 5, 20 + at % 3);
        let total = if at == 7 { 1 } else { hours * rate };
        let (from, to) = (10 + at % 15, 11 + at % 15);
        write!(
            visits,
            "{},P{person:04},2025-03-{from},2025-03-{to},",
            500 + at
        )
        .unwrap();
        writeln!(visits, "{hours},{rate}.00,{total}").unwrap();
    }
    let tables: [(&str, &[u8]); 2] = [
        ("people.csv", people.as_bytes()),
        ("visits.csv", visits.as_bytes()),
    ];
    let context = context(&tables, &options(2, 100));
    insta::assert_snapshot!(
        "small_context",
        serde_json::to_string_pretty(&context).unwrap()
    );
    insta::assert_snapshot!("small_report", to_report(&context));
}

/// A table of cells that look like those of real ones, with a personal column.
fn any_table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = prop_oneof![
        4 => "[a-c]{1,2}",
        3 => "[0-9]{1,3}",
        2 => "(20|19)[0-9]{2}-0[1-9]-[0-2][0-9]",
        2 => "[A-B]{2}-?[0-9]{3}",
        1 => "[0-9]{1,2}[.,][0-9]{1,3}( €|%)?",
        1 => " ?[a-z]{1,3} {0,2}[A-Z]? ?",
        1 => "[,\"\n\r é\u{301}ß]{0,4}",
        1 => Just(String::new()),
        1 => Just("n/a".to_owned()),
    ];
    proptest::collection::vec(proptest::collection::vec(cell, 4), 0..120)
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer
        .write_record(["id", "Vorname", "start", "end"])
        .unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #[test]
    fn neither_threads_nor_blocks_change_the_result(
        rows in any_table(),
        threads in 1_usize..5,
        block_bytes in 1_usize..200,
        max_distinct in prop_oneof![Just(65_536_usize), 1_usize..40],
    ) {
        let text = written(&rows);
        let tables: [(&str, &[u8]); 2] = [("a.csv", &text), ("b.csv", &text)];
        // Mostly with samples too small for all values.
        let max_distinct = NonZeroUsize::new(max_distinct).unwrap();
        let one = context(&tables, &Options { max_distinct, ..options(1, 1 << 20) });
        let many = context(&tables, &Options { max_distinct, ..options(threads, block_bytes) });
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&many).unwrap());
    }

    #[test]
    fn the_rows_are_those_of_the_csv_crate(rows in any_table()) {
        let text = written(&rows);
        let found = profiled(&[("a.csv", &text)], &options(2, 64)).unwrap();
        let evidence = &found.tables()[0].evidence;
        prop_assert_eq!(evidence.rows, rows.len() as u64);
        for (at, column) in evidence.columns.iter().enumerate() {
            let cells = rows.iter().map(|row| row[at].as_str());
            let nulls = cells.clone().filter(|cell| cell.is_empty()).count();
            let blanks = cells.clone().filter(|c| !c.is_empty() && c.trim().is_empty()).count();
            let mut distinct: Vec<&str> = cells.filter(|cell| !cell.trim().is_empty()).collect();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(column.nulls, nulls as u64);
            prop_assert_eq!(column.blanks, blanks as u64);
            prop_assert_eq!(column.distinct.count, distinct.len() as u64);
        }
        let mut unique = rows.clone();
        unique.sort_unstable();
        unique.dedup();
        prop_assert_eq!(evidence.duplicate_rows, (rows.len() - unique.len()) as u64);
    }

    #[test]
    fn no_value_of_a_person_and_none_below_k_is_written(
        rows in any_table(),
        repeated in proptest::collection::vec(1_usize..25, 6),
    ) {
        // Values that occur nowhere else in the document, so that finding one is finding it.
        let mut table = rows;
        for (at, times) in repeated.iter().enumerate() {
            for _ in 0..*times {
                let value = format!("qx{at}zv");
                table.push(vec![value.clone(), format!("Vx{at}zv"), value, String::new()]);
            }
        }
        let text = written(&table);
        let context = context(&[("a.csv", &text), ("b.csv", &text)], &options(2, 97));
        let json = serde_json::to_string(&context).unwrap() + &to_report(&context);
        for (at, times) in repeated.iter().enumerate() {
            let (personal, open) = (format!("Vx{at}zv"), format!("qx{at}zv"));
            prop_assert!(!json.contains(&personal));
            prop_assert!(*times >= 10 || !json.contains(&open));
        }
        let evidence = context.silversmith_evidence.unwrap();
        for column in evidence.tables.values().flat_map(|table| &table.columns) {
            let named = column.codes.iter().flatten().chain(&column.null_tokens);
            let named = named.chain(column.variants.iter().flatten());
            prop_assert!(named.clone().all(|value| value.count >= 10));
            prop_assert!(column.shapes.iter().all(|shape| shape.count >= 10));
            if column.name.as_str() == "Vorname" {
                prop_assert!(column.personal.is_some());
                prop_assert_eq!(named.count() + column.shapes.len(), 0);
                prop_assert!(column.numbers.range.is_none());
                prop_assert!(column.formats.iter().all(|format| format.range.is_none()));
            }
        }
    }

    #[test]
    fn any_bytes_are_profiled_or_refused(
        bytes in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(&b"\",\n\r\0 a1-"[..]),
                any::<u8>(),
            ],
            0..200,
        ),
        header in any::<bool>(),
    ) {
        let text = if header { [&b"a,b\n"[..], &bytes].concat() } else { bytes };
        refused(&text);
    }
}
