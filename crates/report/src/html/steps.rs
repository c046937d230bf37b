//! The plan of one table, step by step.

use maud::{Markup, html};
use silversmith_plan::{Class, Step};
use silversmith_types::TableName;
use silversmith_types::trial::TableTrial;

use super::{TablePage, code, number_cell, text};
use crate::findings::step_total;
use crate::operation_text::{Limit, operation_text};
use crate::shown::{counted, grouped};

/// Entries of a list that are named before the rest is folded.
const LISTED: Limit = Limit(6);
/// Columns that are named before the rest is folded.
const MAX_COLUMNS: usize = 8;
/// More facts than this are folded.
const MAX_FACTS: usize = 2;

pub(super) fn steps(table: &TablePage<'_>) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" style="width:2.2rem" { "#" } th scope="col" style="width:10.5rem" { "Step" }
                th scope="col" { "What it does" } th scope="col" style="width:33%" { "Why, and on which evidence" }
                th.n scope="col" { "Cells" br; "changed" } th.n scope="col" { "Not" br; "convertible" } th.n scope="col" { "Rows" br; "out" }
            } }
            tbody { @for (at, step) in table.plan.steps.iter().enumerate() {
                tr id=(table.step_anchor(at)) {
                    td.soft { (at + 1) }
                    th scope="row" {
                        (code(&step.id))
                        span.op { (step.operation.name()) (class_tag(step)) }
                    }
                    td { (what(step)) (checked(step, table.trial)) }
                    td { span.why { (text(&step.why)) } (evidence(table.name, &step.evidence)) }
                    @for kind in ["changed", "invalid"] {
                        (number_cell(table.trial.and_then(|trial| counted_of(trial, step, kind))))
                    }
                    (number_cell(table.trial.and_then(|trial| removed(trial, step))))
                }
            } }
        }
    }
}

/// What a step counted of a kind; nothing where it counts no such thing.
fn counted_of(trial: &TableTrial, step: &Step, kind: &str) -> Option<u64> {
    let counts = trial
        .steps
        .iter()
        .any(|count| count.step == step.id && count.kind == kind);
    counts.then(|| step_total(trial, &step.id, kind))
}

fn removed(trial: &TableTrial, step: &Step) -> Option<u64> {
    let mut removed = trial
        .removed
        .iter()
        .filter(|removed| removed.step == step.id)
        .peekable();
    removed.peek()?;
    Some(removed.map(|removed| removed.rows).sum())
}

/// Steps that may do more than change cells of a row are marked.
fn class_tag(step: &Step) -> Markup {
    let tag = match step.operation.as_operation().class() {
        Class::RowLocal | Class::Publish => return html! {},
        Class::Window => "looks at other rows",
        Class::Structural => "may remove rows",
        Class::Check => "check",
    };
    html! { " " span.tag { (tag) } }
}

fn what(step: &Step) -> Markup {
    let short = operation_text(&step.operation, LISTED);
    let full = operation_text(&step.operation, Limit::NONE);
    let (first, more) = short.columns.split_at(match short.columns.len() {
        // One more name takes no more space than the note that there is one.
        number if number > MAX_COLUMNS + 1 => MAX_COLUMNS,
        number => number,
    });
    html! {
        span.chips { @for column in first { (code(column.as_str())) " " } }
        bdi { (short.what) }
        @if !more.is_empty() {
            details.more {
                summary { (counted(more.len() as u64, "more column", "more columns")) }
                span.chips { @for column in more { (code(column.as_str())) " " } }
            }
        }
        @if full.what != short.what {
            details.more { summary { "in full" } bdi { (full.what) } }
        }
    }
}

/// What a check counted.
fn checked(step: &Step, trial: Option<&TableTrial>) -> Markup {
    let counts = trial.iter().flat_map(|trial| &trial.steps);
    let checks = counts.filter(|count| count.step == step.id && count.kind == "check");
    let is_expectation = step.operation.as_operation().class() == Class::Check;
    html! {
        @for check in checks {
            div {
                @match (is_expectation, check.count) {
                    (true, 0) => span.pill.good { "holds" },
                    (true, count) => span.pill.warn { (counted(count, "violation", "violations")) },
                    (false, 0) => span.pill.good { "every value known" },
                    (false, count) => span.pill.warn { (counted(count, "cell", "cells")) " not in the list" },
                }
                " " span.soft { (text(&check.name)) }
            }
        }
    }
}

fn evidence(table: &TableName, facts: &[String]) -> Markup {
    let list = html! { ul.evidence { @for shown in facts { li { (text(&fact(table, shown))) } } } };
    html! {
        @if facts.is_empty() {}
        @else if facts.len() <= MAX_FACTS { (list) }
        @else { details.more { summary { (facts.len()) " facts" } (list) } }
    }
}

/// A fact as a person reads it: `t.csv/id nulls=0 null_rows=12` of table `t.csv` is
/// `id: nulls 0, null rows 12`. What does not have this form stays as it is.
fn fact(table: &TableName, fact: &str) -> String {
    let place = fact.strip_prefix(table.as_str());
    let own = place.and_then(|rest| rest.strip_prefix('/').or(rest.strip_prefix(' ')));
    let mut out = String::new();
    let mut after_measure = false;
    for token in own.unwrap_or(fact).split(' ') {
        let measure = measure(token);
        let separator = match (&measure, after_measure) {
            _ if out.is_empty() => "",
            (Some(_), true) => ", ",
            (Some(_), false) => ": ",
            (None, _) => " ",
        };
        out.push_str(separator);
        let number = if after_measure { amount(token) } else { None };
        after_measure |= measure.is_some();
        out.push_str(measure.or(number).as_deref().unwrap_or(token));
    }
    out
}

/// `null_rows=1200` as `null rows 1,200`; nothing where the text is something else.
fn measure(token: &str) -> Option<String> {
    let (name, value) = token.split_once('=')?;
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let name = name.replace('_', " ");
    match value {
        "true" => Some(name),
        "false" => Some(format!("not {name}")),
        _ => Some(format!("{name} {}", amount(value)?)),
    }
}

/// A whole number with its digits grouped. A sign or zeros in front would be lost: no number then.
fn amount(text: &str) -> Option<String> {
    let number: u64 = text.replace(',', "").parse().ok()?;
    let shown = grouped(number);
    (number.to_string() == text || shown == text).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_words() {
        let table = "t.csv".parse().unwrap();
        for (line, shown) in [
            (
                "t.csv/id nulls=0 null_rows=1200",
                "id: nulls 0, null rows 1,200",
            ),
            (
                "t.csv keys id null_rows=0 exact=true",
                "keys id: null rows 0, exact",
            ),
            (
                "t.csv/id joins u.csv/id matched=0 normalised=18484 of 18484",
                "id joins u.csv/id: matched 0, normalised 18,484 of 18,484",
            ),
            ("u.csv/id nulls=1", "u.csv/id: nulls 1"),
            (
                "t.csv/a formats %d=%m 01=2 x=-1",
                "a formats %d=%m 01=2 x=-1",
            ),
            ("", ""),
            ("plain words", "plain words"),
        ] {
            assert_eq!(fact(&table, line), shown);
        }
    }
}
