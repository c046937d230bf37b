//! The tables that need Bronze data: the Silver run, the profile, the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Bench;
use super::measure::{Competitor, race};
use crate::Outcome;
use crate::replicate::replicate;
use crate::shell::{at, fresh_folder, output, root, run};

/// The run id that every replica gets; the module takes it as its argument.
const RUN_ID: &str = "20260125_214726_#013410d7";
/// The time that the module's header gets, so that two benches measure the same module.
const AS_OF: &str = "2026-01-25T21:47:26Z";
const MODULE: &str = "load_2_silver_layer.py";
const PEERS: [&str; 3] = ["polars_silver.py", "duckdb_silver.py", "pandas_silver.py"];

/// Where the data, the peers' interpreter and our module are.
pub(super) struct Data {
    python: PathBuf,
    project: PathBuf,
}

/// Replicates the data, installs the peers' libraries, checks that the peers agree, and builds
/// the module.
pub(super) fn prepare(bench: &Bench, bronze: &Path) -> Outcome<Data> {
    let python = peers_python()?;
    for scale in &bench.scales {
        let data = bronze_data(bench, *scale);
        if !data.exists() {
            replicate(bronze, *scale, &data)?;
        }
    }
    let first = *bench.scales.first().ok_or("--scales is empty")?;
    let mut agreed: Option<PathBuf> = None;
    for peer in PEERS {
        let out = bench.folder.join("agree").join(peer);
        fresh_folder(&out)?;
        run(Command::new(&python)
            .arg(peer_path(peer))
            .arg(bronze_data(bench, first))
            .arg(&out))?;
        if let Some(agreed) = &agreed {
            run(Command::new(&python)
                .arg(peer_path("agree.py"))
                .args([agreed, &out]))?;
        }
        agreed = Some(out);
    }
    let project = bench.folder.join("project");
    fresh_folder(&project)?;
    run(silversmith(&project).arg("init"))?;
    // The example's contract is not about this data.
    let settings = project.join("silversmith.toml");
    fs::write(&settings, "").map_err(at("write", &settings))?;
    run(silversmith(&project)
        .arg("build")
        .arg("--bronze")
        .arg(bronze_data(bench, first))
        .args(["--as-of", AS_OF, "--out"])
        .arg(project.join(MODULE)))?;
    Ok(Data { python, project })
}

/// One table per scale: our module alone, under `silversmith run`, and the peers.
pub(super) fn silver_table(bench: &Bench, data: &Data) -> Outcome {
    for scale in &bench.scales {
        let bronze_root = bench.folder.join(format!("x{scale}/bronze"));
        let silver_root = bench.folder.join(format!("x{scale}/silver"));
        let outputs = bench.folder.join(format!("x{scale}/peers"));
        fresh_folder(&silver_root)?;
        fresh_folder(&outputs)?;
        let module = {
            let (python, module) = (data.python.clone(), data.project.join(MODULE));
            move || {
                let mut command = Command::new(&python);
                command.arg(&module).arg(RUN_ID);
                command
                    .env("BRONZE_ROOT", &bronze_root)
                    .env("SILVER_ROOT", &silver_root);
                command
            }
        };
        let mut competitors = vec![Competitor::new(
            "the generated module (hashes inputs and outputs)",
            module,
        )];
        for (name, peer, flag) in [
            ("Polars by hand", PEERS[0], None),
            ("DuckDB by hand", PEERS[1], None),
            ("pandas", PEERS[2], None),
            ("pandas with hashes", PEERS[2], Some("--hash")),
        ] {
            let (python, input) = (data.python.clone(), bronze_data(bench, *scale));
            let out = outputs.join(peer);
            competitors.push(Competitor::new(name, move || {
                let mut command = Command::new(&python);
                command
                    .arg(peer_path(peer))
                    .arg(&input)
                    .arg(&out)
                    .args(flag);
                command
            }));
        }
        let size = folder_size(&bronze_data(bench, *scale))?;
        let title = format!("Silver run, {scale}× ({} MB)", size / 1_000_000);
        race(&title, bench.runs, &bench.folder, &competitors)?;
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
    let python = data.python.clone();
    let competitors = [
        Competitor::new("`silversmith profile`", move || {
            let mut command = silversmith(&project);
            command.arg("profile").arg(&ours).arg("--out").arg(&out);
            command
        }),
        Competitor::new("DuckDB `SUMMARIZE`", move || {
            let mut command = Command::new(&python);
            command.arg(peer_path("duckdb_summarize.py")).arg(&input);
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

fn silversmith(project: &Path) -> Command {
    let mut command = Command::new(root().join("target/release/silversmith"));
    command.current_dir(project);
    command
}

fn peer_path(name: &str) -> PathBuf {
    root().join("bench/peers").join(name)
}

fn bronze_data(bench: &Bench, scale: u64) -> PathBuf {
    bench.folder.join(format!("x{scale}/bronze/{RUN_ID}/data"))
}

/// An interpreter with the peers' pinned libraries, made on first use.
fn peers_python() -> Outcome<PathBuf> {
    let venv = root().join("target/bench-venv");
    let python = venv.join("bin/python");
    let wanted = peer_path("requirements.txt");
    let installed = venv.join("installed.txt");
    let wanted_text = fs::read(&wanted).map_err(at("read", &wanted))?;
    if fs::read(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    output(
        Command::new(&python)
            .args(["-m", "pip", "install", "-q", "-r"])
            .arg(&wanted),
    )?;
    fs::write(&installed, wanted_text).map_err(at("write", &installed))?;
    Ok(python)
}

fn folder_size(folder: &Path) -> Outcome<u64> {
    let entries = fs::read_dir(folder).map_err(at("read", folder))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()))
        .sum())
}
