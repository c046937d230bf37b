//! Tries each layer by itself, so that a machine that lacks several hears of all of them at once.
//!
//! Each attempt runs in a process of its own: what it changes ends with it, and a filter that kills
//! for a call kills that attempt alone.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::process::{PidfdFlags, Signal};
use rustix::thread::UnshareFlags;

use super::privilege::{self, IdMaps, Identity};
use super::{confine, filter, init, payload, refused, root};
use crate::machine::NoLandlock;
use crate::sys;
use crate::wire::{Refusal, RefusalKind, Request, Survey, Tried};

/// An attempt: what is to be told of its success.
type Attempt<'a> = Box<dyn Fn() -> Result<String, Refusal> + 'a>;

/// The namespaces, with the name of the layer and the kernel's word.
const NAMESPACES: [(&str, &str, UnshareFlags); 6] = [
    ("mount-namespace", "mnt", UnshareFlags::NEWNS),
    ("pid-namespace", "pid", UnshareFlags::NEWPID),
    ("network-namespace", "net", UnshareFlags::NEWNET),
    ("ipc-namespace", "ipc", UnshareFlags::NEWIPC),
    ("uts-namespace", "uts", UnshareFlags::NEWUTS),
    ("cgroup-namespace", "cgroup", UnshareFlags::NEWCGROUP),
];

/// Tries everything.
pub(super) fn survey(request: &Request) -> Survey {
    let identity = Identity::of_job();
    let mut tried = vec![user_namespace(identity)];
    let mut add = |layer: &str, required: bool, attempt: Attempt<'_>| {
        tried.push(Tried {
            layer: layer.to_owned(),
            required,
            result: apart(attempt),
        });
    };
    for (layer, kind, flag) in NAMESPACES {
        add(
            layer,
            true,
            Box::new(move || own_namespace(identity, kind, flag)),
        );
    }
    add(
        "own-proc",
        true,
        Box::new(move || own_proc(request, identity)),
    );
    add("mounts", true, Box::new(move || mounts(identity)));
    add(
        "own-root",
        true,
        Box::new(move || own_root(request, identity)),
    );
    if identity.is_root {
        add(
            "granting-private-files",
            false,
            Box::new(move || idmap(identity)),
        );
    }
    add(
        "unprivileged-user",
        true,
        Box::new(move || unprivileged(request, identity)),
    );
    add("no-new-privs", true, Box::new(no_new_privs));
    add("seccomp", true, Box::new(seccomp));
    add("recording-refused-calls", false, Box::new(recording));
    add("limits", true, Box::new(move || limits(request, identity)));
    add("descriptors", true, Box::new(descriptors));
    tried.push(landlock());
    Survey {
        is_root: identity.is_root,
        tried,
    }
}

/// Makes an attempt in a child and gives its answer.
pub(super) fn apart(attempt: impl FnOnce() -> Result<String, Refusal>) -> Result<String, Refusal> {
    let lost = |step: &str| Refusal {
        kind: RefusalKind::Protocol,
        step: step.to_owned(),
        path: Vec::new(),
        errno: 0,
    };
    let (mut answer, mut told) = std::io::pipe().map_err(refused(RefusalKind::Protocol, "pipe"))?;
    let child = sys::fork().map_err(refused(RefusalKind::Protocol, "fork"))?;
    let Some(child) = child else {
        // When the stage dies, so does this.
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        if let Ok(text) = serde_json::to_vec(&attempt()) {
            // A failed write reads as a lost attempt.
            let _ = told.write_all(&text);
        }
        std::process::exit(0);
    };
    drop(told);
    let mut text = Vec::new();
    let read = answer.read_to_end(&mut text);
    let signal = super::wait_for(child).and_then(|status| status.terminating_signal());
    if let Some(signal) = signal {
        return Err(lost(&format!("the attempt was killed by signal {signal}")));
    }
    read.map_err(refused(RefusalKind::Protocol, "pipe"))?;
    serde_json::from_slice(&text).unwrap_or_else(|_| Err(lost("the attempt gave no answer")))
}

fn user_namespace(identity: Identity) -> Tried {
    let result = apart(|| {
        if identity.is_root {
            sys::unshare(UnshareFlags::NEWUSER)
                .map_err(refused(RefusalKind::UserNamespace, "unshare"))?;
            return Ok("not needed: root's jobs get a user id of their own".to_owned());
        }
        privilege::enter_user_namespace(identity)?;
        Ok("own, with one user".to_owned())
    });
    Tried {
        layer: "user-namespace".to_owned(),
        required: !identity.is_root,
        result,
    }
}

/// What every other namespace of an ordinary user's job is made in.
fn prepare(identity: Identity) -> Result<(), Refusal> {
    match identity.is_root {
        true => Ok(()),
        false => privilege::enter_user_namespace(identity),
    }
}

fn own_namespace(
    identity: Identity,
    kind: &'static str,
    flag: UnshareFlags,
) -> Result<String, Refusal> {
    prepare(identity)?;
    sys::unshare(flag).map_err(refused(RefusalKind::Namespaces, kind))?;
    if flag == UnshareFlags::NEWUTS {
        init::set_names()?;
    }
    Ok("own".to_owned())
}

/// A process that may mount, and is not yet in the process namespace whose first process its child
/// will be.
fn prepare_mounts(identity: Identity) -> Result<(), Refusal> {
    prepare(identity)?;
    sys::unshare(UnshareFlags::NEWNS).map_err(refused(RefusalKind::Namespaces, "mnt"))?;
    sys::unshare(UnshareFlags::NEWPID).map_err(refused(RefusalKind::Namespaces, "pid"))
}

fn own_proc(request: &Request, identity: Identity) -> Result<String, Refusal> {
    prepare_mounts(identity)?;
    apart(|| {
        root::mount_proc(request, true)?;
        Ok("only the job's own processes".to_owned())
    })
}

fn mounts(identity: Identity) -> Result<String, Refusal> {
    prepare(identity)?;
    sys::unshare(UnshareFlags::NEWNS).map_err(refused(RefusalKind::Namespaces, "mnt"))?;
    root::try_mounts()?;
    Ok("file systems in memory, and read-only views".to_owned())
}

fn own_root(request: &Request, identity: Identity) -> Result<String, Refusal> {
    let idmaps = IdMaps::for_grants(request, identity);
    prepare_mounts(identity)?;
    apart(|| {
        root::build(request, identity, &idmaps)?;
        Ok("in memory, read-only".to_owned())
    })
}

fn idmap(identity: Identity) -> Result<String, Refusal> {
    let kind = RefusalKind::UserNamespace;
    let owner = privilege::mapping_namespace((0, 0), identity.id).map_err(refused(kind, "map"))?;
    sys::unshare(UnshareFlags::NEWNS).map_err(refused(RefusalKind::Namespaces, "mnt"))?;
    root::clone_tree(Path::new("/usr"), root::READ_ONLY)
        .and_then(|tree| sys::mount_set_idmap(tree.as_fd(), owner.as_fd()))
        .map_err(refused(RefusalKind::FileSystem, "map owners"))?;
    Ok("shown to the job as its own (idmapped mounts)".to_owned())
}

fn unprivileged(request: &Request, identity: Identity) -> Result<String, Refusal> {
    prepare(identity)?;
    privilege::drop_all(request, identity)?;
    Ok(format!("{}, no capabilities", identity.describe()))
}

fn no_new_privs() -> Result<String, Refusal> {
    let was_set = rustix::thread::no_new_privs().unwrap_or(false);
    rustix::thread::set_no_new_privs(true)
        .map_err(refused(RefusalKind::Privileges, "no_new_privs"))?;
    Ok(if was_set {
        "was set before"
    } else {
        "can be set"
    }
    .to_owned())
}

fn seccomp() -> Result<String, Refusal> {
    let (filters, is_recorded) = enter_filters()?;
    Ok(filters.describe(is_recorded))
}

fn recording() -> Result<String, Refusal> {
    match enter_filters()? {
        (_, true) => Ok("each refused call is told to the jail by the kernel".to_owned()),
        (_, false) => Err(Refusal {
            kind: RefusalKind::Seccomp,
            step: "a filter around this one listens already, or the kernel offers no listener"
                .to_owned(),
            path: Vec::new(),
            errno: 0,
        }),
    }
}

/// The filters in force for this process, and whether refused calls are told.
fn enter_filters() -> Result<(filter::Filters, bool), Refusal> {
    no_new_privs()?;
    let mut is_recorded = false;
    let filters = filter::compile()?;
    filter::enter(&filters, |listener| {
        is_recorded = listener.is_some();
        Ok(())
    })?;
    Ok((filters, is_recorded))
}

fn limits(request: &Request, identity: Identity) -> Result<String, Refusal> {
    payload::set_limits(request, identity)?;
    Ok("can be set".to_owned())
}

fn descriptors() -> Result<String, Refusal> {
    let step = |name: &'static str| refused(RefusalKind::Privileges, name);
    sys::cloexec_all().map_err(step("close_range"))?;
    rustix::process::pidfd_open(rustix::process::getpid(), PidfdFlags::empty())
        .map_err(std::io::Error::from)
        .map_err(step("pidfd_open"))?;
    Ok("none is inherited; processes are held by descriptor".to_owned())
}

/// Required where the kernel has it.
fn landlock() -> Tried {
    // A filter may kill for the mere question, which then must not be asked here.
    let question = apart(|| {
        let _ = sys::landlock_version();
        Ok(String::new())
    });
    let (required, result) = match question.map(|_| confine::Landlock::of_machine()) {
        Err(killed) => (true, Err(confine::refusal(killed.step))),
        Ok(Ok(version)) => {
            let result = apart(move || {
                confine::attempt(version).map_err(confine::refusal)?;
                Ok(format!("version {version}"))
            });
            (true, result)
        }
        Ok(Err(NoLandlock::NotInKernel(reason))) => (false, Err(confine::refusal(reason))),
        Ok(Err(NoLandlock::Blocked(reason))) => (true, Err(confine::refusal(reason))),
    };
    Tried {
        layer: "landlock".to_owned(),
        required,
        result,
    }
}
