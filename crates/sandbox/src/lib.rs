//! The jail in which every generated module runs, in trial and in production.
//!
//! A job gets its own user (or, started by root, its own unprivileged user id), mount, process,
//! network, IPC and host-name namespaces; an empty network; a file system that holds the system's
//! libraries, what the caller grants read-only, and empty output directories in memory; a scrubbed
//! environment; limits; no capabilities; a system call allow-list; Landlock where the kernel has
//! it. What it leaves in its output directories is copied out when it exits by itself.
//!
//! There is no way to run a job without these: where a required layer is missing, [`Sandbox::run`]
//! refuses with a [`SandboxError`] that names cause and remedy.
//!
//! A program that uses the jail calls [`helper_main_if_requested`] first thing in `main`: the jail
//! is built by a second instance of the same program, because a process with threads cannot safely
//! fork. (One that has a single thread can: see [`Helper::fork`].)

mod ablation;
mod ended;
mod error;
mod spec;

#[cfg(target_os = "linux")]
mod copy;
#[cfg(target_os = "linux")]
mod deliver;
#[cfg(target_os = "linux")]
mod early;
#[cfg(target_os = "linux")]
mod feed;
#[cfg(target_os = "linux")]
mod helper;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
mod listen;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod wire;

#[cfg(not(target_os = "linux"))]
mod unsupported;

#[cfg(feature = "ablation")]
pub use ablation::Part;
pub use ended::{Ended, Layer, LayerProbe, Outcome, Usage, Waited};
pub use error::SandboxError;
pub use spec::{Grant, JailSpec, Limits, OnLine, WeakerLayer};

#[cfg(target_os = "linux")]
pub use helper::helper_main_if_requested;
#[cfg(target_os = "linux")]
pub use launch::Helper;
#[cfg(target_os = "linux")]
pub use probe::probe;
#[cfg(target_os = "linux")]
pub use supervisor::{Prepared, Sandbox};

#[cfg(not(target_os = "linux"))]
pub use unsupported::{Helper, Prepared, Sandbox, helper_main_if_requested, probe};
