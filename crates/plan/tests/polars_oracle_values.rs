//! The operations on typed values, in the interpreter and in Polars.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Value};
use support::agree::{agree, agree_on};
use support::{Oracle, name, operation, schema, values};

const MONEY: ColumnType = ColumnType::Decimal {
    precision: 6,
    scale: 2,
};
const LONG: ColumnType = ColumnType::Decimal {
    precision: 38,
    scale: 9,
};
const TYPES: [ColumnType; 8] = [
    ColumnType::Text,
    ColumnType::Integer,
    MONEY,
    LONG,
    ColumnType::Float,
    ColumnType::Date,
    ColumnType::Timestamp,
    ColumnType::Boolean,
];

fn on_error() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![json!("null"), json!("quarantine")])
}

/// Literals of a type, or of one that fits it.
fn literal(ty: ColumnType) -> BoxedStrategy<Json> {
    let small = (-300..300_i64, 0..4_usize).prop_map(|(number, scale)| {
        let sign = if number < 0 { "-" } else { "" };
        let digits = format!("{:04}", number.abs());
        let (whole, fraction) = digits.split_at(4 - scale);
        let point = if scale == 0 { "" } else { "." };
        let whole = if whole.is_empty() { "0" } else { whole };
        json!({"decimal": format!("{sign}{whole}{point}{fraction}")})
    });
    match ty {
        ColumnType::Text => values::text()
            .prop_map(|text| json!({"text": text}))
            .boxed(),
        ColumnType::Integer => values::integer()
            .prop_map(|n| json!({"integer": n}))
            .boxed(),
        ColumnType::Decimal { .. } | ColumnType::Float => {
            prop_oneof![small, (-99..99_i64).prop_map(|n| json!({"integer": n}))].boxed()
        }
        ColumnType::Date => values::date()
            .prop_map(|date| json!({"date": date}))
            .boxed(),
        ColumnType::Timestamp => values::timestamp()
            .prop_map(|at| json!({"timestamp": at}))
            .boxed(),
        ColumnType::Boolean => any::<bool>()
            .prop_map(|truth| json!({"boolean": truth}))
            .boxed(),
    }
}

#[test]
fn fill_null() {
    for ty in TYPES {
        let step = literal(ty).prop_map(|literal| json!({"op": "fill_null", "literal": literal}));
        let cell = prop_oneof![Just(Value::Null), values::value(ty)];
        agree(ty, step, cell.boxed());
    }
}

#[test]
fn cast() {
    let decimals = (1..=38_u8, 0..=38_u8).prop_map(|(precision, scale)| {
        json!({"decimal": {"precision": precision, "scale": scale % (precision + 1)}})
    });
    for ty in TYPES {
        let to = |names: &'static [&'static str]| {
            prop::sample::select(names).prop_map(|to| json!(to)).boxed()
        };
        let to = match ty {
            ColumnType::Text => continue,
            ColumnType::Integer => prop_oneof![to(&["float", "text"]), decimals.clone()].boxed(),
            ColumnType::Decimal { .. } => {
                prop_oneof![to(&["integer", "float", "text"]), decimals.clone()].boxed()
            }
            ColumnType::Float => to(&["integer"]),
            ColumnType::Date => to(&["timestamp", "text"]),
            ColumnType::Timestamp => to(&["date", "text"]),
            ColumnType::Boolean => to(&["integer", "text"]),
        };
        let step = (to, on_error())
            .prop_map(|(to, on_error)| json!({"op": "cast", "to": to, "on_error": on_error}));
        let midnight =
            values::date().prop_map(|day| Value::Timestamp(day.and_time(chrono::NaiveTime::MIN)));
        let cell = match ty {
            ColumnType::Timestamp => prop_oneof![midnight, values::value(ty)].boxed(),
            _ => values::value(ty),
        };
        agree(ty, step, cell);
    }
}

#[test]
fn a_decimal_becomes_the_nearest_float() {
    for scale in [1, 9, 22, 23, 30, 38] {
        let ty = ColumnType::Decimal {
            precision: 38,
            scale,
        };
        let step = json!({"op": "cast", "to": "float", "on_error": "null"});
        let unscaled = |n: i128| n * 9_007_199_254_740_993 * 7_919 % 10_i128.pow(38);
        let cells = (1..2_000).map(|n| Value::Decimal {
            unscaled: unscaled(n * n),
            scale,
        });
        agree_on(ty, &step, cells);
        let long = (1..2_000_i128)
            .map(|n| n * n * 98_765_432_109_876_543_210_987_654_321 % 10_i128.pow(38));
        agree_on(
            ty,
            &step,
            long.map(|unscaled| Value::Decimal { unscaled, scale }),
        );
    }
}

#[test]
fn map_values() {
    let code = || {
        prop_oneof![
            prop::sample::select(vec!["DE", "de", "Us", "ß", "ΑΣ", "K", " DE"])
                .prop_map(str::to_owned),
            values::text(),
        ]
    };
    let map = prop::collection::btree_map(code(), values::text(), 1..5);
    let matching = prop::sample::subsequence(vec!["trim", "casefold"], 0..=2);
    let default = prop_oneof![
        Just(json!("keep")),
        Just(json!("null")),
        Just(json!("quarantine")),
        values::text().prop_map(|text| json!({"literal": text})),
    ];
    let step = (map, matching, default).prop_map(|(map, matching, default)| {
        json!({"op": "map_values", "map": map, "match": matching, "default": default})
    });
    let cell = prop_oneof![
        code(),
        code().prop_map(|code| format!(" {}\u{a0}", code.to_lowercase())),
        code().prop_map(|code| code.to_uppercase()),
    ];
    agree(ColumnType::Text, step, cell.prop_map(Value::Text).boxed());
}

#[test]
fn restrict_domain() {
    let allowed = prop::collection::btree_set(values::text(), 1..6);
    let otherwise = prop_oneof![
        Just(json!("null")),
        Just(json!("quarantine")),
        values::text().prop_map(|text| json!({"literal": text})),
    ];
    let step = (allowed, otherwise).prop_map(
        |(allowed, other)| json!({"op": "restrict_domain", "allowed": allowed, "else": other}),
    );
    agree(
        ColumnType::Text,
        step,
        values::text().prop_map(Value::Text).boxed(),
    );
}

#[test]
fn null_out_of_range() {
    for ty in TYPES {
        if matches!(ty, ColumnType::Text | ColumnType::Boolean) {
            continue;
        }
        let bound = || {
            let literal = literal(ty).prop_map(|literal| json!({"literal": literal}));
            prop::option::of(prop_oneof![4 => literal, 1 => Just(json!("as_of"))])
        };
        let step = (bound(), bound())
            .prop_map(|(min, max)| json!({"op": "null_out_of_range", "min": min, "max": max}));
        let near = match ty {
            ColumnType::Date => Just(Value::Date("2026-01-25".parse().expect("a day"))).boxed(),
            ColumnType::Timestamp => prop::sample::select(vec![
                "2026-01-25T21:47:26",
                "2026-01-25T21:47:26.000001",
                "2026-01-25T21:47:25.999999",
            ])
            .prop_map(|text| Value::Timestamp(text.parse().expect("a time")))
            .boxed(),
            _ => values::value(ty),
        };
        agree(
            ty,
            step,
            prop_oneof![3 => values::value(ty), 1 => near].boxed(),
        );
    }
}

#[test]
fn round_number() {
    let mode = || prop::sample::select(vec!["half_even", "half_up"]);
    for (precision, scale) in [(6, 2), (37, 37), (38, 38), (38, 2), (12, 5), (3, 3)] {
        let step = (0..scale, mode())
            .prop_map(|(scale, mode)| json!({"op": "round_number", "scale": scale, "mode": mode}));
        let ty = ColumnType::Decimal { precision, scale };
        let halves = (-400..400_i128)
            .prop_map(move |n| n * 5)
            .prop_map(move |n| {
                let end = 10_i128.pow(u32::from(precision)) - 1;
                Value::Decimal {
                    unscaled: n.clamp(-end, end),
                    scale,
                }
            });
        agree(ty, step, prop_oneof![values::value(ty), halves].boxed());
    }
    let step = (0..16_u8, mode())
        .prop_map(|(scale, mode)| json!({"op": "round_number", "scale": scale, "mode": mode}));
    let cents = (-2_000_000..2_000_000_i32).prop_map(|n| Value::Float(f64::from(n) / 1_000.0));
    agree(
        ColumnType::Float,
        step,
        prop_oneof![values::value(ColumnType::Float), cents].boxed(),
    );
}

/// A comparison of floats does not see the sign of a zero; a file does.
#[test]
fn zero_has_no_sign() {
    let round = json!({"op": "round_number", "columns": ["a"], "scale": 1, "mode": "half_up"});
    let cast = json!({"op": "cast", "columns": ["a"], "to": "float", "on_error": "null"});
    let text = |text: &str| Value::Text(text.to_owned());
    for (step, ty, cells) in [
        (
            round,
            ColumnType::Float,
            [Value::Float(-0.04), Value::Float(-0.0)],
        ),
        (cast, ColumnType::Text, [text("-0.0"), text("-0")]),
    ] {
        let table = schema(&[("a", ty)]);
        let mut lines = Vec::new();
        let mut transform = silversmith_plan::compile::Transform::new(&mut lines, "s");
        operation(&step)
            .as_operation()
            .compile(&table, &mut transform);
        let rows: Vec<_> = cells.into_iter().map(|cell| vec![cell]).collect();
        let answer = Oracle::shared()
            .transform(&lines, &table, &rows)
            .expect("an answer");
        let shown: Vec<_> = answer
            .rows
            .iter()
            .map(|row| row[0].canonical_text())
            .collect();
        assert_eq!(
            shown,
            [Some("0.0".to_owned()), Some("0.0".to_owned())],
            "{step}"
        );
    }
}

#[test]
fn hash_key() {
    for ty in TYPES {
        if ty == ColumnType::Float {
            continue;
        }
        let step = prop::sample::select(vec!["-", "NULL", "\\\"", "~~"])
            .prop_map(|token| json!({"op": "hash_key", "null_token": token, "into": "key"}));
        agree(ty, step, values::value(ty));
    }
}

#[test]
fn a_failing_step_fails_in_the_interpreter() {
    let step =
        operation(&json!({"op": "cast", "columns": ["a"], "to": "integer", "on_error": "fail"}));
    let table = schema(&[("a", ColumnType::Text)]);
    let rows = vec![
        vec![Value::Text("x".to_owned())],
        vec![Value::Text("1".to_owned())],
    ];
    let failed = Oracle::shared()
        .compare(&[step], &table, &rows)
        .expect_err("a failure");
    assert_eq!(
        failed,
        format!(
            "step `step-1` met 1 values of `{}` that it cannot convert",
            name("a")
        )
    );
}
