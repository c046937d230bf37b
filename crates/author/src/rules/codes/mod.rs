//! Codes that are written in several ways, brought to one.

mod countries;
mod country;
mod pairs;
mod variants;

use std::collections::BTreeMap;

use silversmith_plan::OperationKind;
use silversmith_plan::ops::map_values::{Folding, MapValues, Unmapped};
use silversmith_types::evidence::ValueCount;

use super::steps::{Steps, counted, thousands};
use super::table::{Column, Table, total};

/// Spellings of one column with what each of them becomes.
struct Fold {
    /// Labels by spelling in lower case, every label among the spellings.
    map: BTreeMap<String, String>,
    /// What the spellings are of, for the reviewer.
    what: &'static str,
}

/// Fires where values of a code set mean the same: spellings of a country (`country`), of a gender
/// or of yes and no (`pairs`), or one word in several cases (`variants`). Emits one `map_values` a
/// column that ignores case and outer white space and keeps what it does not know, which every run
/// counts. Evidence: the code set with its counts, and the cells whose value is too rare to be named.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for column in table.columns.iter().filter(|column| column.is_text()) {
        let codes = known_codes(column);
        if codes.is_empty() {
            continue;
        }
        let fold = country::fold(column, &codes)
            .or_else(|| pairs::fold(column, &codes))
            .or_else(|| variants::fold(column));
        if let Some(fold) = fold {
            push(column, &codes, fold, steps);
        }
    }
}

/// The codes without those that were nulled as tokens for a missing value.
fn known_codes(column: &Column<'_>) -> Vec<ValueCount> {
    let nulled = super::missing::tokens(column);
    let mut codes = column.codes();
    codes.retain(|code| !nulled.contains(&code.value));
    codes
}

fn push(column: &Column<'_>, codes: &[ValueCount], fold: Fold, steps: &mut Steps<'_>) {
    let label = |code: &ValueCount| fold.map.get(&code.value.to_lowercase());
    let changed = codes
        .iter()
        .filter(|code| label(code).is_some_and(|label| *label != code.value));
    let cells = total(changed.clone().map(|code| code.count));
    let spellings = changed.count() as u64;
    let rare = column.evidence.rare_cells;
    if spellings == 0 && rare == 0 {
        return;
    }
    let common = format!(
        "{} of {} in {} are written in {}",
        counted(cells, "value"),
        fold.what,
        column.name,
        counted(spellings, "other way"),
    );
    let why = match (spellings, rare) {
        (_, 0) => common,
        (0, _) => format!(
            "{} of {} hold a value too rare to be named: known spellings of {} become the usual ones",
            counted(rare, "cell"),
            column.name,
            fold.what,
        ),
        _ => format!(
            "{common}; {} hold a value too rare to be named",
            counted(rare, "more cell")
        ),
    };
    let fact = format!(
        "codes={} changed={} cells={} rare_cells={}",
        codes.len(),
        spellings,
        thousands(cells),
        thousands(rare),
    );
    let evidence = [steps.fact(column.name, fact)];
    let operation = MapValues {
        columns: vec![column.name.clone()],
        map: fold.map,
        matching: vec![Folding::Trim, Folding::Casefold],
        default: Unmapped::Keep,
    };
    steps.push(why, evidence, OperationKind::MapValues(operation));
}

/// Cells of the codes for which `test` holds.
fn cells(codes: &[ValueCount], test: impl Fn(&ValueCount) -> bool) -> u64 {
    total(
        codes
            .iter()
            .filter(|code| test(code))
            .map(|code| code.count),
    )
}
