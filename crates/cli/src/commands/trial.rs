use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, trial};

use super::build::summary;
use crate::args::Trial;
use crate::output::{Colour, Output};

pub(crate) fn run(
    project: &Project,
    command: &Trial,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let progress = output.progress();
    let report = trial(
        project,
        &command.module,
        &command.bronze,
        command.full,
        &progress,
    )?;
    drop(progress);
    let mut text = String::new();
    for check in &report.checks {
        let mark = match check.ok {
            true => output.paint_result(Colour::Green, "ok    "),
            false => output.paint_result(Colour::Red, "failed"),
        };
        text.push_str(&format!("{mark}  {:<16} {}\n", check.name, check.detail));
    }
    output.result(&json!(report), &text);
    for line in summary(&report, output) {
        output.say(line);
    }
    Ok(ExitCode::SUCCESS)
}
