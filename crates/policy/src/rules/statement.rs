//! # What it does
//! The transforms are functions and then one `TABLES = {…}`. A function is a docstring, statements
//! `t = t.step("id", …)`, and `return t`.
//!
//! # Why
//! Everything else (imports, loops, deletions, attributes that are set, code that runs when the
//! module is loaded) has no use in a transform.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use super::{Checker, Rule, expression, is_name, range_of, registry, shown, signature};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-007",
    help: "a transform is a docstring, lines `t = t.step(…)` and `return t`",
};

pub(super) fn check(checker: &mut Checker<'_>, statements: &[Stmt]) {
    let mut functions = Vec::new();
    let mut tables = None;
    for statement in statements {
        match statement {
            Stmt::FunctionDef(function) if tables.is_none() => {
                signature::check(checker, function, &functions);
                functions.push(function.name.to_string());
                check_body(checker, function);
            }
            Stmt::Assign(assign)
                if tables.is_none()
                    && assign.targets.len() == 1
                    && is_name(&assign.targets[0], "TABLES") =>
            {
                tables = Some(&*assign.value);
            }
            other => {
                let message = "only functions, and then one `TABLES`, are admitted here";
                checker.report(&RULE, range_of(other), message);
            }
        }
    }
    registry::check(checker, tables, &functions);
}

fn check_body(checker: &mut Checker<'_>, function: &StmtFunctionDef) {
    let (first, last) = (0, function.body.len().saturating_sub(1));
    for (at, statement) in function.body.iter().enumerate() {
        match statement {
            Stmt::Expr(docstring) if at == first && docstring.value.is_string_literal_expr() => {
                expression::check(checker, &docstring.value);
            }
            Stmt::Return(end)
                if at == last && end.value.as_deref().is_some_and(|v| is_name(v, "t")) => {}
            statement => match step_call(statement) {
                Some((method, call)) => check_step(checker, method, call),
                None => {
                    let message = "this statement is not admitted in a transform";
                    checker.report(&RULE, range_of(statement), message);
                }
            },
        }
    }
    let returns = matches!(function.body.last(), Some(Stmt::Return(_)));
    if !returns {
        checker.report(
            &RULE,
            range_of(&function.name),
            "the transform does not end in `return t`",
        );
    }
}

/// `t = t.method(…)`.
fn step_call(statement: &Stmt) -> Option<(&str, &ExprCall)> {
    let Stmt::Assign(assign) = statement else {
        return None;
    };
    let [target] = assign.targets.as_slice() else {
        return None;
    };
    let Expr::Call(call) = &*assign.value else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    (is_name(target, "t") && is_name(&method.value, "t")).then_some((method.attr.as_str(), call))
}

fn check_step(checker: &mut Checker<'_>, method: &str, call: &ExprCall) {
    if !checker.vocabulary.steps.contains(method) {
        let message = format!("`{}` is no step of the skeleton", shown(method));
        checker.report(&RULE, range_of(&*call.func), message);
    }
    if !call
        .arguments
        .args
        .first()
        .is_some_and(Expr::is_string_literal_expr)
    {
        checker.report(&RULE, range_of(call), "the step has no id");
    }
    expression::check_arguments(checker, &call.arguments);
}
