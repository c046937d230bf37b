//! Another implementation of DSSE reads the test vectors: `securesystemslib`, which TUF and in-toto
//! are built on. It runs where `SILVERSMITH_TEST_PYTHON` (else `python3`) can import it.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use std::process::Command;

const SCRIPT: &str = r#"
import json, sys
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
folder = sys.argv[1]
document = json.load(open(folder + "/module.py.intoto.jsonl"))
pem = open(folder + "/builder.pub.pem").read()
name = document["signatures"][0]["keyid"]
key = SSlibKey(name, "ecdsa", "ecdsa-sha2-nistp256", {"public": pem})
assert name in Envelope.from_dict(json.loads(json.dumps(document))).verify([key], 1)
document["payload"] = document["payload"].replace("ey", "ez", 1)
try:
    Envelope.from_dict(document).verify([key], 1)
except VerificationError:
    sys.exit(0)
sys.exit("a changed payload verified")
"#;

#[test]
fn securesystemslib_verifies_the_vectors() {
    let python = std::env::var("SILVERSMITH_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python)
        .args(["-c", "import securesystemslib, cryptography"])
        .output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {python} has no securesystemslib");
        return;
    }
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let verified = Command::new(&python)
        .args(["-c", SCRIPT, vectors])
        .output()
        .unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}
