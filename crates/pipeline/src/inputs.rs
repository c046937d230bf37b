//! From what was typed to the bytes of the inputs, and from those to a brief.

use std::path::{Path, PathBuf};

use silversmith_intake::{Admitted, Rules, RunInputs, admit};
use silversmith_types::evidence::Evidence;
use silversmith_types::{RunId, Timestamp};

use crate::error::PipelineError;
use crate::profiling::{changed_since, profile_bronze};
use crate::progress::Progress;
use crate::project::Project;
use silversmith_store::files::read_bounded;

/// Which inputs to use. What is absent is looked for in the project.
#[derive(Debug, Clone, Default)]
pub struct InputRequest {
    /// The run whose reports are read.
    pub run: Option<RunId>,
    /// The context; given together with the report.
    pub context: Option<PathBuf>,
    /// The report.
    pub report: Option<PathBuf>,
    /// The folder of the Bronze run.
    pub bronze: Option<PathBuf>,
    /// The contract.
    pub contract: Option<PathBuf>,
    /// The instant that stands for "now".
    pub as_of: Option<Timestamp>,
}

/// The inputs of a build as bytes: what is pinned, recorded, and can be admitted again.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFiles {
    /// The context.
    pub context: Vec<u8>,
    /// The report.
    pub report: Vec<u8>,
    /// The contract.
    pub contract: Option<Vec<u8>>,
    /// Value evidence that was measured because the context has none.
    pub evidence: Option<Evidence>,
    /// The instant that was given to stand for "now".
    pub as_of: Option<Timestamp>,
}

impl InputFiles {
    /// Runs intake over the inputs.
    pub fn admit(&self, rules: &Rules) -> Result<Admitted, PipelineError> {
        let inputs = RunInputs {
            context: &self.context,
            report: &self.report,
            contract: self.contract.as_deref(),
            as_of: self.as_of,
            bronze: self.evidence.clone(),
        };
        admit(inputs, rules).map_err(PipelineError::Intake)
    }
}

/// The inputs of a build, and where its Bronze run is.
pub struct Inputs {
    /// The files.
    pub files: InputFiles,
    /// What intake made of them.
    pub admitted: Admitted,
    /// The folder of the Bronze run, if it is here.
    pub bronze: Option<PathBuf>,
}

/// Finds, reads and admits the inputs. With `measure`, Bronze is profiled where the context has no
/// value evidence, and compared with its digests where it has.
pub fn gather(
    project: &Project,
    request: &InputRequest,
    measure: bool,
    progress: &dyn Progress,
) -> Result<Inputs, PipelineError> {
    let mut files = read_inputs(project, request, progress)?;
    let rules = project.intake_rules();
    let mut admitted = files.admit(&rules)?;
    let of_run = project.bronze_of(admitted.brief.bronze_run());
    let bronze = request.bronze.clone().or(of_run);
    if let (true, Some(folder)) = (measure, &bronze) {
        let known = admitted.brief.evidence();
        match known {
            Some(evidence) => {
                if let Some(table) = changed_since(folder, &evidence)? {
                    let message = format!("{table} has changed since it was profiled");
                    return Err(PipelineError::BronzeChanged { message });
                }
            }
            None => {
                let as_of = admitted.brief.bronze_run().started();
                let profiled = profile_bronze(folder, Some(as_of), project.settings(), progress)?;
                files.evidence = profiled.context.silversmith_evidence;
                admitted = files.admit(&rules)?;
            }
        }
    }
    Ok(Inputs {
        files,
        admitted,
        bronze,
    })
}

fn read_inputs(
    project: &Project,
    request: &InputRequest,
    progress: &dyn Progress,
) -> Result<InputFiles, PipelineError> {
    let limits = project.intake_rules().limits;
    let contract = match project.contract(request.contract.as_deref()) {
        Some(path) => Some(read_bounded(&path, limits.contract_bytes as u64)?),
        None => None,
    };
    let read = |context: &Path, report: &Path| -> Result<InputFiles, PipelineError> {
        Ok(InputFiles {
            context: read_bounded(context, limits.context_bytes as u64)?,
            report: read_bounded(report, limits.report_bytes as u64)?,
            contract: contract.clone(),
            evidence: None,
            as_of: request.as_of,
        })
    };
    match (&request.context, &request.report) {
        (Some(context), Some(report)) => return read(context, report),
        (None, None) => {}
        _ => {
            let message = "--context and --report go together".to_owned();
            return Err(PipelineError::RunNotFound { message });
        }
    }
    let run = match (&request.run, &request.bronze) {
        (Some(run), _) => Some(run.clone()),
        (None, Some(_)) => None,
        (None, None) => Some(project.latest_bronze()?),
    };
    if let Some(Ok((context, report))) = run.as_ref().map(|run| project.reports_of(run)) {
        return read(&context, &report);
    }
    let folder = request
        .bronze
        .clone()
        .or_else(|| project.bronze_of(run.as_ref()?));
    match (folder, run) {
        (Some(folder), _) => {
            let profiled = profile_bronze(&folder, request.as_of, project.settings(), progress)?;
            let (context, report) = (profiled.context_bytes(), profiled.report.into_bytes());
            Ok(InputFiles {
                context,
                report,
                contract,
                evidence: None,
                as_of: request.as_of,
            })
        }
        (None, Some(run)) => {
            Err(project
                .reports_of(&run)
                .err()
                .unwrap_or_else(|| PipelineError::RunNotFound {
                    message: format!("run {run} is not here"),
                }))
        }
        (None, None) => Err(PipelineError::RunNotFound {
            message: "no Bronze run was named".to_owned(),
        }),
    }
}
