//! The profile of a context against itself: what it says twice must agree, and numbers that cannot
//! be are refused.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_types::context::{RunContext, SchemaOverview, TableProfile};
use silversmith_types::evidence::TableEvidence;
use silversmith_types::{ColumnName, TableName};

use crate::brief::{BriefColumn, BriefTable, TableTerms};
use crate::context::{column_name, table_name};
use crate::finding::{Code, Findings, Input, child};
use crate::limits::Limits;

const TABLES: &str = "/profile/tables";

/// The pointer to the profile of a table.
pub(crate) fn profile_pointer(table: &str) -> String {
    child(TABLES, table)
}

/// Whether there are so few of everything that it can be looked at one by one.
pub(crate) fn check_counts(context: &RunContext, limits: &Limits, findings: &mut Findings) -> bool {
    let profiles = &context.profile.tables;
    let mut reject = |pointer: &str, message: String| {
        findings.reject(Code::Count, Input::Context, pointer, message);
    };
    if profiles.is_empty() {
        reject(TABLES, "there is no table".to_owned());
    }
    let most = limits.tables;
    if profiles.len() > most || context.bronze_tables.len() > most {
        reject(TABLES, format!("there are more than {most} tables"));
        return false;
    }
    let columns: usize = profiles.values().map(|table| table.columns.len()).sum();
    let most = limits.columns_of_run;
    if columns > most {
        reject(
            TABLES,
            format!("the tables have more than {most} columns together"),
        );
        return false;
    }
    // A table without columns is refused for that.
    let candidates = |table: &TableProfile| table.key_candidates.len() > table.columns.len().max(1);
    if profiles.values().any(candidates) {
        reject(
            TABLES,
            "a table has more key candidates than columns".to_owned(),
        );
        return false;
    }
    let Some(evidence) = &context.silversmith_evidence else {
        return true;
    };
    let most = limits.relations;
    let too_many = |table: &TableEvidence| {
        let lists = [
            table.keys.len(),
            table.orderings.len(),
            table.products.len(),
        ];
        lists.into_iter().any(|count| count > most)
    };
    let pointer = "/silversmith_evidence";
    if evidence.tables.len() > limits.tables
        || evidence.joins.len() > most
        || evidence.tables.values().any(too_many)
    {
        reject(
            pointer,
            format!("there are more than {most} joins, or keys or the like of a table"),
        );
        return false;
    }
    true
}

/// The tables as a brief has them, still without evidence and terms.
pub(crate) fn check_profile(
    context: &RunContext,
    limits: &Limits,
    findings: &mut Findings,
) -> BTreeMap<TableName, BriefTable> {
    let listed = &context.profile.tables;
    let mut tables = BTreeMap::new();
    for (name, profile) in listed {
        let pointer = profile_pointer(name);
        let mut check = TableCheck {
            pointer: &pointer,
            profile,
            limits,
            findings,
        };
        let columns = check.run(name);
        if let Some(name) = table_name(&pointer, name, findings) {
            let terms = TableTerms::default();
            let table = BriefTable {
                rows: profile.row_count,
                columns,
                evidence: None,
                hints: Vec::new(),
                terms,
            };
            tables.insert(name, table);
        }
    }
    check_outcomes(context, findings);
    check_overview(context, findings);
    check_totals(context, findings);
    tables
}

/// `bronze_tables` against the profile.
fn check_outcomes(context: &RunContext, findings: &mut Findings) {
    let profiled = &context.profile.tables;
    for (name, outcome) in &context.bronze_tables {
        let pointer = child("/bronze_tables", name);
        let profile = profiled.get(name);
        match (outcome.status.as_str(), profile) {
            ("SUCCESS", Some(profile)) => {
                check_read(
                    &pointer,
                    outcome.rows_in,
                    &outcome.schema_in,
                    profile,
                    findings,
                    "in",
                );
                check_read(
                    &pointer,
                    outcome.rows_out,
                    &outcome.schema_out,
                    profile,
                    findings,
                    "out",
                );
            }
            ("SUCCESS", None) => {
                let message = "this table was read and has no profile";
                findings.reject(Code::Tables, Input::Context, pointer, message);
            }
            ("FAILED", None) => {
                let message = "this table could not be read and is left out";
                findings.warn(Code::FailedTable, Input::Context, pointer, message);
            }
            ("FAILED", Some(_)) => {
                let message = "this table could not be read, and yet has a profile";
                findings.reject(Code::Tables, Input::Context, pointer, message);
            }
            _ => {
                let message = "is neither `SUCCESS` nor `FAILED`";
                findings.reject(
                    Code::Shape,
                    Input::Context,
                    child(&pointer, "status"),
                    message,
                );
            }
        }
    }
    for name in profiled
        .keys()
        .filter(|name| !context.bronze_tables.contains_key(*name))
    {
        let message = "this table is not in `bronze_tables`";
        findings.reject(Code::Tables, Input::Context, profile_pointer(name), message);
    }
}

/// The original tool leaves rows at 0 and schemas empty; what is filled in must agree.
fn check_read(
    pointer: &str,
    rows: u64,
    schema: &[String],
    profile: &TableProfile,
    findings: &mut Findings,
    direction: &str,
) {
    if rows != 0 && rows != profile.row_count {
        let message = "is not the number of rows in the profile";
        let pointer = child(pointer, format!("rows_{direction}"));
        findings.reject(Code::Numbers, Input::Context, pointer, message);
    }
    if !schema.is_empty() && schema != profile.columns {
        let message = "is not the list of columns in the profile";
        let pointer = child(pointer, format!("schema_{direction}"));
        findings.reject(Code::Columns, Input::Context, pointer, message);
    }
}

/// The overview and its copy.
fn check_overview(context: &RunContext, findings: &mut Findings) {
    if context.schema_overview != context.profile.schema_overview {
        let message = "is not a copy of `profile.schema_overview`";
        findings.reject(Code::Tables, Input::Context, "/schema_overview", message);
    }
    let SchemaOverview {
        table_count,
        tables,
    } = &context.profile.schema_overview;
    let base = "/profile/schema_overview";
    let profiled = &context.profile.tables;
    if *table_count != tables.len() as u64 {
        let message = "is not the number of tables listed";
        findings.reject(
            Code::Numbers,
            Input::Context,
            child(base, "table_count"),
            message,
        );
    }
    let mut seen = BTreeSet::new();
    for (at, line) in tables.iter().enumerate() {
        let pointer = child(&child(base, "tables"), at);
        let Some(profile) = profiled.get(&line.table) else {
            findings.reject(
                Code::Tables,
                Input::Context,
                pointer,
                "this table has no profile",
            );
            continue;
        };
        if !seen.insert(&line.table) {
            findings.reject(
                Code::Tables,
                Input::Context,
                pointer,
                "this table is listed twice",
            );
        } else if (line.row_count, line.column_count) != (profile.row_count, profile.column_count) {
            let message = "rows or columns are not those of the profile";
            findings.reject(Code::Numbers, Input::Context, pointer, message);
        }
    }
    for name in profiled.keys().filter(|name| !seen.contains(name)) {
        let message = "this table is not in the schema overview";
        findings.reject(Code::Tables, Input::Context, profile_pointer(name), message);
    }
}

/// Totals against the parts.
fn check_totals(context: &RunContext, findings: &mut Findings) {
    let outcomes = context.bronze_tables.values();
    let succeeded = outcomes
        .filter(|outcome| outcome.status == "SUCCESS")
        .count() as u64;
    let total = context.bronze_tables.len() as u64;
    let profiles = context.profile.tables.values();
    let rows = profiles
        .clone()
        .fold(0, |sum: u64, table| sum.saturating_add(table.row_count));
    let columns = profiles.map(|table| table.columns.len() as u64).sum();
    let metrics = &context.performance_metrics;
    for (pointer, found, expected) in [
        ("/files_total", context.files_total, total),
        ("/files_success", context.files_success, succeeded),
        ("/files_failed", context.files_failed, total - succeeded),
        (
            "/performance_metrics/total_rows_processed",
            metrics.total_rows_processed,
            rows,
        ),
        (
            "/performance_metrics/total_columns_processed",
            metrics.total_columns_processed,
            columns,
        ),
        (
            "/performance_metrics/tables_processed",
            metrics.tables_processed,
            succeeded,
        ),
        (
            "/performance_metrics/tables_failed",
            metrics.tables_failed,
            total - succeeded,
        ),
    ] {
        if found != expected {
            let message = format!("is {found}, and the tables listed make it {expected}");
            findings.reject(Code::Numbers, Input::Context, pointer, message);
        }
    }
    if context.has_errors != (context.error_count > 0) {
        let message = "does not agree with `error_count`";
        findings.reject(Code::Numbers, Input::Context, "/has_errors", message);
    } else if !context.has_errors && !context.profile.errors.is_empty() {
        // The original tool counts failed tables here, and may have messages beside.
        let message = "is false, and there are error messages";
        findings.warn(Code::Numbers, Input::Context, "/has_errors", message);
    }
}

struct TableCheck<'a> {
    pointer: &'a str,
    profile: &'a TableProfile,
    limits: &'a Limits,
    findings: &'a mut Findings,
}

impl TableCheck<'_> {
    fn run(&mut self, name: &str) -> Vec<BriefColumn> {
        let profile = self.profile;
        if profile.table != name {
            self.reject(
                Code::Tables,
                "/table",
                "is not the name that the profile is listed under",
            );
        }
        if profile.columns.is_empty() || profile.columns.len() > self.limits.columns {
            let message = format!("a table has 1 to {} columns", self.limits.columns);
            self.reject(Code::Count, "/columns", message);
            return Vec::new();
        }
        if profile.column_count != profile.columns.len() as u64 {
            self.reject(
                Code::Numbers,
                "/column_count",
                "is not the number of columns listed",
            );
        }
        if profile.duplicate_rows > profile.row_count.saturating_sub(1) {
            self.reject(
                Code::Numbers,
                "/duplicate_rows",
                "there are not that many rows to repeat",
            );
        }
        self.check_keyed("/inferred_types", profile.inferred_types.keys());
        self.check_keyed("/null_counts", profile.null_counts.keys());
        self.check_candidates();
        let mut seen = BTreeSet::new();
        let columns = profile.columns.iter().enumerate();
        columns
            .filter_map(|(at, name)| self.column(at, name, &mut seen))
            .collect()
    }

    fn column(
        &mut self,
        at: usize,
        name: &str,
        seen: &mut BTreeSet<ColumnName>,
    ) -> Option<BriefColumn> {
        let pointer = format!("{}/columns/{at}", self.pointer);
        let parsed = column_name(&pointer, name, self.findings)?;
        if !seen.insert(parsed.clone()) {
            let message = "this column is listed twice";
            self.findings
                .reject(Code::Columns, Input::Context, pointer, message);
            return None;
        }
        let (Some(inferred), Some(nulls)) = (
            self.profile.inferred_types.get(name),
            self.profile.null_counts.get(name),
        ) else {
            let message = "this column has no inferred type or no null count";
            self.findings
                .reject(Code::Columns, Input::Context, pointer, message);
            return None;
        };
        if *nulls > self.profile.row_count {
            let message = "there are more nulls than rows";
            self.reject(Code::Numbers, &child("/null_counts", name), message);
        }
        Some(BriefColumn {
            name: parsed,
            inferred: *inferred,
            nulls: *nulls,
            hints: Vec::new(),
        })
    }

    fn check_keyed<'k>(&mut self, at: &str, keys: impl Iterator<Item = &'k String>) {
        let columns: BTreeSet<&String> = self.profile.columns.iter().collect();
        for key in keys.filter(|key| !columns.contains(key)) {
            self.reject(
                Code::Columns,
                &child(at, key),
                "the table has no such column",
            );
        }
    }

    fn check_candidates(&mut self) {
        for (at, candidate) in self.profile.key_candidates.iter().enumerate() {
            let base = child("/key_candidates", at);
            if !self.profile.columns.contains(&candidate.column) {
                let pointer = child(&base, "column");
                self.reject(Code::Columns, &pointer, "the table has no such column");
            }
            if !is_key_reason(&candidate.reason) {
                let message =
                    "is neither `unique_non_null` nor `high_uniqueness_` and a percentage";
                self.reject(Code::Shape, &child(&base, "reason"), message);
            }
        }
    }

    fn reject(&mut self, code: Code, below: &str, message: impl Into<String>) {
        let pointer = format!("{}{below}", self.pointer);
        self.findings.reject(code, Input::Context, pointer, message);
    }
}

/// `unique_non_null` or `high_uniqueness_99.95%`.
fn is_key_reason(text: &str) -> bool {
    if text == "unique_non_null" {
        return true;
    }
    let percentage = text
        .strip_prefix("high_uniqueness_")
        .and_then(|rest| rest.strip_suffix('%'));
    percentage.is_some_and(|number| {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let below_hundred = whole.len() <= 2;
        let hundred = whole == "100" && fraction.bytes().all(|b| b == b'0');
        digits(whole) && digits(fraction) && fraction.len() <= 6 && (below_hundred || hundred)
    })
}
