use std::collections::BTreeMap;
use std::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _};
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use silversmith_types::Digest;

/// Largest PEM text that is read; a P-256 key in PKCS#8 has about 240 bytes.
const MAX_PEM: usize = 4 * 1024;

/// Something that signs with ECDSA P-256 and SHA-256: a key in memory, or later a vault.
pub trait Signer {
    /// The id of the key: SHA-256 of its public part (SPKI, DER), in hexadecimal.
    fn key_id(&self) -> String;

    /// The public part, SPKI in PEM.
    fn public_key_pem(&self) -> String;

    /// The ASN.1 DER signature of `message`.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}

/// A key that did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key did not sign: {reason}")]
pub struct SigningError {
    /// Why not.
    pub reason: String,
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PKCS#8 private key of the curve P-256 in PEM.
    #[error("this is no P-256 private key in PKCS#8 PEM")]
    Private,
    /// No SPKI public key of the curve P-256 in PEM.
    #[error("this is no P-256 public key in SPKI PEM")]
    Public,
}

impl KeyError {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Private => "SS-ATTEST-001",
            Self::Public => "SS-ATTEST-002",
        }
    }

    /// What to do about it.
    pub fn help(self) -> Option<String> {
        Some(match self {
            Self::Private => {
                "`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` makes one"
                    .to_owned()
            }
            Self::Public => "`openssl pkey -in KEY -pubout` extracts it".to_owned(),
        })
    }
}

/// A private key in memory. It is wiped when it is dropped, and it does not print.
pub struct LocalSigner {
    key: SigningKey,
    public: PublicKey,
}

impl LocalSigner {
    /// The key whose scalar is `seed`, which must come from a cryptographic source of randomness.
    /// `None` for about one value in 2^32, which is no scalar of the curve: draw again.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let key = SigningKey::from_slice(seed).ok()?;
        Self::from_key(key)
    }

    /// Reads PKCS#8 PEM.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = pem_text(pem).ok_or(KeyError::Private)?;
        let key = SigningKey::from_pkcs8_pem(text).map_err(|_| KeyError::Private)?;
        Self::from_key(key).ok_or(KeyError::Private)
    }

    fn from_key(key: SigningKey) -> Option<Self> {
        let public = PublicKey::from_key(*key.verifying_key())?;
        Some(Self { key, public })
    }

    /// PKCS#8 PEM, as OpenSSL reads it. The text is wiped when it is dropped.
    pub fn private_key_pem(&self) -> impl std::ops::Deref<Target = String> + use<> {
        // Encoding a valid key of a named curve into memory cannot fail.
        self.key
            .to_pkcs8_pem(LineEnding::LF)
            .expect("a valid key encodes")
    }

    /// The public part, SPKI in PEM.
    pub fn public_key_pem(&self) -> String {
        self.public.pem.clone()
    }

    /// The id of the key: SHA-256 of its public part (SPKI, DER), in hexadecimal.
    pub fn key_id(&self) -> String {
        self.public.id.to_hex()
    }
}

impl Signer for LocalSigner {
    fn key_id(&self) -> String {
        Self::key_id(self)
    }

    fn public_key_pem(&self) -> String {
        Self::public_key_pem(self)
    }

    /// Deterministic (RFC 6979), so that the same build gives the same bytes; in low-S form, so that
    /// nobody can make a second signature of it.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let signed: Result<Signature, _> = self.key.try_sign(message);
        let signature = signed.map_err(|error| SigningError {
            reason: error.to_string(),
        })?;
        Ok(signature.normalize_s().to_der().as_bytes().to_vec())
    }
}

impl fmt::Debug for LocalSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalSigner({})", self.public.id)
    }
}

/// The keys whose signatures count. They come from policy, never from an envelope.
#[derive(Debug, Default)]
pub struct TrustedKeys {
    keys: BTreeMap<Digest, PublicKey>,
}

impl TrustedKeys {
    /// Adds a public key, SPKI in PEM.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<(), KeyError> {
        let text = pem_text(pem).ok_or(KeyError::Public)?;
        let key = VerifyingKey::from_public_key_pem(text).map_err(|_| KeyError::Public)?;
        let public = PublicKey::from_key(key).ok_or(KeyError::Public)?;
        self.keys.insert(public.id, public);
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none, so that nothing verifies.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn get(&self, id: Digest) -> Option<&PublicKey> {
        self.keys.get(&id)
    }
}

/// A public key with its id.
#[derive(Debug)]
pub(crate) struct PublicKey {
    key: VerifyingKey,
    id: Digest,
    pem: String,
}

/// Why bytes are no signature of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadSignature {
    NotDer,
    HighS,
    Mismatch,
}

impl PublicKey {
    fn from_key(key: VerifyingKey) -> Option<Self> {
        let der = key.to_public_key_der().ok()?;
        let pem = key.to_public_key_pem(LineEnding::LF).ok()?;
        Some(Self {
            key,
            id: Digest::of(der.as_bytes()),
            pem,
        })
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let der = DerSignature::from_bytes(signature).map_err(|_| BadSignature::NotDer)?;
        let parsed = Signature::from_der(signature).map_err(|_| BadSignature::NotDer)?;
        // The parser may be lenient some day; what is written again must be what was read.
        if parsed.to_der().as_bytes() != der.as_bytes() || der.as_bytes() != signature {
            return Err(BadSignature::NotDer);
        }
        if parsed.normalize_s() != parsed {
            return Err(BadSignature::HighS);
        }
        self.key
            .verify(message, &parsed)
            .map_err(|_| BadSignature::Mismatch)
    }
}

fn pem_text(pem: &[u8]) -> Option<&str> {
    (pem.len() <= MAX_PEM)
        .then_some(pem)
        .and_then(|pem| std::str::from_utf8(pem).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6979, appendix A.2.5: the key, and the signature of "sample" with SHA-256.
    const SCALAR: [u8; 32] = [
        0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6,
        0x93, 0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F,
        0x67, 0x21,
    ];
    const R: &str = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    /// The S of the RFC is high; this is the curve's order less that.
    const LOW_S: &str = "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";

    #[test]
    fn signatures_are_those_of_rfc_6979_in_low_s_form() {
        let signer = LocalSigner::from_seed(&SCALAR).unwrap();
        let der = signer.sign(b"sample").unwrap();
        let signature = Signature::from_der(&der).unwrap();
        let (r, s) = signature.split_bytes();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!((hex(&r).as_str(), hex(&s).as_str()), (R, LOW_S));
        assert_eq!(signer.public.verify(b"sample", &der), Ok(()));
        assert_eq!(
            signer.public.verify(b"simple", &der),
            Err(BadSignature::Mismatch)
        );
    }

    #[test]
    fn the_other_half_of_a_signature_is_refused() {
        let signer = LocalSigner::from_seed(&SCALAR).unwrap();
        // As the RFC has it, with the high S.
        let high: Signature = signer.key.try_sign(b"sample").unwrap();
        let der = high.to_der();
        assert_eq!(
            signer.public.verify(b"sample", der.as_bytes()),
            Err(BadSignature::HighS)
        );
        for bad in [
            &b""[..],
            &[0; 64],
            &[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00],
        ] {
            assert_eq!(
                signer.public.verify(b"sample", bad),
                Err(BadSignature::NotDer)
            );
        }
        let mut long = signer.sign(b"sample").unwrap();
        long.push(0);
        assert_eq!(
            signer.public.verify(b"sample", &long),
            Err(BadSignature::NotDer)
        );
    }

    #[test]
    fn keys_read_back_and_do_not_print() {
        let signer = LocalSigner::from_seed(&[7; 32]).unwrap();
        let pem = signer.private_key_pem();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let again = LocalSigner::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(again.key_id(), signer.key_id());
        assert_eq!(
            format!("{signer:?}"),
            format!("LocalSigner({})", signer.key_id())
        );
        let mut keys = TrustedKeys::default();
        keys.add_pem(signer.public_key_pem().as_bytes()).unwrap();
        assert!(keys.get(signer.key_id().parse().unwrap()).is_some());
        assert_eq!(keys.add_pem(pem.as_bytes()), Err(KeyError::Public));
        assert_eq!(LocalSigner::from_pem(b"x").unwrap_err(), KeyError::Private);
        assert_eq!(
            LocalSigner::from_pem(&[b'-'; 5_000]).unwrap_err(),
            KeyError::Private
        );
        assert_eq!(KeyError::Private.code(), "SS-ATTEST-001");
        assert_eq!(KeyError::Public.code(), "SS-ATTEST-002");
    }

    #[test]
    fn a_seed_that_is_no_scalar_is_refused() {
        assert!(LocalSigner::from_seed(&[0; 32]).is_none());
        assert!(LocalSigner::from_seed(&[0xff; 32]).is_none());
    }
}
