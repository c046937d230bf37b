use std::io;

use silversmith_profile::ProfileError;
use silversmith_sandbox::SandboxError;
use silversmith_types::TableName;

use silversmith_types::trial::TrialReport;

/// Why there is no tried module.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The trial ran to its end and found something.
    #[error("the module did not pass its trial: {}", first_failure(report))]
    Failed {
        /// Everything it found.
        report: Box<TrialReport>,
    },
    /// The module did not run to its end.
    #[error("the module ended ({outcome}): {message}")]
    Ended {
        /// How, in the words of the jail.
        outcome: String,
        /// Its last words.
        message: String,
    },
    /// Bronze does not have a table of the plan.
    #[error("table `{table}` of the plan is not in Bronze")]
    TableMissing {
        /// The table.
        table: TableName,
    },
    /// Bronze or the output cannot be read.
    #[error("cannot read `{what}` of the trial: {source}")]
    Read {
        /// What.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// No room for the trial.
    #[error("cannot prepare a folder for the trial: {source}")]
    Scratch {
        /// Why.
        source: io::Error,
    },
    /// Measuring failed.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The jail refuses to start.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

impl TrialError {
    pub(crate) fn scratch(source: io::Error) -> Self {
        Self::Scratch { source }
    }

    pub(crate) fn read(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Read { what, source }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "SS-TRIAL-001",
            Self::Ended { .. } => "SS-TRIAL-002",
            Self::TableMissing { .. } => "SS-TRIAL-003",
            Self::Read { .. } => "SS-TRIAL-004",
            Self::Scratch { .. } => "SS-TRIAL-005",
            Self::Profile(error) => error.code(),
            Self::Sandbox(error) => error.code(),
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Failed { .. } => {
                Some("the previous module is untouched; see the checks".to_owned())
            }
            Self::Ended { .. } => {
                Some("raise `limits` in silversmith.toml if it ran out of them".to_owned())
            }
            Self::TableMissing { .. } => Some("profile this Bronze run and build again".to_owned()),
            Self::Scratch { .. } => Some("free space in the temporary folder (TMPDIR)".to_owned()),
            Self::Profile(error) => error.help(),
            Self::Sandbox(error) => error.help(),
            Self::Read { .. } => Some(
                "try again; where Bronze did not change meanwhile, it is a defect of silversmith"
                    .to_owned(),
            ),
        }
    }
}

fn first_failure(report: &TrialReport) -> String {
    let failed = report.checks.iter().filter(|check| !check.ok);
    let mut failed = failed.map(|check| format!("{}: {}", check.name, check.detail));
    failed.next().unwrap_or_default()
}
