//! The system calls that have no safe wrapper. The only `unsafe` of the workspace.
//!
//! Everything here but the calls about one open file and the start of the helper runs in the helper,
//! which has one thread, so that `fork` and per-thread calls have no one to surprise.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use rustix::thread::UnshareFlags;
use seccompiler::BpfProgram;

/// `fork`: `None` in the child, its process id in the parent.
pub(crate) fn fork() -> io::Result<Option<rustix::process::Pid>> {
    // SAFETY: the helper has one thread, so no lock can be held by a thread that does not exist in
    // the child, and the child may call anything.
    let result = unsafe { libc::fork() };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(rustix::process::Pid::from_raw(result))
}

/// Has the child of a command run `main` where it would become the program, with the streams and the
/// directory that the command gives it. To be spawned by a process with a single thread.
pub(crate) fn instead_of_program(command: &mut Command, main: fn() -> i32) {
    // SAFETY: what a child of a fork may not do is take a lock that another thread held; there was no
    // other thread. `_exit` keeps it from writing out what its parent has in its buffers.
    unsafe { command.pre_exec(move || libc::_exit(main())) };
}

/// Overwrites the environment that this process was started with, which is in its memory and in
/// /proc for as long as it lives.
pub(crate) fn forget_environment() {
    unsafe extern "C" {
        static mut environ: *mut *mut libc::c_char;
    }
    // SAFETY: the list ends with a null pointer, each entry with a NUL, and both can be written to.
    // This process has one thread, and nobody in it holds a pointer to a variable.
    unsafe {
        let mut variable = environ;
        while !variable.is_null() && !(*variable).is_null() {
            (*variable).write_bytes(0, libc::strlen(*variable));
            variable = variable.add(1);
        }
        libc::clearenv();
    }
}

/// The number of a thread that ends at once: the next one that the kernel has to give. It shares all
/// that this process has, so nothing needs to be copied, and nobody needs to wait for it.
pub(crate) fn next_number() -> io::Result<rustix::process::Pid> {
    extern "C" fn end(_: *mut libc::c_void) -> libc::c_int {
        0
    }
    const SIZE: usize = 4 << 10;
    // Aligned as every supported architecture wants a stack to be. The thread may still have to end
    // when this process does: the stack is never given back.
    let stack = vec![0_u128; SIZE / size_of::<u128>()].leak();
    // SAFETY: the thread runs `end` alone, which touches nothing, and the system call that ends a
    // thread, on a stack of its own that outlives it. It uses no storage of the C library's threads,
    // which knows nothing of it. The stack's end is within one past its allocation.
    let result = unsafe {
        libc::clone(
            end,
            stack.as_mut_ptr_range().end.cast(),
            libc::CLONE_VM
                | libc::CLONE_FS
                | libc::CLONE_FILES
                | libc::CLONE_SIGHAND
                | libc::CLONE_SYSVSEM
                | libc::CLONE_THREAD,
            std::ptr::null_mut(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // Here it is a number above 0; the thread does not come here.
    rustix::process::Pid::from_raw(result)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

/// `unshare` of the given namespaces.
pub(crate) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    // SAFETY: unsound only with FILES, which the assertion excludes and no caller passes.
    unsafe { rustix::thread::unshare_unsafe(flags) }.map_err(Into::into)
}

/// `struct mount_attr` of <linux/mount.h>.
#[repr(C)]
#[derive(Default)]
struct MountAttr {
    attr_set: u64,
    attr_clr: u64,
    propagation: u64,
    userns_fd: u64,
}

/// `MOUNT_ATTR_IDMAP` of <linux/mount.h>.
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

/// `mount_setattr` on a detached mount or an open directory. `recursive` includes mounts below.
pub(crate) fn mount_setattr(
    mount: BorrowedFd<'_>,
    recursive: bool,
    set: rustix::mount::MountAttrFlags,
) -> io::Result<()> {
    let attributes = MountAttr {
        attr_set: u64::from(set.bits()),
        ..MountAttr::default()
    };
    call_mount_setattr(mount, recursive, &attributes)
}

/// `mount_setattr(MOUNT_ATTR_IDMAP)`: owners are shown as `user_namespace` maps them.
pub(crate) fn mount_set_idmap(
    mount: BorrowedFd<'_>,
    user_namespace: BorrowedFd<'_>,
) -> io::Result<()> {
    let descriptor = u64::try_from(user_namespace.as_raw_fd()).map_err(io::Error::other)?;
    let attributes = MountAttr {
        attr_set: MOUNT_ATTR_IDMAP,
        userns_fd: descriptor,
        ..MountAttr::default()
    };
    call_mount_setattr(mount, true, &attributes)
}

fn call_mount_setattr(
    mount: BorrowedFd<'_>,
    recursive: bool,
    attributes: &MountAttr,
) -> io::Result<()> {
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a NUL-terminated constant, the structure has the kernel's layout and its
    // true size is passed; the kernel only reads both during the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            std::ptr::from_ref(attributes),
            size_of::<MountAttr>(),
        )
    };
    check(result)
}

/// `close_range` from 3 up: inherited descriptors are not the job's business.
pub(crate) fn close_inherited() -> io::Result<()> {
    // SAFETY: called first thing in the helper, before it has opened anything, so no owner of a
    // descriptor above 2 exists in this process.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    check(result)
}

/// `close_range` with CLOEXEC from 3 up: whatever is open now does not survive `exec`.
pub(crate) fn cloexec_all() -> io::Result<()> {
    // SAFETY: sets a flag on descriptors; none is closed before exec ends this program.
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3_u32,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    check(result)
}

fn check(result: libc::c_long) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The version of Landlock that the kernel offers, which is at least 1.
pub(crate) fn landlock_version() -> io::Result<i32> {
    /// `LANDLOCK_CREATE_RULESET_VERSION` of <linux/landlock.h>.
    const VERSION: u32 = 1;
    // SAFETY: with this flag the kernel takes no pointer and makes no descriptor.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    if version < 1 {
        return Err(io::Error::last_os_error());
    }
    i32::try_from(version).map_err(io::Error::other)
}

/// `kill(-1, SIGKILL)`: as process 1 of a process namespace, everything else in it.
pub(crate) fn kill_all_others() {
    debug_assert!(std::process::id() == 1 || cfg!(feature = "ablation"));
    // SAFETY: a plain system call without pointers. Outside a process namespace it would kill the
    // user's session, hence the check, which holds in release builds too.
    if std::process::id() == 1 {
        unsafe { libc::kill(-1, libc::SIGKILL) };
    }
}

/// User time, system time, and the largest resident set in bytes of all children waited for.
pub(crate) fn children_usage() -> (Duration, Duration, u64) {
    // SAFETY: `rusage` is plain numbers for which zero is valid, and the kernel fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let duration = |time: libc::timeval| {
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let micros = u64::try_from(time.tv_usec).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_micros(micros)
    };
    let resident = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    (duration(usage.ru_utime), duration(usage.ru_stime), resident)
}

/// Puts a system call filter in force for this thread and its descendants. Needs no_new_privs.
pub(crate) fn seccomp(program: &BpfProgram) -> io::Result<()> {
    install_filter(program, 0).and_then(check)
}

/// As [`seccomp`], and gives the descriptor to which the kernel tells calls that the filter answers
/// with a notification. It is closed by `exec`.
pub(crate) fn seccomp_with_listener(program: &BpfProgram) -> io::Result<OwnedFd> {
    let result = install_filter(program, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER)?;
    let descriptor = i32::try_from(result).map_err(io::Error::other)?;
    // SAFETY: the kernel has just made this descriptor, and nobody else has seen its number.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// `struct sock_fprog` of <linux/filter.h>.
#[repr(C)]
struct FilterProgram {
    length: u16,
    instructions: *const seccompiler::sock_filter,
}

fn install_filter(program: &BpfProgram, flags: libc::c_ulong) -> io::Result<libc::c_long> {
    let program = FilterProgram {
        length: u16::try_from(program.len()).map_err(io::Error::other)?,
        instructions: program.as_ptr(),
    };
    // SAFETY: the structure has the kernel's layout and names as many instructions as there are;
    // the kernel copies them during the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            flags,
            std::ptr::from_ref(&program),
        )
    };
    match result {
        0.. => Ok(result),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A call that waits for an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notification {
    /// What to answer to.
    pub(crate) id: u64,
    /// `AUDIT_ARCH_*`: whose calls the number is one of.
    pub(crate) architecture: u32,
    pub(crate) number: i32,
    pub(crate) arguments: [u64; 6],
}

/// Number of an `ioctl` in both directions with the letter of seccomp, '!'.
const fn notification_request<T>(number: u64) -> u64 {
    const BOTH_DIRECTIONS: u64 = 3;
    (BOTH_DIRECTIONS << 30) | ((size_of::<T>() as u64) << 16) | ((b'!' as u64) << 8) | number
}

/// Takes a notification from a filter's listener. Waits when there is none, so poll first. An error
/// can mean that the caller was killed meanwhile.
pub(crate) fn take_notification(listener: BorrowedFd<'_>) -> io::Result<Notification> {
    // SAFETY: plain numbers, for which zero is valid. The kernel wants them zero, and takes the call
    // only when the structure's size, which is part of the request's number, is its own.
    let (result, notification) = unsafe {
        let mut notification: libc::seccomp_notif = std::mem::zeroed();
        let result = libc::ioctl(
            listener.as_raw_fd(),
            notification_request::<libc::seccomp_notif>(0) as _,
            &raw mut notification,
        );
        (result, notification)
    };
    check(result.into())?;
    Ok(Notification {
        id: notification.id,
        architecture: notification.data.arch,
        number: notification.data.nr,
        arguments: notification.data.args,
    })
}

/// Answers a notification with an error number. Fails when the caller is gone, or was interrupted
/// and will ask again.
pub(crate) fn answer_notification(listener: BorrowedFd<'_>, id: u64, error: i32) -> io::Result<()> {
    let mut answer = libc::seccomp_notif_resp {
        id,
        val: 0,
        error: -error,
        flags: 0,
    };
    // SAFETY: the structure has the kernel's layout, and the kernel only reads it during the call.
    let result = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            notification_request::<libc::seccomp_notif_resp>(1) as _,
            &raw mut answer,
        )
    };
    check(result.into())
}

/// `F_SETSIG` of <linux/fcntl.h>.
const F_SETSIG: libc::c_int = 10;

/// `fcntl(F_SETLEASE, F_RDLCK)`: from now on somebody who opens the file for writing waits until
/// the lease is given back. An error of kind `WouldBlock`: somebody has it open for writing.
pub(crate) fn take_read_lease(file: BorrowedFd<'_>) -> io::Result<()> {
    // The kernel announces the one who waits by a signal. This one is ignored by default; SIGIO
    // would end the process.
    // SAFETY: `fcntl` with these commands takes numbers only, and the descriptor is open.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), F_SETSIG, libc::SIGURG) };
    check(result.into())?;
    // SAFETY: as above.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_RDLCK) };
    check(result.into())
}

/// Whether a read lease holds, and nobody waits for it to be given back.
pub(crate) fn has_read_lease(file: BorrowedFd<'_>) -> bool {
    // SAFETY: `fcntl` with this command takes no argument, and the descriptor is open.
    let lease = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETLEASE) };
    lease == libc::c_int::from(libc::F_RDLCK)
}

/// Gives a lease back. Without one this does nothing.
pub(crate) fn give_back_lease(file: BorrowedFd<'_>) {
    // SAFETY: `fcntl` with this command takes a number, and the descriptor is open.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_UNLCK) };
}

/// `sync_file_range(SYNC_FILE_RANGE_WRITE)`: begins to write that part of a file to the disk. A
/// mere hint: the answer is no promise, so it is not asked for.
pub(crate) fn start_write_back(file: BorrowedFd<'_>, at: u64, count: u64) {
    let (Ok(at), Ok(count)) = (i64::try_from(at), i64::try_from(count)) else {
        return;
    };
    // SAFETY: takes numbers only, and the descriptor is open.
    unsafe { libc::sync_file_range(file.as_raw_fd(), at, count, libc::SYNC_FILE_RANGE_WRITE) };
}
