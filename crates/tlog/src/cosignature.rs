//! Cosignatures (C2SP tlog-cosignature, `cosignature/v1`): a witness says when it saw a checkpoint that
//! continues all it saw before.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{Algorithm, SigningKey, VerifierKey};
use crate::note::{Note, NoteError, Signature};

/// What a witness says of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigned {
    /// When it saw it, in seconds since 1970.
    pub time: u64,
}

/// Cosigns a checkpoint: the witness must have seen that it continues all it cosigned before. None for a
/// key that is not for cosignatures, and for a text that is no checkpoint.
pub fn cosign(note: &Note, time: u64, key: &SigningKey) -> Option<Signature> {
    let is_witness = key.verifier().algorithm() == Algorithm::Cosignature;
    (is_witness && Checkpoint::reads(note.text())).then(|| {
        let signature = key.sign(&message(time, note.text()));
        Signature {
            name: key.verifier().name().to_owned(),
            id: key.verifier().id(),
            bytes: [time.to_be_bytes().as_slice(), &signature].concat(),
        }
    })
}

impl Cosigned {
    /// What a witness says of the checkpoint in a note.
    pub fn verify(note: &Note, witness: &VerifierKey) -> Result<Self, CheckpointError> {
        if !Checkpoint::reads(note.text()) {
            return Err(CheckpointError::Form);
        }
        let signature = note.by(witness)?;
        let invalid = || NoteError::Invalid(witness.name().to_owned());
        let (time, rest) = signature.bytes.split_first_chunk().ok_or_else(invalid)?;
        let time = u64::from_be_bytes(*time);
        let is_good = witness.algorithm() == Algorithm::Cosignature
            && witness.made(&message(time, note.text()), rest);
        match is_good {
            true => Ok(Self { time }),
            false => Err(invalid().into()),
        }
    }
}

fn message(time: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

#[cfg(test)]
mod tests {
    use silversmith_types::Digest;

    use super::*;

    fn key(name: &str, algorithm: Algorithm) -> SigningKey {
        SigningKey::from_seed(name, algorithm, &[2; 32]).unwrap()
    }

    #[test]
    fn a_witness_says_when() {
        let log = key("log", Algorithm::Ed25519);
        let witness = key("witness", Algorithm::Cosignature);
        let mut note = Checkpoint::sign(7, Digest::of(b""), &log).unwrap();
        assert!(matches!(
            Cosigned::verify(&note, witness.verifier()),
            Err(CheckpointError::Note(NoteError::Unsigned(_)))
        ));
        let signature = cosign(&note, 1_790_000_000, &witness).unwrap();
        note.add(signature.clone()).unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        let seen = Cosigned::verify(&read, witness.verifier()).unwrap();
        assert_eq!(seen.time, 1_790_000_000);
        assert!(Checkpoint::verify(&read, log.verifier()).is_ok());

        // Another time, another text, a key for notes, and a text that is no checkpoint.
        let invalid = |note: &Note| Cosigned::verify(note, witness.verifier()).is_err();
        let mut later = signature.clone();
        later.bytes[7] ^= 1;
        let mut bad = Checkpoint::sign(7, Digest::of(b""), &log).unwrap();
        bad.add(later).unwrap();
        assert!(invalid(&bad));
        let mut bad = Checkpoint::sign(8, Digest::of(b""), &log).unwrap();
        bad.add(signature.clone()).unwrap();
        assert!(invalid(&bad));
        let mut short = signature;
        short.bytes.truncate(7);
        let mut bad = Checkpoint::sign(7, Digest::of(b""), &log).unwrap();
        bad.add(short).unwrap();
        assert!(invalid(&bad));
        assert_eq!(cosign(&read, 1, &log), None);
        let text = Note::sign("text\n", &log).unwrap();
        assert_eq!(cosign(&text, 1, &witness), None);
        assert!(matches!(
            Cosigned::verify(&text, witness.verifier()),
            Err(CheckpointError::Form)
        ));
    }
}
