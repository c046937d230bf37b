//! What is sealed verifies, and nothing else does; with the fixtures of the tests below.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use std::collections::{BTreeMap, BTreeSet};

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use super::*;
use crate::keys::{LocalSigner, Signer as _};
use crate::seal::sign;
use crate::statement::{BuildFacts, DataPolicyFacts};

mod envelope;
mod openssl;
mod statement;

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
        sandbox: None,
        accepted_weaker: BTreeSet::new(),
        // As in statements of before it was recorded: the vectors still verify.
        data_policy: None,
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
    serde_json::from_slice(&payload()).unwrap()
}

fn payload() -> Vec<u8> {
    Base64::decode_vec(envelope()["payload"].as_str().unwrap()).unwrap()
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
fn the_data_policy_is_in_the_statement_with_its_counts() {
    let policy = DataPolicyFacts {
        digest: Digest::of(b"data policy"),
        counts: BTreeMap::from([("names_masked".to_owned(), 2)]),
    };
    let facts = BuildFacts {
        data_policy: Some(policy.clone()),
        ..facts()
    };
    let header = header();
    let sealed = sign(&module(&header), &header, &facts, &signer()).unwrap();
    assert_eq!(sealed.data_policy(), Some(&policy));
    let statement = Statement::new(sealed.digest(), &header, &facts).to_bytes();
    let statement: Value = serde_json::from_slice(&statement).unwrap();
    assert_eq!(
        statement["predicate"]["runDetails"]["byproducts"][2],
        json!({
            "name": "data-policy", "digest": {"sha256": policy.digest.to_hex()},
            "annotations": {"names_masked": 2},
        })
    );
}

#[test]
fn what_the_jail_recorded_is_in_the_statement() {
    let header = header();
    let facts = BuildFacts {
        sandbox: Some(Digest::of(b"records")),
        ..facts()
    };
    let sealed = sign(&module(&header), &header, &facts, &signer()).unwrap();
    assert_eq!(sealed.sandbox_digest(), facts.sandbox);
    let statement = Statement::new(sealed.digest(), &header, &facts).to_bytes();
    let statement: Value = serde_json::from_slice(&statement).unwrap();
    assert_eq!(
        statement["predicate"]["runDetails"]["byproducts"][2],
        json!({"name": "sandbox", "digest": {"sha256": Digest::of(b"records").to_hex()}})
    );
}

#[test]
fn what_the_trial_was_accepted_to_run_without_is_in_the_statement() {
    let header = header();
    let facts = BuildFacts {
        accepted_weaker: ["landlock".to_owned()].into(),
        ..facts()
    };
    let sealed = sign(&module(&header), &header, &facts, &signer()).unwrap();
    assert_eq!(sealed.accepted_weaker(), &facts.accepted_weaker);
    let statement = Statement::new(sealed.digest(), &header, &facts).to_bytes();
    let statement: Value = serde_json::from_slice(&statement).unwrap();
    let parameters = &statement["predicate"]["buildDefinition"]["externalParameters"];
    assert_eq!(parameters["acceptedWeaker"], json!(["landlock"]));
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
