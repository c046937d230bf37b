//! Where in the text of a JSON document the value of a pointer is.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The bytes of the value at `pointer` (RFC 6901), or of the nearest value around it that exists.
/// `None` where the document is no JSON. A member that is an object or a list is shown by its key.
///
/// Findings write `T2` for the second table and `C3` for the third column where a name must not be
/// repeated, and `#2` for the second member of an object; a segment of that form finds the member at
/// that place.
pub fn locate(document: &str, pointer: &str) -> Option<Range<usize>> {
    let root: &RawValue = serde_json::from_str(document).ok()?;
    let mut found = (root.get(), None);
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        match child(found.0, &segment) {
            Some(next) => found = next,
            None => break,
        }
    }
    let (value, key) = found;
    let shown = match key {
        Some(key) if value.starts_with(['{', '[']) => key,
        _ => value,
    };
    // Both are parts of the document, which a borrowed `RawValue` points into.
    let start = (shown.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
    let end = start.checked_add(shown.len())?;
    document.get(start..end).map(|_| start..end)
}

/// The member's value, and its key where that is written without escapes.
type Member<'a> = (&'a str, Option<&'a str>);

fn child<'a>(value: &'a str, segment: &str) -> Option<Member<'a>> {
    let mut reader = serde_json::Deserializer::from_str(value);
    match value.as_bytes().first()? {
        b'{' => reader.deserialize_map(InObject { segment }).ok()?,
        b'[' => reader
            .deserialize_seq(InList(segment.parse().ok()?))
            .ok()?
            .map(|value| (value, None)),
        _ => None,
    }
}

struct InObject<'s> {
    segment: &'s str,
}

impl<'de> Visitor<'de> for InObject<'_> {
    type Value = Option<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut read: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = read.next_entry::<Key<'de>, &'de RawValue>()? {
            members.push((key.0, value.get()));
        }
        let named = members.iter().position(|(key, _)| key == self.segment);
        let at = named.or_else(|| {
            let number = self.segment.strip_prefix(['T', 'C', '#'])?;
            if self.segment.starts_with('T') {
                // Tables are numbered in the order of their names, columns in that of the file.
                members.sort();
            }
            number.parse::<usize>().ok()?.checked_sub(1)
        });
        let member = at.and_then(|at| members.into_iter().nth(at));
        Ok(member.map(|(key, value)| match key {
            Cow::Borrowed(key) => (value, Some(key)),
            Cow::Owned(_) => (value, None),
        }))
    }
}

struct InList(usize);

impl<'de> Visitor<'de> for InList {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut at) = (None, 0);
        while let Some(item) = items.next_element::<&RawValue>()? {
            if at == self.0 {
                found = Some(item.get());
            }
            at += 1;
        }
        Ok(found)
    }
}

/// A key, borrowed where it can be.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"a": {"b/c": [1, {"d": "x"}], "e\u0066": 7}, "n": null}"#;

    fn found(pointer: &str) -> &'static str {
        &DOCUMENT[locate(DOCUMENT, pointer).unwrap()]
    }

    #[test]
    fn values_are_found_by_their_pointers() {
        assert_eq!(found("/a/b~1c/0"), "1");
        assert_eq!(found("/a/b~1c/1/d"), "\"x\"");
        assert_eq!(found("/n"), "null");
        assert_eq!(found("/a/ef"), "7");
    }

    #[test]
    fn objects_and_lists_are_shown_by_their_key() {
        assert_eq!(found("/a"), "a");
        assert_eq!(found("/a/b~1c"), "b/c");
    }

    #[test]
    fn what_is_missing_is_shown_by_what_is_around_it() {
        assert_eq!(found("/a/b~1c/9/x"), "b/c");
        assert_eq!(found("/nowhere"), DOCUMENT);
    }

    #[test]
    fn an_alias_finds_the_member_at_its_place() {
        assert_eq!(found("/a/C2"), "7");
        assert_eq!(found("/T2"), "null");
        let unsorted = r#"{"b": 1, "a": 2}"#;
        assert_eq!(&unsorted[locate(unsorted, "/T1").unwrap()], "2");
    }

    #[test]
    fn what_is_no_json_has_no_places() {
        assert_eq!(locate("{", ""), None);
    }
}
