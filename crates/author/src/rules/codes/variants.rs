//! One word in several cases.

use std::collections::BTreeMap;

use super::Fold;
use crate::rules::table::{Column, merged, total};

/// Folds spellings that differ in case or in white space alone to the most frequent one, where that
/// is at least four times as frequent as all others together: `m` beside `M` in like numbers may be
/// two codes, as metre and mega are. Keys are left alone.
pub(super) fn fold(column: &Column<'_>) -> Option<Fold> {
    if column.is_key_named() {
        return None;
    }
    let mut map = BTreeMap::new();
    for group in &column.evidence.variants {
        let spellings = merged(group);
        let [label, rest @ ..] = spellings.as_slice() else {
            continue;
        };
        let others = total(rest.iter().map(|spelling| spelling.count));
        if rest.is_empty() || label.count < others.saturating_mul(4) {
            continue;
        }
        for spelling in &spellings {
            map.insert(spelling.value.to_lowercase(), label.value.clone());
        }
    }
    (!map.is_empty()).then_some(Fold { map, what: "codes" })
}
