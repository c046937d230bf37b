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

/// Letters of a word in disguise, at most.
const LONGEST_DISGUISED: usize = 24;

/// Pieces of a word, or of several, that are put together at most.
const MOST_FRAGMENTS: usize = 80;

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
    /// Its letters and digits in lower case, without signs inside: a part of [`Sentence::letters`].
    plain: Range<usize>,
    before: Gap,
}

/// The tokens of a sentence.
struct Sentence<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    letters: String,
}

impl Sentence<'_> {
    fn plain(&self, token: &Token) -> &str {
        &self.letters[token.plain.clone()]
    }

    fn raw(&self, token: &Token) -> &str {
        &self.text[token.span.clone()]
    }
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

/// How the words of a sentence were spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As people spell.
    Plain,
    /// As no person reads: rotated by 13 letters, or backwards.
    Disguised,
}

/// Calls `see` with the words of every sentence, and again where they are words in disguise.
pub(crate) fn sentences(text: &str, mut see: impl FnMut(&[Word], Spelling)) {
    let mut words = Vec::new();
    each_sentence(text, |sentence| {
        to_words(sentence, plain_spelling, &mut words);
        see(&words, Spelling::Plain);
        for spell in [rotated, backwards] {
            if !has_known(sentence, spell) {
                continue;
            }
            let spelled = |sentence: &Sentence<'_>, token: &Token, out: &mut Spelled| {
                out.push((token.span.clone(), disguised(sentence.plain(token), spell)));
            };
            to_words(sentence, spelled, &mut words);
            see(&words, Spelling::Disguised);
            turn(&mut words);
            see(&words, Spelling::Disguised);
        }
    });
}

/// A way to write letters otherwise.
type Spell = fn(&mut [u8]);

/// Whether two words of the sentence are known when they are spelled so.
fn has_known(sentence: &Sentence<'_>, spell: Spell) -> bool {
    let words = sentence.tokens.iter().map(|token| sentence.plain(token));
    let known = words.filter(|word| word.len() > 3 && disguised(word, spell) != 0);
    known.take(2).count() == 2
}

/// The classes of the word that is spelled so.
fn disguised(word: &str, spell: Spell) -> Classes {
    let mut letters = [0; LONGEST_DISGUISED];
    let Some(letters) = letters.get_mut(..word.len()).filter(|_| word.is_ascii()) else {
        return 0;
    };
    letters.copy_from_slice(word.as_bytes());
    spell(letters);
    // Both ways to spell turn ASCII into ASCII.
    std::str::from_utf8(letters).map_or(0, |word| Vocabulary::get().classes(word))
}

fn rotated(word: &mut [u8]) {
    for byte in word {
        *byte = match *byte {
            b'a'..=b'm' => *byte + 13,
            b'n'..=b'z' => *byte - 13,
            other => other,
        };
    }
}

fn backwards(word: &mut [u8]) {
    word.reverse();
}

/// Puts the words into the other order.
fn turn(words: &mut [Word]) {
    words.reverse();
    for (at, word) in words.iter_mut().enumerate() {
        // A sentence has a few hundred words at most.
        word.at = 2 * at as u32;
        word.leads = at == 0;
        word.colon = false;
    }
}

fn each_sentence(text: &str, mut see: impl FnMut(&Sentence<'_>)) {
    let mut sentence = Sentence {
        text,
        tokens: Vec::new(),
        letters: String::new(),
    };
    let (mut end, mut since) = (0, 0);
    while let Some(span) = next_token(text, end) {
        let before = gap(&text[end..span.start]);
        // A full stop after a single word is as likely a way to cut an order into pieces.
        let ends = before.hard_end || before.sentence_end && since > 1;
        if !sentence.tokens.is_empty() && (ends || sentence.tokens.len() >= MOST_WORDS) {
            see(&sentence);
            sentence.tokens.clear();
            sentence.letters.clear();
        }
        since = if before.sentence_end { 1 } else { since + 1 };
        end = span.end;
        let start = sentence.letters.len();
        push_plain(&text[span.clone()], &mut sentence.letters);
        sentence.tokens.push(Token {
            span,
            plain: start..sentence.letters.len(),
            before,
        });
    }
    if !sentence.tokens.is_empty() {
        see(&sentence);
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

fn push_plain(token: &str, out: &mut String) {
    for c in token.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
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
            '/' if found.single.is_some() => {}
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

/// The words that a sentence is made of, with their distances.
fn to_words(
    sentence: &Sentence<'_>,
    spell: impl Fn(&Sentence<'_>, &Token, &mut Spelled),
    words: &mut Vec<Word>,
) {
    words.clear();
    let mut spelled = Spelled::new();
    let (mut at, mut index, mut whole_until) = (0, 0, 0);
    while let Some(token) = sentence.tokens.get(index) {
        spelled.clear();
        let mut count = 1;
        if index >= whole_until {
            let length = fragments(sentence, index, &mut spelled);
            // What is no word from its first piece on is not looked at from its second.
            match spelled.is_empty() {
                true => whole_until = index + length,
                false => count = length,
            }
        }
        if spelled.is_empty() {
            spell(sentence, token, &mut spelled);
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
        index += count;
    }
    if let Some(last) = words.last_mut() {
        last.colon |= sentence.text[last.span.end..].trim_start().starts_with(':');
    }
}

/// The words of a token as it is written.
fn plain_spelling(sentence: &Sentence<'_>, token: &Token, out: &mut Spelled) {
    let vocabulary = Vocabulary::get();
    let plain = sentence.plain(token);
    let whole = vocabulary.classes(plain);
    if whole != 0 {
        out.push((token.span.clone(), whole));
        return;
    }
    let raw = sentence.raw(token);
    if is_mailbox(raw, &sentence.text[token.span.end..]) {
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
    let run = respelled.as_deref().unwrap_or(plain);
    push_cut(run, &token.span, SHORTEST_RUN, 2, out);
    if out.is_empty() {
        out.push((token.span.clone(), 0));
    }
}

/// Appends the words that a run of letters is made of, if there are at least `fewest`.
fn push_cut(run: &str, span: &Range<usize>, shortest: usize, fewest: usize, out: &mut Spelled) {
    if run.len() < shortest {
        return;
    }
    let cut = Vocabulary::get().cut(run, SHORTEST_CUT);
    let covered: usize = cut.iter().map(|(length, _)| length).sum();
    // Words that happen to be in another word cover little of it.
    if cut.len() >= fewest && covered * 4 >= run.len() * 3 {
        out.extend(cut.into_iter().map(|(_, classes)| (span.clone(), classes)));
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

/// Appends the words that tokens from `index` on are when they are put together (`i g n o r e`,
/// `ig-no-re`), and gives the number of tokens that belong together: 1 if there are no pieces.
fn fragments(sentence: &Sentence<'_>, index: usize, out: &mut Spelled) -> usize {
    let tokens = &sentence.tokens[index..];
    let Some((first, rest)) = tokens.split_first() else {
        return 1;
    };
    let Some(separator) = rest.first().and_then(|token| token.before.single) else {
        return 1;
    };
    let longest = if separator == b' ' { 1 } else { 3 };
    if first.plain.len() > longest {
        return 1;
    }
    let more = rest
        .iter()
        .take(MOST_FRAGMENTS)
        .take_while(|token| token.before.single == Some(separator) && token.plain.len() <= longest);
    let count = 1 + more.count();
    let letters = first.plain.start..tokens[count - 1].plain.end;
    // Three digits of a date are no word in pieces.
    if count < 3 || letters.len() < 3 || letters.len() < 4 && longest > 1 && letters.len() > count {
        return count;
    }
    let run = &sentence.letters[letters];
    let respelled = respell(run);
    let run = respelled.as_deref().unwrap_or(run);
    let span = first.span.start..tokens[count - 1].span.end;
    match Vocabulary::get().classes(run) {
        0 => push_cut(run, &span, 6, 1, out),
        classes => out.push((span, classes)),
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::{ALL, IGNORE, PRIOR};
    use super::*;

    fn classes(text: &str) -> Vec<Vec<Classes>> {
        let mut found = Vec::new();
        sentences(text, |words, spelling| {
            if spelling == Spelling::Disguised {
                return;
            }
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
