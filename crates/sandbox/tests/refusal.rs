//! Machines that cannot give the protection: nothing is run, and the cause is named. Such a machine
//! is made from this one with `unshare`, in a user namespace of its own.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod support;

use std::process::Command;

use silversmith_sandbox::SandboxError;
use support::{directory, job, sandbox};

/// Runs the hidden test below after `set_up` in a machine of its own and gives what it printed.
/// `None` where this machine cannot play another.
fn on_a_machine(set_up: &str) -> Option<String> {
    let folder = directory();
    let (program, helper) = (folder.path().join("tests"), folder.path().join("helper"));
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_silversmith-jail-helper"), &helper).unwrap();
    let script = format!("{set_up} && exec \"$0\" --exact try_a_job --ignored --nocapture");
    let mut command = if support::is_root() {
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
    } else {
        Command::new("unshare")
    };
    let output = command
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .arg(program)
        .env("SILVERSMITH_TEST_HELPER", helper)
        .current_dir("/")
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: needs setpriv and unshare");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !text.contains("running 1 test") {
        eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(text)
}

#[test]
#[ignore = "started by the tests below"]
fn try_a_job() {
    match sandbox().run(&job("print('ran')"), None) {
        Ok(ended) => println!("ran: {:?} {:?}", ended.outcome, ended.code),
        Err(error) => println!(
            "refused: {} {} {error} | {}",
            error.code(),
            error.is_missing_protection(),
            error.help().unwrap_or_default()
        ),
    }
}

#[test]
fn a_machine_within_a_machine_can_run_jobs() {
    if let Some(text) = on_a_machine("true") {
        assert!(text.contains("ran: Exited Some(0)"), "{text}");
    }
}

#[test]
fn without_user_namespaces_nothing_runs() {
    if let Some(text) = on_a_machine("echo 0 > /proc/sys/user/max_user_namespaces") {
        assert!(text.contains("refused: SS-SANDBOX-003 true"), "{text}");
        assert!(
            text.contains("sysctl -w user.max_user_namespaces"),
            "{text}"
        );
    }
}

#[test]
fn without_the_other_namespaces_nothing_runs() {
    for kind in ["mnt", "pid", "net", "ipc", "uts"] {
        if let Some(text) = on_a_machine(&format!("echo 0 > /proc/sys/user/max_{kind}_namespaces"))
        {
            assert!(
                text.contains("refused: SS-SANDBOX-004 true"),
                "{kind}: {text}"
            );
        }
    }
}

#[test]
fn with_a_masked_proc_nothing_runs() {
    // As container engines do it.
    if let Some(text) = on_a_machine("mount -t tmpfs none /proc/sys") {
        assert!(text.contains("refused: SS-SANDBOX-006 true"), "{text}");
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
    spec.read_only
        .push(silversmith_sandbox::Grant::new(&file, "/f"));
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
