//! What is sent to an author outside this program: instructions, vocabulary and data, in messages of
//! their own, so that no data stands where instructions do.

pub(crate) mod vocabulary;

use serde::Serialize;
use silversmith_intake::Brief;
use silversmith_types::Digest;

/// How to answer. Together with the vocabulary it is what [`VERSION`] names.
const INSTRUCTIONS: &str = include_str!("prompt/instructions.txt");
/// The version of the two texts. It changes whenever one of them does.
pub const VERSION: &str = "2";
/// Most problems of an earlier answer that are sent back.
const MAX_PROBLEMS: usize = 20;

/// Who speaks in a message, as chat interfaces name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// This program.
    System,
    /// Data, or what was wrong with the last answer.
    User,
    /// The last answer.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// The messages of one request. Made of a brief and, when it is asked for again, of the last answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    messages: Vec<Message>,
}

impl Prompt {
    /// The first request for a brief.
    pub fn of(brief: &Brief) -> Self {
        let message = |role, content: &str| Message {
            role,
            content: content.to_owned(),
        };
        Self {
            messages: vec![
                message(Role::System, INSTRUCTIONS),
                message(Role::System, &vocabulary::of(brief)),
                message(Role::User, &brief.outline()),
            ],
        }
    }

    /// The request that follows an answer nothing could be made of.
    pub fn repair(&self, answer: &str, problems: &[String]) -> Self {
        let listed: Vec<&str> = problems
            .iter()
            .take(MAX_PROBLEMS)
            .map(String::as_str)
            .collect();
        let mut messages = self.messages.clone();
        messages.push(Message {
            role: Role::Assistant,
            content: answer.to_owned(),
        });
        messages.push(Message {
            role: Role::User,
            content: format!(
                "That is no plan for these tables. Answer again with the whole JSON object.\n{}",
                listed.join("\n")
            ),
        });
        Self { messages }
    }

    /// The messages, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// What identifies the request: the digest of its messages as JSON.
    pub fn digest(&self) -> Digest {
        // Plain strings: serialising them into memory cannot fail.
        Digest::of(&serde_json::to_vec(&self.messages).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of the texts of each version. A changed text needs a new version: recorded answers
    /// and statements name it.
    #[test]
    fn a_version_stands_for_one_text() {
        let texts = [INSTRUCTIONS, vocabulary::VOCABULARY].concat();
        let digest = Digest::of(texts.as_bytes()).to_string();
        assert_eq!(
            (VERSION, digest.as_str()),
            (
                "2",
                "a3fb7099b4615c77aa3c00a5623c69ec573b52e393c5474366521a4997abce78"
            )
        );
    }
}
