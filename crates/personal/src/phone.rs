//! Telephone numbers: international ones by country code and length, national ones by the way they
//! are grouped or by a word that announces them.

use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::digits::Number;
use crate::find::{Found, rank};
use crate::lexicon::List;

/// Country calling codes with the shortest and the longest national number (ITU E.164 and the
/// national plans). A code that is not here has none.
const COUNTRIES: &[(u16, u8, u8)] = &[
    (1, 10, 10),
    (7, 10, 10),
    (20, 8, 10),
    (27, 9, 9),
    (30, 10, 10),
    (31, 9, 9),
    (32, 8, 9),
    (33, 9, 9),
    (34, 9, 9),
    (36, 8, 9),
    (39, 6, 11),
    (40, 9, 9),
    (41, 9, 9),
    (43, 4, 13),
    (44, 9, 10),
    (45, 8, 8),
    (46, 7, 10),
    (47, 8, 8),
    (48, 9, 9),
    (49, 6, 12),
    (51, 8, 9),
    (52, 10, 11),
    (53, 6, 8),
    (54, 10, 11),
    (55, 10, 11),
    (56, 9, 9),
    (57, 8, 10),
    (58, 10, 10),
    (60, 8, 10),
    (61, 9, 9),
    (62, 8, 12),
    (63, 8, 10),
    (64, 8, 10),
    (65, 8, 8),
    (66, 8, 9),
    (81, 9, 10),
    (82, 8, 10),
    (84, 9, 10),
    (86, 10, 11),
    (90, 10, 10),
    (91, 10, 10),
    (92, 9, 10),
    (93, 9, 9),
    (94, 9, 9),
    (95, 7, 10),
    (98, 10, 10),
    (211, 9, 9),
    (212, 9, 9),
    (213, 8, 9),
    (216, 8, 8),
    (218, 8, 9),
    (220, 7, 7),
    (221, 9, 9),
    (222, 8, 8),
    (223, 8, 8),
    (224, 8, 9),
    (225, 8, 10),
    (226, 8, 8),
    (227, 8, 8),
    (228, 8, 8),
    (229, 8, 10),
    (230, 7, 8),
    (231, 7, 9),
    (232, 8, 8),
    (233, 9, 9),
    (234, 8, 10),
    (235, 8, 8),
    (236, 8, 8),
    (237, 9, 9),
    (238, 7, 7),
    (239, 7, 7),
    (240, 9, 9),
    (241, 7, 8),
    (242, 9, 9),
    (243, 9, 9),
    (244, 9, 9),
    (245, 7, 9),
    (248, 7, 7),
    (249, 9, 9),
    (250, 9, 9),
    (251, 9, 9),
    (252, 7, 9),
    (253, 8, 8),
    (254, 9, 10),
    (255, 9, 9),
    (256, 9, 9),
    (257, 8, 8),
    (258, 8, 9),
    (260, 9, 9),
    (261, 9, 9),
    (262, 9, 9),
    (263, 8, 10),
    (264, 8, 9),
    (265, 7, 9),
    (266, 8, 8),
    (267, 7, 8),
    (268, 8, 8),
    (269, 7, 7),
    (297, 7, 7),
    (298, 6, 6),
    (299, 6, 6),
    (350, 8, 8),
    (351, 9, 9),
    (352, 5, 11),
    (353, 7, 10),
    (354, 7, 9),
    (355, 8, 9),
    (356, 8, 8),
    (357, 8, 8),
    (358, 5, 12),
    (359, 7, 9),
    (370, 8, 8),
    (371, 8, 8),
    (372, 7, 8),
    (373, 8, 8),
    (374, 8, 8),
    (375, 9, 10),
    (376, 6, 9),
    (377, 8, 9),
    (378, 6, 10),
    (380, 9, 9),
    (381, 8, 10),
    (382, 8, 9),
    (383, 8, 9),
    (385, 8, 9),
    (386, 8, 8),
    (387, 8, 9),
    (389, 8, 8),
    (420, 9, 9),
    (421, 9, 9),
    (423, 7, 9),
    (500, 5, 5),
    (501, 7, 7),
    (502, 8, 8),
    (503, 8, 8),
    (504, 8, 8),
    (505, 8, 8),
    (506, 8, 8),
    (507, 7, 8),
    (509, 8, 8),
    (590, 9, 9),
    (591, 8, 8),
    (592, 7, 7),
    (593, 8, 9),
    (594, 9, 9),
    (595, 9, 9),
    (596, 9, 9),
    (597, 6, 7),
    (598, 8, 8),
    (599, 7, 8),
    (670, 7, 8),
    (673, 7, 7),
    (675, 7, 8),
    (679, 7, 7),
    (687, 6, 6),
    (689, 6, 8),
    (800, 8, 8),
    (850, 8, 10),
    (852, 8, 8),
    (853, 8, 8),
    (855, 8, 9),
    (856, 8, 10),
    (880, 8, 10),
    (886, 8, 9),
    (960, 7, 7),
    (961, 7, 8),
    (962, 8, 9),
    (963, 8, 9),
    (964, 8, 10),
    (965, 8, 8),
    (966, 8, 9),
    (967, 7, 9),
    (968, 8, 8),
    (970, 8, 9),
    (971, 8, 9),
    (972, 8, 9),
    (973, 8, 8),
    (974, 8, 8),
    (975, 7, 8),
    (976, 8, 8),
    (977, 8, 10),
    (992, 9, 9),
    (993, 8, 8),
    (994, 9, 9),
    (995, 9, 9),
    (996, 9, 9),
    (998, 9, 9),
];

/// A telephone number.
pub(crate) fn phone(number: &Number<'_, '_>) -> Option<Found> {
    let gap = number.line.gap_before(number.from);
    let (mut start, how) = match plus(number, gap) {
        Some(start) => (start, international(number.digits).then_some(rank::PROVEN)?),
        None => (number.start(), national(number)?),
    };
    // `(030) 901820` is written with its first parenthesis.
    if number.shape.contains(')') && number.line.text[..start].ends_with('(') {
        start -= 1;
    }
    Some(Found {
        span: start..number.end(),
        kind: PersonalKind::Phone,
        recogniser: "phone",
        rank: how,
    })
}

/// Where the `+` before the number stands.
fn plus(number: &Number<'_, '_>, gap: &str) -> Option<usize> {
    let rest = gap
        .strip_suffix("+(")
        .or_else(|| gap.strip_suffix("+ "))
        .or_else(|| gap.strip_suffix('+'))?;
    let attached = rest.is_empty() && number.from > 0;
    (!attached).then(|| number.start() - (gap.len() - rest.len()))
}

/// Whether the digits are a country code and as many as its numbers have. A trunk zero between the
/// two, as in `+49 (0) 30`, is not counted.
fn international(digits: &[u8]) -> bool {
    if !(7..=16).contains(&digits.len()) {
        return false;
    }
    let mut code = 0;
    for len in 1..=3 {
        code = code * 10 + u16::from(digits[len - 1]);
        if let Ok(at) = COUNTRIES.binary_search_by_key(&code, |(code, ..)| *code) {
            let (_, shortest, longest) = COUNTRIES[at];
            let trunk = digits.get(len) == Some(&0);
            let rest = digits.len() - len;
            let fits = |rest| (usize::from(shortest)..=usize::from(longest)).contains(&rest);
            return fits(rest) || (trunk && fits(rest - 1));
        }
    }
    false
}

fn national(number: &Number<'_, '_>) -> Option<u8> {
    let (digits, line) = (number.digits, number.line);
    if looks_like_a_date(number) || !(6..=15).contains(&digits.len()) {
        return None;
    }
    let near = || context::near(line, number.from, List::Phone);
    let around = || context::around(line, number.from, number.to, List::Phone);
    let announced = |how: bool| how.then_some(rank::ANNOUNCED);
    if number.is_bare() {
        let dialled = digits.len() >= 9 && (digits[0] == 0 || digits.len() == 10);
        let abroad = digits.starts_with(&[0, 0]) && international(&digits[2..]);
        return announced(near() || ((dialled || abroad) && around()));
    }
    let abroad =
        digits.starts_with(&[0, 0]) && digits.get(2) != Some(&0) && international(&digits[2..]);
    let goes_on = number.from > 0
        && line.words[number.from - 1].traits.digit()
        && matches!(line.gap_before(number.from), " " | "-" | ".");
    if !goes_on && (abroad || is_american(number) || is_european(number)) {
        return Some(rank::PROVEN);
    }
    announced((digits.len() >= 7 && around()) || near())
}

/// The North American plan: `(212) 555-0100`, `212-555-0100`, `1-800-555-0199`, and `555-0100` from the
/// range that is kept for examples.
fn is_american(number: &Number<'_, '_>) -> bool {
    let digits = number.digits;
    let area = |digit: &u8| (2..=9).contains(digit);
    match number.shape {
        "3) 3-4" | "3) 3 4" | "3)3-4" | "3) 3.4" => area(&digits[0]),
        "3-3-4" | "3.3.4" | "3/3-4" => area(&digits[0]),
        "1-3-3-4" | "1.3.3.4" | "1 3 3 4" | "1 3) 3-4" | "1 (3) 3-4" | "1-3-3 4" | "1 3-3-4" => {
            digits[0] == 1 && area(&digits[1])
        }
        "3-4" => digits[..5] == [5, 5, 5, 0, 1],
        "3 3 4" => digits[3..8] == [5, 5, 5, 0, 1],
        _ => false,
    }
}

/// National numbers with their trunk zero in the groups that Europeans write.
fn is_european(number: &Number<'_, '_>) -> bool {
    let digits = number.digits;
    let trunk = digits[0] == 0 && digits[1] != 0;
    if !trunk || !(9..=12).contains(&digits.len()) {
        return false;
    }
    let plain: String = number
        .shape
        .chars()
        .map(|c| if c.is_ascii_digit() { c } else { ' ' })
        .collect();
    let uniform = number
        .shape
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .all(|c| matches!(c, ' ' | '-' | '.'));
    match plain.as_str() {
        // France and Belgium; Switzerland; the United Kingdom; the Netherlands; Italy.
        "2 2 2 2 2" | "3 3 2 2" | "4 2 2 2" | "3 2 2 2" => uniform,
        "3 4 4" | "5 6" | "5 3 3" | "4 3 4" | "4 3 3" | "3 7" | "2 4 4" | "4 6" | "3 3 4"
        | "3 3 3" | "4 7" | "3 8" => true,
        // Germany and Austria: a prefix of two to five digits, and the rest in one or more groups.
        "4 8" | "3 6" | "5 5" | "5 7" | "4 5" | "3 3 2" | "5 4" | "3 3 3 2" | "4 3 2 2"
        | "5 3 2" | "4 2 3" | "5 2 2" | "3 2 3 2" => true,
        "3  7" | "4  7" | "3  6" | "4  8" | "3  8" | "4  6" | "5  6" => true,
        _ => false,
    }
}

/// `01.02.2026`, `2026-01-02` and what follows it.
fn looks_like_a_date(number: &Number<'_, '_>) -> bool {
    let digits = number.digits;
    let two = |at: usize| digits.get(at..at + 2).map_or(99, |d| d[0] * 10 + d[1]);
    let century = |at: usize| matches!(two(at), 18..=20);
    let shape = number.shape;
    let (day_first, year_first) = (["2.2.4", "2-2-4", "2/2/4"], ["4-2-2", "4.2.2", "4/2/2"]);
    (day_first.iter().any(|form| shape.starts_with(form))
        && century(4)
        && two(0) <= 31
        && two(2) <= 31)
        || (year_first.iter().any(|form| shape.starts_with(form)) && century(0) && two(4) <= 12)
}

/// Whether the whole text is an international number: `+` and 8 to 15 digits with the usual
/// separators.
pub(crate) fn is_international(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let rest = text[1..]
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
    (8..=15).contains(&digits) && rest && text.len() <= 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::find;

    fn values(text: &str) -> Vec<&str> {
        let phones = find(text)
            .into_iter()
            .filter(|one| one.kind == PersonalKind::Phone);
        phones.map(|found| &text[found.span]).collect()
    }

    #[test]
    fn country_codes_are_sorted_and_no_code_begins_another() {
        assert!(COUNTRIES.is_sorted());
        for (code, ..) in COUNTRIES {
            let text = code.to_string();
            let begins = |(other, ..): &&(u16, u8, u8)| {
                other != code && other.to_string().starts_with(&text)
            };
            assert_eq!(COUNTRIES.iter().find(begins), None, "{code}");
        }
    }

    #[test]
    fn numbers() {
        for (text, value) in [
            ("+1 212 555 0100", "+1 212 555 0100"),
            ("+1-555-010-0199", "+1-555-010-0199"),
            ("ring +44 20 7946 0958, please", "+44 20 7946 0958"),
            ("+49 (0) 30 901820", "+49 (0) 30 901820"),
            ("+41446681800", "+41446681800"),
            ("(+41) 44 668 18 00", "(+41) 44 668 18 00"),
            ("0041 44 668 18 00", "0041 44 668 18 00"),
            ("(212) 555-0100", "(212) 555-0100"),
            ("212-555-0100", "212-555-0100"),
            ("212.555.0100", "212.555.0100"),
            ("1-800-555-0199", "1-800-555-0199"),
            ("dial 555-0100", "555-0100"),
            ("030 901820", "030 901820"),
            ("0171/1234567", "0171/1234567"),
            ("(030) 901820", "(030) 901820"),
            ("020 7946 0958", "020 7946 0958"),
            ("07700 900123", "07700 900123"),
            ("01 42 68 53 00", "01 42 68 53 00"),
            ("044 668 18 00", "044 668 18 00"),
            ("phone: 2125550100", "2125550100"),
            ("Tel. 4466818", "4466818"),
            ("mobile number is 612 345 678", "612 345 678"),
            ("Tel.: 91 123 45 67", "91 123 45 67"),
            ("＋４９ ３０ ９０１８２０", "＋４９ ３０ ９０１８２０"),
        ] {
            assert_eq!(values(text), [value], "{text}");
        }
    }

    #[test]
    fn no_numbers() {
        for text in [
            "18,484 rows",
            "60398 12 77",
            "2026-01-25 21:47:26",
            "01.02.2026 12:00",
            "25/01/2026 10",
            "SO43697",
            "BK-R93R-62",
            "20260125_214726_#013410d7",
            "version 1.2.3",
            "0.12345 0.23456",
            "+18484 rows",
            "100 200 300",
            "phone column has 18484 nulls",
            "123456789",
            "+999 12 345 678",
            "a+4930901820",
            "10-20-30",
            "€ 1 200 300",
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }
}
