//! Names and the words that look like them, one a line, sorted, searched where they lie in the
//! program: nothing is built at start.
//!
//! Given names and surnames of the United States are those of the census of 1990, which is in the
//! public domain; those of other countries were written down for this crate.

use std::cmp::Ordering;

/// A word and its letters: `g` a given name, `w` one that is a word, a place or a product too; `s` a
/// surname, `t` one that is a word too; `n` written with a capital and no surname.
const NAMES: &str = include_str!("../data/names.txt");

/// What a word is among names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NameTraits(u8);

impl NameTraits {
    const GIVEN: u8 = 1;
    const GIVEN_WORD: u8 = 2;
    const SURNAME: u8 = 4;
    const SURNAME_WORD: u8 = 8;
    const NO_NAME: u8 = 16;

    /// Of a word in lower case without accents.
    pub(crate) fn of(word: &str) -> Self {
        let letters = look_up(word).unwrap_or_default();
        Self(letters.bytes().fold(0, |traits, letter| {
            traits
                | match letter {
                    b'g' => Self::GIVEN,
                    b'w' => Self::GIVEN_WORD,
                    b's' => Self::SURNAME,
                    b't' => Self::SURNAME_WORD,
                    _ => Self::NO_NAME,
                }
        }))
    }

    /// A given name and nothing else.
    pub(crate) fn given(self) -> bool {
        self.0 & Self::GIVEN != 0
    }

    /// A given name that is a word, a place or a product too.
    pub(crate) fn given_word(self) -> bool {
        self.0 & Self::GIVEN_WORD != 0
    }

    /// A surname and nothing else.
    pub(crate) fn surname(self) -> bool {
        self.0 & Self::SURNAME != 0
    }

    /// A surname that is a word too.
    pub(crate) fn surname_word(self) -> bool {
        self.0 & Self::SURNAME_WORD != 0
    }

    /// Written with a capital, and no surname.
    pub(crate) fn no_name(self) -> bool {
        self.0 & Self::NO_NAME != 0
    }
}

fn look_up(word: &str) -> Option<&'static str> {
    let bytes = NAMES.as_bytes();
    let (mut from, mut to) = (0, bytes.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let before = bytes[from..middle].iter().rposition(|byte| *byte == b'\n');
        let start = before.map_or(from, |at| from + at + 1);
        let after = bytes[middle..to].iter().position(|byte| *byte == b'\n');
        let end = after.map_or(to, |at| middle + at);
        let (name, letters) = NAMES[start..end].split_once(' ').unwrap_or_default();
        match name.cmp(word) {
            Ordering::Equal => return Some(letters),
            Ordering::Less => from = end + 1,
            Ordering::Greater => to = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_between_them() {
        let lines: Vec<(&str, &str)> = NAMES
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect();
        assert!(lines.is_sorted() && lines.len() > 9_000 && lines.len() == NAMES.lines().count());
        for (name, letters) in lines {
            assert_eq!(look_up(name), Some(letters));
            assert_eq!(look_up(&format!("{name}~")), None);
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
            assert!(
                !letters.contains("gw")
                    && !letters.contains("st")
                    && letters.bytes().all(|b| b"gwstn".contains(&b))
            );
        }
        assert_eq!(
            (look_up(""), look_up("\n"), look_up("zzzzzz")),
            (None, None, None)
        );
    }
}
