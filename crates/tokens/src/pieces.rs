//! Cutting text into the pieces within which tokens lie.
//!
//! The pattern of `o200k_base`, alternative by alternative (the first that matches counts):
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! \p{N}{1,3}
//!  ?[^\s\p{L}\p{N}]+[\r\n/]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// The pieces of a text, which together are the text.
pub(crate) fn of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at_checked(length_of_first(rest))?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Bytes of the first piece; at least one character where there is one.
fn length_of_first(text: &str) -> usize {
    word(text)
        .or_else(|| digits(text))
        .or_else(|| punctuation(text))
        .or_else(|| white_space(text))
        .unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))
}

/// Upper-case, title-case, modifier and other letters, and marks.
const UPPER: u8 = 1;
/// Lower-case, modifier and other letters, and marks.
const LOWER: u8 = 2;
const LETTER: u8 = 4;
const NUMBER: u8 = 8;

fn class(c: char) -> u8 {
    match c {
        'a'..='z' => LOWER | LETTER,
        'A'..='Z' => UPPER | LETTER,
        '0'..='9' => NUMBER,
        '\0'..='\x7f' => 0,
        _ => match c.general_category() {
            GeneralCategory::UppercaseLetter | GeneralCategory::TitlecaseLetter => UPPER | LETTER,
            GeneralCategory::LowercaseLetter => LOWER | LETTER,
            GeneralCategory::ModifierLetter | GeneralCategory::OtherLetter => {
                UPPER | LOWER | LETTER
            }
            other if GeneralCategoryGroup::Mark == c.general_category_group() => {
                debug_assert!(other != GeneralCategory::Unassigned);
                UPPER | LOWER
            }
            _ if c.general_category_group() == GeneralCategoryGroup::Number => NUMBER,
            _ => 0,
        },
    }
}

/// Bytes of the characters at the start of which `holds` is true.
fn span(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

fn is(c: char, classes: u8) -> bool {
    class(c) & classes != 0
}

fn word(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let leads = !matches!(first, '\r' | '\n') && !is(first, LETTER | NUMBER);
    // The optional character before is tried first, as a pattern's `?` does. A mark may be either.
    let with_lead = leads.then(|| first.len_utf8());
    let starts = || with_lead.into_iter().chain([0]);
    let found = starts()
        .find_map(|at| Some(at + upper_then_lower(&text[at..])?))
        .or_else(|| starts().find_map(|at| Some(at + some_upper(&text[at..])?)))?;
    Some(found + contraction(&text[found..]))
}

/// `UPPER* LOWER+`, giving back what the first part took of the second.
fn upper_then_lower(text: &str) -> Option<usize> {
    let upper = span(text, |c| is(c, UPPER));
    let lower = span(&text[upper..], |c| is(c, LOWER));
    if lower > 0 {
        return Some(upper + lower);
    }
    // The last character of the first part that may be the second: the match ends behind it.
    let mut taken = text[..upper].char_indices().rev();
    taken
        .find(|(_, c)| is(*c, LOWER))
        .map(|(at, c)| at + c.len_utf8())
}

/// `UPPER+ LOWER*`.
fn some_upper(text: &str) -> Option<usize> {
    let upper = span(text, |c| is(c, UPPER));
    (upper > 0).then(|| upper + span(&text[upper..], |c| is(c, LOWER)))
}

fn contraction(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\'') else {
        return 0;
    };
    let endings = ["s", "t", "re", "ve", "m", "ll", "d"];
    let found = endings.iter().find(|ending| {
        let head = rest.get(..ending.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(ending))
    });
    match found {
        Some(ending) => 1 + ending.len(),
        // The long s folds to s.
        None if rest.starts_with('ſ') => 1 + 'ſ'.len_utf8(),
        None => 0,
    }
}

fn digits(text: &str) -> Option<usize> {
    let numbers = text.chars().take(3).take_while(|c| is(*c, NUMBER));
    Some(numbers.map(char::len_utf8).sum()).filter(|length| *length > 0)
}

fn punctuation(text: &str) -> Option<usize> {
    let space = usize::from(text.starts_with(' '));
    let marks = span(&text[space..], |c| {
        !c.is_whitespace() && !is(c, LETTER | NUMBER)
    });
    let end = space + marks;
    (marks > 0).then(|| end + span(&text[end..], |c| matches!(c, '\r' | '\n' | '/')))
}

fn white_space(text: &str) -> Option<usize> {
    let all = span(text, char::is_whitespace);
    let space = &text[..all];
    if let Some(last) = space.rfind(['\r', '\n']) {
        return Some(last + 1);
    }
    let one = space.chars().next_back()?.len_utf8();
    // Before a word the last character is left to it.
    Some(if all < text.len() && all > one {
        all - one
    } else {
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        of(text).collect()
    }

    #[test]
    fn words_take_one_character_before_them() {
        assert_eq!(
            cut("the cat's \"name\""),
            ["the", " cat's", " \"", "name", "\""]
        );
        assert_eq!(
            cut("camelCase HTTPServer"),
            ["camel", "Case", " HTTPServer"]
        );
    }

    #[test]
    fn numbers_are_cut_by_three() {
        assert_eq!(cut("v12345,6"), ["v", "123", "45", ",", "6"]);
    }

    #[test]
    fn line_ends_stay_with_what_is_before_them() {
        assert_eq!(cut("a:\n\n  b  "), ["a", ":\n\n", " ", " b", "  "]);
        assert_eq!(cut(" \n \n x"), [" \n \n", " x"]);
    }
}
