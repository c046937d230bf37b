//! From CSV files in memory to Silver tables, by the reference interpreter.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::num::NonZeroUsize;

use silversmith_author::rules;
use silversmith_example::SilverTable;
use silversmith_intake::{Brief, Rules, RunInputs, admit};
use silversmith_plan::interpret::{Frame, RunParameters, run_table};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_profile::{Options, Source, profile};
use silversmith_types::{ColumnName, RunId, TableName, Timestamp};

pub(crate) struct Bronze {
    pub(crate) run: RunId,
    pub(crate) as_of: Timestamp,
    /// File names and contents.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) contract: Option<String>,
}

/// What one run made of one table.
pub(crate) struct Silver {
    pub(crate) table: SilverTable,
    /// Violations by check name.
    pub(crate) checks: BTreeMap<String, u64>,
    pub(crate) removed: usize,
}

impl Bronze {
    /// What the profiler and intake let an author see.
    pub(crate) fn brief(&self) -> Brief {
        let sources: Vec<Source<'_>> = self
            .files
            .iter()
            .map(|(name, bytes)| Source {
                table: name.parse().unwrap(),
                bytes: bytes.len() as u64,
                open: Box::new(move || {
                    Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>)
                }),
            })
            .collect();
        let options = Options::new(self.run.started().date(), NonZeroUsize::new(2).unwrap());
        let found = profile(&sources, &options, &()).unwrap();
        let context = found.to_context(
            &found.run_ids(Some(self.run.clone()), self.as_of),
            self.as_of,
        );
        let context = serde_json::to_vec(&context).unwrap();
        let report = format!("# Bronze run {}\n", self.run);
        let inputs = RunInputs {
            context: &context,
            report: report.as_bytes(),
            contract: self.contract.as_deref().map(str::as_bytes),
            as_of: Some(self.as_of),
            bronze: None,
        };
        admit(inputs, &Rules::default()).unwrap().brief
    }

    /// Every table as the plan of the rules makes it.
    pub(crate) fn silver(&self, brief: &Brief) -> BTreeMap<TableName, Silver> {
        self.silver_of(&rules::reply(brief).bytes, brief)
    }

    /// Every table as a plan makes it.
    pub(crate) fn silver_of(&self, plan: &[u8], brief: &Brief) -> BTreeMap<TableName, Silver> {
        let document = PlanDocument::parse(plan).unwrap();
        let plan = Plan::check(document, brief).unwrap();
        self.files
            .iter()
            .map(|(name, bytes)| self.silver_table(&plan, name, bytes))
            .collect()
    }

    fn silver_table(&self, plan: &Plan, name: &str, bytes: &[u8]) -> (TableName, Silver) {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let raw = SilverTable::parse(text).unwrap();
        let columns: Vec<ColumnName> = raw
            .columns
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let table: TableName = name.parse().unwrap();
        let run = RunParameters {
            as_of: self.as_of,
            load_id: self.run.clone(),
            source_file: name.to_owned(),
        };
        let frame = Frame::bronze(&columns, raw.rows);
        let frame = run_table(&plan.document().tables[&table], frame, &run).unwrap();
        let rows = frame.rows().iter().map(|row| {
            row.cells
                .iter()
                .map(silversmith_plan::Value::canonical_text)
                .collect::<Vec<_>>()
        });
        let silver = Silver {
            table: SilverTable {
                columns: frame
                    .schema()
                    .names()
                    .map(|name| name.as_str().to_owned())
                    .collect(),
                rows: rows.collect(),
            },
            checks: frame.checks().clone(),
            removed: frame.removed().len(),
        };
        (table, silver)
    }
}
