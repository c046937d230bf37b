//! `cargo xtask test` and `cargo xtask ci`.

use std::process::Command;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::demo;
use crate::shell::{cargo, check_python, run};

/// Everything that has to hold before a change is proposed.
pub(crate) fn test(arguments: Arguments) -> Outcome {
    arguments.finish()?;
    check_python()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-Dwarnings",
    ]))?;
    demo::prepare_runtime(cargo().args(["run", "--quiet", "--package", "silversmith", "--"]))?;
    run(cargo().args(["test", "--workspace", "--quiet"]))?;
    run(cargo().env("RUSTDOCFLAGS", "-Dwarnings").args([
        "doc",
        "--workspace",
        "--no-deps",
        "--quiet",
    ]))?;
    eprintln!("\nAll checks passed.");
    Ok(())
}

/// What CI runs: the versions, for whoever reads the log, then the tests, then the demo.
pub(crate) fn ci(arguments: Arguments) -> Outcome {
    arguments.finish()?;
    for tool in ["rustc", "cargo", "python3"] {
        run(Command::new(tool).arg("--version"))?;
    }
    test(Arguments::new(std::iter::empty()))?;
    demo::demo(Arguments::new(std::iter::empty()))
}
