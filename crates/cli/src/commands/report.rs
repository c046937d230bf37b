use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, page_of, write_atomically};

use crate::args::Report;
use crate::output::Output;

pub(crate) fn run(
    project: &Project,
    command: &Report,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let page = page_of(project, &command.module)?;
    let beside = command.module.with_extension("report.html");
    let path = command.out.clone().unwrap_or(beside);
    write_atomically(&path, page.as_bytes(), 0o644)?;
    output.result(&json!({"report": path}), &path.display().to_string());
    Ok(ExitCode::SUCCESS)
}
