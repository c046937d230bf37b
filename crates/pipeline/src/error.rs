use std::path::PathBuf;

use silversmith_access::AccessError;
use silversmith_author::exec::ProgramError;
use silversmith_author::proposal::Unusable;
use silversmith_budget::BudgetError;
use silversmith_intake::Rejection as IntakeRejection;
use silversmith_model::ModelError;
use silversmith_plan::PlanError;
use silversmith_plan::module::ReadBackError;
use silversmith_policy::Rejection as PolicyRejection;
use silversmith_profile::ProfileError;
use silversmith_runtime::RuntimeError;
use silversmith_sandbox::SandboxError;
use silversmith_secrets::SecretError;
use silversmith_store::files::FileError;
use silversmith_store::sealed::SealedError;
use silversmith_trial::TrialError;
use silversmith_types::{SecretFormatError, Timestamp};

/// How a command ends, as the process exit status of `cli.md` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// A check, verification or trial failed.
    Failed = 1,
    /// Usage or an internal error.
    Usage = 2,
    /// Approval missing or access denied.
    Denied = 3,
    /// The environment cannot give the required protection.
    Unprotected = 4,
    /// The budget is spent.
    OverBudget = 5,
    /// Signature, provenance or log invalid.
    Invalid = 6,
}

/// Why the pipeline stopped.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// `silversmith.toml` is not what it should be.
    #[error("{}: {message}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// No such run.
    #[error("{message}")]
    RunNotFound {
        /// What was looked for, and where.
        message: String,
    },
    /// Bronze is not what the evidence was measured on.
    #[error("{message}")]
    BronzeChanged {
        /// Which table.
        message: String,
    },
    /// Bronze cannot be listed.
    #[error(transparent)]
    BronzeFolder(#[from] silversmith_profile::bronze_dir::BronzeDirError),
    /// The project has no key, or one that cannot be used.
    #[error("{message}")]
    Key {
        /// What is wrong.
        message: String,
    },
    /// `init` found something in its way.
    #[error("{} exists already", path.display())]
    InTheWay {
        /// What.
        path: PathBuf,
    },
    /// Nothing is known of the module that would let it be tried or shown.
    #[error("no record of a build of {} (sha256 {digest})", path.display())]
    NoBuild {
        /// The module.
        path: PathBuf,
        /// Its digest.
        digest: silversmith_types::Digest,
    },
    /// The record of a build does not lead to the module.
    #[error("the record of the build does not lead to the module: {message}")]
    BuildDiffers {
        /// Where it differs.
        message: String,
    },
    /// Profiling.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Intake.
    #[error("the inputs are rejected")]
    Intake(IntakeRejection),
    /// The settings name no program to ask.
    #[error("the settings name no program for `--author exec`")]
    NoAuthor,
    /// The author's program gave no answer.
    #[error(transparent)]
    AuthorProgram(#[from] ProgramError),
    /// Nothing can be made of the author's answer.
    #[error("the author's answer is no plan: {0}")]
    Unusable(Unusable),
    /// The settings name no model to ask.
    #[error("the settings name no model for `--author llm`")]
    NoModel,
    /// A model gave no answer.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A model is left alone for a while, as it kept failing.
    #[error("{model} kept failing, and is not asked again before {until}")]
    ModelSpared {
        /// Which.
        model: String,
        /// Until when.
        until: Timestamp,
    },
    /// A model's name stands for another model tomorrow.
    #[error("{model} is no fixed version of a model, and production asks for one")]
    NotPinned {
        /// Which.
        model: String,
    },
    /// Nothing is recorded that could be replayed.
    #[error("no answer of {model} to this request is recorded")]
    NotRecorded {
        /// Which model.
        model: String,
    },
    /// The budget.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// The settings name no such secret.
    #[error("the settings name no secret {name:?}")]
    NoSecret {
        /// What was asked for.
        name: String,
    },
    /// What was given as a value of a secret is none.
    #[error("the new value {why}")]
    NoValue {
        /// What is wrong with it.
        why: SecretFormatError,
    },
    /// A secret is not to be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A secret was about to leave its place.
    #[error("{what} holds {secret}, and goes no further")]
    Leak {
        /// What holds it.
        what: &'static str,
        /// What it is.
        secret: &'static str,
    },
    /// A sealed record.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// The plan does not fit.
    #[error("the plan of the author is refused")]
    Plan(Vec<PlanError>),
    /// Compilation went wrong: a defect of this program.
    #[error(transparent)]
    Compile(#[from] ReadBackError),
    /// Static verification.
    #[error("the module is rejected by static verification")]
    Policy(PolicyRejection),
    /// The jail.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The runtime.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The trial.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] silversmith_attest::SealError),
    /// Signature or statement.
    #[error("the module is not what its statement says, or has none")]
    Unverified(Vec<silversmith_attest::Check>),
    /// Release.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The module ran and did not succeed.
    #[error("{message}")]
    RunFailed {
        /// How it ended.
        message: String,
    },
}

impl PipelineError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::Settings { .. } => "SS-SETTINGS-001",
            Self::RunNotFound { .. } => "SS-BUILD-001",
            Self::InTheWay { .. } => "SS-BUILD-002",
            Self::NoBuild { .. } => "SS-BUILD-003",
            Self::BuildDiffers { .. } => "SS-BUILD-004",
            Self::Compile(_) => "SS-BUILD-005",
            Self::BronzeChanged { .. } => "SS-BUILD-006",
            Self::BronzeFolder(error) => error.code(),
            Self::Key { .. } => "SS-KEY-001",
            Self::Profile(error) => error.code(),
            Self::Intake(rejection) => rejection.code(),
            Self::NoAuthor => "SS-AUTHOR-014",
            Self::AuthorProgram(error) => error.code(),
            Self::Unusable(unusable) => unusable.code(),
            Self::NoModel => "SS-AUTHOR-015",
            Self::ModelSpared { .. } => "SS-AUTHOR-016",
            Self::NotPinned { .. } => "SS-AUTHOR-017",
            Self::NotRecorded { .. } => "SS-AUTHOR-018",
            Self::Model(error) => error.code(),
            Self::Budget(error) => error.code(),
            Self::NoSecret { .. } => "SS-SECRET-004",
            Self::Secret(error) => error.code(),
            Self::Leak { .. } => "SS-SECRET-005",
            Self::NoValue { .. } => "SS-SECRET-006",
            Self::Sealed(error) => error.code(),
            Self::Plan(errors) => errors.first().map_or("SS-PLAN-001", PlanError::code),
            Self::Policy(rejection) => rejection.code(),
            Self::Sandbox(error) => error.code(),
            Self::Runtime(error) => error.code(),
            Self::Trial(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Unverified(_) => "SS-VERIFY-001",
            Self::Access(error) => error.code(),
            Self::RunFailed { .. } => "SS-RUN-001",
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Settings { .. } => "see docs/guide.md for the settings there are",
            Self::File(error) => return error.help(),
            Self::RunNotFound { .. } => {
                "put the run below `paths.bronze` of silversmith.toml, or build with --bronze DIR"
            }
            Self::InTheWay { .. } => "choose an empty folder, or remove what is there",
            Self::NoBuild { .. } => {
                "build the module in this project, or copy its .silversmith/builds folder"
            }
            Self::BuildDiffers { .. } => "build the module again",
            Self::Key { .. } => {
                "run `silversmith init` in a new folder, or restore .silversmith/keys"
            }
            Self::BronzeChanged { .. } => "profile Bronze again: `silversmith profile BRONZE_DIR`",
            Self::BronzeFolder(error) => return error.help(),
            Self::Unverified(_) => {
                "run only modules that `silversmith build` made; rebuild this one"
            }
            Self::RunFailed { .. } => "see run_log.txt of the run, or the message above",
            Self::NoModel => "name one in `author.llm` of silversmith.toml; see docs/authors.md",
            Self::Model(error) => return error.help(),
            Self::ModelSpared { .. } => {
                "wait, name another model in `author.llm`, or build with --author rules"
            }
            Self::NotPinned { .. } => {
                "name the version, as its provider lists it, for example gpt-4.1-2025-04-14"
            }
            Self::NotRecorded { .. } => "build with --author llm where it may be asked",
            Self::Budget(error) => return error.help(),
            Self::NoSecret { .. } => "see `silversmith secret list` for those there are",
            Self::Secret(error) => return error.help(),
            Self::Leak { .. } => {
                "find out how it got there, and change it: `silversmith secret rotate`"
            }
            Self::NoValue { .. } => "give the new value on standard input, alone",
            Self::Sealed(error) => return error.help(),
            Self::NoAuthor => "name it as `author.exec.command` in silversmith.toml",
            Self::AuthorProgram(ProgramError::Start { .. }) => {
                "check `author.exec.command` of silversmith.toml, and that the program may be executed"
            }
            Self::AuthorProgram(ProgramError::Timeout(_)) => {
                "give it more time (`author.exec.timeout_seconds`), or build with --author rules"
            }
            Self::AuthorProgram(_) => {
                "run the program by hand on what `--dry-run --show-prompt --json` prints"
            }
            Self::Unusable(_) => {
                "see what was asked with `--dry-run --show-prompt`, or build with --author rules"
            }
            Self::Intake(rejection) => return rejection.help(),
            Self::Plan(errors) => return errors.first().and_then(PlanError::help),
            Self::Policy(rejection) => return rejection.help(),
            Self::Profile(error) => return error.help(),
            Self::Sandbox(error) => return error.help(),
            Self::Runtime(error) => return error.help(),
            Self::Trial(error) => return error.help(),
            Self::Seal(error) => return error.help(),
            Self::Access(error) => return error.help(),
            Self::Compile(_) => "this is a defect of silversmith: report it with the plan",
        };
        Some(text.to_owned())
    }

    /// The exit status that `cli.md` gives to it.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Sandbox(error) | Self::Trial(TrialError::Sandbox(error)) => {
                match error.is_missing_protection() {
                    true => ExitStatus::Unprotected,
                    false => ExitStatus::Usage,
                }
            }
            Self::Budget(BudgetError::Exceeded { .. }) => ExitStatus::OverBudget,
            Self::Secret(_) | Self::Sealed(_) => ExitStatus::Unprotected,
            Self::Model(_) | Self::ModelSpared { .. } | Self::NotRecorded { .. } => {
                ExitStatus::Failed
            }
            Self::Leak { .. } => ExitStatus::Failed,
            Self::Intake(_)
            | Self::Plan(_)
            | Self::AuthorProgram(_)
            | Self::Unusable(_)
            | Self::Policy(_)
            | Self::Trial(_)
            | Self::Profile(_) => ExitStatus::Failed,
            Self::RunFailed { .. } | Self::BronzeChanged { .. } | Self::BronzeFolder(_) => {
                ExitStatus::Failed
            }
            Self::Access(_) => ExitStatus::Denied,
            Self::Runtime(_) | Self::Key { .. } => ExitStatus::Unprotected,
            Self::Unverified(_) | Self::Seal(_) | Self::BuildDiffers { .. } => ExitStatus::Invalid,
            _ => ExitStatus::Usage,
        }
    }
}
