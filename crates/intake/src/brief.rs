use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use silversmith_types::context::InferredType;
use silversmith_types::evidence::{ColumnEvidence, Evidence, JoinEvidence, TableEvidence};
use silversmith_types::{ColumnName, Digest, RunId, TableName, Timestamp};

use crate::alias::{Alias, column_alias};
use crate::naming::Naming;
use crate::sent::SentBrief;
use crate::suggestions::Verb;

/// What an author, whether rule, model or program, may see of a run, and all that it may see.
///
/// A `Brief` is evidence that intake admitted and minimised the inputs: only this crate can make
/// one, and it cannot be deserialised, cloned or defaulted.
///
/// Inside this process tables and columns go by their names. Written out (`Serialize`), which is what
/// a model is sent, they go by aliases (`T1`, `C3`), with the name beside it where it is harmless.
#[derive(Debug)]
pub struct Brief {
    pub(crate) bronze_run: RunId,
    pub(crate) as_of: Timestamp,
    pub(crate) context_digest: Digest,
    pub(crate) report_digest: Digest,
    pub(crate) contract_digest: Option<Digest>,
    pub(crate) min_count: Option<u64>,
    pub(crate) tables: BTreeMap<TableName, BriefTable>,
    pub(crate) joins: Vec<JoinEvidence>,
    pub(crate) report: Option<String>,
    pub(crate) naming: Naming,
}

/// One table of a [`Brief`].
#[derive(Debug)]
pub struct BriefTable {
    /// Rows without the header.
    pub rows: u64,
    /// In file order.
    pub columns: Vec<BriefColumn>,
    /// Value evidence, where the context holds it.
    pub evidence: Option<TableEvidence>,
    /// Operations that somebody suggested for the table.
    pub hints: Vec<Verb>,
    /// What the contract says of the table.
    pub terms: TableTerms,
}

/// One column of a [`BriefTable`].
#[derive(Debug)]
pub struct BriefColumn {
    /// Its name in the CSV header.
    pub name: ColumnName,
    /// What the context says its values look like.
    pub inferred: InferredType,
    /// Missing cells according to the context.
    pub nulls: u64,
    /// Operations that somebody suggested for it.
    pub hints: Vec<Verb>,
}

/// What a contract says of a table. Without a contract: nothing is a key, nothing may be removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
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

    /// The plain text of the report, where the project asks for it: data of unknown origin.
    pub fn report(&self) -> Option<&str> {
        self.report.as_deref()
    }

    /// What a table is called where names do not travel: `T1`.
    pub fn table_alias(&self, table: &TableName) -> Option<Alias> {
        let at = self.tables.keys().position(|name| name == table)?;
        Some(Alias::table(at))
    }

    /// What a column is called within its table where names do not travel: `C3`.
    pub fn column_alias(&self, table: &TableName, column: &ColumnName) -> Option<Alias> {
        column_alias(&self.tables.get(table)?.columns, column)
    }

    /// The table that goes by this alias.
    pub fn table_of(&self, alias: &str) -> Option<&TableName> {
        self.tables.keys().nth(place(alias, 'T')?)
    }

    /// The column of a table that goes by this alias.
    pub fn column_of(&self, table: &TableName, alias: &str) -> Option<&ColumnName> {
        let column = self.tables.get(table)?.columns.get(place(alias, 'C')?)?;
        Some(&column.name)
    }

    /// The table and column of `T1.C3`.
    pub fn resolve(&self, alias: &str) -> Option<(&TableName, &ColumnName)> {
        let (table, column) = alias.split_once('.')?;
        let table = self.table_of(table)?;
        Some((table, self.column_of(table, column)?))
    }

    /// The brief as lines of text, for authors that are charged by the token. It says nothing that the
    /// JSON does not.
    pub fn outline(&self) -> String {
        SentBrief::of(self).outline()
    }

    /// Whether the name of a table travels with its alias.
    pub fn shows_table(&self, table: &TableName) -> bool {
        let at = self.tables.keys().position(|name| name == table);
        at.is_some_and(|at| self.naming.harm_of_table(at).is_none())
    }

    /// Whether the name of a column travels with its alias.
    pub fn shows_column(&self, table: &TableName, column: &ColumnName) -> bool {
        let at = self.tables.keys().position(|name| name == table);
        let columns = self.tables.get(table).map(|table| &table.columns);
        let place = columns.and_then(|columns| columns.iter().position(|c| c.name == *column));
        matches!((at, place), (Some(at), Some(place))
            if self.naming.harm_of_column(at, place).is_none())
    }
}

/// The place from 0 that an alias stands for. `T01` and `T+1` are no aliases.
fn place(alias: &str, letter: char) -> Option<usize> {
    let digits = alias.strip_prefix(letter)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let number: usize = plain.then(|| digits.parse().ok())??;
    number.checked_sub(1)
}

impl Serialize for Brief {
    /// As it is sent.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SentBrief::of(self).serialize(serializer)
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
