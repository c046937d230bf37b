//! The system calls by name: what a job may call, what it is refused in silence, and what ends it.
//!
//! Reviewed like code. A call that is in none of the lists is refused with ENOSYS and recorded as a
//! violation. To allow one, say beside it what it is for and what it can reach.

/// A call's number and its name as the constant of the C library has it (`SYS_read`).
pub(super) type Call = (libc::c_long, &'static str);

macro_rules! calls {
    ($($call:ident),* $(,)?) => { &[$((libc::$call, stringify!($call))),*] };
}

/// Allowed whatever the arguments. Those allowed for some arguments only are in `filter`.
pub(super) const ALLOWED: [&[Call]; 6] = [FILES, MEMORY, PROCESSES, SIGNALS, TIME, OLDER];

/// Files: their rights were settled by mounts, user id and Landlock.
const FILES: &[Call] = calls![
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_preadv,
    SYS_preadv2,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_pwritev,
    SYS_pwritev2,
    SYS_openat,
    SYS_openat2,
    SYS_close,
    SYS_close_range,
    SYS_lseek,
    SYS_dup,
    SYS_dup3,
    // Between the job's own processes.
    SYS_pipe2,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    // Free space, asked before large writes.
    SYS_statfs,
    SYS_fstatfs,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_getdents64,
    SYS_getcwd,
    SYS_chdir,
    SYS_fchdir,
    SYS_readlinkat,
    SYS_mkdirat,
    SYS_unlinkat,
    SYS_renameat,
    SYS_renameat2,
    // Links are left to the copy-out, which takes regular files with one name only.
    SYS_linkat,
    SYS_symlinkat,
    // Set-id bits are masked by the copy-out, and no mount honours them.
    SYS_fchmod,
    SYS_fchmodat,
    SYS_utimensat,
    SYS_umask,
    // Sizes are bounded by a limit and by the file system.
    SYS_ftruncate,
    SYS_truncate,
    SYS_fallocate,
    SYS_fadvise64,
    SYS_readahead,
    SYS_sendfile,
    SYS_copy_file_range,
    SYS_fsync,
    SYS_fdatasync,
    SYS_sync_file_range,
    // Python's shutil.copystat asks for extended attributes and knows no ENOSYS.
    SYS_listxattr,
    SYS_llistxattr,
    SYS_flistxattr,
    SYS_getxattr,
    SYS_lgetxattr,
    SYS_fgetxattr,
    // Bash asks whether its input is a connection, and takes any answer but "no socket" for yes.
    SYS_getpeername,
];

/// Memory. Not memfd_create and shmget: what they hold would escape the memory watch.
const MEMORY: &[Call] = calls![
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_mincore,
    SYS_msync,
    SYS_membarrier,
];

/// Threads and processes of the job. `clone` has a rule of its own, `clone3` cannot be examined.
const PROCESSES: &[Call] = calls![
    // The filter, the limits and no_new_privs outlive it.
    SYS_execve,
    SYS_exit,
    SYS_exit_group,
    SYS_wait4,
    SYS_waitid,
    SYS_futex,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getpgid,
    // Groups and sessions hide nothing: everything in the process namespace is ended.
    SYS_setpgid,
    SYS_getsid,
    SYS_setsid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getresuid,
    SYS_getresgid,
    SYS_getgroups,
    SYS_capget,
    SYS_sched_yield,
    // How many processors there are, and which of them the job's own threads use.
    SYS_sched_getaffinity,
    SYS_sched_setaffinity,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_sched_get_priority_max,
    SYS_sched_get_priority_min,
    SYS_getpriority,
    SYS_getcpu,
    SYS_getrusage,
    SYS_times,
    // Kernel release and the machine's memory and load: known, and of no use.
    SYS_uname,
    SYS_sysinfo,
    SYS_getrandom,
];

/// Signals, which reach the job's own processes only.
const SIGNALS: &[Call] = calls![
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigpending,
    SYS_rt_sigsuspend,
    SYS_rt_sigtimedwait,
    SYS_sigaltstack,
    SYS_restart_syscall,
];

/// Clocks and waiting.
const TIME: &[Call] = calls![
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_setitimer,
    SYS_getitimer,
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_eventfd2,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_timerfd_gettime,
];

/// The older names of calls above, which newer architectures do not have.
#[cfg(target_arch = "x86_64")]
const OLDER: &[Call] = calls![
    SYS_open,
    SYS_creat,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_getdents,
    SYS_readlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_unlink,
    SYS_rename,
    SYS_link,
    SYS_symlink,
    SYS_chmod,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
    SYS_dup2,
    SYS_pipe,
    SYS_poll,
    SYS_select,
    SYS_epoll_create,
    SYS_epoll_wait,
    SYS_eventfd,
    SYS_alarm,
    SYS_pause,
    SYS_time,
    SYS_fork,
    SYS_vfork,
    SYS_getpgrp,
    SYS_getrlimit,
    SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[Call] = &[];

/// Answered with ENOSYS and not recorded: what ordinary programs try and do well without. To note
/// these would bury what matters.
pub(super) const UNRECORDED: &[Call] = calls![
    // The C library starts threads and processes with it, and with `clone` where it is missing.
    SYS_clone3,
    // Allocators place memory on processors' nodes; Polars asks what of a file is in memory.
    SYS_mbind,
    SYS_get_mempolicy,
    SYS_set_mempolicy,
    SYS_set_mempolicy_home_node,
    SYS_move_pages,
    // Locked pages are not swapped; the limit for them is 0.
    SYS_mlock,
    SYS_mlock2,
    SYS_mlockall,
    SYS_munlock,
    SYS_munlockall,
    SYS_mseal,
    SYS_pkey_alloc,
    SYS_pkey_free,
    SYS_pkey_mprotect,
    SYS_remap_file_pages,
    // Newer ways of what is allowed under an older name.
    SYS_epoll_pwait2,
    SYS_futex_waitv,
    // Copies of files keep owners and attributes where they can.
    SYS_fchown,
    SYS_fchownat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    // A lock on what is granted would make others wait for it on the host; nobody else sees the rest.
    SYS_flock,
    // Everything a job writes is in memory.
    SYS_sync,
    SYS_syncfs,
    // Threads that ask for less of the processor, or more.
    SYS_setpriority,
    SYS_sched_setparam,
    SYS_sched_setscheduler,
    SYS_sched_getattr,
    SYS_sched_setattr,
    SYS_sched_rr_get_interval,
    SYS_ioprio_get,
    SYS_ioprio_set,
    // Programs that confine themselves (xz does) can only lose rights by it, and have lost them.
    SYS_landlock_create_ruleset,
    SYS_landlock_add_rule,
    SYS_landlock_restrict_self,
    // The last two are allowed by the first of the two filters, which needs them to hand over its
    // listener and to put the second in force.
    SYS_seccomp,
    SYS_sendmsg,
];

/// As [`UNRECORDED`], for numbers that the C library has no constant of everywhere. They are the
/// same on all supported architectures.
pub(super) const UNRECORDED_NEW: &[Call] = &[
    (451, "SYS_cachestat"),
    (452, "SYS_fchmodat2"),
    (453, "SYS_map_shadow_stack"),
    (454, "SYS_futex_wake"),
    (455, "SYS_futex_wait"),
    (456, "SYS_futex_requeue"),
    (463, "SYS_setxattrat"),
    (464, "SYS_getxattrat"),
    (465, "SYS_listxattrat"),
    (468, "SYS_file_getattr"),
    (470, "SYS_listns"),
];

/// As [`UNRECORDED`]: older names.
#[cfg(target_arch = "x86_64")]
pub(super) const UNRECORDED_OLDER: &[Call] = calls![SYS_chown, SYS_lchown];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const UNRECORDED_OLDER: &[Call] = &[];

/// No data job has a reason to try these, and each is a known way out of a jail or into the kernel:
/// the first one ends the job. They never had any effect.
pub(super) const ENDING: [&[Call]; 9] = [
    // Into other processes: their memory, registers and descriptors.
    calls![
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_process_madvise,
        SYS_pidfd_getfd,
        SYS_kcmp,
    ],
    // Out of the jail's namespaces, or into fresh ones where the job would be root. `clone` is only
    // refused, and so only seen, when it asks for that.
    calls![SYS_unshare, SYS_setns, SYS_clone],
    // Another view of the file system.
    calls![
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_open_tree,
        SYS_move_mount,
        SYS_mount_setattr,
        SYS_fsopen,
        SYS_fsconfig,
        SYS_fsmount,
        SYS_fspick,
    ],
    // open_tree with attributes; the C library has no constant of it everywhere.
    &[(467, "SYS_open_tree_attr")],
    // Past permissions: files by their handle, the kernel's keys.
    calls![
        SYS_open_by_handle_at,
        SYS_add_key,
        SYS_request_key,
        SYS_keyctl
    ],
    // Large, young parts of the kernel, where most of its holes were found.
    calls![
        SYS_bpf,
        SYS_io_uring_setup,
        SYS_io_uring_enter,
        SYS_io_uring_register,
        SYS_userfaultfd,
        SYS_perf_event_open,
    ],
    // The kernel itself: its modules, its successor, its log.
    calls![
        SYS_init_module,
        SYS_finit_module,
        SYS_delete_module,
        SYS_kexec_load,
        SYS_syslog,
    ],
    // The machine: its clock, its name, its swap, its power.
    calls![
        SYS_settimeofday,
        SYS_clock_settime,
        SYS_adjtimex,
        SYS_clock_adjtime,
        SYS_sethostname,
        SYS_setdomainname,
        SYS_swapon,
        SYS_swapoff,
        SYS_reboot,
        SYS_acct,
        SYS_quotactl,
        SYS_quotactl_fd,
        SYS_vhangup,
        SYS_nfsservctl,
        SYS_lookup_dcookie,
    ],
    ENDING_OLDER,
];

/// Ports and segments of the processor; a kernel image by descriptor.
#[cfg(target_arch = "x86_64")]
const ENDING_OLDER: &[Call] = calls![SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_kexec_file_load,];
#[cfg(not(target_arch = "x86_64"))]
const ENDING_OLDER: &[Call] = &[];

/// Refused and recorded: network, other users' rights, memory and messages beyond the watch. The
/// list is of names; a call in no list is treated the same and named by its number.
///
/// The job goes on, because C libraries ask sockets for users, host names and time zones without the
/// program's doing, and because a program that would drop rights harms no one.
const RECORDED: [&[Call]; 2] = [
    calls![
        SYS_accept,
        SYS_accept4,
        SYS_bind,
        SYS_capset,
        SYS_connect,
        SYS_execveat,
        SYS_fanotify_init,
        SYS_fanotify_mark,
        SYS_fcntl,
        SYS_fremovexattr,
        SYS_getsockname,
        SYS_getsockopt,
        SYS_inotify_add_watch,
        SYS_inotify_init1,
        SYS_inotify_rm_watch,
        SYS_io_cancel,
        SYS_io_destroy,
        SYS_io_getevents,
        SYS_io_setup,
        SYS_io_submit,
        SYS_ioctl,
        SYS_listen,
        SYS_madvise,
        SYS_lremovexattr,
        SYS_memfd_create,
        SYS_memfd_secret,
        SYS_migrate_pages,
        SYS_mknodat,
        SYS_mmap,
        SYS_mprotect,
        SYS_mq_getsetattr,
        SYS_mq_notify,
        SYS_mq_open,
        SYS_mq_timedreceive,
        SYS_mq_timedsend,
        SYS_mq_unlink,
        SYS_msgctl,
        SYS_msgget,
        SYS_msgrcv,
        SYS_msgsnd,
        SYS_name_to_handle_at,
        SYS_personality,
        SYS_pidfd_open,
        SYS_pidfd_send_signal,
        SYS_prctl,
        SYS_prlimit64,
        SYS_process_mrelease,
        SYS_recvfrom,
        SYS_recvmmsg,
        SYS_recvmsg,
        SYS_removexattr,
        SYS_rt_sigqueueinfo,
        SYS_rt_tgsigqueueinfo,
        SYS_semctl,
        SYS_semget,
        SYS_semop,
        SYS_semtimedop,
        SYS_sendmmsg,
        SYS_sendto,
        SYS_setfsgid,
        SYS_setfsuid,
        SYS_setgid,
        SYS_setgroups,
        SYS_setregid,
        SYS_setresgid,
        SYS_setresuid,
        SYS_setreuid,
        SYS_setsockopt,
        SYS_setuid,
        SYS_shmat,
        SYS_shmctl,
        SYS_shmdt,
        SYS_shmget,
        SYS_shutdown,
        SYS_signalfd4,
        SYS_socket,
        SYS_socketpair,
        SYS_splice,
        SYS_tee,
        SYS_timer_create,
        SYS_timer_delete,
        SYS_timer_getoverrun,
        SYS_timer_gettime,
        SYS_timer_settime,
        SYS_vmsplice,
    ],
    RECORDED_OLDER,
];

#[cfg(target_arch = "x86_64")]
const RECORDED_OLDER: &[Call] = calls![
    SYS__sysctl,
    SYS_get_thread_area,
    SYS_inotify_init,
    SYS_mknod,
    SYS_set_thread_area,
    SYS_setrlimit,
    SYS_signalfd,
    SYS_sysfs,
    SYS_uselib,
    SYS_ustat,
];
#[cfg(not(target_arch = "x86_64"))]
const RECORDED_OLDER: &[Call] = &[];

/// `ioctl` requests that ask about a descriptor. None changes a device.
// The constants' types differ between C libraries.
#[allow(clippy::unnecessary_cast)]
pub(super) const IOCTLS: &[u64] = &[
    libc::TCGETS as u64,
    libc::TIOCGWINSZ as u64,
    libc::FIONREAD as u64,
    libc::FIONBIO as u64,
    libc::FIOCLEX as u64,
    libc::FIONCLEX as u64,
];

/// `ioctl` requests that are not recorded: FICLONE, with which `cp` would share a file's blocks.
pub(super) const UNRECORDED_IOCTLS: &[u64] = &[0x4004_9409];

/// `fcntl` commands. Not leases, which a job could hold on a granted file to make its writers on the
/// host wait; not F_NOTIFY, which tells what the host does in a directory. Record locks stay: SQLite
/// and DuckDB take them, and on what is granted they can only be a reader's.
#[allow(clippy::unnecessary_cast)]
pub(super) const FCNTLS: &[u64] = &[
    libc::F_DUPFD as u64,
    libc::F_DUPFD_CLOEXEC as u64,
    libc::F_GETFD as u64,
    libc::F_SETFD as u64,
    libc::F_GETFL as u64,
    libc::F_SETFL as u64,
    libc::F_GETLK as u64,
    libc::F_SETLK as u64,
    libc::F_SETLKW as u64,
    libc::F_GETPIPE_SZ as u64,
];

/// `madvise` advice. Not MADV_MERGEABLE, by which a job could find out what other programs hold in
/// memory; not MADV_PAGEOUT, which takes memory from where others share it.
#[allow(clippy::unnecessary_cast)]
pub(super) const ADVICE: &[u64] = &[
    libc::MADV_NORMAL as u64,
    libc::MADV_RANDOM as u64,
    libc::MADV_SEQUENTIAL as u64,
    libc::MADV_WILLNEED as u64,
    libc::MADV_DONTNEED as u64,
    libc::MADV_FREE as u64,
    libc::MADV_REMOVE as u64,
    libc::MADV_DONTFORK as u64,
    libc::MADV_DOFORK as u64,
    libc::MADV_HUGEPAGE as u64,
    libc::MADV_NOHUGEPAGE as u64,
    libc::MADV_COLLAPSE as u64,
    libc::MADV_DONTDUMP as u64,
    libc::MADV_DODUMP as u64,
    libc::MADV_WIPEONFORK as u64,
    libc::MADV_KEEPONFORK as u64,
    libc::MADV_COLD as u64,
    libc::MADV_POPULATE_READ as u64,
    libc::MADV_POPULATE_WRITE as u64,
];

/// `prctl` options that concern the thread's name, its memory's names and questions.
pub(super) const PRCTLS: &[u64] = &[
    libc::PR_SET_NAME as u64,
    libc::PR_GET_NAME as u64,
    libc::PR_SET_VMA as u64,
    libc::PR_CAPBSET_READ as u64,
    libc::PR_GET_DUMPABLE as u64,
    libc::PR_GET_NO_NEW_PRIVS as u64,
    libc::PR_GET_SECCOMP as u64,
    libc::PR_GET_THP_DISABLE as u64,
    libc::PR_SET_THP_DISABLE as u64,
];

/// The one socket that is not recorded: the C library asks the name service cache, if there is one,
/// in exactly these words whenever a program asks for a user's name or home.
pub(super) const NAME_SERVICE_SOCKET: [u64; 2] = [
    libc::AF_UNIX as u64,
    (libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) as u64,
];

/// Every flag of `clone` that makes a namespace.
pub(super) const NEW_NAMESPACES: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET) as u64;

/// Whether a refused call ends the job. `arguments` are as the kernel got them.
pub(super) fn ends_job(number: i64, arguments: &[u64; 6]) -> bool {
    let makes_device = |mode: u64| {
        let kind = u32::try_from(mode & u64::from(libc::S_IFMT)).unwrap_or_default();
        [libc::S_IFCHR, libc::S_IFBLK].contains(&kind)
    };
    if number == libc::SYS_mknodat {
        return makes_device(arguments[2]);
    }
    #[cfg(target_arch = "x86_64")]
    if number == libc::SYS_mknod {
        return makes_device(arguments[1]);
    }
    ENDING
        .iter()
        .any(|list| list.iter().any(|&(ending, _)| ending == number))
}

/// The call's name without its prefix, for the record.
pub(super) fn name(number: i64) -> Option<&'static str> {
    let lists = ALLOWED.iter().chain(&ENDING).chain(&RECORDED);
    let unrecorded = [UNRECORDED, UNRECORDED_NEW, UNRECORDED_OLDER];
    let mut all = lists.chain(&unrecorded).flat_map(|list| list.iter());
    let (_, name) = all.find(|(known, _)| *known == number)?;
    name.strip_prefix("SYS_")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So none that is named as refused is allowed.
    #[test]
    fn no_call_is_in_two_lists() {
        let unrecorded = [UNRECORDED, UNRECORDED_NEW, UNRECORDED_OLDER];
        let lists = ALLOWED.iter().chain(&ENDING).chain(&RECORDED);
        let mut all: Vec<_> = lists
            .chain(&unrecorded)
            .flat_map(|list| list.iter())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup_by_key(|call| call.0);
        assert_eq!(all.len(), count);
    }

    #[test]
    fn only_devices_end_a_job_that_makes_nodes() {
        let mknodat = |mode: u32| ends_job(libc::SYS_mknodat, &[0, 0, mode.into(), 0, 0, 0]);
        assert!(mknodat(libc::S_IFCHR | 0o600) && mknodat(libc::S_IFBLK));
        assert!(!mknodat(libc::S_IFIFO | 0o600) && !mknodat(libc::S_IFREG) && !mknodat(0o600));
        assert!(ends_job(libc::SYS_ptrace, &[0; 6]) && ends_job(libc::SYS_clone, &[0; 6]));
        assert!(!ends_job(libc::SYS_socket, &[0; 6]));
    }

    #[test]
    fn names_are_those_of_the_manual() {
        assert_eq!(name(libc::SYS_process_vm_readv), Some("process_vm_readv"));
        assert_eq!(name(libc::SYS_socket), Some("socket"));
        assert_eq!(name(100_000), None);
    }
}
