//! What goes between this program and its worker: one JSON document each way.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use silversmith_budget::Usage;
use zeroize::Zeroizing;

use crate::settings::Provider;

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// Data, or what was wrong.
    User,
    /// An earlier answer.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// By itself.
    Complete,
    /// At its most tokens.
    Truncated,
    /// The model or a filter declined.
    Refused,
    /// In a way that means none of these.
    Other,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its text, which may be empty.
    pub text: String,
    /// How it ended.
    pub finish: Finish,
    /// Its tokens, as the provider counts them; some do not.
    pub usage: Option<Usage>,
    /// Which model answered, as the provider says: it need not be the one that was asked.
    pub model: String,
    /// What the provider calls the answer.
    pub id: Option<String>,
}

/// What the worker is asked.
#[derive(Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) provider: Provider,
    pub(crate) model: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) key: Option<Key>,
    pub(crate) messages: Vec<Message>,
    pub(crate) schema: Option<Value>,
    pub(crate) temperature: Option<f64>,
    pub(crate) seed: Option<u64>,
    pub(crate) max_tokens: u32,
    pub(crate) timeout_millis: u64,
    pub(crate) proxy: Option<String>,
    pub(crate) ca: Option<String>,
    pub(crate) run_id: String,
}

/// A key on its way to the worker, which is the one place that it is written to.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Key(pub(crate) Zeroizing<String>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Answer(Answer),
    Failed(Failure),
}

/// Why the worker has no answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Failure {
    /// The provider said no.
    Status {
        status: u16,
        /// The values of the headers `retry-after-ms` and `retry-after`.
        retry_after_ms: Option<String>,
        retry_after: Option<String>,
        words: String,
    },
    /// Nothing came, or not all of it.
    Connection { words: String },
    /// Not in time.
    Timeout,
    /// Something came that is no answer.
    Malformed { words: String },
    /// The request cannot be made: its settings are wrong.
    Request { words: String },
}
