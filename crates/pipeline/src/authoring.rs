//! Who writes the plan of a build, and how often an author outside this program is asked again.

use std::path::{Path, PathBuf};

use silversmith_author::exec::{self, Program};
use silversmith_author::prompt::Prompt;
use silversmith_author::{proposal, rules};
use silversmith_intake::Brief;
use silversmith_plan::PlanError;
use silversmith_policy::VerifiedModule;

use crate::build::compile;
use crate::error::PipelineError;
use crate::model::{self, Asking};
use crate::progress::Progress;
use crate::project::Project;
use silversmith_store::files::FileError;

/// How much of an answer is sent back when its author is asked again.
const MAX_ECHO: usize = 16 << 10;

/// Who writes the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuthorName {
    /// The embedded rules.
    #[default]
    Rules,
    /// The program that `author.exec` of the settings names.
    Exec,
    /// The models that `author.llm` of the settings names.
    Llm(Asking),
}

/// What an author answered, and what it came to.
pub(crate) struct Authored {
    /// The answer as it arrived.
    pub(crate) reply: Vec<u8>,
    /// Its plan, compiled and verified.
    pub(crate) module: VerifiedModule,
}

/// The module of a reply, by what its author is called: the same today and from a record. The rules
/// write plans, authors outside this program proposals.
pub(crate) fn derive(
    author: &str,
    reply: &[u8],
    brief: &Brief,
) -> Result<VerifiedModule, PipelineError> {
    match author.starts_with("exec/") || author.starts_with("llm/") {
        true => {
            let plan = proposal::read(reply, brief).map_err(PipelineError::Unusable)?;
            compile(&plan, author, brief)
        }
        false => compile(reply, author, brief),
    }
}

/// The plan of an author for a brief, compiled and verified. An author outside this program is asked
/// again, with what was wrong, as often as the settings say.
pub(crate) fn author(
    project: &Project,
    name: AuthorName,
    brief: &Brief,
    progress: &dyn Progress,
) -> Result<Authored, PipelineError> {
    match name {
        AuthorName::Rules => {
            progress.stage("writing the plan");
            let reply = rules::reply(brief);
            let author = format!("{}/{}", reply.author, reply.version);
            let module = derive(&author, &reply.bytes, brief)?;
            Ok(Authored {
                reply: reply.bytes,
                module,
            })
        }
        AuthorName::Llm(asking) => model::author(project, asking, brief, progress),
        AuthorName::Exec => {
            let program = program(project)?;
            progress.stage("asking the author program for a plan");
            ask(&program, project.settings().author.repairs, brief, progress)
        }
    }
}

fn program(project: &Project) -> Result<Program, PipelineError> {
    let settings = project.settings().author.exec.as_ref();
    let command = settings.and_then(|exec| Some((exec, exec.command.split_first()?)));
    let (exec, (program, arguments)) = command.ok_or(PipelineError::NoAuthor)?;
    let folder = project.path(Path::new("."));
    let folder = std::path::absolute(&folder).map_err(|source| FileError::Read {
        path: folder,
        source,
    })?;
    // A path is meant from the project's folder, wherever the command is given.
    let program = match program.contains('/') {
        true => folder.join(program),
        false => PathBuf::from(program),
    };
    Ok(Program {
        program,
        arguments: arguments.to_vec(),
        folder,
        timeout: std::time::Duration::from_secs(exec.timeout_seconds),
    })
}

fn ask(
    program: &Program,
    repairs: u32,
    brief: &Brief,
    progress: &dyn Progress,
) -> Result<Authored, PipelineError> {
    let author = format!("exec/{}", exec::VERSION);
    let first = Prompt::of(brief);
    let mut prompt = first.clone();
    let mut left = repairs;
    loop {
        let reply = program.ask(&prompt, tokens(&prompt))?;
        let problems = match (derive(&author, &reply, brief), left) {
            (Ok(module), _) => return Ok(Authored { reply, module }),
            (Err(PipelineError::Unusable(unusable)), 1..) => vec![unusable.to_string()],
            (Err(PipelineError::Plan(errors)), 1..) => problems(&errors, brief),
            (Err(error), _) => return Err(error),
        };
        left -= 1;
        progress.stage("asking again: the answer was no plan");
        prompt = first.repair(&echo(&reply), &problems);
    }
}

/// The tokens of all messages of a request.
pub fn tokens(prompt: &Prompt) -> usize {
    let counts = prompt.messages().iter();
    counts.map(|m| silversmith_tokens::count(&m.content)).sum()
}

/// The beginning of an answer.
pub(crate) fn echo(answer: &[u8]) -> String {
    let beginning = answer.get(..MAX_ECHO).unwrap_or(answer);
    String::from_utf8_lossy(beginning).into_owned()
}

/// What is wrong with a plan, for the author. The messages name tables and columns, and so they are sent
/// only where every name of the brief is.
pub(crate) fn problems(errors: &[PlanError], brief: &Brief) -> Vec<String> {
    let shows = brief.tables().iter().all(|(name, table)| {
        let mut columns = table.columns.iter();
        brief.shows_table(name) && columns.all(|column| brief.shows_column(name, &column.name))
    });
    let problem = |error: &PlanError| match shows {
        true => format!("{}: {} ({})", error.pointer, error.message, error.code()),
        false => format!("{} {}", error.code(), place(&error.pointer, brief)),
    };
    errors.iter().map(problem).collect()
}

/// A pointer into a plan with the alias of its table, up to the step.
fn place(pointer: &str, brief: &Brief) -> String {
    let inside = |(name, _): (&silversmith_types::TableName, _)| {
        let written = name.as_str().replace('~', "~0").replace('/', "~1");
        let rest = pointer.strip_prefix(&format!("/tables/{written}/"))?;
        let steps: Vec<&str> = rest.split('/').take(2).collect();
        Some(format!(
            "/tables/{}/{}",
            brief.table_alias(name)?,
            steps.join("/")
        ))
    };
    brief.tables().iter().find_map(inside).unwrap_or_default()
}
