//! The system call filter: an allow-list. Everything else answers ENOSYS, and is told to init.
//!
//! ENOSYS rather than EPERM, because libraries then fall back to older calls (glibc does for
//! `clone3`), and rather than a kill, because a signal can be forged by the program and would
//! prove nothing. What proves something is the kernel's own notification to init (see `notice`),
//! which a program can neither forge nor hold back. Calls of another architecture (32-bit, x32) are
//! not in the list.
//!
//! Two filters are in force. The first allows the list and notifies of all else. The second answers
//! what is not worth a notification; where filters differ, an error number counts for more than a
//! notification.

use std::io;
use std::os::fd::OwnedFd;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule,
};

use super::calls::{
    ADVICE, ALLOWED, FCNTLS, IOCTLS, NAME_SERVICE_SOCKET, NEW_NAMESPACES, PRCTLS, UNRECORDED,
    UNRECORDED_IOCTLS, UNRECORDED_NEW, UNRECORDED_OLDER,
};
use super::dispatch::{Rules, program};
use crate::sys;
use crate::wire::{Refusal, RefusalKind};

/// What a refused call gets.
pub(super) const MISSING: i32 = libc::ENOSYS;

/// Calls that are allowed for some arguments: clone, fcntl, ioctl, madvise, mmap, mprotect, prctl,
/// prlimit64.
const PARTLY_ALLOWED: usize = 8;

/// How many calls are allowed.
fn allowed_calls() -> usize {
    ALLOWED.iter().map(|list| list.len()).sum::<usize>() + PARTLY_ALLOWED
}

/// Filters that are compiled, to be put in force when nothing else is left to do.
pub(super) struct Filters {
    /// Notifies of what it does not allow. Allows [`HANDING_OVER`] as well.
    notifying: BpfProgram,
    /// Refuses what is not recorded, and [`HANDING_OVER`].
    silent: BpfProgram,
}

impl Filters {
    /// What is in force, for the report.
    pub(super) fn describe(&self, is_recorded: bool) -> String {
        let fate = match is_recorded {
            true => "recorded",
            false => "not recorded, for a filter around this one listens already",
        };
        format!(
            "{} system calls allowed, list {}, refused calls are {fate}",
            allowed_calls(),
            self.mark()
        )
    }

    /// Tells versions of the list apart: the same mark, the same filters.
    fn mark(&self) -> String {
        // FNV-1a, which guards against nothing.
        let mut mark = 0xcbf2_9ce4_8422_2325_u64;
        for instruction in self.notifying.iter().chain(&self.silent) {
            let fields = [
                u64::from(instruction.code),
                u64::from(instruction.jt),
                u64::from(instruction.jf),
                u64::from(instruction.k),
            ];
            for field in fields {
                mark = (mark ^ field).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        format!("{mark:016x}")
    }
}

/// What it takes to hand the listener over once the first filter is in force.
const HANDING_OVER: [libc::c_long; 2] = [libc::SYS_seccomp, libc::SYS_sendmsg];

/// Compiles the filters.
pub(super) fn compile() -> Result<Filters, Refusal> {
    build().map_err(|error| refusal(&error))
}

/// Puts the filters in force for this thread and all that comes from it. `hand_over` brings the
/// listener to init; it may use `sendmsg` and nothing else that is not in the list.
pub(super) fn enter(
    filters: &Filters,
    hand_over: impl FnOnce(Option<OwnedFd>) -> io::Result<()>,
) -> Result<(), Refusal> {
    match sys::seccomp_with_listener(&filters.notifying) {
        Ok(listener) => hand_over(Some(listener))
            .and_then(|()| sys::seccomp(&filters.silent))
            .map_err(|error| refusal(&error)),
        // EBUSY: a filter that this process lives in, of a container for example, has a listener,
        // and there can be only one. EINVAL and EOPNOTSUPP: not offered.
        Err(error)
            if [libc::EBUSY, libc::EINVAL, libc::EOPNOTSUPP]
                .contains(&error.raw_os_error().unwrap_or(0)) =>
        {
            let mute = mute().map_err(|error| refusal(&error))?;
            hand_over(None)
                .and_then(|()| sys::seccomp(&mute))
                .map_err(|error| refusal(&error))
        }
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(error: &dyn std::fmt::Display) -> Refusal {
    Refusal {
        kind: RefusalKind::Seccomp,
        step: error.to_string(),
        path: Vec::new(),
        errno: 0,
    }
}

fn build() -> Result<Filters, seccompiler::BackendError> {
    let missing = SeccompAction::Errno(u32::try_from(MISSING).unwrap_or_default());
    let mut allowed = allowed()?;
    for call in HANDING_OVER {
        allowed.insert(call, Vec::new());
    }
    let notifying = program(allowed, &missing, &SeccompAction::Allow)?;
    let silent = program(unrecorded()?, &SeccompAction::Allow, &missing)?;
    Ok(Filters {
        notifying: answer_instead(
            notifying,
            &[RETURN_MISSING, RETURN_KILL],
            libc::SECCOMP_RET_USER_NOTIF,
        ),
        // Calls of another architecture are the first filter's business.
        silent: answer_instead(silent, &[RETURN_KILL], libc::SECCOMP_RET_ALLOW),
    })
}

/// The filter that is alone in force where no notification can be had.
fn mute() -> Result<BpfProgram, seccompiler::BackendError> {
    let missing = SeccompAction::Errno(u32::try_from(MISSING).unwrap_or_default());
    let mute = program(allowed()?, &missing, &SeccompAction::Allow)?;
    Ok(answer_instead(mute, &[RETURN_KILL], RETURN_MISSING))
}

/// What seccompiler answers where the filter does not match, as given to it above.
const RETURN_MISSING: u32 = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;

/// What seccompiler answers to calls of another architecture, whatever it is given.
const RETURN_KILL: u32 = libc::SECCOMP_RET_KILL_PROCESS;

/// Replaces answers. seccompiler has no notification among its actions, and kills a process of
/// another architecture, which looks as if the process had killed itself.
fn answer_instead(mut program: BpfProgram, old: &[u32], new: u32) -> BpfProgram {
    /// `BPF_RET | BPF_K`: ends with a constant answer.
    const RETURN: u16 = 0x06;
    for instruction in &mut program {
        if instruction.code == RETURN && old.contains(&instruction.k) {
            instruction.k = new;
        }
    }
    program
}

/// A rule for one argument. The kernel looks at 32 bits of these arguments, and so must the filter.
fn when(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

fn one_of(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values
        .iter()
        .map(|&value| SeccompRule::new(vec![when(argument, SeccompCmpOp::Eq, value)?]))
        .collect()
}

fn allowed() -> Result<Rules, seccompiler::BackendError> {
    let mut rules = Rules::new();
    for &(call, _) in ALLOWED.iter().flat_map(|list| list.iter()) {
        // No conditions: allowed whatever its arguments.
        rules.insert(call, Vec::new());
    }
    // Asking for limits only: a job that sets its core limit to 0 has its memory piped to the host's
    // crash handler, which runs as root.
    let asks_only = SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?;
    rules.insert(
        libc::SYS_prlimit64,
        vec![SeccompRule::new(vec![asks_only])?],
    );
    rules.insert(libc::SYS_ioctl, one_of(1, IOCTLS)?);
    rules.insert(libc::SYS_fcntl, one_of(1, FCNTLS)?);
    rules.insert(libc::SYS_madvise, one_of(2, ADVICE)?);
    rules.insert(libc::SYS_mmap, mappings()?);
    // What was memory does not become code; see `mappings`.
    let stays_data = when(2, SeccompCmpOp::MaskedEq(EXECUTE), 0)?;
    rules.insert(
        libc::SYS_mprotect,
        vec![SeccompRule::new(vec![stays_data])?],
    );
    rules.insert(libc::SYS_prctl, one_of(0, PRCTLS)?);
    let without_namespaces = when(0, SeccompCmpOp::MaskedEq(NEW_NAMESPACES), 0)?;
    rules.insert(
        libc::SYS_clone,
        vec![SeccompRule::new(vec![without_namespaces])?],
    );
    Ok(rules)
}

/// `PROT_EXEC`, `PROT_WRITE`.
const EXECUTE: u64 = libc::PROT_EXEC.cast_unsigned() as u64;
const WRITE: u64 = libc::PROT_WRITE.cast_unsigned() as u64;

/// Mappings of files, and private memory. Not shared memory without a file: it stays when it is not
/// mapped any more, where no watch sees it. Nor huge pages, which are set aside for others.
///
/// No memory is code: what is mapped as code comes from a file, and cannot be written to. So a
/// program makes the calls that others' code makes, and not its own. (Polars makes code to ask the
/// processor what it can do, unless `POLARS_SKIP_CPU_CHECK` is set.)
fn mappings() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    const KIND: u64 = 0x0f;
    const ANONYMOUS: u64 = libc::MAP_ANONYMOUS.cast_unsigned() as u64;
    const HUGE: u64 = libc::MAP_HUGETLB.cast_unsigned() as u64;
    const PRIVATE: u64 = libc::MAP_PRIVATE.cast_unsigned() as u64;
    let flags = |mask, value| when(3, SeccompCmpOp::MaskedEq(mask), value);
    let lacks = |protection| when(2, SeccompCmpOp::MaskedEq(protection), 0);
    let of_file = || flags(ANONYMOUS | HUGE, 0);
    let of_memory = flags(ANONYMOUS | HUGE | KIND, ANONYMOUS | PRIVATE)?;
    Ok(vec![
        SeccompRule::new(vec![of_file()?, lacks(EXECUTE)?])?,
        SeccompRule::new(vec![of_file()?, lacks(WRITE)?])?,
        SeccompRule::new(vec![of_memory, lacks(EXECUTE)?])?,
    ])
}

fn unrecorded() -> Result<Rules, seccompiler::BackendError> {
    let mut rules = Rules::new();
    for list in [UNRECORDED, UNRECORDED_NEW, UNRECORDED_OLDER] {
        rules.extend(list.iter().map(|&(call, _)| (call, Vec::new())));
    }
    rules.insert(libc::SYS_ioctl, one_of(1, UNRECORDED_IOCTLS)?);
    let [family, kind] = NAME_SERVICE_SOCKET;
    let asks_for_names = SeccompRule::new(vec![
        when(0, SeccompCmpOp::Eq, family)?,
        when(1, SeccompCmpOp::Eq, kind)?,
    ])?;
    rules.insert(libc::SYS_socket, vec![asks_for_names]);
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::super::dispatch::tests::assert_same;
    use super::*;

    fn answers(program: &BpfProgram) -> Vec<u32> {
        let returns = program.iter().filter(|i| i.code == 0x06).map(|i| i.k);
        let mut all: Vec<_> = returns.collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    #[test]
    fn each_filter_has_its_two_answers_and_none_kills() {
        let filters = build().unwrap();
        let allow = libc::SECCOMP_RET_ALLOW;
        let mut expected = [libc::SECCOMP_RET_USER_NOTIF, allow];
        expected.sort_unstable();
        assert_eq!(answers(&filters.notifying), expected);
        assert_eq!(answers(&filters.silent), [RETURN_MISSING, allow]);
        assert_eq!(answers(&mute().unwrap()), [RETURN_MISSING, allow]);
    }

    #[test]
    fn what_hands_the_listener_over_is_refused_by_the_second_filter() {
        for call in HANDING_OVER {
            assert!(unrecorded().unwrap().contains_key(&call), "{call}");
            assert!(!allowed().unwrap().contains_key(&call), "{call}");
        }
    }

    #[test]
    fn the_count_of_allowed_calls_is_true() {
        assert_eq!(allowed().unwrap().len(), allowed_calls());
    }

    #[test]
    fn as_trees_the_filters_answer_what_they_would_as_lists() {
        let (allow, refuse) = (SeccompAction::Allow, SeccompAction::Errno(38));
        for rules in [allowed().unwrap(), unrecorded().unwrap()] {
            assert_same(&rules, &refuse, &allow);
        }
    }
}
