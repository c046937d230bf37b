//! Process 1 of the jail: builds it, starts the program, watches over it and reports.

use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{AtFlags, Mode};
use rustix::process::{DumpableBehavior, Pid, PidfdFlags, Signal, WaitOptions, WaitStatus};

use super::confine::Landlock;
use super::notice::{Noticed, Notices};
use super::privilege::{IdMaps, Identity};
use super::root::{self, Jail};
use super::watch::{Peak, millis};
use super::{filter, notice, payload, refused, watch};
use crate::ablation::left_out;
use crate::ended::Layer;
use crate::machine::HOST_NAME;
use crate::sys;
use crate::wire::{self, End, Refusal, RefusalKind, Reply, Report, Request};

/// How often the job is looked at when it could soon exceed its limit of memory. At the speed of
/// memory this lets it do so by some tens of megabytes before it is ended.
const WATCH_EVERY: Duration = Duration::from_millis(10);

/// How often it is measured in full, its threads and CPU time too; and looked at when its memory is
/// far below the limit.
const SAMPLE_EVERY: Duration = Duration::from_millis(50);

/// How fast a job is taken to fill memory. Where many processors do it together it can be faster; then
/// it exceeds its limit for [`SAMPLE_EVERY`] instead of [`WATCH_EVERY`].
const BYTES_A_MILLISECOND: u64 = 8 << 20;

/// How long a program may wait for its input, and what it may compute meanwhile: imports take a
/// second at most, but what a build does before it can take long.
const WAIT_AT_MOST: Duration = Duration::from_secs(3600);
/// See [`WAIT_AT_MOST`].
pub(super) const WAIT_CPU_MS: u64 = 60_000;

/// Runs one job from beginning to end. `input` is what the program reads where it waits for it.
pub(super) fn run(
    control: &UnixStream,
    request: &Request,
    input: Option<OwnedFd>,
    identity: Identity,
    idmaps: IdMaps,
    landlock: &Landlock,
    stage: &UnixStream,
) {
    let reply = match start(request, input, identity, &idmaps, landlock, stage) {
        Err(refusal) => {
            end_everything();
            Reply::Refused(refusal)
        }
        Ok((jail, program)) => {
            drop(idmaps);
            let layers = layers(request, identity, &jail, landlock, &program);
            // With the work directory, for copies of what is finished early.
            if wire::send(control, &Reply::Started { layers }, Some(&jail.work)).is_err() {
                return;
            }
            let Some(report) = watch_over(control, request, &jail, program) else {
                // The supervisor is gone. This process's end takes the job with it.
                return;
            };
            // When the supervisor is gone, so is the reader of this answer.
            let _ = wire::send(control, &Reply::Report(report), Some(&jail.work));
            return;
        }
    };
    let _ = wire::send(control, &reply, None);
}

fn start(
    request: &Request,
    input: Option<OwnedFd>,
    identity: Identity,
    idmaps: &IdMaps,
    landlock: &Landlock,
    stage: &UnixStream,
) -> Result<(Jail, Program), Refusal> {
    let step = |name: &'static str| refused::<rustix::io::Errno>(RefusalKind::FileSystem, name);
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(step("prctl"))?;
    // The job may share this process's user id and must not be able to trace it.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(step("prctl"))?;
    let jail = root::build(request, identity, idmaps)?;
    if !left_out!(request, NameNamespace) {
        set_names()?;
    }
    if !left_out!(request, NetworkNamespace) {
        super::enter_network(stage)?;
    }
    let program = start_program(request, input, identity, landlock)?;
    Ok((jail, program))
}

/// A program that runs.
struct Program {
    id: Pid,
    notices: Notices,
    /// What the system call filter is.
    filter: String,
}

/// Gives the jail names of its own: those of the host are none of the job's business.
pub(super) fn set_names() -> Result<(), Refusal> {
    let step = |name: &'static str| refused::<rustix::io::Errno>(RefusalKind::Namespaces, name);
    rustix::system::sethostname(b"jail").map_err(step(HOST_NAME))?;
    rustix::system::setdomainname(b"(none)").map_err(step(HOST_NAME))
}

/// Forks the program, which is never process 1: a program that kills itself must not look like one
/// that the kernel shields from signals.
fn start_program(
    request: &Request,
    input: Option<OwnedFd>,
    identity: Identity,
    landlock: &Landlock,
) -> Result<Program, Refusal> {
    let step = |name: &'static str| refused::<io::Error>(RefusalKind::Privileges, name);
    let (mut answer, mut complaint) = io::pipe().map_err(step("pipe"))?;
    let (ours, theirs) = UnixStream::pair().map_err(step("socket pair"))?;
    // Compiled here, where no limit holds yet.
    let filters = filter::compile()?;
    let Some(program) = sys::fork().map_err(step("fork"))? else {
        let refusal = payload::enter(request, input, identity, landlock, (&filters, &theirs));
        if let Ok(text) = serde_json::to_vec(&refusal) {
            // Init reads to the end of the pipe; a failed write reads as a lost job.
            let _ = complaint.write_all(&text);
        }
        std::process::exit(72);
    };
    // Of the input, the program alone keeps the reading end.
    drop((complaint, theirs, input));
    super::let_go_of_streams();
    // Nothing comes when the program could not be prepared; why is in the pipe.
    let listener = wire::receive_descriptor(&ours).map_err(step("listener"))?;
    let mut notices = Notices::new(listener.flatten());
    notice::answer_until(&answer, &mut notices).map_err(step("start the program"))?;
    let mut text = Vec::new();
    answer.read_to_end(&mut text).map_err(step("pipe"))?;
    if text.is_empty() {
        // The pipe was closed by exec.
        let filter = filters.describe(notices.listener().is_some());
        return Ok(Program {
            id: program,
            notices,
            filter,
        });
    }
    Err(serde_json::from_slice(&text)
        .unwrap_or_else(|_| step("start the program")(io::Error::from(io::ErrorKind::InvalidData))))
}

/// Watches until the program ends or must be ended, ends everything and accounts for it. `None`
/// when the supervisor is gone.
fn watch_over(
    control: &UnixStream,
    request: &Request,
    jail: &Jail,
    program: Program,
) -> Option<Report> {
    let Program {
        id: program,
        mut notices,
        ..
    } = program;
    let mut peak = Peak::default();
    let mut looks = Looks::new();
    let mut waiting = Waiting::new(request);
    // Cannot refer to another process: this one alone reaps, and has not yet.
    let handle = rustix::process::pidfd_open(program, PidfdFlags::empty()).ok()?;
    let mut next_look = Instant::now() + looks.every(request);
    let end = loop {
        match wait(control, &handle, notices.listener(), next_look) {
            Ok(Event::StopRequested) => break End::Stopped,
            Ok(Event::SupervisorGone) => return None,
            Ok(Event::HandedOver) => {
                waiting.end(watch::sample(&jail.proc).ok()?);
                next_look = Instant::now();
            }
            Ok(Event::Nothing) => {}
            // A watch that does not work must not let the job run on.
            Err(_) => return None,
        }
        // Before the program's end is looked at: it may have left a process that waits here.
        if notices.take() == Noticed::EndsJob {
            break End::Seccomp;
        }
        if let Some(status) = reap(program) {
            break end_of(status);
        }
        if Instant::now() < next_look {
            continue;
        }
        if let Some(end) = looks.look(jail, request, &waiting, &mut peak)? {
            break end;
        }
        next_look = Instant::now() + waiting.look_every().unwrap_or_else(|| looks.every(request));
        if waiting.is_too_long() {
            break End::Stopped;
        }
    };
    // What a program that ended by itself left behind is still there, and has its limits too.
    let end = match end {
        End::Exited(_) | End::Signalled(_) => {
            look(jail, request, &waiting, &mut peak)?.unwrap_or(end)
        }
        end => end,
    };
    if left_out!(request, ProcessNamespace) {
        let _ = rustix::process::kill_process(program, Signal::KILL);
    }
    end_everything();
    reopen_outputs(request, jail);
    Some(account(end, request, jail, &waiting, &peak, notices))
}

/// Between two samples it is enough to glance at what can be used up fastest.
struct Looks {
    sampled: Instant,
    /// Resident memory at the last look.
    resident: u64,
    /// The highest that a look saw.
    highest: u64,
}

impl Looks {
    fn new() -> Self {
        Self {
            sampled: Instant::now(),
            resident: 0,
            highest: 0,
        }
    }

    /// The time in which the job cannot come to exceed its limit of memory, within bounds.
    fn every(&self, request: &Request) -> Duration {
        let headroom = request.memory.saturating_sub(self.resident);
        Duration::from_millis(headroom / BYTES_A_MILLISECOND).clamp(WATCH_EVERY, SAMPLE_EVERY)
    }

    /// As [`look`], and mostly cheaper.
    fn look(
        &mut self,
        jail: &Jail,
        request: &Request,
        waiting: &Waiting,
        peak: &mut Peak,
    ) -> Option<Option<End>> {
        let glance = watch::glance(&jail.proc).ok()?;
        let disk = DiskUse::of(jail);
        peak.glimpse(glance, disk.bytes);
        // Growing memory is measured as it grows, so that its peak is known.
        let is_growing = glance.resident > self.highest + self.highest / 8;
        let is_suspicious = glance.is_suspicious(request) || disk.exceeds(request);
        self.resident = glance.resident;
        self.highest = self.highest.max(glance.resident);
        if self.sampled.elapsed() < SAMPLE_EVERY && !is_growing && !is_suspicious {
            return Some(None);
        }
        self.sampled = Instant::now();
        look(jail, request, waiting, peak)
    }
}

/// Measures the job, and gives the limit that it exceeds. `None` when it cannot be measured.
fn look(jail: &Jail, request: &Request, waiting: &Waiting, peak: &mut Peak) -> Option<Option<End>> {
    if left_out!(request, ProcessNamespace) {
        // It would be the whole machine that is measured.
        return Some(None);
    }
    let sample = watch::sample(&jail.proc).ok()?;
    let disk = DiskUse::of(jail);
    peak.raise(sample, disk.bytes);
    let exceeded = watch::exceeded(&jail.proc, sample, request, waiting.cpu_limit());
    Some(exceeded.or_else(|| disk.exceeds(request).then_some(End::Disk)))
}

/// Sums up when nothing of the job is left.
fn account(
    end: End,
    request: &Request,
    jail: &Jail,
    waiting: &Waiting,
    peak: &Peak,
    notices: Notices,
) -> Report {
    let (user, system, largest) = sys::children_usage();
    let cpu_user_ms = millis(user);
    let cpu_system_ms = millis(system);
    let disk = DiskUse::of(jail);
    // A program that ended by itself may have passed a limit since the last look.
    let end = match end {
        End::Exited(_) | End::Signalled(_) if disk.exceeds(request) => End::Disk,
        End::Exited(_) | End::Signalled(_) if cpu_user_ms + cpu_system_ms > waiting.cpu_limit() => {
            End::Cpu
        }
        end => end,
    };
    let peak_processes = peak.threads.max(1);
    Report {
        end,
        waited_cpu_ms: waiting.cpu_ms,
        cpu_user_ms,
        cpu_system_ms,
        peak_memory: peak.memory.max(largest),
        bytes_written: disk.bytes,
        peak_disk: peak.disk.max(disk.bytes),
        peak_processes,
        processes_started: processes_started().unwrap_or(0).max(peak_processes),
        refused: notices.into_record(),
    }
}

/// Threads and processes that were ever started in this process namespace beside this one: their
/// numbers are given one after the other, so the number that a new one gets tells. `None` where
/// none can be had.
fn processes_started() -> Option<u64> {
    let number = sys::next_number().ok()?.as_raw_nonzero().get();
    // This process is number 1.
    u64::try_from(number).ok()?.checked_sub(2)
}

/// A job may have closed an output directory to its own user, who is the supervisor's user too when
/// that is an ordinary one. What it closed below stays closed, and is told as a violation.
fn reopen_outputs(request: &Request, jail: &Jail) {
    for index in 0..request.outputs.len() {
        let mode = Mode::from_raw_mode(0o700);
        // When this fails, so does reading the directory, with an error that is told.
        let _ = rustix::fs::chmodat(&jail.work, index.to_string(), mode, AtFlags::empty());
    }
}

/// The time in which a program has no input yet.
struct Waiting {
    since: Option<Instant>,
    /// What was used when it ended.
    cpu_ms: u64,
    job_cpu_ms: u64,
}

impl Waiting {
    fn new(request: &Request) -> Self {
        Self {
            since: request.waits.then(Instant::now),
            cpu_ms: 0,
            job_cpu_ms: request.cpu_ms,
        }
    }

    fn end(&mut self, used: watch::Sample) {
        if self.since.take().is_some() {
            self.cpu_ms = used.cpu_ms();
        }
    }

    /// What all processes together may have used by now, from their start.
    fn cpu_limit(&self) -> u64 {
        match self.since {
            Some(_) => WAIT_CPU_MS,
            None => self.job_cpu_ms.saturating_add(self.cpu_ms),
        }
    }

    fn is_too_long(&self) -> bool {
        self.since
            .is_some_and(|since| since.elapsed() > WAIT_AT_MOST)
    }

    /// Only the caller's own start of a program is watched here, none of its work.
    fn look_every(&self) -> Option<Duration> {
        self.since.map(|_| SAMPLE_EVERY * 2)
    }
}

enum Event {
    StopRequested,
    HandedOver,
    SupervisorGone,
    Nothing,
}

/// Sleeps until the program ends, the supervisor speaks, a call is refused, or it is time to look.
fn wait(
    control: &UnixStream,
    program: &OwnedFd,
    notices: Option<BorrowedFd<'_>>,
    next_look: Instant,
) -> io::Result<Event> {
    let left = next_look.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
    let mut polled = vec![
        PollFd::new(program, PollFlags::IN),
        PollFd::new(control, PollFlags::IN),
    ];
    polled.extend(notices.map(|listener| PollFd::from_borrowed_fd(listener, PollFlags::IN)));
    match rustix::event::poll(&mut polled, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    if !polled[1].revents().is_empty() {
        let mut word = [0];
        return Ok(match (&mut &*control).read(&mut word) {
            Ok(1) if word == [wire::HANDED_OVER] => Event::HandedOver,
            Ok(1) => Event::StopRequested,
            _ => Event::SupervisorGone,
        });
    }
    Ok(Event::Nothing)
}

/// Collects the dead, orphans too, and gives the program's status when it is among them.
fn reap(program: Pid) -> Option<WaitStatus> {
    while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == program {
            return Some(status);
        }
    }
    None
}

/// Kills what is left and waits until nothing is. Orphans become children of this process, so where
/// it has no children nothing is left; to ask costs far less than to send a signal to nobody.
fn end_everything() {
    // Children that send another signal than SIGCHLD when they end, or none, too.
    let all = WaitOptions::from_bits_retain(libc::__WALL.cast_unsigned());
    loop {
        match rustix::process::wait(all | WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
            Ok(None) => {
                sys::kill_all_others();
                // A child of one that is being killed could be started meanwhile: after each end,
                // ask again.
                let _ = rustix::process::wait(all);
            }
            Err(_) => return,
        }
    }
}

fn end_of(status: WaitStatus) -> End {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => End::Exited(code),
        (None, Some(signal)) => End::Signalled(signal),
        (None, None) => End::Signalled(0),
    }
}

/// What lies in the work file system.
#[derive(Clone, Copy, Default)]
struct DiskUse {
    bytes: u64,
    is_full: bool,
}

impl DiskUse {
    fn of(jail: &Jail) -> Self {
        rustix::fs::fstatfs(&jail.work).map_or(Self::default(), |usage| {
            let block = u64::try_from(usage.f_bsize).unwrap_or(0);
            let blocks = usage.f_blocks.saturating_sub(usage.f_bfree);
            Self {
                bytes: blocks.saturating_mul(block),
                // No file can be made any more.
                is_full: usage.f_ffree == 0,
            }
        })
    }

    fn exceeds(self, request: &Request) -> bool {
        self.is_full || self.bytes > request.disk
    }
}

/// The protections in force, for the report. Each is here because the step that sets it succeeded:
/// a failure would have been a refusal.
fn layers(
    request: &Request,
    identity: Identity,
    jail: &Jail,
    landlock: &Landlock,
    program: &Program,
) -> Vec<Layer> {
    let layer = |name: &str, detail: String| Layer {
        name: name.to_owned(),
        applied: true,
        accepted: false,
        detail,
    };
    let grants = request.read_only.len();
    let kernel = rustix::system::uname();
    let release = kernel.release().to_string_lossy();
    let mut layers = vec![
        layer("kernel", format!("Linux {release}")),
        layer("unprivileged-user", identity.describe()),
        layer("mount-namespace", "root in memory, read-only".to_owned()),
        layer("pid-namespace", "ends with its first process".to_owned()),
        layer("network-namespace", "no interface is up".to_owned()),
        layer("ipc-namespace", "own".to_owned()),
        layer("uts-namespace", "own".to_owned()),
        layer("cgroup-namespace", "own".to_owned()),
        layer(
            "read-only-grants",
            format!(
                "{grants} granted, {} shown as owned by the job",
                jail.idmapped
            ),
        ),
        layer(
            "environment",
            format!("{} variables", request.environment.len()),
        ),
        layer("capabilities", "none, bounding set empty".to_owned()),
        layer("no-new-privs", "set".to_owned()),
        layer("seccomp", program.filter.clone()),
        landlock.layer(),
        layer("limits", "rlimits, and the whole job watched".to_owned()),
        layer("copy-out", "regular files with one name".to_owned()),
    ];
    layers.push(Layer {
        name: "cgroup".to_owned(),
        applied: false,
        accepted: false,
        detail: "not used: memory and processes are watched by the jail itself".to_owned(),
    });
    layers
}
