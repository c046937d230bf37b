//! A plan, and the difference of two, as text for a terminal.

use silversmith_plan::{
    Grain, OperationKind, PlanDiff, PlanDocument, RowRelation, Step, StepDiff, TableDiff,
};
use silversmith_types::trial::{TableTrial, TrialReport};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::findings::step_total;
use crate::operation_text::{Limit, operation_text};
use crate::shown::{counted, grouped, visible};

/// Entries of a list in one cell of the table.
const LISTED: Limit = Limit(3);
/// Columns in one cell of the table.
const MAX_COLUMNS: usize = 3;
/// Widest column; longer cells take several lines.
const MAX_WIDTH: usize = 40;

/// The plan as a table, a row a step. With a trial, also what each step did: cells changed, cells
/// not convertible, cases that a check or a map counted, rows removed.
pub fn plan_table(plan: &PlanDocument, trial: Option<&TrialReport>) -> String {
    let mut out = String::new();
    for (name, table) in &plan.tables {
        let measured = trial.and_then(|trial| trial.tables.get(name));
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{name}  ({})\n", grain_text(&table.grain)));
        let mut lines = vec![heading(measured.is_some())];
        lines.extend(table.steps.iter().map(|step| step_line(step, measured)));
        push_aligned(&lines, &mut out);
    }
    let (tables, steps) = (
        plan.tables.len(),
        plan.tables.values().map(|t| t.steps.len()).sum(),
    );
    out.push_str(&format!(
        "\n{} in {}\n",
        count(steps, "step"),
        count(tables, "table")
    ));
    out
}

/// The difference of two plans: a row a step, `+` new, `-` gone, `~` changed, `>` moved.
pub fn plan_diff(diff: &PlanDiff) -> String {
    if diff.is_empty() {
        return "the plans say the same\n".to_owned();
    }
    let mut out = String::new();
    for (name, difference) in &diff.tables {
        match difference {
            TableDiff::Added => out.push_str(&format!("+ {name}  (new table)\n")),
            TableDiff::Removed => out.push_str(&format!("- {name}  (table gone)\n")),
            TableDiff::Changed { grain, steps } => {
                out.push_str(&format!("~ {name}\n"));
                if let Some((old, new)) = grain {
                    out.push_str(&format!("  - grain  {}\n", grain_text(old)));
                    out.push_str(&format!("  + grain  {}\n", grain_text(new)));
                }
                let lines: Vec<Vec<Entry>> = steps.iter().flat_map(diff_lines).collect();
                push_aligned(&lines, &mut out);
            }
        }
    }
    let tables = diff.tables.len();
    let differ = if tables == 1 { "differs" } else { "differ" };
    out.push_str(&format!("\n{} {differ}\n", count(tables, "table")));
    out
}

/// What identifies a row, and which rows there are.
pub(crate) fn grain_text(grain: &Grain) -> String {
    let keys: Vec<&str> = grain.keys.iter().map(|key| key.as_str()).collect();
    let keys = match keys.is_empty() {
        true => "no key".to_owned(),
        false => format!("key {}", keys.join(", ")),
    };
    match &grain.rows {
        RowRelation::Equal => format!("{keys}; every Bronze row once"),
        RowRelation::Subset(reason) => format!("{keys}; rows left out: {}", visible(reason)),
    }
}

fn count(number: usize, what: &str) -> String {
    counted(number as u64, what, &format!("{what}s"))
}

/// One cell of a terminal table.
enum Entry {
    Left(String),
    Right(String),
}

fn heading(measured: bool) -> Vec<Entry> {
    let left = |text: &str| Entry::Left(text.to_owned());
    let right = |text: &str| Entry::Right(text.to_owned());
    let mut line = vec![
        left(""),
        left("STEP"),
        left("OPERATION"),
        left("COLUMNS"),
        left("WHAT"),
    ];
    if measured {
        line.extend([
            right("CHANGED"),
            right("INVALID"),
            right("CASES"),
            right("REMOVED"),
        ]);
    }
    line.push(left("WHY"));
    line
}

fn step_line(step: &Step, trial: Option<&TableTrial>) -> Vec<Entry> {
    let mut line = vec![Entry::Left(String::new())];
    line.extend(described(step));
    if let Some(trial) = trial {
        let removed = trial
            .removed
            .iter()
            .filter(|removed| removed.step == step.id);
        let removed = removed.map(|removed| removed.rows).sum();
        let changed = step_total(trial, &step.id, "changed");
        let invalid = step_total(trial, &step.id, "invalid");
        let cases = step_total(trial, &step.id, "check");
        let shown = |number: u64| {
            Entry::Right(if number == 0 {
                "-".into()
            } else {
                grouped(number)
            })
        };
        line.extend([changed, invalid, cases, removed].map(shown));
    }
    line.push(Entry::Left(visible(&step.why)));
    line
}

fn described(step: &Step) -> [Entry; 4] {
    let (columns, what) = columns_and_what(&step.operation, LISTED, MAX_COLUMNS);
    let name = step.operation.name().to_owned();
    [
        Entry::Left(visible(&step.id)),
        Entry::Left(name),
        Entry::Left(columns),
        Entry::Left(what),
    ]
}

fn columns_and_what(operation: &OperationKind, limit: Limit, columns: usize) -> (String, String) {
    let text = operation_text(operation, limit);
    let mut names: Vec<String> = text.columns.iter().map(|name| name.to_string()).collect();
    // One more name takes no more space than the note that there is one.
    if names.len() > columns.saturating_add(1) {
        let more = names.len() - columns;
        names.truncate(columns);
        names.push(format!("{more} more"));
    }
    (names.join(", "), text.what)
}

fn diff_lines(difference: &StepDiff) -> Vec<Vec<Entry>> {
    let whole = |sign: &str, step: &Step| {
        let mut line = vec![Entry::Left(format!("  {sign}"))];
        line.extend(described_in_full(step));
        line.push(Entry::Left(visible(&step.why)));
        line
    };
    match difference {
        StepDiff::Added(step) => vec![whole("+", step)],
        StepDiff::Removed(step) => vec![whole("-", step)],
        StepDiff::Moved(step) => vec![whole(">", step)],
        StepDiff::Changed { old, new } if old.operation == new.operation => {
            // Only the words around it differ: the line of the step, then its reasons.
            let mut line = vec![Entry::Left("  ~".to_owned())];
            line.extend(described_in_full(new));
            let mut lines = vec![line];
            lines.extend(text_lines("-", old, new));
            lines.extend(text_lines("+", new, old));
            lines
        }
        StepDiff::Changed { old, new } => vec![whole("~ -", old), whole("~ +", new)],
    }
}

fn described_in_full(step: &Step) -> [Entry; 4] {
    let (columns, what) = columns_and_what(&step.operation, Limit::NONE, usize::MAX);
    let name = step.operation.name().to_owned();
    [
        Entry::Left(visible(&step.id)),
        Entry::Left(name),
        Entry::Left(columns),
        Entry::Left(what),
    ]
}

/// The reasons of `step` that `other` does not give.
fn text_lines(sign: &str, step: &Step, other: &Step) -> Vec<Vec<Entry>> {
    let why = (step.why != other.why).then_some(("why", &step.why));
    let evidence = step
        .evidence
        .iter()
        .filter(|fact| !other.evidence.contains(fact));
    let texts = why
        .into_iter()
        .chain(evidence.map(|fact| ("evidence", fact)));
    texts
        .map(|(what, text)| {
            let shown = visible(text);
            let cells = [
                format!("    {sign}"),
                String::new(),
                what.to_owned(),
                String::new(),
                shown,
            ];
            cells.into_iter().map(Entry::Left).collect()
        })
        .collect()
}

/// Appends the lines as a table: each column as wide as its widest cell, long cells over several
/// lines.
fn push_aligned(lines: &[Vec<Entry>], out: &mut String) {
    let wrapped: Vec<Vec<Vec<String>>> = lines
        .iter()
        .map(|line| {
            line.iter()
                .map(|entry| wrap(entry.text(), MAX_WIDTH))
                .collect()
        })
        .collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        let cells = wrapped.iter().filter_map(|line| line.get(at)).flatten();
        cells.map(|part| part.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (line, cells) in lines.iter().zip(&wrapped) {
        for row in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut text = String::new();
            for ((entry, parts), width) in line.iter().zip(cells).zip(&widths) {
                let part = parts.get(row).map(String::as_str).unwrap_or_default();
                let pad = " ".repeat(width.saturating_sub(part.width()));
                match entry {
                    Entry::Left(_) => text.push_str(&format!("{part}{pad}  ")),
                    Entry::Right(_) => text.push_str(&format!("{pad}{part}  ")),
                }
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
}

/// The text in lines of at most `width` columns, broken at spaces where there are any. Spaces at
/// the start are kept.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if line.width() + word.trim_end().width() > width && !line.trim_end().is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        for c in word.chars() {
            if c != ' ' && line.width() + c.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

impl Entry {
    fn text(&self) -> &str {
        match self {
            Self::Left(text) | Self::Right(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn long_texts_are_broken_at_spaces_and_where_there_are_none() {
        for (text, lines) in [
            ("", vec![""]),
            ("one two three", vec!["one two", "three"]),
            ("  indented", vec!["  indente", "d"]),
            ("abcdefghijklm", vec!["abcdefghi", "jklm"]),
            ("日本語日本語", vec!["日本語日", "本語"]),
            ("exactly 9 x", vec!["exactly 9", "x"]),
        ] {
            assert_eq!(wrap(text, 9), lines, "{text}");
        }
    }
}
