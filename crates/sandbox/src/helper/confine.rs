//! Landlock: a second, independent statement of what the program may touch.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus,
    Scope,
};

use crate::ended::Layer;
use crate::machine::{Machine, NoLandlock};
use crate::spec::WeakerLayer;
use crate::wire::{Refusal, RefusalKind, Request};

/// What a job gets of Landlock.
#[derive(Debug)]
pub(super) enum Landlock {
    /// All of it, at this version.
    Whole(ABI),
    /// Nothing, because the kernel has none.
    NotInKernel(String),
    /// Nothing, because something keeps this process from it, which the caller accepted.
    Accepted(String),
}

impl Landlock {
    /// The version of the kernel's Landlock, or why there is none.
    pub(super) fn of_machine() -> Result<ABI, NoLandlock> {
        crate::sys::landlock_version()
            // Beyond the newest version that the crate knows, its newest is what can be asked for.
            .map(ABI::from)
            .map_err(|error| Machine::read().no_landlock(error.raw_os_error().unwrap_or(0)))
    }

    /// What a job gets; a refusal where the kernel has Landlock, this process cannot use it, and the
    /// caller has not accepted that.
    pub(super) fn decide(request: &Request) -> Result<Self, Refusal> {
        let is_accepted = request.accepted.contains(&WeakerLayer::Landlock);
        let blocked = match Self::of_machine() {
            // Only where it may be missing is it tried beforehand: a job without it must be told
            // from one with it before it starts.
            Ok(version) if is_accepted => match super::survey::apart(|| {
                attempt(version).map_err(refusal)?;
                Ok(String::new())
            }) {
                Ok(_) => return Ok(Self::Whole(version)),
                Err(refusal) => refusal.step,
            },
            Ok(version) => return Ok(Self::Whole(version)),
            Err(NoLandlock::NotInKernel(reason)) => return Ok(Self::NotInKernel(reason)),
            Err(NoLandlock::Blocked(reason)) => reason,
        };
        match is_accepted {
            true => Ok(Self::Accepted(blocked)),
            false => Err(refusal(blocked)),
        }
    }

    /// How the layer is reported.
    pub(super) fn layer(&self) -> Layer {
        Layer {
            name: WeakerLayer::Landlock.as_str().to_owned(),
            applied: matches!(self, Self::Whole(_)),
            accepted: matches!(self, Self::Accepted(_)),
            detail: match self {
                Self::Whole(version) => format!("version {version}, all rights of it"),
                Self::NotInKernel(reason) | Self::Accepted(reason) => reason.clone(),
            },
        }
    }

    /// Puts it in force, wholly at the kernel's version.
    pub(super) fn enter(&self, request: &Request) -> Result<(), Refusal> {
        match self {
            Self::Whole(version) => restrict(request, *version).map_err(refusal),
            Self::NotInKernel(_) | Self::Accepted(_) => Ok(()),
        }
    }
}

/// A refusal of this layer.
pub(super) fn refusal(reason: String) -> Refusal {
    Refusal {
        kind: RefusalKind::Landlock,
        step: reason,
        path: Vec::new(),
        errno: 0,
    }
}

/// Puts a Landlock that allows reading in force for this process, to see whether it can be.
pub(super) fn attempt(version: ABI) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    rustix::thread::set_no_new_privs(true).map_err(|e| text(&e))?;
    let place = PathFd::new("/").map_err(|e| text(&e))?;
    let status = handled(version)?
        .create()
        .and_then(|rules| rules.add_rule(PathBeneath::new(place, AccessFs::from_read(version))))
        .and_then(RulesetCreated::restrict_self)
        .map_err(|e| text(&e))?;
    whole(&status)
}

/// A ruleset over everything that the version knows.
fn handled(version: ABI) -> Result<Ruleset, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut rules = Ruleset::default()
        // In the default best-effort mode a partly enforced ruleset passes for a whole one.
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(version))
        .map_err(|e| text(&e))?;
    let network = AccessNet::from_all(version);
    if !network.is_empty() {
        rules = rules.handle_access(network).map_err(|e| text(&e))?;
    }
    let scopes = Scope::from_all(version);
    if !scopes.is_empty() {
        rules = rules.scope(scopes).map_err(|e| text(&e))?;
    }
    Ok(rules)
}

fn restrict(request: &Request, version: ABI) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut ruleset = handled(version)?.create().map_err(|e| text(&e))?;
    let mut allow = |path: &Path, access: BitFlags<AccessFs>| -> Result<(), String> {
        let place = PathFd::new(path).map_err(|e| text(&e))?;
        (&mut ruleset)
            .add_rule(PathBeneath::new(place, access))
            .map_err(|e| text(&e))?;
        Ok(())
    };
    allow(Path::new("/"), AccessFs::from_read(version))?;
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    for name in ["null", "full"] {
        allow(&Path::new("/dev").join(name), device)?;
    }
    // Everything but devices, sockets and named pipes, which no output may hold.
    let write = AccessFs::from_all(version)
        & !(AccessFs::MakeChar
            | AccessFs::MakeBlock
            | AccessFs::MakeSock
            | AccessFs::MakeFifo
            | AccessFs::Execute);
    let outputs = request
        .outputs
        .iter()
        .map(|inside| Path::new(OsStr::from_bytes(inside)));
    for path in outputs.chain([Path::new("/tmp")]) {
        allow(path, write)?;
    }
    whole(&ruleset.restrict_self().map_err(|e| text(&e))?)
}

fn whole(status: &RestrictionStatus) -> Result<(), String> {
    if status.ruleset == RulesetStatus::FullyEnforced {
        Ok(())
    } else {
        Err(format!("only {:?}", status.ruleset))
    }
}
