//! The operations from text to text, in the interpreter and in Polars.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Value};
use support::agree::{agree, agree_on, agree_on_every_character, agree_on_texts};
use support::values;

fn text_cells() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![3 => values::text(), 1 => "[ab &;#x(ÉéΣσ\u{301}\u{a0}\u{2003}\n]{1,12}"]
        .prop_map(Value::Text)
        .boxed()
}

fn some_text() -> BoxedStrategy<String> {
    prop_oneof![
        "[ab ]{1,2}",
        values::text(),
        "[$\\\\\\[\\]^\\-&~#.*+?(){}|\"'\n]{1,3}"
    ]
    .boxed()
}

fn on_error() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![json!("null"), json!("quarantine")])
}

#[test]
fn trim() {
    let side = prop::sample::select(vec!["both", "start", "end"]);
    let step =
        (side, prop::option::of(some_text()), any::<bool>()).prop_map(|(side, chars, collapse)| {
            match chars {
                Some(chars) => {
                    json!({"op": "trim", "side": side, "chars": chars, "collapse_inner": collapse})
                }
                None => json!({"op": "trim", "side": side, "collapse_inner": collapse}),
            }
        });
    agree(ColumnType::Text, step, text_cells());
}

#[test]
fn white_space_is_the_same_everywhere() {
    let cells = (1..0x1_0000)
        .filter_map(char::from_u32)
        .map(|c| Value::Text(format!("{c}a{c}a{c}")));
    let step = json!({"op": "trim", "side": "both", "collapse_inner": true});
    agree_on(ColumnType::Text, &step, cells);
}

#[test]
fn change_case() {
    let case = prop::sample::select(vec!["lower", "upper", "title", "sentence"]);
    let step = case.prop_map(|case| json!({"op": "change_case", "case": case}));
    let greek = "[ΑΣσας'. \u{301}ſßǆﬁİ\u{345}]{1,8}".prop_map(Value::Text);
    agree(
        ColumnType::Text,
        step,
        prop_oneof![text_cells(), greek].boxed(),
    );
}

#[test]
fn the_case_of_every_character_is_the_same() {
    for case in ["lower", "upper", "title", "sentence"] {
        let step = json!({"op": "change_case", "case": case});
        // Alone; before a letter (is it part of a word?); after a sigma that may be final.
        for context in [
            |c| format!("{c} "),
            |c| format!("{c}x "),
            |c| format!("ΑΣ{c} "),
            |c| format!("ΑΣ{c}Α {c}Σ "),
        ] as [fn(char) -> String; 4]
        {
            agree_on_every_character(&step, context);
        }
    }
    let step = json!({"op": "change_case", "case": "sentence"});
    agree_on(
        ColumnType::Text,
        &step,
        ('\u{1}'..='\u{FFFF}').map(|c| Value::Text(format!("{c}X"))),
    );
}

#[test]
fn replace_text() {
    let literal = (some_text(), some_text()).prop_map(
        |(find, with)| json!({"op": "replace_text", "find": find, "with": with, "match": "literal"}),
    );
    agree(ColumnType::Text, literal, text_cells());
    let pattern = prop::sample::select(vec![
        r"a+",
        r"\s+",
        r"(?i)A",
        r"[^a-z]",
        r"(a)|(b)",
        r"^a",
        r"b$",
        r"\bA",
        r"\w+",
        r"\d",
        r".",
        r"(?s).",
        r"\p{M}",
        r"a{2}",
        r"a??b",
        r"\W$",
        r"(?m)^a",
        r"ß|ſ",
        r"(?i)k",
        r"^\s*|\s*x",
    ]);
    let with = prop_oneof![some_text(), Just("$1".to_owned()), Just(String::new())];
    let re2 = (pattern, with).prop_map(
        |(find, with)| json!({"op": "replace_text", "find": find, "with": with, "match": "re2"}),
    );
    agree(ColumnType::Text, re2, text_cells());
}

#[test]
fn strip_affix() {
    let affix = || prop::option::of(some_text());
    let step =
        (affix(), affix(), prop::option::of(on_error())).prop_map(|(prefix, suffix, on_error)| {
            json!({"op": "strip_affix", "prefix": prefix, "suffix": suffix,
               "if_present": on_error.is_none(), "on_error": on_error})
        });
    agree(ColumnType::Text, step, text_cells());
}

#[test]
fn slice_text() {
    let start = prop_oneof![0..5_u32, Just(u32::MAX)];
    let length = prop::option::of(prop_oneof![0..5_u32, Just(u32::MAX)]);
    let into = prop::option::of(Just("part"));
    let step = (start, length, into).prop_map(|(start, length, into)| {
        json!({"op": "slice_text", "column": "a", "start": start, "length": length, "into": into})
    });
    agree(ColumnType::Text, step, text_cells());
}

#[test]
fn keep_chars() {
    let named = prop::sample::select(vec![json!("digits"), json!("alnum"), json!("ascii")]);
    let set = prop_oneof![some_text(), "[a-f^\\-\\]\\[&~|#\\\\.]{1,6}"]
        .prop_map(|set| json!({"set": set}));
    let step =
        prop_oneof![named, set].prop_map(|class| json!({"op": "keep_chars", "class": class}));
    agree(ColumnType::Text, step, text_cells());
}

fn normal_forms() -> impl Strategy<Value = Json> {
    let form = prop::sample::select(vec!["nfc", "nfkc"]);
    (form, any::<bool>(), any::<bool>()).prop_map(|(form, strip_marks, unescape_html)| {
        json!({"op": "normalize_unicode", "form": form, "strip_marks": strip_marks,
               "unescape_html": unescape_html})
    })
}

#[test]
fn normalize_unicode() {
    let reference = prop::sample::select(vec![
        "&amp;",
        "&lt;",
        "&gt;",
        "&quot;",
        "&apos;",
        "&#38;",
        "&#x26;",
        "&#X301;",
        "&#769;",
        "&#0;",
        "&#xD800;",
        "&#x10FFFF;",
        "&#x110000;",
        "&#1114112;",
        "&#00000065;",
        "&#0000065;",
        "&#x0000041;",
        "&#x000041;",
        "&AMP;",
        "&nbsp;",
        "&amp",
        "amp;",
        "&#",
        "&",
        ";",
        "#",
        "x41",
        "e",
        "\u{301}",
        "\u{1100}\u{1161}",
        "ﬁ",
        "Å",
        "ệ",
        "ि",
        "\u{323}\u{302}",
    ]);
    let mixed =
        prop::collection::vec(reference, 1..6).prop_map(|parts| Value::Text(parts.concat()));
    agree(
        ColumnType::Text,
        normal_forms(),
        prop_oneof![text_cells(), mixed].boxed(),
    );
}

#[test]
fn the_normal_form_of_every_character_is_the_same() {
    for form in ["nfc", "nfkc"] {
        for strip_marks in [false, true] {
            let step = json!({"op": "normalize_unicode", "form": form, "strip_marks": strip_marks});
            agree_on_every_character(&step, |c| format!("{c} "));
            agree_on_every_character(&step, |c| format!("e{c}\u{323}{c}\u{302} "));
        }
    }
}

#[test]
fn text_of_which_nothing_is_left_is_null_everywhere() {
    for step in [
        json!({"op": "trim", "side": "both"}),
        json!({"op": "replace_text", "find": " ", "with": "", "match": "literal"}),
        json!({"op": "strip_affix", "prefix": " ", "if_present": false, "on_error": "null"}),
        json!({"op": "strip_affix", "prefix": " ", "if_present": true}),
        json!({"op": "slice_text", "column": "a", "start": 1}),
        json!({"op": "keep_chars", "class": "digits"}),
    ] {
        agree_on_texts(&step, [" ", "  ", "a"]);
    }
}
