//! From [`Json`] to a type, strictly: a struct is written as an object, the name of a variant as a
//! text, and a key that the type does not have is told to the caller and left out.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer as _,
    MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Json, Member};

/// One step from a value to one inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into the member of this key, which is the `position`-th of its object, from 1.
    Key {
        /// The key.
        name: &'a str,
        /// Its place in the object.
        position: usize,
    },
    /// Into this item of a list, from 0.
    Index(usize),
}

/// Where a value is in its document.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p, 'j> {
    last: Option<(&'p Path<'p, 'j>, Step<'j>)>,
}

impl<'p, 'j> Path<'p, 'j> {
    /// The document itself.
    pub const ROOT: Self = Path { last: None };

    /// One step further.
    pub fn then(&'p self, step: Step<'j>) -> Self {
        Path {
            last: Some((self, step)),
        }
    }

    /// The steps from the document on.
    pub fn steps(&self) -> Vec<Step<'j>> {
        let mut steps = Vec::new();
        let mut at = *self;
        while let Some((before, step)) = at.last {
            steps.push(step);
            at = *before;
        }
        steps.reverse();
        steps
    }
}

/// Why a document is not of a type.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadError<'a> {
    /// Where.
    pub steps: Vec<Step<'a>>,
    /// What is wrong. Never repeats what the document holds.
    pub message: String,
}

/// Reads a document as a type. Each key that an object has and its type has not is given to `unknown`.
pub fn read<'j, T: DeserializeOwned>(
    document: &'j Json<'j>,
    unknown: &mut dyn FnMut(&Path<'_, 'j>, &'j Json<'j>),
) -> Result<T, ReadError<'j>> {
    let shared = Shared {
        unknown: RefCell::new(unknown),
        failed: RefCell::new(None),
    };
    let reader = Reader {
        json: document,
        path: Path::ROOT,
        shared: &shared,
    };
    T::deserialize(reader).map_err(|Refusal(message)| ReadError {
        steps: shared.failed.take().unwrap_or_default(),
        message,
    })
}

type Unknown<'s, 'j> = &'s mut dyn FnMut(&Path<'_, 'j>, &'j Json<'j>);

struct Shared<'s, 'j> {
    unknown: RefCell<Unknown<'s, 'j>>,
    /// Where the first error came from.
    failed: RefCell<Option<Vec<Step<'j>>>>,
}

/// A message without its place.
#[derive(Debug)]
struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(_) => "true or false",
            Unexpected::Unsigned(_) => "a number",
            Unexpected::Signed(_) => "a number below 0",
            Unexpected::Float(_) => "a number with a fraction or an exponent",
            Unexpected::Char(_) | Unexpected::Str(_) => "a text",
            Unexpected::Unit | Unexpected::Option => "null",
            Unexpected::Seq => "a list",
            _ => "an object",
        };
        Self(format!("is {found}, and not {}", in_words(expected)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => Self::invalid_type(found, expected),
            _ => Self(format!("is not {}", in_words(expected))),
        }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self(format!("has not the length of {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        let names: Vec<String> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self(format!("is not one of {}", names.join(", ")))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self("holds a key that is not known".to_owned())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("`{field}` is missing"))
    }
}

/// What serde's own visitors expect, in words of the document.
fn in_words(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "u64" => "a whole number from 0 on".to_owned(),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "f64" => "a number".to_owned(),
        "a string" => "a text".to_owned(),
        "a character" => "a text of one character".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a map" => "an object".to_owned(),
        "a sequence" => "a list".to_owned(),
        structure if structure.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }
}

struct Reader<'r, 's, 'j> {
    json: &'j Json<'j>,
    path: Path<'r, 'j>,
    shared: &'r Shared<'s, 'j>,
}

impl<'j> Reader<'_, '_, 'j> {
    /// Remembers where the innermost error came from.
    fn placed<T>(&self, result: Result<T, Refusal>) -> Result<T, Refusal> {
        if result.is_err() {
            let mut failed = self.shared.failed.borrow_mut();
            failed.get_or_insert_with(|| self.path.steps());
        }
        result
    }

    fn refused<T>(&self, expected: &dyn Expected) -> Result<T, Refusal> {
        let found = match self.json {
            Json::Null => Unexpected::Unit,
            Json::Bool(truth) => Unexpected::Bool(*truth),
            Json::Unsigned(number) => Unexpected::Unsigned(*number),
            Json::Signed(number) => Unexpected::Signed(*number),
            Json::Float(number) => Unexpected::Float(*number),
            Json::Text(_) => Unexpected::Str(""),
            Json::List(_) => Unexpected::Seq,
            Json::Object(_) => Unexpected::Map,
        };
        self.placed(Err(de::Error::invalid_type(found, expected)))
    }

    fn object<'de, V: Visitor<'de>>(
        &self,
        members: &'j [Member<'j>],
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let access = Members {
            around: self,
            rest: members.iter().enumerate(),
            fields,
            value: None,
        };
        self.placed(visitor.visit_map(access))
    }
}

impl<'de> Deserializer<'de> for Reader<'_, '_, '_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let read = match self.json {
            Json::Null => visitor.visit_unit(),
            Json::Bool(truth) => visitor.visit_bool(*truth),
            Json::Unsigned(number) => visitor.visit_u64(*number),
            Json::Signed(number) => visitor.visit_i64(*number),
            Json::Float(number) => visitor.visit_f64(*number),
            Json::Text(text) => visitor.visit_str(text),
            Json::List(items) => visitor.visit_seq(Items {
                around: &self,
                rest: items.iter().enumerate(),
            }),
            Json::Object(members) => self.object(members, None, visitor),
        };
        self.placed(read)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.json {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.json {
            Json::Object(members) => self.object(members, Some(fields), visitor),
            _ => self.refused(&visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.json {
            Json::Text(name) => {
                let name: StrDeserializer<'_, Refusal> = (**name).into_deserializer();
                self.placed(visitor.visit_enum(name))
            }
            _ => self.refused(&"a text"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

struct Items<'r, 's, 'j> {
    around: &'r Reader<'r, 's, 'j>,
    rest: std::iter::Enumerate<std::slice::Iter<'j, Json<'j>>>,
}

impl<'de> SeqAccess<'de> for Items<'_, '_, '_> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some((at, json)) = self.rest.next() else {
            return Ok(None);
        };
        let path = self.around.path.then(Step::Index(at));
        let shared = self.around.shared;
        seed.deserialize(Reader { json, path, shared }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'r, 's, 'j> {
    around: &'r Reader<'r, 's, 'j>,
    rest: std::iter::Enumerate<std::slice::Iter<'j, Member<'j>>>,
    /// The keys that are known; absent: any.
    fields: Option<&'static [&'static str]>,
    /// The value of the key that was read last.
    value: Option<(Step<'j>, &'j Json<'j>)>,
}

impl<'de> MapAccess<'de> for Members<'_, '_, '_> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        for (at, (name, json)) in self.rest.by_ref() {
            let position = at + 1;
            let step = Step::Key { name, position };
            if self.fields.is_some_and(|fields| !fields.contains(&&**name)) {
                let path = self.around.path.then(step);
                (self.around.shared.unknown.borrow_mut())(&path, json);
                continue;
            }
            self.value = Some((step, json));
            let key: StrDeserializer<'_, Refusal> = (**name).into_deserializer();
            let path = self.around.path.then(step);
            let shared = self.around.shared;
            // A key may be of a type too, and then be refused at its own place.
            let read = seed.deserialize(key);
            return Reader { json, path, shared }.placed(read).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let Some((step, json)) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let path = self.around.path.then(step);
        let shared = self.around.shared;
        seed.deserialize(Reader { json, path, shared })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::super::{Bounds, document};
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        count: u64,
        #[serde(default)]
        ratio: Option<f64>,
        kinds: Vec<Kind>,
        inner: BTreeMap<crate::ColumnName, Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        mark: char,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
        Two,
    }

    fn place(steps: &[Step<'_>]) -> String {
        let steps = steps.iter().map(|step| match step {
            Step::Key { name, position } => format!("/{name}#{position}"),
            Step::Index(at) => format!("/{at}"),
        });
        steps.collect()
    }

    /// The type, or the place and the message; and the places of the unknown keys.
    fn read_text(text: &str) -> (Result<Outer, String>, Vec<String>) {
        let bounds = Bounds {
            bytes: 1_000,
            nodes: 100,
            depth: 20,
            members: 20,
        };
        let document = document(text.as_bytes(), bounds).unwrap();
        let mut unknown = Vec::new();
        let mut note = |path: &Path<'_, '_>, _: &Json<'_>| unknown.push(place(&path.steps()));
        let read = read(&document, &mut note);
        (
            read.map_err(|error| format!("{}: {}", place(&error.steps), error.message)),
            unknown,
        )
    }

    #[test]
    fn what_is_known_is_read_and_the_rest_is_told() {
        let (read, unknown) = read_text(
            r#"{"more":[1],"count":2,"ratio":1,"kinds":["one","two"],
                "inner":{"a":{"mark":"x","other":{"mark":1}}}}"#,
        );
        let read = read.unwrap();
        assert_eq!((read.count, read.ratio), (2, Some(1.0)));
        assert_eq!(read.kinds, [Kind::One, Kind::Two]);
        assert_eq!(read.inner[&"a".parse().unwrap()], Inner { mark: 'x' });
        assert_eq!(unknown, ["/more#1", "/inner#5/a#1/other#2"]);
    }

    #[test]
    fn what_is_wrong_is_refused_where_it_is() {
        let whole = r#"{"count":2,"kinds":["one"],"inner":{"a":{"mark":"x"}}}"#;
        assert!(read_text(whole).0.is_ok());
        let fraction = "/count#1: is a number with a fraction or an exponent, \
             and not a whole number from 0 on";
        for (from, to, expected) in [
            (
                "2",
                "-2",
                "/count#1: is a number below 0, and not a whole number from 0 on",
            ),
            ("2", "2.0", fraction),
            ("2", "1e2", fraction),
            ("2", "18446744073709551616", fraction),
            (
                "2",
                r#""2""#,
                "/count#1: is a text, and not a whole number from 0 on",
            ),
            (
                "2",
                "null",
                "/count#1: is null, and not a whole number from 0 on",
            ),
            (
                r#""one""#,
                r#""secret""#,
                "/kinds#2/0: is not one of `one`, `two`",
            ),
            (
                r#""one""#,
                r#"{"one":null}"#,
                "/kinds#2/0: is an object, and not a text",
            ),
            (r#""count":2,"#, "", ": `count` is missing"),
            (
                r#"{"mark":"x"}"#,
                r#"["x"]"#,
                "/inner#3/a#1: is a list, and not an object",
            ),
            (
                r#""x""#,
                r#""xy""#,
                "/inner#3/a#1/mark#1: is not a text of one character",
            ),
            (
                r#""a":"#,
                r#"" a":"#,
                "/inner#3/ a#1: a name begins or ends with white space",
            ),
        ] {
            let text = whole.replacen(from, to, 1);
            assert_eq!(read_text(&text).0.unwrap_err(), expected, "{text}");
        }
    }
}
