//! Tokens that stand for a missing value.

use silversmith_plan::OperationKind;
use silversmith_plan::ops::null_if::NullIf;
use silversmith_types::ColumnName;
use silversmith_types::evidence::PersonalKind;

use super::steps::{Steps, counted, listed, thousands};
use super::table::{Column, Table, total};

/// Tokens that mean nothing else, in lower case. `NA`, `none` and `unknown` are not among them:
/// Namibia and North America, "no discount" and "nobody asked" are values.
const UNAMBIGUOUS: &[&str] = &[
    "null", "(null)", "<null>", "#null!", "n/a", "#n/a", "#na", "<na>", "nan", "nil", "#value!",
    "-", "--", "---", "?", "??", "\\n", "\\N",
];

/// The tokens of a column that are nulled, without outer white space: all that the evidence names
/// where the other values are numbers or dates, the unambiguous ones where they are text. A name may
/// well be Null.
pub(super) fn tokens(column: &Column<'_>) -> Vec<String> {
    let typed = !column.is_text();
    let codes = column.codes();
    let is_punctuation = |text: &str| !text.chars().any(char::is_alphanumeric);
    let other_marks = codes
        .iter()
        .filter(|code| is_punctuation(&code.value) && !UNAMBIGUOUS.contains(&code.value.as_str()));
    // Beside `+` or `*`, `-` is a code too.
    let marks_are_codes = other_marks.count() > 0;
    let is_name = column.evidence.personal == Some(PersonalKind::Name);
    let is_missing = |token: &&str| {
        let lower = token.to_lowercase();
        let clear = UNAMBIGUOUS.contains(&lower.as_str())
            && !(marks_are_codes && is_punctuation(token))
            && !(is_name && token.chars().all(char::is_alphabetic));
        typed || clear
    };
    let named = column
        .evidence
        .null_tokens
        .iter()
        .map(|token| token.value.trim());
    let mut tokens: Vec<String> = named.filter(is_missing).map(str::to_owned).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Fires when the evidence names tokens for a missing value that cannot be values of the column.
/// Emits `null_if` with exactly these tokens, one step for columns with the same. Evidence: the
/// tokens' cells.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let mut groups: Vec<(Vec<String>, Vec<&Column<'_>>)> = Vec::new();
    for column in &table.columns {
        let tokens = tokens(column);
        match groups.iter_mut().find(|(known, _)| *known == tokens) {
            _ if tokens.is_empty() => {}
            Some((_, columns)) => columns.push(column),
            None => groups.push((tokens, vec![column])),
        }
    }
    for (tokens, columns) in groups {
        for columns in columns.chunks(super::COLUMNS_A_STEP) {
            let names: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
            let count = |column: &Column<'_>| -> u64 {
                let nulled = |value: &str| tokens.iter().any(|token| token == value.trim());
                let found = column
                    .evidence
                    .null_tokens
                    .iter()
                    .filter(|token| nulled(&token.value));
                total(found.map(|token| token.count))
            };
            let cells = total(columns.iter().map(|column| count(column)));
            let why = format!(
                "{} of {} stand for a missing one",
                counted(cells, "value"),
                listed(&names)
            );
            let facts = columns.iter().map(|column| {
                steps.fact(
                    column.name,
                    format!("null_tokens={}", thousands(count(column))),
                )
            });
            let evidence: Vec<String> = facts.collect();
            let operation = NullIf {
                columns: names,
                tokens: tokens.clone(),
                ignore_case: false,
                when: None,
            };
            steps.push(why, evidence, OperationKind::NullIf(operation));
        }
    }
}
