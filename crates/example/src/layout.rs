//! Where the example's files go in a project folder.

use std::fmt::Write as _;

use silversmith_types::{Digest, RunId, Timestamp};

use crate::Example;
use crate::cell::Table;

impl Example {
    /// The files of the example with their paths relative to the project folder: the Bronze run
    /// under `artifacts/bronze/<run_id>/data/` and the contract as `contract.odcs.yaml`.
    pub fn files(&self) -> Vec<(String, &[u8])> {
        let data = format!("artifacts/bronze/{}/data", self.run_id);
        let mut files: Vec<(String, &[u8])> = self
            .bronze
            .iter()
            .map(|(name, bytes)| (format!("{data}/{name}"), bytes.as_slice()))
            .collect();
        files.push((
            format!("{data}/metadata.yaml"),
            self.metadata_yaml.as_bytes(),
        ));
        files.push((
            "contract.odcs.yaml".to_owned(),
            self.contract_yaml.as_bytes(),
        ));
        files
    }

    /// The truth's files under `truth/`. They lie beside the run, not in it: nothing that writes a
    /// plan may see them.
    pub fn truth_files(&self) -> Vec<(String, Vec<u8>)> {
        let files = self.truth.files().into_iter();
        files
            .map(|(name, bytes)| (format!("truth/{name}"), bytes))
            .collect()
    }
}

/// What the ingestion recorded: the run, then each file with its rows, columns and digest.
pub(crate) fn metadata_yaml(
    run_id: &RunId,
    as_of: Timestamp,
    tables: &[Table],
    bronze: &[(String, Vec<u8>)],
) -> String {
    let mut yaml = String::new();
    // Writing to a String cannot fail, so the results below carry nothing.
    let _ = write!(
        yaml,
        "run:\n  run_id: '{run_id}'\n  layer: bronze\n  pipeline: elt_bronze\n  \
         started_utc: '{as_of}'\n  ended_utc: '{as_of}'\ntables:\n"
    );
    for (name, bytes) in bronze {
        let stem = name.trim_end_matches(".csv");
        let Some(table) = tables.iter().find(|table| table.name == stem) else {
            continue;
        };
        let _ = write!(
            yaml,
            "  {name}:\n    source_system: {}\n    status: SUCCESS\n    rows: {}\n    schema:\n",
            table.system,
            table.rows.len()
        );
        for column in table.columns {
            let _ = writeln!(yaml, "    - {}", column.name);
        }
        let _ = write!(
            yaml,
            "    file_size_bytes: {}\n    sha256: {}\n",
            bytes.len(),
            Digest::of(bytes)
        );
    }
    yaml
}
