//! The worker: this program started again, for one request.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use serde_json::Value;
use silversmith_child::{Bounds, ChildError, last_line};
use silversmith_types::Secret;
use zeroize::Zeroizing;

use crate::error::ModelError;
use crate::settings::ModelSettings;
use crate::wire::{Answer, Failure, Key, Message, Outcome, Request};

mod work;

/// The first argument of a worker.
const ARGUMENT: &str = "--model-worker";
/// Largest request: a prompt of 200 tables with repairs stays far below.
const MAX_REQUEST: u64 = 16 << 20;
/// Largest outcome: an answer as large as one may be, escaped as JSON.
const MAX_OUTCOME: usize = 8 << 20;
/// All memory of a worker. What it needs has 50 MiB; what a provider sends beyond that ends it.
const MAX_MEMORY: u64 = 1 << 30;
/// What a worker has to say for itself after the time for its answer.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// Largest file of certificates.
const MAX_CERTIFICATES: u64 = 4 << 20;

/// What one request consists of.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who is asked, and how.
    pub settings: &'a ModelSettings,
    /// What is said.
    pub messages: &'a [Message],
    /// The JSON Schema of an answer.
    pub schema: Option<&'a Value>,
    /// The key, where one is taken.
    pub key: Option<&'a Secret>,
    /// Where relative paths of the settings begin.
    pub folder: &'a Path,
    /// What the provider is told of the run, for its own log.
    pub run_id: &'a str,
}

/// How workers are started.
#[derive(Debug, Clone)]
pub struct Worker {
    program: PathBuf,
}

impl Default for Worker {
    /// This program, which calls [`worker_main_if_requested`].
    fn default() -> Self {
        Self::at("/proc/self/exe".into())
    }
}

impl Worker {
    /// A program that calls [`worker_main_if_requested`].
    pub fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// Asks once. When this returns, the worker has ended.
    pub fn ask(&self, question: &Question, left: Duration) -> Result<Answer, ModelError> {
        let settings = question.settings;
        let model = || settings.title();
        let timeout = left.min(Duration::from_secs(settings.timeout_seconds));
        let request = request(question, timeout)?;
        // Plain data: writing it into memory cannot fail.
        let input = Zeroizing::new(serde_json::to_vec(&request).unwrap_or_default());
        drop(request);
        let mut command = Command::new(&self.program);
        command.arg(ARGUMENT).env_clear();
        let bounds = Bounds {
            output: MAX_OUTCOME + 1,
            words: 4096,
            timeout: timeout + LAST_WORDS,
        };
        let ended = match silversmith_child::ask(command, input, bounds) {
            Ok(ended) => ended,
            Err(ChildError::Timeout(_)) => {
                let (model, after) = (model(), timeout);
                return Err(ModelError::Timeout { model, after });
            }
            Err(error) => {
                let (model, words) = (model(), error.to_string());
                return Err(ModelError::Request { model, words });
            }
        };
        if !ended.status.success() || ended.output.len() > MAX_OUTCOME {
            return Err(match ended.status.code() {
                // It says itself that it cannot work here.
                Some(WORKER_UNFIT) => ModelError::Request {
                    model: model(),
                    words: last_line(&ended.words),
                },
                _ => ModelError::TooLarge { model: model() },
            });
        }
        let outcome = serde_json::from_slice(&ended.output).map_err(|_| ModelError::Malformed {
            model: model(),
            words: "the worker's outcome cannot be read".to_owned(),
        })?;
        match outcome {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Failed(failure) => Err(error_of(failure, model(), timeout)),
        }
    }
}

fn request(question: &Question, timeout: Duration) -> Result<Request, ModelError> {
    let settings = question.settings;
    let ca = settings
        .ca
        .as_ref()
        .map(|path| certificates(&question.folder.join(path)));
    let ca = ca.transpose().map_err(|words| ModelError::Request {
        model: settings.title(),
        words,
    })?;
    let key = question
        .key
        .map(|key| Key(Zeroizing::new(key.expose().to_owned())));
    Ok(Request {
        provider: settings.provider,
        model: settings.model.clone(),
        endpoint: settings.endpoint.clone(),
        key,
        messages: question.messages.to_vec(),
        schema: question.schema.filter(|_| settings.structured).cloned(),
        temperature: settings.temperature,
        seed: settings.seed,
        max_tokens: settings.max_tokens,
        timeout_millis: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
        proxy: settings.proxy.clone(),
        ca,
        run_id: question.run_id.to_owned(),
    })
}

fn certificates(path: &Path) -> Result<String, String> {
    let bytes = silversmith_store::files::read_bounded(path, MAX_CERTIFICATES);
    let bytes = bytes.map_err(|error| format!("`ca`: {error}"))?;
    String::from_utf8(bytes).map_err(|_| format!("`ca`: {} is not text", path.display()))
}

fn error_of(failure: Failure, model: String, timeout: Duration) -> ModelError {
    match failure {
        Failure::Status {
            status: status @ (401 | 403),
            words,
            ..
        } => ModelError::Unauthorised {
            model,
            status,
            words,
        },
        Failure::Status {
            status,
            retry_after_ms,
            retry_after,
            words,
        } => ModelError::Status {
            model,
            status,
            retry_after: wait_of(retry_after_ms.as_deref(), retry_after.as_deref()),
            words,
        },
        Failure::Connection { words } => ModelError::Connection { model, words },
        Failure::Timeout => ModelError::Timeout {
            model,
            after: timeout,
        },
        Failure::Malformed { words } => ModelError::Malformed { model, words },
        Failure::Request { words } => ModelError::Request { model, words },
    }
}

/// How long a provider wants to be left alone: `retry-after-ms`, which several have, else `Retry-After`
/// in seconds or as a date (RFC 9110, 10.2.3).
fn wait_of(millis: Option<&str>, after: Option<&str>) -> Option<Duration> {
    if let Some(millis) = millis.and_then(|text| text.trim().parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    let after = after?.trim();
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(after).ok()?;
    let now = chrono::DateTime::<chrono::Utc>::from(SystemTime::now());
    // One that is past means at once.
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

/// The exit status of a worker that could not begin.
const WORKER_UNFIT: i32 = 70;

/// As the first thing of `main`: where this process was started as a worker, works and ends.
pub fn worker_main_if_requested() {
    let argument: Option<OsString> = std::env::args_os().nth(1);
    if argument.is_some_and(|argument| argument == ARGUMENT) {
        std::process::exit(match worker_main() {
            Ok(()) => 0,
            Err(words) => {
                _ = writeln!(std::io::stderr(), "{words}");
                WORKER_UNFIT
            }
        });
    }
}

fn worker_main() -> Result<(), String> {
    confine().map_err(|errno| format!("the worker cannot be confined: {errno}"))?;
    let mut input = Zeroizing::new(Vec::new());
    let read = std::io::stdin().take(MAX_REQUEST).read_to_end(&mut input);
    read.map_err(|error| format!("the request cannot be read: {error}"))?;
    let request = serde_json::from_slice::<Request>(&input);
    drop(input);
    let request = request.map_err(|_| "the request cannot be understood".to_owned())?;
    let outcome = work::outcome(request);
    // Plain data: writing it into memory cannot fail.
    let outcome = serde_json::to_vec(&outcome).unwrap_or_default();
    let said = std::io::stdout().write_all(&outcome);
    said.map_err(|error| format!("the outcome cannot be said: {error}"))
}

/// Little memory, nothing for a core file or a debugger to read, and no life beyond the one who asks.
fn confine() -> rustix::io::Result<()> {
    let at_most = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    setrlimit(Resource::As, at_most(MAX_MEMORY))?;
    setrlimit(Resource::Core, at_most(0))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    set_parent_process_death_signal(Some(Signal::KILL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_all_its_forms() {
        for (millis, after, wait) in [
            (Some("250"), Some("9"), Some(Duration::from_millis(250))),
            (None, Some("7"), Some(Duration::from_secs(7))),
            (Some("soon"), Some(" 7 "), Some(Duration::from_secs(7))),
            (
                None,
                Some("Tue, 24 Nov 2020 10:00:00 GMT"),
                Some(Duration::ZERO),
            ),
            (None, Some("-1"), None),
            (None, Some("next week"), None),
            (None, Some("99999999999999999999"), None),
            (None, None, None),
        ] {
            assert_eq!(wait_of(millis, after), wait, "{millis:?} {after:?}");
        }
        let ahead = wait_of(None, Some("Tue, 24 Nov 2099 10:00:00 GMT")).unwrap();
        assert!(ahead > Duration::from_secs(1_000_000));
    }
}
