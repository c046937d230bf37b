//! Untrusted text and numbers as a person may see them.

pub(crate) use silversmith_types::grouped;

/// The text with everything visible that would not show, would reorder its surroundings or would
/// steer a terminal: such characters are written `\u{…}`, spaces at the ends `␣`.
pub(crate) fn visible(text: &str) -> String {
    let inner = text.trim_matches(' ');
    let leading = text.len() - text.trim_start_matches(' ').len();
    let trailing = if inner.is_empty() {
        0
    } else {
        text.len() - leading - inner.len()
    };
    let mut out = "␣".repeat(leading);
    for c in inner.chars() {
        if hides(c) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out.push_str(&"␣".repeat(trailing));
    out
}

/// The visible text in quotes, so that it is clear where a value begins and ends.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text))
}

/// Controls, white space other than the space, and characters that show nothing or reorder text.
fn hides(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
            | 0xE0000..=0xE0FFF | 0xF0000..)
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// The part of a whole, 0 to 1; nothing of nothing is 0.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        (part as f64 / whole as f64).clamp(0.0, 1.0)
    }
}

/// A share in per cent. It never rounds to all or nothing: those two are statements.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let per_mille = (share(part, whole) * 1000.0).round();
    match () {
        () if part == 0 => "0 %".to_owned(),
        () if part >= whole => "100 %".to_owned(),
        () if per_mille < 1.0 => "< 0.1 %".to_owned(),
        () if per_mille >= 1000.0 => "> 99.9 %".to_owned(),
        () if share(part, whole) < 0.1 || per_mille > 990.0 => format!("{:.1} %", per_mille / 10.0),
        () => format!("{:.0} %", per_mille / 10.0),
    }
}

/// A size in the largest unit that keeps it at one or more.
pub(crate) fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} B"),
    }
}

/// Milliseconds, as seconds from one second on.
pub(crate) fn duration(millis: u64) -> String {
    if millis < 1000 {
        format!("{millis} ms")
    } else {
        format!("{:.2} s", millis as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        for (text, shown) in [
            ("plain", "plain"),
            ("", ""),
            ("  ", "␣␣"),
            (" a b ", "␣a b␣"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nb", "a\\u{a}b"),
            ("\u{a0}x", "\\u{a0}x"),
            ("שלום", "שלום"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_share_rounds_to_all_or_nothing_only_where_it_is() {
        for (part, whole, shown) in [
            (0, 10, "0 %"),
            (10, 10, "100 %"),
            (1, 100_000, "< 0.1 %"),
            (99_999, 100_000, "> 99.9 %"),
            (1, 100, "1.0 %"),
            (1, 3, "33 %"),
            (996, 1000, "99.6 %"),
            (0, 0, "–"),
        ] {
            assert_eq!(percent(part, whole), shown, "{part} of {whole}");
        }
    }
}
