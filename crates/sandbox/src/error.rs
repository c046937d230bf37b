//! Why a job could not be run at all. How a job that ran ended is [`crate::Ended`].

use std::io;
use std::path::PathBuf;

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
        /// The setting that causes it, where one was found.
        remedy: String,
    },
    /// The machine refuses one of the other namespaces.
    #[error("this machine does not allow the sandbox its own namespaces ({source})")]
    Namespaces {
        /// What the kernel answered.
        source: io::Error,
        /// What to change.
        remedy: String,
    },
    /// A system call is missing.
    #[error("the kernel is too old for the sandbox: {step} is missing")]
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

    /// What to do, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Platform => "run Silversmith on Linux, in a virtual machine for example",
            Self::Helper { .. } => {
                "the program that runs jobs must call silversmith_sandbox::helper_main_if_requested() \
                 first, or name a helper that does"
            }
            Self::UserNamespace { remedy, .. } | Self::Namespaces { remedy, .. } => remedy,
            Self::Kernel { .. } => "use Linux 5.12 or newer",
            Self::Proc { .. } => {
                "in a container, /proc must not be masked: docker run --security-opt systempaths=unconfined"
            }
            Self::FileSystem { .. } => {
                "in a container or under AppArmor, mounting in an own namespace must be allowed; \
                 `silversmith doctor` shows each layer"
            }
            Self::Grant { .. } => {
                "check that the path exists, is not a symbolic link inside another grant, and can be \
                 read by the user that runs Silversmith"
            }
            Self::Spec { .. } => return None,
            Self::Privileges { .. } | Self::Seccomp { .. } | Self::Landlock { .. } => {
                "`silversmith doctor` shows which layer this machine lacks"
            }
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

/// Why the kernel refuses user namespaces, as far as its settings tell.
pub(crate) fn namespace_remedy() -> String {
    let is = |path: &str, value: &str| {
        std::fs::read_to_string(path).is_ok_and(|text| text.trim() == value)
    };
    let remedy = if is("/proc/sys/user/max_user_namespaces", "0") {
        "allow them: sysctl -w user.max_user_namespaces=10000"
    } else if is("/proc/sys/kernel/unprivileged_userns_clone", "0") {
        "allow them: sysctl -w kernel.unprivileged_userns_clone=1"
    } else if is(
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
    ) {
        "AppArmor restricts them: install an AppArmor profile with `userns,` for silversmith, or \
         sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    } else if std::path::Path::new("/.dockerenv").exists()
        || std::path::Path::new("/run/.containerenv").exists()
    {
        "the container's seccomp profile forbids them: docker run --security-opt \
         seccomp=<a profile that allows unshare and mount> --security-opt systempaths=unconfined"
    } else {
        "allow unshare(2) for this user, or run as an administrator with CAP_SYS_ADMIN"
    };
    remedy.to_owned()
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
            SandboxError::UserNamespace {
                source: source(),
                remedy: text(),
            },
            SandboxError::Namespaces {
                source: source(),
                remedy: text(),
            },
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
