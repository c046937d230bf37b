use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::operation::{Cell, CellOperation, Problem, require_text};
use crate::value::{ColumnType, Value};

/// Changes letter case by the full Unicode mappings. Null stays null; every text has an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCase {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// To which case.
    pub case: Case,
}

/// A letter case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// all lower
    Lower,
    /// ALL UPPER
    Upper,
    /// First letter of each word in title case, the rest lower. Words are runs of letters: what
    /// follows a digit (`1St`), an apostrophe or a combining mark begins a new one, so compose marks
    /// first (`normalize_unicode`).
    Title,
    /// First character of the text in title case, the rest lower.
    Sentence,
}

impl CellOperation for ChangeCase {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn is_idempotent(&self) -> bool {
        // A title case of several characters goes on in lower case the next time: `ŉ`, `ʼN`, `ʼn`.
        matches!(self.case, Case::Lower | Case::Upper)
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        require_text(input)
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let Some(text) = value.as_text() else {
            return Cell::Value(value.clone());
        };
        Cell::Value(Value::Text(match self.case {
            Case::Lower => lower_case(text),
            Case::Upper => text.to_uppercase(),
            Case::Title => title_case(text),
            Case::Sentence => sentence_case(text),
        }))
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        match self.case {
            Case::Lower => format!("{input}.str.to_lowercase()"),
            Case::Upper => format!("{input}.str.to_uppercase()"),
            Case::Title => format!("{input}.str.to_titlecase()"),
            Case::Sentence => format!("sentence_case({input})"),
        }
    }
}

/// The lower case of a text. A sigma at the end of a word is the final one, and where a word ends,
/// Polars decides by Unicode 15: for it, whatever came later ends a word.
pub(crate) fn lower_case(text: &str) -> String {
    if !text.contains('Σ') || !text.contains(is_contested) {
        return text.to_lowercase();
    }
    let stand_in = |c| match c {
        'ʕ' => 'x',
        '\u{1171E}' => '\u{301}',
        c if is_contested(c) => '0',
        c => c,
    };
    let lower = text
        .chars()
        .map(stand_in)
        .collect::<String>()
        .to_lowercase();
    let mut lower = lower.chars();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let lowered = lower.by_ref().take(stand_in(c).to_lowercase().count());
        if is_contested(c) {
            lowered.for_each(drop);
            out.extend(c.to_lowercase());
        } else {
            out.extend(lowered);
        }
    }
    out
}

/// Letters with case, and characters that do not count at the end of a word, of Unicode 16 and 17;
/// and the two that lost that.
fn is_contested(c: char) -> bool {
    matches!(u32::from(c),
        0x0295 | 0x0897 | 0x1ACF..=0x1AEB | 0x1C89..=0x1C8A | 0xA7CB..=0xA7CF | 0xA7D2 | 0xA7D4
        | 0xA7DA..=0xA7DC | 0xA7F1 | 0x10D4E..=0x10D85 | 0x10EC5 | 0x10EFA..=0x10EFC
        | 0x113BB..=0x113E2 | 0x1171E | 0x11B60..=0x11B66 | 0x11DD9 | 0x11F5A | 0x1611E..=0x1612F
        | 0x16D40..=0x16D42 | 0x16D6B..=0x16D6C | 0x16EA0..=0x16ED3 | 0x16FF2..=0x16FF3
        | 0x1E5EE..=0x1E5EF | 0x1E6E3..=0x1E6F5 | 0x1E6FF)
}

fn title_case(text: &str) -> String {
    // The lower case of a sigma depends on what surrounds it, so the whole text is mapped at once
    // and taken apart again: every other character maps to the same number of characters anywhere.
    let lower = lower_case(text);
    let mut lower = lower.chars();
    let mut out = String::with_capacity(text.len());
    let mut inside_word = false;
    for c in text.chars() {
        let lowered = lower.by_ref().take(c.to_lowercase().count());
        if inside_word {
            out.extend(lowered);
        } else {
            lowered.for_each(drop);
            out.extend(title_char(c));
        }
        inside_word = c.is_alphabetic();
    }
    out
}

fn sentence_case(text: &str) -> String {
    let mut rest = text.chars();
    let Some(first) = rest.next() else {
        return String::new();
    };
    let mut out: String = title_char(first).collect();
    out.push_str(&lower_case(rest.as_str()));
    out
}

/// The title case of a character (Unicode `Titlecase_Mapping`): its upper case, save for digraphs,
/// ligatures, Georgian and the Greek iota subscript.
fn title_char(c: char) -> impl Iterator<Item = char> {
    let code = u32::from(c);
    let single = match code {
        0x01C4..=0x01C6 => Some(0x01C5),
        0x01C7..=0x01C9 => Some(0x01C8),
        0x01CA..=0x01CC => Some(0x01CB),
        0x01F1..=0x01F3 => Some(0x01F2),
        0x10D0..=0x10FA | 0x10FD..=0x10FF => Some(code),
        0x1F80..=0x1FAF => Some(code | 0x08),
        0x1FB3 | 0x1FBC => Some(0x1FBC),
        0x1FC3 | 0x1FCC => Some(0x1FCC),
        0x1FF3 | 0x1FFC => Some(0x1FFC),
        _ => None,
    };
    // The first character of the upper case, then the rest as lower case or as a combining mark.
    let rest = match code {
        0x00DF => Some("s"),
        0x0587 => Some("\u{582}"),
        0x1FB2 | 0x1FB4 | 0x1FC2 | 0x1FC4 | 0x1FF2 | 0x1FF4 => Some("\u{345}"),
        0x1FB7 | 0x1FC7 | 0x1FF7 => Some("\u{342}\u{345}"),
        0xFB00 => Some("f"),
        0xFB01 => Some("i"),
        0xFB02 => Some("l"),
        0xFB03 => Some("fi"),
        0xFB04 => Some("fl"),
        0xFB05 | 0xFB06 => Some("t"),
        0xFB13 | 0xFB16 => Some("\u{576}"),
        0xFB14 => Some("\u{565}"),
        0xFB15 => Some("\u{56B}"),
        0xFB17 => Some("\u{56D}"),
        _ => None,
    };
    let upper = single.and_then(char::from_u32).unwrap_or(c).to_uppercase();
    let whole = single.and_then(char::from_u32);
    let head = match (whole, rest) {
        (Some(title), _) => vec![title],
        (None, Some(_)) => upper.take(1).collect(),
        (None, None) => upper.collect(),
    };
    head.into_iter().chain(rest.unwrap_or_default().chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::texts;

    #[test]
    fn case_is_changed_by_the_full_mappings() {
        let changed = |case, text: &str| {
            texts(
                &ChangeCase {
                    columns: Vec::new(),
                    case,
                },
                &[text],
            )
            .remove(0)
        };
        for (case, text, expected) in [
            (Case::Lower, "ÉCOLE ΑΣ İ", "école ας i\u{307}"),
            (Case::Upper, "straße ŉ", "STRASSE \u{2bc}N"),
            (Case::Title, "o'neil MC-donald 1st", "O'Neil Mc-Donald 1St"),
            (Case::Title, "ΣΑΣ's ΑΣ", "Σασ'S Ας"),
            (Case::Title, "ǆ ﬁne ßa ᾳ ა", "ǅ Fine Ssa ᾼ ა"),
            (Case::Title, "e\u{301}cole", "E\u{301}Cole"),
            (Case::Sentence, "new YORK city", "New york city"),
            (Case::Sentence, "ßa", "Ssa"),
            (Case::Sentence, "(A)", "(a)"),
            (Case::Lower, "ΑΣ\u{A7DA} ΑΣʕ ΑΣΑ", "ας\u{A7DB} ασʕ ασα"),
        ] {
            assert_eq!(changed(case, text), expected);
        }
    }

    #[test]
    fn lower_and_upper_case_change_nothing_the_second_time() {
        for case in [Case::Lower, Case::Upper] {
            let operation = ChangeCase {
                columns: Vec::new(),
                case,
            };
            let all: String = ('\0'..=char::MAX).flat_map(|c| [c, ' ']).collect();
            let once = texts(&operation, &[&all]);
            assert!(texts(&operation, &[&once[0]]) == once);
        }
        let title = ChangeCase {
            columns: Vec::new(),
            case: Case::Title,
        };
        assert!(!title.is_idempotent());
        assert_eq!(texts(&title, &["ŉ", "\u{2bc}N"]), ["\u{2bc}N", "\u{2bc}n"]);
    }
}
