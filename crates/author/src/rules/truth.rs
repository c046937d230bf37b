//! Words for yes and no.

use std::collections::BTreeSet;

use silversmith_plan::ops::parse_boolean::ParseBoolean;
use silversmith_plan::{OnError, OperationKind};

use super::reading::Reading;
use super::steps::{Steps, counted, thousands};
use super::table::{Column, Table, total};

/// What means yes and what means no, in lower case. `1` and `0` alone are numbers.
pub(crate) const YES: &[&str] = &[
    "yes", "y", "true", "t", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "sì", "1",
];
pub(crate) const NO: &[&str] = &[
    "no", "n", "false", "f", "nein", "falsch", "non", "faux", "0",
];

/// Whether every value is a word for yes or no, both occur, and not just as digits.
pub(crate) fn is_truth(column: &Column<'_>) -> bool {
    let codes = column.codes();
    let named = total(codes.iter().map(|code| code.count));
    if codes.is_empty() || column.evidence.rare_cells > 0 || named < column.filled() {
        return false;
    }
    let words: Vec<String> = codes.iter().map(|code| code.value.to_lowercase()).collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let known = |word: &String| YES.contains(&word.as_str()) || NO.contains(&word.as_str());
    let digits = |word: &String| word == "0" || word == "1";
    words.iter().all(known) && any(YES) && any(NO) && !words.iter().all(digits)
}

/// Fires when every value of a column is a word for yes or no and both occur. Emits
/// `parse_boolean` with the words that occur. Evidence: the code set and its counts.
pub(crate) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for column in table
        .columns
        .iter()
        .filter(|column| column.verdict.reading == Reading::Truth)
    {
        let codes = column.codes();
        let words: BTreeSet<String> = codes.iter().map(|code| code.value.to_lowercase()).collect();
        let those = |list: &[&str]| -> Vec<String> {
            words
                .iter()
                .filter(|word| list.contains(&word.as_str()))
                .cloned()
                .collect()
        };
        let operation = ParseBoolean {
            columns: vec![column.name.clone()],
            true_tokens: those(YES),
            false_tokens: those(NO),
            on_error: OnError::Null,
        };
        let why = format!(
            "All {} of {} are one of {} for yes or no",
            counted(column.filled(), "value"),
            column.name,
            counted(words.len() as u64, "word"),
        );
        let fact = format!(
            "codes={} of {} cells",
            words.len(),
            thousands(column.filled())
        );
        let evidence = [steps.fact(column.name, fact)];
        steps.push(why, evidence, OperationKind::ParseBoolean(operation));
    }
}
