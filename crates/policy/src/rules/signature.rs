//! # What it does
//! A transform is `def silver_name(t: Table, run: Run) -> Table:`, plain and under a name of its own.
//!
//! # Why
//! Decorators and defaults are code that runs when the module is loaded. A second definition of a
//! name replaces the first, and one of the skeleton's names would replace the skeleton's function.

use ruff_python_ast::{Parameter, StmtFunctionDef};

use super::{Checker, Rule, is_name, range_of};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-008",
    help: "write `def silver_name(t: Table, run: Run) -> Table:`",
};

pub(super) fn check(checker: &mut Checker<'_>, function: &StmtFunctionDef, earlier: &[String]) {
    let name = function.name.as_str();
    let parameters = &*function.parameters;
    let plain = !function.is_async
        && function.decorator_list.is_empty()
        && function.type_params.is_none()
        && parameters.posonlyargs.is_empty()
        && parameters.kwonlyargs.is_empty()
        && parameters.vararg.is_none()
        && parameters.kwarg.is_none();
    let is = |parameter: &Parameter, name: &str, ty: &str| {
        parameter.name.as_str() == name
            && parameter
                .annotation
                .as_deref()
                .is_some_and(|annotation| is_name(annotation, ty))
    };
    let expected = match parameters.args.as_slice() {
        [table, run] => {
            is(&table.parameter, "t", "Table")
                && is(&run.parameter, "run", "Run")
                && table.default.is_none()
                && run.default.is_none()
        }
        _ => false,
    };
    let returns = function
        .returns
        .as_deref()
        .is_some_and(|returns| is_name(returns, "Table"));
    if !(plain && expected && returns) {
        let message = "this is not the signature of a transform";
        checker.report(&RULE, range_of(&function.name), message);
    }
    let of_its_own = name.strip_prefix("silver_").is_some_and(|rest| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        !rest.is_empty() && rest.bytes().all(plain)
    });
    if !of_its_own {
        let message = "the name is not `silver_` and lower-case letters, digits or underscores";
        checker.report(&RULE, range_of(&function.name), message);
    }
    if checker.vocabulary.taken.contains(name) || earlier.iter().any(|taken| taken == name) {
        checker.report(&RULE, range_of(&function.name), "the name is taken");
    }
}
