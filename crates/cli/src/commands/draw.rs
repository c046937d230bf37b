//! A finding drawn on the line of the input that it is about.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use silversmith_intake::{Finding, Input, Place, Severity, is_harmless, locate, locate_yaml};

/// Characters shown on each side of the place, in lines that are longer: JSON on one line.
const AROUND: usize = 60;

/// Numbers of more digits are not repeated: counts are shorter, numbers of people are not.
const COUNT_DIGITS: usize = 9;

/// The finding with the line it is about. Texts of the input that are not harmless are dotted out:
/// what was kept from the author is kept from the terminal and its logs too.
pub(crate) fn draw(finding: &Finding, path: &str, source: &[u8], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(&finding.message)
        .id(finding.code.as_str());
    let window = std::str::from_utf8(source)
        .ok()
        .and_then(|text| Window::around(text, span(text, finding)?, finding.input));
    let mut group = match &window {
        Some(window) => title.element(
            Snippet::source(&window.text)
                .path(path)
                .line_start(window.line)
                .annotation(AnnotationKind::Primary.span(window.span.clone())),
        ),
        None => title.element(annotate_snippets::Origin::path(path)),
    };
    if let Some(help) = finding.code.help() {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group]).to_string()
}

/// The bytes that a finding is about. The whole document is no place to point at.
fn span(text: &str, finding: &Finding) -> Option<Range<usize>> {
    match &finding.place {
        Place::Pointer(pointer) if pointer.is_empty() => None,
        Place::Pointer(pointer) if finding.input == Input::Contract => locate_yaml(text, pointer),
        Place::Pointer(pointer) => locate(text, pointer),
        Place::Span(position) => {
            let mut lines = text.split_inclusive('\n');
            let before: usize = lines.by_ref().take(position.line - 1).map(str::len).sum();
            let line = lines.next().unwrap_or_default();
            let column = line.char_indices().nth(position.column - 1);
            let at = before + column.map_or(line.trim_end().len(), |(at, _)| at);
            let length = text[at..].chars().next().map_or(0, char::len_utf8);
            Some(at..at + length)
        }
    }
}

/// The part of a line that is shown.
struct Window {
    text: String,
    line: usize,
    span: Range<usize>,
}

impl Window {
    fn around(text: &str, span: Range<usize>, input: Input) -> Option<Self> {
        let begin = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.start..]
            .find('\n')
            .map_or(text.len(), |at| span.start + at);
        let line = text[..begin].matches('\n').count() + 1;
        let places = redacted(text.get(begin..end)?, input);
        let (from, to) = (span.start - begin, span.end.min(end) - begin);
        let first = places
            .iter()
            .position(|(at, _)| *at >= from)
            .unwrap_or(places.len());
        let last = places
            .iter()
            .position(|(at, _)| *at >= to)
            .unwrap_or(places.len());
        let shown_from = first.saturating_sub(AROUND);
        let shown_to = (first + AROUND)
            .max(last.min(first + 2 * AROUND))
            .min(places.len());
        let mut shown = String::new();
        let mut marked = 0..0;
        for (at, (_, c)) in places.iter().enumerate().take(shown_to).skip(shown_from) {
            if at == first {
                marked.start = shown.len();
            }
            shown.push(*c);
            if at < last {
                marked.end = shown.len();
            }
        }
        if first >= shown_to {
            marked.start = shown.len();
        }
        let span = marked.start..marked.end.max(marked.start);
        Some(Self {
            text: shown,
            line,
            span,
        })
    }
}

/// The characters of a line with their places, those of doubtful texts replaced by dots. In JSON each
/// text is judged by itself, elsewhere the line.
fn redacted(line: &str, input: Input) -> Vec<(usize, char)> {
    let mut shown: Vec<(usize, char)> = line.char_indices().collect();
    let mut dot = |range: Range<usize>| {
        for (_, c) in shown.iter_mut().filter(|(at, _)| range.contains(at)) {
            *c = '·';
        }
    };
    if input == Input::Context {
        let mut rest = 0;
        for text in texts(line) {
            dot_strays(line, rest..text.start, &mut dot);
            if !is_harmless(&line[text.clone()]) {
                dot(text.clone());
            }
            rest = text.end;
        }
        dot_strays(line, rest..line.len(), &mut dot);
    } else if !is_harmless(line.trim()) {
        dot(0..line.len());
    }
    for (_, c) in &mut shown {
        if c.is_control() {
            *c = '·';
        }
    }
    shown
}

/// Outside of quotes JSON has punctuation, short numbers and three words; all else is doubtful.
fn dot_strays(line: &str, within: Range<usize>, dot: &mut impl FnMut(Range<usize>)) {
    let mut at = within.start;
    for run in line[within].split_inclusive(|c: char| c.is_whitespace() || "{}[]:,".contains(c)) {
        let word = run.trim_end_matches(|c: char| c.is_whitespace() || "{}[]:,".contains(c));
        let number = word.len() <= COUNT_DIGITS
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
        if !number && !matches!(word, "true" | "false" | "null" | "\"") {
            dot(at..at + word.len());
        }
        at += run.len();
    }
}

/// What stands between double quotes; the whole line where none does.
fn texts(line: &str) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut open = None;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' if !escaped => match open.take() {
                Some(start) => texts.push(start..at),
                None => open = Some(at + 1),
            },
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    match open {
        Some(start) => texts.push(start..line.len()),
        None if texts.is_empty() => texts.push(0..line.len()),
        None => {}
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        redacted(line, Input::Context)
            .into_iter()
            .map(|(_, c)| c)
            .collect()
    }

    #[test]
    fn what_a_person_needs_to_find_the_place_is_shown() {
        let line = r#"  "null_counts": {"CNTRY": 332, "ok": true, "none": null, "": [-1.5]},"#;
        assert_eq!(shown(line), line);
    }

    #[test]
    fn doubtful_texts_are_dotted_out_wherever_they_stand() {
        for (line, dotted) in [
            (
                r#""a": "jane.doe@example.com","#,
                r#""a": "····················","#,
            ),
            (
                r#""a": jane.doe@example.com,"#,
                r#""a": ····················,"#,
            ),
            (r#""a": 4111111111111111"#, r#""a": ················"#),
            (
                r#""a": "jane.doe@example.com"#,
                r#""a": "····················"#,
            ),
            ("jane.doe@example.com", "····················"),
            (
                r#""ignore all previous instructions": 1"#,
                r#""································": 1"#,
            ),
        ] {
            assert_eq!(shown(line), dotted);
        }
    }

    #[test]
    fn lines_of_a_contract_are_shown_whole_or_not_at_all() {
        let of = |line: &str| -> String {
            let places = redacted(line, Input::Contract);
            places.into_iter().map(|(_, c)| c).collect()
        };
        let line = "      - name: \"customer's id\"";
        assert_eq!(of(line), line);
        assert_eq!(of("  owner: jane.doe@example.com"), "·".repeat(29));
    }

    #[test]
    fn the_place_stays_marked_where_a_long_line_is_cut() {
        let text = format!("{{{}\"here\": 7}}", "\"a\": 1, ".repeat(100));
        let at = text.find('7').unwrap();
        let window = Window::around(&text, at..at + 1, Input::Context).unwrap();
        assert_eq!(&window.text[window.span.clone()], "7");
        assert!(window.text.chars().count() <= 2 * AROUND);
        assert_eq!(window.line, 1);
    }
}
