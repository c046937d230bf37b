//! The shape of `silver_run_agent_context.json`, as the Bronze tooling writes it.
//!
//! Reading it strictly (bounds, duplicate keys, cross-checks) is the business of `intake`;
//! writing it that of `profile`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;

/// The whole document. Field order is the order in which the original tool writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunContext {
    /// The run that wrote this document.
    pub run_id: String,
    /// The Silver run it prepares.
    pub silver_run_id: String,
    /// Always `silver`.
    pub layer: String,
    /// Always `bronze`.
    pub source_layer: String,
    /// The Bronze run it describes.
    pub bronze_run_id: String,
    /// When it was written: RFC 3339 with offset.
    pub generated_at_utc: String,
    /// Tables looked at.
    pub files_total: u64,
    /// Tables read whole.
    pub files_success: u64,
    /// Tables that could not be read.
    pub files_failed: u64,
    /// Outcome of each table. The original tool leaves rows at 0 and schemas empty.
    pub bronze_tables: BTreeMap<String, BronzeTable>,
    /// What profiling found.
    pub profile: Profile,
    /// A copy of `profile.schema_overview`.
    pub schema_overview: SchemaOverview,
    /// Whether any table failed.
    pub has_errors: bool,
    /// How many failed.
    pub error_count: u64,
    /// Totals.
    pub performance_metrics: PerformanceMetrics,
    /// Our own additions; absent from a context that the original tool wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silversmith_evidence: Option<Evidence>,
}

/// Outcome of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BronzeTable {
    /// `SUCCESS` or `FAILED`.
    pub status: String,
    /// Rows read, or 0.
    pub rows_in: u64,
    /// Rows written, or 0.
    pub rows_out: u64,
    /// Columns read, or none.
    pub schema_in: Vec<String>,
    /// Columns written, or none.
    pub schema_out: Vec<String>,
}

/// What profiling found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Row and column counts of every table.
    pub schema_overview: SchemaOverview,
    /// By table name.
    pub tables: BTreeMap<String, TableProfile>,
    /// Messages about tables that could not be profiled.
    pub errors: Vec<String>,
}

/// Row and column counts of every table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaOverview {
    /// Number of tables.
    pub table_count: u64,
    /// One line a table.
    pub tables: Vec<TableSize>,
}

/// One line of the schema overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableSize {
    /// Table name, with `.csv`.
    pub table: String,
    /// Rows without the header.
    pub row_count: u64,
    /// Columns.
    pub column_count: u64,
}

/// The profile of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableProfile {
    /// Table name, with `.csv`.
    pub table: String,
    /// Rows without the header.
    pub row_count: u64,
    /// Columns.
    pub column_count: u64,
    /// Column names in file order.
    pub columns: Vec<String>,
    /// By column: what its non-null values look like.
    pub inferred_types: BTreeMap<String, InferredType>,
    /// By column: empty cells and the tokens that pandas reads as missing.
    pub null_counts: BTreeMap<String, u64>,
    /// Rows that repeat an earlier row in every column.
    pub duplicate_rows: u64,
    /// Columns that could be a key.
    pub key_candidates: Vec<KeyCandidate>,
    /// Sentences for people. Untrusted text when read back.
    pub suggested_silver_transforms: Vec<String>,
}

/// What a column's non-null values look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InferredType {
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Float,
    /// true/false, yes/no.
    Boolean,
    /// Dates or times.
    Datetime,
    /// Anything else.
    String,
    /// No value at all.
    Empty,
}

/// A column that could be a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyCandidate {
    /// The column.
    pub column: String,
    /// `unique_non_null` or `high_uniqueness_99.95%`.
    pub reason: String,
}

/// Totals over all tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceMetrics {
    /// Rows of all tables.
    pub total_rows_processed: u64,
    /// Columns of all tables.
    pub total_columns_processed: u64,
    /// Tables read whole.
    pub tables_processed: u64,
    /// Tables that failed.
    pub tables_failed: u64,
}
