//! A program as author: a company's gateway, or a person's script. It gets the request as JSON on its
//! standard input and answers on its standard output.
//!
//! It runs as the user that builds, in the environment that the build has: it is the project's own
//! program, named in its settings, and its answer is as untrusted as any other.

#![allow(
    clippy::disallowed_types,
    reason = "the one module of this crate that starts something and waits for it"
)]

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde_json::json;
use silversmith_child::{Bounds, ChildError, last_line};
use zeroize::Zeroizing;

use crate::prompt::{self, Prompt};
use crate::proposal::MAX_ANSWER;

/// The version of this author, as statements name it: what is sent and how an answer is read.
pub const VERSION: &str = "2";
/// The format of what the program reads.
const FORMAT: &str = "silversmith.author-request/v0";
/// How much of what it says on standard error is kept.
const MAX_WORDS: usize = 4096;
/// A program that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// How long it may take.
    pub timeout: Duration,
}

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be started.
    #[error("the author program {program:?} cannot be started: {source}")]
    Start {
        /// Which.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It took too long and was killed.
    #[error("the author program gave no answer in {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// It said that it failed.
    #[error("the author program failed ({status}): {words}")]
    Failed {
        /// Its exit status.
        status: ExitStatus,
        /// The end of what it said on standard error, in one line.
        words: String,
    },
    /// Its output could not be read to the end.
    #[error("the answer of the author program cannot be read: {0}")]
    Output(io::Error),
}

impl ProgramError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start { .. } => "SS-AUTHOR-010",
            Self::Timeout(_) => "SS-AUTHOR-011",
            Self::Failed { .. } => "SS-AUTHOR-012",
            Self::Output(_) => "SS-AUTHOR-013",
        }
    }
}

impl Program {
    /// Asks, and gives the bytes of the answer: at most one more than an answer may have. When this
    /// returns, the program and what it left in its process group have ended.
    pub fn ask(&self, prompt: &Prompt, tokens: usize) -> Result<Vec<u8>, ProgramError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        let bounds = Bounds {
            output: MAX_ANSWER + 1,
            words: MAX_WORDS,
            timeout: self.timeout,
        };
        let input = Zeroizing::new(request(prompt, tokens));
        let ended =
            silversmith_child::ask(command, input, bounds).map_err(|error| match error {
                ChildError::Start(source) => ProgramError::Start {
                    program: self.program.clone(),
                    source,
                },
                ChildError::Timeout(timeout) => ProgramError::Timeout(timeout),
                ChildError::Output(source) => ProgramError::Output(source),
            })?;
        // One that said too much was stopped in mid-sentence, and cannot be blamed for its status.
        match ended.status.success() || ended.output.len() > MAX_ANSWER {
            true => Ok(ended.output),
            false => Err(ProgramError::Failed {
                status: ended.status,
                words: last_line(&ended.words),
            }),
        }
    }
}

/// What the program reads: one JSON object, which is all there is to know.
fn request(prompt: &Prompt, tokens: usize) -> Vec<u8> {
    let document = json!({
        "format": FORMAT, "prompt_version": prompt::VERSION, "digest": prompt.digest(),
        "messages": prompt.messages(), "tokens": tokens,
    });
    format!("{document}\n").into_bytes()
}
