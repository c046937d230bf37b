//! One whole value, such as a cell of a table: on the path of every distinct cell of a profile, so a
//! glance at the first byte sends most of them away.

use silversmith_types::evidence::PersonalKind;

use crate::find::rank;
use crate::line::Line;
use crate::{bank, digits, phone};

/// What the whole text is, if its form alone says so. White space around it is the caller's to
/// remove.
pub fn value_kind(text: &str) -> Option<PersonalKind> {
    let bytes = text.as_bytes();
    let by_start = match bytes.first()? {
        b'+' => phone::is_international(bytes).then_some(PersonalKind::Phone),
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' if is_address(text) => Some(PersonalKind::Network),
        b'0'..=b'9' if is_grouped(bytes) => number_kind(text),
        b'A'..=b'Z' => bank::is_iban(text).then_some(PersonalKind::BankAccount),
        _ => None,
    };
    let by_sign = || {
        let at = memchr::memchr(b'@', bytes)?;
        is_email(text, at).then_some(PersonalKind::Email)
    };
    by_start.or_else(by_sign)
}

/// Whether it may be a number in groups, of a person: `756.1234.5678.97`, and neither a day nor a time.
fn is_grouped(bytes: &[u8]) -> bool {
    if !(11..=24).contains(&bytes.len()) {
        return false;
    }
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let separators = bytes
        .iter()
        .filter(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/'))
        .count();
    (9..=19).contains(&digits) && separators >= 1 && digits + separators == bytes.len()
}

/// What all of a number in groups is, if its format proves it.
fn number_kind(text: &str) -> Option<PersonalKind> {
    let mut found = Vec::new();
    digits::find(&Line::new(text), &mut found);
    let whole = found.into_iter().find(|one| one.span == (0..text.len()))?;
    // Numbers of telephones without their country are told from codes by what stands beside them.
    (whole.rank >= rank::PROVEN && whole.kind != PersonalKind::Phone).then_some(whole.kind)
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
            ("756.9217.0769.85", Some(Identifier)),
            ("123-45-6789", Some(Identifier)),
            ("4111-1111-1111-1111", Some(PaymentCard)),
            ("2026-01-25 21", None),
            ("2026-01-25", None),
            ("10.000.000.000", None),
            ("0171 1234567", None),
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
