//! What was kept from the author, by number and never by content.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use silversmith_types::Digest;
use silversmith_types::evidence::PersonalKind;

use crate::finding::Action;

/// What was kept from the author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The report.
    pub report: WithheldText,
    /// Columns of which no value is named, in the order of tables and columns.
    pub personal_columns: Vec<PersonalColumn>,
    pub(crate) counts: BTreeMap<(Category, Action), u64>,
}

/// The report, as far as it was kept back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WithheldText {
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
    /// Whether its cleaned text is in the brief.
    pub sent: bool,
}

/// A column of which no value is named.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonalColumn {
    /// Alias of the table.
    pub table: String,
    /// Alias of the column.
    pub column: String,
    /// Name of the table, where it is harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// Name of the column, where it is harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_name: Option<String>,
    /// What it holds.
    pub kind: PersonalKind,
}

/// What was kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Things that were found in the report.
    Report,
    /// Sentences in `suggested_silver_transforms`.
    SuggestedTransforms,
    /// Messages in `profile.errors`.
    ErrorMessages,
    /// Keys that the format does not have.
    UnknownKeys,
    /// Names of tables and columns.
    Names,
    /// Values in the evidence.
    Values,
}

impl Category {
    /// Why it is kept back, in one sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Report => "prose of unknown origin can instruct a model and name people",
            Self::SuggestedTransforms => {
                "a sentence that names no operation of the vocabulary is prose of unknown origin"
            }
            Self::ErrorMessages => "messages of other programs can hold values and paths",
            Self::UnknownKeys => "what the format does not have is not needed and was not checked",
            Self::Names => {
                "a name that reads as an instruction or as a person travels as its alias"
            }
            Self::Values => "a value that reads as an instruction or as a person is no code",
        }
    }
}

impl Withheld {
    /// How many were kept back, by what they are and what was done.
    pub fn counts(&self) -> impl Iterator<Item = (Category, Action, u64)> {
        let counts = self.counts.iter();
        counts.map(|((category, action), count)| (*category, *action, *count))
    }

    /// How many of a category were kept back.
    pub fn count(&self, category: Category) -> u64 {
        let of_category = self.counts().filter(|(found, ..)| *found == category);
        of_category.map(|(.., count)| count).sum()
    }
}

#[derive(serde::Serialize)]
struct Counted {
    category: Category,
    action: Action,
    count: u64,
    reason: &'static str,
}

impl Serialize for Withheld {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.counts().map(|(category, action, count)| Counted {
            category,
            action,
            count,
            reason: category.reason(),
        });
        let mut out = serializer.serialize_struct("Withheld", 3)?;
        out.serialize_field("report", &self.report)?;
        out.serialize_field("counts", &counts.collect::<Vec<_>>())?;
        out.serialize_field("personal_columns", &self.personal_columns)?;
        out.end()
    }
}

/// What is kept back, while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Ledger(BTreeMap<(Category, Action), u64>);

impl Ledger {
    pub(crate) fn add(&mut self, category: Category, action: Action, count: u64) {
        if count > 0 {
            *self.0.entry((category, action)).or_default() += count;
        }
    }

    pub(crate) fn into_counts(self) -> BTreeMap<(Category, Action), u64> {
        self.0
    }
}
