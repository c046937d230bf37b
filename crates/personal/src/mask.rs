//! Replacing what was found by tokens: the same value by the same token, within one run.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use silversmith_types::evidence::PersonalKind;

use crate::find::find;
use crate::fold::Folded;
use crate::line::is_word;
use crate::token;

/// How often a masked text is looked at again: without a value, the words beside it come closer
/// together and may announce another. What is left then goes with its whole line.
const PASSES: usize = 4;

/// Gives values their tokens. The number in a token is the order in which the run met the value,
/// the tag is the run's: nothing about the value can be told from it, and runs cannot be joined by it.
pub struct Masker {
    tag: String,
    known: BTreeMap<(PersonalKind, String), usize>,
    counts: BTreeMap<PersonalKind, usize>,
}

/// A value that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// What it was.
    pub kind: PersonalKind,
    /// Where it stood in the text before, in bytes.
    pub span: Range<usize>,
    /// What stands for it now.
    pub token: String,
}

impl fmt::Debug for Masker {
    /// Without the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker")
            .field("tag", &self.tag)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl Masker {
    /// For the run with this tag: the first four hexadecimal digits in it, filled up with zeros.
    pub fn new(run_tag: &str) -> Self {
        let lower = run_tag.chars().map(|c| c.to_ascii_lowercase());
        let digits = lower.filter(|c| matches!(c, '0'..='9' | 'a'..='f'));
        let filled = digits.chain(std::iter::repeat('0'));
        Self {
            tag: filled.take(token::TAG_DIGITS).collect(),
            known: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// The text with a token for every value that [`find`] knows, and the values that went. Looking
    /// at the result again finds nothing.
    pub fn mask(&mut self, text: &str) -> (String, Vec<Masked>) {
        let mut spans: Vec<(Range<usize>, PersonalKind)> = Vec::new();
        for pass in 0.. {
            let draft = Draft::new(text, &spans, |_, kind| token::write(kind, 0, &self.tag));
            let again = find(&draft.text);
            if again.is_empty() {
                break;
            }
            for found in again {
                let span = draft.original(found.span);
                // One pass more than the limit takes whole lines, after which nothing can be left.
                spans.push(match pass < PASSES {
                    true => (span, found.kind),
                    false => (whole_lines(text, span), PersonalKind::FreeText),
                });
            }
            spans = joined(spans);
        }
        let draft = Draft::new(text, &spans, |value, kind| self.token(kind, value));
        (draft.text, draft.masked)
    }

    fn token(&mut self, kind: PersonalKind, value: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        let number = *self
            .known
            .entry((kind, normal(kind, value)))
            .or_insert_with(|| {
                *count += 1;
                *count
            });
        token::write(kind, number, &self.tag)
    }
}

/// A text with tokens in place of spans.
struct Draft {
    text: String,
    masked: Vec<Masked>,
    /// Where each token stands in `text`.
    tokens: Vec<Range<usize>>,
}

impl Draft {
    fn new(
        text: &str,
        spans: &[(Range<usize>, PersonalKind)],
        mut token: impl FnMut(&str, PersonalKind) -> String,
    ) -> Self {
        let mut draft = Self {
            text: String::with_capacity(text.len()),
            masked: Vec::new(),
            tokens: Vec::new(),
        };
        let mut done = 0;
        for (span, kind) in spans {
            draft.text.push_str(&text[done..span.start]);
            let token = token(&text[span.clone()], *kind);
            let start = draft.text.len();
            draft.text.push_str(&token);
            draft.tokens.push(start..draft.text.len());
            draft.masked.push(Masked {
                kind: *kind,
                span: span.clone(),
                token,
            });
            done = span.end;
        }
        draft.text.push_str(&text[done..]);
        draft
    }

    /// A span of the draft in the text that it was made from; a token on its edge goes with it whole.
    fn original(&self, span: Range<usize>) -> Range<usize> {
        let place = |at: usize, end: bool| {
            let before = self.tokens.partition_point(|token| token.end <= at);
            if let Some(token) = self.tokens.get(before).filter(|token| token.start < at) {
                let value = &self.masked[before].span;
                debug_assert!(token.contains(&at));
                return if end { value.end } else { value.start };
            }
            match before.checked_sub(1) {
                None => at,
                Some(last) => self.masked[last].span.end + (at - self.tokens[last].end),
            }
        };
        place(span.start, false)..place(span.end, true)
    }
}

/// Sorted, and those that overlap as one.
fn joined(mut spans: Vec<(Range<usize>, PersonalKind)>) -> Vec<(Range<usize>, PersonalKind)> {
    spans.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out: Vec<(Range<usize>, PersonalKind)> = Vec::new();
    for (span, kind) in spans {
        match out.last_mut() {
            Some((last, last_kind)) if span.start < last.end => {
                if span.end - span.start > last.end - last.start {
                    *last_kind = kind;
                }
                last.end = last.end.max(span.end);
            }
            _ => out.push((span, kind)),
        }
    }
    out
}

fn whole_lines(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text[..span.start]
        .rfind(['\n', '\r'])
        .map_or(0, |at| at + 1);
    let end = text[span.end..]
        .find(['\n', '\r'])
        .map_or(text.len(), |at| span.end + at);
    start..end
}

/// The value without what people write differently: case, separators, disguise.
fn normal(kind: PersonalKind, value: &str) -> String {
    let folded = Folded::new(value);
    let lower = folded.text().to_lowercase();
    match kind {
        PersonalKind::Secret | PersonalKind::FreeText | PersonalKind::Special => value.to_owned(),
        PersonalKind::Email => email(&lower),
        PersonalKind::Phone => {
            let digits: String = lower
                .replace("(0)", "")
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            digits
                .strip_prefix("00")
                .map(str::to_owned)
                .unwrap_or(digits)
        }
        PersonalKind::Name | PersonalKind::Address => {
            let words = lower.split(|c| !is_word(c)).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        }
        // A date keeps its separators, an address of a network its points.
        PersonalKind::BirthDate | PersonalKind::Network => lower,
        PersonalKind::Identifier | PersonalKind::BankAccount | PersonalKind::PaymentCard => {
            lower.chars().filter(|c| c.is_alphanumeric()).collect()
        }
    }
}

/// `jane (at) example (dot) com` as `jane@example.com`.
fn email(lower: &str) -> String {
    if lower.contains('@') && !lower.contains([' ', '(', '[', '{']) {
        return lower.to_owned();
    }
    let words = lower.split(|c: char| {
        c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')
    });
    words
        .map(|word| match word {
            "at" | "aet" | "arroba" | "chiocciola" | "arobase" | "malpa" => "@",
            "dot" | "punkt" | "point" | "punto" | "ponto" | "kropka" | "punt" => ".",
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> String {
        Masker::new("c082f1").mask(text).0
    }

    #[test]
    fn the_same_value_has_the_same_token_however_it_is_written() {
        assert_eq!(
            mask("Jane.Doe@example.com, jane.doe (at) example (dot) com, bob@example.com"),
            "[EMAIL-1-c082], [EMAIL-1-c082], [EMAIL-2-c082]"
        );
        assert_eq!(
            mask("DE89 3704 0044 0532 0130 00 and DE89370400440532013000"),
            "[BANK-1-c082] and [BANK-1-c082]"
        );
        assert_eq!(
            mask("+49 (0) 30 901820, 0049 30 901820"),
            "[PHONE-1-c082], [PHONE-1-c082]"
        );
    }

    #[test]
    fn a_run_goes_on_counting_and_another_has_its_own_tag() {
        let mut masker = Masker::new("C0 82");
        assert_eq!(masker.mask("bob@example.com").0, "[EMAIL-1-c082]");
        assert_eq!(
            masker.mask("jane@example.com bob@example.com").0,
            "[EMAIL-2-c082] [EMAIL-1-c082]"
        );
        assert_eq!(Masker::new("7").mask("bob@example.com").0, "[EMAIL-1-7000]");
        assert!(!format!("{masker:?}").contains("bob"));
    }

    #[test]
    fn what_went_is_told_by_where_it_stood() {
        let text = "é jane@example.com.";
        let (_, masked) = Masker::new("c082").mask(text);
        assert_eq!(masked.len(), 1);
        assert_eq!(&text[masked[0].span.clone()], "jane@example.com");
        assert_eq!(
            (masked[0].kind, masked[0].token.as_str()),
            (PersonalKind::Email, "[EMAIL-1-c082]")
        );
    }

    #[test]
    fn nothing_is_found_in_what_was_masked() {
        let once = mask("jane@example.com 4111 1111 1111 1111 +1 212 555 0100");
        assert_eq!(once, "[EMAIL-1-c082] [CARD-1-c082] [PHONE-1-c082]");
        assert_eq!(Masker::new("c082").mask(&once), (once.clone(), vec![]));
    }
}
