//! Rows that may leave a table, and what identifies those that stay.

use silversmith_intake::QuarantineConsent;
use silversmith_plan::expression::Function;
use silversmith_plan::ops::dedupe_exact::DedupeExact;
use silversmith_plan::ops::dedupe_latest::{DedupeLatest, OrderTerm, RowOrder};
use silversmith_plan::ops::filter_rows::{Disposition, FilterRows};
use silversmith_plan::{ColumnType, Grain, OperationKind, RowRelation};
use silversmith_types::ColumnName;
use silversmith_types::evidence::KeyEvidence;

use super::formula::{call, not_null};
use super::names;
use super::steps::{Steps, counted, listed};
use super::table::{Column, Table, total};

/// Fires where the contract names a primary key and lets rows leave, and the evidence does not rule
/// out that there are such rows. Emits `filter_rows` for null keys, `dedupe_exact` for repeated rows
/// and `dedupe_latest` for repeated keys, all to quarantine; the latest row is the one last changed
/// by its date, then the last in the file. Without consent nothing leaves: `expect` reports it.
/// Evidence: `keys`, `duplicate_rows`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let key = &table.terms.primary_key;
    let consents = |consent| table.terms.quarantine.contains(&consent);
    if consents(QuarantineConsent::DuplicateRow) && table.evidence.duplicate_rows > 0 {
        let count = counted(table.evidence.duplicate_rows, "row");
        let evidence =
            [steps.table_fact(format!("duplicate_rows={}", table.evidence.duplicate_rows))];
        let operation = DedupeExact {
            columns: Vec::new(),
            losers: Disposition::Quarantine,
        };
        let why = format!("{count} repeat an earlier one in every column");
        steps.push(why, evidence, OperationKind::DedupeExact(operation));
    }
    if key.is_empty()
        || !key
            .iter()
            .all(|name| steps.schema().position(name).is_some())
    {
        return;
    }
    let nulls = key.iter().filter_map(|name| table.column(name));
    let nulls = total(nulls.map(|column| column.rows.saturating_sub(column.valued())));
    if consents(QuarantineConsent::NullKey) && nulls > 0 {
        let tests = key.iter().map(not_null);
        let predicate = match key.as_slice() {
            [one] => not_null(one),
            _ => call(Function::And, tests),
        };
        let evidence = key
            .iter()
            .filter_map(|name| table.column(name))
            .map(|column| {
                let found = column.evidence;
                steps.fact(
                    column.name,
                    format!("nulls={} blanks={}", found.nulls, found.blanks),
                )
            });
        let evidence: Vec<String> = evidence.collect();
        let reason = format!("no value in the key {}", listed(key));
        let operation = FilterRows {
            predicate,
            disposition: Disposition::Quarantine,
            reason,
        };
        let why = format!(
            "{} of the key {} are missing",
            counted(nulls, "value"),
            listed(key)
        );
        steps.push(why, evidence, OperationKind::FilterRows(operation));
    }
    let known = key_evidence(table, key);
    let duplicates = known.map_or(1, |known| known.duplicate_rows);
    if consents(QuarantineConsent::DuplicateKey)
        && (duplicates > 0 || known.is_some_and(|k| !k.exact))
    {
        let mut order_by: Vec<OrderTerm> = latest(table, steps)
            .map(OrderTerm::Descending)
            .into_iter()
            .collect();
        order_by.push(OrderTerm::Row(RowOrder::Last));
        let fact = known.map_or("keys not among the evidence".to_owned(), |known| {
            format!(
                "keys duplicate_keys={} duplicate_rows={}",
                known.duplicate_keys, known.duplicate_rows
            )
        });
        let evidence = [steps.table_fact(format!("{} {fact}", listed(key)))];
        let why = match known {
            Some(known) => {
                let rows = counted(known.duplicate_rows, "row");
                format!("{rows} repeat a key {}; the latest stays", listed(key))
            }
            None => format!("Rows may repeat a key {}; the latest stays", listed(key)),
        };
        let operation = DedupeLatest {
            keys: key.clone(),
            order_by,
            losers: Disposition::Quarantine,
        };
        steps.push(why, evidence, OperationKind::DedupeLatest(operation));
    }
}

/// What the evidence says of these columns as a key.
fn key_evidence<'t>(table: &Table<'t>, key: &[ColumnName]) -> Option<&'t KeyEvidence> {
    let same = |known: &&KeyEvidence| {
        known.columns.len() == key.len() && known.columns.iter().all(|name| key.contains(name))
    };
    table.evidence.keys.iter().find(same)
}

/// The date that says when a row was last written: by its name, or else any that is no date of birth.
fn latest(table: &Table<'_>, steps: &Steps<'_>) -> Option<ColumnName> {
    let is_date = |column: &&Column<'_>| {
        let ty = steps.schema().type_of(column.name);
        matches!(ty, Some(ColumnType::Date | ColumnType::Timestamp)) && !column.is_birth_date()
    };
    let rank = |column: &&Column<'_>| match () {
        () if column.has_word(names::CHANGED) => 0,
        () if column.has_word(names::CREATED) => 1,
        () => 2,
    };
    let best = table.columns.iter().filter(is_date).min_by_key(rank);
    best.map(|column| column.name.clone())
}

/// What identifies a row: the contract's primary key; else the best key that is unique; else the
/// best single column that nearly is. Among equals, columns that are named like keys come first.
pub(super) fn grain(table: &Table<'_>, steps: &Steps<'_>) -> Grain {
    let exists = |key: &&[ColumnName]| {
        key.iter()
            .all(|name| steps.schema().position(name).is_some())
    };
    let contract = Some(table.terms.primary_key.as_slice())
        .filter(|key| !key.is_empty())
        .filter(exists);
    let found = || {
        let mut keys: Vec<&KeyEvidence> = table.evidence.keys.iter().collect();
        keys.retain(|key| {
            !key.columns.is_empty() && exists(&key.columns.as_slice()) && is_key(table, key)
        });
        // Stable: what the evidence calls better stays ahead among equals.
        keys.sort_by_key(|key| rank(table, key));
        keys.first().map(|key| key.columns.as_slice())
    };
    let keys = contract.or_else(found).unwrap_or_default().to_vec();
    Grain {
        keys,
        rows: relation(steps),
    }
}

fn relation(steps: &Steps<'_>) -> RowRelation {
    match steps.removes_rows() {
        true => {
            RowRelation::Subset("rows that the contract lets leave go to quarantine".to_owned())
        }
        false => RowRelation::Equal,
    }
}

/// Whether a candidate may be the grain: unique in every row, or one column that fails to be in at
/// most one row of a hundred. Amounts and dates are no keys, however different they are.
fn is_key(table: &Table<'_>, key: &KeyEvidence) -> bool {
    let off = key.null_rows.saturating_add(key.duplicate_rows);
    let nearly = key.columns.len() == 1 && off.saturating_mul(100) <= table.evidence.rows;
    let can_identify = |name: &ColumnName| {
        table.column(name).is_some_and(|column| {
            use super::reading::Reading;
            let amount = matches!(
                column.verdict.reading,
                Reading::Decimal(_) | Reading::Notation(..)
            );
            !amount
                && (key.columns.len() > 1 || !matches!(column.verdict.reading, Reading::Date(_)))
        })
    };
    (off == 0 || nearly) && key.columns.iter().all(can_identify)
}

fn rank(table: &Table<'_>, key: &KeyEvidence) -> (bool, bool, usize, bool) {
    let named = |name: &ColumnName| table.column(name).is_some_and(Column::is_key_named);
    let personal = |name: &ColumnName| {
        table
            .column(name)
            .is_some_and(|column| column.evidence.personal.is_some())
    };
    let off = key.null_rows.saturating_add(key.duplicate_rows);
    (
        off > 0,
        key.columns.iter().any(personal),
        key.columns.len(),
        !key.columns.iter().any(named),
    )
}
