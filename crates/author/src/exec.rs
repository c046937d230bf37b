//! A program as author: a company's gateway, or a person's script. It gets the request as JSON on its
//! standard input and answers on its standard output.
//!
//! It runs as the user that builds, in the environment that the build has: it is the project's own
//! program, named in its settings, and its answer is as untrusted as any other.

#![allow(
    clippy::disallowed_types,
    reason = "the one module of this crate that starts something and waits for it"
)]

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde_json::json;

use crate::prompt::{self, Prompt};
use crate::proposal::MAX_ANSWER;

/// The version of this author, as statements name it: what is sent and how an answer is read.
pub const VERSION: &str = "2";
/// The format of what the program reads.
const FORMAT: &str = "silversmith.author-request/v0";
/// How much of what it says on standard error is kept.
const MAX_WORDS: usize = 4096;
/// How long its output may stay open after it ended and was killed with all its group.
const LAST_BYTES: Duration = Duration::from_secs(5);

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
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|source| ProgramError::Start {
                program: self.program.clone(),
                source,
            })?;
        let deadline = Instant::now() + self.timeout;
        say(&mut child, request(prompt, tokens));
        let answer = hear(child.stdout.take(), MAX_ANSWER + 1);
        let words = hear(child.stderr.take(), MAX_WORDS);
        let ended_in_time = has_ended(&child).recv_timeout(left(deadline)).is_ok();
        // The child is not reaped yet, and so the number of the group is still its own.
        if let Some(group) = Pid::from_raw(child.id().try_into().unwrap_or_default()) {
            // An error says that nobody is left in it.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let status = child.wait().map_err(ProgramError::Output)?;
        if !ended_in_time {
            return Err(ProgramError::Timeout(self.timeout));
        }
        let open = |_| ProgramError::Output(io::ErrorKind::TimedOut.into());
        let answer = answer.recv_timeout(LAST_BYTES).map_err(open)?;
        let words = words.recv_timeout(LAST_BYTES).map_err(open)?;
        let answer = answer.map_err(ProgramError::Output)?;
        // One that said too much was stopped in mid-sentence, and cannot be blamed for its status.
        match status.success() || answer.len() > MAX_ANSWER {
            true => Ok(answer),
            false => Err(ProgramError::Failed {
                status,
                words: one_line(&words.unwrap_or_default()),
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

/// Writes the request. A program that answers without reading it all is nothing to complain of.
fn say(child: &mut Child, request: Vec<u8>) {
    if let Some(mut stdin) = child.stdin.take() {
        thread::spawn(move || _ = stdin.write_all(&request));
    }
}

/// Reads up to a limit, then closes.
fn hear(
    from: Option<impl Read + Send + 'static>,
    limit: usize,
) -> Receiver<Result<Vec<u8>, io::Error>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = match from {
            Some(from) => from.take(limit as u64).read_to_end(&mut bytes),
            None => Ok(0),
        };
        // Nobody listens any more after a timeout.
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

/// Tells when the child has ended, and leaves it to be reaped.
fn has_ended(child: &Child) -> Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    let pid = Pid::from_raw(child.id().try_into().unwrap_or_default());
    thread::spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Some(pid) = pid {
            match waitid(WaitId::Pid(pid), options) {
                Err(rustix::io::Errno::INTR) => {}
                _ => break,
            }
        }
        let _ = sender.send(());
    });
    receiver
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// The last line with something in it, with what a terminal might obey taken out.
fn one_line(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    let last = words.lines().rev().find(|line| !line.trim().is_empty());
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    last.unwrap_or("it said nothing")
        .chars()
        .map(plain)
        .take(300)
        .collect()
}
