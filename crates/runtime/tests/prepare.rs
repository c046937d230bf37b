//! Preparation with interpreters that are scripts, so that every failure can be had, and with the
//! real pip against a mirror that lies or is not there.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use silversmith_runtime::{Phase, Progress, Runtime, RuntimeError, RuntimeOptions, Silent};

/// A directory with a PATH and a cache.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn options(&self) -> RuntimeOptions {
        RuntimeOptions {
            python: None,
            search_path: Some(self.path("bin").into()),
            cache: Some(self.path("cache")),
        }
    }

    /// Puts a program on the PATH. `$calls` is a file to which it may write.
    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        let calls = self.path("calls");
        fs::write(
            &path,
            format!("#!/bin/sh\ncalls={}\n{script}", calls.display()),
        )
        .unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// An interpreter that answers well and does this when asked to run pip.
    fn python_with_pip(&self, pip: &str) {
        let executable = self.path("bin").join("python3");
        let answer = format!(
            r#"{{"version": [3, 12, 1], "implementation": "cpython", "description": "3.12.1 fake",
               "platform": "linux-fake", "executable": {executable:?}, "stdlib": ["/usr/lib"],
               "libraries": []}}"#
        );
        let answer = answer.replace('\n', " ");
        self.program(
            "python3",
            &format!(
                "case \"$*\" in\n*compileall*) exit 0;;\n*'-m pip'*)\n{pip}\n;;\n\
                 *) echo '{answer}';;\nesac\n"
            ),
        );
    }

    fn refusal(&self) -> RuntimeError {
        Runtime::prepare(&self.options(), &Silent).unwrap_err()
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("calls")).map_or(0, |text| text.lines().count())
    }

    fn cached(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("cache"))
            .into_iter()
            .flatten()
            .flatten();
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| !name.ends_with(".lock") && !name.starts_with("interpreter-"))
            .collect();
        names.sort();
        names
    }
}

/// Installs two files into what follows `--target`.
const GOOD_PIP: &str = "echo pip >> $calls\nwhile [ \"$1\" != --target ]; do shift; done\n\
    mkdir -p \"$2/polars\" \"$2/polars-2.1.0.dist-info\"\necho x > \"$2/polars/__init__.py\"\n\
    echo r > \"$2/polars-2.1.0.dist-info/RECORD\"\n";

#[test]
fn without_a_usable_interpreter_the_reason_is_told() {
    let machine = Machine::new();
    assert_eq!(machine.refusal().code(), "SS-RUNTIME-001");
    machine.program("python3", "echo '{\"version\": [3, 9, 2]}'");
    let old = machine.refusal();
    assert_eq!(old.code(), "SS-RUNTIME-002");
    assert!(old.to_string().contains("3.9.2"), "{old}");
    for script in [
        "echo hello",
        "exit 1",
        "echo '{}'",
        "kill -9 $$",
        "echo '{\"version\": [3, 12, 0], \"implementation\": \"pypy\"}'",
    ] {
        machine.program("python3", script);
        assert_eq!(machine.refusal().code(), "SS-RUNTIME-003", "{script}");
    }
}

#[test]
fn an_interpreter_that_is_too_old_does_not_hide_a_newer_one() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    fs::rename(machine.path("bin/python3"), machine.path("bin/python3.12")).unwrap();
    machine.program("python3", "echo '{\"version\": [3, 9, 2]}'");
    // The answer names python3, which is the old one here: what counts is that 3.12 was chosen.
    let error = machine.refusal();
    assert_ne!(error.code(), "SS-RUNTIME-002", "{error}");
}

#[test]
fn a_named_interpreter_is_the_only_one_asked() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    for (name, code) in [
        ("/no/such/python", "SS-RUNTIME-003"),
        ("nosuchpython", "SS-RUNTIME-001"),
    ] {
        let options = RuntimeOptions {
            python: Some(name.into()),
            ..machine.options()
        };
        assert_eq!(
            Runtime::prepare(&options, &Silent).unwrap_err().code(),
            code
        );
    }
    let options = RuntimeOptions {
        python: Some("python3".into()),
        ..machine.options()
    };
    Runtime::prepare(&options, &Silent).unwrap();
}

#[test]
fn failures_of_pip_are_told_apart_and_leave_nothing() {
    let cases = [
        ("python3: No module named pip", "SS-RUNTIME-004"),
        (
            "NewConnectionError: Failed to establish a new connection",
            "SS-RUNTIME-005",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS",
            "SS-RUNTIME-006",
        ),
        (
            "ERROR: No matching distribution found for polars-runtime-32==2.1.0",
            "SS-RUNTIME-007",
        ),
        ("ERROR: something else", "SS-RUNTIME-008"),
        (
            "OSError: [Errno 28] No space left on device",
            "SS-RUNTIME-009",
        ),
    ];
    for (says, code) in cases {
        let machine = Machine::new();
        machine.python_with_pip(&format!("{GOOD_PIP}\necho '{says}' >&2; exit 1"));
        let error = machine.refusal();
        assert_eq!(error.code(), code, "{says}");
        assert_eq!(machine.cached(), Vec::<String>::new(), "{says}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    fs::write(machine.path("cache"), "a file").unwrap();
    assert_eq!(machine.refusal().code(), "SS-RUNTIME-010");
    let options = RuntimeOptions {
        cache: None,
        ..machine.options()
    };
    assert_eq!(
        Runtime::prepare(&options, &Silent).unwrap_err().code(),
        "SS-RUNTIME-011"
    );
}

#[test]
fn an_interpreter_is_asked_once_until_it_changes() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    let program = machine.path("bin/python3");
    // The long question is the one with `sysconfig` in it; bash goes on to the answer.
    let text = fs::read_to_string(&program).unwrap();
    let asked = machine.path("asked");
    let counting = format!(
        "\n*sysconfig*) echo asked >> {};;&\n*) echo",
        asked.display()
    );
    let text = text
        .replace("#!/bin/sh", "#!/bin/bash")
        .replace("\n*) echo", &counting);
    fs::write(&program, &text).unwrap();
    let asked = || fs::read_to_string(&asked).map_or(0, |text| text.lines().count());
    let first = Runtime::prepare(&machine.options(), &Silent).unwrap();
    let second = Runtime::prepare(&machine.options(), &Silent).unwrap();
    assert_eq!((asked(), first.versions()), (1, second.versions()));
    fs::write(&program, text.replace("3, 12, 1", "3, 12, 10")).unwrap();
    let third = Runtime::prepare(&machine.options(), &Silent).unwrap();
    assert_eq!((asked(), third.versions().python.as_str()), (2, "3.12.10"));
}

#[derive(Default)]
struct Seen(Mutex<Vec<Phase>>);

impl Progress for Seen {
    fn phase(&self, phase: Phase) {
        self.0.lock().unwrap().push(phase);
    }
    fn bytes(&self, done: u64, total: u64) {
        assert!(done <= total);
    }
}

#[test]
fn a_runtime_is_made_once_and_made_again_when_it_was_changed() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    let seen = Seen::default();
    let first = Runtime::prepare(&machine.options(), &seen).unwrap();
    let phases = seen.0.into_inner().unwrap();
    assert_eq!(
        phases,
        [Phase::Installing, Phase::Compiling, Phase::Measuring]
    );
    assert!(
        !first
            .site_packages()
            .join("polars-2.1.0.dist-info/RECORD")
            .exists()
    );
    assert_eq!(first.versions().polars, "2.1.0");

    let quiet = Seen::default();
    let second = Runtime::prepare(&machine.options(), &quiet).unwrap();
    assert_eq!((machine.calls(), second.digest()), (1, first.digest()));
    assert!(quiet.0.into_inner().unwrap().is_empty());

    fs::write(first.site_packages().join("sitecustomize.py"), "evil").unwrap();
    assert_eq!(first.verify().unwrap_err().code(), "SS-RUNTIME-012");
    let third = Runtime::prepare(&machine.options(), &Silent).unwrap();
    assert_eq!((machine.calls(), third.digest()), (2, first.digest()));
    assert!(!third.site_packages().join("sitecustomize.py").exists());
    third.verify().unwrap();
}

#[test]
fn processes_at_the_same_time_make_it_once() {
    let machine = Machine::new();
    // Slow enough for all to meet at the lock.
    machine.python_with_pip(&format!("sleep 0.3\n{GOOD_PIP}"));
    let options = machine.options();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| Runtime::prepare(&options, &Silent).unwrap());
        }
    });
    assert_eq!(machine.calls(), 1);
}

#[test]
fn what_a_killed_preparation_left_is_removed() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    let home = Runtime::prepare(&machine.options(), &Silent)
        .unwrap()
        .home()
        .to_owned();
    let leftover = PathBuf::from(format!("{}.partial-1", home.display()));
    fs::create_dir_all(leftover.join("site")).unwrap();
    // Killed between the files and the manifest, as a crash may do it.
    fs::remove_file(home.join("manifest.json")).unwrap();
    Runtime::prepare(&machine.options(), &Silent).unwrap();
    assert_eq!(
        machine.cached(),
        [home.file_name().unwrap().to_str().unwrap()]
    );
    assert_eq!(machine.calls(), 2);
}

#[test]
fn the_command_and_the_environment_hold_nothing_of_the_caller() {
    let machine = Machine::new();
    machine.python_with_pip(GOOD_PIP);
    let runtime = Runtime::prepare(&machine.options(), &Silent).unwrap();
    let command = runtime.command(Path::new("/m.py"), ["a"]);
    assert_eq!(
        command[1..],
        ["-s", "-P", "-S", "-B", "/m.py", "a"].map(std::ffi::OsString::from)
    );
    let environment = runtime.environment(7);
    let names: Vec<_> = environment
        .keys()
        .map(|name| name.to_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "HOME",
            "LANG",
            "POLARS_MAX_THREADS",
            "POLARS_OOC_SPILL_DIR",
            "POLARS_SKIP_CPU_CHECK",
            "POLARS_TEMP_DIR",
            "PYTHONHASHSEED",
            "PYTHONPATH",
            "PYTHONUNBUFFERED",
            "PYTHONUTF8",
            "TMPDIR",
            "TZ"
        ]
    );
    assert_eq!(environment[std::ffi::OsStr::new("PYTHONHASHSEED")], "7");
    assert!(
        runtime
            .read_only_paths()
            .contains(&runtime.site_packages().to_owned())
    );
}

/// Started by the tests below with a pip that is configured by the environment.
#[test]
#[ignore = "started by the tests below"]
fn prepare_as_configured() {
    let error = Runtime::prepare(&RuntimeOptions::from_environment(), &Silent).unwrap_err();
    println!("refused: {} {}", error.code(), error.help().unwrap());
}

fn with_pip_configured(variables: &[(&str, &str)]) -> String {
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "prepare_as_configured",
            "--ignored",
            "--nocapture",
        ])
        .env("XDG_CACHE_HOME", cache.path())
        .env("PIP_NO_CACHE_DIR", "1")
        .env("PIP_RETRIES", "0")
        .env_remove("PIP_FIND_LINKS")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_real_pip_without_a_network() {
    // Nothing listens on port 1 of this machine.
    let text = with_pip_configured(&[("PIP_INDEX_URL", "http://me:s3cret@127.0.0.1:1/simple")]);
    assert!(text.contains("refused: SS-RUNTIME-005"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn the_real_pip_with_a_mirror_that_serves_other_bytes() {
    let mirror = tempfile::tempdir().unwrap();
    let make = r#"
import sys, zipfile
for name, tag in (("polars", "py3-none-any"), ("polars_runtime_32", "py3-none-any")):
    info = f"{name}-2.1.0.dist-info"
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}-2.1.0-{tag}.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "evil")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.1.0\n")
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")
"#;
    let made = Command::new("python3")
        .args(["-I", "-c", make])
        .arg(mirror.path())
        .status();
    assert!(made.unwrap().success());
    let links = mirror.path().to_str().unwrap();
    let text = with_pip_configured(&[("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", links)]);
    assert!(text.contains("refused: SS-RUNTIME-006"), "{text}");
}
