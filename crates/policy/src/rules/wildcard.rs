//! # What it does
//! The arguments of `pl.col` are column names: literals, or lists of literals, and no patterns.
//!
//! # Why
//! Polars takes `*` and `^…$` for patterns. A step then applies to columns that no reviewer saw,
//! chosen by the data.

use ruff_python_ast::{Arguments, Expr};

use super::{Checker, Rule, range_of};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-013",
    help: "rename a column that is called `*` or `^…$` in Bronze",
};

/// The arguments of `pl.col`.
pub(super) fn check(checker: &mut Checker<'_>, arguments: &Arguments) {
    let [argument] = &*arguments.args else {
        checker.report(&RULE, range_of(arguments), "`pl.col` has one argument here");
        return;
    };
    if !arguments.keywords.is_empty() {
        checker.report(&RULE, range_of(arguments), "`pl.col` has one argument here");
    }
    let names = match argument {
        Expr::List(list) => list.elts.as_slice(),
        other => std::slice::from_ref(other),
    };
    for name in names {
        let Expr::StringLiteral(literal) = name else {
            checker.report(&RULE, range_of(name), "this is no column name");
            continue;
        };
        let text = literal.value.to_str();
        if text == "*" || (text.starts_with('^') && text.ends_with('$')) {
            checker.report(
                &RULE,
                range_of(name),
                "Polars would read this name as a pattern",
            );
        }
    }
}
