//! Takes note of the system calls that a job was refused.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::{calls, filter};
use crate::sys::{self, Notification};
use crate::wire::RefusedCall;

/// Different calls that are named one by one. No real program is refused as many.
const MAX_NAMED: usize = 64;

/// Calls answered in a row before the job is looked at again: a job that does nothing but make calls
/// that are refused must not keep the watch from watching.
const MAX_IN_A_ROW: usize = 256;

/// Bit of the x32 calls' numbers, which have the architecture of the 64-bit ones.
#[cfg(target_arch = "x86_64")]
const X32: i32 = 0x4000_0000;

/// `AUDIT_ARCH_*` of <linux/audit.h>: machine, 64 bits, little-endian.
#[cfg(target_arch = "x86_64")]
const NATIVE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const NATIVE: u32 = 0xc000_00b7;
#[cfg(target_arch = "riscv64")]
const NATIVE: u32 = 0xc000_00f3;

/// The calls that a job was refused, as far as they were told.
pub(super) struct Notices {
    /// Nothing where the kernel gave none: then calls are refused without a trace.
    listener: Option<OwnedFd>,
    /// How often, by name, and whether it ends a job.
    named: BTreeMap<String, (u64, bool)>,
    /// Calls beyond those that are named.
    others: u64,
}

/// What a look at the listener found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    Nothing,
    /// A call that no job has a reason to make. Its caller still waits, and will not be answered.
    EndsJob,
}

impl Notices {
    pub(super) fn new(listener: Option<OwnedFd>) -> Self {
        Self {
            listener,
            named: BTreeMap::new(),
            others: 0,
        }
    }

    /// What to poll for reading.
    pub(super) fn listener(&self) -> Option<BorrowedFd<'_>> {
        self.listener.as_ref().map(AsFd::as_fd)
    }

    /// Answers what waits, up to a bound.
    pub(super) fn take(&mut self) -> Noticed {
        for _ in 0..MAX_IN_A_ROW {
            match self.readiness() {
                Readiness::Waiting => {}
                Readiness::Quiet => break,
                // The last process with the filter is gone.
                Readiness::Closed => {
                    self.listener = None;
                    break;
                }
            }
            if self.take_one() == Noticed::EndsJob {
                return Noticed::EndsJob;
            }
        }
        Noticed::Nothing
    }

    fn readiness(&self) -> Readiness {
        let Some(listener) = &self.listener else {
            return Readiness::Quiet;
        };
        let mut polled = [PollFd::new(listener, PollFlags::IN)];
        let now = Timespec::default();
        match rustix::event::poll(&mut polled, Some(&now)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => Readiness::Quiet,
            Ok(_) if polled[0].revents().contains(PollFlags::IN) => Readiness::Waiting,
            Ok(_) | Err(_) => Readiness::Closed,
        }
    }

    fn take_one(&mut self) -> Noticed {
        let Some(listener) = &self.listener else {
            return Noticed::Nothing;
        };
        let Ok(call) = sys::take_notification(listener.as_fd()) else {
            // The caller was killed before it was heard.
            return Noticed::Nothing;
        };
        if ends_job(&call) {
            self.note(&call, true);
            return Noticed::EndsJob;
        }
        // Counted once it is answered: a call that a signal interrupts before comes again.
        if sys::answer_notification(listener.as_fd(), call.id, filter::MISSING).is_ok() {
            self.note(&call, false);
        }
        Noticed::Nothing
    }

    fn note(&mut self, call: &Notification, ends: bool) {
        let name = name(call);
        if self.named.len() == MAX_NAMED && !self.named.contains_key(&name) && !ends {
            self.others += 1;
            return;
        }
        let (count, ended) = self.named.entry(name).or_default();
        *count += 1;
        *ended |= ends;
    }

    /// What was noted, by name.
    pub(super) fn into_record(self) -> Vec<RefusedCall> {
        let others = (self.others > 0).then(|| ("others".to_owned(), (self.others, false)));
        let all = self.named.into_iter().chain(others);
        all.map(|(name, (count, ends))| RefusedCall { name, count, ends })
            .collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Readiness {
    Waiting,
    Quiet,
    Closed,
}

fn is_foreign(call: &Notification) -> bool {
    #[cfg(target_arch = "x86_64")]
    let is_x32 = call.number & X32 != 0;
    #[cfg(not(target_arch = "x86_64"))]
    let is_x32 = false;
    call.architecture != NATIVE || is_x32
}

fn ends_job(call: &Notification) -> bool {
    // Interpreters and libraries are of one architecture; only machine code of a job's own making
    // calls as another.
    is_foreign(call) || calls::ends_job(call.number.into(), &call.arguments)
}

fn name(call: &Notification) -> String {
    let number = call.number;
    if is_foreign(call) {
        return format!("number {number} of another architecture");
    }
    match calls::name(number.into()) {
        Some(name) => name.to_owned(),
        None => format!("number {number}"),
    }
}

/// Waits until `end` can be read, and answers calls meanwhile.
pub(super) fn answer_until(end: &impl AsFd, notices: &mut Notices) -> io::Result<()> {
    loop {
        let mut polled = vec![PollFd::new(end, PollFlags::IN)];
        if let Some(listener) = &notices.listener {
            polled.push(PollFd::new(listener, PollFlags::IN));
        }
        match rustix::event::poll(&mut polled, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if !polled[0].revents().is_empty() {
            return Ok(());
        }
        if notices.take() == Noticed::EndsJob {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: i64) -> Notification {
        Notification {
            id: 0,
            architecture: NATIVE,
            number: i32::try_from(number).unwrap(),
            arguments: [0; 6],
        }
    }

    #[test]
    fn the_record_is_bounded_and_counts_on() {
        let mut notices = Notices::new(None);
        for number in 10_000..10_200 {
            notices.note(&call(number), false);
            notices.note(&call(number), false);
        }
        // What ends a job is named all the same.
        notices.note(&call(libc::SYS_ptrace), true);
        let record = notices.into_record();
        assert_eq!(record.len(), MAX_NAMED + 2);
        let sum: u64 = record.iter().map(|call| call.count).sum();
        assert_eq!(sum, 401);
        let ends: Vec<_> = record.iter().filter(|call| call.ends).collect();
        assert_eq!(ends.len(), 1);
        assert_eq!((ends[0].name.as_str(), ends[0].count), ("ptrace", 1));
        assert_eq!(record.last().unwrap().name, "others");
    }

    #[test]
    fn a_listener_that_always_has_more_does_not_hold_the_watch() {
        // Always ready, and no listener: each try to take a call from it fails.
        let endless = std::fs::File::open("/dev/zero").unwrap();
        let mut notices = Notices::new(Some(endless.into()));
        assert_eq!(notices.readiness(), Readiness::Waiting);
        assert_eq!(notices.take(), Noticed::Nothing);
        assert!(notices.listener().is_some());
    }

    #[test]
    fn calls_of_another_architecture_are_not_taken_for_those_of_this_one() {
        // A number that is allowed here, and another call there.
        let foreign = Notification {
            architecture: 0x4000_0003,
            ..call(libc::SYS_read)
        };
        assert!(ends_job(&foreign));
        assert_eq!(name(&foreign), "number 0 of another architecture");
        assert!(!ends_job(&call(libc::SYS_socket)));
        assert_eq!(name(&call(libc::SYS_socket)), "socket");
        #[cfg(target_arch = "x86_64")]
        assert!(ends_job(&call(libc::SYS_read | 0x4000_0000)));
    }
}
