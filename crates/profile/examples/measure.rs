//! Profiles a Bronze directory and says what it took, for `docs/performance.md`.
//!
//! `cargo run --release -p silversmith-profile --example measure -- DIR [THREADS] [OUT_DIR]`

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use silversmith_profile::{Options, bronze_dir, profile, to_report};
use silversmith_types::Timestamp;

#[allow(clippy::print_stdout)] // A measuring program has nothing else to show its numbers with.
fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args
        .next()
        .ok_or("usage: measure DIR [THREADS] [OUT_DIR]")?;
    let threads = match args.next() {
        Some(threads) => threads.parse::<NonZeroUsize>()?,
        None => std::thread::available_parallelism()?,
    };
    let now: Timestamp = "2026-01-25T21:47:27Z".parse()?;
    let begun = Instant::now();
    let bronze = bronze_dir::list(Path::new(&dir))?;
    let found = profile(&bronze.sources, &Options::new(now.date(), threads), &())?;
    let wall = begun.elapsed();
    let context = found.to_context(&found.run_ids(bronze.run_id, now), now);
    if let Some(out) = args.next() {
        let out = Path::new(&out);
        std::fs::write(out.join("silver_run_human_report.md"), to_report(&context))?;
        std::fs::write(
            out.join("silver_run_agent_context.json"),
            serde_json::to_string_pretty(&context)?,
        )?;
    }
    let bytes: u64 = bronze.sources.iter().map(|source| source.bytes).sum();
    println!(
        "{bytes} bytes, {} rows",
        context.performance_metrics.total_rows_processed
    );
    println!("{:.2} s wall", wall.as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{}", peak.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    Ok(ExitCode::SUCCESS)
}
