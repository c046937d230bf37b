//! Dates and times as text: the closed list of formats, and the one strict definition of what each
//! of them reads. The profiler, the reference interpreter and the compilers all mean this one.
//!
//! A format is written in strftime notation, of which these directives exist:
//!
//! | directive | reads |
//! |--|--|
//! | `%Y` | exactly four digits, `0001` to `9999` |
//! | `%m` `%d` `%H` `%M` `%S` | exactly two digits; seconds end at 59 |
//! | `%-m` `%-d` | one or two digits without a leading zero |
//! | `%b` | an English month abbreviation of three letters in any case |
//! | `%.f` | a point and one to nine digits |
//!
//! Every other character stands for itself. Nothing is skipped, trimmed or filled in, and the day
//! must be one of the calendar. A `Z` at the end says that the time is UTC; without it the zone is
//! not known, and the result is the same.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::evidence::FormatKind;

/// One of the formats of the closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    pattern: &'static str,
    index: usize,
}

/// The closed list. Where several formats explain a column equally well, the earlier is preferred:
/// padded forms stand before unpadded ones, and day-month before month-day.
static PATTERNS: [&str; DateFormat::COUNT] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%-d.%-m.%Y",
    "%-d/%-m/%Y",
    "%-m/%-d/%Y",
    "%-d-%-m-%Y",
    "%-m-%-d-%Y",
    "%Y-%-m-%-d",
    "%Y/%-m/%-d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%-d-%b-%Y",
    "%-d %b %Y",
    "%b %d, %Y",
    "%b %-d, %Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%MZ",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%-d.%-m.%Y %H:%M:%S",
    "%-d.%-m.%Y %H:%M",
    "%-d/%-m/%Y %H:%M:%S",
    "%-d/%-m/%Y %H:%M",
    "%-m/%-d/%Y %H:%M:%S",
    "%-m/%-d/%Y %H:%M",
];

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

impl DateFormat {
    /// How many formats there are.
    pub const COUNT: usize = 48;

    /// Every format, in order of preference.
    pub fn all() -> impl Iterator<Item = DateFormat> {
        PATTERNS
            .iter()
            .enumerate()
            .map(|(index, pattern)| DateFormat { pattern, index })
    }

    /// The format written as `pattern`, if it is in the closed list.
    pub fn from_pattern(pattern: &str) -> Option<DateFormat> {
        Self::all().find(|format| format.pattern == pattern)
    }

    /// The strftime notation.
    pub fn pattern(self) -> &'static str {
        self.pattern
    }

    /// Its place in the closed list, from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// Whether it yields a day or a day with a time.
    pub fn kind(self) -> FormatKind {
        if self.pattern.contains("%H") {
            FormatKind::Timestamp
        } else {
            FormatKind::Date
        }
    }

    /// The format that reads the same parts in the same order, padded where this one is not and the
    /// reverse: `%d/%m/%Y` and `%-d/%-m/%Y`.
    pub fn twin(self) -> Option<DateFormat> {
        let padded = |pattern: &str| pattern.replace("%-", "%");
        Self::all().find(|other| {
            other.index != self.index && padded(other.pattern) == padded(self.pattern)
        })
    }

    /// The instant that `text` means in this format; a bare date is its midnight.
    pub fn parse(self, text: &str) -> Option<NaiveDateTime> {
        parse_pattern(self.pattern.as_bytes(), text.as_bytes())
    }
}

/// What `text` means in `format`, strictly; `None` when it is not of that format, is no day of the
/// calendar, or the format is not in the closed list. A bare date is its midnight.
pub fn parse(format: &str, text: &str) -> Option<NaiveDateTime> {
    DateFormat::from_pattern(format)?.parse(text)
}

#[derive(Default)]
struct Parts {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
}

fn parse_pattern(pattern: &[u8], text: &[u8]) -> Option<NaiveDateTime> {
    let mut parts = Parts::default();
    let mut rest = text;
    let mut at = 0;
    while at < pattern.len() {
        let byte = pattern[at];
        at += 1;
        if byte != b'%' {
            rest = rest.strip_prefix(&[byte])?;
            continue;
        }
        let flag_or_directive = *pattern.get(at)?;
        at += 1;
        let unpadded = flag_or_directive == b'-';
        let directive = match flag_or_directive {
            b'-' | b'.' => {
                at += 1;
                *pattern.get(at - 1)?
            }
            other => other,
        };
        rest = parts.read(directive, unpadded, rest)?;
    }
    if !rest.is_empty() {
        return None;
    }
    if parts.year == 0 {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(parts.year, parts.month, parts.day)?;
    // A leap second has no place on the clock of any engine we compile for.
    let time =
        NaiveTime::from_hms_nano_opt(parts.hour, parts.minute, parts.second, parts.nanosecond)?;
    Some(day.and_time(time))
}

impl Parts {
    /// Reads one directive from the head of `text` and returns what follows it.
    fn read<'t>(&mut self, directive: u8, unpadded: bool, text: &'t [u8]) -> Option<&'t [u8]> {
        if directive == b'b' {
            let name = text.get(..3)?;
            let month = MONTHS
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name))?;
            self.month = u32::try_from(month).ok()? + 1;
            return Some(&text[3..]);
        }
        if directive == b'f' {
            return self.read_fraction(text);
        }
        let width = match directive {
            b'Y' => 4,
            _ if unpadded => unpadded_width(text)?,
            _ => 2,
        };
        let value = digits(text.get(..width)?)?;
        match directive {
            b'Y' => self.year = i32::try_from(value).ok()?,
            b'm' => self.month = value,
            b'd' => self.day = value,
            b'H' => self.hour = value,
            b'M' => self.minute = value,
            b'S' => self.second = value,
            _ => return None,
        }
        Some(&text[width..])
    }

    fn read_fraction<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let text = text.strip_prefix(b".")?;
        let width = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&width) {
            return None;
        }
        let scale = 10_u32.pow(u32::try_from(9 - width).ok()?);
        self.nanosecond = digits(&text[..width])? * scale;
        Some(&text[width..])
    }
}

fn unpadded_width(text: &[u8]) -> Option<usize> {
    match text {
        [b'1'..=b'9', b'0'..=b'9', ..] => Some(2),
        [b'1'..=b'9', ..] => Some(1),
        _ => None,
    }
}

/// The value of at most nine digits, and nothing else.
fn digits(text: &[u8]) -> Option<u32> {
    let mut value = 0;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;

    use super::*;

    fn shown(format: &str, text: &str) -> Option<String> {
        parse(format, text).map(|instant| instant.to_string())
    }

    #[test]
    fn each_format_reads_its_own_writing_and_keeps_its_place() {
        let instant = NaiveDate::from_ymd_opt(2024, 10, 17)
            .and_then(|day| day.and_hms_nano_opt(13, 45, 59, 120_000_000))
            .unwrap();
        for (at, format) in DateFormat::all().enumerate() {
            assert_eq!(format.index(), at);
            assert_eq!(DateFormat::from_pattern(format.pattern()), Some(format));
            let text = instant.format(format.pattern()).to_string();
            let mut expected = instant;
            if !format.pattern().contains("%.f") {
                expected = expected.with_nanosecond(0).unwrap();
            }
            if !format.pattern().contains("%S") {
                expected = expected.with_second(0).unwrap();
            }
            if format.kind() == FormatKind::Date {
                expected = instant.date().and_hms_opt(0, 0, 0).unwrap();
            }
            assert_eq!(format.parse(&text), Some(expected), "{}", format.pattern());
        }
    }

    #[test]
    fn the_width_of_every_part_is_fixed() {
        for (format, text) in [
            ("%Y-%m-%d", "2024-1-05"),
            ("%Y-%m-%d", "24-01-05"),
            ("%Y-%m-%d", "02024-01-05"),
            ("%Y-%m-%d", "+2024-01-05"),
            ("%Y-%m-%d", " 2024-01-05"),
            ("%Y-%m-%d", "2024-01-05 "),
            ("%Y-%m-%d", "2024-01-05T00:00:00"),
            ("%Y%m%d", "2024105"),
            ("%Y%m%d", "0"),
            ("%-d/%-m/%Y", "05/1/2024"),
            ("%-d/%-m/%Y", "0/1/2024"),
            ("%Y-%m-%d %H:%M:%S%.f", "2024-01-05 00:00:00"),
            ("%Y-%m-%d %H:%M:%S%.f", "2024-01-05 00:00:00."),
            ("%Y-%m-%d %H:%M:%S%.f", "2024-01-05 00:00:00.1234567890"),
            ("%d %b %Y", "05 January 2024"),
            ("%d %b %Y", "05 Jän 2024"),
            ("%Y-%m-%d", "２０２４-01-05"),
            ("%Y-%m-%d", ""),
        ] {
            assert_eq!(shown(format, text), None, "{format} {text}");
        }
        assert_eq!(
            shown("%-d/%-m/%Y", "5/10/2024").as_deref(),
            Some("2024-10-05 00:00:00")
        );
        assert_eq!(
            shown("%d %b %Y", "05 jAN 2024").as_deref(),
            Some("2024-01-05 00:00:00")
        );
    }

    #[test]
    fn the_day_must_exist() {
        assert!(shown("%Y-%m-%d", "2024-02-29").is_some());
        for text in [
            "2023-02-29",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "0000-01-01",
        ] {
            assert_eq!(shown("%Y-%m-%d", text), None, "{text}");
        }
        assert_eq!(shown("%Y-%m-%d %H:%M:%S", "2024-01-01 24:00:00"), None);
        assert_eq!(shown("%Y-%m-%d %H:%M:%S", "2024-01-01 23:59:60"), None);
    }

    #[test]
    fn twins_differ_in_padding_alone() {
        let twin = |pattern| {
            DateFormat::from_pattern(pattern)
                .and_then(DateFormat::twin)
                .map(DateFormat::pattern)
        };
        assert_eq!(twin("%d/%m/%Y"), Some("%-d/%-m/%Y"));
        assert_eq!(twin("%-m-%-d-%Y"), Some("%m-%d-%Y"));
        assert_eq!(twin("%b %d, %Y"), Some("%b %-d, %Y"));
        assert_eq!(twin("%Y%m%d"), None);
        assert_eq!(twin("%Y-%m-%d"), Some("%Y-%-m-%-d"));
    }

    #[test]
    fn a_format_outside_the_list_reads_nothing() {
        assert_eq!(parse("%d%m%Y", "05012024"), None);
        assert_eq!(parse("", ""), None);
    }
}
