//! # What it does
//! The digests of skeleton and transforms in the header are those of the text.
//!
//! # Why
//! A reader must be able to believe the header without running anything.

use silversmith_plan::module::{Header, skeleton_digest};
use silversmith_types::Digest;

use super::{Checker, Rule};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-003",
    help: "the module was changed after it was built; build it anew",
};

pub(super) fn check(checker: &mut Checker<'_>, header: &Header) {
    for (stated, actual, what) in [
        (header.skeleton, skeleton_digest(), "skeleton"),
        (
            header.transforms,
            Digest::of(checker.transforms.as_bytes()),
            "transforms",
        ),
    ] {
        if stated != actual {
            let message = format!("the header states another digest of the {what}");
            checker.report_bytes(&RULE, 0, 0, message);
        }
    }
}
