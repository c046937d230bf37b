//! Words beside a value that say what it is.

use crate::line::Line;

/// Words that may stand between a word and the value that it announces.
const FILLERS: &str = "number numbers no nr num nbr nummer numero n id is was on the my his her their our your of der \
    die das ist lautet mein meine seine ihre unter am le la el il es est e de du del di et at und \
    and a as with value code card to me us under reach him them in mit vom please bitte new old \
    neue alte private work home office privat";

/// Words that a value may stand behind its announcement.
const NEAR: usize = 4;
/// Words before a value in which an announcement counts where the value has a check of its own, and
/// words after it.
const AROUND: (usize, usize) = (7, 3);

/// Whether the word before (but for fillers) is in the list: `SSN: 1`, `passport number is 1`.
pub(crate) fn near(line: &Line<'_>, at: usize, list: &str) -> bool {
    announced(line, at, list).is_some()
}

/// Whether the word before (but for fillers) is in the list and says that a number follows:
/// `account no. 1` or `account: 1`, and not `account 1`.
pub(crate) fn numbered(line: &Line<'_>, at: usize, list: &str) -> bool {
    const NUMBER: &str = "number no nr num nummer numero n id";
    let Some(by) = announced(line, at, list) else {
        return false;
    };
    let word = line.bare(by);
    let has_sign = (by..at).any(|between| line.gap(between).contains([':', '=', '#', '|']));
    let has_word = (by + 1..at).any(|between| is_in(&line.bare(between), NUMBER));
    has_sign
        || has_word
        || NUMBER
            .split(' ')
            .any(|end| end.len() > 1 && word.ends_with(end))
}

fn announced(line: &Line<'_>, at: usize, list: &str) -> Option<usize> {
    for step in 1..=NEAR.min(at) {
        let word = line.bare(at - step);
        if is_in(&word, list) {
            return Some(at - step);
        }
        if !is_in(&word, FILLERS) {
            return None;
        }
    }
    None
}

/// Whether one of the words around the words from `from` to `to` is in the list.
pub(crate) fn around(line: &Line<'_>, from: usize, to: usize, list: &str) -> bool {
    let last = line.words.len();
    let before = from.saturating_sub(AROUND.0)..from;
    let after = (to + 1).min(last)..(to + 1 + AROUND.1).min(last);
    before.chain(after).any(|at| is_in(&line.bare(at), list))
}

/// Whether the word, or a part of it between underscores, is in the list. An entry that ends in `*`
/// stands for every word that begins so.
pub(crate) fn is_in(word: &str, list: &str) -> bool {
    let fits = |part: &str| {
        list.split_ascii_whitespace()
            .any(|entry| match entry.strip_suffix('*') {
                Some(start) => part.starts_with(start),
                None => part == entry,
            })
    };
    fits(word) || (word.contains('_') && word.split('_').any(fits))
}
