//! Machines that cannot give the protection: nothing is run, and every cause is named with its remedy.
//! Such a machine is made from this one: with `unshare`, in a user namespace of its own, or with a
//! system call filter as a container engine or systemd sets one.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};

use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};
use silversmith_sandbox::{Grant, SandboxError, WeakerLayer};
use support::{directory, job, sandbox};

/// Names the filter that the hidden test puts itself under.
const FILTER: &str = "SILVERSMITH_TEST_FILTER";
/// Whether the hidden test accepts weaker layers.
const ACCEPT: &str = "SILVERSMITH_TEST_ACCEPT";

/// A machine made from this one.
#[derive(Clone, Copy, Default)]
struct Machine<'a> {
    /// A shell command that makes it what it is, run as root of a user namespace of its own.
    set_up: Option<&'a str>,
    /// Root there has all user ids of this machine, so that it is root here and there.
    is_root: bool,
    /// Root there has no other user id.
    is_alone: bool,
    /// The shell's umask, where it is not the usual one.
    umask: &'a str,
    /// A filter of [`put_under`].
    filter: &'a str,
    /// Whether Landlock may be missing.
    accepts_weaker: bool,
}

impl Machine<'_> {
    /// Runs the hidden test there and gives what it printed. `None` where this machine cannot play
    /// the other.
    fn try_a_job(self) -> Option<String> {
        let folder = directory();
        let (program, helper) = (folder.path().join("tests"), folder.path().join("helper"));
        support::copy_program(&std::env::current_exe().unwrap(), &program);
        support::copy_program(
            env!("CARGO_BIN_EXE_silversmith-jail-helper").as_ref(),
            &helper,
        );
        let hidden = "--exact try_a_job --ignored --nocapture";
        let mut command = match self.set_up {
            None => {
                let umask = Some(self.umask).filter(|mask| !mask.is_empty());
                let script = format!("umask {} && exec \"$0\" {hidden}", umask.unwrap_or("022"));
                let mut command = Command::new("sh");
                command.args(["-c", &script]).arg(&program);
                command
            }
            Some(set_up) => {
                let mut command = self.in_a_namespace();
                let script = format!("{set_up} && exec \"$0\" {hidden}");
                // The next program that root starts gets the rights of root.
                let waiting = "echo ready && read go && exec sh -c \"$1\" \"$0\"";
                match self.has_all_users() {
                    true => command
                        .args(["sh", "-c", waiting])
                        .arg(&program)
                        .arg(script),
                    false => command.args(["sh", "-c", &script]).arg(&program),
                };
                command
            }
        };
        let output = command
            .env("SILVERSMITH_TEST_HELPER", &helper)
            .env(FILTER, self.filter)
            .env(ACCEPT, if self.accepts_weaker { "yes" } else { "" })
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .and_then(|mut child| {
                if self.set_up.is_some() && self.has_all_users() {
                    give_all_users(&mut child)?;
                }
                child.wait_with_output()
            });
        let Ok(output) = output else {
            eprintln!("skipped: needs setpriv and unshare");
            return None;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        if !text.contains("running 1 test") {
            eprintln!("skipped: {errors}");
            return None;
        }
        assert!(output.status.success(), "{text}{errors}");
        Some(text)
    }

    /// Whether the machine is to have every user of this one, and so a root that can change user.
    fn has_all_users(self) -> bool {
        self.is_root && !self.is_alone
    }

    fn in_a_namespace(self) -> Command {
        let mut command = match support::is_root() && !self.is_root {
            true => {
                let mut command = Command::new("setpriv");
                command.args([
                    "--reuid",
                    "65534",
                    "--regid",
                    "65534",
                    "--clear-groups",
                    "unshare",
                ]);
                command
            }
            false => Command::new("unshare"),
        };
        command.args(["--user", "--mount"]);
        if !self.has_all_users() {
            command.arg("--map-root-user");
        }
        command
    }
}

/// Maps every user into the user namespace of a process that says when it is in it, and lets it go on.
fn give_all_users(child: &mut Child) -> io::Result<()> {
    let mut line = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut line)?;
    assert_eq!(&line, b"ready\n");
    for map in ["uid_map", "gid_map"] {
        std::fs::write(format!("/proc/{}/{map}", child.id()), "0 0 4294967294")?;
    }
    child.stdin.take().unwrap().write_all(b"go\n")
}

fn on_a_machine(set_up: &str) -> Option<String> {
    let set_up = Some(set_up);
    Machine {
        set_up,
        ..Machine::default()
    }
    .try_a_job()
}

fn under(filter: &str) -> Option<String> {
    Machine {
        filter,
        ..Machine::default()
    }
    .try_a_job()
}

/// Puts this thread, and so the helper that it starts, under a filter.
fn put_under(filter: &str) {
    let landlock = [
        libc::SYS_landlock_create_ruleset,
        libc::SYS_landlock_add_rule,
        libc::SYS_landlock_restrict_self,
    ];
    // systemd's @mount, which its @system-service leaves out.
    let mount = [
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_fsopen,
        libc::SYS_fsconfig,
        libc::SYS_fsmount,
        libc::SYS_open_tree,
        libc::SYS_move_mount,
        libc::SYS_mount_setattr,
    ];
    let errno = |number: i32| SeccompAction::Errno(u32::try_from(number).unwrap());
    match filter {
        "" => {}
        "landlock missing" => deny(&landlock, errno(libc::ENOSYS)),
        "landlock refused" => deny(&landlock, errno(libc::EPERM)),
        "landlock half refused" => deny(&landlock[2..], errno(libc::EPERM)),
        "landlock and namespaces" => {
            deny(&landlock, errno(libc::ENOSYS));
            deny_namespaces();
        }
        "namespaces" => deny_namespaces(),
        "mounts" => deny(&mount, errno(libc::EPERM)),
        "mounts killed" => deny(&mount, SeccompAction::KillProcess),
        "mount_setattr missing" => deny(&[libc::SYS_mount_setattr], errno(libc::ENOSYS)),
        // The default of systemd's SystemCallFilter=, which kills.
        "mounts and landlock killed" => {
            deny(&mount, SeccompAction::KillProcess);
            deny(&landlock, SeccompAction::KillProcess);
        }
        // RestrictSUIDSGID= answers openat2 like this, whose flags cannot be filtered.
        "openat2" => deny(&[libc::SYS_openat2], errno(libc::ENOSYS)),
        "host name" => deny(&[libc::SYS_sethostname], errno(libc::EPERM)),
        "seccomp" => deny(&[libc::SYS_seccomp], errno(libc::EPERM)),
        other => panic!("no filter {other}"),
    }
}

/// systemd's RestrictNamespaces=yes, and what container engines do for `unshare`.
fn deny_namespaces() {
    let new = u64::try_from(
        libc::CLONE_NEWNS
            | libc::CLONE_NEWUSER
            | libc::CLONE_NEWPID
            | libc::CLONE_NEWNET
            | libc::CLONE_NEWIPC
            | libc::CLONE_NEWUTS
            | libc::CLONE_NEWCGROUP,
    )
    .unwrap();
    let any = (0..u64::BITS)
        .map(|bit| 1 << bit)
        .filter(|bit| new & bit != 0)
        .map(|bit| {
            let operator = SeccompCmpOp::MaskedEq(bit);
            SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, bit)
                .and_then(|condition| SeccompRule::new(vec![condition]))
                .unwrap()
        });
    let rules: Vec<_> = any.collect();
    let calls = [libc::SYS_unshare, libc::SYS_clone];
    apply(
        calls.map(|call| (call, rules.clone())).into(),
        SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap()),
    );
    deny(
        &[libc::SYS_clone3],
        SeccompAction::Errno(u32::try_from(libc::ENOSYS).unwrap()),
    );
}

fn deny(calls: &[libc::c_long], action: SeccompAction) {
    apply(
        calls.iter().map(|&call| (call, Vec::new())).collect(),
        action,
    );
}

fn apply(rules: BTreeMap<i64, Vec<SeccompRule>>, action: SeccompAction) {
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, arch).unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    seccompiler::apply_filter(&program).unwrap();
}

#[test]
#[ignore = "started by the tests below"]
fn try_a_job() {
    put_under(&std::env::var(FILTER).unwrap_or_default());
    let accepts = std::env::var(ACCEPT).is_ok_and(|value| !value.is_empty());
    let sandbox = sandbox().accepting(accepts.then_some(WeakerLayer::Landlock));
    let folder = directory();
    let mut spec = job("open('/out/ran', 'w').close()");
    spec.outputs.push(Grant::new(folder.path(), "/out"));
    match sandbox.run(&spec, None) {
        Ok(ended) => {
            println!(
                "ran: {:?} {:?} {:?}",
                ended.outcome, ended.code, ended.violations
            );
            for layer in ended.layers {
                println!(
                    "layer {}: {} {} | {}",
                    layer.name, layer.applied, layer.accepted, layer.detail
                );
            }
        }
        Err(error) => {
            assert_eq!(
                std::fs::read_dir(folder.path()).unwrap().count(),
                0,
                "something ran"
            );
            println!(
                "refused: {} {} {error} | {}",
                error.code(),
                error.is_missing_protection(),
                error.help().unwrap_or_default()
            );
            for layer in error.missing() {
                println!(
                    "missing {}: {}",
                    layer.name,
                    layer.cause.as_deref().unwrap_or("?")
                );
            }
        }
    }
    for line in sandbox.probe() {
        println!("probe {}: {} {}", line.name, line.required, line.available);
    }
}

#[track_caller]
fn is_refused(text: &str, code: &str, words: &[&str]) {
    assert!(text.contains(&format!("refused: {code} true")), "{text}");
    assert!(text.contains("probe jail: true false"), "{text}");
    // Who has set the machine up decides the words of the remedy; there always is one.
    let refusal = text.lines().find(|line| line.starts_with("refused: "));
    let remedy = refusal.and_then(|line| line.rsplit_once(" | "));
    assert!(
        remedy.is_some_and(|(_, remedy)| remedy.len() > 10),
        "{text}"
    );
    for word in words {
        assert!(text.contains(word), "no `{word}` in {text}");
    }
}

#[track_caller]
fn runs(text: &str) {
    assert!(text.contains("ran: Exited Some(0) []"), "{text}");
    assert!(text.contains("probe jail: true true"), "{text}");
    let lacks_one = text
        .lines()
        .any(|line| line.starts_with("probe ") && line.ends_with(" true false"));
    assert!(!lacks_one, "{text}");
}

#[test]
fn a_machine_within_a_machine_can_run_jobs() {
    if let Some(text) = on_a_machine("true") {
        runs(&text);
    }
}

#[test]
fn without_user_namespaces_nothing_runs() {
    if let Some(text) = on_a_machine("echo 0 > /proc/sys/user/max_user_namespaces") {
        is_refused(
            &text,
            "SS-SANDBOX-003",
            &[
                "user.max_user_namespaces is 0",
                "sysctl -w user.max_user_namespaces=15000",
                "missing user-namespace: user.max_user_namespaces is 0",
                "missing network-namespace: cannot be tried without user-namespace",
                // What needs none was tried all the same.
                "probe seccomp: true true",
                "probe no-new-privs: true true",
            ],
        );
    }
}

/// Root changes its user id for real and needs no user namespace.
#[test]
fn without_user_namespaces_roots_jobs_run_another_way() {
    if !support::is_root() {
        return;
    }
    let machine = Machine {
        set_up: Some("echo 0 > /proc/sys/user/max_user_namespaces"),
        is_root: true,
        ..Machine::default()
    };
    if let Some(text) = machine.try_a_job() {
        runs(&text);
        assert!(
            text.contains("layer unprivileged-user: true false | user id "),
            "{text}"
        );
        assert!(
            text.contains("changed for real: no user namespace needed"),
            "{text}"
        );
        assert!(text.contains("probe user-namespace: false false"), "{text}");
    }
}

#[test]
fn without_the_other_namespaces_nothing_runs() {
    for (kind, layer) in [
        ("mnt", "mount"),
        ("pid", "pid"),
        ("net", "network"),
        ("ipc", "ipc"),
        ("uts", "uts"),
        ("cgroup", "cgroup"),
    ] {
        let setting = format!("user.max_{kind}_namespaces");
        let set_up = format!("echo 0 > /proc/sys/user/max_{kind}_namespaces");
        for is_root in [false, support::is_root()] {
            let set_up = Some(set_up.as_str());
            let machine = Machine {
                set_up,
                is_root,
                ..Machine::default()
            };
            if let Some(text) = machine.try_a_job() {
                let cause = format!("missing {layer}-namespace: {setting} is 0");
                let remedy = format!("| sysctl -w {setting}=15000");
                is_refused(&text, "SS-SANDBOX-004", &[&cause, &remedy]);
            }
        }
    }
}

/// Several causes at once: each is named, with its remedy.
#[test]
fn everything_that_is_missing_is_named_at_once() {
    let machine = Machine {
        set_up: Some(
            "echo 0 > /proc/sys/user/max_net_namespaces && \
             echo 0 > /proc/sys/user/max_uts_namespaces && mount -t tmpfs none /proc/tty",
        ),
        filter: "landlock refused",
        ..Machine::default()
    };
    if let Some(text) = machine.try_a_job() {
        is_refused(
            &text,
            "SS-SANDBOX-012",
            &[
                "missing network-namespace: user.max_net_namespaces is 0",
                "missing uts-namespace: user.max_uts_namespaces is 0",
                "missing own-proc: a part of /proc is hidden by a mount (/proc/tty)",
                "missing landlock: a filter refuses the calls of Landlock",
                "| sysctl -w user.max_net_namespaces=15000; sysctl -w user.max_uts_namespaces=15000; ",
            ],
        );
    }
}

/// As container engines do it, and systemd with ProtectKernelTunables=, ProtectKernelLogs= and others.
#[test]
fn with_a_masked_proc_nothing_runs() {
    for mount in ["/proc/sys", "/proc/tty"] {
        if let Some(text) = on_a_machine(&format!("mount -t tmpfs none {mount}")) {
            let cause = format!("missing own-proc: a part of /proc is hidden by a mount ({mount})");
            is_refused(&text, "SS-SANDBOX-006", &[&cause]);
        }
    }
}

/// Docker's and systemd's filters: RestrictNamespaces=, SystemCallFilter=@system-service, ProtectHostname=.
#[test]
fn under_a_filter_that_takes_a_required_layer_nothing_runs() {
    let (code, namespaces) = match support::is_root() {
        true => (
            "SS-SANDBOX-004",
            "missing network-namespace: a system call filter",
        ),
        false => (
            "SS-SANDBOX-003",
            "missing user-namespace: a system call filter",
        ),
    };
    for (filter, code, layer) in [
        ("namespaces", code, namespaces),
        (
            "mounts",
            "SS-SANDBOX-007",
            "missing mounts: a system call filter",
        ),
        (
            "mounts killed",
            "SS-SANDBOX-015",
            "missing mounts: a system call filter",
        ),
        (
            "mounts and landlock killed",
            "SS-SANDBOX-015",
            "missing landlock: the attempt was killed by signal 31",
        ),
        (
            "mount_setattr missing",
            "SS-SANDBOX-005",
            "missing mounts: a system call filter",
        ),
        (
            "host name",
            "SS-SANDBOX-004",
            "missing uts-namespace: a system call filter",
        ),
        (
            "seccomp",
            "SS-SANDBOX-011",
            "missing seccomp: a system call filter",
        ),
    ] {
        let text = under(filter).unwrap();
        is_refused(&text, code, &[layer]);
    }
}

/// Settings of hardened services that a jail can be built under.
#[test]
fn under_a_filter_that_takes_nothing_the_jail_needs_jobs_run() {
    runs(&under("openat2").unwrap());
}

#[test]
fn the_starters_umask_does_not_keep_the_job_out_of_its_own_jail() {
    let machine = Machine {
        umask: "077",
        ..Machine::default()
    };
    runs(&machine.try_a_job().unwrap());
}

/// A root that is the only user of its user namespace, and root outside too: its job could not become
/// anybody else. (systemd's PrivateUsers= makes such a one of a root service.)
#[test]
fn a_root_that_can_become_nobody_else_runs_nothing() {
    if !support::is_root() {
        return;
    }
    let machine = Machine {
        set_up: Some("true"),
        is_root: true,
        is_alone: true,
        ..Machine::default()
    };
    if let Some(text) = machine.try_a_job() {
        is_refused(
            &text,
            "SS-SANDBOX-007",
            &["missing unprivileged-user: this root has no other user id to change to"],
        );
    }
}

#[test]
fn where_landlock_is_kept_away_nothing_runs() {
    for (filter, cause) in [
        ("landlock missing", "a filter hides the calls of Landlock"),
        ("landlock refused", "a filter refuses the calls of Landlock"),
        ("landlock half refused", ""),
    ] {
        let text = under(filter).unwrap();
        is_refused(
            &text,
            "SS-SANDBOX-012",
            &[
                &format!("missing landlock: {cause}"),
                "--accept-weaker-sandbox",
            ],
        );
        assert_eq!(text.matches("missing ").count(), 1, "{text}");
    }
}

#[test]
fn where_landlock_is_kept_away_a_job_runs_if_that_is_accepted_and_says_so() {
    for filter in [
        "landlock missing",
        "landlock refused",
        "landlock half refused",
    ] {
        let machine = Machine {
            filter,
            accepts_weaker: true,
            ..Machine::default()
        };
        let text = machine.try_a_job().unwrap();
        assert!(text.contains("ran: Exited Some(0) []"), "{text}");
        assert!(text.contains("layer landlock: false true | "), "{text}");
        // Nothing else became weaker.
        let missing: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("layer ") && line.contains(": false "))
            .filter(|line| !line.starts_with("layer cgroup: false false"))
            .collect();
        assert_eq!(missing.len(), 1, "{text}");
    }
}

/// Accepting is no switch that turns a layer off.
#[test]
fn what_is_accepted_is_in_force_all_the_same_where_it_can_be_had() {
    let machine = Machine {
        accepts_weaker: true,
        ..Machine::default()
    };
    let text = machine.try_a_job().unwrap();
    runs(&text);
    if text.contains("probe landlock: true true") {
        assert!(
            text.contains("layer landlock: true false | version"),
            "{text}"
        );
    }
}

/// The required layers cannot be accepted away, whatever is missing beside them.
#[test]
fn no_required_layer_can_be_done_without() {
    for (set_up, filter, code) in [
        (
            Some("echo 0 > /proc/sys/user/max_user_namespaces"),
            "",
            "003",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_mnt_namespaces"),
            "",
            "004",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_pid_namespaces"),
            "",
            "004",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_net_namespaces"),
            "",
            "004",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_ipc_namespaces"),
            "",
            "004",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_uts_namespaces"),
            "",
            "004",
        ),
        (
            Some("echo 0 > /proc/sys/user/max_cgroup_namespaces"),
            "",
            "004",
        ),
        (Some("mount -t tmpfs none /proc/tty"), "", "006"),
        (Some("true"), "landlock and namespaces", "003"),
        (Some("true"), "mounts", "007"),
        (Some("true"), "host name", "004"),
        (Some("true"), "seccomp", "011"),
    ] {
        let machine = Machine {
            set_up,
            filter,
            accepts_weaker: true,
            ..Machine::default()
        };
        if let Some(text) = machine.try_a_job() {
            is_refused(&text, &format!("SS-SANDBOX-{code}"), &[]);
        }
    }
}

#[test]
fn a_grant_that_the_starter_cannot_read_is_refused() {
    if support::is_root() {
        return; // Root can read everything; the ordinary user's turn comes below.
    }
    let folder = directory();
    let file = folder.path().join("f");
    std::fs::write(&file, "x").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let mut spec = job("pass");
    spec.read_only.push(Grant::new(&file, "/f"));
    let error = sandbox().run(&spec, None).unwrap_err();
    assert!(
        matches!(&error, SandboxError::Grant { path, .. } if *path == file),
        "{error:?}"
    );
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
