//! Counts held against those of another implementation.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use silversmith_tokens::count;

/// Counted by the crate `bpe-openai` 0.3.2, which shares nothing with ours but the vocabulary.
const COUNTED: &[(usize, &str)] = &[
    (0, ""),
    (2, "hello world"),
    (
        33,
        "{\"alias\":\"T1\",\"name\":\"cst_info.csv\",\"rows\":18494,\"columns\":[{\"alias\":\"C1\",\"name\":\"cst_id\"}]}",
    ),
    (
        32,
        "The customer's orders weren't shipped; they'll arrive on 2024-02-29 at 12:30.\r\n\r\n\tTotal: 1,234.56 €\n",
    ),
    (
        20,
        "Straße, Größe (cm), naïve café, señor, Łódź, Ελλάδα, Москва",
    ),
    (
        19,
        "数据管道 データパイプライン 데이터 파이프라인 بيانات नमस\u{94d}त\u{947} द\u{941}निया",
    ),
    (14, "👩🏽\u{200d}💻 ships 🚀🚀🚀"),
    (
        32,
        "SELECT a.id, COUNT(*) FROM t1 a WHERE a.name <> '' GROUP BY 1;  -- comment\n\n\n    x = y / z // w",
    ),
    (
        18,
        "HTTPServerID camelCase SHOUTING snake_case kebab-case 0123456789",
    ),
    (5, "   leading and trailing   "),
    (2, "\n \n\t\n"),
    (9, "e\u{301}tude IT'S it's I'LL"),
    (13, "<|endoftext|><|im_start|>system"),
];

#[test]
fn counts_are_those_of_another_implementation() {
    for (expected, text) in COUNTED {
        assert_eq!(count(text), *expected, "{text:?}");
    }
}

/// Costs a second where a piece costs its length squared.
#[test]
fn one_long_word_is_counted() {
    assert_eq!(count(&"a".repeat(100_000)), 12_500);
}

proptest! {
    #[test]
    fn a_text_has_at_most_as_many_tokens_as_bytes(text in "\\PC{0,60}") {
        let tokens = count(&text);
        prop_assert!(tokens <= text.len());
        prop_assert_eq!(tokens == 0, text.is_empty());
    }

    #[test]
    fn lines_are_counted_each_for_itself(a in "[a-z0-9 ,.]{0,40}[a-z]", b in "[a-z][a-z0-9 ,.]{0,40}") {
        prop_assert_eq!(count(&format!("{a}\n{b}")), count(&format!("{a}\n")) + count(&b));
    }
}
