use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{FileError, PipelineError, Project, weaker};
use silversmith_sandbox::{Grant, Helper, JailSpec, Limits, Outcome, SandboxError};

use super::program;
use crate::args::Sandbox;
use crate::output::Output;

pub(crate) fn run(
    project: &Project,
    command: &Sandbox,
    helper: Option<Helper>,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let mut spec = JailSpec::new(command.command.clone());
    if let Some(program) = spec.command.first_mut() {
        *program = resolved(program)?;
    }
    spec.read_only = grants(&command.ro)?;
    spec.outputs = grants(&command.rw)?;
    let here = std::env::current_dir().unwrap_or_default();
    let shown: Vec<Grant> = spec
        .read_only
        .iter()
        .chain(&spec.outputs)
        .cloned()
        .collect();
    spec.working_directory = program::start_in(&here, &shown);
    if let Some(program) = spec.command.first() {
        spec.read_only
            .extend(program::grants_for(Path::new(program)));
    }
    spec.limits = Limits {
        wall: command.wall,
        cpu: command.cpu,
        memory: command.memory,
        pids: command.pids,
        disk: command.disk,
        stdout: command.stdout,
    };
    let sandbox = project.sandbox()?;
    let memory_mb = (sandbox.usable_memory(&spec.limits) >> 20).to_string();
    let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
    spec.environment.extend([
        variable("PATH", &PROGRAM_DIRECTORIES.join(":")),
        variable("LANG", "C.UTF-8"),
        // Polars makes code at run time for this check, which the jail does not let it do.
        variable("POLARS_SKIP_CPU_CHECK", "1"),
        // It sizes its buffers by /proc/meminfo, which the jail does not have; without, it gives
        // memory back and asks for it again all the time, which takes a quarter longer.
        variable("POLARS_OVERRIDE_TOTAL_MEMORY_MB", &memory_mb),
    ]);
    let ended = sandbox.run_by(helper, &spec, None)?;
    for layer in ended.accepted() {
        output.warn(weaker(layer));
    }
    if output.is_json() {
        let mut document = json!(ended);
        document["stdout"] = json!(String::from_utf8_lossy(&ended.stdout));
        document["stderr"] = json!(String::from_utf8_lossy(&ended.stderr));
        output.result(&document, "");
    } else {
        use std::io::Write as _;
        // What the command printed goes where it would have gone; a closed reader wants no more.
        _ = std::io::stdout().write_all(&ended.stdout);
        _ = std::io::stderr().write_all(&ended.stderr);
        output.say(&ended);
        for violation in &ended.violations {
            output.say(violation);
        }
    }
    let good = ended.outcome == Outcome::Exited && ended.code == Some(0);
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Where a program without a slash is looked for: what a job's PATH is, for the caller's own may name
/// places that the jail does not have.
const PROGRAM_DIRECTORIES: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// The program as a shell would take it: a name is looked for, a path is made absolute.
fn resolved(program: &OsStr) -> Result<OsString, PipelineError> {
    let path = Path::new(program);
    if path.components().count() == 1 && path.file_name() == Some(program) {
        let mut places = PROGRAM_DIRECTORIES
            .iter()
            .map(|place| Path::new(place).join(path));
        let place = places.find(|place| place.is_file());
        return place.map(PathBuf::into_os_string).ok_or_else(|| {
            let detail = format!(
                "there is no program {} in {}",
                path.display(),
                PROGRAM_DIRECTORIES.join(", ")
            );
            SandboxError::Spec { detail }.into()
        });
    }
    match std::path::absolute(path) {
        Ok(absolute) => Ok(absolute.into_os_string()),
        Err(source) => Err(FileError::Read {
            path: path.to_owned(),
            source,
        }
        .into()),
    }
}

/// `PATH` or `PATH:INSIDE`, made absolute.
fn grants(texts: &[String]) -> Result<Vec<Grant>, PipelineError> {
    let absolute = |path: &str| -> Result<PathBuf, PipelineError> {
        let path = PathBuf::from(path);
        std::path::absolute(&path).map_err(|source| FileError::Read { path, source }.into())
    };
    texts
        .iter()
        .map(|text| match text.split_once(':') {
            Some((host, inside)) => Ok(Grant::new(absolute(host)?, inside)),
            None => Ok(Grant::same(absolute(text)?)),
        })
        .collect()
}
