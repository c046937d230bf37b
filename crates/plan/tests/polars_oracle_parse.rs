//! The operations that read text as something else, in the interpreter and in Polars.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use chrono::NaiveDateTime;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Value};
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::FormatKind;
use support::agree::{agree, agree_on_texts, nearly};
use support::values;

fn text(texts: BoxedStrategy<String>) -> BoxedStrategy<Value> {
    texts.prop_map(Value::Text).boxed()
}

fn on_error() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![json!("null"), json!("quarantine")])
}

fn decimal() -> impl Strategy<Value = Json> {
    (1..=38_u8, 0..=38_u8).prop_map(|(precision, scale)| {
        json!({"decimal": {"precision": precision, "scale": scale % (precision + 1)}})
    })
}

fn number_type() -> impl Strategy<Value = Json> {
    let money = json!({"decimal": {"precision": 6, "scale": 2}});
    prop_oneof![
        2 => Just(json!("integer")),
        2 => Just(json!("float")),
        2 => Just(money),
        2 => decimal(),
    ]
}

/// Plain numbers of all lengths, and what almost is one.
fn numbers() -> BoxedStrategy<String> {
    let odd = prop::sample::select(vec![
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "9007199254740993",
        "1e3",
        "inf",
        "-Infinity",
        "NaN",
        "0x10",
        "1_000",
        ".5",
        "5.",
        "-.5",
        "-0",
        "-0.0",
        "9999.99",
        "9999.995",
        "-9999.991",
        "99999999999999999999999999999999999999",
        "99999999999999999999999999999999999999.0",
        "0.00000000000000000000000000000000000001",
    ]);
    let extreme = prop::sample::select(vec![
        "1".to_owned() + &"0".repeat(308),
        "9".repeat(309),
        "0".repeat(60) + "1.50" + &"0".repeat(60),
        format!("0.{}1", "0".repeat(400)),
    ]);
    nearly(
        prop_oneof![
            4 => "[+-]?[0-9]{1,4}(\\.[0-9]{1,3})?",
            1 => "[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?",
            1 => "[+-]?0{0,3}[0-9]{17,20}(\\.0{1,3})?",
            1 => odd.prop_map(str::to_owned),
            1 => extreme,
        ]
        .boxed(),
    )
}

#[test]
fn cast_text() {
    let step = (number_type(), on_error())
        .prop_map(|(to, on_error)| json!({"op": "cast", "to": to, "on_error": on_error}));
    agree(
        ColumnType::Text,
        step,
        prop_oneof![8 => text(numbers()), 1 => text(values::text().boxed())].boxed(),
    );
}

#[test]
fn parse_number() {
    let marks = prop::sample::select(vec![
        (".", None),
        (".", Some(",")),
        (",", Some(".")),
        (",", Some(" ")),
        (".", Some("'")),
        (",", Some("\u{a0}")),
        (".", Some("_")),
    ]);
    let currency = prop::sample::subsequence(vec!["€", "EUR", "$", "US$", "Fr.", "kr", "¤,"], 0..4);
    let step = (marks, currency, any::<bool>(), any::<bool>(), number_type(), on_error()).prop_map(
        |((decimal, group), currency, percent, parens_negative, to, on_error)| {
            json!({"op": "parse_number", "decimal": decimal, "group": group, "currency": currency,
                   "percent": percent, "parens_negative": parens_negative, "to": to,
                   "on_error": on_error})
        },
    );
    let written = "(EUR|€|\\$|US\\$|Fr\\.|kr|¤,)? ?[-+(]{0,2} ?(EUR|€|\\$|Fr\\.)?[0-9]{1,4}([., '\u{a0}_][0-9]{3}){0,2}([.,][0-9]{1,3})? ?(%|€|EUR|kr)?\\)?";
    let simple = "[-(]?[$€]?[0-9]{1,3}([.,][0-9]{3})?([.,][0-9]{1,2})?[%€)]?";
    let written = nearly(prop_oneof![written, simple, numbers()].boxed());
    agree(ColumnType::Text, step, text(written));
}

/// The writings of instants in one of all formats, and what almost is one.
fn instants(formats: Vec<DateFormat>) -> BoxedStrategy<String> {
    let written = (prop::sample::select(formats), values::timestamp()).prop_map(
        |(format, instant): (DateFormat, NaiveDateTime)| {
            instant.format(format.pattern()).to_string()
        },
    );
    let odd = prop::sample::select(vec![
        "00000101",
        "0000-01-01",
        "0000-12-31 23:59:59",
        "+202-1-01",
        "+2024-1-1",
        "-202-01-01",
        " 2024-1-1",
        "2024 101",
        "202401 1",
        "2024- 1- 1",
        "2023-02-29",
        "2024-02-30",
        "1/2/+202",
        "2024-01-01 23:59:60",
        "2024-01-01T23:59:60Z",
        "2024-01-01 24:00:00",
        "2024-01-01\t10:20:30",
        "2024-01-01 10:20:30.1234567899",
        "1960-01-01 10:20:30.123456789",
        "20240101102060",
        "05 \u{17f}ep 2024",
        "5  Jan 2024",
        "Jan 5,2024",
        "2024-01-01T10:20:30.5z",
        "２０２４-01-01",
    ]);
    nearly(prop_oneof![8 => written, 1 => odd.prop_map(str::to_owned)].boxed())
}

fn of_kind(kind: FormatKind) -> Vec<DateFormat> {
    DateFormat::all()
        .filter(|format| format.kind() == kind)
        .collect()
}

fn patterns(
    formats: Vec<DateFormat>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<&'static str>> {
    let patterns: Vec<_> = formats.into_iter().map(DateFormat::pattern).collect();
    prop::sample::subsequence(patterns, count).prop_shuffle()
}

#[test]
fn parse_date() {
    let bound = || prop::option::of(values::date());
    let step = (patterns(of_kind(FormatKind::Date), 1..4), bound(), bound(), on_error()).prop_map(
        |(formats, min, max, on_error)| {
            json!({"op": "parse_date", "formats": formats, "min": min, "max": max, "on_error": on_error})
        },
    );
    agree(
        ColumnType::Text,
        step,
        text(instants(of_kind(FormatKind::Date))),
    );
}

#[test]
fn parse_timestamp() {
    let all: Vec<_> = DateFormat::all().collect();
    let step = (patterns(all.clone(), 1..4), on_error()).prop_map(|(formats, on_error)| {
        json!({"op": "parse_timestamp", "formats": formats, "on_error": on_error})
    });
    agree(ColumnType::Text, step, text(instants(all)));
}

#[test]
fn every_format_alone_reads_what_it_says() {
    for format in DateFormat::all() {
        let op = match format.kind() {
            FormatKind::Date => "parse_date",
            FormatKind::Timestamp => "parse_timestamp",
        };
        let step = json!({"op": op, "formats": [format.pattern()], "on_error": "null"});
        agree(ColumnType::Text, Just(step), text(instants(vec![format])));
    }
}

#[test]
fn dates_that_polars_reads_more_generously() {
    let step = |format| json!({"op": "parse_date", "formats": [format], "on_error": "null"});
    agree_on_texts(
        &step("%Y%m%d"),
        ["2024 101", "202401 1", "00000101", "20240230", "20240101"],
    );
    agree_on_texts(
        &step("%Y-%m-%d"),
        [
            "+2024-1-1",
            " 2024-1-1",
            "-202-01-01",
            "2024-1-1",
            "2024- 1- 1",
        ],
    );
    agree_on_texts(
        &step("%-d/%-m/%Y"),
        ["1/2/24", "01/02/2024", "1/2/+202", "31/12/2024"],
    );
    let step =
        json!({"op": "parse_timestamp", "formats": ["%Y-%m-%d %H:%M:%S"], "on_error": "null"});
    agree_on_texts(
        &step,
        [
            "2024-01-01 23:59:60",
            "2024-01-01 1:2:3",
            "0000-01-01 00:00:00",
        ],
    );
}

#[test]
fn parse_boolean() {
    let token = || {
        prop_oneof![
            prop::sample::select(vec![
                "1", "0", "y", "N", "Yes", "no", "true", "Ж", "K", "ß", "ΑΣ"
            ])
            .prop_map(str::to_owned),
            "[abK ]{1,2}",
        ]
    };
    let tokens = || prop::collection::vec(token(), 1..4);
    let step = (tokens(), tokens(), on_error()).prop_map(|(truths, falsehoods, on_error)| {
        json!({"op": "parse_boolean", "true": truths, "false": falsehoods, "on_error": on_error})
    });
    let cell = prop_oneof![
        nearly(token().boxed()),
        token().prop_map(|token| format!("\u{a0}{} ", token.to_uppercase())),
    ];
    agree(ColumnType::Text, step, text(cell.boxed()));
}
