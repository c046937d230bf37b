//! Impossible dates of birth.

use chrono::NaiveDate;
use silversmith_plan::ops::null_out_of_range::{Bound, NullOutOfRange};
use silversmith_plan::{ColumnType, Literal, OperationKind};

use super::steps::{Steps, counted};
use super::table::{Table, total};

/// Fires on dates of birth, by the kind of personal data or by the name. Nobody is born after the
/// day of the run; where the evidence knows of births before 1900, they are nulled too. No other
/// date is bounded: a creation date may well lie after the day that a run stands for. Emits
/// `null_out_of_range`. Evidence: `future` and `ancient` of the formats.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for column in table.columns.iter().filter(|column| column.is_birth_date()) {
        if steps.schema().type_of(column.name) != Some(ColumnType::Date) {
            continue;
        }
        let formats = &column.evidence.formats;
        let future = total(formats.iter().map(|format| format.future));
        let ancient = total(formats.iter().map(|format| format.ancient));
        let min = match ancient {
            0 => None,
            _ => NaiveDate::from_ymd_opt(1900, 1, 1).map(|day| Bound::Literal(Literal::Date(day))),
        };
        let parts = [
            (future, "after the day of the run"),
            (ancient, "before 1900"),
        ];
        let found = parts.iter().filter(|(count, _)| *count > 0);
        let found: Vec<String> = found
            .map(|(count, place)| format!("{} {place}", counted(*count, "value")))
            .collect();
        let why = match found.is_empty() {
            true => format!("Nobody is born after the day of the run ({})", column.name),
            false => format!(
                "{}: {}, when nobody there was born",
                column.name,
                found.join(", ")
            ),
        };
        let fact = format!("formats future={future} ancient={ancient}");
        let evidence = [steps.fact(column.name, fact)];
        let columns = vec![column.name.clone()];
        let operation = NullOutOfRange {
            columns,
            min,
            max: Some(Bound::AsOf),
        };
        steps.push(why, evidence, OperationKind::NullOutOfRange(operation));
    }
}
