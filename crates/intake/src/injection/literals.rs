//! Marks that stand for themselves: those of chat templates, of template languages, of active or
//! hidden markup, and of code that has no business in a description of data.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::marks::{MARKS, When};
use super::{Kind, Surface, links};

/// Bytes around a mark that a check looks at, at most.
const NEAR: usize = 400;

struct Marks {
    automaton: AhoCorasick,
    by_pattern: Vec<(Kind, When)>,
}

impl Marks {
    fn get() -> &'static Self {
        static ONE: OnceLock<Marks> = OnceLock::new();
        ONE.get_or_init(|| {
            let each = || {
                MARKS
                    .iter()
                    .flat_map(|(kind, when, texts)| texts.iter().map(|text| (*kind, *when, *text)))
            };
            // What is searched has been normalised, so the marks have to be as well.
            let folded = each().map(|(.., text)| match text.is_ascii() {
                true => text.to_owned(),
                false => crate::text::fold(text).as_str().to_owned(),
            });
            let automaton = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                .build(folded)
                // Some two hundred short literals are far from what the library cannot number.
                .expect("the marks are few and short");
            Marks {
                automaton,
                by_pattern: each().map(|(kind, when, _)| (kind, when)).collect(),
            }
        })
    }
}

/// Calls `see` with every mark of a folded text. Linear: a check looks at a bounded neighbourhood.
pub(crate) fn find(text: &str, surface: Surface, mut see: impl FnMut(Range<usize>, Kind)) {
    let marks = Marks::get();
    // Marks are in small letters: an automaton for both cases takes twice as long to make.
    let lower = text.to_ascii_lowercase();
    for found in marks.automaton.find_overlapping_iter(&lower) {
        let (kind, when) = marks.by_pattern[found.pattern().as_usize()];
        let at = Place {
            text,
            span: found.range(),
            surface,
        };
        if let Some(span) = at.check(when) {
            see(span, kind);
        }
    }
}

struct Place<'a> {
    text: &'a str,
    span: Range<usize>,
    surface: Surface,
}

impl<'a> Place<'a> {
    fn check(&self, when: When) -> Option<Range<usize>> {
        let is_code = self.surface == Surface::Code;
        let counts = match when {
            When::Always => true,
            When::Word => self.is_word(),
            When::Prose => !is_code,
            When::Sql => !is_code && self.is_word() && self.is_sql(),
            When::Statement => !is_code && self.is_word() && self.is_statement(),
            When::Token => self.is_token(),
            When::Substitution => !is_code && self.is_substitution(),
            When::Command => self
                .after()
                .starts_with(|c: char| c.is_ascii_lowercase() || c == '('),
            When::Pipe => self.is_pipe(),
            When::InTag => self.is_in_tag(),
            When::Loads => self.loads(),
            When::Fetch => self.fetches(),
            When::Address => return self.address(),
            When::Cell => self.begins_cell(),
            When::RoleValue => self.is_role_value(),
            When::Member => self.after().trim_start().starts_with(':'),
        };
        counts.then(|| self.span.clone())
    }

    /// What follows, near by.
    fn after(&self) -> &'a str {
        near_end(self.text, self.span.end)
    }

    /// What comes before, near by.
    fn before(&self) -> &'a str {
        near_start(self.text, self.span.start)
    }

    /// The line up to the mark.
    fn line_before(&self) -> &'a str {
        self.before().rsplit('\n').next().unwrap_or_default()
    }

    fn is_word(&self) -> bool {
        let found = &self.text[self.span.clone()];
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let starts = !found.starts_with(is_part) || !self.before().ends_with(is_part);
        let ends = !found.ends_with(is_part) || !self.after().starts_with(is_part);
        // In a name the words are joined by underscores.
        starts && ends
    }

    fn is_sql(&self) -> bool {
        let found = &self.text[self.span.clone()];
        let before = self.before().trim_end();
        !found.contains(|c: char| c.is_ascii_lowercase())
            || before.ends_with([';', '\'', '"', ')'])
            || self.surface == Surface::Name
    }

    /// `import os` as code has it, not `import requests are logged`.
    fn is_statement(&self) -> bool {
        let found = &self.text[self.span.clone()];
        let before = self.line_before().trim_end();
        let after = self.after();
        let begins = before.is_empty() || before.ends_with([';', ':', '`', '"', '\'', '(', '>']);
        let ends = after.trim_start_matches(' ').is_empty()
            || after.starts_with([';', ',', '`', '"', '\'', '\n', ')'])
            || after.starts_with(". ")
            || after == "."
            || after.starts_with(" as ")
            || after.starts_with("; ")
            || after.starts_with(" and ") && !found.ends_with("requests");
        !found.contains(|c: char| c.is_ascii_uppercase())
            && (ends || begins && !after.starts_with(' '))
    }

    fn is_token(&self) -> bool {
        let after = self.after();
        let name = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ')))
            .unwrap_or(after.len());
        name > 0 && after[name..].starts_with("|>")
            || after.starts_with("im_")
            || after.starts_with("start_")
    }

    fn is_substitution(&self) -> bool {
        let after = self.after();
        let first = after.starts_with(|c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '(' | '*' | '\'')
        });
        first
            && after
                .split('\n')
                .next()
                .is_some_and(|line| line.contains('}'))
    }

    fn is_pipe(&self) -> bool {
        let after = self.after();
        let line = self.line_before().to_ascii_lowercase();
        let ends = !after.starts_with(|c: char| c.is_alphanumeric());
        ends && ["curl", "wget", "base64", "http", "echo ", "iwr"]
            .iter()
            .any(|fetch| line.contains(fetch))
    }

    fn is_in_tag(&self) -> bool {
        let before = self.before();
        let open = before.rfind('<');
        let closed = before.rfind('>');
        open.is_some_and(|open| {
            closed.is_none_or(|closed| closed < open)
                && before[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic())
        })
    }

    /// `<input type=…>`, and not the placeholder `<input>`.
    fn loads(&self) -> bool {
        let after = self.after();
        let tag = after.split('>').next().unwrap_or_default();
        let begins = !self.before().ends_with(|c: char| c.is_alphanumeric());
        begins && tag.starts_with(|c: char| c.is_whitespace() || c == '/') && tag.contains('=')
    }

    /// A tag with an address of its own; a picture that lies beside the report is none.
    fn fetches(&self) -> bool {
        let tag = self.after().split('>').next().unwrap_or_default();
        let is_image = !self.text[self.span.clone()].starts_with("<a");
        let addresses = tag.match_indices("//");
        let suspicious = addresses.filter(|(at, _)| {
            let start = tag[..*at]
                .rfind(['"', '\'', '='])
                .map_or(0, |quote| quote + 1);
            links::is_suspicious(&tag[start..], is_image)
        });
        suspicious.count() > 0
    }

    fn address(&self) -> Option<Range<usize>> {
        let from = match self.text[self.span.clone()].strip_prefix("](") {
            Some(_) => self.span.start + 2,
            None => self.span.start,
        };
        let text = near_end(self.text, from);
        let length = links::length(text);
        let line = self.line_before();
        // `![text](address`, where the text may itself hold brackets.
        let is_image = line.ends_with("](") && line.contains("![")
            || line.ends_with("](<") && line.contains("![");
        let counts =
            self.surface == Surface::Name || links::is_suspicious(&text[..length], is_image);
        counts.then(|| from..from + length)
    }

    fn begins_cell(&self) -> bool {
        let before = self.before().trim_end_matches(' ');
        let found = &self.text[self.span.clone()];
        let begins = before.is_empty() || before.ends_with([',', '|', '"', '\'', '\t', '\n']);
        // `=cmd` has to call something, and arithmetic has to lead somewhere.
        let calls = match found.ends_with('(') {
            true => true,
            false => self.after().starts_with('|') || self.after().contains("cmd"),
        };
        begins && calls && (self.surface == Surface::Name || !found.ends_with("sum("))
    }

    fn is_role_value(&self) -> bool {
        let Some(value) = self.after().trim_start().strip_prefix(':') else {
            return false;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let roles = [
            "system",
            "assistant",
            "user",
            "developer",
            "tool",
            "function",
        ];
        roles.iter().any(|role| {
            value
                .get(..role.len())
                .is_some_and(|text| text.eq_ignore_ascii_case(role))
        })
    }
}

/// At most [`NEAR`] bytes from `at` on.
fn near_end(text: &str, at: usize) -> &str {
    let end = text.floor_char_boundary((at + NEAR).min(text.len()));
    &text[at..end.max(at)]
}

fn near_start(text: &str, at: usize) -> &str {
    let start = text.ceil_char_boundary(at.saturating_sub(NEAR));
    &text[start.min(at)..at]
}
