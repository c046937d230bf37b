//! # What it does
//! The skeleton is the shipped text, byte for byte.
//!
//! # Why
//! It does what transforms must not: files, processes' environment, the clock. It was reviewed once,
//! and its digest is in every module.

use super::{Checker, Rule};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-002",
    help: "the skeleton belongs to this version of silversmith; build the module anew",
};

/// Reports the first byte that differs.
pub(super) fn report(checker: &mut Checker<'_>, body: &str, before: &str, after: &str) {
    let offset = checker.source.len() - body.len();
    let common = body
        .bytes()
        .zip(before.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let at = if common < before.len() {
        offset + common
    } else {
        let backwards = body.bytes().rev().zip(after.bytes().rev());
        let common = backwards.take_while(|(a, b)| a == b).count();
        checker.source.len().saturating_sub(common + 1)
    };
    checker.report_bytes(&RULE, at, at + 1, "the skeleton is not the shipped one");
}
