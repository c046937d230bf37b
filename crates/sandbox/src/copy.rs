//! Copies what a job left. The tree is hostile, but nothing in it moves any more: every process of
//! the job is dead.

use std::ffi::{CStr, CString};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use crate::early::Early;
use crate::sys;

/// Directories within directories.
const MAX_DEPTH: u32 = 32;

/// Files and directories together.
const MAX_ENTRIES: u64 = 20_000;

/// Files kept open to be synced together; well below the usual limit of 1024 descriptors.
const MAX_UNSYNCED: usize = 128;

/// Bytes copied in one go: fits the processor's cache.
pub(crate) const CHUNK: usize = 256 << 10;

/// Violations that are told one by one.
const MAX_VIOLATIONS: usize = 50;

/// Bits of a mode that survive: no set-user-id, set-group-id or sticky bit, no write permission
/// for others.
const MODE_MASK: u32 = 0o755;

/// Bytes of a path below an output. Longer ones may not be reachable by their path where they go.
const MAX_PATH: usize = 1024;

/// What was copied and what was not.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    bytes: u64,
    entries: u64,
    violations: Vec<String>,
    more_violations: u64,
    /// Written and not yet known to be on the disk.
    unsynced: Vec<File>,
    /// What was copied before the job ended.
    early: Early,
}

/// The tree is larger than a job may deliver; nothing of it should be used.
#[derive(Debug)]
pub(crate) enum CopyError {
    TooMuch(&'static str),
    Io(io::Error),
}

impl<E: Into<io::Error>> From<E> for CopyError {
    fn from(error: E) -> Self {
        Self::Io(error.into())
    }
}

impl Copied {
    pub(crate) fn with_early(early: Early) -> Self {
        Self {
            early,
            ..Self::default()
        }
    }

    /// Waits until everything copied is on the disk. Together, because the file system then writes
    /// its journal once for many files.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.unsynced
            .drain(..)
            .try_for_each(|file| file.sync_data())
    }

    fn refuse(&mut self, path: &[CString], why: &str) {
        if self.violations.len() < MAX_VIOLATIONS {
            let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
            // Names are the job's choice: no control characters, no flood.
            let shown: String = names.join("/").escape_debug().take(200).collect();
            self.violations
                .push(format!("output not delivered: {shown}: {why}"));
        } else {
            self.more_violations += 1;
        }
    }

    /// The violations, with a count of those beyond the bound.
    pub(crate) fn into_violations(mut self) -> Vec<String> {
        if self.more_violations > 0 {
            self.violations
                .push(format!("and {} more", self.more_violations));
        }
        self.violations
    }
}

/// Copies regular files with one name, and directories, from `from` to the empty directory `to`.
/// Everything else is named in the violations. `max_bytes` counts file sizes, holes included.
pub(crate) fn copy_tree(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    max_bytes: u64,
    copied: &mut Copied,
) -> Result<(), CopyError> {
    let mut path = Vec::new();
    copy_directory(from, to, max_bytes, &mut path, copied)?;
    Ok(copied.sync()?)
}

fn copy_directory(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    max_bytes: u64,
    path: &mut Vec<CString>,
    copied: &mut Copied,
) -> Result<(), CopyError> {
    if path.len() > MAX_DEPTH as usize {
        return Err(CopyError::TooMuch("directories nested too deeply"));
    }
    let mut names = Vec::new();
    for entry in Dir::read_from(from)? {
        let name = entry?.file_name().to_owned();
        if name.as_c_str() != c"." && name.as_c_str() != c".." {
            copied.entries += 1;
            names.push(name);
        }
        if copied.entries > MAX_ENTRIES {
            return Err(CopyError::TooMuch("too many files"));
        }
    }
    names.sort();
    for name in names {
        path.push(name.clone());
        copy_entry(from, to, &name, max_bytes, path, copied)?;
        path.pop();
    }
    Ok(())
}

fn copy_entry(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    name: &CStr,
    max_bytes: u64,
    path: &mut Vec<CString>,
    copied: &mut Copied,
) -> Result<(), CopyError> {
    if !is_plain_text(name) {
        copied.refuse(path, "name that is not plain text");
        return Ok(());
    }
    if path
        .iter()
        .map(|name| name.count_bytes() + 1)
        .sum::<usize>()
        > MAX_PATH
    {
        copied.refuse(path, "path that is too long");
        return Ok(());
    }
    let metadata = rustix::fs::statat(from, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let why = match FileType::from_raw_mode(metadata.st_mode) {
        FileType::Directory => {
            let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(from, name, flags, Mode::empty()) {
                Ok(inner) => {
                    let place = make_directory(to, name, metadata.st_mode & MODE_MASK)?;
                    return copy_directory(inner.as_fd(), place.as_fd(), max_bytes, path, copied);
                }
                Err(rustix::io::Errno::ACCESS) => "unreadable directory",
                Err(error) => return Err(error.into()),
            }
        }
        FileType::RegularFile if metadata.st_nlink != 1 => "hard link",
        FileType::RegularFile => match open_regular(from, name)? {
            Some(file) => return copy_file(&file, to, name, max_bytes, copied),
            None => "unreadable file",
        },
        FileType::Symlink => "symbolic link",
        FileType::Fifo => "named pipe",
        FileType::Socket => "socket",
        FileType::CharacterDevice | FileType::BlockDevice => "device",
        FileType::Unknown => "unknown kind",
    };
    copied.refuse(path, why);
    Ok(())
}

/// Whether a name can be listed and handled without a trick: no line feed, nothing that moves a
/// terminal's cursor, nothing invisible, nothing that is not UTF-8.
fn is_plain_text(name: &CStr) -> bool {
    name.to_str().is_ok_and(|name| {
        // These are escaped only for being read back.
        let rest = name.replace(['\'', '"', '\\'], "");
        rest.escape_debug().eq(rest.chars())
    })
}

fn make_directory(to: BorrowedFd<'_>, name: &CStr, mode: u32) -> io::Result<OwnedFd> {
    rustix::fs::mkdirat(to, name, Mode::from_raw_mode(mode | 0o700))?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(to, name, flags, Mode::empty())?)
}

/// The file opened for reading, once it is sure what was opened. `None` when its mode forbids it.
pub(crate) fn open_regular(from: BorrowedFd<'_>, name: &CStr) -> io::Result<Option<File>> {
    // NONBLOCK: opening a named pipe must not wait.
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(from, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(rustix::io::Errno::ACCESS) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = rustix::fs::fstat(&file)?;
    let is_expected = FileType::from_raw_mode(metadata.st_mode) == FileType::RegularFile
        && metadata.st_nlink == 1;
    if is_expected {
        Ok(Some(file.into()))
    } else {
        Err(io::Error::other("an output changed while it was copied"))
    }
}

/// The mode that a copy gets.
pub(crate) fn mode_of(file: &Metadata) -> u32 {
    file.mode() & MODE_MASK | 0o600
}

fn copy_file(
    file: &File,
    to: BorrowedFd<'_>,
    name: &CStr,
    max_bytes: u64,
    copied: &mut Copied,
) -> Result<(), CopyError> {
    let metadata = file.metadata()?;
    copied.bytes = copied.bytes.saturating_add(metadata.len());
    if copied.bytes > max_bytes {
        return Err(CopyError::TooMuch("too many bytes"));
    }
    let place = match copied.early.place(&metadata, to, name) {
        Some(place) => place,
        None => copy_content(file, &metadata, to, name)?,
    };
    // The rename that follows must not become durable before the content.
    copied.unsynced.push(place);
    if copied.unsynced.len() >= MAX_UNSYNCED {
        copied.sync()?;
    }
    Ok(())
}

fn copy_content(
    file: &File,
    metadata: &Metadata,
    to: BorrowedFd<'_>,
    name: &CStr,
) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(mode_of(metadata));
    let place = File::from(rustix::fs::openat(to, name, flags, mode)?);
    let size = metadata.len();
    let mut buffer = vec![0; CHUNK.min(usize::try_from(size).unwrap_or(CHUNK))];
    let mut at = 0;
    while at < size {
        match copy_piece(file, &place, at, &mut buffer)? {
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            count => at += count,
        }
    }
    Ok(place)
}

/// Copies up to a buffer of bytes at `at`, and gives their count, 0 at the end of the file. They
/// are on their way to the disk then, so that the wait at the end is short.
pub(crate) fn copy_piece(from: &File, to: &File, at: u64, buffer: &mut [u8]) -> io::Result<u64> {
    let count = loop {
        match from.read_at(buffer, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result?,
        }
    };
    to.write_all_at(&buffer[..count], at)?;
    let count = count as u64;
    sys::start_write_back(to.as_fd(), at, count);
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::Path;

    fn copy(from: &Path, to: &Path, max_bytes: u64) -> (Result<(), CopyError>, Copied) {
        let mut copied = Copied::default();
        let (from, to) = (File::open(from).unwrap(), File::open(to).unwrap());
        let result = copy_tree(from.as_fd(), to.as_fd(), max_bytes, &mut copied);
        (result, copied)
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_regular_files_with_one_name_and_a_masked_mode_come_through() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = from.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        std::fs::write(root.join("sub/plain"), "x").unwrap();
        std::fs::write(root.join("setuid"), "x").unwrap();
        std::fs::set_permissions(root.join("setuid"), PermissionsExt::from_mode(0o6777)).unwrap();
        std::fs::write(root.join("one"), "x").unwrap();
        std::fs::hard_link(root.join("one"), root.join("two")).unwrap();
        symlink("/etc/shadow", root.join("link")).unwrap();
        rustix::fs::mknodat(
            File::open(root).unwrap(),
            "pipe",
            FileType::Fifo,
            Mode::from_raw_mode(0o644),
            0,
        )
        .unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();

        let (result, copied) = copy(root, to.path(), 100);
        result.unwrap();
        assert_eq!(names(to.path()), ["setuid", "sub"]);
        assert_eq!(names(&to.path().join("sub")), ["plain"]);
        let mode = std::fs::metadata(to.path().join("setuid")).unwrap().mode();
        assert_eq!(mode & 0o7022, 0, "{mode:o}");
        let violations = copied.into_violations().join("\n");
        for expected in [
            "one: hard link",
            "two: hard link",
            "link: symbolic link",
            "pipe: named pipe",
            "socket: socket",
        ] {
            assert!(violations.contains(expected), "{violations}");
        }
    }

    #[test]
    fn a_sparse_file_counts_with_its_whole_size() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        File::create(from.path().join("hole"))
            .unwrap()
            .set_len(1 << 40)
            .unwrap();
        let (result, _) = copy(from.path(), to.path(), 1 << 30);
        assert!(matches!(result, Err(CopyError::TooMuch("too many bytes"))));
        assert!(names(to.path()).is_empty());
    }

    #[test]
    fn depth_is_bounded() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut deep = from.path().to_owned();
        for _ in 0..=MAX_DEPTH {
            deep.push("d");
        }
        std::fs::create_dir_all(&deep).unwrap();
        let (result, _) = copy(from.path(), to.path(), 100);
        assert!(matches!(
            result,
            Err(CopyError::TooMuch("directories nested too deeply"))
        ));
    }

    #[test]
    fn names_that_trick_are_not_delivered() {
        for good in [
            "a.csv",
            "mit Leerzeichen",
            "-rf",
            "na\u{ef}ve",
            "it's \"x\" \\",
            "e\u{301}",
        ] {
            assert!(is_plain_text(&CString::new(good).unwrap()), "{good}");
        }
        for bad in [
            "a\nb",
            "\u{1b}[31m",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{7f}",
            "a\u{9b}b",
            "a\rb",
        ] {
            assert!(!is_plain_text(&CString::new(bad).unwrap()), "{bad:?}");
        }
        assert!(!is_plain_text(&CString::new(b"\xff".as_slice()).unwrap()));
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(from.path().join("line\nfeed"), "x").unwrap();
        let mut deep = from.path().to_owned();
        for _ in 0..5 {
            deep.push("d".repeat(250));
        }
        std::fs::create_dir_all(&deep).unwrap();
        let (result, violations) = copy(from.path(), to.path(), 100);
        result.unwrap();
        let violations = format!("{violations:?}");
        assert!(
            violations.contains("name that is not plain text"),
            "{violations}"
        );
        assert!(violations.contains("path that is too long"), "{violations}");
        assert_eq!(names(to.path()), ["d".repeat(250)]);
    }

    #[test]
    fn names_in_violations_are_escaped_and_bounded() {
        let mut copied = Copied::default();
        let name = CString::new(format!("\u{1b}[31m{}", "x".repeat(5000))).unwrap();
        for _ in 0..MAX_VIOLATIONS + 7 {
            copied.refuse(std::slice::from_ref(&name), "symbolic link");
        }
        let violations = copied.into_violations();
        assert_eq!(violations.len(), MAX_VIOLATIONS + 1);
        assert_eq!(violations.last().unwrap(), "and 7 more");
        assert!(violations[0].len() < 300 && !violations[0].contains('\u{1b}'));
    }
}
