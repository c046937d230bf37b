//! # What it does
//! `pl.col` has one argument: a column name or a list of them, as literals that are no patterns; or
//! the skeleton's `ROW`, the number of the row.
//!
//! # Why
//! Polars takes `*` and `^…$` for patterns. A step then applies to columns that no reviewer saw,
//! chosen by the data.

use ruff_python_ast::{Arguments, Expr};

use super::{Checker, Rule, expression, is_name, range_of};

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
    if is_name(argument, "ROW") {
        return;
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
        expression::check(checker, name);
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
