//! From bytes to [`Json`].

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Bounds, Json, JsonDefect, JsonError, Member};

/// Objects of up to this many members are searched for a repeated key one by one.
const FEW: usize = 8;

pub(super) fn document(bytes: &[u8], bounds: Bounds) -> Result<Json<'_>, JsonError> {
    if bytes.len() > bounds.bytes {
        return Err(JsonError::TooLarge {
            limit: bounds.bytes,
        });
    }
    let text = text(bytes)?;
    let state = State {
        nodes_left: Cell::new(bounds.nodes),
        defect: Cell::new(None),
    };
    let strict = Strict {
        state: &state,
        depth_left: bounds.depth.min(Bounds::DEPTH),
        members: bounds.members,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = strict.deserialize(&mut reader);
    let document = document.and_then(|document| reader.end().map(|()| document));
    document.map_err(|error| malformed(&error, state.defect.get()))
}

/// The bytes as text. JSON is UTF-8 without a mark (RFC 8259, section 8.1).
fn text(bytes: &[u8]) -> Result<&str, JsonError> {
    let refuse = |message: &str, line, column| JsonError::Malformed {
        defect: JsonDefect::Encoding,
        message: message.to_owned(),
        line,
        column,
    };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(refuse("the document begins with a byte order mark", 1, 1));
    }
    // A document begins with an ASCII character, so in UTF-16 and UTF-32 one of the first two bytes
    // is NUL or the mark comes first.
    let wide = matches!(
        bytes,
        [0, _, ..] | [_, 0, ..] | [0xfe, 0xff, ..] | [0xff, 0xfe, ..]
    );
    if wide {
        return Err(refuse("the document is not UTF-8", 1, 1));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let last = before.rsplit('\n').next().unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        refuse("the document is not UTF-8", line, last.chars().count() + 1)
    })
}

fn malformed(error: &serde_json::Error, defect: Option<JsonDefect>) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let full = error.to_string();
    let place = format!(" at line {line} column {column}");
    JsonError::Malformed {
        defect: defect.unwrap_or(JsonDefect::Syntax),
        message: full.strip_suffix(&place).unwrap_or(&full).to_owned(),
        line,
        column,
    }
}

struct State {
    nodes_left: Cell<usize>,
    /// The defect that we found; `serde_json` keeps its text alone.
    defect: Cell<Option<JsonDefect>>,
}

#[derive(Clone, Copy)]
struct Strict<'s> {
    state: &'s State,
    depth_left: usize,
    members: usize,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(&self, defect: JsonDefect, message: &str) -> E {
        self.state.defect.set(Some(defect));
        E::custom(message)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => Err(self.refuse(JsonDefect::Depth, "nested too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json<'de>, D::Error> {
        match self.state.nodes_left.get().checked_sub(1) {
            Some(left) => self.state.nodes_left.set(left),
            None => return Err(self.refuse(JsonDefect::Nodes, "too many values")),
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(match u64::try_from(number) {
            Ok(number) => Json::Unsigned(number),
            Err(_) => Json::Signed(number),
        })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Unsigned(number))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Json<'de>, E> {
        if number.is_finite() {
            Ok(Json::Float(number))
        } else {
            Err(E::custom("number out of range"))
        }
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            out.push(item);
        }
        Ok(Json::List(out.into_boxed_slice()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut out: Vec<Member<'de>> = Vec::new();
        let mut seen: BTreeSet<Cow<'de, str>> = BTreeSet::new();
        while let Some(Key(key)) = entries.next_key_seed(KeySeed)? {
            if out.len() == self.members {
                return Err(self.refuse(JsonDefect::Nodes, "too many members in an object"));
            }
            if out.len() == FEW {
                seen.extend(out.iter().map(|(key, _)| key.clone()));
            }
            let repeated = match out.len() {
                0..FEW => out.iter().any(|(known, _)| *known == key),
                _ => !seen.insert(key.clone()),
            };
            if repeated {
                // The key itself may be anything, so the message does not repeat it.
                return Err(self.refuse(JsonDefect::DuplicateKey, "duplicate key in an object"));
            }
            out.push((key, entries.next_value_seed(inner)?));
        }
        Ok(Json::Object(out.into_boxed_slice()))
    }
}

struct Key<'de>(Cow<'de, str>);
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Key<'de>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(text.to_owned())))
    }
}
