//! # What it does
//! Line feeds are the only control characters, and no character is invisible or reorders text.
//!
//! # Why
//! A reviewer must see what Python sees (CVE-2021-42574). Carriage returns and form feeds end lines
//! for some readers and not for others.

use super::{Checker, Rule};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-004",
    help: "write such a character as an escape sequence inside a string",
};

pub(super) fn check(checker: &mut Checker<'_>) {
    let (text, start) = (checker.transforms, checker.start);
    for (at, c) in text.char_indices().filter(|(_, c)| is_hidden(*c)) {
        let message = format!("the character U+{:04X} does not show", u32::from(c));
        checker.report_bytes(&RULE, start + at, start + at + c.len_utf8(), message);
        if checker.full() {
            return;
        }
    }
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xE0000..=0xE0FFF)
}
