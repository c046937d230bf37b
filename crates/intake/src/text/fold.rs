//! The form of a text in which it is searched, and in no other way used: references and escapes are
//! read, and letters that look like Latin ones are those Latin ones.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::origin::Derived;

/// How often references are read again: `&amp;#105;` takes two rounds.
const ROUNDS: usize = 3;

/// Characters that one is decomposed into, at most: `㎯` has five.
const MOST_PARTS: usize = 6;

/// Longest reference between `&` and `;` that is looked at.
const LONGEST_REFERENCE: usize = 12;

/// A text as it is searched.
#[derive(Debug)]
pub(crate) struct Folded {
    /// Each made from the one before.
    layers: Vec<Derived>,
}

impl Folded {
    pub(crate) fn as_str(&self) -> &str {
        self.layers.last().map_or("", Derived::as_str)
    }

    /// The bytes of the text that was folded.
    pub(crate) fn origin(&self, span: Range<usize>) -> Range<usize> {
        let mut span = span;
        for layer in self.layers.iter().rev() {
            span = layer.origin(span);
        }
        span
    }
}

/// Folds a canonical text. Linear in its length.
pub(crate) fn fold(text: &str) -> Folded {
    let mut layers: Vec<Derived> = Vec::with_capacity(1);
    for _ in 0..ROUNDS {
        let input = layers.last().map_or(text, Derived::as_str);
        if !layers.is_empty() && !has_reference(input) {
            break;
        }
        let (layer, changed) = fold_once(input);
        layers.push(layer);
        if !changed {
            break;
        }
    }
    Folded { layers }
}

fn has_reference(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'&' | b'%' | b'\\'))
}

/// One round, and whether a reference was read.
fn fold_once(text: &str) -> (Derived, bool) {
    let mut out = Derived::with_capacity(text.len());
    let bytes = text.as_bytes();
    let (mut run, mut at, mut changed) = (0, 0, false);
    while at < bytes.len() {
        let byte = bytes[at];
        let read = match byte {
            b'&' => read_entity(&text[at..]),
            b'%' => read_percent(&bytes[at..]),
            b'\\' => read_escape(&text[at..]),
            0x00..=0x7F => {
                at += 1;
                continue;
            }
            _ => None,
        };
        let (decoded, length) = match read {
            Some((decoded, length)) => {
                changed = true;
                (decoded, length)
            }
            None if byte.is_ascii() => {
                at += 1;
                continue;
            }
            None => {
                // The index is at the start of a character, and there is one.
                let c = text[at..].chars().next().unwrap_or(' ');
                (Cow::Owned(c.to_string()), c.len_utf8())
            }
        };
        out.keep(&text[run..at], run);
        let mut folded = String::new();
        for c in decoded.chars() {
            fold_char(c, &mut folded);
        }
        if folded == text[at..at + length] {
            out.keep(&folded, at);
        } else {
            out.replace(&folded, at..at + length);
        }
        at += length;
        run = at;
    }
    out.keep(&text[run..], run);
    (out, changed)
}

/// Appends what a reader takes the character for.
fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        if !c.is_ascii_control() || matches!(c, '\n' | '\t') {
            out.push(c);
        }
        return;
    }
    if let Some(letter) = enclosed(c) {
        out.push(letter);
        return;
    }
    // A few ligatures stand for whole sentences; none of them is of Latin letters.
    if std::iter::once(c).nfkd().nth(MOST_PARTS).is_some() {
        out.push(c);
        return;
    }
    for part in std::iter::once(c).nfkd() {
        match part {
            part if part.is_ascii() => out.push(part),
            part if is_combining_mark(part) || shows_nothing(part) => {}
            part => match lookalike(part) {
                Some(text) => out.push_str(text),
                None => push_confusable(part, out),
            },
        }
    }
}

/// What canonical form would have removed had it not been written as a reference.
fn shows_nothing(c: char) -> bool {
    matches!(u32::from(c), 0x80..=0x9F | 0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF
        | 0xFFA0 | 0xE0000..=0xE0FFF)
}

/// Letters in circles, squares and flags that have no decomposition.
fn enclosed(c: char) -> Option<char> {
    let value = u32::from(c);
    let first = match value {
        0x1F150..=0x1F169 => 0x1F150,
        0x1F170..=0x1F189 => 0x1F170,
        0x1F1E6..=0x1F1FF => 0x1F1E6,
        _ => return None,
    };
    char::from_u32(value - first + u32::from('a'))
}

/// Letters that a reader takes for Latin ones and that Unicode's list of confusables does not have,
/// or has as something else.
fn lookalike(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'ł' | 'Ł' => "l",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ı' | 'і' | 'І' | 'ɪ' | 'ι' | 'Ι' => "i",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        'ŧ' | 'Ŧ' | 'ᴛ' | 'т' | 'Т' | 'τ' | 'Τ' => "t",
        'ᴀ' | 'ɑ' => "a",
        'ʙ' | 'В' | 'в' | 'Β' => "b",
        'ᴄ' => "c",
        'ᴅ' => "d",
        'ᴇ' | 'є' | 'Є' | 'ε' | 'Ε' => "e",
        'ꜰ' => "f",
        'ɢ' => "g",
        'ʜ' | 'н' | 'Н' | 'Η' => "h",
        'ᴊ' => "j",
        'ᴋ' | 'к' | 'К' | 'κ' | 'Κ' => "k",
        'ʟ' => "l",
        'ᴍ' | 'м' | 'М' | 'Μ' => "m",
        'ɴ' | 'п' | 'η' | 'Ν' => "n",
        'ᴏ' => "o",
        'ᴘ' => "p",
        'ʀ' | 'г' => "r",
        'ꜱ' => "s",
        'ᴜ' | 'υ' => "u",
        'ᴠ' | 'ν' => "v",
        'ᴡ' | 'ω' | 'ѡ' => "w",
        'ʏ' | 'У' | 'Υ' => "y",
        'ᴢ' | 'Ζ' => "z",
        _ => return None,
    })
}

/// The Latin letters or digits that Unicode (UTS 39) lists as looking the same; otherwise the
/// character itself in lower case.
fn push_confusable(c: char, out: &mut String) {
    let mut encoded = [0; 4];
    let start = out.len();
    out.extend(unicode_security::skeleton(c.encode_utf8(&mut encoded)));
    let found = &out[start..];
    if !found.is_empty() && found.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return;
    }
    out.truncate(start);
    // A capital that looks like none of ours is folded as its small letter is.
    for lower in c.to_lowercase() {
        match lower != c {
            true => fold_char(lower, out),
            false => out.push(c),
        }
    }
}

type Read<'a> = Option<(Cow<'a, str>, usize)>;

/// An HTML character reference at the start of the text, and its length.
fn read_entity(text: &str) -> Read<'_> {
    let bytes = text.as_bytes();
    let longest = bytes.len().min(LONGEST_REFERENCE + 1);
    let body_end = bytes[1..longest]
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#')
        .map_or(longest, |length| length + 1);
    let body = &text[1..body_end];
    let has_end = bytes.get(body_end) == Some(&b';');
    let length = body_end + usize::from(has_end);
    if let Some(number) = body.strip_prefix('#') {
        let value = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let c = char::from_u32(value)?;
        return Some((Cow::Owned(c.to_string()), length));
    }
    if !has_end {
        return None;
    }
    let decoded = match body {
        "lt" | "LT" => "<",
        "gt" | "GT" => ">",
        "amp" | "AMP" => "&",
        "quot" | "QUOT" => "\"",
        "apos" => "'",
        "nbsp" | "ensp" | "emsp" | "thinsp" | "Tab" => " ",
        "NewLine" => "\n",
        "shy" | "zwnj" | "zwj" | "lrm" | "rlm" | "ZeroWidthSpace" | "NoBreak" => "",
        "lbrace" | "lcub" => "{",
        "rbrace" | "rcub" => "}",
        "lbrack" | "lsqb" => "[",
        "rbrack" | "rsqb" => "]",
        "lpar" => "(",
        "rpar" => ")",
        "colon" => ":",
        "semi" => ";",
        "sol" => "/",
        "bsol" => "\\",
        "grave" => "`",
        "dollar" => "$",
        "percnt" => "%",
        "num" => "#",
        "excl" => "!",
        "commat" => "@",
        "vert" | "verbar" => "|",
        "period" => ".",
        "comma" => ",",
        "lowbar" => "_",
        "equals" => "=",
        _ => return None,
    };
    Some((Cow::Borrowed(decoded), length))
}

/// Bytes written as `%41%42` that are UTF-8 together.
fn read_percent(bytes: &[u8]) -> Read<'static> {
    let mut decoded = Vec::new();
    // A character has at most four bytes, so what is read again is bounded.
    for triple in bytes.chunks(3).take(64) {
        let [b'%', high, low] = triple else { break };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
            break;
        };
        decoded.push(high << 4 | low);
    }
    let valid = match std::str::from_utf8(&decoded) {
        Ok(text) => text.to_owned(),
        Err(error) => String::from_utf8_lossy(&decoded[..error.valid_up_to()]).into_owned(),
    };
    let length = valid.len() * 3;
    (length > 0).then_some((Cow::Owned(valid), length))
}

fn hex(byte: u8) -> Option<u8> {
    // A digit in base 16 is below 256.
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// `\u0069`, `\u{69}`, `\x69`, and a Markdown escape such as `\_`.
fn read_escape(text: &str) -> Read<'_> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| {
        let value = u32::from_str_radix(text.get(from..to)?, 16).ok()?;
        char::from_u32(value)
    };
    let (c, length) = match bytes.get(1)? {
        b'u' if bytes.get(2) == Some(&b'{') => {
            let end = bytes.iter().take(12).position(|byte| *byte == b'}')?;
            (digits(3, end)?, end + 1)
        }
        b'u' => (digits(2, 6)?, 6),
        b'U' => (digits(2, 10)?, 10),
        b'x' => (digits(2, 4)?, 4),
        b'_' | b'*' | b'`' | b'[' | b']' | b'<' | b'>' | b'{' | b'}' | b'#' | b'!' | b'|' => {
            return Some((Cow::Borrowed(text.get(1..2)?), 2));
        }
        _ => return None,
    };
    Some((Cow::Owned(c.to_string()), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_a_reader_sees_them() {
        for (text, expected) in [
            ("plain_Text 42", "plain_Text 42"),
            ("&#105;gnore &#x69;t &lt;b&gt;", "ignore it <b>"),
            ("&amp;#105;gnore", "ignore"),
            ("AT&T, a&b;", "AT&T, a&b;"),
            ("%69gnore%20all%C3%A9", "ignore alle"),
            ("100% of 5%", "100% of 5%"),
            (r"\u0069gnore \x69t ignore\_all", "ignore it ignore_all"),
            ("ｉｇｎｏｒｅ", "ignore"),
            ("𝐢𝐠𝐧𝐨𝐫𝐞 ⓐⓛⓛ 🅰🅻🅻 🇮🇹", "ignore all all it"),
            ("іgnоrе рrеvіоus", "ignore previous"),
            ("ɪɢɴᴏʀᴇ", "ignore"),
            ("Größe, Żółw, ignoré", "Grosse, Zolw, ignore"),
            ("i&#8203;gnore", "ignore"),
            ("漢字", "漢字"),
        ] {
            assert_eq!(fold(text).as_str(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_found_is_found_in_the_original() {
        let text = "é &amp;#105;gnore %61ll";
        let folded = fold(text);
        let at = folded.as_str().find("ignore").unwrap();
        assert_eq!(&text[folded.origin(at..at + 6)], "&amp;#105;gnore");
        let at = folded.as_str().find("all").unwrap();
        assert_eq!(&text[folded.origin(at..at + 3)], "%61ll");
    }
}
