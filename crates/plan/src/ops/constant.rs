//! Constants of a plan that must fit the column they meet.

use crate::module::literal::{python_literal, python_text};
use crate::ops::number_text::number_of_text;
use crate::value::{ColumnType, Literal, Value};

/// The value that `literal` has in a column of type `ty`, exactly. Integers and decimals fit every
/// numeric type that can hold them; anything else fits its own type alone.
pub(crate) fn value_for(literal: &Literal, ty: ColumnType) -> Option<Value> {
    let (value, own) = literal.to_value()?;
    match own {
        ColumnType::Integer | ColumnType::Decimal { .. } if ty.is_numeric() => {
            number_of_text(&value.canonical_text()?, ty)
        }
        own if own == ty => Some(value),
        _ => None,
    }
}

/// Python source of a Polars literal of type `ty` for a literal that [`value_for`] accepts.
pub(crate) fn expression_for(literal: &Literal, ty: ColumnType) -> String {
    let number = || value_for(literal, ty).and_then(|value| value.canonical_text());
    match (ty, number()) {
        (ColumnType::Decimal { precision, scale }, Some(text)) => {
            format!(
                "pl.lit({}).cast(pl.Decimal({precision}, {scale}))",
                python_text(&text)
            )
        }
        (ColumnType::Float, Some(text)) => format!("pl.lit({text}, dtype=pl.Float64)"),
        _ => python_literal(literal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_type_of_the_column_or_do_not_fit() {
        let decimal = ColumnType::Decimal {
            precision: 6,
            scale: 2,
        };
        let half = Literal::Decimal("0.5".to_owned());
        assert_eq!(
            value_for(&half, decimal),
            Some(Value::Decimal {
                unscaled: 50,
                scale: 2
            })
        );
        assert_eq!(
            value_for(&Literal::Integer(7), decimal),
            Some(Value::Decimal {
                unscaled: 700,
                scale: 2
            })
        );
        assert_eq!(
            expression_for(&half, decimal),
            "pl.lit(\"0.50\").cast(pl.Decimal(6, 2))"
        );
        assert_eq!(
            expression_for(&half, ColumnType::Float),
            "pl.lit(0.5, dtype=pl.Float64)"
        );
        assert_eq!(value_for(&half, ColumnType::Integer), None);
        assert_eq!(value_for(&Literal::Integer(10_000), decimal), None);
        assert_eq!(
            value_for(&Literal::Text("7".to_owned()), ColumnType::Integer),
            None
        );
        assert_eq!(value_for(&Literal::Boolean(true), ColumnType::Text), None);
    }
}
