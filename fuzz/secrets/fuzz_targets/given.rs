//! Any bytes from a vault, a token server, a program or a file of variables: read, or refused. What is read
//! is a secret in the one form that secrets have, or none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_secrets::formats::{
    KvVersion, Printed, TokenAnswer, VaultAuth, variable, vault_error_says, vault_text,
    written_version,
};
use silversmith_types::{Secret, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
    if let Some(found) = KvVersion::read(bytes) {
        found.field("key").map(secret);
        let _ = (found.version(), found.created().map(form));
    }
    if let Some(auth) = VaultAuth::read(bytes) {
        auth.client_token.as_deref().map(secret);
    }
    if let Some(token) = TokenAnswer::read(bytes) {
        secret(&token.access_token);
        if let Some(expires) = token.expires(now) {
            assert!(expires >= now);
            form(expires);
        }
    }
    if let Some(printed) = Printed::read(bytes) {
        secret(&printed.secret);
        printed.expiration.map(form);
    }
    let _ = vault_text(bytes, "secret_id");
    let _ = written_version(bytes);
    let _ = vault_error_says(bytes, "check-and-set");
    if let Some(value) = variable(bytes, "OPENAI_API_KEY") {
        assert!(!value.is_empty() && !value.contains(&b'\n'));
        let _ = Secret::parse(value);
    }
});

fn secret(text: &str) {
    if let Ok(secret) = Secret::parse(text.as_bytes().to_vec()) {
        assert!(secret.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    }
}

/// A time that is recorded can be read again.
fn form(time: Timestamp) {
    assert_eq!(time.to_string().parse(), Ok(time));
}
