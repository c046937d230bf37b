//! Money as whole millionths, so that sums are exact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ledger::Usage;

/// Parts of one unit of the currency.
const MICROS: u64 = 1_000_000;
/// Digits after the point.
const DIGITS: usize = 6;

/// An amount in the currency of the budget, in millionths of its unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(u64);

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount such as 0.40: up to 6 digits after the point, nothing below zero")]
pub struct MoneyError;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many millionths.
    pub fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// In millionths.
    pub fn micros(self) -> u64 {
        self.0
    }

    /// The sum, or the largest amount there is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || part.len() > DIGITS {
            return Err(MoneyError);
        }
        let whole: u64 = whole.parse().map_err(|_| MoneyError)?;
        let part: u64 = format!("{part:0<DIGITS$}")
            .parse()
            .map_err(|_| MoneyError)?;
        let micros = whole
            .checked_mul(MICROS)
            .and_then(|whole| whole.checked_add(part));
        micros.map(Self).ok_or(MoneyError)
    }
}

impl fmt::Display for Money {
    /// At least two digits after the point, and no more than there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:06}", self.0 % MICROS);
        let part = part.trim_end_matches('0');
        write!(f, "{}.{part:0<2}", self.0 / MICROS)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// A number or a text. A floating-point number is taken by its shortest decimal text, which is what
    /// somebody typed.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Whole(u64),
            Float(f64),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Whole(number) => number.to_string(),
            Written::Float(number) => number.to_string(),
            Written::Text(text) => text,
        };
        text.parse().map_err(de::Error::custom)
    }
}

/// What a model costs: for a million tokens each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For a million tokens that are sent.
    pub input: Money,
    /// For a million tokens of an answer.
    pub output: Money,
}

impl Price {
    /// What so many tokens cost, rounded up to a millionth.
    pub fn of(self, usage: Usage) -> Money {
        let part = |tokens: u64, price: Money| u128::from(tokens) * u128::from(price.0);
        let total = part(usage.input, self.input) + part(usage.output, self.output);
        let micros = total.div_ceil(1_000_000);
        Money(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, micros, shown) in [
            ("0", 0, "0.00"),
            ("1", 1_000_000, "1.00"),
            ("0.4", 400_000, "0.40"),
            ("12.345678", 12_345_678, "12.345678"),
            ("0.000001", 1, "0.000001"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!(
                (money.micros(), money.to_string().as_str()),
                (micros, shown)
            );
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1,5",
            "1e3",
            "0.0000001",
            "nan",
        ] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError), "{text}");
        }
        assert!("18446744073709.551615".parse::<Money>().is_ok());
        assert!("18446744073709.551616".parse::<Money>().is_err());
    }

    #[test]
    fn settings_may_say_a_number() {
        #[derive(Deserialize)]
        struct Settings {
            price: Price,
        }
        let settings: Settings =
            toml::from_str("price = { input = 0.1, output = '1.60' }").unwrap();
        assert_eq!(settings.price.input.micros(), 100_000);
        assert_eq!(settings.price.output.micros(), 1_600_000);
        for wrong in ["-0.1", "1e300", "inf", "true", "0.12345678"] {
            let text = format!("price = {{ input = {wrong}, output = 1 }}");
            assert!(toml::from_str::<Settings>(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_price_is_for_a_million_and_never_rounds_to_nothing() {
        let price = Price {
            input: "0.40".parse().unwrap(),
            output: "1.60".parse().unwrap(),
        };
        let of = |input, output| price.of(Usage { input, output }).micros();
        assert_eq!(of(1_000_000, 0), 400_000);
        assert_eq!(of(1_200, 500), 480 + 800);
        assert_eq!(of(1, 0), 1);
        assert_eq!(of(0, 0), 0);
        assert_eq!(of(u64::MAX, u64::MAX), u64::MAX);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(micros in any::<u64>()) {
            let money = Money::from_micros(micros);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }
    }
}
