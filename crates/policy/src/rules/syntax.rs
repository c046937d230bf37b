//! # What it does
//! The transforms parse as Python, by themselves.
//!
//! # Why
//! What cannot be read cannot be judged; and text that only parses together with what surrounds it
//! could swallow a part of the skeleton.

use super::{Checker, Rule};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-006",
    help: "build the module with `silversmith build`; it is not edited by hand",
};

pub(super) fn report(checker: &mut Checker<'_>, start: usize, end: usize, message: &str) {
    let (start, end) = (checker.start + start, checker.start + end);
    checker.report_bytes(
        &RULE,
        start,
        end,
        format!("the transforms are no Python: {message}"),
    );
}
