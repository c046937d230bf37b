//! From a folded text to sentences of words, however the words are spelled: `i g n o r e`, `1gn0re`,
//! `ig**no**re`, `IgnorePrevious`, `ignoreprevious`.

use std::ops::Range;

use super::vocabulary::{Classes, FILLER, INSTRUCTIONS, LEAD, NETWORK, PROMPT, RULES, Vocabulary};

/// Words of a sentence at most; a longer one is cut, so that the work and the memory are bounded.
const MOST_WORDS: usize = 512;

/// Letters of a word that may be several words written as one, at least.
const SHORTEST_RUN: usize = 14;

/// Shortest word that is looked for in such a run.
const SHORTEST_CUT: usize = 3;

/// A word of a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// What it can be.
    pub(crate) classes: Classes,
    /// Where it is in the folded text.
    pub(crate) span: Range<usize>,
    /// Half words from the start of the sentence; what fills sentences counts half.
    pub(crate) at: u32,
    /// Whether a verb here is an order: at the start, after a sign, or after `please`.
    pub(crate) leads: bool,
    /// Whether a colon follows.
    pub(crate) colon: bool,
}

/// A piece of text between signs.
#[derive(Debug, Clone)]
struct Token {
    span: Range<usize>,
    /// Its letters and digits in lower case, without signs inside.
    plain: String,
    before: Gap,
}

/// What is between two tokens.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    /// The one ASCII character that it is, if it is one.
    single: Option<u8>,
    sentence_end: bool,
    /// A table cell, a list item or a paragraph ends: nothing goes on.
    hard_end: bool,
    comma: bool,
    sign: bool,
    colon: bool,
}

/// Calls `see` with the words of every sentence.
pub(crate) fn sentences(text: &str, mut see: impl FnMut(&[Word])) {
    each_sentence(text, |tokens, text| {
        see(&to_words(tokens, text, &plain_spelling))
    });
}

/// The same for texts that are written in a way that no person reads: rotated by 13 letters, or
/// backwards.
pub(crate) fn disguised_sentences(text: &str, mut see: impl FnMut(&[Word])) {
    let vocabulary = Vocabulary::get();
    each_sentence(text, |tokens, text| {
        for spell in [rotated as fn(&str) -> String, backwards] {
            let known = tokens.iter().filter(|token| {
                token.plain.len() > 3 && vocabulary.classes(&spell(&token.plain)) != 0
            });
            if known.take(3).count() >= 2 {
                let spelled = |token: &Token, _: &str, out: &mut Spelled| {
                    out.push((token.span.clone(), vocabulary.classes(&spell(&token.plain))));
                };
                let mut words = to_words(tokens, text, &spelled);
                see(&words);
                turn(&mut words);
                see(&words);
            }
        }
    });
}

/// Puts the words into the other order.
fn turn(words: &mut [Word]) {
    words.reverse();
    for (at, word) in words.iter_mut().enumerate() {
        word.at = 2 * at as u32;
        word.leads = at == 0;
        word.colon = false;
    }
}

fn rotated(word: &str) -> String {
    let rotate = |c: char| match c {
        'a'..='m' => (c as u8 + 13) as char,
        'n'..='z' => (c as u8 - 13) as char,
        other => other,
    };
    word.chars().map(rotate).collect()
}

fn backwards(word: &str) -> String {
    word.chars().rev().collect()
}

fn each_sentence(text: &str, mut see: impl FnMut(&[Token], &str)) {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut end, mut since) = (0, 0);
    while let Some(span) = next_token(text, end) {
        let before = gap(&text[end..span.start]);
        // A full stop after a single word is as likely a way to cut an order into pieces.
        let ends = before.hard_end || before.sentence_end && since > 1;
        if !tokens.is_empty() && (ends || tokens.len() >= MOST_WORDS) {
            see(&tokens, text);
            tokens.clear();
        }
        since = if before.sentence_end { 1 } else { since + 1 };
        end = span.end;
        let plain = plain(&text[span.clone()]);
        tokens.push(Token {
            span,
            plain,
            before,
        });
    }
    if !tokens.is_empty() {
        see(&tokens, text);
    }
}

/// The next run of letters and digits from byte `from` on, with signs that stand inside a word.
fn next_token(text: &str, from: usize) -> Option<Range<usize>> {
    let mut start = None;
    let mut end = from;
    let mut chars = text[from..].char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let is_part = match c {
            c if c.is_alphanumeric() => true,
            '@' | '$' | '!' | '|' => {
                let ends = matches!(c, '@' | '$') && start.is_some();
                ends || next.is_alphanumeric() && (start.is_some() || !previous.is_alphanumeric())
            }
            // Emphasis and code inside a word do not end it; an apostrophe does, but for `don't`.
            '*' | '`' | '~' => start.is_some() && (next.is_alphanumeric() || next == c),
            '\'' | '\u{2019}' => start.is_some() && matches!(next, 't' | 'T'),
            _ => false,
        };
        if is_part {
            start.get_or_insert(from + at);
            end = from + at + c.len_utf8();
        } else if start.is_some() {
            break;
        }
        previous = c;
    }
    let start = start?;
    // Signs that turned out to be at the end are not of the word.
    let word = text[start..end].trim_end_matches(['*', '`', '~', '\'', '\u{2019}']);
    Some(start..start + word.len().max(1))
}

fn plain(token: &str) -> String {
    let letters = token.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn gap(text: &str) -> Gap {
    let mut found = Gap::default();
    if let [single] = text.as_bytes() {
        found.single = Some(*single);
    }
    let mut newline = false;
    let mut last = ' ';
    for c in text.chars() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => {
                found.hard_end |= newline;
                found.sentence_end |= matches!(last, '.' | '!' | '?' | ';' | ':');
                newline = true;
                found.sign = true;
            }
            // A list, a heading or a quotation begins.
            '-' | '+' | '*' | '#' | '|' | '>' if newline => found.hard_end = true,
            '|' => found.hard_end = true,
            ',' | '(' | ')' | '/' | '=' => found.comma = true,
            ':' => {
                found.colon = true;
                found.sign = true;
            }
            c if c.is_whitespace() => {
                found.sentence_end |= matches!(last, '.' | '!' | '?' | ';' | '。' | '…');
            }
            _ => {}
        }
        found.sign |= !c.is_whitespace() && !matches!(c, '_' | ',' | '\'' | '\u{2019}');
        if !c.is_whitespace() && c != '-' {
            newline = false;
        }
        last = c;
    }
    found
}

type Spelled = Vec<(Range<usize>, Classes)>;

/// The words that tokens stand for, with their distances.
fn to_words(tokens: &[Token], text: &str, spell: &dyn Fn(&Token, &str, &mut Spelled)) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(tokens.len());
    let mut spelled = Spelled::new();
    let mut at = 0;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        spelled.clear();
        let count = fragments(&tokens[index..], &mut spelled);
        if count == 0 {
            spell(token, text, &mut spelled);
        }
        let before = token.before;
        if before.colon
            && let Some(last) = words.last_mut()
        {
            last.colon = true;
        }
        // What a comma or a colon parts is further away than what stands together.
        if before.comma || before.colon {
            at += 4;
        }
        let orders = LEAD | INSTRUCTIONS | RULES | PROMPT;
        for (nth, (span, classes)) in spelled.drain(..).enumerate() {
            let after_lead = words.last().is_none_or(|last| last.classes & orders != 0);
            at += if classes & FILLER != 0 { 1 } else { 2 };
            words.push(Word {
                classes,
                span,
                at,
                leads: after_lead || nth == 0 && (before.sign || before.comma),
                colon: false,
            });
        }
        index += count.max(1);
    }
    if let Some(last) = words.last_mut() {
        last.colon |= text[last.span.end..].trim_start().starts_with(':');
    }
    words
}

/// The words of a token as it is written.
fn plain_spelling(token: &Token, text: &str, out: &mut Spelled) {
    let vocabulary = Vocabulary::get();
    let whole = vocabulary.classes(&token.plain);
    if whole != 0 {
        out.push((token.span.clone(), whole));
        return;
    }
    let raw = &text[token.span.clone()];
    if is_mailbox(raw, &text[token.span.end..]) {
        out.push((token.span.clone(), NETWORK));
        return;
    }
    if split_at_capitals(raw, token.span.start, out) {
        return;
    }
    let respelled = respell(raw);
    if let Some(respelled) = &respelled {
        let classes =
            vocabulary.classes(respelled) | vocabulary.classes(&respelled.replace('i', "l"));
        if classes != 0 {
            out.push((token.span.clone(), classes));
            return;
        }
    }
    let run = respelled.as_deref().unwrap_or(&token.plain);
    push_cut(run, &token.span, SHORTEST_RUN, out);
    if out.is_empty() {
        out.push((token.span.clone(), 0));
    }
}

/// Appends the words that a run of letters is made of, if there are several.
fn push_cut(run: &str, span: &Range<usize>, shortest: usize, out: &mut Spelled) {
    if run.len() < shortest {
        return;
    }
    let cut = Vocabulary::get().cut(run, SHORTEST_CUT);
    let covered: usize = cut.iter().map(|(from, to, _)| to - from).sum();
    // Words that happen to be in another word cover little of it.
    if cut.len() > 1 && covered * 4 >= run.len() * 3 {
        out.extend(cut.into_iter().map(|(.., classes)| (span.clone(), classes)));
    }
}

/// Whether a token and what follows is an address: `name@host.`.
fn is_mailbox(token: &str, rest: &str) -> bool {
    rest.starts_with('.')
        && token
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// `IgnoreAllRules` as its three words. False if the capitals are not those of several words.
fn split_at_capitals(raw: &str, start: usize, out: &mut Spelled) -> bool {
    let mixed = raw.bytes().any(|byte| byte.is_ascii_uppercase())
        && raw.bytes().any(|byte| byte.is_ascii_lowercase());
    if !mixed || !raw.is_ascii() {
        return false;
    }
    let vocabulary = Vocabulary::get();
    let bytes = raw.as_bytes();
    let mut from = 0;
    let mut known = 0;
    for at in 1..=bytes.len() {
        let is_end = at == bytes.len()
            || bytes[at].is_ascii_uppercase()
                && (!bytes[at - 1].is_ascii_uppercase()
                    || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
        if is_end {
            let classes = vocabulary.classes(&raw[from..at].to_ascii_lowercase());
            known += usize::from(classes != 0);
            out.push((start + from..start + at, classes));
            from = at;
        }
    }
    let several = out.len() > 1 && known > 0;
    if !several {
        out.clear();
    }
    several
}

/// The letters that digits and signs stand for; `None` if there are none.
fn respell(raw: &str) -> Option<String> {
    let mut changed = false;
    let mut letters = 0;
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        let letter = match c {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '2' => 'z',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '6' | '9' => 'g',
            '7' => 't',
            '8' => 'b',
            c if c.is_alphabetic() => {
                letters += 1;
                out.extend(c.to_lowercase());
                continue;
            }
            _ => continue,
        };
        changed = true;
        out.push(letter);
    }
    (changed && letters > 0).then_some(out)
}

/// The words that the first tokens are when they are put together (`i g n o r e`, `ig-no-re`), and
/// how many tokens those are; 0 if they are none.
fn fragments(tokens: &[Token], out: &mut Spelled) -> usize {
    let Some(first) = tokens.first() else {
        return 0;
    };
    let Some(separator) = tokens.get(1).and_then(|token| token.before.single) else {
        return 0;
    };
    let longest = if separator == b' ' { 1 } else { 3 };
    if first.plain.len() > longest {
        return 0;
    }
    let more = tokens[1..]
        .iter()
        .take(80)
        .take_while(|token| token.before.single == Some(separator) && token.plain.len() <= longest);
    let count = 1 + more.count();
    if count < 3 {
        return 0;
    }
    let run: String = tokens[..count]
        .iter()
        .map(|token| token.plain.as_str())
        .collect();
    let respelled = respell(&run);
    let run = respelled.as_deref().unwrap_or(&run);
    let span = first.span.start..tokens[count - 1].span.end;
    let are_letters = tokens[..count].iter().all(|token| token.plain.len() == 1);
    if run.len() < 4 && !are_letters {
        return 0;
    }
    match Vocabulary::get().classes(run) {
        0 => push_cut(run, &span, 6, out),
        classes => out.push((span, classes)),
    }
    if out.is_empty() { 0 } else { count }
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::{ALL, IGNORE, PRIOR};
    use super::*;

    fn classes(text: &str) -> Vec<Vec<Classes>> {
        let mut found = Vec::new();
        sentences(text, |words| {
            found.push(words.iter().map(|word| word.classes).collect());
        });
        found
    }

    #[test]
    fn words_are_read_however_they_are_spelled() {
        for text in [
            "ignore all previous",
            "IGNORE ALL PREVIOUS",
            "iGnOrE aLl PrEvIoUs",
            "IgnoreAllPrevious",
            "ignore_all_previous",
            "ignore-all-previous",
            "1gn0re a11 prev10us",
            "!gnore @ll previou$",
            "i g n o r e  a l l  p r e v i o u s",
            "i.g.n.o.r.e a.l.l p.r.e.v.i.o.u.s",
            "ig-no-re all pre-vio-us",
            "ig**no**re all pre`vi`ous",
            "ignoreallprevious",
            "i g n o r e a l l p r e v i o u s",
        ] {
            let found = classes(text);
            assert_eq!(found.len(), 1, "{text}");
            let has = |class| found[0].iter().any(|classes| classes & class != 0);
            assert!(has(IGNORE) && has(ALL) && has(PRIOR), "{text}: {found:?}");
        }
    }

    #[test]
    fn sentences_end() {
        for (text, count) in [
            ("One two. Three four.", 2),
            ("Ignore. All. Previous.", 1),
            ("one two\nthree", 1),
            ("one two\n\nthree", 2),
            ("- one two\n- three", 2),
            ("| one | two |", 2),
            ("3.14 and v1.2.3", 1),
            ("", 0),
        ] {
            assert_eq!(classes(text).len(), count, "{text}");
        }
    }

    #[test]
    fn a_long_sentence_is_cut() {
        let found = classes(&"word ".repeat(2_000));
        assert!(found.iter().all(|sentence| sentence.len() <= MOST_WORDS));
        assert_eq!(found.iter().map(Vec::len).sum::<usize>(), 2_000);
    }
}
