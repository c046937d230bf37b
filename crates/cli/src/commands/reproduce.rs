use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, reproduce};

use crate::args::Module;
use crate::output::{Colour, Output};

pub(crate) fn run(
    project: &Project,
    command: &Module,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let reproduced = reproduce(project, &command.module)?;
    let document = json!({
        "verdict": "reproduced", "module": command.module, "digest": reproduced.digest,
        "author": reproduced.author, "reply": reproduced.reply,
    });
    let verdict = output.paint_result(Colour::Green, "reproduced");
    output.result(&document, &verdict);
    output.say(format_args!("author:  {}", reproduced.author));
    output.say(format_args!("reply:   {}", reproduced.reply));
    output.say(format_args!("sha256:  {}", reproduced.digest));
    Ok(ExitCode::SUCCESS)
}
