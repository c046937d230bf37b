//! # What it does
//! No string holds the character U+001F.
//!
//! # Why
//! The skeleton's own columns (row numbers, rules, counters) have names that begin with it. A
//! transform that could name them could change the counts by which it is judged.

use ruff_python_ast::ExprStringLiteral;

use super::{Checker, Rule, range_of};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-014",
    help: "remove the control character from the text",
};

pub(super) fn check(checker: &mut Checker<'_>, literal: &ExprStringLiteral) {
    if literal.value.to_str().contains('\u{1f}') {
        checker.report(
            &RULE,
            range_of(literal),
            "names of this kind belong to the skeleton",
        );
    }
}
