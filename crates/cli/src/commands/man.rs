use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory as _;
use serde_json::json;
use silversmith_pipeline::{FileError, PipelineError, write_atomically};

use crate::args::Arguments;
use crate::output::Output;

/// Writes a manual page for the program and one for each command, such as `silversmith-plan-show.1`.
pub(crate) fn run(folder: &Path, output: &Output) -> Result<ExitCode, PipelineError> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    write_pages(command, folder, &mut pages)?;
    let lines: Vec<String> = pages
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    output.result(&json!({"pages": pages}), &lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// The page of a command, then those of the commands below it.
fn write_pages(
    command: clap::Command,
    folder: &Path,
    pages: &mut Vec<PathBuf>,
) -> Result<(), PipelineError> {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    let man = clap_mangen::Man::new(command)
        .source(concat!("silversmith ", env!("CARGO_PKG_VERSION")))
        .manual("Silversmith");
    let path = folder.join(man.get_filename());
    let mut page = Vec::new();
    man.render(&mut page).map_err(|source| FileError::Write {
        path: path.clone(),
        source,
    })?;
    write_atomically(&path, &page, 0o644)?;
    pages.push(path);
    below
        .into_iter()
        .try_for_each(|command| write_pages(command, folder, pages))
}
