//! Sources on this machine: systemd, the kernel's keyring, the environment.

use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

use super::{Given, MAX_FILE, parse, read_file, read_secret};
use crate::error::Cause;
use crate::formats::variable;
use crate::lease::SecretRequest;

/// A file that systemd put into the folder it names (systemd.exec(5), `CREDENTIALS_DIRECTORY`).
pub(super) fn systemd(credential: &str, request: &SecretRequest) -> Result<Given, Cause> {
    let folder = (request.environment)("CREDENTIALS_DIRECTORY");
    let folder = folder.ok_or_else(|| Cause::Missing {
        what: "CREDENTIALS_DIRECTORY, as this was not started by systemd,".to_owned(),
    })?;
    read_secret(&PathBuf::from(folder).join(credential)).map(Given::just)
}

/// A key of type `user` that the session's or the user's keyring leads to (keyrings(7)).
pub(super) fn keyring(description: &str) -> Result<Given, Cause> {
    let what = || format!("the key {description:?} of the kernel's keyring");
    let rings = [KeyRingIdentifier::Session, KeyRingIdentifier::User];
    let mut found = rings.into_iter().filter_map(|ring| {
        let ring = KeyRing::from_special_id(ring, false).ok()?;
        ring.search(description).ok()
    });
    let key = found
        .next()
        .ok_or_else(|| Cause::Missing { what: what() })?;
    let mut buffer = Zeroizing::new(vec![0; usize::try_from(MAX_FILE).unwrap_or(0)]);
    let read = key
        .read(&mut *buffer)
        .map_err(|error: KeyError| Cause::File {
            words: format!("{}: {error}", what()),
        })?;
    let bytes = buffer.get(..read).unwrap_or_default().to_vec();
    parse(bytes, what).map(Given::just)
}

/// The first variable that is set, in the environment or else in the file.
pub(super) fn environment(
    variables: &[String],
    file: Option<&Path>,
    request: &SecretRequest,
) -> Result<Given, Cause> {
    if request.production {
        return Err(Cause::EnvironmentForbidden);
    }
    for name in variables {
        if let Some(value) = (request.environment)(name).filter(|value| !value.is_empty()) {
            return parse(value.into_vec(), || name.clone()).map(Given::just);
        }
    }
    let mut looked = variables.join(" or ");
    if let Some(file) = file {
        let path = request.folder.join(file);
        looked = format!("{looked}, in the environment or {},", file.display());
        if path.exists() {
            let text = read_file(&path, MAX_FILE)?;
            let found = variables.iter().find_map(|name| variable(&text, name));
            if let Some(value) = found {
                return parse(value, || file.display().to_string()).map(Given::just);
            }
        }
    }
    Err(Cause::Missing { what: looked })
}
