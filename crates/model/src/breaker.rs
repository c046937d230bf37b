//! A circuit breaker (M. Nygard, "Release It!"): after several failures in a row a provider is left
//! alone for a while, and then one request may see whether it is well again. It is kept between builds,
//! as each of them makes only a few requests.

use serde::{Deserialize, Serialize};
use silversmith_types::Timestamp;

/// Failures in a row after which it opens.
const FAILURES: u32 = 5;
/// How long it stays open at first, in seconds, and at most.
const OPEN_SECONDS: i64 = 60;
const MAX_OPEN_SECONDS: i64 = 15 * 60;
/// Largest state that is read; it has a hundred bytes.
const MAX_BYTES: usize = 1024;

/// The state of one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
}

/// A provider is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Until when.
    pub until: Timestamp,
}

impl Breaker {
    /// The state as it was kept. One that cannot be read says nothing against the provider.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match bytes.len() <= MAX_BYTES {
            true => serde_json::from_slice(bytes).unwrap_or_default(),
            false => Self::default(),
        }
    }

    /// The state, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data: writing it into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether a request may be sent.
    pub fn permits(&self, now: Timestamp) -> Result<(), Open> {
        // A clock that was set back must not keep a provider out for ever.
        let latest = chrono::TimeDelta::seconds(MAX_OPEN_SECONDS);
        match self.open_until {
            Some(until) if now < until && until.as_datetime() - now.as_datetime() <= latest => {
                Err(Open { until })
            }
            _ => Ok(()),
        }
    }

    /// A request was answered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A request failed in a way that says something of the provider.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            let doubled = OPEN_SECONDS << (self.failures - FAILURES).min(4);
            let open = chrono::TimeDelta::seconds(doubled.min(MAX_OPEN_SECONDS));
            let until = now.as_datetime().checked_add_signed(open);
            self.open_until = until.map(Timestamp::from_datetime);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-24T{time}Z").parse().unwrap()
    }

    #[test]
    fn it_opens_after_five_failures_and_longer_each_time() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(at("10:00:00"));
            assert_eq!(breaker.permits(at("10:00:00")), Ok(()));
        }
        breaker.failed(at("10:00:00"));
        let open = Err(Open {
            until: at("10:01:00"),
        });
        assert_eq!(breaker.permits(at("10:00:59")), open);
        assert_eq!(breaker.permits(at("10:01:00")), Ok(()));
        breaker.failed(at("10:01:00"));
        assert!(breaker.permits(at("10:02:59")).is_err());
        for _ in 0..100 {
            breaker.failed(at("10:03:00"));
        }
        assert_eq!(breaker.permits(at("10:18:00")), Ok(()));
        assert!(breaker.permits(at("10:17:59")).is_err());
        breaker.succeeded();
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn it_is_kept_and_damage_does_not_keep_anybody_out() {
        let mut breaker = Breaker::default();
        (0..5).for_each(|_| breaker.failed(at("10:00:00")));
        assert_eq!(Breaker::from_bytes(&breaker.to_bytes()), breaker);
        for bytes in [&b""[..], b"{", b"{\"failures\":-1}", &[b' '; 2000]] {
            assert_eq!(Breaker::from_bytes(bytes), Breaker::default());
        }
        // A time far ahead is no wait, but a clock that was wrong.
        assert_eq!(
            breaker.permits("2026-11-23T10:00:00Z".parse().unwrap()),
            Ok(())
        );
    }
}
