//! The trial: its checks, the jail it ran in, and how long it took. And the last run.

use maud::{Markup, html};
use silversmith_types::trial::{Check, Sample, Timing};

use super::charts::single;
use super::{Page, digest, number_cell, text};
use crate::input::{JailRecord, RunRecord};
use crate::shown::{duration, grouped, percent, share, size};

pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        section aria-labelledby="trial" {
            h2 id="trial" { "Trial and sandbox" }
            @match page.input.trial {
                None => p { "The module was not tried." },
                Some(trial) => {
                    (sample(&trial.sample))
                    (checks(&trial.checks))
                    (jail(&trial.sandbox))
                    (timings(&trial.timings))
                }
            }
            @if let Some(run) = page.input.run { (last_run(run)) }
        }
    }
}

fn sample(sample: &Sample) -> Markup {
    match sample {
        Sample::Full => html! { p { "Tried on every row of Bronze." } },
        Sample::Sampled { seed, tables } => html! {
            table {
                caption { "Tried on a sample, chosen by hash with seed " (seed) "; every kind of odd value that the profile knows of is in it." }
                thead { tr {
                    th scope="col" { "Table" } th.n scope="col" { "Rows" } th.n scope="col" { "Taken" }
                    th.n scope="col" { "Of these odd" } th scope="col" { "Share" }
                } }
                tbody { @for (name, taken) in tables {
                    @let of = percent(taken.taken, taken.rows);
                    tr {
                        th scope="row" { (text(name.stem())) }
                        (number_cell(Some(taken.rows))) (number_cell(Some(taken.taken))) (number_cell(Some(taken.odd)))
                        td { (single(share(taken.taken, taken.rows), 110, &of)) " " (of) }
                    }
                } }
            }
        },
    }
}

fn checks(checks: &[Check]) -> Markup {
    html! {
        h3 { "Checks" }
        table {
            thead { tr { th scope="col" { "Result" } th scope="col" { "Check" } th scope="col" { "Numbers" } } }
            tbody { @for check in checks {
                tr {
                    td { @if check.ok { span.pill.good { "holds" } } @else { span.pill.bad { "fails" } } }
                    th scope="row" { (text(&check.name.replace('_', " "))) }
                    td { (text(&check.detail)) }
                }
            } }
        }
    }
}

fn jail(records: &[serde_json::Value]) -> Markup {
    let records: Vec<JailRecord> = records.iter().filter_map(JailRecord::read).collect();
    let Some(first) = records.first() else {
        return html! {};
    };
    html! {
        h3 { "Sandbox" }
        table {
            caption { "Every run of the module in the trial happened in the jail." }
            thead { tr {
                th scope="col" { "Run" } th scope="col" { "Ended" } th.n scope="col" { "Wall clock" } th.n scope="col" { "CPU" }
                th.n scope="col" { "Peak memory" } th.n scope="col" { "Written" } th scope="col" { "Refused" }
            } }
            tbody { @for (record, number) in records.iter().zip(1..) {
                @let usage = &record.usage;
                tr {
                    th scope="row" { (number) }
                    td class=(if record.is_clean() { "good" } else { "bad" }) {
                        (text(&record.outcome)) @if let Some(code) = record.code { " " (code) }
                    }
                    td.n { (duration(usage.wall_ms)) }
                    td.n { (duration(usage.cpu_user_ms.saturating_add(usage.cpu_system_ms))) }
                    td.n { (size(usage.peak_memory_bytes)) }
                    td.n { (size(usage.bytes_written)) }
                    td {
                        @if record.violations.is_empty() { span.soft { "nothing" } }
                        @for violation in &record.violations { div.bad { (text(violation)) } }
                    }
                }
            } }
        }
        table {
            caption { "Layers of the jail in the first run" @if !same_layers(&records) { "; other runs had others" } "." }
            thead { tr { th scope="col" { "In force" } th scope="col" { "Layer" } th scope="col" { "How, or why not" } } }
            tbody { @for layer in &first.layers {
                tr {
                    td { @if layer.applied { span.pill.good { "yes" } } @else { span.pill.warn { "no" } } }
                    th scope="row" { (text(&layer.name.replace('-', " "))) }
                    td { (text(&layer.detail)) }
                }
            } }
        }
    }
}

fn same_layers(records: &[JailRecord]) -> bool {
    let layers = |record: &JailRecord| -> Vec<(String, bool)> {
        record
            .layers
            .iter()
            .map(|layer| (layer.name.clone(), layer.applied))
            .collect()
    };
    records
        .windows(2)
        .all(|pair| layers(&pair[0]) == layers(&pair[1]))
}

fn timings(timings: &[Timing]) -> Markup {
    let longest = timings
        .iter()
        .map(|timing| timing.millis)
        .max()
        .unwrap_or(0);
    html! {
        @if !timings.is_empty() {
            h3 { "Timings" }
            table {
                thead { tr { th scope="col" { "What" } th.n scope="col" { "Time" } th scope="col" { span.visually-hidden { "Plot" } } } }
                tbody { @for timing in timings {
                    @let time = duration(timing.millis);
                    tr {
                        th scope="row" { (text(&timing.what)) }
                        td.n { (time) }
                        td style="width:60%" { (single(share(timing.millis, longest), 400, &time)) }
                    }
                } }
            }
        }
    }
}

fn last_run(run: &RunRecord) -> Markup {
    let environment: Vec<String> = run
        .env
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    html! {
        h3 { "Last run" }
        table {
            caption {
                "Silver run " (text(&run.run.run_id)) " from Bronze run " (text(&run.run.bronze_run_id)) ", "
                (text(&run.run.started_utc)) " to " (text(&run.run.ended_utc))
                @if !environment.is_empty() { ", with " (text(&environment.join(", "))) } "."
            }
            thead { tr {
                th scope="col" { "Table" } th scope="col" { "Status" } th.n scope="col" { "Bronze rows" } th.n scope="col" { "Silver rows" }
                th.n scope="col" { "Quarantine" } th.n scope="col" { "Size" } th.n scope="col" { "Seconds" } th scope="col" { "SHA-256 of the Silver file" }
            } }
            tbody { @for (name, table) in &run.tables {
                @let good = table.status == "SUCCESS";
                tr {
                    th scope="row" { (text(name)) }
                    td {
                        span.pill.(if good { "good" } else { "bad" }) { (text(&table.status.to_lowercase())) }
                        @if let Some(error) = &table.error { " " (text(error)) }
                    }
                    (number_cell(Some(table.rows_in))) (number_cell(Some(table.rows_out))) (number_cell(Some(table.quarantined)))
                    td.n { (size(table.silver_bytes)) }
                    td.n { (format!("{:.2}", table.duration_s)) }
                    td { @match table.silver_sha256.as_deref().map(str::parse) {
                        Some(Ok(sha256)) => (digest(sha256)),
                        Some(Err(_)) => span.bad { "not a digest" },
                        None => span.zero { "–" },
                    } }
                }
            } }
        }
        p { (grouped(run.tables.values().map(|table| table.rows_out).fold(0, u64::saturating_add))) " Silver rows in all." }
    }
}
