use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, export_build, reproduce};

use crate::args::Reproduce;
use crate::output::{Colour, Output};

pub(crate) fn run(
    project: &Project,
    command: &Reproduce,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let reproduced = reproduce(project, &command.module, command.from.as_deref())?;
    if let Some(path) = &command.export {
        export_build(project, &command.module, path)?;
    }
    let document = json!({
        "verdict": "reproduced", "module": command.module, "digest": reproduced.digest,
        "author": reproduced.author, "reply": reproduced.reply, "export": command.export,
    });
    let verdict = output.paint_result(Colour::Green, "reproduced");
    output.result(&document, &verdict);
    output.say(format_args!("author:  {}", reproduced.author));
    output.say(format_args!("reply:   {}", reproduced.reply));
    output.say(format_args!("sha256:  {}", reproduced.digest));
    if let Some(path) = &command.export {
        output.say(format_args!("export:  {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
