//! What the rules know of one table, with the decisions that several of them share.

use std::collections::BTreeSet;

use silversmith_intake::{BriefTable, TableTerms};
use silversmith_types::ColumnName;
use silversmith_types::evidence::{ColumnEvidence, PersonalKind, TableEvidence, ValueCount};

use super::keys::KeyChange;
use super::names;
use super::reading::{Reading, Verdict, read};

/// A table with value evidence.
pub(crate) struct Table<'a> {
    pub(crate) evidence: &'a TableEvidence,
    pub(crate) terms: &'a TableTerms,
    pub(crate) columns: Vec<Column<'a>>,
    /// What makes keys of this table match those of others.
    pub(crate) key_changes: &'a [KeyChange],
}

/// A column with value evidence.
pub(crate) struct Column<'a> {
    pub(crate) name: &'a ColumnName,
    pub(crate) rows: u64,
    pub(crate) evidence: &'a ColumnEvidence,
    /// The words of its name.
    pub(crate) words: Vec<String>,
    /// What its values are.
    pub(crate) verdict: Verdict,
}

impl<'a> Table<'a> {
    /// `None` where the context holds no value evidence. Columns in `text` stay text.
    pub(crate) fn new(
        table: &'a BriefTable,
        key_changes: &'a [KeyChange],
        text: &BTreeSet<ColumnName>,
    ) -> Option<Self> {
        let evidence = table.evidence.as_ref()?;
        let columns = table.columns.iter().filter_map(|column| {
            let evidence = table.column_evidence(&column.name)?;
            let mut column = Column::new(&column.name, table.rows, evidence);
            if text.contains(column.name) {
                column.verdict = Verdict::text();
            }
            Some(column)
        });
        let columns = columns.collect();
        Some(Self {
            evidence,
            terms: &table.terms,
            columns,
            key_changes,
        })
    }

    pub(crate) fn column(&self, name: &ColumnName) -> Option<&Column<'a>> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl<'a> Column<'a> {
    pub(crate) fn new(name: &'a ColumnName, rows: u64, evidence: &'a ColumnEvidence) -> Self {
        let words = names::words(name.as_str());
        let mut column = Self {
            name,
            rows,
            evidence,
            words,
            verdict: Verdict::text(),
        };
        column.verdict = read(&column);
        column
    }

    /// Cells with more than white space.
    pub(crate) fn filled(&self) -> u64 {
        let absent = self.evidence.nulls.saturating_add(self.evidence.blanks);
        self.rows.saturating_sub(absent)
    }

    /// Cells that hold a token for a missing value, whichever.
    pub(crate) fn token_cells(&self) -> u64 {
        total(self.evidence.null_tokens.iter().map(|token| token.count))
    }

    /// Cells with a value: neither absent nor a token for that.
    pub(crate) fn valued(&self) -> u64 {
        self.filled().saturating_sub(self.token_cells())
    }

    /// The code set without white space at the ends, each code once, most frequent first.
    pub(crate) fn codes(&self) -> Vec<ValueCount> {
        merged(self.evidence.codes.as_deref().unwrap_or_default())
    }

    pub(crate) fn has_word(&self, list: &[&str]) -> bool {
        names::any(&self.words, list)
    }

    /// Whether the name says that the column identifies something.
    pub(crate) fn is_key_named(&self) -> bool {
        names::is_key(&self.words)
    }

    pub(crate) fn is_birth_date(&self) -> bool {
        self.evidence.personal == Some(PersonalKind::BirthDate) || self.has_word(names::BIRTH)
    }

    pub(crate) fn is_text(&self) -> bool {
        self.verdict.reading == Reading::Text
    }
}

/// A sum of counts. They come from outside, so it stops at the largest number.
pub(crate) fn total(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// Values without white space at the ends; equal ones together, most frequent first.
pub(crate) fn merged(values: &[ValueCount]) -> Vec<ValueCount> {
    let mut out: Vec<ValueCount> = Vec::new();
    for value in values {
        let trimmed = value.value.trim();
        match out.iter_mut().find(|known| known.value == trimmed) {
            _ if trimmed.is_empty() => {}
            Some(known) => known.count = known.count.saturating_add(value.count),
            None => out.push(ValueCount {
                value: trimmed.to_owned(),
                count: value.count,
            }),
        }
    }
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    out
}
