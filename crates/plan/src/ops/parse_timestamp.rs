use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::operation::{Cell, CellOperation, OnError, Prepared, Problem, require_text};
use crate::ops::date_text::DateFormats;
use crate::value::{ColumnType, Value};

/// Reads dates with times: the first format that explains a value decides. Formats are those of the
/// closed list in `silversmith_types::dates`; a bare date is its midnight, and digits after the
/// microsecond are cut off. A `Z` at the end of a format says that the time is UTC; it is not kept.
/// Null stays null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseTimestamp {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// In order.
    pub formats: Vec<String>,
    /// What becomes of values that no format explains.
    pub on_error: OnError,
}

impl CellOperation for ParseTimestamp {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        DateFormats::check(&self.formats, true)?;
        require_text(input)?;
        Ok(ColumnType::Timestamp)
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
            let instant = value.as_text().and_then(|text| formats.parse(text));
            instant.map_or(Cell::Invalid, |instant| {
                Cell::Value(Value::Timestamp(instant))
            })
        })
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        DateFormats::new(&self.formats).expression(input, ColumnType::Timestamp)
    }

    fn on_error(&self) -> Option<OnError> {
        Some(self.on_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    fn parse(formats: &[&str]) -> ParseTimestamp {
        let formats = formats.iter().map(|format| (*format).to_owned()).collect();
        ParseTimestamp {
            columns: Vec::new(),
            formats,
            on_error: OnError::Null,
        }
    }

    #[test]
    fn instants_have_microseconds() {
        let operation = parse(&["%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%d %H:%M", "%d.%m.%Y"]);
        assert_eq!(
            texts(
                &operation,
                &[
                    "1960-01-02T03:04:05.123456789Z",
                    "2024-01-02 03:04",
                    "02.01.2024",
                    "2024-01-02 24:00",
                    "2024-01-02T03:04:60.0Z",
                ]
            ),
            [
                "1960-01-02T03:04:05.123456",
                "2024-01-02T03:04:00",
                "2024-01-02T00:00:00",
                INVALID,
                INVALID
            ]
        );
    }

    #[test]
    fn formats_are_checked() {
        let problem = parse(&["%Y-%m-%d %H:%M %p"]).output_type(ColumnType::Text);
        assert_eq!(problem.unwrap_err().pointer, "/formats/0");
        let fits = parse(&["%Y-%m-%d %H:%M"]).output_type(ColumnType::Text);
        assert_eq!(fits, Ok(ColumnType::Timestamp));
    }
}
