//! Generated cells: nulls, extremes, and text of all kinds.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use silversmith_plan::{ColumnType, Value};

/// Days from 0001-01-01 to 9999-12-31.
const DAYS: i64 = 3_652_058;

/// Cells of a type; one in six is null.
pub fn cell(ty: ColumnType) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 5 => value(ty)].boxed()
}

/// Rows of cells of these types, from an empty table up.
pub fn rows(types: Vec<ColumnType>) -> impl Strategy<Value = Vec<Vec<Value>>> {
    let row: Vec<_> = types.into_iter().map(cell).collect();
    prop::collection::vec(row, 0..12)
}

/// Values of a type, never null.
pub fn value(ty: ColumnType) -> BoxedStrategy<Value> {
    match ty {
        ColumnType::Text => text().prop_map(Value::Text).boxed(),
        ColumnType::Integer => integer().prop_map(Value::Integer).boxed(),
        ColumnType::Decimal { precision, scale } => decimal(precision)
            .prop_map(move |unscaled| Value::Decimal { unscaled, scale })
            .boxed(),
        ColumnType::Float => float().prop_map(Value::Float).boxed(),
        ColumnType::Date => date().prop_map(Value::Date).boxed(),
        ColumnType::Timestamp => timestamp().prop_map(Value::Timestamp).boxed(),
        ColumnType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
    }
}

/// Text that is not empty: short words over few letters (so that values meet), white space of many
/// kinds, letters whose case changes their length, characters outside the basic plane, and
/// whatever else Unicode has.
pub fn text() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        " ",
        "\u{a0}",
        "\t\n",
        "\u{200b}",
        "ß",
        "ΑΣ",
        "İ",
        "ǆ",
        "ﬁ",
        "e\u{301}",
        "𝒳",
        "日本",
        "-0",
        "+1",
        "00123",
        "N/A",
        "n/a",
        "%",
        "_",
        ".*",
        "\\",
        "\"",
        "'",
        "a,b",
        "2020-02-29",
        "1.50",
        "1e3",
        "12345678901234567890",
        "\u{85}",
        "\u{feff}",
        "\u{0}",
        "K",
    ]);
    prop_oneof![
        3 => "[abAB ]{1,4}",
        1 => fixed.prop_map(str::to_owned),
        1 => "\\PC{1,6}",
        1 => prop::collection::vec(any::<char>(), 1..5).prop_map(String::from_iter),
    ]
}

/// Integers, many of them small or at the ends.
pub fn integer() -> impl Strategy<Value = i64> {
    let ends = prop::sample::select(vec![
        i64::MIN,
        i64::MIN + 1,
        i64::MAX,
        i64::MAX - 1,
        1 << 53,
        (1 << 53) + 1,
        -(1 << 53) - 1,
        1 << 31,
        3_037_000_500,
    ]);
    prop_oneof![4 => -12..13_i64, 1 => ends, 1 => any::<i64>()]
}

/// Unscaled decimals of at most `precision` digits.
pub fn decimal(precision: u8) -> impl Strategy<Value = i128> {
    let end = 10_i128.pow(u32::from(precision)) - 1;
    let ends = prop::sample::select(vec![-end, end, end - 1, end / 2 + 1, -end / 2]);
    let small = (-200..200_i128).prop_map(move |n| n.clamp(-end, end));
    prop_oneof![3 => small, 1 => ends, 1 => -end..=end]
}

/// Finite floats.
pub fn float() -> impl Strategy<Value = f64> {
    let odd = prop::sample::select(vec![
        0.0,
        -0.0,
        0.5,
        1.5,
        2.5,
        -2.5,
        0.1,
        1e15,
        1e16,
        1e22,
        1e-5,
        1e-7,
        5e-324,
        f64::MAX,
        f64::MIN,
        9_007_199_254_740_993.0,
        9.223_372_036_854_776e18,
        -9.223_372_036_854_776e18,
        1.005,
    ]);
    let halves = (-4000..4000_i32).prop_map(|n| f64::from(n) / 8.0);
    prop_oneof![2 => halves, 1 => odd, 1 => prop::num::f64::NORMAL]
}

/// Days from the year 1 to the year 9999.
pub fn date() -> impl Strategy<Value = NaiveDate> {
    let day = |days: i64| first_day() + TimeDelta::days(days);
    let odd = prop::sample::select(vec![0, DAYS, DAYS - 1, 737_425, 737_456, 719_161, 719_162]);
    prop_oneof![1 => odd.prop_map(day), 2 => (730_000..740_000_i64).prop_map(day), 1 => (0..=DAYS).prop_map(day)]
}

/// Microseconds from the year 1 to the year 9999.
pub fn timestamp() -> impl Strategy<Value = NaiveDateTime> {
    let micros = prop::sample::select(vec![
        0,
        1,
        999_999,
        1_000_000,
        3_599_999_999,
        86_399_999_999,
    ]);
    let time = prop_oneof![1 => micros, 1 => 0..86_400_000_000_i64];
    (date(), time).prop_map(|(date, micros)| {
        date.and_time(chrono::NaiveTime::MIN) + TimeDelta::microseconds(micros)
    })
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).expect("a day")
}
