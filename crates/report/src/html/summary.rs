//! The verdict in one glance.

use maud::{Markup, html};
use silversmith_types::TableName;

use super::charts::{CROSS, MARK, TICK, sign};
use super::{Page, text};
use crate::findings::Weight;
use crate::lineage::ColumnStory;
use crate::shown::{counted, grouped};

struct Verdict {
    class: &'static str,
    sign: &'static str,
    state: &'static str,
}

fn verdict(page: &Page<'_>) -> Verdict {
    let fails = page
        .findings
        .iter()
        .any(|finding| finding.weight == Weight::Fails);
    let judged = page
        .findings
        .iter()
        .any(|finding| finding.weight == Weight::Judge);
    match page.input.trial {
        None => Verdict {
            class: "bad",
            sign: MARK,
            state: "Not tried",
        },
        Some(_) if fails => Verdict {
            class: "bad",
            sign: CROSS,
            state: "Trial failed",
        },
        Some(_) if judged => Verdict {
            class: "warn",
            sign: TICK,
            state: "Passed, needs a look",
        },
        Some(_) => Verdict {
            class: "good",
            sign: TICK,
            state: "Trial passed",
        },
    }
}

pub(super) fn summary(page: &Page<'_>) -> Markup {
    let header = page.input.header;
    let verdict = verdict(page);
    html! {
        header.top {
            h1 { "Silver module for Bronze run " (text(header.bronze_run.as_str())) }
            p { "Plan by " (text(&header.author)) ", compiled by " (text(&header.tool)) ", as of " (header.as_of.to_string()) "." }
        }
        section.verdict.(verdict.class) aria-label="Verdict" {
            p.state { (sign(verdict.sign)) (verdict.state) }
            ul {
                li { (makes(page)) }
                li { (changes(page)) }
                li { (looks(page)) }
            }
        }
        (tiles(page))
        nav aria-label="Contents" {
            ul {
                li { a href="#look" { "What needs a look" } }
                li { a href="#in" { "What came in" } }
                li { a href="#tables" { "Tables" } }
                @for table in &page.tables {
                    li { a href={ "#" (table.anchor()) } { (text(table.name.stem())) } }
                }
                li { a href="#joins" { "Joins" } }
                li { a href="#trial" { "Trial and sandbox" } }
                li { a href="#provenance" { "Provenance" } }
            }
        }
    }
}

/// Rows of Bronze and of Silver, over all tables.
fn rows(page: &Page<'_>) -> (u64, u64) {
    let trials = page.tables.iter().filter_map(|table| table.trial);
    trials.fold((0, 0), |(before, after), trial| {
        (before + trial.rows_in, after + trial.rows_out)
    })
}

fn makes(page: &Page<'_>) -> String {
    let tables = counted(page.tables.len() as u64, "Silver table", "Silver tables");
    let (before, after) = rows(page);
    match page.input.trial {
        None => format!("Would make {tables}."),
        Some(_) => format!(
            "Makes {tables}: {} of {} Bronze rows.",
            grouped(after),
            grouped(before)
        ),
    }
}

fn changes(page: &Page<'_>) -> String {
    let stories = || page.tables.iter().flat_map(|table| &table.columns);
    let number =
        |wanted: &dyn Fn(&ColumnStory<'_>) -> bool| stories().filter(|s| wanted(s)).count() as u64;
    let typed = number(&|story| {
        let typed =
            |(_, ty): &(_, silversmith_plan::ColumnType)| *ty != silversmith_plan::ColumnType::Text;
        story.bronze.is_some() && story.silver.as_ref().is_some_and(typed)
    });
    let new = number(&|story| story.bronze.is_none() && story.silver.is_some());
    let dropped = number(&|story| story.silver.is_none());
    let mut parts = Vec::new();
    if page.input.trial.is_some() {
        let cells = page.tables.iter().map(|table| table.changed()).sum();
        let columns = number(&|story| story.changed > 0);
        let columns = counted(columns, "column", "columns");
        parts.push(format!(
            "changes {} in {columns}",
            counted(cells, "cell", "cells")
        ));
    }
    if typed > 0 {
        parts.push(format!(
            "gives {} a type",
            counted(typed, "column", "columns")
        ));
    }
    if new > 0 {
        parts.push(format!("adds {}", counted(new, "column", "columns")));
    }
    if dropped > 0 {
        parts.push(format!("drops {}", counted(dropped, "column", "columns")));
    }
    if parts.is_empty() {
        parts.push("changes no column".to_owned());
    }
    let sentence = parts.join(", ");
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn looks(page: &Page<'_>) -> Markup {
    let of = |weight| {
        page.findings
            .iter()
            .filter(|finding| finding.weight == weight)
            .count() as u64
    };
    let (fails, judged, notes) = (of(Weight::Fails), of(Weight::Judge), of(Weight::Note));
    html! {
        @if fails + judged == 0 { "Nothing needs a person's judgement" }
        @else {
            a href="#look" {
                @if fails > 0 { (counted(fails, "thing fails", "things fail")) }
                @if fails > 0 && judged > 0 { " and " }
                @if judged > 0 { (counted(judged, "thing needs", "things need")) " a person's judgement" }
            }
        }
        @if notes > 0 { "; " (counted(notes, "note", "notes")) }
        "."
    }
}

fn tiles(page: &Page<'_>) -> Markup {
    let Some(trial) = page.input.trial else {
        return html! {};
    };
    let sum = |of: &dyn Fn(&super::TablePage<'_>) -> u64| page.tables.iter().map(of).sum::<u64>();
    let held = trial.checks.iter().filter(|check| check.ok).count();
    let joins = trial.joins.iter().filter(|join| {
        join.after
            .as_ref()
            .is_some_and(|after| after.matched >= after.from_distinct)
    });
    let tiles: [(String, &str); 6] = [
        (format!("{held} of {}", trial.checks.len()), "checks hold"),
        (grouped(sum(&|table| table.changed())), "cells changed"),
        (
            grouped(sum(&|table| table.invalid())),
            "cells not convertible",
        ),
        (
            grouped(sum(&|table| {
                table.trial.map_or(0, |trial| trial.quarantined)
            })),
            "rows in quarantine",
        ),
        (
            format!("{} of {}", joins.count(), trial.joins.len()),
            "joins match in full",
        ),
        (
            grouped(sum(&|table| {
                table.trial.map_or(0, |trial| trial.cells_compared)
            })),
            "cells compared with the reference",
        ),
    ];
    html! {
        dl.tiles {
            @for (number, label) in &tiles { div { dt { (label) } dd { (number) } } }
        }
    }
}

/// A link to a table, or its name where the plan does not have it.
pub(super) fn table_link(page: &Page<'_>, name: &TableName) -> Markup {
    html! {
        @match page.anchor(name, None) {
            Some(anchor) => a href={ "#" (anchor) } { (text(name.stem())) },
            None => (text(name.as_str())),
        }
    }
}
