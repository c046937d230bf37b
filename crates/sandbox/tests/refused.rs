//! System calls that are refused: each has no effect, is told by the jail itself, and those that no
//! job has a reason for end it.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use silversmith_sandbox::{Ended, Grant, Outcome};
use support::{directory, job, run, sandbox, stdout};

/// Makes system calls by number.
const CALL: &str = r#"
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    arguments = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result == -1 and ctypes.get_errno() == 38:
        raise OSError("ENOSYS")
    return result, ctypes.get_errno()
"#;

fn violations(ended: &Ended) -> Vec<&str> {
    ended.violations.iter().map(String::as_str).collect()
}

/// The job went on after each call, and is said to have made them.
fn goes_on(program: &str, expected: &[&str]) {
    let ended = run(&job(&format!("{CALL}\n{program}\nprint('END')")));
    let text = stdout(&ended);
    assert_eq!(ended.outcome, Outcome::Exited, "{text}");
    assert!(text.ends_with("END\n") && !text.contains("GOT"), "{text}");
    assert_eq!(violations(&ended), expected, "{text}");
    assert!(ended.delivered);
}

/// The call was the last thing that the job did, whatever it does about signals.
fn ends(program: &str, name: &str) {
    let ended = run(&job(&format!(
        "{CALL}
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
print('BEGIN', flush=True)
tries('ending', lambda: {program})
os._exit(0)"
    )));
    assert_eq!(
        (ended.outcome, ended.code),
        (Outcome::Seccomp, None),
        "{name}"
    );
    assert_eq!(
        violations(&ended),
        [format!(
            "refused system call: {name} (1 time), which ends a job"
        )]
    );
    assert_eq!(stdout(&ended), "BEGIN\n", "{name}");
    assert!(!ended.delivered && !ended.is_clean());
    assert!(ended.usage.cpu_user_ms + ended.usage.cpu_system_ms > 0);
}

#[test]
fn refused_calls_are_counted_by_name_and_the_job_goes_on() {
    goes_on(
        r#"
import socket
for family in (socket.AF_INET, socket.AF_UNIX, 40):
    tries("socket", lambda: socket.socket(family, socket.SOCK_STREAM))
tries("pair", lambda: socket.socketpair())
tries("pipe", lambda: os.mkfifo("/tmp/pipe"))
tries("memory", lambda: os.memfd_create("x"))
"#,
        &[
            "refused system call: memfd_create (1 time)",
            "refused system call: mknodat (1 time)",
            "refused system call: socket (3 times)",
            "refused system call: socketpair (1 time)",
        ],
    );
}

#[test]
fn calls_of_children_and_threads_are_recorded_too() {
    goes_on(
        r#"
import socket, threading
def refused(): tries("socket", lambda: socket.socket())
thread = threading.Thread(target=refused)
thread.start(); thread.join()
if os.fork() == 0:
    refused()
    os.execv(sys.executable, [sys.executable, "-ISB", "-c", "import socket\ntry: socket.socket()\nexcept OSError: pass"])
os.wait()
"#,
        &["refused system call: socket (3 times)"],
    );
}

#[test]
fn a_child_that_waits_for_an_answer_when_the_program_ends_is_heard() {
    // The child's call may come before or after the parent's end. Either way it is not answered
    // with anything but an error, and never gets through.
    let ended = run(&job(&format!(
        "{CALL}\nif os.fork() == 0:\n    print('GOT', call(165, 0, 0, 0, 0, 0))\n\
         os._exit(0)"
    )));
    assert!(matches!(ended.outcome, Outcome::Exited | Outcome::Seccomp));
    assert_eq!(stdout(&ended), "");
}

#[test]
fn what_ordinary_programs_try_is_no_violation() {
    let ended = run(&job(r#"
import pwd, shutil, subprocess, threading, concurrent.futures
open("/tmp/a", "w").write("x")
shutil.copy2("/tmp/a", "/tmp/b")
try: pwd.getpwuid(os.getuid())
except KeyError: pass
os.path.expanduser("~")
subprocess.run(["/bin/sh", "-c", "cp -a /tmp/a /tmp/c; ls -l /tmp; sort /tmp/a; id"], stdout=subprocess.DEVNULL)
with concurrent.futures.ThreadPoolExecutor(4) as pool: list(pool.map(abs, range(99)))
os.sync()
"#));
    assert_eq!((ended.outcome, ended.code), (Outcome::Exited, Some(0)));
    assert_eq!(violations(&ended), Vec::<&str>::new());
    assert!(ended.is_clean());
}

#[cfg(target_arch = "x86_64")]
#[test]
fn dangerous_calls_are_answered_with_an_error() {
    let calls = [
        ("personality", 135),
        ("shmget", 29),
        ("semget", 64),
        ("msgget", 68),
        ("setuid", 105),
        ("mlock", 149),
        ("io_setup", 206),
        ("splice", 275),
        ("vmsplice", 278),
        ("signalfd", 282),
        ("fanotify_init", 300),
        ("seccomp", 317),
        ("pkey_alloc", 330),
        ("pidfd_send_signal", 424),
        ("pidfd_open", 434),
        ("clone3", 435),
        ("landlock_create_ruleset", 444),
        ("memfd_secret", 447),
        ("sendmsg", 46),
        ("number 9999", 9999),
    ];
    let unrecorded = [
        "mlock",
        "seccomp",
        "pkey_alloc",
        "clone3",
        "landlock_create_ruleset",
        "sendmsg",
    ];
    let mut program: String = calls
        .map(|(name, number)| {
            format!("tries('{name}', lambda: call({number}, 0, 0, 0, 0, 0, 0))\n")
        })
        .concat();
    program += "tries('TIOCSTI', lambda: call(16, 0, 0x5412, b'x'))\n\
                tries('PR_SET_DUMPABLE', lambda: call(157, 4, 1, 0, 0, 0))\n";
    let mut names: Vec<_> = calls
        .iter()
        .map(|&(name, _)| name)
        .filter(|name| !unrecorded.contains(name))
        .chain(["ioctl", "prctl"])
        .collect();
    names.sort_unstable();
    let expected: Vec<_> = names
        .iter()
        .map(|name| format!("refused system call: {name} (1 time)"))
        .collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    goes_on(&program, &expected);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn calls_that_no_job_has_a_reason_for_end_it() {
    let calls = [
        ("ptrace", 101),
        ("pivot_root", 155),
        ("chroot", 161),
        ("mount", 165),
        ("umount2", 166),
        ("swapon", 167),
        ("reboot", 169),
        ("sethostname", 170),
        ("iopl", 172),
        ("init_module", 175),
        ("add_key", 248),
        ("keyctl", 250),
        ("unshare", 272),
        ("perf_event_open", 298),
        ("open_by_handle_at", 304),
        ("setns", 308),
        ("process_vm_readv", 310),
        ("kcmp", 312),
        ("finit_module", 313),
        ("kexec_file_load", 320),
        ("bpf", 321),
        ("userfaultfd", 323),
        ("io_uring_setup", 425),
        ("open_tree", 428),
        ("fsopen", 430),
        ("pidfd_getfd", 438),
        ("mount_setattr", 442),
        ("open_tree_attr", 467),
    ];
    for (name, number) in calls {
        ends(&format!("call({number}, 0, 0, 0, 0, 0, 0)"), name);
    }
    // A namespace of each kind, as glibc would not ask for it. The upper half of the flags is
    // ignored by the kernel and must be by the filter.
    for flag in [
        0x0002_0000_u64,
        0x0200_0000,
        0x0400_0000,
        0x0800_0000,
        0x1000_0000,
        0x2000_0000,
        0x4000_0000,
        0x1000_0000 | 1 << 40,
    ] {
        ends(&format!("call(56, {}, 0, 0, 0, 0)", flag | 17), "clone");
    }
    ends("os.mknod('/tmp/x', 0o20666, os.makedev(1, 1))", "mknodat");
    ends("call(133, b'/tmp/x', 0o60666, 0)", "mknod");
    ends(
        "call(0x40000000 + 39)",
        "number 1073741863 of another architecture",
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn system_calls_of_the_32_bit_table_end_a_job() {
    // mov eax, 20 (getpid); int 0x80; ret
    let data = directory();
    fs::write(
        data.path().join("code"),
        [0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3],
    )
    .unwrap();
    // A job cannot make code of its own, but what it is granted may hold some.
    let program = r#"
libc.mmap.restype = ctypes.c_void_p
place = libc.mmap(None, 4096, 5, 2, os.open("/data/code", os.O_RDONLY), 0)
tries("32 bits", ctypes.CFUNCTYPE(ctypes.c_int)(place))
"#;
    let mut spec = job(&format!("{CALL}{program}"));
    spec.read_only.push(Grant::new(data.path(), "/data"));
    let ended = run(&spec);
    // Where the kernel has no such calls the attempt ends the program.
    let is_ended_by_kernel = ended.outcome == Outcome::Signalled && ended.violations.is_empty();
    let is_noticed = ended.outcome == Outcome::Seccomp
        && ended.violations[0].contains("number 20 of another architecture");
    assert!(is_ended_by_kernel || is_noticed, "{ended:?}");
    assert_eq!(stdout(&ended), "");
}

#[test]
fn a_flood_of_refused_calls_does_not_keep_limits_from_holding() {
    let flood = r#"
import socket, threading, time
def flood():
    while True:
        try: socket.socket()
        except OSError: pass
for _ in range(6):
    if os.fork() == 0: flood()
hoard = []
while True: hoard.append(bytearray(os.urandom(1 << 20)))
"#;
    let mut spec = job(flood);
    spec.limits.memory = 200 << 20;
    let ended = run(&spec);
    assert_eq!((ended.outcome, ended.code), (Outcome::Memory, None));
    assert_eq!(ended.violations.len(), 1, "{:?}", ended.violations);
    // Nothing but the flood: the clock is the supervisor's.
    let mut spec = job("import socket\nwhile True:\n try: socket.socket()\n except OSError: pass");
    spec.limits.wall = std::time::Duration::from_millis(500);
    assert_eq!(run(&spec).outcome, Outcome::Timeout);
}

#[test]
fn a_program_cannot_write_a_notice_itself() {
    // The words of a notice, on every way out that a program has, and the signal that a filter which
    // kills would send.
    let ended = run(&job(r#"
import signal
for stream in (1, 2):
    os.write(stream, b'{"Report":{"end":"Seccomp"}}\nrefused system call: ptrace (1 time)\n')
for descriptor in range(3, 64):
    try: os.write(descriptor, b"x")
    except OSError: continue
    print("GOT", descriptor)
os.kill(os.getpid(), signal.SIGSYS)
"#));
    assert_eq!((ended.outcome, ended.code), (Outcome::Signalled, Some(31)));
    assert_eq!(violations(&ended), Vec::<&str>::new());
    assert!(!stdout(&ended).contains("GOT"));
}

fn seccomp_layer(ended: &Ended) -> &str {
    let layer = ended.layers.iter().find(|layer| layer.name == "seccomp");
    &layer.unwrap().detail
}

#[test]
fn where_no_notice_can_be_had_calls_are_refused_all_the_same_and_the_record_says_so() {
    assert!(seccomp_layer(&run(&job("pass"))).ends_with("refused calls are recorded"));
    // A filter around the helper that has a listener already, as some containers have one. Who holds
    // that listener dies with the helper.
    let directory = directory();
    let helper = directory.path().join("listened-to");
    let script = directory.path().join("script");
    let real = sandbox_helper();
    fs::write(
        &script,
        format!(
            r#"#!{python} -ISB
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7fff0000))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program(1, ctypes.addressof(allow))
assert libc.prctl(38, 1, 0, 0, 0) == 0
seccomp = 317 if os.uname().machine == "x86_64" else 277
assert libc.syscall(seccomp, 1, 8, ctypes.byref(program)) >= 0
ready, told = os.pipe()
if os.fork() == 0:
    libc.prctl(1, 9, 0, 0, 0)
    for descriptor in (0, 1, 2): os.close(descriptor)
    os.write(told, b"x")
    while True: libc.pause()
os.read(ready, 1)
os.execv({real:?}, ["helper", *sys.argv[1:]])
"#,
            python = support::python_path().display(),
        ),
    )
    .unwrap();
    fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    support::copy_program(&script, &helper);
    let outer = sandbox().with_helper(&helper);
    let spec = job("import socket\ntries('socket', socket.socket)\nprint('END')");
    let ended = outer.run(&spec, None).unwrap();
    assert_eq!((ended.outcome, ended.code), (Outcome::Exited, Some(0)));
    let text = stdout(&ended);
    assert!(
        text.starts_with("refused socket OSError") && text.ends_with("END\n"),
        "{text}"
    );
    assert!(seccomp_layer(&ended).contains("not recorded"), "{ended:?}");
    assert_eq!(violations(&ended), Vec::<&str>::new());
    // What would end a job is refused too.
    let ended = outer
        .run(&job("tries('chroot', lambda: os.chroot('/tmp'))"), None)
        .unwrap();
    assert_eq!(ended.outcome, Outcome::Exited);
    assert!(stdout(&ended).starts_with("refused chroot OSError"));
}

fn sandbox_helper() -> String {
    support::helper_path().to_str().unwrap().to_owned()
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
