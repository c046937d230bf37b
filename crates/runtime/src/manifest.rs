//! What a prepared runtime consists of, file by file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use silversmith_types::{Digest, Sha256Hasher};

/// Changes when the meaning of the digest changes.
const FORMAT: &str = "silversmith-runtime-1";

/// One installed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) sha256: Digest,
    pub(crate) size: u64,
    /// Nanoseconds since 1970. Not part of the digest: only for the cheap check.
    pub(crate) modified: u64,
}

/// The record of a preparation, kept beside the files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// SHA-256 of the lock file that was installed.
    pub(crate) lock: Digest,
    /// The interpreter that compiled the files.
    pub(crate) interpreter: String,
    /// By path relative to the site directory.
    pub(crate) files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// Reads and hashes every file under `site`.
    pub(crate) fn of(site: &Path, lock: Digest, interpreter: &str) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for (path, (size, modified)) in list(site)? {
            let sha256 = hash(&site.join(&path))?;
            files.insert(
                path,
                Entry {
                    sha256,
                    size,
                    modified,
                },
            );
        }
        Ok(Self {
            lock,
            interpreter: interpreter.to_owned(),
            files,
        })
    }

    /// SHA-256 over the lock, the interpreter's version and the digest of every file. Equal on
    /// every machine that installed the same with the same interpreter.
    pub(crate) fn digest(&self) -> Digest {
        let mut text = format!(
            "{FORMAT}\nlock {}\npython {}\n",
            self.lock, self.interpreter
        );
        for (path, entry) in &self.files {
            text.push_str(&format!("{} {} {path}\n", entry.sha256, entry.size));
        }
        Digest::of(text.as_bytes())
    }

    /// Compares names, sizes and times: catches accidents, and changes by programs that do not
    /// hide. Gives the first difference.
    pub(crate) fn first_difference(&self, site: &Path) -> io::Result<Option<String>> {
        let found = list(site)?;
        for (path, entry) in &self.files {
            if found.get(path) != Some(&(entry.size, entry.modified)) {
                return Ok(Some(path.clone()));
            }
        }
        Ok(found
            .into_keys()
            .find(|path| !self.files.contains_key(path)))
    }

    /// Compares the content of every file. Gives the first difference.
    pub(crate) fn first_changed_content(&self, site: &Path) -> io::Result<Option<String>> {
        let found = list(site)?;
        if let Some(path) = found
            .into_keys()
            .find(|path| !self.files.contains_key(path))
        {
            return Ok(Some(path));
        }
        for (path, entry) in &self.files {
            match hash(&site.join(path)) {
                Ok(sha256) if sha256 == entry.sha256 => {}
                Ok(_) => return Ok(Some(path.clone())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Some(path.clone()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// Every file under `site` with size and time. Anything that is neither file nor directory is an
/// error: wheels do not hold such things.
fn list(site: &Path) -> io::Result<BTreeMap<String, (u64, u64)>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![String::new()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(site.join(&directory))? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().ok_or(io::ErrorKind::InvalidData)?;
            let path = if directory.is_empty() {
                name.to_owned()
            } else {
                format!("{directory}/{name}")
            };
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                directories.push(path);
            } else if metadata.is_file() {
                let modified = metadata
                    .modified()?
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                let modified = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
                found.insert(path, (metadata.len(), modified));
            } else {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
        }
    }
    Ok(found)
}

fn hash(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256Hasher::default();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("pkg")).unwrap();
        fs::write(site.path().join("pkg/a.py"), "1").unwrap();
        fs::write(site.path().join("pkg/b.py"), "2").unwrap();
        site
    }

    fn manifest(site: &Path) -> Manifest {
        Manifest::of(site, Digest::of(b"lock"), "3.11").unwrap()
    }

    #[test]
    fn the_digest_is_of_content_and_not_of_place_or_time() {
        let (one, two) = (site(), site());
        let first = manifest(one.path()).digest();
        assert_eq!(first, manifest(two.path()).digest());
        fs::write(two.path().join("pkg/b.py"), "3").unwrap();
        assert_ne!(first, manifest(two.path()).digest());
        let other = Manifest::of(one.path(), Digest::of(b"lock"), "3.12").unwrap();
        assert_ne!(first, other.digest());
    }

    #[test]
    fn the_cheap_check_sees_added_missing_and_resized_files() {
        let site = site();
        let manifest = manifest(site.path());
        assert_eq!(manifest.first_difference(site.path()).unwrap(), None);
        fs::write(site.path().join("sitecustomize.py"), "").unwrap();
        let difference = manifest.first_difference(site.path()).unwrap();
        assert_eq!(difference.as_deref(), Some("sitecustomize.py"));
        fs::remove_file(site.path().join("sitecustomize.py")).unwrap();
        fs::write(site.path().join("pkg/a.py"), "11").unwrap();
        assert_eq!(
            manifest.first_difference(site.path()).unwrap().as_deref(),
            Some("pkg/a.py")
        );
    }

    #[test]
    fn the_full_check_sees_what_hides_behind_an_old_time() {
        let site = site();
        let manifest = manifest(site.path());
        let path = site.path().join("pkg/a.py");
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "9").unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(before)
            .unwrap();
        assert_eq!(manifest.first_difference(site.path()).unwrap(), None);
        let changed = manifest.first_changed_content(site.path()).unwrap();
        assert_eq!(changed.as_deref(), Some("pkg/a.py"));
    }
}
