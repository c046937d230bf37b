use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use silversmith_intake::Finding;
use silversmith_pipeline::{InputFiles, PipelineError, Project, read_head};

use crate::args::Check;
use crate::output::{Colour, Output};

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
    match files.admit(&rules) {
        Ok(admitted) => {
            let document = json!({
                "verdict": "admitted", "findings": admitted.findings,
                "withheld": admitted.withheld, "brief": admitted.brief,
            });
            let tables = admitted.brief.tables().len();
            let verdict = output.paint_result(Colour::Green, "admitted");
            let text = format!("{}{verdict}: {tables} tables", listed(&admitted.findings));
            output.result(&document, &text);
            Ok(ExitCode::SUCCESS)
        }
        Err(PipelineError::Intake(rejection)) => {
            let document = json!({
                "verdict": "rejected", "findings": rejection.findings,
                "withheld": null, "brief": null,
            });
            let verdict = output.paint_result(Colour::Red, "rejected");
            output.result(
                &document,
                &format!("{}{verdict}", listed(&rejection.findings)),
            );
            Ok(ExitCode::from(1))
        }
        Err(other) => Err(other),
    }
}

fn listed(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect()
}
