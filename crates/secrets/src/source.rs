//! The kinds of sources.

mod exec;
mod federation;
mod local;
mod vault;

use std::path::Path;

use silversmith_types::{Secret, Timestamp};
use zeroize::Zeroizing;

use crate::error::Cause;
use crate::lease::SecretRequest;
use crate::settings::Source;

pub(crate) use vault::{Session, write_version};

/// Largest file that a token or key is read from.
const MAX_FILE: u64 = 64 << 10;

/// A secret as its source gave it.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) secret: Option<Secret>,
    pub(crate) accessor: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) expires: Option<Timestamp>,
    /// What was opened for it, and is closed at the end.
    pub(crate) session: Option<Session>,
}

impl Given {
    fn just(secret: Secret) -> Self {
        Self {
            secret: Some(secret),
            ..Self::default()
        }
    }
}

/// Asks one source.
pub(crate) fn ask(source: &Source, request: &SecretRequest) -> Result<Given, Cause> {
    match source {
        Source::Vault(vault) => vault::read(vault, request),
        Source::Federation(federation) => federation::exchange(federation, request),
        Source::Exec {
            command,
            timeout_seconds,
        } => exec::run(command, *timeout_seconds, request),
        Source::Systemd { credential } => local::systemd(credential, request),
        Source::Keyring { description } => local::keyring(description),
        Source::Env { variables, file } => local::environment(variables, file.as_deref(), request),
    }
}

/// A whole file up to a bound.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Cause> {
    let read = silversmith_store::files::read_bounded(path, most);
    read.map(Zeroizing::new).map_err(|error| Cause::File {
        words: error.to_string(),
    })
}

/// A secret that a file holds alone.
fn read_secret(path: &Path) -> Result<Secret, Cause> {
    let bytes = read_file(path, MAX_FILE)?;
    parse(bytes.to_vec(), || path.display().to_string())
}

fn parse(bytes: Vec<u8>, what: impl Fn() -> String) -> Result<Secret, Cause> {
    Secret::parse(bytes).map_err(|why| Cause::Format { what: what(), why })
}
