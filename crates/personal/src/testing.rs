//! Tables of texts and of what is found in them.

use crate::find::find;

/// Holds every row to what is found in its text: recognisers and values, in order.
pub(crate) fn check(table: &[(&str, &[(&str, &str)])]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let found: Vec<_> = find(text)
            .into_iter()
            .map(|one| (one.recogniser, &text[one.span]))
            .collect();
        if found != *expected {
            wrong.push(format!(
                "{text}\n    found    {found:?}\n    expected {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Holds every text to one value, found by one recogniser.
pub(crate) fn check_one(table: &[(&str, &str, &str)]) {
    for_rows(
        table
            .iter()
            .map(|(text, recogniser, value)| (*text, vec![(*recogniser, *value)])),
    );
}

/// Holds every text to nothing.
pub(crate) fn check_none(texts: &[&str]) {
    for_rows(texts.iter().map(|text| (*text, vec![])));
}

fn for_rows<'a>(rows: impl Iterator<Item = (&'a str, Vec<(&'a str, &'a str)>)>) {
    let rows: Vec<_> = rows.collect();
    let borrowed: Vec<_> = rows
        .iter()
        .map(|(text, found)| (*text, found.as_slice()))
        .collect();
    check(&borrowed);
}
