//! Addresses that carry something away, or that are not what they show.

/// Hosts whose purpose is to log who calls, and with what.
const CATCHERS: [&str; 24] = [
    "webhook.site",
    "requestbin",
    "ngrok",
    "burpcollaborator",
    "interact.sh",
    "oast.",
    "pipedream",
    "requestcatcher",
    "beeceptor",
    "dnslog",
    "hookbin",
    "canarytokens",
    "pastebin.com",
    "transfer.sh",
    "file.io",
    "0x0.st",
    "ceye.io",
    "postb.in",
    "mockbin",
    "evil.",
    "attacker",
    "exfil",
    "malicious",
    "trycloudflare",
];

/// Members of an image's query that say how it looks.
const LOOKS: [&str; 22] = [
    "style", "branch", "width", "height", "w", "h", "size", "v", "version", "color", "colour",
    "label", "format", "theme", "maxage", "event", "logo", "scale", "dpi", "lang", "year", "raw",
];

/// Members of a query that say what they carry.
const CARRIERS: [&str; 22] = [
    "data",
    "q",
    "leak",
    "secret",
    "exfil",
    "payload",
    "token",
    "prompt",
    "context",
    "dump",
    "content",
    "key",
    "password",
    "d",
    "steal",
    "c",
    "cookie",
    "rows",
    "body",
    "msg",
    "info",
    "conversation",
];

/// Members of a query that are looked at.
const MOST_MEMBERS: usize = 32;

/// Bytes of the address at the start of the text.
pub(crate) fn length(text: &str) -> usize {
    let mut braces = 0i32;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => braces += 1,
            '}' | ']' if braces > 0 => braces -= 1,
            ' ' if braces > 0 => {}
            c if c.is_whitespace()
                || matches!(c, '"' | '\'' | '`' | ')' | '<' | '>' | '|' | ']') =>
            {
                return at;
            }
            _ => {}
        }
    }
    text.len()
}

/// Whether an address carries something away. A link to a dashboard does not: its query names
/// plain values. An image is fetched without a click, so it must not have a query at all.
pub(crate) fn is_suspicious(address: &str, is_image: bool) -> bool {
    let lower = address.to_ascii_lowercase();
    let Some((scheme, rest)) = lower.split_once("//").or_else(|| lower.split_once("\\\\")) else {
        return false;
    };
    let is_web = matches!(scheme, "http:" | "https:" | "");
    let rest = &rest[..length(rest)];
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let has_user = authority.contains('@');
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    if host.is_empty() && is_web {
        return false;
    }
    !is_web
        || has_user
        || is_number(host)
        || authority.starts_with('[')
        || host
            .split('.')
            .any(|label| label.starts_with("xn--") || label.len() > 40)
        || CATCHERS.iter().any(|catcher| host.contains(catcher))
        || has_placeholder(rest)
        || carries(tail)
        || is_image && has_unknown_member(tail)
}

/// Whether the host is an address in numbers, in whatever base.
fn is_number(host: &str) -> bool {
    let mut parts = host.split('.');
    let numeric = |part: &str| {
        !part.is_empty()
            && match part.strip_prefix("0x") {
                Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
                None => part.bytes().all(|byte| byte.is_ascii_digit()),
            }
    };
    !host.is_empty() && parts.all(numeric)
}

/// Whether a reader is to fill something in.
fn has_placeholder(rest: &str) -> bool {
    let is_filled =
        |open: char, close: char| rest.find(open).is_some_and(|at| rest[at..].contains(close));
    let before_fragment = rest.split('#').next().unwrap_or_default();
    is_filled('{', '}')
        || before_fragment.contains('[') && before_fragment.contains(']')
        || rest.contains("${")
        || rest.contains("%7b")
        || rest.contains("=...")
        || rest.contains("$(")
}

/// The members of the query: names and values.
fn members(tail: &str) -> impl Iterator<Item = (&str, &str)> {
    let (_, query) = tail.split_once('?').unwrap_or_default();
    let query = query.split('#').next().unwrap_or_default();
    let members = query.split(['&', ';']).filter(|member| !member.is_empty());
    members.map(|member| member.split_once('=').unwrap_or((member, "")))
}

/// Whether the query has a member that says that it carries data, or a value that is too long for a
/// setting.
fn carries(tail: &str) -> bool {
    members(tail).take(MOST_MEMBERS).any(|(name, value)| {
        let names_data = ["data", "secret", "content"]
            .iter()
            .any(|word| value.contains(word));
        let is_carrier = CARRIERS.contains(&name);
        value.len() > 80 || is_carrier && (value.is_empty() || names_data || name.len() > 3)
    })
}

/// Whether an image's query says more than how it looks.
fn has_unknown_member(tail: &str) -> bool {
    members(tail)
        .take(MOST_MEMBERS)
        .any(|(name, value)| !LOOKS.contains(&name) || value.len() > 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        for address in [
            "https://tableau.example.com/views/sales?year=2026&region=EMEA",
            "https://example.com/docs/page#section",
            "http://intranet/wiki/Sales",
            "https://en.wikipedia.org/wiki/Data_(computing)",
            "https://search.example.com/?q=sales",
            "https://git.example.com/compare/v0.1...v0.2",
            "https://docs.example.com/page#a[b]",
        ] {
            assert!(!is_suspicious(address, false), "{address}");
        }
        for address in [
            "https://evil.example/x?data={customers}",
            "http://10.0.0.1/a",
            "http://2130706433/",
            "http://0x7f000001/",
            "https://user:pass@example.com/",
            "https://webhook.site/abc",
            "https://xn--pple-43d.com/",
            "https://example.com/?secret=",
            "ldap://example.com/a",
            "https://example.com/[customer data]",
            "https://example.com/log?payload=abc",
        ] {
            assert!(is_suspicious(address, false), "{address}");
        }
        assert!(is_suspicious("https://example.com/pixel.png?id=1", true));
        for address in [
            "https://example.com/chart.png",
            "https://example.com/b.svg?style=flat&branch=main",
        ] {
            assert!(!is_suspicious(address, true), "{address}");
        }
    }

    #[test]
    fn an_address_ends() {
        assert_eq!(length("https://a.example/b) and"), 19);
        assert_eq!(length("https://a.example/{all rows} x"), 28);
    }
}
