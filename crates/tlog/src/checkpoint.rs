//! Checkpoints (C2SP tlog-checkpoint): what a log commits to, as the text of a note.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use silversmith_types::Digest;

use crate::key::{SigningKey, VerifierKey};
use crate::note::{Note, NoteError};

/// The head of a log: how many entries it has, and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log, as its key is named.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root.
    pub root: Digest,
}

/// Why something is no checkpoint of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no note, or not signed by the log.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not an origin, a size and a root.
    #[error("a checkpoint is an origin, a size and a root, each in a line")]
    Form,
    /// It is of another log than its key.
    #[error("it is a checkpoint of {0:?}")]
    Origin(String),
}

impl Checkpoint {
    /// Signs it. The log is the one that its key names.
    pub fn sign(size: u64, root: Digest, key: &SigningKey) -> Result<Note, CheckpointError> {
        let origin = key.verifier().name().to_owned();
        let text = Self { origin, size, root }.to_string();
        Ok(Note::sign(&text, key)?)
    }

    /// What a note says that the log of a key signed.
    pub fn verify(note: &Note, log: &VerifierKey) -> Result<Self, CheckpointError> {
        note.verify(log)?;
        let checkpoint = Self::parse(note.text())?;
        match checkpoint.origin == log.name() {
            true => Ok(checkpoint),
            false => Err(CheckpointError::Origin(checkpoint.origin)),
        }
    }

    /// Whether the text of a note is a checkpoint.
    pub(crate) fn reads(text: &str) -> bool {
        Self::parse(text).is_ok()
    }

    /// Reads the text of a note. Lines behind the root belong to the log, and are signed, but say nothing
    /// here; none may be empty.
    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Form);
        let (origin, size, root) = (next()?, next()?, next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: number(size).ok_or(CheckpointError::Form)?,
            root: digest(root).ok_or(CheckpointError::Form)?,
        };
        match !origin.is_empty() && lines.all(|line| !line.is_empty()) {
            true => Ok(checkpoint),
            false => Err(CheckpointError::Form),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = Base64::encode_string(self.root.as_bytes());
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)
    }
}

/// A number in its one form: digits without a leading zero.
pub(crate) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in canonical base64.
pub(crate) fn digest(text: &str) -> Option<Digest> {
    let mut bytes = [0; 32];
    let decoded = Base64::decode(text, &mut bytes).ok()?;
    (decoded.len() == bytes.len()).then(|| Digest::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Algorithm;

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name, Algorithm::Ed25519, &[1; 32]).unwrap()
    }

    #[test]
    fn a_checkpoint_is_that_of_the_log_that_signed_it() {
        let log = key("silversmith/example");
        let root = Digest::of(b"root");
        let note = Checkpoint::sign(7, root, &log).unwrap();
        assert_eq!(
            note.text(),
            "silversmith/example\n7\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"
        );
        let read = Checkpoint::verify(&note, log.verifier()).unwrap();
        assert_eq!((read.size, read.root), (7, root));
        let other = key("other");
        assert!(matches!(
            Checkpoint::verify(&note, other.verifier()),
            Err(CheckpointError::Note(NoteError::Unsigned(_)))
        ));
        // Signed by the log, but about another.
        let foreign = Note::sign(note.text(), &other).unwrap();
        assert_eq!(
            Checkpoint::verify(&foreign, other.verifier()),
            Err(CheckpointError::Origin("silversmith/example".to_owned()))
        );
    }

    #[test]
    fn a_checkpoint_has_one_form() {
        let root = "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=";
        let good = format!("a\n7\n{root}\n");
        assert!(Checkpoint::parse(&good).is_ok());
        assert!(Checkpoint::parse(&format!("{good}more\n")).is_ok());
        for bad in [
            String::new(),
            "a\n7\n".to_owned(),
            good.replace("a\n", "\n"),
            good.replace('7', "07"),
            good.replace('7', "+7"),
            good.replace('7', "-7"),
            good.replace('7', "18446744073709551616"),
            good.replace("7I=", "7J="),
            good.replace("7I=", "7I"),
            good.replace("SBNJ", ""),
            format!("{good}\n"),
            format!("{good}\nmore\n"),
        ] {
            assert_eq!(
                Checkpoint::parse(&bad),
                Err(CheckpointError::Form),
                "{bad:?}"
            );
        }
    }
}
