//! Words beside a value that say what it is.

use crate::line::{Line, bare};

/// Words that may stand between a word and the value that it announces.
const FILLERS: &[&str] = &[
    "number", "numbers", "no", "nr", "num", "nbr", "nummer", "numero", "num", "n", "id", "is",
    "was", "on", "the", "my", "his", "her", "their", "our", "your", "of", "der", "die", "das",
    "ist", "lautet", "mein", "meine", "seine", "ihre", "unter", "am", "le", "la", "el", "il", "es",
    "est", "e", "de", "du", "del", "di", "et", "at", "und", "and", "a", "as", "with", "value",
    "code", "card", "to", "me", "us", "under", "reach", "him", "them", "in", "mit", "vom", "at",
    "please", "bitte", "new", "old", "neue", "alte", "private", "work", "home", "office", "privat",
];

/// Words that a value may stand behind its announcement.
const NEAR: usize = 4;
/// Words on either side in which an announcement counts for a value that has a check of its own.
const LOOSE: usize = 7;

/// Whether the word before (but for fillers) is in the list: `SSN: 1`, `passport number is 1`.
pub(crate) fn near(line: &Line<'_>, at: usize, list: &[&str]) -> bool {
    for step in 1..=NEAR.min(at) {
        let word = bare(line.word(at - step));
        if is_in(&word, list) {
            return true;
        }
        if !FILLERS.contains(&word.as_str()) {
            return false;
        }
    }
    false
}

/// Whether one of the words around the words from `from` to `to` is in the list.
pub(crate) fn around(line: &Line<'_>, from: usize, to: usize, list: &[&str]) -> bool {
    let before = from.saturating_sub(LOOSE)..from;
    let after = (to + 1).min(line.words.len())..(to + 4).min(line.words.len());
    before
        .chain(after)
        .any(|at| is_in(&bare(line.word(at)), list))
}

/// Whether the word, or a part of it between underscores, is in the list. An entry that ends in `*`
/// stands for every word that begins so.
pub(crate) fn is_in(word: &str, list: &[&str]) -> bool {
    let fits = |part: &str| {
        list.iter().any(|entry| match entry.strip_suffix('*') {
            Some(start) => part.starts_with(start),
            None => part == *entry,
        })
    };
    fits(word) || (word.contains('_') && word.split('_').any(fits))
}
