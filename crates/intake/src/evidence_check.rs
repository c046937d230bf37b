//! Value evidence against the profile, and against the promise that it names nobody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use silversmith_types::context::RunContext;
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::{
    ColumnEvidence, ColumnRef, CorroborationEvidence, Evidence, FormatEvidence, OrderingEvidence,
    ProductEvidence, TableEvidence, ValueCount,
};
use silversmith_types::{ColumnName, TableName};

use crate::brief::BriefTable;
use crate::finding::{Code, Findings, Input, child};
use crate::profile_check::profile_pointer;

const EVIDENCE: &str = "/silversmith_evidence";

/// The pointer to the evidence of a table.
pub(crate) fn evidence_pointer(table: &TableName) -> String {
    child(&child(EVIDENCE, "tables"), table)
}

/// Checks the evidence of a context.
pub(crate) fn check_evidence(
    context: &RunContext,
    evidence: &Evidence,
    tables: &BTreeMap<TableName, BriefTable>,
    findings: &mut Findings,
) {
    if evidence.version != Evidence::VERSION {
        let message = format!("is not `{}`", Evidence::VERSION);
        findings.reject(
            Code::Evidence,
            Input::Context,
            child(EVIDENCE, "version"),
            message,
        );
    }
    if evidence.min_count == 0 {
        let message = "is 0, so that no value would be withheld";
        findings.reject(
            Code::Disclosure,
            Input::Context,
            child(EVIDENCE, "min_count"),
            message,
        );
    }
    for name in tables
        .keys()
        .filter(|name| !evidence.tables.contains_key(*name))
    {
        let message = format!("table {} has no evidence", findings.naming.table(name));
        findings.reject(
            Code::Tables,
            Input::Context,
            child(EVIDENCE, "tables"),
            message,
        );
    }
    for (name, of_table) in &evidence.tables {
        let pointer = evidence_pointer(name);
        let Some(table) = tables.get(name) else {
            let message = "the profile has no such table";
            findings.reject(Code::Tables, Input::Context, pointer, message);
            continue;
        };
        let duplicates = context
            .profile
            .tables
            .get(name.as_str())
            .map(|p| p.duplicate_rows);
        if duplicates.is_some_and(|count| count != of_table.duplicate_rows) {
            let message = "is not the number in the profile";
            let pointer = child(&pointer, "duplicate_rows");
            findings.reject(Code::Evidence, Input::Context, pointer, message);
        }
        let min_count = evidence.min_count;
        TableCheck {
            pointer: &pointer,
            evidence: of_table,
            min_count,
            findings,
        }
        .run(table);
    }
    check_joins(evidence, tables, findings);
}

fn check_joins(
    evidence: &Evidence,
    tables: &BTreeMap<TableName, BriefTable>,
    findings: &mut Findings,
) {
    let exists = |side: &ColumnRef| {
        let columns = tables.get(&side.table).map(|table| &table.columns);
        columns.is_some_and(|columns| columns.iter().any(|column| column.name == side.column))
    };
    for (at, join) in evidence.joins.iter().enumerate() {
        let pointer = child(&child(EVIDENCE, "joins"), at);
        for (side, reference) in [("from", &join.from), ("to", &join.to)] {
            if !exists(reference) {
                let message = "the profile has no such column";
                findings.reject(
                    Code::Evidence,
                    Input::Context,
                    child(&pointer, side),
                    message,
                );
            }
        }
        let normalised = join
            .normalised
            .as_ref()
            .map_or(0, |normalised| normalised.matched);
        if join.matched.max(normalised) > join.from_distinct {
            let message = "more values match than there are";
            findings.reject(Code::Numbers, Input::Context, pointer, message);
        }
    }
}

struct TableCheck<'a> {
    pointer: &'a str,
    evidence: &'a TableEvidence,
    min_count: u64,
    findings: &'a mut Findings,
}

impl TableCheck<'_> {
    fn run(&mut self, table: &BriefTable) {
        let evidence = self.evidence;
        if evidence.rows != table.rows {
            self.reject(
                Code::Evidence,
                "/rows",
                "is not the number of rows in the profile",
            );
        }
        let expected = table.columns.iter().map(|column| &column.name);
        if !evidence
            .columns
            .iter()
            .map(|column| &column.name)
            .eq(expected)
        {
            self.reject(
                Code::Columns,
                "/columns",
                "are not the columns of the profile, in order",
            );
            return;
        }
        for (at, column) in evidence.columns.iter().enumerate() {
            self.column(&format!("/columns/{at}"), column);
        }
        let names: BTreeSet<&ColumnName> = evidence.columns.iter().map(|c| &c.name).collect();
        for (at, key) in evidence.keys.iter().enumerate() {
            let pointer = format!("/keys/{at}");
            self.known(&names, &pointer, &key.columns);
            self.at_most_rows(
                &pointer,
                &[key.null_rows, key.duplicate_keys, key.duplicate_rows],
            );
        }
        for (at, ordering) in evidence.orderings.iter().enumerate() {
            self.ordering(&names, &format!("/orderings/{at}"), ordering);
        }
        for (at, product) in evidence.products.iter().enumerate() {
            self.product(&names, &format!("/products/{at}"), product);
        }
    }

    fn column(&mut self, at: &str, column: &ColumnEvidence) {
        let n = &column.numbers;
        self.at_most_rows(
            at,
            &[
                column.nulls,
                column.blanks,
                column.outer_space,
                column.inner_space,
                column.not_nfc,
                column.rare_cells,
                column.other_shapes,
                n.integers,
                n.decimals,
                n.leading_zeros,
                n.oversized,
                n.negative,
                n.zero,
            ],
        );
        self.at_most_rows(
            at,
            &[
                column.nulls.saturating_add(column.blanks),
                n.integers
                    .saturating_add(n.decimals)
                    .saturating_add(n.oversized),
            ],
        );
        let listed = column
            .codes
            .iter()
            .flatten()
            .fold(column.rare_cells, saturating_sum);
        self.at_most_rows(&format!("{at}/codes"), &[listed]);
        let shaped = column
            .shapes
            .iter()
            .fold(0, |sum: u64, shape| sum.saturating_add(shape.count));
        self.at_most_rows(
            &format!("{at}/shapes"),
            &[shaped.saturating_add(column.other_shapes)],
        );
        for (index, format) in column.formats.iter().enumerate() {
            self.format(&format!("{at}/formats/{index}"), format);
        }
        self.disclosure(at, column);
    }

    fn format(&mut self, at: &str, format: &FormatEvidence) {
        match DateFormat::from_pattern(&format.format) {
            None => self.reject(
                Code::Evidence,
                &format!("{at}/format"),
                "is no known format",
            ),
            Some(known) if known.kind() != format.kind => {
                self.reject(
                    Code::Evidence,
                    &format!("{at}/kind"),
                    "is not what the format yields",
                );
            }
            Some(_) => {}
        }
        let most = [format.only, format.future, format.ancient]
            .into_iter()
            .max()
            .unwrap_or(0);
        self.at_most_rows(at, &[format.count.max(most)]);
        let day = |text: &str| text.len() == 10 && text.parse::<NaiveDate>().is_ok();
        if format
            .range
            .as_ref()
            .is_some_and(|range| !day(&range.min) || !day(&range.max))
        {
            self.reject(
                Code::Evidence,
                &format!("{at}/range"),
                "is not made of two dates",
            );
        }
    }

    /// No value of a personal column, and no value that is too rare.
    fn disclosure(&mut self, at: &str, column: &ColumnEvidence) {
        if column.personal.is_some() {
            let named = [
                ("codes", column.codes.is_some()),
                ("variants", !column.variants.is_empty()),
                ("numbers/range", column.numbers.range.is_some()),
                (
                    "formats",
                    column.formats.iter().any(|format| format.range.is_some()),
                ),
            ];
            for (below, _) in named.into_iter().filter(|(_, is_named)| *is_named) {
                let message = "names values of a column that holds personal data";
                self.reject(Code::Disclosure, &format!("{at}/{below}"), message);
            }
        }
        let too_rare = |value: &ValueCount| value.count < self.min_count;
        let codes = column
            .codes
            .as_ref()
            .is_some_and(|codes| codes.iter().any(too_rare));
        let variants = column.variants.iter().flatten().any(too_rare);
        for (below, _) in [("codes", codes), ("variants", variants)]
            .iter()
            .filter(|(_, rare)| *rare)
        {
            let message = "names a value that was seen fewer than `min_count` times";
            self.reject(Code::Disclosure, &format!("{at}/{below}"), message);
        }
    }

    fn ordering(&mut self, names: &BTreeSet<&ColumnName>, at: &str, ordering: &OrderingEvidence) {
        self.known(names, at, [&ordering.start, &ordering.end]);
        self.at_most_rows(at, &[ordering.both.saturating_add(ordering.open)]);
        if ordering.violated > ordering.both {
            self.reject(
                Code::Numbers,
                &format!("{at}/violated"),
                "is more than `both`",
            );
        }
        if let Some(versions) = &ordering.versions_of {
            self.known(names, &format!("{at}/versions_of"), [&versions.key]);
        }
    }

    fn product(&mut self, names: &BTreeSet<&ColumnName>, at: &str, product: &ProductEvidence) {
        self.known(names, at, [&product.product, &product.left, &product.right]);
        self.at_most_rows(at, &[product.checked]);
        if product.holds > product.checked {
            self.reject(
                Code::Numbers,
                &format!("{at}/holds"),
                "is more than `checked`",
            );
        }
        if let Some(found) = &product.corroboration {
            self.corroboration(names, &format!("{at}/corroboration"), product, found);
        }
    }

    /// A repair rests on these counts: what they count must be there.
    fn corroboration(
        &mut self,
        names: &BTreeSet<&ColumnName>,
        at: &str,
        product: &ProductEvidence,
        found: &CorroborationEvidence,
    ) {
        self.known(names, at, [&found.determinant]);
        let parts = [&product.product, &product.left, &product.right];
        if parts.contains(&&found.determinant) {
            let message = "is a column of the product itself";
            self.reject(Code::Evidence, &format!("{at}/determinant"), message);
        }
        let copies = found.product_outlier_equals_factor;
        let outliers = [
            found.product_outlier,
            found.left_outlier,
            found.right_outlier,
        ];
        let decided = outliers
            .iter()
            .fold(0, |sum: u64, count| sum.saturating_add(*count));
        let others = found.product_outlier.saturating_sub(copies);
        let unexplained = product
            .contradictory
            .saturating_sub(product.product_equals_factor);
        let is_too_many = decided > product.contradictory
            || copies > found.product_outlier.min(product.product_equals_factor)
            || others > unexplained;
        if is_too_many {
            let message = "decides more rows than are contradictory";
            self.reject(Code::Numbers, at, message);
        }
    }

    fn known<'n>(
        &mut self,
        names: &BTreeSet<&ColumnName>,
        at: &str,
        columns: impl IntoIterator<Item = &'n ColumnName>,
    ) {
        if columns.into_iter().any(|column| !names.contains(column)) {
            self.reject(
                Code::Evidence,
                at,
                "names a column that the table does not have",
            );
        }
    }

    fn at_most_rows(&mut self, at: &str, counts: &[u64]) {
        if counts.iter().any(|count| *count > self.evidence.rows) {
            self.reject(
                Code::Numbers,
                at,
                "counts more cells than the table has rows",
            );
        }
    }

    fn reject(&mut self, code: Code, below: &str, message: &str) {
        let pointer = format!("{}{below}", self.pointer);
        self.findings.reject(code, Input::Context, pointer, message);
    }
}

fn saturating_sum(sum: u64, value: &ValueCount) -> u64 {
    sum.saturating_add(value.count)
}

/// The context's claims against what was measured on Bronze itself, just now.
pub(crate) fn check_bronze(
    stated: Option<&Evidence>,
    measured: &Evidence,
    tables: &BTreeMap<TableName, BriefTable>,
    findings: &mut Findings,
) {
    for name in measured
        .tables
        .keys()
        .filter(|name| !tables.contains_key(*name))
    {
        let shown = findings.naming.table(name);
        let message = format!("Bronze holds table {shown}, and the context does not");
        findings.reject(
            Code::BronzeTables,
            Input::Context,
            "/profile/tables",
            message,
        );
    }
    for (name, table) in tables {
        let pointer = profile_pointer(name.as_str());
        let Some(found) = measured.tables.get(name) else {
            let message = format!("Bronze has no file {}", findings.naming.table(name));
            findings.reject(Code::BronzeTables, Input::Context, pointer, message);
            continue;
        };
        check_bronze_columns(&pointer, name, table, found, findings);
        if found.rows != table.rows {
            let (bronze, context) = (found.rows, table.rows);
            let shown = findings.naming.table(name);
            let message =
                format!("{shown} has {bronze} rows in Bronze, and {context} in the context");
            findings.reject(
                Code::BronzeRows,
                Input::Context,
                child(&pointer, "row_count"),
                message,
            );
        }
        let Some(claimed) = stated.and_then(|evidence| evidence.tables.get(name)) else {
            continue;
        };
        let pointer = evidence_pointer(name);
        if claimed.sha256 != found.sha256 {
            let shown = findings.naming.table(name);
            let message = format!("{shown} in Bronze is not the file that was profiled");
            findings.reject(
                Code::BronzeFile,
                Input::Context,
                child(&pointer, "sha256"),
                message,
            );
        } else if claimed != found {
            let shown = findings.naming.table(name);
            let message =
                format!("the evidence for {shown} is not what Bronze shows; the latter is used");
            findings.warn(Code::BronzeEvidence, Input::Context, pointer, message);
        }
    }
    if stated.is_some_and(|evidence| evidence.joins != measured.joins) && !findings.rejected() {
        let message = "the join evidence is not what Bronze shows; the latter is used";
        let pointer = child(EVIDENCE, "joins");
        findings.warn(Code::BronzeEvidence, Input::Context, pointer, message);
    }
}

fn check_bronze_columns(
    pointer: &str,
    name: &TableName,
    table: &BriefTable,
    found: &TableEvidence,
    findings: &mut Findings,
) {
    let stated: Vec<&ColumnName> = table.columns.iter().map(|column| &column.name).collect();
    let actual: Vec<&ColumnName> = found.columns.iter().map(|column| &column.name).collect();
    if stated == actual {
        return;
    }
    let pointer = child(pointer, "columns");
    let table = findings.naming.table(name);
    for (at, column) in stated
        .iter()
        .enumerate()
        .filter(|(_, column)| !actual.contains(column))
    {
        let shown = findings.naming.column(name, column);
        let message = match actual.get(at).filter(|other| !stated.contains(other)) {
            Some(other) => {
                let other = findings.naming.column(name, other);
                format!("{table} has no column {shown} in Bronze; there it is {other}")
            }
            None => format!("{table} has no column {shown} in Bronze"),
        };
        findings.reject(
            Code::BronzeColumns,
            Input::Context,
            child(&pointer, at),
            message,
        );
    }
    if stated.len() == actual.len() && stated.iter().all(|column| actual.contains(column)) {
        let message = format!("the columns of {table} have another order in Bronze");
        findings.reject(Code::BronzeColumns, Input::Context, &*pointer, message);
    }
    for column in actual.iter().filter(|column| !stated.contains(column)) {
        if stated.len() < actual.len() {
            let shown = findings.naming.column(name, column);
            let message = format!("{table} has a column {shown} in Bronze only");
            findings.reject(Code::BronzeColumns, Input::Context, &*pointer, message);
        }
    }
}
