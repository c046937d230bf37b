//! A file of JSON Lines that only grows. Several processes may write to one; each entry is on disk
//! before its writer goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::files::{FileError, open_regular, parent};

/// Largest journal that is read: half a million entries of 250 bytes.
const MAX_JOURNAL: u64 = 128 << 20;

/// A journal that this process alone holds, until it is dropped.
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens a journal, or begins it, and waits until no other process holds it.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let fail = |source| FileError::Write {
            path: path.to_owned(),
            source,
        };
        let folder = parent(path);
        fs::create_dir_all(&folder).map_err(fail)?;
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path)
            .map_err(fail)?;
        if !file.metadata().map_err(fail)?.is_file() {
            return Err(FileError::NotAFile {
                path: path.to_owned(),
            });
        }
        flock(&file, FlockOperation::LockExclusive).map_err(|errno| fail(errno.into()))?;
        let journal = Self {
            path: path.to_owned(),
            file,
        };
        journal.drop_torn().map_err(fail)?;
        // The name of a new journal is as durable as what will stand in it.
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(fail)?;
        Ok(journal)
    }

    /// Appends an entry. When this returns, it survives a crash.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), FileError> {
        let fail = |source| FileError::Write {
            path: self.path.clone(),
            source,
        };
        let mut line = serde_json::to_vec(entry).map_err(|error| fail(error.into()))?;
        line.push(b'\n');
        let end = self.file.seek(SeekFrom::End(0)).map_err(fail)?;
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            // A full disk may have taken half of it; what cannot be taken back now is dropped by the
            // next to open it.
            let _ = self.file.set_len(end);
            fail(error)
        })
    }

    /// All entries. One that is not of this kind is an error with its line.
    pub fn entries<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, FileError> {
        let fail = |source| FileError::Read {
            path: self.path.clone(),
            source,
        };
        self.file.seek(SeekFrom::Start(0)).map_err(fail)?;
        parse(&self.path, &self.file)
    }

    /// Takes away what stands behind the last end of a line: an entry whose writer was killed before
    /// it was whole, and which nobody has relied on.
    fn drop_torn(&self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut end = length;
        let mut block = [0; 4096];
        while end > 0 {
            let start = end.saturating_sub(block.len() as u64);
            let size = usize::try_from(end - start).unwrap_or(block.len());
            let read = block.get_mut(..size).unwrap_or_default();
            std::os::unix::fs::FileExt::read_exact_at(&self.file, read, start)?;
            if let Some(at) = read.iter().rposition(|byte| *byte == b'\n') {
                end = start + at as u64 + 1;
                break;
            }
            end = start;
        }
        match end < length {
            true => self.file.set_len(end),
            false => Ok(()),
        }
    }
}

/// The entries of a journal without holding it, or none where it was never begun. An entry that is
/// being written is not there yet.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, FileError> {
    match open_regular(path) {
        Ok(file) => parse(path, &file),
        Err(FileError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn parse<T: DeserializeOwned>(path: &Path, file: &File) -> Result<Vec<T>, FileError> {
    let fail = |source| FileError::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    file.take(MAX_JOURNAL + 1)
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    if bytes.len() as u64 > MAX_JOURNAL {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            limit: MAX_JOURNAL,
        });
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let lines = bytes
        .get(..whole)
        .unwrap_or_default()
        .split(|byte| *byte == b'\n');
    let entry = |(at, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|error| {
            let message = format!("line {} is damaged: {error}", at + 1);
            fail(io::Error::new(io::ErrorKind::InvalidData, message))
        })
    };
    lines
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(entry)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/journal.jsonl");
        (folder, path)
    }

    #[test]
    fn what_is_appended_is_read_in_order() {
        let (_folder, path) = journal();
        assert!(read::<u32>(&path).unwrap().is_empty());
        for number in 1..=3 {
            Journal::open(&path).unwrap().append(&number).unwrap();
        }
        assert_eq!(read::<u32>(&path).unwrap(), [1, 2, 3]);
        let mut held = Journal::open(&path).unwrap();
        assert_eq!(held.entries::<u32>().unwrap(), [1, 2, 3]);
        held.append(&4).unwrap();
        assert_eq!(held.entries::<u32>().unwrap(), [1, 2, 3, 4]);
    }

    /// However much of the last entry a kill left, the ones before it are there and the next one is
    /// whole.
    #[test]
    fn an_entry_that_was_torn_is_dropped() {
        let (_folder, path) = journal();
        let long = "x".repeat(10_000);
        Journal::open(&path).unwrap().append(&"first").unwrap();
        let whole = fs::read(&path).unwrap();
        for torn in [1, 5, 4095, 4096, 4097, 9_000] {
            let mut bytes = whole.clone();
            bytes.extend(long.bytes().take(torn));
            fs::write(&path, &bytes).unwrap();
            assert_eq!(read::<String>(&path).unwrap(), ["first"], "{torn}");
            let mut held = Journal::open(&path).unwrap();
            assert_eq!(held.entries::<String>().unwrap(), ["first"], "{torn}");
            held.append(&"second").unwrap();
            drop(held);
            assert_eq!(read::<String>(&path).unwrap(), ["first", "second"]);
        }
        fs::write(&path, "torn").unwrap();
        drop(Journal::open(&path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn a_line_that_is_no_entry_is_told_with_its_number() {
        let (_folder, path) = journal();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "1\ntwo\n3\n").unwrap();
        let error = read::<u32>(&path).unwrap_err();
        assert!(error.to_string().contains("line 2 is damaged"), "{error}");
    }

    #[test]
    fn writers_wait_for_each_other() {
        let (_folder, path) = journal();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let path = path.clone();
                std::thread::spawn(move || {
                    for _ in 0..20 {
                        let mut held = Journal::open(&path).unwrap();
                        // Read and append in one hold: no number is given twice.
                        let next = held.entries::<(u32, u32)>().unwrap().len() as u32;
                        held.append(&(next, writer)).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let entries = read::<(u32, u32)>(&path).unwrap();
        let numbers: Vec<u32> = entries.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (0..80).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_no_file_is_no_journal() {
        let (folder, path) = journal();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Journal::open(&link).is_err());
        assert!(!path.exists());
        assert!(Journal::open(folder.path()).is_err());
        // Nobody writes to it, and nobody waits for that.
        let pipe = folder.path().join("pipe");
        let made = rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into());
        made.unwrap();
        assert!(Journal::open(&pipe).is_err());
        assert!(read::<u32>(&pipe).is_err());
    }
}
