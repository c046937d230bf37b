//! Why the Python runtime is not there.

use std::io;
use std::path::PathBuf;

/// The runtime could not be prepared, or is not what was prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// No Python interpreter was found.
    #[error("no Python interpreter was found")]
    NoPython,
    /// What was found is older than 3.11.
    #[error("Python {found} at {} is too old", path.display())]
    TooOld {
        /// The interpreter.
        path: PathBuf,
        /// Its version.
        found: String,
    },
    /// What was found is no usable interpreter.
    #[error("{} is not a usable Python interpreter: {detail}", path.display())]
    NotPython {
        /// The program that was asked.
        path: PathBuf,
        /// What happened.
        detail: String,
    },
    /// The interpreter has no pip.
    #[error("the Python interpreter {} has no pip", path.display())]
    NoPip {
        /// The interpreter.
        path: PathBuf,
    },
    /// The packages could not be downloaded.
    #[error("the Python packages could not be downloaded")]
    Network {
        /// The end of what pip said.
        output: String,
    },
    /// A downloaded package is not the locked one.
    #[error("a downloaded Python package does not have the locked hash")]
    HashMismatch {
        /// The end of what pip said.
        output: String,
    },
    /// No locked package fits this machine.
    #[error("no locked Python package fits this machine ({platform})")]
    NoWheel {
        /// The platform that the interpreter was built for.
        platform: String,
        /// The end of what pip said.
        output: String,
    },
    /// pip failed in another way.
    #[error("the Python packages could not be installed")]
    Install {
        /// The end of what pip said.
        output: String,
    },
    /// The disk is full.
    #[error("the disk that holds {} is full", path.display())]
    DiskFull {
        /// The cache.
        path: PathBuf,
    },
    /// The cache cannot be written.
    #[error("the cache {} cannot be written: {source}", path.display())]
    Cache {
        /// The cache.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// No place for the cache is known.
    #[error("there is no directory for the cache")]
    NoCache,
    /// A file of the prepared runtime is not what was prepared.
    #[error("the prepared runtime was changed: {path}")]
    Changed {
        /// The first file that differs, relative to the runtime's directory.
        path: String,
    },
}

impl RuntimeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPython => "SS-RUNTIME-001",
            Self::TooOld { .. } => "SS-RUNTIME-002",
            Self::NotPython { .. } => "SS-RUNTIME-003",
            Self::NoPip { .. } => "SS-RUNTIME-004",
            Self::Network { .. } => "SS-RUNTIME-005",
            Self::HashMismatch { .. } => "SS-RUNTIME-006",
            Self::NoWheel { .. } => "SS-RUNTIME-007",
            Self::Install { .. } => "SS-RUNTIME-008",
            Self::DiskFull { .. } => "SS-RUNTIME-009",
            Self::Cache { .. } => "SS-RUNTIME-010",
            Self::NoCache => "SS-RUNTIME-011",
            Self::Changed { .. } => "SS-RUNTIME-012",
        }
    }

    /// What to do, in one line; for an installation that failed, followed by the end of what pip
    /// said.
    pub fn help(&self) -> Option<String> {
        let (text, output) = match self {
            Self::NoPython => (
                "install Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-pip), \
                 or name one in SILVERSMITH_PYTHON",
                None,
            ),
            Self::TooOld { .. } => (
                "install Python 3.11 or newer, or name one in SILVERSMITH_PYTHON",
                None,
            ),
            Self::NotPython { .. } => (
                "name a CPython interpreter, 3.11 or newer, in SILVERSMITH_PYTHON",
                None,
            ),
            Self::NoPip { .. } => (
                "install pip for it (Debian, Ubuntu: apt install python3-pip; elsewhere: python3 -m \
                 ensurepip)",
                None,
            ),
            Self::Network { output } => (
                "check the network, or the mirror and proxy that pip is configured for; it is needed \
                 once",
                Some(output),
            ),
            Self::HashMismatch { output } => (
                "do not use that mirror: it serves other bytes than those that were reviewed",
                Some(output),
            ),
            Self::NoWheel { output, .. } => {
                ("use Linux with glibc on x86_64 or aarch64", Some(output))
            }
            Self::Install { output } => ("see what pip said", Some(output)),
            Self::DiskFull { .. } => (
                "free 600 MB there, or name another place in XDG_CACHE_HOME",
                None,
            ),
            Self::Cache { .. } => (
                "make it writable for you, or name another place in XDG_CACHE_HOME",
                None,
            ),
            Self::NoCache => ("set HOME or XDG_CACHE_HOME to an absolute path", None),
            Self::Changed { .. } => (
                "remove the runtime's directory from the cache; it is made again when needed",
                None,
            ),
        };
        Some(match output.map(|output| output.trim()) {
            Some(output) if !output.is_empty() => format!("{text}\n{output}"),
            _ => text.to_owned(),
        })
    }

    /// An error of the file system below `path`.
    pub(crate) fn of_cache(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Cache { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_consecutive_and_everything_says_what_to_do() {
        let (text, path) = (|| "x".to_owned(), || PathBuf::from("/x"));
        let source = io::Error::from(io::ErrorKind::PermissionDenied);
        let all = [
            RuntimeError::NoPython,
            RuntimeError::TooOld {
                path: path(),
                found: text(),
            },
            RuntimeError::NotPython {
                path: path(),
                detail: text(),
            },
            RuntimeError::NoPip { path: path() },
            RuntimeError::Network { output: text() },
            RuntimeError::HashMismatch { output: text() },
            RuntimeError::NoWheel {
                platform: text(),
                output: text(),
            },
            RuntimeError::Install { output: text() },
            RuntimeError::DiskFull { path: path() },
            RuntimeError::Cache {
                path: path(),
                source,
            },
            RuntimeError::NoCache,
            RuntimeError::Changed { path: text() },
        ];
        for (index, error) in all.iter().enumerate() {
            assert_eq!(error.code(), format!("SS-RUNTIME-{:03}", index + 1));
            assert!(error.help().is_some_and(|help| help.len() > 1));
        }
    }

    #[test]
    fn a_full_disk_is_told_from_a_forbidden_one() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(RuntimeError::of_cache("/x")(full).code(), "SS-RUNTIME-009");
        let forbidden = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(
            RuntimeError::of_cache("/x")(forbidden).code(),
            "SS-RUNTIME-010"
        );
    }
}
