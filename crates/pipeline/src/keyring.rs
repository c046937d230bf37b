//! The secrets of a project: what its settings say of them, and the log of their use.

use std::io;
use std::path::PathBuf;

use serde::Serialize;
use silversmith_secrets::{
    Facts, Journal as UseJournal, Lease, SecretError, SecretRequest, SecretSettings, SecretUse,
    obtain, rotate,
};
use silversmith_store::journal::Journal;
use silversmith_types::Secret;

use crate::error::PipelineError;
use crate::person::person;
use crate::profiling::clock;
use crate::project::Project;
use crate::settings::ProfileName;

/// The journal of what was done with secrets.
pub(crate) struct SecretLog {
    path: PathBuf,
}

/// A line of the journal.
#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    #[serde(flatten)]
    used: &'a SecretUse<'a>,
}

impl SecretLog {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            path: project.private().join("audit.jsonl"),
        }
    }
}

impl UseJournal for SecretLog {
    fn record(&mut self, used: &SecretUse) -> io::Result<()> {
        let line = Line {
            event: "secret",
            used,
        };
        let written = Journal::open(&self.path).and_then(|mut journal| journal.append(&line));
        written.map_err(io::Error::other)
    }
}

/// What one secret of the settings is like.
pub struct Listed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its settings.
    pub settings: &'a SecretSettings,
    /// The models that use it.
    pub models: Vec<&'a str>,
}

/// The secrets that the settings name.
pub fn secrets(project: &Project) -> Vec<Listed<'_>> {
    let settings = project.settings();
    let models = |secret: &str| {
        let using = settings.author.models.iter();
        using
            .filter(|(_, model)| model.secret.as_deref() == Some(secret))
            .map(|(name, _)| name.as_str())
            .collect()
    };
    let secrets = settings.secrets.iter();
    secrets
        .map(|(name, settings)| Listed {
            models: models(name),
            name,
            settings,
        })
        .collect()
}

/// Gets a secret and gives it back: what is known of it, and what a person has to know.
pub fn test_secret(project: &Project, name: &str) -> Result<(Facts, Vec<String>), PipelineError> {
    let mut log = SecretLog::of(project);
    let lease = lease(project, name, "test", &use_id()?, &mut log)?;
    let (facts, warnings) = (lease.facts().clone(), lease.warnings().to_vec());
    lease.close(clock(), &mut log)?;
    Ok((facts, warnings))
}

/// Writes a new value of a secret. Gives its version.
pub fn rotate_secret(
    project: &Project,
    name: &str,
    value: &Secret,
) -> Result<String, PipelineError> {
    let run_id = use_id()?;
    let mut log = SecretLog::of(project);
    with_request(project, name, "rotate", &run_id, |request| {
        rotate(request, value, &mut log)
    })
}

/// Leases a secret.
pub(crate) fn lease(
    project: &Project,
    name: &str,
    purpose: &str,
    run_id: &str,
    log: &mut SecretLog,
) -> Result<Lease, PipelineError> {
    no_core_files()?;
    with_request(project, name, purpose, run_id, |request| {
        obtain(request, log)
    })
}

/// Sees that nothing writes this process's memory to a file from now on. The limit is one byte and not
/// none: none would still let the kernel pipe a core file to a program (core(5), fs/coredump.c).
fn no_core_files() -> Result<(), PipelineError> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // Whoever was left nothing cannot be given a byte.
    if getrlimit(Resource::Core).maximum == Some(0) {
        return Ok(());
    }
    let limit = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    setrlimit(Resource::Core, limit).map_err(|errno| PipelineError::Key {
        message: format!("core files cannot be turned off: {errno}"),
    })
}

fn with_request<T>(
    project: &Project,
    name: &str,
    purpose: &str,
    run_id: &str,
    act: impl FnOnce(&SecretRequest) -> Result<T, SecretError>,
) -> Result<T, PipelineError> {
    let settings = project.settings().secrets.get(name);
    let settings = settings.ok_or_else(|| PipelineError::NoSecret {
        name: name.to_owned(),
    })?;
    let folder = std::path::absolute(project.path("".as_ref()))
        .unwrap_or_else(|_| project.path("".as_ref()));
    let request = SecretRequest {
        name,
        settings,
        purpose,
        run_id,
        principal: &person(),
        folder: &folder,
        production: project.profile() == ProfileName::Production,
        now: clock(),
        environment: &|name| std::env::var_os(name),
    };
    Ok(act(&request)?)
}

/// A name for a use that belongs to no build.
fn use_id() -> Result<String, PipelineError> {
    let mut random = [0; 8];
    let failed = |error: getrandom::Error| PipelineError::Key {
        message: format!("the system gives no random bytes: {error}"),
    };
    getrandom::fill(&mut random).map_err(failed)?;
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("use-{random}"))
}
