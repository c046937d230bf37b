//! Which date formats explain the values of a column.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::{DateBounds, FormatEvidence};

/// Years in which a date written as eight bare digits is believed.
const PLAUSIBLE_YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;
/// The shortest and the longest text of any format: `1/2/2024` and nine digits of a second.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=30;

/// Counts about the dates of a column. Adding up in any order gives the same.
#[derive(Debug, Clone)]
pub(crate) struct FormatCounts {
    by_format: Vec<FormatCount>,
    /// Cells that some format explains.
    explained: u64,
}

#[derive(Debug, Clone, Default)]
struct FormatCount {
    count: u64,
    /// Of these, cells that only this format and its twin explain.
    only: u64,
    /// Cells that its twin does not explain.
    beyond_twin: u64,
    future: u64,
    ancient: u64,
    plausible: u64,
    range: Option<(NaiveDate, NaiveDate)>,
}

/// What is the same for every value: the formats with their twins, and the day of the run.
pub(crate) struct Calendar {
    formats: Vec<(DateFormat, Option<usize>)>,
    /// Formats by how their texts begin.
    by_head: [Vec<usize>; HEADS],
    as_of: NaiveDate,
}

/// The place of each format's twin. To find one means to compare all pairs of patterns.
static TWINS: LazyLock<[Option<usize>; DateFormat::COUNT]> = LazyLock::new(|| {
    let mut twins = [None; DateFormat::COUNT];
    for format in DateFormat::all() {
        twins[format.index()] = format.twin().map(DateFormat::index);
    }
    twins
});

/// Digits before the first other character (0 to 4, or more), with what that character is.
const HEADS: usize = 6 * 6;

impl Calendar {
    /// `as_of` is the day of the Bronze run.
    pub(crate) fn new(as_of: NaiveDate) -> Self {
        let formats: Vec<_> = DateFormat::all()
            .map(|format| (format, TWINS[format.index()]))
            .collect();
        let mut by_head: [Vec<usize>; HEADS] = std::array::from_fn(|_| Vec::new());
        for (format, _) in &formats {
            for example in examples(*format) {
                let heads = &mut by_head[head(example.as_bytes())];
                if heads.last() != Some(&format.index()) {
                    heads.push(format.index());
                }
            }
        }
        Self {
            formats,
            by_head,
            as_of,
        }
    }

    /// The formats that may explain `text`, judged by its head.
    fn candidates(&self, text: &str) -> &[usize] {
        if LENGTHS.contains(&text.len()) {
            &self.by_head[head(text.as_bytes())]
        } else {
            &[]
        }
    }

    /// The day and time that `text` means in the first of `formats` that explains it, in seconds.
    pub(crate) fn instant(formats: &[DateFormat], text: &str) -> Option<i64> {
        formats
            .iter()
            .find_map(|format| format.parse(text))
            .map(|day| day.and_utc().timestamp())
    }
}

/// Texts of the format with every length that its first part can have.
fn examples(format: DateFormat) -> impl Iterator<Item = String> {
    [(2003, 4, 5), (2013, 11, 15)]
        .into_iter()
        .filter_map(move |(year, month, day)| {
            let day = NaiveDate::from_ymd_opt(year, month, day)?;
            Some(
                day.and_hms_opt(0, 0, 0)?
                    .format(format.pattern())
                    .to_string(),
            )
        })
}

fn head(text: &[u8]) -> usize {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mark = match text.get(digits) {
        None => 0,
        Some(b'-') => 1,
        Some(b'/') => 2,
        Some(b'.') => 3,
        Some(b' ') => 4,
        Some(_) => 5,
    };
    digits.min(5) * 6 + mark
}

impl Default for FormatCounts {
    fn default() -> Self {
        Self {
            by_format: vec![FormatCount::default(); DateFormat::COUNT],
            explained: 0,
        }
    }
}

impl FormatCounts {
    /// Counts `weight` cells with this trimmed text.
    pub(crate) fn add(&mut self, calendar: &Calendar, text: &str, weight: u64) {
        let candidates = calendar.candidates(text);
        if candidates.is_empty() {
            return;
        }
        let mut hits = [(0, NaiveDate::MIN); 8];
        let mut found = 0;
        for index in candidates {
            let (format, _) = calendar.formats[*index];
            // No text has more than these readings: two orders of day and month, each padded or not.
            if let (Some(instant), Some(hit)) = (format.parse(text), hits.get_mut(found)) {
                *hit = (*index, instant.date());
                found += 1;
            }
        }
        let hits = &hits[..found];
        self.explained += if hits.is_empty() { 0 } else { weight };
        for (index, day) in hits {
            let twin = calendar.formats[*index].1;
            let twin_explains = hits.iter().any(|(other, _)| Some(*other) == twin);
            let others = hits.len() - 1 - usize::from(twin_explains);
            let counts = &mut self.by_format[*index];
            counts.count += weight;
            counts.only += if others == 0 { weight } else { 0 };
            counts.beyond_twin += if twin_explains { 0 } else { weight };
            counts.future += if *day > calendar.as_of { weight } else { 0 };
            counts.ancient += if day.year() < 1900 { weight } else { 0 };
            counts.plausible += if PLAUSIBLE_YEARS.contains(&day.year()) {
                weight
            } else {
                0
            };
            widen(&mut counts.range, *day, *day);
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &FormatCounts) {
        self.explained += other.explained;
        for (mine, theirs) in self.by_format.iter_mut().zip(&other.by_format) {
            mine.count += theirs.count;
            mine.only += theirs.only;
            mine.beyond_twin += theirs.beyond_twin;
            mine.future += theirs.future;
            mine.ancient += theirs.ancient;
            mine.plausible += theirs.plausible;
            if let Some((min, max)) = theirs.range {
                widen(&mut mine.range, min, max);
            }
        }
    }

    /// Cells that some format explains, bare digits aside.
    pub(crate) fn written_as_dates(&self) -> u64 {
        let bare: u64 = DateFormat::all()
            .filter(|format| is_bare(*format))
            .map(|format| self.by_format[format.index()].count)
            .sum();
        self.explained - bare
    }

    /// The formats that explain cells, best first. `cells` is the number of cells with text.
    pub(crate) fn evidence(
        &self,
        cells: u64,
        min_count: u64,
        with_range: bool,
    ) -> Vec<FormatEvidence> {
        let mut list: Vec<(DateFormat, FormatEvidence)> = DateFormat::all()
            .filter(|format| self.is_candidate(*format, cells, min_count))
            .map(|format| {
                (
                    format,
                    self.by_format[format.index()].evidence(format, with_range),
                )
            })
            .collect();
        list.sort_by_key(|(format, evidence)| (std::cmp::Reverse(evidence.count), format.index()));
        list.into_iter().map(|(_, evidence)| evidence).collect()
    }

    fn is_candidate(&self, format: DateFormat, cells: u64, min_count: u64) -> bool {
        let counts = &self.by_format[format.index()];
        if counts.count == 0 {
            return false;
        }
        if is_bare(format) {
            // Many identifiers happen to be dates; only a column of almost nothing else is one.
            let mostly_dates = counts.count * 10 >= cells * 9;
            return mostly_dates && counts.plausible * 100 >= counts.count * 99;
        }
        if let Some(twin) = TWINS[format.index()] {
            let other = &self.by_format[twin];
            let adds_nothing = counts.beyond_twin == 0;
            if adds_nothing && (other.beyond_twin > 0 || twin < format.index()) {
                return false;
            }
        }
        // In a column of something else a few dates are chance; in a date column every format counts.
        self.explained * 2 >= cells || counts.count >= min_count
    }
}

/// Whether the format is a run of digits.
fn is_bare(format: DateFormat) -> bool {
    format
        .pattern()
        .split('%')
        .skip(1)
        .all(|directive| directive.len() == 1)
}

impl FormatCount {
    fn evidence(&self, format: DateFormat, with_range: bool) -> FormatEvidence {
        let range = self.range.filter(|_| with_range);
        FormatEvidence {
            format: format.pattern().to_owned(),
            kind: format.kind(),
            count: self.count,
            only: self.only,
            future: self.future,
            ancient: self.ancient,
            range: range.map(|(min, max)| DateBounds {
                min: iso(min),
                max: iso(max),
            }),
        }
    }
}

fn iso(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn widen(range: &mut Option<(NaiveDate, NaiveDate)>, min: NaiveDate, max: NaiveDate) {
    *range = Some(match *range {
        None => (min, max),
        Some((low, high)) => (low.min(min), high.max(max)),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        Calendar::new(NaiveDate::from_ymd_opt(2026, 1, 25).unwrap())
    }

    fn evidence(texts: &[&str]) -> Vec<FormatEvidence> {
        let calendar = calendar();
        let mut counts = FormatCounts::default();
        for text in texts {
            counts.add(&calendar, text, 1);
        }
        counts.evidence(texts.len() as u64, 10, true)
    }

    fn patterns(texts: &[&str]) -> Vec<(String, u64, u64)> {
        evidence(texts)
            .into_iter()
            .map(|e| (e.format, e.count, e.only))
            .collect()
    }

    #[test]
    fn the_quick_look_loses_no_format() {
        let calendar = calendar();
        for format in DateFormat::all() {
            for day in 1..=28 {
                for month in 1..=12 {
                    let day = NaiveDate::from_ymd_opt(2024, month, day).unwrap();
                    let time = day.and_hms_nano_opt(1, 2, 3, 123_456_789).unwrap();
                    let text = time.format(format.pattern()).to_string();
                    assert!(
                        calendar.candidates(&text).contains(&format.index()),
                        "{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn day_and_month_are_decided_by_the_values_that_only_one_order_explains() {
        assert_eq!(
            patterns(&["05/06/2024", "25/06/2024"]),
            [("%d/%m/%Y".to_owned(), 2, 1), ("%m/%d/%Y".to_owned(), 1, 0),]
        );
        assert_eq!(
            patterns(&["5/6/2024", "10/6/2024", "25/6/2024"]),
            [
                ("%-d/%-m/%Y".to_owned(), 3, 1),
                ("%-m/%-d/%Y".to_owned(), 2, 0),
            ]
        );
    }

    #[test]
    fn the_rare_second_format_is_seen() {
        assert_eq!(
            patterns(&["2024-01-05", "2024-01-06", "07.01.2024"]),
            [("%Y-%m-%d".to_owned(), 2, 2), ("%d.%m.%Y".to_owned(), 1, 1),]
        );
    }

    #[test]
    fn bare_digits_are_dates_only_where_nearly_all_are() {
        assert_eq!(
            patterns(&["20240105", "20231231"]),
            [("%Y%m%d".to_owned(), 2, 2)]
        );
        assert_eq!(patterns(&["20240105", "99999999", "12345678"]), []);
        assert_eq!(patterns(&["10000101", "10000102"]), []);
    }

    #[test]
    fn future_ancient_and_range() {
        let found = evidence(&["2026-01-26", "2026-01-25", "1899-12-31"]);
        assert_eq!((found[0].future, found[0].ancient), (1, 1));
        let range = found[0].range.clone().unwrap();
        assert_eq!(
            (range.min.as_str(), range.max.as_str()),
            ("1899-12-31", "2026-01-26")
        );
    }

    #[test]
    fn a_few_dates_in_a_column_of_words_are_chance() {
        assert_eq!(patterns(&["2024-01-05", "word", "other", "more"]), []);
    }
}
