//! Leaves parts out of the jail, one by one, and shows that a hostile program then succeeds which the
//! whole jail holds. Where a program is held by two parts on purpose, it takes leaving out both, and
//! that is shown too.
// What helps a test is a test, which clippy does not see; the table is for who runs it by hand.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;
mod trap;

use std::time::Duration;

use silversmith_sandbox::{Grant, JailSpec, Part};
use support::{is_root, processes_with};
use trap::Fared;
use trap::host::Host;
use trap::program::{self, Program};

/// Parts, all of which a program has to be rid of to succeed.
struct Case {
    without: &'static [Part],
    program: &'static str,
    /// For root alone: an ordinary user's job has the protection by its user namespace too, or only
    /// root can lay the trap.
    root_only: bool,
}

const fn any(without: &'static [Part], program: &'static str) -> Case {
    Case {
        without,
        program,
        root_only: false,
    }
}

const fn root(without: &'static [Part], program: &'static str) -> Case {
    Case {
        without,
        program,
        root_only: true,
    }
}

const CASES: &[Case] = &[
    // A listener's file in a granted folder: mounts, Landlock and the network of its own let it be.
    any(&[Part::Seccomp], "net/unix_in_grant.py"),
    any(&[Part::Seccomp], "kernel/file_in_memory.py"),
    any(&[Part::Seccomp], "kernel/own_code.py"),
    any(&[Part::Seccomp], "limits/memory_let_go_of.py"),
    // A named pipe in a granted folder can be written to, whatever the mount says.
    any(&[Part::Landlock], "files/pipe_in_grant.py"),
    any(&[Part::NetworkNamespace], "proc/network.py"),
    // To send something takes a socket too.
    any(
        &[Part::NetworkNamespace, Part::Seccomp],
        "net/inet_datagram.py",
    ),
    any(&[Part::ProcessNamespace], "orphans/daemon.py"),
    // The filter refuses all calls for segments, and the namespace has none of the host's.
    any(
        &[Part::IpcNamespace, Part::Seccomp],
        "kernel/segment_of_host.py",
    ),
    any(&[Part::NameNamespace], "proc/host_name.py"),
    any(&[Part::ControlGroupNamespace], "proc/control_group.py"),
    any(&[Part::Root], "files/read_outside.py"),
    // Landlock has no right for times and modes; for all else it is the second to say no.
    any(&[Part::ReadOnlyGrants], "files/touch_grant.py"),
    any(
        &[Part::ReadOnlyGrants, Part::Landlock],
        "files/write_grant.py",
    ),
    any(&[Part::ReadOnlyDevices], "devices/change_null.py"),
    root(&[Part::NoDevices], "devices/in_grant.py"),
    // Either keeps a marked program from gaining. The kernel wants the promise for the filter and for
    // Landlock, so it can be left out with them only.
    root(
        &[Part::NoSetUserId, Part::NoNewPrivileges],
        "privilege/set_user_id_of_system.py",
    ),
    any(&[Part::NoExecution], "files/program_in_tmp.py"),
    any(&[Part::ProcessesOnly], "proc/machine.py"),
    any(&[Part::OwnProcessesOnly], "proc/others.py"),
    root(&[Part::UnprivilegedUser], "privilege/is_root.py"),
    any(&[Part::NoCapabilities], "files/mode_zero_in_grant.py"),
    any(&[Part::Environment], "proc/environment.py"),
    any(&[Part::Descriptors], "descriptors/inherited.py"),
    any(&[Part::StandardInput], "descriptors/standard_input.py"),
    any(&[Part::Wall], "limits/time.py"),
    any(&[Part::Cpu], "limits/processor.py"),
    any(&[Part::Cpu], "limits/processor_of_orphans.py"),
    any(&[Part::Memory], "limits/memory.py"),
    any(&[Part::Memory], "limits/memory_behind_a_dead_thread.py"),
    any(&[Part::Processes], "limits/processes.py"),
    any(&[Part::Processes], "limits/threads.py"),
    any(&[Part::Disk], "limits/disk.py"),
    any(&[Part::Output], "limits/output.py"),
    any(&[Part::OpenFiles], "limits/descriptors.py"),
    any(&[Part::CopyOut], "outputs/symbolic_links.py"),
];

/// Every part: nothing is in the jail that no case leaves out.
const PARTS: &[Part] = &[
    Part::Seccomp,
    Part::Landlock,
    Part::NetworkNamespace,
    Part::ProcessNamespace,
    Part::IpcNamespace,
    Part::NameNamespace,
    Part::ControlGroupNamespace,
    Part::Root,
    Part::ReadOnlyGrants,
    Part::ReadOnlyDevices,
    Part::NoDevices,
    Part::NoSetUserId,
    Part::NoExecution,
    Part::ProcessesOnly,
    Part::OwnProcessesOnly,
    Part::UnprivilegedUser,
    Part::NoCapabilities,
    Part::NoNewPrivileges,
    Part::Environment,
    Part::Descriptors,
    Part::StandardInput,
    Part::Wall,
    Part::Cpu,
    Part::Memory,
    Part::Processes,
    Part::Disk,
    Part::Output,
    Part::OpenFiles,
    Part::CopyOut,
];

#[test]
fn every_part_is_left_out_by_a_case() {
    for part in PARTS {
        assert!(
            CASES.iter().any(|case| case.without.contains(part)),
            "{part:?}"
        );
    }
}

#[test]
fn without_any_part_a_program_succeeds_that_the_whole_jail_holds() {
    let mut wrong = String::new();
    for case in CASES {
        if case.root_only && !is_root() || !is_possible(case) {
            println!(
                "{:<55} {:<40} not here",
                format!("{:?}", case.without),
                case.program
            );
            continue;
        }
        let without_all = succeeds(case, case.without);
        let mut held = succeeds(case, &[]).is_empty();
        if case.without.len() > 1 {
            for part in case.without {
                held &= succeeds(case, &[*part]).is_empty();
            }
        }
        let verdict = match (without_all.is_empty(), held) {
            (false, true) => "as it should be",
            (true, _) => "HELD WITHOUT IT",
            (_, false) => "NOT HELD BY WHAT IS LEFT",
        };
        println!(
            "{:<55} {:<40} {verdict}",
            format!("{:?}", case.without),
            case.program
        );
        if verdict != "as it should be" {
            wrong.push_str(&format!(
                "{:?} {} {verdict} {without_all:?}\n",
                case.without, case.program
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Whether this machine has what a case is about.
fn is_possible(case: &Case) -> bool {
    match case.without {
        // A machine may have all processes in the root of every tree, as containers do.
        [Part::ControlGroupNamespace] => std::fs::read_to_string("/proc/self/cgroup")
            .unwrap()
            .lines()
            .any(|line| !line.ends_with(":/")),
        [Part::OpenFiles] => rustix::process::getrlimit(rustix::process::Resource::Nofile)
            .maximum
            .is_none_or(|most| most > 5_100),
        _ => true,
    }
}

/// What a program gets where these parts are left out.
fn succeeds(case: &Case, without: &[Part]) -> Vec<String> {
    let program = Program::named(case.program);
    let fared = trap::set_loose(&program, |spec, host| {
        leave_out(spec, host, &program, without)
    });
    assert!(!fared.end.starts_with("error"), "{without:?} {}", fared.end);
    let Fared { marker, got, .. } = fared;
    for pid in processes_with(&marker) {
        if let Some(pid) = rustix::process::Pid::from_raw(pid.cast_signed()) {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    }
    got
}

fn leave_out(spec: &mut JailSpec, host: &Host, program: &Program, without: &[Part]) {
    /// More than any program here asks for.
    const MUCH: u64 = 1 << 31;
    spec.left_out = without.to_vec();
    for part in without {
        match part {
            // Limits are left out by being much.
            Part::Wall => spec.limits.wall = Duration::from_secs(120),
            Part::Cpu => spec.limits.cpu = Duration::from_secs(120),
            Part::Memory => spec.limits.memory = MUCH,
            Part::Processes => spec.limits.pids = 1000,
            Part::Disk => spec.limits.disk = MUCH,
            Part::Output => spec.limits.stdout = MUCH,
            // The kernel wants it for these two.
            Part::NoNewPrivileges => spec.left_out.extend([Part::Seccomp, Part::Landlock]),
            // It waits for input that never comes.
            Part::StandardInput => spec.limits.wall = Duration::from_secs(2),
            // The host is where it always is.
            Part::Root => {
                spec.command = host.command(program, false, 1, 0);
                spec.read_only = vec![Grant::same(program::folder())];
                spec.outputs.clear();
            }
            _ => {}
        }
    }
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
