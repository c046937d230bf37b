//! Whatever text an untrusted input holds, it reaches Python as that text and nothing else.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use proptest::prelude::*;
use ruff_python_ast::{Expr, Stmt};
use silversmith_plan::module::literal::{python_comment, python_list, python_text};

/// The value of the one string literal that `source` must be.
fn read_back(source: &str) -> Option<String> {
    let parsed = ruff_python_parser::parse_module(source).ok()?.into_syntax();
    let [Stmt::Expr(statement)] = parsed.body.as_slice() else {
        return None;
    };
    match &*statement.value {
        Expr::StringLiteral(literal) if !literal.value.is_implicit_concatenated() => {
            Some(literal.value.to_str().to_owned())
        }
        _ => None,
    }
}

/// Texts that were made to break out of a literal.
const HOSTILE: &[&str] = &[
    "\"",
    "\\\"",
    "\\",
    "\"\"\"",
    "'''",
    "\n",
    "\r\nimport os",
    "\u{2028}import os",
    "\u{2029}",
    "\u{85}",
    "\u{c}",
    "\0",
    "\u{1f}",
    "\u{7f}",
    "\u{202e}\"+__import__('os').system('x')+\"",
    "{run}",
    "%s",
    "\\N{DIGIT ONE}",
    "\\x41",
    "\\u0041",
    "\u{feff}",
    "\u{e0041}",
    "\u{10ffff}",
    "é e\u{301} ß 日本 🦀",
    "\") or t.frame.collect() or (\"",
];

#[test]
fn hostile_texts_stay_text() {
    for text in HOSTILE {
        let literal = python_text(text);
        assert_eq!(read_back(&literal).as_deref(), Some(*text), "{literal}");
        let visible = |c: char| c == ' ' || !(c.is_control() || c.is_whitespace());
        assert!(literal.chars().all(visible), "{literal:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_reads_back_the_same(text in any::<String>()) {
        prop_assert_eq!(read_back(&python_text(&text)), Some(text));
    }

    #[test]
    fn any_mixture_of_escapes_reads_back_the_same(parts in prop::collection::vec(prop::sample::select(HOSTILE), 0..8)) {
        let text = parts.concat();
        prop_assert_eq!(read_back(&python_text(&text)), Some(text));
    }

    #[test]
    fn a_list_has_its_texts(texts in prop::collection::vec(any::<String>(), 0..5)) {
        let source = python_list(texts.iter().map(String::as_str));
        let parsed = ruff_python_parser::parse_module(&source).unwrap().into_syntax();
        let [Stmt::Expr(statement)] = parsed.body.as_slice() else { panic!("{source}") };
        let Expr::List(list) = &*statement.value else { panic!("{source}") };
        let found: Vec<String> = list.elts.iter().map(|element| match element {
            Expr::StringLiteral(literal) => literal.value.to_str().to_owned(),
            _ => panic!("{source}"),
        }).collect();
        prop_assert_eq!(found, texts);
    }

    #[test]
    fn a_comment_stays_on_its_line(text in any::<String>()) {
        let source = format!("# {}\nx", python_comment(&text));
        let parsed = ruff_python_parser::parse_module(&source).unwrap().into_syntax();
        prop_assert_eq!(parsed.body.len(), 1);
        prop_assert_eq!(source.lines().count(), 2);
    }
}
