use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_literal;
use crate::operation::{Cell, CellOperation, OnError, Prepared, Problem, require_text};
use crate::ops::date_text::DateFormats;
use crate::value::{ColumnType, Literal, Value};

/// Reads dates: the first format that explains a value decides. Formats are those without a time in
/// the closed list of `silversmith_types::dates`, which defines what each reads. Null stays null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseDate {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// In order.
    pub formats: Vec<String>,
    /// Earliest date admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<NaiveDate>,
    /// Latest date admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<NaiveDate>,
    /// What becomes of values that no format explains or that are out of bounds.
    pub on_error: OnError,
}

impl CellOperation for ParseDate {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        DateFormats::check(&self.formats, false)?;
        for (bound, pointer) in [(self.min, "/min"), (self.max, "/max")] {
            if bound.is_some_and(|date| !(1..=9999).contains(&date.year())) {
                return Err(Problem::new(pointer, "lies outside the years 1 to 9999"));
            }
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return Err(Problem::new("/max", "is earlier than `min`"));
        }
        require_text(input)?;
        Ok(ColumnType::Date)
    }

    fn only_reads(&self, _input: ColumnType) -> bool {
        true
    }

    fn apply(&self, value: &Value, run: &RunParameters) -> Cell {
        self.prepare()(value, run)
    }

    fn prepare(&self) -> Prepared<'_> {
        let formats = DateFormats::new(&self.formats);
        Box::new(move |value, _| {
            let date = value
                .as_text()
                .and_then(|text| formats.parse(text))
                .map(|at| at.date());
            let admitted = |date: &NaiveDate| {
                self.min.is_none_or(|min| min <= *date) && self.max.is_none_or(|max| *date <= max)
            };
            date.filter(admitted)
                .map_or(Cell::Invalid, |date| Cell::Value(Value::Date(date)))
        })
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let date = DateFormats::new(&self.formats).expression(input, ColumnType::Date);
        if self.min.is_none() && self.max.is_none() {
            return date;
        }
        let bound = |date: Option<NaiveDate>| {
            date.map_or("None".to_owned(), |date| {
                python_literal(&Literal::Date(date))
            })
        };
        format!("within({date}, {}, {})", bound(self.min), bound(self.max))
    }

    fn on_error(&self) -> Option<OnError> {
        Some(self.on_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    fn parse(formats: &[&str], min: Option<&str>, max: Option<&str>) -> ParseDate {
        let date = |text: &str| text.parse().unwrap();
        ParseDate {
            columns: Vec::new(),
            formats: formats.iter().map(|format| (*format).to_owned()).collect(),
            min: min.map(date),
            max: max.map(date),
            on_error: OnError::Null,
        }
    }

    #[test]
    fn the_first_format_decides_and_bounds_are_included() {
        let both = parse(
            &["%d/%m/%Y", "%m/%d/%Y", "%Y%m%d"],
            Some("2024-02-01"),
            Some("2024-12-31"),
        );
        assert_eq!(
            texts(
                &both,
                &[
                    "01/02/2024",
                    "12/31/2024",
                    "31/12/2024",
                    "20240131",
                    "20250101",
                    "1/2/2024"
                ]
            ),
            [
                "2024-02-01",
                "2024-12-31",
                "2024-12-31",
                INVALID,
                INVALID,
                INVALID
            ]
        );
    }

    #[test]
    fn formats_and_bounds_are_checked() {
        let pointer =
            |operation: ParseDate| operation.output_type(ColumnType::Text).unwrap_err().pointer;
        assert_eq!(pointer(parse(&[], None, None)), "/formats");
        assert_eq!(
            pointer(parse(&["%Y-%m-%d", "%d.%m.%y"], None, None)),
            "/formats/1"
        );
        assert_eq!(
            pointer(parse(&["%Y-%m-%d", "%Y-%m-%d"], None, None)),
            "/formats/1"
        );
        assert_eq!(
            pointer(parse(&["%Y-%m-%d %H:%M"], None, None)),
            "/formats/0"
        );
        assert_eq!(
            pointer(parse(&["%Y-%m-%d"], Some("2024-01-02"), Some("2024-01-01"))),
            "/max"
        );
        assert_eq!(
            pointer(parse(&["%Y-%m-%d"], Some("+12024-01-02"), None)),
            "/min"
        );
        let date = parse(&["%Y-%m-%d"], None, None);
        assert_eq!(date.output_type(ColumnType::Text), Ok(ColumnType::Date));
        assert!(date.output_type(ColumnType::Integer).is_err());
    }
}
