//! Lists of names, one name a line, sorted, searched where they lie in the program.
//!
//! Given names and surnames of the United States are those of the census of 1990, which is in the
//! public domain; those of other countries were written down for this crate. Names that are words
//! too have lists of their own, as they need more beside them.

/// Sorted lines.
pub(crate) struct Words(&'static str);

/// Names that a capital and another capital beside it make a person.
pub(crate) static GIVEN: Words = Words(include_str!("../data/given_names.txt"));
/// Given names that are also words, places or products.
pub(crate) static GIVEN_WORDS: Words = Words(include_str!("../data/given_words.txt"));
/// Surnames that are no words.
pub(crate) static SURNAMES: Words = Words(include_str!("../data/surnames.txt"));
/// Surnames that are words too.
pub(crate) static SURNAME_WORDS: Words = Words(include_str!("../data/surname_words.txt"));
/// Words that are written with a capital and are no surnames.
pub(crate) static NO_NAMES: Words = Words(include_str!("../data/no_names.txt"));

impl Words {
    /// Whether the word is in the list.
    pub(crate) fn has(&self, word: &str) -> bool {
        let bytes = self.0.as_bytes();
        let (mut from, mut to) = (0, bytes.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let start =
                memchr::memrchr(b'\n', &bytes[from..middle]).map_or(from, |at| from + at + 1);
            let end = memchr::memchr(b'\n', &bytes[middle..to]).map_or(to, |at| middle + at);
            match bytes[start..end].cmp(word.as_bytes()) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => from = end + 1,
                std::cmp::Ordering::Greater => to = start,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_between_them() {
        for list in [&GIVEN, &GIVEN_WORDS, &SURNAMES, &SURNAME_WORDS, &NO_NAMES] {
            let lines: Vec<&str> = list.0.lines().collect();
            assert!(lines.is_sorted() && lines.len() > 20);
            for line in lines {
                assert!(
                    list.has(line)
                        && !list.has(&format!("{line}~"))
                        && line.bytes().all(|b| b.is_ascii_lowercase()),
                    "{line}"
                );
            }
            assert!(!list.has("") && !list.has("\n") && !list.has("zzzzzz"));
        }
    }

    #[test]
    fn no_name_is_in_two_lists() {
        let both =
            |a: &Words, b: &Words| a.0.lines().filter(|line| b.has(line)).collect::<Vec<_>>();
        assert_eq!(both(&GIVEN, &GIVEN_WORDS), [""; 0]);
        assert_eq!(both(&SURNAMES, &SURNAME_WORDS), [""; 0]);
    }
}
