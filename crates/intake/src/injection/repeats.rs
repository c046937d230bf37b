//! The same thing over and over, which pushes everything else out of a model's sight.

use std::ops::Range;

/// How often a word may follow itself.
const WORDS: usize = 40;

/// How often a letter or digit may follow itself.
const CHARACTERS: usize = 200;

/// Calls `see` with every run of one word or one letter. Rulers of signs and columns of numbers are
/// ordinary.
pub(crate) fn find(text: &str, mut see: impl FnMut(Range<usize>)) {
    let mut last: &str = "";
    let (mut start, mut end, mut count) = (0, 0, 0);
    let pieces = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    for word in pieces {
        // Pieces are parts of the text, so the difference of addresses is the place.
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        if let Some(run) = one_letter(word) {
            see(at + run.start..at + run.end);
        }
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        if word == last && !is_number {
            count += 1;
        } else {
            if count >= WORDS {
                see(start..end);
            }
            (last, start, count) = (word, at, 1);
        }
        end = at + word.len();
    }
    if count >= WORDS {
        see(start..end);
    }
}

/// The first long run of one character in a word.
fn one_letter(word: &str) -> Option<Range<usize>> {
    if word.len() < CHARACTERS {
        return None;
    }
    let (mut start, mut count, mut last) = (0, 0, None);
    for (at, c) in word.char_indices() {
        if last == Some(c) {
            count += 1;
        } else {
            (start, count, last) = (at, 1, Some(c));
        }
        if count == CHARACTERS {
            return Some(start..at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_is_seen_and_rulers_are_not() {
        let count = |text: &str| {
            let mut count = 0;
            find(text, |_| count += 1);
            count
        };
        assert_eq!(count(&"poem ".repeat(60)), 1);
        assert_eq!(count(&"A".repeat(300)), 1);
        assert_eq!(count(&"-".repeat(300)), 0);
        assert_eq!(count(&"0 | ".repeat(300)), 0);
        assert_eq!(count(&"NULL ".repeat(20)), 0);
    }
}
