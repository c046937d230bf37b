//! Finds what acts on a reader: orders to a model, pretended turns of a conversation, template and
//! active markup, code, encoded text, addresses that carry data away, and characters that hide it.
//!
//! These are detectors: what they find is there, what they do not find may be there all the same.
//! Nothing rests on them alone; see `docs/untrusted-input.md`.

mod encoded;
mod links;
mod literals;
mod marks;
mod phrases;
mod repeats;
mod roles;
mod vocabulary;
mod words;

use std::ops::Range;

use words::Spelling;

use crate::text::{Removed, Unseen, canonical, fold, tagged_text};

/// How often what was decoded is looked into again.
const DEPTH: usize = 2;

/// Bytes of a text that are searched at a time, about: memory stays small however long it is.
const PIECE: usize = 16 << 10;

/// Bytes of a piece that are read again with the next one, at most.
const OVERLAP: usize = 512;

/// Something that acts on a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspicion {
    /// Where, in bytes of the text that was searched.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What acts on a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It tells a model what to do.
    Instruction,
    /// It pretends to be a turn of a conversation, or the end of the data.
    Role,
    /// A template language would evaluate it.
    Template,
    /// Code that has no place in a description of data.
    Code,
    /// Text that only a program reads.
    Encoded,
    /// An address that carries something away.
    Exfiltration,
    /// A program reads it and a person does not.
    Hidden,
    /// A browser would run or load it.
    Active,
    /// Characters that do not show, or that reorder others.
    Invisible,
    /// Control characters, as in escape sequences of a terminal.
    Control,
    /// A word of letters from two alphabets that look alike.
    Lookalike,
    /// The same thing over and over.
    Repetition,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Sentences.
    Prose,
    /// An example of code, in which commands are ordinary.
    Code,
    /// A name or a value.
    Name,
}

/// Searches a text as it came. Spans are bytes of that text.
pub(crate) fn scan(text: &str, surface: Surface) -> Vec<Suspicion> {
    let canonical = canonical(text);
    let mut found: Vec<Suspicion> = Vec::new();
    for removed in &canonical.removed {
        found.extend(of_removed(text, removed));
    }
    for suspicion in scan_canonical(canonical.derived.as_str(), surface) {
        let span = canonical.derived.origin(suspicion.span);
        found.push(Suspicion { span, ..suspicion });
    }
    merge(found)
}

/// What characters that were removed from a text mean, and what they say where they spell something.
pub(crate) fn of_removed(text: &str, removed: &Removed) -> Vec<Suspicion> {
    let kind = match removed.class {
        Unseen::Control => Kind::Control,
        _ => Kind::Invisible,
    };
    let mut found = vec![Suspicion {
        span: removed.span.clone(),
        kind,
    }];
    if removed.class == Unseen::Tag {
        let hidden = tagged_text(&text[removed.span.clone()]);
        found.extend(inside(&hidden, &removed.span, DEPTH));
    }
    found
}

/// Searches a text in canonical form.
pub(crate) fn scan_canonical(text: &str, surface: Surface) -> Vec<Suspicion> {
    merge(scan_to(text, surface, DEPTH))
}

fn scan_to(text: &str, surface: Surface, depth: usize) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for piece in pieces(text) {
        let mut see = |span: Range<usize>, kind| {
            let span = piece.start + span.start..piece.start + span.end;
            found.push(Suspicion { span, kind });
        };
        scan_piece(&text[piece.clone()], surface, depth, &mut see);
    }
    found
}

/// A text in pieces that end with a paragraph where one ends in time. Where one does not, the next
/// piece begins before the end of the last, so that nothing hides at the cut.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(0).filter(|_| !text.is_empty());
    std::iter::from_fn(move || {
        let from = next?;
        let most = text.floor_char_boundary((from + PIECE).min(text.len()));
        if most == text.len() {
            next = None;
            return Some(from..most);
        }
        let piece = &text[from..most];
        if let Some(at) = piece.rfind("\n\n") {
            let end = from + at + 2;
            next = Some(end);
            return Some(from..end);
        }
        let end = piece.rfind('\n').map_or(most, |at| from + at + 1);
        let back = text.floor_char_boundary(end.saturating_sub(OVERLAP).max(from + 1));
        // At a word's start, so that no part of a word is taken for another.
        let word = text[back..end].find(char::is_whitespace);
        next = Some(text.ceil_char_boundary(word.map_or(back, |at| back + at).max(from + 1)));
        Some(from..end)
    })
}

fn scan_piece(text: &str, surface: Surface, depth: usize, see: &mut dyn FnMut(Range<usize>, Kind)) {
    for span in mixed_words(text) {
        see(span, Kind::Lookalike);
    }
    let folded = fold(text);
    scan_folded(folded.as_str(), surface, depth, &mut |span, kind| {
        see(folded.origin(span), kind);
    });
    if let Some(glued) = without_inner_tags(folded.as_str()) {
        words::sentences(glued.as_str(), |words, _| {
            phrases::find(words, |span| {
                see(folded.origin(glued.origin(span)), Kind::Instruction);
            });
        });
    }
}

fn scan_folded(
    text: &str,
    surface: Surface,
    depth: usize,
    see: &mut dyn FnMut(Range<usize>, Kind),
) {
    words::sentences(text, |words, spelling| {
        let kind = match spelling {
            Spelling::Plain => Kind::Instruction,
            Spelling::Disguised => Kind::Encoded,
        };
        phrases::find(words, |span| see(span, kind));
    });
    literals::find(text, surface, &mut *see);
    if surface != Surface::Code {
        roles::find(text, |span| see(span, Kind::Role));
    }
    repeats::find(text, |span| see(span, Kind::Repetition));
    encoded::find(text, |encoded| {
        see(encoded.span.clone(), Kind::Encoded);
        if let Some(text) = encoded.text {
            for suspicion in inside(&text, &encoded.span, depth) {
                see(suspicion.span, suspicion.kind);
            }
        }
    });
}

/// What a text says that is hidden at `span` of another one.
fn inside(hidden: &str, span: &Range<usize>, depth: usize) -> Vec<Suspicion> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    let hidden = canonical(hidden);
    let found = scan_to(hidden.derived.as_str(), Surface::Prose, depth);
    let mut kinds: Vec<Kind> = found.into_iter().map(|suspicion| suspicion.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let at_span = |kind| Suspicion {
        span: span.clone(),
        kind,
    };
    kinds.into_iter().map(at_span).collect()
}

/// The text without tags that stand inside a word, if there are any: `ig<b></b>nore`.
fn without_inner_tags(text: &str) -> Option<crate::text::Derived> {
    let bytes = text.as_bytes();
    let mut glued = crate::text::Derived::with_capacity(0);
    let mut run = 0;
    let mut at = 0;
    let mut any = false;
    while let Some(open) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
        at = open + 1;
        let near = &bytes[open..bytes.len().min(open + 200)];
        let is_tag = matches!(near.get(1), Some(b'/' | b'!' | b'a'..=b'z' | b'A'..=b'Z'));
        let Some(close) = memchr::memchr(b'>', near).filter(|_| is_tag) else {
            continue;
        };
        let end = open + close + 1;
        let is_inner = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'<' || *byte == b'>')
        };
        if is_inner(open.checked_sub(1).and_then(|before| bytes.get(before)))
            && is_inner(bytes.get(end))
        {
            glued.keep(&text[run..open], run);
            run = end;
            any = true;
        }
        at = end;
    }
    glued.keep(&text[run..], run);
    any.then_some(glued)
}

/// Words that mix Latin letters with letters of another alphabet that look like Latin ones.
fn mixed_words(text: &str) -> Vec<Range<usize>> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut start, mut latin, mut other) = (None, 0, 0);
    let end_of_text = std::iter::once((text.len(), ' '));
    for (at, c) in text.char_indices().chain(end_of_text) {
        if c.is_alphabetic() {
            start.get_or_insert(at);
            latin += usize::from(c.is_ascii());
            other += usize::from(is_lookalike(c));
            continue;
        }
        if let Some(start) = start.take()
            && latin > 0
            && other > 0
            && latin + other > 3
        {
            found.push(start..at);
        }
        (latin, other) = (0, 0);
    }
    found
}

/// A Greek, Cyrillic, Armenian or Cherokee letter that is taken for a Latin one.
fn is_lookalike(c: char) -> bool {
    let is_other = matches!(u32::from(c), 0x0370..=0x03FF | 0x0400..=0x052F | 0x0531..=0x058F
        | 0x13A0..=0x13FF | 0xAB70..=0xABBF | 0x1D00..=0x1D2F);
    is_other && {
        let mut encoded = [0; 4];
        fold(c.encode_utf8(&mut encoded)).as_str().is_ascii()
    }
}

/// Sorted, and without those that lie within another of the same kind.
fn merge(mut found: Vec<Suspicion>) -> Vec<Suspicion> {
    found.sort_by_key(|suspicion| (suspicion.kind, suspicion.span.start, suspicion.span.end));
    let mut merged: Vec<Suspicion> = Vec::with_capacity(found.len());
    for suspicion in found {
        match merged.last_mut() {
            Some(last) if last.kind == suspicion.kind && suspicion.span.start < last.span.end => {
                last.span.end = last.span.end.max(suspicion.span.end);
            }
            Some(last) if *last == suspicion => {}
            _ => merged.push(suspicion),
        }
    }
    merged.sort_by_key(|suspicion| (suspicion.span.start, suspicion.span.end, suspicion.kind));
    merged
}

#[cfg(test)]
mod tests;
