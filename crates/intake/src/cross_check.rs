//! What is said in several places of a context, held against each other: types against evidence,
//! keys against counts, names against names.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_types::context::{InferredType, RunContext, TableProfile};
use silversmith_types::evidence::{ColumnEvidence, Evidence, Notation, TableEvidence};
use unicode_normalization::UnicodeNormalization as _;

use crate::evidence_check::evidence_pointer;
use crate::finding::{Code, Findings, Input, child};
use crate::profile_check::profile_pointer;

/// More spellings of true and false than any convention has.
const BOOLEANS: u64 = 16;

/// Names that are one and the same to a file system or a warehouse.
pub(crate) fn check_alike(context: &RunContext, findings: &mut Findings) {
    let tables = context.profile.tables.keys();
    let outcomes = context.bronze_tables.keys();
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for name in tables.chain(outcomes) {
        // The same name in both places is one table.
        if *seen.entry(folded(name)).or_insert(name) != name {
            let message = "has the name of another table but for case or composed characters, \
                           which file systems and warehouses take for the same";
            findings.reject(
                Code::AlikeNames,
                Input::Context,
                profile_pointer(name),
                message,
            );
        }
    }
    for (name, profile) in &context.profile.tables {
        let base = child(&profile_pointer(name), "columns");
        let mut seen: BTreeMap<String, &String> = BTreeMap::new();
        for (at, column) in profile.columns.iter().enumerate() {
            let Some(other) = seen.insert(folded(column), column) else {
                continue;
            };
            // The same name twice is refused elsewhere.
            if other == column {
                continue;
            }
            let pointer = child(&base, at);
            if column.nfc().eq(other.nfc()) {
                let message = "has the name of another column but for composed characters, which \
                               nobody can tell apart";
                findings.reject(Code::AlikeNames, Input::Context, pointer, message);
            } else {
                let message = "has the name of another column but for case, which most warehouses \
                               take for the same";
                findings.warn(Code::AlikeNames, Input::Context, pointer, message);
            }
        }
    }
}

fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Key candidates and types of a profile against its counts.
pub(crate) fn check_claims(context: &RunContext, findings: &mut Findings) {
    let evidence = context.silversmith_evidence.as_ref();
    for (name, profile) in &context.profile.tables {
        let base = profile_pointer(name);
        let mut reject = |below: &str, code, message: &str| {
            let pointer = format!("{base}{below}");
            findings.reject(code, Input::Context, pointer, message);
        };
        check_candidates(profile, &mut reject);
        for (column, inferred) in &profile.inferred_types {
            let nulls = profile.null_counts.get(column);
            if *inferred == InferredType::Empty && nulls.is_some_and(|n| *n < profile.row_count) {
                let message = "is `empty`, and not every cell of the column is null";
                reject(&child("/inferred_types", column), Code::Numbers, message);
            }
        }
        let found = evidence.and_then(|evidence| {
            let mut tables = evidence.tables.iter();
            tables.find(|(table, _)| table.as_str() == name)
        });
        if let Some((_, found)) = found {
            check_against_evidence(profile, found, &mut reject);
        }
    }
}

fn check_candidates(profile: &TableProfile, reject: &mut impl FnMut(&str, Code, &str)) {
    let mut seen = BTreeSet::new();
    for (at, candidate) in profile.key_candidates.iter().enumerate() {
        let below = format!("/key_candidates/{at}");
        if !seen.insert(&candidate.column) {
            reject(&below, Code::Columns, "this column is a candidate already");
        }
        if candidate.reason != "unique_non_null" {
            continue;
        }
        let nulls = profile.null_counts.get(&candidate.column);
        if nulls.is_some_and(|nulls| *nulls > 0) {
            reject(
                &below,
                Code::Numbers,
                "is said to have no null, and has some",
            );
        } else if profile.duplicate_rows > 0 {
            let message = "is said to be unique in a table that repeats whole rows";
            reject(&below, Code::Numbers, message);
        }
    }
}

fn check_against_evidence(
    profile: &TableProfile,
    evidence: &TableEvidence,
    reject: &mut impl FnMut(&str, Code, &str),
) {
    for column in &evidence.columns {
        let name = column.name.as_str();
        if profile
            .null_counts
            .get(name)
            .is_some_and(|nulls| column.nulls > *nulls)
        {
            let message = "is less than the empty cells that the evidence counts";
            reject(&child("/null_counts", name), Code::Numbers, message);
        }
        let inferred = profile.inferred_types.get(name);
        if let Some(message) = inferred.and_then(|inferred| contradiction(*inferred, column)) {
            reject(&child("/inferred_types", name), Code::Evidence, message);
        }
    }
    for (at, candidate) in profile.key_candidates.iter().enumerate() {
        let mut columns = evidence.columns.iter();
        let found = columns.find(|column| column.name.as_str() == candidate.column);
        let repeats =
            |found: &ColumnEvidence| found.distinct.exact && found.distinct.count < evidence.rows;
        if candidate.reason == "unique_non_null" && found.is_some_and(repeats) {
            let message = "is said to be unique, and has fewer values than rows in the evidence";
            reject(&format!("/key_candidates/{at}"), Code::Evidence, message);
        }
    }
}

/// Why the values of a column cannot be of the type that was inferred.
fn contradiction(inferred: InferredType, column: &ColumnEvidence) -> Option<&'static str> {
    let numbers = &column.numbers;
    let plain = numbers.integers + numbers.decimals + numbers.oversized;
    let filled = column.distinct.count > 0;
    let contradicted = match inferred {
        InferredType::Integer | InferredType::Float => {
            filled && plain == 0 && numbers.notations.is_empty() && only_null_tokens(column) == 0
        }
        InferredType::Boolean => column.distinct.exact && column.distinct.count > BOOLEANS,
        InferredType::Datetime => {
            let codes = column.codes.as_ref();
            column.formats.is_empty()
                && codes.is_some_and(|codes| {
                    let digit = |code: &str| code.bytes().any(|byte| byte.is_ascii_digit());
                    codes.iter().all(|code| !digit(&code.value)) && !codes.is_empty()
                })
        }
        InferredType::String | InferredType::Empty => false,
    };
    contradicted.then_some("is not the type of the values that the evidence counts")
}

/// Cells that a reader of numbers takes for missing.
fn only_null_tokens(column: &ColumnEvidence) -> u64 {
    let tokens = column.null_tokens.iter();
    tokens.fold(0, |sum: u64, token| sum.saturating_add(token.count))
}

/// Evidence against itself, as far as it does not need the profile.
pub(crate) fn check_within(evidence: &Evidence, findings: &mut Findings) {
    if evidence.min_count == 1 {
        let message = "is 1, so that values of single rows would be named";
        let pointer = "/silversmith_evidence/min_count";
        findings.reject(Code::Disclosure, Input::Context, pointer, message);
    }
    for (name, table) in &evidence.tables {
        let base = evidence_pointer(name);
        let mut reject = |below: &str, code, message: &str| {
            let pointer = format!("{base}{below}");
            findings.reject(code, Input::Context, pointer, message);
        };
        if table.rows > table.bytes {
            reject("/bytes", Code::Numbers, "is less than one byte a row");
        }
        for (at, column) in table.columns.iter().enumerate() {
            check_column(&format!("/columns/{at}"), table.rows, column, &mut reject);
        }
        for (at, key) in table.keys.iter().enumerate() {
            if key.exact && key.duplicate_keys > key.duplicate_rows {
                let message = "has more repeated keys than rows that repeat one";
                reject(&format!("/keys/{at}"), Code::Numbers, message);
            }
        }
        for (at, ordering) in table.orderings.iter().enumerate() {
            let Some(versions) = &ordering.versions_of else {
                continue;
            };
            let rows = versions.superseded.saturating_add(versions.last);
            if versions.superseded_with_end > versions.superseded
                || versions.last_without_end > versions.last
                || rows > table.rows
            {
                let message = "counts more rows than there are";
                reject(
                    &format!("/orderings/{at}/versions_of"),
                    Code::Numbers,
                    message,
                );
            }
        }
    }
}

fn check_column(
    at: &str,
    rows: u64,
    column: &ColumnEvidence,
    reject: &mut impl FnMut(&str, Code, &str),
) {
    let text_cells = rows.saturating_sub(column.nulls.saturating_add(column.blanks));
    // An estimate is within about one per cent.
    let most = match column.distinct.exact {
        true => text_cells,
        false => text_cells.saturating_add(text_cells / 20),
    };
    if column.distinct.count > most {
        let message = "is more than the cells with text";
        reject(&format!("{at}/distinct"), Code::Numbers, message);
    }
    let numbers = &column.numbers;
    let backwards = [
        (
            "length",
            column.length.is_some_and(|length| length.min > length.max),
        ),
        (
            "numbers/range",
            numbers.range.is_some_and(|range| range.min > range.max),
        ),
        (
            "formats",
            // Both are `YYYY-MM-DD`, or refused for that.
            (column
                .formats
                .iter()
                .filter_map(|format| format.range.as_ref()))
            .any(|range| range.min > range.max),
        ),
    ];
    for (below, _) in backwards.into_iter().filter(|(_, wrong)| *wrong) {
        let message = "has a smallest value above the largest";
        reject(&format!("{at}/{below}"), Code::Numbers, message);
    }
    let mut seen = BTreeSet::new();
    let mut codes = column.codes.iter().flatten();
    if codes.any(|code| !seen.insert(code.value.as_str())) {
        reject(
            &format!("{at}/codes"),
            Code::Evidence,
            "names a value twice",
        );
    }
    for (index, shape) in column.shapes.iter().enumerate() {
        if !is_shape(&shape.shape) {
            let below = format!("{at}/shapes/{index}/shape");
            reject(&below, Code::Evidence, "is no character shape");
        }
    }
    for (index, found) in numbers.notations.iter().enumerate() {
        if !is_notation(&found.notation) {
            let below = format!("{at}/numbers/notations/{index}");
            reject(&below, Code::Evidence, "is no notation of numbers");
        }
    }
}

/// Runs of `A`, `a` and `9` with their length, and single characters that are neither letters nor
/// digits: a shape spells nothing.
fn is_shape(text: &str) -> bool {
    text.split(' ').all(|run| {
        let mut chars = run.chars();
        match chars.next() {
            Some('A' | 'a' | '9') => {
                let length = chars.as_str();
                !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit())
            }
            Some(other) => !other.is_alphabetic() && chars.next().is_none(),
            None => text.is_empty(),
        }
    })
}

fn is_notation(notation: &Notation) -> bool {
    let group = |c: char| matches!(c, ',' | '.' | '\'' | '’') || c.is_whitespace();
    // Signs and codes: `€`, `R$`, `EUR`. Three characters spell no sentence.
    let currency = |text: &str| {
        let strange = |c: char| c.is_control() || c.is_whitespace();
        (1..=3).contains(&text.chars().count()) && !text.chars().any(strange)
    };
    matches!(notation.decimal, '.' | ',')
        && notation.group.is_none_or(group)
        && notation.currency.as_deref().is_none_or(currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_spell_nothing() {
        for shape in [
            "A2 98",
            "A2 - 98",
            "A1 a1 ␣ ␣ 91",
            "",
            "923",
            "a5 @ a7 . a3",
        ] {
            assert!(is_shape(shape), "{shape}");
        }
        for text in [
            "ignore",
            "A",
            "Ax",
            "a b",
            "jane@example.com",
            "9x",
            "A2  98",
            "--",
        ] {
            assert!(!is_shape(text), "{text}");
        }
    }

    #[test]
    fn names_fold_as_warehouses_fold() {
        assert_eq!(folded("Orders.CSV"), folded("orders.csv"));
        assert_eq!(folded("STRA\u{308}SSE"), folded("str\u{e4}sse"));
        assert_ne!(folded("a"), folded("\u{e4}"));
    }
}
