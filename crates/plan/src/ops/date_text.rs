//! Lists of the formats of `silversmith_types::dates`. In the module, the skeleton's readers accept
//! exactly what those formats do.

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
            format!("{reader}({input}, {})", python_text(format.pattern()))
        });
        let read: Vec<String> = read.collect();
        match read.as_slice() {
            [one] => one.clone(),
            many => format!("pl.coalesce({})", many.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_tried_in_order() {
        let formats = DateFormats::new(&["%-d %b %Y".to_owned(), "%Y%m%d".to_owned()]);
        assert_eq!(
            formats.expression("x", ColumnType::Date),
            "pl.coalesce(strict_date(x, \"%-d %b %Y\"), strict_date(x, \"%Y%m%d\"))"
        );
        let formats = DateFormats::new(&["%Y-%m-%dT%H:%M:%SZ".to_owned()]);
        let one = formats.expression("x", ColumnType::Timestamp);
        assert_eq!(one, "strict_timestamp(x, \"%Y-%m-%dT%H:%M:%SZ\")");
    }
}
