//! The helper: a second instance of the program that builds the jail and watches over it.
//!
//! ```text
//! supervisor ── stage (this module; unshares, makes the network, waits) ── init (process 1 inside) ── payload
//! ```
//!
//! Each dies when the one before it dies, and everything inside dies with init.

mod calls;
mod confine;
mod dispatch;
mod filter;
mod init;
mod notice;
mod payload;
mod privilege;
mod root;
mod survey;
mod watch;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::process::{Signal, WaitOptions};
use rustix::thread::{LinkNameSpaceType, UnshareFlags};

use crate::ablation::{left_out, started_without};
use crate::sys;
use crate::wire::{self, Refusal, RefusalKind, Reply, Request};
use privilege::Identity;

/// The hidden first argument.
pub(crate) const ARGUMENT: &str = "__silversmith-jail";

/// The second argument when no job is to be run, but each layer tried by itself.
pub(crate) const SURVEY: &str = "survey";

/// Becomes the jail's helper when this process was started as one, and returns otherwise.
///
/// Call it first thing in `main` of every program that runs jobs, before threads or arguments.
pub fn helper_main_if_requested() {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == ARGUMENT)
    {
        let is_survey = std::env::args_os().nth(2).is_some_and(|arg| arg == SURVEY);
        std::process::exit(stage(is_survey));
    }
}

/// As the helper's `main`, in a fork of the supervisor that had one thread only.
pub(crate) fn stage_of_fork() -> i32 {
    sys::forget_environment();
    std::panic::catch_unwind(|| stage(false)).unwrap_or(70)
}

/// Turns a system call's error into a refusal that names the step.
fn refused<E: Into<io::Error>>(
    kind: RefusalKind,
    step: impl Into<String>,
) -> impl FnOnce(E) -> Refusal {
    let step = step.into();
    move |error| Refusal {
        kind,
        step,
        path: Vec::new(),
        errno: error.into().raw_os_error().unwrap_or(0),
    }
}

/// Runs the stage and gives the process's exit code, which nobody relies on.
fn stage(is_survey: bool) -> i32 {
    // What the jail is made of must be readable for the job, whatever the starter's mask says.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    // Should the supervisor die, so does this process, then init by the same means.
    let prepared = rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(io::Error::from)
        .and_then(|()| close_inherited())
        .and_then(|()| take_control_socket());
    let Ok(control) = prepared else { return 70 };
    if wire::send(&control, &Reply::Hello, None).is_err() {
        return 70;
    }
    let Ok(Some((request, input))) = wire::receive::<Request>(&control) else {
        return 70;
    };
    if is_survey {
        // When the supervisor is gone, so is the reader of this answer.
        let _ = wire::send(&control, &survey::survey(&request), None);
        return 0;
    }
    match unshare_and_fork(&control, &request, input) {
        Ok(Some(init)) => {
            drop(control);
            let_go_of_streams();
            wait_for(init);
            0
        }
        Ok(None) => 0,
        Err(refusal) => {
            // When the supervisor is gone, so is the reader of this answer.
            let _ = wire::send(&control, &Reply::Refused(refusal), None);
            71
        }
    }
}

fn close_inherited() -> io::Result<()> {
    if started_without!(Descriptors) {
        return Ok(());
    }
    sys::close_inherited()
}

/// All but the network namespace: see [`network`].
fn namespaces(request: &Request) -> UnshareFlags {
    let all = [
        (UnshareFlags::NEWNS, false),
        (UnshareFlags::NEWPID, left_out!(request, ProcessNamespace)),
        (UnshareFlags::NEWIPC, left_out!(request, IpcNamespace)),
        (UnshareFlags::NEWUTS, left_out!(request, NameNamespace)),
        (
            UnshareFlags::NEWCGROUP,
            left_out!(request, ControlGroupNamespace),
        ),
    ];
    let kept = all.into_iter().filter(|(_, is_left_out)| !is_left_out);
    kept.map(|(flag, _)| flag).collect()
}

/// The supervisor passes its socket as standard input, the one descriptor that needs no `unsafe`
/// to hand over. The jail's standard input is /dev/null.
fn take_control_socket() -> io::Result<UnixStream> {
    let socket: OwnedFd = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    if !started_without!(StandardInput) {
        let null = std::fs::File::open("/dev/null")?;
        rustix::stdio::dup2_stdin(&null)?;
    }
    let control = UnixStream::from(socket);
    // Someone who starts the helper by hand has a terminal or a file there.
    control.peer_addr()?;
    Ok(control)
}

/// Lets go of the job's standard output and error, so that their end is the end of the last process
/// of the job.
fn let_go_of_streams() {
    // Where this fails they end when this process does, which is a little later.
    if let Ok(null) = std::fs::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Gives init's process id; `None` in init itself, after it has finished.
fn unshare_and_fork(
    control: &UnixStream,
    request: &Request,
    input: Option<OwnedFd>,
) -> Result<Option<rustix::process::Pid>, Refusal> {
    // While the host's files are in view, which tell what this kernel has.
    let landlock = confine::Landlock::decide(request)?;
    let identity = Identity::of_job();
    let idmaps = privilege::IdMaps::for_grants(request, identity);
    if !identity.is_root {
        privilege::enter_user_namespace(identity)?;
    }
    let step = |name: &'static str| refused::<io::Error>(RefusalKind::Namespaces, name);
    sys::unshare(namespaces(request)).map_err(step("unshare"))?;
    let (ours, theirs) = UnixStream::pair().map_err(step("socket pair"))?;
    // Opened now: as init changes its root, so does this process.
    let own = std::fs::File::open("/proc/self/ns").map_err(step("open /proc/self/ns"))?;
    if let Some(init) = sys::fork().map_err(step("fork"))? {
        if !left_out!(request, NetworkNamespace) {
            let (refusal, namespace) = match network(&own) {
                Ok(namespace) => (None, Some(namespace)),
                Err(refusal) => (Some(refusal), None),
            };
            // When init is gone it has told why.
            let _ = wire::send(&ours, &refusal, namespace.as_ref());
        }
        return Ok(Some(init));
    }
    drop((own, ours));
    init::run(
        control, request, input, identity, idmaps, &landlock, &theirs,
    );
    Ok(None)
}

/// Makes a network namespace for init to enter. The kernel takes as long for it as init does for all
/// mounts, so it is made meanwhile.
fn network(own_namespaces: &std::fs::File) -> Result<OwnedFd, Refusal> {
    let step = |name: &'static str| refused::<io::Error>(RefusalKind::Namespaces, name);
    sys::unshare(UnshareFlags::NEWNET).map_err(step("net"))?;
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::CLOEXEC;
    rustix::fs::openat(own_namespaces, "net", flags, rustix::fs::Mode::empty())
        .map_err(|error| step("open the network namespace")(error.into()))
}

/// Enters the namespace that [`network`] made.
fn enter_network(stage: &UnixStream) -> Result<(), Refusal> {
    let step = |name: &'static str| refused::<io::Error>(RefusalKind::Namespaces, name);
    match wire::receive::<Option<Refusal>>(stage).map_err(step("network"))? {
        Some((Some(refusal), _)) => Err(refusal),
        Some((None, Some(namespace))) => rustix::thread::move_into_link_name_space(
            namespace.as_fd(),
            Some(LinkNameSpaceType::Network),
        )
        .map_err(|error| step("enter the network namespace")(error.into())),
        Some((None, None)) | None => Err(step("network")(io::Error::other("none"))),
    }
}

fn wait_for(child: rustix::process::Pid) -> Option<rustix::process::WaitStatus> {
    // An error means that the child is gone.
    let ended =
        rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(child), WaitOptions::empty()));
    Some(ended.ok()??.1)
}
