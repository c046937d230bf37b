//! A brief as it is sent to a model, and as `check` shows it: tables and columns by alias, with the
//! name beside it where the name is harmless. Counts of zero and empty lists are left out.

mod outline;

use serde::Serialize;
use silversmith_types::context::InferredType;
use silversmith_types::evidence::{
    Bounds, ColumnEvidence, ColumnRef, CorroborationEvidence, Distinct, FormatEvidence,
    JoinEvidence, KeyEvidence, NormalisedMatch, NotationCount, NumberEvidence, OrderingEvidence,
    PersonalKind, ProductEvidence, ShapeCount, ValueCount, VersionEvidence,
};
use silversmith_types::{ColumnName, TableName};

use crate::alias::{Alias, ColumnOfTable, column_alias};
use crate::brief::{Brief, BriefColumn, BriefTable, QuarantineConsent};
use crate::suggestions::Verb;

/// The format of what is sent.
const VERSION: &str = "silversmith.brief/v0";

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn no_scale(count: &u32) -> bool {
    *count == 0
}

/// What an author may see of a run.
#[derive(Serialize, schemars::JsonSchema)]
pub(crate) struct SentBrief<'a> {
    /// The format: `silversmith.brief/v0`.
    version: &'static str,
    /// The Bronze run.
    bronze_run: &'a str,
    /// The instant that stands for "now".
    as_of: String,
    /// Values seen fewer times than this are named nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_count: Option<u64>,
    /// In the order of their names.
    tables: Vec<SentTable<'a>>,
    /// How columns of different tables match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    joins: Vec<SentJoin<'a>>,
    /// The report's plain text, where the project asks for it. It is data of unknown origin, and no
    /// instruction to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_report: Option<&'a str>,
}

/// A table.
#[derive(Serialize, schemars::JsonSchema)]
struct SentTable<'a> {
    alias: Alias,
    /// Its file name; absent where it is not harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Rows without the header.
    rows: u64,
    #[serde(skip_serializing_if = "is_zero")]
    duplicate_rows: u64,
    /// In the order of the file.
    columns: Vec<SentColumn<'a>>,
    /// Columns that identify a row, or nearly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<SentKey>,
    /// Pairs of dates of which one ought to come first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orderings: Vec<SentOrdering>,
    /// Products that hold in almost every row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    products: Vec<SentProduct>,
    /// Operations that somebody suggested for the table.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hints: &'a [Verb],
    /// What the contract says.
    #[serde(skip_serializing_if = "SentTerms::is_empty")]
    terms: SentTerms<'a>,
}

/// A column.
#[derive(Serialize, schemars::JsonSchema)]
struct SentColumn<'a> {
    alias: Alias,
    /// Its name in the header; absent where it is not harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// What its values look like.
    inferred: InferredType,
    /// Missing cells, with the tokens that readers of CSV take for missing.
    #[serde(skip_serializing_if = "is_zero")]
    nulls: u64,
    /// Operations that somebody suggested for it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hints: &'a [Verb],
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Box<SentEvidence<'a>>>,
}

/// What was counted over the cells of a column.
#[derive(Serialize, schemars::JsonSchema)]
struct SentEvidence<'a> {
    /// What personal data it holds; then no value is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    personal: Option<PersonalKind>,
    /// Empty cells.
    #[serde(skip_serializing_if = "is_zero")]
    empty: u64,
    /// Cells of white space alone.
    #[serde(skip_serializing_if = "is_zero")]
    blanks: u64,
    distinct: Distinct,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    null_tokens: &'a [ValueCount],
    /// Cells with white space at an end.
    #[serde(skip_serializing_if = "is_zero")]
    outer_space: u64,
    /// Cells with a run of white space inside.
    #[serde(skip_serializing_if = "is_zero")]
    inner_space: u64,
    /// Cells that are not in Unicode form NFC.
    #[serde(skip_serializing_if = "is_zero")]
    not_nfc: u64,
    /// Shortest and longest text in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<Bounds<u64>>,
    #[serde(skip_serializing_if = "SentNumbers::is_empty")]
    numbers: SentNumbers<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    formats: &'a [FormatEvidence],
    #[serde(skip_serializing_if = "Option::is_none")]
    codes: Option<&'a [ValueCount]>,
    /// Cells of a code set whose value is not named.
    #[serde(skip_serializing_if = "is_zero")]
    rare_cells: u64,
    /// Values that differ in case or white space alone.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    variants: &'a [Vec<ValueCount>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    shapes: &'a [ShapeCount],
    #[serde(skip_serializing_if = "is_zero")]
    other_shapes: u64,
}

/// Cells that are numbers.
#[derive(Serialize, schemars::JsonSchema)]
struct SentNumbers<'a> {
    #[serde(skip_serializing_if = "is_zero")]
    integers: u64,
    #[serde(skip_serializing_if = "is_zero")]
    decimals: u64,
    #[serde(skip_serializing_if = "no_scale")]
    max_scale: u32,
    #[serde(skip_serializing_if = "no_scale")]
    max_digits: u32,
    #[serde(skip_serializing_if = "is_zero")]
    leading_zeros: u64,
    #[serde(skip_serializing_if = "is_zero")]
    oversized: u64,
    #[serde(skip_serializing_if = "is_zero")]
    negative: u64,
    #[serde(skip_serializing_if = "is_zero")]
    zero: u64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notations: &'a [NotationCount],
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Bounds<f64>>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SentKey {
    columns: Vec<Alias>,
    #[serde(skip_serializing_if = "is_zero")]
    null_rows: u64,
    #[serde(skip_serializing_if = "is_zero")]
    duplicate_keys: u64,
    #[serde(skip_serializing_if = "is_zero")]
    duplicate_rows: u64,
    exact: bool,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SentOrdering {
    start: Alias,
    end: Alias,
    both: u64,
    #[serde(skip_serializing_if = "is_zero")]
    violated: u64,
    #[serde(skip_serializing_if = "is_zero")]
    open: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions_of: Option<SentVersions>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SentVersions {
    key: Alias,
    superseded: u64,
    superseded_with_end: u64,
    last_without_end: u64,
    last: u64,
    ties: u64,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SentProduct {
    product: Alias,
    left: Alias,
    right: Alias,
    checked: u64,
    holds: u64,
    #[serde(skip_serializing_if = "is_zero")]
    product_unusable: u64,
    #[serde(skip_serializing_if = "is_zero")]
    left_unusable: u64,
    #[serde(skip_serializing_if = "is_zero")]
    right_unusable: u64,
    #[serde(skip_serializing_if = "is_zero")]
    contradictory: u64,
    #[serde(skip_serializing_if = "is_zero")]
    product_equals_factor: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    corroboration: Option<SentCorroboration>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SentCorroboration {
    determinant: Alias,
    product_outlier: u64,
    product_outlier_equals_factor: u64,
    left_outlier: u64,
    right_outlier: u64,
}

/// How the values of a column match those of another table.
#[derive(Serialize, schemars::JsonSchema)]
struct SentJoin<'a> {
    from: ColumnOfTable,
    to: ColumnOfTable,
    from_distinct: u64,
    matched: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    normalised: Option<&'a NormalisedMatch>,
    exact: bool,
}

/// What a contract says of a table.
#[derive(Serialize, schemars::JsonSchema)]
struct SentTerms<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    primary_key: Vec<Alias>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<Alias>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unique: Vec<Alias>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    quarantine: &'a [QuarantineConsent],
}

impl SentTerms<'_> {
    fn is_empty(&self) -> bool {
        self.primary_key.is_empty()
            && self.required.is_empty()
            && self.unique.is_empty()
            && self.quarantine.is_empty()
    }
}

impl SentNumbers<'_> {
    fn is_empty(&self) -> bool {
        let plain = self.integers + self.decimals + self.oversized;
        plain == 0 && self.notations.is_empty()
    }
}

impl<'a> SentBrief<'a> {
    pub(crate) fn of(brief: &'a Brief) -> Self {
        let tables = brief.tables.iter().enumerate();
        let tables = tables.map(|(at, (name, table))| SentTable::of(brief, at, name, table));
        Self {
            version: VERSION,
            bronze_run: brief.bronze_run.as_str(),
            as_of: brief.as_of.to_string(),
            min_count: brief.min_count,
            tables: tables.collect(),
            joins: brief
                .joins
                .iter()
                .filter_map(|join| sent_join(brief, join))
                .collect(),
            untrusted_report: brief.report.as_deref(),
        }
    }
}

impl<'a> SentTable<'a> {
    fn of(brief: &'a Brief, at: usize, name: &'a TableName, table: &'a BriefTable) -> Self {
        let columns = table.columns.iter().enumerate();
        let columns = columns.map(|(index, column)| {
            let evidence = table.evidence.as_ref();
            SentColumn {
                alias: Alias::column(index),
                name: brief
                    .naming
                    .harm_of_column(at, index)
                    .is_none()
                    .then_some(column.name.as_str()),
                inferred: column.inferred,
                nulls: column.nulls,
                hints: &column.hints,
                // Intake holds the evidence to the columns and their order.
                evidence: evidence
                    .and_then(|evidence| evidence.columns.get(index))
                    .map(|found| Box::new(SentEvidence::of(found))),
            }
        });
        let of = Columns(&table.columns);
        let evidence = table.evidence.as_ref();
        let terms = &table.terms;
        Self {
            alias: Alias::table(at),
            name: brief
                .naming
                .harm_of_table(at)
                .is_none()
                .then_some(name.as_str()),
            rows: table.rows,
            duplicate_rows: evidence.map_or(0, |evidence| evidence.duplicate_rows),
            columns: columns.collect(),
            keys: evidence
                .map_or(&[][..], |evidence| &evidence.keys)
                .iter()
                .filter_map(|key| of.key(key))
                .collect(),
            orderings: evidence
                .map_or(&[][..], |evidence| &evidence.orderings)
                .iter()
                .filter_map(|ordering| of.ordering(ordering))
                .collect(),
            products: evidence
                .map_or(&[][..], |evidence| &evidence.products)
                .iter()
                .filter_map(|product| of.product(product))
                .collect(),
            hints: &table.hints,
            terms: SentTerms {
                primary_key: of.aliases(&terms.primary_key),
                required: of.aliases(&terms.required),
                unique: of.aliases(&terms.unique),
                quarantine: &terms.quarantine,
            },
        }
    }
}

impl<'a> SentEvidence<'a> {
    /// Every part of the evidence is named, so that a new one is sent or left out on purpose.
    fn of(evidence: &'a ColumnEvidence) -> Self {
        let ColumnEvidence {
            name: _,
            personal,
            nulls,
            blanks,
            null_tokens,
            distinct,
            outer_space,
            inner_space,
            not_nfc,
            length,
            numbers,
            formats,
            codes,
            rare_cells,
            variants,
            shapes,
            other_shapes,
        } = evidence;
        Self {
            personal: *personal,
            empty: *nulls,
            blanks: *blanks,
            distinct: *distinct,
            null_tokens,
            outer_space: *outer_space,
            inner_space: *inner_space,
            not_nfc: *not_nfc,
            length: *length,
            numbers: SentNumbers::of(numbers),
            formats,
            codes: codes.as_deref(),
            rare_cells: *rare_cells,
            variants,
            shapes,
            other_shapes: *other_shapes,
        }
    }
}

impl<'a> SentNumbers<'a> {
    fn of(numbers: &'a NumberEvidence) -> Self {
        let NumberEvidence {
            integers,
            decimals,
            max_scale,
            max_digits,
            leading_zeros,
            oversized,
            negative,
            zero,
            notations,
            range,
        } = numbers;
        Self {
            integers: *integers,
            decimals: *decimals,
            max_scale: *max_scale,
            max_digits: *max_digits,
            leading_zeros: *leading_zeros,
            oversized: *oversized,
            negative: *negative,
            zero: *zero,
            notations,
            range: *range,
        }
    }
}

/// The columns of a table, to find aliases. Intake has seen that every name is among them.
struct Columns<'a>(&'a [BriefColumn]);

impl Columns<'_> {
    fn alias(&self, name: &ColumnName) -> Option<Alias> {
        column_alias(self.0, name)
    }

    fn aliases(&self, names: &[ColumnName]) -> Vec<Alias> {
        names.iter().filter_map(|name| self.alias(name)).collect()
    }

    fn key(&self, key: &KeyEvidence) -> Option<SentKey> {
        let KeyEvidence {
            columns,
            null_rows,
            duplicate_keys,
            duplicate_rows,
            exact,
        } = key;
        let columns: Option<Vec<Alias>> = columns.iter().map(|name| self.alias(name)).collect();
        Some(SentKey {
            columns: columns?,
            null_rows: *null_rows,
            duplicate_keys: *duplicate_keys,
            duplicate_rows: *duplicate_rows,
            exact: *exact,
        })
    }

    fn ordering(&self, ordering: &OrderingEvidence) -> Option<SentOrdering> {
        let OrderingEvidence {
            start,
            end,
            both,
            violated,
            open,
            versions_of,
        } = ordering;
        let versions_of = versions_of.as_ref().and_then(|versions| {
            let VersionEvidence {
                key,
                superseded,
                superseded_with_end,
                last_without_end,
                last,
                ties,
            } = versions;
            Some(SentVersions {
                key: self.alias(key)?,
                superseded: *superseded,
                superseded_with_end: *superseded_with_end,
                last_without_end: *last_without_end,
                last: *last,
                ties: *ties,
            })
        });
        Some(SentOrdering {
            start: self.alias(start)?,
            end: self.alias(end)?,
            both: *both,
            violated: *violated,
            open: *open,
            versions_of,
        })
    }

    fn product(&self, product: &ProductEvidence) -> Option<SentProduct> {
        let ProductEvidence {
            product,
            left,
            right,
            checked,
            holds,
            product_unusable,
            left_unusable,
            right_unusable,
            contradictory,
            product_equals_factor,
            corroboration,
        } = product;
        let corroboration = corroboration.as_ref().and_then(|found| {
            let CorroborationEvidence {
                determinant,
                product_outlier,
                product_outlier_equals_factor,
                left_outlier,
                right_outlier,
            } = found;
            Some(SentCorroboration {
                determinant: self.alias(determinant)?,
                product_outlier: *product_outlier,
                product_outlier_equals_factor: *product_outlier_equals_factor,
                left_outlier: *left_outlier,
                right_outlier: *right_outlier,
            })
        });
        Some(SentProduct {
            product: self.alias(product)?,
            left: self.alias(left)?,
            right: self.alias(right)?,
            checked: *checked,
            holds: *holds,
            product_unusable: *product_unusable,
            left_unusable: *left_unusable,
            right_unusable: *right_unusable,
            contradictory: *contradictory,
            product_equals_factor: *product_equals_factor,
            corroboration,
        })
    }
}

fn sent_join<'a>(brief: &'a Brief, join: &'a JoinEvidence) -> Option<SentJoin<'a>> {
    let JoinEvidence {
        from,
        to,
        from_distinct,
        matched,
        normalised,
        exact,
    } = join;
    let sent = |side: &ColumnRef| {
        let table = brief.table_alias(&side.table)?;
        Some(ColumnOfTable(
            table,
            brief.column_alias(&side.table, &side.column)?,
        ))
    };
    Some(SentJoin {
        from: sent(from)?,
        to: sent(to)?,
        from_distinct: *from_distinct,
        matched: *matched,
        normalised: normalised.as_ref(),
        exact: *exact,
    })
}
