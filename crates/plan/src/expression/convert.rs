//! Changes of type inside an expression. Widening is for numbers and always possible; a cast is the
//! operation `cast`.

use crate::ops::cast::cast_value;
use crate::value::{ColumnType, Value};

/// The value in a wider numeric type. An integer becomes the float nearest to it.
pub(super) fn widen(value: &Value, to: ColumnType) -> Value {
    match (value, to) {
        (Value::Integer(number), ColumnType::Float) => Value::Float(*number as f64),
        // A wider type has a counterpart for every value.
        (value, to) => cast(value, to),
    }
}

/// The value in another type; null where it has no counterpart.
pub(super) fn cast(value: &Value, to: ColumnType) -> Value {
    cast_value(value, to).unwrap_or(Value::Null)
}
