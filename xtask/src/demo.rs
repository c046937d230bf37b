//! `cargo xtask demo`: from nothing to an executed module, and where to look at it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use silversmith_example::{DEFAULT_SEED, Example, Score, SilverTable, generate, score};

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{at, cargo, check_python, fresh_folder, output, root, run};

/// Where `build` puts the module and `report` its page.
const MODULE: &str = "src/runs/load_2_silver_layer.py";

/// Builds the product, makes a project in `target/demo` and walks the whole path in it.
pub(crate) fn demo(arguments: Arguments) -> Outcome {
    arguments.finish()?;
    check_python()?;
    run(cargo().args(["build", "--release", "--quiet", "--package", "silversmith"]))?;
    let demo = Demo {
        folder: root().join("target/demo"),
    };
    fresh_folder(&demo.folder)?;
    demo.say(&["init"])?;
    demo.say(&["doctor", "--prepare"])?;
    let example = demo.example()?;
    let bronze = format!("artifacts/bronze/{}", example.run_id);
    demo.say(&["profile", &bronze])?;
    demo.say(&[
        "build",
        "--bronze",
        &bronze,
        "--contract",
        "contract.odcs.yaml",
    ])?;
    demo.say(&["verify", MODULE])?;
    let trial = demo.ask(&["trial", MODULE, "--bronze", &bronze])?;
    demo.say(&["run", MODULE, example.run_id.as_str()])?;
    let report = demo.ask(&["report", MODULE])?;
    let page = report["report"]
        .as_str()
        .ok_or("`report --json` names no file")?;
    let silver = demo.latest_silver()?;
    let score = score(&example.truth, &read_tables(&silver.join("data"))?);
    print_summary(&example, &trial, &score);
    println!("Silver: {}", silver.display());
    println!("Report: {}", demo.folder.join(page).display());
    Ok(())
}

struct Demo {
    folder: PathBuf,
}

impl Demo {
    fn silversmith(&self) -> Command {
        let mut command = Command::new(root().join("target/release/silversmith"));
        command.current_dir(&self.folder);
        command
    }

    /// Runs one command for its effect.
    fn say(&self, words: &[&str]) -> Outcome {
        run(self.silversmith().args(words))
    }

    /// Runs one command for its JSON document.
    fn ask(&self, words: &[&str]) -> Outcome<Value> {
        let text = output(self.silversmith().args(words).arg("--json"))?;
        serde_json::from_str(&text).map_err(|error| format!("{} --json: {error}", words[0]))
    }

    /// The example that `init` wrote, generated again for its truth.
    fn example(&self) -> Outcome<Example> {
        let example = generate(DEFAULT_SEED, 1);
        for (path, bytes) in example.files() {
            let path = self.folder.join(path);
            if fs::read(&path).map_err(at("read", &path))? != bytes {
                return Err(format!("{} is not the example's", path.display()));
            }
        }
        Ok(example)
    }

    /// The Silver run: run ids begin with their time, so the last one is the latest.
    fn latest_silver(&self) -> Outcome<PathBuf> {
        let silver = self.folder.join("artifacts/silver");
        let entries = fs::read_dir(&silver).map_err(at("read", &silver))?;
        let runs = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let latest = runs
            .filter(|path| path.join("data/metadata.yaml").is_file())
            .max();
        latest.ok_or_else(|| format!("{} has no run", silver.display()))
    }
}

fn read_tables(data: &Path) -> Outcome<BTreeMap<String, SilverTable>> {
    let mut tables = BTreeMap::new();
    for entry in fs::read_dir(data).map_err(at("read", data))? {
        let path = entry.map_err(at("read", data))?.path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let bytes = fs::read(&path).map_err(at("read", &path))?;
        let table =
            SilverTable::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        tables.insert(stem, table);
    }
    Ok(tables)
}

/// Five lines: what came in, what the trial said, and what the known truth says of the result.
fn print_summary(example: &Example, trial: &Value, score: &Score) {
    let bytes: usize = example.bronze.iter().map(|(_, bytes)| bytes.len()).sum();
    let rows: usize = example
        .truth
        .tables
        .values()
        .map(|table| table.rows.len())
        .sum();
    let checks = trial["checks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let passed = checks.iter().filter(|check| check["ok"] == true).count();
    let matched: usize = score.joins.iter().map(|join| join.matched).sum();
    let matchable: usize = score.joins.iter().map(|join| join.matchable).sum();
    println!();
    println!(
        "Bronze      {} tables, {rows} rows, {} kB",
        example.bronze.len(),
        bytes / 1_000
    );
    println!("Trial       {passed} of {} checks hold", checks.len());
    println!(
        "Cells       {} of {} dirty ones repaired, {} of {} clean ones damaged",
        score.repaired,
        score.dirty,
        score.damaged,
        score.cells - score.dirty
    );
    println!("Joins       {matched} of {matchable} rows find their counterpart");
    println!(
        "Quarantine  {} of {} rows that belong there, {} that do not",
        score.quarantined, score.to_quarantine, score.rows_lost
    );
    println!();
}
