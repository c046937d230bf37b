//! What this machine says about itself that bears on the jail, and what follows from it: why the
//! kernel refused a layer, and what to change.
//!
//! Reading is in [`Machine::read`]; the rest is judgement over plain facts.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use rustix::io::Errno;

use crate::wire::{Refusal, RefusalKind};

/// The first kernel with everything that the jail needs: `mount_setattr` came with it.
const OLDEST_KERNEL: (u32, u32) = (5, 12);

/// The first kernel with Landlock.
const FIRST_LANDLOCK: (u32, u32) = (5, 13);

/// The step of naming the jail, which hardened services are refused by itself.
pub(crate) const HOST_NAME: &str = "host name";

/// The calls that the jail's file system is made with.
const MOUNTING: &str =
    "fsopen fsconfig fsmount open_tree move_mount mount_setattr mount umount2 pivot_root";

/// The number of `CAP_SYS_ADMIN` in a capability set.
const CAP_SYS_ADMIN: u32 = 21;

/// Who keeps this process within bounds, which decides where the remedy is to be written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// Nobody that left a trace.
    #[default]
    None,
    Docker,
    Podman,
    Kubernetes,
    Systemd,
}

/// Facts. What could not be read is absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    pub(crate) keeper: Keeper,
    pub(crate) is_root: bool,
    pub(crate) has_sys_admin: bool,
    /// Whether this user namespace has no user but this one.
    pub(crate) is_alone: bool,
    /// Release of the kernel, such as `6.1.0-31-amd64`.
    pub(crate) release: String,
    /// `user.max_*_namespaces`, by the kernel's word for the kind.
    pub(crate) max_namespaces: BTreeMap<&'static str, u64>,
    /// `kernel.unprivileged_userns_clone`, which Debian's kernels have.
    pub(crate) userns_clone: Option<bool>,
    /// `kernel.apparmor_restrict_unprivileged_userns`, which Ubuntu's kernels have.
    pub(crate) apparmor_restricts: bool,
    /// The AppArmor profile that confines this process.
    pub(crate) apparmor_profile: Option<String>,
    /// Whether a system call filter of someone else is in force.
    pub(crate) has_filter: bool,
    /// Whether the root directory is that of a chroot.
    pub(crate) is_chroot: bool,
    /// Whether the root file system is the one that the kernel unpacks into memory at boot.
    pub(crate) is_on_initramfs: bool,
    /// A mount below /proc, which hides a part of it; or that there is no /proc.
    pub(crate) masked_proc: Option<String>,
    /// The security modules in force.
    pub(crate) security_modules: Option<String>,
    /// This program, for the remedies that name it.
    pub(crate) program: String,
}

/// Why a layer is missing, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) cause: String,
    pub(crate) remedy: String,
}

fn why(cause: impl Into<String>, remedy: impl Into<String>) -> Why {
    Why {
        cause: cause.into(),
        remedy: remedy.into(),
    }
}

/// Why there is no Landlock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoLandlock {
    /// The kernel has none, or none that was switched on.
    NotInKernel(String),
    /// The kernel has it, or may have it, and something keeps this process from it.
    Blocked(String),
}

fn text(path: impl AsRef<Path>) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim_matches(['\0', '\n', ' ']).to_owned())
}

fn number(path: &str) -> Option<u64> {
    text(path)?.parse().ok()
}

impl Machine {
    /// Looks around.
    pub(crate) fn read() -> Self {
        let kinds = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];
        let limits = kinds.into_iter().filter_map(|kind| {
            let limit = number(&format!("/proc/sys/user/max_{kind}_namespaces"))?;
            Some((kind, limit))
        });
        let status = text("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name).map(str::trim))
        };
        let capabilities = field("CapEff:").and_then(|hex| u64::from_str_radix(hex, 16).ok());
        let mounts = text("/proc/self/mountinfo");
        let profile = [
            "/proc/self/attr/apparmor/current",
            "/proc/self/attr/current",
        ];
        let profile = profile.into_iter().find_map(text);
        let users = text("/proc/self/uid_map").unwrap_or_default();
        let program = fs::read_link("/proc/self/exe").unwrap_or_else(|_| "silversmith".into());
        Self {
            keeper: keeper(),
            is_root: rustix::process::geteuid().is_root(),
            has_sys_admin: capabilities.is_some_and(|set| set >> CAP_SYS_ADMIN & 1 == 1),
            release: rustix::system::uname()
                .release()
                .to_string_lossy()
                .into_owned(),
            max_namespaces: limits.collect(),
            userns_clone: number("/proc/sys/kernel/unprivileged_userns_clone").map(|n| n != 0),
            apparmor_restricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                .is_some_and(|n| n != 0),
            is_alone: users.lines().count() == 1 && users.ends_with(" 1"),
            // SELinux answers here too, with a label that has colons.
            apparmor_profile: profile
                .filter(|name| !name.starts_with("unconfined") && name.ends_with(')')),
            has_filter: rustix::thread::secure_computing_mode()
                .is_ok_and(|mode| mode == rustix::thread::SecureComputingMode::Filter),
            is_chroot: is_chroot(mounts.as_deref()),
            is_on_initramfs: mounts.as_deref().is_some_and(is_on_initramfs),
            masked_proc: masked_proc(mounts.as_deref()),
            security_modules: text("/sys/kernel/security/lsm"),
            program: program.to_string_lossy().into_owned(),
        }
    }

    fn kernel(&self) -> Option<(u32, u32)> {
        let mut numbers = self.release.split(|c: char| !c.is_ascii_digit());
        let mut next = || numbers.next()?.parse().ok();
        Some((next()?, next()?))
    }

    /// Whether the kernel's version is one that surely lacks something.
    pub(crate) fn is_too_old(&self) -> bool {
        self.kernel().is_some_and(|version| version < OLDEST_KERNEL)
    }

    /// Judges what the question for Landlock's version was answered with.
    pub(crate) fn no_landlock(&self, errno: i32) -> NoLandlock {
        let listed = self
            .security_modules
            .as_deref()
            .map(|list| list.split(',').any(|name| name == "landlock"));
        let release = &self.release;
        let answer = std::io::Error::from_raw_os_error(errno);
        let not_in_kernel = |what: &str| NoLandlock::NotInKernel(format!("{what} ({release})"));
        let blocked = |what: &str| NoLandlock::Blocked(format!("{what} ({answer})"));
        if listed == Some(true) {
            return blocked("the kernel has Landlock in force, and its calls are refused here");
        }
        if errno == Errno::OPNOTSUPP.raw_os_error() {
            return not_in_kernel("this kernel was started without Landlock (lsm=)");
        }
        if errno != Errno::NOSYS.raw_os_error() {
            // The kernel itself answers this question with nothing else.
            return blocked("a filter refuses the calls of Landlock");
        }
        if !self.has_filter {
            return not_in_kernel("this kernel was built without Landlock");
        }
        let is_before = self.kernel().is_some_and(|v| v < FIRST_LANDLOCK);
        if is_before || listed == Some(false) || has_landlock_symbol() == Some(false) {
            return not_in_kernel("this kernel has no Landlock in force");
        }
        blocked("a filter hides the calls of Landlock")
    }

    /// Why a layer was refused, as far as this machine tells.
    pub(crate) fn why(&self, refusal: &Refusal) -> Why {
        let found = match refusal.kind {
            RefusalKind::UserNamespace => self.why_no_namespace("user", refusal),
            RefusalKind::Namespaces => self.why_no_namespace(&refusal.step, refusal),
            RefusalKind::Proc => self.why_no_proc(refusal),
            RefusalKind::Landlock => vec![why(refusal.step.clone(), self.landlock_remedy(refusal))],
            RefusalKind::FileSystem | RefusalKind::Privileges if self.is_root && self.is_alone => {
                vec![self.alone()]
            }
            RefusalKind::FileSystem if self.is_root && self.is_chroot => vec![self.chroot()],
            RefusalKind::FileSystem if self.is_on_initramfs => vec![why(
                "the root file system is the initial ramdisk, which pivot_root cannot leave",
                "start from a disk or a tmpfs (switch_root) in place of the initial ramdisk",
            )],
            _ => self.why_refused(refusal),
        };
        joined(found)
    }

    fn why_no_namespace(&self, kind: &str, refusal: &Refusal) -> Vec<Why> {
        let limit = self.max_namespaces.get(kind).copied();
        if limit == Some(0) {
            let setting = format!("user.max_{kind}_namespaces");
            return vec![why(
                format!("{setting} is 0"),
                format!("sysctl -w {setting}=15000"),
            )];
        }
        if kind == "user" && !self.is_root && self.userns_clone == Some(false) {
            return vec![why(
                "kernel.unprivileged_userns_clone is 0",
                "sysctl -w kernel.unprivileged_userns_clone=1",
            )];
        }
        let is = |one: Errno| refusal.errno == one.raw_os_error();
        if is(Errno::NOSPC) || is(Errno::USERS) {
            let limit = limit.map_or("unknown".to_owned(), |limit| limit.to_string());
            return vec![why(
                format!(
                    "the limit of {kind} namespaces is reached (user.max_{kind}_namespaces is \
                     {limit} here, and may be less around this namespace), or they are nested too \
                     deep"
                ),
                format!("sysctl -w user.max_{kind}_namespaces=15000"),
            )];
        }
        if is(Errno::INVAL) {
            return vec![why(
                format!("the kernel was built without {kind} namespaces"),
                format!(
                    "use a kernel with CONFIG_{}_NS=y",
                    kind.to_ascii_uppercase()
                ),
            )];
        }
        if kind == "user" && self.is_chroot && !self.has_filter {
            return vec![self.chroot()];
        }
        self.why_refused(refusal)
    }

    /// Root that cannot become anybody else: a job must not stay root of the machine.
    fn alone(&self) -> Why {
        let remedy = match self.keeper {
            Keeper::Systemd => "in the unit: User= with an ordinary user, or PrivateUsers=no",
            Keeper::Docker | Keeper::Podman | Keeper::Kubernetes | Keeper::None => {
                "start as an ordinary user, or map more than one user id into this user namespace"
            }
        };
        why(
            "this root has no other user id to change to (its user namespace has one user)",
            remedy,
        )
    }

    fn chroot(&self) -> Why {
        why(
            "this process is in a chroot, where the kernel allows neither user namespaces nor \
             another root",
            "enter the tree with `systemd-nspawn -D DIR`, RootDirectory= of a unit, or a container, \
             in place of chroot",
        )
    }

    fn why_no_proc(&self, refusal: &Refusal) -> Vec<Why> {
        let Some(masked) = &self.masked_proc else {
            return self.why_refused(refusal);
        };
        let remedy = match self.keeper {
            Keeper::Docker => "docker run --security-opt systempaths=unconfined".to_owned(),
            Keeper::Podman => "podman run --security-opt unmask=ALL".to_owned(),
            Keeper::Kubernetes => {
                "in the pod: hostUsers: false, and securityContext: {procMount: Unmasked}"
                    .to_owned()
            }
            Keeper::Systemd => {
                "in the unit: ProtectKernelTunables=no, ProtectKernelLogs=no and no \
                 InaccessiblePaths= below /proc"
                    .to_owned()
            }
            Keeper::None => {
                format!("take away what is mounted there: umount {masked}; or start as root")
            }
        };
        if masked == "/proc" {
            return vec![why(
                "no whole /proc is mounted here",
                "mount -t proc proc /proc",
            )];
        }
        vec![why(
            format!(
                "a part of /proc is hidden by a mount ({masked}), so the kernel allows no new one"
            ),
            remedy,
        )]
    }

    /// Everything that can explain a plain refusal. There may be several, and each has to go.
    fn why_refused(&self, refusal: &Refusal) -> Vec<Why> {
        if refusal.errno == Errno::NOSYS.raw_os_error() && (self.is_too_old() || !self.has_filter) {
            return vec![why(
                format!("kernel {} lacks the call", self.release),
                "use Linux 5.12 or newer",
            )];
        }
        let mut found = Vec::new();
        if self.apparmor_restricts && !self.is_root {
            found.push(why(
                "kernel.apparmor_restrict_unprivileged_userns is 1: user namespaces come without \
                 their capabilities",
                format!(
                    "printf 'abi <abi/4.0>,\\nprofile silversmith {} flags=(unconfined) {{\\n  \
                     userns,\\n}}\\n' > /etc/apparmor.d/silversmith && \
                     apparmor_parser -r /etc/apparmor.d/silversmith",
                    self.program
                ),
            ));
        }
        if let Some(profile) = &self.apparmor_profile {
            let remedy = match self.keeper {
                Keeper::Docker => "docker run --security-opt apparmor=unconfined",
                Keeper::Podman => "podman run --security-opt apparmor=unconfined",
                Keeper::Kubernetes => {
                    "in the pod: securityContext: {appArmorProfile: {type: Unconfined}}"
                }
                Keeper::Systemd => "in the unit: no AppArmorProfile=, or one that allows it",
                Keeper::None => "add `userns,` `mount,` `umount,` and `pivot_root,` to the profile",
            };
            found.push(why(
                format!("the AppArmor profile {profile} confines this process"),
                remedy,
            ));
        }
        if self.has_filter {
            found.push(why(
                "a system call filter around this process (seccomp) refuses it",
                self.filter_remedy(refusal),
            ));
        }
        if self.is_root && !self.has_sys_admin {
            let remedy = match self.keeper {
                Keeper::Docker => "docker run --user 1000, or --cap-add SYS_ADMIN",
                Keeper::Podman => "podman run --user 1000, or --cap-add SYS_ADMIN",
                Keeper::Kubernetes => {
                    "in the pod: securityContext: {runAsUser: 1000}, or capabilities: {add: [SYS_ADMIN]}"
                }
                Keeper::Systemd => {
                    "in the unit: User=, or CapabilityBoundingSet= with CAP_SYS_ADMIN"
                }
                Keeper::None => "start as an ordinary user, or with CAP_SYS_ADMIN",
            };
            found.push(why("this root has no CAP_SYS_ADMIN", remedy));
        }
        if found.is_empty() {
            let may = match refusal.kind {
                // A chroot on a mount cannot be told from a machine's root by an ordinary user.
                RefusalKind::UserNamespace => "a chroot or a security module may",
                _ => "a security module may",
            };
            found.push(why(
                format!("no setting that is known explains it; {may}"),
                "look at what the kernel says: dmesg | grep -iE 'apparmor|selinux|audit' | tail",
            ));
        }
        found
    }

    /// What to change about a system call filter that refuses one step.
    fn filter_remedy(&self, refusal: &Refusal) -> String {
        let (setting, calls) = match refusal.kind {
            RefusalKind::Namespaces if refusal.step == HOST_NAME => {
                ("ProtectHostname=no", "sethostname setdomainname")
            }
            RefusalKind::UserNamespace | RefusalKind::Namespaces => {
                ("RestrictNamespaces=no", "unshare")
            }
            RefusalKind::Proc | RefusalKind::FileSystem => ("", MOUNTING),
            RefusalKind::Seccomp => ("", "seccomp"),
            RefusalKind::Landlock => (
                "",
                "landlock_create_ruleset landlock_add_rule landlock_restrict_self",
            ),
            _ => (
                "RestrictNamespaces=no, ProtectHostname=no",
                "@mount seccomp sethostname setdomainname landlock_create_ruleset \
                 landlock_add_rule landlock_restrict_self",
            ),
        };
        match self.keeper {
            Keeper::Docker => "docker run --security-opt seccomp=unconfined".to_owned(),
            Keeper::Podman => "podman run --security-opt seccomp=unconfined".to_owned(),
            Keeper::Kubernetes => {
                "in the pod: securityContext: {seccompProfile: {type: Unconfined}}".to_owned()
            }
            Keeper::Systemd if calls == MOUNTING => {
                "in the unit: SystemCallFilter=@mount".to_owned()
            }
            Keeper::Systemd => match setting {
                "" => format!("in the unit: SystemCallFilter={calls}"),
                setting => format!(
                    "in the unit: {setting}, and where it has a SystemCallFilter=, also \
                     SystemCallFilter={calls}"
                ),
            },
            Keeper::None => format!("let the filter pass {calls}"),
        }
    }

    fn landlock_remedy(&self, refusal: &Refusal) -> String {
        format!(
            "{}; or accept it, where the policy does: --accept-weaker-sandbox, with landlock in \
             `sandbox.accept_weaker` of silversmith.toml",
            self.filter_remedy(refusal)
        )
    }
}

/// Several explanations as one. Each remedy is needed, as far as can be told.
fn joined(found: Vec<Why>) -> Why {
    let causes: Vec<_> = found.iter().map(|one| one.cause.as_str()).collect();
    let remedies: Vec<_> = found.iter().map(|one| one.remedy.as_str()).collect();
    why(causes.join("; also, "), remedies.join("; "))
}

fn keeper() -> Keeper {
    let exists = |path: &str| Path::new(path).exists();
    if std::env::var_os("INVOCATION_ID").is_some() {
        // systemd sets it for every process of a unit; containers do not inherit it.
        Keeper::Systemd
    } else if std::env::var_os("KUBERNETES_SERVICE_HOST").is_some() {
        Keeper::Kubernetes
    } else if exists("/run/.containerenv") {
        Keeper::Podman
    } else if exists("/.dockerenv") {
        Keeper::Docker
    } else {
        Keeper::None
    }
}

/// Type and mount point of each mount that this process can reach.
fn mounts(mountinfo: &str) -> impl Iterator<Item = (&str, &str)> {
    mountinfo.lines().filter_map(|line| {
        let point = line.split(' ').nth(4)?;
        let kind = line.split_once(" - ")?.1.split(' ').next()?;
        Some((kind, point))
    })
}

/// Root of the machine, or of a container, is always a mount; a directory that someone made root
/// with chroot mostly is not. Where it is one, only comparing with process 1 tells.
fn is_chroot(mountinfo: Option<&str>) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let has_root = mountinfo.map(|text| mounts(text).any(|(_, point)| point == "/"));
    let identity = |path: &str| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    let is_other = match (identity("/"), identity("/proc/1/root/")) {
        (Some(own), Some(first)) => own != first && same_mount_namespace() == Some(true),
        _ => false,
    };
    has_root == Some(false) || is_other
}

fn same_mount_namespace() -> Option<bool> {
    let of = |path: &str| fs::read_link(path).ok();
    Some(of("/proc/self/ns/mnt")? == of("/proc/1/ns/mnt")?)
}

fn is_on_initramfs(mountinfo: &str) -> bool {
    mounts(mountinfo).filter(|(_, point)| *point == "/").last() == Some(("rootfs", "/"))
}

fn masked_proc(mountinfo: Option<&str>) -> Option<String> {
    let Some(mountinfo) = mountinfo else {
        return Some("/proc".to_owned());
    };
    mounts(mountinfo)
        // Automatic mounts for other binary formats appear when they are looked at, and hide an
        // empty directory, which the kernel does not mind.
        .filter(|(kind, _)| !matches!(*kind, "binfmt_misc" | "autofs"))
        .find(|(_, point)| point.starts_with("/proc/"))
        .map(|(_, point)| point.to_owned())
}

/// Whether the kernel was built with Landlock, by its list of symbols; absent where it shows none.
/// Ten megabytes of text: asked only where nothing else answers.
fn has_landlock_symbol() -> Option<bool> {
    let file = fs::File::open("/proc/kallsyms").ok()?;
    let mut lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    let mut is_empty = true;
    let needle = b"sys_landlock_create_ruleset";
    let found = lines.any(|line| {
        is_empty = false;
        line.windows(needle.len()).any(|part| part == needle)
    });
    (!is_empty).then_some(found)
}

#[cfg(test)]
mod tests;
