//! What a caller asks the jail to run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A path of the host that appears inside the jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The path on the host. Read-only grants: a file or directory that exists. Outputs: a
    /// directory that may be missing, in a parent that exists.
    pub host: PathBuf,
    /// The absolute path inside the jail. Not `/`, nor anything in `/proc`, `/dev` or `/sys`.
    pub inside: PathBuf,
}

impl Grant {
    /// A grant of `host` at `inside`.
    pub fn new(host: impl Into<PathBuf>, inside: impl Into<PathBuf>) -> Self {
        Self {
            host: host.into(),
            inside: inside.into(),
        }
    }

    /// A grant that appears inside at the same path as on the host.
    pub fn same(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            host: path.clone(),
            inside: path,
        }
    }
}

/// One job for the jail.
///
/// `/usr`, `/lib*`, `/bin`, `/sbin` and the loader's cache are granted read-only by the jail
/// itself; everything else that the program may see is named here.
#[derive(Debug, Clone)]
pub struct JailSpec {
    /// The program and its arguments. The program is an absolute path inside the jail.
    pub command: Vec<OsString>,
    /// Visible and unchangeable inside. Never copied.
    pub read_only: Vec<Grant>,
    /// Directories that start empty inside. What the program leaves in `inside` reaches `host`
    /// when it exits by itself, and never otherwise.
    pub outputs: Vec<Grant>,
    /// The whole environment of the program. Nothing is inherited.
    pub environment: BTreeMap<OsString, OsString>,
    /// Where the program starts, inside the jail.
    pub working_directory: PathBuf,
    /// What it may use up.
    pub limits: Limits,
    /// Parts of the jail that the job is run without.
    #[cfg(feature = "ablation")]
    pub left_out: Vec<crate::Part>,
}

impl JailSpec {
    /// A job with nothing granted, an empty environment, `/` as working directory and the default
    /// limits.
    pub fn new<I, S>(command: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<OsString>,
    {
        Self {
            command: command.into_iter().map(Into::into).collect(),
            read_only: Vec::new(),
            outputs: Vec::new(),
            environment: BTreeMap::new(),
            working_directory: PathBuf::from("/"),
            limits: Limits::default(),
            #[cfg(feature = "ablation")]
            left_out: Vec::new(),
        }
    }
}

/// A layer whose absence can be accepted, and would otherwise be a refusal. No required layer is one:
/// the type has no word for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeakerLayer {
    /// Landlock, where the kernel has it and something around this process keeps it from using it.
    /// (A kernel without Landlock needs no acceptance; the record of the job says so.)
    Landlock,
}

impl WeakerLayer {
    /// The name of the layer in records and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landlock => "landlock",
        }
    }
}

/// Told each line of a job's standard output as it comes, without its line feed.
pub type OnLine<'a> = &'a mut dyn FnMut(&[u8]);

/// What a job may use up, over all its processes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time from the start of the jail.
    pub wall: Duration,
    /// CPU time, user and system.
    pub cpu: Duration,
    /// Bytes of anonymous and shared memory (the page cache of input files is not counted).
    pub memory: u64,
    /// Threads and processes at one time.
    pub pids: u32,
    /// Bytes that may lie under all outputs and `/tmp` at one time.
    pub disk: u64,
    /// Bytes on standard output, and as many again on standard error.
    pub stdout: u64,
}

impl Default for Limits {
    /// The defaults of `silversmith sandbox`: 10 s, 10 s, 4 GiB, 64, 512 MiB, 8 MiB.
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(10),
            memory: 4 << 30,
            pids: 64,
            disk: 512 << 20,
            stdout: 8 << 20,
        }
    }
}
