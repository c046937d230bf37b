//! The last steps before the program: limits, privileges, Landlock, system call filter, exec.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::fs::{Access, Mode};
use rustix::process::{Resource, Rlimit};

use super::confine::Landlock;
use super::filter::Filters;
use super::init::WAIT_CPU_MS;
use super::privilege::{self, Identity};
use super::root::DISK_SLACK;
use super::{filter, refused};
use crate::ablation::left_out;
use crate::sys;
use crate::wire::{self, Refusal, RefusalKind, Request};

/// Open files. Polars opens one for each input and a few more.
const MAX_OPEN_FILES: u64 = 1024;

/// Address space beyond twice the memory limit: thread stacks and allocators reserve more than
/// they touch. What is touched is watched by init; this bounds what a single call can reserve.
const ADDRESS_SPACE_SLACK: u64 = 8 << 30;

/// Becomes the program, or says why not. A probe ends here with exit code 0. `filter` is the
/// filter of system calls, and where its listener goes.
pub(super) fn enter(
    request: &Request,
    input: Option<OwnedFd>,
    identity: Identity,
    landlock: &Landlock,
    filter: (&Filters, &UnixStream),
) -> Refusal {
    match prepare(request, input, identity, landlock, filter) {
        Err(refusal) => refusal,
        Ok(()) if request.command.is_empty() => std::process::exit(0),
        Ok(()) => exec(request),
    }
}

fn prepare(
    request: &Request,
    input: Option<OwnedFd>,
    identity: Identity,
    landlock: &Landlock,
    (filters, init): (&Filters, &UnixStream),
) -> Result<(), Refusal> {
    let step = |name: &'static str| refused::<rustix::io::Errno>(RefusalKind::Privileges, name);
    // No terminal to write to, no process group of the supervisor's to signal.
    rustix::process::setsid().map_err(step("setsid"))?;
    if let Some(input) = input {
        rustix::stdio::dup2_stdin(&input).map_err(step("standard input"))?;
    }
    rustix::process::umask(Mode::from_raw_mode(0o022));
    set_limits(request, identity)?;
    privilege::drop_all(request, identity)?;
    check_grants(request)?;
    let directory = path(&request.working_directory);
    rustix::process::chdir(&directory).map_err(|error| Refusal {
        path: request.working_directory.clone(),
        ..refused(RefusalKind::Grant, "working directory")(error)
    })?;
    if !left_out!(request, Landlock) {
        landlock.enter(request)?;
    }
    if !left_out!(request, Descriptors) {
        sys::cloexec_all().map_err(refused(RefusalKind::Privileges, "close_range"))?;
    }
    if left_out!(request, Seccomp) {
        return wire::send_descriptor(init, None)
            .map_err(refused(RefusalKind::Privileges, "no filter"));
    }
    filter::enter(filters, |listener| {
        wire::send_descriptor(init, listener.as_ref())
    })
}

fn path(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

pub(super) fn set_limits(request: &Request, identity: Identity) -> Result<(), Refusal> {
    // The kernel counts the stage and init too where they share the job's user.
    let own_processes = if identity.is_root { 0 } else { 2 };
    let address_space = request
        .memory
        .saturating_mul(2)
        .saturating_add(ADDRESS_SPACE_SLACK);
    let waiting_cpu_ms = if request.waits { WAIT_CPU_MS } else { 0 };
    let cpu_ms = request.cpu_ms.saturating_add(waiting_cpu_ms);
    let limits = [
        // One above the limit: init sees the excess and ends the job with the right reason.
        (Resource::Nproc, u64::from(request.pids) + 1 + own_processes),
        // Per process, and above the limit for the same reason.
        (Resource::Cpu, cpu_ms.div_ceil(1000) + 1),
        (Resource::As, address_space),
        (Resource::Fsize, request.disk.saturating_add(DISK_SLACK)),
        (Resource::Nofile, MAX_OPEN_FILES),
        // Not 0: then a crash handler that the kernel pipes to would still get the memory. 1 is the
        // kernel's word for no core at all.
        (Resource::Core, 1),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Stack, 8 << 20),
        (Resource::Sigpending, 1024),
        (Resource::Rtprio, 0),
        (Resource::Nice, 0),
    ];
    for (resource, wanted) in limits {
        let before = rustix::process::getrlimit(resource).maximum;
        let mut value = before.map_or(wanted, |maximum| maximum.min(wanted));
        if left_out!(request, OpenFiles) && resource == Resource::Nofile {
            value = before.unwrap_or(1 << 20);
        }
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        rustix::process::setrlimit(resource, limit).map_err(refused(
            RefusalKind::Privileges,
            format!("limit {resource:?}"),
        ))?;
    }
    Ok(())
}

/// A grant that the job's user cannot read would surface as a riddle inside the program.
fn check_grants(request: &Request) -> Result<(), Refusal> {
    for (host, inside) in &request.read_only {
        let inside = path(inside);
        rustix::fs::access(&inside, Access::READ_OK).map_err(|error| Refusal {
            path: host.clone(),
            ..refused(RefusalKind::Grant, "read")(error)
        })?;
    }
    Ok(())
}

fn exec(request: &Request) -> Refusal {
    let mut words = request.command.iter().map(|word| path(word));
    let Some(program) = words.next() else {
        return refused(RefusalKind::Protocol, "empty command")(io::Error::other("empty"));
    };
    let mut command = Command::new(&program);
    if !left_out!(request, Environment) {
        command.env_clear();
    }
    let error = command
        .args(words)
        .envs(
            request
                .environment
                .iter()
                .map(|(key, value)| (path(key), path(value))),
        )
        .exec();
    Refusal {
        path: program.into_vec(),
        ..refused(RefusalKind::Command, "exec")(error)
    }
}
