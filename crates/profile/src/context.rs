//! The profile as a run context.

use std::collections::BTreeMap;

use silversmith_types::context::{
    BronzeTable, PerformanceMetrics, Profile, RunContext, SchemaOverview, TableSize,
};
use silversmith_types::evidence::Evidence;
use silversmith_types::{Digest, RunId, Sha256Hasher, Timestamp};

use crate::BronzeProfile;

/// The runs that a context names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunIds {
    /// The Bronze run that was profiled.
    pub bronze: RunId,
    /// The Silver run that the context prepares.
    pub silver: RunId,
}

impl BronzeProfile {
    /// SHA-256 over the names and the digests of all tables: `name`, a zero byte and the 32 bytes of
    /// the file's digest, table by table in the order of [`BronzeProfile::tables`].
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256Hasher::default();
        for table in &self.tables {
            hasher.update(table.table.as_str().as_bytes());
            hasher.update(&[0]);
            hasher.update(table.evidence.sha256.as_bytes());
        }
        hasher.finish()
    }

    /// The run ids of a context written at `now`: Bronze's own where it has one, otherwise one made of
    /// `now` and the data.
    pub fn run_ids(&self, bronze: Option<RunId>, now: Timestamp) -> RunIds {
        let bronze = bronze.unwrap_or_else(|| RunId::first(now, self.digest()));
        RunIds {
            silver: RunId::following(now, &bronze),
            bronze,
        }
    }

    /// The run context, with the value evidence.
    pub fn to_context(&self, ids: &RunIds, now: Timestamp) -> RunContext {
        let overview = self.overview();
        let count = overview.table_count;
        RunContext {
            run_id: ids.bronze.to_string(),
            silver_run_id: ids.silver.to_string(),
            layer: "silver".to_owned(),
            source_layer: "bronze".to_owned(),
            bronze_run_id: ids.bronze.to_string(),
            generated_at_utc: now
                .as_datetime()
                .format("%Y-%m-%dT%H:%M:%S+00:00")
                .to_string(),
            files_total: count,
            files_success: count,
            files_failed: 0,
            bronze_tables: self.by_table(|_| BronzeTable {
                status: "SUCCESS".to_owned(),
                rows_in: 0,
                rows_out: 0,
                schema_in: Vec::new(),
                schema_out: Vec::new(),
            }),
            profile: Profile {
                schema_overview: overview.clone(),
                tables: self.by_table(|table| table.profile.clone()),
                errors: Vec::new(),
            },
            performance_metrics: PerformanceMetrics {
                total_rows_processed: overview.tables.iter().map(|table| table.row_count).sum(),
                total_columns_processed: overview
                    .tables
                    .iter()
                    .map(|table| table.column_count)
                    .sum(),
                tables_processed: count,
                tables_failed: 0,
            },
            schema_overview: overview,
            has_errors: false,
            error_count: 0,
            silversmith_evidence: Some(self.evidence()),
        }
    }

    fn evidence(&self) -> Evidence {
        let tables = self.tables.iter();
        Evidence {
            version: Evidence::VERSION.to_owned(),
            min_count: self.min_count,
            tables: tables
                .map(|table| (table.table.clone(), table.evidence.clone()))
                .collect(),
            joins: self.joins.clone(),
        }
    }

    fn overview(&self) -> SchemaOverview {
        let size = |table: &crate::TableFindings| TableSize {
            table: table.profile.table.clone(),
            row_count: table.profile.row_count,
            column_count: table.profile.column_count,
        };
        SchemaOverview {
            table_count: self.tables.len() as u64,
            tables: self.tables.iter().map(size).collect(),
        }
    }

    fn by_table<T>(&self, of: impl Fn(&crate::TableFindings) -> T) -> BTreeMap<String, T> {
        self.tables
            .iter()
            .map(|table| (table.table.to_string(), of(table)))
            .collect()
    }
}
