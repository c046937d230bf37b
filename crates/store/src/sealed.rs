//! Records that only the holder of the store's key can read, each under an address that says what it
//! answers. XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): its nonces are long enough to be drawn at
//! random for every record. The address is authenticated with the content, so that a record cannot be
//! moved to another.

use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use silversmith_types::Digest;
use zeroize::Zeroizing;

use crate::files::{self, FileError};

/// Begins every sealed record: the format and its version.
const MAGIC: &[u8; 8] = b"SSSEAL\x00\x01";
const NONCE: usize = 24;
/// What the cipher adds: the authentication tag.
const TAG: usize = 16;
/// Largest record: a request and a reply at their own bounds, with room.
const MAX_RECORD: u64 = 32 << 20;

/// The key of a store: 32 random bytes.
pub struct StoreKey(Zeroizing<[u8; 32]>);

/// Why a record could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system gave no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// The key's file does not hold a key, or not for its owner alone.
    #[error("{} {why}", path.display())]
    Key {
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It was written with another key, moved, or changed.
    #[error("{} was changed, moved, or sealed with another key", path.display())]
    Damaged {
        /// Its path.
        path: PathBuf,
    },
}

impl SealedError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::Random(_) => "SS-STORE-001",
            Self::Key { .. } => "SS-STORE-002",
            Self::Damaged { .. } => "SS-STORE-003",
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::File(error) => return error.help(),
            Self::Random(_) => return None,
            Self::Key { .. } => "restore the key from a copy: what it sealed is lost without it",
            Self::Damaged { .. } => "restore the file from a copy, or remove it: it is asked again",
        };
        Some(text.to_owned())
    }
}

impl StoreKey {
    /// The key in a file. Where there is none yet, one is made.
    pub fn load_or_create(path: &Path) -> Result<Self, SealedError> {
        if !path.exists() {
            let mut key = Zeroizing::new([0; 32]);
            getrandom::fill(key.as_mut_slice())
                .map_err(|error| SealedError::Random(error.to_string()))?;
            match files::write_new_private(path, key.as_slice()) {
                Ok(()) => return Ok(Self(key)),
                // Another process was faster: its key counts.
                Err(_) if path.exists() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Self::load(path)
    }

    fn load(path: &Path) -> Result<Self, SealedError> {
        let refuse = |why| SealedError::Key {
            path: path.to_owned(),
            why,
        };
        if files::is_readable_by_others(path)? {
            return Err(refuse("can be read by others"));
        }
        let bytes = Zeroizing::new(files::read_bounded(path, 33)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| refuse("is no key"))?;
        Ok(Self(Zeroizing::new(key)))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

/// A folder of sealed records.
pub struct Sealed {
    folder: PathBuf,
    key: StoreKey,
}

impl Sealed {
    /// The records in a folder, which need not be there yet.
    pub fn new(folder: PathBuf, key: StoreKey) -> Self {
        Self { folder, key }
    }

    /// Where the record of an address is.
    pub fn path(&self, address: Digest) -> PathBuf {
        self.folder.join(address.to_hex())
    }

    /// Keeps a record under an address, in place of what was there. When this returns, it survives a
    /// crash.
    pub fn put(&self, address: Digest, content: &[u8]) -> Result<(), SealedError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| SealedError::Random(error.to_string()))?;
        let nonce = XNonce::from(nonce);
        let payload = Payload {
            msg: content,
            aad: &context(address),
        };
        let path = self.path(address);
        let sealed = self.key.cipher().encrypt(&nonce, payload);
        let sealed = sealed.map_err(|_| SealedError::Damaged { path: path.clone() })?;
        let bytes = [MAGIC.as_slice(), nonce.as_slice(), &sealed].concat();
        Ok(files::write_atomically(&path, &bytes, 0o600)?)
    }

    /// The record of an address, if there is one.
    pub fn get(&self, address: Digest) -> Result<Option<Vec<u8>>, SealedError> {
        let path = self.path(address);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read_bounded(&path, MAX_RECORD)?;
        let opened = self.open(address, &bytes);
        opened.map(Some).ok_or(SealedError::Damaged { path })
    }

    fn open(&self, address: Digest, bytes: &[u8]) -> Option<Vec<u8>> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        if sealed.len() < TAG {
            return None;
        }
        let payload = Payload {
            msg: sealed,
            aad: &context(address),
        };
        self.key
            .cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
    }
}

/// What is authenticated beside the content.
fn context(address: Digest) -> Vec<u8> {
    [MAGIC.as_slice(), address.to_hex().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn sealed(folder: &Path) -> Sealed {
        let key = StoreKey::load_or_create(&folder.join("keys/store.key")).unwrap();
        Sealed::new(folder.join("records"), key)
    }

    #[test]
    fn a_record_comes_back_and_shows_nothing_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let address = Digest::of(b"request");
        assert_eq!(sealed(folder.path()).get(address).unwrap(), None);
        sealed(folder.path()).put(address, b"the reply").unwrap();
        let records = sealed(folder.path());
        assert_eq!(records.get(address).unwrap().unwrap(), b"the reply");
        let bytes = fs::read(records.path(address)).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"reply"));
        // The same content twice is never the same bytes.
        records.put(address, b"the reply").unwrap();
        assert_ne!(bytes, fs::read(records.path(address)).unwrap());
    }

    #[test]
    fn no_byte_can_be_changed_and_no_record_moved() {
        let folder = tempfile::tempdir().unwrap();
        let records = sealed(folder.path());
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        records.put(one, b"reply").unwrap();
        let bytes = fs::read(records.path(one)).unwrap();
        let refused = |address: Digest, bytes: &[u8]| {
            fs::write(records.path(address), bytes).unwrap();
            matches!(records.get(address), Err(SealedError::Damaged { .. }))
        };
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(refused(one, &changed), "{at}");
            assert!(refused(one, &bytes[..at]), "{at}");
        }
        assert!(refused(one, &[bytes.as_slice(), b"x"].concat()));
        assert!(refused(other, &bytes));
        let another = tempfile::tempdir().unwrap();
        let key = StoreKey::load_or_create(&another.path().join("store.key")).unwrap();
        fs::write(records.path(one), &bytes).unwrap();
        let error = Sealed::new(folder.path().join("records"), key).get(one);
        assert_eq!(error.unwrap_err().code(), "SS-STORE-003");
    }

    #[test]
    fn a_key_is_for_its_owner_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        StoreKey::load_or_create(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let refused = || {
            StoreKey::load_or_create(&path)
                .err()
                .map(|error| error.code())
        };
        assert_eq!(refused(), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(refused(), Some("SS-STORE-002"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for length in [0, 31, 33] {
            fs::write(&path, vec![7; length]).unwrap();
            assert_eq!(refused(), Some("SS-STORE-002"), "{length}");
        }
    }
}
