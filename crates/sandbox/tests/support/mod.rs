//! What the tests share: a Python job, its end, and the same tests once more as another user.
// Each test file uses its part, and clippy takes shared code for no test.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use silversmith_sandbox::{Ended, Grant, JailSpec, Sandbox};

/// Set in the instance that runs as an ordinary user, to its copy of the helper.
const AS_USER: &str = "SILVERSMITH_TEST_HELPER";

/// Set in that instance to its copy of the hostile programs.
pub(crate) const HOSTILE: &str = "SILVERSMITH_TEST_HOSTILE";

/// An ordinary user's id that every Linux has.
const NOBODY: &str = "65534";

/// Put before every program: `tries` reports whether something succeeded.
pub(crate) const PRELUDE: &str = r#"
import os, sys
def tries(name, action):
    try:
        got = action()
    except BaseException as error:
        print("refused", name, type(error).__name__, error, flush=True)
    else:
        print("GOT", name, repr(got)[:80], flush=True)
"#;

/// The helper that belongs to these tests.
pub(crate) fn helper_path() -> PathBuf {
    std::env::var_os(AS_USER).map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_silversmith-jail-helper")),
        PathBuf::from,
    )
}

/// The sandbox with that helper.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new().unwrap().with_helper(helper_path())
}

/// Copies a program to be started from there. By another process: this one has threads, and a process
/// that one of them starts meanwhile would hold the copy open for writing ("text file busy").
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()));
}

/// The interpreter that jobs run on.
pub(crate) fn python_path() -> &'static Path {
    &python().0
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The interpreter and, where it lives outside the system's directories, its grant.
pub(crate) fn python() -> &'static (PathBuf, Vec<Grant>) {
    static FOUND: OnceLock<(PathBuf, Vec<Grant>)> = OnceLock::new();
    FOUND.get_or_init(|| {
        let system = PathBuf::from("/usr/bin/python3");
        if system.exists() {
            return (system, Vec::new());
        }
        let ask = "import os,sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)";
        let output = Command::new("python3")
            .args(["-I", "-c", ask])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (executable, prefix) = text.trim().split_once('\n').unwrap();
        (PathBuf::from(executable), vec![Grant::same(prefix)])
    })
}

/// A job that runs a program after [`PRELUDE`].
pub(crate) fn job(program: &str) -> JailSpec {
    let (python, grants) = python();
    let source = format!("{PRELUDE}\n{program}");
    let mut spec = JailSpec::new([
        python.as_os_str().to_owned(),
        "-ISB".into(),
        "-c".into(),
        source.into(),
    ]);
    spec.read_only = grants.clone();
    // A loaded machine must not decide how a test ends.
    spec.limits.wall = Duration::from_secs(120);
    spec.limits.cpu = Duration::from_secs(60);
    spec
}

/// The same program without a jail: shows that what it tries would succeed there.
pub(crate) fn bare(program: &str, arguments: &[&str]) -> String {
    let (python, _) = python();
    let source = format!("{PRELUDE}\n{program}");
    let output = Command::new(python)
        .arg("-ISB")
        .arg("-c")
        .arg(source)
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn run(spec: &JailSpec) -> Ended {
    sandbox()
        .run(spec, None)
        .unwrap_or_else(|error| panic!("{} {error}", error.code()))
}

pub(crate) fn stdout(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

/// A directory that others may enter, so that the tests mean the same for every user.
pub(crate) fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
    directory
}

/// Asks until the condition holds; panics when it does not come true.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never came true: {what}");
}

/// Processes of this machine that have `marker` in their command line.
pub(crate) fn processes_with(marker: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            *pid != std::process::id()
                && command
                    .windows(marker.len())
                    .any(|part| part == marker.as_bytes())
        })
        .collect()
}

/// Runs this test program's other tests as an ordinary user, when this one is root's.
pub(crate) fn repeat_as_ordinary_user(this_test: &str) {
    if !is_root() {
        return;
    }
    let setpriv = Path::new("/usr/bin/setpriv");
    if !setpriv.exists() {
        eprintln!("skipped: needs /usr/bin/setpriv");
        return;
    }
    // Copied to where that user can surely start them.
    let folder = directory();
    let (program, helper) = (folder.path().join("tests"), folder.path().join("helper"));
    copy_program(&std::env::current_exe().unwrap(), &program);
    copy_program(
        env!("CARGO_BIN_EXE_silversmith-jail-helper").as_ref(),
        &helper,
    );
    let hostile = folder.path().join("hostile");
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile");
    let copied = Command::new("cp")
        .args(["-r", programs])
        .arg(&hostile)
        .status();
    assert!(copied.unwrap().success());
    let output = Command::new(setpriv)
        .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"])
        .arg(program)
        .args(["--skip", this_test])
        .env(AS_USER, helper)
        .env(HOSTILE, hostile)
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("test result: ok."), "{text}");
}
