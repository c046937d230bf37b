use chrono::{NaiveTime, Timelike};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::polars_type;
use crate::operation::{Cell, CellOperation, OnError, Problem};
use crate::ops::number_text::{number_expression, number_of_text};
use crate::value::{ColumnType, Value};

/// Converts between types, exactly: a value that the type cannot hold unchanged (a fraction as an
/// integer, a day from a time of day, more digits than there is room for) is invalid. Null stays null.
///
/// Text becomes a number where it is a plain one: a sign or none, digits, and for decimals and floats
/// optionally a point and digits; no white space, group marks or exponents. A decimal becomes the
/// nearest float. Text becomes nothing else: dates, timestamps and truth values have operations of
/// their own. Everything but a float becomes its canonical text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The type.
    pub to: ColumnType,
    /// What becomes of values that have no counterpart in the type.
    pub on_error: OnError,
}

impl CellOperation for Cast {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        check_cast(input, self.to)?;
        Ok(self.to)
    }

    /// A day of a time, or a float of a decimal, stands for many.
    fn only_reads(&self, input: ColumnType) -> bool {
        input == ColumnType::Text || self.to == ColumnType::Text
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        cast_value(value, self.to).map_or(Cell::Invalid, Cell::Value)
    }

    fn expression(&self, input: &str, ty: ColumnType) -> String {
        cast_expression(input, ty, self.to)
    }

    fn on_error(&self) -> Option<OnError> {
        Some(self.on_error)
    }
}

/// Whether there is a cast between two types; the problem names the parameter `/to`.
pub(crate) fn check_cast(from: ColumnType, to: ColumnType) -> Result<(), Problem> {
    use ColumnType::{Boolean, Date, Decimal, Float, Integer, Text, Timestamp};
    check_decimal(to)?;
    let hint = match (from, to) {
        (from, to) if from == to => "; it is that already",
        (Text, Integer | Decimal { .. } | Float)
        | (Integer, Decimal { .. } | Float | Text)
        | (Decimal { .. }, Integer | Decimal { .. } | Float | Text)
        | (Float, Integer)
        | (Date, Timestamp | Text)
        | (Timestamp, Date | Text)
        | (Boolean, Integer | Text) => return Ok(()),
        (Text, Date) => "; use `parse_date`",
        (Text, Timestamp) => "; use `parse_timestamp`",
        (Text, Boolean) => "; use `parse_boolean`",
        (Float, Decimal { .. }) => "; read the text as a decimal instead",
        (Float, Text) => "; the writing of a float is not the same everywhere",
        _ => "",
    };
    Err(Problem::new(
        "/to",
        format!("there is no cast from {from} to {to}{hint}"),
    ))
}

/// Whether a decimal type is one that Polars has.
pub(crate) fn check_decimal(ty: ColumnType) -> Result<(), Problem> {
    match ty {
        ColumnType::Decimal { precision, scale }
            if !(1..=38).contains(&precision) || scale > precision =>
        {
            let rule = "a decimal has 1 to 38 digits, at most all of them after the point";
            Err(Problem::new("/to", rule))
        }
        _ => Ok(()),
    }
}

/// The value in another type; `None` where the type has no counterpart. Null casts to null.
/// Defined where [`check_cast`] accepts.
pub(crate) fn cast_value(value: &Value, to: ColumnType) -> Option<Value> {
    match (value, to) {
        (Value::Null, _) => Some(Value::Null),
        (Value::Float(_), ColumnType::Text) => None,
        (other, ColumnType::Text) => other.canonical_text().map(Value::Text),
        (Value::Text(text), to) => number_of_text(text, to),
        (Value::Integer(number), ColumnType::Float) => {
            let float = *number as f64;
            (float as i128 == i128::from(*number)).then_some(Value::Float(float))
        }
        (Value::Float(float), ColumnType::Integer) => {
            let whole = float.fract() == 0.0 && *float >= -TWO_TO_63 && *float < TWO_TO_63;
            whole.then_some(Value::Integer(*float as i64))
        }
        (Value::Integer(_) | Value::Decimal { .. }, to) => decimal_to(&value.canonical_text()?, to),
        (Value::Date(date), ColumnType::Timestamp) => {
            Some(Value::Timestamp(date.and_time(NaiveTime::MIN)))
        }
        (Value::Timestamp(instant), ColumnType::Date) => {
            let midnight = instant.num_seconds_from_midnight() == 0 && instant.nanosecond() == 0;
            midnight.then_some(Value::Date(instant.date()))
        }
        (Value::Boolean(truth), ColumnType::Integer) => Some(Value::Integer((*truth).into())),
        _ => None,
    }
}

/// 2^63: the first float beyond the integers.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// A decimal or integer by its canonical text.
fn decimal_to(text: &str, to: ColumnType) -> Option<Value> {
    match (to, text.split_once('.')) {
        // As an integer, a decimal loses its zeros, and nothing but zeros.
        (ColumnType::Integer, Some((whole, fraction))) => {
            let zeros = fraction.bytes().all(|digit| digit == b'0');
            number_of_text(whole, to).filter(|_| zeros)
        }
        _ => number_of_text(text, to),
    }
}

/// The Polars expression for [`cast_value`]; null where that is `None`.
pub(crate) fn cast_expression(input: &str, from: ColumnType, to: ColumnType) -> String {
    use ColumnType::{Date, Decimal, Float, Integer, Text, Timestamp};
    let target = polars_type(to);
    match (from, to) {
        (Timestamp, Text) => format!("timestamp_text({input})"),
        (_, Text) => format!("{input}.cast(pl.String)"),
        (Text, to) => number_expression(input, to),
        // These can lose something on the way, so the way back must lead to the same value.
        (Decimal { .. }, Integer) | (Integer, Float) | (Float, Integer) | (Timestamp, Date) => {
            exact(input, from, to)
        }
        (Decimal { scale: old, .. }, Decimal { scale: new, .. }) if new < old => {
            exact(input, from, to)
        }
        _ => format!("{input}.cast({target}, strict=False)"),
    }
}

fn exact(input: &str, from: ColumnType, to: ColumnType) -> String {
    format!(
        "exact_cast({input}, {}, {})",
        polars_type(from),
        polars_type(to)
    )
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::ops::testing::{INVALID, outcomes, texts};

    const MONEY: ColumnType = ColumnType::Decimal {
        precision: 6,
        scale: 2,
    };

    fn cast(to: ColumnType) -> Cast {
        Cast {
            columns: Vec::new(),
            to,
            on_error: OnError::Null,
        }
    }

    fn one(value: Value, to: ColumnType) -> String {
        outcomes(&cast(to), &[value]).remove(0)
    }

    #[test]
    fn text_becomes_plain_numbers() {
        let written = ["12", "-1.50", "1e3", " 1", "1,5", "٣"];
        let x = INVALID;
        assert_eq!(
            texts(&cast(ColumnType::Integer), &written),
            ["12", x, x, x, x, x]
        );
        assert_eq!(
            texts(&cast(MONEY), &written),
            ["12.00", "-1.50", x, x, x, x]
        );
        assert_eq!(
            texts(&cast(ColumnType::Float), &written),
            ["12.0", "-1.5", x, x, x, x]
        );
    }

    #[test]
    fn numbers_become_numbers_where_nothing_is_lost() {
        let decimal = |unscaled| Value::Decimal { unscaled, scale: 2 };
        assert_eq!(one(decimal(-700), ColumnType::Integer), "-7");
        assert_eq!(one(decimal(701), ColumnType::Integer), INVALID);
        assert_eq!(
            one(
                decimal(i128::from(i64::MAX) * 100 + 100),
                ColumnType::Integer
            ),
            INVALID
        );
        assert_eq!(one(decimal(705), ColumnType::Float), "7.05");
        assert_eq!(
            one(
                decimal(710),
                ColumnType::Decimal {
                    precision: 3,
                    scale: 1
                }
            ),
            "7.1"
        );
        assert_eq!(
            one(
                decimal(711),
                ColumnType::Decimal {
                    precision: 3,
                    scale: 1
                }
            ),
            INVALID
        );
        assert_eq!(
            one(
                decimal(7),
                ColumnType::Decimal {
                    precision: 5,
                    scale: 4
                }
            ),
            "0.0700"
        );
        assert_eq!(one(Value::Integer(10_000), MONEY), INVALID);
        assert_eq!(one(Value::Integer(-9_999), MONEY), "-9999.00");
        assert_eq!(
            one(Value::Integer(1 << 53), ColumnType::Float),
            "9007199254740992.0"
        );
        assert_eq!(
            one(Value::Integer((1 << 53) + 1), ColumnType::Float),
            INVALID
        );
        assert_eq!(one(Value::Integer(i64::MAX), ColumnType::Float), INVALID);
        assert_eq!(one(Value::Float(-0.0), ColumnType::Integer), "0");
        assert_eq!(one(Value::Float(1.5), ColumnType::Integer), INVALID);
        assert_eq!(one(Value::Float(TWO_TO_63), ColumnType::Integer), INVALID);
        assert_eq!(
            one(Value::Float(-TWO_TO_63), ColumnType::Integer),
            i64::MIN.to_string()
        );
    }

    #[test]
    fn times_and_truth_become_what_holds_them() {
        let day = NaiveDate::from_ymd_opt(1, 2, 3).unwrap();
        let noon = Value::Timestamp(day.and_hms_micro_opt(12, 0, 0, 7).unwrap());
        let midnight = Value::Timestamp(day.and_hms_opt(0, 0, 0).unwrap());
        assert_eq!(
            one(Value::Date(day), ColumnType::Timestamp),
            "0001-02-03T00:00:00"
        );
        assert_eq!(one(midnight, ColumnType::Date), "0001-02-03");
        assert_eq!(one(noon.clone(), ColumnType::Date), INVALID);
        assert_eq!(one(noon, ColumnType::Text), "0001-02-03T12:00:00.000007");
        assert_eq!(one(Value::Boolean(true), ColumnType::Integer), "1");
        assert_eq!(one(Value::Boolean(false), ColumnType::Text), "false");
    }

    #[test]
    fn senseless_casts_are_refused() {
        let refused = |from, to| cast(to).output_type(from).unwrap_err();
        for (from, to) in [
            (ColumnType::Text, ColumnType::Date),
            (ColumnType::Text, ColumnType::Text),
            (ColumnType::Float, MONEY),
            (ColumnType::Float, ColumnType::Text),
            (ColumnType::Integer, ColumnType::Boolean),
            (ColumnType::Date, ColumnType::Integer),
            (
                ColumnType::Text,
                ColumnType::Decimal {
                    precision: 39,
                    scale: 2,
                },
            ),
            (
                ColumnType::Text,
                ColumnType::Decimal {
                    precision: 0,
                    scale: 0,
                },
            ),
            (
                ColumnType::Text,
                ColumnType::Decimal {
                    precision: 2,
                    scale: 3,
                },
            ),
        ] {
            assert_eq!(refused(from, to).pointer, "/to", "{from} {to}");
        }
        let message = refused(ColumnType::Text, ColumnType::Date).message;
        assert_eq!(
            message,
            "there is no cast from text to date; use `parse_date`"
        );
    }
}
