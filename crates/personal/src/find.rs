//! All recognisers over a text, and what remains where they overlap.

use std::ops::Range;

use silversmith_types::evidence::PersonalKind;

use crate::fold::Folded;
use crate::line::Line;
use crate::{address, bank, birth, code, digits, email, name, network, secret, trace};

/// A value in a text that belongs to a person, or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Where it stands, in bytes, on the boundaries of characters.
    pub span: Range<usize>,
    /// What it is.
    pub kind: PersonalKind,
    /// The name of what recognised it, such as `iban` or `us_ssn`.
    pub recogniser: &'static str,
}

/// What a recogniser found in a line.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Bytes of the line.
    pub(crate) span: Range<usize>,
    pub(crate) kind: PersonalKind,
    pub(crate) recogniser: &'static str,
    /// Of two that overlap, the higher one says what it is.
    pub(crate) rank: u8,
}

/// How sure a recogniser is.
pub(crate) mod rank {
    /// A name or a word of an address.
    pub(crate) const GUESS: u8 = 1;
    /// A word announced it.
    pub(crate) const ANNOUNCED: u8 = 2;
    /// The format or the checksum proves it.
    pub(crate) const PROVEN: u8 = 3;
    /// Nothing else looks like it.
    pub(crate) const CERTAIN: u8 = 4;
}

/// Every value in the text that belongs to a person and every secret, in order, without overlaps.
/// Tokens of a [`crate::Masker`] are not found again.
pub fn find(text: &str) -> Vec<Match> {
    let folded = Folded::new(text);
    let mut found = Vec::new();
    for (start, line) in lines(folded.text()) {
        let from = found.len();
        in_line(&Line::new(line), &mut found);
        for one in &mut found[from..] {
            one.span = one.span.start + start..one.span.end + start;
        }
    }
    secret::find_key_blocks(folded.text(), &mut found);
    merge(found)
        .into_iter()
        .map(|one| Match {
            span: folded.original(one.span),
            kind: one.kind,
            recogniser: one.recogniser,
        })
        .collect()
}

fn in_line(line: &Line<'_>, found: &mut Vec<Found>) {
    if line.words.is_empty() {
        return;
    }
    email::find(line, found);
    if line.traits.digit() {
        digits::find(line, found);
        bank::find_ibans(line, found);
        network::find(line, found);
        birth::find(line, found);
        trace::find_coordinates(line, found);
    }
    code::find(line, found);
    secret::find(line, found);
    address::find(line, found);
    name::find(line, found);
    trace::find_user_names(line, found);
}

/// Lines with where they start.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split([
        '\n', '\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}',
    ])
    .map(move |line| {
        let start = at;
        // The break, whose width the next line's place tells.
        at += line.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        (start, line)
    })
}

/// Joins what overlaps, so that nothing of any match remains when all are cut out.
fn merge(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| {
        let start = a.span.start.cmp(&b.span.start);
        start
            .then(b.span.end.cmp(&a.span.end))
            .then(b.rank.cmp(&a.rank))
    });
    let mut merged: Vec<Found> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some(last) if next.span.start < last.span.end => {
                last.span.end = last.span.end.max(next.span.end);
                if next.rank > last.rank {
                    last.kind = next.kind;
                    last.recogniser = next.recogniser;
                    last.rank = next.rank;
                }
            }
            _ => merged.push(next),
        }
    }
    merged
}
