//! `cargo xtask bench`: the tables of `docs/performance.md`.
//!
//! Whole processes, measured from outside; the competitors of one table run in turns, so that a
//! slow minute of the machine hits all of them; medians, and ratios to the first row.

mod compile;
mod measure;
mod peers;
mod personal;
mod sandbox;
mod silver;
mod trial;

use std::path::PathBuf;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{cargo, check_python, root, run};

/// What to measure, and on what.
struct Bench {
    /// Bronze files of the AdventureWorks CRM/ERP set.
    bronze: Option<PathBuf>,
    /// Measured runs of every competitor.
    runs: usize,
    /// How often the rows are repeated.
    scales: Vec<u64>,
    /// Where everything is written.
    folder: PathBuf,
}

pub(crate) fn bench(mut arguments: Arguments) -> Outcome {
    let scales: String = arguments
        .take("--scales")?
        .unwrap_or_else(|| "1,20,100".to_owned());
    let bench = Bench {
        bronze: arguments.take("--bronze")?,
        runs: arguments.take("--runs")?.unwrap_or(3),
        scales: scales
            .split(',')
            .map(|scale| {
                scale
                    .parse()
                    .map_err(|_| format!("--scales does not take `{scale}`"))
            })
            .collect::<Outcome<_>>()?,
        folder: root().join("target/bench"),
    };
    let only: Option<String> = arguments.take("--only")?;
    arguments.finish()?;
    check_python()?;
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    std::fs::create_dir_all(&bench.folder).map_err(|error| error.to_string())?;
    if only.as_deref() != Some("personal") {
        run(cargo().args(["build", "--release", "--quiet", "--package", "silversmith"]))?;
    }
    match &bench.bronze {
        None if matches!(only.as_deref(), Some("personal" | "sandbox" | "compile")) => {}
        None => eprintln!("no --bronze DIR: the Silver, profile and build tables are left out"),
        Some(bronze) => {
            let data = silver::prepare(&bench, bronze)?;
            if wanted("silver") {
                silver::silver_table(&bench, &data)?;
            }
            if wanted("profile") {
                silver::profile_table(&bench, &data)?;
            }
            if wanted("build") {
                silver::build_table(&bench, &data)?;
            }
            if wanted("trial") {
                trial::trial_table(&bench, &data)?;
            }
        }
    }
    if wanted("sandbox") {
        sandbox::sandbox_tables(&bench)?;
    }
    if wanted("personal") {
        personal::personal_table(&bench)?;
    }
    if wanted("compile") {
        compile::compile_table(&bench)?;
    }
    Ok(())
}
