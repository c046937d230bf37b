//! What holds for every text.

use proptest::prelude::*;
use silversmith_personal::{Masker, column_kind, find, value_kind};

/// Pieces that recognisers look for, whole, cut and glued together.
const PIECES: &[&str] = &[
    "jane@example.com",
    "jane (at) example (dot) com",
    "j a n e @ e x . c o m",
    "@",
    "at",
    "dot",
    "com",
    "+49 30 901820",
    "(212) 555-0100",
    "030 901820",
    "tel",
    "phone:",
    "DE89 3704 0044 0532 0130 00",
    "IBAN",
    "4111 1111 1111 1111",
    "card",
    "123-45-6789",
    "SSN",
    "756.9217.0769.85",
    "AHV",
    "86 095 742 719",
    "QQ 12 34 56 C",
    "passport no.",
    "C01X00T47",
    "born",
    "12 March 1985",
    "1985-03-12",
    "Bahnhofstrasse 12, 8001 Zürich",
    "221B Baker Street",
    "P.O. Box",
    "Jane Doe",
    "Doe, Jane",
    "Frau Dr.",
    "Schäfer",
    "O'Brien",
    "customer",
    "Kundin",
    "Name:",
    "192.0.2.1",
    "2001:db8::1:2",
    "00:1B:44:11:3A:B7",
    "password:",
    "hunter2!",
    "sk-proj-abcdefghij1234567890",
    "Bearer",
    "eyJhbGciOiJIUzI1NiJ9.e30.x",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "postgres://a:b@h",
    "[EMAIL-1-c082]",
    "[NAME-12-0000]",
    "&#64;",
    "%40",
    "\\u0040",
    "\u{200b}",
    "é",
    "e\u{301}",
    "王小明",
    "先生",
    "Иван Петров",
    "\n",
    "\r\n",
    " ",
    " ",
    " ",
    ", ",
    ". ",
    ": ",
    "-",
    "/",
    "(",
    ")",
    "|",
    "'",
    "\"",
    "1",
    "22",
    "333",
    "4444",
    "A",
    "GB",
    "№",
    "\u{1}",
    "\u{2028}",
    "of",
    "is",
    "and",
    "number",
    "id",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-zA-Z0-9@._+ -]{1,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matches_are_in_order_apart_and_whole_characters(text in text()) {
        let mut end = 0;
        for found in find(&text) {
            prop_assert!(found.span.start >= end && found.span.end > found.span.start, "{found:?}");
            prop_assert!(text.get(found.span.clone()).is_some(), "{found:?}");
            end = found.span.end;
        }
    }

    #[test]
    fn nothing_is_found_in_what_was_masked(text in text()) {
        let (once, masked) = Masker::new("c082").mask(&text);
        prop_assert_eq!(find(&once), vec![], "{}", once);
        let (twice, again) = Masker::new("c082").mask(&once);
        prop_assert!(again.is_empty() && twice == once);
        let found = find(&text);
        prop_assert!(found.iter().all(|one| masked.iter().any(|gone| gone.span.start <= one.span.start && gone.span.end >= one.span.end)));
    }

    #[test]
    fn what_is_not_masked_stays_as_it_was(text in text()) {
        let (masked, gone) = Masker::new("c082").mask(&text);
        let mut rebuilt = String::new();
        let mut at = 0;
        for one in &gone {
            rebuilt.push_str(&text[at..one.span.start]);
            rebuilt.push_str(&one.token);
            at = one.span.end;
        }
        rebuilt.push_str(&text[at..]);
        prop_assert_eq!(masked, rebuilt);
    }

    #[test]
    fn values_and_names_of_anything_are_looked_at_without_harm(text in text(), other in any::<String>()) {
        let _ = (value_kind(&text), value_kind(&other), column_kind(&text, &other), find(&other));
    }

    #[test]
    fn a_line_is_looked_at_on_its_own(a in "[a-zA-Z0-9@.: -]{0,40}", b in "[a-zA-Z0-9@.: -]{0,40}") {
        let joined = find(&format!("{a}\n{b}")).len();
        prop_assert_eq!(joined, find(&a).len() + find(&b).len());
    }
}
