//! The same Silver steps by hand: what runs them, and proof that they are the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::services::install_locked;
use crate::shell::{at, fresh_folder, output, root, run};

/// A hand-written version of the steps, and how it is called in the tables.
pub(super) struct Peer {
    pub(super) name: &'static str,
    script: &'static str,
    requirements: &'static str,
    flags: &'static [&'static str],
}

const LATEST: &str = "requirements.txt";
const PANDAS_2: &str = "requirements-pandas2.txt";
const CHECK: &str = "--check";

/// All of them, by how much of the module's work they do.
pub(super) const PEERS: [Peer; 8] = [
    peer(
        "Polars by hand, same checks",
        "polars_silver.py",
        LATEST,
        &[CHECK],
    ),
    peer(
        "DuckDB by hand, same checks",
        "duckdb_silver.py",
        LATEST,
        &[CHECK],
    ),
    peer(
        "pandas 3.1, same checks and hashes",
        "pandas_silver.py",
        LATEST,
        &[CHECK, "--hash"],
    ),
    peer(
        "pandas 2.3, same checks and hashes",
        "pandas_silver.py",
        PANDAS_2,
        &[CHECK, "--hash"],
    ),
    peer(
        "Polars by hand, without checks",
        "polars_silver.py",
        LATEST,
        &[],
    ),
    peer(
        "DuckDB by hand, without checks",
        "duckdb_silver.py",
        LATEST,
        &[],
    ),
    peer(
        "pandas 3.1, without checks or hashes",
        "pandas_silver.py",
        LATEST,
        &[],
    ),
    peer(
        "pandas 2.3, without checks or hashes",
        "pandas_silver.py",
        PANDAS_2,
        &[],
    ),
];

const fn peer(
    name: &'static str,
    script: &'static str,
    requirements: &'static str,
    flags: &'static [&'static str],
) -> Peer {
    Peer {
        name,
        script,
        requirements,
        flags,
    }
}

impl Peer {
    /// The command that turns the files of `bronze` into those of `out`.
    pub(super) fn command(&self, bronze: &Path, out: &Path) -> Command {
        let mut command = Command::new(python_of(self.requirements));
        command
            .arg(path(self.script))
            .arg(bronze)
            .arg(out)
            .args(self.flags);
        command
    }

    /// Where it writes: peers of one name never share a folder.
    pub(super) fn folder(&self) -> String {
        self.name.replace([' ', ',', '.'], "_")
    }

    fn checks(&self) -> bool {
        self.flags.contains(&CHECK)
    }
}

/// Installs what the peers need, on first use.
pub(super) fn install() -> Outcome {
    for requirements in [LATEST, PANDAS_2] {
        install_locked(&path(requirements), &venv_of(requirements))?;
    }
    Ok(())
}

/// Compares every peer with a Silver run of the module: the tables cell by cell, and where it counts
/// the expectations, the counts.
pub(super) fn agree(bronze: &Path, silver_run: &Path, scratch: &Path) -> Outcome {
    for peer in &PEERS {
        let out = scratch.join(peer.folder());
        fresh_folder(&out)?;
        let printed = output(&mut peer.command(bronze, &out))?;
        let mut judge = Command::new(python());
        judge
            .arg(path("agree.py"))
            .arg(silver_run.join("data"))
            .arg(&out);
        if peer.checks() {
            let counts = out.join("counts.json");
            fs::write(&counts, printed).map_err(at("write", &counts))?;
            judge.arg(silver_run.join("reports/run.json")).arg(counts);
        }
        run(&mut judge).map_err(|error| format!("{}: {error}", peer.name))?;
    }
    Ok(())
}

/// The interpreter with the libraries that the module runs on, among others.
pub(super) fn python() -> PathBuf {
    python_of(LATEST)
}

/// A file in `bench/peers`.
pub(super) fn path(name: &str) -> PathBuf {
    root().join("bench/peers").join(name)
}

fn python_of(requirements: &str) -> PathBuf {
    venv_of(requirements).join("bin/python")
}

fn venv_of(requirements: &str) -> PathBuf {
    let name = requirements
        .trim_end_matches(".txt")
        .replace("requirements", "bench-venv");
    root().join("target").join(name)
}
