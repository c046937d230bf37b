//! Texts that stand for a missing value, or for yes and no.

use std::collections::BTreeMap;

use silversmith_types::evidence::ValueCount;

use crate::limits::MAX_TOKENS;

/// What pandas reads as missing unless told otherwise (`STR_NA_VALUES` of its parsers), beside the
/// empty cell. The null counts of the run context mean these.
const PANDAS: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// What people write for a missing value, in lower case.
const MISSING: [&str; 40] = [
    "#n/a",
    "#na",
    "#null!",
    "#value!",
    "(null)",
    "(none)",
    "-",
    "--",
    "---",
    ".",
    "<na>",
    "<null>",
    "?",
    "??",
    "desconocido",
    "inconnu",
    "k.a.",
    "keine angabe",
    "leer",
    "missing",
    "n.a.",
    "n/a",
    "na",
    "nan",
    "nil",
    "no data",
    "none",
    "not applicable",
    "not available",
    "null",
    "ohne angabe",
    "sconosciuto",
    "tbd",
    "unbekannt",
    "undefined",
    "unknown",
    "unspecified",
    "void",
    "\\n",
    "\\N",
];

/// Longest text of [`MISSING`].
const LONGEST: usize = 14;

/// Whether pandas reads the cell as missing.
pub(crate) fn is_pandas_missing(text: &str) -> bool {
    let starts = matches!(
        text.as_bytes().first(),
        Some(b'#' | b'-' | b'1' | b'<' | b'N' | b'n')
    );
    starts && text.len() <= 8 && PANDAS.contains(&text)
}

/// Whether the trimmed text stands for a missing value in practice.
pub(crate) fn is_missing(trimmed: &str) -> bool {
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..trimmed.len()) else {
        return false;
    };
    lower.copy_from_slice(trimmed.as_bytes());
    lower.make_ascii_lowercase();
    MISSING.iter().any(|token| token.as_bytes() == lower)
}

/// Whether the trimmed text is one of true, false, yes and no.
pub(crate) fn is_boolean(trimmed: &str) -> bool {
    trimmed.len() <= 5
        && ["true", "false", "yes", "no"]
            .iter()
            .any(|word| trimmed.eq_ignore_ascii_case(word))
}

/// Spellings of tokens with counts, as long as there are few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    counts: BTreeMap<String, u64>,
    too_many: bool,
}

impl Tokens {
    /// Counts `weight` cells with this text.
    pub(crate) fn add(&mut self, text: &str, weight: u64) {
        if self.too_many {
            return;
        }
        *self.counts.entry(text.to_owned()).or_default() += weight;
        if self.counts.len() > MAX_TOKENS {
            self.too_many = true;
            self.counts.clear();
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &Tokens) {
        self.too_many |= other.too_many;
        if self.too_many {
            self.counts.clear();
        }
        for (text, count) in &other.counts {
            self.add(text, *count);
        }
    }

    /// Those seen at least `min_count` times, most frequent first.
    pub(crate) fn evidence(&self, min_count: u64) -> Vec<ValueCount> {
        let frequent = self.counts.iter().filter(|(_, count)| **count >= min_count);
        let mut tokens: Vec<ValueCount> = frequent
            .map(|(value, count)| ValueCount {
                value: value.clone(),
                count: *count,
            })
            .collect();
        tokens.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pandas_is_exact_and_people_are_not() {
        assert!(is_pandas_missing("NA") && is_pandas_missing("-1.#QNAN"));
        assert!(!is_pandas_missing("na") && !is_pandas_missing(" NA") && !is_pandas_missing("-"));
        assert!(is_missing("N/a") && is_missing("UNKNOWN") && is_missing("keine Angabe"));
        assert!(!is_missing("") && !is_missing("nano") && !is_missing("not applicable!"));
        assert!(is_boolean("Yes") && is_boolean("FALSE") && !is_boolean("y"));
    }

    #[test]
    fn the_longest_token_fits() {
        assert_eq!(MISSING.iter().map(|token| token.len()).max(), Some(LONGEST));
        assert!(PANDAS.iter().all(|token| token.len() <= 8));
    }

    #[test]
    fn rare_spellings_are_not_named() {
        let mut tokens = Tokens::default();
        tokens.add("NA", 10);
        tokens.add("n/a", 9);
        assert_eq!(
            tokens.evidence(10),
            [ValueCount {
                value: "NA".into(),
                count: 10
            }]
        );
    }
}
