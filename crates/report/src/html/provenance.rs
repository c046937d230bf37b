//! Where the module comes from.

use maud::{Markup, html};
use silversmith_plan::module::Header;
use silversmith_types::Digest;

use super::{Page, digest, text};

pub(super) fn section(page: &Page<'_>) -> Markup {
    let header = page.input.header;
    let runtime = page.input.trial.map(|trial| trial.runtime);
    let digests: [(&str, Option<Digest>); 9] = [
        ("Module", Some(page.input.module)),
        ("Plan", Some(header.plan)),
        ("Transforms", Some(header.transforms)),
        ("Skeleton", Some(header.skeleton)),
        ("Context file", Some(header.context)),
        ("Report file", Some(header.report)),
        ("Contract file", header.contract),
        ("Bronze files, together", header.bronze),
        ("Python and its packages", runtime),
    ];
    html! {
        section aria-labelledby="provenance" {
            h2 id="provenance" { "Provenance" }
            table {
                caption { "What the module says of its making. " code { "silversmith verify" } " proves it against the signature; this page does not." }
                tbody {
                    (line("Format", html! { (Header::FORMAT) }))
                    (line("Bronze run", text(header.bronze_run.as_str())))
                    (line("As of", html! { (header.as_of.to_string()) }))
                    (line("Author of the plan", text(&header.author)))
                    (line("Compiled by", text(&header.tool)))
                    @for (what, value) in digests {
                        (line(what, html! { @match value {
                            Some(value) => { span.soft { "sha256 " } (digest(value)) },
                            None => span.zero { "none" },
                        } }))
                    }
                }
            }
        }
    }
}

fn line(what: &str, value: Markup) -> Markup {
    html! { tr { th scope="row" style="width:14rem" { (what) } td { (value) } } }
}
