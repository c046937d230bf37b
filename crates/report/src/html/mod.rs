//! The page of a module: everything that a reviewer needs, in one file without scripts.

mod charts;
mod columns;
mod findings;
mod incoming;
mod joins;
mod provenance;
mod steps;
mod summary;
mod tables;
mod trial;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use silversmith_plan::module::STYLE;
use silversmith_types::trial::TableTrial;
use silversmith_types::{ColumnName, Digest, TableName};

use crate::findings::{Finding, findings};
use crate::input::ReportInput;
use crate::lineage::{ColumnStory, column_stories};
use crate::shown::{grouped, visible};

/// What this page needs beyond the style sheet that all reports share.
const OWN_STYLE: &str = include_str!("style.css");

/// Even if some text found a way into the markup, a browser loads and runs nothing.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page of a module: complete HTML, the same bytes for the same input.
pub fn render(input: &ReportInput<'_>) -> String {
    let page = Page::new(input);
    let title = format!("Silver module for {}", input.header.bronze_run);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(CONTENT_POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                // Both are constants of the program; neither holds a `<`.
                style { (PreEscaped(STYLE)) (PreEscaped(OWN_STYLE)) }
            }
            body {
                a.skip href="#look" { "Skip to what needs a look" }
                main {
                    (summary::summary(&page))
                    (findings::section(&page))
                    (incoming::section(&page))
                    (tables::section(&page))
                    (joins::section(&page))
                    (trial::section(&page))
                    (provenance::section(&page))
                }
            }
        }
    }
    .into_string()
}

/// The input with what several parts of the page need of it.
struct Page<'a> {
    input: &'a ReportInput<'a>,
    findings: Vec<Finding<'a>>,
    /// By table, in the order of the plan.
    tables: Vec<TablePage<'a>>,
}

/// One table of the page.
struct TablePage<'a> {
    name: &'a TableName,
    /// Place on the page, from 1: part of every anchor, so that no name ends up in one.
    number: usize,
    plan: &'a silversmith_plan::TablePlan,
    trial: Option<&'a TableTrial>,
    columns: Vec<ColumnStory<'a>>,
}

impl<'a> Page<'a> {
    fn new(input: &'a ReportInput<'a>) -> Self {
        let tables = input
            .plan
            .tables
            .iter()
            .zip(1..)
            .map(|((name, plan), number)| {
                let trial = input.trial.and_then(|trial| trial.tables.get(name));
                let bronze = bronze_columns(input, name, trial);
                let columns = column_stories(plan, &bronze, input.schemas.get(name), trial);
                TablePage {
                    name,
                    number,
                    plan,
                    trial,
                    columns,
                }
            });
        let tables: Vec<TablePage<'a>> = tables.collect();
        let findings = findings(input, &tables.iter().map(TablePage::dropped).collect());
        Self {
            input,
            findings,
            tables,
        }
    }

    /// Where on the page a table, or a step of it, stands; nowhere if it is not in the plan.
    fn anchor(&self, table: &TableName, step: Option<&str>) -> Option<String> {
        let table = self.tables.iter().find(|page| page.name == table)?;
        match step {
            None => Some(table.anchor()),
            Some(id) => {
                let at = table.plan.steps.iter().position(|step| step.id == id)?;
                Some(table.step_anchor(at))
            }
        }
    }
}

impl<'a> TablePage<'a> {
    /// The Bronze columns that Silver does not have.
    fn dropped(&self) -> (&'a TableName, Vec<&str>) {
        let gone = self.columns.iter().filter(|story| story.silver.is_none());
        (
            self.name,
            gone.filter_map(|story| Some(story.bronze.as_ref()?.as_str()))
                .collect(),
        )
    }

    fn anchor(&self) -> String {
        format!("table-{}", self.number)
    }

    fn step_anchor(&self, at: usize) -> String {
        format!("table-{}-step-{}", self.number, at + 1)
    }

    /// Cells that steps changed, over all steps.
    fn changed(&self) -> u64 {
        self.counted("changed")
    }

    /// Cells that could not be converted.
    fn invalid(&self) -> u64 {
        self.counted("invalid")
    }

    fn counted(&self, kind: &str) -> u64 {
        let counts = self.trial.iter().flat_map(|trial| &trial.steps);
        counts
            .filter(|count| count.kind == kind)
            .map(|count| count.count)
            .sum()
    }
}

fn bronze_columns(
    input: &ReportInput<'_>,
    name: &TableName,
    trial: Option<&TableTrial>,
) -> Vec<ColumnName> {
    let described = input.brief.and_then(|brief| brief.tables().get(name));
    match (described, trial) {
        (Some(table), _) => table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect(),
        (None, Some(trial)) => trial
            .before
            .columns
            .iter()
            .map(|c| c.name.clone())
            .collect(),
        (None, None) => Vec::new(),
    }
}

/// Untrusted text, set apart from the direction of the text around it.
fn text(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// A name or a value, in code style.
fn code(text: &str) -> Markup {
    html! { code { bdi { (visible(text)) } } }
}

fn digest(digest: Digest) -> Markup {
    html! { code.digest { (digest.to_hex()) } }
}

/// A cell with a number; nothing is shown as a soft dash.
fn number_cell(number: Option<u64>) -> Markup {
    html! {
        @match number {
            Some(0) => td.n.zero { "0" },
            Some(number) => td.n { (grouped(number)) },
            None => td.n.zero { "–" },
        }
    }
}
