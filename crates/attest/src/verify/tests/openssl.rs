//! OpenSSL, another implementation, agrees.

use std::io::Write as _;
use std::process::Command;

use super::*;

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
