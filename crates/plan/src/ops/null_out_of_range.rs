use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::operation::{Cell, CellOperation, Problem};
use crate::ops::constant::{expression_for, value_for};
use crate::value::{ColumnType, Literal, Value};

/// Nulls numbers, dates or timestamps outside a range; the bounds are inside. Null stays null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NullOutOfRange {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Smallest value admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// Largest value admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
}

/// A bound of a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// This value.
    Literal(Literal),
    /// The day of the run (for dates), or its instant (for timestamps).
    AsOf,
}

impl Bound {
    /// The bound as a value of a column's type.
    fn value(&self, ty: ColumnType, run: &RunParameters) -> Option<Value> {
        match (self, ty) {
            (Self::Literal(literal), ty) => value_for(literal, ty),
            (Self::AsOf, ColumnType::Date) => Some(Value::Date(run.as_of.date())),
            (Self::AsOf, ColumnType::Timestamp) => {
                Some(Value::Timestamp(run.as_of.as_datetime().naive_utc()))
            }
            (Self::AsOf, _) => None,
        }
    }

    fn fits(&self, ty: ColumnType) -> bool {
        match self {
            Self::Literal(literal) => value_for(literal, ty).is_some(),
            Self::AsOf => matches!(ty, ColumnType::Date | ColumnType::Timestamp),
        }
    }

    fn expression(&self, ty: ColumnType) -> String {
        match (self, ty) {
            (Self::Literal(literal), ty) => expression_for(literal, ty),
            (Self::AsOf, ColumnType::Date) => "pl.lit(run.as_of.date())".to_owned(),
            (Self::AsOf, _) => "pl.lit(run.as_of, dtype=pl.Datetime(\"us\"))".to_owned(),
        }
    }
}

impl CellOperation for NullOutOfRange {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        if matches!(input, ColumnType::Text | ColumnType::Boolean) {
            let message = format!("needs numbers, dates or timestamps, and the column is {input}");
            return Err(Problem::new("/columns", message));
        }
        if self.min.is_none() && self.max.is_none() {
            return Err(Problem::new("/min", "and `max` are absent"));
        }
        for (bound, pointer) in [(&self.min, "/min"), (&self.max, "/max")] {
            if bound.as_ref().is_some_and(|bound| !bound.fits(input)) {
                return Err(Problem::new(
                    pointer,
                    format!("is no value of a column of type {input}"),
                ));
            }
        }
        if let (Some(Bound::Literal(min)), Some(Bound::Literal(max))) = (&self.min, &self.max) {
            let (min, max) = (value_for(min, input), value_for(max, input));
            let order = min.zip(max).and_then(|(min, max)| min.compare(&max));
            if order == Some(Ordering::Greater) {
                return Err(Problem::new("/max", "is below `min`"));
            }
        }
        Ok(input)
    }

    fn apply(&self, value: &Value, run: &RunParameters) -> Cell {
        // The precision of a column does not matter for a bound that fits it.
        let ty = match value {
            Value::Decimal { scale, .. } => ColumnType::Decimal {
                precision: 38,
                scale: *scale,
            },
            Value::Integer(_) => ColumnType::Integer,
            Value::Float(_) => ColumnType::Float,
            Value::Date(_) => ColumnType::Date,
            _ => ColumnType::Timestamp,
        };
        let beyond = |bound: &Option<Bound>, order| {
            let bound = bound.as_ref().and_then(|bound| bound.value(ty, run));
            bound.is_some_and(|bound| value.compare(&bound) == Some(order))
        };
        match beyond(&self.min, Ordering::Less) || beyond(&self.max, Ordering::Greater) {
            true => Cell::Value(Value::Null),
            false => Cell::Value(value.clone()),
        }
    }

    fn expression(&self, input: &str, ty: ColumnType) -> String {
        let bound = |bound: &Option<Bound>| {
            bound
                .as_ref()
                .map_or("None".to_owned(), |bound| bound.expression(ty))
        };
        format!(
            "within({input}, {}, {})",
            bound(&self.min),
            bound(&self.max)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::outcomes;

    fn range(min: Option<Bound>, max: Option<Bound>) -> NullOutOfRange {
        NullOutOfRange {
            columns: Vec::new(),
            min,
            max,
        }
    }

    fn number(text: &str) -> Option<Bound> {
        Some(Bound::Literal(Literal::Decimal(text.to_owned())))
    }

    #[test]
    fn what_lies_outside_becomes_null() {
        let decimals = [-1, 0, 150, 151].map(|unscaled| Value::Decimal { unscaled, scale: 2 });
        assert_eq!(
            outcomes(&range(number("0"), number("1.5")), &decimals),
            ["", "0.00", "1.50", ""]
        );
        let floats = [-0.5, 1.5, 1e300].map(Value::Float);
        assert_eq!(
            outcomes(&range(number("0"), None), &floats),
            ["", "1.5", "1e300"]
        );
        let dates = ["2026-01-25", "2026-01-26"].map(|text| Value::Date(text.parse().unwrap()));
        assert_eq!(
            outcomes(&range(None, Some(Bound::AsOf)), &dates),
            ["2026-01-25", ""]
        );
        let instants = ["2026-01-25T21:47:26", "2026-01-25T21:47:26.000001"]
            .map(|text| Value::Timestamp(text.parse().unwrap()));
        assert_eq!(
            outcomes(&range(None, Some(Bound::AsOf)), &instants),
            ["2026-01-25T21:47:26", ""]
        );
    }

    #[test]
    fn bounds_must_fit_the_column_and_each_other() {
        let pointer =
            |operation: NullOutOfRange, ty| operation.output_type(ty).unwrap_err().pointer;
        let decimal = ColumnType::Decimal {
            precision: 4,
            scale: 2,
        };
        assert_eq!(pointer(range(None, None), decimal), "/min");
        assert_eq!(pointer(range(number("0.001"), None), decimal), "/min");
        assert_eq!(pointer(range(None, number("100")), decimal), "/max");
        assert_eq!(pointer(range(number("2"), number("1")), decimal), "/max");
        assert_eq!(
            pointer(range(None, Some(Bound::AsOf)), ColumnType::Integer),
            "/max"
        );
        assert_eq!(pointer(range(number("0"), None), ColumnType::Date), "/min");
        assert_eq!(
            pointer(range(number("0"), None), ColumnType::Text),
            "/columns"
        );
    }
}
