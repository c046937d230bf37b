//! Brings outputs to their directory on the host: into a fresh directory beside it first, then by
//! rename, so that the destination never holds a half-written file.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{FlockOperation, Mode, OFlags};

/// Marks the directories of this module. A leftover of a killed process is removed by the next job
/// that delivers to the same place.
const PREFIX: &str = ".silversmith-";
const SUFFIX: &str = ".partial";

static SERIAL: AtomicU32 = AtomicU32::new(0);

/// The directory that holds `path`.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// A fresh directory beside a destination. Removed when it is dropped without being published.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    destination: PathBuf,
    /// Locked as long as this process lives.
    directory: OwnedFd,
}

impl Staging {
    /// Makes the directory, and removes those that dead processes left beside it.
    pub(crate) fn beside(destination: &Path) -> io::Result<Self> {
        let parent = parent_of(destination);
        remove_leftovers(parent);
        loop {
            let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
            let name = format!("{PREFIX}{}-{serial}{SUFFIX}", std::process::id());
            let path = parent.join(name);
            match fs::DirBuilder::new().mode(0o755).create(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
            if let Some(directory) = lock(&path)?
                && is_same(&directory, &path)
            {
                let destination = destination.to_owned();
                return Ok(Self {
                    path,
                    destination,
                    directory,
                });
            }
            // Another process took it for a leftover before the lock; make another one.
        }
    }

    /// Where to copy to.
    pub(crate) fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// Renames into place. A destination that is missing or empty is replaced in one step. Into
    /// one that holds something, entries are renamed one by one: files replace files of the same
    /// name, directories merge; nothing is moved unless everything can be.
    pub(crate) fn publish(self) -> io::Result<()> {
        match fs::symlink_metadata(&self.destination) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::rename(&self.path, &self.destination)?;
            }
            Err(error) => return Err(error),
            Ok(metadata) if !metadata.is_dir() => {
                return Err(io::Error::from(io::ErrorKind::NotADirectory));
            }
            Ok(metadata) if is_empty(&self.destination)? => {
                let mode = fs::Permissions::from_mode(metadata.mode() & 0o7777);
                fs::set_permissions(&self.path, mode)?;
                // A mount point cannot be replaced, but its content can be added to.
                if fs::rename(&self.path, &self.destination).is_err() {
                    merge(&self.path, &self.destination)?;
                }
            }
            Ok(_) => {
                check_merge(&self.path, &self.destination)?;
                merge(&self.path, &self.destination)?;
            }
        }
        fs::File::open(parent_of(&self.destination))?.sync_all()
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a publication the directory is gone or empty. Else nobody wants what is in it, and
        // what cannot be removed now is removed by the next job.
        if is_same(&self.directory, &self.path) {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn lock(path: &Path) -> io::Result<Option<OwnedFd>> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(directory) => directory,
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(directory)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn is_same(directory: &OwnedFd, path: &Path) -> bool {
    match (rustix::fs::fstat(directory), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => open.st_ino == named.ino() && open.st_dev == named.dev(),
        _ => false,
    }
}

/// Best effort: a leftover does no harm.
fn remove_leftovers(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_ours && let Ok(Some(_locked)) = lock(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_empty(directory: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(directory)?.next().is_none())
}

fn kind(path: &Path) -> io::Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether every entry can take its place.
fn check_merge(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        match kind(&place)? {
            None => {}
            Some(there) if there.is_dir() && entry.file_type()?.is_dir() => {
                check_merge(&entry.path(), &place)?;
            }
            Some(there) if there.is_file() && entry.file_type()?.is_file() => {}
            Some(_) => return Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        }
    }
    Ok(())
}

fn merge(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() && kind(&place)?.is_some() {
            merge(&entry.path(), &place)?;
        } else {
            fs::rename(entry.path(), place)?;
        }
    }
    fs::File::open(to)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(destination: &Path, files: &[&str]) -> Staging {
        let staging = Staging::beside(destination).unwrap();
        for file in files {
            let path = staging.path.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "new").unwrap();
        }
        staging
    }

    fn entries(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count()
    }

    #[test]
    fn a_missing_or_empty_destination_is_replaced() {
        let parent = tempfile::tempdir().unwrap();
        let destination = parent.path().join("out");
        stage(&destination, &["a/b"]).publish().unwrap();
        assert_eq!(fs::read(destination.join("a/b")).unwrap(), b"new");
        fs::remove_dir_all(&destination).unwrap();
        fs::create_dir(&destination).unwrap();
        stage(&destination, &["c"]).publish().unwrap();
        assert!(destination.join("c").exists());
        assert_eq!(entries(parent.path()), 1);
    }

    #[test]
    fn a_destination_with_content_is_merged_or_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let destination = parent.path().join("out");
        fs::create_dir_all(destination.join("dir")).unwrap();
        fs::write(destination.join("dir/old"), "old").unwrap();
        fs::write(destination.join("both"), "old").unwrap();
        stage(&destination, &["dir/new", "both"]).publish().unwrap();
        assert_eq!(fs::read(destination.join("both")).unwrap(), b"new");
        assert!(destination.join("dir/old").exists() && destination.join("dir/new").exists());

        let conflict = stage(&destination, &["a", "both/inner"])
            .publish()
            .unwrap_err();
        assert_eq!(conflict.kind(), io::ErrorKind::AlreadyExists);
        assert!(!destination.join("a").exists());
        std::os::unix::fs::symlink("/etc", destination.join("link")).unwrap();
        stage(&destination, &["link/passwd"]).publish().unwrap_err();
        assert_eq!(entries(parent.path()), 1);
    }

    #[test]
    fn leftovers_of_the_dead_go_and_those_of_the_living_stay() {
        let parent = tempfile::tempdir().unwrap();
        let living = Staging::beside(&parent.path().join("out")).unwrap();
        let dead = parent.path().join(".silversmith-1-1.partial");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("x"), "x").unwrap();
        drop(Staging::beside(&parent.path().join("other")).unwrap());
        assert!(!dead.exists());
        assert!(living.path.exists());
    }
}
