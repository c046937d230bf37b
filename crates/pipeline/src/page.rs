//! The page about a module for people, made again from the record of its build.

use std::path::Path;

use silversmith_intake::Brief;
use silversmith_policy::VerifiedModule;
use silversmith_report::{ReportInput, render};
use silversmith_types::Digest;
use silversmith_types::trial::TrialReport;

use crate::build::compile;
use crate::error::PipelineError;
use crate::files::read_bounded;
use crate::project::Project;
use crate::record::{self, MAX_MODULE};

/// The page of a module of this project.
pub fn page_of(project: &Project, path: &Path) -> Result<String, PipelineError> {
    let digest = Digest::of(&read_bounded(path, MAX_MODULE)?);
    let recorded = record::load(project, path, digest)?;
    let admitted = recorded.files.admit(&project.intake_rules())?;
    let module = compile(&recorded.plan, &recorded.author, &admitted.brief)?;
    if module.module().digest() != digest {
        let message = "its plan compiles to another module".to_owned();
        return Err(PipelineError::BuildDiffers { message });
    }
    Ok(page(&module, &admitted.brief, &recorded.trial))
}

/// The page of a module that was tried.
pub(crate) fn page(module: &VerifiedModule, brief: &Brief, trial: &TrialReport) -> String {
    let module = module.module();
    render(&ReportInput {
        module: module.digest(),
        header: module.header(),
        brief: Some(brief),
        plan: module.plan().document(),
        schemas: module.plan().schemas(),
        trial: Some(trial),
        run: None,
    })
}
