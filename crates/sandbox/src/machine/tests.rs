use super::*;

/// A plain Linux for an ordinary user: nothing stands in the way.
fn machine() -> Machine {
    Machine {
        release: "6.1.0-31-amd64".to_owned(),
        program: "/usr/bin/silversmith".to_owned(),
        security_modules: Some("capability,landlock,yama".to_owned()),
        ..Machine::default()
    }
}

fn refused(kind: RefusalKind, step: &str, errno: Errno) -> Refusal {
    Refusal {
        kind,
        step: step.to_owned(),
        path: Vec::new(),
        errno: errno.raw_os_error(),
    }
}

#[track_caller]
fn explains(machine: &Machine, refusal: &Refusal, cause: &str, remedy: &str) {
    let found = machine.why(refusal);
    assert!(
        found.cause.contains(cause) && found.remedy.contains(remedy),
        "{found:?}"
    );
}

#[test]
fn settings_that_forbid_namespaces_are_named_with_the_way_back() {
    let users = refused(RefusalKind::UserNamespace, "unshare", Errno::NOSPC);
    let mut limited = machine();
    limited.max_namespaces.insert("user", 0);
    explains(
        &limited,
        &users,
        "user.max_user_namespaces is 0",
        "sysctl -w user.max_user_namespaces=15000",
    );
    limited.max_namespaces.insert("user", 3);
    explains(
        &limited,
        &users,
        "limit of user namespaces is reached",
        "15000",
    );
    let mut nets = machine();
    nets.max_namespaces.insert("net", 0);
    let net = refused(RefusalKind::Namespaces, "net", Errno::NOSPC);
    explains(
        &nets,
        &net,
        "max_net_namespaces is 0",
        "user.max_net_namespaces=15000",
    );
    let forbidden = refused(RefusalKind::UserNamespace, "unshare", Errno::PERM);
    let debian = Machine {
        userns_clone: Some(false),
        ..machine()
    };
    explains(
        &debian,
        &forbidden,
        "unprivileged_userns_clone is 0",
        "userns_clone=1",
    );
    let invalid = refused(RefusalKind::UserNamespace, "unshare", Errno::INVAL);
    explains(
        &machine(),
        &invalid,
        "built without user namespaces",
        "CONFIG_USER_NS=y",
    );
}

/// Ubuntu 24.04: the namespace comes, and what it is for is refused.
#[test]
fn apparmor_is_named_with_a_profile_to_paste() {
    let ubuntu = Machine {
        apparmor_restricts: true,
        ..machine()
    };
    let mount = refused(RefusalKind::Namespaces, "mnt", Errno::PERM);
    explains(
        &ubuntu,
        &mount,
        "apparmor_restrict_unprivileged_userns is 1",
        "profile silversmith /usr/bin/silversmith flags=(unconfined)",
    );
    let confined = Machine {
        apparmor_profile: Some("docker-default (enforce)".to_owned()),
        keeper: Keeper::Docker,
        ..machine()
    };
    let tmpfs = refused(RefusalKind::FileSystem, "a tmpfs", Errno::ACCESS);
    explains(
        &confined,
        &tmpfs,
        "docker-default",
        "--security-opt apparmor=unconfined",
    );
}

#[test]
fn the_remedy_is_for_who_set_the_filter() {
    let users = refused(RefusalKind::UserNamespace, "unshare", Errno::PERM);
    for (keeper, remedy) in [
        (
            Keeper::Docker,
            "docker run --security-opt seccomp=unconfined",
        ),
        (
            Keeper::Podman,
            "podman run --security-opt seccomp=unconfined",
        ),
        (Keeper::Kubernetes, "seccompProfile: {type: Unconfined}"),
        (Keeper::Systemd, "RestrictNamespaces=no"),
        (Keeper::None, "let the filter pass unshare"),
    ] {
        let filtered = Machine {
            has_filter: true,
            keeper,
            ..machine()
        };
        explains(&filtered, &users, "system call filter", remedy);
    }
    let unit = Machine {
        has_filter: true,
        keeper: Keeper::Systemd,
        ..machine()
    };
    let name = refused(RefusalKind::Namespaces, HOST_NAME, Errno::PERM);
    explains(&unit, &name, "system call filter", "ProtectHostname=no");
    let tmpfs = refused(RefusalKind::FileSystem, "a tmpfs", Errno::PERM);
    explains(
        &unit,
        &tmpfs,
        "system call filter",
        "SystemCallFilter=@mount",
    );
    let killed = refused(RefusalKind::Protocol, "killed", Errno::PERM);
    explains(
        &unit,
        &killed,
        "system call filter",
        "SystemCallFilter=@mount seccomp ",
    );
    // Both stand in the way, and taking one away is not enough.
    let both = Machine {
        has_filter: true,
        apparmor_profile: Some("docker-default (enforce)".to_owned()),
        keeper: Keeper::Docker,
        ..machine()
    };
    explains(&both, &users, "docker-default", "apparmor=unconfined");
    explains(&both, &users, "system call filter", "seccomp=unconfined");
}

#[test]
fn a_missing_call_is_an_old_kernel_or_a_filter() {
    let call = refused(RefusalKind::FileSystem, "a tmpfs", Errno::NOSYS);
    let old = Machine {
        release: "5.4.0-150-generic".to_owned(),
        has_filter: true,
        ..machine()
    };
    explains(
        &old,
        &call,
        "5.4.0-150-generic lacks the call",
        "Linux 5.12",
    );
    let filtered = Machine {
        has_filter: true,
        ..machine()
    };
    explains(
        &filtered,
        &call,
        "system call filter",
        "let the filter pass",
    );
}

#[test]
fn a_hidden_proc_is_told_by_its_mount() {
    let hidden = "1 0 0:1 / / rw - ext4 /dev/vda rw\n\
                  2 1 0:2 / /proc rw - proc proc rw\n\
                  3 2 0:3 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n\
                  4 2 0:4 / /proc/kcore rw - tmpfs tmpfs rw\n";
    assert_eq!(masked_proc(Some(hidden)).as_deref(), Some("/proc/kcore"));
    let whole: String = hidden
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(masked_proc(Some(&whole)), None);
    let proc = refused(RefusalKind::Proc, "mount /proc", Errno::PERM);
    for (keeper, remedy) in [
        (Keeper::Docker, "systempaths=unconfined"),
        (Keeper::Podman, "unmask=ALL"),
        (Keeper::Kubernetes, "procMount: Unmasked"),
        (Keeper::Systemd, "ProtectKernelTunables=no"),
        (Keeper::None, "umount /proc/kcore"),
    ] {
        let masked = Machine {
            masked_proc: masked_proc(Some(hidden)),
            keeper,
            ..machine()
        };
        explains(&masked, &proc, "hidden by a mount (/proc/kcore)", remedy);
    }
    let none = Machine {
        masked_proc: masked_proc(None),
        ..machine()
    };
    explains(&none, &proc, "no whole /proc", "mount -t proc");
}

#[test]
fn roots_that_cannot_be_left_are_told() {
    let pivot = refused(RefusalKind::FileSystem, "enter the new root", Errno::INVAL);
    let chroot = Machine {
        is_root: true,
        is_chroot: true,
        ..machine()
    };
    explains(&chroot, &pivot, "chroot", "systemd-nspawn");
    let users = refused(RefusalKind::UserNamespace, "unshare", Errno::PERM);
    let ordinary = Machine {
        is_chroot: true,
        ..machine()
    };
    explains(&ordinary, &users, "chroot", "systemd-nspawn");
    let ramdisk = "1 1 0:1 / / rw - rootfs none rw\n";
    assert!(is_on_initramfs(ramdisk));
    assert!(!is_on_initramfs(&format!(
        "{ramdisk}2 1 0:2 / / rw - ext4 /dev/vda rw\n"
    )));
    let early = Machine {
        is_on_initramfs: true,
        ..machine()
    };
    explains(&early, &pivot, "initial ramdisk", "switch_root");
}

#[test]
fn a_root_that_can_become_nobody_else_is_told() {
    let chown = refused(RefusalKind::FileSystem, "output directory", Errno::INVAL);
    let groups = refused(RefusalKind::Privileges, "setgroups", Errno::PERM);
    let alone = Machine {
        is_root: true,
        is_alone: true,
        has_sys_admin: true,
        keeper: Keeper::Systemd,
        ..machine()
    };
    for refusal in [chown, groups] {
        explains(
            &alone,
            &refusal,
            "no other user id to change to",
            "PrivateUsers=no",
        );
    }
}

#[test]
fn a_root_without_its_capability_is_told() {
    let mount = refused(RefusalKind::Namespaces, "mnt", Errno::PERM);
    let root = Machine {
        is_root: true,
        keeper: Keeper::Docker,
        ..machine()
    };
    explains(&root, &mount, "no CAP_SYS_ADMIN", "--user 1000");
    let whole = Machine {
        has_sys_admin: true,
        ..root
    };
    explains(&whole, &mount, "no setting that is known", "dmesg");
}

#[test]
fn a_landlock_that_is_absent_is_told_from_one_that_is_kept_away() {
    let answer = |machine: &Machine, errno: Errno| machine.no_landlock(errno.raw_os_error());
    let not_in_kernel = |found: &NoLandlock| matches!(found, NoLandlock::NotInKernel(_));
    let filtered = |modules: Option<&str>| Machine {
        has_filter: true,
        security_modules: modules.map(str::to_owned),
        ..machine()
    };
    let unfiltered = |modules: Option<&str>| Machine {
        security_modules: modules.map(str::to_owned),
        ..machine()
    };
    // The kernel's own answers.
    assert!(not_in_kernel(&answer(&unfiltered(None), Errno::NOSYS)));
    assert!(not_in_kernel(&answer(
        &unfiltered(Some("capability")),
        Errno::OPNOTSUPP
    )));
    assert!(not_in_kernel(&answer(
        &filtered(Some("capability")),
        Errno::NOSYS
    )));
    assert!(not_in_kernel(&answer(&filtered(None), Errno::OPNOTSUPP)));
    let old = Machine {
        release: "5.12.1".to_owned(),
        ..filtered(None)
    };
    assert!(not_in_kernel(&answer(&old, Errno::NOSYS)));
    // Answers that the kernel does not give, and ones that its own list contradicts.
    assert!(!not_in_kernel(&answer(&filtered(None), Errno::PERM)));
    assert!(!not_in_kernel(&answer(
        &filtered(Some("capability,landlock")),
        Errno::NOSYS
    )));
    assert!(!not_in_kernel(&answer(
        &filtered(Some("landlock")),
        Errno::OPNOTSUPP
    )));
}
