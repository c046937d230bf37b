//! The whole way: a runtime is prepared, and a Polars job runs in it inside the jail, as the user
//! who runs the tests and, when that is root, as an ordinary user too.
//!
//! The first run downloads the locked wheels; later ones find them in the cache.
// A test without harness reports by itself, and clippy does not take it for a test.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use silversmith_runtime::{Runtime, RuntimeOptions, Silent};
use silversmith_sandbox::{Grant, JailSpec, Outcome, Sandbox, helper_main_if_requested};

/// Set for the instance that runs as an ordinary user.
const AS_USER: &str = "SILVERSMITH_TEST_AS_USER";

/// An ordinary user's id that every Linux has.
const NOBODY: u32 = 65534;

fn main() {
    helper_main_if_requested();
    let own = RuntimeOptions::from_environment();
    if std::env::var_os(AS_USER).is_some() {
        run_all("as an ordinary user", &own);
        return;
    }
    run_all("as the user of the tests", &own);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        run_as_ordinary_user();
    }
}

fn run_all(who: &str, options: &RuntimeOptions) {
    let runtime = Runtime::prepare(options, &Silent).unwrap_or_else(|error| {
        panic!(
            "{} {error}\n{}",
            error.code(),
            error.help().unwrap_or_default()
        )
    });
    runtime.verify().unwrap();
    polars_runs_in_the_jail(&runtime);
    a_job_short_of_memory_spills(&runtime);
    the_hash_seed_counts(&runtime);
    nothing_of_the_user_is_on_the_module_path(&runtime);
    println!("{who}: ok, {:?} {}", runtime.versions(), runtime.digest());
}

/// Root's interpreter may live where others cannot see it, so the system's own is used, with a
/// cache that the tests keep.
fn run_as_ordinary_user() {
    let python = Path::new("/usr/bin/python3");
    if !python.exists() || !Path::new("/usr/bin/setpriv").exists() {
        println!("as an ordinary user: skipped, needs /usr/bin/python3 and /usr/bin/setpriv");
        return;
    }
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache-of-nobody");
    fs::create_dir_all(&cache).unwrap();
    chown(&cache, Some(NOBODY), Some(NOBODY)).unwrap();
    // Copied to where that user can surely start it.
    let program = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(
        program.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let copy = program.path().join("jailed");
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let status = Command::new("/usr/bin/setpriv")
        .args([
            "--reuid",
            &NOBODY.to_string(),
            "--regid",
            &NOBODY.to_string(),
            "--clear-groups",
        ])
        .arg(copy)
        .env(AS_USER, "1")
        .env("HOME", "/nonexistent")
        .env("XDG_CACHE_HOME", &cache)
        .env("SILVERSMITH_PYTHON", python)
        .current_dir("/")
        .status()
        .unwrap();
    assert!(status.success());
}

/// Polars writes what does not fit its budget to a folder; where it cannot, it waits for ever.
fn a_job_short_of_memory_spills(runtime: &Runtime) {
    let (input, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let out = parent.path().join("out");
    let script = r#"
import os, sys
os.environ |= {"POLARS_OOC_MEMORY_BUDGET_MB": "0", "POLARS_OOC_SPILL_MIN_BYTES": "0", "POLARS_OOC_LOG_METRICS": "1"}
os.dup2(1, 2)
import polars as pl
t = pl.LazyFrame({"id": range(300_000)}).sort(pl.col("id").cast(pl.String), descending=True)
sink = t.sink_csv("/out/t.csv", lazy=True)
pl.collect_all([sink, t.select(pl.len())], engine="streaming")
"#;
    let outputs = vec![Grant::new(&out, "/out")];
    let printed = run(runtime, script, 0, outputs, input.path());
    assert!(printed.contains("spill(succ=100.0%"), "{printed}");
    let written = fs::read_to_string(out.join("t.csv")).unwrap();
    assert_eq!(written.lines().nth(1), Some("99999"));
    assert_eq!(written.lines().count(), 300_001);
}

/// Runs a script in the jail and gives what it printed.
fn run(runtime: &Runtime, script: &str, seed: u32, outputs: Vec<Grant>, input: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.py");
    fs::write(&path, script).unwrap();
    let mut spec = JailSpec::new(runtime.command(Path::new("/job/script.py"), ["argument"]));
    spec.read_only = runtime
        .read_only_paths()
        .into_iter()
        .map(Grant::same)
        .collect();
    spec.read_only.push(Grant::new(path, "/job/script.py"));
    spec.read_only.push(Grant::new(input, "/in"));
    spec.outputs = outputs;
    spec.environment = runtime.environment(seed);
    let ended = Sandbox::new()
        .unwrap()
        .run(&spec, None)
        .unwrap_or_else(|error| {
            panic!(
                "{} {error}\n{}",
                error.code(),
                error.help().unwrap_or_default()
            )
        });
    let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(
        (ended.outcome, ended.code),
        (Outcome::Exited, Some(0)),
        "{stderr}"
    );
    assert!(ended.is_clean(), "{:?}", ended.violations);
    String::from_utf8(ended.stdout).unwrap()
}

fn polars_runs_in_the_jail(runtime: &Runtime) {
    // Directories of this crate are private (0700), as real inputs may be.
    let (input, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rows: String = (0..50_000).map(|n| format!("{n},{}\n", n % 7)).collect();
    fs::write(input.path().join("t.csv"), format!("id,code\n{rows}")).unwrap();
    let out = parent.path().join("out");
    let script = r#"
import polars as pl, sys
t = pl.scan_csv("/in/t.csv", infer_schema=False)
t = t.with_columns(pl.col("id").cast(pl.Int64), ("c" + pl.col("code")).alias("code"))
t.filter(pl.col("id") % 2 == 0).sink_csv("/out/t.csv")
print(pl.__version__, sys.argv[1:])
"#;
    let printed = run(
        runtime,
        script,
        0,
        vec![Grant::new(&out, "/out")],
        input.path(),
    );
    assert_eq!(
        printed.trim(),
        format!("{} ['argument']", runtime.versions().polars)
    );
    let written = fs::read_to_string(out.join("t.csv")).unwrap();
    assert_eq!(written.lines().count(), 25_001);
    assert_eq!(written.lines().nth(2), Some("2,c2"));
}

fn the_hash_seed_counts(runtime: &Runtime) {
    let input = tempfile::tempdir().unwrap();
    let order = |seed| {
        run(
            runtime,
            "print(hash('silver'))",
            seed,
            Vec::new(),
            input.path(),
        )
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}

fn nothing_of_the_user_is_on_the_module_path(runtime: &Runtime) {
    let input = tempfile::tempdir().unwrap();
    let script = "import sys; print('\\n'.join(sys.path)); print(sys.flags.no_site, \
                  sys.flags.safe_path, sys.flags.no_user_site, sys.dont_write_bytecode)";
    let printed = run(runtime, script, 0, Vec::new(), input.path());
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines[0], runtime.site_packages().to_str().unwrap());
    assert_eq!(lines.last(), Some(&"1 True 1 True"));
    let others = &lines[1..lines.len() - 1];
    assert!(
        others
            .iter()
            .all(|path| !path.contains("-packages") && *path != "/job"),
        "{others:?}"
    );
}
