//! A host that has something to lose: files, a folder that is granted, listeners, another process.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{CWD, FileType, Mode, OFlags};
use silversmith_sandbox::{Grant, JailSpec};

use super::evidence::Print;
use super::program::{self, Program};
use crate::support;

/// A user that nothing else belongs to.
pub(crate) const SOMEBODY: u32 = 12345;

/// Keeps a shared segment until its input ends.
const VICTIM: &str = r#"
import ctypes, sys
libc = ctypes.CDLL(None)
number = libc.shmget(0, 4096, 0o1666)
print(number, flush=True)
sys.stdin.read()
libc.shmctl(number, 0, 0)
"#;

/// What is removed and ended with this value.
pub(crate) struct Host {
    folder: tempfile::TempDir,
    /// In the name of everything that a program may leave, and in the arguments of every process.
    pub(crate) marker: String,
    /// What must not get out.
    pub(crate) canary: String,
    pub(super) tcp: TcpListener,
    pub(super) udp: UdpSocket,
    pub(super) by_name: UnixListener,
    pub(super) by_file: UnixListener,
    pub(super) pipe: OwnedFd,
    victim: Child,
    segment: String,
    /// Open without CLOEXEC, as a careless library leaves it.
    _leaked: OwnedFd,
    pub(super) before: Print,
}

impl Host {
    /// A host for one program.
    pub(crate) fn new(program: &Program) -> Self {
        static SERIAL: AtomicU32 = AtomicU32::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        // Ended by a letter: the first marker is not the beginning of the tenth.
        let marker = format!("hostile{}x{serial}z", std::process::id());
        let canary = format!("canary-of-{marker}-{}", std::process::id() ^ 0x5f5f);
        let folder = support::directory();
        let path = folder.path();
        for name in ["outside", "data", "parent", "parent/out", "tmp"] {
            fs::create_dir(path.join(name)).unwrap();
        }
        // So that the job's user could write there, were it let.
        fs::set_permissions(path.join("parent/out"), PermissionsExt::from_mode(0o777)).unwrap();
        fs::write(path.join("outside/secret"), &canary).unwrap();
        let (by_file, pipe) = fill_grant(path, program);
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        tcp.set_nonblocking(true).unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        udp.set_nonblocking(true).unwrap();
        let name = SocketAddr::from_abstract_name(&marker).unwrap();
        let by_name = UnixListener::bind_addr(&name).unwrap();
        by_name.set_nonblocking(true).unwrap();
        let (victim, segment) = victim();
        if program.name == "outputs/through_a_link.py" {
            symlink(path.join("outside"), path.join("parent/out/old-link")).unwrap();
        }
        let leaked = rustix::fs::open(path.join("outside/secret"), OFlags::RDONLY, Mode::empty());
        Self {
            marker,
            canary,
            tcp,
            udp,
            by_name,
            by_file,
            pipe,
            victim,
            segment,
            _leaked: leaked.unwrap(),
            before: Print::of(path),
            folder,
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn victim(&self) -> u32 {
        self.victim.id()
    }

    /// Where the runner of programs is.
    pub(super) fn runner(&self, jailed: bool) -> OsString {
        let folder = if jailed {
            PathBuf::from("/hostile")
        } else {
            program::folder()
        };
        folder.join("attack.py").into_os_string()
    }

    /// What a program is told about this host.
    pub(super) fn world(&self, program: &Program, jailed: bool, run: u32, skip: u32) -> String {
        let path = |name: &str| self.path().join(name).to_str().unwrap().to_owned();
        let place = |inside: &str, outside: &str| {
            if jailed {
                inside.to_owned()
            } else {
                path(outside)
            }
        };
        let limits = &program.limits;
        let host_name = rustix::system::uname()
            .nodename()
            .to_str()
            .unwrap()
            .to_owned();
        serde_json::json!({
            "jailed": jailed,
            "root": support::is_root(),
            "run": run,
            "skip": skip,
            "marker": self.marker,
            "secret": path("outside/secret"),
            "secret_inode": fs::metadata(path("outside/secret")).unwrap().ino(),
            "outside": path("outside"),
            "parent": path("parent"),
            "data": place("/data", "data"),
            "out": place("/out", "parent/out"),
            "tmp": place("/tmp", "tmp"),
            "victim": self.victim.id(),
            "first": if jailed { 1 } else { self.victim.id() },
            "segment": self.segment.parse::<i32>().unwrap(),
            "tcp": self.tcp.local_addr().unwrap().port(),
            "udp": self.udp.local_addr().unwrap().port(),
            "abstract": self.marker,
            "variable": "PATH",
            "hostname": host_name,
            "linger": 1000,
            "memory": limits.memory,
            "wall": u64::try_from(limits.wall.as_millis()).unwrap(),
            "cpu": u64::try_from(limits.cpu.as_millis()).unwrap(),
        })
        .to_string()
    }

    /// The command that runs a program.
    pub(crate) fn command(
        &self,
        program: &Program,
        jailed: bool,
        run: u32,
        skip: u32,
    ) -> Vec<OsString> {
        let (python, _) = support::python();
        vec![
            python.as_os_str().to_owned(),
            "-ISB".into(),
            self.runner(jailed),
            program.name.clone().into(),
            self.world(program, jailed, run, skip).into(),
        ]
    }

    /// The program as a job.
    pub(super) fn job(&self, program: &Program, run: u32, skip: u32) -> JailSpec {
        let (_, grants) = support::python();
        let mut spec = JailSpec::new(self.command(program, true, run, skip));
        spec.read_only = grants.clone();
        spec.read_only
            .push(Grant::new(program::folder(), "/hostile"));
        spec.read_only
            .push(Grant::new(self.path().join("data"), "/data"));
        spec.outputs
            .push(Grant::new(self.path().join("parent/out"), "/out"));
        spec.limits = program.limits;
        spec
    }

    /// Removes what a program that ran free has left where others look.
    pub(super) fn clear(&self) {
        for place in super::evidence::SHARED_PLACES {
            let _ = fs::remove_file(Path::new(place).join(&self.marker));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // A program that ran free may have stopped or killed it.
        drop(self.victim.stdin.take());
        if let Some(pid) = rustix::process::Pid::from_raw(self.victim.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::CONT);
        }
        let _ = self.victim.wait();
    }
}

/// What lies in the granted folder, and the two things in it that something can arrive at.
fn fill_grant(path: &Path, program: &Program) -> (UnixListener, OwnedFd) {
    let data = path.join("data");
    fs::write(data.join("input.csv"), "a\n1\n").unwrap();
    fs::write(data.join("spare.csv"), "a\n2\n").unwrap();
    // mov eax, 20 (getpid); int 0x80; ret
    let code = [0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3];
    fs::write(data.join("code"), code).unwrap();
    fs::write(data.join("closed"), "closed to all").unwrap();
    fs::set_permissions(data.join("closed"), PermissionsExt::from_mode(0o0)).unwrap();
    let outside = path.join("outside");
    symlink(outside.join("secret"), data.join("link")).unwrap();
    symlink("../outside/secret", data.join("dots")).unwrap();
    symlink(&outside, data.join("folder")).unwrap();
    let mode = Mode::from_raw_mode(0o666);
    rustix::fs::mknodat(CWD, data.join("pipe"), FileType::Fifo, mode, 0).unwrap();
    fs::set_permissions(data.join("pipe"), PermissionsExt::from_mode(0o666)).unwrap();
    let by_file = UnixListener::bind(data.join("socket")).unwrap();
    by_file.set_nonblocking(true).unwrap();
    fs::set_permissions(data.join("socket"), PermissionsExt::from_mode(0o777)).unwrap();
    if support::is_root() {
        fs::write(data.join("others"), "somebody's").unwrap();
        fs::set_permissions(data.join("others"), PermissionsExt::from_mode(0o600)).unwrap();
        chown(data.join("others"), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
        let zero = rustix::fs::makedev(1, 5);
        rustix::fs::mknodat(
            CWD,
            data.join("device"),
            FileType::CharacterDevice,
            mode,
            zero,
        )
        .unwrap();
        fs::set_permissions(data.join("device"), PermissionsExt::from_mode(0o666)).unwrap();
    }
    if support::is_root() && program.name.contains("set_user_id_in_grant") {
        let program = data.join("set-user-id");
        fs::copy(&support::python().0, &program).unwrap();
        chown(&program, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o4755)).unwrap();
    }
    let pipe = rustix::fs::open(
        data.join("pipe"),
        OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    );
    (by_file, pipe.unwrap())
}

/// A process of this user's that does nothing, and the number of its shared segment.
fn victim() -> (Child, String) {
    let (python, _) = support::python();
    let mut victim = Command::new(python)
        .args(["-ISBc", VICTIM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut segment = String::new();
    BufReader::new(victim.stdout.take().unwrap())
        .read_line(&mut segment)
        .unwrap();
    (victim, segment.trim().to_owned())
}
