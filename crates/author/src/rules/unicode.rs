//! Text in decomposed Unicode.

use silversmith_plan::OperationKind;
use silversmith_plan::ops::normalize_unicode::{NormalForm, NormalizeUnicode};
use silversmith_types::ColumnName;

use super::steps::{Steps, counted, listed};
use super::table::{Column, Table, total};

/// Fires when cells are not in Unicode form NFC: they look like others and compare as different.
/// Emits `normalize_unicode` to NFC, which changes no character that a reader sees. Evidence:
/// `not_nfc`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let columns: Vec<&Column<'_>> = table
        .columns
        .iter()
        .filter(|column| column.evidence.not_nfc > 0)
        .collect();
    for columns in columns.chunks(super::COLUMNS_A_STEP) {
        let names: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
        let cells = total(columns.iter().map(|column| column.evidence.not_nfc));
        let why = format!(
            "{} of {} are decomposed Unicode",
            counted(cells, "value"),
            listed(&names)
        );
        let facts = columns
            .iter()
            .map(|column| steps.fact(column.name, format!("not_nfc={}", column.evidence.not_nfc)));
        let evidence: Vec<String> = facts.collect();
        let operation = NormalizeUnicode {
            columns: names,
            form: NormalForm::Nfc,
            strip_marks: false,
            unescape_html: false,
        };
        steps.push(why, evidence, OperationKind::NormalizeUnicode(operation));
    }
}
