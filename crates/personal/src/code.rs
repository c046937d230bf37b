//! Codes of letters and digits: numbers of states that have letters, passports, driving licences,
//! number plates, and whatever a word announces.

use silversmith_types::evidence::PersonalKind;

use crate::checksums as check;
use crate::context;
use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Longest code that a word may announce, without its separators.
const MAX_CODE: usize = 24;

/// Finds codes in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    for at in 0..line.words.len() {
        let word = line.words[at];
        let is_short_caps = word.traits.no_lower() && word.end - word.start <= 11;
        if !(word.traits.digit() || is_short_caps) {
            continue;
        }
        let one = in_format(line, at).or_else(|| announced(line, at));
        found.extend(one.map(|(recogniser, kind, to, how)| Found {
            span: word.start..line.words[to].end,
            kind,
            recogniser,
            rank: how,
        }));
    }
}

type Known = (&'static str, PersonalKind, usize, u8);

/// Codes that nothing else looks like.
fn in_format(line: &Line<'_>, at: usize) -> Option<Known> {
    let id = |name, to| Some((name, PersonalKind::Identifier, to, rank::PROVEN));
    let word = line.word(at);
    if !word.is_ascii() || goes_on_before(line, at) {
        return None;
    }
    if goes_on_after(line, at) {
        return grouped(line, at).and_then(|(name, to)| id(name, to));
    }
    let upper = word.to_ascii_uppercase();
    let code = upper.as_bytes();
    let proven = match code.len() {
        16 if shaped(code, "AAAAAA##A##A###A") && check::it_cf(code) => Some("it_codice_fiscale"),
        18 if shaped(code, "AAAA######AAAAAAX#") && check::mx_curp(code) => Some("mx_curp"),
        18 if shaped(code, "#################X") && check::cn_id(code) => Some("cn_id"),
        9 if shaped(code, "########A") && check::es_letter(digits(&code[..8])) == code[8] => {
            Some("es_dni")
        }
        9 if shaped(code, "A#######A") && is_nie(code) => Some("es_nie"),
        9 if shaped(code, "AA######A") && is_nino(code) => Some("uk_nino"),
        9 if matches!(code[0], b'S' | b'T' | b'F' | b'G' | b'M')
            && shaped(code, "A#######A")
            && is_nric(code) =>
        {
            Some("sg_nric")
        }
        10 if shaped(code, "AAAAA####A") && code[3] == b'P' => Some("in_pan"),
        12 if shaped(code, "########A###") && check::de_svnr(code) => Some("de_svnr"),
        16 if is_uk_licence(code) => Some("uk_driving_licence"),
        _ => None,
    };
    if let Some(name) = proven {
        return id(name, at);
    }
    grouped(line, at).and_then(|(name, to)| id(name, to))
}

/// Codes that are written in groups.
fn grouped(line: &Line<'_>, at: usize) -> Option<(&'static str, usize)> {
    [1, 2, 3, 4].iter().rev().find_map(|more| {
        let to = at + more;
        let joined = (at..to).all(|between| matches!(line.gap(between), " " | "-" | "+" | "."));
        let text = line
            .text
            .get(line.words[at].start..line.words.get(to)?.end)
            .filter(|_| joined)?;
        let compact: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let compact = compact.to_ascii_uppercase();
        let name = grouped_name(compact.as_bytes(), *more, line.gap(at))?;
        (!goes_on_after(line, to)).then_some((name, to))
    })
}

fn grouped_name(code: &[u8], joints: usize, gap: &str) -> Option<&'static str> {
    match (code.len(), joints) {
        (9, 4) if shaped(code, "AA######A") && is_nino(code) => Some("uk_nino"),
        (12, 1..=4) if shaped(code, "########A###") && check::de_svnr(code) => Some("de_svnr"),
        (9, 1)
            if gap != " "
                && shaped(code, "########A")
                && check::es_letter(digits(&code[..8])) == code[8] =>
        {
            Some("es_dni")
        }
        (9, 2) if gap == "-" && shaped(code, "A#######A") && is_nie(code) => Some("es_nie"),
        (10, 1) if gap != " " && gap != "." && shaped(code, "######X##X") => {
            let number = digits(&[&code[..6], &code[6..9]].concat());
            (code[6..9].iter().all(u8::is_ascii_digit) && check::fi_hetu(number) == code[9])
                .then_some("fi_hetu")
        }
        (12, 1..=3) if code.starts_with(b"CHE") && code[3..].iter().all(u8::is_ascii_digit) => {
            Some("ch_uid")
        }
        _ => None,
    }
}

/// `A` for a letter, `#` for a digit, `X` for either.
fn shaped(code: &[u8], shape: &str) -> bool {
    code.len() == shape.len()
        && code
            .iter()
            .zip(shape.bytes())
            .all(|(byte, kind)| match kind {
                b'A' => byte.is_ascii_uppercase(),
                b'#' => byte.is_ascii_digit(),
                _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            })
}

fn digits(code: &[u8]) -> u64 {
    code.iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0, |number, byte| number * 10 + u64::from(byte - b'0'))
}

fn is_nie(code: &[u8]) -> bool {
    let first = match code[0] {
        b'X' => 0,
        b'Y' => 1,
        b'Z' => 2,
        _ => return false,
    };
    check::es_letter(first * 10_000_000 + digits(&code[1..8])) == code[8]
}

/// The prefixes that were never given are those of codes.
fn is_nino(code: &[u8]) -> bool {
    let never = |byte: &u8| matches!(byte, b'D' | b'F' | b'I' | b'U' | b'V');
    let pair = &code[..2];
    !never(&pair[0]) && !never(&pair[1]) && pair[1] != b'O' && matches!(code[8], b'A'..=b'D')
}

fn is_nric(code: &[u8]) -> bool {
    let sum: u32 = code[1..8]
        .iter()
        .zip([2, 7, 6, 5, 4, 3, 2])
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    let (offset, letters) = match code[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        _ => return false,
    };
    letters[((sum + offset) % 11) as usize] == code[8]
}

/// Five of the surname, the birth in six digits, initials, and three of the computer's.
fn is_uk_licence(code: &[u8]) -> bool {
    let surname = code[..5]
        .iter()
        .all(|byte| byte.is_ascii_uppercase() || *byte == b'9');
    let month = digits(&code[6..8]) % 50;
    surname
        && code[5..11].iter().all(u8::is_ascii_digit)
        && (1..=12).contains(&month)
        && (1..=31).contains(&digits(&code[8..10]))
        && code[14..].iter().all(u8::is_ascii_uppercase)
}

/// Whether the word goes on from something: `SO43697-12345678Z` is no number of anybody.
fn goes_on_before(line: &Line<'_>, at: usize) -> bool {
    at > 0
        && matches!(
            line.gap_before(at),
            "-" | "/" | "." | ":" | "#" | "@" | "\\"
        )
}

/// Whether something goes on from the word. A sentence or an announcement may end with it.
fn goes_on_after(line: &Line<'_>, at: usize) -> bool {
    at + 1 < line.words.len() && matches!(line.gap(at), "-" | "/" | "#" | "@" | "\\")
}

struct Rule {
    recogniser: &'static str,
    kind: PersonalKind,
    by: List,
    /// Fewest and most characters without separators.
    length: (usize, usize),
    /// Fewest digits.
    digits: usize,
    /// Whether it has to have letters too.
    letters: bool,
    /// Whether the announcement has to say that a number follows.
    numbered: bool,
}

const fn by(
    list: List,
    recogniser: &'static str,
    kind: PersonalKind,
    length: (usize, usize),
    digits: usize,
) -> Rule {
    Rule {
        recogniser,
        kind,
        by: list,
        length,
        digits,
        letters: false,
        numbered: false,
    }
}

static ANNOUNCED: [Rule; 12] = {
    use PersonalKind::{BankAccount, Identifier, Network, PaymentCard, Secret};
    [
        by(List::Passport, "passport", Identifier, (6, 12), 4),
        by(List::Driving, "driving_licence", Identifier, (6, 18), 5),
        Rule {
            letters: true,
            ..by(List::Plate, "number_plate", Identifier, (4, 9), 1)
        },
        Rule {
            letters: true,
            ..by(List::Vat, "vat_id", Identifier, (8, 15), 7)
        },
        Rule {
            letters: true,
            ..by(List::Lettered, "national_id", Identifier, (8, 20), 4)
        },
        Rule {
            numbered: true,
            ..by(List::Insured, "insured_id", Identifier, (6, 16), 5)
        },
        Rule {
            numbered: true,
            ..by(List::Account, "bank_account", BankAccount, (5, 20), 5)
        },
        by(List::Bank, "bank_account", BankAccount, (5, 18), 5),
        by(List::Imei, "imei", Network, (14, 20), 14),
        by(List::Cvv, "card_code", PaymentCard, (3, 4), 3),
        Rule {
            numbered: true,
            ..by(List::Pin, "pin", Secret, (4, 8), 4)
        },
        by(List::Iban, "bank_account", BankAccount, (15, 34), 10),
    ]
};

/// A code behind a word that says what it is.
fn announced(line: &Line<'_>, at: usize) -> Option<Known> {
    let before = at.checked_sub(1).map(|before| line.lists(before))?;
    if before.is_empty() {
        return None;
    }
    if is_bic(line.word(at)) && context::near(line, at, List::Bic) {
        return Some(("swift_bic", PersonalKind::BankAccount, at, rank::ANNOUNCED));
    }
    if !line.words[at].traits.digit() && !line.lists(at).is_empty() {
        return None;
    }
    let (to, letters, digits) = extent(line, at)?;
    let rule = ANNOUNCED.iter().find(|rule| {
        let near = if rule.numbered {
            context::numbered
        } else {
            context::near
        };
        (rule.length.0..=rule.length.1).contains(&(letters + digits))
            && digits >= rule.digits
            && (letters > 0 || !rule.letters)
            && near(line, at, rule.by)
    })?;
    Some((rule.recogniser, rule.kind, to, rank::ANNOUNCED))
}

/// The last word of a code in groups, with its letters and digits.
fn extent(line: &Line<'_>, from: usize) -> Option<(usize, usize, usize)> {
    let (mut letters, mut digits) = (0, 0);
    let mut last = None;
    for at in from..line.words.len().min(from + 8) {
        let word = line.word(at);
        let traits = line.words[at].traits;
        let fits = word.is_ascii()
            && letters + digits + word.len() <= MAX_CODE
            && (traits.digit() || (traits.no_lower() && word.len() <= 4));
        if !fits {
            break;
        }
        digits += word.bytes().filter(u8::is_ascii_digit).count();
        letters += word.bytes().filter(u8::is_ascii_alphabetic).count();
        last = Some(at);
        if !matches!(line.gap(at), " " | "-" | "/" | ".") {
            break;
        }
    }
    last.map(|to| (to, letters, digits))
}

fn is_bic(word: &str) -> bool {
    let code = word.as_bytes();
    matches!(code.len(), 8 | 11)
        && code[..6].iter().all(u8::is_ascii_uppercase)
        && code[6..].iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn codes() {
        check_one(&[
            ("RSSMRA85T10A562S", "it_codice_fiscale", "RSSMRA85T10A562S"),
            ("CURP: HEGG560427MVZRRL04", "mx_curp", "HEGG560427MVZRRL04"),
            ("DNI 12345678Z", "es_dni", "12345678Z"),
            ("12345678-Z", "es_dni", "12345678-Z"),
            ("X1234567L", "es_nie", "X1234567L"),
            ("QQ 12 34 56 C", "uk_nino", "QQ 12 34 56 C"),
            ("AB123456C", "uk_nino", "AB123456C"),
            ("S1234567D", "sg_nric", "S1234567D"),
            ("ABCPE1234F", "in_pan", "ABCPE1234F"),
            ("131052-308T", "fi_hetu", "131052-308T"),
            ("15 070649 C 103", "de_svnr", "15 070649 C 103"),
            ("11010519491231002X", "cn_id", "11010519491231002X"),
            ("MORGA657054SM9IJ", "uk_driving_licence", "MORGA657054SM9IJ"),
            ("CHE-123.456.788", "ch_uid", "CHE-123.456.788"),
            ("passport no. C01X00T47", "passport", "C01X00T47"),
            ("Reisepass: C01X 0006H", "passport", "C01X 0006H"),
            ("Passport number: 123456789", "passport", "123456789"),
            (
                "driving licence B072RRE2I55",
                "driving_licence",
                "B072RRE2I55",
            ),
            (
                "Führerschein-Nr. 12345678901",
                "driving_licence",
                "12345678901",
            ),
            ("Kennzeichen: ZH 12345", "number_plate", "ZH 12345"),
            ("license plate 7ABC123", "number_plate", "7ABC123"),
            ("USt-IdNr. DE123456789", "vat_id", "DE123456789"),
            ("account number: 12345678", "bank_account", "12345678"),
            ("sort code 20-00-00", "bank_account", "20-00-00"),
            ("BIC: COBADEFFXXX", "swift_bic", "COBADEFFXXX"),
            ("IMEI 490154203237518", "imei", "490154203237518"),
            ("Versichertennummer: A123456780", "insured_id", "A123456780"),
            ("CVV: 123", "card_code", "123"),
        ]);
    }

    #[test]
    fn codes_of_things() {
        check_none(&[
            "SO43697",
            "BK-R93R-62",
            "CO-RF-FR-R92B-58",
            "AW00011000",
            "NASAW00011000",
            "PX_CAT_G1V2",
            "license: Apache-2.0",
            "License MIT 2024",
            "registration of 18484 rows",
            "account 18484",
            "SWIFT is a language",
            "HL Road Frame - Black- 58",
            "12345678A",
            "passport column",
            "insurance 18484 rows",
            "driver 12 of 18484",
            "A1234567B",
            "UTF-8",
            "ISO-8859-1",
            "RFC 4180",
        ]);
    }
}
