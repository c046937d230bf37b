//! Machines that cannot give the jail: what every command that needs it says, and that it leaves
//! everything as it was. Such a machine is made with a system call filter around the command, as
//! container engines and systemd set them.

#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use serde_json::Value;
use support::{MODULE, Project};

/// `unshare` with one of the flags of namespaces, in one filter for each.
const NEW_NAMESPACES: u64 = 0x7e02_0000;
const EPERM: u32 = 1;

/// Calls by number that are refused, with a condition on the first argument where there is one.
type Refused = BTreeMap<i64, Vec<SeccompRule>>;

fn without_landlock() -> Refused {
    // landlock_create_ruleset, landlock_add_rule and landlock_restrict_self, on every architecture.
    (444..=446).map(|call| (call, Vec::new())).collect()
}

fn without_namespaces() -> Refused {
    let unshare = if cfg!(target_arch = "x86_64") {
        272
    } else {
        97
    };
    let flags = (0..u64::BITS).map(|bit| 1 << bit);
    let rules = flags.filter(|flag| NEW_NAMESPACES & flag != 0).map(|flag| {
        let operator = SeccompCmpOp::MaskedEq(flag);
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, flag)
            .and_then(|condition| SeccompRule::new(vec![condition]))
            .unwrap()
    });
    BTreeMap::from([(unshare, rules.collect())])
}

/// Runs a command with `--json` where these calls are refused.
fn under(refused: &Refused, project: &Project, arguments: &[&str]) -> (i32, Value, String) {
    let mut command = project.command(arguments.iter().take_while(|word| **word != "--"));
    command.arg("--json");
    command.args(arguments.iter().skip_while(|word| **word != "--"));
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let action = SeccompAction::Errno(EPERM);
    let filter = SeccompFilter::new(refused.clone(), SeccompAction::Allow, action, arch).unwrap();
    let program: BpfProgram = filter.try_into().unwrap();
    // A filter is that of a thread and of what it starts, and cannot be taken off.
    let output = std::thread::spawn(move || {
        seccompiler::apply_filter(&program).unwrap();
        command.output().unwrap()
    });
    let output = output.join().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let document = serde_json::from_slice(&output.stdout);
    let document = document.unwrap_or_else(|_| panic!("no JSON: {errors}"));
    (output.status.code().unwrap_or(-1), document, errors)
}

/// Every file of a folder with its bytes.
fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.insert(path.display().to_string(), Vec::new());
            files(&path, found);
        } else {
            found.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
}

fn everything(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(&project.path(""), &mut found);
    found
}

fn project_with_module() -> (Project, String) {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let bronze = format!("artifacts/bronze/{}", support::RUN);
    (project, bronze)
}

fn allow_landlock_to_be_missing(project: &Project, profile: &str) {
    let settings = project.read("silversmith.toml");
    let line = |value: &str| format!("{profile} = [{value}]");
    let head = settings
        .replacen(&line(""), &line("\"landlock\""), 1)
        .replace(
            "dev = []                 ",
            "dev = [\"landlock\"]                 ",
        );
    assert_ne!(head, settings);
    project.write("silversmith.toml", &head);
}

#[test]
fn where_a_required_layer_is_missing_every_command_refuses_and_leaves_everything_as_it_was() {
    let (project, bronze) = project_with_module();
    allow_landlock_to_be_missing(&project, "dev");
    let before = everything(&project);
    for arguments in [
        vec!["build"],
        vec!["build", "--accept-weaker-sandbox"],
        vec!["trial", MODULE, "--bronze", &bronze],
        vec![
            "trial",
            MODULE,
            "--bronze",
            &bronze,
            "--accept-weaker-sandbox",
        ],
        vec!["run", MODULE],
        vec!["run", MODULE, "--accept-weaker-sandbox"],
        vec!["sandbox", "--rw", "out", "--", "/usr/bin/touch", "out/ran"],
        vec!["sandbox", "--accept-weaker-sandbox", "--", "/usr/bin/true"],
    ] {
        let (status, document, _) = under(&without_namespaces(), &project, &arguments);
        assert_eq!(status, 4, "{arguments:?}");
        let error = &document["error"];
        let code = error["code"].as_str().unwrap();
        // An ordinary user lacks the first namespace, root the others.
        assert!(
            ["SS-SANDBOX-003", "SS-SANDBOX-004"].contains(&code),
            "{document}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("a system call filter around this process"),
            "{message}"
        );
        assert!(error["help"].as_str().unwrap().len() > 10, "{document}");
        let names: Vec<_> = error["details"].as_array().unwrap().iter().collect();
        let of = |name: &str| names.iter().find(|layer| layer["name"] == name).copied();
        assert!(of("network-namespace").is_some_and(|layer| layer["cause"].is_string()));
        assert!(of("seccomp").is_none(), "{document}");
        assert_eq!(everything(&project), before, "{arguments:?}");
    }
}

/// The runtime is not even looked for: a machine without the jail stays as it was.
#[test]
fn nothing_is_installed_where_nothing_can_be_run() {
    let (project, _) = project_with_module();
    let cache = tempfile::tempdir().unwrap();
    let refused = without_namespaces();
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let action = SeccompAction::Errno(EPERM);
    let filter = SeccompFilter::new(refused, SeccompAction::Allow, action, arch).unwrap();
    let program: BpfProgram = filter.try_into().unwrap();
    for arguments in [["build", "--quiet"], ["run", MODULE]] {
        let mut command = project.command(arguments);
        command.env("XDG_CACHE_HOME", cache.path());
        let program = program.clone();
        let output = std::thread::spawn(move || {
            seccompiler::apply_filter(&program).unwrap();
            command.output().unwrap()
        });
        assert_eq!(output.join().unwrap().status.code(), Some(4));
    }
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
}

#[test]
fn doctor_names_each_missing_layer_with_cause_and_remedy() {
    let (project, _) = project_with_module();
    let (status, whole) = project.json(["doctor"]);
    assert_eq!(
        (status, &whole["ready"]),
        (0, &Value::Bool(true)),
        "{whole}"
    );
    let mut refused = without_landlock();
    refused.extend(without_namespaces());
    let (status, document, _) = under(&refused, &project, &["doctor"]);
    assert_eq!((status, &document["ready"]), (1, &Value::Bool(false)));
    let checks = document["checks"].as_array().unwrap();
    let missing: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    let of = |name: &str| {
        let name = format!("sandbox: {name}");
        missing.iter().find(|check| check["name"] == *name)
    };
    for name in ["mount-namespace", "network-namespace", "landlock", "jail"] {
        let check = of(name).unwrap_or_else(|| panic!("{name} in {document}"));
        assert_eq!(check["required"], true, "{document}");
        assert!(name == "jail" || check["cause"].is_string(), "{check}");
    }
    let landlock = of("landlock").unwrap();
    let remedy = landlock["remedy"].as_str().unwrap();
    assert!(remedy.contains("--accept-weaker-sandbox"), "{remedy}");
    // Those that can be had are told too.
    let ok = |name: &str| {
        checks
            .iter()
            .any(|check| check["name"] == name && check["ok"] == true)
    };
    assert!(
        ok("sandbox: seccomp") && ok("sandbox: limits") && ok("signing key"),
        "{document}"
    );
}

#[test]
fn landlock_can_be_accepted_as_missing_by_flag_and_policy_together_only() {
    let (project, _) = project_with_module();
    let (_, whole) = project.json(["doctor"]);
    let checks = whole["checks"].as_array().unwrap();
    let has_landlock = checks
        .iter()
        .any(|check| check["name"] == "sandbox: landlock" && check["ok"] == true);
    if !has_landlock {
        eprintln!("skipped: this kernel has no Landlock to take away");
        return;
    }
    let attempt = |arguments: &[&str]| under(&without_landlock(), &project, arguments);
    let accept = "--accept-weaker-sandbox";
    let code = |document: &Value| document["error"]["code"].as_str().unwrap_or("").to_owned();

    // Neither, the flag alone, and the policy alone.
    for arguments in [&["build"][..], &["build", accept]] {
        let (status, document, _) = attempt(arguments);
        assert_eq!(
            (status, code(&document)),
            (4, "SS-SANDBOX-012".to_owned()),
            "{document}"
        );
    }
    allow_landlock_to_be_missing(&project, "dev");
    let (status, document, _) = attempt(&["build"]);
    assert_eq!((status, code(&document)), (4, "SS-SANDBOX-012".to_owned()));

    // Another profile's policy does not count.
    let (status, document, _) = attempt(&["build", accept, "--profile", "production"]);
    assert_eq!((status, code(&document)), (4, "SS-SANDBOX-012".to_owned()));

    // Both: it runs, says so, and records it in every place.
    let (status, built, errors) = attempt(&["build", accept]);
    assert_eq!(status, 0, "{built}");
    assert!(
        errors.contains("warning: a weaker sandbox was accepted: landlock"),
        "{errors}"
    );
    for record in built["trial"]["sandbox"].as_array().unwrap() {
        let layers = record["layers"].as_array().unwrap();
        let landlock = layers
            .iter()
            .find(|layer| layer["name"] == "landlock")
            .unwrap();
        assert_eq!(landlock["applied"], false);
        assert_eq!(landlock["accepted"], true);
    }
    let (status, ran, errors) = attempt(&["run", MODULE, accept]);
    assert_eq!(status, 0, "{ran}");
    assert!(errors.contains("a weaker sandbox was accepted"), "{errors}");
    let record = format!(
        "artifacts/silver/{}/reports/sandbox.json",
        project.silver_run()
    );
    assert!(project.read(&record).contains("\"accepted\": true"));

    // A module that was tried like this is released only under a policy that accepts it.
    let settings = project.read("silversmith.toml");
    project.write("silversmith.toml", &settings.replace("\"landlock\"", ""));
    let (status, document) = project.json(["run", MODULE]);
    assert_eq!(
        (status, code(&document)),
        (3, "SS-ACCESS-002".to_owned()),
        "{document}"
    );
    project.write("silversmith.toml", &settings);
    let (status, ran) = project.json(["run", MODULE, accept]);
    assert_eq!(status, 0, "{ran}");
    // Where the layer can be had, it is in force, flag or not.
    assert!(!ran.to_string().contains("\"accepted\""), "{ran}");
}
