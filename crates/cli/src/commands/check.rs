use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::value::RawValue;
use silversmith_intake::{Finding, Input, Withheld};
use silversmith_pipeline::{InputFiles, PipelineError, Project, read_head};
use silversmith_types::grouped;

use crate::args::Check;
use crate::commands::draw::draw;
use crate::output::{Colour, Output};

/// The result with `--json`.
#[derive(Serialize)]
struct Document<'a> {
    verdict: &'a str,
    findings: &'a [Finding],
    withheld: Option<&'a Withheld>,
    /// As it would be sent, to the byte.
    brief: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<usize>,
}

pub(crate) fn run(
    project: &Project,
    command: &Check,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let rules = project.intake_rules();
    let limits = &rules.limits;
    // One byte more than is admitted, so that intake judges what is too large.
    let read = |path: &Path, limit: usize| read_head(path, limit as u64 + 1);
    let files = InputFiles {
        context: read(&command.context, limits.context_bytes)?,
        report: read(&command.report, limits.report_bytes)?,
        contract: match &command.contract {
            Some(path) => Some(read(path, limits.contract_bytes)?),
            None => None,
        },
        evidence: None,
        as_of: None,
    };
    let drawn = |findings: &[Finding]| drawn(findings, &files, command, output);
    match files.admit(&rules) {
        Ok(admitted) => {
            // Plain data with text keys can always be written into memory.
            let brief = serde_json::to_string(&admitted.brief).unwrap_or_default();
            let tokens = silversmith_tokens::count(&brief);
            let document = Document {
                verdict: "admitted",
                findings: &admitted.findings,
                withheld: Some(&admitted.withheld),
                brief: RawValue::from_string(brief).ok(),
                tokens: Some(tokens),
            };
            let tables = admitted.brief.tables().len();
            let verdict = output.paint_result(Colour::Green, "admitted");
            let text = format!(
                "{}{verdict}: {tables} tables, {} tokens would be sent",
                drawn(&admitted.findings),
                grouped(tokens as u64),
            );
            output.result(&document, &text);
            Ok(ExitCode::SUCCESS)
        }
        Err(PipelineError::Intake(rejection)) => {
            let document = Document {
                verdict: "rejected",
                findings: &rejection.findings,
                withheld: None,
                brief: None,
                tokens: None,
            };
            let verdict = output.paint_result(Colour::Red, "rejected");
            output.result(
                &document,
                &format!("{}{verdict}", drawn(&rejection.findings)),
            );
            Ok(ExitCode::from(1))
        }
        Err(other) => Err(other),
    }
}

/// Findings that are drawn on the source; further ones take a line each.
const DRAWN: usize = 20;

fn drawn(findings: &[Finding], files: &InputFiles, command: &Check, output: &Output) -> String {
    if output.is_json() {
        return String::new();
    }
    let lines = findings.iter().enumerate().map(|(at, finding)| {
        let (path, bytes) = match finding.input {
            Input::Context => (Some(&command.context), &files.context[..]),
            Input::Report => (Some(&command.report), &files.report[..]),
            Input::Contract => (
                command.contract.as_ref(),
                files.contract.as_deref().unwrap_or_default(),
            ),
        };
        match path {
            Some(path) if at < DRAWN => {
                let path = path.to_string_lossy();
                draw(finding, &path, bytes, output.colours_results()) + "\n\n"
            }
            _ => format!("{finding}\n"),
        }
    });
    lines.collect()
}
