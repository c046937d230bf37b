//! How long a cold release build takes, and on what.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use super::Bench;
use crate::Outcome;
use crate::shell::{at, cargo, fresh_folder, run};

/// Builds the product into an empty target folder and prints the wall clock and the three
/// dependencies that took most compiler time.
pub(super) fn compile_table(bench: &Bench) -> Outcome {
    let target = bench.folder.join("cold");
    fresh_folder(&target)?;
    let started = Instant::now();
    run(cargo().env("CARGO_TARGET_DIR", &target).args([
        "build",
        "--release",
        "--package",
        "silversmith",
        "--timings",
        "--quiet",
    ]))?;
    let wall = started.elapsed().as_secs_f64();
    let page = target.join("cargo-timings/cargo-timing.html");
    let html = std::fs::read_to_string(&page).map_err(at("read", &page))?;
    let units = units(&html).ok_or("the timings page has no unit data")?;
    let mut heaviest: Vec<(String, f64)> = seconds_by_package(&units).into_iter().collect();
    heaviest.sort_by(|one, other| other.1.total_cmp(&one.1));
    println!("\n### Cold release build\n");
    println!(
        "| | |\n|--|--:|\n| wall clock | {wall:.0} s |\n| units | {} |",
        units.len()
    );
    for (name, seconds) in heaviest.iter().filter(|(name, _)| !is_own(name)).take(3) {
        println!("| {name} | {seconds:.1} s |");
    }
    Ok(())
}

/// The unit data that cargo embeds in the timings page.
fn units(html: &str) -> Option<Vec<Value>> {
    let (_, rest) = html.split_once("const UNIT_DATA = ")?;
    let (json, _) = rest.split_once(";\n")?;
    serde_json::from_str(json).ok()
}

/// Compiler time by package with its version: a package may be several units (build script, lib).
fn seconds_by_package(units: &[Value]) -> BTreeMap<String, f64> {
    let mut seconds = BTreeMap::new();
    for unit in units {
        let text = |key: &str| unit[key].as_str().unwrap_or_default();
        let name = format!("{} {}", text("name"), text("version"));
        *seconds.entry(name).or_insert(0.0) += unit["duration"].as_f64().unwrap_or_default();
    }
    seconds
}

fn is_own(name: &str) -> bool {
    name.starts_with("silversmith")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_package_add_up() {
        let html = "x\nconst UNIT_DATA = [\n\
            {\"name\":\"a\",\"version\":\"1.0.0\",\"duration\":1.5},\n\
            {\"name\":\"a\",\"version\":\"1.0.0\",\"duration\":0.5}];\nconst B = 1;\n";
        let seconds = seconds_by_package(&units(html).unwrap());
        assert_eq!(seconds, BTreeMap::from([("a 1.0.0".to_owned(), 2.0)]));
    }
}
