//! What a jail costs: the same small program bare, under `silversmith sandbox` and under bubblewrap.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Bench;
use super::measure::{Competitor, Track, medians_in_turns};
use crate::Outcome;
use crate::shell::{at, fresh_folder, root};

/// bubblewrap is told to show the system's directories only, so the interpreter lies there.
const PROGRAM: [&str; 4] = ["/usr/bin/python3", "-I", "-c", "pass"];

/// Runs of each at least: a start takes milliseconds.
const RUNS: usize = 30;

/// What bubblewrap can do of what our jail does.
const BUBBLEWRAP: &str = "--unshare-all --die-with-parent --new-session --clearenv --cap-drop ALL \
    --hostname jail --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin \
    --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp \
    --tmpfs /out --remount-ro / --chdir /";

/// Another user, when this one is root.
const AS_USER: [&str; 6] = [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--reset-env",
    "--",
];

/// Prints a table for the user who runs this and, when that is root, one for an ordinary user.
pub(super) fn sandbox_tables(bench: &Bench) -> Outcome {
    if !Path::new(PROGRAM[0]).exists() {
        eprintln!("the sandbox table is left out: there is no {}", PROGRAM[0]);
        return Ok(());
    }
    let copies = Copies::make()?;
    let own = Path::new("/proc/self");
    let is_root = fs::metadata(own).map_err(at("look at", own))?.uid() == 0;
    let runs = bench.runs.max(RUNS);
    if !is_root {
        table("an ordinary user", runs, &copies, &[])?;
    } else {
        table("root", runs, &copies, &[])?;
        if is_there(AS_USER[0]) {
            table("an ordinary user", runs, &copies, &AS_USER)?;
        } else {
            eprintln!("the table of an ordinary user is left out: there is no setpriv");
        }
    }
    fs::remove_dir_all(&copies.folder).map_err(at("remove", &copies.folder))
}

/// Everything that is started or read, where every user can.
struct Copies {
    folder: PathBuf,
    /// Where the harness writes.
    figures: PathBuf,
    silversmith: PathBuf,
    harness: PathBuf,
    /// For bubblewrap, where it can be compiled.
    filter: Option<PathBuf>,
}

impl Copies {
    fn make() -> Outcome<Self> {
        let name = format!("silversmith-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let figures = folder.join("figures");
        fresh_folder(&figures)?;
        for (path, mode) in [(&folder, 0o755), (&figures, 0o777)] {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(path, mode).map_err(at("open up", path))?;
        }
        let copy = |from: PathBuf, name: &str| {
            let to = folder.join(name);
            fs::copy(&from, &to).map_err(at("copy", &from)).map(|_| to)
        };
        Ok(Self {
            silversmith: copy(root().join("target/release/silversmith"), "silversmith")?,
            harness: copy(root().join("bench/measure.py"), "measure.py")?,
            filter: filter(&folder.join("filter")),
            figures,
            folder,
        })
    }
}

/// A filter of the same calls as ours.
fn filter(out: &Path) -> Option<PathBuf> {
    let status = Command::new(PROGRAM[0])
        .arg(root().join("bench/seccomp_filter.py"))
        .arg(root().join("crates/sandbox/src/helper/calls.rs"))
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_made = status.is_ok_and(|status| status.success());
    is_made.then(|| out.to_owned())
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null());
    command.status().is_ok()
}

fn bubblewrap(first: &[&str]) -> Command {
    let mut command = Command::new("bwrap");
    command.args(first).args(BUBBLEWRAP.split_whitespace());
    command.args(PROGRAM);
    command
}

fn competitors(copies: &Copies) -> Vec<Competitor> {
    let mut competitors = vec![
        Competitor::new("`python3 -I -c pass`", || {
            let mut command = Command::new(PROGRAM[0]);
            command.args(&PROGRAM[1..]);
            command
        }),
        Competitor::new("the same under `silversmith sandbox`", {
            let silversmith = copies.silversmith.clone();
            move || {
                let mut command = Command::new(&silversmith);
                command.args(["sandbox", "--"]).args(PROGRAM);
                command
            }
        }),
    ];
    if !is_there("bwrap") {
        eprintln!("bubblewrap is left out: there is no bwrap");
        return competitors;
    }
    competitors.push(Competitor::new("under bubblewrap", || bubblewrap(&[])));
    match &copies.filter {
        Some(filter) => competitors.push(
            Competitor::new("under bubblewrap with a filter of the same calls", || {
                bubblewrap(&["--seccomp", "0"])
            })
            .reading(filter.clone()),
        ),
        None => eprintln!("bubblewrap with a filter is left out: there is no python3-seccomp"),
    }
    competitors
}

fn table(user: &str, runs: usize, copies: &Copies, before: &[&str]) -> Outcome {
    let competitors = competitors(copies);
    let track = Track {
        folder: &copies.figures,
        harness: copies.harness.clone(),
        before,
    };
    let title = format!("Start of a jail, as {user}");
    let medians = medians_in_turns(&title, runs, &track, &competitors)?;
    // The next user could not write over it.
    let figures = track.folder.join("measured.txt");
    fs::remove_file(&figures).map_err(at("remove", &figures))?;
    println!("\n### {title}\n\n| | wall | over bare |\n|--|--:|--:|");
    for (competitor, sample) in competitors.iter().zip(&medians) {
        let wall_ms = sample.wall_s * 1e3;
        let over_ms = wall_ms - medians[0].wall_s * 1e3;
        println!(
            "| {} | {wall_ms:.1} ms | {over_ms:.1} ms |",
            competitor.name
        );
    }
    println!("\nMedians of {runs} runs in turns.");
    Ok(())
}
