use std::process::ExitCode;

use serde_json::json;
use silversmith_attest::Check;
use silversmith_pipeline::{PipelineError, Project, verify};

use crate::args::Module;
use crate::output::{Colour, Output};

/// The exit status of a module that is not what its statement says.
const INVALID: u8 = 6;

pub(crate) fn run(
    project: &Project,
    command: &Module,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    match verify(project, &command.module) {
        Ok((_, checks)) => {
            show("valid", Colour::Green, &checks, output);
            Ok(ExitCode::SUCCESS)
        }
        Err(PipelineError::Unverified(checks)) => {
            show("invalid", Colour::Red, &checks, output);
            Ok(ExitCode::from(INVALID))
        }
        Err(other) => Err(other),
    }
}

fn show(verdict: &str, colour: Colour, checks: &[Check], output: &Output) {
    let mut text = String::new();
    for check in checks {
        let mark = match check.ok {
            true => output.paint_result(Colour::Green, "ok    "),
            false => output.paint_result(Colour::Red, "failed"),
        };
        text.push_str(&format!("{mark}  {:<14} {}\n", check.name, check.detail));
    }
    text.push_str(&output.paint_result(colour, verdict));
    output.result(&json!({"verdict": verdict, "checks": checks}), &text);
}
