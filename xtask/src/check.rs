//! `cargo xtask test` and `cargo xtask ci`.

use std::process::Command;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{cargo, check_python, fresh_folder, root, run};
use crate::{demo, services};

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
    check_fuzz_targets()?;
    prepare_runtime()?;
    services::install()?;
    run(cargo()
        .env("SILVERSMITH_REQUIRE_SERVICES", "1")
        .args(["test", "--workspace", "--quiet"]))?;
    // What each part of the jail is for, with a switch that no other build has.
    run(cargo().args([
        "test",
        "--quiet",
        "--package=silversmith-sandbox",
        "--features=ablation",
        "--test=ablation",
    ]))?;
    run(cargo().env("RUSTDOCFLAGS", "-Dwarnings").args([
        "doc",
        "--workspace",
        "--no-deps",
        "--quiet",
    ]))?;
    eprintln!("\nAll checks passed.");
    Ok(())
}

/// Sees that the fuzz targets fit what they test. Running them needs a nightly compiler, compiling them does
/// not: told that the fuzzer's own library is elsewhere, its crate does not build it.
fn check_fuzz_targets() -> Outcome {
    run(cargo()
        .env("CUSTOM_LIBFUZZER_PATH", "/nonexistent/libfuzzer.a")
        .args(["check", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(root().join("target/fuzz")))
}

/// Lets the product install its Python runtime, where it is not there yet, so that no test waits
/// for a download. `doctor` speaks of a project, so it gets one.
fn prepare_runtime() -> Outcome {
    let project = root().join("target/test-project");
    fresh_folder(&project)?;
    for words in [["init", "--quiet"], ["doctor", "--prepare"]] {
        let mut silversmith = cargo();
        silversmith
            .args(["run", "--quiet", "--package", "silversmith", "--"])
            .args(words);
        run(silversmith.current_dir(&project))?;
    }
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
