//! The supervisor killed with SIGKILL at every stage of a run: nothing of the jail goes on, the
//! destination holds nothing or everything, and the next run clears what is beside it.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;
#[path = "support/tracer.rs"]
mod tracer;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use silversmith_sandbox::{Grant, JailSpec};
use support::{directory, job, run, sandbox};
use tracer::{Point, Traced, can_trace, trace};

/// What a whole run delivers.
const WHOLE: [(&str, usize); 3] = [("early", 4 << 20), ("late", 4 << 20), ("small", 1)];

/// Waits until a file is being copied early, which is when it cannot be opened for writing at once;
/// the larger one, finished before, is copied before. Then writes more.
const PROGRAM: &str = r#"
import time
open("/out/early", "wb").write(b"x" * (4 << 20))
open("/out/witness", "wb").write(b"x" * (1 << 20))
for _ in range(500):
    time.sleep(0.01)
    try:
        os.close(os.open("/out/witness", os.O_WRONLY | os.O_NONBLOCK))
    except BlockingIOError:
        print("copied early", flush=True)
        break
os.remove("/out/witness")
if sys.argv[1] == "stays":
    time.sleep(100)
    sys.exit(99)
open("/out/late", "wb").write(b"x" * (4 << 20))
open("/out/small", "wb").write(b"x")
"#;

const SUPERVISOR: u32 = 0;
const STAGE: u32 = 1;
const INIT: u32 = 2;
const JOB: u32 = 3;

/// Points at which the program would run on for a long time.
const BEFORE_THE_END: [Point; 9] = [
    point("helper started", STAGE, &[libc::SYS_execve], 1),
    // Neither has said yet that it wants to die with its parent.
    point("helper's first call", STAGE, &[libc::SYS_prctl], 1),
    point("init's first call", INIT, &[libc::SYS_prctl], 1),
    point("namespaces", STAGE, &[libc::SYS_unshare], 1),
    point("mounts", INIT, &[libc::SYS_move_mount], 3),
    point("change of root", INIT, &[libc::SYS_pivot_root], 1),
    point("start of the program", JOB, &[libc::SYS_execve], 1),
    point("report of the start", INIT, &[libc::SYS_sendmsg], 1),
    point("first output", JOB, &[libc::SYS_write], 1),
];

const EARLY_COPIES: [Point; 2] = [
    point("early copy", SUPERVISOR, &[libc::SYS_pwrite64], 1),
    point("half an early copy", SUPERVISOR, &[libc::SYS_pwrite64], 8),
];

const EARLY_NAME: Point = point("early copy's name", SUPERVISOR, &[libc::SYS_linkat], 1);

/// Points at which the program has ended or is about to.
const AT_THE_END: [Point; 6] = [
    point("exit of the program", JOB, &[libc::SYS_exit_group], 1),
    point("report of the end", INIT, &[libc::SYS_sendmsg], 2),
    point("place beside the destination", SUPERVISOR, MKDIR, 1),
    point("sync", SUPERVISOR, &[libc::SYS_fdatasync], 2),
    point("publication", SUPERVISOR, RENAME, 1),
    point("after the publication", SUPERVISOR, &[libc::SYS_fsync], 1),
];

#[cfg(target_arch = "x86_64")]
const MKDIR: &[libc::c_long] = &[libc::SYS_mkdir, libc::SYS_mkdirat];
#[cfg(not(target_arch = "x86_64"))]
const MKDIR: &[libc::c_long] = &[libc::SYS_mkdirat];
#[cfg(target_arch = "x86_64")]
const RENAME: &[libc::c_long] = &[libc::SYS_rename, libc::SYS_renameat, libc::SYS_renameat2];
#[cfg(not(target_arch = "x86_64"))]
const RENAME: &[libc::c_long] = &[libc::SYS_renameat, libc::SYS_renameat2];

const fn point(
    name: &'static str,
    generation: u32,
    calls: &'static [libc::c_long],
    nth: u32,
) -> Point {
    Point {
        name,
        generation,
        calls,
        nth,
    }
}

fn spec(out: &Path, how: &str) -> JailSpec {
    let mut spec = job(PROGRAM);
    spec.command.push(how.into());
    spec.outputs.push(Grant::new(out, "/out"));
    spec.limits.wall = Duration::from_secs(600);
    spec
}

/// The victim of the tests below.
#[test]
#[ignore = "started by the tests below"]
fn supervise_until_killed() {
    let Some(out) = std::env::var_os("VICTIM_OUT") else {
        return;
    };
    let how = std::env::var("VICTIM_HOW").unwrap();
    let ended = sandbox().run(&spec(Path::new(&out), &how), None).unwrap();
    assert!(ended.is_clean());
}

fn kill_at(out: &Path, how: &str, point: Option<Point>) -> Traced {
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim
        .args(["--exact", "supervise_until_killed", "--ignored"])
        .env("VICTIM_OUT", out)
        .env("VICTIM_HOW", how)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    trace(victim, point).unwrap()
}

fn entries(directory: &Path) -> Vec<(String, usize)> {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let size = entry.metadata().unwrap().len();
            let name = entry.file_name().into_string().unwrap();
            (name, usize::try_from(size).unwrap())
        })
        .collect();
    entries.sort();
    entries
}

fn whole() -> Vec<(String, usize)> {
    WHOLE.map(|(name, size)| (name.to_owned(), size)).to_vec()
}

/// A run that is killed at the point, and what must hold then. `before` is in the destination.
fn killed(point: Point, how: &str, before: &[(&str, usize)]) {
    let parent = directory();
    let out = parent.path().join("out");
    if !before.is_empty() {
        fs::create_dir(&out).unwrap();
    }
    for (file, size) in before {
        fs::write(out.join(file), vec![b'o'; *size]).unwrap();
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    // Returns when nobody is left.
    let traced = kill_at(&out, how, Some(point));
    let name = point.name;
    assert!(traced.is_reached, "not reached: {name}");
    assert_eq!(traced.status, -libc::SIGKILL, "{name}");
    // What had ended by itself before it could be killed is no survivor.
    let went_on: Vec<_> = traced
        .survivors
        .iter()
        .filter(|(_, code)| *code == 99)
        .collect();
    assert!(went_on.is_empty(), "{name}: {went_on:?}");
    assert_eq!(
        fs::read_to_string("/proc/self/mountinfo").unwrap(),
        mounts,
        "{name}"
    );
    if before.is_empty() && out.exists() {
        assert_eq!(entries(&out), whole(), "{name}");
    }
    for (file, old) in before {
        let found = fs::metadata(out.join(file)).unwrap().len();
        let sizes = WHOLE.iter().filter(|(name, _)| name == file);
        let is_whole = sizes
            .map(|(_, new)| new)
            .chain([old])
            .any(|size| *size as u64 == found);
        assert!(is_whole, "{name}: {file} of {found} bytes");
    }
    // The next run is not disturbed by what the killed one left beside the destination, and takes
    // it away.
    assert!(run(&spec(&out, "ends")).is_clean(), "{name}");
    let mut expected = whole();
    for (file, size) in before {
        if WHOLE.iter().all(|(name, _)| name != file) {
            expected.push(((*file).to_owned(), *size));
        }
    }
    expected.sort();
    assert_eq!(entries(&out), expected, "{name}");
    let beside: Vec<_> = entries(parent.path())
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(beside, ["out"], "{name}");
}

fn is_possible() -> bool {
    let is_possible = can_trace();
    if !is_possible {
        eprintln!("skipped: processes cannot be traced here");
    }
    is_possible
}

/// Whether files can be copied early here: not on every file system, nor as root of every container.
fn copies_early() -> bool {
    let parent = directory();
    let ended = run(&spec(&parent.path().join("out"), "ends"));
    let copies_early = support::stdout(&ended).contains("copied early");
    if !copies_early {
        eprintln!("skipped in part: nothing can be copied early here");
    }
    copies_early
}

#[test]
fn killed_while_the_program_runs() {
    if is_possible() {
        for point in BEFORE_THE_END {
            killed(point, "stays", &[]);
        }
    }
}

#[test]
fn killed_while_files_are_copied_early() {
    if is_possible() && copies_early() {
        for point in EARLY_COPIES {
            killed(point, "stays", &[]);
        }
        killed(EARLY_NAME, "ends", &[]);
    }
}

#[test]
fn killed_while_the_outputs_are_delivered() {
    if is_possible() {
        for point in AT_THE_END {
            killed(point, "ends", &[]);
        }
    }
}

/// A destination that holds something gets its files one by one: each is the old or the new one.
#[test]
fn killed_while_files_are_replaced() {
    if is_possible() {
        for nth in 1..=3 {
            let point = point("a file is replaced", SUPERVISOR, RENAME, nth);
            killed(point, "ends", &[("late", 3), ("old", 5), ("small", 3)]);
        }
    }
}

/// Without the kill the same run, traced, is whole: the points above are points of a good run.
#[test]
fn a_traced_run_that_is_not_killed_delivers() {
    if is_possible() {
        let parent = directory();
        fs::set_permissions(parent.path(), PermissionsExt::from_mode(0o777)).unwrap();
        let out = parent.path().join("out");
        assert_eq!(kill_at(&out, "ends", None).status, 0);
        assert_eq!(entries(&out), whole());
    }
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
