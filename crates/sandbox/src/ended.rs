//! How a job ended, in the shape that `silversmith sandbox --json` prints.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a job ended and what it used.
#[derive(Debug, Clone, Serialize)]
pub struct Ended {
    /// Why it ended.
    pub outcome: Outcome,
    /// The exit code when it exited, the signal's number when a signal ended it, else nothing.
    pub code: Option<i32>,
    /// What it used.
    pub usage: Usage,
    /// Where the program was started before its input was there: what of that came before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<Waited>,
    /// The protections that were in force, and those that this machine does not offer.
    pub layers: Vec<Layer>,
    /// What the program left or did that was refused. Names are shortened and escaped.
    pub violations: Vec<String>,
    /// Whether the outputs reached their directories on the host.
    #[serde(skip)]
    pub delivered: bool,
    /// Standard output, at most the limit.
    #[serde(skip)]
    pub stdout: Vec<u8>,
    /// Standard error, at most the limit.
    #[serde(skip)]
    pub stderr: Vec<u8>,
}

impl Ended {
    /// The layers that ought to have been in force, were not, and whose absence the caller accepted.
    pub fn accepted(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().filter(|layer| layer.accepted)
    }

    /// Whether the program exited by itself with code 0, its outputs were delivered and nothing
    /// was refused.
    pub fn is_clean(&self) -> bool {
        self.outcome == Outcome::Exited
            && self.code == Some(0)
            && self.delivered
            && self.violations.is_empty()
    }
}

impl fmt::Display for Ended {
    /// How it ended, in a word and the exit code: `exited 2`, `timeout`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.as_str())?;
        match self.code {
            Some(code) => write!(f, " {code}"),
            None => Ok(()),
        }
    }
}

/// Why a job ended. It rests on what the jail itself measured or did, never on an exit code or a
/// signal that the program could choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It exited by itself; the code is its own.
    Exited,
    /// A signal ended it that the jail did not send.
    Signalled,
    /// It ran longer than the wall-clock limit.
    Timeout,
    /// It used more CPU time than the limit.
    Cpu,
    /// It used more memory than the limit.
    Memory,
    /// It had more threads and processes than the limit.
    Pids,
    /// It filled the space for outputs.
    Disk,
    /// It wrote more to standard output or standard error than the limit.
    Output,
    /// It made a system call that no data job has a reason to make, such as `ptrace` or `mount`, and
    /// was ended for it. The call had no effect. Other calls that are refused are violations.
    Seccomp,
}

impl Outcome {
    /// The name in `--json` output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exited => "exited",
            Self::Signalled => "signalled",
            Self::Timeout => "timeout",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Pids => "pids",
            Self::Disk => "disk",
            Self::Output => "output",
            Self::Seccomp => "seccomp",
        }
    }
}

/// What a job used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Wall-clock milliseconds, jail set-up included; those since the input was handed over where
    /// the program waited for it.
    pub wall_ms: u64,
    /// CPU milliseconds in user mode, all processes.
    pub cpu_user_ms: u64,
    /// CPU milliseconds in the kernel, all processes.
    pub cpu_system_ms: u64,
    /// The highest memory seen, in bytes: anonymous and shared memory of all processes together at
    /// one look, or the whole resident set of the largest process, whichever is more. What lies
    /// under the outputs and `/tmp` is in memory too and is not in this number.
    pub peak_memory_bytes: u64,
    /// Bytes under the outputs and `/tmp` at the end.
    pub bytes_written: u64,
    /// The most bytes seen under the outputs and `/tmp`.
    pub peak_disk_bytes: u64,
    /// The most threads and processes seen at one time.
    pub peak_processes: u64,
    /// Threads and processes that were started, the program's first included.
    pub processes_started: u64,
}

/// How long a program was there before it had its input. No limit counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// Wall-clock milliseconds from the start of the jail, its set-up included.
    pub wall_ms: u64,
    /// CPU milliseconds, which are in those of [`Usage`] too.
    pub cpu_ms: u64,
}

/// One protection of the jail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// A stable name, such as `network-namespace`.
    pub name: String,
    /// Whether it was in force.
    pub applied: bool,
    /// Whether it ought to have been in force, was not, and the caller accepted that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// How, or why not.
    pub detail: String,
}

/// One line of [`crate::probe`]'s answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerProbe {
    /// A stable name, such as `network-namespace`, or `jail` for the whole.
    pub name: String,
    /// Whether a job is refused without it.
    pub required: bool,
    /// Whether this machine offers it.
    pub available: bool,
    /// How, or what refused it.
    pub detail: String,
    /// Why it is missing, as far as this machine tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to change, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}
