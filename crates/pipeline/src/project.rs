//! A project folder: where its settings, runs, keys and records of builds are.

use std::path::{Path, PathBuf};

use silversmith_intake::Rules;
use silversmith_sandbox::{Layer, Sandbox};
use silversmith_types::{Digest, RunId};

use crate::error::PipelineError;
use crate::progress::Progress;
use crate::settings::{ProfileName, Settings};
use silversmith_store::files::FileError;

/// File names of the two inputs.
pub const CONTEXT_FILE: &str = "silver_run_agent_context.json";
/// See [`CONTEXT_FILE`].
pub const REPORT_FILE: &str = "silver_run_human_report.md";

/// What a person is told of a layer that is missing and was accepted as missing.
pub fn weaker(layer: &Layer) -> String {
    let Layer { name, detail, .. } = layer;
    format!("a weaker sandbox was accepted: {name} is missing: {detail}")
}

/// A project folder with its settings.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    settings: Settings,
    profile: ProfileName,
    accepts_weaker: bool,
}

impl Project {
    /// The project in `root`, seen through one of its profiles.
    pub fn open(root: &Path, profile: ProfileName) -> Result<Self, PipelineError> {
        Ok(Self {
            root: root.to_owned(),
            settings: Settings::load(root)?,
            profile,
            accepts_weaker: false,
        })
    }

    /// Lets jobs run without the layers of the jail that the settings allow the profile to do without.
    #[must_use]
    pub fn accepting_weaker_sandbox(self, accepts_weaker: bool) -> Self {
        Self {
            accepts_weaker,
            ..self
        }
    }

    /// The jail of this project's jobs.
    pub fn sandbox(&self) -> Result<Sandbox, PipelineError> {
        let allowed = self.settings.accept_weaker(self.profile);
        let accepted = allowed.iter().filter(|_| self.accepts_weaker);
        Ok(Sandbox::new()?.accepting(accepted.copied()))
    }

    /// Refuses where this machine cannot give the jail, before anything is done that needs it.
    pub(crate) fn check_sandbox(&self, progress: &dyn Progress) -> Result<(), PipelineError> {
        for layer in self.sandbox()?.check()? {
            if layer.accepted {
                progress.warning(&weaker(&layer));
            }
        }
        Ok(())
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The profile in force.
    pub fn profile(&self) -> ProfileName {
        self.profile
    }

    /// The rules of intake.
    pub fn intake_rules(&self) -> Rules {
        self.settings.intake.rules(self.profile)
    }

    /// A path of the settings, made relative to the project folder.
    pub fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }

    /// Where the module goes unless `--out` says otherwise.
    pub fn module(&self) -> PathBuf {
        self.path(&self.settings.paths.module)
    }

    /// Where Silver runs go.
    pub fn silver(&self) -> PathBuf {
        self.path(&self.settings.paths.silver)
    }

    /// The private folder: keys and records of builds.
    pub fn private(&self) -> PathBuf {
        self.root.join(".silversmith")
    }

    /// The record of the build of one module.
    pub fn build_record(&self, module: Digest) -> PathBuf {
        self.private().join("builds").join(module.to_hex())
    }

    /// The two reports that describe a run, as paths: in the run's own folder, else among the drafts.
    pub fn reports_of(&self, run: &RunId) -> Result<(PathBuf, PathBuf), PipelineError> {
        let own = self.silver().join(run.as_str()).join("reports");
        let draft = self.path(&self.settings.paths.drafts).join(run.as_str());
        let found = [&own, &draft]
            .into_iter()
            .find(|folder| folder.join(CONTEXT_FILE).is_file());
        match found {
            Some(folder) => Ok((folder.join(CONTEXT_FILE), folder.join(REPORT_FILE))),
            None => {
                let (own, draft) = (own.display(), draft.display());
                let message = format!("no {CONTEXT_FILE} of run {run} in {own} or {draft}");
                Err(PipelineError::RunNotFound { message })
            }
        }
    }

    /// The folder with the CSV files of a Bronze run, if it is there.
    pub fn bronze_of(&self, run: &RunId) -> Option<PathBuf> {
        let folder = self.path(&self.settings.paths.bronze).join(run.as_str());
        folder.join("data").is_dir().then_some(folder)
    }

    /// The latest Bronze run below the Bronze folder.
    pub fn latest_bronze(&self) -> Result<RunId, PipelineError> {
        let folder = self.path(&self.settings.paths.bronze);
        let entries = std::fs::read_dir(&folder);
        let entries = entries.map_err(|source| FileError::Read {
            path: folder.clone(),
            source,
        })?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let latest = names.filter_map(|name| name.parse::<RunId>().ok()).max();
        latest.ok_or_else(|| PipelineError::RunNotFound {
            message: format!("no Bronze run in {}", folder.display()),
        })
    }

    /// The contract file: the one given, else that of the settings.
    pub fn contract(&self, given: Option<&Path>) -> Option<PathBuf> {
        let of_settings = self.settings.paths.contract.as_deref();
        given
            .map(Path::to_owned)
            .or_else(|| of_settings.map(|path| self.path(path)))
    }
}
