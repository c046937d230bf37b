//! Numbers written in groups, and who knows them.

use crate::find::Found;
use crate::line::Line;
use crate::{bank, national, phone};

/// Most digits of any number that is looked at: the longest payment card.
pub(crate) const MAX_DIGITS: usize = 19;
/// Most groups of any number: a French telephone number or social security number with its country.
const MAX_GROUPS: usize = 8;

/// A number in one or more groups of digits.
pub(crate) struct Number<'l, 't> {
    /// The line it stands in.
    pub(crate) line: &'l Line<'t>,
    /// Its first word.
    pub(crate) from: usize,
    /// Its last word.
    pub(crate) to: usize,
    /// Its digits.
    pub(crate) digits: &'l [u8],
    /// The lengths of its groups with what stands between them: `3-2-4`.
    pub(crate) shape: &'l str,
}

impl Number<'_, '_> {
    /// Where its first digit stands.
    pub(crate) fn start(&self) -> usize {
        self.line.words[self.from].start
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> usize {
        self.line.words[self.to].end
    }

    /// Whether nothing stands between its digits.
    pub(crate) fn is_bare(&self) -> bool {
        self.from == self.to
    }
}

/// Finds numbers in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut digits = Vec::with_capacity(MAX_DIGITS);
    let mut shape = String::new();
    let mut at = 0;
    while at < line.words.len() {
        if !line.words[at].traits.all_digits() || !is_open_before(line, at) {
            at += 1;
            continue;
        }
        at = match longest(line, at, &mut digits, &mut shape, found) {
            Some(to) => to + 1,
            None => at + 1,
        };
    }
}

/// Tries the numbers that start at this word, the longest first, and gives the last word of the one
/// that somebody knew.
fn longest(
    line: &Line<'_>,
    from: usize,
    digits: &mut Vec<u8>,
    shape: &mut String,
    found: &mut Vec<Found>,
) -> Option<usize> {
    let mut ends = [0; MAX_GROUPS];
    let mut groups = 0;
    let mut total = 0;
    let mut at = from;
    while groups < MAX_GROUPS && total <= MAX_DIGITS {
        total += line.words[at].end - line.words[at].start;
        ends[groups] = at;
        groups += 1;
        let joined = is_joint(line.gap(at));
        at += 1;
        if !joined
            || line
                .words
                .get(at)
                .is_none_or(|next| !next.traits.all_digits())
        {
            break;
        }
    }
    for &to in ends[..groups].iter().rev() {
        if !is_open_after(line, to) || !spell(line, from, to, digits, shape) {
            continue;
        }
        let number = Number {
            line,
            from,
            to,
            digits,
            shape,
        };
        let known = bank::card(&number)
            .or_else(|| national::number(&number))
            .or_else(|| phone::phone(&number));
        if let Some(known) = known {
            found.push(known);
            return Some(to);
        }
    }
    None
}

fn spell(
    line: &Line<'_>,
    from: usize,
    to: usize,
    digits: &mut Vec<u8>,
    shape: &mut String,
) -> bool {
    digits.clear();
    shape.clear();
    for at in from..=to {
        let group = line.word(at);
        if digits.len() + group.len() > MAX_DIGITS {
            return false;
        }
        digits.extend(group.bytes().map(|byte| byte - b'0'));
        if group.len() > 9 {
            shape.push(char::from(b'0' + (group.len() / 10) as u8));
        }
        shape.push(char::from(b'0' + (group.len() % 10) as u8));
        if at < to {
            shape.push_str(line.gap(at));
        }
    }
    true
}

/// Whether what stands between two groups may join them to one number.
fn is_joint(gap: &str) -> bool {
    matches!(gap.len(), 1..=3)
        && gap
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'_'))
        && !gap.contains("  ")
}

/// Whether a number may start at this word: it does not go on from something before it.
fn is_open_before(line: &Line<'_>, at: usize) -> bool {
    let gap = line.gap_before(at);
    let Some(last) = gap.chars().next_back() else {
        return at == 0;
    };
    let attached = gap.len() == last.len_utf8() && at > 0;
    match last {
        '-' | '.' | '/' | ',' | '\'' | ':' | '@' | '&' | '_' => {
            // `key:1` and `key_1` announce a number; `12:30` and `a-1` are one thing.
            !attached || (matches!(last, ':' | '_') && !line.words[at - 1].traits.digit())
        }
        '$' | '€' | '£' | '#' | '¥' | '%' | '\\' => false,
        _ => true,
    }
}

/// Whether a number may end with this word.
fn is_open_after(line: &Line<'_>, at: usize) -> bool {
    let gap = line.gap(at);
    let mut chars = gap.chars();
    let attached = at + 1 < line.words.len();
    match (chars.next(), chars.next()) {
        (None, _) => true,
        (Some('%' | '€' | '$' | '°'), _) => false,
        (Some('-' | '.' | ',' | '/' | ':' | '\'' | '@' | '&'), None) => !attached,
        _ => true,
    }
}
