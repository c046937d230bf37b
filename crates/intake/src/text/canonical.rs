//! The canonical form of a text: what a person sees of it, in Unicode form NFC.

use std::ops::Range;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::origin::Derived;

/// A text without what does not show.
#[derive(Debug)]
pub(crate) struct Canonical {
    /// The text, with the way back.
    pub(crate) derived: Derived,
    /// What was removed because it can only hide, mislead or smuggle; runs are joined.
    pub(crate) removed: Vec<Removed>,
}

/// A run of characters that were removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removed {
    /// Where, in the original.
    pub(crate) span: Range<usize>,
    /// What they are.
    pub(crate) class: Unseen,
}

/// Characters that do not show, or that change how others show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unseen {
    /// Zero width: they split words for a program and for nobody else.
    ZeroWidth,
    /// They reorder what a person sees.
    Bidi,
    /// Copies of ASCII that show nothing.
    Tag,
    /// They choose a glyph, and 256 of them can carry bytes.
    Variation,
    /// Control characters, among them the one that begins a terminal's escape sequences.
    Control,
    /// Private use and noncharacters: nobody can say what they show.
    Private,
}

/// What to do about a character.
enum Fate {
    Keep,
    /// It is removed and nobody is told: ordinary texts have it.
    Drop,
    /// It is removed and reported.
    Report(Unseen),
}

/// Makes the canonical form. Linear in the length of the text.
pub(crate) fn canonical(text: &str) -> Canonical {
    let mut derived = Derived::with_capacity(text.len());
    let mut removed: Vec<Removed> = Vec::new();
    let mut run = 0;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        // Nothing of printable ASCII is looked at twice.
        if matches!(c, ' '..='~' | '\n' | '\t') {
            before = Some(c);
            continue;
        }
        let after = chars.peek().map(|(_, next)| *next);
        let end = at + c.len_utf8();
        match fate(c, at, before, after) {
            Fate::Keep => {
                before = Some(c);
                continue;
            }
            Fate::Drop => {}
            Fate::Report(class) => match removed.last_mut() {
                Some(last) if last.class == class && last.span.end == at => last.span.end = end,
                _ => removed.push(Removed {
                    span: at..end,
                    class,
                }),
            },
        }
        derived.keep(&text[run..at], run);
        run = end;
    }
    derived.keep(&text[run..], run);
    Canonical {
        derived: composed(derived),
        removed,
    }
}

/// The text in form NFC. Pieces are cut where form NFC cannot look across: before ASCII.
fn composed(source: Derived) -> Derived {
    let text = source.as_str();
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return source;
    }
    let mut out = Derived::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < text.len() {
        let plain = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii())
            .count();
        let others = bytes[start + plain..]
            .iter()
            .take_while(|byte| !byte.is_ascii())
            .count();
        let end = start + plain + others;
        // What is not ASCII may compose with the character before it.
        let base = if others == 0 {
            end
        } else {
            (start + plain).saturating_sub(1).max(start)
        };
        out.keep_of(&source, start..base);
        let piece = &text[base..end];
        if is_nfc_quick(piece.chars()) == IsNormalized::Yes {
            out.keep_of(&source, base..end);
        } else {
            let composed: String = piece.nfc().collect();
            out.replace(&composed, source.origin(base..end));
        }
        start = end;
    }
    out
}

fn fate(c: char, at: usize, before: Option<char>, after: Option<char>) -> Fate {
    match u32::from(c) {
        0x09 | 0x0A => Fate::Keep,
        // Half of a line's end.
        0x0D if after == Some('\n') => Fate::Drop,
        0x00..=0x1F | 0x7F..=0x9F => Fate::Report(Unseen::Control),
        // A soft hyphen is in many texts that were set for print.
        0xAD => Fate::Drop,
        // A byte order mark at the start is how some tools say UTF-8.
        0xFEFF if at == 0 => Fate::Drop,
        // The joiners belong to emoji and to the scripts that write with them, the marks to those
        // that are written from the right.
        0x200D if before.is_some_and(is_emoji) && after.is_some_and(is_emoji) => Fate::Keep,
        0x200C | 0x200D if before.is_some_and(joins) || after.is_some_and(joins) => Fate::Keep,
        0x200E | 0x200F | 0x061C
            if before.is_some_and(is_right_to_left) || after.is_some_and(is_right_to_left) =>
        {
            Fate::Drop
        }
        0x200E | 0x200F | 0x061C | 0x202A..=0x202E | 0x2066..=0x2069 => Fate::Report(Unseen::Bidi),
        // A line separator is white space; it stays as what it is.
        0x2028 | 0x2029 => Fate::Keep,
        0x034F
        | 0x115F..=0x1160
        | 0x17B4..=0x17B5
        | 0x180E
        | 0x200B..=0x200D
        | 0x2060..=0x2065
        | 0x206A..=0x206F
        | 0x2800
        | 0x3164
        | 0xFEFF
        | 0xFFA0
        | 0xFFF0..=0xFFFC
        | 0x1D173..=0x1D17A => Fate::Report(Unseen::ZeroWidth),
        // One selector after a symbol chooses between its text and its emoji form.
        0xFE0E | 0xFE0F if before.is_some_and(takes_selector) => Fate::Keep,
        0x180B..=0x180D | 0x180F | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF => {
            Fate::Report(Unseen::Variation)
        }
        0xE0000..=0xE007F => Fate::Report(Unseen::Tag),
        0xE0080..=0xE0FFF | 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xF0000.. => {
            Fate::Report(Unseen::Private)
        }
        value if value & 0xFFFE == 0xFFFE => Fate::Report(Unseen::Private),
        _ => Fate::Keep,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE0F | 0x1F000..=0x1FAFF)
}

fn takes_selector(c: char) -> bool {
    let is_selector = matches!(u32::from(c), 0xFE0E | 0xFE0F);
    !is_selector
        && (is_emoji(c)
            || matches!(u32::from(c), 0x23 | 0x2A | 0x30..=0x39 | 0xA9 | 0xAE
                | 0x203C..=0x2BFF | 0x3030 | 0x303D | 0x3297 | 0x3299))
}

/// Scripts in which a joiner changes how letters connect: Arabic, Syriac and those of India.
fn joins(c: char) -> bool {
    // Not those marks among them that are themselves removed.
    !matches!(u32::from(c), 0x061C | 0x17B4..=0x17B5 | 0x180B..=0x180F)
        && matches!(u32::from(c), 0x0600..=0x0DFF | 0x1000..=0x109F | 0x1780..=0x18AF | 0xFB50..=0xFDCF
        | 0xFE70..=0xFEFC)
}

fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDCF | 0xFE70..=0xFEFC)
}

/// The ASCII that a run of tag characters copies.
pub(crate) fn tagged_text(text: &str) -> String {
    let ascii = text.chars().filter_map(|c| {
        let value = u32::from(c).checked_sub(0xE0000)?;
        char::from_u32(value).filter(|c| matches!(c, ' '..='~'))
    });
    ascii.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_is_removed_and_reported() {
        for (text, expected, classes) in [
            (
                "ig\u{200b}no\u{200b}re",
                "ignore",
                &[Unseen::ZeroWidth, Unseen::ZeroWidth][..],
            ),
            ("a\u{202e}b\u{2066}c", "abc", &[Unseen::Bidi, Unseen::Bidi]),
            ("a\u{e0049}\u{e0067}b", "ab", &[Unseen::Tag]),
            ("a\u{1b}[31mb", "a[31mb", &[Unseen::Control]),
            ("a\rb\r\nc", "ab\nc", &[Unseen::Control]),
            (
                "\u{26a0}\u{fe0f}\u{fe0e}",
                "\u{26a0}\u{fe0f}",
                &[Unseen::Variation],
            ),
            ("a\u{fe01}\u{e0101}b", "ab", &[Unseen::Variation]),
            (
                "a\u{e000}b\u{ffff}",
                "ab",
                &[Unseen::Private, Unseen::Private],
            ),
            ("x\u{2060}\u{feff}y", "xy", &[Unseen::ZeroWidth]),
        ] {
            let made = canonical(text);
            assert_eq!(made.derived.as_str(), expected, "{text:?}");
            let found: Vec<Unseen> = made.removed.iter().map(|removed| removed.class).collect();
            assert_eq!(found, classes, "{text:?}");
        }
    }

    #[test]
    fn ordinary_texts_are_not_accused() {
        for (text, expected) in [
            ("\u{feff}# Report", "# Report"),
            ("Straßen\u{ad}bahn", "Straßenbahn"),
            (
                "done \u{26a0}\u{fe0f} 1\u{fe0f}\u{20e3}",
                "done \u{26a0}\u{fe0f} 1\u{fe0f}\u{20e3}",
            ),
            ("\u{1f469}\u{200d}\u{1f4bb}", "\u{1f469}\u{200d}\u{1f4bb}"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("שלום\u{200f}!", "שלום!"),
            ("line\r\nline", "line\nline"),
        ] {
            let made = canonical(text);
            assert_eq!(made.derived.as_str(), expected, "{text:?}");
            assert_eq!(made.removed, [], "{text:?}");
        }
    }

    #[test]
    fn the_text_is_composed_and_every_part_knows_its_origin() {
        assert_eq!(canonical("e\u{200b}\u{301}").derived.as_str(), "é");
        let text = "cafe\u{301} \u{200b}Gro\u{308}ße";
        let made = canonical(text);
        assert_eq!(made.derived.as_str(), "café Größe");
        let at = made.derived.as_str().find("öß").unwrap();
        let span = made.derived.origin(at..at + "ö".len());
        assert_eq!(&text[span], "o\u{308}ß");
        let at = made.derived.as_str().find("caf").unwrap();
        assert_eq!(&text[made.derived.origin(at..at + 3)], "caf");
    }

    #[test]
    fn tags_are_read() {
        let hidden: String = "Hi all"
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xE0000).unwrap())
            .collect();
        assert_eq!(tagged_text(&hidden), "Hi all");
    }
}
