//! The profile as a report for people: the layout of `silver_run_human_report.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use silversmith_types::context::{InferredType, RunContext, TableProfile};
use silversmith_types::evidence::{Evidence, PersonalKind};
pub(crate) use silversmith_types::grouped as number;

use crate::problems::problems;

/// Problems that are listed. Whoever has worked through these profiles again.
const MAX_PROBLEMS: usize = 25;
/// Problems of the summary.
const TOP_PROBLEMS: usize = 5;

/// The report about a run context, as Markdown. It says what was found and nothing else.
pub fn to_report(context: &RunContext) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_report(&mut out, context);
    out
}

fn write_report(out: &mut String, context: &RunContext) -> std::fmt::Result {
    writeln!(out, "# Silver Layer Run Report  ")?;
    writeln!(out, "**Bronze Run ID:** {}  ", context.bronze_run_id)?;
    writeln!(out, "**Silver Run ID:** {}", context.silver_run_id)?;
    writeln!(out, "\n---\n")?;
    let found: Vec<String> = context
        .silversmith_evidence
        .iter()
        .flat_map(problems)
        .map(|problem| problem.text)
        .collect();
    write_summary(out, context, &found)?;
    write_problems(out, &found)?;
    if let Some(evidence) = &context.silversmith_evidence {
        write_joins(out, evidence)?;
        write_personal(out, evidence)?;
    }
    write_overview(out, context)?;
    writeln!(out, "# End of Report\n")?;
    write_profiling(out, context)
}

fn write_summary(out: &mut String, context: &RunContext, found: &[String]) -> std::fmt::Result {
    let totals = &context.performance_metrics;
    writeln!(out, "## Executive Summary  ")?;
    writeln!(
        out,
        "- {} tables with {} rows and {} columns were read; {} failed.  ",
        number(totals.tables_processed),
        number(totals.total_rows_processed),
        number(totals.total_columns_processed),
        number(totals.tables_failed),
    )?;
    match found.len() {
        0 => writeln!(out, "- No problem was found in the values.  ")?,
        1 => writeln!(out, "- 1 problem was found:  ")?,
        many => writeln!(out, "- {many} problems were found; the first of them:  ")?,
    }
    for text in found.iter().take(TOP_PROBLEMS) {
        writeln!(out, "  - {text}  ")?;
    }
    writeln!(out, "\n---\n")
}

fn write_problems(out: &mut String, found: &[String]) -> std::fmt::Result {
    if found.len() <= TOP_PROBLEMS {
        return Ok(());
    }
    writeln!(out, "## Problems Found  ")?;
    for (at, text) in found.iter().take(MAX_PROBLEMS).enumerate() {
        writeln!(out, "{}. {text}  ", at + 1)?;
    }
    if found.len() > MAX_PROBLEMS {
        writeln!(
            out,
            "\n{} lesser ones are in the run context.",
            found.len() - MAX_PROBLEMS
        )?;
    }
    writeln!(out, "\n---\n")
}

fn write_joins(out: &mut String, evidence: &Evidence) -> std::fmt::Result {
    writeln!(out, "## Relationships  ")?;
    if evidence.joins.is_empty() {
        writeln!(out, "No column of one table matches a column of another.")?;
    } else {
        writeln!(
            out,
            "| From | To | Values | Found as they are | Found after one change |"
        )?;
        writeln!(
            out,
            "|------|----|--------|-------------------|------------------------|"
        )?;
    }
    for join in &evidence.joins {
        let name = |side: &silversmith_types::evidence::ColumnRef| {
            cell(&code(&format!("{}.{}", side.table.stem(), side.column)))
        };
        let changed = match &join.normalised {
            Some(normalised) => number(normalised.matched),
            None => "".to_owned(),
        };
        let (from, to) = (name(&join.from), name(&join.to));
        let (all, matched) = (number(join.from_distinct), number(join.matched));
        writeln!(out, "| {from} | {to} | {all} | {matched} | {changed} |")?;
    }
    writeln!(out, "\n---\n")
}

fn write_personal(out: &mut String, evidence: &Evidence) -> std::fmt::Result {
    let mut kinds: BTreeMap<PersonalKind, Vec<String>> = BTreeMap::new();
    for (table, found) in &evidence.tables {
        for column in &found.columns {
            if let Some(kind) = column.personal {
                let name = code(&format!("{}.{}", table.stem(), column.name));
                kinds.entry(kind).or_default().push(name);
            }
        }
    }
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Personal Data  ")?;
    writeln!(
        out,
        "No value of these columns is in this report or in the run context.  "
    )?;
    for (kind, columns) in kinds {
        writeln!(out, "- {}: {}  ", kind_name(kind), columns.join(", "))?;
    }
    writeln!(out, "\n---\n")
}

fn kind_name(kind: PersonalKind) -> &'static str {
    match kind {
        PersonalKind::Name => "Names",
        PersonalKind::Email => "E-mail addresses",
        PersonalKind::Phone => "Telephone numbers",
        PersonalKind::Address => "Postal addresses",
        PersonalKind::BirthDate => "Dates of birth",
        PersonalKind::Identifier => "Numbers of a person",
        PersonalKind::BankAccount => "Bank accounts",
        PersonalKind::PaymentCard => "Payment cards",
        PersonalKind::Network => "Network addresses",
        PersonalKind::Secret => "Passwords and keys",
        PersonalKind::Special => "Belief, health, origin, politics, sexual life",
        PersonalKind::FreeText => "Free text",
    }
}

fn write_overview(out: &mut String, context: &RunContext) -> std::fmt::Result {
    writeln!(out, "## Schema Overview & Data Profiling Summary  \n")?;
    writeln!(
        out,
        "| Table Name | Rows | Columns | Key Candidates | Nulls | Duplicates |"
    )?;
    writeln!(
        out,
        "|------------|------|---------|----------------|-------|------------|"
    )?;
    for table in tables(context) {
        let keys: Vec<&str> = table
            .key_candidates
            .iter()
            .map(|key| key.column.as_str())
            .collect();
        let keys = if keys.is_empty() {
            "None".to_owned()
        } else {
            keys.join(", ")
        };
        let name = table.table.trim_end_matches(".csv");
        let nulls: u64 = table.null_counts.values().sum();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(name),
            number(table.row_count),
            number(table.column_count),
            cell(&keys),
            number(nulls),
            number(table.duplicate_rows),
        )?;
    }
    writeln!(out, "\n---\n")
}

/// The section that the original tool appends, line for line.
fn write_profiling(out: &mut String, context: &RunContext) -> std::fmt::Result {
    writeln!(out, "## Automated Bronze Profiling (for Silver Draft)\n")?;
    writeln!(out, "### Schema Overview")?;
    for size in &context.schema_overview.tables {
        writeln!(
            out,
            "- {}: {} rows, {} columns",
            size.table, size.row_count, size.column_count
        )?;
    }
    for table in tables(context) {
        writeln!(out, "\n### Table: {}", table.table)?;
        writeln!(out, "- Rows: {}", table.row_count)?;
        writeln!(out, "- Columns: {}", table.columns.join(", "))?;
        writeln!(out, "- Inferred types:")?;
        for column in &table.columns {
            if let Some(inferred) = table.inferred_types.get(column) {
                writeln!(out, "  - {column}: {}", type_name(*inferred))?;
            }
        }
        writeln!(out, "- Null counts:")?;
        for column in &table.columns {
            if let Some(nulls) = table.null_counts.get(column) {
                writeln!(out, "  - {column}: {nulls}")?;
            }
        }
        writeln!(out, "- Duplicate rows: {}", table.duplicate_rows)?;
        writeln!(out, "- Key candidates:")?;
        for key in &table.key_candidates {
            writeln!(out, "  - {}: {}", key.column, key.reason)?;
        }
        if table.key_candidates.is_empty() {
            writeln!(out, "  - None detected")?;
        }
        writeln!(out, "- Suggested Silver transforms:")?;
        for suggestion in &table.suggested_silver_transforms {
            writeln!(out, "  - {suggestion}")?;
        }
    }
    Ok(())
}

/// In the order of the overview.
fn tables(context: &RunContext) -> impl Iterator<Item = &TableProfile> {
    let sizes = context.schema_overview.tables.iter();
    sizes.filter_map(|size| context.profile.tables.get(&size.table))
}

fn type_name(inferred: InferredType) -> &'static str {
    match inferred {
        InferredType::Integer => "integer",
        InferredType::Float => "float",
        InferredType::Boolean => "boolean",
        InferredType::Datetime => "datetime",
        InferredType::String => "string",
        InferredType::Empty => "empty",
    }
}

/// A text as code in Markdown, whatever is in it.
pub(crate) fn code(text: &str) -> String {
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A text as the cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_place() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(cell("a|b"), "a\\|b");
    }
}
