use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use silversmith_types::context::RunContext;
use silversmith_types::evidence::{Evidence, PersonalKind};
use silversmith_types::{ColumnName, Digest, TableName, Timestamp};

use crate::brief::{Brief, BriefTable};
use crate::context::{check_run, read_context};
use crate::contract::read_contract;
use crate::evidence_check::{check_bronze, check_evidence};
use crate::finding::{Code, Finding, Findings, Input};
use crate::limits::Rules;
use crate::profile_check::check_profile;
use crate::report::read_report;

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

/// What was kept from the author, by number and never by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The report, whole.
    pub report: WithheldText,
    /// Sentences in `suggested_silver_transforms`.
    pub suggested_transforms: u64,
    /// Messages in `profile.errors`.
    pub error_messages: u64,
    /// Columns of which no value is named, by table.
    pub personal_columns: BTreeMap<TableName, Vec<PersonalColumn>>,
}

/// A text that was withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithheldText {
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
}

/// A column of which no value is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonalColumn {
    /// The column.
    pub column: ColumnName,
    /// What it holds.
    pub kind: PersonalKind,
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

/// Reads the inputs strictly. Every finding is reported, up to [`Limits::findings`](crate::Limits::findings); a single error
/// among them rejects all.
pub fn admit(inputs: RunInputs<'_>, rules: &Rules) -> Result<Admitted, Rejection> {
    let mut findings = Findings::new(rules.limits.findings);
    let result = examine(inputs, rules, &mut findings);
    match result.filter(|_| !findings.rejected()) {
        Some((brief, withheld)) => Ok(Admitted {
            brief,
            findings: findings.into_list(),
            withheld,
        }),
        None => Err(Rejection {
            findings: findings.into_list(),
        }),
    }
}

fn examine(
    inputs: RunInputs<'_>,
    rules: &Rules,
    findings: &mut Findings,
) -> Option<(Brief, Withheld)> {
    let limits = &rules.limits;
    let context = read_context(inputs.context, rules, findings);
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
    let context = context?;
    let mut tables = check_profile(&context, limits, findings);
    if let Some(evidence) = &context.silversmith_evidence {
        check_evidence(&context, evidence, &tables, findings);
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
    // What counts the parts of a rejected context would be of no use to anybody.
    let (bronze_run, report) = (bronze_run?, report?);
    if findings.rejected() {
        return None;
    }
    let report_digest = Digest::of(inputs.report);
    let report = WithheldText {
        sha256: report_digest,
        bytes: report.bytes,
        lines: report.lines,
    };
    let evidence = inputs.bronze.or(context.silversmith_evidence.clone());
    let withheld = withhold(&context, evidence.as_ref(), report, findings);
    let (joins, min_count) = attach(evidence, &mut tables);
    let as_of = inputs.as_of.unwrap_or_else(|| bronze_run.started());
    let context_digest = Digest::of(inputs.context);
    let contract_digest = inputs.contract.map(Digest::of);
    let brief = Brief {
        bronze_run,
        as_of,
        context_digest,
        report_digest,
        contract_digest,
        min_count,
        tables,
        joins,
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

/// Moves the evidence to its tables.
fn attach(
    evidence: Option<Evidence>,
    tables: &mut BTreeMap<TableName, BriefTable>,
) -> (Vec<silversmith_types::evidence::JoinEvidence>, Option<u64>) {
    let Some(mut evidence) = evidence else {
        return (Vec::new(), None);
    };
    for (name, table) in tables {
        table.evidence = evidence.tables.remove(name);
    }
    (evidence.joins, Some(evidence.min_count))
}

fn withhold(
    context: &RunContext,
    evidence: Option<&Evidence>,
    report: WithheldText,
    findings: &mut Findings,
) -> Withheld {
    let profiles = context.profile.tables.values();
    let suggestions = profiles
        .map(|table| table.suggested_silver_transforms.len() as u64)
        .sum();
    let messages = context.profile.errors.len() as u64;
    let lines = report.lines;
    let what = format!("{lines} lines of prose are pinned by digest and kept from the author");
    findings.withhold(Input::Report, "", what);
    if suggestions > 0 {
        let what = format!("{suggestions} suggested transforms are kept from the author");
        findings.withhold(Input::Context, "/profile/tables", what);
    }
    if messages > 0 {
        let what = format!("{messages} error messages are kept from the author");
        findings.withhold(Input::Context, "/profile/errors", what);
    }
    let tables = evidence.iter().flat_map(|evidence| &evidence.tables);
    let personal = tables.map(|(name, table)| {
        let columns = table.columns.iter().filter_map(|column| {
            Some(PersonalColumn {
                column: column.name.clone(),
                kind: column.personal?,
            })
        });
        (name.clone(), columns.collect::<Vec<_>>())
    });
    let personal_columns = personal
        .filter(|(_, columns)| !columns.is_empty())
        .collect();
    Withheld {
        report,
        suggested_transforms: suggestions,
        error_messages: messages,
        personal_columns,
    }
}
