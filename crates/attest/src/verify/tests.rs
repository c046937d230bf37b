#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use super::*;
use crate::keys::{LocalSigner, Signer as _};
use crate::seal::sign;
use crate::statement::BuildFacts;

fn header() -> Header {
    let bronze = BTreeMap::from([("a.csv".parse().unwrap(), Digest::of(b"a"))]);
    Header {
        bronze_run: "20260301_101500_#00c0ffee".parse().unwrap(),
        as_of: "2026-03-01T10:15:00Z".parse().unwrap(),
        author: "rules/1".to_owned(),
        tool: "silversmith/0.1.0".to_owned(),
        context: Digest::of(b"context"),
        report: Digest::of(b"report"),
        contract: Some(Digest::of(b"contract")),
        bronze: Some(Header::digest_of_bronze(&bronze)),
        plan: Digest::of(b"plan"),
        skeleton: Digest::of(b"skeleton"),
        transforms: Digest::of(b"transforms"),
    }
}

fn facts() -> BuildFacts {
    BuildFacts {
        bronze: BTreeMap::from([("a.csv".parse().unwrap(), Digest::of(b"a"))]),
        policy: Digest::of(b"policy"),
        runtime: Digest::of(b"runtime"),
        trial_report: Digest::of(b"trial"),
    }
}

fn module(header: &Header) -> String {
    format!("#!/usr/bin/env python3\n{}\"\"\"x\"\"\"\n", header.render())
}

fn signer() -> LocalSigner {
    LocalSigner::from_seed(&[7; 32]).unwrap()
}

fn trusted(signer: &LocalSigner) -> TrustedKeys {
    let mut keys = TrustedKeys::default();
    keys.add_pem(signer.public_key_pem().as_bytes()).unwrap();
    keys
}

fn sealed() -> SealedModule {
    let header = header();
    sign(&module(&header), &header, &facts(), &signer()).unwrap()
}

/// An envelope over any payload, properly signed.
fn signed(payload: &[u8], payload_type: &str, signer: &LocalSigner) -> Value {
    let signature = signer.sign(&pae(payload_type, payload)).unwrap();
    json!({
        "payload": Base64::encode_string(payload),
        "payloadType": payload_type,
        "signatures": [{"keyid": signer.key_id(), "sig": Base64::encode_string(&signature)}],
    })
}

fn envelope() -> Value {
    serde_json::from_slice(sealed().envelope()).unwrap()
}

fn statement() -> Value {
    let payload = Base64::decode_vec(envelope()["payload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

/// The check that fails, with its detail.
fn failure(module: &[u8], envelope: &[u8], keys: &TrustedKeys) -> (String, String) {
    let checks = verify(module, envelope, keys).map(|_| ()).unwrap_err();
    let (last, before) = checks.split_last().unwrap();
    assert!(
        !last.ok && before.iter().all(|check| check.ok),
        "{checks:?}"
    );
    (last.name.clone(), last.detail.clone())
}

#[test]
fn what_was_sealed_verifies() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let (again, checks) = verify(sealed.source().as_bytes(), sealed.envelope(), &keys).unwrap();
    assert_eq!(again.digest(), Digest::of(sealed.source().as_bytes()));
    assert_eq!(again.header(), &header());
    assert_eq!(again.key_id().to_hex(), signer().key_id());
    assert_eq!(again.policy_digest(), facts().policy);
    assert_eq!(again.trial_report_digest(), facts().trial_report);
    let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "size",
            "envelope",
            "payload-type",
            "signatures",
            "key",
            "signature",
            "statement",
            "statement-type",
            "predicate-type",
            "build-type",
            "subject",
            "header",
        ]
    );
    assert!(checks.iter().all(|check| check.ok));
}

#[test]
fn the_same_build_gives_the_same_bytes() {
    assert_eq!(sealed().envelope(), sealed().envelope());
}

/// The bytes of a build do not change from version to version of this crate; to make them anew, set
/// `UPDATE_VECTORS`.
#[test]
fn the_vectors_are_reproduced() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let sealed = sealed();
    for (name, bytes) in [
        ("module.py", sealed.source().as_bytes()),
        ("module.py.intoto.jsonl", sealed.envelope()),
        ("builder.pub.pem", signer().public_key_pem().as_bytes()),
    ] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
    }
}

#[test]
fn the_statement_has_the_shape_of_slsa_provenance() {
    let hex = |text: &[u8]| Digest::of(text).to_hex();
    let named = |name: &str, digest: String| json!({"name": name, "digest": {"sha256": digest}});
    let bronze = header().bronze.unwrap().to_hex();
    assert_eq!(
        statement(),
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [named("load_2_silver_layer.py", sealed().digest().to_hex())],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": "https://github.com/silversmith-data/silversmith/build/v0",
                    "externalParameters": {
                        "bronzeRun": "20260301_101500_#00c0ffee", "asOf": "2026-03-01T10:15:00Z",
                    },
                    "internalParameters": {
                        "author": "rules/1", "mode": "plan", "plan": {"sha256": hex(b"plan")},
                        "tool": "silversmith/0.1.0", "transforms": {"sha256": hex(b"transforms")},
                    },
                    "resolvedDependencies": [
                        named("context", hex(b"context")), named("report", hex(b"report")),
                        named("contract", hex(b"contract")), named("bronze.sha256", bronze),
                        named("bronze/a.csv", hex(b"a")), named("skeleton", hex(b"skeleton")),
                        named("policy", hex(b"policy")), named("runtime", hex(b"runtime")),
                    ],
                },
                "runDetails": {
                    "builder": {
                        "id": "https://github.com/silversmith-data/silversmith/builder/local",
                        "version": {"silversmith": "0.1.0"},
                    },
                    "byproducts": [named("plan", hex(b"plan")), named("trial-report", hex(b"trial"))],
                },
            },
        })
    );
}

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
fn every_change_of_the_statement_is_refused_though_signed() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let dependency = |name: &str| json!({"name": name, "digest": {"sha256": "ab".repeat(32)}});
    let definition = "/predicate/buildDefinition";
    let dependencies = format!("{definition}/resolvedDependencies");
    for (pointer, value, check) in [
        (
            "/_type",
            json!("https://in-toto.io/Statement/v0.1"),
            "statement-type",
        ),
        (
            "/predicateType",
            json!("https://slsa.dev/provenance/v0.2"),
            "predicate-type",
        ),
        (
            &*format!("{definition}/buildType"),
            json!("https://example.com/build"),
            "build-type",
        ),
        (
            &format!("{definition}/internalParameters/mode"),
            json!("code"),
            "build-type",
        ),
        (
            "/predicate/runDetails/builder/id",
            json!("https://example.com/me"),
            "build-type",
        ),
        ("/subject", json!([]), "subject"),
        ("/subject/0/name", json!("other.py"), "subject"),
        (
            "/subject/0/digest/sha256",
            json!("ab".repeat(32)),
            "subject",
        ),
        (
            "/subject/0/digest/sha256",
            json!("AB".repeat(32)),
            "statement",
        ),
        (
            "/subject/0/digest",
            json!({"sha512": "ab".repeat(64)}),
            "statement",
        ),
        ("/predicate", json!({}), "statement"),
        (
            &format!("{definition}/externalParameters/asOf"),
            json!("2026-03-02T10:15:00Z"),
            "header",
        ),
        (
            &format!("{definition}/externalParameters/bronzeRun"),
            json!("20260301_101500_#00c0ffef"),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/author"),
            json!("somebody"),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/plan/sha256"),
            json!("ab".repeat(32)),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/transforms/sha256"),
            json!("ab".repeat(32)),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/tool"),
            json!("silversmith/0.2.0"),
            "header",
        ),
        (
            &format!("{dependencies}/0"),
            dependency("context"),
            "header",
        ),
        (
            &format!("{dependencies}/2"),
            dependency("contract"),
            "header",
        ),
        (
            &format!("{dependencies}/3"),
            dependency("bronze.sha256"),
            "header",
        ),
        (
            &format!("{dependencies}/4"),
            dependency("bronze/a.csv"),
            "header",
        ),
        (
            &format!("{dependencies}/4"),
            dependency("bronze/../a.csv"),
            "header",
        ),
        (
            &format!("{dependencies}/5"),
            dependency("skeleton"),
            "header",
        ),
        (&format!("{dependencies}/5"), dependency("policy"), "header"),
        (&dependencies, json!([]), "header"),
        (
            "/predicate/runDetails/byproducts/0",
            dependency("plan"),
            "header",
        ),
        ("/predicate/runDetails/byproducts", json!([]), "header"),
        (
            "/predicate/runDetails/builder/version",
            json!({"silversmith": "0.2.0"}),
            "header",
        ),
    ] {
        let mut changed: Statement = Statement::parse(&payload()).unwrap();
        let mut document = statement();
        *document.pointer_mut(pointer).unwrap() = value;
        // In the canonical order of members, where the change has the right shape.
        let bytes = match serde_json::from_value(document.clone()) {
            Ok(statement) => {
                changed = statement;
                changed.to_bytes()
            }
            Err(_) => document.to_string().into_bytes(),
        };
        let envelope = signed(&bytes, PAYLOAD_TYPE, &signer()).to_string();
        let (found, why) = failure(sealed.source().as_bytes(), envelope.as_bytes(), &keys);
        assert_eq!(found, check, "{pointer} of {changed:?}: {why}");
    }
}

fn payload() -> Vec<u8> {
    Base64::decode_vec(envelope()["payload"].as_str().unwrap()).unwrap()
}

#[test]
fn a_statement_in_another_spelling_is_refused_though_signed() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let text = String::from_utf8(payload()).unwrap();
    for (name, bytes) in [
        ("white space", text.replacen(':', ": ", 1)),
        ("trailing newline", format!("{text}\n")),
        (
            "duplicate key",
            text.replacen('{', "{\"_type\":\"https://in-toto.io/Statement/v1\",", 1),
        ),
        ("unknown key", text.replacen('{', "{\"more\":1,", 1)),
        ("escaped", text.replacen("load_2", "load\\u005f2", 1)),
        (
            "order",
            statement()
                .to_string()
                .replacen("{\"_type\"", "{ \"_type\"", 1),
        ),
        (
            "a list for an object",
            text.replacen("{\"sha256\":\"", "[\"", 1)
                .replacen("\"}", "\"]", 1),
        ),
        ("empty", String::new()),
        ("deep", "[".repeat(100_000)),
    ] {
        let envelope = signed(bytes.as_bytes(), PAYLOAD_TYPE, &signer()).to_string();
        let (found, why) = failure(sealed.source().as_bytes(), envelope.as_bytes(), &keys);
        assert_eq!(found, "statement", "{name}: {why}");
    }
}

#[test]
fn every_change_of_the_module_is_refused() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let source = sealed.source();
    for changed in [
        String::new(),
        source.replacen('x', "y", 1),
        format!("{source}\n"),
        source.replacen('\n', "\r\n", 1),
        format!("\u{feff}{source}"),
        source.replacen("rules/1", "rules/2", 1),
    ] {
        assert_eq!(
            failure(changed.as_bytes(), sealed.envelope(), &keys).0,
            "subject"
        );
    }
    // A module whose own statement is about it, but whose header says something else.
    let payload = |source: &str, header: &Header| {
        Statement::new(Digest::of(source.as_bytes()), header, &facts()).to_bytes()
    };
    let other = Header {
        context: Digest::of(b"other"),
        ..header()
    };
    for (source, stated) in [
        (module(&other), header()),
        ("print(1)\n".to_owned(), header()),
        (
            module(&header()).replacen("# as-of", "#  as-of", 1),
            header(),
        ),
        (
            module(&Header {
                contract: None,
                ..header()
            }),
            header(),
        ),
        (
            module(&Header {
                bronze: None,
                ..header()
            }),
            header(),
        ),
    ] {
        let envelope = signed(&payload(&source, &stated), PAYLOAD_TYPE, &signer()).to_string();
        assert_eq!(
            failure(source.as_bytes(), envelope.as_bytes(), &keys).0,
            "header"
        );
    }
    let binary = [b"\xff".as_slice(), source.as_bytes()].concat();
    let about = Statement::new(Digest::of(&binary), &header(), &facts()).to_bytes();
    let envelope = signed(&about, PAYLOAD_TYPE, &signer()).to_string();
    assert_eq!(failure(&binary, envelope.as_bytes(), &keys).0, "header");
    let large = vec![b'#'; MAX_MODULE + 1];
    assert_eq!(failure(&large, sealed.envelope(), &keys).0, "size");
}

#[test]
fn a_seal_needs_a_header_that_reads_back() {
    let header = header();
    let error = sign("print(1)\n", &header, &facts(), &signer()).unwrap_err();
    assert_eq!(error.code(), "SS-ATTEST-013");
    assert!(error.to_string().contains("header"), "{error}");
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

/// Another implementation, independent of this crate: OpenSSL reads the keys and accepts the
/// signature over the encoding of the specification.
#[test]
fn openssl_verifies_the_signature() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: there is no openssl on this machine");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::File::create(&path)
            .unwrap()
            .write_all(bytes)
            .unwrap();
        path
    };
    let signer = signer();
    let payload = payload();
    let head = format!("DSSEv1 28 application/vnd.in-toto+json {} ", payload.len());
    let message = write("message", &[head.as_bytes(), &payload].concat());
    let sig = envelope()["signatures"][0]["sig"]
        .as_str()
        .unwrap()
        .to_owned();
    let signature = write("signature", &Base64::decode_vec(&sig).unwrap());
    let public = write("public.pem", signer.public_key_pem().as_bytes());
    let private = write("private.pem", signer.private_key_pem().as_bytes());
    let verified = Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(&public)
        .arg("-signature")
        .arg(&signature)
        .arg(&message)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
    // OpenSSL reads the private key and derives the same public key, hence the same key id.
    let derived = Command::new("openssl")
        .args(["pkey", "-pubout", "-outform", "DER", "-in"])
        .arg(&private)
        .output()
        .unwrap();
    assert!(derived.status.success(), "{derived:?}");
    assert_eq!(Digest::of(&derived.stdout).to_hex(), signer.key_id());
    // And the reverse: a key that OpenSSL makes signs here.
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .output()
        .unwrap();
    let made = LocalSigner::from_pem(&made.stdout).unwrap();
    let header = header();
    assert!(sign(&module(&header), &header, &facts(), &made).is_ok());
    // A key of another curve is no key of ours.
    let other = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-384",
        ])
        .output()
        .unwrap();
    assert!(LocalSigner::from_pem(&other.stdout).is_err());
}
