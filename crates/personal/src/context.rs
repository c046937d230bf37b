//! Words beside a value that say what it is.

use crate::lexicon::List;
use crate::line::Line;

/// Words that a value may stand behind its announcement.
const NEAR: usize = 4;
/// Words before a value in which an announcement counts where the value has a check of its own, and
/// words after it.
const AROUND: (usize, usize) = (7, 3);

/// Whether the word before (but for fillers) is in the list: `SSN: 1`, `passport number is 1`.
pub(crate) fn near(line: &Line<'_>, at: usize, list: List) -> bool {
    announced(line, at, list).is_some()
}

/// Whether the word before (but for fillers) is in the list and says that a number follows:
/// `account no. 1` or `account: 1`, and not `account 1`.
pub(crate) fn numbered(line: &Line<'_>, at: usize, list: List) -> bool {
    let Some(by) = announced(line, at, list) else {
        return false;
    };
    let has_sign = (by..at).any(|between| line.gap(between).contains([':', '=', '#', '|']));
    let has_word = (by + 1..at).any(|between| line.lists(between).has(List::Number));
    let ends_so = ["nummer", "nr", "number", "_no"]
        .iter()
        .any(|end| line.bare(by).ends_with(end));
    has_sign || has_word || ends_so
}

fn announced(line: &Line<'_>, at: usize, list: List) -> Option<usize> {
    for step in 1..=NEAR.min(at) {
        let lists = line.lists(at - step);
        if lists.has(list) {
            return Some(at - step);
        }
        if !lists.has(List::Filler) {
            return None;
        }
    }
    None
}

/// Whether one of the words around the words from `from` to `to` is in the list.
pub(crate) fn around(line: &Line<'_>, from: usize, to: usize, list: List) -> bool {
    let last = line.words.len();
    let before = from.saturating_sub(AROUND.0)..from;
    let after = (to + 1).min(last)..(to + 1 + AROUND.1).min(last);
    before.chain(after).any(|at| line.lists(at).has(list))
}

/// Whether the word is in a list of words between spaces. An entry that ends in `*` stands for every
/// word that begins so.
pub(crate) fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace()
        .any(|entry| match entry.strip_suffix('*') {
            Some(start) => word.starts_with(start),
            None => word == entry,
        })
}
