use std::process::ExitCode;

use serde_json::json;
use silversmith_intake::{Finding, Limits};
use silversmith_pipeline::{InputFiles, PipelineError, read_bounded};

use crate::args::Check;
use crate::output::{Colour, Output};

pub(crate) fn run(command: &Check, output: &Output) -> Result<ExitCode, PipelineError> {
    let limits = Limits::default();
    let files = InputFiles {
        context: read_bounded(&command.context, limits.context_bytes as u64)?,
        report: read_bounded(&command.report, limits.report_bytes as u64)?,
        contract: match &command.contract {
            Some(path) => Some(read_bounded(path, limits.contract_bytes as u64)?),
            None => None,
        },
        evidence: None,
        as_of: None,
    };
    match files.admit() {
        Ok(admitted) => {
            let document = json!({
                "verdict": "admitted", "findings": admitted.findings,
                "withheld": admitted.withheld, "brief": admitted.brief,
            });
            let tables = admitted.brief.tables().len();
            let verdict = output.paint(Colour::Green, "admitted");
            let text = format!("{}{verdict}: {tables} tables", listed(&admitted.findings));
            output.result(&document, &text);
            Ok(ExitCode::SUCCESS)
        }
        Err(PipelineError::Intake(rejection)) => {
            let document = json!({
                "verdict": "rejected", "findings": rejection.findings,
                "withheld": null, "brief": null,
            });
            let verdict = output.paint(Colour::Red, "rejected");
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
