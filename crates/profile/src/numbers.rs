//! Numbers as text: plain ones, and those in another notation.

use std::collections::BTreeMap;

use silversmith_types::evidence::{Bounds, Notation, NotationCount, NumberEvidence};

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    pub(crate) mantissa: i64,
    pub(crate) scale: u32,
}

impl Decimal {
    /// The plain number that `text` is, if it has at most 18 digits.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let plain = Plain::parse(text)?;
        if plain.digits() > 18 {
            return None;
        }
        let digits = text.iter().filter(|byte| byte.is_ascii_digit());
        let value = digits.fold(0_i64, |value, byte| value * 10 + i64::from(byte - b'0'));
        let mantissa = if plain.negative { -value } else { value };
        Some(Self {
            mantissa,
            scale: plain.after,
        })
    }

    /// Whether it is above zero.
    pub(crate) fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// Whether it equals one.
    pub(crate) fn is_one(self) -> bool {
        i128::from(self.mantissa) == 10_i128.pow(self.scale)
    }

    /// Whether `self` is exactly `left × right`.
    pub(crate) fn is_product(self, left: Decimal, right: Decimal) -> bool {
        let product = i128::from(left.mantissa) * i128::from(right.mantissa);
        let scale = left.scale + right.scale;
        equal((i128::from(self.mantissa), self.scale), (product, scale))
    }

    /// The same number without zeros at the end of its fraction: equal numbers become the same.
    pub(crate) fn shortest(self) -> Self {
        let mut short = self;
        while short.scale > 0 && short.mantissa % 10 == 0 {
            short.mantissa /= 10;
            short.scale -= 1;
        }
        short
    }

    /// The number that is exactly `self / by`, as short as it can be, if a `Decimal` is.
    pub(crate) fn quotient(self, by: Decimal) -> Option<Self> {
        // At most 10^18 × 10^18 on either side.
        let above = i128::from(self.mantissa) * 10_i128.pow(by.scale);
        let below = i128::from(by.mantissa) * 10_i128.pow(self.scale);
        let common = greatest_common_divisor(above, below);
        if below == 0 || common == 0 {
            return None;
        }
        let (mut above, mut below) = (above / common, below / common);
        if below < 0 {
            (above, below) = (-above, -below);
        }
        // Only a divisor of a power of ten leaves a fraction that ends.
        let scale = (0..=18_u32).find(|scale| 10_i128.pow(*scale) % below == 0)?;
        let mantissa = above.checked_mul(10_i128.pow(scale) / below)?;
        let mantissa = i64::try_from(mantissa).ok()?;
        Some(Self { mantissa, scale })
    }

    /// Whether both are the same number.
    pub(crate) fn equals(self, other: Decimal) -> bool {
        equal(
            (i128::from(self.mantissa), self.scale),
            (i128::from(other.mantissa), other.scale),
        )
    }
}

fn greatest_common_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.abs(), right.abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

fn equal(left: (i128, u32), right: (i128, u32)) -> bool {
    let (low, high) = if left.1 <= right.1 {
        (left, right)
    } else {
        (right, left)
    };
    // A scale is at most 36 and 10^36 fits. When the product does not fit, the number with fewer
    // decimals is the larger one.
    10_i128
        .checked_pow(high.1 - low.1)
        .and_then(|factor| low.0.checked_mul(factor))
        .is_some_and(|scaled| scaled == high.0)
}

/// What a plain number looks like: optional sign, digits, optionally a point and digits.
#[derive(Debug, Clone, Copy)]
struct Plain {
    negative: bool,
    /// Digits before the point.
    before: u32,
    /// Digits after it; 0 without a point.
    after: u32,
    leading_zero: bool,
    zero: bool,
}

impl Plain {
    fn parse(text: &[u8]) -> Option<Self> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if rest.len() > 64 {
            return None;
        }
        let point = rest
            .iter()
            .position(|byte| *byte == b'.')
            .unwrap_or(rest.len());
        let (whole, fraction) = (&rest[..point], rest.get(point + 1..));
        let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !digits(whole) || fraction.is_some_and(|part| !digits(part)) {
            return None;
        }
        Some(Self {
            negative,
            before: whole.len() as u32,
            after: fraction.map_or(0, |part| part.len() as u32),
            leading_zero: whole.len() > 1 && whole[0] == b'0',
            zero: rest.iter().all(|byte| matches!(byte, b'0' | b'.')),
        })
    }

    fn digits(self) -> u32 {
        self.before + self.after
    }

    /// The number that `text`, from which this was made, is.
    fn value(self, text: &[u8]) -> f64 {
        if self.after == 0 && self.before <= 15 {
            let digits = text.iter().filter(|byte| byte.is_ascii_digit());
            let value = digits.fold(0_i64, |value, byte| value * 10 + i64::from(byte - b'0'));
            // At most 15 digits: exact in 53 bits.
            let value = value as f64;
            return if self.negative && !self.zero {
                -value
            } else {
                value
            };
        }
        // Every plain number is also a number to Rust.
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    }
}

/// Counts about the numbers of a column. Adding up in any order gives the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberCounts {
    plain: NumberEvidence,
    /// Cells by what was seen in them; which notation that means is decided at the end.
    other: BTreeMap<Written, u64>,
}

/// Marks of a number that is not plain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    decimal: Option<char>,
    group: Option<char>,
    currency: Option<&'static str>,
    percent: bool,
}

impl NumberCounts {
    /// Counts `weight` cells with this trimmed text, and says whether it is a plain number.
    pub(crate) fn add(&mut self, text: &str, weight: u64) -> bool {
        let bytes = text.as_bytes();
        let Some(plain) = Plain::parse(bytes) else {
            for written in written(text) {
                *self.other.entry(written).or_default() += weight;
            }
            return false;
        };
        let counts = &mut self.plain;
        if plain.after > 0 {
            counts.decimals += weight;
        } else if plain.before > 18 {
            counts.oversized += weight;
        } else {
            counts.integers += weight;
            counts.leading_zeros += if plain.leading_zero { weight } else { 0 };
        }
        counts.max_scale = counts.max_scale.max(plain.after);
        counts.max_digits = counts.max_digits.max(plain.before);
        counts.zero += if plain.zero { weight } else { 0 };
        counts.negative += if plain.negative && !plain.zero {
            weight
        } else {
            0
        };
        let value = plain.value(bytes);
        widen(&mut counts.range, value, value);
        true
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &NumberCounts) {
        let (mine, theirs) = (&mut self.plain, &other.plain);
        mine.integers += theirs.integers;
        mine.decimals += theirs.decimals;
        mine.max_scale = mine.max_scale.max(theirs.max_scale);
        mine.max_digits = mine.max_digits.max(theirs.max_digits);
        mine.leading_zeros += theirs.leading_zeros;
        mine.oversized += theirs.oversized;
        mine.negative += theirs.negative;
        mine.zero += theirs.zero;
        if let Some(range) = theirs.range {
            widen(&mut mine.range, range.min, range.max);
        }
        for (written, count) in &other.other {
            *self.other.entry(written.clone()).or_default() += count;
        }
    }

    /// Cells that are plain numbers.
    pub(crate) fn plain_cells(&self) -> u64 {
        self.plain.integers + self.plain.decimals + self.plain.oversized
    }

    /// Counts of plain numbers.
    pub(crate) fn plain(&self) -> &NumberEvidence {
        &self.plain
    }

    /// The evidence. Notations that explain fewer than `min_count` cells are left out.
    pub(crate) fn evidence(&self, min_count: u64, with_range: bool) -> NumberEvidence {
        let mut evidence = self.plain.clone();
        evidence.range = evidence.range.filter(|_| with_range);
        evidence.notations = self.notations();
        evidence
            .notations
            .retain(|notation| notation.count >= min_count);
        evidence
    }

    /// A cell explains every notation that its marks allow: `1,234` is written with a comma for the
    /// decimals or between groups, and `12 €` with either decimal mark.
    fn notations(&self) -> Vec<NotationCount> {
        let mut counts: BTreeMap<Notation, u64> = BTreeMap::new();
        for (written, count) in &self.other {
            if let Some(decimal) = written.decimal {
                *counts.entry(written.notation(decimal)).or_default() += count;
            }
        }
        // A notation with a group mark also explains numbers too small to need one.
        let ungrouped: Vec<(Notation, u64)> = counts
            .iter()
            .filter(|(notation, _)| notation.group.is_none())
            .map(|(notation, count)| (notation.clone(), *count))
            .collect();
        for (notation, count) in ungrouped {
            for (grouped, total) in &mut counts {
                let same = grouped.decimal == notation.decimal
                    && grouped.currency == notation.currency
                    && grouped.percent == notation.percent;
                if same && grouped.group.is_some() {
                    *total += count;
                }
            }
        }
        for (written, count) in self
            .other
            .iter()
            .filter(|(written, _)| written.decimal.is_none())
        {
            let mut explained = false;
            for (notation, total) in &mut counts {
                let same_unit = notation.currency.as_deref() == written.currency
                    && notation.percent == written.percent;
                if same_unit {
                    *total += count;
                    explained = true;
                }
            }
            if !explained {
                counts.insert(written.notation('.'), *count);
            }
        }
        let mut list: Vec<NotationCount> = counts
            .into_iter()
            .map(|(notation, count)| NotationCount { notation, count })
            .collect();
        list.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| a.notation.cmp(&b.notation))
        });
        list
    }
}

impl Written {
    fn notation(&self, decimal: char) -> Notation {
        Notation {
            decimal,
            group: self.group,
            currency: self.currency.map(str::to_owned),
            percent: self.percent,
        }
    }
}

fn widen(range: &mut Option<Bounds<f64>>, min: f64, max: f64) {
    *range = Some(match *range {
        None => Bounds { min, max },
        Some(known) => Bounds {
            min: known.min.min(min),
            max: known.max.max(max),
        },
    });
}

/// Signs, and the codes of ISO 4217 that are most traded, without which a text such as `USD 5`
/// would be a word and a number.
const CURRENCIES: [&str; 38] = [
    "€", "$", "£", "¥", "₹", "₩", "₺", "₽", "₫", "₪", "R$", "zł", "kr", "Kč", "Ft", "EUR", "USD",
    "GBP", "JPY", "CHF", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "BRL", "MXN", "ZAR", "SGD", "HKD", "KRW", "TRY",
];

/// What `text`, which is no plain number, may be as a number.
fn written(text: &str) -> Vec<Written> {
    let Some((currency, body, percent)) = dressed(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut add = |decimal, group| {
        found.push(Written {
            decimal,
            group,
            currency,
            percent,
        });
    };
    if is_digits(body) {
        // Signs alone do not make it another notation.
        if currency.is_some() || percent {
            add(None, None);
        }
        return found;
    }
    for decimal in ['.', ','] {
        let (whole, fraction) = match body.rsplit_once(decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (body, None),
        };
        if fraction.is_some_and(|part| !is_digits(part)) {
            continue;
        }
        let is_plain = decimal == '.' && currency.is_none() && !percent;
        if fraction.is_some() && is_digits(whole) && !is_plain {
            add(Some(decimal), None);
        }
        for group in [',', '.', '\'', ' ', '\u{a0}', '\u{202f}'] {
            if group != decimal && is_grouped(whole, group) {
                let is_space = matches!(group, '\u{a0}' | '\u{202f}');
                add(Some(decimal), Some(if is_space { ' ' } else { group }));
            }
        }
    }
    found
}

/// Currency, digits with their marks, and whether a per-cent sign follows; `None` when there is
/// anything else.
fn dressed(text: &str) -> Option<(Option<&'static str>, &str, bool)> {
    let bytes = text.as_bytes();
    let first = bytes.iter().position(u8::is_ascii_digit)?;
    let last = bytes.iter().rposition(u8::is_ascii_digit)?;
    let (before, body, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    let are_marks =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    if text.len() > 48 || before.len() > 8 || after.len() > 8 || !body.chars().all(are_marks) {
        return None;
    }
    let before = before.trim();
    let before = before
        .strip_prefix(['-', '+'])
        .unwrap_or(before)
        .trim_start();
    let before = before.strip_suffix(['-', '+']).unwrap_or(before).trim_end();
    let (after, percent) = match after.trim().strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (after.trim(), false),
    };
    match (currency_of(before)?, currency_of(after)?) {
        (Some(_), Some(_)) => None,
        (before, after) => Some((before.or(after), body, percent)),
    }
}

/// The currency that `text` is, or that there is none; `None` for any other text.
fn currency_of(text: &str) -> Option<Option<&'static str>> {
    if text.is_empty() {
        return Some(None);
    }
    CURRENCIES
        .iter()
        .find(|currency| **currency == text)
        .map(|currency| Some(*currency))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One to three digits, then at least one group of exactly three.
fn is_grouped(text: &str, group: char) -> bool {
    let mut pieces = text.split(group);
    let head = pieces.next().unwrap_or_default();
    let mut groups = 0;
    for piece in pieces {
        if piece.len() != 3 || !is_digits(piece) {
            return false;
        }
        groups += 1;
    }
    groups > 0 && head.len() <= 3 && is_digits(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(texts: &[&str]) -> NumberCounts {
        let mut counts = NumberCounts::default();
        for text in texts {
            counts.add(text, 1);
        }
        counts
    }

    type Seen = (char, Option<char>, Option<String>, bool, u64);

    fn notations(texts: &[&str]) -> Vec<Seen> {
        let evidence = counted(texts).evidence(1, true);
        evidence
            .notations
            .into_iter()
            .map(|n| {
                let Notation {
                    decimal,
                    group,
                    currency,
                    percent,
                } = n.notation;
                (decimal, group, currency, percent, n.count)
            })
            .collect()
    }

    #[test]
    fn plain_numbers_are_told_by_their_writing() {
        let texts = [
            "12",
            "-3",
            "+0",
            "007",
            "1.50",
            "0.0",
            "1234567890123456789",
            "-0.5",
        ];
        let evidence = counted(&texts).evidence(1, true);
        assert_eq!(
            (evidence.integers, evidence.decimals, evidence.oversized),
            (4, 3, 1)
        );
        assert_eq!(
            (evidence.leading_zeros, evidence.negative, evidence.zero),
            (1, 2, 2)
        );
        assert_eq!((evidence.max_scale, evidence.max_digits), (2, 19));
        let none = ["", "-", ".", "1.", ".5", "1e5", "NaN", "1 2", "٣", "--1"];
        assert_eq!(counted(&none).plain_cells(), 0);
    }

    #[test]
    fn other_notations_are_named_with_what_they_explain() {
        assert_eq!(
            notations(&["1.234,50", "17,5"]),
            [
                (',', Some('.'), None, false, 2),
                (',', None, None, false, 1),
            ]
        );
        assert_eq!(
            notations(&["$1,200.00", "$5", "$7.25"]),
            [
                ('.', Some(','), Some("$".into()), false, 3),
                ('.', None, Some("$".into()), false, 2),
            ]
        );
        assert_eq!(notations(&["12 %", "3.5%"]), [('.', None, None, true, 2)]);
        assert_eq!(
            notations(&["12 EUR"]),
            [('.', None, Some("EUR".into()), false, 1)]
        );
        // Nobody can say from one cell which of the two it is.
        assert_eq!(notations(&["1,234"]).len(), 2);
        for text in [
            "1,23,456",
            "AB-12",
            "12-34",
            "1.2.3",
            "€",
            "%",
            "2024-01-01",
            "1'23",
        ] {
            assert_eq!(notations(&[text]), [], "{text}");
        }
    }

    #[test]
    fn products_are_exact() {
        let number = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
        assert!(number("21.0").is_product(number("2"), number("10.5")));
        assert!(number("0.01").is_product(number("0.1"), number("0.10")));
        assert!(!number("21.01").is_product(number("2"), number("10.5")));
        assert!(number("-6").is_product(number("-2"), number("3")));
        assert!(number("1.00").is_one() && number("2.0").equals(number("2")));
        assert!(Decimal::parse(b"1234567890123456789").is_none());
    }

    #[test]
    fn quotients_are_exact_or_none() {
        let number = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
        let quotient = |a: &str, b: &str| number(a).quotient(number(b));
        assert_eq!(quotient("40", "2.00"), Some(number("20")));
        assert_eq!(quotient("22.50", "-3"), Some(number("-7.5")));
        assert_eq!(quotient("1", "8"), Some(number("0.125")));
        assert_eq!(quotient("0.00", "8"), Some(number("0")));
        let most = "999999999999999999";
        let least = "0.00000000000000001";
        assert_eq!(quotient(most, most), Some(number("1")));
        for (a, b) in [
            ("1", "3"),
            ("1", "0"),
            ("0", "0"),
            (most, least),
            (least, most),
        ] {
            assert_eq!(quotient(a, b), None, "{a} {b}");
        }
        assert_eq!(number("24.00").shortest(), number("24"));
        assert_eq!(number("100").shortest(), number("100"));
        assert_eq!(number("0.00").shortest(), number("0"));
    }
}
