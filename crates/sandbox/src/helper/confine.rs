//! Landlock: a second, independent statement of what the program may touch.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

use crate::ended::Layer;
use crate::wire::{Refusal, RefusalKind, Request};

/// The version of the kernel's Landlock, where there is one.
fn version() -> Option<ABI> {
    let version = crate::sys::landlock_version();
    // Beyond the newest version that the crate knows, its newest is what can be asked for.
    (version > 0).then(|| ABI::from(version))
}

/// How the layer is reported.
pub(super) fn layer() -> Layer {
    let version = version();
    Layer {
        name: "landlock".to_owned(),
        applied: version.is_some(),
        detail: match version {
            Some(version) => format!("version {version}, all rights of it"),
            None => "not offered by this kernel".to_owned(),
        },
    }
}

/// Puts Landlock in force, wholly at the kernel's version. Where the kernel has none this does
/// nothing, and [`layer`] says so.
pub(super) fn enter(request: &Request) -> Result<(), Refusal> {
    let Some(version) = version() else {
        return Ok(());
    };
    restrict(request, version).map_err(|detail| Refusal {
        kind: RefusalKind::Landlock,
        step: detail,
        path: Vec::new(),
        errno: 0,
    })
}

fn restrict(request: &Request, version: ABI) -> Result<(), String> {
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
    let mut ruleset = rules.create().map_err(|e| text(&e))?;
    let mut allow = |path: &Path, access: BitFlags<AccessFs>| -> Result<(), String> {
        let place = PathFd::new(path).map_err(|e| text(&e))?;
        (&mut ruleset)
            .add_rule(PathBeneath::new(place, access))
            .map_err(|e| text(&e))?;
        Ok(())
    };
    allow(Path::new("/"), AccessFs::from_read(version))?;
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    for name in ["null", "zero", "full"] {
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
    let status = ruleset.restrict_self().map_err(|e| text(&e))?;
    if status.ruleset == RulesetStatus::FullyEnforced {
        Ok(())
    } else {
        Err(format!("only {:?}", status.ruleset))
    }
}
