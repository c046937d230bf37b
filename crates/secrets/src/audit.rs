//! What is recorded of each use of a secret; never its value, nor anything made of it.

use std::io;

use serde::Serialize;
use silversmith_types::Timestamp;

/// What was done with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A source is about to be asked.
    Requested,
    /// It gave the secret.
    Obtained,
    /// It did not.
    Unavailable,
    /// The lease was made longer.
    Renewed,
    /// The lease was given back.
    Revoked,
    /// A new value is about to be written.
    RotationRequested,
    /// It was written.
    Rotated,
}

/// One record of the use of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretUse<'a> {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub action: Action,
    /// The secret's name in the settings.
    pub secret: &'a str,
    /// The kind of its source.
    pub source: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// The run or build that it is used for, which the source's own log has too where it takes it.
    pub run_id: &'a str,
    /// For whom.
    pub principal: &'a str,
    /// What the source calls the lease: the accessor of a token, the id of a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessor: Option<&'a str>,
    /// Which version of the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// How long the lease lasts, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_seconds: Option<u64>,
    /// Why it was not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
}

/// Where records go. A record is durable when this returns.
pub trait Journal {
    /// Keeps a record.
    fn record(&mut self, used: &SecretUse) -> io::Result<()>;
}
