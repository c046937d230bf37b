use std::fmt;

use serde::Serialize;

/// One violation of a rule, in the shape of `lint --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule; stable.
    pub code: &'static str,
    /// Always an error: what the rules admit needs no warning.
    pub severity: Severity,
    /// Where in the module.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The module is rejected.
    Error,
}

/// A piece of the module. Lines and columns count from 1, columns in characters; the end is the
/// first place that is no longer part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First line.
    pub line: usize,
    /// Column in the first line.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column in the last line.
    pub end_column: usize,
}

impl Span {
    /// The span of bytes `start..end` of `source`.
    pub(crate) fn of(source: &str, start: usize, end: usize) -> Self {
        let (line, column) = place(source, start);
        let (end_line, end_column) = place(source, end);
        Self {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

/// Line and column of a byte; a byte inside a character counts as that character.
fn place(source: &str, at: usize) -> (usize, usize) {
    let at = source.floor_char_boundary(at);
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {} [{}]",
            self.span.line, self.span.column, self.message, self.code
        )
    }
}
