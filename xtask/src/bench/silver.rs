//! The tables that need Bronze data: the Silver run, the profile, the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Bench;
use super::measure::{Competitor, race};
use super::peers;
use crate::Outcome;
use crate::replicate::replicate;
use crate::shell::{at, fresh_folder, root, run};

/// The run id that every replica gets; the module takes it as its argument.
pub(super) const RUN_ID: &str = "20260125_214726_#013410d7";
/// The time that the module's header gets, so that two benches measure the same module.
const AS_OF: &str = "2026-01-25T21:47:26Z";
const MODULE: &str = "load_2_silver_layer.py";

/// Where the data and our module are.
pub(super) struct Data {
    pub(super) project: PathBuf,
}

/// Replicates the data, installs the peers' libraries, builds the module, and checks that the peers
/// do what it does.
pub(super) fn prepare(bench: &Bench, bronze: &Path) -> Outcome<Data> {
    peers::install()?;
    for scale in &bench.scales {
        let data = bronze_data(bench, *scale);
        if !data.exists() {
            replicate(bronze, *scale, &data)?;
        }
    }
    let first = *bench.scales.first().ok_or("--scales is empty")?;
    let project = bench.folder.join("project");
    fresh_folder(&project)?;
    run(silversmith(&project).arg("init"))?;
    let data = Data { project };
    // The example's contract is not about this data.
    data.settle(&bronze_root(bench, first), &bench.folder.join("silver"))?;
    run(silversmith(&data.project)
        .arg("build")
        .arg("--bronze")
        .arg(bronze_data(bench, first))
        .args(["--as-of", AS_OF, "--out"])
        .arg(data.project.join(MODULE)))?;
    let silver = bench.folder.join("agree/module");
    fresh_folder(&silver)?;
    run(data
        .module(&bronze_root(bench, first), &silver)
        .env("SILVER_RUN_ID", RUN_ID))?;
    let scratch = bench.folder.join("agree");
    peers::agree(&bronze_data(bench, first), &silver.join(RUN_ID), &scratch)?;
    Ok(data)
}

impl Data {
    /// Points the project at a Bronze and a Silver folder.
    pub(super) fn settle(&self, bronze: &Path, silver: &Path) -> Outcome {
        let settings = self.project.join("silversmith.toml");
        let (bronze, silver) = (bronze.display(), silver.display());
        let text = format!("[paths]\nbronze = '{bronze}'\nsilver = '{silver}'\n");
        fs::write(&settings, text).map_err(at("write", &settings))
    }

    /// The module alone, as `python3` runs it.
    fn module(&self, bronze: &Path, silver: &Path) -> Command {
        let mut command = Command::new(peers::python());
        command.arg(self.project.join(MODULE)).arg(RUN_ID);
        command
            .env("BRONZE_ROOT", bronze)
            .env("SILVER_ROOT", silver);
        command
    }
}

/// One table per scale: our module alone, under `silversmith run`, and the peers.
pub(super) fn silver_table(bench: &Bench, data: &Data) -> Outcome {
    for scale in &bench.scales {
        let bronze = bronze_root(bench, *scale);
        let outputs = bench.folder.join(format!("x{scale}/out"));
        fresh_folder(&outputs)?;
        let (alone, jailed) = (outputs.join("module"), outputs.join("jail"));
        data.settle(&bronze, &jailed)?;
        let mut competitors = vec![
            Competitor::new("the generated module", {
                let (project, bronze, out) = (data.project.clone(), bronze.clone(), alone.clone());
                move || {
                    Data {
                        project: project.clone(),
                    }
                    .module(&bronze, &out)
                }
            })
            .writing_to(alone),
            Competitor::new("the same under `silversmith run`", {
                let project = data.project.clone();
                move || {
                    let mut command = silversmith(&project);
                    command.arg("run").arg(MODULE).arg(RUN_ID);
                    command
                }
            })
            .writing_to(jailed),
        ];
        for peer in &peers::PEERS {
            let (input, out) = (bronze_data(bench, *scale), outputs.join(peer.folder()));
            let command = {
                let out = out.clone();
                move || peer.command(&input, &out)
            };
            competitors.push(Competitor::new(peer.name, command).writing_to(out));
        }
        let size = folder_size(&bronze_data(bench, *scale))?;
        let title = format!("Silver run, {scale}× ({} MB)", size / 1_000_000);
        race(&title, bench.runs, &bench.folder, &competitors)?;
        fs::remove_dir_all(&outputs).map_err(at("remove", &outputs))?;
    }
    Ok(())
}

/// The profile of the largest scale, beside DuckDB's `SUMMARIZE`.
pub(super) fn profile_table(bench: &Bench, data: &Data) -> Outcome {
    let scale = bench.scales.iter().max().copied().unwrap_or(1);
    let input = bronze_data(bench, scale);
    let (project, ours) = (data.project.clone(), input.clone());
    let out = bench.folder.join("profile");
    fresh_folder(&out)?;
    let competitors = [
        Competitor::new("`silversmith profile`", move || {
            let mut command = silversmith(&project);
            command.arg("profile").arg(&ours).arg("--out").arg(&out);
            command
        }),
        Competitor::new("DuckDB `SUMMARIZE`", move || {
            let mut command = Command::new(peers::python());
            command.arg(peers::path("duckdb_summarize.py")).arg(&input);
            command
        }),
    ];
    race(
        &format!("Profile, {scale}×"),
        bench.runs,
        &bench.folder,
        &competitors,
    )
}

/// `build` from a context and a report, without the trial.
pub(super) fn build_table(bench: &Bench, data: &Data) -> Outcome {
    let first = bench.scales.first().copied().unwrap_or(1);
    let reports = bench.folder.join("reports");
    fresh_folder(&reports)?;
    run(silversmith(&data.project)
        .arg("profile")
        .arg(bronze_data(bench, first))
        .arg("--out")
        .arg(&reports))?;
    let project = data.project.clone();
    let competitors = [Competitor::new(
        "`silversmith build --dry-run`",
        move || {
            let mut command = silversmith(&project);
            command
                .args(["build", "--dry-run", "--as-of", AS_OF, "--context"])
                .arg(reports.join("silver_run_agent_context.json"))
                .arg("--report")
                .arg(reports.join("silver_run_human_report.md"));
            command
        },
    )];
    race(
        "Build without profile and trial",
        bench.runs.max(10),
        &bench.folder,
        &competitors,
    )
}

pub(super) fn silversmith(project: &Path) -> Command {
    let mut command = Command::new(root().join("target/release/silversmith"));
    command.current_dir(project);
    command
}

pub(super) fn bronze_root(bench: &Bench, scale: u64) -> PathBuf {
    bench.folder.join(format!("x{scale}/bronze"))
}

fn bronze_data(bench: &Bench, scale: u64) -> PathBuf {
    bronze_root(bench, scale).join(RUN_ID).join("data")
}

fn folder_size(folder: &Path) -> Outcome<u64> {
    let entries = fs::read_dir(folder).map_err(at("read", folder))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()))
        .sum())
}
