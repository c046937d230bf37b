//! One whole value, such as a cell of a table: on the path of every distinct cell of a profile, so a
//! glance at the first byte sends most of them away.

use silversmith_types::evidence::PersonalKind;

use crate::{bank, phone};

/// What the whole text is, if its form alone says so. White space around it is the caller's to
/// remove.
pub fn value_kind(text: &str) -> Option<PersonalKind> {
    let bytes = text.as_bytes();
    let by_start = match bytes.first()? {
        b'+' => phone::is_international(bytes).then_some(PersonalKind::Phone),
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' if is_address(text) => Some(PersonalKind::Network),
        b'A'..=b'Z' => bank::is_iban(text).then_some(PersonalKind::BankAccount),
        _ => None,
    };
    let by_sign = || {
        let at = memchr::memchr(b'@', bytes)?;
        is_email(text, at).then_some(PersonalKind::Email)
    };
    by_start.or_else(by_sign)
}

fn is_email(text: &str, at: usize) -> bool {
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let plain = |c: char| !c.is_whitespace() && c != '@';
    let dot = domain.rfind('.');
    !local.is_empty()
        && text.len() <= 254
        && local.chars().all(plain)
        && domain.chars().all(plain)
        && dot.is_some_and(|dot| dot > 0 && domain.len() - dot > 2)
}

fn is_address(text: &str) -> bool {
    let marked = text.len() <= 45
        && text
            .bytes()
            .filter(|byte| matches!(byte, b'.' | b':'))
            .count()
            >= 2;
    marked && text.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values() {
        use PersonalKind::*;
        for (text, kind) in [
            ("a.b@example.org", Some(Email)),
            ("GB82 WEST 1234 5698 7654 32", Some(BankAccount)),
            ("192.0.2.1", Some(Network)),
            ("2001:db8::1", Some(Network)),
            ("+49 30 901820", Some(Phone)),
            ("GB83WEST12345698765432", None),
            ("1.2.3", None),
            ("12:30:00", None),
            ("a@b", None),
            ("", None),
            ("AW00011000", None),
        ] {
            assert_eq!(value_kind(text), kind, "{text}");
        }
    }
}
