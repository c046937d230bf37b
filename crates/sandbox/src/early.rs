//! Copies finished outputs while the job still runs, so that little is left to copy when it ends.
//!
//! A copy is used only with the kernel's word that nothing changed since. Each file is held by a
//! read lease, which the kernel grants only while nobody has the file open for writing, shared
//! writable mappings included, and takes back before anyone opens or truncates it for writing. A
//! lease that still holds when every process of the job is dead therefore proves the copy; without
//! it the file is copied again. What may be delivered is decided at the end, from the tree as it
//! then is.
//!
//! The copies have no name until they are delivered: whatever ends this process, nothing of them
//! stays.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};

use crate::copy::{CHUNK, copy_piece, mode_of, open_regular};
use crate::deliver::parent_of;
use crate::spec::JailSpec;
use crate::sys;

/// Smaller files cost next to nothing at the end.
const MIN_FILE: u64 = 1 << 20;

/// How often the job's files are looked at. A file is finished when it did not change between two
/// looks and nobody has it open for writing.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often, and between two pieces of a copy, a lease that the job waits for is given back.
const RELEASE_EVERY: Duration = Duration::from_millis(5);

/// Files held at a time; each takes two descriptors.
const MAX_HELD: usize = 64;

/// Entries and directories within directories that one look takes in. A job with more is copied at
/// its end only.
const MAX_LOOK: usize = 2_000;
const MAX_DEPTH: usize = 8;

/// A thread that copies finished files of a running job. By default it copies nothing.
#[derive(Debug, Default)]
pub(crate) struct Copier {
    /// Output `n` of the work directory is copied to the file system of `parents[n]`.
    parents: Vec<PathBuf>,
    /// Bytes that may be copied, be it in vain.
    max_bytes: u64,
    thread: Option<(Sender<Finish>, JoinHandle<Early>)>,
}

/// The job has ended well: what is being copied is to be completed.
#[derive(Debug)]
struct Finish;

impl Copier {
    pub(crate) fn of(spec: &JailSpec) -> Self {
        let parents = spec.outputs.iter().map(|output| parent_of(&output.host));
        Self {
            parents: parents.map(Path::to_owned).collect(),
            max_bytes: spec.limits.disk,
            thread: None,
        }
    }

    /// Begins, now that the program was started.
    pub(crate) fn start(&mut self, work: OwnedFd) {
        if self.parents.is_empty() {
            return;
        }
        let copying = Copying::of(work, self.parents.clone(), self.max_bytes);
        let (finish, finished) = channel();
        let thread = std::thread::Builder::new()
            .name("early-copy".to_owned())
            .spawn(move || copying.run(&finished));
        // Without a thread everything is copied when the job has ended.
        self.thread = thread.ok().map(|thread| (finish, thread));
    }

    /// Ends the thread and gives what it copied.
    pub(crate) fn finish(mut self) -> Early {
        let Some((finish, thread)) = self.thread.take() else {
            return Early::default();
        };
        // An error means that the thread has given up, and has given back what it held.
        let _ = finish.send(Finish);
        thread.join().unwrap_or_default()
    }
}

impl Drop for Copier {
    /// Nothing of a job outlives its run, its files included.
    fn drop(&mut self) {
        if let Some((finish, thread)) = self.thread.take() {
            drop(finish);
            let _ = thread.join();
        }
    }
}

/// Copies without a name, by the number of the file that they are of.
#[derive(Debug, Default)]
pub(crate) struct Early(BTreeMap<u64, EarlyCopy>);

#[derive(Debug)]
struct EarlyCopy {
    source: Leased,
    size: u64,
    mode: u32,
    place: File,
}

impl Early {
    /// Gives the copy of `file` the name `name` in `to`, when there is one and it is exact. To be
    /// asked when nothing can change the file any more.
    pub(crate) fn place(
        &mut self,
        file: &Metadata,
        to: BorrowedFd<'_>,
        name: &CStr,
    ) -> Option<File> {
        let copy = self.0.remove(&file.ino())?;
        let source = copy.source.0.metadata().ok()?;
        let is_exact = source.dev() == file.dev()
            && source.ino() == file.ino()
            && copy.size == file.len()
            && copy.mode == mode_of(file)
            && copy.source.holds();
        if !is_exact {
            return None;
        }
        // Without a privilege, an open file is named through /proc only.
        let open = format!("/proc/self/fd/{}", copy.place.as_raw_fd());
        rustix::fs::linkat(CWD, open, to, name, AtFlags::SYMLINK_FOLLOW).ok()?;
        Some(copy.place)
    }
}

/// A file that cannot be opened for writing without this process giving way.
#[derive(Debug)]
struct Leased(File);

impl Leased {
    /// `None` when somebody has it open for writing.
    fn take(file: File) -> io::Result<Option<Self>> {
        match sys::take_read_lease(file.as_fd()) {
            Ok(()) => Ok(Some(Self(file))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn holds(&self) -> bool {
        sys::has_read_lease(self.0.as_fd())
    }

    /// Whether nobody waits for the lease, and the file's space is not to become free.
    fn is_undisturbed(&self) -> bool {
        self.holds()
            && self
                .0
                .metadata()
                .is_ok_and(|metadata| metadata.nlink() == 1)
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        // Closing alone would not do while a child that was just forked has the descriptor too.
        sys::give_back_lease(self.0.as_fd());
    }
}

/// The thread's state.
struct Copying {
    work: OwnedFd,
    parents: Vec<PathBuf>,
    budget: u64,
    /// What the last look saw.
    before: BTreeMap<u64, State>,
    /// Never copied twice: a job that writes a file again and again gains nothing by it.
    tried: BTreeSet<u64>,
    early: Early,
}

/// Why the thread ends before the job does.
enum Stop {
    /// The job has failed, or cannot be copied early here.
    Discard,
    Finished,
}

impl Copying {
    fn of(work: OwnedFd, parents: Vec<PathBuf>, budget: u64) -> Self {
        Self {
            work,
            parents,
            budget,
            before: BTreeMap::new(),
            tried: BTreeSet::new(),
            early: Early::default(),
        }
    }

    fn run(mut self, finished: &Receiver<Finish>) -> Early {
        let mut last_look = Instant::now();
        loop {
            let pause = if self.early.0.is_empty() {
                LOOK_EVERY
            } else {
                RELEASE_EVERY
            };
            match finished.recv_timeout(pause) {
                Ok(Finish) => return self.early,
                Err(RecvTimeoutError::Disconnected) => return Early::default(),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.give_way();
            if last_look.elapsed() < LOOK_EVERY {
                continue;
            }
            match self.look(finished) {
                Ok(()) => last_look = Instant::now(),
                Err(Stop::Finished) => return self.early,
                Err(Stop::Discard) => return Early::default(),
            }
        }
    }

    /// Lets go of every file that the job wants to write to or has removed.
    fn give_way(&mut self) {
        self.early.0.retain(|_, copy| copy.source.is_undisturbed());
    }

    /// Finds finished files and copies them, the largest first.
    fn look(&mut self, finished: &Receiver<Finish>) -> Result<(), Stop> {
        if used_bytes(&self.work) < MIN_FILE {
            return Ok(());
        }
        let mut look = Look::default();
        for output in 0..self.parents.len() {
            if let Ok(directory) = open_directory(self.work.as_fd(), output.to_string()) {
                look.below(directory.as_fd(), output, 0, &|ino, state| {
                    self.before.get(&ino) == Some(&state) && !self.tried.contains(&ino)
                });
            }
        }
        self.before = look.states;
        look.finished.sort_by_key(|found| Reverse(found.size));
        for found in look.finished {
            self.copy(found, finished)?;
        }
        Ok(())
    }

    fn copy(&mut self, found: Found, finished: &Receiver<Finish>) -> Result<(), Stop> {
        if self.early.0.len() >= MAX_HELD {
            return Ok(());
        }
        let Found {
            file, output, ino, ..
        } = found;
        let source = match Leased::take(file) {
            Ok(Some(source)) => source,
            Ok(None) => return Ok(()),
            // Leases need the file's own user, or a capability: root of a container has neither.
            Err(_) => return Err(Stop::Discard),
        };
        // From here on it is certain what the file holds.
        let Ok(metadata) = source.0.metadata() else {
            return Ok(());
        };
        let size = metadata.len();
        if metadata.nlink() != 1 || size > self.budget {
            return Ok(());
        }
        let mode = mode_of(&metadata);
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let permissions = Mode::from_raw_mode(mode | 0o600);
        // Not every file system has files without a name.
        let place = rustix::fs::openat(CWD, &self.parents[output], flags, permissions)
            .map_err(|_| Stop::Discard)?;
        self.tried.insert(ino);
        self.budget -= size;
        let place = File::from(place);
        let (is_whole, is_last) = self.copy_content(&source, &place, size, finished)?;
        if is_whole {
            let copy = EarlyCopy {
                source,
                size,
                mode,
                place,
            };
            self.early.0.insert(ino, copy);
        }
        if is_last {
            return Err(Stop::Finished);
        }
        Ok(())
    }

    /// Whether the copy is whole, which it is not when the job wants the file back, and whether the
    /// job has ended meanwhile.
    fn copy_content(
        &mut self,
        source: &Leased,
        place: &File,
        size: u64,
        finished: &Receiver<Finish>,
    ) -> Result<(bool, bool), Stop> {
        let mut buffer = vec![0; CHUNK];
        let (mut at, mut is_last) = (0, false);
        while at < size {
            match finished.try_recv() {
                Ok(Finish) => is_last = true,
                Err(TryRecvError::Disconnected) => return Err(Stop::Discard),
                Err(TryRecvError::Empty) => {}
            }
            self.give_way();
            if !source.is_undisturbed() {
                break;
            }
            // An error is a full disk, most likely; the copy at the end will say so.
            match copy_piece(&source.0, place, at, &mut buffer).map_err(|_| Stop::Discard)? {
                0 => break,
                count => at += count,
            }
        }
        Ok((at == size, is_last))
    }
}

fn open_directory<P: rustix::path::Arg>(at: BorrowedFd<'_>, name: P) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(at, name, flags, Mode::empty())?)
}

fn used_bytes(work: &OwnedFd) -> u64 {
    rustix::fs::fstatfs(work).map_or(0, |usage| {
        let block = u64::try_from(usage.f_bsize).unwrap_or(0);
        usage
            .f_blocks
            .saturating_sub(usage.f_bfree)
            .saturating_mul(block)
    })
}

/// What one look sees.
#[derive(Default)]
struct Look {
    seen: usize,
    states: BTreeMap<u64, State>,
    finished: Vec<Found>,
}

/// Size and time of change.
type State = (u64, i64, u64);

/// A file that did not change between two looks.
struct Found {
    file: File,
    output: usize,
    ino: u64,
    size: u64,
}

impl Look {
    /// Looks at what is below a directory that the job can change meanwhile. What cannot be read
    /// is left to the end.
    fn below(
        &mut self,
        directory: BorrowedFd<'_>,
        output: usize,
        depth: usize,
        is_settled: &dyn Fn(u64, State) -> bool,
    ) {
        let Ok(entries) = Dir::read_from(directory) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            self.seen += 1;
            if self.seen > MAX_LOOK {
                return;
            }
            let Ok(found) = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            match FileType::from_raw_mode(found.st_mode) {
                FileType::Directory if depth < MAX_DEPTH => {
                    if let Ok(inner) = open_directory(directory, name) {
                        self.below(inner.as_fd(), output, depth + 1, is_settled);
                    }
                }
                FileType::RegularFile if found.st_nlink == 1 => {
                    let size = u64::try_from(found.st_size).unwrap_or(0);
                    let state = (size, found.st_ctime, found.st_ctime_nsec);
                    if size < MIN_FILE {
                        continue;
                    }
                    self.states.insert(found.st_ino, state);
                    if self.finished.len() < MAX_HELD
                        && is_settled(found.st_ino, state)
                        && let Ok(Some(file)) = open_regular(directory, name)
                    {
                        let ino = found.st_ino;
                        self.finished.push(Found {
                            file,
                            output,
                            ino,
                            size,
                        });
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
