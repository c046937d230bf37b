//! What vaults, token servers, programs and files give, as bytes, and what is read of them. Nothing here
//! asks anybody: these are the parsers, and what they refuse they do not quote.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use silversmith_types::Timestamp;
use zeroize::Zeroize as _;

/// A version of a secret in a store of a vault, KV version 2 ("Read secret version" of its HTTP API).
#[derive(Deserialize)]
pub struct KvVersion {
    data: KvData,
}

#[derive(Deserialize)]
struct KvData {
    /// None where the version was deleted.
    data: Option<BTreeMap<String, Value>>,
    metadata: KvMetadata,
}

#[derive(Deserialize)]
struct KvMetadata {
    version: u64,
    created_time: Option<String>,
}

impl KvVersion {
    /// Reads an answer; none where it is no such answer.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// A field of the secret, if there is one and it is text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.data.data.as_ref()?.get(name)?.as_str()
    }

    /// The number of the version.
    pub fn version(&self) -> u64 {
        self.data.metadata.version
    }

    /// When it was written. Vaults say it to the nanosecond.
    pub fn created(&self) -> Option<Timestamp> {
        let text = self.data.metadata.created_time.as_deref()?;
        let seconds = text.split_once('.').map_or(text, |(seconds, _)| seconds);
        format!("{}Z", seconds.trim_end_matches('Z')).parse().ok()
    }

    /// The fields with one of them changed, to write as the next version; none where there are none.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Option<BTreeMap<String, Value>> {
        let mut fields = self.data.data.take()?;
        fields.insert(name.to_owned(), Value::from(value));
        Some(fields)
    }
}

/// A token of a vault: what a login, a renewal, or a wrapping token that holds one gives.
#[derive(Deserialize)]
pub struct VaultAuth {
    /// The token itself. A renewal need not repeat it.
    pub client_token: Option<String>,
    /// A name for it that is worth nothing.
    pub accessor: Option<String>,
    /// How long it lasts, in seconds; 0: for ever.
    pub lease_duration: Option<u64>,
    /// Whether it can be made to last longer.
    #[serde(default)]
    pub renewable: bool,
}

impl VaultAuth {
    /// Reads an answer; none where it is no such answer.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer {
            auth: VaultAuth,
        }
        let answer: Answer = serde_json::from_slice(bytes).ok()?;
        Some(answer.auth)
    }
}

/// One text of the `data` of a vault's answer.
pub fn vault_text(bytes: &[u8], name: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        data: BTreeMap<String, Value>,
    }
    let mut answer: Answer = serde_json::from_slice(bytes).ok()?;
    match answer.data.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The number of the version that a vault says it has written.
pub fn written_version(bytes: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Answer {
        data: KvMetadata,
    }
    let answer: Answer = serde_json::from_slice(bytes).ok()?;
    Some(answer.data.version)
}

/// Whether an error of a vault speaks of something. What it says is not passed on: it may quote what was
/// sent.
pub fn vault_error_says(bytes: &[u8], word: &str) -> bool {
    #[derive(Deserialize)]
    struct Answer {
        errors: Vec<String>,
    }
    serde_json::from_slice(bytes)
        .is_ok_and(|answer: Answer| answer.errors.iter().any(|text| text.contains(word)))
}

/// The answer of a token endpoint (RFC 6749, 5.1).
#[derive(Deserialize)]
pub struct TokenAnswer {
    /// The token.
    pub access_token: String,
    /// How long it is valid, in seconds.
    pub expires_in: Option<u64>,
}

impl TokenAnswer {
    /// Reads an answer; none where it is no such answer.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// When the token expires, if it was given now.
    pub fn expires(&self, now: Timestamp) -> Option<Timestamp> {
        now.after(self.expires_in?)
    }
}

/// What a program prints, in the manner of `credential_process` of AWS's tools:
/// `{"Version": 1, "Secret": "…", "Expiration": "2026-11-24T12:00:00Z", "SecretVersion": "7"}`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Printed {
    /// Of the format: 1 is known.
    pub version: u32,
    /// The secret.
    pub secret: String,
    /// When it expires.
    pub expiration: Option<Timestamp>,
    /// What its keeper calls this version of it.
    pub secret_version: Option<String>,
}

impl Printed {
    /// Reads an output; none where it is no such JSON.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// The value of a variable in a file of lines `NAME=value`, as tools for `.env` read them: `export` may
/// stand before, quotes around the value; a line that begins with `#` says nothing. Nothing is expanded.
pub fn variable(text: &[u8], name: &str) -> Option<Vec<u8>> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.trim_ascii();
        let line = line
            .strip_prefix(b"export ")
            .unwrap_or(line)
            .trim_ascii_start();
        let rest = line.strip_prefix(name.as_bytes())?.trim_ascii_start();
        let mut value = rest.strip_prefix(b"=")?.trim_ascii().to_vec();
        for quote in [b'"', b'\''] {
            if let [first, inside @ .., last] = value.as_slice()
                && *first == quote
                && *last == quote
            {
                let inside = inside.to_vec();
                value.zeroize();
                value = inside;
                break;
            }
        }
        (!value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the file holds, a value is a part of one of its lines.
        #[test]
        fn nothing_breaks_the_reading_of_variables(text in any::<Vec<u8>>(), line in "(export )?A ?= ?['\"]?[ -~]{0,20}") {
            for text in [text, line.into_bytes()] {
                if let Some(value) = variable(&text, "A") {
                    prop_assert!(!value.is_empty() && !value.contains(&b'\n'));
                    prop_assert!(text.windows(value.len()).any(|window| window == value));
                }
            }
        }
    }

    #[test]
    fn a_file_of_variables_is_read_as_it_stands() {
        let text = b"# OPEN_AI_KEY=no\r\nOTHER=1\n export OPEN_AI_KEY = \"sk-$x\" \r\nOPEN_AI_KEY=2\nE=\nQ='q'\nX=\"\n";
        let value = |name| variable(text, name).map(|value| String::from_utf8(value).unwrap());
        assert_eq!(value("OPEN_AI_KEY").as_deref(), Some("sk-$x"));
        assert_eq!(value("OTHER").as_deref(), Some("1"));
        assert_eq!(value("Q").as_deref(), Some("q"));
        assert_eq!(value("X").as_deref(), Some("\""));
        assert_eq!(value("E"), None);
        assert_eq!(value("OPEN_AI"), None);
        assert_eq!(value("AI_KEY"), None);
    }

    #[test]
    fn a_version_is_read_with_its_number_and_time() {
        let version = br#"{"request_id":"x","data":{"data":{"key":"sk-1","n":1},
            "metadata":{"version":7,"created_time":"2026-11-24T10:00:00.123456789Z"}}}"#;
        let read = KvVersion::read(version).unwrap();
        assert_eq!(read.field("key"), Some("sk-1"));
        assert_eq!(read.field("n"), None, "a number is no key");
        assert_eq!(read.field("other"), None);
        assert_eq!(read.version(), 7);
        assert_eq!(read.created(), "2026-11-24T10:00:00Z".parse().ok());
        let next = read.with("key", "sk-2").unwrap();
        assert_eq!(
            serde_json::to_string(&next).unwrap(),
            r#"{"key":"sk-2","n":1}"#
        );
        let deleted = br#"{"data":{"data":null,"metadata":{"version":7}}}"#;
        let read = KvVersion::read(deleted).unwrap();
        assert_eq!((read.field("key"), read.created()), (None, None));
        assert!(read.with("key", "sk-2").is_none());
        for bad in [
            r#"{"data":{"data":{},"metadata":{}}}"#,
            r#"{"data":{"data":{},"metadata":{"version":-1}}}"#,
            r#"{"data":{"data":[],"metadata":{"version":1}}}"#,
            r#"{"data":{"data":{"key":"a"},"data":{"key":"b"},"metadata":{"version":1}}}"#,
            "",
        ] {
            assert!(KvVersion::read(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_answers_of_a_vault_are_read() {
        let login = br#"{"auth":{"client_token":"s.1","accessor":"a1","lease_duration":60,"renewable":true}}"#;
        let auth = VaultAuth::read(login).unwrap();
        assert_eq!(auth.client_token.as_deref(), Some("s.1"));
        assert_eq!(auth.accessor.as_deref(), Some("a1"));
        assert_eq!((auth.lease_duration, auth.renewable), (Some(60), true));
        let renewed = VaultAuth::read(br#"{"auth":{"client_token":null}}"#).unwrap();
        assert!(renewed.client_token.is_none() && !renewed.renewable);
        assert!(VaultAuth::read(br#"{"auth":null}"#).is_none());
        assert_eq!(
            vault_text(br#"{"data":{"a":"b","c":1}}"#, "a").as_deref(),
            Some("b")
        );
        assert_eq!(vault_text(br#"{"data":{"a":"b","c":1}}"#, "c"), None);
        assert_eq!(written_version(br#"{"data":{"version":8}}"#), Some(8));
        assert_eq!(written_version(br#"{"data":{}}"#), None);
        let refused = br#"{"errors":["check-and-set parameter did not match"]}"#;
        assert!(vault_error_says(refused, "check-and-set"));
        assert!(!vault_error_says(refused, "permission"));
        assert!(!vault_error_says(b"check-and-set", "check-and-set"));
    }

    #[test]
    fn a_token_expires_when_its_server_says() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let expires = |text: &str| TokenAnswer::read(text.as_bytes()).unwrap().expires(now);
        assert_eq!(
            expires(r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#),
            "2026-11-24T11:00:00Z".parse().ok()
        );
        assert_eq!(expires(r#"{"access_token":"t"}"#), None);
        let never = r#"{"access_token":"t","expires_in":10000000000000}"#;
        assert_eq!(expires(never), None, "a time that has no form");
        assert!(TokenAnswer::read(br#"{"access_token":1}"#).is_none());
    }
}
