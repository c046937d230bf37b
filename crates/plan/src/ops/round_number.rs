use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::operation::{Cell, CellOperation, Problem};
use crate::value::{ColumnType, Value};

/// Rounds decimals and floats to a number of digits after the point. Null stays null.
///
/// Of a decimal, the digits that are cut off leave its type too. A float is multiplied by a power of
/// ten, rounded and divided again, so a half is one in binary; what is too large for that stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundNumber {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Digits after the point: for a decimal fewer than it has, for a float at most 15.
    pub scale: u8,
    /// What becomes of a half.
    pub mode: RoundMode,
}

/// What becomes of a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundMode {
    /// To the even neighbour.
    HalfEven,
    /// Away from zero.
    HalfUp,
}

/// Most digits after the point of a float: beyond, its own digits end.
const MAX_FLOAT_SCALE: u8 = 15;

impl CellOperation for RoundNumber {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        match (input, self.mode) {
            (ColumnType::Decimal { scale, .. }, _) if self.scale >= scale => {
                let message = format!("leaves nothing to round in a column of type {input}");
                Err(Problem::new("/scale", message))
            }
            // Polars needs one digit more for a half that goes up.
            (ColumnType::Decimal { precision: 38, .. }, RoundMode::HalfUp) => {
                let message = "`half_up` is not to be had for a decimal of 38 digits";
                Err(Problem::new("/mode", message))
            }
            (ColumnType::Decimal { precision, .. }, _) => Ok(ColumnType::Decimal {
                precision,
                scale: self.scale,
            }),
            (ColumnType::Float, _) if self.scale > MAX_FLOAT_SCALE => Err(Problem::new(
                "/scale",
                "is more than the 15 digits that a float has",
            )),
            (ColumnType::Float, _) => Ok(ColumnType::Float),
            _ => {
                let message = format!("needs decimals or floats, and the column is {input}");
                Err(Problem::new("/columns", message))
            }
        }
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        Cell::Value(match value {
            Value::Decimal { unscaled, scale } => {
                let unit = 10_i128.pow(u32::from(scale.saturating_sub(self.scale)));
                let unscaled = round_quotient(*unscaled, unit, self.mode);
                Value::Decimal {
                    unscaled,
                    scale: self.scale,
                }
            }
            Value::Float(float) => Value::Float(round_float(*float, self.scale, self.mode)),
            other => other.clone(),
        })
    }

    fn expression(&self, input: &str, ty: ColumnType) -> String {
        let (scale, mode) = (
            self.scale,
            match self.mode {
                RoundMode::HalfEven => "half_to_even",
                RoundMode::HalfUp => "half_away_from_zero",
            },
        );
        match (ty, self.mode) {
            // A cast to fewer digits rounds half to even.
            (ColumnType::Decimal { precision, .. }, RoundMode::HalfEven) => {
                format!("{input}.cast(pl.Decimal({precision}, {scale}))")
            }
            (ColumnType::Decimal { precision, .. }, RoundMode::HalfUp) => {
                format!(
                    "{input}.round({scale}, mode=\"{mode}\").cast(pl.Decimal({precision}, {scale}))"
                )
            }
            // Adding zero takes the sign from a zero.
            _ => format!("({input}.round({scale}, mode=\"{mode}\") + 0.0)"),
        }
    }
}

/// `number / unit`, rounded. `unit` is a positive power of ten.
fn round_quotient(number: i128, unit: i128, mode: RoundMode) -> i128 {
    let (quotient, remainder) = (number / unit, (number % unit).abs());
    // Twice the remainder of a number of 38 digits would not fit.
    let up = match remainder.cmp(&(unit - remainder)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => mode == RoundMode::HalfUp || quotient % 2 != 0,
    };
    quotient + i128::from(up) * number.signum()
}

fn round_float(float: f64, scale: u8, mode: RoundMode) -> f64 {
    let unit = 10_f64.powi(scale.into());
    let scaled = float * unit;
    let rounded = match mode {
        _ if !scaled.is_finite() => return float,
        RoundMode::HalfEven => scaled.round_ties_even(),
        RoundMode::HalfUp => scaled.round(),
    };
    rounded / unit + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::outcomes;

    fn round(scale: u8, mode: RoundMode) -> RoundNumber {
        RoundNumber {
            columns: Vec::new(),
            scale,
            mode,
        }
    }

    #[test]
    fn halves_go_where_the_mode_says() {
        let decimals = [125, 135, -125, -135, 126, 4, -5]
            .map(|unscaled| Value::Decimal { unscaled, scale: 2 });
        assert_eq!(
            outcomes(&round(1, RoundMode::HalfEven), &decimals),
            ["1.2", "1.4", "-1.2", "-1.4", "1.3", "0.0", "0.0"]
        );
        assert_eq!(
            outcomes(&round(1, RoundMode::HalfUp), &decimals),
            ["1.3", "1.4", "-1.3", "-1.4", "1.3", "0.0", "-0.1"]
        );
        let floats = [0.5, 1.5, -0.25, 1e308].map(Value::Float);
        assert_eq!(
            outcomes(&round(0, RoundMode::HalfEven), &floats),
            ["0.0", "2.0", "0.0", "1e308"]
        );
        assert_eq!(
            outcomes(&round(1, RoundMode::HalfUp), &floats),
            ["0.5", "1.5", "-0.3", "1e308"]
        );
    }

    #[test]
    fn numbers_of_38_digits_are_rounded() {
        let nines = 10_i128.pow(38) - 1;
        let values = [nines, -nines, nines / 2 + 1, nines / 2].map(|unscaled| Value::Decimal {
            unscaled,
            scale: 38,
        });
        assert_eq!(
            outcomes(&round(0, RoundMode::HalfEven), &values),
            ["1", "-1", "0", "0"]
        );
    }

    #[test]
    fn the_type_loses_the_digits_too() {
        let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
        let half_up = round(2, RoundMode::HalfUp);
        assert_eq!(half_up.output_type(decimal(10, 4)), Ok(decimal(10, 2)));
        assert_eq!(
            half_up.output_type(ColumnType::Float),
            Ok(ColumnType::Float)
        );
        for (ty, pointer) in [
            (decimal(10, 2), "/scale"),
            (decimal(38, 4), "/mode"),
            (ColumnType::Integer, "/columns"),
            (ColumnType::Text, "/columns"),
        ] {
            assert_eq!(
                half_up.output_type(ty).unwrap_err().pointer,
                pointer,
                "{ty}"
            );
        }
        let problem = round(16, RoundMode::HalfEven).output_type(ColumnType::Float);
        assert_eq!(problem.unwrap_err().pointer, "/scale");
    }
}
