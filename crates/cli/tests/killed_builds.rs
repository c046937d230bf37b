//! A build that asks a model is killed at each of its system calls that change a file, one after the
//! other, and started again: what was recorded is not asked and not paid twice, and no record is half.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "support/http.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod http;
mod support;

use std::process::Command;

use http::{Reply, Server};
use serde_json::json;
use support::Project;

const CSV: &str = "id,kind\n1,A \n2,B\n3,A\n4,B \n5,A\n";
const GOOD: &str = r#"{"tables":{"T1":{"keys":[1],"steps":[{"trim":[2]}]}}}"#;
const BUILD: [&str; 4] = ["build", "--author", "llm", "--dry-run"];
/// What changes a file, or makes a change durable.
const CALLS: [&str; 9] = [
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "openat",
];

fn project(port: u16) -> Project {
    let project = Project::with_table("t.csv", CSV);
    project.write(
        "silversmith.toml",
        &format!(
            "[author]\nllm = ['m']\n[author.models.m]\nprovider = 'openai-compatible'\nmodel = 'm'\n\
             endpoint = 'http://127.0.0.1:{port}/v1'\n"
        ),
    );
    project
}

/// Whether system calls can be traced here.
fn can_trace() -> bool {
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    if traced.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(
        std::env::var_os("SILVERSMITH_REQUIRE_SERVICES").is_none(),
        "strace is missing, or may not trace"
    );
    eprintln!("skipped: strace is missing, or may not trace");
    false
}

#[test]
fn what_was_recorded_is_not_asked_again_whenever_a_build_is_killed() {
    if !can_trace() {
        return;
    }
    let mut kills = 0;
    let mut kept = 0;
    // One kind of call after the other, and of each the first, the second, and so on.
    let (mut kinds, mut nth) = (CALLS.iter(), 0);
    let mut kind = kinds.next();
    while let Some(calls) = kind {
        nth += 1;
        let call = format!("{calls} {nth}");
        let server = Server::start(|_, _| {
            let body = json!({
                "model": "m", "choices": [{ "message": { "content": GOOD }, "finish_reason": "stop" }],
                "usage": { "prompt_tokens": 70, "completion_tokens": 30 },
            });
            Reply::Answer(200, "", body.to_string())
        });
        let project = project(server.port);
        let command = project.command(BUILD);
        let inject = format!("inject={calls}:signal=KILL:when={nth}");
        let traced = Command::new("strace")
            .args([
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &format!("trace={calls}"),
                "-e",
                &inject,
            ])
            .arg(command.get_program())
            .args(BUILD)
            .current_dir(project.path(""))
            .output()
            .unwrap();
        if traced.status.success() {
            (kind, nth) = (kinds.next(), 0);
            continue;
        }
        kills += 1;
        let asked = server.received().len();
        let recorded = project
            .names(".silversmith/exchanges")
            .iter()
            .filter(|name| !name.starts_with('.'))
            .count();
        assert!(recorded <= asked);
        project.succeeds(BUILD);
        let again = server.received().len() - asked;
        assert_eq!(
            again,
            1 - recorded,
            "call {call}: {asked} asked, {recorded} recorded"
        );
        kept += recorded;
        // Every request is in the ledger, each at what it used or at its most.
        let (_, document) = project.json(["cost"]);
        let counted: u64 = document["spent"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["requests"].as_u64().unwrap())
            .sum();
        assert!(
            counted as usize >= server.received().len(),
            "call {call}: {document}"
        );
        // And a replay finds it.
        project.succeeds(["build", "--author", "replay", "--dry-run"]);
    }
    eprintln!("killed {kills} times, {kept} times behind the record");
    assert!(kills > 20 && kept > 3, "{kills} {kept}");
}
