//! What a program did to the host, by looking at the host.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use silversmith_sandbox::JailSpec;

use super::host::Host;
use crate::support;

/// Where programs of the machine leave files for each other.
pub(super) const SHARED_PLACES: [&str; 6] =
    ["/dev/shm", "/var/tmp", "/run/lock", "/tmp", "/run", "/"];

/// What a folder holds, but for the outputs: for each path what would change with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Print(BTreeMap<PathBuf, String>);

impl Print {
    pub(super) fn of(folder: &Path) -> Self {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let metadata = fs::symlink_metadata(&path).unwrap();
                let is_output = path.ends_with("parent/out");
                if metadata.is_dir() && !is_output {
                    folders.push(path.clone());
                }
                let content = if metadata.is_file() && metadata.len() < 1000 {
                    fs::read(&path).unwrap_or_default()
                } else {
                    Vec::new()
                };
                // Deliveries change the folder that they go to.
                let is_changing = is_output || path.ends_with("parent");
                let seen = if is_changing {
                    format!("{:o}", metadata.mode())
                } else {
                    format!(
                        "{:o} {} {} {} {}.{} {}.{} {content:?}",
                        metadata.mode(),
                        metadata.uid(),
                        metadata.gid(),
                        metadata.len(),
                        metadata.mtime(),
                        metadata.mtime_nsec(),
                        metadata.ctime(),
                        metadata.ctime_nsec(),
                    )
                };
                found.insert(path, seen);
            }
        }
        Self(found)
    }

    fn differences(&self, after: &Self) -> Vec<String> {
        let paths: std::collections::BTreeSet<_> = self.0.keys().chain(after.0.keys()).collect();
        paths
            .into_iter()
            .filter(|path| self.0.get(*path) != after.0.get(*path))
            .map(|path| {
                format!(
                    "CHANGED {}: {:?} to {:?}",
                    path.display(),
                    self.0.get(path),
                    after.0.get(path)
                )
            })
            .collect()
    }
}

impl Host {
    /// What is not as it should be after a program ran.
    pub(crate) fn evidence(&self, spec: &JailSpec, said: &str) -> Vec<String> {
        let mut found = self.before.differences(&Print::of(self.path()));
        if said.contains(&self.canary) {
            found.push("LEAKED the canary".to_owned());
        }
        found.extend(self.arrivals());
        let victim =
            fs::read_to_string(format!("/proc/{}/stat", self.victim())).unwrap_or_default();
        if !victim.contains(") S ") {
            found.push(format!("VICTIM {victim}"));
        }
        let left = support::processes_with(&self.marker);
        if !left.is_empty() {
            found.push(format!("LEFT processes {left:?}"));
        }
        for place in SHARED_PLACES {
            if fs::symlink_metadata(Path::new(place).join(&self.marker)).is_ok() {
                found.push(format!("LEFT a file in {place}"));
            }
        }
        let mut size = 0;
        look_at_output(&self.path().join("parent/out"), &mut size, &mut found);
        if size > spec.limits.disk {
            found.push(format!("DELIVERED {size} bytes"));
        }
        found
    }

    /// What came in where the host listens.
    fn arrivals(&self) -> Vec<String> {
        let mut found = Vec::new();
        let is_quiet = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
        if self.tcp.accept().is_ok() {
            found.push("REACHED the stream".to_owned());
        }
        if !self
            .udp
            .recv(&mut [0; 8])
            .is_err_and(|error| is_quiet(&error))
        {
            found.push("REACHED the datagram socket".to_owned());
        }
        for (name, listener) in [("abstract", &self.by_name), ("granted", &self.by_file)] {
            if listener.accept().is_ok() {
                found.push(format!("REACHED the {name} socket"));
            }
        }
        if rustix::io::read(&self.pipe, &mut [0; 8]).is_ok_and(|count| count > 0) {
            found.push("REACHED the named pipe".to_owned());
        }
        found
    }
}

/// Whatever arrived must be a plain file or folder with a plain name.
fn look_at_output(folder: &Path, size: &mut u64, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        found.push(format!(
            "DELIVERED an unreadable folder {}",
            folder.display()
        ));
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        // Laid there by the test.
        if path.ends_with("old-link") && metadata.is_symlink() {
            continue;
        }
        *size += metadata.len();
        if metadata.is_file() && fs::read(&path).is_ok_and(|content| content.starts_with(b"first"))
        {
            found.push(format!(
                "DELIVERED what was not there at the end: {}",
                path.display()
            ));
        }
        let name = path.file_name().unwrap();
        let is_plain_name = std::str::from_utf8(name.as_bytes()).is_ok_and(|name| {
            !name
                .chars()
                .any(|c| c.is_control() || ('\u{200b}'..'\u{2070}').contains(&c))
        });
        let is_plain = if metadata.is_dir() {
            look_at_output(&path, size, found);
            true
        } else {
            metadata.is_file() && metadata.nlink() == 1
        };
        if !is_plain || !is_plain_name || metadata.mode() & 0o7022 != 0 {
            found.push(format!(
                "DELIVERED {:?} with mode {:o}",
                path,
                metadata.mode()
            ));
        }
    }
}
