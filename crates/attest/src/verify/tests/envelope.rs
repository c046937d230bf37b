//! Envelopes that are not as they were written.

use super::*;

#[test]
fn every_tampering_with_the_envelope_is_refused() {
    let sealed = sealed();
    let module = sealed.source().as_bytes();
    let keys = trusted(&signer());
    let stranger = LocalSigner::from_seed(&[8; 32]).unwrap();
    let text = String::from_utf8(sealed.envelope().to_vec()).unwrap();
    let payload = envelope()["payload"].as_str().unwrap().to_owned();
    let sig = envelope()["signatures"][0]["sig"]
        .as_str()
        .unwrap()
        .to_owned();
    let own = signer().key_id();
    let bytes = Base64::decode_vec(&payload).unwrap();
    let with = |pointer: &str, value: Value| {
        let mut envelope = envelope();
        *envelope.pointer_mut(pointer).unwrap() = value;
        envelope.to_string()
    };
    let signature = envelope()["signatures"][0].clone();
    let other_signature = signed(&bytes, PAYLOAD_TYPE, &stranger)["signatures"][0].clone();
    let mut of_a_stranger = other_signature["sig"].clone();
    let other_type = signed(&bytes, "application/json", &signer());
    let url_safe = payload.replace('+', "-").replace('/', "_");
    for (name, tampered, check, detail) in [
        ("empty", String::new(), "envelope", "EOF"),
        ("no JSON", "x".to_owned(), "envelope", "expected"),
        (
            "trailing text",
            format!("{text} {{}}"),
            "envelope",
            "trailing",
        ),
        ("cut", text[..text.len() - 9].to_owned(), "envelope", "EOF"),
        ("too large", " ".repeat((1 << 20) + 1), "size", "at most"),
        (
            "duplicate key",
            text.replacen('{', "{\"payload\":\"\",", 1),
            "envelope",
            "duplicate key",
        ),
        (
            "duplicate key in a signature",
            text.replacen("{\"keyid\"", "{\"sig\":\"\",\"keyid\"", 1),
            "envelope",
            "duplicate key",
        ),
        (
            "unknown key",
            text.replacen('{', "{\"more\":1,", 1),
            "envelope",
            "DSSE",
        ),
        (
            "a list",
            format!("[\"{payload}\",\"{PAYLOAD_TYPE}\",[]]"),
            "envelope",
            "DSSE",
        ),
        (
            "a bundle",
            json!({"dsseEnvelope": envelope()}).to_string(),
            "envelope",
            "DSSE",
        ),
        (
            "payload a number",
            with("/payload", json!(1)),
            "envelope",
            "DSSE",
        ),
        (
            "payload not base64",
            with("/payload", json!("*")),
            "envelope",
            "base64",
        ),
        (
            "payload URL-safe",
            with("/payload", json!(format!("{url_safe}-_"))),
            "envelope",
            "base64",
        ),
        (
            "payload with white space",
            with("/payload", json!(format!("{payload}\n"))),
            "envelope",
            "base64",
        ),
        (
            "payload without padding",
            with("/payload", json!("e30")),
            "envelope",
            "base64",
        ),
        (
            "payload with loose bits",
            with("/payload", json!("e31=")),
            "envelope",
            "base64",
        ),
        (
            "another type",
            with("/payloadType", json!("application/json")),
            "payload-type",
            "is not",
        ),
        (
            "another type, signed",
            other_type.to_string(),
            "payload-type",
            "is not",
        ),
        (
            "no signature",
            with("/signatures", json!([])),
            "signatures",
            "0 instead of one",
        ),
        (
            "twice the signature",
            with("/signatures", json!([signature, signature])),
            "signatures",
            "2 instead of one",
        ),
        (
            "a second signature",
            with("/signatures", json!([signature, other_signature])),
            "signatures",
            "2 instead of one",
        ),
        (
            "signature not base64",
            with("/signatures/0/sig", json!("*")),
            "signatures",
            "base64",
        ),
        (
            "signature empty",
            with("/signatures/0/sig", json!("")),
            "signature",
            "DER",
        ),
        (
            "signature cut",
            with(
                "/signatures/0/sig",
                json!(Base64::encode_string(
                    &Base64::decode_vec(&sig).unwrap()[..60]
                )),
            ),
            "signature",
            "DER",
        ),
        (
            "signature of zeros",
            with(
                "/signatures/0/sig",
                json!(Base64::encode_string(&[0x30, 6, 2, 1, 0, 2, 1, 0])),
            ),
            "signature",
            "DER",
        ),
        (
            "signature of ones",
            with(
                "/signatures/0/sig",
                json!(Base64::encode_string(&[0x30, 6, 2, 1, 1, 2, 1, 1])),
            ),
            "signature",
            "is not one",
        ),
        (
            "signature of another key",
            with("/signatures/0/sig", of_a_stranger.take()),
            "signature",
            "is not one",
        ),
        (
            "unknown key id",
            with("/signatures/0/keyid", json!(stranger.key_id())),
            "key",
            "not among",
        ),
        (
            "signed by a stranger",
            signed(&bytes, PAYLOAD_TYPE, &stranger).to_string(),
            "key",
            "not among",
        ),
        (
            "no key id",
            with("/signatures/0/keyid", json!("")),
            "key",
            "SHA-256",
        ),
        (
            "key id in capitals",
            with("/signatures/0/keyid", json!(own.to_uppercase())),
            "key",
            "SHA-256",
        ),
        (
            "payload of something else",
            with("/payload", json!(Base64::encode_string(b"{}"))),
            "signature",
            "is not one",
        ),
    ] {
        let (found, why) = failure(module, tampered.as_bytes(), &keys);
        assert_eq!(found, check, "{name}: {why}");
        assert!(why.contains(detail), "{name}: {why}");
    }
    assert_eq!(
        failure(module, text.as_bytes(), &TrustedKeys::default()).0,
        "key"
    );
}

#[test]
fn an_envelope_is_found_by_its_subject() {
    let sealed = sealed();
    assert_eq!(subject_of(sealed.envelope()), Some(sealed.digest()));
    assert_eq!(subject_of(b"{}"), None);
}

proptest::proptest! {
    /// One byte of the envelope, whatever it becomes: refused, or the same envelope.
    #[test]
    fn no_flipped_byte_of_an_envelope_verifies(at in 0_usize..4_000, byte: u8) {
        let sealed = sealed();
        let mut envelope = sealed.envelope().to_vec();
        let at = at % envelope.len();
        let same = envelope[at] == byte;
        envelope[at] = byte;
        let keys = trusted(&signer());
        let verified = verify(sealed.source().as_bytes(), &envelope, &keys).is_ok();
        proptest::prop_assert_eq!(verified, same);
    }
}
