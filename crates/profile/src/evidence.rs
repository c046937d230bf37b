//! From what was counted to what is written: nothing rarer than k, nothing of a person.

use std::collections::BTreeMap;

use silversmith_types::ColumnName;
use silversmith_types::context::{InferredType, KeyCandidate, TableProfile};
use silversmith_types::evidence::{
    ColumnEvidence, KeyEvidence, NumberEvidence, TableEvidence, ValueCount,
};

use crate::TableFindings;
use crate::column::{Column, Value};
use crate::joins::JoinColumns;
use crate::limits::{MAX_CODES, MAX_VARIANTS};
use crate::names::is_key_like;
use crate::personal::classify;
use crate::table::Counted;
use crate::tokens::is_pandas_missing;

/// Integers of more different values are quantities and not codes.
const MAX_INTEGER_CODES: u64 = 32;
/// Texts with digits of more different values are keys and not codes.
const MAX_DIGIT_CODES: u64 = 64;

/// What was found in a table.
pub(crate) fn findings(counted: &Counted, min_count: u64) -> TableFindings {
    let stem = counted.table.stem();
    let columns: Vec<(&ColumnName, &Column)> = counted.names.iter().zip(&counted.columns).collect();
    let evidence: Vec<ColumnEvidence> = columns
        .iter()
        .map(|(name, column)| column_evidence(stem, name, column, min_count))
        .collect();
    let joinable = columns
        .iter()
        .zip(&evidence)
        .filter(|((_, column), evidence)| evidence.personal.is_none() && could_refer(column));
    TableFindings {
        table: counted.table.clone(),
        join_columns: JoinColumns::collect(
            &counted.table,
            columns.len(),
            joinable.map(|((name, column), _)| (*name, *column)),
        ),
        profile: pandas_profile(counted),
        evidence: TableEvidence {
            sha256: counted.sha256,
            bytes: counted.bytes,
            rows: counted.rows.count(),
            duplicate_rows: counted.rows.duplicates(),
            keys: keys(counted, &evidence),
            orderings: counted.rows.orderings(&counted.names, min_count),
            products: counted.rows.products(&counted.names, min_count),
            columns: evidence,
        },
    }
}

/// What most of the cells of a column are.
struct Nature {
    dates: bool,
    numbers: bool,
}

fn nature(column: &Column) -> Nature {
    let (cells, counts) = (column.cells(), column.counts());
    let best = counts
        .formats
        .evidence(cells, 1, false)
        .first()
        .map_or(0, |format| format.count);
    Nature {
        dates: best > 0 && best * 10 >= cells * 9,
        numbers: cells > 0 && counts.numbers.plain_cells() * 10 >= cells * 9,
    }
}

fn column_evidence(
    table: &str,
    name: &ColumnName,
    column: &Column,
    min_count: u64,
) -> ColumnEvidence {
    let (cells, counts) = (column.cells(), column.counts());
    let distinct = column.distinct();
    let personal = classify(
        table,
        name.as_str(),
        &counts.personal,
        cells,
        distinct.count,
    );
    let open = personal.is_none();
    let nature = nature(column);
    let values = if open { column.values() } else { Vec::new() };
    let codes = codes(column, &values, &nature, min_count).filter(|_| open);
    let named: u64 = codes.iter().flatten().map(|code| code.count).sum();
    let is_key = open && has_shapes(column, &nature, codes.is_some());
    let shapes = is_key.then(|| counts.shapes.evidence(min_count));
    let named_shapes = shapes.flatten().filter(|(named, _)| !named.is_empty());
    let (shapes, other_shapes) = named_shapes.unwrap_or_default();
    ColumnEvidence {
        name: name.clone(),
        personal,
        nulls: column.nulls(),
        blanks: column.blanks(),
        null_tokens: if open {
            counts.tokens.evidence(min_count)
        } else {
            Vec::new()
        },
        distinct,
        outer_space: counts.outer_space,
        inner_space: counts.inner_space,
        not_nfc: counts.not_nfc,
        length: counts.length,
        numbers: numbers(column, open, min_count),
        formats: counts.formats.evidence(cells, min_count, open),
        rare_cells: if codes.is_some() { cells - named } else { 0 },
        codes,
        variants: variants(column, &values, &nature, min_count),
        shapes,
        other_shapes,
    }
}

/// The range is left out where a few numbers stand among other things: it would name them.
fn numbers(column: &Column, open: bool, min_count: u64) -> NumberEvidence {
    let counts = &column.counts().numbers;
    let enough = counts.plain_cells() >= min_count || counts.plain_cells() * 2 >= column.cells();
    counts.evidence(min_count, open && enough)
}

fn codes(
    column: &Column,
    values: &[Value<'_>],
    nature: &Nature,
    min_count: u64,
) -> Option<Vec<ValueCount>> {
    let distinct = values.len() as u64;
    let decimals = column.counts().numbers.plain().decimals;
    let most = if nature.numbers {
        MAX_INTEGER_CODES
    } else if column.counts().with_digit * 2 >= column.cells() {
        MAX_DIGIT_CODES
    } else {
        MAX_CODES
    };
    let few = distinct <= most;
    let repeated = distinct * 4 <= column.cells() && distinct > 0;
    if !column.is_exact() || !few || !repeated || nature.dates || decimals > 0 {
        return None;
    }
    let mut codes: Vec<ValueCount> = values
        .iter()
        .filter(|value| value.count >= min_count && !value.text.is_empty())
        .map(|value| ValueCount {
            value: value.text.to_owned(),
            count: value.count,
        })
        .collect();
    codes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let named: u64 = codes.iter().map(|code| code.count).sum();
    (named * 2 >= column.cells()).then_some(codes)
}

/// Spellings of one value that differ in case or white space, each seen often enough to be named.
fn variants(
    column: &Column,
    values: &[Value<'_>],
    nature: &Nature,
    min_count: u64,
) -> Vec<Vec<ValueCount>> {
    if nature.dates || nature.numbers || !column.is_exact() {
        return Vec::new();
    }
    let mut groups: BTreeMap<String, Vec<ValueCount>> = BTreeMap::new();
    for value in values
        .iter()
        .filter(|value| value.count >= min_count && !value.text.is_empty())
    {
        let words: Vec<&str> = value.text.split_whitespace().collect();
        let spelling = ValueCount {
            value: value.text.to_owned(),
            count: value.count,
        };
        groups
            .entry(words.join(" ").to_lowercase())
            .or_default()
            .push(spelling);
    }
    let mut groups: Vec<Vec<ValueCount>> = groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect();
    for group in &mut groups {
        group.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    }
    // Stable: groups of equal weight stay in alphabetical order.
    groups.sort_by_key(|group| std::cmp::Reverse(group.iter().map(|v| v.count).sum::<u64>()));
    groups.truncate(MAX_VARIANTS);
    groups
}

/// Keys have digits or capitals in every value, and hardly a space. The shape of codes without
/// digits says less than the codes.
fn has_shapes(column: &Column, nature: &Nature, has_codes: bool) -> bool {
    let (cells, counts) = (column.cells(), column.counts());
    let padded = counts.numbers.plain().leading_zeros > 0;
    cells > 0
        && !nature.dates
        && (!nature.numbers || padded)
        && counts.any_inner_space * 10 <= cells
        && (counts.with_digit * 2 >= cells
            || (!has_codes && counts.without_lower * 10 >= cells * 9))
}

/// Whether a column holds numbers that are no whole ones, or not written as such.
fn is_amount(column: &Column) -> bool {
    let numbers = &column.counts().numbers;
    let best = numbers
        .evidence(1, false)
        .notations
        .first()
        .map_or(0, |notation| notation.count);
    numbers.plain().decimals > 0 || (best > 0 && best * 2 >= column.cells())
}

/// Whether a column could be one side of a join: neither dates nor amounts nor yes and no, and of
/// more than one value.
fn could_refer(column: &Column) -> bool {
    let (cells, counts) = (column.cells(), column.counts());
    cells > 0
        && column.totals().distinct > 1
        && !nature(column).dates
        && !is_amount(column)
        && counts.booleans < cells
        && counts.any_inner_space * 2 <= cells
}

/// Single columns that are unique in 95 % of their rows, and pairs where none is quite unique.
fn keys(counted: &Counted, evidence: &[ColumnEvidence]) -> Vec<KeyEvidence> {
    let rows = counted.rows.count();
    let mut singles: Vec<(u64, u64, bool, usize, KeyEvidence)> = Vec::new();
    for (at, (column, evidence)) in counted.columns.iter().zip(evidence).enumerate() {
        let totals = column.totals();
        let null_rows = column.nulls() + column.blanks();
        let nearly = totals.surplus * 20 <= column.cells() && null_rows * 10 <= rows;
        let measured = is_amount(column) || nature(column).dates;
        if column.cells() == 0 || !nearly || measured || evidence.personal.is_some() {
            continue;
        }
        let key = KeyEvidence {
            columns: vec![evidence.name.clone()],
            null_rows,
            duplicate_keys: totals.repeated,
            duplicate_rows: totals.surplus,
            exact: column.is_exact(),
        };
        let unnamed = !is_key_like(evidence.name.as_str());
        singles.push((null_rows + totals.surplus, 0, unnamed, at, key));
    }
    singles.sort_by_key(|(faults, _, unnamed, at, _)| (*faults, *unnamed, *at));
    let has_key = singles.first().is_some_and(|(faults, ..)| *faults == 0);
    let mut keys: Vec<KeyEvidence> = singles.into_iter().map(|(.., key)| key).collect();
    if !has_key {
        let mut pairs = counted.rows.pair_keys(&counted.names);
        // A pair with a column that is nearly a key says no more than that column.
        pairs.retain(|pair| {
            !keys
                .iter()
                .any(|key| pair.columns.contains(&key.columns[0]))
                && pair.columns.iter().all(|name| {
                    evidence
                        .iter()
                        .any(|e| e.name == *name && e.personal.is_none())
                })
        });
        pairs.sort_by_key(|pair| pair.null_rows + pair.duplicate_rows);
        keys.extend(pairs);
    }
    keys
}

/// The profile as the original tool writes it, which reads the file with pandas.
fn pandas_profile(counted: &Counted) -> TableProfile {
    let rows = counted.rows.count();
    let mut profile = TableProfile {
        table: counted.table.to_string(),
        row_count: rows,
        column_count: counted.names.len() as u64,
        columns: counted.names.iter().map(ToString::to_string).collect(),
        inferred_types: BTreeMap::new(),
        null_counts: BTreeMap::new(),
        duplicate_rows: counted.rows.duplicates(),
        key_candidates: Vec::new(),
        suggested_silver_transforms: Vec::new(),
    };
    for (name, column) in counted.names.iter().zip(&counted.columns) {
        let nulls = column.nulls() + column.counts().pandas_missing;
        let inferred = inferred_type(column);
        let name = name.to_string();
        if let Some(reason) = key_reason(column, rows, nulls) {
            profile.key_candidates.push(KeyCandidate {
                column: name.clone(),
                reason,
            });
        }
        let suggestions = &mut profile.suggested_silver_transforms;
        if inferred == InferredType::Datetime {
            suggestions.push(format!("Parse {name} as datetime."));
        }
        if nulls > 0 {
            suggestions.push(format!("Standardize missing values in {name}."));
        }
        let spaced = column.counts().outer_space + column.blanks() > 0;
        if inferred == InferredType::String && spaced {
            suggestions.push(format!("Trim whitespace in {name}."));
        }
        profile.inferred_types.insert(name.clone(), inferred);
        profile.null_counts.insert(name, nulls);
    }
    profile.suggested_silver_transforms.sort();
    if profile.suggested_silver_transforms.is_empty() {
        let nothing = "No obvious Silver transformations detected.";
        profile.suggested_silver_transforms.push(nothing.to_owned());
    }
    profile
}

fn inferred_type(column: &Column) -> InferredType {
    let counts = column.counts();
    let cells = column.cells() + column.blanks() - counts.pandas_missing;
    let numbers = &counts.numbers;
    if cells == 0 {
        InferredType::Empty
    } else if counts.booleans == cells {
        InferredType::Boolean
    } else if numbers.plain_cells() == cells {
        let fractions = numbers.plain().decimals > 0;
        if fractions {
            InferredType::Float
        } else {
            InferredType::Integer
        }
    } else if counts.formats.written_as_dates() * 10 >= cells * 9 {
        InferredType::Datetime
    } else {
        InferredType::String
    }
}

/// Why the column could be a key: all values are there and unique, or 99 % of the rows have a value
/// of their own.
fn key_reason(column: &Column, rows: u64, nulls: u64) -> Option<String> {
    let missing = column
        .values()
        .iter()
        .filter(|value| is_pandas_missing(value.text))
        .count();
    let distinct = column.totals().distinct.saturating_sub(missing as u64);
    let distinct = distinct + u64::from(column.blanks() > 0);
    if rows > 0 && nulls == 0 && distinct == rows {
        return Some("unique_non_null".to_owned());
    }
    let nearly = distinct * 100 >= rows * 99 && distinct > 0;
    nearly.then(|| {
        format!(
            "high_uniqueness_{:.2}%",
            distinct as f64 * 100.0 / rows as f64
        )
    })
}
