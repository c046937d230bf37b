//! JSON from outside, read strictly: one document, UTF-8, no duplicate keys, bounded nodes.
//!
//! `serde_json` keeps the last of duplicate keys in a `Value` without a word, and two readers that
//! keep different ones see two documents; so duplicates are refused here.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why bytes are no acceptable JSON document.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// More bytes than the caller admits.
    #[error("the document has {bytes} bytes, and at most {limit} are admitted")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// Not JSON, a duplicate key, more than 128 levels deep, or too many nodes.
    #[error("{message} at line {line}, column {column}")]
    Malformed {
        /// What is wrong.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Bounds on a document.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes.
    pub bytes: usize,
    /// Values of any kind, keys not counted.
    pub nodes: usize,
}

/// Reads one document. Nesting is bounded by `serde_json` at 128 levels.
pub fn parse(bytes: &[u8], bounds: Bounds) -> Result<Value, JsonError> {
    if bytes.len() > bounds.bytes {
        return Err(JsonError::TooLarge {
            bytes: bytes.len(),
            limit: bounds.bytes,
        });
    }
    let nodes = Cell::new(bounds.nodes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { nodes_left: &nodes }
        .deserialize(&mut reader)
        .map_err(malformed)?;
    reader.end().map_err(malformed)?;
    Ok(value)
}

fn malformed(error: serde_json::Error) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let full = error.to_string();
    let place = format!(" at line {line} column {column}");
    let message = full.strip_suffix(&place).unwrap_or(&full).to_owned();
    JsonError::Malformed {
        message,
        line,
        column,
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    nodes_left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let left = self.nodes_left.get();
        self.nodes_left.set(
            left.checked_sub(1)
                .ok_or_else(|| D::Error::custom("too many values"))?,
        );
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if out.contains_key(&key) {
                // The key itself may be anything, so the message does not repeat it.
                return Err(A::Error::custom("duplicate key in an object"));
            }
            let value = entries.next_value_seed(self)?;
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        bytes: 10_000,
        nodes: 300,
    };

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,3.5,"x",null,true],"b":{"c":18446744073709551615}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes(), BOUNDS).unwrap(), expected);
    }

    #[test]
    fn refuses_each_defect() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let many = format!("[{}1]", "1,".repeat(300));
        for (text, why) in [
            (r#"{"a":1,"a":1}"#, "duplicate key"),
            (r#"[{"a":{"b":1,"\u0062":2}}]"#, "duplicate key"),
            (r#"{"a":NaN}"#, "expected value"),
            (r#"{"a":1e999}"#, "out of range"),
            (r#"{"a":"\ud800"}"#, "surrogate"),
            (r#"{} {}"#, "trailing"),
            (r#"{"a":1"#, "EOF"),
            ("\u{feff}{}", "expected value"),
            (&deep, "recursion limit"),
            (&many, "too many values"),
        ] {
            let refusal = parse(text.as_bytes(), BOUNDS).unwrap_err().to_string();
            let lower = refusal.to_lowercase();
            let surrogate = why == "surrogate" && lower.contains("hex escape");
            assert!(refusal.contains(why) || surrogate, "{text}: {refusal}");
        }
        let large = vec![b' '; 10_001];
        assert!(matches!(
            parse(&large, BOUNDS),
            Err(JsonError::TooLarge { .. })
        ));
        assert!(parse(b"\"\xff\"", BOUNDS).is_err());
    }
}
