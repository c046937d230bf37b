//! The tables: an overview, then each with its plan, its columns and its quarantine.

use maud::{Markup, html};
use silversmith_plan::ops::expect::{Expectation, OnFail};
use silversmith_plan::{OperationKind, RowRelation, Step};

use super::charts::{legend, single};
use super::summary::table_link;
use super::{Page, TablePage, code, columns, number_cell, steps, text};
use crate::findings::{Weight, step_total};
use crate::shown::{counted, grouped, percent, share};

/// With more tables than this, each is folded: the overview leads to them.
const MAX_OPEN: usize = 24;

pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        section aria-labelledby="tables" {
            h2 id="tables" { "Tables" }
            (overview(page))
            @for table in &page.tables { (table_card(page, table)) }
        }
    }
}

fn overview(page: &Page<'_>) -> Markup {
    let most = page
        .tables
        .iter()
        .map(TablePage::changed)
        .max()
        .unwrap_or(0);
    html! {
        table {
            caption { "Every table of the plan with what its steps did." }
            thead { tr {
                th scope="col" { "Table" } th.n scope="col" { "Bronze rows" } th.n scope="col" { "Silver rows" }
                th.n scope="col" { "Quarantine" } th.n scope="col" { "Steps" } th.n scope="col" { "Columns" }
                th.n scope="col" { "Not convertible" } th.n scope="col" { "Cells changed" } th scope="col" { span.visually-hidden { "Plot" } }
                th.n scope="col" { "To judge" }
            } }
            tbody { @for table in &page.tables {
                @let measured = table.trial.is_some();
                @let columns = table.columns.iter().filter(|story| story.silver.is_some()).count();
                tr {
                    th scope="row" { (table_link(page, table.name)) }
                    (number_cell(table.trial.map(|trial| trial.rows_in)))
                    (number_cell(table.trial.map(|trial| trial.rows_out)))
                    (number_cell(table.trial.map(|trial| trial.quarantined)))
                    (number_cell(Some(table.plan.steps.len() as u64)))
                    (number_cell(Some(columns as u64)))
                    (number_cell(measured.then(|| table.invalid())))
                    (number_cell(measured.then(|| table.changed())))
                    td { @if measured {
                        (single(share(table.changed(), most), 110, &format!("{} of the most changed table", percent(table.changed(), most))))
                    } }
                    (number_cell(Some(to_judge(page, table))))
                }
            } }
        }
    }
}

fn to_judge(page: &Page<'_>, table: &TablePage<'_>) -> u64 {
    let of_table = page
        .findings
        .iter()
        .filter(|finding| finding.table == Some(table.name));
    of_table
        .filter(|finding| finding.weight != Weight::Note)
        .count() as u64
}

fn table_card(page: &Page<'_>, table: &TablePage<'_>) -> Markup {
    let judged = to_judge(page, table);
    html! {
        details.table id=(table.anchor()) open[page.tables.len() <= MAX_OPEN] {
            summary {
                h3 { (text(table.name.stem())) }
                span.facts {
                    @if let Some(trial) = table.trial {
                        (grouped(trial.rows_in)) " → " (counted(trial.rows_out, "row", "rows")) ", "
                        (counted(table.changed(), "cell", "cells")) " changed, "
                    }
                    (counted(table.plan.steps.len() as u64, "step", "steps"))
                }
                @if judged > 0 { span.pill.warn { (judged) " to judge" } }
            }
            (grain(table))
            h4 { "Plan, step by step" }
            (steps::steps(table))
            @if !table.columns.is_empty() {
                h4 { "Columns before and after" }
                @if table.trial.is_some() { (legend()) }
                (columns::columns(table))
                (columns::code_sets(table))
            }
            (quarantine(table))
        }
    }
}

fn grain(table: &TablePage<'_>) -> Markup {
    let grain = &table.plan.grain;
    html! {
        p {
            @if grain.keys.is_empty() { "Nothing identifies a row. " }
            @else {
                "A row is identified by " @for (at, key) in grain.keys.iter().enumerate() { @if at > 0 { ", " } (code(key.as_str())) } ". "
            }
            @match &grain.rows {
                RowRelation::Equal => "Every Bronze row is kept, once.",
                RowRelation::Subset(reason) => { "Some Bronze rows are left out: " (text(reason)) "." },
            }
            @if let Some(rows) = repeated_keys(table) {
                " " strong.warn { (counted(rows, "row repeats", "rows repeat")) " a key: it does not identify a row yet." }
            }
        }
    }
}

/// Rows that repeat the key of another, where an expectation counted some.
fn repeated_keys(table: &TablePage<'_>) -> Option<u64> {
    let keys = &table.plan.grain.keys;
    let states_key = |step: &&Step| match &step.operation {
        OperationKind::Expect(expect) => {
            expect.on_fail == OnFail::Warn && expect.that == Expectation::Unique(keys.clone())
        }
        _ => false,
    };
    let step = table.plan.steps.iter().find(states_key)?;
    let rows = step_total(table.trial?, &step.id, "check");
    (rows > 0).then_some(rows)
}

fn quarantine(table: &TablePage<'_>) -> Markup {
    let Some(trial) = table.trial else {
        return html! {};
    };
    let removed: Vec<_> = trial
        .removed
        .iter()
        .filter(|removed| removed.rows > 0)
        .collect();
    if removed.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Rows that left, by rule" }
        table {
            thead { tr {
                th scope="col" { "Rule" } th scope="col" { "Where to" } th scope="col" { "Why" } th.n scope="col" { "Rows" }
                th scope="col" { "Share of the table" }
            } }
            tbody { @for rule in removed {
                @let at = table.plan.steps.iter().position(|step| step.id == rule.step);
                tr {
                    th scope="row" { @match at {
                        Some(at) => a href={ "#" (table.step_anchor(at)) } { (code(&rule.step)) },
                        None => (code(&rule.step)),
                    } }
                    td { @if rule.quarantined { "quarantine" } @else { span.bad { "removed for good" } } }
                    td { @if let Some(step) = at.and_then(|at| table.plan.steps.get(at)) { (text(&step.why)) } }
                    (number_cell(Some(rule.rows)))
                    td {
                        @let of = percent(rule.rows, trial.rows_in);
                        (single(share(rule.rows, trial.rows_in), 110, &of)) " " (of)
                    }
                }
            } }
        }
    }
}
