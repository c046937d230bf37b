//! `cargo xtask services`: the servers that tests ask, installed below `target/services`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{at, output, root, run};

pub(crate) fn command(arguments: Arguments) -> Outcome {
    arguments.finish()?;
    install()
}

/// Installs what is not there yet: OpenBao, llama.cpp and LiteLLM from Python's packages, an OpenID
/// Connect server from Node's. All are locked.
pub(crate) fn install() -> Outcome {
    let from = root().join("crates/cli/tests/services");
    let to = root().join("target/services");
    install_locked(&from.join("requirements.txt"), &to.join("venv"))?;
    let npm = to.join("npm");
    let lock = "package-lock.json";
    let wanted = fs::read(from.join(lock)).map_err(at("read", &from.join(lock)))?;
    let installed = npm.join("installed.json");
    if fs::read(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    fs::create_dir_all(&npm).map_err(at("make", &npm))?;
    for name in ["package.json", lock] {
        fs::copy(from.join(name), npm.join(name)).map_err(at("copy", &npm.join(name)))?;
    }
    let mut ci = Command::new("npm");
    ci.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]);
    run(ci.current_dir(&npm))?;
    fs::write(&installed, wanted).map_err(at("write", &installed))
}

/// Makes a Python environment of locked requirements, unless it is there already.
pub(crate) fn install_locked(requirements: &Path, venv: &Path) -> Outcome {
    let installed = venv.join("installed.txt");
    let wanted = fs::read(requirements).map_err(at("read", requirements))?;
    if fs::read(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(venv))?;
    output(
        Command::new(venv.join("bin/python"))
            .args(["-m", "pip", "install", "-q", "--only-binary", ":all:"])
            // The lock is complete, so there is nothing to resolve; asked to, pip would look at newer versions,
            // and refuse them for not being in it.
            .args(["--no-deps", "--require-hashes", "-r"])
            .arg(requirements),
    )?;
    output(Command::new(venv.join("bin/python")).args(["-m", "pip", "check"]))?;
    fs::write(&installed, wanted).map_err(at("write", &installed))
}
