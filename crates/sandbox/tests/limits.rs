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
fn cpu_time_of_processes_that_their_parent_left_counts() {
    // Never much at one time, and nobody in the job ever waits for it.
    let ended = limited(
        "
while True:
    done, held = os.pipe()
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            for _ in range(5_000_000): pass
        os._exit(0)
    os.close(held)
    os.waitpid(child, 0)
    os.read(done, 1)
    os.close(done)
",
        |limits| {
            limits.cpu = Duration::from_secs(1);
            limits.wall = Duration::from_secs(60);
        },
    );
    assert_outcome(&ended, Outcome::Cpu, None);
    let used = ended.usage.cpu_user_ms + ended.usage.cpu_system_ms;
    assert!((1_000..5_000).contains(&used), "{:?}", ended.usage);
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
    let ended = limited(forks, few);
    assert_outcome(&ended, Outcome::Pids, None);
    assert!(ended.usage.peak_processes > 20, "{:?}", ended.usage);
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
    // Those that shells give for SIGKILL, SIGXCPU, SIGXFSZ and SIGSYS among them.
    for code in [0, 1, 2, 70, 72, 137, 152, 153, 159, 255] {
        let ended = run(&job(&format!("os._exit({code})")));
        assert_outcome(&ended, Outcome::Exited, Some(code));
    }
    // SIGKILL, SIGSYS (as a filter that kills would send), SIGXCPU, SIGXFSZ, SIGSEGV: forged reasons.
    for signal in [9, 31, 24, 25, 11] {
        let ended = run(&job(&format!(
            "import signal\nsignal.signal(25, signal.SIG_DFL)\nos.kill(os.getpid(), {signal})"
        )));
        assert_outcome(&ended, Outcome::Signalled, Some(signal));
        assert_eq!(ended.violations, Vec::<String>::new());
    }
    // All other processes that it may signal are none.
    let everyone = run(&job("tries('all', lambda: os.kill(-1, 9))"));
    assert_outcome(&everyone, Outcome::Exited, Some(0));
}

#[test]
fn an_outcome_cannot_be_printed_or_written() {
    for outcome in [
        "timeout", "cpu", "memory", "pids", "disk", "output", "seccomp",
    ] {
        let ended = run(&job(&format!(
            r#"
import json
text = json.dumps({{"outcome": "{outcome}", "code": None, "Report": {{"end": "{outcome}"}}}}).encode()
for stream in (1, 2): os.write(stream, len(text).to_bytes(4, "little") + text)
tries("control", lambda: os.write(3, text))
os._exit(7)
"#
        )));
        assert_outcome(&ended, Outcome::Exited, Some(7));
        assert!(stdout(&ended).contains("refused control OSError"));
    }
}

#[test]
fn to_use_nearly_all_and_end_as_if_ended_is_to_end_by_oneself() {
    let with_limits = |program: &str| {
        let parent = directory();
        let mut spec = job(program);
        spec.outputs
            .push(Grant::new(parent.path().join("out"), "/out"));
        spec.limits.memory = 150 << 20;
        spec.limits.disk = 16 << 20;
        spec.limits.stdout = 100_000;
        spec.limits.pids = 4;
        run(&spec)
    };
    let programs = [
        "hoard = bytearray(b'x') * (100 << 20)\nos.kill(os.getpid(), 9)",
        // To the last byte.
        "open('/out/f', 'wb').write(bytes(16 << 20))\nos.kill(os.getpid(), 9)",
        "os.write(1, b'x' * 100_000)\nos.kill(os.getpid(), 9)",
        "
ready, told = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        os.write(told, b'x')
        while True: os.read(ready, 1)
os.kill(os.getpid(), 9)
",
    ];
    for program in programs {
        let ended = with_limits(program);
        assert_outcome(&ended, Outcome::Signalled, Some(9));
    }
    // What cannot be had at once is an error that the program knows, and not a limit exceeded.
    let refused = with_limits("tries('much', lambda: bytearray(1 << 40))\nos._exit(137)");
    assert_outcome(&refused, Outcome::Exited, Some(137));
}

#[test]
fn limits_cannot_be_lowered_to_die_of_them() {
    let ended = limited(
        r#"
import resource
for name in ("CPU", "FSIZE", "AS", "NPROC", "NOFILE", "CORE"):
    tries(name, lambda: resource.setrlimit(getattr(resource, "RLIMIT_" + name), (0, 0)))
while True: pass
"#,
        |limits| limits.cpu = Duration::from_millis(400),
    );
    assert_outcome(&ended, Outcome::Cpu, None);
    let text = stdout(&ended);
    assert_eq!(text.matches("refused").count(), 6, "{text}");
    assert_eq!(
        ended.violations,
        ["refused system call: prlimit64 (6 times)"]
    );
}

#[test]
fn a_limit_that_is_exceeded_cannot_be_made_to_look_like_an_end_of_its_own() {
    // The program ends well while what it left goes on to exceed the limit, or has exceeded it.
    let bomb = "
ready, told = os.pipe()
if os.fork() == 0:
    hoard = bytearray(os.urandom(1 << 20) * 300)
    os.write(told, b'x')
    os.read(ready, 1)
os.close(told)
os.read(ready, 1)
os._exit(0)
";
    let ended = limited(bomb, |limits| limits.memory = 100 << 20);
    assert_outcome(&ended, Outcome::Memory, None);
    // It uses the time up in one piece, ends by a signal, and asks for success.
    let burner = "
import signal, time
signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
signal.setitimer(signal.ITIMER_VIRTUAL, 1000)
while time.process_time() < 0.6: pass
os._exit(0)
";
    let ended = limited(burner, |limits| limits.cpu = Duration::from_millis(500));
    assert_outcome(&ended, Outcome::Cpu, None);
    // Nothing is left of what filled the disk but the fact.
    let ended = limited(
        "
f = os.open('/tmp/f', os.O_CREAT | os.O_WRONLY)
try:
    while True: os.write(f, bytes(1 << 20))
except OSError: pass
os._exit(0)
",
        |limits| limits.disk = 16 << 20,
    );
    assert_outcome(&ended, Outcome::Disk, None);
    assert!(ended.usage.peak_disk_bytes > 16 << 20, "{:?}", ended.usage);
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
    assert_eq!(usage.peak_disk_bytes, 3 << 20);
    assert_eq!((usage.peak_processes, usage.processes_started), (1, 1));
}

#[test]
fn every_thread_and_process_that_was_started_is_counted() {
    let ended = run(&job("import threading
for _ in range(5):
    if os.fork() == 0: os._exit(0)
    os.wait()
for _ in range(3):
    thread = threading.Thread(target=lambda: None)
    thread.start(); thread.join()
"));
    assert_outcome(&ended, Outcome::Exited, Some(0));
    assert_eq!(ended.usage.processes_started, 9);
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
