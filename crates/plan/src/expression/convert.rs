//! Changes of type inside an expression. Widening is for numbers and always possible; a cast is the
//! operation `cast`.

use crate::interpret::RunParameters;
use crate::operation::Problem;
use crate::value::{ColumnType, Value};

/// The value in a wider numeric type. A decimal or an integer becomes the float nearest to it, as
/// far as one division tells.
pub(super) fn widen(value: Value, to: ColumnType) -> Value {
    match (value, to) {
        (Value::Integer(number), ColumnType::Float) => Value::Float(number as f64),
        (Value::Decimal { unscaled, scale }, ColumnType::Float) => {
            Value::Float(unscaled as f64 / 10_f64.powi(scale.into()))
        }
        (Value::Integer(number), ColumnType::Decimal { scale, .. }) => {
            rescale(number.into(), 0, scale)
        }
        (
            Value::Decimal {
                unscaled,
                scale: from,
            },
            ColumnType::Decimal { scale, .. },
        ) => rescale(unscaled, from, scale),
        (value, _) => value,
    }
}

/// The same number with more digits after the point. The wider type has room for them.
fn rescale(unscaled: i128, from: u8, to: u8) -> Value {
    Value::Decimal {
        unscaled: unscaled * 10_i128.pow((to - from).into()),
        scale: to,
    }
}

/// The Polars data type.
pub(super) fn polars_type(ty: ColumnType) -> String {
    match ty {
        ColumnType::Text => "pl.String".to_owned(),
        ColumnType::Integer => "pl.Int64".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("pl.Decimal({precision}, {scale})"),
        ColumnType::Float => "pl.Float64".to_owned(),
        ColumnType::Date => "pl.Date".to_owned(),
        ColumnType::Timestamp => "pl.Datetime(\"us\")".to_owned(),
        ColumnType::Boolean => "pl.Boolean".to_owned(),
    }
}

/// A number rounded to `digits` after the point, of which a decimal has more; halves go away from
/// zero. A float too large to be scaled has no such digits.
pub(super) fn round(value: &Value, digits: u8) -> Value {
    match value {
        Value::Decimal { unscaled, scale } => {
            let unit = 10_i128.pow((scale - digits).into());
            let away = if *unscaled < 0 { -unit / 2 } else { unit / 2 };
            Value::Decimal {
                unscaled: (unscaled + away) / unit,
                scale: digits,
            }
        }
        Value::Float(number) => {
            let unit = 10_f64.powi(digits.into());
            let rounded = (number * unit).round() / unit;
            Value::Float(if rounded.is_finite() {
                rounded + 0.0
            } else {
                *number
            })
        }
        other => other.clone(),
    }
}

/// Whether values of one type can be cast to another.
pub(super) fn check(from: ColumnType, to: ColumnType) -> Result<(), Problem> {
    if from == to {
        Ok(())
    } else {
        Err(Problem::new("", "no cast"))
    }
}

/// The value in another type; null where it has no counterpart.
pub(super) fn cast(value: &Value, to: ColumnType, _run: &RunParameters) -> Value {
    widen(value.clone(), to)
}

/// The same in Polars.
pub(super) fn cast_expression(input: &str, _from: ColumnType, _to: ColumnType) -> String {
    input.to_owned()
}
