//! What came in.

use maud::{Markup, html};
use silversmith_intake::{QuarantineConsent, TableTerms};
use silversmith_types::evidence::TableEvidence;

use super::summary::table_link;
use super::{Page, TablePage, digest, number_cell, text};
use crate::shown::{counted, size};

pub(super) fn section(page: &Page<'_>) -> Markup {
    let described = page
        .input
        .brief
        .into_iter()
        .flat_map(|brief| brief.tables().values());
    let has_terms = described
        .into_iter()
        .any(|table| table.terms != TableTerms::default());
    html! {
        section aria-labelledby="in" {
            h2 id="in" { "What came in" }
            table {
                caption {
                    "The Bronze files of run " (text(page.input.header.bronze_run.as_str())) "."
                    @if let Some(least) = page.input.brief.and_then(|brief| brief.min_count()) {
                        " Values seen fewer than " (least) " times are named nowhere."
                    }
                    @if page.input.brief.is_some() && !has_terms { " No contract says anything of them." }
                }
                thead { tr {
                    th scope="col" { "Table" } th.n scope="col" { "Rows" } th.n scope="col" { "Columns" }
                    th.n scope="col" { "Personal" } th.n scope="col" { "Equal rows" } th.n scope="col" { "Size" }
                    @if has_terms { th scope="col" { "Contract" } }
                    @if has_terms { th scope="col" style="width:14.5rem" { "SHA-256" } } @else { th scope="col" { "SHA-256" } }
                } }
                tbody { @for table in &page.tables { (row(page, table, has_terms)) } }
            }
        }
    }
}

fn row(page: &Page<'_>, table: &TablePage<'_>, has_terms: bool) -> Markup {
    let described = page
        .input
        .brief
        .and_then(|brief| brief.tables().get(table.name));
    let evidence: Option<&TableEvidence> = described
        .and_then(|table| table.evidence.as_ref())
        .or_else(|| table.trial.map(|trial| &trial.before));
    let rows = described
        .map(|table| table.rows)
        .or_else(|| evidence.map(|e| e.rows));
    let columns = described
        .map(|table| table.columns.len())
        .or_else(|| evidence.map(|e| e.columns.len()));
    let personal =
        evidence.map(|e| e.columns.iter().filter(|c| c.personal.is_some()).count() as u64);
    html! {
        tr {
            th.id scope="row" { (table_link(page, table.name)) }
            (number_cell(rows))
            (number_cell(columns.map(|number| number as u64)))
            (number_cell(personal))
            (number_cell(evidence.map(|evidence| evidence.duplicate_rows)))
            td.n { @match evidence { Some(evidence) => (size(evidence.bytes)), None => span.zero { "–" } } }
            @if has_terms { td { @if let Some(table) = described { (terms(&table.terms)) } } }
            td { @if let Some(evidence) = evidence { (digest(evidence.sha256)) } }
        }
    }
}

fn terms(terms: &TableTerms) -> Markup {
    let names: Vec<&str> = terms.primary_key.iter().map(|name| name.as_str()).collect();
    let consents: Vec<&str> = terms
        .quarantine
        .iter()
        .map(|consent| match consent {
            QuarantineConsent::DuplicateKey => "repeated keys",
            QuarantineConsent::NullKey => "null keys",
            QuarantineConsent::DuplicateRow => "equal rows",
            QuarantineConsent::InvalidValue => "invalid values",
        })
        .collect();
    html! {
        @if *terms == TableTerms::default() { span.zero { "nothing said" } }
        @if !names.is_empty() { div { "key " (text(&names.join(", "))) } }
        @if !terms.required.is_empty() { div { (counted(terms.required.len() as u64, "column", "columns")) " required" } }
        @if !terms.unique.is_empty() { div { (counted(terms.unique.len() as u64, "column", "columns")) " unique" } }
        @if !consents.is_empty() { div { "quarantine allowed: " (consents.join(", ")) } }
    }
}
