//! A transparency log without its storage: the Merkle tree of RFC 6962, its proofs, and the signed texts of
//! C2SP (signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof). Nothing here reads, writes or asks.

mod checkpoint;
mod cosignature;
mod key;
mod merkle;
mod note;
mod proof;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Cosigned, cosign};
pub use key::{Algorithm, KeyError, SigningKey, VerifierKey};
pub use merkle::{
    Frontier, Nodes, ProofError, Tree, consistency, inclusion, leaf_hash, verify_consistency,
    verify_inclusion,
};
pub use note::{Note, NoteError, Signature};
pub use proof::{InclusionProof, ProofFileError};
