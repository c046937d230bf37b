//! # What it does
//! The transforms are at most 32 MiB of text, and nested no deeper than a syntax tree of 1,000 levels.
//!
//! # Why
//! Deeper trees exhaust the stack of whoever walks them, here and in Python's own compiler.

use super::{Checker, Rule};
use crate::python;

/// A plan has at most 8 MiB, and compiling it does not make it four times as long.
const MAX_BYTES: usize = 32 << 20;

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-005",
    help: "split the expression into several steps",
};

/// Whether the other rules may look at the text.
pub(super) fn check(checker: &mut Checker<'_>) -> bool {
    let (start, end) = (checker.start, checker.start + checker.transforms.len());
    if checker.transforms.len() > MAX_BYTES {
        checker.report_bytes(&RULE, start, end, "the transforms are too long");
        return false;
    }
    let deep = python::too_deep(checker.transforms);
    if deep {
        checker.report_bytes(
            &RULE,
            start,
            end,
            "the transforms nest blocks or expressions too deep",
        );
    }
    !deep
}
