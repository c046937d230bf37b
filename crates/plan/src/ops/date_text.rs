//! Dates as text, for Polars: the formats of `silversmith_types::dates` as expressions that read
//! exactly what those formats read.

use chrono::{NaiveDateTime, Timelike};
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::FormatKind;

use crate::module::literal::python_text;
use crate::operation::Problem;
use crate::value::ColumnType;

/// Most formats of one operation.
const MAX_FORMATS: usize = 10;

/// Formats in the order in which they are tried.
pub(crate) struct DateFormats(Vec<DateFormat>);

impl DateFormats {
    /// Whether patterns are of the closed list, without repeats, and (unless `times`) without a time.
    pub(crate) fn check(patterns: &[String], times: bool) -> Result<(), Problem> {
        if !(1..=MAX_FORMATS).contains(&patterns.len()) {
            let rule = format!("names no format, or more than {MAX_FORMATS}");
            return Err(Problem::new("/formats", rule));
        }
        for (at, pattern) in patterns.iter().enumerate() {
            let problem = match DateFormat::from_pattern(pattern) {
                None => "is no format of the closed list",
                Some(_) if patterns[..at].contains(pattern) => "is there twice",
                Some(format) if format.kind() == FormatKind::Timestamp && !times => {
                    "has a time; use `parse_timestamp`"
                }
                Some(_) => continue,
            };
            return Err(Problem::new(format!("/formats/{at}"), problem));
        }
        Ok(())
    }

    /// The formats of patterns that `check` accepted.
    pub(crate) fn new(patterns: &[String]) -> Self {
        Self(
            patterns
                .iter()
                .filter_map(|pattern| DateFormat::from_pattern(pattern))
                .collect(),
        )
    }

    /// What the first format that explains `text` says, cut to the microsecond.
    pub(crate) fn parse(&self, text: &str) -> Option<NaiveDateTime> {
        let instant = self.0.iter().find_map(|format| format.parse(text))?;
        instant.with_nanosecond(instant.nanosecond() / 1_000 * 1_000)
    }

    /// A Polars expression for [`DateFormats::parse`] of type `ty`: date or timestamp.
    pub(crate) fn expression(&self, input: &str, ty: ColumnType) -> String {
        let read = self.0.iter().map(|format| {
            let reader = match (format.kind(), ty) {
                (FormatKind::Timestamp, _) => "strict_timestamp",
                (FormatKind::Date, ColumnType::Date) => "strict_date",
                (FormatKind::Date, _) => "strict_midnight",
            };
            // Polars reads one digit or two whether or not the format says so; the shape decides.
            let pattern = python_text(&format.pattern().replace("%-", "%"));
            format!(
                "{reader}({input}, {pattern}, {})",
                python_text(&shape(*format))
            )
        });
        let read: Vec<String> = read.collect();
        match read.as_slice() {
            [one] => one.clone(),
            many => format!("pl.coalesce({})", many.join(", ")),
        }
    }
}

/// A regular expression for the texts of the right shape for a format, so that what Polars reads
/// more generously (signs, spaces, missing digits, leap seconds) does not reach it. That the day
/// exists is left to Polars, and the year 0 to the skeleton.
fn shape(format: DateFormat) -> String {
    let mut shape = String::from("^");
    let mut pattern = format.pattern().chars();
    while let Some(c) = pattern.next() {
        if c != '%' {
            shape.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
            continue;
        }
        shape.push_str(match pattern.next() {
            Some('Y') => "[0-9]{4}",
            Some('H') => "(?:[01][0-9]|2[0-3])",
            Some('M' | 'S') => "[0-5][0-9]",
            Some('b') => "(?i-u:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
            Some('-') => {
                pattern.next();
                "[1-9][0-9]?"
            }
            Some('.') => {
                pattern.next();
                r"\.[0-9]{1,9}"
            }
            // `%m` and `%d`: which of them exist is for Polars to say.
            _ => "[0-9]{2}",
        });
    }
    shape.push('$');
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_every_format_fits_its_own_writing_alone() {
        let instant: NaiveDateTime = "2024-10-17T13:45:59.12".parse().unwrap();
        for format in DateFormat::all() {
            let shape = regex::Regex::new(&shape(format)).unwrap();
            let text = instant.format(format.pattern()).to_string();
            assert!(shape.is_match(&text), "{} {text}", format.pattern());
            for other in [
                format!(" {text}"),
                format!("{text} "),
                format!("+{text}"),
                format!("{text}\n"),
            ] {
                assert!(!shape.is_match(&other), "{} {other}", format.pattern());
            }
        }
    }

    #[test]
    fn a_format_compiles_to_a_guarded_reader() {
        let formats = DateFormats::new(&["%-d %b %Y".to_owned()]);
        insta::assert_snapshot!(formats.expression("x", ColumnType::Date), @r#"strict_date(x, "%d %b %Y", "^[1-9][0-9]? (?i-u:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [0-9]{4}$")"#);
    }
}
