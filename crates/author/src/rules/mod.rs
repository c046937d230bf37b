//! The embedded author: from evidence to operations by general rules, each in a file of its own.
//!
//! A rule knows no data set: it sees counts, shapes and code sets, and of names only the words that
//! mean the same everywhere (`birth`, `quantity`). It changes a cell only where the evidence decides
//! what is right; whatever else looks wrong becomes a finding (`expect`), so that nothing is silent
//! and no clean cell is damaged. Columns keep their names and their order; none is dropped.
//!
//! Pure and deterministic: the same brief gives the same bytes.

mod arithmetic;
mod births;
mod codes;
mod dates;
mod expectations;
mod formula;
mod intervals;
mod keys;
mod missing;
mod names;
mod numbers;
mod reading;
mod rows;
mod steps;
mod table;
mod truth;
mod unicode;
mod white_space;

use std::collections::BTreeMap;

use silversmith_intake::{Brief, BriefTable};
use silversmith_plan::ops::expect::{Expect, Expectation, OnFail};
use silversmith_plan::ops::publish::{Publish, PublishMode};
use silversmith_plan::ops::trim::{Side, Trim};
use silversmith_plan::{Grain, OperationKind, PlanDocument, RowRelation, TablePlan};
use silversmith_types::context::InferredType;
use silversmith_types::evidence::JoinEvidence;
use silversmith_types::{ColumnName, TableName};

use self::keys::KeyPlan;
use self::steps::Steps;
use self::table::Table;
use crate::Reply;

/// The version of the rules. It changes with every change that could change a plan.
pub const VERSION: &str = "2";

/// Columns that one step names at most: as many as it may have lines of evidence.
const COLUMNS_A_STEP: usize = 20;

/// A rule: looks at a table and adds the steps it wants.
type Rule = fn(&Table<'_>, &mut Steps<'_>);

/// The rules in the order of their steps. Rows leave while what the contract says of them is still
/// Bronze's own: repeated ones first of all, those without a key as soon as it is clear what stands
/// for a missing value. Text is brought to one form before it is compared, keys and codes before
/// types, types before anything that computes, and repeated keys leave last, when everything that
/// decides which row is the better one is clean.
const RULES: [Rule; 14] = [
    rows::repeated,
    unicode::propose,
    white_space::propose,
    missing::propose,
    rows::without_key,
    keys::propose,
    codes::propose,
    truth::propose,
    numbers::propose,
    dates::propose,
    births::propose,
    arithmetic::propose,
    intervals::propose,
    rows::of_repeated_key,
];

/// The answer of the rules to a brief: a plan, as canonical JSON.
pub fn reply(brief: &Brief) -> Reply {
    let bytes = propose(brief).to_bytes();
    Reply {
        bytes,
        author: "rules",
        version: VERSION.to_owned(),
    }
}

/// The plan that the rules propose.
pub fn propose(brief: &Brief) -> PlanDocument {
    plan(brief.tables(), brief.joins())
}

fn plan(tables: &BTreeMap<TableName, BriefTable>, joins: &[JoinEvidence]) -> PlanDocument {
    let keys = KeyPlan::new(tables, joins);
    let plans = tables
        .iter()
        .map(|(name, table)| (name.clone(), table_plan(name, table, joins, &keys)));
    PlanDocument {
        version: PlanDocument::VERSION.to_owned(),
        tables: plans.collect(),
    }
}

fn table_plan(
    name: &TableName,
    table: &BriefTable,
    joins: &[JoinEvidence],
    keys: &KeyPlan,
) -> TablePlan {
    let (steps, grain) = table_steps(name, table, joins, keys);
    TablePlan {
        grain,
        steps: steps.into_steps(),
    }
}

fn table_steps<'a>(
    name: &'a TableName,
    table: &'a BriefTable,
    joins: &'a [JoinEvidence],
    keys: &KeyPlan,
) -> (Steps<'a>, Grain) {
    let mut steps = Steps::new(name, table, joins);
    let changes = keys
        .changes
        .get(name)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let text = keys.text.get(name).cloned().unwrap_or_default();
    let grain = match Table::new(table, changes, &text) {
        Some(facts) => {
            for rule in RULES {
                rule(&facts, &mut steps);
            }
            let grain = rows::grain(&facts, &steps);
            expectations::propose(&facts, &grain.keys, &mut steps);
            grain
        }
        None => without_evidence(table, &mut steps),
    };
    let publish = OperationKind::Publish(Publish {
        mode: PublishMode::Replace,
    });
    steps.push("The table is complete", [], publish);
    (steps, grain)
}

/// A weaker plan for a context without value evidence, as the original tool writes it: the types it
/// infers do not say whether `00123` or a second date format is among the values, so text is trimmed
/// and every value stays. What the contract states is stated.
fn without_evidence(table: &BriefTable, steps: &mut Steps<'_>) -> Grain {
    let text = table
        .columns
        .iter()
        .filter(|column| column.inferred != InferredType::Empty);
    let text: Vec<ColumnName> = text.map(|column| column.name.clone()).collect();
    for columns in text.chunks(COLUMNS_A_STEP) {
        let why = "Nothing is known of the values but their inferred types: white space goes, types stay text";
        let facts = columns.iter().filter_map(|name| {
            let column = table.columns.iter().find(|column| column.name == *name)?;
            let inferred = format!("{:?}", column.inferred).to_lowercase();
            Some(steps.fact(
                name,
                format!("inferred_type={inferred} null_count={}", column.nulls),
            ))
        });
        let evidence: Vec<String> = facts.collect();
        let operation = Trim {
            columns: columns.to_vec(),
            side: Side::Both,
            chars: None,
            collapse_inner: false,
        };
        steps.push(why, evidence, OperationKind::Trim(operation));
    }
    let exists = |name: &ColumnName| table.columns.iter().any(|column| column.name == *name);
    let mut keys = table.terms.primary_key.clone();
    if !keys.iter().all(exists) {
        keys.clear();
    }
    let mut expect = |name: String, that: Expectation| {
        let operation = Expect {
            name,
            that,
            on_fail: OnFail::Warn,
            threshold: 0,
        };
        steps.push(
            "The contract states it",
            ["contract".to_owned()],
            OperationKind::Expect(operation),
        );
    };
    let single = table
        .terms
        .unique
        .iter()
        .filter(|name| exists(name))
        .map(|name| vec![name.clone()]);
    let all: Vec<Vec<ColumnName>> = std::iter::once(keys.clone()).chain(single).collect();
    for (at, key) in all.iter().enumerate() {
        if !key.is_empty() && !all[..at].contains(key) {
            expect(
                expectations::name("unique", key),
                Expectation::Unique(key.clone()),
            );
        }
    }
    for name in keys
        .iter()
        .chain(table.terms.required.iter().filter(|name| exists(name)))
    {
        expect(
            expectations::name("not-null", [name]),
            Expectation::NotNull(name.clone()),
        );
    }
    Grain {
        keys,
        rows: RowRelation::Equal,
    }
}

#[cfg(test)]
mod tests;
