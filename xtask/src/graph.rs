//! The crate graph: what a pure crate may depend on. Only a test, since nothing else needs it.

use std::process::Command;

use serde_json::Value;

/// Crates that know no file system, network, clock, environment or randomness.
const PURE: [&str; 13] = [
    "types", "profile", "intake", "plan", "policy", "author", "attest", "access", "report",
    "example", "personal", "tokens", "tlog",
];

/// What no pure crate may depend on.
const IMPURE: [&str; 11] = [
    "silversmith-child",
    "silversmith-sandbox",
    "silversmith-runtime",
    "silversmith-store",
    "silversmith-trial",
    "silversmith-pipeline",
    "getrandom",
    "libc",
    "rustix",
    "tempfile",
    "tokio",
];

/// Sealing consumes the proof that a trial was passed, and that type is made by `trial`. Of `author` the
/// module `exec` alone is not pure: it starts a program and ends all that the program started.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("silversmith-author", "silversmith-child"),
    ("silversmith-attest", "silversmith-trial"),
    ("silversmith-access", "silversmith-trial"),
];

fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn pure_crates_depend_on_nothing_impure() {
    let packages = packages();
    let mut seen = 0;
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let is_pure = PURE
            .iter()
            .any(|pure| name == format!("silversmith-{pure}"));
        if !is_pure {
            continue;
        }
        seen += 1;
        for dependency in package["dependencies"].as_array().unwrap() {
            let target = dependency["name"].as_str().unwrap();
            let is_normal = dependency["kind"].is_null();
            let allowed = EXCEPTIONS.contains(&(name, target)) || !IMPURE.contains(&target);
            assert!(
                allowed || !is_normal,
                "{name} is pure and depends on {target}"
            );
        }
    }
    assert_eq!(seen, PURE.len(), "every pure crate is there");
}

/// `unsafe` is forbidden everywhere but in the jail.
#[test]
fn only_the_jail_may_be_unsafe() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let manifest = std::fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        let inherits = manifest.contains("[lints]\nworkspace = true");
        assert!(
            inherits || name == "silversmith-sandbox",
            "{name} has lints of its own"
        );
    }
}
