//! The jail's file system: a read-only root in memory on which everything granted is mounted.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
    OpenTreeFlags, UnmountFlags,
};
use rustix::process::{Gid, Uid};

use super::privilege::{IdMaps, Identity};
use super::refused;
use crate::ablation::left_out;
use crate::sys;
use crate::wire::{Refusal, RefusalKind, Request};

/// Room beyond the disk limit, so that reaching the limit can be told from filling it exactly.
pub(super) const DISK_SLACK: u64 = 1 << 20;

/// Files and directories that a job may make. Each costs about a kilobyte of kernel memory.
const MAX_INODES: u32 = 32_768;

/// What the system grants to every job.
const SYSTEM_PATHS: [&str; 10] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
];

/// The devices that programs expect. Python and its libraries need no other. Not zero: mapped, it
/// gives memory that outlives the mapping, where no watch sees it.
const DEVICES: [&str; 4] = ["null", "full", "random", "urandom"];

const QUIET: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID
    .union(MountAttrFlags::MOUNT_ATTR_NODEV)
    .union(MountAttrFlags::MOUNT_ATTR_NOEXEC);

/// What init keeps of the file system.
pub(super) struct Jail {
    /// The work file system: output `n` in directory `n`, and `tmp`.
    pub(super) work: OwnedFd,
    /// A view of /proc for watching, not mounted anywhere.
    pub(super) proc: OwnedFd,
    /// Its mount. To close it is to unmount it, for which the kernel waits a millisecond; nobody
    /// waits for it at this process's end.
    _proc_mount: OwnedFd,
    /// Whether root's grants are shown as owned by the job.
    pub(super) idmapped: usize,
}

/// Something to be put into the new root.
enum Piece {
    Mount {
        detached: OwnedFd,
        is_directory: bool,
    },
    Symlink(PathBuf),
}

fn when(condition: bool, flags: MountAttrFlags) -> MountAttrFlags {
    if condition {
        flags
    } else {
        MountAttrFlags::empty()
    }
}

fn step<E: Into<io::Error>>(name: impl Into<String>) -> impl FnOnce(E) -> Refusal {
    refused(RefusalKind::FileSystem, name)
}

/// Builds the root and moves into it. Afterwards nothing of the host is reachable but the grants.
pub(super) fn build(
    request: &Request,
    identity: Identity,
    idmaps: &IdMaps,
) -> Result<Jail, Refusal> {
    // Nothing mounted here may propagate back to the host.
    rustix::mount::mount_change(
        "/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )
    .map_err(step("make mounts private"))?;
    let proc_inside = mount_proc(request, true)?;
    let (proc_watch, proc_mount) = open_proc(request)?;
    // Opened while the host is still in place; attached below.
    let mut pieces = Vec::new();
    for path in SYSTEM_PATHS.map(Path::new) {
        if let Some(piece) = system_piece(request, path)? {
            pieces.push((path.to_owned(), piece));
        }
    }
    for name in DEVICES {
        let path = Path::new("/dev").join(name);
        let detached = clone_tree(
            &path,
            MountAttrFlags::MOUNT_ATTR_NOSUID
                | MountAttrFlags::MOUNT_ATTR_NOEXEC
                // Keeps the host's times and modes of them; the devices stay writable.
                | when(
                    !left_out!(request, ReadOnlyDevices),
                    MountAttrFlags::MOUNT_ATTR_RDONLY,
                ),
        )
        .map_err(step(format!("open /dev/{name}")))?;
        pieces.push((
            path,
            Piece::Mount {
                detached,
                is_directory: false,
            },
        ));
    }
    let mut granted = Vec::new();
    let mut idmapped = 0;
    for (host, inside) in &request.read_only {
        let (piece, is_mapped) = grant_piece(request, host, idmaps)?;
        idmapped += usize::from(is_mapped);
        granted.push((path_of(inside), piece));
    }

    let root = mount_tmpfs(&[("size", "1m"), ("mode", "0755")], QUIET).map_err(step("root"))?;
    // Any directory that surely exists will do as the place to stand on; it is gone with the host.
    attach(&root, CWD, "/proc").map_err(step("attach root"))?;
    for (inside, piece) in pieces {
        place(&root, &inside, &piece).map_err(step(format!("place {}", inside.display())))?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        rustix::fs::symlinkat(target, &root, format!("dev/{name}"))
            .map_err(step("link in /dev"))?;
    }
    let proc = Piece::Mount {
        detached: proc_inside,
        is_directory: true,
    };
    place(&root, Path::new("/proc"), &proc).map_err(step("place /proc"))?;
    let work = place_work(&root, request, identity, &mut granted)?;
    place_granted(&root, granted)?;
    if !left_out!(request, Root) {
        enter(&root).map_err(step("enter the new root"))?;
    }
    Ok(Jail {
        work,
        proc: proc_watch,
        _proc_mount: proc_mount,
        idmapped,
    })
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A /proc of the jail's own process namespace, without anything that is not about a process.
pub(super) fn mount_proc(request: &Request, hide_others: bool) -> Result<OwnedFd, Refusal> {
    let mount = || -> io::Result<OwnedFd> {
        if left_out!(request, ProcessNamespace) {
            return clone_tree(
                Path::new("/proc"),
                QUIET | MountAttrFlags::MOUNT_ATTR_RDONLY,
            );
        }
        let context = rustix::mount::fsopen("proc", FsOpenFlags::FSOPEN_CLOEXEC)?;
        if !left_out!(request, ProcessesOnly) {
            rustix::mount::fsconfig_set_string(&context, "subset", "pid")?;
        }
        if hide_others && !left_out!(request, OwnProcessesOnly) {
            rustix::mount::fsconfig_set_string(&context, "hidepid", "invisible")?;
        }
        rustix::mount::fsconfig_create(&context)?;
        Ok(rustix::mount::fsmount(
            &context,
            FsMountFlags::FSMOUNT_CLOEXEC,
            QUIET | MountAttrFlags::MOUNT_ATTR_RDONLY,
        )?)
    };
    mount().map_err(refused(RefusalKind::Proc, "mount /proc"))
}

/// A directory of such a /proc in which this process sees all others, not mounted anywhere, and the
/// mount that it is of.
fn open_proc(request: &Request) -> Result<(OwnedFd, OwnedFd), Refusal> {
    let mount = mount_proc(request, false)?;
    // The descriptor of a mount is a mere name (O_PATH) and cannot be listed.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::openat(&mount, ".", flags, Mode::empty())
        .map_err(refused(RefusalKind::Proc, "open /proc"))?;
    Ok((directory, mount))
}

fn mount_tmpfs(options: &[(&str, &str)], flags: MountAttrFlags) -> io::Result<OwnedFd> {
    let context = rustix::mount::fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, value) in options {
        rustix::mount::fsconfig_set_string(&context, *key, *value)?;
    }
    // Large pages where a file fills them: a fifth of the time for large outputs. Not every kernel
    // is built with them, and then small ones do.
    let _ = rustix::mount::fsconfig_set_string(&context, "huge", "within_size");
    rustix::mount::fsconfig_create(&context)?;
    Ok(rustix::mount::fsmount(
        &context,
        FsMountFlags::FSMOUNT_CLOEXEC,
        flags,
    )?)
}

/// Tries the calls that every jail's mounts are made with.
pub(super) fn try_mounts() -> Result<(), Refusal> {
    mount_tmpfs(&[("size", "1m")], QUIET).map_err(step("a tmpfs"))?;
    clone_tree(Path::new("/usr"), READ_ONLY).map_err(step("a read-only view of /usr"))?;
    Ok(())
}

/// A detached copy of the mounts at `path`, with `flags` set on every one of them.
pub(super) fn clone_tree(path: &Path, flags: MountAttrFlags) -> io::Result<OwnedFd> {
    let tree = rustix::mount::open_tree(
        CWD,
        path,
        OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_RECURSIVE,
    )?;
    sys::mount_setattr(tree.as_fd(), true, flags)?;
    Ok(tree)
}

pub(super) const READ_ONLY: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_RDONLY
    .union(MountAttrFlags::MOUNT_ATTR_NOSUID)
    .union(MountAttrFlags::MOUNT_ATTR_NODEV);

fn system_piece(request: &Request, path: &Path) -> Result<Option<Piece>, Refusal> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(None);
    };
    if metadata.is_symlink() {
        // /lib -> usr/lib and /etc/localtime -> ../usr/share/zoneinfo lead into granted places.
        let target = fs::read_link(path).map_err(step(format!("read {}", path.display())))?;
        return Ok(Some(Piece::Symlink(target)));
    }
    let missing = when(
        left_out!(request, NoSetUserId),
        MountAttrFlags::MOUNT_ATTR_NOSUID,
    );
    let detached = clone_tree(path, READ_ONLY.difference(missing))
        .map_err(step(format!("open {}", path.display())))?;
    Ok(Some(Piece::Mount {
        detached,
        is_directory: metadata.is_dir(),
    }))
}

fn grant_piece(request: &Request, host: &[u8], idmaps: &IdMaps) -> Result<(Piece, bool), Refusal> {
    let path = path_of(host);
    let open = || -> io::Result<(Piece, bool)> {
        let is_directory = fs::metadata(&path)?.is_dir();
        let missing = when(
            left_out!(request, ReadOnlyGrants),
            MountAttrFlags::MOUNT_ATTR_RDONLY,
        ) | when(
            left_out!(request, NoDevices),
            MountAttrFlags::MOUNT_ATTR_NODEV,
        );
        let detached = clone_tree(&path, READ_ONLY.difference(missing))?;
        let is_mapped = idmaps
            .of(host)
            .is_some_and(|map| sys::mount_set_idmap(detached.as_fd(), map.as_fd()).is_ok());
        Ok((
            Piece::Mount {
                detached,
                is_directory,
            },
            is_mapped,
        ))
    };
    open().map_err(|error| Refusal {
        path: host.to_vec(),
        ..refused(RefusalKind::Grant, "open")(error)
    })
}

/// Mounts the work file system, and adds the outputs and `/tmp` to `granted`. Directories can be taken
/// out of a mounted file system only, so it is mounted where `/tmp` will cover it for good: to unmount
/// it would take the kernel longer than everything else here.
fn place_work(
    root: &OwnedFd,
    request: &Request,
    identity: Identity,
    granted: &mut Vec<(PathBuf, Piece)>,
) -> Result<OwnedFd, Refusal> {
    let size = request.disk.saturating_add(DISK_SLACK).to_string();
    let inodes = MAX_INODES.to_string();
    let options = [
        ("size", size.as_str()),
        ("nr_inodes", inodes.as_str()),
        ("mode", "0755"),
    ];
    let build = || -> io::Result<OwnedFd> {
        let missing = when(
            left_out!(request, NoExecution),
            MountAttrFlags::MOUNT_ATTR_NOEXEC,
        );
        let mount = mount_tmpfs(&options, QUIET.difference(missing))?;
        rustix::fs::mkdirat(root, "tmp", Mode::from_raw_mode(0o755))?;
        attach(&mount, root.as_fd(), "tmp")?;
        Ok(rustix::fs::openat(
            root,
            "tmp",
            OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?)
    };
    let work = build().map_err(step("work file system"))?;
    let names = (0..request.outputs.len()).map(|index| index.to_string());
    let places = request.outputs.iter().map(|inside| path_of(inside));
    for (name, inside) in names
        .zip(places)
        .chain([("tmp".to_owned(), PathBuf::from("/tmp"))])
    {
        let clone = || -> io::Result<Piece> {
            rustix::fs::mkdirat(&work, &name, Mode::from_raw_mode(0o700))?;
            if identity.is_root {
                let (user, group) = (Uid::from_raw(identity.id), Gid::from_raw(identity.id));
                rustix::fs::chownat(&work, &name, Some(user), Some(group), AtFlags::empty())?;
            }
            let detached = rustix::mount::open_tree(
                &work,
                &name,
                OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC,
            )?;
            Ok(Piece::Mount {
                detached,
                is_directory: true,
            })
        };
        let piece = clone().map_err(step("output directory"))?;
        #[cfg(feature = "ablation")]
        let piece = match destination(request, &name) {
            Some(host) => Piece::Mount {
                detached: clone_tree(&host, MountAttrFlags::empty()).map_err(step("output"))?,
                is_directory: true,
            },
            None => piece,
        };
        granted.push((inside, piece));
    }
    Ok(work)
}

/// Where an output goes to, when it is to be written there at once.
#[cfg(feature = "ablation")]
fn destination(request: &Request, name: &str) -> Option<PathBuf> {
    let host = request.destinations.get(name.parse::<usize>().ok()?)?;
    left_out!(request, CopyOut).then(|| path_of(host))
}

/// Outer places first, so that an inner one is not covered.
fn place_granted(root: &OwnedFd, mut granted: Vec<(PathBuf, Piece)>) -> Result<(), Refusal> {
    granted.sort_by_key(|(inside, _)| inside.components().count());
    for (inside, piece) in granted {
        place(root, &inside, &piece).map_err(|error| Refusal {
            path: inside.as_os_str().as_bytes().to_vec(),
            ..refused(RefusalKind::Grant, "place")(error)
        })?;
    }
    Ok(())
}

fn attach(mount: &OwnedFd, at: BorrowedFd<'_>, path: &str) -> io::Result<()> {
    Ok(rustix::mount::move_mount(
        mount,
        "",
        at,
        path,
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
    )?)
}

/// Puts a piece at `inside`, making the directories on the way where there are none. A symbolic
/// link on the way is an error: it could lead anywhere.
fn place(root: &OwnedFd, inside: &Path, piece: &Piece) -> io::Result<()> {
    let mut names = inside.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let Some(last) = names.next_back() else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    let mut directory = root.try_clone()?;
    for name in names {
        directory = open_or_make_directory(&directory, name)?;
    }
    let (detached, target) = match piece {
        Piece::Symlink(target) => {
            return Ok(rustix::fs::symlinkat(target, &directory, last)?);
        }
        Piece::Mount {
            detached,
            is_directory: true,
        } => (detached, open_or_make_directory(&directory, last)?),
        Piece::Mount { detached, .. } => (detached, open_or_make_file(&directory, last)?),
    };
    Ok(rustix::mount::move_mount(
        detached,
        "",
        target,
        "",
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH,
    )?)
}

fn open_or_make_directory(parent: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o755)) {
        // In a read-only grant the directory may be there already.
        Ok(()) | Err(rustix::io::Errno::EXIST | rustix::io::Errno::ROFS) => {}
        Err(error) => return Err(error.into()),
    }
    open_place(parent, name, OFlags::DIRECTORY)
}

fn open_or_make_file(parent: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::WRONLY;
    match rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(0o644)) {
        Ok(_) | Err(rustix::io::Errno::EXIST | rustix::io::Errno::ROFS) => {}
        Err(error) => return Err(error.into()),
    }
    open_place(parent, name, OFlags::empty())
}

/// Opens one name, which is neither `..` nor has a slash in it, and no symbolic link. (openat2 could
/// say so in one call; hardened services refuse it, since its flags cannot be filtered.)
fn open_place(parent: &OwnedFd, name: &OsStr, kind: OFlags) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC | kind;
    let place = rustix::fs::openat(parent, name, flags, Mode::empty())?;
    match FileType::from_raw_mode(rustix::fs::fstat(&place)?.st_mode) {
        FileType::Symlink => Err(rustix::io::Errno::LOOP.into()),
        _ => Ok(place),
    }
}

/// Makes `root` this process's root, lets go of the host, and makes the root itself read-only.
fn enter(root: &OwnedFd) -> io::Result<()> {
    rustix::process::fchdir(root)?;
    // The old root lands on top of the new one and is taken away from there.
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    let top = rustix::fs::open(
        "/",
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    sys::mount_setattr(
        top.as_fd(),
        false,
        QUIET | MountAttrFlags::MOUNT_ATTR_RDONLY,
    )
}
