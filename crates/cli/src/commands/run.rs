use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, clock, run as run_module};

use crate::args::Run;
use crate::output::{Colour, Output};

pub(crate) fn run(
    project: &Project,
    command: &Run,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let progress = output.progress();
    let bronze_run = command.bronze_run_id.clone();
    let done = run_module(project, &command.module, bronze_run, clock(), &progress)?;
    drop(progress);
    let document = json!({
        "silver_run": done.silver_run, "folder": done.folder, "sandbox": silversmith_trial::record(&done.ended),
    });
    output.result(&document, &done.folder.display().to_string());
    let usage = &done.ended.usage;
    output.say(format_args!(
        "{}: Silver run {} in {:.1} s, {} MiB at most",
        output.paint(Colour::Green, "done"),
        done.silver_run,
        std::time::Duration::from_millis(usage.wall_ms).as_secs_f64(),
        usage.peak_memory_bytes >> 20,
    ));
    Ok(ExitCode::SUCCESS)
}
