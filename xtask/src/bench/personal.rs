//! Personal data in a report: our recognisers and Presidio's on the same text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Bench;
use crate::Outcome;
use crate::services::install_locked;
use crate::shell::{at, cargo, output, root, run};

/// Size of the text: a report as people write them.
const TEXT_BYTES: usize = 16 * 1024;

/// A row of the table and how to start it.
type Competitor<'a> = (&'static str, Box<dyn Fn() -> Command + 'a>);

/// Prints how long each takes inside its process, its start left out, and what it finds of the values
/// that were planted.
pub(super) fn personal_table(bench: &Bench) -> Outcome {
    let (text, values) = plant(&bench.folder)?;
    let venv = root().join("target/bench-venv-personal");
    install_locked(&root().join("bench/personal/requirements.txt"), &venv)?;
    run(cargo().args([
        "build",
        "--release",
        "--quiet",
        "--package",
        "silversmith-personal",
        "--example",
        "race",
    ]))?;
    let presidio = |which: &'static str| {
        let (venv, text, values) = (venv.clone(), text.clone(), values.clone());
        move || {
            let mut command = Command::new(venv.join("bin/python"));
            command.arg(root().join("bench/personal/presidio.py"));
            command.arg(which).arg(&text).arg(&values);
            command
        }
    };
    let ours = || {
        let mut command = Command::new(root().join("target/release/examples/race"));
        command.arg(&text).arg(&values);
        command
    };
    let competitors: [Competitor<'_>; 3] = [
        ("`silversmith-personal`", Box::new(ours)),
        (
            "Presidio, pattern recognisers as it comes",
            Box::new(presidio("default")),
        ),
        (
            "Presidio, with those of all countries",
            Box::new(presidio("all")),
        ),
    ];
    let mut times = [const { Vec::new() }; 3];
    let mut last = [const { Value::Null }; 3];
    for _ in 0..bench.runs {
        for (at, (_, command)) in competitors.iter().enumerate() {
            let answer: Value = serde_json::from_str(&output(&mut command())?)
                .map_err(|error| error.to_string())?;
            times[at].extend(answer["milliseconds"].as_f64());
            last[at] = answer;
        }
    }
    println!("\n### Personal data in a report of 16 KB\n");
    println!("| | time | ratio | planted values found | entities |\n|--|--:|--:|--:|--:|");
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for (((name, _), answer), time) in competitors.iter().zip(&last).zip(&medians) {
        println!(
            "| {name} | {time:.2} ms | {:.0} | {} of {} | {} |",
            time / medians[0],
            answer["found"],
            answer["planted"],
            answer["entities"],
        );
    }
    println!(
        "\nMedians of {} runs in turns; ratios to the first row.",
        bench.runs
    );
    Ok(())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Writes the text, lines about people and lines about tables in turns, and the list of its values.
fn plant(folder: &Path) -> Outcome<(PathBuf, PathBuf)> {
    let data = root().join("crates/personal/tests/data");
    let read = |name: &str| fs::read_to_string(data.join(name)).map_err(at("read", &data));
    let (people, technical) = (read("people.tsv")?, read("technical.md")?);
    let rows: Vec<(&str, &str)> = people
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let mut text = String::new();
    for ((sentence, _), line) in rows.iter().cycle().zip(technical.lines().cycle()) {
        if text.len() >= TEXT_BYTES {
            break;
        }
        text.push_str(&format!("- {sentence}.\n{line}\n"));
    }
    let values: Vec<&str> = rows.iter().map(|(_, value)| *value).collect();
    let (text_file, values_file) = (
        folder.join("personal.md"),
        folder.join("personal-values.txt"),
    );
    fs::write(&text_file, text).map_err(at("write", &text_file))?;
    fs::write(&values_file, values.join("\n")).map_err(at("write", &values_file))?;
    Ok((text_file, values_file))
}
