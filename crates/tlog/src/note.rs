//! Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

use base64ct::{Base64, Encoding as _};

use crate::key::{Algorithm, SigningKey, VerifierKey, check_name};

/// Largest note that is read. A checkpoint has about 150 bytes, and each signature as many.
const MAX_NOTE: usize = 64 << 10;
/// Most signatures of a note.
const MAX_SIGNATURES: usize = 100;

/// Why something is no note, or not signed by a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is too large.
    #[error("a note has at most 64 KiB")]
    TooLarge,
    /// It is no text, or has control characters.
    #[error("a note is UTF-8 without control characters, and its lines end")]
    Text,
    /// There is no empty line, or there are no signatures behind it.
    #[error("a note ends in an empty line and 1 to {MAX_SIGNATURES} signatures")]
    Signatures,
    /// A signature is not of its form.
    #[error("signature {0} is not of the form `— name base64`")]
    Signature(usize),
    /// A key signed more than once.
    #[error("the key {0} signed more than once")]
    Repeated(String),
    /// A key did not sign.
    #[error("it is not signed by {0}")]
    Unsigned(String),
    /// A signature does not fit the text.
    #[error("the signature of {0} is of another text")]
    Invalid(String),
}

/// One signature of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// The id of the key.
    pub id: [u8; 4],
    /// What the key made of the text.
    pub bytes: Vec<u8>,
}

/// A text with signatures that nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A text, signed. It must be one that a note can hold.
    pub fn sign(text: &str, key: &SigningKey) -> Result<Self, NoteError> {
        check_text(text)?;
        let mut note = Self {
            text: text.to_owned(),
            signatures: Vec::new(),
        };
        note.add(Signature {
            name: key.verifier().name().to_owned(),
            id: key.verifier().id(),
            bytes: key.sign(text.as_bytes()),
        })?;
        Ok(note)
    }

    /// Reads a note. Its signatures are well-formed, and by different keys, but not checked.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLarge);
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        check_text(all)?;
        let (text, lines) = all.rsplit_once("\n\n").ok_or(NoteError::Signatures)?;
        let mut note = Self {
            text: format!("{text}\n"),
            signatures: Vec::new(),
        };
        if lines.is_empty() {
            return Err(NoteError::Signatures);
        }
        for (at, line) in lines.lines().enumerate() {
            let signature = signature(line).ok_or(NoteError::Signature(at + 1))?;
            note.add(signature)?;
        }
        Ok(note)
    }

    /// Adds a signature by a key that has not signed.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        let is_same = |known: &Signature| known.name == signature.name && known.id == signature.id;
        if self.signatures.iter().any(is_same) {
            return Err(NoteError::Repeated(signature.name));
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// What is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The signature of a key, whether it is good or not.
    pub(crate) fn by(&self, key: &VerifierKey) -> Result<&Signature, NoteError> {
        let mut signatures = self.signatures.iter();
        signatures
            .find(|signature| signature.name == key.name() && signature.id == key.id())
            .ok_or_else(|| NoteError::Unsigned(key.name().to_owned()))
    }

    /// Whether a key signed the text.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let signature = self.by(key)?;
        let is_good = key.algorithm() == Algorithm::Ed25519
            && key.made(self.text.as_bytes(), &signature.bytes);
        match is_good {
            true => Ok(()),
            false => Err(NoteError::Invalid(key.name().to_owned())),
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes = [signature.id.as_slice(), &signature.bytes].concat();
            writeln!(f, "— {} {}", signature.name, Base64::encode_string(&bytes))?;
        }
        Ok(())
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let is_good = text.ends_with('\n') && !text.contains(|c: char| c < ' ' && c != '\n');
    is_good.then_some(()).ok_or(NoteError::Text)
}

fn signature(line: &str) -> Option<Signature> {
    let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = Base64::decode_vec(base64).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    (!bytes.is_empty()).then(|| Signature {
        name: name.to_owned(),
        id: *id,
        bytes: bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::KeyError;

    /// The example of golang.org/x/mod/sumdb/note, whose authors wrote the specification.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SIGNED: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn key() -> SigningKey {
        SigningKey::from_seed("example.com/log", Algorithm::Ed25519, &[7; 32]).unwrap()
    }

    #[test]
    fn a_note_of_the_reference_implementation_is_verified() {
        let note = Note::parse(SIGNED.as_bytes()).unwrap();
        let verifier: VerifierKey = KEY.parse().unwrap();
        assert_eq!(verifier.to_string(), KEY);
        assert_eq!(note.verify(&verifier), Ok(()));
        assert_eq!(note.to_string(), SIGNED);
        let other = Note::parse(SIGNED.replace("If you", "If one").as_bytes()).unwrap();
        assert!(matches!(
            other.verify(&verifier),
            Err(NoteError::Invalid(_))
        ));
        let stranger = key();
        assert!(matches!(
            note.verify(stranger.verifier()),
            Err(NoteError::Unsigned(_))
        ));
    }

    #[test]
    fn what_is_signed_is_verified_by_its_key_alone() {
        let key = key();
        let mut note = Note::sign("a\n\nb\n", &key).unwrap();
        assert_eq!(note.verify(key.verifier()), Ok(()));
        assert_eq!(Note::parse(note.to_string().as_bytes()).unwrap(), note);
        let twice = note.signatures()[0].clone();
        assert!(matches!(note.add(twice), Err(NoteError::Repeated(_))));
        // The same secret under another name, and for another purpose, is another key.
        for (name, algorithm) in [
            ("example.com/other", Algorithm::Ed25519),
            ("example.com/log", Algorithm::Cosignature),
        ] {
            let other = SigningKey::from_seed(name, algorithm, &[7; 32]).unwrap();
            assert!(matches!(
                note.verify(other.verifier()),
                Err(NoteError::Unsigned(_))
            ));
        }
        assert_eq!(Note::sign("a", &key), Err(NoteError::Text));
        assert_eq!(Note::sign("a\u{1}\n", &key), Err(NoteError::Text));
        assert!(!format!("{key:?}").contains("7, 7"));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let good = Note::sign("text\n", &key()).unwrap().to_string();
        let line = good.lines().last().unwrap();
        for (bad, why) in [
            (String::new(), NoteError::Text),
            ("text\n".to_owned(), NoteError::Signatures),
            ("text\n\n".to_owned(), NoteError::Signatures),
            (good.trim_end().to_owned(), NoteError::Text),
            (good.replace("text", "te\rxt"), NoteError::Text),
            (good.replace("— ", "- "), NoteError::Signature(1)),
            (good.replace("— ", "—  "), NoteError::Signature(1)),
            (good.replace("example", "exa+mple"), NoteError::Signature(1)),
            (good.replace("=\n", "\n"), NoteError::Signature(1)),
            (
                format!("{good}{line}\n"),
                NoteError::Repeated("example.com/log".to_owned()),
            ),
            ("x".repeat(MAX_NOTE + 1), NoteError::TooLarge),
        ] {
            assert_eq!(Note::parse(bad.as_bytes()), Err(why), "{bad:?}");
        }
        // An empty line more belongs to the text, and the signature is of another.
        let longer = good.replace("\n\n", "\n\n\n");
        let longer = Note::parse(longer.as_bytes()).unwrap();
        assert_eq!(longer.text(), "text\n\n");
        assert!(longer.verify(key().verifier()).is_err());
        assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::Text));
        let many: String = (0..=MAX_SIGNATURES)
            .map(|at| line.replace("example", &format!("e{at}")) + "\n")
            .collect();
        assert_eq!(
            Note::parse(format!("text\n\n{many}").as_bytes()),
            Err(NoteError::Signatures)
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (bad, why) in [
            ("", KeyError::Form),
            ("PeterNeumann+c74f20a3", KeyError::Form),
            (
                "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                KeyError::Id,
            ),
            (
                "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                KeyError::Id,
            ),
            (
                "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                KeyError::Name,
            ),
            (
                "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                KeyError::Name,
            ),
            (
                "P+c74f20a3+AhpcFwcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                KeyError::Kind(2),
            ),
            ("P+c74f20a3+ARpc", KeyError::Form),
        ] {
            assert_eq!(bad.parse::<VerifierKey>(), Err(why), "{bad}");
        }
    }

    proptest! {
        /// Whatever is read as a note is written as it was.
        #[test]
        fn a_note_is_written_as_it_was_read(text in "(— a AAAAAAA=|[a-z\n— ]){0,40}\n\n— [a-c]{1,3} [A-Za-z]{8}\n") {
            if let Ok(note) = Note::parse(text.as_bytes()) {
                prop_assert_eq!(note.to_string(), text);
            }
        }
    }
}
