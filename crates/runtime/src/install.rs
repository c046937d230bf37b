//! Makes a runtime's directory: pip into a temporary place, byte code, manifest, rename.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use silversmith_types::Digest;

use crate::error::RuntimeError;
use crate::interpreter::Interpreter;
use crate::manifest::Manifest;
use crate::progress::{Phase, Progress};

/// The packages, with the hashes of the wheels that were reviewed.
pub(crate) const LOCK: &str = include_str!("runtime.lock");

/// Files that pip writes about the installation itself; they differ with pip's version.
const PIP_RECORDS: [&str; 4] = ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json"];

/// How much of pip's output is kept for an error message.
const KEPT_OUTPUT: usize = 4 << 10;

/// How often the download's size is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What an installation weighs on disk, roughly, for the progress bar: the wheels and what they
/// unpack to. The bar's end is the installation's, whatever this number.
const EXPECTED_BYTES: u64 = 240 << 20;

/// Marks a directory in the making. One that nobody holds the lock for is a leftover.
const PARTIAL: &str = ".partial-";

/// Installs into `home` (which must not exist) by way of a directory beside it. The caller holds
/// the lock for `home`.
pub(crate) fn install(
    interpreter: &Interpreter,
    home: &Path,
    progress: &dyn Progress,
) -> Result<Manifest, RuntimeError> {
    let cache = home.parent().unwrap_or(home);
    remove_leftovers(home);
    let partial = PathBuf::from(format!("{}{PARTIAL}{}", home.display(), std::process::id()));
    fs::create_dir(&partial).map_err(RuntimeError::of_cache(cache))?;
    let result = fill(interpreter, &partial, progress).and_then(|manifest| {
        fs::rename(&partial, home).map_err(RuntimeError::of_cache(cache))?;
        Ok(manifest)
    });
    if result.is_err() {
        // What cannot be removed now goes at the next start.
        let _ = fs::remove_dir_all(&partial);
    }
    result
}

/// The site directory of a runtime's directory.
pub(crate) fn site_of(home: &Path) -> PathBuf {
    home.join("site")
}

/// The manifest of a runtime's directory.
pub(crate) fn manifest_of(home: &Path) -> PathBuf {
    home.join("manifest.json")
}

fn fill(
    interpreter: &Interpreter,
    partial: &Path,
    progress: &dyn Progress,
) -> Result<Manifest, RuntimeError> {
    let in_cache = |error| RuntimeError::of_cache(partial)(error);
    let site = site_of(partial);
    let scratch = partial.join("tmp");
    fs::create_dir(&scratch).map_err(in_cache)?;
    fs::write(partial.join("runtime.lock"), LOCK).map_err(in_cache)?;
    progress.phase(Phase::Installing);
    run_pip(interpreter, partial, progress)?;
    fs::remove_dir_all(&scratch).map_err(in_cache)?;
    remove_pip_records(&site).map_err(in_cache)?;
    progress.phase(Phase::Compiling);
    compile(interpreter, &site)?;
    progress.phase(Phase::Measuring);
    let manifest = Manifest::of(&site, Digest::of(LOCK.as_bytes()), &interpreter.description)
        .map_err(in_cache)?;
    let text = serde_json::to_vec(&manifest).map_err(|error| in_cache(error.into()))?;
    let path = manifest_of(partial);
    fs::write(&path, text).map_err(in_cache)?;
    // The manifest is the mark of a whole runtime: it must not outlive a crash that its files do
    // not survive. Those are compared with it at every use.
    File::open(&path)
        .and_then(|file| file.sync_all())
        .map_err(in_cache)?;
    Ok(manifest)
}

fn run_pip(
    interpreter: &Interpreter,
    partial: &Path,
    progress: &dyn Progress,
) -> Result<(), RuntimeError> {
    let mut command = Command::new(&interpreter.executable);
    command
        .args([
            "-I",
            "-B",
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
        ])
        .args(["--no-warn-script-location", "--root-user-action", "ignore"])
        .args([
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--no-deps",
            "--no-compile",
        ])
        .arg("--target")
        .arg(site_of(partial))
        .arg("--requirement")
        .arg(partial.join("runtime.lock"))
        // Mirrors, proxies and certificates are the user's to configure; where files go is not.
        .env("TMPDIR", partial.join("tmp"))
        .env("PIP_REQUIRE_VIRTUALENV", "0")
        .env("PIP_USER", "0")
        .env_remove("PIP_PREFIX")
        .env_remove("PIP_ROOT")
        .env_remove("PIP_TARGET")
        .env_remove("PIP_CONSTRAINT")
        .env_remove("PIP_REQUIREMENT")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| RuntimeError::NotPython {
        path: interpreter.executable.clone(),
        detail: error.to_string(),
    })?;
    let output = collect(&mut child);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {
                progress.bytes(size_of_tree(partial).min(EXPECTED_BYTES), EXPECTED_BYTES);
                thread::sleep(LOOK_EVERY);
            }
            Err(source) => return Err(RuntimeError::of_cache(partial)(source)),
        }
    };
    let output = output
        .map(|reader| reader.join().unwrap_or_default())
        .unwrap_or_default();
    if status.success() {
        progress.bytes(EXPECTED_BYTES, EXPECTED_BYTES);
        return Ok(());
    }
    Err(diagnose(interpreter, partial, &output))
}

/// Reads both streams to their ends, so that pip never waits for a reader.
fn collect(child: &mut Child) -> Option<thread::JoinHandle<String>> {
    let (mut stdout, mut stderr) = (child.stdout.take()?, child.stderr.take()?);
    let other = thread::spawn(move || tail(&mut stdout));
    Some(thread::spawn(move || {
        let said = tail(&mut stderr);
        // Errors come on standard error; the other stream says what pip was doing.
        other.join().unwrap_or_default() + &said
    }))
}

/// The end of a stream, as text without control characters.
fn tail(stream: &mut dyn Read) -> String {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..count]);
        let excess = kept.len().saturating_sub(KEPT_OUTPUT);
        kept.drain(..excess);
    }
    let text = String::from_utf8_lossy(&kept);
    text.chars()
        .filter(|&c| c == '\n' || !c.is_control())
        .collect()
}

/// Which error pip's failure is. pip has one exit code for all, so its words decide; what they do
/// not tell is the general error.
fn diagnose(interpreter: &Interpreter, partial: &Path, output: &str) -> RuntimeError {
    let says = |words: &[&str]| words.iter().any(|word| output.contains(word));
    let path = interpreter.executable.clone();
    let output = without_credentials(output);
    if says(&["No module named pip"]) {
        RuntimeError::NoPip { path }
    } else if says(&["DO NOT MATCH THE HASHES"]) {
        RuntimeError::HashMismatch { output }
    } else if says(&["No space left on device", "Disk quota exceeded"]) {
        RuntimeError::DiskFull {
            path: partial.parent().unwrap_or(partial).to_owned(),
        }
    } else if says(&[
        "NewConnectionError",
        "ConnectionError",
        "ConnectTimeout",
        "ReadTimeout",
        "Max retries exceeded",
        "Temporary failure in name resolution",
        "Network is unreachable",
        "ProxyError",
        "SSLError",
        "HTTPError",
        "Connection broken",
        // The first package fits every machine: not finding it means that the index was not
        // reached, which pip does not always say.
        "requirement polars==",
    ]) {
        RuntimeError::Network { output }
    } else if says(&["No matching distribution found", "is not a supported wheel"]) {
        RuntimeError::NoWheel {
            platform: interpreter.platform.clone(),
            output,
        }
    } else {
        RuntimeError::Install { output }
    }
}

/// A mirror's address may hold a password: `https://user:password@host` loses what is before `@`.
fn without_credentials(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c == '/' || c.is_whitespace())
            .unwrap_or(part.len());
        let (authority, rest) = part.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        out.push_str("://");
        out.push_str(host);
        out.push_str(rest);
    }
    out
}

fn remove_pip_records(site: &Path) -> io::Result<()> {
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(".dist-info") {
            for name in PIP_RECORDS {
                match fs::remove_file(entry.path().join(name)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Compiles everything ahead: the jail shows the directory read-only, so Python could not keep what
/// it compiles. Unchecked, because the manifest vouches for source and byte code alike; with the
/// directory's name stripped and a fixed hash seed, because the bytes should be the same everywhere.
fn compile(interpreter: &Interpreter, site: &Path) -> Result<(), RuntimeError> {
    let output = Command::new(&interpreter.executable)
        .args(["-s", "-P", "-S", "-B", "-m", "compileall", "-q", "-j", "1"])
        .args(["--invalidation-mode", "unchecked-hash", "-s"])
        .arg(site)
        .arg(site)
        .env_clear()
        .env("PYTHONHASHSEED", "0")
        .envs(
            interpreter
                .library_path()
                .map(|path| ("LD_LIBRARY_PATH", path)),
        )
        .stdin(Stdio::null())
        .output()
        .map_err(RuntimeError::of_cache(site))?;
    if output.status.success() {
        return Ok(());
    }
    Err(diagnose(
        interpreter,
        site,
        &tail(&mut output.stdout.as_slice()),
    ))
}

/// Bytes under a directory. What disappears meanwhile is not counted.
fn size_of_tree(directory: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of_tree(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Removes what killed processes left of this runtime. The caller holds the lock, so nobody is at
/// work on one.
fn remove_leftovers(home: &Path) {
    let (Some(cache), Some(name)) = (home.parent(), home.file_name()) else {
        return;
    };
    let prefix = format!("{}{PARTIAL}", name.to_string_lossy());
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // What cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_told() {
        let text = "Looking in indexes: https://me:s3cret@mirror.test/simple, http://x/y";
        assert_eq!(
            without_credentials(text),
            "Looking in indexes: https://mirror.test/simple, http://x/y"
        );
    }

    #[test]
    fn every_locked_package_has_a_version_and_hashes() {
        let lines: Vec<_> = LOCK
            .replace("\\\n", " ")
            .lines()
            .map(str::to_owned)
            .collect();
        let packages: Vec<_> = lines
            .iter()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        assert_eq!(packages.len(), 2);
        for package in packages {
            assert!(
                package.contains("==") && package.contains("--hash=sha256:"),
                "{package}"
            );
        }
    }
}
