//! Whole texts: one full of people, and those of engineers, which have none.

use std::collections::BTreeMap;

use silversmith_personal::{Masker, find};

const PEOPLE: &str = include_str!("data/people.tsv");
const TECHNICAL: &str = include_str!("data/technical.md");

fn shown(text: &str) -> Vec<(&str, &str)> {
    let found = find(text).into_iter();
    found.map(|one| (one.recogniser, &text[one.span])).collect()
}

#[test]
fn technical_text_has_nobody() {
    assert_eq!(shown(TECHNICAL), []);
}

#[test]
fn our_own_documents_have_nobody() {
    for text in [
        include_str!("../../../README.md"),
        include_str!("../../../ARCHITECTURE.md"),
        include_str!("../../../CONTRIBUTING.md"),
        include_str!("../../../docs/performance.md"),
    ] {
        assert_eq!(shown(text), []);
    }
}

#[test]
fn a_report_about_people_loses_all_of_them() {
    let (masked, gone) = Masker::new("c082").mask(PEOPLE);
    // Each line of the table names the value that has to go.
    for line in PEOPLE
        .lines()
        .filter_map(|line| line.strip_prefix("<!-- value: "))
    {
        let value = line.trim_end_matches(" -->");
        assert!(!masked.contains(value), "{value}");
    }
    let mut kinds = BTreeMap::new();
    for one in &gone {
        *kinds.entry(one.kind).or_insert(0) += 1;
    }
    assert!(kinds.len() >= 9, "{kinds:?}");
}
