//! Any bytes as a signed note, a checkpoint, a proof or a key: refused, or written as they were read; and
//! nobody's key signed them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_tlog::{
    Algorithm, Checkpoint, Cosigned, InclusionProof, Note, SigningKey, VerifierKey, leaf_hash,
};

fuzz_target!(|bytes: &[u8]| {
    let key = |name, algorithm| SigningKey::from_seed(name, algorithm, &[9; 32]).unwrap();
    let (log, witness) = (
        key("a", Algorithm::Ed25519),
        key("a", Algorithm::Cosignature),
    );
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        assert!(Checkpoint::verify(&note, log.verifier()).is_err());
        assert!(Cosigned::verify(&note, witness.verifier()).is_err());
    }
    if let Ok(proof) = InclusionProof::parse(bytes) {
        let again = InclusionProof::parse(proof.to_string().as_bytes());
        assert_eq!(again.as_ref(), Ok(&proof));
        assert!(proof.verify(leaf_hash(b""), log.verifier()).is_err());
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<VerifierKey>()
    {
        assert_eq!(key.to_string(), text);
    }
});
