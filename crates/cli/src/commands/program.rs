//! What a program that is to run in the jail needs beside itself, and where it starts.
//!
//! All of it is read from the disk: the program is not asked, for nothing of it runs outside.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use silversmith_sandbox::Grant;

/// What the jail shows without being asked.
const SYSTEM: [&str; 5] = ["/usr", "/bin", "/sbin", "/lib", "/lib64"];

/// How many virtual environments may lie behind each other.
const MAX_BEHIND: usize = 4;

/// Grants for a program outside the system's directories: the program itself, and where it is a
/// Python, its installation and, in a virtual environment, the one that it was made from.
pub(crate) fn grants_for(program: &Path) -> Vec<Grant> {
    let mut grants = Vec::new();
    let mut program = program.to_owned();
    for _ in 0..MAX_BEHIND {
        let Ok(real) = fs::canonicalize(&program) else {
            break;
        };
        for path in [&program, &real] {
            let parts = prefix_of(path).map(installation).unwrap_or_default();
            match parts.is_empty() {
                true => grants.push(Grant::same(path)),
                false => grants.extend(parts),
            }
        }
        let home = prefix_of(&program).and_then(home_of);
        match home.zip(program.file_name()) {
            Some((home, name)) => program = home.join(name),
            None => break,
        }
    }
    grants.retain(|grant| !SYSTEM.iter().any(|system| grant.host.starts_with(system)));
    grants.sort_by(|a, b| a.host.cmp(&b.host));
    grants.dedup();
    grants
}

/// The directory that holds `bin/python3`. Never the root of everything, nor a program of another name.
fn prefix_of(program: &Path) -> Option<&Path> {
    let name = program.file_name()?.to_str()?;
    let directory = program.parent()?;
    let prefix = directory.parent()?;
    let is_python = name.starts_with("python") && directory.file_name() == Some(OsStr::new("bin"));
    (is_python && prefix.parent().is_some()).then_some(prefix)
}

/// Whether an interpreter's own standard library is there.
fn has_library(prefix: &Path) -> bool {
    let Ok(entries) = fs::read_dir(prefix.join("lib")) else {
        return false;
    };
    let is_library = |entry: fs::DirEntry| {
        let named = entry.file_name().to_string_lossy().starts_with("python3.");
        named && entry.path().join("os.py").is_file()
    };
    entries.flatten().any(is_library)
}

/// The parts of an installation or a virtual environment, where there is one. Not the whole prefix,
/// which may be somebody's home.
fn installation(prefix: &Path) -> Vec<Grant> {
    let configuration = prefix.join("pyvenv.cfg");
    if !configuration.is_file() && !has_library(prefix) {
        return Vec::new();
    }
    let mut parts = ["bin", "lib", "lib64"]
        .map(|part| prefix.join(part))
        .to_vec();
    parts.retain(|part| fs::symlink_metadata(part).is_ok_and(|found| found.is_dir()));
    parts.extend(configuration.is_file().then_some(configuration));
    parts.into_iter().map(Grant::same).collect()
}

/// The `bin` directory that a virtual environment names in its `pyvenv.cfg` (PEP 405).
fn home_of(prefix: &Path) -> Option<PathBuf> {
    let path = prefix.join("pyvenv.cfg");
    // The file has a handful of lines; a larger one is something else.
    let size = fs::metadata(&path).ok()?.len();
    let text = (size <= 64 << 10).then(|| fs::read_to_string(&path).ok())??;
    let home = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "home").then(|| PathBuf::from(value.trim()))
    })?;
    home.is_absolute().then_some(home)
}

/// Where a job starts: where the caller stands, if the jail has that place; else at its root.
pub(crate) fn start_in(here: &Path, grants: &[Grant]) -> PathBuf {
    let is_there = |grant: &Grant| {
        let shown = here.starts_with(&grant.inside) && here.starts_with(&grant.host);
        (shown && grant.inside == grant.host) || grant.inside.starts_with(here)
    };
    match grants.iter().any(is_there) {
        true => here.to_owned(),
        false => PathBuf::from("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn hosts(program: &Path) -> Vec<PathBuf> {
        let grants = grants_for(program).into_iter();
        grants.map(|grant| grant.host).collect()
    }

    fn install(prefix: &Path) -> PathBuf {
        fs::create_dir_all(prefix.join("bin")).unwrap();
        fs::create_dir_all(prefix.join("lib/python3.99")).unwrap();
        fs::write(prefix.join("lib/python3.99/os.py"), "").unwrap();
        fs::write(prefix.join("bin/python3.99"), "").unwrap();
        symlink("python3.99", prefix.join("bin/python3")).unwrap();
        prefix.join("bin/python3")
    }

    #[test]
    fn a_program_of_the_system_needs_nothing() {
        assert!(grants_for(Path::new("/usr/bin/env")).is_empty());
        assert!(grants_for(Path::new("/no/such/program")).is_empty());
    }

    #[test]
    fn an_interpreter_comes_with_its_installation_and_a_script_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        let python = install(&folder.join("py"));
        assert!(hosts(&python).contains(&folder.join("py/lib")));
        // Something called python without a library is a program like any other.
        fs::create_dir_all(folder.join("other/bin")).unwrap();
        let other = folder.join("other/bin/python-tool");
        fs::write(&other, "").unwrap();
        assert_eq!(hosts(&other), [other]);
    }

    #[test]
    fn a_virtual_environment_comes_with_what_it_was_made_from() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        let base = install(&folder.join("base"));
        let venv = folder.join("venv");
        fs::create_dir_all(venv.join("bin")).unwrap();
        symlink(&base, venv.join("bin/python3")).unwrap();
        let home = format!(
            "home = {}\nversion = 3.99\n",
            folder.join("base/bin").display()
        );
        fs::write(venv.join("pyvenv.cfg"), home).unwrap();
        let hosts = hosts(&venv.join("bin/python3"));
        assert!(
            hosts.contains(&venv.join("pyvenv.cfg")) && hosts.contains(&folder.join("base/lib")),
            "{hosts:?}"
        );
    }

    #[test]
    fn a_job_starts_where_the_caller_stands_if_that_is_shown() {
        let at = |grant: Grant| start_in(Path::new("/a/b"), &[grant]);
        assert_eq!(at(Grant::same("/a")), Path::new("/a/b"));
        assert_eq!(at(Grant::same("/a/b")), Path::new("/a/b"));
        assert_eq!(at(Grant::same("/a/b/c.py")), Path::new("/a/b"));
        assert_eq!(at(Grant::new("/x", "/a/b/c")), Path::new("/a/b"));
        assert_eq!(at(Grant::new("/x", "/a")), Path::new("/"));
        assert_eq!(at(Grant::same("/a/bc")), Path::new("/"));
    }
}
