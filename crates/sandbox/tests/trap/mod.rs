//! What the tests with hostile programs share: the programs, the host that they are set upon, and
//! the looking afterwards.
// Each test file uses its part, and clippy takes shared code for no test.
#![allow(dead_code, clippy::unwrap_used)]

mod evidence;
pub(crate) mod host;
pub(crate) mod program;

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use silversmith_sandbox::{Ended, SandboxError};

use crate::support;
use host::Host;
use program::Program;

/// How a program fared in the jail.
pub(crate) struct Fared {
    /// How its last run ended, in a word and a number; or the refusal to deliver what it left.
    pub(crate) end: String,
    /// What it said on standard output.
    pub(crate) said: String,
    /// What it said on standard error, and what the jail said of it.
    pub(crate) told: String,
    /// In the arguments of every process of its.
    pub(crate) marker: String,
    /// What it got, by its own word and by the look of the host.
    pub(crate) got: Vec<String>,
}

/// Runs a program in the jail, as often as it wants, on a fresh host. An attempt that ends it does
/// not keep the others from being made.
pub(crate) fn set_loose(
    program: &Program,
    change: impl Fn(&mut silversmith_sandbox::JailSpec, &Host),
) -> Fared {
    let host = Host::new(program);
    let mut fared = Fared {
        end: String::new(),
        said: String::new(),
        told: String::new(),
        marker: host.marker.clone(),
        got: Vec::new(),
    };
    let mut was_ended = false;
    for run in 1..=program.runs {
        let mut skip = 0;
        loop {
            let mut spec = host.job(program, run, skip);
            change(&mut spec, &host);
            match support::sandbox().run(&spec, None) {
                Ok(ended) => take(&mut fared, program, &ended),
                Err(error @ SandboxError::Delivery { .. }) => {
                    fared.end = format!("refused {}", error.code());
                }
                Err(error) => fared.end = format!("error {} {error}", error.code()),
            }
            fared.got.extend(host.evidence(&spec, &fared.said));
            let last = fared.said.lines().filter_map(|line| {
                line.strip_prefix("trying ")?
                    .split_once(':')?
                    .0
                    .parse()
                    .ok()
            });
            match (fared.end.as_str(), last.max()) {
                ("seccomp", Some(number)) if number > skip => skip = number,
                _ => break,
            }
            was_ended = true;
        }
    }
    if was_ended && fared.end == "exited 0" {
        fared.end = "seccomp".to_owned();
    }
    fared
}

/// Adds a run to what is known of a program.
fn take(fared: &mut Fared, program: &Program, ended: &Ended) {
    let said = support::stdout(ended);
    if !program.may_succeed {
        let successes = said.lines().filter(|line| line.starts_with("SUCCEEDED"));
        fared.got.extend(successes.map(str::to_owned));
    }
    // An ordinary end is one that the program itself announces: a mistake in it proves nothing.
    let announced = said.lines().any(|line| line == "END");
    fared.end = match ended.to_string() {
        end if end == "exited 0" && !announced => "exited 0 without END".to_owned(),
        end => end,
    };
    fared.said.push_str(&said);
    fared.told.push_str(&String::from_utf8_lossy(&ended.stderr));
    fared.told.push_str(&ended.violations.join("\n"));
}

/// Does something with each program, some at a time, and gives the results in their order.
pub(crate) fn with_each<T: Send>(
    programs: &[Program],
    act: impl Fn(&Program) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(program) = programs.get(index) else {
                        return;
                    };
                    let result = act(program);
                    results.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs a program without the jail and gives what it said.
pub(crate) fn set_free(program: &Program) -> String {
    let host = Host::new(program);
    let mut said = String::new();
    for run in 1..=program.runs {
        // Ended by another program, should it hang: there is no jail here.
        let mut child = Command::new("timeout")
            .args(["--kill-after=1", "60"])
            .args(host.command(program, false, run, 0))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        use std::io::Write as _;
        child
            .stdin
            .take()
            .unwrap()
            .write_all(b"input of somebody else")
            .unwrap();
        let output = child.wait_with_output().unwrap();
        said.push_str(&String::from_utf8_lossy(&output.stdout));
        said.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    host.clear();
    said
}
