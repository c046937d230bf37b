//! The report is prose of unknown origin. It is checked as text, pinned by its digest and kept from
//! the author; nothing of it reaches a brief.

use silversmith_types::RunId;

use crate::finding::{Code, Findings, Input, Position};
use crate::limits::Limits;

/// The size of a text that was withheld.
pub(crate) struct ReportSize {
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
}

/// Checks the report as text. `bronze_run` is absent where the context is not readable.
pub(crate) fn read_report(
    bytes: &[u8],
    bronze_run: Option<&RunId>,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<ReportSize> {
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
    if bronze_run.is_some_and(|run| !text.contains(run.as_str())) {
        let message = "the report does not name the Bronze run of the context";
        findings.warn(Code::ReportRun, Input::Report, "", message);
    }
    Some(ReportSize {
        bytes: bytes.len() as u64,
        lines: lines as u64,
    })
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
