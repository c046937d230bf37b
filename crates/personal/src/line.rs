//! One line and its words. Recognisers look at one line at a time, so none of them can be made to
//! look further than that.

use std::cell::{Cell, OnceCell};

use crate::fold;
use crate::lexicon::{self, Lists};
use crate::words::NameTraits;

/// A line in the recognisers' spelling.
pub(crate) struct Line<'a> {
    /// Its text, without the break.
    pub(crate) text: &'a str,
    /// Runs of letters and digits.
    pub(crate) words: Vec<Word>,
    /// What occurs anywhere in it.
    pub(crate) traits: Traits,
    /// For each word the lists that it is in, once somebody asks.
    lists: OnceCell<Vec<Lists>>,
    /// For each word what it is among names, once somebody asks for that word.
    names: OnceCell<Vec<Cell<Option<NameTraits>>>>,
}

/// A run of letters and digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// Where it starts in the line, in bytes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// What it is made of.
    pub(crate) traits: Traits,
}

/// What kinds of characters there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits(u8);

impl Traits {
    const DIGIT: u8 = 1;
    const UPPER: u8 = 2;
    const LOWER: u8 = 4;
    const OTHER: u8 = 8;
    const CAPITAL: u8 = 16;

    /// Whether there is a digit.
    pub(crate) fn digit(self) -> bool {
        self.0 & Self::DIGIT != 0
    }

    /// Digits alone.
    pub(crate) fn all_digits(self) -> bool {
        self.0 & !Self::CAPITAL == Self::DIGIT
    }

    /// Letters alone.
    pub(crate) fn all_letters(self) -> bool {
        self.0 & (Self::DIGIT | Self::OTHER) == 0 && self.0 != 0
    }

    /// Upper-case letters and no lower-case ones.
    pub(crate) fn no_lower(self) -> bool {
        self.0 & Self::UPPER != 0 && self.0 & Self::LOWER == 0
    }

    /// Lower-case letters and no upper-case ones.
    pub(crate) fn no_upper(self) -> bool {
        self.0 & Self::LOWER != 0 && self.0 & Self::UPPER == 0
    }

    /// Whether the first character is an upper-case letter.
    pub(crate) fn capital(self) -> bool {
        self.0 & Self::CAPITAL != 0
    }

    fn add(&mut self, c: char) {
        self.0 |= match c {
            '0'..='9' => Self::DIGIT,
            'A'..='Z' => Self::UPPER,
            'a'..='z' => Self::LOWER,

            _ if c.is_uppercase() => Self::UPPER,
            _ if c.is_alphabetic() || is_combining(c) => Self::LOWER,
            _ => Self::OTHER,
        };
    }
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether the character is part of a word.
pub(crate) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        c.is_alphanumeric() || is_combining(c)
    }
}

impl<'a> Line<'a> {
    /// With its words.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut words = Vec::new();
        let mut all = Traits::default();
        let mut open: Option<Word> = None;
        for (at, c) in text.char_indices() {
            if is_word(c) {
                let word = open.get_or_insert_with(|| Word {
                    start: at,
                    end: at,
                    traits: Traits(if c.is_uppercase() { Traits::CAPITAL } else { 0 }),
                });
                word.traits.add(c);
                word.end = at + c.len_utf8();
            } else if let Some(word) = open.take() {
                all.0 |= word.traits.0;
                words.push(word);
            }
        }
        if let Some(word) = open {
            all.0 |= word.traits.0;
            words.push(word);
        }
        Self {
            text,
            words,
            traits: all,
            lists: OnceCell::new(),
            names: OnceCell::new(),
        }
    }

    /// The text of a word; of none, where there is no such word.
    pub(crate) fn word(&self, at: usize) -> &'a str {
        match self.words.get(at) {
            Some(word) => &self.text[word.start..word.end],
            None => "",
        }
    }

    /// The word in lower case without accents.
    pub(crate) fn bare(&self, at: usize) -> String {
        bare(self.word(at))
    }

    /// The lists of words that the word is in.
    pub(crate) fn lists(&self, at: usize) -> Lists {
        let all = || {
            (0..self.words.len())
                .map(|at| lexicon::lists_of(self.word(at)))
                .collect()
        };
        self.lists
            .get_or_init(all)
            .get(at)
            .copied()
            .unwrap_or_default()
    }

    /// What the word is among names.
    pub(crate) fn name(&self, at: usize) -> NameTraits {
        let none = || vec![Cell::new(None); self.words.len()];
        let Some(known) = self.names.get_or_init(none).get(at) else {
            return NameTraits::default();
        };
        let name = known
            .get()
            .unwrap_or_else(|| NameTraits::of(&self.bare(at)));
        known.set(Some(name));
        name
    }

    /// What stands between a word and the next; after the last one, the rest of the line.
    pub(crate) fn gap(&self, at: usize) -> &'a str {
        let Some(word) = self.words.get(at) else {
            return "";
        };
        let end = self
            .words
            .get(at + 1)
            .map_or(self.text.len(), |next| next.start);
        &self.text[word.end..end]
    }

    /// What stands before a word and after the one before it.
    pub(crate) fn gap_before(&self, at: usize) -> &'a str {
        let start = at.checked_sub(1).map_or(0, |before| self.words[before].end);
        &self.text[start..self.words[at].start]
    }
}

/// The text in lower case without accents. Cut at 40 characters, as no word list has longer ones.
pub(crate) fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(48));
    for c in text.chars().take(40) {
        fold::bare(c, &mut out);
    }
    out
}
