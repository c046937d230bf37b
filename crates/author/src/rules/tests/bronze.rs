//! Hand-made evidence, admitted by `intake` as any other is: a rule is tested on what it will see.

use std::collections::BTreeMap;

use silversmith_intake::{Brief, Rules, RunInputs, admit};
use silversmith_plan::{Plan, PlanDocument, Step};
use silversmith_types::ColumnName;
use silversmith_types::context::{
    BronzeTable, InferredType, PerformanceMetrics, Profile, RunContext, SchemaOverview,
    TableProfile, TableSize,
};
use silversmith_types::evidence::{
    ColumnEvidence, ColumnRef, Distinct, Evidence, FormatEvidence, JoinEvidence, JoinSide,
    KeyEvidence, Normalisation, NormalisedMatch, NumberEvidence, TableEvidence, ValueCount,
};

use super::super::keys::KeyPlan;

pub(super) const MIN_COUNT: u64 = 10;

pub(super) fn name(text: &str) -> ColumnName {
    text.parse().unwrap()
}

/// A column of text about which there is nothing to say.
pub(super) fn column(text: &str) -> ColumnEvidence {
    ColumnEvidence {
        name: name(text),
        personal: None,
        nulls: 0,
        blanks: 0,
        null_tokens: Vec::new(),
        distinct: Distinct {
            count: 0,
            exact: true,
        },
        outer_space: 0,
        inner_space: 0,
        not_nfc: 0,
        length: None,
        numbers: NumberEvidence::default(),
        formats: Vec::new(),
        codes: None,
        rare_cells: 0,
        variants: Vec::new(),
        shapes: Vec::new(),
        other_shapes: 0,
    }
}

pub(super) fn values(list: &[(&str, u64)]) -> Vec<ValueCount> {
    list.iter()
        .map(|(value, count)| ValueCount {
            value: (*value).to_owned(),
            count: *count,
        })
        .collect()
}

pub(super) fn codes(text: &str, list: &[(&str, u64)]) -> ColumnEvidence {
    ColumnEvidence {
        codes: Some(values(list)),
        ..column(text)
    }
}

pub(super) fn integers(text: &str, count: u64) -> ColumnEvidence {
    let numbers = NumberEvidence {
        integers: count,
        max_digits: 5,
        ..NumberEvidence::default()
    };
    ColumnEvidence {
        numbers,
        ..column(text)
    }
}

pub(super) fn decimals(text: &str, count: u64, scale: u32) -> ColumnEvidence {
    let numbers = NumberEvidence {
        decimals: count,
        max_digits: 5,
        max_scale: scale,
        ..NumberEvidence::default()
    };
    ColumnEvidence {
        numbers,
        ..column(text)
    }
}

/// A column with formats, each with the cells that it explains and that it alone explains.
pub(super) fn dates(text: &str, formats: &[(&str, u64, u64)]) -> ColumnEvidence {
    let format = |(pattern, count, only): &(&str, u64, u64)| FormatEvidence {
        format: (*pattern).to_owned(),
        kind: silversmith_types::dates::DateFormat::from_pattern(pattern)
            .unwrap()
            .kind(),
        count: *count,
        only: *only,
        future: 0,
        ancient: 0,
        range: None,
    };
    ColumnEvidence {
        formats: formats.iter().map(format).collect(),
        ..column(text)
    }
}

pub(super) fn table(rows: u64, columns: Vec<ColumnEvidence>) -> TableEvidence {
    TableEvidence {
        sha256: silversmith_types::Digest::of(b"hand-made"),
        bytes: 8 * rows + 100,
        rows,
        duplicate_rows: 0,
        columns,
        keys: Vec::new(),
        orderings: Vec::new(),
        products: Vec::new(),
    }
}

pub(super) fn key(columns: &[&str], null_rows: u64, duplicate_rows: u64) -> KeyEvidence {
    KeyEvidence {
        columns: columns.iter().map(|text| name(text)).collect(),
        null_rows,
        duplicate_keys: duplicate_rows,
        duplicate_rows,
        exact: true,
    }
}

fn side(text: &str) -> ColumnRef {
    let (table, column) = text.split_once('/').unwrap();
    ColumnRef {
        table: table.parse().unwrap(),
        column: name(column),
    }
}

/// `from` and `to` are `table.csv/column`.
pub(super) fn join(from: &str, to: &str, distinct: u64, matched: u64) -> JoinEvidence {
    JoinEvidence {
        from: side(from),
        to: side(to),
        from_distinct: distinct,
        matched,
        normalised: None,
        exact: true,
    }
}

pub(super) fn normalised(
    join: JoinEvidence,
    side: JoinSide,
    by: Normalisation,
    matched: u64,
    lossless: bool,
) -> JoinEvidence {
    let normalised = Some(NormalisedMatch {
        side,
        by,
        matched,
        lossless,
        changes: matched,
    });
    JoinEvidence { normalised, ..join }
}

/// What the tables say, through the front door.
pub(super) fn brief(
    tables: Vec<(&str, TableEvidence)>,
    joins: Vec<JoinEvidence>,
    contract: Option<&str>,
) -> Brief {
    try_brief(tables, joins, contract).unwrap()
}

pub(super) fn try_brief(
    tables: Vec<(&str, TableEvidence)>,
    joins: Vec<JoinEvidence>,
    contract: Option<&str>,
) -> Result<Brief, String> {
    let bytes = context_bytes(tables, joins, true);
    let inputs = RunInputs {
        context: &bytes,
        report: b"# Report\n",
        contract: contract.map(str::as_bytes),
        as_of: None,
        bronze: None,
    };
    match admit(inputs, &Rules::default()) {
        Ok(admitted) => Ok(admitted.brief),
        Err(rejection) => Err(format!("{:?}", rejection.findings)),
    }
}

/// The context as a file, with or without value evidence.
pub(super) fn context_bytes(
    tables: Vec<(&str, TableEvidence)>,
    joins: Vec<JoinEvidence>,
    with_evidence: bool,
) -> Vec<u8> {
    let mut context = context(tables, joins);
    context.silversmith_evidence = context.silversmith_evidence.filter(|_| with_evidence);
    serde_json::to_vec(&context).unwrap()
}

fn context(tables: Vec<(&str, TableEvidence)>, joins: Vec<JoinEvidence>) -> RunContext {
    let sizes = tables.iter().map(|(name, table)| TableSize {
        table: (*name).to_owned(),
        row_count: table.rows,
        column_count: table.columns.len() as u64,
    });
    let overview = SchemaOverview {
        table_count: tables.len() as u64,
        tables: sizes.collect(),
    };
    let profiles = tables
        .iter()
        .map(|(name, table)| ((*name).to_owned(), profile(name, table)));
    let bronze = tables.iter().map(|(name, _)| {
        let table = BronzeTable {
            status: "SUCCESS".to_owned(),
            rows_in: 0,
            rows_out: 0,
            schema_in: Vec::new(),
            schema_out: Vec::new(),
        };
        ((*name).to_owned(), table)
    });
    let columns: usize = tables.iter().map(|(_, table)| table.columns.len()).sum();
    RunContext {
        run_id: "20260125_214726_#013410d7".to_owned(),
        silver_run_id: "20260125_214727_#013410d7".to_owned(),
        layer: "silver".to_owned(),
        source_layer: "bronze".to_owned(),
        bronze_run_id: "20260125_214726_#013410d7".to_owned(),
        generated_at_utc: "2026-01-25T21:47:28.264226+00:00".to_owned(),
        files_total: tables.len() as u64,
        files_success: tables.len() as u64,
        files_failed: 0,
        bronze_tables: bronze.collect(),
        profile: Profile {
            schema_overview: overview.clone(),
            tables: profiles.collect(),
            errors: Vec::new(),
        },
        schema_overview: overview,
        has_errors: false,
        error_count: 0,
        performance_metrics: PerformanceMetrics {
            total_rows_processed: tables.iter().map(|(_, table)| table.rows).sum(),
            total_columns_processed: columns as u64,
            tables_processed: tables.len() as u64,
            tables_failed: 0,
        },
        silversmith_evidence: Some(Evidence {
            version: Evidence::VERSION.to_owned(),
            min_count: MIN_COUNT,
            tables: tables
                .into_iter()
                .map(|(name, table)| (name.parse().unwrap(), table))
                .collect::<BTreeMap<_, _>>(),
            joins,
        }),
    }
}

fn profile(name: &str, table: &TableEvidence) -> TableProfile {
    let columns = || {
        table
            .columns
            .iter()
            .map(|column| column.name.as_str().to_owned())
    };
    TableProfile {
        table: name.to_owned(),
        row_count: table.rows,
        column_count: table.columns.len() as u64,
        columns: columns().collect(),
        inferred_types: columns().map(|name| (name, InferredType::String)).collect(),
        null_counts: table
            .columns
            .iter()
            .map(|c| (c.name.as_str().to_owned(), c.nulls))
            .collect(),
        duplicate_rows: table.duplicate_rows,
        key_candidates: Vec::new(),
        suggested_silver_transforms: Vec::new(),
    }
}

/// The plan for a brief, after the check that every plan passes. Every step that a rule wanted is
/// in it.
pub(super) fn planned(brief: &Brief) -> PlanDocument {
    let keys = KeyPlan::new(brief.tables(), brief.joins());
    for (name, table) in brief.tables() {
        let (steps, _) = super::super::table_steps(name, table, brief.joins(), &keys);
        assert_eq!(steps.unfit, [""; 0], "{name}");
    }
    let document = super::super::propose(brief);
    let parsed = PlanDocument::parse(&document.to_bytes()).unwrap();
    assert_eq!(parsed, document);
    Plan::check(parsed, brief).unwrap();
    document
}

/// The plan of one table alone.
pub(super) fn steps(table: TableEvidence) -> Vec<Step> {
    let brief = brief(vec![("t.csv", table)], Vec::new(), None);
    planned(&brief).tables.into_values().next().unwrap().steps
}

/// Each step as a line: its operation with its parameters as JSON, without the reasons.
pub(super) fn shown(steps: &[Step]) -> Vec<String> {
    steps
        .iter()
        .map(|step| serde_json::to_string(&step.operation).unwrap())
        .collect()
}

/// The steps whose operation is one of these, as lines.
pub(super) fn only(steps: &[Step], operations: &[&str]) -> Vec<String> {
    let wanted: Vec<Step> = steps
        .iter()
        .filter(|step| operations.contains(&step.operation.name()))
        .cloned()
        .collect();
    shown(&wanted)
}
