//! Programs that are started before their input is there: they wait inside the finished jail, run
//! once, are held to limits from the moment they have it, and leave nothing when it never comes.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use silversmith_sandbox::{Ended, Grant, JailSpec, Outcome};
use support::{directory, eventually, job, processes_with, sandbox, stdout};

/// Set in the instance of this program that is killed.
const HOLD: &str = "SILVERSMITH_TEST_HOLD";

/// Reads as a program does that waits: all of it, to the end.
const READ: &str = "
got = b''
while chunk := os.read(0, 1 << 16): got += chunk
";

fn ran(spec: &JailSpec, input: &[u8]) -> Ended {
    sandbox().prepare(spec).unwrap().run(input, None).unwrap()
}

fn assert_outcome(ended: &Ended, outcome: Outcome, code: Option<i32>) {
    let text = stdout(ended) + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!((ended.outcome, ended.code), (outcome, code), "{text}");
}

#[test]
fn the_input_arrives_whole_and_then_ends() {
    let folder = directory();
    let mut spec = job(&format!(
        "{READ}\nopen('/out/got', 'wb').write(got)\nprint(os.read(0, 1))"
    ));
    spec.outputs = vec![Grant::new(folder.path().join("out"), "/out")];
    // More than a pipe holds, and every byte.
    let input: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let ended = ran(&spec, &input);
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert_eq!(stdout(&ended), "b''\n");
    assert!(ended.waited.is_some(), "it is said that it waited");
    assert_eq!(fs::read(folder.path().join("out/got")).unwrap(), input);
    // A job that did not wait has nothing there, and no such input.
    let ended = sandbox().run(&job("print(os.read(0, 1))"), None).unwrap();
    assert_eq!((stdout(&ended).as_str(), ended.waited), ("b''\n", None));
}

#[test]
fn a_program_that_does_not_read_makes_nobody_wait() {
    let ended = ran(&job("print('done')"), &vec![7; 3_000_000]);
    assert_outcome(&ended, Outcome::Exited, Some(0));
}

#[test]
fn what_runs_before_the_input_is_in_the_jail_already() {
    let program = "
import socket
tries('network', lambda: socket.socket())
tries('write', lambda: open('/usr/planted', 'w'))
tries('host', lambda: os.listdir('/home'))
tries('root', lambda: os.setuid(0) or os.listdir('/root'))
tries('trace', lambda: open('/proc/1/mem', 'rb'))
print('capabilities', [l for l in open('/proc/self/status') if l.startswith(('CapEff', 'Seccomp:', 'NoNewPrivs'))])
";
    let ended = ran(&job(&format!("{program}{READ}print('input', got)")), b"it");
    assert_outcome(&ended, Outcome::Exited, Some(0));
    let text = stdout(&ended);
    assert!(!text.contains("GOT"), "{text}");
    assert!(text.contains("CapEff:\\t0000000000000000"), "{text}");
    assert!(text.contains("NoNewPrivs:\\t1"), "{text}");
    assert!(text.contains("Seccomp:\\t2"), "{text}");
    assert!(text.ends_with("input b'it'\n"), "{text}");
}

#[test]
fn cpu_time_counts_from_the_input() {
    let marker = format!("cpu-{}", std::process::id());
    let burn = "import time\nwhile time.process_time() < 1.5: pass\n";
    let second = |program: String| {
        let mut spec = job(&program);
        spec.limits.cpu = Duration::from_secs(1);
        sandbox().prepare(&spec).unwrap()
    };
    let mut prepared = second(format!("# {marker}\n{burn}{READ}"));
    eventually("it has computed", || {
        processes_with(&marker)
            .into_iter()
            .any(|pid| cpu_ticks(pid) >= 140)
    });
    assert!(prepared.is_waiting());
    let ended = prepared.run(b"", None).unwrap();
    assert_outcome(&ended, Outcome::Exited, Some(0));
    let (waited, used) = (ended.waited.unwrap(), ended.usage);
    assert!(waited.cpu_ms >= 1_400, "{waited:?}");
    assert!(used.cpu_user_ms + used.cpu_system_ms >= 1_400, "{used:?}");
    let ended = second(format!("{READ}{burn}")).run(b"", None).unwrap();
    assert_outcome(&ended, Outcome::Cpu, None);
}

/// Hundredths of a second that a process has computed.
fn cpu_ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let times = fields.split(' ').skip(11).take(2);
    times.filter_map(|time| time.parse::<u64>().ok()).sum()
}

#[test]
fn wall_clock_time_counts_from_the_input() {
    let mut spec = JailSpec::new(["/bin/cat"]);
    spec.limits.wall = Duration::from_secs(3);
    let mut prepared = sandbox().prepare(&spec).unwrap();
    // The passing of time is what is tested.
    std::thread::sleep(spec.limits.wall + Duration::from_millis(100));
    assert!(prepared.is_waiting());
    let ended = prepared.run(b"late", None).unwrap();
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert_eq!(stdout(&ended), "late");
    assert!(ended.waited.unwrap().wall_ms >= 3_000);
    assert!(ended.usage.wall_ms <= 3_000, "{:?}", ended.usage);
    let mut spec = job(&format!("{READ}\nimport time; time.sleep(1000)"));
    spec.limits.wall = Duration::from_millis(300);
    assert_outcome(&ran(&spec, b""), Outcome::Timeout, None);
}

#[test]
fn other_limits_hold_before_the_input_too() {
    let mut spec = job(&format!("held = bytearray(300 << 20)\n{READ}"));
    spec.limits.memory = 100 << 20;
    assert_outcome(&ran(&spec, b""), Outcome::Memory, None);
}

#[test]
fn what_cannot_start_says_so_when_it_is_to_run() {
    let mut prepared = sandbox().prepare(&JailSpec::new(["/no/such"])).unwrap();
    eventually("the refusal", || !prepared.is_waiting());
    let error = prepared.run(b"", None).unwrap_err();
    assert_eq!(error.code(), "SS-SANDBOX-013", "{error}");
}

#[test]
fn a_job_that_gets_no_input_leaves_nothing() {
    let folder = directory();
    let marker = format!("dropped-{}", std::process::id());
    let mut spec = job(&format!(
        "# {marker}\nopen('/out/a', 'w').write('x')\n{READ}"
    ));
    spec.outputs = vec![Grant::new(folder.path().join("out"), "/out")];
    let prepared = sandbox().prepare(&spec).unwrap();
    eventually("it runs", || !processes_with(&marker).is_empty());
    drop(prepared);
    eventually("it is gone", || processes_with(&marker).is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_job_whose_supervisor_is_killed_leaves_nothing() {
    let folder = directory();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hold_a_job_that_waits", "--nocapture"])
        .env(HOLD, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let marker = format!("held in {}", folder.path().display());
    eventually("it runs", || !processes_with(&marker).is_empty());
    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually("it is gone", || processes_with(&marker).is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// No test of its own: what the one above kills.
#[test]
fn hold_a_job_that_waits() {
    let Some(folder) = std::env::var_os(HOLD) else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let mut spec = job(&format!("# held in {}\n{READ}", folder.display()));
    spec.outputs = vec![Grant::new(folder.join("out"), "/out")];
    let prepared = sandbox().prepare(&spec).unwrap();
    // Its own standard input never ends here.
    let (mut reader, _writer) = std::io::pipe().unwrap();
    let _ = reader.read(&mut [0]);
    drop(prepared);
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
