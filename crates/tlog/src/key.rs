//! Keys of notes, as C2SP signed-note writes them.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding as _};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use silversmith_types::Digest;

/// Longest name of a key; names are addresses of logs and witnesses.
const MAX_NAME: usize = 256;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// The text of a note, by Ed25519.
    Ed25519,
    /// A checkpoint with the time it was seen, by Ed25519 (C2SP tlog-cosignature, `cosignature/v1`).
    Cosignature,
}

impl Algorithm {
    /// The number of C2SP signed-note.
    fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }
}

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, too long, or has white space or a plus sign.
    #[error("the name of a key has 1 to {MAX_NAME} bytes, no white space and no plus sign")]
    Name,
    /// It is not of the form `name+id+key`.
    #[error(
        "a verifier key has the form name+id+key, with 8 hexadecimal digits and canonical base64"
    )]
    Form,
    /// The kind of key is unknown.
    #[error("keys of kind {0} are not known")]
    Kind(u8),
    /// The id is another than the key's.
    #[error("the id of the verifier key is not that of its name and key")]
    Id,
}

pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let is_good = !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    is_good.then_some(()).ok_or(KeyError::Name)
}

/// The key that a signature is checked with. Its text form is the `vkey` of C2SP signed-note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key by its parts.
    pub fn new(name: &str, algorithm: Algorithm, public: [u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            algorithm,
            public,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The first four bytes of SHA-256 over name, newline, number of the algorithm and key.
    pub fn id(&self) -> [u8; 4] {
        let mut bytes = self.name.as_bytes().to_vec();
        bytes.push(b'\n');
        bytes.extend(self.numbered());
        let [a, b, c, d, ..] = *Digest::of(&bytes).as_bytes();
        [a, b, c, d]
    }

    /// The key behind the number of its algorithm.
    fn numbered(&self) -> Vec<u8> {
        [&[self.algorithm.number()], self.public.as_slice()].concat()
    }

    /// Whether it made a signature over a message.
    pub(crate) fn made(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = Base64::encode_string(&self.numbered());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let mut next = || parts.next().ok_or(KeyError::Form);
        let (name, id, key) = (next()?, next()?, next()?);
        let key = Base64::decode_vec(key).map_err(|_| KeyError::Form)?;
        let (number, public) = key.split_first().ok_or(KeyError::Form)?;
        let algorithm = [Algorithm::Ed25519, Algorithm::Cosignature]
            .into_iter()
            .find(|algorithm| algorithm.number() == *number)
            .ok_or(KeyError::Kind(*number))?;
        let public = public.try_into().map_err(|_| KeyError::Form)?;
        let key = Self::new(name, algorithm, public)?;
        match format!("{:08x}", u32::from_be_bytes(key.id())) == id {
            true => Ok(key),
            false => Err(KeyError::Id),
        }
    }
}

/// The key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SigningKey {
    /// A key from the 32 secret bytes of Ed25519 (RFC 8032, 5.1.5).
    pub fn from_seed(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Form)?;
        let public = pair.public_key().as_ref();
        let public = public.try_into().map_err(|_| KeyError::Form)?;
        Ok(Self {
            verifier: VerifierKey::new(name, algorithm, public)?,
            pair,
        })
    }

    /// What its signatures are checked with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}
