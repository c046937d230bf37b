use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use unicode_normalization::UnicodeNormalization as _;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, Problem, require_text};
use crate::ops::trim::text_or_null;
use crate::value::{ColumnType, Value};

/// Brings text to a Unicode normal form. Null stays null; text of which nothing is left becomes null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NormalizeUnicode {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The form.
    pub form: NormalForm,
    /// Also remove the combining marks that Latin, Greek and Cyrillic letters carry (`é` to `e`):
    /// those of the blocks for them, so that no other script loses its vowels.
    #[serde(default)]
    pub strip_marks: bool,
    /// Also resolve the five XML entities and numeric character references, once, first. References
    /// to no character stay.
    #[serde(default)]
    pub unescape_html: bool,
}

/// A Unicode normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NormalForm {
    /// Canonical composition.
    Nfc,
    /// Compatibility composition.
    Nfkc,
}

/// The blocks Combining Diacritical Marks, their Extended, their Supplement, those for Symbols, and
/// Combining Half Marks, as a regular expression.
const MARKS: &str = "[\\u{0300}-\\u{036F}\\u{1AB0}-\\u{1AFF}\\u{1DC0}-\\u{1DFF}\\u{20D0}-\\u{20FF}\\u{FE20}-\\u{FE2F}]+";

fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

impl CellOperation for NormalizeUnicode {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        !self.unescape_html
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        require_text(input)
    }

    fn only_reads(&self, _input: ColumnType) -> bool {
        !self.strip_marks
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let Some(text) = value.as_text() else {
            return Cell::Value(value.clone());
        };
        let mut text = match self.unescape_html {
            true => unescape(text),
            false => text.to_owned(),
        };
        if self.strip_marks {
            text = match self.form {
                NormalForm::Nfc => text.nfd().filter(|&c| !is_mark(c)).collect(),
                NormalForm::Nfkc => text.nfkd().filter(|&c| !is_mark(c)).collect(),
            };
        }
        Cell::Value(text_or_null(match self.form {
            NormalForm::Nfc => text.nfc().collect(),
            NormalForm::Nfkc => text.nfkc().collect(),
        }))
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let (decomposed, composed) = match self.form {
            NormalForm::Nfc => ("NFD", "NFC"),
            NormalForm::Nfkc => ("NFKD", "NFKC"),
        };
        let mut expression = input.to_owned();
        if self.unescape_html {
            expression = format!("unescape_html({expression})");
        }
        if self.strip_marks {
            let marks = python_text(MARKS);
            expression = format!(
                "{expression}.str.normalize(\"{decomposed}\").str.replace_all({marks}, \"\")"
            );
        }
        format!("text_or_null({expression}.str.normalize(\"{composed}\"))")
    }
}

/// The text with each reference replaced by the character it stands for, in one pass.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest.find(';').map(|end| &rest[1..end]);
        match name.and_then(|name| Some((name, referred(name)?))) {
            Some((name, c)) => {
                out.push(c);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// The character that `&name;` stands for.
fn referred(name: &str) -> Option<char> {
    let code = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let (digits, base, longest) = match code.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => (hexadecimal, 16, 6),
        None => (code, 10, 7),
    };
    let well_formed = digits.len() <= longest && digits.chars().all(|c| c.is_digit(base));
    let code = u32::from_str_radix(digits, base)
        .ok()
        .filter(|&code| well_formed && code > 0)?;
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::texts;

    fn normalize(form: NormalForm, strip_marks: bool, unescape_html: bool) -> NormalizeUnicode {
        NormalizeUnicode {
            columns: Vec::new(),
            form,
            strip_marks,
            unescape_html,
        }
    }

    #[test]
    fn text_is_composed_and_stripped() {
        let input = [
            "e\u{301}",
            "ﬁ １",
            "Zoë Đặng Ångström ø",
            "हिन्दी",
            "\u{301}",
        ];
        assert_eq!(
            texts(&normalize(NormalForm::Nfc, false, false), &input),
            ["é", "ﬁ １", "Zoë Đặng Ångström ø", "हिन्दी", "\u{301}"]
        );
        assert_eq!(
            texts(&normalize(NormalForm::Nfkc, true, false), &input),
            ["e", "fi 1", "Zoe Đang Angstrom ø", "हिन्दी", ""]
        );
    }

    #[test]
    fn references_are_resolved_once() {
        let html = normalize(NormalForm::Nfc, false, true);
        for (written, meant) in [
            ("A &amp; B", "A & B"),
            ("&amp;lt;&#38;lt;", "&lt;&lt;"),
            ("&lt;&gt;&quot;&apos;", "<>\"'"),
            ("e&#769;&#x1F600;&#X41;", "é😀A"),
            (
                "&#0;&#xD800;&#x110000;&#99999999;",
                "&#0;&#xD800;&#x110000;&#99999999;",
            ),
            (
                "&&amp;&eacute;&AMP;& amp;&#;&#x;&#+5;&#٣;&",
                "&&&eacute;&AMP;& amp;&#;&#x;&#+5;&#٣;&",
            ),
        ] {
            assert_eq!(texts(&html, &[written]), [meant], "{written}");
        }
    }
}
