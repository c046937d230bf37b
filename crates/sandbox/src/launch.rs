//! Starting the helper, and ending it.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal};

use crate::ablation::is_without;
use crate::error::SandboxError;
use crate::helper;
use crate::sys;

/// How long the helper may take in the middle of a message. It sends and reads each in one go.
pub(crate) const HELPER_PATIENCE: Duration = Duration::from_secs(10);

/// Names the running program.
pub(crate) const THIS_PROGRAM: &str = "/proc/self/exe";

/// A process that builds a jail and watches over it, as soon as it is told what to run there.
/// Dropped, it ends, and so does all of the jail.
#[derive(Debug)]
pub struct Helper {
    pub(crate) program: PathBuf,
    pub(crate) jail: Jail,
    pub(crate) control: UnixStream,
}

impl Helper {
    /// Forks this process, which saves the time that it takes to start its program once more. `None`
    /// where it has several threads, or cannot.
    ///
    /// The helper is a copy of this process, without its environment: call it first thing in `main`,
    /// when there is little to copy and no secret in it.
    #[must_use]
    pub fn fork() -> Option<Self> {
        let is_single_threaded =
            std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1);
        let start = || {
            Self::with(Path::new(THIS_PROGRAM), &[], |command| {
                sys::instead_of_program(command, helper::stage_of_fork);
            })
        };
        is_single_threaded.then(start)?.ok()
    }

    /// Starts this program with these words after its first one.
    pub(crate) fn start(program: &Path, words: &[&str]) -> Result<Self, SandboxError> {
        Self::with(program, words, |_| ())
    }

    fn with(
        program: &Path,
        words: &[&str],
        change: impl FnOnce(&mut Command),
    ) -> Result<Self, SandboxError> {
        // The helper is started in another folder.
        let program = std::path::absolute(program).map_err(SandboxError::supervision)?;
        let (control, theirs) = UnixStream::pair().map_err(SandboxError::supervision)?;
        // A helper that is the wrong program must not make this one wait for ever.
        control
            .set_write_timeout(Some(HELPER_PATIENCE))
            .map_err(SandboxError::supervision)?;
        control
            .set_read_timeout(Some(HELPER_PATIENCE))
            .map_err(SandboxError::supervision)?;
        let mut command = Command::new(&program);
        change(&mut command);
        if !is_without!(words, Environment) {
            command.env_clear();
        }
        let child = command
            .arg(helper::ARGUMENT)
            .args(words)
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| SandboxError::Helper {
                helper: program.clone(),
                detail: error.to_string(),
            })?;
        let jail = Jail {
            child,
            is_over: false,
        };
        Ok(Self {
            program,
            jail,
            control,
        })
    }
}

/// The helper process. Whatever happens in this one, a panic of the caller's closure included, it
/// does not outlive this value, and all of the jail dies with it.
#[derive(Debug)]
pub(crate) struct Jail {
    pub(crate) child: Child,
    /// Whether all of the job is dead already. The helper then ends by itself; the kernel takes a
    /// millisecond to take its mounts and network apart, for which nobody needs to wait.
    pub(crate) is_over: bool,
}

/// Helpers whose job is over, to be collected when the next job is.
static ENDING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

impl Drop for Jail {
    fn drop(&mut self) {
        let mut ending = ENDING.lock().unwrap_or_else(PoisonError::into_inner);
        ending.retain(|helper| {
            let ended = rustix::process::waitpid(Some(*helper), WaitOptions::NOHANG);
            matches!(ended, Ok(None))
        });
        if self.is_over {
            ending.push(Pid::from_child(&self.child));
            return;
        }
        drop(ending);
        kill_with_all(&mut self.child);
        let _ = self.child.wait();
    }
}

/// How long the kernel may take to end what is in a jail.
const GONE_AT_MOST: Duration = Duration::from_secs(10);

/// Kills a helper, with it init, which dies with its parent, and with init everything inside; returns when
/// they are gone. A process descriptor of init tells: it is ready when the kernel has ended the rest.
pub(crate) fn kill_with_all(helper: &mut Child) {
    let id = helper.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let pids = children
        .split_whitespace()
        .filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
    // While the helper lives or is not collected, these numbers are its children's and nobody else's.
    let inits: Vec<OwnedFd> = pids
        .filter_map(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
        .collect();
    // Errors mean that it has ended already.
    let _ = helper.kill();
    let deadline = Instant::now() + GONE_AT_MOST;
    for init in &inits {
        // It may not have come to where it asked to die with its parent.
        let _ = pidfd_send_signal(init, Signal::KILL);
        let mut ended = [PollFd::new(init, PollFlags::IN)];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).ok();
            match poll(&mut ended, left.as_ref()) {
                Err(rustix::io::Errno::INTR) => {}
                _ => break,
            }
        }
    }
}
