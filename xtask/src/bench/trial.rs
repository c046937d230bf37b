//! The trial, with interpreters that wait for the module and without.

use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use super::Bench;
use super::silver::{Data, bronze_root, silversmith};
use crate::Outcome;
use crate::shell::{at, output};

/// Seconds of the whole trial as its report says, and of the whole command.
type Sample = (f64, f64);

/// A trial by itself and one within a build, each with and without interpreters that wait. Medians;
/// all in turns.
pub(super) fn trial_table(bench: &Bench, data: &Data) -> Outcome {
    let first = bench.scales.first().copied().unwrap_or(1);
    let silver = bench.folder.join("silver");
    let root = bronze_root(bench, first);
    let bronze = root.join(super::silver::RUN_ID).display().to_string();
    let module = data.project.join("tried.py").display().to_string();
    let build = ["build", "--bronze", &bronze, "--out", &module];
    let trial = ["trial", &module, "--bronze", &bronze];
    let rows: [(&str, bool, &[&str]); 4] = [
        ("`trial`, cold", false, &trial),
        ("`trial`", true, &trial),
        ("`build`, cold", false, &build),
        ("`build`", true, &build),
    ];
    let settings = data.project.join("silversmith.toml");
    let mut samples: [Vec<Sample>; 4] = Default::default();
    data.settle(&root, &silver)?;
    sample(silversmith(&data.project).args(build))?;
    for turn in 0..=bench.runs {
        for ((_, warm, words), samples) in rows.iter().zip(&mut samples) {
            data.settle(&root, &silver)?;
            let mut text = fs::read_to_string(&settings).map_err(at("read", &settings))?;
            text.push_str(&format!("[sandbox]\nwarm = {warm}\n"));
            fs::write(&settings, text).map_err(at("write", &settings))?;
            let taken = sample(silversmith(&data.project).args(*words))?;
            if turn > 0 {
                samples.push(taken);
            }
        }
    }
    println!("\n### Trial, {first}×\n");
    println!("| | the trial | the whole command |\n|--|--:|--:|");
    for ((name, _, _), samples) in rows.iter().zip(samples) {
        let (trial, whole): (Vec<f64>, Vec<f64>) = samples.into_iter().unzip();
        println!(
            "| {name} | {:.2} s | {:.2} s |",
            median(trial),
            median(whole)
        );
    }
    println!("\nMedians of {} runs in turns.", bench.runs);
    Ok(())
}

fn sample(command: &mut Command) -> Outcome<Sample> {
    let started = Instant::now();
    let text = output(command.arg("--json"))?;
    let whole = started.elapsed().as_secs_f64();
    let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let report = document.get("trial").unwrap_or(&document);
    let timings = report["timings"].as_array();
    let last = timings.and_then(|timings| timings.last());
    let millis = last.and_then(|timing| timing["millis"].as_f64());
    let trial = millis.ok_or("the report of the trial has no timings")?;
    Ok((trial / 1e3, whole))
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}
