//! `silversmith`: writes the Silver layer's Python module under governance, and refuses to run
//! anything else.

mod args;
mod commands;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    // The jail starts this program again as its helper; that must happen before anything else.
    silversmith_sandbox::helper_main_if_requested();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    let output = Output::new(&arguments.common);
    match commands::run(arguments, &output) {
        Ok(status) => status,
        Err(error) => output.failure(&error),
    }
}
