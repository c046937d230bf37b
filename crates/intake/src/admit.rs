use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use silversmith_types::context::RunContext;
use silversmith_types::evidence::{Evidence, JoinEvidence};
use silversmith_types::{ColumnName, Digest, TableName, Timestamp};

use crate::alias::Alias;
use crate::brief::{Brief, BriefTable};
use crate::context::{check_run, read_context};
use crate::contract::read_contract;
use crate::cross_check::{check_alike, check_claims, check_within};
use crate::evidence_check::{check_bronze, check_evidence};
use crate::evidence_screen::screen_evidence;
use crate::finding::{Action, Code, Finding, Findings, Input, child};
use crate::free_text;
use crate::limits::Rules;
use crate::naming::Naming;
use crate::profile_check::{check_counts, check_profile, profile_pointer};
use crate::report::{ReadReport, read_report};
use crate::screen::Harm;
use crate::suggestions;
use crate::withheld::{Category, PersonalColumn, Withheld, WithheldText};

/// What describes a run, as it came from outside.
#[derive(Debug)]
pub struct RunInputs<'a> {
    /// `silver_run_agent_context.json`.
    pub context: &'a [u8],
    /// `silver_run_human_report.md`.
    pub report: &'a [u8],
    /// A data contract in ODCS v3 YAML, if there is one.
    pub contract: Option<&'a [u8]>,
    /// The instant that stands for "now"; absent: the time in the Bronze run's id.
    pub as_of: Option<Timestamp>,
    /// What the caller measured on Bronze itself, if it did. The context is held to it, and it is
    /// what the brief then contains.
    pub bronze: Option<Evidence>,
}

/// Inputs that were admitted.
#[derive(Debug, Serialize)]
pub struct Admitted {
    /// What an author may see.
    pub brief: Brief,
    /// What a person should know. None of it is an error.
    pub findings: Vec<Finding>,
    /// What was kept from the author.
    pub withheld: Withheld,
}

/// Inputs that were not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Why, and what else was found.
    pub findings: Vec<Finding>,
}

impl Rejection {
    /// The stable code of the first reason.
    pub fn code(&self) -> &'static str {
        self.first()
            .map_or(Code::Shape, |finding| finding.code)
            .as_str()
    }

    /// What to do about the first reason.
    pub fn help(&self) -> Option<String> {
        self.first()?.code.help().map(str::to_owned)
    }

    fn first(&self) -> Option<&Finding> {
        let mut findings = self.findings.iter();
        findings.find(|finding| finding.severity == crate::Severity::Error)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first() {
            Some(finding) => write!(f, "the inputs are rejected: {finding}"),
            None => f.write_str("the inputs are rejected"),
        }
    }
}

impl std::error::Error for Rejection {}

/// Reads the inputs strictly. Every finding is reported, up to
/// [`Limits::findings`](crate::Limits::findings); a single error among them rejects all.
pub fn admit(inputs: RunInputs<'_>, rules: &Rules) -> Result<Admitted, Rejection> {
    let mut findings = Findings::new(rules.limits.findings);
    let result = examine(inputs, rules, &mut findings);
    let rejected = findings.rejected();
    let (findings, ledger) = findings.finish();
    match result.filter(|_| !rejected) {
        Some((brief, report)) => Ok(Admitted {
            withheld: Withheld {
                report,
                personal_columns: personal_columns(&brief),
                counts: ledger.into_counts(),
            },
            brief,
            findings,
        }),
        None => Err(Rejection { findings }),
    }
}

fn examine(
    inputs: RunInputs<'_>,
    rules: &Rules,
    findings: &mut Findings,
) -> Option<(Brief, WithheldText)> {
    let limits = &rules.limits;
    let context = read_context(inputs.context, rules, findings);
    let context = context.filter(|context| check_counts(context, limits, findings));
    if let Some(context) = &context {
        findings.naming = Naming::of(context, inputs.bronze.as_ref());
    }
    let bronze_run = context
        .as_ref()
        .and_then(|context| check_run(context, findings));
    let run_tag = run_tag(&inputs);
    let report = read_report(
        inputs.report,
        bronze_run.as_ref(),
        rules,
        &run_tag,
        findings,
    );
    let mut context = context?;
    let mut tables = check_profile(&context, limits, findings);
    check_alike(&context, findings);
    check_claims(&context, findings);
    if let Some(evidence) = &context.silversmith_evidence {
        check_evidence(&context, evidence, &tables, findings);
        check_within(evidence, findings);
    }
    if let Some(measured) = &inputs.bronze {
        check_bronze(
            context.silversmith_evidence.as_ref(),
            measured,
            &tables,
            findings,
        );
    }
    if let Some(contract) = inputs.contract {
        read_contract(contract, &mut tables, limits, findings);
    }
    tell_names(&tables, findings);
    read_prose(&context, &mut tables, findings);
    // What counts the parts of a rejected context would be of no use to anybody.
    let (bronze_run, report) = (bronze_run?, report?);
    if findings.rejected() {
        return None;
    }
    let withheld = withhold_report(inputs.report, &report, findings);
    let stated = inputs.bronze.is_none();
    let mut evidence = inputs.bronze.or(context.silversmith_evidence.take());
    if let Some(evidence) = &mut evidence {
        screen_evidence(evidence, stated, findings);
    }
    let (joins, min_count) = attach(evidence, &mut tables);
    let as_of = inputs.as_of.unwrap_or_else(|| bronze_run.started());
    let brief = Brief {
        bronze_run,
        as_of,
        context_digest: Digest::of(inputs.context),
        report_digest: withheld.sha256,
        contract_digest: inputs.contract.map(Digest::of),
        min_count,
        tables,
        joins,
        report: report.sanitised.map(|report| report.text),
        naming: std::mem::take(&mut findings.naming),
    };
    Some((brief, withheld))
}

/// What marks the tokens of this run: made of its inputs, and of nothing that is in them.
fn run_tag(inputs: &RunInputs<'_>) -> String {
    let mut hasher = silversmith_types::Sha256Hasher::default();
    for input in [Some(inputs.context), Some(inputs.report), inputs.contract] {
        hasher.update(Digest::of(input.unwrap_or_default()).as_bytes());
    }
    hasher.finish().to_string()
}

/// Records every name that does not travel.
fn tell_names(tables: &BTreeMap<TableName, BriefTable>, findings: &mut Findings) {
    let naming = std::mem::take(&mut findings.naming);
    for (at, (name, table)) in tables.iter().enumerate() {
        let base = format!("/profile/tables/{}", Alias::table(at));
        tell_name(naming.harm_of_table(at), &base, findings);
        for index in 0..table.columns.len() {
            if let Some(harm) = naming.harm_of_column(at, index) {
                let base = match naming.harm_of_table(at) {
                    None => profile_pointer(name.as_str()),
                    Some(_) => base.clone(),
                };
                tell_name(Some(harm), &format!("{base}/columns/{index}"), findings);
            }
        }
    }
    findings.naming = naming;
}

fn tell_name(harm: Option<Harm>, pointer: &str, findings: &mut Findings) {
    let input = Input::Context;
    match harm {
        None => {}
        Some(Harm::Acts) => {
            let message = "this name reads as an instruction or holds markup; it goes by its alias";
            findings.neutralise(Code::NameNeutralised, input, pointer, message);
            findings.ledger.add(Category::Names, Action::Neutralised, 1);
        }
        Some(Harm::Personal) => {
            let message = "this name holds a personal value or a secret; it goes by its alias";
            findings.mask(Code::NameMasked, input, pointer, message);
            findings.ledger.add(Category::Names, Action::Masked, 1);
        }
    }
}

/// Reads the sentences of the context: suggestions become hints where they are of the vocabulary,
/// and all else is withheld.
fn read_prose(
    context: &RunContext,
    tables: &mut BTreeMap<TableName, BriefTable>,
    findings: &mut Findings,
) {
    for (name, table) in tables {
        let Some(profile) = context.profile.tables.get(name.as_str()) else {
            continue;
        };
        let columns: Vec<ColumnName> = table.columns.iter().map(|c| c.name.clone()).collect();
        let pointer = child(
            &profile_pointer(name.as_str()),
            "suggested_silver_transforms",
        );
        let items = &profile.suggested_silver_transforms;
        let read = suggestions::read(items, &columns, &pointer, findings);
        for (column, verb) in read.columns {
            let found = table.columns.iter_mut().find(|found| found.name == column);
            found.into_iter().for_each(|found| found.hints.push(verb));
        }
        table.hints = read.table;
        if read.withheld > 0 {
            let count = read.withheld;
            let what =
                format!("{count} suggestions that name no operation are kept from the author");
            findings.withhold(Input::Context, &*pointer, what);
            findings
                .ledger
                .add(Category::SuggestedTransforms, Action::Withheld, count);
        }
    }
    let messages = &context.profile.errors;
    for (at, message) in messages.iter().enumerate() {
        let pointer = format!("/profile/errors/{at}");
        free_text::record_short(message, Input::Context, &pointer, findings);
    }
    let count = messages.len() as u64;
    if count > 0 {
        let what = format!("{count} error messages are kept from the author");
        findings.withhold(Input::Context, "/profile/errors", what);
        findings
            .ledger
            .add(Category::ErrorMessages, Action::Withheld, count);
    }
}

fn withhold_report(bytes: &[u8], report: &ReadReport, findings: &mut Findings) -> WithheldText {
    let lines = report.lines;
    match &report.sanitised {
        None => {
            let what =
                format!("{lines} lines of prose are pinned by digest and kept from the author");
            findings.withhold(Input::Report, "", what);
            findings
                .ledger
                .add(Category::Report, Action::Withheld, lines);
        }
        Some(sent) => {
            let what = format!("the plain text of {lines} lines is sent, marked as data");
            findings.note(Code::Withheld, Input::Report, "", what);
            findings
                .ledger
                .add(Category::Report, Action::Masked, sent.masked);
            let left_out = sent.left_out.values().sum();
            findings
                .ledger
                .add(Category::Report, Action::Neutralised, left_out);
        }
    }
    WithheldText {
        sha256: Digest::of(bytes),
        bytes: report.bytes,
        lines,
        sent: report.sanitised.is_some(),
    }
}

/// Moves the evidence to its tables.
fn attach(
    evidence: Option<Evidence>,
    tables: &mut BTreeMap<TableName, BriefTable>,
) -> (Vec<JoinEvidence>, Option<u64>) {
    let Some(mut evidence) = evidence else {
        return (Vec::new(), None);
    };
    for (name, table) in tables {
        table.evidence = evidence.tables.remove(name);
    }
    (evidence.joins, Some(evidence.min_count))
}

/// The columns that hold personal data by the evidence, or by their names where there is none.
fn personal_columns(brief: &Brief) -> Vec<PersonalColumn> {
    let tables = brief.tables.iter().enumerate();
    let columns = tables.flat_map(|(at, (name, table))| {
        let columns = table.columns.iter().enumerate();
        columns.filter_map(move |(index, column)| {
            let evidence = table.evidence.as_ref();
            let kind = match evidence.and_then(|evidence| evidence.columns.get(index)) {
                Some(found) => found.personal,
                None => silversmith_personal::column_kind(name.stem(), column.name.as_str()),
            }?;
            let shown_table = brief.naming.harm_of_table(at).is_none();
            let shown_column = brief.naming.harm_of_column(at, index).is_none();
            Some(PersonalColumn {
                table: Alias::table(at).to_string(),
                column: Alias::column(index).to_string(),
                table_name: shown_table.then(|| name.to_string()),
                column_name: shown_column.then(|| column.name.to_string()),
                kind,
            })
        })
    });
    columns.collect()
}
