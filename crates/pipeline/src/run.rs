//! Verify, then run: nothing else is ever started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use silversmith_access::{ReleaseRule, ReleasedModule, release};
use silversmith_attest::{Check, SealedModule};
use silversmith_sandbox::Ended;
use silversmith_trial::{Environment, Interpreter, Place, TriedModule, last_words};
use silversmith_types::trial::TrialReport;
use silversmith_types::{Digest, RunId, Timestamp};

use crate::ahead::Ahead;
use crate::build::{derive, run_limits, try_module};
use crate::error::PipelineError;
use crate::keys::trusted_keys;
use crate::profiling::data_folder;
use crate::progress::Progress;
use crate::project::Project;
use crate::record::{self, MAX_MODULE};
use crate::runtime::prepare_runtime;
use silversmith_store::files::{publish_folder, read_bounded, unfinished, write_atomically};

/// A run that is done.
pub struct Ran {
    /// The Silver run.
    pub silver_run: RunId,
    /// Where it is.
    pub folder: PathBuf,
    /// What the jail saw.
    pub ended: Ended,
}

/// Checks a module against its statement and the trusted keys. The checks are in the result either
/// way.
pub fn verify(project: &Project, path: &Path) -> Result<(SealedModule, Vec<Check>), PipelineError> {
    let bytes = read_bounded(path, MAX_MODULE)?;
    let digest = Digest::of(&bytes);
    let keys = trusted_keys(project)?;
    let envelope = record::statement_for(path, digest)?.map_err(|detail| {
        let missing = Check {
            name: "statement".to_owned(),
            ok: false,
            detail,
        };
        PipelineError::Unverified(vec![missing])
    })?;
    silversmith_attest::verify(&bytes, &envelope, &keys).map_err(PipelineError::Unverified)
}

/// Verifies a module and releases it by the rule of the profile.
fn released(project: &Project, path: &Path) -> Result<ReleasedModule, PipelineError> {
    let (sealed, _) = verify(project, path)?;
    let (settings, profile) = (project.settings(), project.profile());
    let accepted = settings.accept_weaker(profile).iter();
    let rule = ReleaseRule {
        approvals_required: settings.profile(profile).approvals,
        accepted_weaker: accepted.map(|layer| layer.as_str().to_owned()).collect(),
    };
    Ok(release(sealed, &rule)?)
}

/// Verifies a module and runs it in the jail on a Bronze run. The Silver run appears under its name
/// when every table of it is there.
pub fn run(
    project: &Project,
    path: &Path,
    bronze_run: Option<RunId>,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Ran, PipelineError> {
    progress.stage("verifying the module");
    let module = released(project, path)?;
    project.check_sandbox(progress)?;
    let bronze_run = match bronze_run {
        Some(run) => run,
        None => project.latest_bronze()?,
    };
    let Some(bronze) = project.bronze_of(&bronze_run) else {
        let message = format!("Bronze run {bronze_run} is not here");
        return Err(PipelineError::RunNotFound { message });
    };
    let sandbox = project.sandbox()?;
    let runtime = prepare_runtime(progress)?;
    let environment = Environment {
        sandbox: &sandbox,
        runtime: &runtime,
        limits: run_limits(project),
    };
    let silver = project.silver();
    let (silver_run, folder) = next_run(&silver, now, &bronze_run)?;
    let staged = unfinished(&silver)?;
    progress.stage("running the module in the sandbox");
    let place = Place {
        bronze: &data_folder(&bronze),
        bronze_run: &bronze_run,
        out: &staged.path().join("out"),
        hash_seed: 0,
    };
    let ended = Interpreter::start(&environment, &place)?.run(module.source(), &silver_run)?;
    if !ended.is_clean() {
        return Err(PipelineError::RunFailed {
            message: how_it_failed(&ended),
        });
    }
    let made = place.out.join(silver_run.as_str());
    add_data_policy(project, module.sealed(), &made)?;
    let record = made.join("reports").join(record::SANDBOX_FILE);
    // Serialising plain data with string keys into memory cannot fail.
    let ended_bytes =
        serde_json::to_vec_pretty(&silversmith_trial::record(&ended)).unwrap_or_default();
    write_atomically(&record, &ended_bytes, 0o644)?;
    record::save_run(project, module.sealed().digest(), &silver_run)?;
    publish_folder(&made, &folder)?;
    Ok(Ran {
        silver_run,
        folder,
        ended,
    })
}

/// The id of the Silver run that begins now, and its folder. An id names a second; where a run of this
/// one is there already, the next second is waited for.
fn next_run(
    silver: &Path,
    mut now: Timestamp,
    bronze_run: &RunId,
) -> Result<(RunId, PathBuf), PipelineError> {
    const SECOND: Duration = Duration::from_secs(1);
    // Others may run at the same pace.
    let mut patience = 5;
    loop {
        let id = RunId::following(now, bronze_run);
        let folder = silver.join(id.as_str());
        if !folder.exists() {
            return Ok((id, folder));
        }
        if patience == 0 {
            return Err(PipelineError::InTheWay { path: folder });
        }
        patience -= 1;
        std::thread::sleep(SECOND);
        now = Timestamp::from_datetime(now.as_datetime() + SECOND);
    }
}

/// Puts the data policy of the module beside what the run made, where the record of its build is here
/// and holds what the statement speaks of.
fn add_data_policy(
    project: &Project,
    module: &SealedModule,
    made: &Path,
) -> Result<(), PipelineError> {
    let Some(stated) = module.data_policy() else {
        return Ok(());
    };
    match record::data_policy(project, module.digest())? {
        Some(bytes) if Digest::of(&bytes) == stated.digest => {
            let file = made.join("reports").join(record::DATA_POLICY_FILE);
            Ok(write_atomically(&file, &bytes, 0o644)?)
        }
        Some(_) => Err(PipelineError::BuildDiffers {
            message: "its data policy is not the one that was signed".to_owned(),
        }),
        None => Ok(()),
    }
}

fn how_it_failed(ended: &Ended) -> String {
    match ended.violations.as_slice() {
        [] => format!("the module ended ({ended}): {}", last_words(ended)),
        violations => format!(
            "the module ended ({ended}), and the jail refused {}",
            violations.join(", ")
        ),
    }
}

/// Tries a module of this project again, on any Bronze data of the same shape.
pub fn trial(
    project: &Project,
    path: &Path,
    bronze: &Path,
    full: bool,
    progress: &dyn Progress,
) -> Result<TrialReport, PipelineError> {
    project.check_sandbox(progress)?;
    let ahead = Ahead::of_trial(project, bronze);
    let (_, brief, module) = derive(project, path, None)?;
    let tried: TriedModule = try_module(project, module, &brief, bronze, full, ahead, progress)?;
    Ok(tried.report().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_of_one_second_have_two_names() {
        let silver = tempfile::tempdir().unwrap();
        let bronze_run: RunId = "20260125_214726_#013410d7".parse().unwrap();
        let now: Timestamp = "2026-11-23T22:59:59Z".parse().unwrap();
        let (first, folder) = next_run(silver.path(), now, &bronze_run).unwrap();
        assert_eq!(first.as_str(), "20261123_225959_#013410d7");
        std::fs::create_dir(folder).unwrap();
        let (second, _) = next_run(silver.path(), now, &bronze_run).unwrap();
        assert_eq!(second.as_str(), "20261123_230000_#013410d7");
    }
}
