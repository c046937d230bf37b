//! Proofs as files (C2SP tlog-proof): an entry is in a log, to be checked without the log.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use silversmith_types::Digest;

use crate::checkpoint::{Checkpoint, CheckpointError, digest, number};
use crate::key::VerifierKey;
use crate::merkle::{MAX_PATH, ProofError, verify_inclusion};
use crate::note::{Note, NoteError};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Largest file that is read: a path of 64 hashes, and a checkpoint with 100 signatures.
const MAX_FILE: usize = 128 << 10;

/// That an entry is in a log: its place, the path to the root, and the checkpoint that has the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The number of the entry, from 0.
    pub index: u64,
    /// The hashes on the way to the root.
    pub path: Vec<Digest>,
    /// The checkpoint, as it was signed and cosigned.
    pub checkpoint: Note,
}

/// Why a file is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// It is not of the form.
    #[error("it is no {HEADER}: line {0}")]
    Form(usize),
    /// The checkpoint in it is none of the log.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// It proves nothing.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl From<NoteError> for ProofFileError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl InclusionProof {
    /// Reads a file. Nothing in it has been checked. Extra data, which nobody signed, are passed over.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let is_bounded = bytes.len() <= MAX_FILE;
        let text = std::str::from_utf8(bytes).ok().filter(|_| is_bounded);
        let text = text.ok_or(ProofFileError::Form(1))?;
        let (head, note) = text.split_once("\n\n").ok_or(ProofFileError::Form(1))?;
        let mut lines = head.split('\n').zip(1..).peekable();
        lines
            .next_if(|(line, _)| *line == HEADER)
            .ok_or(ProofFileError::Form(1))?;
        if let Some((line, at)) = lines.next_if(|(line, _)| line.starts_with("extra ")) {
            let extra = line.strip_prefix("extra ").map(Base64::decode_vec);
            extra.and_then(Result::ok).ok_or(ProofFileError::Form(at))?;
        }
        let (line, at) = lines.next().ok_or(ProofFileError::Form(2))?;
        let index = line.strip_prefix("index ").and_then(number);
        let index = index.ok_or(ProofFileError::Form(at))?;
        let mut path = Vec::new();
        for (line, at) in lines {
            let hash = digest(line).filter(|_| path.len() < MAX_PATH);
            path.push(hash.ok_or(ProofFileError::Form(at))?);
        }
        Ok(Self {
            index,
            path,
            checkpoint: Note::parse(note.as_bytes())?,
        })
    }

    /// Checks that the log of a key has an entry of this hash at the index, and gives the log's head.
    pub fn verify(&self, leaf: Digest, log: &VerifierKey) -> Result<Checkpoint, ProofFileError> {
        let head = Checkpoint::verify(&self.checkpoint, log)?;
        verify_inclusion(leaf, self.index, head.size, &self.path, head.root)?;
        Ok(head)
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nindex {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", Base64::encode_string(hash.as_bytes()))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{Algorithm, SigningKey};
    use crate::merkle::{Tree, inclusion, leaf_hash};

    fn key() -> SigningKey {
        SigningKey::from_seed("log", Algorithm::Ed25519, &[3; 32]).unwrap()
    }

    fn proof(index: u64, size: u64) -> InclusionProof {
        let mut tree = Tree::default();
        (0..size).for_each(|at| tree.append(leaf_hash(&at.to_le_bytes())));
        InclusionProof {
            index,
            path: inclusion(&tree, index, size).unwrap(),
            checkpoint: Checkpoint::sign(size, tree.edge().root(), &key()).unwrap(),
        }
    }

    #[test]
    fn a_proof_is_read_and_checked_alone() {
        let key = key();
        for (index, size) in [(0, 1), (4, 7), (6, 7), (63, 64)] {
            let text = proof(index, size).to_string();
            let read = InclusionProof::parse(text.as_bytes()).unwrap();
            assert_eq!(read.to_string(), text);
            let leaf = leaf_hash(&index.to_le_bytes());
            assert_eq!(read.verify(leaf, key.verifier()).unwrap().size, size);
            let other = leaf_hash(b"other");
            let refused = read.verify(other, key.verifier());
            assert_eq!(refused, Err(ProofError::Root.into()));
        }
        let text = proof(4, 7).to_string();
        let extra = text.replace("\nindex", "\nextra YQ==\nindex");
        assert_eq!(InclusionProof::parse(extra.as_bytes()), Ok(proof(4, 7)));
    }

    #[test]
    fn what_is_no_proof_is_refused_at_its_line() {
        let good = proof(4, 7).to_string();
        let hash = good.lines().nth(2).unwrap().to_owned();
        for (bad, line) in [
            (good.replace("@v1", "@v2"), 1),
            (good.replace("index 4", "index 04"), 2),
            (good.replace("index 4\n", ""), 2),
            (good.replace("\nindex", "\nextra a\nindex"), 2),
            (good.replace(&hash, "x"), 3),
            (good.replace(&hash, &hash.replace('=', "")), 3),
            (good.replace(&hash, &format!("{hash}\n").repeat(65)), 67),
            (good.replace("\n\n", "\n"), 1),
            (good.replace('\n', "\r\n"), 1),
            ("x".repeat(MAX_FILE + 1), 1),
        ] {
            let found = InclusionProof::parse(bad.as_bytes());
            assert_eq!(found, Err(ProofFileError::Form(line)), "{bad:.200}");
        }
        assert!(InclusionProof::parse(b"\xff").is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was(at in 0..400_usize, byte in any::<u8>()) {
            let mut bytes = proof(4, 7).to_string().into_bytes();
            let place = at % bytes.len();
            bytes[place] = byte;
            if let Ok(read) = InclusionProof::parse(&bytes) {
                prop_assert_eq!(read.to_string().into_bytes(), bytes);
            }
        }
    }
}
