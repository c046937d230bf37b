//! The main job: from inputs to a sealed module.

use std::path::{Path, PathBuf};

use silversmith_attest::{DataPolicyFacts, SealedModule};
use silversmith_author::prompt::Prompt;
use silversmith_intake::{Brief, Finding, Withheld};
use silversmith_plan::module::{Module, Origin};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_policy::VerifiedModule;
use silversmith_report::DataPolicy;
use silversmith_sandbox::Limits;
use silversmith_secrets::scan::Scan;
use silversmith_trial::{Environment, TrialOptions, TriedModule, run_trial};
use silversmith_types::trial::TrialReport;
use silversmith_types::{Digest, RunId};

use crate::ahead::Ahead;
use crate::authoring::{self, AuthorName, Authored, author};
use crate::error::PipelineError;
use crate::inputs::{InputFiles, InputRequest, gather};
use crate::keys::ProjectKeys;
use crate::model::{Estimate, estimate};
use crate::page::page;
use crate::profiling::data_folder;
use crate::progress::{Progress, Told};
use crate::project::Project;
use crate::record::{self, BuildRecord, MAX_MODULE};
use crate::runtime::prepare_runtime;
use silversmith_store::files::{read_bounded, write_atomically};

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct BuildRequest {
    /// The inputs.
    pub inputs: InputRequest,
    /// Where the module goes; absent: as the settings say.
    pub out: Option<PathBuf>,
    /// Try every row, however large Bronze is.
    pub full: bool,
    /// Who writes the plan.
    pub author: AuthorName,
}

/// A module that was verified, but neither tried nor sealed: what `--dry-run` makes.
pub struct Drafted {
    /// What the author saw.
    pub brief: Brief,
    /// What intake found.
    pub findings: Vec<Finding>,
    /// What intake kept back.
    pub withheld: Withheld,
    /// The module.
    pub module: VerifiedModule,
    reply: Vec<u8>,
    files: InputFiles,
    bronze: Option<PathBuf>,
}

/// What a build left.
pub struct Built {
    /// The module.
    pub path: PathBuf,
    /// Its digest.
    pub digest: Digest,
    /// The Bronze run.
    pub bronze_run: RunId,
    /// What the trial found.
    pub trial: TrialReport,
    /// The plan.
    pub plan: PlanDocument,
    /// What intake found.
    pub findings: Vec<Finding>,
    /// The page for people.
    pub report: PathBuf,
}

/// The program and its version, as it appears in headers and statements.
pub fn tool() -> String {
    format!("silversmith/{}", env!("CARGO_PKG_VERSION"))
}

/// What an author outside this program would be sent, and what that would come to with the first model.
/// Nobody is asked.
pub fn prompt(
    project: &Project,
    request: &BuildRequest,
    progress: &dyn Progress,
) -> Result<(Prompt, Option<Estimate>), PipelineError> {
    let inputs = gather(project, &request.inputs, true, progress)?;
    let brief = &inputs.admitted.brief;
    let prompt = Prompt::of(brief);
    let estimate = match request.author {
        AuthorName::Llm(_) => estimate(project, brief, &prompt),
        AuthorName::Rules | AuthorName::Exec => None,
    };
    Ok((prompt, estimate))
}

/// The stages up to static verification.
pub fn draft(
    project: &Project,
    request: &BuildRequest,
    measure: bool,
    progress: &dyn Progress,
) -> Result<Drafted, PipelineError> {
    let inputs = gather(project, &request.inputs, measure, progress)?;
    let admitted = inputs.admitted;
    let Authored { reply, module } = author(project, request.author, &admitted.brief, progress)?;
    check_edge("the module", module.module().source())?;
    Ok(Drafted {
        module,
        reply,
        brief: admitted.brief,
        findings: admitted.findings,
        withheld: admitted.withheld,
        files: inputs.files,
        bronze: inputs.bronze,
    })
}

/// Refuses to write what holds a token of a known format. (The keys in use were looked for in the reply
/// that it is made of.)
fn check_edge(what: &'static str, text: &str) -> Result<(), PipelineError> {
    match Scan::new([]).find(text.as_bytes()) {
        None => Ok(()),
        Some(leak) => Err(PipelineError::Leak {
            what,
            secret: leak.what,
        }),
    }
}

/// Reply → plan → module → verified module. The same for every author, and for a record on disk.
pub(crate) fn compile(
    reply: &[u8],
    author: &str,
    brief: &Brief,
) -> Result<VerifiedModule, PipelineError> {
    let document = PlanDocument::parse(reply).map_err(|error| PipelineError::Plan(vec![error]))?;
    let plan = Plan::check(document, brief).map_err(PipelineError::Plan)?;
    let origin = Origin {
        author: author.to_owned(),
        tool: tool(),
    };
    let module = Module::compile(plan, brief, &origin)?;
    silversmith_policy::verify(module).map_err(PipelineError::Policy)
}

/// A module made again from the record of its build, with that record and the brief: by the settings that
/// were in force then.
pub(crate) fn derive(
    project: &Project,
    path: &Path,
    export: Option<&Path>,
) -> Result<(BuildRecord, Brief, VerifiedModule), PipelineError> {
    let digest = Digest::of(&read_bounded(path, MAX_MODULE)?);
    let recorded = match export {
        Some(export) => record::load_export(export, path, digest)?,
        None => record::load(project, path, digest)?,
    };
    let brief = recorded
        .files
        .admit(&recorded.intake.rules(recorded.profile))?
        .brief;
    let differs = |what: &str| {
        let message = what.to_owned();
        Err(PipelineError::BuildDiffers { message })
    };
    // What it came to once it comes to now, or somebody wrote to the record.
    let module = match authoring::derive(&recorded.author, &recorded.reply, &brief) {
        Ok(module) => module,
        Err(error) => return differs(&error.to_string()),
    };
    if module.module().plan().document().to_bytes() != recorded.plan {
        return differs("the recorded reply is another plan than the recorded one");
    }
    if module.module().digest() != digest {
        return differs("its plan compiles to another module");
    }
    Ok((recorded, brief, module))
}

/// A module that its record leads to, byte for byte.
pub struct Reproduced {
    /// Its digest.
    pub digest: Digest,
    /// Who wrote its plan, with version.
    pub author: String,
    /// The digest of the author's reply.
    pub reply: Digest,
}

/// Derives a module again from its recorded inputs and reply, in this project or in an export of the build. Nobody is asked and nothing is run; an
/// error says where the bytes part.
pub fn reproduce(
    project: &Project,
    path: &Path,
    export: Option<&Path>,
) -> Result<Reproduced, PipelineError> {
    let (recorded, _, module) = derive(project, path, export)?;
    Ok(Reproduced {
        digest: module.module().digest(),
        author: recorded.author,
        reply: Digest::of(&recorded.reply),
    })
}

/// The whole build. The module appears under its name at the very end, when everything that
/// vouches for it is on disk.
pub fn build(
    project: &Project,
    request: &BuildRequest,
    progress: &dyn Progress,
) -> Result<Built, PipelineError> {
    let keys = ProjectKeys::load(project)?;
    project.check_sandbox(progress)?;
    let ahead = Ahead::of_build(project, &request.inputs);
    let drafted = draft(project, request, true, progress)?;
    let Drafted {
        brief,
        findings,
        withheld,
        module,
        reply,
        files,
        bronze,
    } = drafted;
    let Some(bronze) = bronze else {
        let message = format!(
            "Bronze run {} is not here, and a trial needs it",
            brief.bronze_run()
        );
        return Err(PipelineError::RunNotFound { message });
    };
    let full = request.full;
    let tried = try_module(project, module, &brief, &bronze, full, ahead, progress)?;
    progress.stage("sealing");
    let trial = tried.report().clone();
    let plan = tried.module().module().plan().document().clone();
    let header = tried.module().module().header().clone();
    let report = page(tried.module(), &brief, &trial, None);
    check_edge("the report", &report)?;
    let policy = DataPolicy::of(&brief, tried.module().module().plan(), &withheld);
    let data_policy = policy.to_bytes();
    let facts = DataPolicyFacts {
        digest: Digest::of(&data_policy),
        counts: policy.counts(),
    };
    let sealed = silversmith_attest::seal(tried, facts, keys.signer())?;
    let path = request.out.clone().unwrap_or_else(|| project.module());
    let digest = sealed.digest();
    let record = BuildRecord {
        intake: project.settings().intake.clone(),
        profile: project.profile(),
        files,
        author: header.author.clone(),
        reply,
        plan: plan.to_bytes(),
        trial: trial.clone(),
        statement: sealed.envelope().to_vec(),
        data_policy,
    };
    let folder = record::save(project, digest, &record, &report)?;
    publish(&path, &sealed)?;
    Ok(Built {
        path,
        digest,
        bronze_run: brief.bronze_run().clone(),
        trial,
        plan,
        findings,
        report: folder.join(record::REPORT_FILE),
    })
}

/// Tries a verified module in the jail, in interpreters that wait for it where there are any.
pub(crate) fn try_module(
    project: &Project,
    module: VerifiedModule,
    brief: &Brief,
    bronze: &Path,
    full: bool,
    ahead: Option<Ahead>,
    progress: &dyn Progress,
) -> Result<TriedModule, PipelineError> {
    let sandbox = project.sandbox()?;
    let (runtime, waiting) = match ahead {
        Some(Ahead { runtime, waiting }) => (runtime, Some(waiting)),
        None => (prepare_runtime(progress)?, None),
    };
    let limits = run_limits(project);
    let environment = Environment {
        sandbox: &sandbox,
        runtime: &runtime,
        limits,
    };
    let evidence = brief.evidence();
    let options = TrialOptions {
        bronze: &data_folder(bronze),
        evidence: &evidence.map(|evidence| evidence.tables).unwrap_or_default(),
        joins: brief.joins(),
        full,
    };
    let progress = Told(progress);
    Ok(run_trial(
        module,
        &environment,
        &options,
        waiting,
        &progress,
    )?)
}

/// What one run of a module may use, by the settings.
pub(crate) fn run_limits(project: &Project) -> Limits {
    let limits = &project.settings().limits;
    let wall = std::time::Duration::from_secs(limits.wall_seconds);
    let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
    Limits {
        wall,
        // All processors for the whole time: the wall clock is the limit that is meant.
        cpu: wall.saturating_mul(u32::try_from(processors).unwrap_or(u32::MAX)),
        memory: limits.memory_mib << 20,
        // Polars starts a pool of threads a processor, and a few of its own.
        pids: 64 + 8 * u32::try_from(processors).unwrap_or(1_000),
        disk: limits.output_mib << 20,
        ..Limits::default()
    }
}

/// Puts the statement and then the module under their names. The statement file holds the new
/// statement first and that of the module still in place second, so that whichever module a crash
/// leaves has its statement.
fn publish(path: &Path, sealed: &SealedModule) -> Result<(), PipelineError> {
    let statements = record::statement_path(path);
    let mut lines = sealed.envelope().to_vec();
    lines.push(b'\n');
    let current = record::current_statement(path)?;
    if let Some(current) = current.filter(|current| current != sealed.envelope()) {
        lines.extend(current);
        lines.push(b'\n');
    }
    write_atomically(&statements, &lines, 0o644)?;
    Ok(write_atomically(path, sealed.source().as_bytes(), 0o644)?)
}
