//! Programs that use up what they can get, or end in odd ways: the outcome is exact, and what
//! counts as evidence is the jail's own.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use silversmith_sandbox::{Ended, Grant, JailSpec, Limits, Outcome};
use support::{directory, job, processes_with, run, sandbox, stdout};

fn limited(program: &str, change: impl FnOnce(&mut Limits)) -> Ended {
    let mut spec = job(program);
    change(&mut spec.limits);
    run(&spec)
}

fn assert_outcome(ended: &Ended, outcome: Outcome, code: Option<i32>) {
    let text = stdout(ended) + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!((ended.outcome, ended.code), (outcome, code), "{text}");
}

#[test]
fn a_program_that_sleeps_is_ended_by_the_clock() {
    let ended = limited("import time; time.sleep(1000)", |limits| {
        limits.wall = Duration::from_millis(300);
    });
    assert_outcome(&ended, Outcome::Timeout, None);
    assert!(
        ended.usage.peak_memory_bytes > 0,
        "usage is known: {:?}",
        ended.usage
    );
}

#[test]
fn a_program_that_ignores_signals_and_hides_in_sessions_is_ended_by_the_clock() {
    let ended = limited(
        r#"
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
time.sleep(1000)
"#,
        |limits| limits.wall = Duration::from_millis(500),
    );
    assert_outcome(&ended, Outcome::Timeout, None);
}

#[test]
fn a_program_that_stops_itself_is_ended_by_the_clock() {
    let ended = limited(
        "import signal; os.kill(os.getpid(), signal.SIGSTOP)",
        |limits| {
            limits.wall = Duration::from_millis(300);
        },
    );
    assert_outcome(&ended, Outcome::Timeout, None);
}

#[test]
fn cpu_time_is_limited_for_one_process_and_for_many() {
    let second = |limits: &mut Limits| limits.cpu = Duration::from_millis(400);
    assert_outcome(&limited("while True: pass", second), Outcome::Cpu, None);
    // A signal handler does not help.
    let handler = "import signal; signal.signal(signal.SIGXCPU, lambda *_: None)\nwhile True: pass";
    assert_outcome(&limited(handler, second), Outcome::Cpu, None);
    // Each of these children stays below the limit.
    let many = "
while True:
    if os.fork() == 0:
        for _ in range(200_000): pass
        os._exit(0)
    os.wait()
";
    assert_outcome(&limited(many, second), Outcome::Cpu, None);
}

#[test]
fn memory_is_limited_for_one_process_for_many_and_for_threads_left_behind() {
    let small = |limits: &mut Limits| limits.memory = 100 << 20;
    let bombs = [
        "hoard = []\nwhile True: hoard.append(bytearray(1 << 20))",
        // Each child holds less than the limit.
        "
import time
for _ in range(8):
    if os.fork() == 0:
        hoard = bytearray(os.urandom(1 << 20) * 40)
        time.sleep(1000)
time.sleep(1000)
",
        // Where the first thread has ended, /proc tells of no memory under the process's number.
        "
import ctypes, threading, time
def hoard():
    held = []
    while True: held.append(bytearray(os.urandom(1 << 20)))
threading.Thread(target=hoard).start()
SYS_exit = {'x86_64': 60, 'aarch64': 93}[os.uname().machine]
ctypes.CDLL(None).syscall(SYS_exit, 0)
",
    ];
    for bomb in bombs {
        assert_outcome(&limited(bomb, small), Outcome::Memory, None);
    }
}

/// Such memory lasts until its last mapping is gone, and counts for no process once that one has
/// let go of the pages.
#[test]
fn there_is_no_memory_that_no_process_is_charged_for() {
    let ended = limited(
        "
import mmap
tries('shared', lambda: mmap.mmap(-1, 1 << 20, flags=mmap.MAP_SHARED))
tries('zero', lambda: mmap.mmap(os.open('/dev/zero', os.O_RDWR), 1 << 20))
tries('memfd', lambda: os.memfd_create('x'))
mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE).write(b'x')
",
        |_| {},
    );
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert_eq!(stdout(&ended).matches("refused").count(), 3);
}

#[test]
fn memory_shared_after_a_fork_is_counted_once() {
    let ended = limited(
        r#"
import time
hoard = bytearray(os.urandom(1 << 20) * 60)
children = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.3)
        os._exit(0)
    children.append(pid)
for pid in children: os.waitpid(pid, 0)
print("END")
"#,
        |limits| limits.memory = 200 << 20,
    );
    assert_outcome(&ended, Outcome::Exited, Some(0));
}

#[test]
fn a_single_enormous_allocation_is_refused() {
    let ended = limited("tries('huge', lambda: bytearray(1 << 42))", |_| {});
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert!(stdout(&ended).starts_with("refused huge MemoryError"));
}

#[test]
fn processes_and_threads_are_limited() {
    let few = |limits: &mut Limits| limits.pids = 20;
    let forks = "
import time
while True:
    try:
        if os.fork() == 0: time.sleep(1000)
    except OSError:
        time.sleep(0.01)
";
    assert_outcome(&limited(forks, few), Outcome::Pids, None);
    let threads = "
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(1000,)).start()
    except RuntimeError: time.sleep(0.01)
";
    assert_outcome(&limited(threads, few), Outcome::Pids, None);
    // The classic, every process of which forks on.
    assert_outcome(
        &limited("while True:\n try: os.fork()\n except OSError: pass", few),
        Outcome::Pids,
        None,
    );
}

#[test]
fn as_many_processes_as_the_limit_are_allowed() {
    let ended = limited(
        r#"
import time
for _ in range(7):
    if os.fork() == 0:
        time.sleep(0.3)
        os._exit(0)
for _ in range(7): os.wait()
print("END")
"#,
        |limits| limits.pids = 8,
    );
    assert_outcome(&ended, Outcome::Exited, Some(0));
}

#[test]
fn disk_is_limited_by_bytes_and_by_number_of_files_and_nothing_is_delivered() {
    let bombs = [
        "f = open('/out/f', 'wb')\nwhile True: f.write(bytes(1 << 20)); f.flush()",
        "f = open('/tmp/f', 'wb')\nwhile True: f.write(bytes(1 << 20)); f.flush()",
        "n = 0\nwhile True: n += 1; open(f'/out/{n}', 'w').write('x' * (1 << 16))",
        "n = 0\nwhile True: n += 1; open(f'/out/{n}', 'w').close()",
        "n = 0\nwhile True: n += 1; os.symlink('x' * 4000, f'/out/{n}')",
        // A hole costs nothing inside and everything once it is copied.
        "
for n in range(9):
    with open(f'/out/{n}', 'wb') as f: f.truncate(8 << 20)
",
    ];
    for bomb in bombs {
        let parent = directory();
        let out = parent.path().join("out");
        let mut spec = job(bomb);
        spec.outputs.push(Grant::new(&out, "/out"));
        spec.limits.disk = 16 << 20;
        let ended = run(&spec);
        assert_outcome(&ended, Outcome::Disk, None);
        assert!(!ended.delivered && !out.exists(), "{bomb}");
        assert_eq!(
            std::fs::read_dir(parent.path()).unwrap().count(),
            0,
            "{bomb}"
        );
    }
}

#[test]
fn a_file_larger_than_the_disk_limit_cannot_be_made() {
    let ended = limited(
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n\
         tries('sparse', lambda: os.truncate(os.open('/tmp/f', os.O_CREAT | os.O_RDWR), 1 << 40))",
        |_| {},
    );
    assert!(
        stdout(&ended).starts_with("refused sparse OSError"),
        "{}",
        stdout(&ended)
    );
}

#[test]
fn output_is_limited_on_both_streams() {
    for stream in [1, 2] {
        let ended = limited(
            &format!("while True: os.write({stream}, b'x' * 65536)"),
            |limits| {
                limits.stdout = 1 << 20;
            },
        );
        assert_outcome(&ended, Outcome::Output, None);
        assert!(ended.stdout.len() <= 1 << 20 && ended.stderr.len() <= 1 << 20);
    }
    let exactly = limited("os.write(1, b'x' * 1000)", |limits| limits.stdout = 1000);
    assert_outcome(&exactly, Outcome::Exited, Some(0));
    // It may end before it is noticed, and is noticed all the same.
    let short = limited("os.write(1, b'x' * 1001)", |limits| limits.stdout = 1000);
    assert_outcome(&short, Outcome::Output, None);
}

#[test]
fn exit_codes_and_signals_are_the_programs_own() {
    for code in [0, 1, 2, 70, 72, 137, 255] {
        let ended = run(&job(&format!("os._exit({code})")));
        assert_outcome(&ended, Outcome::Exited, Some(code));
    }
    // SIGKILL, SIGSYS (as a filter that kills would send), SIGXCPU, SIGSEGV: forged reasons.
    for signal in [9, 31, 24, 11] {
        let ended = run(&job(&format!("os.kill(os.getpid(), {signal})")));
        assert_outcome(&ended, Outcome::Signalled, Some(signal));
    }
    // All other processes that it may signal are none.
    let everyone = run(&job("tries('all', lambda: os.kill(-1, 9))"));
    assert_outcome(&everyone, Outcome::Exited, Some(0));
}

#[test]
fn a_daemon_does_not_outlive_its_job() {
    let marker = format!("daemon-of-{}-{}", std::process::id(), "a1");
    let ended = run(&job(&format!(
        r#"
import time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-ISB", "-c",
            "import time; print('daemon', flush=True); time.sleep(1000)", {marker:?}])
    os._exit(0)
os.wait()
while not any(n.isdigit() and open(f"/proc/{{n}}/cmdline").read().find({marker:?}) >= 0
              for n in os.listdir("/proc") if n.isdigit() and n != str(os.getpid())):
    time.sleep(0.005)
"#
    )));
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert_eq!(processes_with(&marker), Vec::<u32>::new());
}

#[test]
fn lines_are_told_as_they_come_and_the_last_one_without_its_line_feed() {
    let mut lines = Vec::new();
    let mut on_line = |line: &[u8]| lines.push(String::from_utf8_lossy(line).into_owned());
    let spec = job("sys.stdout.write('one\\n\\ntwo')");
    sandbox().run(&spec, Some(&mut on_line)).unwrap();
    assert_eq!(lines, ["one", "", "two"]);
}

#[test]
fn what_cannot_be_started_is_an_error_and_not_an_outcome() {
    let missing = sandbox()
        .run(&JailSpec::new(["/no/such/program"]), None)
        .unwrap_err();
    assert_eq!(missing.code(), "SS-SANDBOX-013");
    let not_a_program = sandbox()
        .run(&JailSpec::new(["/etc/ld.so.cache"]), None)
        .unwrap_err();
    assert_eq!(not_a_program.code(), "SS-SANDBOX-013");
    let mut spec = job("pass");
    spec.working_directory = "/no/such".into();
    assert_eq!(
        sandbox().run(&spec, None).unwrap_err().code(),
        "SS-SANDBOX-008"
    );
}

#[test]
fn a_helper_that_is_another_program_is_an_error() {
    for helper in ["/usr/bin/true", "/no/such/helper", "/usr/bin/cat"] {
        let error = sandbox()
            .with_helper(helper)
            .run(&job("pass"), None)
            .unwrap_err();
        assert_eq!(error.code(), "SS-SANDBOX-002", "{helper}");
        assert!(error.is_missing_protection());
    }
}

#[test]
fn usage_is_measured() {
    let ended = run(&job(
        "open('/tmp/f', 'wb').write(bytes(3 << 20))\nhoard = bytearray(os.urandom(1 << 20) * 30)\n\
         for _ in range(3_000_000): pass",
    ));
    assert_outcome(&ended, Outcome::Exited, Some(0));
    let usage = ended.usage;
    assert_eq!(usage.bytes_written, 3 << 20);
    assert!(usage.peak_memory_bytes > 30 << 20, "{usage:?}");
    assert!(usage.cpu_user_ms > 0 && usage.wall_ms > 0, "{usage:?}");
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
