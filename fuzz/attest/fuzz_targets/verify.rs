//! Any envelope for the module of the test vectors: only the true one verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_attest::{TrustedKeys, subject_of, verify};

const MODULE: &[u8] = include_bytes!("../../../crates/attest/tests/vectors/module.py");
const ENVELOPE: &[u8] =
    include_bytes!("../../../crates/attest/tests/vectors/module.py.intoto.jsonl");
const KEY: &[u8] = include_bytes!("../../../crates/attest/tests/vectors/builder.pub.pem");

fuzz_target!(|envelope: &[u8]| {
    let mut keys = TrustedKeys::default();
    keys.add_pem(KEY).expect("the key of the vectors");
    let _ = subject_of(envelope);
    match verify(MODULE, envelope, &keys) {
        Ok((sealed, checks)) => {
            assert!(checks.iter().all(|check| check.ok));
            // White space between the members of the envelope is all that may differ.
            let packed = |bytes: &[u8]| -> Vec<u8> {
                bytes
                    .iter()
                    .copied()
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect()
            };
            assert_eq!(packed(sealed.envelope()).len(), packed(ENVELOPE).len());
        }
        Err(checks) => assert!(checks.iter().any(|check| !check.ok)),
    }
});
