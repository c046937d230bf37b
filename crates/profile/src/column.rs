//! One column: what is counted of its values while they stream by.
//!
//! A value is looked at closely once for all its occurrences while it is in the sample of distinct
//! values, and at each occurrence otherwise. Both give the same counts.

use silversmith_types::evidence::{Bounds, Distinct};
use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};

use crate::formats::{Calendar, FormatCounts};
use crate::hash::hash_of;
use crate::limits::MAX_KEPT_BYTES;
use crate::numbers::NumberCounts;
use crate::personal::PersonalCounts;
use crate::sample::{Added, Sample, Totals};
use crate::shapes::Shapes;
use crate::tokens::{self, Tokens};

/// The hash of an empty cell. No text has to avoid it: it is used for rows and pairs alone.
pub(crate) const NULL_HASH: u64 = 0x6e75_6c6c;

/// Whether a cell holds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A text with more than white space.
    Text,
    /// Empty, or white space alone.
    Absent,
}

/// The state of one column.
pub(crate) struct Column {
    nulls: u64,
    blanks: u64,
    /// Blank texts differ too: pandas counts each as a value.
    cells: u64,
    sample: Sample<Kept>,
    arena: Vec<u8>,
    counts: Counts,
}

/// Where the text of a sampled value is.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    start: u32,
    /// 0 when the text is too long to be kept; then each occurrence was looked at.
    len: u32,
}

impl Kept {
    fn text(self, arena: &[u8]) -> &str {
        let bytes = &arena[self.start as usize..(self.start + self.len) as usize];
        // Only text that was valid is kept.
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// A sampled value with its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'c> {
    pub(crate) hash: u64,
    pub(crate) count: u64,
    pub(crate) text: &'c str,
}

/// Counts over the cells that hold text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) outer_space: u64,
    pub(crate) inner_space: u64,
    pub(crate) any_inner_space: u64,
    pub(crate) not_nfc: u64,
    pub(crate) with_digit: u64,
    pub(crate) without_lower: u64,
    pub(crate) length: Option<Bounds<u64>>,
    pub(crate) pandas_missing: u64,
    pub(crate) booleans: u64,
    pub(crate) numbers: NumberCounts,
    pub(crate) formats: FormatCounts,
    pub(crate) tokens: Tokens,
    pub(crate) shapes: Shapes,
    pub(crate) personal: PersonalCounts,
}

impl Column {
    /// A column of which at most `capacity` distinct values are kept.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            nulls: 0,
            blanks: 0,
            cells: 0,
            sample: Sample::new(capacity),
            arena: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Counts one cell, and returns its hash. The bytes are valid UTF-8.
    #[inline]
    pub(crate) fn add(&mut self, calendar: &Calendar, cell: &[u8]) -> (u64, Presence) {
        let Some(first) = cell.first() else {
            self.nulls += 1;
            return (NULL_HASH, Presence::Absent);
        };
        let hash = hash_of(cell);
        if (first.is_ascii_whitespace() || !first.is_ascii()) && is_blank(cell) {
            self.blanks += 1;
            return (hash, Presence::Absent);
        }
        self.cells += 1;
        if cell.len() > MAX_KEPT_BYTES {
            self.sample.add(hash, 1, |_| {});
            self.look(calendar, cell);
            self.keep_bounded(calendar);
            return (hash, Presence::Text);
        }
        let start = self.arena.len() as u32;
        let kept = Kept {
            start,
            len: cell.len() as u32,
        };
        let mut is_new = false;
        let added = self.sample.add(hash, 1, |slot| {
            if slot.len == 0 {
                *slot = kept;
                is_new = true;
            }
        });
        if is_new {
            self.arena.extend_from_slice(cell);
            self.keep_bounded(calendar);
        } else if added == Added::Outside {
            self.look(calendar, cell);
        }
        (hash, Presence::Text)
    }

    #[cold]
    fn look(&mut self, calendar: &Calendar, cell: &[u8]) {
        // The block was checked before it was cut into cells.
        let text = std::str::from_utf8(cell).unwrap_or_default();
        self.counts.add(calendar, text, 1);
    }

    fn keep_bounded(&mut self, calendar: &Calendar) {
        if self.sample.is_over() {
            self.raise(calendar, 0);
        }
    }

    /// Raises the level of the sample; values that leave it are looked at now.
    fn raise(&mut self, calendar: &Calendar, level: u32) {
        let Self {
            sample,
            arena,
            counts,
            ..
        } = self;
        let mut packed = Vec::new();
        sample.raise(
            level,
            |count, kept| counts.add_kept(calendar, kept.text(arena), count),
            |kept| {
                let start = packed.len() as u32;
                packed.extend_from_slice(kept.text(arena).as_bytes());
                kept.start = start;
            },
        );
        self.arena = packed;
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, calendar: &Calendar, other: &Column) {
        self.nulls += other.nulls;
        self.blanks += other.blanks;
        self.cells += other.cells;
        self.counts.absorb(&other.counts);
        self.raise(calendar, other.sample.level());
        for (hash, count, kept) in other.sample.iter() {
            let text = kept.text(&other.arena);
            let mine = Kept {
                start: self.arena.len() as u32,
                len: kept.len,
            };
            let added = self.sample.add(hash, count, |slot| {
                if slot.len == 0 {
                    *slot = mine;
                }
            });
            match added {
                Added::New => self.arena.extend_from_slice(text.as_bytes()),
                Added::Known => {}
                Added::Outside => self.counts.add_kept(calendar, text, count),
            }
            self.keep_bounded(calendar);
        }
    }

    /// Looks at the values that the sample still holds. To be called once, after the last cell.
    pub(crate) fn finish(&mut self, calendar: &Calendar) {
        for (_, count, kept) in self.sample.iter() {
            self.counts
                .add_kept(calendar, kept.text(&self.arena), count);
        }
    }

    /// Empty cells.
    pub(crate) fn nulls(&self) -> u64 {
        self.nulls
    }

    /// Cells of white space alone.
    pub(crate) fn blanks(&self) -> u64 {
        self.blanks
    }

    /// Cells with text.
    pub(crate) fn cells(&self) -> u64 {
        self.cells
    }

    /// Counts over the cells with text; complete after [`Column::finish`].
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Distinct values, and how many repeat.
    pub(crate) fn totals(&self) -> Totals {
        self.sample.totals(self.cells)
    }

    /// Whether every distinct value is kept.
    pub(crate) fn is_exact(&self) -> bool {
        self.sample.is_exact()
    }

    /// Zero bits at the head of the hash of every kept value.
    pub(crate) fn level(&self) -> u32 {
        self.sample.level()
    }

    /// Distinct values as evidence.
    pub(crate) fn distinct(&self) -> Distinct {
        Distinct {
            count: self.totals().distinct,
            exact: self.is_exact(),
        }
    }

    /// The sampled values in order of their hashes. Values too long to be kept have an empty text.
    pub(crate) fn values(&self) -> Vec<Value<'_>> {
        let with_text = |(hash, count, kept): (u64, u64, &Kept)| Value {
            hash,
            count,
            text: kept.text(&self.arena),
        };
        let mut values: Vec<Value<'_>> = self.sample.iter().map(with_text).collect();
        values.sort_unstable_by_key(|value| value.hash);
        values
    }
}

impl Counts {
    fn add_kept(&mut self, calendar: &Calendar, text: &str, weight: u64) {
        if !text.is_empty() {
            self.add(calendar, text, weight);
        }
    }

    /// Looks at a text that is not blank and counts it `weight` times.
    fn add(&mut self, calendar: &Calendar, text: &str, weight: u64) {
        let trimmed = text.trim();
        if trimmed.len() != text.len() {
            self.outer_space += weight;
        }
        let traits = Traits::of(trimmed);
        self.any_inner_space += if traits.space { weight } else { 0 };
        self.inner_space += if traits.spaces { weight } else { 0 };
        self.without_lower += if traits.lower { 0 } else { weight };
        self.with_digit += if traits.digit { weight } else { 0 };
        let length = if traits.ascii && trimmed.len() == text.len() {
            text.len() as u64
        } else {
            self.not_nfc += if is_normal(text) { 0 } else { weight };
            text.chars().count() as u64
        };
        widen(&mut self.length, length);
        if tokens::is_pandas_missing(text) {
            self.pandas_missing += weight;
        }
        if !traits.digit {
            self.booleans += if tokens::is_boolean(trimmed) {
                weight
            } else {
                0
            };
            if tokens::is_missing(trimmed) {
                self.tokens.add(text, weight);
            }
        }
        let is_number = traits.digit && self.numbers.add(trimmed, weight);
        if traits.digit {
            self.formats.add(calendar, trimmed, weight);
        }
        if !is_number {
            self.personal.add(trimmed, weight);
        }
        self.shapes.add(trimmed, weight);
    }

    fn absorb(&mut self, other: &Counts) {
        self.outer_space += other.outer_space;
        self.inner_space += other.inner_space;
        self.any_inner_space += other.any_inner_space;
        self.not_nfc += other.not_nfc;
        self.with_digit += other.with_digit;
        self.without_lower += other.without_lower;
        self.pandas_missing += other.pandas_missing;
        self.booleans += other.booleans;
        if let Some(length) = other.length {
            widen(&mut self.length, length.min);
            widen(&mut self.length, length.max);
        }
        self.numbers.absorb(&other.numbers);
        self.formats.absorb(&other.formats);
        self.tokens.absorb(&other.tokens);
        self.shapes.absorb(&other.shapes);
        self.personal.absorb(&other.personal);
    }
}

/// What kinds of characters a trimmed text has.
#[derive(Debug, Clone, Copy, Default)]
struct Traits {
    /// White space.
    space: bool,
    /// White space beside white space.
    spaces: bool,
    lower: bool,
    digit: bool,
    ascii: bool,
}

impl Traits {
    fn of(text: &str) -> Self {
        let mut seen = 0;
        for byte in text.bytes() {
            seen |= KINDS[usize::from(byte)];
        }
        let mut traits = Self {
            space: seen & SPACE != 0,
            spaces: false,
            lower: seen & LOWER != 0,
            digit: seen & DIGIT != 0,
            ascii: seen & WIDE == 0,
        };
        if !traits.ascii {
            traits.space = text.chars().any(char::is_whitespace);
            traits.lower = text.chars().any(char::is_lowercase);
        }
        if traits.space {
            let second = text.chars().skip(1);
            traits.spaces = text
                .chars()
                .zip(second)
                .any(|(a, b)| a.is_whitespace() && b.is_whitespace());
        }
        traits
    }
}

const SPACE: u8 = 1;
const LOWER: u8 = 2;
const DIGIT: u8 = 4;
const WIDE: u8 = 8;

/// The kind of each byte. Vertical tab and form feed are white space to Unicode too.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'\t'..=b'\r' | b' ' => SPACE,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => DIGIT,
            128.. => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// Whether the text is in Unicode form NFC.
fn is_normal(text: &str) -> bool {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => is_nfc(text),
    }
}

fn widen(bounds: &mut Option<Bounds<u64>>, value: u64) {
    *bounds = Some(match *bounds {
        None => Bounds {
            min: value,
            max: value,
        },
        Some(known) => Bounds {
            min: known.min.min(value),
            max: known.max.max(value),
        },
    });
}

#[cold]
fn is_blank(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn column(cells: &[&str], capacity: usize) -> Column {
        let calendar = Calendar::new(NaiveDate::MAX);
        let mut column = Column::new(capacity);
        for cell in cells {
            column.add(&calendar, cell.as_bytes());
        }
        column.finish(&calendar);
        column
    }

    #[test]
    fn nulls_blanks_and_text_are_three_things() {
        let column = column(&["", " ", "\u{a0}", "\u{a0}x", "x", "x"], 10);
        assert_eq!((column.nulls(), column.blanks(), column.cells()), (1, 2, 3));
        assert_eq!(
            column.distinct(),
            Distinct {
                count: 2,
                exact: true
            }
        );
        assert_eq!(column.counts().outer_space, 1);
    }

    #[test]
    fn long_values_are_counted_and_not_kept() {
        let long = "ä".repeat(MAX_KEPT_BYTES);
        let column = column(&[&long, &long, "x"], 10);
        assert_eq!(column.distinct().count, 2);
        assert_eq!(
            column.counts().length,
            Some(Bounds {
                min: 1,
                max: MAX_KEPT_BYTES as u64
            })
        );
        assert!(column.values().iter().all(|value| value.text.len() <= 1));
    }

    #[test]
    fn a_small_sample_counts_the_same_as_a_large_one() {
        let cells: Vec<String> = (0..500).map(|n| format!("{}-{}", n % 90, n % 7)).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let (small, large) = (column(&cells, 4), column(&cells, 10_000));
        assert!(!small.is_exact() && large.is_exact());
        let shown = |column: &Column| {
            let counts = column.counts();
            format!(
                "{:?} {:?}",
                counts.shapes.evidence(1),
                (counts.length, counts.with_digit)
            )
        };
        assert_eq!(shown(&small), shown(&large));
    }

    #[test]
    fn spaces_and_normal_form() {
        let column = column(&["a  b", "a b", "e\u{301}", "é"], 10);
        let counts = column.counts();
        assert_eq!(
            (counts.inner_space, counts.any_inner_space, counts.not_nfc),
            (1, 2, 1)
        );
    }
}
