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

/// Fires where the contract lets repeated rows leave and the evidence counts some. Emits
/// `dedupe_exact` to quarantine. Without consent nothing leaves. Evidence: `duplicate_rows`.
pub(super) fn repeated(table: &Table<'_>, steps: &mut Steps<'_>) {
    if !consents(table, QuarantineConsent::DuplicateRow) || table.evidence.duplicate_rows == 0 {
        return;
    }
    let count = counted(table.evidence.duplicate_rows, "row");
    let evidence = [steps.table_fact(format!("duplicate_rows={}", table.evidence.duplicate_rows))];
    let operation = DedupeExact {
        columns: Vec::new(),
        losers: Disposition::Quarantine,
    };
    let why = format!("{count} repeat an earlier one in every column");
    steps.push(why, evidence, OperationKind::DedupeExact(operation));
}

/// Fires where the contract names a primary key and lets rows without one leave, and the evidence
/// counts some. Emits `filter_rows` to quarantine. Without consent nothing leaves: `expect` reports
/// it. Evidence: `nulls`, `blanks`, `null_tokens`.
pub(super) fn without_key(table: &Table<'_>, steps: &mut Steps<'_>) {
    let key = primary_key(table, steps);
    let columns = || key.iter().filter_map(|name| table.column(name));
    let nulls = total(columns().map(|column| column.rows.saturating_sub(column.valued())));
    if !consents(table, QuarantineConsent::NullKey) || nulls == 0 {
        return;
    }
    let predicate = match key {
        [one] => not_null(one),
        _ => call(Function::And, key.iter().map(not_null)),
    };
    let evidence = columns().map(|column| {
        let found = column.evidence;
        steps.fact(
            column.name,
            format!("nulls={} blanks={}", found.nulls, found.blanks),
        )
    });
    let evidence: Vec<String> = evidence.collect();
    let operation = FilterRows {
        predicate,
        disposition: Disposition::Quarantine,
        reason: format!("no value in the key {}", listed(key)),
    };
    let why = format!(
        "{} of the key {} are missing",
        counted(nulls, "value"),
        listed(key)
    );
    steps.push(why, evidence, OperationKind::FilterRows(operation));
}

/// Fires where the contract names a primary key and lets rows that repeat it leave, and the evidence
/// does not rule out that there are some. Emits `dedupe_latest` to quarantine; the latest row is the
/// one last changed by its date, then the last in the file. Without consent nothing leaves: `expect`
/// reports it. Evidence: `keys`.
pub(super) fn of_repeated_key(table: &Table<'_>, steps: &mut Steps<'_>) {
    let key = primary_key(table, steps);
    let known = key_evidence(table, key);
    let is_possible = known.is_none_or(|known| known.duplicate_rows > 0 || !known.exact);
    if !consents(table, QuarantineConsent::DuplicateKey) || key.is_empty() || !is_possible {
        return;
    }
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
        keys: key.to_vec(),
        order_by,
        losers: Disposition::Quarantine,
    };
    steps.push(why, evidence, OperationKind::DedupeLatest(operation));
}

fn consents(table: &Table<'_>, consent: QuarantineConsent) -> bool {
    table.terms.quarantine.contains(&consent)
}

/// The contract's primary key, as long as it is Bronze's own: empty where the table does not have
/// all of its columns, or a step gave one of them other values.
fn primary_key<'t>(table: &Table<'t>, steps: &Steps<'_>) -> &'t [ColumnName] {
    let key = table.terms.primary_key.as_slice();
    match key.iter().all(|name| steps.is_own(name)) {
        true => key,
        false => &[],
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
