//! The record of a build below `.silversmith/builds/<digest>/`: everything from which the module can
//! be derived and judged again, and the statement beside the module.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use silversmith_attest::subject_of;
use silversmith_report::RunRecord;
use silversmith_types::evidence::Evidence;
use silversmith_types::trial::TrialReport;
use silversmith_types::{Digest, RunId, Timestamp};

use crate::error::PipelineError;
use crate::inputs::InputFiles;
use crate::project::{CONTEXT_FILE, Project, REPORT_FILE as INPUT_REPORT_FILE};
use crate::settings::{IntakeSettings, ProfileName};
use silversmith_store::files::{
    FileError, publish_folder, read_bounded, unfinished, write_atomically,
};

/// The page for people.
pub(crate) const REPORT_FILE: &str = "report.html";
const CONTRACT_FILE: &str = "contract.odcs.yaml";
const REPLY_FILE: &str = "reply";
const PLAN_FILE: &str = "plan.json";
const TRIAL_FILE: &str = "trial.json";
const STATEMENT_FILE: &str = "statement.intoto.json";
const ORIGIN_FILE: &str = "origin.json";
/// In the record of a build, and among the reports of a run.
pub(crate) const DATA_POLICY_FILE: &str = "data_policy.json";
/// How the jail saw a run, among its reports.
pub(crate) const SANDBOX_FILE: &str = "sandbox.json";
/// The id of the last Silver run that this module made.
const LAST_RUN_FILE: &str = "last_run";

/// Largest module, and largest file of a record, that is read. The skeleton has 30 kB; a transform
/// of 200 tables with 500 steps each stays far below.
pub(crate) const MAX_MODULE: u64 = 64 << 20;
/// The format of an export.
const EXPORT_FORMAT: &str = "silversmith.build-export/v0";
/// Largest export that is read: the inputs at their own bounds, in Base64.
const MAX_EXPORT: u64 = 512 << 20;
/// The files of a record that an export has.
const RECORDED: [&str; 9] = [
    CONTEXT_FILE,
    INPUT_REPORT_FILE,
    CONTRACT_FILE,
    ORIGIN_FILE,
    REPLY_FILE,
    PLAN_FILE,
    TRIAL_FILE,
    STATEMENT_FILE,
    DATA_POLICY_FILE,
];
/// A run id has 25 bytes.
const MAX_NOTE: u64 = 64;
/// Largest file of statements: a handful of envelopes of some kilobytes each.
const MAX_STATEMENTS: u64 = 4 << 20;

/// Everything that a build recorded.
pub struct BuildRecord {
    /// What was read of the inputs, and what of it an author could see.
    pub intake: IntakeSettings,
    /// The profile that was in force.
    pub profile: ProfileName,
    /// The inputs.
    pub files: InputFiles,
    /// Who wrote the plan, with version.
    pub author: String,
    /// What they answered, as it arrived.
    pub reply: Vec<u8>,
    /// The plan in its canonical bytes.
    pub plan: Vec<u8>,
    /// What the trial found.
    pub trial: TrialReport,
    /// The signed statement.
    pub statement: Vec<u8>,
    /// Which fields are personal, what becomes of them, and what was kept from the author.
    pub data_policy: Vec<u8>,
}

/// What the other files of a record do not say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginFile {
    author: String,
    intake: IntakeSettings,
    profile: ProfileName,
    as_of: Option<Timestamp>,
    evidence: Option<Evidence>,
}

/// Writes a record. It appears under its name when it is complete.
pub(crate) fn save(
    project: &Project,
    module: Digest,
    record: &BuildRecord,
    report: &str,
) -> Result<PathBuf, PipelineError> {
    let folder = project.build_record(module);
    let builds = silversmith_store::files::parent(&folder);
    let staged = unfinished(&builds)?;
    let origin = OriginFile {
        author: record.author.clone(),
        intake: record.intake.clone(),
        profile: record.profile,
        as_of: record.files.as_of,
        evidence: record.files.evidence.clone(),
    };
    // Serialising plain data with string keys into memory cannot fail.
    let json = |value: serde_json::Result<Vec<u8>>| value.unwrap_or_default();
    let mut files = vec![
        (CONTEXT_FILE, record.files.context.clone()),
        (INPUT_REPORT_FILE, record.files.report.clone()),
        (ORIGIN_FILE, json(serde_json::to_vec_pretty(&origin))),
        (REPLY_FILE, record.reply.clone()),
        (PLAN_FILE, record.plan.clone()),
        (TRIAL_FILE, json(serde_json::to_vec_pretty(&record.trial))),
        (STATEMENT_FILE, record.statement.clone()),
        (DATA_POLICY_FILE, record.data_policy.clone()),
        (REPORT_FILE, report.as_bytes().to_vec()),
    ];
    files.extend(
        record
            .files
            .contract
            .clone()
            .map(|bytes| (CONTRACT_FILE, bytes)),
    );
    let exists = folder.is_dir();
    // The same module built again: its record is brought up to date file by file.
    let target = if exists {
        folder.as_path()
    } else {
        staged.path()
    };
    for (name, bytes) in files {
        write_atomically(&target.join(name), &bytes, 0o600)?;
    }
    if !exists {
        publish_folder(staged.path(), &folder)?;
    }
    Ok(folder)
}

/// Reads the record of the build of a module.
pub fn load(project: &Project, path: &Path, module: Digest) -> Result<BuildRecord, PipelineError> {
    let folder = project.build_record(module);
    if !folder.is_dir() {
        return Err(PipelineError::NoBuild {
            path: path.to_owned(),
            digest: module,
        });
    }
    read_record(|name| {
        let file = folder.join(name);
        let is_optional = matches!(name, CONTRACT_FILE | DATA_POLICY_FILE) && !file.is_file();
        match is_optional {
            true => Ok(None),
            false => Ok(Some(read_bounded(&file, MAX_MODULE)?)),
        }
    })
}

/// A record from its files by their names.
fn read_record(
    mut read: impl FnMut(&str) -> Result<Option<Vec<u8>>, PipelineError>,
) -> Result<BuildRecord, PipelineError> {
    let damaged = |name: &str| PipelineError::BuildDiffers {
        message: format!("{name} of the record is missing or damaged"),
    };
    let contract = read(CONTRACT_FILE)?;
    let data_policy = read(DATA_POLICY_FILE)?.unwrap_or_default();
    let mut needed = |name: &str| read(name)?.ok_or_else(|| damaged(name));
    let origin: OriginFile =
        serde_json::from_slice(&needed(ORIGIN_FILE)?).map_err(|_| damaged(ORIGIN_FILE))?;
    let trial = serde_json::from_slice(&needed(TRIAL_FILE)?).map_err(|_| damaged(TRIAL_FILE))?;
    Ok(BuildRecord {
        intake: origin.intake,
        profile: origin.profile,
        files: InputFiles {
            context: needed(CONTEXT_FILE)?,
            report: needed(INPUT_REPORT_FILE)?,
            contract,
            evidence: origin.evidence,
            as_of: origin.as_of,
        },
        author: origin.author,
        reply: needed(REPLY_FILE)?,
        plan: needed(PLAN_FILE)?,
        trial,
        statement: needed(STATEMENT_FILE)?,
        data_policy,
    })
}

/// All that it takes to derive a module, in one file for another machine.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportFile {
    /// [`EXPORT_FORMAT`].
    format: String,
    /// The module.
    module: Digest,
    /// The files of its record, in Base64.
    files: BTreeMap<String, String>,
}

/// Writes the record of the build of a module to one file.
pub fn export_build(project: &Project, module: &Path, to: &Path) -> Result<(), PipelineError> {
    let digest = Digest::of(&read_bounded(module, MAX_MODULE)?);
    let folder = project.build_record(digest);
    let mut files = BTreeMap::new();
    for name in RECORDED {
        let file = folder.join(name);
        if file.is_file() {
            let bytes = read_bounded(&file, MAX_MODULE)?;
            files.insert(name.to_owned(), Base64::encode_string(&bytes));
        }
    }
    let export = ExportFile {
        format: EXPORT_FORMAT.to_owned(),
        module: digest,
        files,
    };
    // Plain data with string keys: writing it into memory cannot fail.
    let bytes = serde_json::to_vec(&export).unwrap_or_default();
    Ok(write_atomically(to, &bytes, 0o600)?)
}

/// Reads the record of the build of a module from such a file, which is as untrusted as any.
pub(crate) fn load_export(
    export: &Path,
    path: &Path,
    module: Digest,
) -> Result<BuildRecord, PipelineError> {
    let bytes = read_bounded(export, MAX_EXPORT)?;
    let refuse = |message: String| PipelineError::BuildDiffers { message };
    let file: ExportFile = serde_json::from_slice(&bytes).map_err(|error| {
        refuse(format!(
            "{} is no export of a build: {error}",
            export.display()
        ))
    })?;
    if file.format != EXPORT_FORMAT {
        return Err(refuse(format!("{} has another format", export.display())));
    }
    if file.module != module {
        return Err(PipelineError::NoBuild {
            path: path.to_owned(),
            digest: module,
        });
    }
    read_record(|name| {
        let Some(text) = file.files.get(name) else {
            return Ok(None);
        };
        let bytes = Base64::decode_vec(text);
        bytes
            .map(Some)
            .map_err(|_| refuse(format!("{name} of the export is damaged")))
    })
}

/// The data policy of the record of a build; absent where there is no record, or one of a version that
/// did not write it.
pub(crate) fn data_policy(project: &Project, module: Digest) -> Result<Option<Vec<u8>>, FileError> {
    let file = project.build_record(module).join(DATA_POLICY_FILE);
    file.is_file()
        .then(|| read_bounded(&file, MAX_MODULE))
        .transpose()
}

/// Notes a Silver run with the module that makes it, where that was built in this project. A run that
/// is noted and was not published in the end is one that is not here.
pub(crate) fn save_run(
    project: &Project,
    module: Digest,
    silver_run: &RunId,
) -> Result<(), FileError> {
    let folder = project.build_record(module);
    match folder.is_dir() {
        true => write_atomically(
            &folder.join(LAST_RUN_FILE),
            silver_run.as_str().as_bytes(),
            0o600,
        ),
        false => Ok(()),
    }
}

/// What the last run of a module says of itself; nothing where there was none, where it was removed,
/// or where its record cannot be read: the page is about the module, and can do without.
pub(crate) fn last_run(project: &Project, module: Digest) -> Option<RunRecord> {
    let note = project.build_record(module).join(LAST_RUN_FILE);
    let id = String::from_utf8(read_bounded(&note, MAX_NOTE).ok()?).ok()?;
    let id: RunId = id.parse().ok()?;
    let path = project.silver().join(id.as_str()).join("reports/run.json");
    serde_json::from_slice(&read_bounded(&path, MAX_MODULE).ok()?).ok()
}

/// The file beside a module that holds its statement: one envelope a line (JSON Lines).
pub(crate) fn statement_path(module: &Path) -> PathBuf {
    let mut name = module.as_os_str().to_owned();
    name.push(".intoto.jsonl");
    PathBuf::from(name)
}

/// The statement about a module of this digest, among those beside it; or why there is none, in a
/// sentence.
pub(crate) fn statement_for(
    path: &Path,
    module: Digest,
) -> Result<Result<Vec<u8>, String>, PipelineError> {
    let file = statement_path(path);
    if !file.is_file() {
        return Ok(Err(format!("there is no file {}", file.display())));
    }
    let bytes = read_bounded(&file, MAX_STATEMENTS)?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let subjects = lines
        .filter(|line| !line.is_empty())
        .map(|line| (subject_of(line), line));
    let (about, others): (Vec<_>, Vec<_>) =
        subjects.partition(|(subject, _)| *subject == Some(module));
    let unreadable = others.iter().any(|(subject, _)| subject.is_none());
    Ok(match about.first() {
        Some((_, line)) => Ok(line.to_vec()),
        None if unreadable => Err(format!(
            "what {} says cannot be read, and nothing else there is about sha256 {module}",
            file.display()
        )),
        None => Err(format!(
            "no statement about sha256 {module} in {}",
            file.display()
        )),
    })
}

/// The statement about the module that is in place now.
pub(crate) fn current_statement(path: &Path) -> Result<Option<Vec<u8>>, PipelineError> {
    if !path.is_file() {
        return Ok(None);
    }
    let module = Digest::of(&read_bounded(path, MAX_MODULE)?);
    Ok(statement_for(path, module)?.ok())
}
