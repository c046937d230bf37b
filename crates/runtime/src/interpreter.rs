//! Finds the interpreter and asks it what it is.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::error::RuntimeError;

/// Names the interpreter to use: a path, or a program on the PATH.
pub const PYTHON_VARIABLE: &str = "SILVERSMITH_PYTHON";

/// The first version that the locked packages support.
const OLDEST: [u32; 2] = [3, 11];

/// Names to look for, in order.
const NAMES: [&str; 6] = [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python",
];

const QUERY: &str = include_str!("query.py");

/// A Python interpreter and the files that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interpreter {
    /// The program itself, without symbolic links or launchers.
    pub(crate) executable: PathBuf,
    /// Major, minor, micro.
    pub(crate) version: [u32; 3],
    /// Version, build and compiler as the interpreter states them.
    pub(crate) description: String,
    /// Such as `linux-x86_64`.
    pub(crate) platform: String,
    /// The directories of the standard library.
    pub(crate) stdlib: Vec<PathBuf>,
    /// Directories of shared libraries that the interpreter and the standard library load.
    pub(crate) libraries: Vec<PathBuf>,
}

/// The interpreter's answer. An old one gives its version only.
#[derive(Deserialize)]
struct Answer {
    version: [u32; 3],
    #[serde(default)]
    implementation: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    platform: String,
    #[serde(default)]
    executable: PathBuf,
    #[serde(default)]
    stdlib: Vec<PathBuf>,
    #[serde(default)]
    libraries: Vec<PathBuf>,
}

/// The interpreter named by the override, else the first on the PATH that is new enough. When none
/// is, the error is that of the first one found.
pub(crate) fn find(
    named: Option<&OsStr>,
    search_path: Option<&OsStr>,
) -> Result<Interpreter, RuntimeError> {
    let candidates = match named {
        Some(named) if Path::new(named).components().count() > 1 => vec![PathBuf::from(named)],
        Some(named) => on_path(named, search_path).into_iter().take(1).collect(),
        None => NAMES
            .iter()
            .flat_map(|name| on_path(OsStr::new(name), search_path))
            .collect(),
    };
    let mut first_error = None;
    for candidate in candidates {
        match ask(&candidate) {
            Ok(interpreter) => return Ok(interpreter),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or(RuntimeError::NoPython))
}

/// The files of that name in the directories of the PATH, in order.
fn on_path(name: &OsStr, search_path: Option<&OsStr>) -> Vec<PathBuf> {
    let directories = search_path.map(env::split_paths).into_iter().flatten();
    // A relative entry would make the interpreter depend on where the command is started.
    let directories = directories.filter(|directory| directory.is_absolute());
    directories
        .map(|directory| directory.join(name))
        .filter(|path| path.is_file())
        .collect()
}

fn ask(path: &Path) -> Result<Interpreter, RuntimeError> {
    let refuse = |detail: String| RuntimeError::NotPython {
        path: path.to_owned(),
        detail,
    };
    let output = Command::new(path)
        // Isolated and without site: neither the user's packages nor a .pth file takes part.
        .args(["-I", "-S", "-B", "-c", QUERY])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| refuse(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = text
        .lines()
        .next_back()
        .and_then(|line| serde_json::from_str::<Answer>(line).ok());
    let Some(answer) = answer.filter(|_| output.status.success()) else {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said
            .trim()
            .lines()
            .next_back()
            .unwrap_or("it did not answer");
        return Err(refuse(
            last.chars().filter(|c| !c.is_control()).take(200).collect(),
        ));
    };
    if answer.version[..2] < OLDEST[..] {
        let [major, minor, micro] = answer.version;
        return Err(RuntimeError::TooOld {
            path: path.to_owned(),
            found: format!("{major}.{minor}.{micro}"),
        });
    }
    if answer.implementation != "cpython" {
        return Err(refuse(format!(
            "it is {}, not CPython",
            answer.implementation
        )));
    }
    if !answer.executable.is_absolute() || answer.stdlib.is_empty() {
        return Err(refuse("it does not say where it lives".to_owned()));
    }
    Ok(Interpreter {
        executable: answer.executable,
        version: answer.version,
        description: answer.description,
        platform: answer.platform,
        stdlib: answer.stdlib,
        libraries: answer.libraries,
    })
}

impl Interpreter {
    /// Everything that the jail must show besides the system's own directories.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let mut paths = vec![self.executable.clone()];
        paths.extend(self.stdlib.iter().cloned());
        paths.extend(self.libraries.iter().cloned());
        paths.sort();
        paths.dedup();
        paths
    }

    /// For the loader: library directories that it would not search by itself when a program's own
    /// search path goes through a symbolic link.
    pub(crate) fn library_path(&self) -> Option<OsString> {
        let system = ["/usr/lib", "/lib", "/lib64", "/usr/lib64"];
        let own = |path: &&PathBuf| !system.iter().any(|system| path.starts_with(system));
        let in_stdlib = |path: &&PathBuf| !self.stdlib.iter().any(|lib| path.starts_with(lib));
        let own: Vec<_> = self
            .libraries
            .iter()
            .filter(own)
            .filter(in_stdlib)
            .collect();
        if own.is_empty() {
            return None;
        }
        env::join_paths(own).ok()
    }
}
