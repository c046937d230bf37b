//! Why a job could not be run at all. How a job that ran ended is [`crate::Ended`].

use std::io;
use std::path::PathBuf;

use crate::ended::LayerProbe;

/// A job was not run, or its outputs could not be delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The operating system has no jail in this version.
    #[error("the sandbox exists on Linux only")]
    Platform,
    /// The process that builds the jail could not be started or is not the right program.
    #[error("the sandbox helper {} did not start: {detail}", helper.display())]
    Helper {
        /// The program that was started.
        helper: PathBuf,
        /// What happened.
        detail: String,
    },
    /// The machine refuses user namespaces to ordinary users.
    #[error("this machine does not allow user namespaces ({source})")]
    UserNamespace {
        /// What the kernel answered.
        source: io::Error,
    },
    /// The machine refuses one of the other namespaces.
    #[error("this machine does not allow the sandbox its own namespaces ({source})")]
    Namespaces {
        /// What the kernel answered.
        source: io::Error,
    },
    /// A system call is missing.
    #[error("the sandbox needs a system call that is missing here ({step})")]
    Kernel {
        /// The step that failed.
        step: String,
    },
    /// /proc could not be mounted.
    #[error("the sandbox cannot have its own /proc ({source})")]
    Proc {
        /// What the kernel answered.
        source: io::Error,
    },
    /// The jail's file system could not be built.
    #[error("the sandbox's file system could not be built: {step} ({source})")]
    FileSystem {
        /// The step that failed.
        step: String,
        /// What the kernel answered.
        source: io::Error,
    },
    /// A granted path cannot be made visible inside.
    #[error("{} cannot be granted to the sandbox: {source}", path.display())]
    Grant {
        /// The path on the host.
        path: PathBuf,
        /// What the kernel answered.
        source: io::Error,
    },
    /// The job contradicts itself.
    #[error("the sandbox job is not valid: {detail}")]
    Spec {
        /// What is wrong.
        detail: String,
    },
    /// Privileges, capabilities or limits could not be dropped.
    #[error("the sandbox could not drop its privileges: {step} ({source})")]
    Privileges {
        /// The step that failed.
        step: String,
        /// What the kernel answered.
        source: io::Error,
    },
    /// The system call filter could not be put in force.
    #[error("the system call filter could not be put in force: {detail}")]
    Seccomp {
        /// What happened.
        detail: String,
    },
    /// Landlock is present but could not be put in force.
    #[error("Landlock could not be put in force: {detail}")]
    Landlock {
        /// What happened.
        detail: String,
    },
    /// The program inside could not be started.
    #[error("{} cannot be started inside the sandbox: {source}", program.display())]
    Command {
        /// The program, as seen from inside.
        program: PathBuf,
        /// What the kernel answered.
        source: io::Error,
    },
    /// The outputs could not be brought to their directory. The directory is as it was.
    #[error("the sandbox's output could not be brought to {}: {source}", path.display())]
    Delivery {
        /// The directory on the host.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The machine lacks layers that a job needs.
    #[error("{}", with_causes(refusal, missing))]
    Unprotected {
        /// The first refusal that the jail met.
        refusal: Box<SandboxError>,
        /// Every required layer that this machine lacks, each with its cause.
        missing: Vec<LayerProbe>,
    },
    /// The jail died without a report.
    #[error("the sandbox died without a report")]
    Lost,
    /// Talking to the jail failed.
    #[error("the sandbox could not be supervised ({source})")]
    Supervision {
        /// What happened.
        source: io::Error,
    },
}

impl SandboxError {
    /// The helper could not be talked to.
    #[cfg(target_os = "linux")]
    pub(crate) fn supervision(source: std::io::Error) -> Self {
        Self::Supervision { source }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Platform => "SS-SANDBOX-001",
            Self::Helper { .. } => "SS-SANDBOX-002",
            Self::UserNamespace { .. } => "SS-SANDBOX-003",
            Self::Namespaces { .. } => "SS-SANDBOX-004",
            Self::Kernel { .. } => "SS-SANDBOX-005",
            Self::Proc { .. } => "SS-SANDBOX-006",
            Self::FileSystem { .. } => "SS-SANDBOX-007",
            Self::Grant { .. } => "SS-SANDBOX-008",
            Self::Spec { .. } => "SS-SANDBOX-009",
            Self::Privileges { .. } => "SS-SANDBOX-010",
            Self::Seccomp { .. } => "SS-SANDBOX-011",
            Self::Landlock { .. } => "SS-SANDBOX-012",
            Self::Command { .. } => "SS-SANDBOX-013",
            Self::Delivery { .. } => "SS-SANDBOX-014",
            Self::Unprotected { refusal, .. } => refusal.code(),
            Self::Lost => "SS-SANDBOX-015",
            Self::Supervision { .. } => "SS-SANDBOX-016",
        }
    }

    /// Whether the machine cannot give the protection that a job needs, so that nothing was run
    /// (exit code 4 of the command line).
    pub fn is_missing_protection(&self) -> bool {
        !matches!(
            self,
            Self::Grant { .. } | Self::Spec { .. } | Self::Command { .. } | Self::Delivery { .. }
        )
    }

    /// The first refusal that the jail met, without its causes.
    pub fn refusal(&self) -> &Self {
        match self {
            Self::Unprotected { refusal, .. } => refusal,
            other => other,
        }
    }

    /// Every required layer that this machine lacks, where that is why nothing was run.
    pub fn missing(&self) -> &[LayerProbe] {
        match self {
            Self::Unprotected { missing, .. } => missing,
            _ => &[],
        }
    }

    /// What to do, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Platform => "run Silversmith on Linux, in a virtual machine for example",
            Self::Helper { .. } => {
                "the program that runs jobs must call silversmith_sandbox::helper_main_if_requested() \
                 first, or name a helper that does"
            }
            Self::Unprotected { missing, refusal } => {
                let remedies = unique(missing.iter().filter_map(|layer| layer.remedy.as_deref()));
                return match remedies.is_empty() {
                    true => refusal.help(),
                    false => Some(remedies.join("; ")),
                };
            }
            Self::Grant { .. } => {
                "check that the path exists, is not a symbolic link inside another grant, and can be \
                 read by the user that runs Silversmith"
            }
            Self::Spec { .. } => return None,
            Self::UserNamespace { .. }
            | Self::Namespaces { .. }
            | Self::Kernel { .. }
            | Self::Proc { .. }
            | Self::FileSystem { .. }
            | Self::Privileges { .. }
            | Self::Seccomp { .. }
            | Self::Landlock { .. } => "`silversmith doctor` shows which layer this machine lacks",
            Self::Command { .. } => {
                "the program, its interpreter and its libraries must lie under /usr or in a granted path"
            }
            Self::Delivery { .. } => {
                "check free space, permissions, and that nothing of another kind has the same name; \
                 the directory was left as it was"
            }
            Self::Lost => "see whether the system ran out of memory, then try again",
            Self::Supervision { .. } => "try again; the job was ended",
        };
        Some(text.to_owned())
    }
}

/// The causes of all missing layers. A layer that could not even be tried adds nothing to what stood
/// in its way; where that is several layers, they are named.
fn causes(missing: &[LayerProbe]) -> String {
    let of = |layer: &LayerProbe| layer.cause.clone().unwrap_or_else(|| layer.detail.clone());
    let tried = missing.iter().filter(|layer| layer.remedy.is_some());
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for layer in tried {
        let cause = of(layer);
        match told.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, layers)) => layers.push(&layer.name),
            None => told.push((cause, vec![&layer.name])),
        }
    }
    match told.as_slice() {
        [] => missing.first().map(of).unwrap_or_default(),
        [(cause, _)] => cause.clone(),
        several => {
            let each = several
                .iter()
                .map(|(cause, layers)| format!("{cause} ({})", layers.join(", ")));
            each.collect::<Vec<_>>().join("; ")
        }
    }
}

/// A refusal and the causes of what is missing, unless it states them itself.
fn with_causes(refusal: &SandboxError, missing: &[LayerProbe]) -> String {
    let (refusal, causes) = (refusal.to_string(), causes(missing));
    match refusal.contains(&causes) {
        true => refusal,
        false => format!("{refusal}: {causes}"),
    }
}

/// In the order in which they come first.
fn unique<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut list: Vec<&str> = Vec::new();
    for text in texts {
        if !list.contains(&text) {
            list.push(text);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_error() -> Vec<SandboxError> {
        let source = || io::Error::from_raw_os_error(1);
        let text = || "x".to_owned();
        let path = || PathBuf::from("/x");
        vec![
            SandboxError::Platform,
            SandboxError::Helper {
                helper: path(),
                detail: text(),
            },
            SandboxError::UserNamespace { source: source() },
            SandboxError::Namespaces { source: source() },
            SandboxError::Kernel { step: text() },
            SandboxError::Proc { source: source() },
            SandboxError::FileSystem {
                step: text(),
                source: source(),
            },
            SandboxError::Grant {
                path: path(),
                source: source(),
            },
            SandboxError::Spec { detail: text() },
            SandboxError::Privileges {
                step: text(),
                source: source(),
            },
            SandboxError::Seccomp { detail: text() },
            SandboxError::Landlock { detail: text() },
            SandboxError::Command {
                program: path(),
                source: source(),
            },
            SandboxError::Delivery {
                path: path(),
                source: source(),
            },
            SandboxError::Lost,
            SandboxError::Supervision { source: source() },
        ]
    }

    #[test]
    fn codes_are_consecutive_and_unique() {
        for (index, error) in every_error().iter().enumerate() {
            assert_eq!(error.code(), format!("SS-SANDBOX-{:03}", index + 1));
        }
    }

    #[test]
    fn every_missing_protection_says_what_to_do() {
        for error in every_error().iter().filter(|e| e.is_missing_protection()) {
            assert!(error.help().is_some_and(|help| !help.is_empty()), "{error}");
        }
    }
}
