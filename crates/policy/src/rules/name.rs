//! # What it does
//! The names in an expression are `pl` and `run`, each followed by an attribute, and helpers of the
//! skeleton, which are called.
//!
//! # Why
//! From any other name (`os`, `open`, `__builtins__`, `t` itself) a way leads to files and processes.

use ruff_python_ast::ExprName;

use super::{Checker, Rule, range_of, shown};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-010",
    help: "use `pl`, `run` and the helper functions of the skeleton",
};

/// A name that is not the base of an attribute. `called`: it stands before an argument list.
pub(super) fn check(checker: &mut Checker<'_>, name: &ExprName, called: bool) {
    if !(called && checker.vocabulary.helpers.contains(name.id.as_str())) {
        let message = format!(
            "the name `{}` is not admitted here",
            shown(name.id.as_str())
        );
        checker.report(&RULE, range_of(name), message);
    }
}
