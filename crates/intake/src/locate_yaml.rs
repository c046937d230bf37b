//! Where in the text of a YAML document the value of a pointer is.

use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

/// The bytes of the value at `pointer` (RFC 6901), or of the nearest value around it that exists.
/// `None` where the document is no YAML, or nothing but the whole of it would be shown. A member
/// that is a mapping or a sequence is shown by its key.
pub fn locate_yaml(document: &str, pointer: &str) -> Option<Range<usize>> {
    let wanted: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
        .collect();
    let mut walk = Walk {
        open: Vec::new(),
        wanted,
        found: None,
    };
    for event in Parser::new_from_str(document) {
        let (event, span) = event.ok()?;
        walk.take(&event, &span);
    }
    let (_, characters) = walk.found?;
    let mut places = document.char_indices().map(|(at, _)| at);
    let start = places.nth(characters.start)?;
    let end = match characters.len() {
        0 => start,
        length => places.nth(length - 1).unwrap_or(document.len()),
    };
    Some(start..end)
}

/// A collection that the walk is in, and the place in it.
enum Open {
    Sequence(usize),
    Mapping(Option<(String, Range<usize>)>),
}

struct Walk {
    open: Vec<Open>,
    wanted: Vec<String>,
    /// How many segments were followed, and the characters of what they lead to.
    found: Option<(usize, Range<usize>)>,
}

impl Walk {
    fn take(&mut self, event: &Event<'_>, span: &Span) {
        let characters = span.start.index()..span.end.index();
        match event {
            Event::Scalar(text, ..) => match self.open.last_mut() {
                Some(Open::Mapping(key @ None)) => {
                    *key = Some((text.clone().into_owned(), characters));
                }
                _ => {
                    self.meet(characters);
                    self.step();
                }
            },
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let key = match self.open.last() {
                    Some(Open::Mapping(Some((_, key)))) => key.clone(),
                    _ => characters.start..characters.start + 1,
                };
                self.meet(key);
                self.open.push(match event {
                    Event::SequenceStart(..) => Open::Sequence(0),
                    _ => Open::Mapping(None),
                });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                self.step();
            }
            _ => {}
        }
    }

    /// A value begins: it is what is wanted, or around it, if the way to it is.
    fn meet(&mut self, characters: Range<usize>) {
        let depth = self.open.len();
        let closer = depth > self.found.as_ref().map_or(0, |(followed, _)| *followed);
        if closer && depth <= self.wanted.len() {
            let follows = self
                .open
                .iter()
                .zip(&self.wanted)
                .all(|(open, wanted)| match open {
                    Open::Sequence(at) => *wanted == at.to_string(),
                    Open::Mapping(key) => key.as_ref().is_some_and(|(name, _)| name == wanted),
                });
            if follows {
                self.found = Some((depth, characters));
            }
        }
    }

    /// A value is over; the next one has the next place.
    fn step(&mut self) {
        match self.open.last_mut() {
            Some(Open::Sequence(at)) => *at += 1,
            Some(Open::Mapping(key)) => *key = None,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "größe: 1\nschema:\n  - name: a.csv\n    properties:\n      - name: id\n        required: yes # é\n  - name: \"b.csv\"\nempty:\n";

    fn found(pointer: &str) -> Option<&'static str> {
        locate_yaml(DOCUMENT, pointer).map(|range| &DOCUMENT[range])
    }

    #[test]
    fn values_are_found_by_their_pointers() {
        assert_eq!(found("/größe"), Some("1"));
        assert_eq!(found("/schema/0/name"), Some("a.csv"));
        assert_eq!(found("/schema/0/properties/0/required"), Some("yes"));
        assert_eq!(found("/schema/1/name"), Some("\"b.csv\""));
    }

    #[test]
    fn collections_are_shown_by_their_key_and_what_is_missing_by_what_is_around_it() {
        assert_eq!(found("/schema"), Some("schema"));
        assert_eq!(found("/schema/0/properties"), Some("properties"));
        assert_eq!(found("/schema/0/properties/7"), Some("properties"));
        assert_eq!(found("/schema/1/quality"), Some("n"));
        assert_eq!(found("/nowhere"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn what_is_no_yaml_has_no_places() {
        assert_eq!(locate_yaml("a: [", "/a"), None);
    }
}
