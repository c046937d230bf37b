//! Who may do what. So far one question: may a sealed module run?
//!
//! Pure: facts come in, a decision comes out.

use std::collections::BTreeSet;

use silversmith_attest::SealedModule;
use silversmith_types::Digest;

/// What a profile asks for before a sealed module is released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRule {
    /// How many people must have approved exactly these bytes.
    pub approvals_required: u32,
    /// Layers of the jail that the trial of a module may have run without.
    pub accepted_weaker: BTreeSet<String>,
}

/// A module that may run. Only [`release`] makes one.
#[derive(Debug)]
pub struct ReleasedModule {
    sealed: SealedModule,
}

impl ReleasedModule {
    /// The Python source to run.
    pub fn source(&self) -> &str {
        self.sealed.source()
    }

    /// The module with its statement.
    pub fn sealed(&self) -> &SealedModule {
        &self.sealed
    }
}

/// Why a module is not released.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Not enough approvals.
    #[error(
        "module sha256 {module} has {found} of the {required} approvals that this profile asks for"
    )]
    ApprovalMissing {
        /// The module.
        module: Digest,
        /// Approvals needed.
        required: u32,
        /// Approvals found.
        found: u32,
    },
    /// Its trial ran in a jail that the profile does not accept.
    #[error(
        "module sha256 {module} was tried in a weaker sandbox than this profile accepts: without {}",
        layers.join(", ")
    )]
    WeakerTrial {
        /// The module.
        module: Digest,
        /// Layers that were missing and that the rule does not name.
        layers: Vec<String>,
    },
}

impl AccessError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ApprovalMissing { .. } => "SS-ACCESS-001",
            Self::WeakerTrial { .. } => "SS-ACCESS-002",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::ApprovalMissing { .. } => {
                Some("have it approved, or use a profile that asks for no approval".to_owned())
            }
            Self::WeakerTrial { .. } => Some(
                "build it again where the whole sandbox can be had (`silversmith doctor` says), or \
                 let `sandbox.accept_weaker` of silversmith.toml name the layer for this profile"
                    .to_owned(),
            ),
        }
    }
}

/// Releases a module if the rule is met. Approvals cannot be recorded yet, so a rule that asks for
/// one is never met.
pub fn release(sealed: SealedModule, rule: &ReleaseRule) -> Result<ReleasedModule, AccessError> {
    let (required, found) = (rule.approvals_required, 0);
    if found < required {
        return Err(AccessError::ApprovalMissing {
            module: sealed.digest(),
            required,
            found,
        });
    }
    let accepted = sealed.accepted_weaker();
    let layers: Vec<String> = accepted
        .difference(&rule.accepted_weaker)
        .cloned()
        .collect();
    if !layers.is_empty() {
        return Err(AccessError::WeakerTrial {
            module: sealed.digest(),
            layers,
        });
    }
    Ok(ReleasedModule { sealed })
}
