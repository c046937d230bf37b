//! Checks a job and turns it into what the helper is told.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::error::SandboxError;
use crate::spec::{Grant, JailSpec, Limits};
use crate::wire::Request;

/// Granted by the jail itself at the same place; see `helper::root`.
const SYSTEM_PATHS: [&str; 7] = [
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
];

/// Made by the jail itself, or kept out of it.
const RESERVED: [&str; 3] = ["/proc", "/dev", "/sys"];

/// Outputs of one job. The number is generous; a module has one.
const MAX_OUTPUTS: usize = 64;

fn invalid<T>(detail: impl Into<String>) -> Result<T, SandboxError> {
    Err(SandboxError::Spec {
        detail: detail.into(),
    })
}

/// Checks the job. Host paths of read-only grants come out canonical, and grants that the system's
/// own or another one covers are left out.
///
/// With `waits` the program gets its input later; see [`Request::waits`].
pub(crate) fn of(spec: &JailSpec, waits: bool) -> Result<Request, SandboxError> {
    match spec.command.first() {
        None => return invalid("there is no command"),
        Some(program) if !Path::new(program).is_absolute() => {
            return invalid("the program is not an absolute path");
        }
        Some(_) => {}
    }
    if !spec.working_directory.is_absolute() {
        return invalid("the working directory is not an absolute path");
    }
    check_strings(spec)?;
    check_limits(&spec.limits)?;
    let read_only = read_only_grants(&spec.read_only)?;
    check_outputs(&spec.outputs)?;
    let mut inside: Vec<&Path> = read_only
        .iter()
        .map(|(_, inside)| inside.as_path())
        .collect();
    inside.extend(spec.outputs.iter().map(|grant| grant.inside.as_path()));
    inside.sort_unstable();
    if let Some(pair) = inside.windows(2).find(|pair| pair[0] == pair[1]) {
        return invalid(format!("{} is granted twice", pair[0].display()));
    }
    Ok(Request {
        command: spec
            .command
            .iter()
            .map(|word| word.as_bytes().to_vec())
            .collect(),
        read_only: read_only
            .iter()
            .map(|(host, inside)| (bytes(host), bytes(inside)))
            .collect(),
        outputs: spec
            .outputs
            .iter()
            .map(|grant| bytes(&grant.inside))
            .collect(),
        environment: spec
            .environment
            .iter()
            .map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()))
            .collect(),
        working_directory: bytes(&spec.working_directory),
        waits,
        cpu_ms: millis(spec.limits.cpu),
        memory: spec.limits.memory,
        pids: spec.limits.pids,
        disk: spec.limits.disk,
        accepted: BTreeSet::new(),
        #[cfg(feature = "ablation")]
        left_out: spec.left_out.clone(),
        #[cfg(feature = "ablation")]
        destinations: spec
            .outputs
            .iter()
            .map(|grant| bytes(&grant.host))
            .collect(),
    })
}

/// A request that builds a whole jail and runs nothing in it.
pub(crate) fn of_probe() -> Request {
    let limits = Limits::default();
    Request {
        command: Vec::new(),
        read_only: Vec::new(),
        outputs: vec![b"/out".to_vec()],
        environment: Vec::new(),
        working_directory: b"/".to_vec(),
        waits: false,
        cpu_ms: millis(limits.cpu),
        memory: limits.memory,
        pids: limits.pids,
        disk: limits.disk,
        accepted: BTreeSet::new(),
        #[cfg(feature = "ablation")]
        left_out: Vec::new(),
        #[cfg(feature = "ablation")]
        destinations: Vec::new(),
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn check_strings(spec: &JailSpec) -> Result<(), SandboxError> {
    let has_nul = |text: &OsStr| text.as_bytes().contains(&0);
    if spec.command.iter().any(|word| has_nul(word)) {
        return invalid("the command has a NUL character");
    }
    let is_bad = |key: &OsString, value: &OsString| {
        key.is_empty() || key.as_bytes().contains(&b'=') || has_nul(key) || has_nul(value)
    };
    if spec
        .environment
        .iter()
        .any(|(key, value)| is_bad(key, value))
    {
        return invalid("an environment variable has an empty name, or `=` or NUL in it");
    }
    Ok(())
}

fn check_limits(limits: &Limits) -> Result<(), SandboxError> {
    let numbers = [
        ("wall", millis(limits.wall)),
        ("cpu", millis(limits.cpu)),
        ("memory", limits.memory),
        ("pids", u64::from(limits.pids)),
        ("disk", limits.disk),
        ("stdout", limits.stdout),
    ];
    match numbers.iter().find(|(_, value)| *value == 0) {
        Some((name, _)) => invalid(format!("the limit {name} is zero")),
        None => Ok(()),
    }
}

fn check_inside(inside: &Path) -> Result<(), SandboxError> {
    let is_plain = inside.is_absolute()
        && inside
            .components()
            .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if !is_plain || inside == Path::new("/") || inside.as_os_str().as_bytes().contains(&0) {
        return invalid(format!(
            "{} is not an absolute path below / without dots",
            inside.display()
        ));
    }
    if RESERVED.iter().any(|reserved| inside.starts_with(reserved)) {
        return invalid(format!("{} lies in a reserved place", inside.display()));
    }
    Ok(())
}

fn read_only_grants(grants: &[Grant]) -> Result<Vec<(PathBuf, PathBuf)>, SandboxError> {
    let mut resolved: Vec<(PathBuf, PathBuf)> = Vec::new();
    for grant in grants {
        check_inside(&grant.inside)?;
        let host = fs::canonicalize(&grant.host).map_err(|source| SandboxError::Grant {
            path: grant.host.clone(),
            source,
        })?;
        if host == Path::new("/") {
            return invalid("the whole file system cannot be granted");
        }
        resolved.push((host, grant.inside.clone()));
    }
    resolved.sort_by(|a, b| (a.1.components().count(), a).cmp(&(b.1.components().count(), b)));
    resolved.dedup();
    let mut bases: Vec<(PathBuf, PathBuf)> = SYSTEM_PATHS
        .iter()
        .filter_map(|path| Some((fs::canonicalize(path).ok()?, PathBuf::from(path))))
        .collect();
    let mut needed = Vec::new();
    for (host, inside) in resolved {
        if !bases.iter().any(|base| is_covered(base, &host, &inside)) {
            bases.push((host.clone(), inside.clone()));
            needed.push((host, inside));
        }
    }
    Ok(needed)
}

/// Whether the grant `base` already shows `host` at `inside`.
fn is_covered((base_host, base_inside): &(PathBuf, PathBuf), host: &Path, inside: &Path) -> bool {
    let Ok(rest) = inside.strip_prefix(base_inside) else {
        return false;
    };
    let through_base = base_host.join(rest);
    // A link inside the base works there too if it stays in the base and the base kept its place.
    through_base == host
        || (host.starts_with(base_host)
            && base_host == base_inside
            && fs::canonicalize(through_base).is_ok_and(|real| real == host))
}

fn check_outputs(outputs: &[Grant]) -> Result<(), SandboxError> {
    if outputs.len() > MAX_OUTPUTS {
        return invalid(format!("more than {MAX_OUTPUTS} outputs"));
    }
    for (index, output) in outputs.iter().enumerate() {
        check_inside(&output.inside)?;
        let others = outputs
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        for (_, other) in others {
            if output.inside.starts_with(&other.inside) || output.host.starts_with(&other.host) {
                return invalid(format!(
                    "output {} lies in another",
                    output.inside.display()
                ));
            }
        }
        check_destination(&output.host).map_err(|source| SandboxError::Delivery {
            path: output.host.clone(),
            source,
        })?;
    }
    Ok(())
}

/// A directory or nothing, in a directory.
fn check_destination(host: &Path) -> io::Result<()> {
    match fs::symlink_metadata(host) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::from(io::ErrorKind::NotADirectory)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let parent = crate::deliver::parent_of(host);
            if fs::metadata(parent)?.is_dir() {
                Ok(())
            } else {
                Err(io::Error::from(io::ErrorKind::NotADirectory))
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> JailSpec {
        JailSpec::new(["/usr/bin/true"])
    }

    fn refusal(spec: &JailSpec) -> &'static str {
        of(spec, false).unwrap_err().code()
    }

    #[test]
    fn contradictions_are_refused() {
        let grant = |inside: &str| Grant::new("/etc", inside);
        let cases = [
            JailSpec::new(Vec::<OsString>::new()),
            JailSpec::new(["true"]),
            JailSpec::new(["/usr/bin/true", "a\0b"]),
            JailSpec {
                working_directory: "tmp".into(),
                ..spec()
            },
            JailSpec {
                limits: Limits {
                    disk: 0,
                    ..Limits::default()
                },
                ..spec()
            },
            JailSpec {
                environment: [("A=B".into(), "c".into())].into(),
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("/")],
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("relative")],
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("/a/../b")],
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("/proc/1")],
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("/dev/null")],
                ..spec()
            },
            JailSpec {
                read_only: vec![Grant::new("/", "/host")],
                ..spec()
            },
            JailSpec {
                read_only: vec![grant("/a"), Grant::new("/var", "/a")],
                ..spec()
            },
            JailSpec {
                outputs: vec![
                    Grant::new("/tmp/a", "/out"),
                    Grant::new("/tmp/b", "/out/in"),
                ],
                ..spec()
            },
        ];
        for case in cases {
            assert_eq!(refusal(&case), "SS-SANDBOX-009", "{case:?}");
        }
    }

    #[test]
    fn a_missing_grant_and_a_missing_parent_are_told_apart() {
        let missing = JailSpec {
            read_only: vec![Grant::same("/no/such")],
            ..spec()
        };
        assert_eq!(refusal(&missing), "SS-SANDBOX-008");
        let orphan = JailSpec {
            outputs: vec![Grant::new("/no/such/dir", "/out")],
            ..spec()
        };
        assert_eq!(refusal(&orphan), "SS-SANDBOX-014");
    }

    #[test]
    fn what_is_granted_anyway_is_not_granted_again() {
        let directory = tempfile::tempdir().unwrap();
        let outer = directory.path().canonicalize().unwrap();
        fs::create_dir(outer.join("inner")).unwrap();
        let spec = JailSpec {
            read_only: vec![
                Grant::same("/usr/lib"),
                Grant::same(outer.join("inner")),
                Grant::same(&outer),
                Grant::new(outer.join("inner"), "/elsewhere"),
            ],
            ..spec()
        };
        let request = of(&spec, false).unwrap();
        let inside: Vec<_> = request
            .read_only
            .iter()
            .map(|(_, inside)| inside.clone())
            .collect();
        assert_eq!(inside.len(), 2, "{inside:?}");
        assert!(inside.contains(&b"/elsewhere".to_vec()));
    }
}
