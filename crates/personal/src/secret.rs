//! Passwords, keys and tokens: by the beginnings that their issuers gave them, by what they are
//! assigned to, and by chance that has no other reason to be there.

use std::ops::Range;

use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Beginnings of tokens, with the fewest characters that follow.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-", 20),
    ("pk-", 32),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("rk_test_", 10),
    ("pk_live_", 10),
    ("whsec_", 16),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AROA", 16),
    ("AIDA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gldt-", 16),
    ("glrt-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xoxr-", 10),
    ("xapp-", 10),
    ("AIza", 30),
    ("ya29.", 20),
    ("GOCSPX-", 20),
    ("hf_", 20),
    ("SG.", 30),
    ("npm_", 30),
    ("pypi-", 30),
    ("dop_v1_", 32),
    ("doo_v1_", 32),
    ("dapi", 32),
    ("shpat_", 32),
    ("shpss_", 32),
    ("sq0atp-", 20),
    ("sq0csp-", 20),
    ("EAACEdEose0cBA", 10),
    ("lin_api_", 20),
    ("nvapi-", 20),
    ("gsk_", 20),
    ("r8_", 30),
    ("pplx-", 20),
    ("hvs.", 20),
    ("dckr_pat_", 20),
    ("PMAK-", 20),
    ("rubygems_", 30),
    ("sntrys_", 20),
    ("tfp_", 30),
    ("phc_", 30),
    ("atlasv1.", 20),
    ("key-", 32),
    ("ABIA", 16),
    ("AccountKey=", 40),
    ("SharedAccessKey=", 30),
];

/// Values that are words about a secret and none.
const NO_SECRETS: &str = "null none nil nan true false yes no string text varchar char int integer bool boolean required \
    optional nullable missing empty unknown masked redacted hidden withheld removed hashed encrypted plain column \
    columns field fields value values unset default changeme? todo tbd not-null primary foreign unique trimmed \
    standardize standardise and or the is are was has have must should in on of for to a an policy reset expired \
    invalid valid changed never always see below above n/a na x xxx example placeholder secret password token \
    bearer basic auth key your-password your-token";

/// How much of a text decides whether it is a secret. What is longer is no word, and each word of a
/// long run of characters would have to look at all of it.
const LOOKED_AT: usize = 128;

/// Finds secrets in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut done = 0;
    for at in 0..line.words.len() {
        if line.words[at].start < done {
            continue;
        }
        let prefixed = prefixed(line, at).map(|span| (span, "token", rank::CERTAIN));
        let known = prefixed
            .or_else(|| assigned(line, at).map(|span| (span, "assigned_secret", rank::PROVEN)))
            .or_else(|| random(line, at).map(|span| (span, "random_secret", rank::PROVEN)));
        if let Some((span, recogniser, rank)) = known {
            done = span.end;
            found.push(secret(span, recogniser, rank));
        }
    }
    for at in memchr::memmem::find_iter(line.text.as_bytes(), "://") {
        let credentials = credentials(line.text, at + 3);
        found.extend(credentials.map(|span| secret(span, "url_credentials", rank::CERTAIN)));
    }
}

fn secret(span: Range<usize>, recogniser: &'static str, rank: u8) -> Found {
    Found {
        span,
        kind: PersonalKind::Secret,
        recogniser,
        rank,
    }
}

/// Finds blocks of private keys, the one thing that goes over several lines.
pub(crate) fn find_key_blocks(text: &str, found: &mut Vec<Found>) {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let mut at = 0;
    let mut last_end = text.rfind(END);
    while let Some(start) = text[at..].find(BEGIN).map(|start| at + start) {
        let name = text[start + BEGIN.len()..]
            .split("-----")
            .next()
            .unwrap_or_default();
        if !name.contains("PRIVATE KEY") || name.len() > 64 {
            at = start + BEGIN.len();
            continue;
        }
        let body = start + BEGIN.len() + name.len();
        last_end = last_end.filter(|end| *end >= body);
        let end = match last_end.and_then(|_| text[body..].find(END)) {
            Some(end) => line_end(text, body + end),
            // Cut off, or never closed: all that could be part of the key.
            None => body + unclosed(&text[body..]),
        };
        found.push(secret(start..end, "private_key", rank::CERTAIN));
        at = end;
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find(['\n', '\r'])
        .map_or(text.len(), |end| at + end)
}

/// The length of the dashes, base64 and breaks that the text begins with.
fn unclosed(text: &str) -> usize {
    let is_key = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '/' | '=' | '\n' | '\r' | '\\')
    };
    let key = text.find(|c| !is_key(c)).map_or(text, |end| &text[..end]);
    key.trim_end().len()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~')
}

fn token_end(text: &str, start: usize) -> usize {
    let len = text[start..]
        .bytes()
        .take_while(|byte| is_token(*byte))
        .count();
    let token = &text[start..start + len];
    start + token.trim_end_matches(['.', '/', '-', '=']).len()
}

/// The bytes of the text that decide, as far as they belong to a token.
fn token_start(text: &str) -> &[u8] {
    let len = text
        .bytes()
        .take(LOOKED_AT)
        .take_while(|byte| is_token(*byte))
        .count();
    &text.as_bytes()[..len]
}

/// A token by its beginning, or a JSON web token.
fn prefixed(line: &Line<'_>, at: usize) -> Option<Range<usize>> {
    let start = line.words[at].start;
    let text = &line.text[start..];
    let first = text.as_bytes()[0];
    let known = |(prefix, fewest): &&(&str, usize)| {
        prefix.as_bytes()[0] == first
            && text
                .strip_prefix(prefix)
                .is_some_and(|rest| token_start(rest).len() >= *fewest)
    };
    let is_web_token = || {
        let token = token_start(text);
        token.len() >= 20 && token.contains(&b'.')
    };
    // `sk-learn-contrib-package-name` has no digit, a token does.
    let has_digit = || token_start(text).iter().any(u8::is_ascii_digit);
    let is_token = match text.starts_with("eyJ") {
        true => is_web_token(),
        false => PREFIXES.iter().any(|prefix| known(&prefix)) && has_digit(),
    };
    is_token.then(|| start..token_end(line.text, start))
}

/// `password = …`, `"api_key": "…"`, `Authorization: Bearer …`, `the password is …`.
fn assigned(line: &Line<'_>, at: usize) -> Option<Range<usize>> {
    let lists = line.lists(at);
    // Tables have keys too.
    let is_key = || {
        let before = at
            .checked_sub(1)
            .map(|before| line.bare(before))
            .unwrap_or_default();
        matches!(line.bare(at).as_str(), "key" | "keys")
            && context::is_in(
                &before,
                "api access secret private auth encryption signing master",
            )
    };
    let (is_password, is_secret) = (
        lists.has(List::Password),
        lists.has(List::Secret) || is_key(),
    );
    if !is_password && !is_secret {
        return None;
    }
    let start = value_start(line, at)?;
    let rest = &line.text[start..];
    let head = value(&rest[..rest.floor_char_boundary(LOOKED_AT)]);
    let is_whole = head.len() + 8 < LOOKED_AT;
    if head.is_empty() || context::is_in(&head.to_ascii_lowercase(), NO_SECRETS) {
        return None;
    }
    let after =
        rest[head.len()..].trim_start_matches(|c: char| c == ' ' || c.is_ascii_punctuation());
    let alone = is_whole && after.is_empty() && !rest.starts_with('`');
    if !is_like_a_secret(head, is_password, alone) {
        return None;
    }
    Some(
        start
            ..start
                + if is_whole {
                    head.len()
                } else {
                    value(rest).len()
                },
    )
}

/// Whether the value looks like what people and machines choose, and not like a word about it. A
/// password that is a word has to stand alone.
fn is_like_a_secret(value: &str, is_password: bool, alone: bool) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let mixed =
        has(u8::is_ascii_digit) && has(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let sign = has(|byte| byte.is_ascii_punctuation() && !b"._-,/".contains(byte));
    let is_reference = value.starts_with(['$', '<', '{', '%', '*']) || value.contains("...");
    let likely = match (is_password, value.chars().count()) {
        (true, length @ 4..) => mixed || sign || (alone && length >= 6),
        (false, 8..) => mixed,
        _ => false,
    };
    likely && !is_reference
}

/// Where the value starts that is given to the word: behind `:`, `=`, `is`, quotes and `Bearer`.
fn value_start(line: &Line<'_>, at: usize) -> Option<usize> {
    let mut at = at;
    let mut given = line.gap(at).contains([':', '=']);
    // `password is x`, `API key for the shop: x`, `Authorization: Bearer x`.
    for _ in 0..3 {
        let next = at + 1;
        if next >= line.words.len() {
            break;
        }
        let lists = line.lists(next);
        let is_verb = lists.has(List::Is);
        let is_more = lists.has(List::Secret)
            || lists.has(List::Password)
            || (!given && lists.has(List::Filler));
        let bearer = given
            && matches!(
                line.word(next),
                "Bearer" | "Basic" | "bearer" | "basic" | "Token" | "token"
            );
        if !(is_verb || bearer || (is_more && !given)) {
            break;
        }
        at = next;
        given |= is_verb || line.gap(at).contains([':', '=']);
    }
    if !given {
        return None;
    }
    let rest = &line.text[line.words[at].end..];
    let value = rest.trim_start_matches([' ', ':', '=', '"', '\'', '`', '>', '*', '\t', '|', '\\']);
    (!value.is_empty()).then(|| line.text.len() - value.len())
}

fn value(text: &str) -> &str {
    let end = text.find(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | ',')
    });
    let value = &text[..end.unwrap_or(text.len()).min(text.len())];
    value.trim_end_matches(['.', ';', ')', ']', '}', '*', ':', '\\'])
}

/// A text of letters of both cases and digits that no language has, near a word for secrets.
fn random(line: &Line<'_>, at: usize) -> Option<Range<usize>> {
    let start = line.words[at].start;
    let before = line.text[..start].bytes().next_back();
    if before.is_some_and(is_token) && !matches!(before, Some(b'=' | b'/')) {
        return None;
    }
    let rest = &line.text[start..];
    let text = &rest[..token_start(rest).len()];
    let end = start + text.len();
    if !(20..LOOKED_AT).contains(&text.len()) || !context::around(line, at, at, List::Key) {
        return None;
    }
    let count = |test: fn(&u8) -> bool| text.bytes().filter(&test).count();
    let mixed = count(u8::is_ascii_uppercase) >= 3 && count(u8::is_ascii_lowercase) >= 3;
    let needed = match count(u8::is_ascii_digit) {
        0 => return None,
        1 | 2 => 4.2,
        _ => 3.5,
    };
    (mixed && entropy(text) > needed).then_some(start..end)
}

/// Bits a character, by how often each occurs in the text itself.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let all = text.len() as f64;
    let bits = counts.iter().filter(|count| **count > 0).map(|count| {
        let share = f64::from(*count) / all;
        -share * share.log2()
    });
    bits.sum()
}

/// `user:password` of `scheme://user:password@host`.
fn credentials(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '<' | '>' | '`'))
        .unwrap_or(rest.len());
    let user = rest[..end].rfind('@')?;
    (user <= 256 && rest[..user].contains(':')).then_some(start..start + user)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn secrets() {
        let key = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0";
        for (prefix, _) in super::PREFIXES {
            check_one(&[(
                &format!("x {prefix}{key}, y"),
                "token",
                &format!("{prefix}{key}"),
            )]);
        }
        check_one(&[
            (
                "sk-proj-abcdefghij1234567890",
                "token",
                "sk-proj-abcdefghij1234567890",
            ),
            ("AKIAIOSFODNN7EXAMPLE", "token", "AKIAIOSFODNN7EXAMPLE"),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "token",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            ),
            ("password: hunter2", "assigned_secret", "hunter2"),
            ("password=letmein", "assigned_secret", "letmein"),
            ("DB_PASSWORD=\"s3cr3t!\"", "assigned_secret", "s3cr3t!"),
            (
                "the password is Tr0ub4dor&3.",
                "assigned_secret",
                "Tr0ub4dor&3",
            ),
            (
                "Passwort lautet Sommer2026",
                "assigned_secret",
                "Sommer2026",
            ),
            ("mot de passe : Soleil2026", "assigned_secret", "Soleil2026"),
            (
                "\"api_key\": \"0a1b2c3d4e5f\"",
                "assigned_secret",
                "0a1b2c3d4e5f",
            ),
            (
                "Authorization: Bearer abc123def456",
                "assigned_secret",
                "abc123def456",
            ),
            (
                "secret key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1 there",
                "random_secret",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nx",
                "private_key",
                "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIBabc=\n",
                "private_key",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIBabc=",
            ),
        ]);
        let found = crate::find("postgres://app:pw1@db.example.com/x");
        assert_eq!(found.len(), 1);
        assert!(found[0].span.contains(&11) && found[0].span.contains(&15));
    }

    #[test]
    fn no_secrets() {
        check_none(&[
            "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "key 550e8400-e29b-41d4-a716-446655440000",
            "password: varchar",
            "password is nullable and has 12 nulls",
            "the token column is trimmed",
            "token_count: 18484",
            "api_key column",
            "sk-learn",
            "key: cst_id",
            "primary key: high_uniqueness_99.97%",
            "secret: ${SECRET}",
            "password: <your password>",
            "primary key: customer_id, sales_order_number_2",
            "Key Candidates: cst_id, cst_key",
            "pip install pypi-simple-downloader-with-long-name",
            "https://example.com:8080/path@x",
        ]);
    }
}
