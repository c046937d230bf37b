//! The side of the caller: starts the helper, listens, keeps the time, and delivers.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::fs::{Mode, OFlags};

use crate::copy::{self, Copied, CopyError};
use crate::deliver::Staging;
use crate::early::{Copier, Early};
use crate::ended::{Ended, Outcome, Usage, Waited};
use crate::error::SandboxError;
use crate::feed::{Feed, Inlet};
use crate::launch::{Helper, THIS_PROGRAM};
use crate::listen::{self, Heard};
use crate::request;
use crate::spec::{JailSpec, Limits, OnLine, WeakerLayer};
use crate::wire::{self, End, Refusal, RefusalKind, RefusedCall, Report, Request};

/// Runs jobs in the jail.
#[derive(Debug, Clone)]
pub struct Sandbox {
    helper: PathBuf,
    accepted: BTreeSet<WeakerLayer>,
}

impl Sandbox {
    /// A sandbox whose helper is this program itself, which must call
    /// [`crate::helper_main_if_requested`] first thing in `main`.
    pub fn new() -> Result<Self, SandboxError> {
        Ok(Self {
            helper: PathBuf::from(THIS_PROGRAM),
            accepted: BTreeSet::new(),
        })
    }

    /// Uses another program as helper: tests and libraries name a built `silversmith`.
    #[must_use]
    pub fn with_helper(self, helper: impl Into<PathBuf>) -> Self {
        Self {
            helper: helper.into(),
            ..self
        }
    }

    /// Runs jobs without these layers too, where something keeps this process from them. Where they
    /// can be had they are in force all the same, and what was done without is in [`Ended::layers`].
    #[must_use]
    pub fn accepting(self, layers: impl IntoIterator<Item = WeakerLayer>) -> Self {
        Self {
            accepted: layers.into_iter().collect(),
            ..self
        }
    }

    /// Bytes of memory that a job can count on: its limit, or all that the machine has where that is
    /// less. A jail has no `/proc/meminfo`, so a job that sizes its buffers needs to be told.
    #[must_use]
    pub fn usable_memory(&self, limits: &Limits) -> u64 {
        let machine = rustix::system::sysinfo();
        let physical = u64::from(machine.mem_unit).saturating_mul(machine.totalram as u64);
        limits.memory.min(physical)
    }

    /// Runs one job to its end. `on_stdout_line` sees each line of standard output as it comes,
    /// without its line feed.
    ///
    /// An error means that the program was not started, or that its outputs could not be
    /// delivered; how a program that was started ended is in [`Ended`].
    pub fn run(
        &self,
        spec: &JailSpec,
        on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        self.run_by(None, spec, on_stdout_line)
    }

    /// As [`Sandbox::run`], by a helper that is there already. With other helpers than this program
    /// itself, or none that could be had, one is started.
    pub fn run_by(
        &self,
        helper: Option<Helper>,
        spec: &JailSpec,
        on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        let request = self.with_accepted(request::of(spec, false)?);
        let started = match helper.filter(|_| self.helper == Path::new(THIS_PROGRAM)) {
            Some(helper) => Ok(Started::by(helper, &request, None)),
            None => self.start(&request, None),
        };
        started
            .and_then(|job| job.attend(None, &spec.limits, on_stdout_line, Copier::of(spec)))
            .and_then(|seen| conclude(spec, seen))
            .map_err(|error| self.explained(error))
    }

    /// Starts one job whose program waits for its input, at standard input, inside the finished
    /// jail. The program should get ready, read to the end, and then do the work.
    ///
    /// Call it in the thread that runs the job or in one that outlives it: the kernel ends the jail
    /// together with the thread that started it.
    pub fn prepare(&self, spec: &JailSpec) -> Result<Prepared, SandboxError> {
        let request = self.with_accepted(request::of(spec, true)?);
        let (inlet, theirs) = Inlet::new().map_err(SandboxError::supervision)?;
        Ok(Prepared {
            started: self.start(&request, Some(theirs.into()))?,
            sandbox: self.clone(),
            inlet,
            spec: spec.clone(),
        })
    }

    pub(crate) fn with_accepted(&self, request: Request) -> Request {
        Request {
            accepted: self.accepted.clone(),
            ..request
        }
    }

    pub(crate) fn supervise(
        &self,
        request: &Request,
        limits: &Limits,
        on_stdout_line: Option<OnLine<'_>>,
        copier: Copier,
    ) -> Result<Seen, SandboxError> {
        let started = self.start(request, None)?;
        started.attend(None, limits, on_stdout_line, copier)
    }

    fn start(&self, request: &Request, input: Option<OwnedFd>) -> Result<Started, SandboxError> {
        #[cfg(not(feature = "ablation"))]
        let words: [String; 0] = [];
        #[cfg(feature = "ablation")]
        let words = crate::ablation::words(&request.left_out);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Ok(Started::by(self.start_helper(&words)?, request, input))
    }

    /// Starts the helper with these words after its first one.
    pub(crate) fn start_helper(&self, words: &[&str]) -> Result<Helper, SandboxError> {
        Helper::start(&self.helper, words)
    }
}

/// A job whose program waits for its input inside the finished jail.
///
/// It runs once: [`Prepared::run`] consumes it. Dropped, it takes the whole jail with it.
///
/// ```compile_fail,E0382
/// fn twice(prepared: silversmith_sandbox::Prepared) {
///     let _ = prepared.run(b"first", None);
///     let _ = prepared.run(b"second", None);
/// }
/// ```
#[derive(Debug)]
pub struct Prepared {
    sandbox: Sandbox,
    started: Started,
    inlet: Inlet,
    spec: JailSpec,
}

impl Prepared {
    /// Whether it is still there to run: a jail that could not be built, a program that ended or
    /// waited for more than an hour are not.
    pub fn is_waiting(&mut self) -> bool {
        matches!(self.started.helper.jail.child.try_wait(), Ok(None))
    }

    /// Hands the input over and runs the job to its end, like [`Sandbox::run`]. What it may use up
    /// counts from here.
    pub fn run(
        self,
        input: &[u8],
        on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        let feed = self.inlet.feed(input);
        let limits = &self.spec.limits;
        let copier = Copier::of(&self.spec);
        self.started
            .attend(Some(feed), limits, on_stdout_line, copier)
            .and_then(|seen| conclude(&self.spec, seen))
            .map_err(|error| self.sandbox.explained(error))
    }
}

/// A helper that was told what to do.
#[derive(Debug)]
struct Started {
    helper: Helper,
    since: Instant,
}

impl Started {
    fn by(helper: Helper, request: &Request, input: Option<OwnedFd>) -> Self {
        let since = Instant::now();
        // A helper that is the wrong program may close its end at once; that shows later.
        let _ = wire::send(&helper.control, request, input.as_ref());
        Self { helper, since }
    }

    /// Stays with a job to its end. With an input, this is the moment at which it is handed over.
    fn attend(
        mut self,
        input: Option<Feed<'_>>,
        limits: &Limits,
        on_stdout_line: Option<OnLine<'_>>,
        copier: Copier,
    ) -> Result<Seen, SandboxError> {
        let waited_ms = input.as_ref().map(|_| millis_since(self.since));
        if waited_ms.is_some() {
            self.since = Instant::now();
            // A helper that is gone shows below.
            let _ = (&self.helper.control).write_all(&[wire::HANDED_OVER]);
        }
        let since = self.since;
        let Helper {
            program,
            mut jail,
            control,
        } = self.helper;
        let child = &mut jail.child;
        let feed = input.unwrap_or_default();
        let mut heard = Heard::new(copier);
        let on_line = on_stdout_line;
        listen::listen(child, control, feed, since, limits, on_line, &mut heard)?;
        jail.is_over = heard.report.is_some();
        if !heard.hello {
            let status = jail.child.wait().map_err(SandboxError::supervision)?;
            return Err(SandboxError::Helper {
                helper: program,
                detail: format!("it ended without an answer ({status})"),
            });
        }
        if let Some(refusal) = heard.refusal {
            return Err(refused(refusal));
        }
        Ok(Seen {
            heard,
            wall_ms: millis_since(since),
            waited_ms,
        })
    }
}

fn millis_since(instant: Instant) -> u64 {
    u64::try_from(instant.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What was seen of a job that was started.
pub(crate) struct Seen {
    pub(crate) heard: Heard,
    wall_ms: u64,
    /// How long its program waited for its input, if it did.
    waited_ms: Option<u64>,
}

/// Turns evidence into an outcome, and delivers what is to be delivered.
fn conclude(spec: &JailSpec, seen: Seen) -> Result<Ended, SandboxError> {
    let Seen {
        heard,
        wall_ms,
        waited_ms,
    } = seen;
    let (report, work) = match (heard.report, heard.reason) {
        (Some((report, work)), _) => (report, work),
        // The jail had to be killed together with the process that accounts for it.
        (None, Some(_)) => (Report::default(), None),
        (None, None) => return Err(SandboxError::Lost),
    };
    let (mut outcome, code) = match (report.end, heard.reason) {
        // Too much output is a fact whether or not the program ended meanwhile.
        (_, Some(Outcome::Output)) => (Outcome::Output, None),
        (End::Stopped, Some(reason)) => (reason, None),
        (End::Stopped, None) => return Err(SandboxError::Lost),
        (End::Exited(code), _) => (Outcome::Exited, Some(code)),
        (End::Signalled(signal), _) => (Outcome::Signalled, Some(signal)),
        (End::Cpu, _) => (Outcome::Cpu, None),
        (End::Memory, _) => (Outcome::Memory, None),
        (End::Pids, _) => (Outcome::Pids, None),
        (End::Disk, _) => (Outcome::Disk, None),
        (End::Seccomp, _) => (Outcome::Seccomp, None),
    };
    let mut violations: Vec<_> = report.refused.iter().map(violation).collect();
    let mut delivered = false;
    if outcome == Outcome::Exited {
        let work = work.ok_or(SandboxError::Lost)?;
        match deliver(spec, &work, heard.copier.finish())? {
            Delivery::Done(refused) => {
                violations.extend(refused);
                delivered = true;
            }
            Delivery::TooMuch(why) => {
                outcome = Outcome::Disk;
                violations.push(format!("outputs not delivered: {why}"));
            }
        }
    }
    Ok(Ended {
        code: code.filter(|_| matches!(outcome, Outcome::Exited | Outcome::Signalled)),
        outcome,
        usage: Usage {
            wall_ms,
            cpu_user_ms: report.cpu_user_ms,
            cpu_system_ms: report.cpu_system_ms,
            peak_memory_bytes: report.peak_memory,
            bytes_written: report.bytes_written,
            peak_disk_bytes: report.peak_disk,
            peak_processes: report.peak_processes,
            processes_started: report.processes_started,
        },
        waited: waited_ms.map(|wall_ms| Waited {
            wall_ms,
            cpu_ms: report.waited_cpu_ms,
        }),
        layers: heard.layers,
        violations,
        delivered,
        stdout: heard.stdout,
        stderr: heard.stderr,
    })
}

fn violation(call: &RefusedCall) -> String {
    let times = if call.count == 1 { "time" } else { "times" };
    let consequence = if call.ends { ", which ends a job" } else { "" };
    format!(
        "refused system call: {} ({} {times}){consequence}",
        call.name, call.count
    )
}

enum Delivery {
    /// Delivered, but for these.
    Done(Vec<String>),
    /// Nothing was delivered.
    TooMuch(&'static str),
}

/// Copies every output beside its destination, then renames them all.
fn deliver(spec: &JailSpec, work: &OwnedFd, early: Early) -> Result<Delivery, SandboxError> {
    let mut copied = Copied::with_early(early);
    let mut staged = Vec::new();
    for (index, output) in spec.outputs.iter().enumerate() {
        let failed = |source| SandboxError::Delivery {
            path: output.host.clone(),
            source,
        };
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let from = rustix::fs::openat(work, index.to_string(), flags, Mode::empty())
            .map_err(|error| failed(error.into()))?;
        let staging = Staging::beside(&output.host).map_err(failed)?;
        let max_bytes = spec.limits.disk;
        match copy::copy_tree(from.as_fd(), staging.directory(), max_bytes, &mut copied) {
            Ok(()) => staged.push((output, staging)),
            Err(CopyError::TooMuch(why)) => return Ok(Delivery::TooMuch(why)),
            Err(CopyError::Io(source)) => return Err(failed(source)),
        }
    }
    for (output, staging) in staged {
        staging.publish().map_err(|source| SandboxError::Delivery {
            path: output.host.clone(),
            source,
        })?;
    }
    Ok(Delivery::Done(copied.into_violations()))
}

/// The helper's refusal in the caller's terms.
fn refused(refusal: Refusal) -> SandboxError {
    let Refusal {
        kind,
        step,
        path,
        errno,
    } = refusal;
    let source = io::Error::from_raw_os_error(errno);
    let path = PathBuf::from(OsString::from_vec(path));
    // ENOSYS from building the jail: the kernel lacks a call, whatever the step was.
    let is_missing_call = errno == rustix::io::Errno::NOSYS.raw_os_error();
    match kind {
        _ if is_missing_call && kind != RefusalKind::Command => SandboxError::Kernel { step },
        RefusalKind::UserNamespace => SandboxError::UserNamespace { source },
        RefusalKind::Namespaces => SandboxError::Namespaces { source },
        RefusalKind::Proc => SandboxError::Proc { source },
        RefusalKind::FileSystem => SandboxError::FileSystem { step, source },
        RefusalKind::Grant => SandboxError::Grant { path, source },
        RefusalKind::Privileges => SandboxError::Privileges { step, source },
        RefusalKind::Seccomp => SandboxError::Seccomp { detail: step },
        RefusalKind::Landlock => SandboxError::Landlock { detail: step },
        RefusalKind::Command => SandboxError::Command {
            program: path,
            source,
        },
        RefusalKind::Protocol => SandboxError::Lost,
    }
}
