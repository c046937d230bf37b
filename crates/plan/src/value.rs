use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The type of a column. Bronze columns are text; every other type comes from an explicit step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ColumnType {
    /// Unicode text.
    Text,
    /// 64-bit signed integer.
    Integer,
    /// Exact decimal number: `precision` digits in all (at most 38), `scale` of them after the point.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// IEEE 754 binary64. Not for money.
    Float,
    /// Calendar day, proleptic Gregorian.
    Date,
    /// Date and time of day without a zone, resolution one microsecond.
    Timestamp,
    /// True or false.
    Boolean,
}

impl ColumnType {
    /// Whether values of the type can be added and compared as numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal { .. } | Self::Float)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Integer => f.write_str("integer"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Float => f.write_str("float"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Boolean => f.write_str("boolean"),
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text, never empty when it comes from Bronze.
    Text(String),
    /// Integer.
    Integer(i64),
    /// `unscaled` × 10^-`scale`.
    Decimal {
        /// The number without its point.
        unscaled: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// Float; never NaN or infinite.
    Float(f64),
    /// Day.
    Date(NaiveDate),
    /// Instant without a zone.
    Timestamp(NaiveDateTime),
    /// Truth.
    Boolean(bool),
}

impl Value {
    /// Whether this is the null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, where the value is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The canonical text of a value: what a Silver CSV holds. Null has none.
    ///
    /// Dates are `YYYY-MM-DD`; timestamps `YYYY-MM-DDTHH:MM:SS` with six more digits after a point
    /// where the fraction is not zero; decimals have all their digits; floats are the shortest text
    /// that reads back the same.
    pub fn canonical_text(&self) -> Option<String> {
        let mut text = String::new();
        self.write_canonical(&mut text).then_some(text)
    }

    /// Appends the canonical text to `text`. False where there is none.
    pub fn write_canonical(&self, text: &mut String) -> bool {
        // Writing to memory cannot fail.
        _ = match self {
            Self::Null => return false,
            Self::Text(own) => text.write_str(own),
            Self::Integer(number) => write!(text, "{number}"),
            Self::Decimal { unscaled, scale } => text.write_str(&decimal_text(*unscaled, *scale)),
            Self::Float(number) => write!(text, "{number:?}"),
            Self::Date(date) => write!(text, "{date:?}"),
            Self::Timestamp(instant) => {
                let (date, time) = (instant.date(), instant.time());
                let (hour, minute, second) = (time.hour(), time.minute(), time.second());
                let micros = time.nanosecond() / 1_000;
                let whole = write!(text, "{date:?}T{hour:02}:{minute:02}:{second:02}");
                match time.nanosecond() {
                    0 => whole,
                    _ => whole.and_then(|()| write!(text, ".{micros:06}")),
                }
            }
            Self::Boolean(truth) => write!(text, "{truth}"),
        };
        true
    }

    /// Order of two values of one type; nulls and values of different types have none.
    /// Text is ordered by Unicode code points, false before true.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (
                Self::Decimal {
                    unscaled: a,
                    scale: s,
                },
                Self::Decimal {
                    unscaled: b,
                    scale: t,
                },
            ) if s == t => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// `unscaled` × 10^-`scale` with all `scale` digits after the point.
fn decimal_text(unscaled: i128, scale: u8) -> String {
    let digits = unscaled.unsigned_abs().to_string();
    let scale = usize::from(scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// A typed constant in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Literal {
    /// Text; not empty.
    Text(String),
    /// Integer.
    Integer(i64),
    /// An exact decimal as text, for example `"12.50"`: its digits decide precision and scale.
    Decimal(String),
    /// A day, `YYYY-MM-DD`.
    Date(NaiveDate),
    /// A date and time, `YYYY-MM-DDTHH:MM:SS`.
    Timestamp(NaiveDateTime),
    /// True or false.
    Boolean(bool),
}

impl Literal {
    /// The value and its type; `None` where a decimal is not written as one, its digits exceed 38,
    /// a text is empty, or a year lies outside 1 to 9999.
    pub fn to_value(&self) -> Option<(Value, ColumnType)> {
        let year_fits = |year: i32| (1..=9999).contains(&year);
        Some(match self {
            Self::Text(text) if text.is_empty() => return None,
            Self::Text(text) => (Value::Text(text.clone()), ColumnType::Text),
            Self::Integer(number) => (Value::Integer(*number), ColumnType::Integer),
            Self::Decimal(text) => parse_decimal_literal(text)?,
            Self::Date(date) if !year_fits(chrono::Datelike::year(date)) => return None,
            Self::Date(date) => (Value::Date(*date), ColumnType::Date),
            Self::Timestamp(at) if !year_fits(chrono::Datelike::year(at)) => return None,
            Self::Timestamp(instant) => (Value::Timestamp(*instant), ColumnType::Timestamp),
            Self::Boolean(truth) => (Value::Boolean(*truth), ColumnType::Boolean),
        })
    }
}

fn parse_decimal_literal(text: &str) -> Option<(Value, ColumnType)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = !whole.is_empty() && all_digits(whole) && all_digits(fraction);
    if !well_formed || unsigned.ends_with('.') || whole.len() + fraction.len() > 38 {
        return None;
    }
    let unscaled: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = u8::try_from(fraction.len()).ok()?;
    let precision = u8::try_from(whole.len() + fraction.len()).ok()?;
    let unscaled = if text.starts_with('-') {
        -unscaled
    } else {
        unscaled
    };
    Some((
        Value::Decimal { unscaled, scale },
        ColumnType::Decimal { precision, scale },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_written_as_chrono_formats_them() {
        let days = [(1, 1, 1), (999, 12, 31), (2024, 2, 29), (9999, 12, 31)];
        for (year, month, day) in days {
            let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            let text = date.format("%Y-%m-%d").to_string();
            assert_eq!(Value::Date(date).canonical_text().unwrap(), text);
            for (nanos, format) in [
                (0, "%Y-%m-%dT%H:%M:%S"),
                (1_000, "%Y-%m-%dT%H:%M:%S%.6f"),
                (999_999_999, "%Y-%m-%dT%H:%M:%S%.6f"),
            ] {
                let instant = date.and_hms_nano_opt(3, 4, 59, nanos).unwrap();
                let text = instant.format(format).to_string();
                assert_eq!(Value::Timestamp(instant).canonical_text().unwrap(), text);
            }
        }
    }

    #[test]
    fn decimals_keep_every_digit() {
        for (unscaled, scale, text) in [
            (1050, 2, "10.50"),
            (-5, 2, "-0.05"),
            (0, 1, "0.0"),
            (7, 0, "7"),
            (-70, 1, "-7.0"),
        ] {
            assert_eq!(decimal_text(unscaled, scale), text);
            let (value, _) = parse_decimal_literal(text).unwrap();
            assert_eq!(value.canonical_text().unwrap(), text);
        }
        for bad in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "+1",
            "1_0",
            "0x1",
            "--1",
            &"9".repeat(39),
        ] {
            assert!(parse_decimal_literal(bad).is_none(), "{bad}");
        }
    }
}
