//! Who the job is: an unprivileged user id of its own, without any capability.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Gid, Uid};
use rustix::thread::{CapabilitiesSecureBits, CapabilitySet, CapabilitySets, UnshareFlags};

use super::refused;
use crate::ablation::left_out;
use crate::sys;
use crate::wire::{Refusal, RefusalKind, Request};

/// Where the user ids of jobs begin that root starts. Above the ranges that distributions give to
/// people, services and containers; each job has its own, so that limits counted per user and
/// signals concern that job alone.
const FIRST_JOB_ID: u32 = 0x7000_0000;

/// The id that an ordinary user's job sees of itself.
const INNER_ID: u32 = 1000;

/// Used where [`FIRST_JOB_ID`] is not mapped (root of a container): nobody.
const FALLBACK_ID: u32 = 65534;

/// The user that the job runs as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    /// Started by root: no user namespace, but a real change of user id. A process that keeps the
    /// host's user id 0 could write to root's files in /proc/sys, whatever its capabilities.
    pub(super) is_root: bool,
    /// The job's user and group id, as the helper counts.
    pub(super) id: u32,
}

impl Identity {
    pub(super) fn of_job() -> Self {
        let wanted = FIRST_JOB_ID + std::process::id() % 0x0fff_ffff;
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        // Root of a user namespace in which no other user exists is an ordinary user to the rest of
        // the machine, unless it is root there too.
        let is_lone = id_ranges(&map).all(|(_, outside, count)| count == 1 && outside != 0);
        if !rustix::process::geteuid().is_root() || is_lone {
            return Self {
                is_root: false,
                id: INNER_ID,
            };
        }
        let id = if is_mapped(&map, wanted) {
            wanted
        } else {
            FALLBACK_ID
        };
        Self { is_root: true, id }
    }

    pub(super) fn describe(self) -> String {
        if self.is_root {
            format!(
                "user id {}, changed for real: no user namespace needed",
                self.id
            )
        } else {
            "own user namespace, one user".to_owned()
        }
    }
}

/// First id inside, first id outside and count of each line of a user id map.
fn id_ranges(map: &str) -> impl Iterator<Item = (u64, u64, u64)> {
    map.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().map(str::parse::<u64>);
        Some((
            fields.next()?.ok()?,
            fields.next()?.ok()?,
            fields.next()?.ok()?,
        ))
    })
}

fn is_mapped(map: &str, id: u32) -> bool {
    id_ranges(map).any(|(first, _, count)| (first..first + count).contains(&u64::from(id)))
}

/// Enters a user namespace in which this process has all capabilities and one user exists.
pub(super) fn enter_user_namespace(identity: Identity) -> Result<(), Refusal> {
    let kind = RefusalKind::UserNamespace;
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    sys::unshare(UnshareFlags::NEWUSER).map_err(refused(kind, "unshare"))?;
    let map =
        |path: &str, text: String| fs::write(path, text).map_err(refused(kind, path.to_owned()));
    // Without this an unprivileged process may not write its group map.
    map("/proc/self/setgroups", "deny".to_owned())?;
    map(
        "/proc/self/uid_map",
        format!("{} {} 1", identity.id, user.as_raw()),
    )?;
    map(
        "/proc/self/gid_map",
        format!("{} {} 1", identity.id, group.as_raw()),
    )
}

/// For root's jobs: shows a grant's files as if the job owned them, so that a job may read what its
/// starter granted, be it of mode 0600, without being root. Needs a file system that supports it;
/// elsewhere ordinary permissions hold.
pub(super) struct IdMaps(BTreeMap<(u32, u32), OwnedFd>);

impl IdMaps {
    pub(super) fn for_grants(request: &Request, identity: Identity) -> Self {
        let mut maps = BTreeMap::new();
        if identity.is_root {
            for (host, _) in &request.read_only {
                if let Some(owner) = owner_of(host)
                    && !maps.contains_key(&owner)
                    && let Ok(namespace) = mapping_namespace(owner, identity.id)
                {
                    maps.insert(owner, namespace);
                }
            }
        }
        Self(maps)
    }

    /// The mapping for a granted path, if there is one.
    pub(super) fn of(&self, host: &[u8]) -> Option<&OwnedFd> {
        self.0.get(&owner_of(host)?)
    }
}

fn owner_of(host: &[u8]) -> Option<(u32, u32)> {
    let metadata = fs::metadata(Path::new(std::ffi::OsStr::from_bytes(host))).ok()?;
    Some((metadata.uid(), metadata.gid()))
}

/// A user namespace that exists only to carry a mapping: made by a child that ends at once.
pub(super) fn mapping_namespace((user, group): (u32, u32), id: u32) -> io::Result<OwnedFd> {
    let (mut is_ready, mut ready) = io::pipe()?;
    let (mut may_end, end) = io::pipe()?;
    let Some(child) = sys::fork()? else {
        drop(end);
        let made = sys::unshare(UnshareFlags::NEWUSER).is_ok();
        let _ = ready.write_all(&[u8::from(made)]);
        let _ = may_end.read(&mut [0]);
        std::process::exit(0);
    };
    drop((ready, may_end));
    let mut made = [0];
    let namespace = is_ready.read_exact(&mut made).and_then(|()| {
        if made == [0] {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        let of_child = format!("/proc/{}", child.as_raw_pid());
        fs::write(format!("{of_child}/uid_map"), format!("{user} {id} 1"))?;
        fs::write(format!("{of_child}/gid_map"), format!("{group} {id} 1"))?;
        fs::File::open(format!("{of_child}/ns/user"))
    });
    drop(end);
    super::wait_for(child);
    Ok(namespace?.into())
}

/// Gives up user id, groups and capabilities for good. Order matters: what needs a capability comes
/// before it is gone.
pub(super) fn drop_all(request: &Request, identity: Identity) -> Result<(), Refusal> {
    let step = |name: &'static str| refused::<rustix::io::Errno>(RefusalKind::Privileges, name);
    let changes_user = identity.is_root && !left_out!(request, UnprivilegedUser);
    if changes_user {
        rustix::thread::set_thread_groups(&[]).map_err(step("setgroups"))?;
        let group = Gid::from_raw(identity.id);
        rustix::thread::set_thread_res_gid(group, group, group).map_err(step("setresgid"))?;
    }
    #[cfg(feature = "ablation")]
    if left_out!(request, NoCapabilities) {
        return keep_capabilities(identity);
    }
    drop_bounding_set().map_err(step("capability bounding set"))?;
    rustix::thread::set_capabilities_secure_bits(
        CapabilitiesSecureBits::NO_ROOT
            | CapabilitiesSecureBits::NO_ROOT_LOCKED
            | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
            | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
            | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED,
    )
    .map_err(step("secure bits"))?;
    rustix::thread::clear_ambient_capability_set().map_err(step("ambient capabilities"))?;
    if changes_user {
        let user = Uid::from_raw(identity.id);
        rustix::thread::set_thread_res_uid(user, user, user).map_err(step("setresuid"))?;
    }
    if !left_out!(request, NoNewPrivileges) {
        rustix::thread::set_no_new_privs(true).map_err(step("no_new_privs"))?;
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, none).map_err(step("capset"))
}

/// Changes the user and keeps the capabilities, for the program too.
#[cfg(feature = "ablation")]
fn keep_capabilities(identity: Identity) -> Result<(), Refusal> {
    let step = |name: &'static str| refused::<rustix::io::Errno>(RefusalKind::Privileges, name);
    rustix::thread::set_capabilities_secure_bits(CapabilitiesSecureBits::NO_SETUID_FIXUP)
        .map_err(step("secure bits"))?;
    if identity.is_root {
        let user = Uid::from_raw(identity.id);
        rustix::thread::set_thread_res_uid(user, user, user).map_err(step("setresuid"))?;
    }
    let had = rustix::thread::capabilities(None).map_err(step("capget"))?;
    let kept = CapabilitySets {
        inheritable: had.permitted,
        ..had
    };
    rustix::thread::set_capabilities(None, kept).map_err(step("capset"))?;
    for capability in had.permitted.iter() {
        rustix::thread::configure_capability_in_ambient_set(capability, true)
            .map_err(step("ambient capabilities"))?;
    }
    rustix::thread::set_no_new_privs(true).map_err(step("no_new_privs"))
}

fn drop_bounding_set() -> rustix::io::Result<()> {
    for number in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            Ok(()) => {}
            // The kernel knows no capability of this number, nor a higher one.
            Err(rustix::io::Errno::INVAL) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_maps_are_read() {
        let whole = "         0          0 4294967295\n";
        assert!(is_mapped(whole, FIRST_JOB_ID) && is_mapped(whole, FALLBACK_ID));
        let container = "0 100000 65536\n";
        assert!(!is_mapped(container, FIRST_JOB_ID) && is_mapped(container, FALLBACK_ID));
        assert_eq!(id_ranges("0 1000 1\n").collect::<Vec<_>>(), [(0, 1000, 1)]);
        assert_eq!(id_ranges("nonsense\n1 2").count(), 0);
    }
}
