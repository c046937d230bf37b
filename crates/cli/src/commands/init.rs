use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, init};

use crate::output::Output;

pub(crate) fn run(output: &Output) -> Result<ExitCode, PipelineError> {
    let made = init(Path::new("."))?;
    let files: Vec<String> = made
        .files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let document = json!({"bronze_run": made.bronze_run, "files": files});
    output.result(&document, "");
    output.say(format_args!(
        "project with {} files and a signing key",
        files.len()
    ));
    output.say(format_args!("example Bronze run: {}", made.bronze_run));
    output.say("next: silversmith build");
    Ok(ExitCode::SUCCESS)
}
