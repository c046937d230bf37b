use std::fmt;
use std::str::FromStr;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `YYYYMMDD_HHMMSS_#hhhhhhhh`: when a run began (UTC) and the eight lower-case hexadecimal digits
/// that a Bronze run shares with the Silver runs made from it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId {
    /// The text form, and the instant that its head is.
    text: String,
    started: Timestamp,
}

/// The text is no run id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a run id has the form YYYYMMDD_HHMMSS_#hhhhhhhh")]
pub struct RunIdError;

const TIME_FORMAT: &str = "%Y%m%d_%H%M%S";

impl RunId {
    /// The id of a run that began at `started`, with the suffix of `origin`.
    pub fn following(started: Timestamp, origin: &RunId) -> Self {
        Self::new(started, origin.suffix())
    }

    /// The id of a first run: its suffix is the head of `digest`, the digest of what it holds.
    pub fn first(started: Timestamp, digest: crate::Digest) -> Self {
        Self::new(started, &digest.to_hex()[..8])
    }

    fn new(started: Timestamp, suffix: &str) -> Self {
        let time = started.as_datetime().format(TIME_FORMAT);
        Self {
            text: format!("{time}_#{suffix}"),
            started,
        }
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The eight hexadecimal digits after `#`.
    pub fn suffix(&self) -> &str {
        &self.text[17..]
    }

    /// When the run began.
    pub fn started(&self) -> Timestamp {
        self.started
    }
}

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let shape_holds = bytes.len() == 25
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                8 | 15 => *byte == b'_',
                16 => *byte == b'#',
                0..=14 => byte.is_ascii_digit(),
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        if !shape_holds {
            return Err(RunIdError);
        }
        let started =
            NaiveDateTime::parse_from_str(&text[..15], TIME_FORMAT).map_err(|_| RunIdError)?;
        Ok(Self {
            text: text.to_owned(),
            started: Timestamp::from_datetime(started.and_utc()),
        })
    }
}

impl TryFrom<String> for RunId {
    type Error = RunIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.text
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_id_says_when_it_began() {
        let id: RunId = "20260125_214726_#013410d7".parse().unwrap();
        assert_eq!(id.started().to_string(), "2026-01-25T21:47:26Z");
        assert_eq!(id.suffix(), "013410d7");
        let later: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            RunId::following(later, &id).as_str(),
            "20260201_000000_#013410d7"
        );
    }

    #[test]
    fn only_the_pattern_parses() {
        for bad in [
            "20260125_214726_013410d7",
            "20260125_214726_#013410D7",
            "20261325_214726_#013410d7",
            "20260125_214726_#013410d7/..",
            "2026012a_214726_#013410d7",
            "",
        ] {
            assert_eq!(bad.parse::<RunId>(), Err(RunIdError), "{bad}");
        }
    }
}
