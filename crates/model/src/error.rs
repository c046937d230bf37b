use std::time::Duration;

/// Why a model gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The provider does not take the key.
    #[error("{model} does not take the key (HTTP {status}): {words}")]
    Unauthorised {
        /// Which model.
        model: String,
        /// 401 or 403.
        status: u16,
        /// What the provider says.
        words: String,
    },
    /// The provider said no.
    #[error("{model} turned the request away (HTTP {status}): {words}")]
    Status {
        /// Which model.
        model: String,
        /// The status.
        status: u16,
        /// When the provider wants to be asked again.
        retry_after: Option<Duration>,
        /// What the provider says.
        words: String,
    },
    /// Nothing came, or not all of it.
    #[error("{model} cannot be reached, or broke off: {words}")]
    Connection {
        /// Which model.
        model: String,
        /// What happened.
        words: String,
    },
    /// Not in time.
    #[error("{model} gave no answer in {} s", .after.as_secs_f64())]
    Timeout {
        /// Which model.
        model: String,
        /// How long was waited.
        after: Duration,
    },
    /// Something came that is no answer of this interface.
    #[error("what {model} sent is no answer: {words}")]
    Malformed {
        /// Which model.
        model: String,
        /// What is wrong with it.
        words: String,
    },
    /// More came than may be held.
    #[error("what {model} sent is too large, or broke the process that read it")]
    TooLarge {
        /// Which model.
        model: String,
    },
    /// The request cannot be made.
    #[error("the request to {model} cannot be made: {words}")]
    Request {
        /// Which model.
        model: String,
        /// Why.
        words: String,
    },
}

impl ModelError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorised { .. } => "SS-MODEL-001",
            Self::Status { .. } => "SS-MODEL-002",
            Self::Connection { .. } => "SS-MODEL-003",
            Self::Timeout { .. } => "SS-MODEL-004",
            Self::Malformed { .. } => "SS-MODEL-005",
            Self::TooLarge { .. } => "SS-MODEL-006",
            Self::Request { .. } => "SS-MODEL-007",
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Unauthorised { .. } => {
                "check the key with `silversmith secret test`, and that it may use this model"
            }
            Self::Status { status: 429, .. } => {
                "wait, or name another model in `author.llm` of silversmith.toml"
            }
            Self::Status { .. } => "check the model's name, its `endpoint` and its parameters",
            Self::Connection { .. } => "check `endpoint`, `proxy` and `ca` of the model",
            Self::Timeout { .. } => "give it more time (`timeout_seconds`), or name another model",
            Self::Malformed { .. } | Self::TooLarge { .. } => {
                "check that `provider` and `endpoint` of the model belong together"
            }
            Self::Request { .. } => "correct the model's settings in silversmith.toml",
        };
        Some(text.to_owned())
    }

    /// Whether the same request may succeed in a while: RFC 9110 has 408, 409 and 5xx for that, RFC 6585
    /// has 429.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 409 | 429 | 500..=599),
            Self::Connection { .. } | Self::Timeout { .. } => true,
            _ => false,
        }
    }

    /// Whether the provider may charge for the request all the same: it may have been answered, and the
    /// answer lost.
    pub fn may_be_charged(&self) -> bool {
        !matches!(
            self,
            Self::Unauthorised { .. } | Self::Status { .. } | Self::Request { .. }
        )
    }

    /// When the provider wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
