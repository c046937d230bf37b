//! The rules of the profiles, on the module of attest's test vectors.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use std::collections::BTreeSet;

use silversmith_access::{AccessError, ReleaseRule, release};
use silversmith_attest::{SealedModule, TrustedKeys, verify};

fn sealed() -> SealedModule {
    let mut keys = TrustedKeys::default();
    keys.add_pem(include_bytes!("../../attest/tests/vectors/builder.pub.pem"))
        .unwrap();
    let module = include_bytes!("../../attest/tests/vectors/module.py");
    let envelope = include_bytes!("../../attest/tests/vectors/module.py.intoto.jsonl");
    verify(module, envelope, &keys).unwrap().0
}

#[test]
fn a_rule_without_approvals_releases_exactly_what_was_sealed() {
    let released = release(
        sealed(),
        &ReleaseRule {
            approvals_required: 0,
            accepted_weaker: BTreeSet::new(),
        },
    )
    .unwrap();
    assert_eq!(released.source(), sealed().source());
    assert_eq!(released.sealed().digest(), sealed().digest());
}

#[test]
fn one_approval_is_already_one_too_many() {
    let rule = ReleaseRule {
        approvals_required: 1,
        accepted_weaker: BTreeSet::new(),
    };
    assert_eq!(
        release(sealed(), &rule).unwrap_err().code(),
        "SS-ACCESS-001"
    );
}

#[test]
fn a_rule_with_approvals_is_not_met() {
    let error = release(
        sealed(),
        &ReleaseRule {
            approvals_required: 2,
            accepted_weaker: BTreeSet::new(),
        },
    )
    .unwrap_err();
    let module = sealed().digest();
    assert_eq!(
        error,
        AccessError::ApprovalMissing {
            module,
            required: 2,
            found: 0
        }
    );
    assert_eq!(error.code(), "SS-ACCESS-001");
    assert_eq!(
        error.to_string(),
        format!("module sha256 {module} has 0 of the 2 approvals that this profile asks for")
    );
    let help = error.help().unwrap();
    assert!(help.contains("approved"), "{help}");
}
