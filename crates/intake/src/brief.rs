use std::collections::BTreeMap;

use serde::Serialize;
use silversmith_types::context::InferredType;
use silversmith_types::evidence::{ColumnEvidence, Evidence, JoinEvidence, TableEvidence};
use silversmith_types::{ColumnName, Digest, RunId, TableName, Timestamp};

/// What an author, whether rule, model or program, may see of a run, and all that it may see.
///
/// A `Brief` is evidence that intake admitted and minimised the inputs: only this crate can make
/// one, and it cannot be deserialised, cloned or defaulted.
#[derive(Debug, Serialize)]
pub struct Brief {
    pub(crate) bronze_run: RunId,
    pub(crate) as_of: Timestamp,
    pub(crate) context_digest: Digest,
    pub(crate) report_digest: Digest,
    pub(crate) contract_digest: Option<Digest>,
    pub(crate) min_count: Option<u64>,
    pub(crate) tables: BTreeMap<TableName, BriefTable>,
    pub(crate) joins: Vec<JoinEvidence>,
}

/// One table of a [`Brief`].
#[derive(Debug, Serialize)]
pub struct BriefTable {
    /// Rows without the header.
    pub rows: u64,
    /// In file order.
    pub columns: Vec<BriefColumn>,
    /// Value evidence, where the context holds it.
    pub evidence: Option<TableEvidence>,
    /// What the contract says of the table.
    pub terms: TableTerms,
}

/// One column of a [`BriefTable`].
#[derive(Debug, Serialize)]
pub struct BriefColumn {
    /// Its name in the CSV header.
    pub name: ColumnName,
    /// What the context says its values look like.
    pub inferred: InferredType,
    /// Missing cells according to the context.
    pub nulls: u64,
}

/// What a contract says of a table. Without a contract: nothing is a key, nothing may be removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableTerms {
    /// The primary key, in order; empty where the contract names none.
    pub primary_key: Vec<ColumnName>,
    /// Columns that must not be null.
    pub required: Vec<ColumnName>,
    /// Columns whose values must be unique.
    pub unique: Vec<ColumnName>,
    /// Which rows may leave the table for quarantine.
    pub quarantine: Vec<QuarantineConsent>,
}

/// A reason for which the contract lets rows leave a table for quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineConsent {
    /// All but the latest row of a primary key.
    DuplicateKey,
    /// Rows whose primary key is null.
    NullKey,
    /// Rows that repeat another row in every column.
    DuplicateRow,
    /// Rows with a value that a step cannot parse.
    InvalidValue,
}

impl Brief {
    /// The Bronze run that the inputs describe.
    pub fn bronze_run(&self) -> &RunId {
        &self.bronze_run
    }

    /// The instant that stands for "now" in everything derived from this brief.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Digest of the context file.
    pub fn context_digest(&self) -> Digest {
        self.context_digest
    }

    /// Digest of the report file.
    pub fn report_digest(&self) -> Digest {
        self.report_digest
    }

    /// Digest of the contract file, if one was given.
    pub fn contract_digest(&self) -> Option<Digest> {
        self.contract_digest
    }

    /// The tables by name.
    pub fn tables(&self) -> &BTreeMap<TableName, BriefTable> {
        &self.tables
    }

    /// How columns of different tables match.
    pub fn joins(&self) -> &[JoinEvidence] {
        &self.joins
    }

    /// The value evidence as one value, where every table has it.
    pub fn evidence(&self) -> Option<Evidence> {
        let tables = self.tables.iter();
        let tables = tables.map(|(name, table)| Some((name.clone(), table.evidence.clone()?)));
        Some(Evidence {
            version: Evidence::VERSION.to_owned(),
            min_count: self.min_count?,
            tables: tables.collect::<Option<_>>()?,
            joins: self.joins.clone(),
        })
    }

    /// Values seen fewer times than this are named nowhere; absent without value evidence.
    pub fn min_count(&self) -> Option<u64> {
        self.min_count
    }
}

impl BriefTable {
    /// The value evidence of a column, where the context holds it.
    pub fn column_evidence(&self, name: &ColumnName) -> Option<&ColumnEvidence> {
        self.evidence
            .as_ref()?
            .columns
            .iter()
            .find(|column| column.name == *name)
    }
}
