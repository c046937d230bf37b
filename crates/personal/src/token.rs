//! Tokens that stand for masked values: `[EMAIL-1-c082]`.

use silversmith_types::evidence::PersonalKind;

/// Digits of a number in a token that are taken for one; more could hide a telephone number.
const MAX_DIGITS: usize = 6;
/// Digits of the tag of the run.
pub(crate) const TAG_DIGITS: usize = 4;

const KINDS: [(PersonalKind, &str); 12] = [
    (PersonalKind::Name, "NAME"),
    (PersonalKind::Email, "EMAIL"),
    (PersonalKind::Phone, "PHONE"),
    (PersonalKind::Address, "ADDRESS"),
    (PersonalKind::BirthDate, "BIRTH_DATE"),
    (PersonalKind::Identifier, "ID"),
    (PersonalKind::BankAccount, "BANK"),
    (PersonalKind::PaymentCard, "CARD"),
    (PersonalKind::Network, "NETWORK"),
    (PersonalKind::Secret, "SECRET"),
    (PersonalKind::Special, "SPECIAL"),
    (PersonalKind::FreeText, "TEXT"),
];

/// The token of the `number`th value of this kind in the run with this tag.
pub(crate) fn write(kind: PersonalKind, number: usize, tag: &str) -> String {
    let named = KINDS.iter().find(|(known, _)| *known == kind);
    let name = named.map_or("TEXT", |(_, name)| name);
    format!("[{name}-{number}-{tag}]")
}

/// The length of the token that the text begins with.
pub(crate) fn length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('[')?;
    let (_, name) = KINDS.iter().find(|(_, name)| {
        let after = rest.strip_prefix(name);
        after.is_some_and(|after| after.starts_with('-'))
    })?;
    let number = &rest[name.len() + 1..];
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let tag = number.get(digits..)?.strip_prefix('-')?;
    let is_tag = tag.len() > TAG_DIGITS
        && tag.as_bytes()[TAG_DIGITS] == b']'
        && tag
            .bytes()
            .take(TAG_DIGITS)
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let fits = (1..=MAX_DIGITS).contains(&digits) && is_tag;
    fits.then_some(1 + name.len() + 1 + digits + 1 + TAG_DIGITS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_token_that_is_read_back() {
        for (kind, name) in KINDS {
            let token = write(kind, 12, "c082");
            assert_eq!(token, format!("[{name}-12-c082]"));
            assert_eq!(length(&token), Some(token.len()));
        }
    }

    #[test]
    fn what_only_looks_like_a_token() {
        for text in [
            "[JANE-1-c082]",
            "[EMAIL-1-jane]",
            "[EMAIL-5550100-c082]",
            "[EMAIL--c082]",
            "[EMAIL-1-c0821]",
            "EMAIL-1-c082",
            "[EMAIL-1-c082",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
