//! What a person must look at.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_plan::ops::expect::{Expect, OnFail};
use silversmith_plan::ops::map_values::Unmapped;
use silversmith_plan::ops::restrict_domain::Otherwise;
use silversmith_plan::{OperationKind, Step};
use silversmith_types::TableName;
use silversmith_types::evidence::JoinEvidence;
use silversmith_types::trial::{JoinChange, Sample, TableTrial, TrialReport};

use crate::input::{JailRecord, ReportInput};
use crate::operation_text::{Limit, expected, operation_text};
use crate::shown::{counted, grouped, percent, quoted, visible};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// The module must not be released like this.
    Fails,
    /// A person has to say whether it is fine.
    Judge,
    /// Good to know.
    Note,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Trial,
    Check,
    Expectation,
    Conversion,
    Code,
    Join,
    Quarantine,
    Loss,
    Fill,
    Repair,
    Sandbox,
    Column,
}

impl Topic {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Trial => "Trial",
            Self::Check => "Check",
            Self::Expectation => "Expectation",
            Self::Conversion => "Not convertible",
            Self::Code => "Unmapped codes",
            Self::Join => "Join",
            Self::Quarantine => "Quarantine",
            Self::Loss => "Rows removed",
            Self::Fill => "Fill",
            Self::Repair => "Repair",
            Self::Sandbox => "Sandbox",
            Self::Column => "Dropped column",
        }
    }
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding<'a> {
    pub(crate) weight: Weight,
    pub(crate) topic: Topic,
    pub(crate) table: Option<&'a TableName>,
    /// The step, where one is the cause.
    pub(crate) step: Option<&'a str>,
    /// One sentence; visible characters only.
    pub(crate) message: String,
    /// How many cells, rows or values.
    pub(crate) count: Option<u64>,
}

/// Everything to look at, the weightiest first; then by topic, table and place in the plan.
/// `dropped` are the Bronze columns that Silver does not have, by table.
pub(crate) fn findings<'a>(
    input: &ReportInput<'a>,
    dropped: &BTreeMap<&'a TableName, Vec<&str>>,
) -> Vec<Finding<'a>> {
    let mut found = Vec::new();
    match input.trial {
        None => found.push(general(
            Weight::Fails,
            Topic::Trial,
            "The module was not tried: nothing below is measured.",
        )),
        Some(trial) => trial_findings(input, trial, &mut found),
    }
    for (name, plan) in &input.plan.tables {
        let trial = input.trial.and_then(|trial| trial.tables.get(name));
        for step in &plan.steps {
            step_findings(name, step, trial, &mut found);
        }
    }
    for (name, columns) in dropped.iter().filter(|(_, columns)| !columns.is_empty()) {
        let message = format!("Not in Silver: {}.", columns.join(", "));
        let finding = general(Weight::Note, Topic::Column, message);
        let count = Some(columns.len() as u64);
        found.push(Finding {
            table: Some(*name),
            count,
            ..finding
        });
    }
    // Stable: what is equal stays in the order of tables and steps.
    found.sort_by_key(|finding| (finding.weight, finding.topic));
    found
}

fn general<'a>(weight: Weight, topic: Topic, message: impl Into<String>) -> Finding<'a> {
    Finding {
        weight,
        topic,
        table: None,
        step: None,
        message: message.into(),
        count: None,
    }
}

fn trial_findings<'a>(
    input: &ReportInput<'a>,
    trial: &'a TrialReport,
    found: &mut Vec<Finding<'a>>,
) {
    if trial.module != input.module {
        let message =
            "The trial is of another module than this one: its numbers prove nothing here.";
        found.push(general(Weight::Fails, Topic::Trial, message));
    }
    if trial.bronze_run != input.header.bronze_run {
        let message = format!(
            "The trial used Bronze run {}.",
            visible(trial.bronze_run.as_str())
        );
        found.push(general(Weight::Note, Topic::Trial, message));
    }
    for name in input
        .plan
        .tables
        .keys()
        .filter(|name| !trial.tables.contains_key(name))
    {
        let message = "The trial has no result for this table.";
        let finding = general(Weight::Fails, Topic::Trial, message);
        found.push(Finding {
            table: Some(name),
            ..finding
        });
    }
    for check in trial.checks.iter().filter(|check| !check.ok) {
        let message = format!(
            "{} does not hold: {}",
            visible(&check.name),
            visible(&check.detail)
        );
        found.push(general(Weight::Fails, Topic::Check, message));
    }
    if let Sample::Sampled { tables, .. } = &trial.sample {
        for (name, sampled) in tables {
            let message = format!(
                "Tried on a sample: {} of {} rows ({}), {} of them taken because a value is odd.",
                grouped(sampled.taken),
                grouped(sampled.rows),
                percent(sampled.taken, sampled.rows),
                grouped(sampled.odd),
            );
            let finding = general(Weight::Note, Topic::Trial, message);
            found.push(Finding {
                table: Some(name),
                ..finding
            });
        }
    }
    found.extend(trial.joins.iter().filter_map(join_finding));
    jail_findings(&trial.sandbox, found);
}

/// A join that leaves values without a match, or that the plan made worse.
fn join_finding(change: &JoinChange) -> Option<Finding<'_>> {
    let before = &change.before;
    let shown = join_name(change.after.as_ref().unwrap_or(before));
    let Some(after) = &change.after else {
        let message = format!("{shown} can no longer be joined: a column of it is gone.");
        return Some(Finding {
            table: Some(&before.from.table),
            ..general(Weight::Judge, Topic::Join, message)
        });
    };
    let worse = after.matched < before.matched;
    if after.matched >= after.from_distinct && !worse {
        return None;
    }
    let message = format!(
        "{shown}: {} of {} values match ({}); in Bronze {} ({}).",
        grouped(after.matched),
        grouped(after.from_distinct),
        percent(after.matched, after.from_distinct),
        grouped(before.matched),
        percent(before.matched, before.from_distinct),
    );
    Some(Finding {
        table: Some(&after.from.table),
        count: Some(after.from_distinct.saturating_sub(after.matched)),
        ..general(
            if worse { Weight::Fails } else { Weight::Judge },
            Topic::Join,
            message,
        )
    })
}

/// `orders.customer → customers.id`.
pub(crate) fn join_name(join: &JoinEvidence) -> String {
    let (from, to) = (&join.from, &join.to);
    format!(
        "{}.{} → {}.{}",
        from.table.stem(),
        from.column,
        to.table.stem(),
        to.column
    )
}

fn jail_findings(records: &[serde_json::Value], found: &mut Vec<Finding<'_>>) {
    let mut missing = BTreeSet::new();
    for (json, number) in records.iter().zip(1..) {
        let Some(record) = JailRecord::read(json) else {
            let message = format!("The record of run {number} of the trial cannot be read.");
            found.push(general(Weight::Judge, Topic::Sandbox, message));
            continue;
        };
        if !record.is_clean() {
            let message = format!(
                "Run {number} of the trial ended as {} with {}.",
                quoted(&record.outcome),
                counted(record.violations.len() as u64, "violation", "violations"),
            );
            found.push(general(Weight::Judge, Topic::Sandbox, message));
        }
        let absent = record.layers.iter().filter(|layer| !layer.applied);
        missing.extend(absent.map(|layer| visible(&layer.name)));
    }
    if !missing.is_empty() {
        let names: Vec<String> = missing.into_iter().collect();
        let message = format!("This machine gave the jail no {}.", names.join(", no "));
        found.push(general(Weight::Note, Topic::Sandbox, message));
    }
}

fn step_findings<'a>(
    table: &'a TableName,
    step: &'a Step,
    trial: Option<&TableTrial>,
    found: &mut Vec<Finding<'a>>,
) {
    let mut push = |weight, topic, count: Option<u64>, message: String| {
        let (table, step) = (Some(table), Some(step.id.as_str()));
        found.push(Finding {
            weight,
            topic,
            table,
            step,
            message,
            count,
        });
    };
    let changed = trial.map(|trial| step_total(trial, &step.id, "changed"));
    let said = |limit| {
        let text = operation_text(&step.operation, limit);
        let names: Vec<&str> = text.columns.iter().map(|column| column.as_str()).collect();
        // `amount = …` is a sentence of its own.
        let colon = if text.what.starts_with('=') { "" } else { ":" };
        format!("{}{colon} {}", names.join(", "), text.what)
    };
    if writes_constant(&step.operation) {
        let message = format!("{}. Accept the fill?", said(Limit(3)));
        push(Weight::Judge, Topic::Fill, changed, message);
    } else if let Some(cells) = changed.filter(|cells| *cells > 0 && overrides(&step.operation)) {
        let message = format!("{} in {}.", said(Limit(3)), counted(cells, "cell", "cells"));
        push(Weight::Note, Topic::Repair, Some(cells), message);
    }
    let Some(trial) = trial else { return };
    let removed: Vec<_> = trial
        .removed
        .iter()
        .filter(|r| r.step == step.id && r.rows > 0)
        .collect();
    for removal in &removed {
        let what = operation_text(&step.operation, Limit(3)).what;
        let (topic, rows) = (removal.rows, counted(removal.rows, "row", "rows"));
        let of = percent(topic, trial.rows_in);
        let message = match removal.quarantined {
            true => format!("{rows} ({of}) in quarantine: {what}."),
            false => format!("{rows} ({of}) removed for good: {what}."),
        };
        let topic = if removal.quarantined {
            Topic::Quarantine
        } else {
            Topic::Loss
        };
        push(Weight::Judge, topic, Some(removal.rows), message);
    }
    for count in trial
        .steps
        .iter()
        .filter(|count| count.step == step.id && count.count > 0)
    {
        let name = visible(&count.name);
        match (count.kind.as_str(), &step.operation) {
            // Their rows are in quarantine, and that is a finding already.
            ("invalid", _) if removed.is_empty() => {
                let of = percent(count.count, trial.rows_in);
                let cells = counted(count.count, "cell", "cells");
                let what = operation_text(&step.operation, Limit(3)).what;
                let message = format!("{name}: {cells} ({of}) not convertible: {what}.");
                push(Weight::Judge, Topic::Conversion, Some(count.count), message);
            }
            ("check", OperationKind::MapValues(_)) => {
                let cells = counted(count.count, "cell", "cells");
                let message = format!("{name}: {cells} with a code that the map does not have.");
                push(Weight::Judge, Topic::Code, Some(count.count), message);
            }
            ("check", OperationKind::Expect(expect)) if removed.is_empty() => {
                let (weight, message) = expectation(expect, count.count);
                push(weight, Topic::Expectation, Some(count.count), message);
            }
            _ => {}
        }
    }
}

fn expectation(expect: &Expect, violations: u64) -> (Weight, String) {
    let text = expected(&expect.that, Limit(3));
    let columns: Vec<&str> = text.columns.iter().map(|column| column.as_str()).collect();
    let subject = match columns.as_slice() {
        [] => String::new(),
        names => format!("{}: ", names.join(", ")),
    };
    let violated = counted(violations, "violation", "violations");
    let what = format!("{subject}{violated} of \u{201c}{}\u{201d}", text.what);
    match violations > expect.threshold {
        true if expect.on_fail == OnFail::Fail => (Weight::Fails, format!("{what}.")),
        true => (Weight::Judge, format!("{what}.")),
        false => (Weight::Note, format!("{what}, within what is tolerated.")),
    }
}

/// Whether an operation writes a constant where there was none or another value.
fn writes_constant(operation: &OperationKind) -> bool {
    match operation {
        OperationKind::FillNull(_) => true,
        OperationKind::MapValues(op) => matches!(op.default, Unmapped::Literal(_)),
        OperationKind::RestrictDomain(op) => matches!(op.otherwise, Otherwise::Literal(_)),
        _ => false,
    }
}

/// Whether an operation replaces a value by another meaning, or by none, on its own judgement.
fn overrides(operation: &OperationKind) -> bool {
    matches!(
        operation,
        OperationKind::NullOutOfRange(_)
            | OperationKind::RestrictDomain(_)
            | OperationKind::SetWhere(_)
            | OperationKind::CloseInterval(_)
    )
}

/// What a step counted of a kind, over all columns.
pub(crate) fn step_total(trial: &TableTrial, step: &str, kind: &str) -> u64 {
    let counts = trial
        .steps
        .iter()
        .filter(|count| count.step == step && count.kind == kind);
    counts.map(|count| count.count).sum()
}
