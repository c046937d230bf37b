//! `silversmith`: writes the Silver layer's Python module under governance, and refuses to run
//! anything else.

mod args;
mod commands;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser as _;
use silversmith_sandbox::Helper;

use crate::args::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    // The jail starts this program again as its helper; that must happen before anything else.
    silversmith_sandbox::helper_main_if_requested();
    // So does what speaks to a model provider, in a process of its own.
    silversmith_model::worker_main_if_requested();
    // `sandbox` is worth its own way: a fork of this process as small as it is now, while the rest
    // of the command line is read, takes a millisecond less.
    let is_sandbox = std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == "sandbox");
    let helper = is_sandbox.then(Helper::fork).flatten();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    let output = Output::new(&arguments.common);
    match commands::run(arguments, helper, &output) {
        Ok(status) => status,
        Err(error) => output.failure(&error),
    }
}
