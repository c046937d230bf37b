//! What the values of a column are: decided once from the evidence, used by every rule.

use silversmith_plan::ColumnType;
use silversmith_types::evidence::{Notation, NumberEvidence, PersonalKind};

use super::dates::{self, DateReading};
use super::names;
use super::table::Column;
use super::truth;

/// Digits that a decimal has room for unless the values need more.
const USUAL_PRECISION: u64 = 18;
/// Most digits of a decimal in any engine.
const MAX_PRECISION: u64 = 38;
/// Digits after the point that a number in another notation may have. The evidence does not say
/// how many there are; money has two, rates have four.
const NOTATION_SCALE: u64 = 4;
const MONEY_SCALE: u64 = 2;

/// What the values of a column are, and what of them is not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) reading: Reading,
    /// Why the values were not read as something better, where they nearly could be.
    pub(crate) doubt: Option<Doubt>,
}

/// What values are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// Text, or nothing that the evidence proves.
    Text,
    /// Plain integers, every one.
    Integer,
    /// Plain numbers, every one.
    Decimal(ColumnType),
    /// Numbers in one notation, every one, and perhaps plain ones that mean the same in it.
    Notation(Notation, ColumnType),
    /// Days or instants in formats that do not contradict each other.
    Date(DateReading),
    /// Words for yes and no, every one.
    Truth,
}

/// Why values stay text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// So many cells are dates whose day and month nobody can tell apart.
    DayOrMonth(u64),
    /// All but so many cells are numbers.
    NotNumbers(u64),
    /// So many cells are numbers whose point and group mark nobody can tell apart.
    PointOrGroup(u64),
}

impl Verdict {
    pub(crate) fn text() -> Self {
        Reading::Text.into()
    }
}

impl From<Reading> for Verdict {
    fn from(reading: Reading) -> Self {
        Self {
            reading,
            doubt: None,
        }
    }
}

/// Reads a column. Personal values that are no dates stay as they are written.
pub(crate) fn read(column: &Column<'_>) -> Verdict {
    match column.evidence.personal {
        None | Some(PersonalKind::BirthDate) => {}
        Some(_) => return Verdict::text(),
    }
    if column.valued() == 0 {
        return Verdict::text();
    }
    if let Some(verdict) = dates::read(column) {
        return verdict;
    }
    if truth::is_truth(column) {
        return Reading::Truth.into();
    }
    if column.has_word(names::DIGIT_CODES) {
        return Verdict::text();
    }
    numbers(&column.evidence.numbers, column.valued())
}

/// Reads numbers: all of the values or none. A leading zero says that digits are a code.
fn numbers(numbers: &NumberEvidence, values: u64) -> Verdict {
    let plain = numbers.integers.saturating_add(numbers.decimals);
    if numbers.leading_zeros > 0 || numbers.oversized > 0 {
        return Verdict::text();
    }
    if numbers.integers >= values {
        return Reading::Integer.into();
    }
    if plain >= values {
        let scale = u64::from(numbers.max_scale);
        return decimal(u64::from(numbers.max_digits), scale)
            .map_or_else(Verdict::text, |to| Reading::Decimal(to).into());
    }
    let explaining = explaining_notations(numbers, values);
    let marks: Vec<char> = explaining.iter().map(|notation| notation.decimal).collect();
    match explaining.first() {
        Some(notation) if marks.iter().all(|mark| *mark == notation.decimal) => {
            let scale = notation_scale(numbers, values);
            // One cell may have more digits than the plain ones did; 18 in all are room enough.
            decimal(u64::from(numbers.max_digits), scale).map_or_else(Verdict::text, |to| {
                Reading::Notation((*notation).clone(), to).into()
            })
        }
        Some(_) => doubtful(Doubt::PointOrGroup(values - plain)),
        None if plain > 0 && values - plain <= values / 20 => {
            doubtful(Doubt::NotNumbers(values - plain))
        }
        None => Verdict::text(),
    }
}

/// Digits after the point in a column where not every number is plain: as many as the plain ones
/// have, where these are a tenth of all.
fn notation_scale(numbers: &NumberEvidence, values: u64) -> u64 {
    let known = u64::from(numbers.max_scale);
    match numbers.decimals.saturating_mul(10) >= values {
        true => known.max(MONEY_SCALE),
        false => known.max(NOTATION_SCALE),
    }
}

fn doubtful(doubt: Doubt) -> Verdict {
    Verdict {
        reading: Reading::Text,
        doubt: Some(doubt),
    }
}

/// The notations that, with the plain numbers that mean the same in them, explain every value; the
/// simplest first. Where some plain numbers have a point, the decimal mark is the point.
fn explaining_notations(numbers: &NumberEvidence, values: u64) -> Vec<&Notation> {
    let explains = |notation: &Notation, count: u64| {
        let unit = notation.currency.is_some() || notation.percent;
        // `5` beside `5 %` or `5 €` may be anything, and `1.234` beside `1,5` is no plain number.
        let plain = match notation.decimal {
            _ if unit => 0,
            '.' => numbers.integers.saturating_add(numbers.decimals),
            _ => numbers.integers,
        };
        let contradicted = notation.decimal != '.' && numbers.decimals > 0;
        !contradicted && plain.saturating_add(count) >= values
    };
    let mut found: Vec<&Notation> = numbers
        .notations
        .iter()
        .filter(|known| explains(&known.notation, known.count))
        .map(|known| &known.notation)
        .collect();
    if numbers.decimals > 0 {
        found.retain(|notation| notation.decimal == '.');
    }
    found.sort_by_key(|notation| (notation.group.is_some(), notation.decimal));
    found
}

fn decimal(digits: u64, scale: u64) -> Option<ColumnType> {
    let precision = USUAL_PRECISION.max(digits.saturating_add(scale));
    if precision > MAX_PRECISION {
        return None;
    }
    let precision = u8::try_from(precision).ok()?;
    Some(ColumnType::Decimal {
        precision,
        scale: u8::try_from(scale).ok()?,
    })
}
