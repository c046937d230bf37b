//! E-mail addresses, also as people write them against robots: `jane (at) example (dot) com`.

use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::find::{Found, rank};
use crate::lexicon::{self, List};
use crate::line::{Line, bare, is_word};

/// Longest part before the `@` (RFC 5321), with room for escapes.
const MAX_LOCAL: usize = 80;
/// Longest domain (RFC 1035).
const MAX_DOMAIN: usize = 255;

/// Endings that make a spoken address one: other words after `dot` are prose.
const SPOKEN_ENDINGS: &str = "com org net edu gov info biz io co de ch at uk fr it es nl be pl pt eu us ca au in br mx se dk \
    fi no ie li lu cz ai app dev me example test invalid";

/// Finds addresses in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let text = line.text;
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let span = around_sign(text, at)
            .or_else(|| quoted(text, at))
            .or_else(|| spaced(text, at));
        found.extend(span.map(email));
    }
    for at in 1..line.words.len() {
        if line.lists(at).has(List::At) {
            found.extend(spoken(line, at).map(email));
        }
    }
}

fn email(span: std::ops::Range<usize>) -> Found {
    Found {
        span,
        kind: PersonalKind::Email,
        recogniser: "email",
        rank: rank::CERTAIN,
    }
}

fn is_dot_word(word: &str) -> bool {
    lexicon::lists_of(word).has(List::Dot)
}

/// `jane@example.com`, also with one space on either side of the sign.
fn around_sign(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let left = text[..at].strip_suffix(' ').map_or(at, str::len);
    let start = local_start(text, left)?;
    let right = at + 1 + usize::from(text[at + 1..].starts_with(' '));
    let domain = domain(text, right)?;
    // The address of a repository, `git@host:path`.
    let is_git = &text[start..left] == "git" && text[domain.end..].starts_with(':');
    (!is_git).then_some(start..domain.end)
}

/// `"jane doe"@example.com`.
fn quoted(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let inside = text[..at].strip_suffix('"')?;
    let from = floor(inside, inside.len().saturating_sub(MAX_LOCAL));
    let start = from + inside[from..].rfind('"')?;
    Some(start..domain(text, at + 1)?.end)
}

/// `j a n e @ e x a m p l e . c o m`: single characters with single spaces on both sides.
fn spaced(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let mut start = at;
    while let Some(rest) = text[..start].strip_suffix(' ') {
        let Some(c) = rest.chars().next_back().filter(|c| is_local(*c)) else {
            break;
        };
        let one = rest.len() - c.len_utf8();
        let alone = one == 0 || rest[..one].ends_with(' ');
        if !alone || at - one > 2 * MAX_LOCAL {
            break;
        }
        start = one;
    }
    let mut end = at + 1;
    let mut domain = String::new();
    while let Some(rest) = text[end..].strip_prefix(' ') {
        let Some(c) = rest.chars().next().filter(|c| is_domain(*c) || *c == '.') else {
            break;
        };
        let after = rest[c.len_utf8()..].chars().next();
        if after.is_some_and(is_word) || domain.len() > MAX_DOMAIN {
            break;
        }
        domain.push(c);
        end += 1 + c.len_utf8();
    }
    let is_domain = self::domain(&domain, 0).is_some_and(|found| found.end + 1 >= domain.len());
    (start < at && is_domain).then_some(start..end)
}

/// `jane (at) example (dot) com`, `jane at example dot com`.
fn spoken(line: &Line<'_>, at: usize) -> Option<std::ops::Range<usize>> {
    let text = line.text;
    let (before, after) = (line.gap_before(at), line.gap(at));
    let opened = before.trim_end().ends_with(['(', '[', '{', '<']);
    let closed = after.trim_start().starts_with([')', ']', '}', '>']);
    let word = line.words[at];
    let left = if opened {
        let inner = text[..word.start].trim_end();
        inner[..inner.len() - 1].trim_end().len()
    } else {
        text[..word.start].trim_end().len()
    };
    let right = if closed {
        let inner = text[word.end..].trim_start();
        text.len() - inner[1..].trim_start().len()
    } else {
        text.len() - text[word.end..].trim_start().len()
    };
    let bracketed = opened && closed;
    if opened != closed || (!bracketed && (left == word.start || right == word.end)) {
        return None;
    }
    let mut start = local_start(text, left)?;
    if let Some(further) = dotted_before(text, start) {
        start = further;
    }
    let domain = domain(text, right)?;
    let announced = || context::around(line, at.saturating_sub(1), at + 1, List::Email);
    let is_spoken = domain.spoken && context::is_in(&domain.ending, SPOKEN_ENDINGS);
    (bracketed || is_spoken || (!domain.spoken && announced())).then_some(start..domain.end)
}

/// The start of `jane` in `jane dot` before `doe`, if a spoken dot stands there.
fn dotted_before(text: &str, start: usize) -> Option<usize> {
    let rest = text[..start].trim_end();
    let rest = rest
        .strip_suffix([')', ']', '}'])
        .unwrap_or(rest)
        .trim_end();
    let word = rest.len()
        - rest
            .chars()
            .rev()
            .take(8)
            .take_while(|c| is_word(*c))
            .map(char::len_utf8)
            .sum::<usize>();
    if !is_dot_word(&rest[word..]) {
        return None;
    }
    let rest = rest[..word].trim_end();
    let rest = rest
        .strip_suffix(['(', '[', '{'])
        .unwrap_or(rest)
        .trim_end();
    local_start(text, rest.len())
}

/// Where the part before the `@` starts, if there is one that ends here.
fn local_start(text: &str, end: usize) -> Option<usize> {
    let mut start = end;
    let mut first = end;
    for (at, c) in text[..end].char_indices().rev().take(MAX_LOCAL) {
        if !is_local(c) {
            break;
        }
        start = at;
        if is_word(c) {
            first = start;
        }
    }
    // Quotes and bullets before it are not part of it, and something has to be.
    (first < end && start <= first).then_some(first)
}

fn is_local(c: char) -> bool {
    is_word(c) || matches!(c, '.' | '%' | '+' | '-' | '_' | '\'')
}

fn is_domain(c: char) -> bool {
    c != '_' && (is_word(c) || c == '-')
}

struct Domain {
    end: usize,
    /// Whether a dot was written as a word.
    spoken: bool,
    ending: String,
}

/// The domain at this place: labels with dots between them, the last one of letters.
fn domain(text: &str, start: usize) -> Option<Domain> {
    if let Some(literal) = text[start..].strip_prefix('[') {
        let len = literal.bytes().take(46).position(|byte| byte == b']')?;
        literal[..len].parse::<std::net::IpAddr>().ok()?;
        return Some(Domain {
            end: start + len + 2,
            spoken: false,
            ending: String::new(),
        });
    }
    let mut best = None;
    let mut spoken = false;
    let mut at = label_end(text, start)?;
    while at - start < MAX_DOMAIN {
        let Some((next, as_word)) = dot(text, at) else {
            break;
        };
        let Some(end) = label_end(text, next) else {
            break;
        };
        spoken |= as_word;
        let label = &text[next..end];
        let letters = label
            .chars()
            .all(|c| c.is_alphabetic() || !c.is_alphanumeric());
        let is_ending = (letters && label.chars().nth(1).is_some()) || label.starts_with("xn--");
        if is_ending {
            best = Some(Domain {
                end,
                spoken,
                ending: bare(label),
            });
            if as_word && context::is_in(&bare(label), SPOKEN_ENDINGS) && !continues(text, end) {
                break;
            }
        }
        at = end;
    }
    best
}

/// Whether another label follows, so that `co` in `co dot uk` is not the end.
fn continues(text: &str, end: usize) -> bool {
    dot(text, end).is_some_and(|(next, as_word)| as_word && label_end(text, next).is_some())
}

fn label_end(text: &str, start: usize) -> Option<usize> {
    let len: usize = text[start..]
        .chars()
        .take(64)
        .take_while(|c| is_domain(*c))
        .map(char::len_utf8)
        .sum();
    let label = text[start..start + len].trim_end_matches('-');
    (!label.is_empty() && !label.starts_with('-')).then_some(start + label.len())
}

/// What follows a dot at this place, and whether the dot was written as a word or in brackets.
fn dot(text: &str, at: usize) -> Option<(usize, bool)> {
    let rest = &text[at..];
    if let Some(after) = rest.strip_prefix('.') {
        return Some((text.len() - after.len(), false));
    }
    let inner = rest.trim_start_matches(' ');
    let spaces = rest.len() - inner.len();
    if spaces > 2 {
        return None;
    }
    if let Some(inside) = inner.strip_prefix(['(', '[', '{', '<']) {
        let inside = inside.trim_start_matches(' ');
        let inside = inside
            .strip_prefix('.')
            .or_else(|| strip_dot_word(inside))?;
        let after = inside
            .trim_start_matches(' ')
            .strip_prefix([')', ']', '}', '>'])?;
        return Some((text.len() - after.trim_start_matches(' ').len(), true));
    }
    let after = strip_dot_word(inner)?;
    let next = after.trim_start_matches(' ');
    (spaces > 0 && next.len() < after.len()).then_some((text.len() - next.len(), true))
}

fn strip_dot_word(text: &str) -> Option<&str> {
    let len = text
        .bytes()
        .take(8)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    is_dot_word(&text[..len]).then(|| &text[len..])
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::find::find;

    fn values(text: &str) -> Vec<&str> {
        find(text)
            .into_iter()
            .map(|found| &text[found.span])
            .collect()
    }

    #[test]
    fn addresses() {
        for (text, value) in [
            ("write to jane.doe@example.com.", "jane.doe@example.com"),
            ("<jane+tag@sub.example.co.uk>", "jane+tag@sub.example.co.uk"),
            ("'o'neil@example.org'", "o'neil@example.org"),
            ("jane_doe@example.com|x", "jane_doe@example.com"),
            ("jane(at)example(dot)com", "jane(at)example(dot)com"),
            (
                "jane [at] example [dot] com now",
                "jane [at] example [dot] com",
            ),
            ("jane AT example DOT com please", "jane AT example DOT com"),
            ("jane at example dot com", "jane at example dot com"),
            (
                "jane dot doe at example dot co dot uk ok",
                "jane dot doe at example dot co dot uk",
            ),
            ("jane(at)example.com", "jane(at)example.com"),
            ("jane {at} example.com", "jane {at} example.com"),
            ("jane @ example.com", "jane @ example.com"),
            ("jane@example(dot)com", "jane@example(dot)com"),
            ("e-mail: jane at example.com", "jane at example.com"),
            (
                "j a n e @ e x a m p l e . c o m",
                "j a n e @ e x a m p l e . c o m",
            ),
            (
                "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
                "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            ),
            ("j\u{200b}ane@example.com", "j\u{200b}ane@example.com"),
            ("jane&#64;example.com", "jane&#64;example.com"),
            ("jane%40example.com", "jane%40example.com"),
            ("jörg@müller.example", "jörg@müller.example"),
            ("用户@例子.测试", "用户@例子.测试"),
            ("jane@xn--mller-kva.xn--p1ai", "jane@xn--mller-kva.xn--p1ai"),
            ("\"jane doe\"@example.com", "\"jane doe\"@example.com"),
            ("jane@[192.0.2.1]", "jane@[192.0.2.1]"),
            ("mailto:jane@example.com?subject=x", "jane@example.com"),
            ("`jane@example.com`", "jane@example.com"),
            ("jane at example punkt de", "jane at example punkt de"),
        ] {
            assert_eq!(values(text), [value], "{text}");
        }
    }

    #[test]
    fn no_addresses() {
        for text in [
            "actions/checkout@v4",
            "serde@1.0.2",
            "git@github.com:owner/repo.git",
            "@decorator",
            "look at the data",
            "available at example.com",
            "at 10.5 percent",
            "a @ b",
            "nulls at load time dot the i",
            "email: null",
            "dot product at scale",
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }
}
