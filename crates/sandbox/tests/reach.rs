//! Programs that reach for what is not theirs. Where it can be shown, the same program is run
//! without the jail first and does succeed, so that a refusal means something.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use silversmith_sandbox::{Grant, Outcome};
use support::{bare, directory, is_root, job, run, stdout};

/// Runs a program that must get nothing, and shows that it ran to its end.
fn gets_nothing(program: &str) -> String {
    let ended = run(&job(&format!("{program}\nprint('END')")));
    let text = stdout(&ended);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(
        (ended.outcome, ended.code),
        (Outcome::Exited, Some(0)),
        "{text}{errors}"
    );
    assert!(!text.contains("GOT"), "{text}");
    assert!(text.ends_with("END\n"), "{text}");
    assert!(text.contains("refused"), "{text}");
    text
}

/// As [`gets_nothing`], for a program that succeeds without the jail in everything it tries.
fn gets_nothing_but_would(program: &str) {
    let without = bare(program, &[]);
    assert!(
        without.contains("GOT") && !without.contains("refused"),
        "{without}"
    );
    gets_nothing(program);
}

#[test]
fn files_of_the_host_cannot_be_read() {
    let secret = directory();
    let path = secret.path().join("secret");
    fs::write(&path, "s3cret").unwrap();
    gets_nothing_but_would(&format!(
        r#"
tries("secret", lambda: open({path:?}).read())
tries("passwd", lambda: open("/etc/passwd").read())
tries("hostname", lambda: open("/etc/hostname").read())
tries("through the root of another process", lambda: os.listdir("/proc/self/root/var"))
tries("system settings", lambda: open("/proc/sys/kernel/core_pattern").read())
tries("the kernel's command line", lambda: open("/proc/cmdline").read())
tries("devices", lambda: os.listdir("/sys/class"))
tries("home directories", lambda: os.listdir("/home"))
tries("the parent of the root", lambda: os.listdir("/../../var"))
"#,
        path = path.to_str().unwrap(),
    ));
    gets_nothing(
        r#"tries("shadow", lambda: open("/etc/shadow").read()); tries("root", lambda: os.listdir("/root"))"#,
    );
}

#[test]
fn the_file_system_holds_what_was_granted_and_nothing_else() {
    let ended = run(&job(
        "print(sorted(os.listdir('/'))); print(sorted(os.listdir('/dev')))\n\
        print(sorted(os.listdir('/etc'))); print(os.listdir('/tmp'))",
    ));
    let text = stdout(&ended);
    let allowed = [
        "bin",
        "dev",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "proc",
        "sbin",
        "tmp",
        "usr",
        "fd",
        "full",
        "null",
        "random",
        "stderr",
        "stdin",
        "stdout",
        "urandom",
        "alternatives",
        "ld.so.cache",
        "localtime",
    ];
    for name in text
        .split(['[', ']', ',', '\'', '\n', ' '])
        .filter(|name| !name.is_empty())
    {
        assert!(allowed.contains(&name), "{name} in {text}");
    }
}

#[test]
fn nothing_outside_the_outputs_can_be_written() {
    let text = gets_nothing(
        r#"
for path in ("/x", "/usr/x", "/etc/x", "/dev/x", "/usr/bin/python3", "/proc/self/oom_score_adj",
             "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/etc/ld.so.preload"):
    tries(path, lambda: open(path, "w").write("x"))
tries("mkdir", lambda: os.mkdir("/x"))
tries("rename", lambda: os.rename("/tmp", "/tmp2"))
tries("remove", lambda: os.rmdir("/tmp"))
tries("link", lambda: os.symlink("/tmp", "/x"))
"#,
    );
    assert_eq!(text.matches("refused").count(), 13, "{text}");
}

#[test]
fn a_read_only_grant_cannot_be_changed_and_is_not_copied() {
    let data = directory();
    let file = data.path().join("in.csv");
    fs::write(&file, "a\n1\n").unwrap();
    // Private, as a user's data may be; the job reads it nevertheless.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let before = fs::metadata(&file).unwrap();
    let mut spec = job(r#"
print(open("/data/in.csv").read(), os.stat("/data/in.csv").st_ino)
tries("write", lambda: open("/data/in.csv", "w"))
tries("append", lambda: open("/data/in.csv", "a"))
tries("truncate", lambda: os.truncate("/data/in.csv", 0))
tries("chmod", lambda: os.chmod("/data/in.csv", 0o777))
tries("touch", lambda: os.utime("/data/in.csv"))
tries("remove", lambda: os.unlink("/data/in.csv"))
tries("rename", lambda: os.rename("/data/in.csv", "/data/out.csv"))
tries("create", lambda: open("/data/new", "w"))
tries("link out", lambda: os.link("/data/in.csv", "/tmp/in.csv"))
"#);
    spec.read_only.push(Grant::new(data.path(), "/data"));
    let text = stdout(&run(&spec));
    assert!(
        text.starts_with(&format!("a\n1\n {}\n", before.ino())),
        "{text}"
    );
    assert_eq!(text.matches("refused").count(), 9, "{text}");
    let after = fs::metadata(&file).unwrap();
    assert_eq!(
        (after.mtime(), after.mode(), after.uid()),
        (before.mtime(), before.mode(), before.uid())
    );
    assert_eq!(fs::read(&file).unwrap(), b"a\n1\n");
}

#[test]
fn a_link_inside_a_grant_leads_nowhere() {
    let data = directory();
    std::os::unix::fs::symlink("/etc/passwd", data.path().join("absolute")).unwrap();
    std::os::unix::fs::symlink("../../../../etc/passwd", data.path().join("relative")).unwrap();
    let mut spec = job(r#"
tries("absolute", lambda: open("/data/absolute").read())
tries("relative", lambda: open("/data/relative").read())
"#);
    spec.read_only.push(Grant::new(data.path(), "/data"));
    let text = stdout(&run(&spec));
    assert_eq!(text.matches("refused").count(), 2, "{text}");
}

#[test]
fn there_is_no_network_of_any_family() {
    gets_nothing_but_would(
        r#"
import socket
tries("inet", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
tries("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tries("inet6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
tries("unix", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
tries("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
tries("pair", lambda: socket.socketpair())
"#,
    );
    gets_nothing(
        r#"
import socket
for family in range(48):
    tries(str(family), lambda: socket.socket(family, socket.SOCK_STREAM))
tries("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
tries("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
tries("name", lambda: socket.getaddrinfo("localhost", 80, proto=socket.IPPROTO_TCP))
print(socket.if_nameindex) # the module itself is harmless
"#,
    );
}

#[test]
fn other_processes_are_neither_seen_nor_reached() {
    let own = std::process::id();
    gets_nothing_but_would(&format!(
        r#"
tries("signal", lambda: os.kill({own}, 0))
tries("environment of another", lambda: os.listdir("/proc/{own}"))
tries("status of init", lambda: open("/proc/1/status").read())
"#
    ));
    gets_nothing(
        r#"
tries("memory of init", lambda: open("/proc/1/mem", "rb"))
tries("program of init", lambda: open("/proc/1/exe", "rb"))
tries("root of init", lambda: os.listdir("/proc/1/root"))
tries("descriptors of init", lambda: os.listdir("/proc/1/fd"))
assert [n for n in os.listdir("/proc") if n.isdigit()] == [str(os.getpid())]
os.kill(os.getpid(), 0)
"#,
    );
}

#[test]
fn init_cannot_be_killed_from_inside() {
    let ended = run(&job(r#"
import signal
for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGSEGV):
    try: os.kill(1, number)
    except PermissionError: pass
print("END")
sys.exit(3)
"#));
    assert_eq!((ended.outcome, ended.code), (Outcome::Exited, Some(3)));
    assert_eq!(stdout(&ended), "END\n");
}

#[test]
fn no_privilege_is_left_and_none_can_be_had() {
    let text = gets_nothing(
        r#"
import resource
status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines())
print({key: status[key].strip() for key in
       ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")})
assert 0 not in (os.getuid(), os.geteuid(), os.getgid(), os.getegid())
tries("setuid", lambda: os.setuid(0))
tries("setgid", lambda: os.setgid(0))
tries("setgroups", lambda: os.setgroups([0]))
tries("nice", lambda: os.nice(-5))
tries("processes", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)))
tries("memory", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))
tries("core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
# With 0 a crash handler of the host would get the memory.
tries("no core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
assert resource.getrlimit(resource.RLIMIT_CORE) == (1, 1)
tries("terminal", lambda: os.open("/dev/tty", os.O_RDWR))
"#,
    );
    let none = "0000000000000000";
    for key in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert!(text.contains(&format!("'{key}': '{none}'")), "{text}");
    }
    assert!(text.contains("'NoNewPrivs': '1', 'Seccomp': '2'"), "{text}");
    if is_root() {
        let ended = run(&job(
            "print(os.getuid(), os.getgroups(), open('/proc/self/uid_map').read())",
        ));
        let text = stdout(&ended);
        let user: u32 = text.split(' ').next().unwrap().parse().unwrap();
        assert!(user > 65_533 && text.contains("[]"), "{text}");
    }
}

#[test]
fn the_environment_is_what_was_given() {
    let mut spec = job(r#"
print(sorted(os.environ.items()))
print(sorted(open("/proc/self/environ").read().split("\0")[:-1]))
print(os.uname().nodename, os.getcwd())
"#);
    spec.environment = [("A".into(), "1".into()), ("LANG".into(), "C.UTF-8".into())].into();
    spec.working_directory = "/tmp".into();
    let text = stdout(&run(&spec));
    assert_eq!(
        text,
        "[('A', '1'), ('LANG', 'C.UTF-8')]\n['A=1', 'LANG=C.UTF-8']\njail /tmp\n"
    );
}

#[test]
fn standard_input_is_empty_and_no_descriptor_is_inherited() {
    // Descriptors that this process forgot to mark, as a library might.
    let file = fs::File::open("/etc/passwd").unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let text = stdout(&run(&job(r#"
print(repr(sys.stdin.read()))
open_now = [fd for fd in range(3, 4096) if os.path.lexists(f"/proc/self/fd/{fd}")]
print(open_now, os.readlink("/proc/self/fd/0"), os.isatty(1))
"#)));
    assert_eq!(text, "''\n[] /dev/null False\n");
}

#[test]
fn a_set_user_id_program_gives_nothing() {
    let places = [
        "/usr/bin/su",
        "/usr/bin/passwd",
        "/usr/bin/chsh",
        "/usr/bin/newgrp",
    ];
    let text = gets_nothing(&format!(
        r#"
import subprocess
def become(path):
    import stat
    assert os.stat(path).st_mode & stat.S_ISUID, "not set-user-id here"
    code = "import os; print(os.geteuid())"
    if subprocess.run([path], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        raise PermissionError
for path in {places:?}:
    tries(path, lambda: become(path))
flags = os.statvfs("/usr").f_flag, os.statvfs("/tmp").f_flag
assert all(flag & os.ST_NOSUID and flag & os.ST_NODEV for flag in flags)
"#
    ));
    assert_eq!(text.matches("refused").count(), places.len());
}

#[test]
fn what_is_shared_with_the_host_can_be_neither_locked_nor_watched_nor_touched() {
    let data = directory();
    fs::write(data.path().join("in.csv"), "a\n").unwrap();
    let program = |path: &str| {
        format!(
            r#"
import fcntl
held = open("{path}/in.csv")
tries("lock", lambda: fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB))
tries("watch", lambda: fcntl.fcntl(os.open("{path}", os.O_RDONLY), fcntl.F_NOTIFY, 1))
"#
        )
    };
    let without = bare(&program(data.path().to_str().unwrap()), &[]);
    assert_eq!(without.matches("GOT").count(), 2, "{without}");
    let jailed = format!(
        "{}\ntries('lease', lambda: fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_RDLCK))\n\
         tries('touch', lambda: os.utime('/dev/null'))\n\
         open('/dev/null', 'w').write('still writable')",
        program("/data")
    );
    let mut spec = job(&jailed);
    spec.read_only.push(Grant::new(data.path(), "/data"));
    let ended = run(&spec);
    let text = stdout(&ended);
    assert_eq!(text.matches("refused").count(), 4, "{text}");
    assert_eq!((ended.outcome, ended.code), (Outcome::Exited, Some(0)));
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
