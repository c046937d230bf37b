//! # What it does
//! An expression is a string, integer, float, boolean or `None`, a list, a tuple or a dictionary, an
//! arithmetic, logical or comparison operator that Polars defines, or a call (see `name` and
//! `attribute`).
//!
//! # Why
//! Lambdas, comprehensions, f-strings, `await`, walrus assignments, conditionals, subscripts and
//! unpacking have no use in a transform, and each is a way to compute what no rule can see.

use ruff_python_ast::{Arguments, CmpOp, Expr, Number, Operator, UnaryOp};

use super::{Checker, Rule, attribute, name, range_of, reserved, wildcard};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-012",
    help: "use literals, operators and calls of Polars expressions",
};

/// The depth of the recursion is bounded by the rule `nesting`.
pub(super) fn check(checker: &mut Checker<'_>, expression: &Expr) {
    match expression {
        Expr::StringLiteral(literal) => {
            if literal.value.is_implicit_concatenated() {
                refuse(
                    checker,
                    expression,
                    "strings that follow each other are not admitted",
                );
            }
            reserved::check(checker, literal);
        }
        Expr::NumberLiteral(literal) => {
            if matches!(literal.value, Number::Complex { .. }) {
                refuse(checker, expression, "a complex number is not admitted");
            }
        }
        Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {}
        Expr::List(list) => list.elts.iter().for_each(|item| check(checker, item)),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| check(checker, item)),
        Expr::Dict(dict) => {
            for item in &dict.items {
                match &item.key {
                    Some(key) => check(checker, key),
                    None => refuse(checker, expression, "unpacking is not admitted"),
                }
                check(checker, &item.value);
            }
        }
        Expr::UnaryOp(unary) => {
            if unary.op == UnaryOp::Not {
                refuse(
                    checker,
                    expression,
                    "`not` does not work on expressions; use `~`",
                );
            }
            check(checker, &unary.operand);
        }
        Expr::BinOp(binary) => {
            if !is_admitted(binary.op) {
                refuse(checker, expression, "this operator is not admitted");
            }
            check(checker, &binary.left);
            check(checker, &binary.right);
        }
        Expr::Compare(comparison) => {
            let [op] = &*comparison.ops else {
                refuse(
                    checker,
                    expression,
                    "a chain of comparisons is not admitted",
                );
                return;
            };
            if matches!(op, CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn) {
                refuse(checker, expression, "this comparison is not admitted");
            }
            check(checker, &comparison.left);
            comparison
                .comparators
                .iter()
                .for_each(|side| check(checker, side));
        }
        Expr::Call(call) => {
            match &*call.func {
                Expr::Name(callee) => name::check(checker, callee, true),
                Expr::Attribute(method) => {
                    attribute::check(checker, method, true);
                    if attribute::is_column(method) {
                        wildcard::check(checker, &call.arguments);
                        return;
                    }
                }
                other => refuse(checker, other, "what is called here is no function"),
            }
            check_arguments(checker, &call.arguments);
        }
        Expr::Attribute(value) => attribute::check(checker, value, false),
        Expr::Name(found) => name::check(checker, found, false),
        other => refuse(checker, other, "this kind of expression is not admitted"),
    }
}

/// Every argument of a call.
pub(super) fn check_arguments(checker: &mut Checker<'_>, arguments: &Arguments) {
    for argument in &arguments.args {
        check(checker, argument);
    }
    for keyword in &arguments.keywords {
        if keyword.arg.is_none() {
            checker.report(&RULE, range_of(keyword), "unpacking is not admitted");
        }
        check(checker, &keyword.value);
    }
}

fn is_admitted(operator: Operator) -> bool {
    use Operator::{Add, BitAnd, BitOr, BitXor, Div, FloorDiv, Mod, Mult, Sub};
    matches!(
        operator,
        Add | Sub | Mult | Div | FloorDiv | Mod | BitAnd | BitOr | BitXor
    )
}

fn refuse(checker: &mut Checker<'_>, expression: &Expr, message: &str) {
    checker.report(&RULE, range_of(expression), message);
}
