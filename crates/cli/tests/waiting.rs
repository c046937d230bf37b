//! Interpreters that wait in the jail while a build does other work: what comes out is the same with
//! them and without, and they end with the build.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is the report")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::{MODULE, Project};

const OFF: &str = "[sandbox]\nwarm = false\n";

fn small() -> Project {
    Project::with_table("t.csv", "id,name\n1,a\n2, b\n")
}

/// Starts a build and stops it, in the kernel's sense, when it says that its first stage begins.
fn stopped_build(project: &Project) -> Child {
    let mut build = project
        .command(["build", "-v"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut lines = BufReader::new(build.stderr.take().unwrap());
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "reading Bronze\n");
    signal(&build, "-STOP");
    build
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let status = Command::new("kill").args([signal, &pid]).status();
    assert!(status.unwrap().success());
}

/// Process ids and start times of everything below a process.
fn below(root: u32) -> BTreeMap<u32, String> {
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|n| n.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some((parent, started)) = parent_and_start(pid) {
            parents.insert(pid, (parent, started));
        }
    }
    let mut found = BTreeMap::new();
    let mut front = vec![root];
    while let Some(parent) = front.pop() {
        for (pid, (of, started)) in &parents {
            if *of == parent {
                found.insert(*pid, started.clone());
                front.push(*pid);
            }
        }
    }
    found
}

/// `None` when the process is gone or dead.
fn parent_and_start(pid: u32) -> Option<(u32, String)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    (!matches!(fields[0], "Z" | "X")).then_some(())?;
    Some((fields[1].parse().ok()?, fields[19].to_owned()))
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..4_000 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never came true: {what}");
}

#[test]
fn two_interpreters_wait_while_a_build_reads_and_die_with_it() {
    let project = small();
    project.succeeds(["doctor", "--prepare"]);
    let mut build = stopped_build(&project);
    // For each: the stage, process 1 of its jail, and the interpreter.
    eventually("both jails stand", || below(build.id()).len() == 6);
    let waiting = below(build.id());
    signal(&build, "-KILL");
    build.wait().unwrap();
    eventually("all of them are gone", || {
        let same = |(pid, started): (&u32, &String)| {
            parent_and_start(*pid).is_some_and(|(_, now)| now == *started)
        };
        !waiting.iter().any(same)
    });
    assert!(!project.path(MODULE).exists());
}

#[test]
fn none_waits_where_the_settings_say_so() {
    let project = small();
    project.succeeds(["doctor", "--prepare"]);
    project.write("silversmith.toml", OFF);
    let mut build = stopped_build(&project);
    // What tried the jail first may be on its way out; what waits would stay.
    eventually("nothing waits", || below(build.id()).is_empty());
    signal(&build, "-KILL");
    build.wait().unwrap();
}

#[test]
fn the_same_comes_out_with_and_without_them() {
    let built = |settings: &str| {
        let project = small();
        project.write("silversmith.toml", settings);
        let (status, built) = project.json(["build"]);
        assert_eq!(status, 0, "{built}");
        let (status, tried) = project.json(["trial", MODULE, "--bronze", BRONZE]);
        assert_eq!(status, 0, "{tried}");
        let stable = [built["trial"].clone(), tried].map(without_measures);
        (project.read(MODULE), stable)
    };
    let (with, without) = (built(""), built(OFF));
    assert!(with.0 == without.0, "the modules differ");
    assert_eq!(with.1, without.1);
}

const BRONZE: &str = "artifacts/bronze/20260125_214726_#013410d7";

/// A trial's report without what differs from run to run. Every run says that it waited.
fn without_measures(mut report: Value) -> Value {
    report["timings"] = Value::Null;
    for run in report["sandbox"].as_array_mut().unwrap() {
        assert!(run["waited"]["wall_ms"].is_u64(), "{run}");
        run["waited"] = Value::Null;
        run["usage"] = Value::Null;
        // As root, each job has a user id of its own.
        run["layers"] = Value::Null;
    }
    report
}

/// They wait for data that the module is not for: others are started.
#[test]
fn a_trial_on_another_run_starts_its_own() {
    let project = small();
    project.succeeds(["build"]);
    let other = "artifacts/bronze/20260201_000000_#aaaaaaaa";
    project.write(&format!("{other}/data/t.csv"), "id,name\n7,c\n");
    let (status, tried) = project.json(["trial", MODULE, "--bronze", other]);
    assert_eq!(
        (status, &tried["tables"]["t.csv"]["rows_in"]),
        (0, &1.into()),
        "{tried}"
    );
}
