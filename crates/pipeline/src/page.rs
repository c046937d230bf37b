//! The page about a module for people, made again from the record of its build.

use std::path::Path;

use silversmith_intake::Brief;
use silversmith_policy::VerifiedModule;
use silversmith_report::{ReportInput, RunRecord, render};
use silversmith_types::trial::TrialReport;

use crate::build::derive;
use crate::error::PipelineError;
use crate::project::Project;
use crate::record;

/// The page of a module of this project, with its last run where that is still here.
pub fn page_of(project: &Project, path: &Path) -> Result<String, PipelineError> {
    let (recorded, brief, module) = derive(project, path, None)?;
    let run = record::last_run(project, module.module().digest());
    Ok(page(&module, &brief, &recorded.trial, run.as_ref()))
}

/// The page of a module that was tried.
pub(crate) fn page(
    module: &VerifiedModule,
    brief: &Brief,
    trial: &TrialReport,
    run: Option<&RunRecord>,
) -> String {
    let module = module.module();
    render(&ReportInput {
        module: module.digest(),
        header: module.header(),
        brief: Some(brief),
        plan: module.plan().document(),
        schemas: module.plan().schemas(),
        trial: Some(trial),
        run,
    })
}
