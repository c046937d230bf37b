//! Addresses of networks and devices.

use std::net::{Ipv4Addr, Ipv6Addr};

use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Longest text of an address of version 6.
const MAX_V6: usize = 45;

/// Finds addresses in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < line.words.len() {
        let known = v4(line, at)
            .or_else(|| mac(line, at))
            .or_else(|| v6(line, at));
        match known {
            Some((to, recogniser, end)) => {
                found.push(Found {
                    span: start_of(line, at)..end,
                    kind: PersonalKind::Network,
                    recogniser,
                    rank: rank::PROVEN,
                });
                at = to + 1;
            }
            None => at += 1,
        }
    }
}

type Known = (usize, &'static str, usize);

/// `::1` starts before its first word.
fn start_of(line: &Line<'_>, at: usize) -> usize {
    let start = line.words[at].start;
    if line.gap_before(at).ends_with("::") {
        start - 2
    } else {
        start
    }
}

fn joined(line: &Line<'_>, from: usize, words: usize, gap: &str) -> Option<(usize, usize)> {
    let to = from + words - 1;
    let end = line.words.get(to)?.end;
    (from..to)
        .all(|at| line.gap(at) == gap)
        .then_some((to, end))
}

fn v4(line: &Line<'_>, at: usize) -> Option<Known> {
    if !line.words[at].traits.all_digits() {
        return None;
    }
    let (to, end) = joined(line, at, 4, ".")?;
    let address: Ipv4Addr = line.text[line.words[at].start..end].parse().ok()?;
    // Everybody's own machine, and masks, are nobody's.
    let is_nobodys =
        address.is_loopback() || address.is_unspecified() || address.octets()[0] == 255;
    let goes_on = (to + 1 < line.words.len() && line.gap(to) == ".")
        || (at > 0 && line.gap_before(at) == ".");
    let is_version =
        at > 0 && line.lists(at - 1).has(List::Version) && !context::near(line, at, List::Ip);
    (!is_nobodys && !goes_on && !is_version).then_some((to, "ipv4", end))
}

fn mac(line: &Line<'_>, at: usize) -> Option<Known> {
    let is_hex = |at: usize, len: usize| {
        let word = line.word(at);
        word.len() == len && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let (words, len, gaps): (usize, usize, &[&str]) = match line.word(at).len() {
        2 => (6, 2, &[":", "-"]),
        4 => (3, 4, &["."]),
        _ => return None,
    };
    let gap = gaps.iter().find(|gap| line.gap(at) == **gap)?;
    let (to, end) = joined(line, at, words, gap)?;
    let hex = (at..=to).all(|at| is_hex(at, len));
    let with_letters = (at..=to).any(|at| !line.words[at].traits.all_digits()) || *gap == ":";
    let goes_on = (to + 1 < line.words.len() && line.gap(to) == *gap)
        || (at > 0 && line.gap_before(at) == *gap);
    (hex && with_letters && !goes_on).then_some((to, "mac", end))
}

fn v6(line: &Line<'_>, at: usize) -> Option<Known> {
    let gap = line.gap(at);
    let starts = gap == ":" || gap == "::" || line.gap_before(at).ends_with("::");
    let goes_on = at > 0 && matches!(line.gap_before(at), ":" | "::" | "." | "-");
    if !starts || goes_on || line.word(at).len() > 4 {
        return None;
    }
    let start = start_of(line, at);
    let rest = &line.text[start..];
    let len = rest
        .bytes()
        .take(MAX_V6)
        .take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        .count();
    let text = rest[..len].trim_end_matches('.');
    let text = if text.ends_with("::") {
        text
    } else {
        text.trim_end_matches(':')
    };
    let address: Ipv6Addr = text.parse().ok()?;
    // `std::fmt` and `a::b` are paths; an address has a number in it and more than two groups.
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    let is_address =
        text.bytes().any(|byte| byte.is_ascii_digit()) && groups >= 3 && !address.is_loopback();
    let end = start + text.len();
    let to = (at..line.words.len())
        .take_while(|at| line.words[*at].end <= end)
        .last()?;
    let whole = line.words.get(to + 1).is_none_or(|next| next.start >= end);
    (is_address && whole).then_some((to, "ipv6", end))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn addresses() {
        check_one(&[
            ("from 192.0.2.44, twice", "ipv4", "192.0.2.44"),
            ("198.51.100.7:8080", "ipv4", "198.51.100.7"),
            ("IP 10.0.0.1.", "ipv4", "10.0.0.1"),
            ("2001:db8::8a2e:370:7334", "ipv6", "2001:db8::8a2e:370:7334"),
            ("[2001:db8:0:0:0:0:0:1]:443", "ipv6", "2001:db8:0:0:0:0:0:1"),
            (
                "fe80::1ff:fe23:4567:890a",
                "ipv6",
                "fe80::1ff:fe23:4567:890a",
            ),
            ("00:1B:44:11:3A:B7", "mac", "00:1B:44:11:3A:B7"),
            ("00-1b-44-11-3a-b7", "mac", "00-1b-44-11-3a-b7"),
            ("001b.4411.3ab7", "mac", "001b.4411.3ab7"),
        ]);
    }

    #[test]
    fn no_addresses() {
        check_none(&[
            "version 1.2.3.4",
            "1.2.3",
            "1.2.3.4.5",
            "300.1.2.3",
            "127.0.0.1",
            "std::fmt::Display",
            "a::b",
            "12:30:00",
            "21:47:26.123",
            "2026-01-25T21:47:26",
            "20-26-01-25-21-47",
            "de:ad",
            "10:20:30:40",
            "::1",
        ]);
    }
}
