//! Dates and times: by the formats that explain the values.

use silversmith_plan::ops::parse_date::ParseDate;
use silversmith_plan::ops::parse_timestamp::ParseTimestamp;
use silversmith_plan::{OnError, OperationKind};
use silversmith_types::ColumnName;
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::{FormatEvidence, FormatKind};

use super::reading::{Doubt, Reading, Verdict};
use super::steps::{Steps, counted, listed, thousands};
use super::table::{Column, Table, total};

/// The formats of a column that hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateReading {
    pub(crate) kind: FormatKind,
    /// In order.
    pub(crate) formats: Vec<String>,
    /// Values that no format explains.
    pub(crate) unexplained: u64,
}

/// A format and, where both occur, the one that differs in padding alone. They mean the same.
struct Family<'a> {
    /// The pattern with every part padded.
    padded: String,
    members: Vec<&'a FormatEvidence>,
}

impl Family<'_> {
    fn only(&self) -> u64 {
        self.members
            .iter()
            .map(|member| member.only)
            .max()
            .unwrap_or_default()
    }

    /// Cells that it explains at least: those that both members explain are counted once.
    fn least(&self) -> u64 {
        self.members
            .iter()
            .map(|member| member.count)
            .max()
            .unwrap_or_default()
    }

    /// Cells that it explains at most.
    fn most(&self) -> u64 {
        total(self.members.iter().map(|member| member.count))
    }

    fn kind(&self) -> FormatKind {
        self.members
            .first()
            .map_or(FormatKind::Date, |member| member.kind)
    }
}

/// Reads dates: formats that explain all of the values, or at least 95 in 100 of them. `None` where
/// the column is no date column.
///
/// Day before month and month before day are told apart by cells that only one of them explains.
/// Where both orders have such cells, or neither has, nobody can say what `03/04/2025` is: the
/// column stays text.
pub(crate) fn read(column: &Column<'_>) -> Option<Verdict> {
    let values = column.valued();
    let families = families(&column.evidence.formats);
    if column.is_key_named() && families.iter().all(|family| is_bare(&family.padded)) {
        // 20240101 is a date, and it is as good an order number.
        return None;
    }
    let mut kept = Vec::new();
    let mut undecided = 0;
    for family in &families {
        match families
            .iter()
            .find(|other| other.padded == swapped(&family.padded))
        {
            Some(other) if other.padded != family.padded => match (family.only(), other.only()) {
                (1.., 0) => kept.push(family),
                (0, 1..) => {}
                _ => undecided = undecided.max(family.least()),
            },
            _ => kept.push(family),
        }
    }
    let least = total(kept.iter().map(|family| family.least()));
    let most = total(kept.iter().map(|family| family.most()));
    let mostly = |count: u64| count.saturating_mul(20) >= values.saturating_mul(19);
    // A handful of undecided cells is lost with a count; more of them keep the column as it is.
    let decided = undecided.saturating_mul(100) <= values;
    if !kept.is_empty() && decided && (most >= values || mostly(least)) {
        let kind = match kept
            .iter()
            .any(|family| family.kind() == FormatKind::Timestamp)
        {
            true => FormatKind::Timestamp,
            false => FormatKind::Date,
        };
        let mut members: Vec<&FormatEvidence> = kept
            .iter()
            .flat_map(|family| family.members.iter().copied())
            .collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.count));
        let formats = members.iter().map(|member| member.format.clone()).collect();
        let unexplained = values.saturating_sub(most);
        return Some(
            Reading::Date(DateReading {
                kind,
                formats,
                unexplained,
            })
            .into(),
        );
    }
    if undecided > 0 && mostly(least.saturating_add(undecided)) {
        let doubt = Some(Doubt::DayOrMonth(undecided));
        return Some(Verdict {
            reading: Reading::Text,
            doubt,
        });
    }
    None
}

fn families(formats: &[FormatEvidence]) -> Vec<Family<'_>> {
    let mut families: Vec<Family<'_>> = Vec::new();
    let known = |format: &&FormatEvidence| {
        format.count > 0 && DateFormat::from_pattern(&format.format).is_some()
    };
    for format in formats.iter().filter(known) {
        let padded = format.format.replace("%-", "%");
        match families.iter_mut().find(|family| family.padded == padded) {
            Some(family) => family.members.push(format),
            None => families.push(Family {
                padded,
                members: vec![format],
            }),
        }
    }
    families
}

/// Whether the format is a run of digits.
fn is_bare(padded: &str) -> bool {
    padded
        .split('%')
        .skip(1)
        .all(|directive| directive.len() == 1)
}

/// The same pattern with day and month in each other's place.
fn swapped(padded: &str) -> String {
    padded
        .replace("%d", "%\0")
        .replace("%m", "%d")
        .replace("%\0", "%m")
}

/// Fires when formats explain all values of a column, or 95 in 100. Emits `parse_date` or
/// `parse_timestamp`, one step for all columns that are written alike; what no format explains
/// becomes null and is counted in every run. Evidence: each format with the cells it explains.
pub(crate) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    let mut groups: Vec<(&DateReading, Vec<&Column<'_>>)> = Vec::new();
    for column in &table.columns {
        let Reading::Date(reading) = &column.verdict.reading else {
            continue;
        };
        let alike =
            |known: &DateReading| known.kind == reading.kind && known.formats == reading.formats;
        match groups.iter_mut().find(|(known, _)| alike(known)) {
            Some((_, columns)) => columns.push(column),
            None => groups.push((reading, vec![column])),
        }
    }
    for (reading, columns) in groups {
        for columns in columns.chunks(super::COLUMNS_A_STEP) {
            propose_group(reading, columns, steps);
        }
    }
}

fn propose_group(reading: &DateReading, columns: &[&Column<'_>], steps: &mut Steps<'_>) {
    let names: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
    let unexplained = total(columns.iter().map(|column| match &column.verdict.reading {
        Reading::Date(reading) => reading.unexplained,
        _ => 0,
    }));
    let values = total(columns.iter().map(|column| column.valued()));
    let why = match unexplained {
        0 => format!(
            "{} of {} are all explained by {}",
            counted(values, "value"),
            listed(&names),
            counted(reading.formats.len() as u64, "format"),
        ),
        _ => format!(
            "All but {} of {} of {} are explained by {}; the rest become null and are counted",
            thousands(unexplained),
            counted(values, "value"),
            listed(&names),
            counted(reading.formats.len() as u64, "format"),
        ),
    };
    let facts = columns.iter().flat_map(|column| {
        let used = column
            .evidence
            .formats
            .iter()
            .filter(|f| reading.formats.contains(&f.format));
        used.map(|f| {
            (
                column.name,
                format!("formats {} count={} only={}", f.format, f.count, f.only),
            )
        })
    });
    let evidence: Vec<String> = facts.map(|(name, fact)| steps.fact(name, fact)).collect();
    let formats = reading.formats.clone();
    let on_error = OnError::Null;
    let operation = match reading.kind {
        FormatKind::Date => OperationKind::ParseDate(ParseDate {
            columns: names,
            formats,
            min: None,
            max: None,
            on_error,
        }),
        FormatKind::Timestamp => OperationKind::ParseTimestamp(ParseTimestamp {
            columns: names,
            formats,
            on_error,
        }),
    };
    steps.push(why, evidence, operation);
}
