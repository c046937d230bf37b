use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// An instant in UTC with the resolution of a second, written `2026-01-25T21:47:26Z` (RFC 3339).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(DateTime<Utc>);

/// The text is no UTC time of the accepted form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a time has the form 2026-01-25T21:47:26Z")]
pub struct TimestampError;

const FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

impl Timestamp {
    /// The instant, cut to the second.
    pub fn from_datetime(instant: DateTime<Utc>) -> Self {
        Self(instant.with_nanosecond(0).unwrap_or(instant))
    }

    /// The instant as chrono has it.
    pub fn as_datetime(&self) -> DateTime<Utc> {
        self.0
    }

    /// Its date in UTC.
    pub fn date(&self) -> NaiveDate {
        self.0.date_naive()
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = NaiveDateTime::parse_from_str(text, FORMAT).map_err(|_| TimestampError)?;
        let instant = Self(parsed.and_utc());
        // The canonical form alone: chrono would take a signed year or a single-digit month.
        if instant.to_string() == text {
            Ok(instant)
        } else {
            Err(TimestampError)
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(instant: Timestamp) -> Self {
        instant.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format(FORMAT))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_parses() {
        let text = "2026-01-25T21:47:26Z";
        assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        for bad in [
            "2026-1-25T21:47:26Z",
            "+2026-01-25T21:47:26Z",
            "2026-01-25 21:47:26",
            "2026-01-25",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(TimestampError), "{bad}");
        }
    }
}
