//! One process's wall clock, CPU time and peak memory, and tables of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::shell::{at, fresh_folder, root};

/// What one process took.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) wall_s: f64,
    cpu_s: f64,
    peak_mib: f64,
}

/// A row of a table: its name, how to start it, and where it writes.
pub(super) struct Competitor {
    pub(super) name: String,
    command: Box<dyn Fn() -> Command>,
    out: Option<PathBuf>,
    input: Option<PathBuf>,
}

impl Competitor {
    pub(super) fn new(name: impl Into<String>, command: impl Fn() -> Command + 'static) -> Self {
        Self {
            name: name.into(),
            command: Box::new(command),
            out: None,
            input: None,
        }
    }

    /// The file that is its standard input, instead of nothing.
    pub(super) fn reading(mut self, input: PathBuf) -> Self {
        self.input = Some(input);
        self
    }

    /// The folder that is emptied before every run.
    pub(super) fn writing_to(mut self, out: PathBuf) -> Self {
        self.out = Some(out);
        self
    }
}

/// Who starts the competitors, and where their figures are written meanwhile.
pub(super) struct Track<'a> {
    pub(super) folder: &'a Path,
    /// The harness.
    pub(super) harness: PathBuf,
    /// What the harness is started with: another user, for example.
    pub(super) before: &'a [&'a str],
}

/// Runs every competitor `runs` times, in turns, and gives the medians. One run of each before the
/// first warms the file cache.
pub(super) fn medians_in_turns(
    title: &str,
    runs: usize,
    track: &Track<'_>,
    competitors: &[Competitor],
) -> Outcome<Vec<Sample>> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); competitors.len()];
    for turn in 0..=runs {
        for (competitor, samples) in competitors.iter().zip(&mut samples) {
            if let Some(out) = &competitor.out {
                fresh_folder(out)?;
            }
            let sample = measure(competitor, track)
                .map_err(|error| format!("{}: {error}", competitor.name))?;
            if turn > 0 {
                eprintln!(
                    "{title}, {}, {turn}: {:.3} s",
                    competitor.name, sample.wall_s
                );
                samples.push(sample);
            }
        }
    }
    Ok(samples.iter().map(|samples| medians(samples)).collect())
}

/// As [`medians_in_turns`], and prints a Markdown table with ratios to the first competitor.
pub(super) fn race(title: &str, runs: usize, folder: &Path, competitors: &[Competitor]) -> Outcome {
    let track = Track {
        folder,
        harness: root().join("bench/measure.py"),
        before: &[],
    };
    let medians = medians_in_turns(title, runs, &track, competitors)?;
    println!("\n### {title}\n");
    println!(
        "| | wall | CPU | peak memory | wall, ratio | CPU, ratio | memory, ratio |\n\
         |--|--:|--:|--:|--:|--:|--:|"
    );
    for (competitor, sample) in competitors.iter().zip(&medians) {
        println!(
            "| {} | {} | {} | {:.0} MB | {:.2} | {:.2} | {:.2} |",
            competitor.name,
            seconds(sample.wall_s),
            seconds(sample.cpu_s),
            sample.peak_mib * 1.048_576,
            sample.wall_s / medians[0].wall_s,
            sample.cpu_s / medians[0].cpu_s,
            sample.peak_mib / medians[0].peak_mib,
        );
    }
    println!("\nMedians of {runs} runs in turns; ratios to the first row.");
    Ok(())
}

fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// Starts a competitor under the harness, its output thrown away.
fn measure(competitor: &Competitor, track: &Track<'_>) -> Outcome<Sample> {
    let command = (competitor.command)();
    let report = track.folder.join("measured.txt");
    let mut words = track.before.iter().chain(&["python3"]);
    let mut harness = Command::new(words.next().unwrap_or(&"python3"));
    harness
        .args(words)
        .arg(&track.harness)
        .arg(&report)
        .arg(command.get_program());
    harness.stdin(match &competitor.input {
        None => Stdio::null(),
        Some(path) => File::open(path).map_err(at("open", path))?.into(),
    });
    harness.args(command.get_args()).stdout(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => harness.env(name, value),
            None => harness.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        harness.current_dir(folder);
    }
    let status = harness.status().map_err(|error| error.to_string())?;
    let text = std::fs::read_to_string(&report).map_err(|error| error.to_string())?;
    let numbers: Vec<f64> = text
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    match numbers[..] {
        [wall_s, cpu_s, peak_kib, 0.0] if status.success() => Ok(Sample {
            wall_s,
            cpu_s,
            peak_mib: peak_kib / 1024.0,
        }),
        _ => Err(format!("ended with {}", text.trim())),
    }
}

/// The median of each quantity for itself.
fn medians(samples: &[Sample]) -> Sample {
    let median = |of: fn(&Sample) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        match values.len() % 2 {
            1 => values[middle],
            _ if values.is_empty() => f64::NAN,
            _ => f64::midpoint(values[middle - 1], values[middle]),
        }
    };
    Sample {
        wall_s: median(|sample| sample.wall_s),
        cpu_s: median(|sample| sample.cpu_s),
        peak_mib: median(|sample| sample.peak_mib),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let sample = |wall_s| Sample {
            wall_s,
            cpu_s: 0.0,
            peak_mib: 1.0,
        };
        let samples = [sample(4.0), sample(1.0), sample(2.0), sample(100.0)];
        assert!((medians(&samples).wall_s - 3.0).abs() < 1e-9);
        assert!((medians(&samples[..3]).wall_s - 2.0).abs() < 1e-9);
    }
}
