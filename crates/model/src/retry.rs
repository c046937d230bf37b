//! When a request is sent again: exponential backoff with full jitter, as in M. Brooker, "Exponential
//! Backoff And Jitter" (AWS Architecture Blog, 2015), or when the provider says, if that is soon enough.

use std::time::Duration;

use crate::error::ModelError;

/// The upper bound of the first wait.
const BASE: Duration = Duration::from_millis(500);
/// The upper bound of any.
const CAP: Duration = Duration::from_secs(20);

/// The clock, waiting, and chance, which tests bring themselves.
pub trait Time {
    /// Time since some beginning.
    fn now(&mut self) -> Duration;
    /// Waits.
    fn sleep(&mut self, time: Duration);
    /// A number from 0 up to but not including 1.
    fn chance(&mut self) -> f64;
}

/// How often and for how long a request is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// After the first.
    pub retries: u32,
    /// From the first to the end of the last.
    pub deadline: Duration,
}

/// A request that is about to be sent again.
#[derive(Debug)]
pub struct Retry<'a> {
    /// Which attempt it will be, from 2.
    pub attempt: u32,
    /// Of how many.
    pub of: u32,
    /// What came of the one before.
    pub error: &'a ModelError,
    /// How long is waited first.
    pub wait: Duration,
}

/// Asks until there is an answer, an error that stays, or no attempt or time left. `ask` is given the
/// time that is left.
pub fn persist<T>(
    attempts: Attempts,
    time: &mut dyn Time,
    mut ask: impl FnMut(Duration) -> Result<T, ModelError>,
    mut on_retry: impl FnMut(&Retry),
) -> Result<T, ModelError> {
    let end = time.now() + attempts.deadline;
    let of = attempts.retries + 1;
    let mut attempt = 1;
    loop {
        let error = match ask(end.saturating_sub(time.now())) {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let wait = error.retry_after().unwrap_or_else(|| {
            let bound = BASE.saturating_mul(1 << (attempt - 1).min(10)).min(CAP);
            bound.mul_f64(time.chance().clamp(0.0, 1.0))
        });
        let fits = time.now().saturating_add(wait) < end;
        if !error.is_transient() || attempt >= of || !fits {
            return Err(error);
        }
        attempt += 1;
        on_retry(&Retry {
            attempt,
            of,
            error: &error,
            wait,
        });
        time.sleep(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that goes on when somebody waits.
    #[derive(Default)]
    struct Fake {
        now: Duration,
        waits: Vec<Duration>,
        chance: f64,
    }

    impl Time for Fake {
        fn now(&mut self) -> Duration {
            self.now
        }

        fn sleep(&mut self, time: Duration) {
            self.now += time;
            self.waits.push(time);
        }

        fn chance(&mut self) -> f64 {
            self.chance
        }
    }

    fn status(status: u16, retry_after: Option<u64>) -> ModelError {
        ModelError::Status {
            model: "m".to_owned(),
            status,
            retry_after: retry_after.map(Duration::from_secs),
            words: String::new(),
        }
    }

    /// The attempts that a series of errors takes, the waits in milliseconds, and the end.
    fn tried(errors: &[ModelError], chance: f64) -> (usize, Vec<u128>, Result<(), ModelError>) {
        let mut time = Fake {
            chance,
            ..Fake::default()
        };
        let attempts = Attempts {
            retries: 3,
            deadline: Duration::from_secs(60),
        };
        let (mut asked, mut told) = (0, 0);
        let ended = persist(
            attempts,
            &mut time,
            |_| {
                asked += 1;
                errors.get(asked - 1).cloned().map_or(Ok(()), Err)
            },
            |retry| {
                told += 1;
                assert_eq!((retry.attempt as usize, retry.of), (told + 1, 4));
            },
        );
        assert_eq!(time.waits.len(), told);
        let waits = time.waits.iter().map(Duration::as_millis).collect();
        (asked, waits, ended)
    }

    #[test]
    fn what_may_pass_is_tried_again_with_longer_waits() {
        let errors = [status(500, None), status(429, None), status(408, None)];
        assert_eq!(tried(&errors, 0.5), (4, vec![250, 500, 1000], Ok(())));
        let errors: Vec<_> = (0..9).map(|_| status(503, None)).collect();
        let (asked, waits, ended) = tried(&errors, 0.0);
        assert_eq!(
            (asked, waits, ended),
            (4, vec![0, 0, 0], Err(status(503, None)))
        );
    }

    #[test]
    fn what_stays_is_not() {
        for code in [400, 404, 413, 422] {
            let (asked, _, ended) = tried(&[status(code, Some(1))], 0.5);
            assert_eq!((asked, ended.is_err()), (1, true), "{code}");
        }
        for code in [408, 409, 429, 500, 502, 503, 504, 529] {
            assert_eq!(tried(&[status(code, None)], 0.5).0, 2, "{code}");
        }
        let malformed = ModelError::Malformed {
            model: "m".to_owned(),
            words: String::new(),
        };
        assert_eq!(tried(&[malformed], 0.5).0, 1);
    }

    #[test]
    fn a_provider_says_when_unless_that_is_too_late() {
        assert_eq!(
            tried(&[status(429, Some(59))], 0.5),
            (2, vec![59_000], Ok(()))
        );
        let late = status(429, Some(60));
        assert_eq!(
            tried(std::slice::from_ref(&late), 0.5),
            (1, vec![], Err(late))
        );
        let twice = [status(429, Some(40)), status(429, Some(40))];
        assert_eq!(tried(&twice, 0.5).0, 2);
    }

    #[test]
    fn what_is_left_of_the_time_is_told() {
        let mut time = Fake::default();
        let attempts = Attempts {
            retries: 1,
            deadline: Duration::from_secs(10),
        };
        let mut told = Vec::new();
        let ask = |left| {
            told.push(left);
            Err::<(), _>(status(500, Some(3)))
        };
        assert!(persist(attempts, &mut time, ask, |_| ()).is_err());
        assert_eq!(told, [Duration::from_secs(10), Duration::from_secs(7)]);
    }
}
