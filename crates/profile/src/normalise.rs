//! The simple changes to a key that may make it match another.

use std::borrow::Cow;

use silversmith_types::evidence::Normalisation;

/// The longest head that is looked for as a prefix or cut off, in characters.
const MAX_HEAD: usize = 12;
/// What is left of a key after a cut, in characters. Shorter texts match by chance.
const MIN_REST: usize = 3;
/// The shortest and the longest head that is kept.
const MIN_HEAD: usize = 2;
const MAX_KEPT_HEAD: usize = 32;
/// Different separators of one text that are tried. Keys have one or two; the product of lengths and
/// separators bounds the work for a text made to have many.
const MAX_OWN: usize = 3;

/// `text` after the change; `None` when nothing but white space is left.
pub(crate) fn apply<'t>(by: &Normalisation, text: &'t str) -> Option<Cow<'t, str>> {
    let changed = match by {
        Normalisation::Trim => Cow::Borrowed(text.trim()),
        Normalisation::UpperCase => Cow::Owned(text.to_uppercase()),
        Normalisation::StripPrefix { prefix } => {
            Cow::Borrowed(text.strip_prefix(prefix.as_str()).unwrap_or(text))
        }
        Normalisation::DropChar { character } => Cow::Owned(text.replace(*character, "")),
        Normalisation::CutHead { length } => Cow::Borrowed(&text[boundary(text, *length)..]),
        Normalisation::KeepHead {
            length,
            replace,
            with,
        } => {
            let head = &text[..boundary(text, *length)];
            match (replace, with) {
                (Some(from), Some(to)) => {
                    Cow::Owned(head.replace(*from, to.encode_utf8(&mut [0; 4])))
                }
                _ => Cow::Borrowed(head),
            }
        }
    };
    (!changed.trim().is_empty()).then_some(changed)
}

/// The byte where the character after the first `length` begins.
fn boundary(text: &str, length: u64) -> usize {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    text.char_indices()
        .nth(length)
        .map_or(text.len(), |(at, _)| at)
}

/// Calls `found` with every change of `text` and its result. `separators` are the characters,
/// neither letters nor digits, of the texts that it is to match.
pub(crate) fn each_change(
    text: &str,
    separators: &[char],
    mut found: impl FnMut(Normalisation, &str),
) {
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        found(Normalisation::Trim, trimmed);
    }
    if text.chars().any(char::is_lowercase) {
        found(Normalisation::UpperCase, &text.to_uppercase());
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let mut own: Vec<char> = own_separators(text);
    own.truncate(MAX_OWN);
    for character in &own {
        found(
            Normalisation::DropChar {
                character: *character,
            },
            &text.replace(*character, ""),
        );
    }
    for (length, at) in starts.iter().enumerate().skip(1).take(MAX_HEAD) {
        if starts.len() - length >= MIN_REST {
            let (head, rest) = text.split_at(*at);
            found(
                Normalisation::StripPrefix {
                    prefix: head.to_owned(),
                },
                rest,
            );
            found(
                Normalisation::CutHead {
                    length: length as u64,
                },
                rest,
            );
        }
    }
    for length in MIN_HEAD..=starts.len().min(MAX_KEPT_HEAD) {
        let head = &text[..starts.get(length).copied().unwrap_or(text.len())];
        let length = length as u64;
        if head.len() < text.len() {
            found(
                Normalisation::KeepHead {
                    length,
                    replace: None,
                    with: None,
                },
                head,
            );
        }
        for from in own.iter().filter(|from| head.contains(**from)) {
            for to in separators.iter().filter(|to| *to != from) {
                let by = Normalisation::KeepHead {
                    length,
                    replace: Some(*from),
                    with: Some(*to),
                };
                found(by, &head.replace(*from, to.encode_utf8(&mut [0; 4])));
            }
        }
    }
}

/// The different characters of a text that are neither letters nor digits.
pub(crate) fn own_separators(text: &str) -> Vec<char> {
    let mut found: Vec<char> = text.chars().filter(|c| !c.is_alphanumeric()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_that_is_found_is_the_change_that_is_applied() {
        for text in ["NASAW00011000", "CO-RF-FR-R92B-58", " é-Ab.1 ", "AB", ""] {
            each_change(text, &['_', '.'], |by, changed| {
                let applied = apply(&by, text);
                assert_eq!(
                    applied.as_deref().unwrap_or_default(),
                    changed,
                    "{text} {by:?}"
                );
            });
        }
    }

    #[test]
    fn what_is_found() {
        let mut results = Vec::new();
        each_change("CO-RF-FR", &['_'], |_, changed| {
            results.push(changed.to_owned())
        });
        for expected in ["CORFFR", "RF-FR", "CO_RF", "CO-RF", "CO_RF_FR"] {
            assert!(
                results.iter().any(|result| result == expected),
                "{expected}"
            );
        }
    }

    #[test]
    fn nothing_left_is_no_key() {
        assert_eq!(apply(&Normalisation::CutHead { length: 3 }, "abc"), None);
        assert_eq!(
            apply(&Normalisation::DropChar { character: '-' }, "--"),
            None
        );
    }
}
