//! What is known of columns because it was known of Bronze, step by step.
//!
//! Evidence and consent speak of Bronze: that its `id` identifies a row, that rows without an `id`
//! may leave. A step that writes other values into `id`, or gives another column that name, must not
//! inherit either of them.

use std::collections::BTreeMap;

use silversmith_intake::BriefTable;
use silversmith_types::evidence::{JoinEvidence, JoinSide, Normalisation};
use silversmith_types::{ColumnName, TableName};

use crate::operation::{Effect, OperationKind};
use crate::ops::change_case::Case;
use crate::ops::null_if::NullIf;
use crate::ops::replace_text::Matching;
use crate::schema::Schema;

/// A column that still says what a Bronze column says.
#[derive(Debug, Clone)]
struct Own {
    bronze: ColumnName,
    /// A step before this one may have made null of values that it could not read.
    has_unread: bool,
}

/// What the columns of a table still are, at one point of its plan.
#[derive(Debug)]
pub struct Origins<'a> {
    table: &'a BriefTable,
    /// What makes columns of this table match others and keeps distinct values distinct.
    lossless: Vec<(&'a ColumnName, &'a Normalisation)>,
    /// By present name.
    own: BTreeMap<ColumnName, Own>,
    /// Lists of columns, by present name, whose values together identify a row.
    unique: Vec<Vec<ColumnName>>,
}

impl<'a> Origins<'a> {
    /// Before the first step: every column is Bronze's own, and what the evidence counted is unique.
    pub fn new(name: &TableName, table: &'a BriefTable, joins: &'a [JoinEvidence]) -> Self {
        let own = table.columns.iter().map(|column| {
            let bronze = column.name.clone();
            let own = Own {
                bronze: bronze.clone(),
                has_unread: false,
            };
            (bronze, own)
        });
        let evidence = table.evidence.iter().flat_map(|evidence| &evidence.keys);
        let unique = evidence.filter(|key| key.exact && key.duplicate_keys == 0);
        Self {
            table,
            lossless: lossless(name, joins),
            own: own.collect(),
            unique: unique.map(|key| key.columns.clone()).collect(),
        }
    }

    /// The Bronze column that `name` still shows, whatever could not be read of it.
    pub fn bronze(&self, name: &ColumnName) -> Option<&ColumnName> {
        self.own.get(name).map(|own| &own.bronze)
    }

    /// The Bronze column that `name` still shows, and whose nulls are Bronze's nulls.
    pub fn bronze_with_its_nulls(&self, name: &ColumnName) -> Option<&ColumnName> {
        let own = self.own.get(name).filter(|own| !own.has_unread)?;
        Some(&own.bronze)
    }

    /// Whether these columns are known, or stated to be checked, to identify a row.
    pub fn are_unique(&self, keys: &[ColumnName]) -> bool {
        self.unique.iter().any(|known| known == keys)
    }

    /// Takes in a step that led from one schema to the other.
    pub fn follow(&mut self, operation: &OperationKind, before: &Schema, after: &Schema) {
        match operation {
            OperationKind::RenameColumns(_) => self.rename(before, after),
            operation => {
                for (name, ty) in before.columns() {
                    match self.effect(operation, name, operation.as_operation().effect(name, *ty)) {
                        Effect::Keeps => {}
                        Effect::Reads { unread_to_null } => {
                            self.forget_unique(name);
                            if let Some(own) = self.own.get_mut(name) {
                                own.has_unread |= unread_to_null;
                            }
                        }
                        Effect::Alters => self.forget(name),
                    }
                    if after.position(name).is_none() {
                        self.forget(name);
                    }
                }
            }
        }
        match operation {
            OperationKind::DedupeLatest(dedupe) => self.unique.push(dedupe.keys.clone()),
            OperationKind::Expect(expect) => {
                self.unique.extend(expect.unique().map(<[_]>::to_vec));
            }
            _ => {}
        }
    }

    /// What a step does to a column, where the evidence knows more than the operation: that a token
    /// stands for a missing value, or that a change of all keys loses nothing.
    fn effect(&self, operation: &OperationKind, name: &ColumnName, effect: Effect) -> Effect {
        let reads = Effect::Reads {
            unread_to_null: false,
        };
        match (effect, self.own.get(name)) {
            (Effect::Alters, Some(own)) if self.is_evident(operation, &own.bronze) => reads,
            (effect, _) => effect,
        }
    }

    fn is_evident(&self, operation: &OperationKind, bronze: &ColumnName) -> bool {
        if let OperationKind::NullIf(null_if) = operation {
            return self.nulls_tokens_of(null_if, bronze);
        }
        normalisation(operation).is_some_and(|by| self.lossless.contains(&(bronze, &by)))
    }

    fn nulls_tokens_of(&self, null_if: &NullIf, bronze: &ColumnName) -> bool {
        let Some(evidence) = self.table.column_evidence(bronze) else {
            return false;
        };
        let known = evidence.null_tokens.iter();
        null_if.nulls_only(known.map(|token| token.value.as_str()))
    }

    fn rename(&mut self, before: &Schema, after: &Schema) {
        let new: BTreeMap<&ColumnName, &ColumnName> = before.names().zip(after.names()).collect();
        let renamed = |name: &ColumnName| new.get(name).map_or(name, |new| *new).clone();
        self.own = std::mem::take(&mut self.own)
            .into_iter()
            .map(|(name, own)| (renamed(&name), own))
            .collect();
        for name in self.unique.iter_mut().flatten() {
            *name = renamed(name);
        }
    }

    fn forget(&mut self, name: &ColumnName) {
        self.own.remove(name);
        self.forget_unique(name);
    }

    fn forget_unique(&mut self, name: &ColumnName) {
        self.unique.retain(|columns| !columns.contains(name));
    }
}

/// The changes of columns of `table` that the evidence found to keep distinct values distinct.
fn lossless<'a>(
    table: &TableName,
    joins: &'a [JoinEvidence],
) -> Vec<(&'a ColumnName, &'a Normalisation)> {
    let changes = joins.iter().filter_map(|join| {
        let found = join.normalised.as_ref().filter(|found| found.lossless)?;
        let side = match found.side {
            JoinSide::From => &join.from,
            JoinSide::To => &join.to,
        };
        (side.table == *table).then_some((&side.column, &found.by))
    });
    changes.collect()
}

/// The simple change of keys that a step makes, where it makes one and nothing else.
fn normalisation(operation: &OperationKind) -> Option<Normalisation> {
    match operation {
        OperationKind::StripAffix(strip) if strip.suffix.is_none() && strip.if_present => {
            let prefix = strip.prefix.clone()?;
            Some(Normalisation::StripPrefix { prefix })
        }
        OperationKind::ReplaceText(replace)
            if replace.matching == Matching::Literal && replace.with.is_empty() =>
        {
            let mut characters = replace.find.chars();
            let character = characters.next()?;
            characters
                .next()
                .is_none()
                .then_some(Normalisation::DropChar { character })
        }
        OperationKind::ChangeCase(change) if change.case == Case::Upper => {
            Some(Normalisation::UpperCase)
        }
        _ => None,
    }
}
