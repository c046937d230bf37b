use std::io;

use silversmith_types::SecretFormatError;

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No source gave it.
    #[error("the secret {name:?} is not to be had: {}", listed(.causes))]
    Unavailable {
        /// Its name.
        name: String,
        /// What came of each source, in order.
        causes: Vec<(&'static str, Cause)>,
    },
    /// It is older than the settings allow.
    #[error("the secret {name:?} is {age_days} days old, and {max_days} are allowed")]
    TooOld {
        /// Its name.
        name: String,
        /// Its age.
        age_days: i64,
        /// What is allowed.
        max_days: u32,
    },
    /// Its use cannot be recorded, and so it is not used.
    #[error("the use of the secret {name:?} cannot be recorded: {source}")]
    Journal {
        /// Its name.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It cannot be changed from here.
    #[error("the secret {name:?} cannot be changed here: {cause}")]
    Rotation {
        /// Its name.
        name: String,
        /// Why.
        cause: Cause,
    },
}

/// What came of one source.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// There is nothing.
    #[error("{what} is not there")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// The environment is no place for keys in this profile.
    #[error("keys in the environment are not allowed in production")]
    EnvironmentForbidden,
    /// There is something that cannot be a key.
    #[error("{what} {why}")]
    Format {
        /// Where it was found.
        what: String,
        /// What is wrong with it.
        why: SecretFormatError,
    },
    /// A file cannot be read, or could be read by others.
    #[error("{words}")]
    File {
        /// Which file, and why.
        words: String,
    },
    /// The program gave nothing.
    #[error("the program {words}")]
    Program {
        /// What happened.
        words: String,
    },
    /// The server cannot be reached, or broke off.
    #[error("{server} cannot be reached: {words}")]
    Unreachable {
        /// Its address.
        server: String,
        /// What happened.
        words: String,
    },
    /// The vault is sealed or not ready.
    #[error("{server} is sealed, or not ready")]
    Sealed {
        /// Its address.
        server: String,
    },
    /// The server says no.
    #[error("{server} refuses {what} (HTTP {status})")]
    Denied {
        /// Its address.
        server: String,
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
    },
    /// A one-use token was used before, by us or by somebody else.
    #[error("the wrapping token was used before, or is no longer valid")]
    Unwrapped,
    /// The server answered what nobody asked.
    #[error("{server} answered {what} with what is no answer: {words}")]
    Malformed {
        /// Its address.
        server: String,
        /// What was asked.
        what: &'static str,
        /// What is wrong.
        words: String,
    },
    /// What was given is no longer valid.
    #[error("what it gave expired at {0}")]
    Expired(String),
    /// Somebody else wrote a version in the meantime.
    #[error("another version was written in the meantime")]
    Conflict,
    /// Secrets of this source are changed where they are made.
    #[error("secrets of a source of kind {0:?} are changed where they are kept")]
    Elsewhere(&'static str),
}

fn listed(causes: &[(&str, Cause)]) -> String {
    match causes {
        [] => "the settings name no source".to_owned(),
        causes => {
            let cause = |(kind, cause): &(&str, Cause)| format!("{kind}: {cause}");
            causes.iter().map(cause).collect::<Vec<_>>().join("; ")
        }
    }
}

impl SecretError {
    /// The stable code: of the last source where there were several, which is the one left to mend.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { causes, .. } => causes
                .last()
                .map_or("SS-SECRET-001", |(_, cause)| cause.code()),
            Self::TooOld { .. } => "SS-SECRET-002",
            Self::Journal { .. } => "SS-SECRET-003",
            Self::Rotation { cause, .. } => cause.code(),
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unavailable { name, causes } => match causes.last() {
                Some((_, cause)) => Some(cause.help(name)),
                None => Some(format!(
                    "name one as [[secrets.{name}.sources]] in silversmith.toml"
                )),
            },
            Self::TooOld { name, .. } => Some(format!(
                "give it a new value: `silversmith secret rotate {name}`"
            )),
            Self::Journal { .. } => Some("free space or permissions below .silversmith".to_owned()),
            Self::Rotation { name, cause } => Some(cause.help(name)),
        }
    }
}

impl Cause {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "SS-SECRET-010",
            Self::EnvironmentForbidden => "SS-SECRET-011",
            Self::Format { .. } => "SS-SECRET-012",
            Self::File { .. } => "SS-SECRET-013",
            Self::Program { .. } => "SS-SECRET-014",
            Self::Unreachable { .. } => "SS-SECRET-015",
            Self::Sealed { .. } => "SS-SECRET-016",
            Self::Denied { .. } => "SS-SECRET-017",
            Self::Unwrapped => "SS-SECRET-018",
            Self::Malformed { .. } => "SS-SECRET-019",
            Self::Expired(_) => "SS-SECRET-020",
            Self::Conflict => "SS-SECRET-021",
            Self::Elsewhere(_) => "SS-SECRET-022",
        }
    }

    fn help(&self, name: &str) -> String {
        match self {
            Self::Missing { .. } | Self::Format { .. } | Self::File { .. } => {
                format!("put the key there, or correct the sources of secrets.{name}")
            }
            Self::EnvironmentForbidden => {
                format!("name a vault or another source of secrets.{name} for production")
            }
            Self::Program { .. } => "run the program by hand, and see what it prints".to_owned(),
            Self::Unreachable { .. } => "check `address`, `ca` and the network".to_owned(),
            Self::Sealed { .. } => "have it unsealed by those who hold its keys".to_owned(),
            Self::Denied { .. } => "check the role, and what its policy allows".to_owned(),
            Self::Unwrapped => {
                "have a new one issued; if nobody here used it, somebody else did: investigate"
                    .to_owned()
            }
            Self::Malformed { .. } => "check that the address is the server meant".to_owned(),
            Self::Expired(_) => "have it give a fresh one".to_owned(),
            Self::Conflict => {
                format!("see who did, then try again: `silversmith secret test {name}`")
            }
            Self::Elsewhere(_) => "change it there: the next build picks it up".to_owned(),
        }
    }
}
