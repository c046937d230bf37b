//! The commands, one a file.

mod build;
mod check;
mod cost;
mod doctor;
mod draw;
mod init;
mod man;
mod plan;
mod profile;
mod program;
mod report;
mod reproduce;
mod run;
mod sandbox;
mod secret;
mod trial;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use silversmith_pipeline::{FileError, PipelineError, Project};
use silversmith_sandbox::Helper;

use crate::args::{Arguments, Command, Common, Weaker};
use crate::output::Output;

/// Runs the command that was typed. `helper` is for the command `sandbox`.
pub(crate) fn run(
    arguments: Arguments,
    helper: Option<Helper>,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let common = &arguments.common;
    enter(common)?;
    match arguments.command {
        Command::Init => init::run(output),
        Command::Doctor(command) => doctor::run(&open(common)?, &command, output),
        Command::Profile(command) => profile::run(&open(common)?, &command, output),
        Command::Check(command) => check::run(&open(common)?, &command, output),
        Command::Build(command) => build::run(&jailed(common, &command.weaker)?, &command, output),
        Command::Plan(command) => plan::run(&open(common)?, &command, output),
        Command::Trial(command) => trial::run(&jailed(common, &command.weaker)?, &command, output),
        Command::Sandbox(command) => {
            sandbox::run(&jailed(common, &command.weaker)?, &command, helper, output)
        }
        Command::Reproduce(command) => reproduce::run(&open(common)?, &command, output),
        Command::Verify(command) => verify::run(&open(common)?, &command, output),
        Command::Run(command) => run::run(&jailed(common, &command.weaker)?, &command, output),
        Command::Report(command) => report::run(&open(common)?, &command, output),
        Command::Secret(command) => secret::run(&open(common)?, &command, output),
        Command::Cost(command) => cost::run(&open(common)?, &command, output),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "silversmith", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
        Command::Man { folder } => man::run(&folder, output),
    }
}

fn open(common: &Common) -> Result<Project, PipelineError> {
    Project::open(Path::new("."), common.profile.into())
}

/// The project of a command that runs something in the jail.
fn jailed(common: &Common, weaker: &Weaker) -> Result<Project, PipelineError> {
    Ok(open(common)?.accepting_weaker_sandbox(weaker.accept_weaker_sandbox))
}

/// `-C DIR` means what it means to git: as if the command had been started there.
fn enter(common: &Common) -> Result<(), PipelineError> {
    let path = &common.directory;
    std::env::set_current_dir(path).map_err(|source| {
        let path = path.clone();
        FileError::Read { path, source }.into()
    })
}
