//! Generated expressions over generated rows: the interpreter and Polars give the same, cell by cell.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::expression::{Expression, Function, Typed};
use silversmith_plan::{ColumnType, Schema, Value};
use support::{Oracle, run_parameters, schema, values};

/// What an expression is asked for: a type, save that decimals come in all sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Integer,
    Decimal,
    Float,
    Date,
    Timestamp,
    Boolean,
}

const KINDS: [Kind; 7] = [
    Kind::Text,
    Kind::Integer,
    Kind::Decimal,
    Kind::Float,
    Kind::Date,
    Kind::Timestamp,
    Kind::Boolean,
];

fn table() -> Schema {
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
    schema(&[
        ("text 1", ColumnType::Text),
        ("text 2", ColumnType::Text),
        ("integer 1", ColumnType::Integer),
        ("integer 2", ColumnType::Integer),
        ("decimal 1", decimal(6, 2)),
        ("decimal 2", decimal(9, 4)),
        ("decimal 3", decimal(5, 5)),
        ("decimal 4", decimal(38, 10)),
        ("float 1", ColumnType::Float),
        ("float 2", ColumnType::Float),
        ("date 1", ColumnType::Date),
        ("date 2", ColumnType::Date),
        ("timestamp 1", ColumnType::Timestamp),
        ("timestamp 2", ColumnType::Timestamp),
        ("boolean 1", ColumnType::Boolean),
        ("boolean 2", ColumnType::Boolean),
    ])
}

fn rows(table: &Schema) -> impl Strategy<Value = Vec<Vec<Value>>> + use<> {
    values::rows(table.columns().iter().map(|(_, ty)| *ty).collect())
}

fn call(function: &str, args: &[&Json]) -> Json {
    json!({"fn": function, "args": args})
}

fn literal(kind: &str, value: impl Into<Json>) -> Json {
    json!({"literal": {kind: value.into()}})
}

fn text_literal() -> BoxedStrategy<Json> {
    values::text()
        .prop_map(|text| literal("text", text))
        .boxed()
}

fn constant(kind: Kind) -> BoxedStrategy<Json> {
    let number = -300..300_i64;
    match kind {
        Kind::Text => text_literal(),
        Kind::Integer => values::integer()
            .prop_map(|n| literal("integer", n))
            .boxed(),
        Kind::Decimal => (number, 0..4_u8)
            .prop_map(|(unscaled, scale)| {
                let value = Value::Decimal {
                    unscaled: unscaled.into(),
                    scale,
                };
                literal("decimal", value.canonical_text())
            })
            .boxed(),
        Kind::Float => number
            .prop_map(|n| json!({"fn": "cast", "args": [literal("integer", n)], "to": "float"}))
            .boxed(),
        Kind::Date => values::date()
            .prop_map(|date| literal("date", date.to_string()))
            .boxed(),
        Kind::Timestamp => values::timestamp()
            .prop_map(|at| literal("timestamp", Value::Timestamp(at).canonical_text()))
            .boxed(),
        Kind::Boolean => any::<bool>()
            .prop_map(|truth| literal("boolean", truth))
            .boxed(),
    }
}

fn leaf(kind: Kind) -> BoxedStrategy<Json> {
    let names: Vec<String> = table()
        .columns()
        .iter()
        .map(|(name, _)| name.as_str().to_owned())
        .filter(|name| name.starts_with(&format!("{kind:?}").to_lowercase()))
        .collect();
    let column = prop::sample::select(names).prop_map(|name| json!({"column": name}));
    let parameter = match kind {
        Kind::Text => Some(prop::sample::select(vec!["load_id", "source_file"]).boxed()),
        Kind::Date => Some(Just("as_of").boxed()),
        _ => None,
    };
    match parameter {
        Some(name) => {
            let parameter = name.prop_map(|name| json!({"parameter": name}));
            prop_oneof![5 => column, 1 => constant(kind), 1 => parameter].boxed()
        }
        None => prop_oneof![5 => column, 1 => constant(kind)].boxed(),
    }
}

fn names(names: &'static [&'static str]) -> BoxedStrategy<&'static str> {
    prop::sample::select(names).boxed()
}

fn unary(functions: &'static [&'static str], arg: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    (names(functions), arg)
        .prop_map(|(name, arg)| call(name, &[&arg]))
        .boxed()
}

fn binary(
    functions: &'static [&'static str],
    a: BoxedStrategy<Json>,
    b: BoxedStrategy<Json>,
) -> BoxedStrategy<Json> {
    (names(functions), a, b)
        .prop_map(|(name, a, b)| call(name, &[&a, &b]))
        .boxed()
}

/// Functions of any arguments of one kind that give the same kind.
fn chosen(kind: Kind, depth: u32) -> BoxedStrategy<Json> {
    let many = (
        names(&["coalesce", "least", "greatest"]),
        vec(expression(kind, depth), 2..4),
    )
        .prop_map(|(name, args)| json!({"fn": name, "args": args}));
    // A second argument of a wider type is refused, so it is the first with something done to it.
    let null_if = (expression(kind, depth), any::<bool>()).prop_map(move |(a, same)| {
        let b = if same {
            a.clone()
        } else {
            call("coalesce", &[&a, &a])
        };
        call("nullif", &[&a, &b])
    });
    prop_oneof![4 => many, 1 => null_if].boxed()
}

fn cast(from: Kind, to: Json, depth: u32) -> BoxedStrategy<Json> {
    expression(from, depth)
        .prop_map(move |arg| json!({"fn": "cast", "args": [arg], "to": to}))
        .boxed()
}

/// Numbers of mixed types meet in arithmetic and comparisons.
fn number(depth: u32) -> BoxedStrategy<Json> {
    prop_oneof![
        2 => expression(Kind::Integer, depth),
        2 => expression(Kind::Decimal, depth),
        1 => expression(Kind::Float, depth),
    ]
    .boxed()
}

fn any_kind(depth: u32) -> BoxedStrategy<Json> {
    prop::sample::select(&KINDS[..])
        .prop_flat_map(move |kind| expression(kind, depth))
        .boxed()
}

/// Two or three comparable arguments.
fn comparable(count: usize, depth: u32) -> BoxedStrategy<Vec<Json>> {
    let kinds = [Kind::Text, Kind::Date, Kind::Timestamp, Kind::Boolean];
    let same = prop::sample::select(kinds.to_vec())
        .prop_flat_map(move |kind| vec(expression(kind, depth), count));
    prop_oneof![1 => same, 1 => vec(number(depth), count)].boxed()
}

fn expression(kind: Kind, depth: u32) -> BoxedStrategy<Json> {
    if depth == 0 {
        return leaf(kind);
    }
    let d = depth - 1;
    let same = |kind| expression(kind, d);
    let deeper: BoxedStrategy<Json> = match kind {
        Kind::Text => prop_oneof![
            unary(&["lower", "upper", "trim"], same(Kind::Text)),
            binary(&["concat"], same(Kind::Text), same(Kind::Text)),
            substr(d),
            prop_oneof![
                cast(Kind::Integer, json!("text"), d),
                cast(Kind::Decimal, json!("text"), d),
                cast(Kind::Date, json!("text"), d),
                cast(Kind::Timestamp, json!("text"), d),
                cast(Kind::Boolean, json!("text"), d),
            ],
        ]
        .boxed(),
        Kind::Integer => prop_oneof![
            binary(
                &["add", "subtract", "multiply"],
                same(Kind::Integer),
                same(Kind::Integer)
            ),
            unary(&["abs", "round", "floor", "ceil"], same(Kind::Integer)),
            unary(&["sign"], number(d)),
            unary(&["length"], same(Kind::Text)),
            unary(&["year", "month", "day"], same(Kind::Date)),
            unary(&["year", "month", "day"], same(Kind::Timestamp)),
            date_diff(d),
            cast(Kind::Text, json!("integer"), d),
            cast(Kind::Decimal, json!("integer"), d),
            cast(Kind::Float, json!("integer"), d),
        ]
        .boxed(),
        Kind::Decimal => prop_oneof![
            binary(
                &["add", "subtract", "multiply", "divide"],
                same(Kind::Decimal),
                same(Kind::Decimal)
            ),
            binary(
                &["add", "subtract", "multiply", "divide"],
                same(Kind::Decimal),
                same(Kind::Integer)
            ),
            unary(&["abs", "floor", "ceil", "round"], same(Kind::Decimal)),
            (same(Kind::Decimal), 0..4_i64)
                .prop_map(|(arg, digits)| call("round", &[&arg, &literal("integer", digits)])),
            cast(
                Kind::Decimal,
                json!({"decimal": {"precision": 7, "scale": 3}}),
                d
            ),
            cast(
                Kind::Integer,
                json!({"decimal": {"precision": 5, "scale": 1}}),
                d
            ),
            cast(
                Kind::Text,
                json!({"decimal": {"precision": 9, "scale": 2}}),
                d
            ),
        ]
        .boxed(),
        Kind::Float => prop_oneof![
            binary(
                &["add", "subtract", "multiply", "divide"],
                same(Kind::Float),
                number(d)
            ),
            binary(&["divide"], same(Kind::Integer), same(Kind::Integer)),
            unary(&["abs", "floor", "ceil", "round"], same(Kind::Float)),
            (same(Kind::Float), 0..4_i64)
                .prop_map(|(arg, digits)| call("round", &[&arg, &literal("integer", digits)])),
            cast(Kind::Integer, json!("float"), d),
            cast(Kind::Decimal, json!("float"), d),
            cast(Kind::Text, json!("float"), d),
        ]
        .boxed(),
        Kind::Date | Kind::Timestamp => {
            let other = if kind == Kind::Date {
                Kind::Timestamp
            } else {
                Kind::Date
            };
            let to = format!("{kind:?}").to_lowercase();
            prop_oneof![
                2 => date_add(kind, d),
                2 => (unit(kind), same(kind)).prop_map(|(unit, arg)| call("date_trunc", &[&unit, &arg])),
                1 => cast(other, json!(to), d),
            ]
            .boxed()
        }
        Kind::Boolean => condition(d),
    };
    prop_oneof![1 => leaf(kind), 4 => deeper, 1 => chosen(kind, d)].boxed()
}

fn substr(depth: u32) -> BoxedStrategy<Json> {
    (
        expression(Kind::Text, depth),
        0..4_i64,
        prop::option::of(1..4_i64),
    )
        .prop_map(|(arg, skip, length)| {
            let mut args = vec![arg, literal("integer", skip)];
            args.extend(length.map(|length| literal("integer", length)));
            json!({"fn": "substr", "args": args})
        })
        .boxed()
}

fn unit(kind: Kind) -> BoxedStrategy<Json> {
    let units: &[&str] = match kind {
        Kind::Date => &["year", "month", "day"],
        _ => &["year", "month", "day", "hour", "minute", "second"],
    };
    prop::sample::select(units.to_vec())
        .prop_map(|unit| literal("text", unit))
        .boxed()
}

fn date_add(kind: Kind, depth: u32) -> BoxedStrategy<Json> {
    let amount = prop_oneof![-40..40_i64, Just(-5000), Just(8_000)];
    (unit(kind), amount, expression(kind, depth))
        .prop_map(|(unit, amount, arg)| {
            call("date_add", &[&unit, &literal("integer", amount), &arg])
        })
        .boxed()
}

fn date_diff(depth: u32) -> BoxedStrategy<Json> {
    let kind = prop::sample::select(&[Kind::Date, Kind::Timestamp][..]);
    kind.prop_flat_map(move |kind| (unit(kind), expression(kind, depth), expression(kind, depth)))
        .prop_map(|(unit, start, end)| call("date_diff", &[&unit, &start, &end]))
        .boxed()
}

fn condition(depth: u32) -> BoxedStrategy<Json> {
    let compared = (
        names(&[
            "equal",
            "not_equal",
            "less",
            "less_or_equal",
            "greater",
            "greater_or_equal",
        ]),
        comparable(2, depth),
    )
        .prop_map(|(name, args)| json!({"fn": name, "args": args}));
    let between = comparable(3, depth).prop_map(|args| json!({"fn": "between", "args": args}));
    let listed = prop::sample::select(&KINDS[..]).prop_flat_map(move |kind| {
        let constants = match kind {
            Kind::Float => constant(Kind::Decimal),
            kind => constant(kind),
        };
        (expression(kind, depth), vec(constants, 1..4)).prop_map(|(value, mut rest)| {
            rest.insert(0, value);
            json!({"fn": "in", "args": rest})
        })
    });
    let patterns = vec(
        prop::sample::select(vec!["%", "_", "a", "b", "A", ".", "é"]),
        1..5,
    )
    .prop_map(|parts| literal("text", parts.concat()));
    let regexes = prop::sample::select(vec![
        "^a", "b$", r"\d", r"^\w+$", "(?i)A", ".", r"\s", "^$", "[^a-z]",
    ])
    .prop_map(|pattern| literal("text", pattern));
    let truth = || expression(Kind::Boolean, depth);
    let text = || expression(Kind::Text, depth);
    prop_oneof![
        3 => compared,
        1 => between,
        1 => listed,
        1 => unary(&["is_null"], any_kind(depth)),
        1 => unary(&["not"], truth()),
        2 => binary(&["and", "or"], truth(), truth()),
        1 => binary(&["starts_with", "ends_with", "contains"], text(), text_literal()),
        1 => binary(&["like"], text(), patterns.boxed()),
        1 => binary(&["matches"], text(), regexes.boxed()),
    ]
    .boxed()
}

/// As text: a failure is reported in one line.
fn any_expression() -> BoxedStrategy<String> {
    (0..4_u32)
        .prop_flat_map(any_kind)
        .prop_map(|json| json.to_string())
        .boxed()
}

/// The expression for this table; `None` where it is refused for its size or the digits it needs.
fn typed(json: &str, table: &Schema) -> Option<Typed> {
    let expression: Expression = serde_json::from_str(json).expect("an expression");
    match expression.typed(table, "/expression") {
        Ok(typed) => Some(typed),
        Err(problem) => {
            let reasons = [
                "38 digits",
                "deeper than",
                "no common type for",
                "leaves the years",
                "it is that already",
            ];
            let known = reasons
                .iter()
                .any(|reason| problem.message.contains(reason));
            assert!(known, "{expression}: {problem:?}");
            None
        }
    }
}

#[test]
fn polars_gives_what_the_interpreter_gives() {
    // Without an oracle there is nothing to shrink.
    drop(Oracle::shared());
    let table = table();
    let run = run_parameters();
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(300);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(expressions in vec(any_expression(), 1..9), rows in rows(&table))| {
        let typed: Vec<Typed> = expressions.iter().filter_map(|json| typed(json, &table)).collect();
        let sources: Vec<String> = typed.iter().map(Typed::compile).collect();
        let got = Oracle::shared().expressions(&sources, &table, &rows);
        let got = got.map_err(|error| TestCaseError::fail(format!("{error}\n{}", sources.join("\n"))))?;
        for (at, typed) in typed.iter().enumerate() {
            prop_assert_eq!(&got.columns[at].1, &typed.ty().to_string(), "{}", sources[at]);
            for (row, cells) in rows.iter().zip(&got.rows) {
                let wanted = typed.evaluate(row, &run);
                prop_assert_eq!(&cells[at], &wanted, "{} of {:?}", sources[at], row);
            }
        }
    });
}

#[test]
fn a_function_is_called_what_a_plan_calls_it() {
    let names = [
        "add",
        "starts_with",
        "is_null",
        "between",
        "cast",
        "date_trunc",
        "nullif",
    ];
    for name in names {
        let function: Function = serde_json::from_value(json!(name)).unwrap();
        assert_eq!(function.name(), name);
    }
}
