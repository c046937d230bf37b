use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Adds columns that say where a row came from. All of it is supplied by the run or by the row: nothing reads the clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMetadata {
    /// Which, in order.
    pub add: Vec<Metadata>,
    /// Put before each name, for example `_`.
    pub prefix: String,
}

/// One column of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// `load_id`: the Silver run id, text.
    LoadId,
    /// `loaded_at`: the as-of instant of the run, timestamp.
    LoadedAt,
    /// `source_file`: the Bronze file name, text.
    SourceFile,
    /// `source_row`: the number of the row in it, integer.
    SourceRow,
    /// `row_hash`: SHA-256 over the canonical text of all columns so far, as `hash_key` makes it.
    RowHash,
    /// `source_relation`: the table name without `.csv`, text.
    SourceRelation,
}
