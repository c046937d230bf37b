//! JSON from outside, read strictly: one document in UTF-8 without a byte order mark, no duplicate
//! keys, bounded in bytes, depth and values.
//!
//! `serde_json` keeps the last of duplicate keys in a `Value` without a word, and two readers that
//! keep different ones see two documents; so duplicates are refused here. Its `Value` also takes up
//! to 600 bytes for an object of one member; [`Json`] takes 24 bytes a value and 48 a member, and
//! borrows its texts from the document.

mod decode;
mod read;

use std::borrow::Cow;

use serde_json::Value;

pub use read::{Path, ReadError, Step, read};

/// Why bytes are no acceptable JSON document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JsonError {
    /// More bytes than the caller admits.
    #[error("the document has more than {limit} bytes")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// Something in the bytes.
    #[error("{message} at line {line}, column {column}")]
    Malformed {
        /// Which kind of defect.
        defect: JsonDefect,
        /// What is wrong. Never repeats what the document holds.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Kinds of defects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonDefect {
    /// Not UTF-8, or with a byte order mark.
    Encoding,
    /// Not JSON, or a number or a character that cannot be represented.
    Syntax,
    /// An object has the same key twice.
    DuplicateKey,
    /// Nested too deep.
    Depth,
    /// Too many values, or too many members of one object.
    Nodes,
}

/// Bounds on a document.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes.
    pub bytes: usize,
    /// Values of any kind, keys not counted.
    pub nodes: usize,
    /// Lists and objects around a value, itself included; at most [`Bounds::DEPTH`] are read.
    pub depth: usize,
    /// Members of one object.
    pub members: usize,
}

impl Bounds {
    /// The depth that `serde_json` itself stops at, so that reading cannot exhaust the stack.
    pub const DEPTH: usize = 127;
}

/// A value of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0 on.
    Unsigned(u64),
    /// A whole number below 0.
    Signed(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Box<[Json<'a>]>),
    /// An object, in the order of the document; keys are unique.
    Object(Box<[Member<'a>]>),
}

/// A key with its value.
pub type Member<'a> = (Cow<'a, str>, Json<'a>);

impl Json<'_> {
    /// The member of this name, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().find(|(name, _)| name == key)?;
        Some(&found.1)
    }

    fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Unsigned(number) => number.into(),
            Self::Signed(number) => number.into(),
            Self::Float(number) => number.into(),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::List(items) => Value::Array(items.into_iter().map(Json::into_value).collect()),
            Self::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key.into_owned(), value.into_value()))
                .collect(),
        }
    }
}

/// Reads one document.
pub fn document(bytes: &[u8], bounds: Bounds) -> Result<Json<'_>, JsonError> {
    decode::document(bytes, bounds)
}

/// Reads one document as a `serde_json` value.
pub fn parse(bytes: &[u8], bounds: Bounds) -> Result<Value, JsonError> {
    document(bytes, bounds).map(Json::into_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        bytes: 10_000,
        nodes: 300,
        depth: 20,
        members: 100,
    };

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#" {"a":[1,-2,3.5,"x\n",null,true],"b":{"c":18446744073709551615}} "#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes(), BOUNDS).unwrap(), expected);
    }

    #[test]
    fn refuses_each_defect() {
        use JsonDefect::{Depth, DuplicateKey, Encoding, Nodes, Syntax};
        let deep = format!("{}{}", "[".repeat(21), "]".repeat(21));
        let endless = "[".repeat(5_000);
        let many = format!("[{}1]", "1,".repeat(300));
        let members: Vec<String> = (0..50).map(|n| format!("\"k{n}\":1")).collect();
        let late = format!("{{{},\n\"k7\":1}}", members.join(","));
        let members: Vec<String> = (0..101).map(|n| format!("\"k{n}\":1")).collect();
        let wide = format!("{{{}}}", members.join(","));
        for (text, expected, line) in [
            (r#"{"a":1,"a":1}"#, DuplicateKey, 1),
            (r#"[{"a":{"b":1,"\u0062":2}}]"#, DuplicateKey, 1),
            (&late, DuplicateKey, 2),
            (r#"{"a":NaN}"#, Syntax, 1),
            (r#"{"a":-Infinity}"#, Syntax, 1),
            (r#"{"a":1e999}"#, Syntax, 1),
            (r#"{"a":01}"#, Syntax, 1),
            (r#"{"a":.5}"#, Syntax, 1),
            (r#"{"a":+1}"#, Syntax, 1),
            (r#"{"a":"\ud800"}"#, Syntax, 1),
            (r#"{"a":"\udc00\ud800"}"#, Syntax, 1),
            ("{\"a\":\"\t\"}", Syntax, 1),
            (r#"{'a':1}"#, Syntax, 1),
            (r#"{"a":1,}"#, Syntax, 1),
            ("{\n// note\n}", Syntax, 2),
            ("{}\n{}", Syntax, 2),
            ("{} x", Syntax, 1),
            (r#"{"a":1"#, Syntax, 1),
            ("", Syntax, 1),
            ("\u{feff}{}", Encoding, 1),
            ("{\u{feff}}", Syntax, 1),
            ("[\"a\",\0]", Syntax, 1),
            (&deep, Depth, 1),
            (&endless, Depth, 1),
            (&many, Nodes, 1),
            (&wide, Nodes, 1),
        ] {
            match parse(text.as_bytes(), BOUNDS) {
                Err(JsonError::Malformed {
                    defect, line: at, ..
                }) => assert_eq!((defect, at), (expected, line), "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn refuses_other_encodings() {
        let utf16: Vec<u8> = "{\"a\":1}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked: Vec<u8> = [&b"\xfe\xff"[..], b"\0{\0}"].concat();
        for bytes in [
            &utf16[..],
            &marked,
            b"{\"a\":\n\"\xc3\x28\"}",
            b"\"\xed\xa0\x80\"",
        ] {
            let Err(JsonError::Malformed { defect, .. }) = parse(bytes, BOUNDS) else {
                panic!("{bytes:?} is read")
            };
            assert_eq!(defect, JsonDefect::Encoding, "{bytes:?}");
        }
        let Err(error) = parse(b"{\"a\":\n\"\xc3\x28\"}", BOUNDS) else {
            panic!("is read")
        };
        assert_eq!(
            error.to_string(),
            "the document is not UTF-8 at line 2, column 2"
        );
    }

    #[test]
    fn refuses_more_than_is_admitted_before_reading() {
        let large = vec![b'x'; 10_001];
        assert!(matches!(
            parse(&large, BOUNDS),
            Err(JsonError::TooLarge { .. })
        ));
    }

    #[test]
    fn values_are_small() {
        // The bounds of intake rest on these sizes.
        assert_eq!(size_of::<Json<'_>>(), 24);
        assert_eq!(size_of::<Member<'_>>(), 48);
    }
}
