//! Stops secrets at the edges: what is about to be sent or written is searched for the values in use, in
//! the forms that they take on their way, and for tokens of known formats.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use regex::bytes::{Regex, RegexSet};
use silversmith_types::Secret;
use zeroize::Zeroizing;

/// Values shorter than this are not looked for: they would be found everywhere.
const SHORTEST: usize = 8;
/// What stands in the place of a secret.
const MASK: &str = "…";

/// Tokens that say what they are, as their makers describe them and as the scanners of GitHub and
/// gitleaks look for them.
const FORMATS: [(&str, &str); 10] = [
    ("a key of OpenAI or Anthropic", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("an access key of AWS", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("a token of GitHub", r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    (
        "a fine-grained token of GitHub",
        r"\bgithub_pat_[A-Za-z0-9_]{22,}",
    ),
    ("a token of GitLab", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a key of Google", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("a token of Slack", r"\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
    ("a token of a vault", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    (
        "a signed token (JWT)",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    ),
    (
        "a private key",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
    ),
];

/// The formats, each alone and all at once.
struct Formats {
    each: Vec<Regex>,
    any: RegexSet,
}

static KNOWN: LazyLock<Option<Formats>> = LazyLock::new(|| {
    let patterns = || {
        FORMATS
            .iter()
            .map(|(_, pattern)| format!("(?-u:{pattern})"))
    };
    let each: Result<_, _> = patterns().map(|pattern| Regex::new(&pattern)).collect();
    Some(Formats {
        each: each.ok()?,
        any: RegexSet::new(patterns()).ok()?,
    })
});

/// A secret where none may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What was found.
    pub what: &'static str,
    /// Where, in bytes.
    pub span: Range<usize>,
}

/// The values in use, ready to be looked for.
pub struct Scan {
    values: Option<AhoCorasick>,
}

impl Scan {
    /// A scan for these values, and for known formats.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Secret>) -> Self {
        let forms: Vec<Zeroizing<String>> = values
            .into_iter()
            .map(Secret::expose)
            .filter(|value| value.len() >= SHORTEST)
            .flat_map(forms)
            .collect();
        let patterns = forms.iter().map(|form| form.as_bytes());
        Self {
            // It fails for more patterns than there can be keys; then none could be found.
            values: AhoCorasick::new(patterns)
                .ok()
                .filter(|_| !forms.is_empty()),
        }
    }

    /// The first secret in what is about to be sent or written.
    pub fn find(&self, bytes: &[u8]) -> Option<Leak> {
        self.all(bytes)
            .into_iter()
            .min_by_key(|leak| leak.span.start)
    }

    /// A text without the secrets in it: for errors and logs, which are better incomplete than unsaid.
    pub fn mask(&self, text: &str) -> String {
        let mut leaks = self.all(text.as_bytes());
        leaks.sort_by_key(|leak| leak.span.start);
        let (mut masked, mut at) = (String::new(), 0);
        for leak in leaks {
            if leak.span.end <= at {
                continue;
            }
            // What is found is ASCII, and so its ends are ends of characters.
            masked.push_str(text.get(at..leak.span.start).unwrap_or_default());
            masked.push_str(MASK);
            at = leak.span.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        masked
    }

    fn all(&self, bytes: &[u8]) -> Vec<Leak> {
        let mut leaks = Vec::new();
        if let Some(values) = &self.values {
            let found = values.find_iter(bytes).map(|found| Leak {
                what: "a secret that is in use",
                span: found.range(),
            });
            leaks.extend(found);
        }
        if let Some(known) = KNOWN.as_ref() {
            for format in known.any.matches(bytes) {
                let (Some((what, _)), Some(regex)) = (FORMATS.get(format), known.each.get(format))
                else {
                    continue;
                };
                let found = regex.find_iter(bytes);
                leaks.extend(found.map(|found| Leak {
                    what,
                    span: found.range(),
                }));
            }
        }
        leaks
    }
}

/// A value as it may be written: as it is, in JSON, in a URL, in hexadecimal, and in Base64 wherever in
/// a longer text it begins.
fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let json = serde_json::to_string(value).unwrap_or_default();
    let percent = value.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    });
    let hex = value.bytes().map(|byte| format!("{byte:02x}"));
    let mut forms = vec![
        value.to_owned(),
        json.trim_matches('"').to_owned(),
        percent.collect(),
        hex.collect(),
    ];
    for before in 0..3 {
        forms.push(inside::<Base64Unpadded>(value, before));
        forms.push(inside::<Base64UrlUnpadded>(value, before));
    }
    forms.sort();
    forms.dedup();
    forms.into_iter().map(Zeroizing::new).collect()
}

/// What a value surely looks like in Base64 behind so many other bytes: the characters that hold bits of
/// its neighbours are left off.
fn inside<E: Encoding>(value: &str, before: usize) -> String {
    let padded = [&[0; 3][..before], value.as_bytes()].concat();
    let encoded = E::encode_string(&padded);
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded.get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret(value: &str) -> Secret {
        Secret::parse(value.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn each_known_format_is_found_and_words_are_not() {
        let scan = Scan::new([]);
        // Put together here, so that no scanner takes this file for a leak.
        let long = "Abcdefghij0123456789Abcdefghij0123456789";
        for (begins, rest) in [
            ("sk-", long),
            ("sk-ant-api03-", long),
            ("AKIA", "ABCDEFGHIJKLMNOP"),
            ("ghp_", long),
            ("github_pat_", long),
            ("glpat-", long),
            ("AIza", "Abcdefghij0123456789Abcdefghij01234"),
            ("xoxb-", "123456789012-abc"),
            ("hvs.", long),
            (
                "eyJhbGciOiJIUzI1NiJ9.",
                "eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJl",
            ),
            ("-----BEGIN EC PRIVATE ", "KEY-----"),
        ] {
            let text = format!("before {begins}{rest} after");
            let leak = scan.find(text.as_bytes());
            assert_eq!(leak.map(|leak| leak.span.start), Some(7), "{begins}");
            assert_eq!(scan.mask(&text), "before … after", "{begins}");
        }
        for text in [
            "risk-averse-customers-of-the-north",
            "sk-short",
            "T1 task-0123456789-0123456789-0123456789",
            "eyJ is how a token begins",
            "-----BEGIN PUBLIC KEY-----",
            "AKIAS",
        ] {
            assert_eq!(scan.find(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn values_that_are_too_short_are_not_looked_for() {
        assert_eq!(Scan::new([&secret("abc")]).find(b"abcabc"), None);
        assert!(
            Scan::new([&secret("abcdefgh")])
                .find(b"xabcdefghx")
                .is_some()
        );
    }

    proptest! {
        /// Whatever the value and whatever stands around it, each form is found and taken out.
        #[test]
        fn a_value_is_found_in_every_form(
            value in "[!-~]{12,40}",
            before in "[a-z ]{0,7}",
            after in "[a-z ]{0,7}",
        ) {
            let scan = Scan::new([&secret(&value)]);
            let plain = format!("{before}{value}{after}");
            let percent: String = value.bytes().map(|byte| match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                true => char::from(byte).to_string(),
                false => format!("%{byte:02X}"),
            }).collect();
            for text in [
                plain.clone(),
                serde_json::to_string(&plain).unwrap(),
                Base64Unpadded::encode_string(plain.as_bytes()),
                Base64UrlUnpadded::encode_string(plain.as_bytes()),
                format!("{before}{percent}{after}"),
            ] {
                prop_assert!(scan.find(text.as_bytes()).is_some(), "{}", text);
                prop_assert!(!scan.mask(&text).contains(&value));
                prop_assert!(scan.find(scan.mask(&text).as_bytes()).is_none());
            }
        }

        #[test]
        fn nothing_breaks_it(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let scan = Scan::new([&secret("abcdefghijkl")]);
            let _ = scan.find(&bytes);
            let _ = scan.mask(&text);
        }
    }
}
