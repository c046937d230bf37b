//! The report is prose of unknown origin. It is checked as text, pinned by its digest and searched
//! for what acts on a reader; nothing of it reaches a brief unless a project asks for its plain text.

mod markdown;

use std::ops::Range;

use silversmith_types::RunId;

use crate::finding::{Code, Findings, Input, Place, Position};
use crate::free_text::{examine, record_long};
use crate::injection::Surface;
use crate::limits::{ReportRule, Rules};

pub(crate) use markdown::{SanitisedReport, sanitise as sanitised};

/// A report that was read.
pub(crate) struct ReadReport {
    /// Its size.
    pub(crate) bytes: u64,
    /// Its lines.
    pub(crate) lines: u64,
    /// Its plain text, where [`ReportRule::Sanitised`] asks for it.
    pub(crate) sanitised: Option<SanitisedReport>,
}

/// Reads the report. `bronze_run` is absent where the context is not readable; `run_tag` marks the
/// tokens that stand for personal values, and is another in every run.
pub(crate) fn read_report(
    bytes: &[u8],
    bronze_run: Option<&RunId>,
    rules: &Rules,
    run_tag: &str,
    findings: &mut Findings,
) -> Option<ReadReport> {
    let text = bounded_text(bytes, rules, findings)?;
    if bronze_run.is_some_and(|run| !text.contains(run.as_str())) {
        let message = "the report does not name the Bronze run of the context";
        findings.warn(Code::ReportRun, Input::Report, "", message);
    }
    let examined = examine(text, surfaces);
    let mut positions = Positions::new(text);
    let place = |at| Place::Span(positions.of(at));
    record_long(&examined.found, Input::Report, place, findings);
    let sanitised = match rules.report {
        ReportRule::Withhold => None,
        ReportRule::Sanitised => Some(sanitised(&examined, run_tag)),
    };
    Some(ReadReport {
        bytes: bytes.len() as u64,
        lines: text.lines().count() as u64,
        sanitised,
    })
}

/// The report as text within bounds.
fn bounded_text<'a>(bytes: &'a [u8], rules: &Rules, findings: &mut Findings) -> Option<&'a str> {
    let limits = &rules.limits;
    if bytes.len() > limits.report_bytes {
        let limit = limits.report_bytes;
        let message = format!("the report has more than {limit} bytes");
        findings.reject(Code::TooLarge, Input::Report, "", message);
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = position_of(&bytes[..error.valid_up_to()]);
            findings.reject(
                Code::ReportText,
                Input::Report,
                at,
                "the report is not UTF-8 text",
            );
            return None;
        }
    };
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        let at = position_of(&bytes[..at]);
        findings.reject(
            Code::ReportText,
            Input::Report,
            at,
            "the report holds a NUL byte",
        );
    }
    let lines = text.lines().count();
    if lines > limits.report_lines {
        let limit = limits.report_lines;
        let message = format!("the report has {lines} lines, and at most {limit} are admitted");
        findings.reject(Code::ReportLines, Input::Report, "", message);
    }
    if let Some(at) = text
        .lines()
        .position(|line| line.len() > limits.report_line_bytes)
    {
        let message = format!("a line has more than {} bytes", limits.report_line_bytes);
        let at = Position {
            line: at + 1,
            column: 1,
        };
        findings.reject(Code::ReportLines, Input::Report, at, message);
    }
    Some(text)
}

/// A Markdown text as prose and as fenced examples of code. A fence that is not closed is prose: it
/// would make an example of all that follows.
pub(crate) fn surfaces(text: &str) -> Vec<(Range<usize>, Surface)> {
    let mut cut = Vec::new();
    let mut done = 0;
    let mut open: Option<(&str, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let mark = fence(line);
        match (open, mark) {
            (None, Some(mark)) => open = Some((mark, end)),
            (Some((opening, from)), Some(mark))
                if mark.starts_with(opening) && line.trim() == mark =>
            {
                cut.push((done..from, Surface::Prose));
                cut.push((from..start, Surface::Code));
                done = start;
                open = None;
            }
            _ => {}
        }
        start = end;
    }
    cut.push((done..text.len(), Surface::Prose));
    cut.retain(|(range, _)| !range.is_empty());
    cut
}

/// The back quotes or tildes with which a line begins or ends a block of code.
fn fence(line: &str) -> Option<&str> {
    let body = line.trim_start_matches(' ');
    let indent = line.len() - body.len();
    let sign = body.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = body.len() - body.trim_start_matches(sign).len();
    (indent < 4 && length >= 3).then(|| &body[..length])
}

/// Lines and columns of ascending places in a text, in one walk.
struct Positions<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Positions<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            line_start: 0,
        }
    }

    fn of(&mut self, at: usize) -> Position {
        let between = &self.text[self.at..at.max(self.at)];
        self.line += between.matches('\n').count();
        if let Some(last) = between.rfind('\n') {
            self.line_start = self.at + last + 1;
        }
        self.at = at.max(self.at);
        let before = &self.text[self.line_start..self.at];
        Position {
            line: self.line,
            column: before.trim_start_matches('\u{feff}').chars().count() + 1,
        }
    }
}

/// Where the byte after `before` is. Columns count characters, and `before` is valid UTF-8.
fn position_of(before: &[u8]) -> Position {
    let text = String::from_utf8_lossy(before);
    let last = text.rsplit('\n').next().unwrap_or_default();
    Position {
        line: text.matches('\n').count() + 1,
        column: last.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_prose() {
        let text = "a\n```sql\nDROP TABLE x;\n```\nb\n~~~\nc\n```\n~~~~\nd\n```\ne\n";
        let cut: Vec<(&str, Surface)> = surfaces(text)
            .into_iter()
            .map(|(range, surface)| (&text[range], surface))
            .collect();
        let expected = [
            ("a\n```sql\n", Surface::Prose),
            ("DROP TABLE x;\n", Surface::Code),
            ("```\nb\n~~~\n", Surface::Prose),
            ("c\n```\n", Surface::Code),
            ("~~~~\nd\n```\ne\n", Surface::Prose),
        ];
        assert_eq!(cut, expected);
        assert_eq!(surfaces(""), []);
    }

    #[test]
    fn places_are_lines_and_columns() {
        let mut positions = Positions::new("\u{feff}aé\nbc\n\nd");
        let found = [3, 6, 7, 10, 11]
            .map(|at| positions.of(at))
            .map(|at| (at.line, at.column));
        assert_eq!(found, [(1, 1), (1, 3), (2, 1), (3, 1), (4, 1)]);
    }
}
