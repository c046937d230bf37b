//! `silversmith sandbox`: what a person types is found, starts where they stand, and is accounted for.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests read files and start programs"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

fn sandbox(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_silversmith"));
    command.current_dir(folder).arg("sandbox").args(words);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_script_is_started_by_name_where_the_caller_stands() {
    let folder = tempfile::tempdir().unwrap();
    let here = fs::canonicalize(folder.path()).unwrap();
    fs::write(here.join("script.sh"), "pwd; cat beside.txt").unwrap();
    fs::write(here.join("beside.txt"), "beside").unwrap();
    let shown = sandbox(&here, &["--ro", ".", "--", "sh", "script.sh"]);
    assert_eq!(text(&shown.stdout), format!("{}\nbeside", here.display()));
    assert_eq!(shown.status.code(), Some(0));
    // What lies beside a file that is granted is not granted with it.
    let alone = sandbox(&here, &["--ro", "script.sh", "--", "sh", "script.sh"]);
    assert_eq!(text(&alone.stdout), format!("{}\n", here.display()));
    assert_eq!(alone.status.code(), Some(1));
    let nothing = sandbox(&here, &["--", "sh", "-c", "pwd; ls -A"]);
    assert!(!text(&nothing.stdout).contains("script.sh"), "{nothing:?}");
    assert!(text(&nothing.stdout).starts_with("/\n"), "{nothing:?}");
}

#[test]
fn the_json_holds_what_was_printed_and_the_folder_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    let words = [
        "--json",
        "--rw",
        "out",
        "--",
        "sh",
        "-c",
        "echo said; echo wrong >&2; echo made > out/it; exit 7",
    ];
    let ended = sandbox(folder.path(), &words);
    let document: Json = serde_json::from_slice(&ended.stdout).unwrap();
    let told = |name: &str| document[name].clone();
    assert_eq!((told("outcome"), told("code")), ("exited".into(), 7.into()));
    assert_eq!(
        (told("stdout"), told("stderr")),
        ("said\n".into(), "wrong\n".into())
    );
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("out/it")).unwrap(), b"made\n");
}

#[test]
fn what_cannot_be_started_is_a_mistake_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    for (words, code) in [
        (&["--", "no-such-program"][..], "SS-SANDBOX-009"),
        (&["--", "/no/such/program"], "SS-SANDBOX-013"),
        (&["--ro", "missing", "--", "true"], "SS-SANDBOX-008"),
        (&["--rw", "a/b/c", "--", "true"], "SS-SANDBOX-014"),
    ] {
        let refused = sandbox(folder.path(), words);
        assert!(
            text(&refused.stderr).contains(code),
            "{words:?} {refused:?}"
        );
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
    }
}

/// A jail of its own, with this many of: the helper, process 1 inside, and the program.
fn started(environment: &[(&str, &str)], count: usize) -> (Child, Vec<u32>) {
    let child = Command::new(env!("CARGO_BIN_EXE_silversmith"))
        .args(["sandbox", "--wall", "100s", "--", "/bin/sleep", "99"])
        .envs(environment.iter().copied())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let first_child = |parent: u32| {
        let path = format!("/proc/{parent}/task/{parent}/children");
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut children = text.split_whitespace().map(|id| id.parse::<u32>().unwrap());
        children.next()
    };
    let (mut processes, mut parent) = (Vec::new(), child.id());
    while processes.len() < count {
        if let Some(id) = first_child(parent) {
            processes.push(id);
            parent = id;
        }
        std::thread::yield_now();
    }
    (child, processes)
}

/// The jail's first process is a copy of this program, and so could know what this program knows.
#[test]
fn no_process_of_the_jail_has_the_environment_of_its_starter() {
    // What belongs to this test and to nothing else.
    let secret = format!("secret-{}", std::process::id());
    let (mut child, processes) = started(&[("TOKEN", &secret)], 3);
    let read = |id: u32| fs::read(format!("/proc/{id}/environ"));
    let has_secret = |bytes: &[u8]| bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
    assert!(has_secret(&read(child.id()).unwrap()));
    let mut seen = 0;
    for id in processes {
        // An ordinary user may not read that of the processes in the jail.
        if let Ok(environment) = read(id) {
            assert!(!has_secret(&environment), "{id}");
            seen += 1;
        }
    }
    assert!(seen > 0);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// This command's helper is a fork of it; see `killed.rs` of the sandbox for helpers that are not.
#[test]
fn killed_at_any_moment_it_takes_the_jail_with_it() {
    // Number and time of start, of a process that is not dead.
    let life = |id: u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let is_dead = ["Z", "X"].contains(&fields[0]);
        (!is_dead).then(|| (id, fields[19].to_owned()))
    };
    for count in [1, 1, 1, 1, 2, 2, 2, 2, 3, 3] {
        let (mut child, processes) = started(&[], count);
        let lives: Vec<_> = processes.iter().filter_map(|id| life(*id)).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        let killed = Instant::now();
        while lives.iter().any(|of| life(of.0).as_ref() == Some(of)) {
            assert!(killed.elapsed() < Duration::from_secs(60), "{lives:?}");
            std::thread::yield_now();
        }
    }
}
