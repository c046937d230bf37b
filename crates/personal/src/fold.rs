//! Text as the recognisers read it: one spelling for what looks the same.
//!
//! Full-width and mathematical letters and digits, the digits of other scripts, dashes and spaces of
//! every width become ASCII; character references, percent escapes and `\u` escapes are decoded;
//! characters that nobody sees are left out; a token of [`crate::Masker`] becomes one character that
//! no recogniser takes. Every byte knows which bytes of the original it stands for.

use std::borrow::Cow;
use std::ops::Range;

use crate::token;

/// Stands for a token that is already there. A control character, so no recogniser takes it.
pub(crate) const BARRIER: char = '\u{1}';

/// A text in the recognisers' spelling.
pub(crate) struct Folded<'a> {
    text: Cow<'a, str>,
    /// Where the two differ, in order.
    changes: Vec<Change>,
}

/// A character that is not written as in the original. Between two changes every byte is the same.
struct Change {
    /// Where it stands in the folded text; where it was left out, what follows it.
    folded: usize,
    /// Its bytes there.
    len: usize,
    /// The bytes of the original that it stands for.
    original: Range<usize>,
}

impl<'a> Folded<'a> {
    /// Of this text.
    pub(crate) fn new(text: &'a str) -> Self {
        let is_plain =
            |byte: &u8| byte.is_ascii() && !matches!(byte, b'&' | b'%' | b'\\' | b'[' | 1);
        let mut changes = Vec::new();
        let mut folded = String::new();
        let (mut at, mut copied) = (0, 0);
        loop {
            at += text.as_bytes()[at..]
                .iter()
                .take_while(|byte| is_plain(byte))
                .count();
            let Some((len, c)) = next(&text[at..]) else {
                break;
            };
            if c != text[at..].chars().next() {
                folded.push_str(&text[copied..at]);
                changes.push(Change {
                    folded: folded.len(),
                    len: c.map_or(0, char::len_utf8),
                    original: at..at + len,
                });
                folded.extend(c);
                copied = at + len;
            }
            at += len;
        }
        if changes.is_empty() {
            return Self {
                text: Cow::Borrowed(text),
                changes,
            };
        }
        folded.push_str(&text[copied..]);
        Self {
            text: Cow::Owned(folded),
            changes,
        }
    }

    /// The text in the recognisers' spelling.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the bytes of the folded text stand in the original: all of each character that they touch,
    /// and not what was left out on either side.
    pub(crate) fn original(&self, span: Range<usize>) -> Range<usize> {
        self.start(span.start)..self.end(span.end)
    }

    /// Where the character starts that has this byte.
    fn start(&self, at: usize) -> usize {
        match self.changes[..self.changes.partition_point(|change| change.folded <= at)].last() {
            None => at,
            Some(change) if at < change.folded + change.len => change.original.start,
            Some(change) => change.original.end + (at - change.folded - change.len),
        }
    }

    /// Where the character ends that ends before this byte.
    fn end(&self, at: usize) -> usize {
        match self.changes[..self.changes.partition_point(|change| change.folded < at)].last() {
            None => at,
            Some(change) if at < change.folded + change.len => change.original.end,
            Some(change) => change.original.end + (at - change.folded - change.len),
        }
    }
}

/// How many bytes the next character takes, and what it is, if it is to be seen at all.
fn next(text: &str) -> Option<(usize, Option<char>)> {
    let c = text.chars().next()?;
    let decoded = match c {
        '&' => character_reference(text),
        '%' => percent(text),
        '\\' => unicode_escape(text),
        '[' => token::length(text).map(|len| (len, BARRIER)),
        _ => None,
    };
    if let Some((len, decoded)) = decoded {
        return Some((len, plain(decoded)));
    }
    Some((c.len_utf8(), if c == BARRIER { None } else { plain(c) }))
}

/// `&#64;`, `&#x40;` and the few names that hide an address.
fn character_reference(text: &str) -> Option<(usize, char)> {
    const NAMED: [(&str, char); 8] = [
        ("&commat;", '@'),
        ("&period;", '.'),
        ("&lowbar;", '_'),
        ("&hyphen;", '-'),
        ("&dash;", '-'),
        ("&nbsp;", ' '),
        ("&plus;", '+'),
        ("&colon;", ':'),
    ];
    if let Some((name, c)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((name.len(), *c));
    }
    let digits = text.strip_prefix("&#")?;
    let (radix, digits) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    let count = digits
        .bytes()
        .take(8)
        .take_while(|b| (*b as char).is_digit(radix))
        .count();
    let c = char::from_u32(u32::from_str_radix(digits.get(..count)?, radix).ok()?)?;
    let semicolon = usize::from(digits[count..].starts_with(';'));
    Some((text.len() - digits.len() + count + semicolon, c))
}

/// `%40`, for what is to be seen in ASCII.
fn percent(text: &str) -> Option<(usize, char)> {
    let byte = u8::from_str_radix(text.get(1..3).filter(|hex| is_hex(hex))?, 16).ok()?;
    (b' '..=b'~')
        .contains(&byte)
        .then_some((3, char::from(byte)))
}

/// `\u0040`, as JSON and most languages write it.
fn unicode_escape(text: &str) -> Option<(usize, char)> {
    let hex = text
        .strip_prefix("\\u")?
        .get(..4)
        .filter(|hex| is_hex(hex))?;
    let c = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
    (!c.is_control()).then_some((6, c))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The character in the recognisers' spelling, if it is to be seen.
fn plain(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    let code = c as u32;
    let ascii = |code: u32| char::from_u32(code).unwrap_or(c);
    Some(match code {
        // Soft hyphen, combining grapheme joiner, zero width, bidi, fillers, selectors, tags.
        0xAD
        | 0x34F
        | 0x61C
        | 0x115F
        | 0x1160
        | 0x17B4
        | 0x17B5
        | 0x180B..=0x180E
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x206F
        | 0x3164
        | 0xFE00..=0xFE0F
        | 0xFEFF
        | 0xFFA0
        | 0xE0000..=0xE0FFF => return None,
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => ' ',
        0x2010..=0x2015 | 0x2212 | 0xFE58 | 0xFE63 => '-',
        0x2018 | 0x2019 | 0x2BC | 0xB4 => '\'',
        0x201C..=0x201F | 0xAB | 0xBB => '"',
        0x2024 | 0x3002 | 0xFE52 | 0xFF61 => '.',
        0xFE6B => '@',
        0x660..=0x669 => ascii(code - 0x660 + 0x30),
        0x6F0..=0x6F9 => ascii(code - 0x6F0 + 0x30),
        0x966..=0x96F => ascii(code - 0x966 + 0x30),
        0xFF01..=0xFF5E => ascii(code - 0xFF01 + 0x21),
        0x24B6..=0x24CF => ascii(code - 0x24B6 + 0x41),
        0x24D0..=0x24E9 => ascii(code - 0x24D0 + 0x61),
        0x1D7CE..=0x1D7FF => ascii((code - 0x1D7CE) % 10 + 0x30),
        0x1D400..=0x1D6A3 => match (code - 0x1D400) % 52 {
            upper @ 0..26 => ascii(upper + 0x41),
            lower => ascii(lower - 26 + 0x61),
        },
        _ => c,
    })
}

/// The character in lower case without its accents, as word lists are written.
pub(crate) fn bare(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        let plain = match lower {
            'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
            'æ' => "ae",
            'ç' | 'ć' | 'č' => "c",
            'ď' | 'đ' | 'ð' => "d",
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
            'ğ' | 'ģ' => "g",
            'ì'..='ï' | 'ī' | 'ı' | 'į' => "i",
            'ķ' => "k",
            'ł' | 'ľ' | 'ļ' => "l",
            'ñ' | 'ń' | 'ň' | 'ņ' => "n",
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
            'œ' => "oe",
            'ř' => "r",
            'ß' => "ss",
            'ś' | 'š' | 'ş' | 'ș' => "s",
            'ť' | 'ţ' | 'ț' | 'þ' => "t",
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
            'ý' | 'ÿ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            '\u{300}'..='\u{36f}' => "",
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_what_looks_the_same() {
        for (text, folded) in [
            ("jane&#64;example&period;com", "jane@example.com"),
            ("jane%40example.com", "jane@example.com"),
            ("jane\\u0040example.com", "jane@example.com"),
            ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jane@example.com"),
            ("j\u{200b}ane", "jane"),
            ("𝐣𝐚𝐧𝐞 𝟏𝟐", "jane 12"),
            ("٠٤٤ ۶۶۸", "044 668"),
            ("a\u{a0}b\u{2011}c", "a b-c"),
            ("[EMAIL-1-c082]", "\u{1}"),
            ("[x] 5 % of & \\users", "[x] 5 % of & \\users"),
            ("Zürich", "Zürich"),
        ] {
            assert_eq!(Folded::new(text).text(), folded, "{text}");
        }
    }

    #[test]
    fn spans_lead_back_to_the_original() {
        let text = "é: j\u{200b}ane&#64;example.com!";
        let folded = Folded::new(text);
        let at = folded.text().find("jane@example.com").unwrap();
        let span = folded.original(at..at + "jane@example.com".len());
        assert_eq!(&text[span], "j\u{200b}ane&#64;example.com");
        let text = "\u{200b}a\u{200b}\u{200b}b\u{200b}";
        let spans = |a, b| Folded::new(text).original(a..b);
        assert_eq!(
            (spans(0, 1), spans(1, 2), spans(0, 2)),
            (3..4, 10..11, 3..11)
        );
    }
}
