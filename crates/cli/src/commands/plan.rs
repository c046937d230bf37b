use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, load_record, read_bounded};
use silversmith_plan::{PlanDocument, diff};
use silversmith_types::Digest;
use silversmith_types::trial::TrialReport;

use crate::args::Plan;
use crate::output::Output;

/// Larger files are no plans and no modules.
const MAX_FILE: u64 = 64 << 20;

pub(crate) fn run(
    project: &Project,
    command: &Plan,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    match command {
        Plan::Show { file } => {
            let (plan, trial) = load(project, file)?;
            let text = silversmith_report::plan_table(&plan, trial.as_ref());
            output.result(&json!(plan), &text);
        }
        Plan::Diff { old, new } => {
            let difference = diff(&load(project, old)?.0, &load(project, new)?.0);
            output.result(
                &json!(difference),
                &silversmith_report::plan_diff(&difference),
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A plan in JSON, or that of a module of this project with what its trial counted.
fn load(
    project: &Project,
    path: &Path,
) -> Result<(PlanDocument, Option<TrialReport>), PipelineError> {
    let bytes = read_bounded(path, MAX_FILE)?;
    let is_module = path.extension().is_some_and(|extension| extension == "py");
    let (plan, trial) = match is_module {
        true => {
            let record = load_record(project, path, Digest::of(&bytes))?;
            (record.plan, Some(record.trial))
        }
        false => (bytes, None),
    };
    let plan = PlanDocument::parse(&plan).map_err(|error| PipelineError::Plan(vec![error]))?;
    Ok((plan, trial))
}
