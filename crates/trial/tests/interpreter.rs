//! A module that is handed to an interpreter that waits does and says what it does and says as a file
//! that Python starts: the same bytes, the same last words, the same view of itself.
// A test without harness reports by itself, and clippy does not take it for a test.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use silversmith_runtime::{Runtime, RuntimeOptions, Silent};
use silversmith_sandbox::{Ended, Grant, JailSpec, Limits, Sandbox, helper_main_if_requested};
use silversmith_trial::{Environment, Interpreter, Place, last_words, record};
use silversmith_types::RunId;

const MODULE: &str = "/module/load_2_silver_layer.py";

/// What a program can see of itself and its surroundings.
const ITSELF: &str = r#"# Umlauts: äöü
"""What this is."""
from __future__ import annotations
import dataclasses, os, sys, threading
import polars
print(__name__, __file__, __doc__, __package__, __spec__, type(__loader__).__name__, __cached__)
print(sorted(globals()), sys.modules["__main__"].__dict__ is globals(), __builtins__)
print(sys.argv, sys.orig_argv[1:], sys.path, sys.flags, sys.stdin, sys.getrecursionlimit())
print(os.environ["SILVER_RUN_ID"], os.environ["BRONZE_ROOT"], sorted(os.environ), os.getcwd())
print(os.read(0, 1), os.fstat(0) == os.stat("/dev/null"), sorted(os.listdir("/proc/self/fd")))
print(hash("silver"), __debug__, threading.current_thread().name, threading.active_count())
@dataclasses.dataclass(frozen=True)
class Row:
    number: int
    text: str | None = None
print(Row(1, "ä"), Row.__module__, Row.__annotations__)
os.mkdir("/silver/x")
open("/silver/x/out.csv", "w").write("ä,b\r\n" * 1000)
"#;

/// Programs that end in all the ways there are. (For some syntax errors Python marks another column
/// when it reads a file; no module with one is ever run.)
const ENDS: [&str; 11] = [
    "print('fine')",
    "import sys; sys.exit(3)",
    "import sys; sys.exit('a reason')",
    "raise SystemExit",
    "def deep(n):\n    return 1 // n if n == 0 else deep(n - 1)\n\n\ndeep(3)",
    "def f():\n    try:\n        {}['ä']\n    except KeyError as error:\n        raise ValueError('two\\nlines') from error\n\nf()",
    "try:\n    raise OSError(2, 'no')\nexcept OSError:\n    import json\n    json.loads('{')",
    "x = (\n",
    "print('ä'\n) + 'no'",
    "raise ExceptionGroup('both', [ValueError(1), TypeError('t')])",
    "import polars as pl\npl.DataFrame({'a': [1]}).select(pl.col('b'))",
];

fn main() {
    helper_main_if_requested();
    let runtime = Runtime::prepare(&RuntimeOptions::from_environment(), &Silent)
        .unwrap_or_else(|error| panic!("{} {error}", error.code()));
    for program in [ITSELF].iter().chain(&ENDS) {
        same_as_a_file(&runtime, program);
    }
    what_is_granted_is_not_imported(&runtime);
    println!("ok");
}

struct Both<'a> {
    runtime: &'a Runtime,
    bronze: tempfile::TempDir,
    out: tempfile::TempDir,
    bronze_run: RunId,
    silver_run: RunId,
}

impl<'a> Both<'a> {
    fn new(runtime: &'a Runtime) -> Self {
        Self {
            runtime,
            bronze: tempfile::tempdir().unwrap(),
            out: tempfile::tempdir().unwrap(),
            bronze_run: "20260125_214726_#013410d7".parse().unwrap(),
            silver_run: "20260126_000000_#013410d7".parse().unwrap(),
        }
    }

    fn waiting(&self, source: &str) -> Ended {
        let environment = Environment {
            sandbox: &Sandbox::new().unwrap(),
            runtime: self.runtime,
            limits: limits(),
        };
        let place = Place {
            bronze: self.bronze.path(),
            bronze_run: &self.bronze_run,
            out: &self.out.path().join("waiting"),
            hash_seed: 7,
        };
        let mut interpreter = Interpreter::start(&environment, &place).unwrap();
        assert!(interpreter.is_waiting());
        let ended = interpreter.run(source, &self.silver_run).unwrap();
        assert!(ended.waited.is_some());
        assert_eq!(record(&ended)["loader"].as_str().unwrap().len(), 64);
        ended
    }

    /// The same as a file, started by the interpreter itself.
    fn file(&self, source: &str) -> Ended {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("module.py");
        fs::write(&path, source).unwrap();
        let sandbox = Sandbox::new().unwrap();
        let arguments = [self.bronze_run.as_str()];
        let mut spec = JailSpec::new(self.runtime.command(Path::new(MODULE), arguments));
        let granted = self.runtime.read_only_paths().into_iter();
        spec.read_only = granted.map(Grant::same).collect();
        spec.read_only.push(Grant::new(path, MODULE));
        let data = format!("/bronze/{}/data", self.bronze_run);
        spec.read_only.push(Grant::new(self.bronze.path(), data));
        spec.outputs = vec![Grant::new(self.out.path().join("file"), "/silver")];
        spec.environment = self.runtime.environment(7);
        let memory = (sandbox.usable_memory(&limits()) >> 20).to_string();
        for (name, value) in [
            ("BRONZE_ROOT", "/bronze"),
            ("POLARS_OVERRIDE_TOTAL_MEMORY_MB", &memory),
            ("SILVER_ROOT", "/silver"),
            ("SILVER_RUN_ID", self.silver_run.as_str()),
            // Set at the head of every module, which the one that waits has behind it.
            ("POLARS_CSV_CHUNK_PREFETCH_LIMIT", "2"),
            ("POLARS_CSV_CHUNK_SIZE", "4000000"),
            ("_RJEM_MALLOC_CONF", "dirty_decay_ms:2000,muzzy_decay_ms:0"),
        ] {
            let (name, value) = (OsString::from(name), OsString::from(value));
            spec.environment.insert(name, value);
        }
        spec.limits = limits();
        sandbox.run(&spec, None).unwrap()
    }
}

/// A loaded machine must not decide how a test ends.
fn limits() -> Limits {
    let minutes = std::time::Duration::from_secs(300);
    Limits {
        wall: minutes,
        cpu: minutes,
        ..Limits::default()
    }
}

fn same_as_a_file(runtime: &Runtime, program: &str) {
    let both = Both::new(runtime);
    let (waiting, file) = (both.waiting(program), both.file(program));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&waiting.stderr), text(&file.stderr), "{program}");
    assert_eq!(text(&waiting.stdout), text(&file.stdout), "{program}");
    assert_eq!(last_words(&waiting), last_words(&file), "{program}");
    assert_eq!(
        (waiting.outcome, waiting.code),
        (file.outcome, file.code),
        "{program}"
    );
    let written = |name: &str| fs::read(both.out.path().join(name).join("x/out.csv")).ok();
    assert_eq!(written("waiting"), written("file"), "{program}");
}

/// Files that are named like what Python or a module imports, in what is granted, are left alone.
fn what_is_granted_is_not_imported(runtime: &Runtime) {
    let both = Both::new(runtime);
    let planted = "import os; os.write(1, b'PLANTED ' + __name__.encode() + b'\\n')\n";
    for name in [
        "sitecustomize",
        "usercustomize",
        "csv",
        "polars",
        "json",
        "traceback",
    ] {
        fs::write(both.bronze.path().join(format!("{name}.py")), planted).unwrap();
    }
    let ended =
        both.waiting("import polars, sys; print(polars.__file__, 'sitecustomize' in sys.modules)");
    let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
    let own = runtime.site_packages().display().to_string();
    assert!(printed.starts_with(&own), "{printed}");
    assert!(
        printed.ends_with(" False\n") && !printed.contains("PLANTED"),
        "{printed}"
    );
}
