//! Interpreters that get ready in the jail while a command still reads, profiles and compiles.

use std::path::{Path, PathBuf};

use silversmith_profile::bronze_dir;
use silversmith_runtime::Runtime;
use silversmith_trial::{Environment, Waiting};

use crate::build::run_limits;
use crate::inputs::InputRequest;
use crate::profiling::data_folder;
use crate::project::Project;
use crate::runtime::find_runtime;

/// Interpreters for a trial, and the Python that they run in.
pub(crate) struct Ahead {
    pub(crate) runtime: Runtime,
    pub(crate) waiting: Waiting,
}

impl Ahead {
    /// Starts them for the trial of a build, where the settings do not say otherwise and what they need
    /// to know is known. Whatever is wrong with this machine or with the inputs is told by those who
    /// look for it.
    pub(crate) fn of_build(project: &Project, inputs: &InputRequest) -> Option<Self> {
        Self::of_trial(project, &bronze_of(project, inputs)?)
    }

    /// Starts them for a trial on this Bronze run. If it turns out that the module is for another
    /// one, or that a sample is taken, they are not used.
    pub(crate) fn of_trial(project: &Project, bronze: &Path) -> Option<Self> {
        if !project.settings().sandbox.warm {
            return None;
        }
        let run = bronze_dir::list(bronze).ok()?.run_id?;
        let runtime = find_runtime().ok()??;
        let sandbox = project.sandbox().ok()?;
        let environment = Environment {
            sandbox: &sandbox,
            runtime: &runtime,
            limits: run_limits(project),
        };
        let waiting = Waiting::start(&environment, &data_folder(bronze), &run).ok()?;
        Some(Self { runtime, waiting })
    }
}

/// The Bronze run that a build will most likely be tried on.
fn bronze_of(project: &Project, inputs: &InputRequest) -> Option<PathBuf> {
    let of_run = || match (&inputs.run, &inputs.context) {
        (Some(run), _) => project.bronze_of(run),
        (None, None) => project.bronze_of(&project.latest_bronze().ok()?),
        // The context names it, and was not read yet.
        (None, Some(_)) => None,
    };
    inputs.bronze.clone().or_else(of_run)
}
