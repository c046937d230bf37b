//! A command that is killed or runs out of space leaves what was there before, and no half of what
//! was to come.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is the report")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};

use support::{MODULE, Project};

/// Starts a command with `-v`, and kills it as soon as it says that its stage number `stage` begins.
/// Returns whether there was such a stage.
fn kill_at(project: &Project, arguments: &[&str], stage: usize) -> bool {
    let mut child = project
        .command(arguments)
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let reached = lines.map_while(Result::ok).nth(stage).is_some();
    // SIGKILL; it fails where the command has ended already.
    _ = child.kill();
    child.wait().unwrap();
    reached
}

#[test]
fn a_build_that_is_killed_leaves_the_old_module() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let old = project.read(MODULE);
    let mut stages = 0;
    while kill_at(
        &project,
        &["build", "--as-of", "2026-03-01T00:00:00Z"],
        stages,
    ) {
        let module = project.read(MODULE);
        // A kill that came too late for the last stage leaves the new module, whole.
        assert!(
            module == old || module.contains("2026-03-01T00:00:00Z"),
            "stage {stages}"
        );
        project.succeeds(["verify", MODULE]);
        stages += 1;
        assert!(stages < 100, "stages end");
    }
    assert!(stages >= 5, "{stages}");
    // What the dead left unfinished is gone after the next build.
    project.succeeds(["build"]);
    let left = project.names(".silversmith/builds");
    assert!(left.iter().all(|name| name.len() == 64), "{left:?}");
}

#[test]
fn a_run_that_is_killed_publishes_nothing_half() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let mut stages = 0;
    while kill_at(&project, &["run", MODULE], stages) {
        let published = project
            .names("artifacts/silver")
            .into_iter()
            .filter(|n| !n.starts_with('.'));
        for run in published {
            let reports = project.names(&format!("artifacts/silver/{run}/reports"));
            assert!(
                reports.contains(&"run.json".to_owned()),
                "a run that is there is whole"
            );
        }
        stages += 1;
        assert!(stages < 100, "stages end");
    }
    assert!(stages >= 2, "{stages}");
}

/// Every write of a build in a folder that is full: the old module stays and still verifies.
#[test]
fn a_full_disk_leaves_the_old_module() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let script = r#"
        set -e
        mount -t tmpfs -o size=300k none "$1"
        cp -r "$2"/. "$1"
        cd "$1"
        before=$(sha256sum src/runs/load_2_silver_layer.py)
        dd if=/dev/zero of=filler bs=4k 2>/dev/null || true
        status=0
        "$3" build --as-of 2026-03-01T00:00:00Z --json >../answer || status=$?
        rm filler
        test "$before" = "$(sha256sum src/runs/load_2_silver_layer.py)"
        "$3" verify src/runs/load_2_silver_layer.py -q >/dev/null
        echo "status $status"
    "#;
    let full = Project::empty();
    std::fs::create_dir(full.path("disk")).unwrap();
    // Root needs no user namespace, and the jail builds its own below either.
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let own_user: &[&str] = if is_root {
        &[]
    } else {
        &["--user", "--map-root-user"]
    };
    let outcome = Command::new("unshare")
        .args(own_user)
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(full.path("disk"))
        .arg(project.path("."))
        .arg(env!("CARGO_BIN_EXE_silversmith"))
        .output();
    let Ok(outcome) = outcome else {
        eprintln!("skipped: there is no `unshare` on this machine");
        return;
    };
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let errors = String::from_utf8_lossy(&outcome.stderr).into_owned();
    if errors.contains("unshare failed") || errors.contains("mount:") {
        eprintln!(
            "skipped: this machine gives no private mounts ({})",
            errors.trim()
        );
        return;
    }
    let answer = full.read("answer");
    if answer.contains("SS-SANDBOX") {
        eprintln!(
            "skipped: no jail inside a user namespace here ({})",
            answer.trim()
        );
        return;
    }
    assert_eq!(text.trim(), "status 2", "{errors}{answer}");
    assert!(answer.contains("SS-FILE-004"), "{answer}");
}
