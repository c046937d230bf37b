//! The stages in order, and the files they read and leave. No rules of its own: what may follow what
//! is in the types, and each rule in the crate of its stage.

mod ahead;
mod authoring;
mod build;
mod error;
mod init;
mod inputs;
mod keyring;
mod keys;
mod model;
mod page;
mod person;
mod profiling;
mod progress;
mod project;
mod record;
mod run;
mod runtime;
mod settings;

pub use authoring::{AuthorName, tokens};
pub use build::{BuildRequest, Built, Drafted, Reproduced, build, draft, prompt, reproduce, tool};
pub use error::{ExitStatus, PipelineError};
pub use init::{Initialised, init};
pub use inputs::{InputFiles, InputRequest, Inputs, gather};
pub use keyring::{Listed, rotate_secret, secrets, test_secret};
pub use keys::{ProjectKeys, trusted_keys};
pub use model::{Asking, Estimate, estimate, ledger};
pub use page::page_of;
pub use person::person;
pub use profiling::{Profiled, clock, profile_bronze};
pub use progress::Progress;
pub use project::{CONTEXT_FILE, Project, REPORT_FILE, weaker};
pub use record::{BuildRecord, export_build, load as load_record};
pub use run::{Ran, run, trial, verify};
pub use runtime::{find_runtime, prepare_runtime};
pub use silversmith_author::prompt::{Prompt, VERSION as PROMPT_VERSION};
pub use silversmith_store::files::{FileError, read_bounded, read_head, write_atomically};

pub use settings::{ProfileName, SETTINGS_FILE, Settings};
