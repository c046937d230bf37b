use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
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

    /// The instant so many seconds later, if that has a form too: up to the year 9999.
    pub fn after(&self, seconds: u64) -> Option<Self> {
        let time = TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?;
        let later = self.0.checked_add_signed(time)?;
        (later.year() <= 9999).then_some(Self(later))
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
    fn later_is_no_later_than_the_form_can_say() {
        let instant: Timestamp = "2026-11-24T23:59:59Z".parse().unwrap();
        assert_eq!(instant.after(1), "2026-11-25T00:00:00Z".parse().ok());
        assert_eq!(instant.after(0), Some(instant));
        let last: Timestamp = "9999-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(last.after(0), Some(last));
        for seconds in [1, 1 << 40, 10_000_000_000_000, i64::MAX as u64, u64::MAX] {
            assert_eq!(last.after(seconds), None, "{seconds}");
        }
    }

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
