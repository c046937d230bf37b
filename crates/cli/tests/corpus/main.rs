//! Inputs with one defect or one virtue each, through `silversmith check --json`: the verdict, the
//! code and the action are those stated, and what had to go is in nothing that the command prints.

#![allow(
    clippy::unwrap_used,
    reason = "a failed unwrap in a test is the report"
)]

mod base;
mod benign;
mod contradictory;
mod masked;
mod neutralised;
mod rejected;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use base::{Case, Expected, Inputs};
use serde_json::Value;

#[test]
fn hostile_shapes_are_rejected() {
    assert!(rejected::cases().len() >= 90);
    judge(&rejected::cases());
}

#[test]
fn what_tries_to_act_is_neutralised() {
    assert!(neutralised::cases().len() >= 60);
    judge(&neutralised::cases());
}

#[test]
fn personal_values_and_secrets_are_masked() {
    assert!(masked::cases().len() >= 35);
    judge(&masked::cases());
}

#[test]
fn benign_inputs_are_admitted_without_loss() {
    assert!(benign::cases().len() >= 60);
    judge(&benign::cases());
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let all = [
        rejected::cases(),
        neutralised::cases(),
        masked::cases(),
        benign::cases(),
    ];
    let names: Vec<&str> = all.iter().flatten().map(|case| case.name).collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), different.len());
}

/// Runs every case and reports all that went wrong, not only the first.
fn judge(cases: &[Case]) {
    let folder = tempfile::tempdir().unwrap();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let shown = check(folder.path(), &case.inputs);
            verdict(case, &shown)
                .err()
                .map(|why| format!("{}: {why}", case.name))
        })
        .collect();
    let count = wrong.len();
    assert!(
        wrong.is_empty(),
        "{count} of {}:\n{}",
        cases.len(),
        wrong.join("\n")
    );
}

/// What `check` says of the inputs.
struct Shown {
    code: Option<i32>,
    json: Value,
    /// Everything it printed, with `--json` and without.
    printed: String,
}

fn check(folder: &Path, inputs: &Inputs) -> Shown {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut arguments = vec!["check".into(), "--context".into()];
    arguments.push(write("context.json", &inputs.context).into_os_string());
    arguments.push("--report".into());
    arguments.push(write("report.md", &inputs.report).into_os_string());
    if let Some(contract) = &inputs.contract {
        arguments.push("--contract".into());
        arguments.push(write("contract.yaml", contract.as_bytes()).into_os_string());
    }
    let run = |json: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_silversmith"));
        command.args(&arguments).current_dir(folder);
        if json {
            command.arg("--json");
        }
        command.output().unwrap()
    };
    let (machine, person) = (run(true), run(false));
    let streams = [
        &machine.stdout,
        &machine.stderr,
        &person.stdout,
        &person.stderr,
    ];
    let printed: Vec<_> = streams
        .iter()
        .map(|s| String::from_utf8_lossy(s).into_owned())
        .collect();
    Shown {
        code: machine.status.code(),
        json: serde_json::from_slice(&machine.stdout).unwrap_or_default(),
        printed: printed.join("\n"),
    }
}

fn verdict(case: &Case, shown: &Shown) -> Result<(), String> {
    let findings = shown.json["findings"].as_array();
    let findings = findings.ok_or_else(|| format!("no findings: {}", shown.printed))?;
    let acted = |action: &str| -> Vec<&str> {
        let of = findings
            .iter()
            .filter(|finding| finding["action"] == action);
        of.filter_map(|finding| finding["code"].as_str()).collect()
    };
    let expect = |code: i32, verdict: &str| {
        if (shown.code, &shown.json["verdict"]) == (Some(code), &Value::from(verdict)) {
            return Ok(());
        }
        Err(format!(
            "exit {:?}, {}: {findings:?}",
            shown.code, shown.json["verdict"]
        ))
    };
    let has = |action: &str, code: &str| {
        let codes = acted(action);
        if codes.contains(&code) {
            return Ok(());
        }
        Err(format!("{action} by {codes:?}, not {code}"))
    };
    match &case.expected {
        Expected::Rejected(code) => {
            expect(1, "rejected")?;
            has("rejected", code)
        }
        Expected::Neutralised(code, marker) => {
            expect(0, "admitted")?;
            has("neutralised", code)?;
            absent(marker, &shown.json["brief"].to_string())
        }
        Expected::Masked(code, value) => {
            expect(0, "admitted")?;
            has("masked", code)?;
            absent(value, &shown.printed)
        }
        Expected::Admitted => {
            expect(0, "admitted")?;
            let lost: Vec<&str> = ["rejected", "neutralised", "masked"]
                .into_iter()
                .flat_map(acted)
                .collect();
            if !lost.is_empty() {
                return Err(format!("lost something: {findings:?}"));
            }
            present(&case.inputs, &shown.json["brief"])
        }
    }
}

fn absent(text: &str, within: &str) -> Result<(), String> {
    if within.to_lowercase().contains(&text.to_lowercase()) {
        return Err(format!("`{text}` is still there: {within}"));
    }
    Ok(())
}

/// Every table and column of the context is in the brief by its name.
fn present(inputs: &Inputs, brief: &Value) -> Result<(), String> {
    let context: Value = serde_json::from_slice(inputs.context.trim_ascii()).unwrap();
    let mut names = BTreeSet::new();
    for (table, profile) in context["profile"]["tables"].as_object().unwrap() {
        names.insert(table.clone());
        let columns = profile["columns"].as_array().unwrap();
        names.extend(columns.iter().map(|c| c.as_str().unwrap().to_owned()));
    }
    let sent = texts(brief);
    match names.iter().find(|name| !sent.contains(name.as_str())) {
        Some(lost) => Err(format!("`{lost}` is not in the brief")),
        None => Ok(()),
    }
}

fn texts(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(text) => BTreeSet::from([text.as_str()]),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => {
            let keys = members.keys().map(String::as_str);
            keys.chain(members.values().flat_map(texts)).collect()
        }
        _ => BTreeSet::new(),
    }
}
