//! What the job uses at this moment, read from init's own view of /proc.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, RawDir, SeekFrom};

use crate::sys;
use crate::wire::{End, Request};

/// The sum over all processes of the job, init not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sample {
    /// Anonymous and shared memory, in bytes. Pages shared after a fork count once for each
    /// process that maps them.
    pub(super) memory: u64,
    /// Threads.
    pub(super) threads: u64,
    /// CPU time in clock ticks of 10 ms: of live processes and of those they waited for.
    pub(super) cpu_ticks: u64,
    /// CPU time of those that init waited for, in milliseconds: orphans.
    pub(super) orphans_cpu_ms: u64,
}

impl Sample {
    /// CPU time so far, in milliseconds.
    pub(super) fn cpu_ms(&self) -> u64 {
        self.cpu_ticks * TICK_MS + self.orphans_cpu_ms
    }
}

/// The most that was seen at one look, of each by itself.
#[derive(Debug, Default)]
pub(super) struct Peak {
    pub(super) memory: u64,
    pub(super) threads: u64,
    pub(super) disk: u64,
}

impl Peak {
    pub(super) fn raise(&mut self, sample: Sample, disk: u64) {
        self.memory = self.memory.max(sample.memory);
        self.threads = self.threads.max(sample.threads);
        self.disk = self.disk.max(disk);
    }

    pub(super) fn glimpse(&mut self, glance: Glance, disk: u64) {
        self.threads = self.threads.max(glance.processes);
        self.disk = self.disk.max(disk);
    }
}

/// /proc reports CPU time in hundredths of a second on every supported architecture.
const TICK_MS: u64 = 10;

/// Adds up what all processes in `proc` use. A process that ends meanwhile counts as far as read.
/// Those whose parent does not want to know of their end (it ignores SIGCHLD) take their CPU time
/// with them: the clock alone bounds them.
pub(super) fn sample(proc: &OwnedFd) -> io::Result<Sample> {
    let mut sum = Sample::default();
    for_each_process(proc, |pid| {
        if let Ok(status) = read(proc, &format!("{pid}/status")) {
            add_status(&mut sum, &status);
            if !has_memory(&status)
                && let Some(thread) = living_thread(proc, pid)
                && let Ok(status) = read(proc, &format!("{thread}/status"))
            {
                sum.memory += memory(&status);
            }
        }
        if let Ok(stat) = read(proc, &format!("{pid}/stat")) {
            sum.cpu_ticks += cpu_ticks(&stat);
        }
    })?;
    let (user, system, _) = sys::children_usage();
    sum.orphans_cpu_ms = millis(user + system);
    Ok(sum)
}

/// What a look costs least to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Glance {
    /// Resident memory in bytes, mapped files included: at least [`Sample::memory`] but for what is
    /// swapped out.
    pub(super) resident: u64,
    processes: u64,
    /// A process tells of no memory: it is dead, or its first thread is and others go on.
    is_veiled: bool,
}

impl Glance {
    /// Whether a sample could show that a limit is exceeded.
    pub(super) fn is_suspicious(&self, request: &Request) -> bool {
        self.is_veiled || self.resident > request.memory || self.processes > u64::from(request.pids)
    }
}

/// Looks at what a job can use up fastest. Far cheaper than a [`sample`].
pub(super) fn glance(proc: &OwnedFd) -> io::Result<Glance> {
    let mut sum = Glance::default();
    for_each_process(proc, |pid| {
        sum.processes += 1;
        if let Ok(statm) = read(proc, &format!("{pid}/statm")) {
            let resident = resident(&statm);
            sum.resident += resident;
            sum.is_veiled |= resident == 0;
        }
    })?;
    Ok(sum)
}

/// The second field, in pages.
fn resident(statm: &str) -> u64 {
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(u64::MAX);
    pages.unwrap_or(0_u64).saturating_mul(page)
}

/// Whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Where a process's memory can be read. One whose first thread has ended tells nothing of what its
/// other threads go on using; each of them does. `None` when it has no memory any more.
fn living_thread(proc: &OwnedFd, pid: u32) -> Option<String> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let tasks = rustix::fs::openat(proc, format!("{pid}/task"), flags, Mode::empty()).ok()?;
    let mut found = None;
    // A failure means that the process has ended.
    let _ = for_each_process(&tasks, |task| {
        let path = format!("{pid}/task/{task}");
        if found.is_none() && read(proc, &format!("{path}/status")).is_ok_and(has_memory) {
            found = Some(path);
        }
    });
    found
}

fn has_memory(status: impl AsRef<str>) -> bool {
    status.as_ref().contains("\nRssAnon:")
}

/// Memory with shared pages divided among those who share them: exact, and too slow to ask always.
/// `None` when one process cannot be read.
fn proportional_memory(proc: &OwnedFd) -> Option<u64> {
    let mut sum = Some(0);
    let exact = |path: String| -> io::Result<u64> {
        let text = read(proc, &format!("{path}/smaps_rollup"))?;
        let parts = ["Pss_Anon:", "Pss_Shmem:", "SwapPss:"];
        Ok(parts.iter().map(|part| field_kib(&text, part)).sum())
    };
    let is_gone = |error: &io::Error| {
        error.raw_os_error() == Some(libc::ESRCH) || error.kind() == io::ErrorKind::NotFound
    };
    for_each_process(proc, |pid| {
        let of_process = match exact(pid.to_string()) {
            Err(error) if is_gone(&error) => living_thread(proc, pid).map_or(Ok(0), exact),
            known => known,
        };
        sum = match (sum, of_process) {
            (Some(sum), Ok(of_process)) => Some(sum + of_process),
            // It ended since the directory was read.
            (sum, Err(error)) if is_gone(&error) => sum,
            _ => None,
        };
    })
    .ok()?;
    sum
}

/// Which limit the sample exceeds, if any. That of CPU time moves while the program waits.
pub(super) fn exceeded(
    proc: &OwnedFd,
    sample: Sample,
    request: &Request,
    cpu_limit_ms: u64,
) -> Option<End> {
    if sample.threads > u64::from(request.pids) {
        Some(End::Pids)
    } else if sample.cpu_ms() > cpu_limit_ms {
        Some(End::Cpu)
    } else if sample.memory > request.memory
        && proportional_memory(proc).is_none_or(|exact| exact > request.memory)
    {
        Some(End::Memory)
    } else {
        None
    }
}

fn for_each_process(proc: &OwnedFd, mut act: impl FnMut(u32)) -> io::Result<()> {
    rustix::fs::seek(proc, SeekFrom::Start(0))?;
    let mut space = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(proc, &mut space);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name().to_str().ok();
        let pid = name.and_then(|name| name.parse().ok());
        // Process 1 is init.
        if let Some(pid) = pid.filter(|&pid| pid != 1) {
            act(pid);
        }
    }
    Ok(())
}

/// The first 4 KiB of a file: all of most, and all that is looked for of the others.
fn read(proc: &OwnedFd, path: &str) -> io::Result<String> {
    let file = rustix::fs::openat(proc, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut bytes = [0; 4096];
    let count = rustix::io::read(&file, &mut bytes)?;
    // A process chooses its name, which need not be UTF-8.
    Ok(String::from_utf8_lossy(&bytes[..count]).into_owned())
}

fn add_status(sum: &mut Sample, status: &str) {
    sum.memory += memory(status);
    sum.threads += field(status, "Threads:");
}

/// Swapped out, memory is used no less.
fn memory(status: &str) -> u64 {
    let parts = ["RssAnon:", "RssShmem:", "VmSwap:"];
    parts.iter().map(|part| field_kib(status, part)).sum()
}

/// The number after `name` at the start of a line, or 0. A newline in a process's name is escaped
/// by the kernel, so that no name can pass for a line.
fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn field_kib(text: &str, name: &str) -> u64 {
    field(text, name).saturating_mul(1024)
}

/// utime, stime, cutime and cstime: fields 14 to 17, counted behind the name's last parenthesis.
fn cpu_ticks(stat: &str) -> u64 {
    let Some((_, rest)) = stat.rsplit_once(')') else {
        return 0;
    };
    let times = rest.split_whitespace().skip(11).take(4);
    times.filter_map(|number| number.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let stat = "7 (a) 1 2 (b) S 1 2 3 4 5 6 7 8 9 10 100 20 3 4 0 0";
        assert_eq!(cpu_ticks(stat), 127);
        assert_eq!(cpu_ticks("nonsense"), 0);
    }

    #[test]
    fn resident_pages_are_the_second_field() {
        assert_eq!(
            resident("9 3 1 1 0 5 0\n"),
            3 * rustix::param::page_size() as u64
        );
        assert_eq!(resident("nonsense"), 0);
    }

    #[test]
    fn each_peak_is_kept_by_itself() {
        let mut peak = Peak::default();
        let sample = |memory, threads| Sample {
            memory,
            threads,
            ..Sample::default()
        };
        peak.raise(sample(5, 1), 7);
        peak.raise(sample(3, 4), 2);
        assert_eq!((peak.memory, peak.threads, peak.disk), (5, 4, 7));
    }

    #[test]
    fn fields_are_read_at_the_start_of_a_line_only() {
        let status = "Name:\tThreads:\\nThreads: 9\nRssAnon:\t   12 kB\nThreads:\t3\n";
        let mut sum = Sample::default();
        add_status(&mut sum, status);
        assert_eq!(
            sum,
            Sample {
                memory: 12 * 1024,
                threads: 3,
                ..Sample::default()
            }
        );
    }
}
