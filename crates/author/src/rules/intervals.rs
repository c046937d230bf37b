//! Intervals that end before they start.

use silversmith_plan::expression::Function;
use silversmith_plan::ops::close_interval::CloseInterval;
use silversmith_plan::ops::drop_columns::{DropColumns, DropReason};
use silversmith_plan::ops::expect::{Expect, Expectation, OnFail};
use silversmith_plan::ops::set_where::SetWhere;
use silversmith_plan::{ColumnType, OperationKind};
use silversmith_types::ColumnName;
use silversmith_types::evidence::{OrderingEvidence, VersionEvidence};

use super::formula::{call, column, not_null};
use super::steps::{Steps, thousands};
use super::table::Table;

/// Fires on pairs of dates of which one ought to come first. Where rows are versions of a thing and
/// nearly every superseded one has an end, an end before its start becomes the day before the next
/// start of the same thing (none for the last): `close_interval`, where ends that are right are kept
/// with the help of a second column. Where nothing says what the end should be, it stays. Either way
/// `expect` states the order and reports the rest. Evidence: `orderings`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for ordering in &table.evidence.orderings {
        let ty = |name: &ColumnName| steps.schema().type_of(name);
        let (start, end) = (ty(&ordering.start), ty(&ordering.end));
        let days = start == Some(ColumnType::Date) && end == start;
        let instants = start == Some(ColumnType::Timestamp) && end == start;
        if !days && !instants {
            continue;
        }
        match &ordering.versions_of {
            Some(versions) if days && ordering.violated > 0 && are_versions(versions) => {
                close(table, ordering, versions, steps);
            }
            _ => {}
        }
        state(ordering, steps);
    }
}

/// Whether the rows are versions whose ends follow from the next start: no two start together, and
/// nine tenths of the superseded ones have an end.
fn are_versions(versions: &VersionEvidence) -> bool {
    let ended = versions.superseded_with_end.saturating_mul(10);
    versions.ties == 0 && versions.superseded > 0 && ended >= versions.superseded.saturating_mul(9)
}

fn close(
    table: &Table<'_>,
    ordering: &OrderingEvidence,
    versions: &VersionEvidence,
    steps: &mut Steps<'_>,
) {
    let (start, end, key) = (&ordering.start, &ordering.end, &versions.key);
    let fact = format!(
        "orderings {start} both={} violated={} versions_of={key} superseded={} ties={}",
        ordering.both, ordering.violated, versions.superseded, versions.ties
    );
    let fact = steps.fact(end, fact);
    let why = format!(
        "{} of {} closed rows end before they start; they end where the next of the same {key} starts",
        thousands(ordering.violated),
        thousands(ordering.both),
    );
    let closing = |end_into: &ColumnName| {
        OperationKind::CloseInterval(CloseInterval {
            key: vec![key.clone()],
            start: start.clone(),
            end_into: end_into.clone(),
            minus_days: 1,
        })
    };
    if ordering.violated == ordering.both {
        steps.push(why, [fact], closing(end));
        return;
    }
    let Some(helper) = free_name(table, end, steps) else {
        return;
    };
    if !steps.push(&why, [fact.clone()], closing(&helper)) {
        return;
    }
    let backwards = call(Function::Less, [column(end), column(start)]);
    let set = SetWhere {
        column: end.clone(),
        when: call(Function::And, [backwards, not_null(key)]),
        to: column(&helper),
    };
    steps.push(why, [fact.clone()], OperationKind::SetWhere(set));
    let gone = DropColumns {
        columns: vec![helper.clone()],
        reason: DropReason::Unused,
    };
    steps.push(
        format!("{helper} was a help to the step before"),
        [fact],
        OperationKind::DropColumns(gone),
    );
}

fn free_name(table: &Table<'_>, end: &ColumnName, steps: &Steps<'_>) -> Option<ColumnName> {
    let taken =
        |name: &ColumnName| table.column(name).is_some() || steps.schema().position(name).is_some();
    let names = (1..=9).filter_map(|n| format!("{end}_closed{n}").parse::<ColumnName>().ok());
    names.into_iter().find(|name| !taken(name))
}

fn state(ordering: &OrderingEvidence, steps: &mut Steps<'_>) {
    let (start, end) = (&ordering.start, &ordering.end);
    let why = format!(
        "{end} is not before {start}: {} of {} rows violated it in Bronze",
        thousands(ordering.violated),
        thousands(ordering.both),
    );
    let fact = format!(
        "orderings {start} both={} violated={}",
        ordering.both, ordering.violated
    );
    let evidence = [steps.fact(end, fact)];
    let that = Expectation::Order {
        first: start.clone(),
        second: end.clone(),
    };
    let name = super::expectations::name("order", [start, end]);
    let operation = Expect {
        name,
        that,
        on_fail: OnFail::Warn,
        threshold: 0,
    };
    steps.push(why, evidence, OperationKind::Expect(operation));
}
