//! The signing key of a project: a P-256 key in a file that only its owner can read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use silversmith_attest::{LocalSigner, TrustedKeys};

use crate::error::PipelineError;
use crate::project::Project;
use silversmith_store::files::{read_bounded, write_atomically, write_new_private};

/// A PEM file of a P-256 key has 240 bytes.
const MAX_KEY: u64 = 16 * 1024;

/// The keys of a project: one to sign with, and those whose signatures count.
pub struct ProjectKeys {
    signer: LocalSigner,
}

fn private_path(project: &Project) -> PathBuf {
    project.private().join("keys").join("builder.key.pem")
}

fn trusted_folder(project: &Project) -> PathBuf {
    project.path("policy/keys".as_ref())
}

impl ProjectKeys {
    /// Makes a key for a new project: the private part for its owner alone, the public part among
    /// the trusted keys of the policy.
    pub fn create(project: &Project) -> Result<(), PipelineError> {
        let mut seed = [0; 32];
        let failed = |message: String| PipelineError::Key { message };
        loop {
            getrandom::fill(&mut seed).map_err(|error| failed(error.to_string()))?;
            // One value in 2^32 is no P-256 scalar.
            if let Some(signer) = LocalSigner::from_seed(&seed) {
                write_new_private(&private_path(project), signer.private_key_pem().as_bytes())?;
                let public = trusted_folder(project).join("builder.pub.pem");
                write_atomically(&public, signer.public_key_pem().as_bytes(), 0o644)?;
                return Ok(());
            }
        }
    }

    /// Reads the signing key. A key that others can read is refused.
    pub fn load(project: &Project) -> Result<Self, PipelineError> {
        let path = private_path(project);
        let refuse = |why: &str| PipelineError::Key {
            message: format!("{} {why}", path.display()),
        };
        let metadata = fs::symlink_metadata(&path).map_err(|_| refuse("is not there"))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(refuse("can be read by others"));
        }
        let pem = read_bounded(&path, MAX_KEY)?;
        let signer =
            LocalSigner::from_pem(&pem).map_err(|_| refuse("is no P-256 key in PKCS#8 PEM"))?;
        Ok(Self { signer })
    }

    /// The id of the key: SHA-256 of the public key.
    pub fn key_id(&self) -> String {
        self.signer.key_id()
    }

    /// Signs.
    pub fn signer(&self) -> &LocalSigner {
        &self.signer
    }
}

/// The keys whose signatures the project's policy accepts.
pub fn trusted_keys(project: &Project) -> Result<TrustedKeys, PipelineError> {
    let folder = trusted_folder(project);
    let refuse = |message: String| PipelineError::Key { message };
    let entries = fs::read_dir(&folder).map_err(|_| {
        refuse(format!(
            "{} with the trusted keys is not there",
            folder.display()
        ))
    })?;
    let mut keys = TrustedKeys::default();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            let pem = read_bounded(&path, MAX_KEY)?;
            keys.add_pem(&pem)
                .map_err(|_| refuse(format!("{} is no P-256 public key", path.display())))?;
        }
    }
    Ok(keys)
}
