//! Who proposes a plan. Every author sees a [`Brief`](silversmith_intake::Brief) and nothing else,
//! and answers with bytes: what they are worth is decided by the same parser and the same check,
//! whoever wrote them.
//!
//! [`rules`] is the author that is always there: no key, no network, no randomness. Others are sent a
//! [`prompt`], and those that can be held to one a [`schema`]; [`proposal`] reads what they answer. [`exec`]
//! asks a program.

pub mod exec;
pub mod prompt;
pub mod proposal;
pub mod rules;
pub mod schema;

use silversmith_types::Digest;

/// What an author answered, as it arrived: a plan as JSON, until it is parsed nothing but bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The answer.
    pub bytes: Vec<u8>,
    /// Which author gave it, for example `rules`.
    pub author: &'static str,
    /// Which version of that author; it changes whenever the same brief could give other bytes.
    pub version: String,
}

impl Reply {
    /// The digest by which the reply is recorded.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }
}
