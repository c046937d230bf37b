//! Reading with a bound, and writing so that a file is either the old one or the new one.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else stands where a file is expected.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// It is larger than anything that is admitted.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The bound.
        limit: u64,
    },
    /// It cannot be written; what was there before still is.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FileError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "SS-FILE-001",
            Self::NotAFile { .. } => "SS-FILE-002",
            Self::TooLarge { .. } => "SS-FILE-003",
            Self::Write { .. } => "SS-FILE-004",
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Read { .. } => "check the path and its permissions",
            Self::NotAFile { .. } => "give the path of a file, not of a folder, link or device",
            Self::TooLarge { .. } => {
                "no input of this kind needs more: check that it is the file meant"
            }
            Self::Write { .. } => "free space or permissions; the previous file is untouched",
        };
        Some(text.to_owned())
    }
}

/// Reads a whole file of at most `limit` bytes.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    // The size on disk may change while it is read, so the read itself is bounded.
    let bytes = read_head(path, limit + 1)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// Reads a file up to `most` bytes.
pub fn read_head(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let read = open_regular(path)?.take(most).read_to_end(&mut bytes);
    read.map_err(|source| FileError::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(bytes)
}

/// Opens a file to be read, if it is one.
pub fn open_regular(path: &Path) -> Result<File, FileError> {
    let fail = |source| FileError::Read {
        path: path.to_owned(),
        source,
    };
    // Opening a pipe that nobody writes to would wait for ever; a regular file does not mind.
    let file = File::options()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(fail)?;
    match file.metadata().map_err(fail)?.is_file() {
        true => Ok(file),
        false => Err(FileError::NotAFile {
            path: path.to_owned(),
        }),
    }
}

/// Puts `bytes` under `path`: written beside it, synced, renamed, and the folder synced. Whatever
/// happens before the rename leaves the old file as it was.
pub fn write_atomically(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let fail = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    // Renaming over a device or a link would replace the thing itself.
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(FileError::NotAFile {
            path: path.to_owned(),
        });
    }
    let folder = parent(path);
    fs::create_dir_all(&folder).map_err(fail)?;
    let mut file = staged(&folder, mode).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    sync_folder(&folder).map_err(fail)
}

/// Puts `bytes` under a path where there must be nothing yet, for their owner alone (secrets). The file is
/// there whole or not at all.
pub fn write_new_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let fail = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    let folder = parent(path);
    fs::create_dir_all(&folder).map_err(fail)?;
    let mut file = staged(&folder, 0o600).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist_noclobber(path)
        .map_err(|error| fail(error.error))?;
    sync_folder(&folder).map_err(fail)
}

/// A file of no name that anybody looks for.
fn staged(folder: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".silversmith-")
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder)
}

/// Whether anybody but its owner may read or write a file. A link is not followed.
pub fn is_readable_by_others(path: &Path) -> Result<bool, FileError> {
    let metadata = fs::symlink_metadata(path).map_err(|source| FileError::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(metadata.permissions().mode() & 0o077 != 0)
}

/// Moves a finished folder to its name, which must be free, and syncs.
pub fn publish_folder(from: &Path, to: &Path) -> Result<(), FileError> {
    let fail = |source| FileError::Write {
        path: to.to_owned(),
        source,
    };
    let folder = parent(to);
    fs::create_dir_all(&folder).map_err(fail)?;
    fs::rename(from, to).map_err(fail)?;
    sync_folder(&folder).map_err(fail)
}

/// A private folder in `folder` for something unfinished, named after this process. What processes
/// that are gone left there is removed: nothing unfinished outlives its maker for long.
pub fn unfinished(folder: &Path) -> Result<tempfile::TempDir, FileError> {
    let fail = |source| FileError::Write {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(fail)?;
    for entry in fs::read_dir(folder).map_err(fail)?.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED));
        let maker = rest.and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if maker.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            // Another process may be removing it too.
            _ = fs::remove_dir_all(entry.path());
        }
    }
    let prefix = format!("{UNFINISHED}{}-", std::process::id());
    tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(folder)
        .map_err(fail)
}

/// Begins the name of a folder for something unfinished; the process id of its maker follows.
const UNFINISHED: &str = ".unfinished-";

/// The folder of a path; the current one for a bare name.
pub fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("module.py");
        write_atomically(&path, b"old", 0o644).unwrap();
        // A link in the place of the file is not followed and not replaced.
        let link = folder.path().join("link.py");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let refused = write_atomically(&link, b"new", 0o644);
        assert!(matches!(refused, Err(FileError::NotAFile { .. })));
        assert!(write_atomically(&path.join("below/a/file"), b"new", 0o644).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "no temporary file stays behind");
    }

    #[test]
    fn secrets_are_for_their_owner_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        write_new_private(&path, b"a").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(write_new_private(&path, b"b").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"a");
    }

    #[test]
    fn what_a_dead_process_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let dead = folder.path().join(format!("{UNFINISHED}4294967295-x"));
        let alive = folder
            .path()
            .join(format!("{UNFINISHED}{}-x", std::process::id()));
        let other = folder.path().join("20260125_214726_#013410d7");
        for path in [&dead, &alive, &other] {
            fs::create_dir(path).unwrap();
        }
        let made = unfinished(folder.path()).unwrap();
        assert!(!dead.exists() && alive.exists() && other.exists() && made.path().exists());
    }

    #[test]
    fn reading_stops_at_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        assert_eq!(read_head(&path, 4).unwrap(), b"1234");
        assert!(matches!(
            read_bounded(&path, 4),
            Err(FileError::TooLarge { .. })
        ));
        assert!(matches!(
            read_bounded(folder.path(), 4),
            Err(FileError::NotAFile { .. })
        ));
        // Nobody writes to it, and nobody waits for that.
        let pipe = folder.path().join("pipe");
        let made = rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into());
        made.unwrap();
        assert!(matches!(
            read_bounded(&pipe, 4),
            Err(FileError::NotAFile { .. })
        ));
    }
}
