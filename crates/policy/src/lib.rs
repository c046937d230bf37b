//! Static verification of a generated module: what is not on the allow-list is refused.
//!
//! A module is the script block, the provenance header, the skeleton and, inside it, the transforms.
//! Everything but the transforms must be the shipped text, byte for byte. In the transforms only
//! calls of the skeleton's steps on pure Polars expressions are admitted. The steps and helpers are
//! those that the skeleton defines; the Polars functions and methods are listed in `rules/attribute.rs`.
//!
//! Pure: no Python runs here.

mod finding;
mod python;
mod rules;
mod vocabulary;

use std::fmt;

pub use finding::{Finding, Severity, Span};
use serde::Serialize;
use silversmith_plan::module::{Module, skeleton_digest};
use silversmith_types::Digest;

/// A module in which every rule holds. Only [`verify`] makes one.
#[derive(Debug)]
pub struct VerifiedModule {
    module: Module,
    policy: Digest,
}

impl VerifiedModule {
    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The digest of the policy that it was verified against.
    pub fn policy_digest(&self) -> Digest {
        self.policy
    }
}

/// A module in which a rule does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// What was found, in the order of the source.
    pub findings: Vec<Finding>,
}

impl Rejection {
    /// The stable code of the first finding.
    pub fn code(&self) -> &'static str {
        self.findings
            .first()
            .map_or("SS-POLICY-001", |finding| finding.code)
    }

    /// What to do about the first finding.
    pub fn help(&self) -> Option<String> {
        self.findings.first().map(|finding| finding.help.to_owned())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.findings.first() {
            Some(finding) => write!(f, "the module is rejected: {finding}"),
            None => f.write_str("the module is rejected"),
        }
    }
}

impl std::error::Error for Rejection {}

/// Verifies a compiled module. That its source came from the compiler earns it nothing.
pub fn verify(module: Module) -> Result<VerifiedModule, Rejection> {
    let findings = lint(module.source());
    if findings.is_empty() {
        Ok(VerifiedModule {
            module,
            policy: policy_digest(),
        })
    } else {
        Err(Rejection { findings })
    }
}

/// Everything that is wrong with the text of a module; nothing, if it is acceptable.
pub fn lint(source: &str) -> Vec<Finding> {
    rules::check(source)
}

/// Identifies what is enforced: the rules with their lists, and the skeleton.
pub fn policy_digest() -> Digest {
    Digest::of(format!("{}skeleton {}\n", rules::describe(), skeleton_digest()).as_bytes())
}
