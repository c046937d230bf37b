//! A transparency log in one file that only grows. What is acknowledged is on disk with a signed head that
//! commits to all entries before it; one `fdatasync` a group of entries.
//!
//! Beside the file stands its last acknowledged head, which is written without a sync: it finds the end of the
//! file without reading all of it, and it tells when the file has lost its end. Recovery drops only a frame at
//! the very end that was never whole.

mod frame;
mod scan;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use silversmith_tlog::{Checkpoint, CheckpointError, Frontier, Note, SigningKey, leaf_hash};

use crate::files::FileError;
pub use scan::{Seen, verify};

/// The frames.
const LOG: &str = "log";
/// The last acknowledged head.
const HEAD: &str = "head";

/// Why a log was not written or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Something in the middle of the file is not what was written there.
    #[error("{} is damaged at byte {at}, behind entry {entries}: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where the frame begins.
        at: u64,
        /// How many entries are good before it.
        entries: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The log is shorter than a head that was acknowledged, or another log.
    #[error("the log does not continue the head of {acknowledged} entries that it gave out: {why}")]
    Forgotten {
        /// The size of that head.
        acknowledged: u64,
        /// What is known of the file.
        why: String,
    },
    /// The file under the name is another one than it was when it was opened.
    #[error("{} was replaced while it was in use", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// A sync failed, so that nobody knows what of the log is on disk.
    #[error("a sync of {} failed, and nothing more is written to it until it is opened again", path.display())]
    Unsynced {
        /// The file.
        path: PathBuf,
    },
    /// A group of no entries, or of more bytes than a frame takes.
    #[error("a group has at least one entry and at most 64 MiB")]
    Group,
    /// The head was not signed.
    #[error("the head of the log was not signed: {0}")]
    Unsigned(#[from] CheckpointError),
}

impl LogError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::Damaged { .. } => "SS-LOG-001",
            Self::Forgotten { .. } => "SS-LOG-002",
            Self::Replaced { .. } => "SS-LOG-003",
            Self::Group => "SS-LOG-004",
            Self::Unsigned(_) => "SS-LOG-005",
            Self::Unsynced { .. } => "SS-LOG-006",
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::File(error) => return error.help(),
            Self::Damaged { .. } | Self::Forgotten { .. } | Self::Replaced { .. } => {
                "keep the folder as evidence, and restore the log from a copy that has all of it"
            }
            Self::Unsynced { .. } => "look at the state of the disk, then start again",
            Self::Group | Self::Unsigned(_) => return None,
        };
        Some(text.to_owned())
    }
}

/// What whoever appended may rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the first entry of the group, from 0.
    pub first: u64,
    /// The signed head of the log with the group.
    pub head: Note,
}

/// A log to append to. Several processes may have it open; each append waits for the others.
pub struct Log {
    path: PathBuf,
    file: File,
    head: File,
    key: SigningKey,
    end: u64,
    edge: Frontier,
    is_unsynced: bool,
}

impl Log {
    /// Opens the log of a folder, or begins it.
    pub fn open(folder: &Path, key: SigningKey) -> Result<Self, LogError> {
        let path = folder.join(LOG);
        let fail = |source| FileError::Write {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(folder).map_err(fail)?;
        let file = open(&path)?;
        let head = open(&folder.join(HEAD))?;
        // The names are as durable as what will stand under them.
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(fail)?;
        let mut log = Self {
            path,
            file,
            head,
            key,
            end: 0,
            edge: Frontier::default(),
            is_unsynced: false,
        };
        let held = log.hold()?;
        log.recover()?;
        drop(held);
        Ok(log)
    }

    /// Appends a group of entries. When this returns, they survive a crash, in this order. After an error nothing
    /// was acknowledged; what of it stands in the file all the same is whole, or is dropped by the next to open it.
    pub fn append(&mut self, entries: &[&[u8]]) -> Result<Receipt, LogError> {
        if self.is_unsynced {
            return Err(LogError::Unsynced {
                path: self.path.clone(),
            });
        }
        let _held = self.hold()?;
        self.catch_up()?;
        let mut edge = self.edge.clone();
        entries
            .iter()
            .for_each(|entry| edge.append(leaf_hash(entry)));
        let head = Checkpoint::sign(edge.size(), edge.root(), &self.key)?;
        let text = head.to_string();
        let is_group = !entries.is_empty();
        let bytes = frame::encode(entries, text.as_bytes()).filter(|_| is_group);
        let bytes = bytes.ok_or(LogError::Group)?;
        self.commit(&bytes)?;
        let (first, start) = (self.edge.size(), self.end);
        self.edge = edge;
        self.end += bytes.len() as u64;
        self.remember(start, &text)?;
        Ok(Receipt { first, head })
    }

    fn commit(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        let written = self.file.write_all_at(bytes, self.end);
        if let Err(source) = written {
            // A full disk may have taken half of it; what cannot be taken back is dropped by the next to open it.
            let _ = self.file.set_len(self.end);
            return Err(self.failed(source));
        }
        // After a sync that failed nobody knows what is on disk: the entries are not acknowledged, and the next to
        // open the log finds them whole or not at all.
        let synced = self.file.sync_data();
        self.is_unsynced = synced.is_err();
        synced.map_err(|source| self.failed(source))
    }

    /// How many entries there are, as far as this process has seen.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Waits until no other process writes.
    fn hold(&self) -> Result<Held, LogError> {
        let file = self
            .file
            .try_clone()
            .map_err(|source| self.failed(source))?;
        flock(&file, FlockOperation::LockExclusive).map_err(|errno| self.failed(errno.into()))?;
        let ours = file.metadata().map_err(|source| self.failed(source))?;
        let theirs = fs::symlink_metadata(&self.path).ok();
        match theirs.is_some_and(|it| (it.dev(), it.ino()) == (ours.dev(), ours.ino())) {
            true => Ok(Held(file)),
            false => Err(LogError::Replaced {
                path: self.path.clone(),
            }),
        }
    }

    /// Finds the end, beginning with the acknowledged head where there is one.
    fn recover(&mut self) -> Result<(), LogError> {
        if let Some(known) = scan::read_head(&self.head, self.key.verifier()) {
            let known = known.confirmed(&self.file)?;
            (self.end, self.edge) = (known.end, known.edge);
        }
        self.catch_up()
    }

    /// Reads what others appended since, and drops what a writer left unfinished. A file that is shorter than it
    /// was lost what was acknowledged.
    fn catch_up(&mut self) -> Result<(), LogError> {
        let length = self.file.metadata().map_err(|source| self.failed(source))?;
        let length = length.len();
        if length < self.end {
            return Err(LogError::Forgotten {
                acknowledged: self.edge.size(),
                why: format!("it ended at byte {}, and ends at {length} now", self.end),
            });
        }
        if length == self.end {
            return Ok(());
        }
        let (before, edge) = (self.end, self.edge.clone());
        let mut scan = scan::Scan::from(&self.path, &self.file, before, edge, self.key.verifier());
        let mut last = None;
        while let Some(frame) = scan.next()? {
            last = Some((frame.start, frame.checkpoint.to_owned()));
        }
        let (end, edge) = scan.finish()?;
        (self.end, self.edge) = (end, edge);
        if end < length {
            let dropped = self.file.set_len(end).and_then(|()| self.file.sync_data());
            dropped.map_err(|source| self.failed(source))?;
        }
        match last {
            Some((start, text)) => self.remember(start, &text),
            None => Ok(()),
        }
    }

    /// Writes the acknowledged head beside the log.
    fn remember(&self, start: u64, checkpoint: &str) -> Result<(), LogError> {
        let text = scan::head_text(start, self.end, &self.edge, checkpoint);
        let written = self
            .head
            .write_all_at(text.as_bytes(), 0)
            .and_then(|()| self.head.set_len(text.len() as u64));
        written.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> LogError {
        let path = self.path.clone();
        FileError::Write { path, source }.into()
    }
}

/// The lock of the log, until it is dropped.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // The descriptor shares its lock with the one that stays open.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

/// Opens a file of ours to read and write, or begins it; nothing but a file.
fn open(path: &Path) -> Result<File, FileError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path);
    let path = path.to_owned();
    match file.and_then(|file| Ok((file.metadata()?.is_file(), file))) {
        Ok((true, file)) => Ok(file),
        Ok((false, _)) => Err(FileError::NotAFile { path }),
        Err(source) => Err(FileError::Write { path, source }),
    }
}

#[cfg(test)]
mod tests;
