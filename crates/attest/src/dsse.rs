//! DSSE (Dead Simple Signing Envelope), protocol version 1.

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use silversmith_types::strict_json::{self, Bounds};

/// The one payload type.
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// Largest envelope that is read: a statement about 1,000 Bronze files has 200 kB.
pub(crate) const MAX_ENVELOPE: usize = 1 << 20;

/// An envelope as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    pub(crate) payload: String,
    #[serde(rename = "payloadType")]
    pub(crate) payload_type: String,
    pub(crate) signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvelopeSignature {
    pub(crate) keyid: String,
    pub(crate) sig: String,
}

impl Envelope {
    pub(crate) fn new(payload: &[u8], keyid: String, signature: &[u8]) -> Self {
        Self {
            payload: Base64::encode_string(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![EnvelopeSignature {
                keyid,
                sig: Base64::encode_string(signature),
            }],
        }
    }

    /// One line of JSON.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads an envelope strictly: no duplicate or unknown keys, each member in its usual spelling.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bounds = Bounds {
            bytes: MAX_ENVELOPE,
            nodes: 100,
            depth: Bounds::DEPTH,
            members: 100,
        };
        let value = strict_json::parse(bytes, bounds).map_err(|error| error.to_string())?;
        let shape = || "the envelope is not a DSSE envelope".to_owned();
        let envelope: Self = serde_json::from_value(value.clone()).map_err(|_| shape())?;
        // Serde also takes a list for an object.
        match serde_json::to_value(&envelope) {
            Ok(written) if written == value => Ok(envelope),
            _ => Err(shape()),
        }
    }
}

/// Canonical base64 (RFC 4648, section 4): padded, without white space or loose bits.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_vec(text).ok()?;
    (Base64::encode_string(&bytes) == text).then_some(bytes)
}

/// What is signed: the pre-authentication encoding of type and payload.
pub(crate) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        // From the test vector in DSSE's protocol.md.
        let encoded = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            encoded,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        // Lengths count bytes, not characters.
        assert_eq!(pae("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }

    #[test]
    fn only_canonical_base64_is_read() {
        assert_eq!(decode_base64("aGVsbG8="), Some(b"hello".to_vec()));
        for bad in [
            "aGVsbG8",
            "aGVsbG9=",
            "aGVs bG8=",
            "aGVsbG8=\n",
            "aGVsbG8==",
            "-_-_",
            "=",
            "a",
        ] {
            assert_eq!(decode_base64(bad), None, "{bad}");
        }
    }
}
