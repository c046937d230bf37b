//! What an expression means, in the plainest way.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{Datelike as _, NaiveDateTime, NaiveTime};

use super::Parameter;
use super::convert::{cast, widen};
use super::dates;
use super::typed::{Arithmetic, Comparison, Many, Node, TextTest, Typed, Unary};
use crate::interpret::RunParameters;
use crate::operation::{Cell, CellOperation as _};
use crate::ops::change_case::lower_case;
use crate::ops::trim::text_or_null;
use crate::value::{ColumnType, Value};

impl Typed {
    /// The value for one row, which has the cells of the schema that the expression was typed for.
    pub fn evaluate(&self, row: &[Value], run: &RunParameters) -> Value {
        self.value(row, run).into_owned()
    }

    /// The value, borrowed where it stands in the row or in the expression: most are only looked at.
    fn value<'a>(&'a self, row: &'a [Value], run: &RunParameters) -> Cow<'a, Value> {
        let of = |typed: &'a Typed| typed.value(row, run);
        Cow::Owned(match &self.node {
            Node::Column { at, .. } => return row.get(*at).map_or_else(null, Cow::Borrowed),
            Node::Literal { value, .. } => return Cow::Borrowed(value),
            Node::Parameter(Parameter::AsOf) => Value::Date(run.as_of.date()),
            Node::Parameter(Parameter::LoadId) => Value::Text(run.load_id.to_string()),
            Node::Parameter(Parameter::SourceFile) => Value::Text(run.source_file.clone()),
            Node::Widen(input) => widen(&of(input), self.ty),
            Node::Cast(input) => cast(&of(input), self.ty),
            Node::Unary(Unary::IsNull, input) => Value::Boolean(of(input).is_null()),
            Node::Unary(function, input) => not_null(&of(input), |value| unary(*function, value)),
            Node::Round(input, round) => {
                not_null(&of(input), |value| match round.apply(value, run) {
                    Cell::Value(rounded) => rounded,
                    Cell::Invalid => Value::Null,
                })
            }
            Node::Arithmetic(operator, a, b) => arithmetic(*operator, &of(a), &of(b), self.ty),
            Node::Compare(comparison, a, b) => truth(compare(*comparison, &of(a), &of(b))),
            Node::Between(parts) => {
                let [value, low, high] = [&parts[0], &parts[1], &parts[2]].map(of);
                let above = compare(Comparison::GreaterOrEqual, &value, &low);
                truth(and([
                    above,
                    compare(Comparison::LessOrEqual, &value, &high),
                ]))
            }
            Node::In { input, values } => {
                let value = of(input);
                truth(or(values
                    .iter()
                    .map(|v| compare(Comparison::Equal, &value, &of(v)))))
            }
            Node::NullIf(input, other) => {
                let value = of(input);
                if value == of(other) {
                    Value::Null
                } else {
                    return value;
                }
            }
            Node::Many(function, parts) => return many(*function, parts.iter().map(of)),
            Node::Substr {
                input,
                skip,
                length,
            } => match of(input).as_text() {
                Some(text) => {
                    let rest = text.chars().skip(*skip as usize);
                    text_or_null(
                        rest.take(length.map_or(usize::MAX, |n| n as usize))
                            .collect(),
                    )
                }
                None => Value::Null,
            },
            Node::Text { input, test } => match of(input).as_text() {
                Some(text) => Value::Boolean(test.holds(text)),
                None => Value::Null,
            },
            Node::DateDiff { unit, start, end } => match (instant(&of(start)), instant(&of(end))) {
                (Some(start), Some(end)) => Value::Integer(dates::difference(start, end, *unit)),
                _ => Value::Null,
            },
            Node::DateAdd {
                unit,
                amount,
                input,
            } => self.moved(&of(input), |at| dates::add(at, *unit, *amount)),
            Node::DateTrunc { unit, input } => {
                self.moved(&of(input), |at| Some(dates::truncate(at, *unit)))
            }
        })
    }

    /// Whether it is true; neither false nor unknown.
    pub fn holds(&self, row: &[Value], run: &RunParameters) -> bool {
        *self.value(row, run) == Value::Boolean(true)
    }

    /// Whether it is false; neither true nor unknown.
    pub fn fails(&self, row: &[Value], run: &RunParameters) -> bool {
        *self.value(row, run) == Value::Boolean(false)
    }

    fn moved(&self, value: &Value, to: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>) -> Value {
        match (instant(value).and_then(to), self.ty) {
            (None, _) => Value::Null,
            (Some(instant), ColumnType::Date) => Value::Date(instant.date()),
            (Some(instant), _) => Value::Timestamp(instant),
        }
    }
}

impl TextTest {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Equals(other) => text == other,
            Self::StartsWith(head) => text.starts_with(head),
            Self::EndsWith(tail) => text.ends_with(tail),
            Self::Contains(part) => text.contains(part),
            Self::Matches(regex) => regex.is_match(text),
        }
    }
}

fn null<'a>() -> Cow<'a, Value> {
    Cow::Owned(Value::Null)
}

fn not_null(value: &Value, apply: impl Fn(&Value) -> Value) -> Value {
    if value.is_null() {
        Value::Null
    } else {
        apply(value)
    }
}

fn truth(known: Option<bool>) -> Value {
    known.map_or(Value::Null, Value::Boolean)
}

fn known(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        _ => None,
    }
}

/// False where any part is false, else unknown where any part is unknown.
fn and(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// True where any part is true, else unknown where any part is unknown.
fn or(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    and(parts.into_iter().map(|part| part.map(|truth| !truth))).map(|truth| !truth)
}

/// A finite float, zero without a sign; anything else is null.
fn finite(number: f64) -> Value {
    if number.is_finite() {
        Value::Float(number + 0.0)
    } else {
        Value::Null
    }
}

fn integer(number: i128) -> Value {
    i64::try_from(number).map_or(Value::Null, Value::Integer)
}

fn instant(value: &Value) -> Option<NaiveDateTime> {
    match value {
        Value::Date(date) => Some(date.and_time(NaiveTime::MIN)),
        Value::Timestamp(instant) => Some(*instant),
        _ => None,
    }
}

fn unary(function: Unary, value: &Value) -> Value {
    match (function, value) {
        (Unary::Abs, Value::Integer(number)) => integer(i128::from(*number).abs()),
        (Unary::Abs, Value::Float(number)) => Value::Float(number.abs()),
        (Unary::Abs, Value::Decimal { unscaled, scale }) => Value::Decimal {
            unscaled: unscaled.abs(),
            scale: *scale,
        },
        (Unary::Sign, Value::Integer(number)) => Value::Integer(number.signum()),
        (Unary::Sign, Value::Decimal { unscaled, .. }) => integer(unscaled.signum()),
        (Unary::Sign, Value::Float(number)) => {
            Value::Integer(i64::from(*number > 0.0) - i64::from(*number < 0.0))
        }
        (Unary::Floor, Value::Float(number)) => finite(number.floor()),
        (Unary::Ceil, Value::Float(number)) => finite(number.ceil()),
        (Unary::Floor, Value::Decimal { unscaled, scale }) => {
            let whole = unscaled.div_euclid(10_i128.pow((*scale).into()));
            Value::Decimal {
                unscaled: whole,
                scale: 0,
            }
        }
        (Unary::Ceil, Value::Decimal { unscaled, scale }) => {
            let whole = -(-unscaled).div_euclid(10_i128.pow((*scale).into()));
            Value::Decimal {
                unscaled: whole,
                scale: 0,
            }
        }
        (Unary::Length, Value::Text(text)) => integer(text.chars().count() as i128),
        (Unary::Lower, Value::Text(text)) => Value::Text(lower_case(text)),
        (Unary::Upper, Value::Text(text)) => Value::Text(text.to_uppercase()),
        (Unary::Trim, Value::Text(text)) => text_or_null(text.trim().to_owned()),
        (Unary::Not, Value::Boolean(truth)) => Value::Boolean(!truth),
        (Unary::Year | Unary::Month | Unary::Day, _) => date_part(function, value),
        // Typing leaves no other pair.
        _ => Value::Null,
    }
}

fn date_part(function: Unary, value: &Value) -> Value {
    let Some(instant) = instant(value) else {
        return Value::Null;
    };
    Value::Integer(match function {
        Unary::Year => instant.year().into(),
        Unary::Month => instant.month().into(),
        _ => instant.day().into(),
    })
}

fn arithmetic(operator: Arithmetic, a: &Value, b: &Value, ty: ColumnType) -> Value {
    match (a, b, ty) {
        (Value::Integer(a), Value::Integer(b), _) => {
            let (a, b) = (i128::from(*a), i128::from(*b));
            integer(match operator {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                // Two integers divide as floats.
                Arithmetic::Multiply | Arithmetic::Divide => a * b,
            })
        }
        (Value::Float(a), Value::Float(b), _) => finite(match operator {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
        }),
        (
            Value::Decimal {
                unscaled: a,
                scale: s,
            },
            Value::Decimal {
                unscaled: b,
                scale: t,
            },
            ColumnType::Decimal { scale, .. },
        ) => {
            let unscaled = match operator {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
                Arithmetic::Divide if *b == 0 => return Value::Null,
                // The type has room for the dividend at this scale.
                Arithmetic::Divide => divide(a * 10_i128.pow((scale + t - s).into()), *b),
            };
            Value::Decimal { unscaled, scale }
        }
        _ => Value::Null,
    }
}

/// The integer nearest to a quotient; halves go to the even one.
fn divide(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a / b, (a % b).unsigned_abs());
    let away = if (a < 0) == (b < 0) { 1 } else { -1 };
    // `rest` is below `b`, and neither has 39 digits, so the difference says what doubling would.
    match rest.cmp(&(b.unsigned_abs() - rest)) {
        Ordering::Less => quotient,
        Ordering::Equal if quotient % 2 == 0 => quotient,
        _ => quotient + away,
    }
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> Option<bool> {
    let order = a.compare(b)?;
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    })
}

fn many<'a>(function: Many, parts: impl Iterator<Item = Cow<'a, Value>>) -> Cow<'a, Value> {
    match function {
        Many::And => Cow::Owned(truth(and(parts.map(|part| known(&part))))),
        Many::Or => Cow::Owned(truth(or(parts.map(|part| known(&part))))),
        Many::Concat => {
            let mut whole = String::new();
            for part in parts {
                match part.as_text() {
                    Some(text) => whole.push_str(text),
                    None => return null(),
                }
            }
            Cow::Owned(Value::Text(whole))
        }
        Many::Coalesce => {
            let mut known = parts.filter(|value| !value.is_null());
            known.next().unwrap_or_else(null)
        }
        Many::Least | Many::Greatest => {
            let wanted = if function == Many::Least {
                Ordering::Less
            } else {
                Ordering::Greater
            };
            let better = |best: Cow<'a, Value>, next: Cow<'a, Value>| match next.compare(&best) {
                Some(order) if order == wanted => next,
                _ => best,
            };
            let known = parts.filter(|value| !value.is_null());
            known.reduce(better).unwrap_or_else(null)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_round_half_to_even() {
        for (a, b, wanted) in [
            (5, 2, 2),
            (7, 2, 4),
            (-5, 2, -2),
            (5, -2, -2),
            (-7, 2, -4),
            (-7, -2, 4),
            (1, 3, 0),
            (2, 3, 1),
        ] {
            assert_eq!(divide(a, b), wanted, "{a} / {b}");
        }
        let most = 10_i128.pow(38) - 1;
        assert_eq!(divide(most, most - 1), 1);
    }
}
