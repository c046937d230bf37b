//! A project folder and the built binary.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its own part of this module, and a failed unwrap is the report"
)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A project folder that goes away with the test.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A project with the example.
    pub fn with_example() -> Self {
        let project = Self::empty();
        project.succeeds(["init"]);
        project
    }

    /// A project with one small table of its own, given as CSV, and no contract.
    pub fn with_table(name: &str, csv: &str) -> Self {
        let project = Self::with_example();
        std::fs::remove_dir_all(project.path("artifacts/bronze")).unwrap();
        std::fs::remove_file(project.path("contract.odcs.yaml")).unwrap();
        let settings = project.read("silversmith.toml");
        let without = settings
            .lines()
            .filter(|line| !line.starts_with("contract"));
        project.write("silversmith.toml", &without.collect::<Vec<_>>().join("\n"));
        project.write(&format!("artifacts/bronze/{RUN}/data/{name}"), csv);
        project
    }

    /// A path in the folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// The text of a file.
    pub fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path(relative)).unwrap()
    }

    /// Writes a file.
    pub fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The command, not started yet.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_silversmith"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1");
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ended {
        Ended(self.command(arguments).output().unwrap())
    }

    /// Runs a command that must succeed.
    pub fn succeeds<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.status(), 0, "{}", ended.stderr());
        ended
    }

    /// Runs a command with `--json` and reads the document.
    pub fn json<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> (i32, Value) {
        let mut command = self.command(arguments);
        let ended = Ended(command.arg("--json").output().unwrap());
        let document = serde_json::from_slice(&ended.0.stdout);
        (
            ended.status(),
            document.unwrap_or_else(|_| panic!("no JSON: {}", ended.stderr())),
        )
    }

    /// Names in a folder, sorted.
    pub fn names(&self, relative: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(relative))
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|e| e.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The one Silver run there is.
    pub fn silver_run(&self) -> String {
        let names = self.names("artifacts/silver");
        assert_eq!(names.len(), 1, "{names:?}");
        names[0].clone()
    }
}

/// The Bronze run of [`Project::with_table`].
pub const RUN: &str = "20260125_214726_#013410d7";
/// Where a module goes by default.
pub const MODULE: &str = "src/runs/load_2_silver_layer.py";

/// How a command ended.
pub struct Ended(Output);

impl Ended {
    /// The exit status.
    pub fn status(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    /// Standard output.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Standard error.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}
