//! Where somebody is and what they are called online: coordinates and user names, both only beside a
//! word for them.

use silversmith_types::evidence::PersonalKind;

use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Fewest decimals of a coordinate that finds a house: four are eleven metres.
const DECIMALS: usize = 4;
/// Words between the announcement and the coordinate.
const BEFORE: usize = 6;

/// Finds coordinates in the line.
pub(crate) fn find_coordinates(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut known = false;
    for at in 0..line.words.len() {
        let Some(end) = coordinate(line, at) else {
            continue;
        };
        let before = at.saturating_sub(BEFORE)..at;
        // The second of a pair goes with the first.
        known = (known && at >= 2 && coordinate(line, at - 2).is_some())
            || before.into_iter().any(|at| line.lists(at).has(List::Place))
            || line.text[end..].starts_with('°');
        if known {
            let minus = usize::from(line.text[..line.words[at].start].ends_with('-'));
            found.push(Found {
                span: line.words[at].start - minus..end,
                kind: PersonalKind::Address,
                recogniser: "coordinate",
                rank: rank::ANNOUNCED,
            });
        }
    }
}

/// The end of a decimal number of a coordinate's size and precision.
fn coordinate(line: &Line<'_>, at: usize) -> Option<usize> {
    let (whole, part) = (line.words[at], line.words.get(at + 1)?);
    let digits = whole.traits.all_digits() && part.traits.all_digits() && line.gap(at) == ".";
    let size: u32 = line.word(at).parse().ok().filter(|_| digits)?;
    let precise = part.end - part.start >= DECIMALS;
    let alone = !matches!(line.gap(at + 1), "." | "%") && (at == 0 || line.gap_before(at) != ".");
    (precise && size <= 180 && alone).then_some(part.end)
}

/// Finds user names in the line: `username: jdoe42`, `twitter: @jane_doe`.
pub(crate) fn find_user_names(line: &Line<'_>, found: &mut Vec<Found>) {
    for at in 1..line.words.len() {
        if !line.lists(at - 1).has(List::Login) {
            continue;
        }
        let gap = line.gap_before(at);
        let with_sign = gap.ends_with('@');
        let given = gap.contains([':', '=']) || with_sign;
        let is_mark =
            |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '@' | '"' | '\'' | '`' | '*');
        if !given || !gap.chars().all(is_mark) {
            continue;
        }
        let start = line.words[at].start;
        let value = &line.text[start..];
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let len = value.bytes().take(40).take_while(is_part).count();
        let value = value[..len].trim_end_matches(['.', '-']);
        let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
        let chosen =
            has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit) && !has(u8::is_ascii_uppercase);
        if value.len() >= 3 && (with_sign || chosen) {
            found.push(Found {
                span: start..start + value.len(),
                kind: PersonalKind::Name,
                recogniser: "user_name",
                rank: rank::ANNOUNCED,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_none, check_one};

    #[test]
    fn coordinates_and_user_names() {
        let c = "coordinate";
        check(&[
            (
                "lat 47.37690, lon 8.54170",
                &[(c, "47.37690"), (c, "8.54170")],
            ),
            ("GPS: 47.3769, -8.5417", &[(c, "47.3769"), (c, "-8.5417")]),
            ("location 47.3769/8.5417", &[(c, "47.3769"), (c, "8.5417")]),
        ]);
        check_one(&[
            ("username: jdoe42", "user_name", "jdoe42"),
            ("twitter: @jane_doe", "user_name", "jane_doe"),
            ("login=j.doe7", "user_name", "j.doe7"),
        ]);
    }

    #[test]
    fn numbers_and_columns() {
        check_none(&[
            "0.12345 0.23456",
            "correlation 0.9987",
            "lat 47.4",
            "username: cst_id",
            "user: varchar",
            "login count: 18484",
            "location has 332 nulls",
        ]);
    }
}
