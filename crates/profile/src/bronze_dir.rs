//! The directory of a Bronze run, as sources: the one module here that touches the file system.
//!
//! `DIR/data/*.csv` where `DIR/data` exists, otherwise `DIR/*.csv`. Links and everything else that is
//! no regular file are refused, as the run must not read what lies outside of it. Other files are
//! left alone, except that `metadata.yaml` beside the tables, or in `DIR`, may name the run in a line
//! `run_id: <id>`; so may the name of `DIR`.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the one module of this crate that touches the file system"
)]

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use silversmith_types::{NameError, RunId, TableName};

use crate::Source;
use crate::limits::MAX_TABLES;

/// The most that is read of `metadata.yaml`.
const MAX_METADATA_BYTES: u64 = 1 << 20;
/// The most entries of the directory that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// A Bronze run on disk.
pub struct BronzeDir {
    /// The id of the run, where its metadata or the name of its directory says so.
    pub run_id: Option<RunId>,
    /// Its tables, by name.
    pub sources: Vec<Source<'static>>,
}

/// Why a directory is no Bronze run.
#[derive(Debug, thiserror::Error)]
pub enum BronzeDirError {
    /// It is not there, or no directory, or not readable.
    #[error("{} cannot be read as a directory", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A link, a directory or a device where a table or the metadata should be.
    #[error("{} is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// A file name that cannot name a table.
    #[error("{} cannot name a table", path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: NameError,
    },
    /// No `*.csv` at all.
    #[error("{} holds no CSV file", .0.display())]
    NoTables(PathBuf),
    /// More than [`MAX_TABLES`] tables, or far too many files.
    #[error("{} holds more than {MAX_TABLES} tables, or too many files", .0.display())]
    TooMany(PathBuf),
}

impl BronzeDirError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "SS-PROFILE-030",
            Self::NotRegular(_) => "SS-PROFILE-031",
            Self::Name { .. } => "SS-PROFILE-032",
            Self::NoTables(_) => "SS-PROFILE-033",
            Self::TooMany(_) => "SS-PROFILE-034",
        }
    }

    /// One line about what to do.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Unreadable { .. } => "give the directory of a Bronze run that you may read",
            Self::NotRegular(_) => "put a copy of the file in its place",
            Self::Name { .. } => "rename the file",
            Self::NoTables(_) => "give the directory that holds the *.csv files, or its parent",
            Self::TooMany(_) => "profile the tables in several runs",
        };
        Some(text.to_owned())
    }
}

/// Lists a Bronze run.
///
/// # Errors
///
/// The directory cannot be read, holds no table or too many, or holds something in a table's place
/// that is no regular file with a usable name.
pub fn list(dir: &Path) -> Result<BronzeDir, BronzeDirError> {
    let data = dir.join("data");
    let tables_dir = match fs::symlink_metadata(&data) {
        Ok(metadata) if metadata.is_dir() => data,
        Ok(_) => return Err(BronzeDirError::NotRegular(data)),
        Err(_) => dir.to_path_buf(),
    };
    let mut sources = Vec::new();
    for path in csv_files(&tables_dir)? {
        sources.push(source(path)?);
    }
    if sources.is_empty() {
        return Err(BronzeDirError::NoTables(tables_dir));
    }
    sources.sort_by(|a, b| a.table.cmp(&b.table));
    Ok(BronzeDir {
        run_id: run_id(dir, &tables_dir)?,
        sources,
    })
}

fn csv_files(dir: &Path) -> Result<Vec<PathBuf>, BronzeDirError> {
    let unreadable = |source| BronzeDirError::Unreadable {
        path: dir.to_path_buf(),
        source,
    };
    let mut files = Vec::new();
    for (at, entry) in fs::read_dir(dir).map_err(unreadable)?.enumerate() {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files.push(path);
        }
        if files.len() > MAX_TABLES || at > MAX_ENTRIES {
            return Err(BronzeDirError::TooMany(dir.to_path_buf()));
        }
    }
    // The order of a directory is no order.
    files.sort();
    Ok(files)
}

fn source(path: PathBuf) -> Result<Source<'static>, BronzeDirError> {
    let listed = regular(&path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let table: TableName = name.parse().map_err(|source| BronzeDirError::Name {
        path: path.clone(),
        source,
    })?;
    let bytes = listed.len();
    Ok(Source {
        table,
        bytes,
        open: Box::new(move || open(&path, &listed)),
    })
}

/// What is at `path`, which is a regular file and no link.
fn regular(path: &Path) -> Result<Metadata, BronzeDirError> {
    let metadata = fs::symlink_metadata(path).map_err(|source| BronzeDirError::Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    if metadata.is_file() {
        Ok(metadata)
    } else {
        Err(BronzeDirError::NotRegular(path.to_path_buf()))
    }
}

/// Opens the file that was listed, and no other that has taken its place since.
fn open(path: &Path, listed: &Metadata) -> io::Result<Box<dyn Read + Send>> {
    use std::os::unix::fs::MetadataExt;
    // Looked at before it is opened: to open a pipe would wait for a writer.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("the file was replaced by something else"));
    }
    let file = File::open(path)?;
    let opened = file.metadata()?;
    if (opened.dev(), opened.ino()) != (listed.dev(), listed.ino()) {
        return Err(io::Error::other(
            "the file was replaced while the run was read",
        ));
    }
    Ok(Box::new(file))
}

fn run_id(dir: &Path, tables_dir: &Path) -> Result<Option<RunId>, BronzeDirError> {
    for place in [tables_dir, dir] {
        let path = place.join("metadata.yaml");
        if fs::symlink_metadata(&path).is_err() {
            continue;
        }
        regular(&path)?;
        let unreadable = |source| BronzeDirError::Unreadable {
            path: path.clone(),
            source,
        };
        let mut text = Vec::new();
        let file = File::open(&path).map_err(unreadable)?;
        file.take(MAX_METADATA_BYTES)
            .read_to_end(&mut text)
            .map_err(unreadable)?;
        if let Some(id) = named_in(&String::from_utf8_lossy(&text)) {
            return Ok(Some(id));
        }
    }
    let name = dir.file_name().and_then(|name| name.to_str());
    Ok(name.and_then(|name| name.parse().ok()))
}

/// The first `run_id: <id>`, with or without quotes around the id.
fn named_in(text: &str) -> Option<RunId> {
    text.lines().find_map(|line| {
        let value = line.trim().strip_prefix("run_id:")?.trim();
        value.trim_matches(['\'', '"']).parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    fn names(dir: &Path) -> Vec<String> {
        list(dir)
            .unwrap()
            .sources
            .iter()
            .map(|source| source.table.to_string())
            .collect()
    }

    fn code(dir: &Path) -> &'static str {
        list(dir).err().map_or("none", |error| error.code())
    }

    #[test]
    fn tables_lie_in_data_or_in_the_directory_itself() {
        let dir = run(&[("b.csv", "x\n1\n"), ("a.csv", "x\n"), ("notes.txt", "")]);
        assert_eq!(names(dir.path()), ["a.csv", "b.csv"]);
        let mut read = String::new();
        let sources = list(dir.path()).unwrap().sources;
        (sources[1].open)()
            .unwrap()
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!((read.as_str(), sources[1].bytes), ("x\n1\n", 4));
        let dir = run(&[("data/a.csv", "x\n"), ("ignored.csv", "x\n")]);
        assert_eq!(names(dir.path()), ["a.csv"]);
    }

    #[test]
    fn the_run_id_is_in_the_metadata_or_in_the_name() {
        let id = "20260125_214726_#013410d7";
        let dir = run(&[
            ("a.csv", "x\n"),
            ("metadata.yaml", &format!("run:\n  run_id: '{id}'\n")),
        ]);
        assert_eq!(list(dir.path()).unwrap().run_id, Some(id.parse().unwrap()));
        let dir = run(&[(&format!("{id}/data/a.csv"), "x\n")]);
        assert_eq!(
            list(&dir.path().join(id)).unwrap().run_id,
            Some(id.parse().unwrap())
        );
        let dir = run(&[("a.csv", "x\n"), ("metadata.yaml", "run_id: none\n")]);
        assert_eq!(list(dir.path()).unwrap().run_id, None);
    }

    #[test]
    fn what_is_no_bronze_run_is_refused_with_a_code() {
        let dir = run(&[("a.txt", "")]);
        assert_eq!(code(dir.path()), "SS-PROFILE-033");
        assert_eq!(code(&dir.path().join("missing")), "SS-PROFILE-030");
        let dir = run(&[("a.csv/b", "")]);
        assert_eq!(code(dir.path()), "SS-PROFILE-031");
        let dir = run(&[(".hidden.csv", "")]);
        assert_eq!(code(dir.path()), "SS-PROFILE-032");
        let many: Vec<(String, &str)> = (0..=MAX_TABLES)
            .map(|at| (format!("{at}.csv"), "x\n"))
            .collect();
        let many: Vec<(&str, &str)> = many
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        assert_eq!(code(run(&many).path()), "SS-PROFILE-034");
    }

    #[test]
    fn links_are_refused_even_if_they_appear_later() {
        let outside = run(&[("secret.csv", "x\n")]);
        let dir = run(&[("a.csv", "x\n")]);
        let listed = list(dir.path()).unwrap();
        let table = dir.path().join("a.csv");
        fs::remove_file(&table).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.csv"), &table).unwrap();
        assert!((listed.sources[0].open)().is_err());
        assert_eq!(code(dir.path()), "SS-PROFILE-031");
    }
}
