//! Bank accounts and payment cards.

use iban::Iban;
use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::digits::Number;
use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Where accounts are of digits alone: how long an IBAN is. Right in country and length, it is one
/// that somebody mistyped or made up.
const LENGTHS: &[(&str, usize)] = &[
    ("AT", 20),
    ("BE", 16),
    ("CH", 21),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("HR", 21),
    ("HU", 28),
    ("IS", 26),
    ("LI", 21),
    ("LT", 20),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
];

/// Longest IBAN in the register of formats.
const MAX_IBAN: usize = 34;

/// A payment card: the issuer's range, the length and the check digit, or a word that says so.
pub(crate) fn card(number: &Number<'_, '_>) -> Option<Found> {
    let digits = number.digits;
    if !(12..=19).contains(&digits.len()) {
        return None;
    }
    let grouped = matches!(
        number.shape.replace(['-', '.'], " ").as_str(),
        "4 4 4 4" | "4 6 5" | "4 6 4" | "4 4 4 4 3" | "6 13" | "13" | "14" | "15" | "16" | "19"
    );
    let announced = || context::around(number.line, number.from, number.to, List::Card);
    let usual_length =
        digits.len() == 16 || (digits.len() != 19 && digits.len() > 13 && !number.is_bare());
    let is_card = if grouped && is_issued(digits) && luhn(digits) {
        usual_length || matches!(digits, [3, 4 | 7, ..]) || announced()
    } else {
        context::near(number.line, number.from, List::Card)
    };
    is_card.then(|| Found {
        span: number.start()..number.end(),
        kind: PersonalKind::PaymentCard,
        recogniser: "payment_card",
        rank: rank::PROVEN,
    })
}

/// The ranges of the issuers that sell cards to people.
fn is_issued(digits: &[u8]) -> bool {
    let head = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0, |head, digit| head * 10 + u32::from(*digit))
    };
    match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(3), 300..=305 | 309) || matches!(head(2), 36 | 38 | 39),
        15 => matches!(head(2), 34 | 37),
        16..=19 => {
            head(1) == 4
                || matches!(head(2), 51..=55 | 56..=58 | 62 | 65 | 67 | 81)
                || matches!(head(3), 644..=649)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011 | 2200..=2204 | 6304 | 5018 | 5020 | 5038)
        }
        _ => false,
    }
}

/// The check digit of ISO/IEC 7812.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let weighted = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => u32::from(*digit),
            _ => u32::from(digit / 5 + digit * 2 % 10),
        });
    weighted.sum::<u32>() % 10 == 0 && digits.iter().any(|digit| *digit != 0)
}

/// Finds IBANs in the line: proven by their checksum, or announced.
pub(crate) fn find_ibans(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < line.words.len() {
        let head = line.word(at).as_bytes();
        let is_head = matches!(head, [a, b, c, d, ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
            && c.is_ascii_digit() && d.is_ascii_digit());
        match is_head.then(|| iban(line, at)).flatten() {
            Some((to, how)) => {
                found.push(Found {
                    span: line.words[at].start..line.words[to].end,
                    kind: PersonalKind::BankAccount,
                    recogniser: "iban",
                    rank: how,
                });
                at = to + 1;
            }
            None => at += 1,
        }
    }
}

/// The last word of the IBAN that starts at this one.
fn iban(line: &Line<'_>, from: usize) -> Option<(usize, u8)> {
    let mut compact = String::with_capacity(MAX_IBAN);
    let mut best = None;
    let mut announced = None;
    for at in from..line.words.len() {
        let word = line.word(at);
        let fits = word.is_ascii() && compact.len() + word.len() <= MAX_IBAN;
        // Groups are of four, but for the last one.
        if !fits || (at > from && compact.len() < 4) {
            break;
        }
        compact.push_str(&word.to_ascii_uppercase());
        if compact.len() >= 15 {
            if compact.parse::<Iban>().is_ok() {
                best = Some((at, rank::CERTAIN));
            } else if has_length(&compact) && best.is_none() {
                best = Some((at, rank::PROVEN));
            } else if announced.is_none() && line.words[at].traits.digit() {
                announced = Some(at);
            } else if let Some(last) = announced.as_mut()
                && line.words[at].traits.digit()
                && *last + 1 == at
            {
                *last = at;
            }
        }
        if !matches!(line.gap(at), " " | "-" | ".") {
            break;
        }
    }
    let unproven = || {
        let at = announced.filter(|_| context::near(line, from, List::Iban))?;
        Some((at, rank::ANNOUNCED))
    };
    best.or_else(unproven)
}

fn has_length(compact: &str) -> bool {
    let country = LENGTHS
        .iter()
        .find(|(country, _)| compact.starts_with(country));
    country.is_some_and(|(_, len)| compact.len() == *len)
        && compact[2..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the whole text is an IBAN, spaces aside.
pub(crate) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = (15..=42).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    if !shaped {
        return false;
    }
    let mut compact = [0; MAX_IBAN];
    let mut len = 0;
    for &byte in bytes.iter().filter(|byte| **byte != b' ') {
        if len == MAX_IBAN {
            return false;
        }
        compact[len] = byte;
        len += 1;
    }
    std::str::from_utf8(&compact[..len]).is_ok_and(|text| text.parse::<Iban>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::find;
    use crate::testing::check_none;

    fn found(text: &str) -> Vec<(&str, &str)> {
        find(text)
            .into_iter()
            .map(|one| (one.recogniser, &text[one.span]))
            .collect()
    }

    #[test]
    fn ibans() {
        for (text, value) in [
            (
                "IBAN: DE89 3704 0044 0532 0130 00, thanks",
                "DE89 3704 0044 0532 0130 00",
            ),
            ("DE89370400440532013000", "DE89370400440532013000"),
            (
                "pay to GB82 WEST 1234 5698 7654 32 today",
                "GB82 WEST 1234 5698 7654 32",
            ),
            ("CH93-0076-2011-6238-5295-7", "CH93-0076-2011-6238-5295-7"),
            ("fr1420041010050500013m02606", "fr1420041010050500013m02606"),
            ("NL91 ABNA 0417 1643 00", "NL91 ABNA 0417 1643 00"),
            ("NO93 8601 1117 947", "NO93 8601 1117 947"),
            (
                "IBAN DE00 1234 5678 9012 3456 78",
                "DE00 1234 5678 9012 3456 78",
            ),
        ] {
            assert_eq!(found(text), [("iban", value)], "{text}");
        }
        assert_eq!(found("DE88 3704 0044 0532 0130 0"), []);
        assert_eq!(found("AB12 CDEF GHIJ KLMN OPQR"), []);
    }

    #[test]
    fn cards() {
        for (text, value) in [
            ("4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("card 5555-5555-5555-4444.", "5555-5555-5555-4444"),
            ("3782 822463 10005", "3782 822463 10005"),
            ("6011111111111117", "6011111111111117"),
            ("2223003122003222", "2223003122003222"),
            ("card number: 1234 5678 9012 3456", "1234 5678 9012 3456"),
        ] {
            assert_eq!(found(text), [("payment_card", value)], "{text}");
        }
        check_none(&[
            "4111 1111 1111 1112",
            "1234567890123456",
            "20260125214726",
            "1769377646000000000",
        ]);
    }

    #[test]
    fn a_whole_iban() {
        assert!(is_iban("GB82 WEST 1234 5698 7654 32") && is_iban("DE89370400440532013000"));
        assert!(
            !is_iban("GB83WEST12345698765432") && !is_iban("") && !is_iban("ÄÖ12345678901234567")
        );
    }
}
