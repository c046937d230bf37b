//! Numbers as text: what a plain number is and what it means in each numeric type. `cast` and
//! `parse_number` share this one definition.

use crate::value::{ColumnType, Value};

/// A number without group marks, exponent or white space: a sign or none, digits, and optionally a
/// point and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PlainNumber<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> PlainNumber<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let well_formed = !whole.is_empty() && all_digits(whole) && all_digits(fraction);
        well_formed.then_some(Self {
            negative,
            whole,
            fraction,
        })
    }

    /// Exactly this number with `scale` digits after the point, if it has no more of them and
    /// `precision` digits are enough for all.
    fn to_decimal(self, precision: u8, scale: u8) -> Option<Value> {
        let fraction = self.fraction.trim_end_matches('0');
        let whole = self.whole.trim_start_matches('0');
        let scale_wide = usize::from(scale);
        if fraction.len() > scale_wide || whole.len() + scale_wide > usize::from(precision) {
            return None;
        }
        let unscaled: i128 = format!("0{whole}{fraction:0<scale_wide$}").parse().ok()?;
        Some(Value::Decimal {
            unscaled: if self.negative { -unscaled } else { unscaled },
            scale,
        })
    }
}

/// What a plain number means in a numeric type; `None` where the text is none, or the type cannot
/// hold it: an integer with a point, a decimal with more digits than there is room for, a float
/// beyond the largest finite one. Zero has no sign.
pub(crate) fn number_of_text(text: &str, ty: ColumnType) -> Option<Value> {
    let number = PlainNumber::parse(text)?;
    match ty {
        ColumnType::Integer => text.parse().ok().map(Value::Integer),
        ColumnType::Decimal { precision, scale } => number.to_decimal(precision, scale),
        ColumnType::Float => {
            let float: f64 = text.parse().ok()?;
            float.is_finite().then_some(Value::Float(float + 0.0))
        }
        _ => None,
    }
}

/// The Polars expression for [`number_of_text`]; null where that is `None`.
pub(crate) fn number_expression(input: &str, ty: ColumnType) -> String {
    match ty {
        ColumnType::Decimal { precision, scale } => {
            format!("plain_decimal({input}, {precision}, {scale})")
        }
        ColumnType::Float => format!("plain_float({input})"),
        _ => format!("{input}.cast(pl.Int64, strict=False)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str, precision: u8, scale: u8) -> Option<String> {
        number_of_text(text, ColumnType::Decimal { precision, scale })?.canonical_text()
    }

    #[test]
    fn integers_are_signed_digits_within_64_bits() {
        let read = |text| number_of_text(text, ColumnType::Integer);
        for (text, number) in [
            ("7", 7),
            ("+7", 7),
            ("-07", -7),
            ("-0", 0),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("0000000000000000000000000000000000000001", 1),
        ] {
            assert_eq!(read(text), Some(Value::Integer(number)), "{text}");
        }
        for text in [
            "",
            "+",
            "-",
            " 7",
            "7 ",
            "7.0",
            "1e3",
            "1_0",
            "0x1",
            "--7",
            "٧",
            "9223372036854775808",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_exact_or_not_at_all() {
        for (text, precision, scale, shown) in [
            ("12.5", 4, 2, "12.50"),
            ("+0012.500", 4, 2, "12.50"),
            ("-0.0", 4, 2, "0.00"),
            ("-0.05", 4, 2, "-0.05"),
            ("99", 2, 0, "99"),
            ("99.000", 2, 0, "99"),
            ("0.5", 1, 1, "0.5"),
            (&"9".repeat(38), 38, 0, &"9".repeat(38)),
        ] {
            assert_eq!(
                decimal(text, precision, scale).as_deref(),
                Some(shown),
                "{text}"
            );
        }
        for text in [
            ".5", "5.", "1.005", "100", "1e1", "inf", "NaN", "1,0", " 1", "", "-", "1.-5",
        ] {
            assert_eq!(decimal(text, 4, 2), None, "{text}");
        }
        assert_eq!(decimal(&"9".repeat(39), 38, 0), None);
    }

    #[test]
    fn floats_are_finite_and_zero_has_no_sign() {
        let read = |text: &str| number_of_text(text, ColumnType::Float)?.canonical_text();
        assert_eq!(read("-0.0").as_deref(), Some("0.0"));
        assert_eq!(read("0.1").as_deref(), Some("0.1"));
        assert_eq!(
            read("9007199254740993").as_deref(),
            Some("9007199254740992.0")
        );
        for text in ["inf", "NaN", "1e3", &"9".repeat(400)] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
