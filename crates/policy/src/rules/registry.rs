//! # What it does
//! `TABLES` is a literal: for each table its file name, its transform, its Bronze and Silver columns.
//! Every transform is in it once.
//!
//! # Why
//! The skeleton runs what `TABLES` says, on the files that it names. A file name with a path in it
//! would reach outside the run's folder.

use ruff_python_ast::{Expr, ExprDict};
use silversmith_types::TableName;

use super::{Checker, Rule, expression, range_of};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-009",
    help: "build the module with `silversmith build`; it is not edited by hand",
};

pub(super) fn check(checker: &mut Checker<'_>, tables: Option<&Expr>, functions: &[String]) {
    let Some(Expr::Dict(tables)) = tables else {
        let (start, end) = (checker.start, checker.start + checker.transforms.len());
        checker.report_bytes(&RULE, start, end, "there is no `TABLES = {…}`");
        return;
    };
    let mut unused: Vec<&String> = functions.iter().collect();
    let mut names = Vec::new();
    for item in &tables.items {
        let name = item
            .key
            .as_ref()
            .and_then(text)
            .and_then(|name| name.parse::<TableName>().ok());
        match name.filter(|name| !names.contains(name)) {
            Some(name) => names.push(name),
            None => {
                let message = "this is no table's file name, or one that was given already";
                checker.report(
                    &RULE,
                    item.key.as_ref().map_or(range_of(tables), range_of),
                    message,
                );
            }
        }
        if let Some(key) = &item.key {
            expression::check(checker, key);
        }
        match &item.value {
            Expr::Dict(entry) => check_entry(checker, entry, &mut unused),
            other => checker.report(&RULE, range_of(other), "this is no entry of a table"),
        }
    }
    for name in unused {
        let message = format!("`{name}` is in no entry of `TABLES`");
        checker.report(&RULE, range_of(tables), message);
    }
}

fn check_entry(checker: &mut Checker<'_>, entry: &ExprDict, unused: &mut Vec<&String>) {
    let keys: Vec<&str> = entry
        .items
        .iter()
        .filter_map(|item| item.key.as_ref().and_then(text))
        .collect();
    if keys != ["transform", "bronze", "silver"] || entry.items.len() != 3 {
        let message = "an entry has `transform`, `bronze` and `silver`";
        checker.report(&RULE, range_of(entry), message);
        return;
    }
    let transform = &entry.items[0].value;
    let known = unused
        .iter()
        .position(|name| super::is_name(transform, name));
    match known {
        Some(at) => _ = unused.remove(at),
        None => {
            let message = "this is no transform of the module, or one that was given already";
            checker.report(&RULE, range_of(transform), message);
        }
    }
    for item in &entry.items[1..] {
        match &item.value {
            Expr::List(list) if list.elts.iter().all(Expr::is_string_literal_expr) => {
                expression::check(checker, &item.value);
            }
            other => checker.report(&RULE, range_of(other), "this is no list of column names"),
        }
    }
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}
