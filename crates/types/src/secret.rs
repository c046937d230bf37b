//! Values that must not be seen: keys, tokens, passwords.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// Longest secret in bytes. The longest that are in use, signed tokens with many claims, have a few
/// kilobytes; a server's whole header has 8 to 16.
const MAX_SECRET: usize = 16 << 10;

/// A key, token or password: visible ASCII in one line, so that it can be sent in a header. It cannot
/// be printed or serialised, and its bytes are overwritten when it goes.
///
/// ```compile_fail
/// fn show(secret: &silversmith_types::Secret) -> String {
///     secret.to_string()
/// }
/// ```
/// ```compile_fail
/// fn write(secret: &silversmith_types::Secret) -> String {
///     serde_json::to_string(secret).unwrap()
/// }
/// ```
/// ```compile_fail
/// fn copy(secret: &silversmith_types::Secret) -> silversmith_types::Secret {
///     secret.clone()
/// }
/// ```
pub struct Secret(SecretString);

/// Why something is no secret. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretFormatError {
    /// Nothing, or only white space.
    #[error("is empty")]
    Empty,
    /// Longer than any in use.
    #[error("has more than {MAX_SECRET} bytes")]
    TooLong,
    /// White space inside, control characters, or anything else that a header cannot carry.
    #[error("has characters other than visible ASCII")]
    NotVisible,
}

impl Secret {
    /// Takes a secret as it was read: white space around it is no part of it.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, SecretFormatError> {
        let bytes = Zeroizing::new(bytes);
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            return Err(SecretFormatError::Empty);
        }
        if bytes.len() > MAX_SECRET {
            return Err(SecretFormatError::TooLong);
        }
        if !bytes.iter().all(u8::is_ascii_graphic) {
            return Err(SecretFormatError::NotVisible);
        }
        // Visible ASCII is UTF-8.
        let text = std::str::from_utf8(bytes).map_err(|_| SecretFormatError::NotVisible)?;
        Ok(Self(SecretString::from(text)))
    }

    /// The value, for the one place that sends it or looks for it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_word_of_visible_characters() {
        let parse = |text: &str| Secret::parse(text.as_bytes().to_vec());
        assert_eq!(parse(" sk-1234\n").unwrap().expose(), "sk-1234");
        assert_eq!(parse("\n").unwrap_err(), SecretFormatError::Empty);
        for text in ["a b", "a\r\nX-Header: 1", "a\0b", "schlüssel"] {
            assert_eq!(parse(text).unwrap_err(), SecretFormatError::NotVisible);
        }
        let longest = "k".repeat(MAX_SECRET);
        assert!(parse(&longest).is_ok());
        assert_eq!(
            parse(&format!("{longest}k")).unwrap_err(),
            SecretFormatError::TooLong
        );
    }

    #[test]
    fn it_cannot_be_seen_by_debugging() {
        let secret = Secret::parse(b"sk-1234".to_vec()).unwrap();
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(…) Secret(…)");
    }
}
