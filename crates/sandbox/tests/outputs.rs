//! What a job leaves, and what becomes of it when the job or the supervisor ends badly.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use silversmith_sandbox::{Ended, Grant, JailSpec, Outcome};
use support::{directory, eventually, job, processes_with, run, sandbox, stdout};

fn writing(program: &str, out: &Path) -> JailSpec {
    let mut spec = job(program);
    spec.outputs.push(Grant::new(out, "/out"));
    spec
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn files_and_directories_are_delivered() {
    let parent = directory();
    let out = parent.path().join("out");
    let ended = run(&writing(
        "os.makedirs('/out/a/b'); open('/out/a/b/f', 'w').write('x'); open('/out/g', 'w').close()",
        &out,
    ));
    assert!(ended.is_clean());
    assert_eq!(fs::read(out.join("a/b/f")).unwrap(), b"x");
    assert_eq!(
        (names(&out), names(parent.path())),
        (vec!["a".into(), "g".into()], vec!["out".into()])
    );
    // The owner is the one who ran the job, not the job's own user.
    let owner = fs::metadata(parent.path()).unwrap().uid();
    assert_eq!(fs::metadata(out.join("g")).unwrap().uid(), owner);
}

#[test]
fn only_plain_files_leave_the_jail() {
    let parent = directory();
    let out = parent.path().join("out");
    let ended = run(&writing(
        r#"
open("/out/plain", "w").write("x")
os.symlink("/etc/passwd", "/out/link")
os.symlink("/", "/out/root")
os.symlink("plain", "/out/inner")
os.link("/out/plain", "/out/second")
open("/out/setuid", "w").write("x")
os.chmod("/out/setuid", 0o6777)
open("/out/good", "w").write("x")
open("/out/\x1b[31mred", "w").write("x")
tries("fifo", lambda: os.mkfifo("/out/fifo"))
tries("socket", lambda: __import__("socket").socket(1).bind("/out/socket"))
os.symlink("/usr", "/out/\x1b]0;title\x07")
"#,
        &out,
    ));
    assert_eq!((ended.outcome, ended.code), (Outcome::Exited, Some(0)));
    assert_eq!(
        stdout(&ended).matches("refused").count(),
        2,
        "{}",
        stdout(&ended)
    );
    assert_eq!(names(&out), ["good", "setuid"]);
    assert_eq!(fs::metadata(out.join("setuid")).unwrap().mode() & 0o7022, 0);
    // Seven names, and the calls that would have made a pipe and a socket.
    assert_eq!(ended.violations.len(), 9, "{:?}", ended.violations);
    assert!(ended.delivered && !ended.is_clean());
    assert!(!ended.violations.concat().contains(char::is_control));
}

/// Writes a file and waits until it is being copied, which is when it cannot be opened for writing at
/// once. Of files that are finished together, larger ones are copied before. Not for ever: where early
/// copies cannot be made, the outputs are the same.
const AFTER_COPIES: &str = r#"
import time
def after_copies():
    open("/out/witness", "wb").write(b"x" * (1 << 20))
    for _ in range(500):
        try:
            os.close(os.open("/out/witness", os.O_WRONLY | os.O_NONBLOCK))
        except BlockingIOError:
            break
        time.sleep(0.01)
    os.remove("/out/witness")
"#;

#[test]
fn what_is_copied_while_the_job_runs_is_what_it_leaves() {
    let parent = directory();
    let out = parent.path().join("out");
    let program = format!(
        r#"{AFTER_COPIES}
import mmap
# Closed, but still writable through memory: the larger one, which is looked at first.
with open("/out/mapped", "w+b") as file:
    file.truncate(4 << 20)
    mapped = mmap.mmap(file.fileno(), 0)
for name in ["kept", "rewritten", "replaced", "removed", "moved"]:
    open("/out/" + name, "wb").write(b"x" * (2 << 20))
after_copies()
mapped[:3] = b"new"
open("/out/rewritten", "r+b").write(b"new")
open("/out/other", "wb").write(b"new")
os.rename("/out/other", "/out/replaced")
os.remove("/out/removed")
os.mkdir("/out/deep")
os.rename("/out/moved", "/out/deep/moved")
"#
    );
    let ended = run(&writing(&program, &out));
    assert!(
        ended.is_clean(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_eq!(
        names(&out),
        ["deep", "kept", "mapped", "replaced", "rewritten"]
    );
    let read = |name: &str| fs::read(out.join(name)).unwrap();
    assert_eq!(read("kept"), vec![b'x'; 2 << 20]);
    assert_eq!(read("deep/moved"), vec![b'x'; 2 << 20]);
    assert_eq!(read("replaced"), b"new");
    let (mapped, rewritten) = (read("mapped"), read("rewritten"));
    assert_eq!((mapped.len(), &mapped[..4]), (4 << 20, &b"new\0"[..]));
    assert_eq!((rewritten.len(), &rewritten[..4]), (2 << 20, &b"newx"[..]));
    assert_eq!(names(parent.path()), ["out"]);
}

#[test]
fn a_failed_job_leaves_nothing_of_what_was_copied_while_it_ran() {
    let parent = directory();
    let out = parent.path().join("out");
    let program = format!(
        r#"{AFTER_COPIES}
open("/out/f", "wb").write(b"x" * (2 << 20))
after_copies()
os.kill(os.getpid(), 9)
"#
    );
    let ended = run(&writing(&program, &out));
    assert_eq!(ended.outcome, Outcome::Signalled);
    assert_eq!(names(parent.path()), Vec::<String>::new());
}

#[test]
fn the_output_directory_itself_cannot_be_replaced() {
    let parent = directory();
    let out = parent.path().join("out");
    let ended = run(&writing(
        r#"
tries("remove", lambda: os.rmdir("/out"))
tries("rename", lambda: os.rename("/out", "/tmp/out"))
tries("link", lambda: os.symlink("/usr", "/out"))
os.chmod("/out", 0)
"#,
        &out,
    ));
    assert_eq!(
        stdout(&ended).matches("refused").count(),
        3,
        "{}",
        stdout(&ended)
    );
}

#[test]
fn what_is_outside_the_outputs_is_not_delivered() {
    let parent = directory();
    let out = parent.path().join("out");
    let ended = run(&writing("open('/tmp/f', 'w').write('x')", &out));
    assert!(ended.is_clean());
    assert_eq!(names(&out), Vec::<String>::new());
}

#[test]
fn only_a_program_that_exits_by_itself_delivers() {
    let write = "open('/out/f', 'w').write('x');";
    let cases: [(&str, Outcome, bool); 4] = [
        ("sys.exit(2)", Outcome::Exited, true),
        ("os.kill(os.getpid(), 9)", Outcome::Signalled, false),
        ("import time; time.sleep(1000)", Outcome::Timeout, false),
        ("os.write(1, bytes(2000))", Outcome::Output, false),
    ];
    for (end, outcome, is_delivered) in cases {
        let parent = directory();
        let out = parent.path().join("out");
        let mut spec = writing(&format!("{write} {end}"), &out);
        if outcome == Outcome::Timeout {
            spec.limits.wall = Duration::from_millis(700);
        }
        spec.limits.stdout = 1000;
        let ended = run(&spec);
        assert_eq!(
            (ended.outcome, ended.delivered),
            (outcome, is_delivered),
            "{end}"
        );
        assert_eq!(out.exists(), is_delivered, "{end}");
        assert_eq!(
            names(parent.path()).len(),
            usize::from(is_delivered),
            "{end}"
        );
    }
}

#[test]
fn a_destination_that_cannot_take_the_output_is_left_as_it_was() {
    let parent = directory();
    let out = parent.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("f"), "old").unwrap();
    // A directory where a file is.
    let error = sandbox()
        .run(
            &writing(
                "os.makedirs('/out/f/g'); open('/out/new', 'w').close()",
                &out,
            ),
            None,
        )
        .unwrap_err();
    assert_eq!(error.code(), "SS-SANDBOX-014");
    assert_eq!(
        (names(&out), names(parent.path())),
        (vec!["f".into()], vec!["out".into()])
    );
    assert_eq!(fs::read(out.join("f")).unwrap(), b"old");
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    let error = sandbox().run(&writing("pass", &link), None).unwrap_err();
    assert_eq!(error.code(), "SS-SANDBOX-014");
}

#[test]
fn two_outputs_and_an_output_below_a_grant() {
    let (data, parent) = (directory(), directory());
    fs::create_dir(data.path().join("place")).unwrap();
    fs::write(data.path().join("in"), "x").unwrap();
    let mut spec = job(
        "open('/data/place/f', 'w').write(open('/data/in').read())\n\
        open('/second/g', 'w').write('y')",
    );
    spec.read_only.push(Grant::new(data.path(), "/data"));
    spec.outputs
        .push(Grant::new(parent.path().join("one"), "/data/place"));
    spec.outputs
        .push(Grant::new(parent.path().join("two"), "/second"));
    assert!(run(&spec).is_clean());
    assert_eq!(fs::read(parent.path().join("one/f")).unwrap(), b"x");
    assert_eq!(fs::read(parent.path().join("two/g")).unwrap(), b"y");
    assert_eq!(names(&data.path().join("place")), Vec::<String>::new());
}

#[test]
fn the_json_is_the_contract_of_the_command_line() {
    let ended: Ended = run(&job("print('x')"));
    let json = serde_json::to_value(&ended).unwrap();
    let mut keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["code", "layers", "outcome", "usage", "violations"]);
    assert_eq!(
        (&json["outcome"], &json["code"]),
        (&"exited".into(), &0.into())
    );
    let applied = |name: &str| {
        let layers = json["layers"].as_array().unwrap();
        layers
            .iter()
            .any(|layer| layer["name"] == name && layer["applied"] == true)
    };
    for name in [
        "unprivileged-user",
        "mount-namespace",
        "pid-namespace",
        "network-namespace",
        "capabilities",
        "no-new-privs",
        "seccomp",
        "limits",
        "copy-out",
    ] {
        assert!(applied(name), "{name}");
    }
    let lines = sandbox().probe();
    assert!(
        lines.iter().all(|line| line.available || !line.required),
        "{lines:?}"
    );
    assert_eq!(lines.last().unwrap().name, "jail");
}

/// The victim of the next test: a supervisor whose job has written something and goes on.
#[test]
#[ignore = "started by the test below"]
fn supervise_until_killed() {
    let Some(out) = std::env::var_os("VICTIM_OUT") else {
        return;
    };
    let marker = std::env::var("VICTIM_MARKER").unwrap();
    let mut spec = writing(
        "open('/out/f', 'w').write('x')\nif os.fork() == 0: os.setsid()\n\
         import time; print('ready', flush=True); time.sleep(1000)",
        Path::new(&out),
    );
    spec.command.push(marker.into());
    spec.limits.wall = Duration::from_secs(600);
    spec.limits.cpu = Duration::from_secs(600);
    let mut on_line = |_: &[u8]| fs::write(Path::new(&out).with_extension("ready"), "").unwrap();
    sandbox().run(&spec, Some(&mut on_line)).unwrap();
}

#[test]
fn a_killed_supervisor_leaves_nothing_behind() {
    let parent = directory();
    fs::set_permissions(parent.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let out = parent.path().join("out");
    let marker = format!(
        "victim-{}",
        parent.path().file_name().unwrap().to_str().unwrap()
    );
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "supervise_until_killed", "--ignored"])
        .env("VICTIM_OUT", &out)
        .env("VICTIM_MARKER", &marker)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the job runs", || out.with_extension("ready").exists());
    // The job's two processes carry the marker, and only they.
    eventually("both processes run", || processes_with(&marker).len() == 2);
    victim.kill().unwrap();
    victim.wait().unwrap();
    eventually("all of the jail is dead", || {
        processes_with(&marker).is_empty()
    });
    assert_eq!(names(parent.path()), ["out.ready"]);
    assert_eq!(fs::read_to_string("/proc/self/mounts").unwrap(), mounts);
}

#[test]
fn a_panic_in_the_callers_closure_ends_the_job() {
    let marker = format!("panic-{}", std::process::id());
    let mut spec = job("import time; print('x', flush=True); time.sleep(1000)");
    spec.command.push(marker.clone().into());
    spec.limits.wall = Duration::from_secs(600);
    let outcome = std::panic::catch_unwind(|| {
        let mut on_line = |_: &[u8]| panic!("on purpose");
        sandbox().run(&spec, Some(&mut on_line))
    });
    assert!(outcome.is_err());
    eventually("the job is dead", || processes_with(&marker).is_empty());
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
