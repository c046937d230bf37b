//! Code sets of two classes: female and male, yes and no.

use std::collections::BTreeMap;

use silversmith_types::evidence::ValueCount;

use super::{Fold, cells};
use crate::rules::names;
use crate::rules::table::Column;

/// Two classes with the pairs of words that stand for them, in lower case. A column that has words
/// of several pairs is brought to the pair that most of its cells have.
struct Pair {
    what: &'static str,
    words: &'static [(&'static str, &'static str)],
    /// Words that mean nothing else, so that one of them is enough; one of two letters must have
    /// one in lower case, since `NO` is Norway, too.
    clear: &'static [&'static str],
}

const GENDER: Pair = Pair {
    what: "gender",
    words: &[
        ("female", "male"),
        ("f", "m"),
        ("w", "m"),
        ("weiblich", "männlich"),
        ("weiblich", "maennlich"),
        ("woman", "man"),
        ("women", "men"),
        ("frau", "mann"),
        ("femme", "homme"),
        ("féminin", "masculin"),
        ("feminin", "masculin"),
        ("mujer", "hombre"),
        ("femenino", "masculino"),
        ("femmina", "maschio"),
        ("girl", "boy"),
    ],
    clear: &["female", "male", "weiblich", "männlich"],
};

const YES_NO: Pair = Pair {
    what: "yes and no",
    words: &[
        ("yes", "no"),
        ("y", "n"),
        ("true", "false"),
        ("t", "f"),
        ("ja", "nein"),
        ("j", "n"),
        ("oui", "non"),
        ("si", "no"),
        ("sí", "no"),
        ("sì", "no"),
        ("wahr", "falsch"),
        ("vrai", "faux"),
        ("1", "0"),
    ],
    clear: &["yes", "no", "true", "false", "ja", "nein", "oui"],
};

/// Folds a gender, or a yes and no that has rare values beside (`parse_boolean` takes those that
/// have none). Every named code must be of the pair, and both classes must occur or a word that means
/// nothing else; a column whose name says gender may lack one class and hold other codes (`diverse`)
/// in a fifth of its cells.
pub(super) fn fold(column: &Column<'_>, codes: &[ValueCount]) -> Option<Fold> {
    [&GENDER, &YES_NO].into_iter().find_map(|pair| {
        let named = pair.what == GENDER.what && column.has_word(names::GENDER);
        let class = |code: &ValueCount| pair.class(&code.value.to_lowercase());
        let total = cells(codes, |_| true);
        let known = cells(codes, |code| class(code).is_some());
        let both = [0, 1]
            .iter()
            .all(|which| codes.iter().any(|code| class(code) == Some(*which)));
        let digits_alone = codes
            .iter()
            .all(|code| matches!(code.value.as_str(), "0" | "1"));
        let is_clear = |code: &ValueCount| {
            let a_word = code.value.len() > 2 || code.value.chars().any(char::is_lowercase);
            a_word && pair.clear.contains(&code.value.to_lowercase().as_str())
        };
        let fits = ((both || codes.iter().any(is_clear)) && known == total)
            || (named && known.saturating_mul(5) >= total.saturating_mul(4));
        (fits && known > 0 && !digits_alone).then(|| pair.map(codes, named))
    })
}

impl Pair {
    /// 0 or 1, where the word is of the pair.
    fn class(&self, lower: &str) -> Option<usize> {
        self.words
            .iter()
            .find_map(|(first, second)| [first, second].iter().position(|word| **word == lower))
    }

    fn map(&self, codes: &[ValueCount], named: bool) -> Fold {
        let count = |word: &str| cells(codes, |code| code.value.to_lowercase() == word);
        let of_pair = |pair: &&(&str, &str)| count(pair.0).saturating_add(count(pair.1));
        // The first of equals: `max_by_key` would take the last.
        let best = self
            .words
            .iter()
            .rev()
            .max_by_key(of_pair)
            .unwrap_or(&self.words[0]);
        let labels = labels(*best, codes);
        let mut map = BTreeMap::new();
        for (first, second) in self.words {
            for (word, label) in [(first, &labels.0), (second, &labels.1)] {
                // A rare `w` is a woman only where the name says that the column is about gender,
                // and a rare `t` beside `y` and `n` may be anything.
                let usual = self.words[..2].contains(&(first, second));
                let clear = !self.is_gender() && word.len() > 1;
                if named || count(word) > 0 || usual || clear {
                    map.insert((*word).to_owned(), label.clone());
                }
            }
        }
        Fold {
            map,
            what: self.what,
        }
    }

    fn is_gender(&self) -> bool {
        self.what == GENDER.what
    }
}

/// The labels of a pair: as most cells write them, and in the same letter case where one of them is
/// not named.
fn labels(pair: (&str, &str), codes: &[ValueCount]) -> (String, String) {
    let written = |word: &str| codes.iter().find(|code| code.value.to_lowercase() == word);
    match (written(pair.0), written(pair.1)) {
        (Some(first), Some(second)) => (first.value.clone(), second.value.clone()),
        (Some(first), None) => (first.value.clone(), in_case_of(&first.value, pair.1)),
        (None, Some(second)) => (in_case_of(&second.value, pair.0), second.value.clone()),
        (None, None) => (pair.0.to_owned(), pair.1.to_owned()),
    }
}

fn in_case_of(example: &str, word: &str) -> String {
    let upper = |c: char| c.is_uppercase();
    match (example.chars().all(upper), example.starts_with(upper)) {
        (true, _) => word.to_uppercase(),
        (false, true) => {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(chars).collect()
            })
        }
        (false, false) => word.to_owned(),
    }
}
