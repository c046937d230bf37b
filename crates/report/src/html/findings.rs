//! What a person must look at.

use maud::{Markup, html};

use super::summary::table_link;
use super::{Page, code, number_cell};
use crate::findings::Weight;

pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        section aria-labelledby="look" {
            h2 id="look" { "What needs a look" }
            @if page.findings.is_empty() {
                p { "Nothing: every check and expectation holds, every value was convertible, every join matches in full." }
            } @else {
                table {
                    caption { "What fails comes first, then what a person has to judge, then notes." }
                    thead { tr {
                        th scope="col" { "Weight" } th scope="col" { "Topic" } th scope="col" { "Table" }
                        th scope="col" { "Step" } th scope="col" { "What" } th.n scope="col" { "Count" }
                    } }
                    tbody { @for finding in &page.findings {
                        tr {
                            td { (pill(finding.weight)) }
                            td.topic { (finding.topic.title()) }
                            td.id { @if let Some(table) = finding.table { (table_link(page, table)) } }
                            td.step { @if let Some(step) = finding.step {
                                @match finding.table.and_then(|table| page.anchor(table, Some(step))) {
                                    Some(anchor) => a href={ "#" (anchor) } { (code(step)) },
                                    None => (code(step)),
                                }
                            } }
                            td { bdi { (finding.message) } }
                            (number_cell(finding.count))
                        }
                    } }
                }
            }
        }
    }
}

fn pill(weight: Weight) -> Markup {
    let (class, label) = match weight {
        Weight::Fails => ("bad", "Fails"),
        Weight::Judge => ("warn", "Judge"),
        Weight::Note => ("soft", "Note"),
    };
    html! { span.pill.(class) { (label) } }
}
