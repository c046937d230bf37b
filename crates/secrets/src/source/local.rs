//! Sources on this machine: systemd, the kernel's keyring, the environment.

use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Given, MAX_FILE, parse, read_file, read_secret};
use crate::error::Cause;
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

/// The value of a variable in a file of lines `NAME=value`, as tools for `.env` read them: `export` may
/// stand before, quotes around the value; a line that begins with `#` says nothing. Nothing is expanded.
fn variable(text: &[u8], name: &str) -> Option<Vec<u8>> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.trim_ascii();
        let line = line
            .strip_prefix(b"export ")
            .unwrap_or(line)
            .trim_ascii_start();
        let rest = line.strip_prefix(name.as_bytes())?.trim_ascii_start();
        let mut value = rest.strip_prefix(b"=")?.trim_ascii().to_vec();
        for quote in [b'"', b'\''] {
            if let [first, inside @ .., last] = value.as_slice()
                && *first == quote
                && *last == quote
            {
                let inside = inside.to_vec();
                value.zeroize();
                value = inside;
                break;
            }
        }
        (!value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the file holds, a value is a part of one of its lines.
        #[test]
        fn nothing_breaks_the_reading_of_variables(text in any::<Vec<u8>>(), line in "(export )?A ?= ?['\"]?[ -~]{0,20}") {
            for text in [text, line.into_bytes()] {
                if let Some(value) = variable(&text, "A") {
                    prop_assert!(!value.is_empty() && !value.contains(&b'\n'));
                    prop_assert!(text.windows(value.len()).any(|window| window == value));
                }
            }
        }
    }

    #[test]
    fn a_file_of_variables_is_read_as_it_stands() {
        let text = b"# OPEN_AI_KEY=no\r\nOTHER=1\n export OPEN_AI_KEY = \"sk-$x\" \r\nOPEN_AI_KEY=2\nE=\nQ='q'\nX=\"\n";
        let value = |name| variable(text, name).map(|value| String::from_utf8(value).unwrap());
        assert_eq!(value("OPEN_AI_KEY").as_deref(), Some("sk-$x"));
        assert_eq!(value("OTHER").as_deref(), Some("1"));
        assert_eq!(value("Q").as_deref(), Some("q"));
        assert_eq!(value("X").as_deref(), Some("\""));
        assert_eq!(value("E"), None);
        assert_eq!(value("OPEN_AI"), None);
        assert_eq!(value("AI_KEY"), None);
    }
}
