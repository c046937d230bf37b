//! Parts of a text, and tests of it.

use regex::{Regex, RegexBuilder};

use super::super::typed::{Node, TextTest, Typed};
use super::Call;
use crate::operation::Problem;
use crate::value::ColumnType;

/// Longest pattern, in characters, and largest program it may compile to, in bytes. Both engines
/// match in linear time; the bounds keep a pattern readable and its compilation quick.
const MAX_PATTERN_CHARS: usize = 200;
const MAX_PATTERN_PROGRAM: usize = 1 << 20;

impl Call<'_> {
    pub(super) fn substr(mut self) -> Result<Typed, Problem> {
        self.require_text(0)?;
        let fits = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let skip = fits(self.literal_count(1, 0)?);
        let length = match self.args.len() {
            3 => Some(fits(self.literal_count(2, 1)?)),
            _ => None,
        };
        let input = self.take_boxed(0);
        Ok(Typed::new(
            ColumnType::Text,
            Node::Substr {
                input,
                skip,
                length,
            },
        ))
    }

    pub(super) fn text_test(mut self, test: fn(String) -> TextTest) -> Result<Typed, Problem> {
        self.require_text(0)?;
        let test = test(self.literal_text(1)?);
        Ok(self.tested(test))
    }

    pub(super) fn like(mut self) -> Result<Typed, Problem> {
        self.require_text(0)?;
        let pattern = self.literal_text(1)?;
        let inner = pattern.trim_matches('%');
        let plain = !inner.is_empty() && !inner.contains(['%', '_']);
        let (head, tail) = (pattern.starts_with('%'), pattern.ends_with('%'));
        let test = match (plain, head, tail) {
            (true, false, false) => TextTest::Equals(inner.to_owned()),
            (true, false, true) => TextTest::StartsWith(inner.to_owned()),
            (true, true, false) => TextTest::EndsWith(inner.to_owned()),
            (true, true, true) => TextTest::Contains(inner.to_owned()),
            (false, ..) => TextTest::Matches(self.regex(&like_pattern(&pattern))?),
        };
        Ok(self.tested(test))
    }

    pub(super) fn matches(mut self) -> Result<Typed, Problem> {
        self.require_text(0)?;
        let pattern = self.literal_text(1)?;
        let test = TextTest::Matches(self.regex(&pattern)?);
        Ok(self.tested(test))
    }

    /// Whether the first argument passes a test.
    fn tested(&mut self, test: TextTest) -> Typed {
        let input = self.take_boxed(0);
        Typed::new(ColumnType::Boolean, Node::Text { input, test })
    }

    fn regex(&self, pattern: &str) -> Result<Regex, Problem> {
        if pattern.chars().count() > MAX_PATTERN_CHARS {
            return self.problem(
                1,
                format!("has a pattern of more than {MAX_PATTERN_CHARS} characters"),
            );
        }
        match RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN_PROGRAM)
            .build()
        {
            Ok(regex) => Ok(regex),
            Err(_) => self.problem(1, "has a pattern that is invalid or too large"),
        }
    }
}

/// A regular expression for the whole of a text: `%` is any text, `_` any one character, everything
/// else itself.
fn like_pattern(pattern: &str) -> String {
    let mut out = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push('$');
    out
}
