//! The rules, one per file, and the order in which they are asked.

mod attribute;
mod expression;
mod header;
mod hidden_text;
mod layout;
mod name;
mod nesting;
mod registry;
mod reserved;
mod signature;
mod skeleton;
mod statement;
mod syntax;
mod wildcard;

use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use crate::finding::{Finding, Severity, Span};
use crate::python;
use crate::vocabulary::Vocabulary;

/// Most findings of one module: a reader needs the first ones.
const MAX_FINDINGS: usize = 100;

/// What a rule is.
pub(crate) struct Rule {
    code: &'static str,
    help: &'static str,
}

const RULES: [&Rule; 14] = [
    &layout::RULE,
    &skeleton::RULE,
    &header::RULE,
    &hidden_text::RULE,
    &nesting::RULE,
    &syntax::RULE,
    &statement::RULE,
    &signature::RULE,
    &registry::RULE,
    &name::RULE,
    &attribute::RULE,
    &expression::RULE,
    &wildcard::RULE,
    &reserved::RULE,
];

/// The rules as text: what the policy's digest is taken of.
pub(crate) fn describe() -> String {
    let rules: String = RULES
        .iter()
        .map(|rule| format!("{} {}\n", rule.code, rule.help))
        .collect();
    format!("silversmith.policy/v0\n{rules}{}", attribute::describe())
}

/// Collects findings about one module.
pub(crate) struct Checker<'a> {
    source: &'a str,
    /// The transforms, and where they begin in the source.
    transforms: &'a str,
    start: usize,
    vocabulary: &'static Vocabulary,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    fn new(source: &'a str) -> Self {
        let vocabulary = Vocabulary::shipped();
        Self {
            source,
            transforms: "",
            start: 0,
            vocabulary,
            findings: Vec::new(),
        }
    }

    fn check_transforms(&mut self) {
        hidden_text::check(self);
        if !nesting::check(self) {
            return;
        }
        match python::parse(self.transforms) {
            Err((start, end, message)) => syntax::report(self, start, end, &message),
            Ok(statements) => statement::check(self, &statements),
        }
        self.findings.sort_by_key(|finding| finding.span);
    }

    /// Reports a place of the transforms.
    fn report(&mut self, rule: &Rule, at: TextRange, message: impl Into<String>) {
        let (start, end) = (at.start().to_usize(), at.end().to_usize());
        self.report_bytes(rule, self.start + start, self.start + end, message);
    }

    /// Reports bytes `start..end` of the source.
    fn report_bytes(&mut self, rule: &Rule, start: usize, end: usize, message: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            let span = Span::of(self.source, start, end);
            let (code, help, message) = (rule.code, rule.help, message.into());
            let severity = Severity::Error;
            self.findings.push(Finding {
                code,
                severity,
                span,
                message,
                help,
            });
        }
    }

    fn full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }
}

/// Applies every rule. A rule whose ground is missing (no layout, no syntax tree) is not asked.
pub(crate) fn check(source: &str) -> Vec<Finding> {
    let mut checker = Checker::new(source);
    if let Some(header) = layout::check(&mut checker) {
        header::check(&mut checker, &header);
        checker.check_transforms();
    }
    checker.findings
}

/// A name of the source as a message shows it: cut, and without what does not print.
fn shown(name: &str) -> String {
    name.chars()
        .take(60)
        .filter(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Whether an expression is the name `name`.
fn is_name(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Name(found) if found.id.as_str() == name)
}

/// The place of a name, an attribute or a keyword.
fn range_of(node: &impl Ranged) -> TextRange {
    node.range()
}
