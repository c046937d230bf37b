//! Finds the interpreter and asks it what it is.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use silversmith_types::Digest;

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
    cache: &Path,
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
        match learn(&candidate, cache) {
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

/// What a program on the disk was when it was asked. A new build has another time or size.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    path: PathBuf,
    inode: u64,
    size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
}

impl Identity {
    fn of(path: &Path) -> Option<Self> {
        let path = path.canonicalize().ok()?;
        let metadata = fs::metadata(&path).ok()?;
        let modified =
            i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
        Some(Self {
            path,
            inode: metadata.ino(),
            size: metadata.len(),
            modified,
        })
    }
}

/// An answer that was kept: asking takes a tenth of a second.
#[derive(Serialize, Deserialize)]
struct Kept {
    identity: Identity,
    interpreter: Interpreter,
}

/// The interpreter behind a path: from the cache where the program is the one that was asked.
fn learn(candidate: &Path, cache: &Path) -> Result<Interpreter, RuntimeError> {
    let behind = behind_launcher(candidate);
    let candidate = behind.as_deref().unwrap_or(candidate);
    let Some(identity) = Identity::of(candidate) else {
        return ask(candidate);
    };
    let name = Digest::of(identity.path.as_os_str().as_encoded_bytes()).to_hex();
    let file = cache.join(format!("interpreter-{}.json", &name[..16]));
    let kept = fs::read(&file)
        .ok()
        .and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
    if let Some(kept) = kept
        && kept.identity == identity
        && kept
            .interpreter
            .stdlib
            .iter()
            .all(|directory| directory.is_dir())
    {
        return Ok(kept.interpreter);
    }
    let interpreter = ask(candidate)?;
    // A launcher may start another interpreter tomorrow; only an interpreter itself is kept.
    if interpreter.executable == identity.path {
        let kept = Kept {
            identity,
            interpreter,
        };
        // Without it the next start asks again.
        let _ = keep(&file, &kept);
        return Ok(kept.interpreter);
    }
    Ok(interpreter)
}

fn keep(file: &Path, kept: &Kept) -> io::Result<()> {
    let Some(cache) = file.parent() else {
        return Ok(());
    };
    fs::create_dir_all(cache)?;
    let partial = file.with_extension(format!("partial-{}", std::process::id()));
    fs::write(&partial, serde_json::to_vec(kept)?)?;
    fs::rename(partial, file)
}

/// Where a launcher script, such as those of pyenv, leads to at this moment.
fn behind_launcher(candidate: &Path) -> Option<PathBuf> {
    let mut start = [0; 2];
    fs::File::open(candidate)
        .ok()?
        .read_exact(&mut start)
        .ok()?;
    if start != *b"#!" {
        return None;
    }
    let question = "import os, sys; print(os.path.realpath(sys.executable))";
    let output = Command::new(candidate)
        .args(["-I", "-S", "-B", "-c", question])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    (path.is_absolute() && path.is_file()).then_some(path)
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
