//! Leaving out parts of the jail, so that tests can show what each is for.
//!
//! With the feature `ablation`, which nothing but the test of that name turns on, a job can name
//! parts that it is to be run without. Without the feature there is no such switch: the macro is
//! `false`, and neither the type nor the fields that carry it exist.

/// Whether a part is left out of a job: `left_out!(request, Seccomp)`.
#[cfg(feature = "ablation")]
macro_rules! left_out {
    ($request:expr, $part:ident) => {
        $request.left_out.contains(&crate::ablation::Part::$part)
    };
}

/// Every job has every part.
#[cfg(not(feature = "ablation"))]
macro_rules! left_out {
    ($request:expr, $part:ident) => {
        // The request is only looked at so that it counts as used.
        matches!($request, _ if false)
    };
}

/// As [`left_out`], of the words of [`words`].
#[cfg(feature = "ablation")]
macro_rules! is_without {
    ($words:expr, $part:ident) => {
        $words.contains(&stringify!($part))
    };
}

/// As [`left_out`], of the words of [`words`].
#[cfg(not(feature = "ablation"))]
macro_rules! is_without {
    ($words:expr, $part:ident) => {
        false
    };
}

/// As [`left_out`], before the request is known.
#[cfg(feature = "ablation")]
macro_rules! started_without {
    ($part:ident) => {
        std::env::args_os()
            .skip(2)
            .any(|word| word == stringify!($part))
    };
}

/// As [`left_out`], before the request is known.
#[cfg(not(feature = "ablation"))]
macro_rules! started_without {
    ($part:ident) => {
        false
    };
}

pub(crate) use {is_without, left_out, started_without};

/// What the helper is started with for [`started_without`].
#[cfg(feature = "ablation")]
pub(crate) fn words(left_out: &[Part]) -> Vec<String> {
    left_out.iter().map(|part| format!("{part:?}")).collect()
}

/// A part of the jail.
#[cfg(feature = "ablation")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Part {
    /// The system call filter.
    Seccomp,
    /// The rules of Landlock.
    Landlock,
    /// The network of its own.
    NetworkNamespace,
    /// The process numbers of its own.
    ProcessNamespace,
    /// The segments and queues of its own.
    IpcNamespace,
    /// The host name of its own.
    NameNamespace,
    /// The control groups of its own.
    ControlGroupNamespace,
    /// The root file system of its own.
    Root,
    /// That grants cannot be written to.
    ReadOnlyGrants,
    /// That the host's devices cannot be touched.
    ReadOnlyDevices,
    /// That devices in grants do not work.
    NoDevices,
    /// That programs with the set-user-id mark do not work.
    NoSetUserId,
    /// That nothing that a job wrote can be started.
    NoExecution,
    /// That /proc tells of processes only.
    ProcessesOnly,
    /// That /proc tells of the job's own processes only.
    OwnProcessesOnly,
    /// The change to a user without rights.
    UnprivilegedUser,
    /// That capabilities are given up.
    NoCapabilities,
    /// That nothing can be gained by starting a program.
    NoNewPrivileges,
    /// The environment that was asked for instead of the one that is there.
    Environment,
    /// That inherited descriptors are closed.
    Descriptors,
    /// That standard input is empty.
    StandardInput,
    /// The limit of time.
    Wall,
    /// The limit of processor time.
    Cpu,
    /// The limit of memory.
    Memory,
    /// The limit of processes.
    Processes,
    /// The limit of what is written.
    Disk,
    /// The limit of what is printed.
    Output,
    /// The limit of open files.
    OpenFiles,
    /// That outputs are copied out, instead of written where they go to.
    CopyOut,
}
