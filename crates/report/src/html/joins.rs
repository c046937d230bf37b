//! How columns of different tables match, before and after.

use maud::{Markup, html};
use silversmith_types::evidence::{ColumnRef, JoinEvidence};
use silversmith_types::trial::JoinChange;

use super::charts::{legend, pair};
use super::{Page, code, number_cell};
use crate::shown::{percent, share};

pub(super) fn section(page: &Page<'_>) -> Markup {
    let joins = page
        .input
        .trial
        .map(|trial| trial.joins.as_slice())
        .unwrap_or_default();
    html! {
        section aria-labelledby="joins" {
            h2 id="joins" { "Joins before and after" }
            @if joins.is_empty() { p { "No two columns of different tables were found to match." } }
            @else {
                (legend())
                table {
                    caption { "Distinct values of the referring column that the other column has." }
                    thead { tr {
                        th scope="col" { "From" } th scope="col" { "To" } th.n scope="col" { "Values" }
                        th.n scope="col" { "Before" } th.n scope="col" { "After" } th scope="col" { span.visually-hidden { "Plot" } }
                        th.n scope="col" { "Without a match" }
                    } }
                    tbody { @for join in joins { (row(join)) } }
                }
            }
        }
    }
}

fn row(change: &JoinChange) -> Markup {
    let (before, after) = (&change.before, change.after.as_ref());
    let shown = after.unwrap_or(before);
    let matched = |join: &JoinEvidence| percent(join.matched, join.from_distinct);
    let part = |join: &JoinEvidence| share(join.matched, join.from_distinct);
    let (old, new) = (matched(before), after.map(matched));
    let new = new.unwrap_or_else(|| "gone".to_owned());
    let missing = after.map(|after| after.from_distinct.saturating_sub(after.matched));
    let better = match missing {
        Some(0) => "good",
        Some(_) => "warn",
        None => "bad",
    };
    html! {
        tr {
            th scope="row" { (side(&before.from, &shown.from)) }
            td { (side(&before.to, &shown.to)) }
            (number_cell(Some(shown.from_distinct)))
            td.n { (old) }
            td.n.(better) { (new) }
            td { (pair(Some(part(before)), after.map(part), 200, &format!("before {old}, after {new}"))) }
            (number_cell(missing))
            }
    }
}

/// A column; with its name in Silver where that is another.
fn side(before: &ColumnRef, after: &ColumnRef) -> Markup {
    html! {
        (code(&format!("{}.{}", before.table.stem(), before.column)))
        @if before.column != after.column { span.arrow { " → " } (code(after.column.as_str())) }
    }
}
