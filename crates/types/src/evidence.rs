//! Value evidence: what a planner needs to know of the values of a Bronze run, without any row.
//!
//! Every list is bounded by the profiler, every value in it was seen at least
//! [`Evidence::min_count`] times, and no value of a personal column appears anywhere.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{ColumnName, Digest, TableName};

/// The additions of Silversmith to a run context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The format, [`Evidence::VERSION`].
    pub version: String,
    /// Values seen fewer times than this are never named (k of k-anonymity).
    pub min_count: u64,
    /// By table.
    pub tables: BTreeMap<TableName, TableEvidence>,
    /// How columns of different tables match.
    pub joins: Vec<JoinEvidence>,
}

impl Evidence {
    /// The one version there is.
    pub const VERSION: &'static str = "silversmith.evidence/v0";
}

/// Evidence about one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEvidence {
    /// SHA-256 of the CSV file.
    pub sha256: Digest,
    /// Size of the CSV file.
    pub bytes: u64,
    /// Rows without the header.
    pub rows: u64,
    /// Rows that repeat an earlier row in every column. Exact while `rows - duplicate_rows` is at most
    /// 65,536, estimated from a sample of the distinct rows beyond that.
    pub duplicate_rows: u64,
    /// In file order.
    pub columns: Vec<ColumnEvidence>,
    /// Single columns and pairs that are unique or nearly so, best first.
    pub keys: Vec<KeyEvidence>,
    /// Pairs of date columns where one comes before the other in name or in most rows.
    pub orderings: Vec<OrderingEvidence>,
    /// Products that hold in at least 99 % of the rows where all three are present.
    pub products: Vec<ProductEvidence>,
}

/// Evidence about one column. Counts are of cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnEvidence {
    /// The column.
    pub name: ColumnName,
    /// Why its values are personal data, if they are: then no value, minimum or maximum is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonalKind>,
    /// Empty cells.
    pub nulls: u64,
    /// Cells of white space alone.
    pub blanks: u64,
    /// Tokens that stand for a missing value in practice (`NA`, `n/a`, `null`, `-`, `unknown` …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub null_tokens: Vec<ValueCount>,
    /// Distinct values that are neither empty nor blank.
    pub distinct: Distinct,
    /// Cells (not blank) with white space at the start or the end.
    pub outer_space: u64,
    /// Cells with a run of two or more white-space characters inside.
    pub inner_space: u64,
    /// Cells whose text is not in Unicode form NFC.
    pub not_nfc: u64,
    /// Shortest and longest text in characters, blanks aside.
    pub length: Option<Bounds<u64>>,
    /// Cells (trimmed) that are plain numbers.
    pub numbers: NumberEvidence,
    /// Date and time formats that explain values (trimmed), the best explanation first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<FormatEvidence>,
    /// The values with their counts, most frequent first, where the column is a code set: few
    /// distinct values. Values below `min_count` are counted in `rare_cells` instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<Vec<ValueCount>>,
    /// Cells of a code set whose value is too rare to be named.
    pub rare_cells: u64,
    /// Groups of values that differ in case or white space alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Vec<ValueCount>>,
    /// Character shapes (trimmed) with counts, most frequent first: `A` upper-case letter, `a`
    /// lower-case letter, `9` digit, other characters themselves; a run is written with its length,
    /// so `AW00011000` is `A2 98`, and a space is `␣`. Only for columns that look like keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<ShapeCount>,
    /// Cells whose shape is not in `shapes`.
    pub other_shapes: u64,
}

/// Kinds of personal data that a column name and its values suggest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonalKind {
    /// Names of people.
    Name,
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Phone,
    /// Postal addresses below the level of a town.
    Address,
    /// Dates of birth.
    BirthDate,
    /// Numbers that a state or a company gives to a person.
    Identifier,
    /// Bank accounts.
    BankAccount,
    /// Payment cards.
    PaymentCard,
    /// Network addresses.
    Network,
    /// Passwords, keys and tokens.
    Secret,
    /// What the law protects most: belief, health, origin, politics, sexual life.
    Special,
    /// Free text that may hold anything.
    FreeText,
}

/// How many distinct values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distinct {
    /// The number.
    pub count: u64,
    /// Counted, or estimated from a sample of the distinct values (within about 1 %).
    pub exact: bool,
}

/// A value and how often it occurs, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Cells that hold it.
    pub count: u64,
}

/// A character shape and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShapeCount {
    /// The shape.
    pub shape: String,
    /// Cells that have it.
    pub count: u64,
}

/// Smallest and largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds<T> {
    /// Smallest.
    pub min: T,
    /// Largest.
    pub max: T,
}

/// Cells that are numbers. A plain number is an optional sign, digits, and optionally a point and
/// digits; white space at the ends does not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberEvidence {
    /// Cells that are integers of at most 18 digits.
    pub integers: u64,
    /// Cells that are plain numbers with a point.
    pub decimals: u64,
    /// Largest number of digits after the point, trailing zeros included.
    pub max_scale: u32,
    /// Largest number of digits before the point.
    pub max_digits: u32,
    /// Integers with a leading zero before another digit (`00123`): codes, not amounts.
    pub leading_zeros: u64,
    /// Integers of more than 18 digits.
    pub oversized: u64,
    /// Plain numbers below zero.
    pub negative: u64,
    /// Plain numbers equal to zero.
    pub zero: u64,
    /// Cells that are numbers in another notation, by notation, each with how many it explains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notations: Vec<NotationCount>,
    /// Smallest and largest plain number, as written; not for personal columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Bounds<f64>>,
}

/// A notation of numbers and how many cells it explains that plain numbers do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotationCount {
    /// The notation.
    pub notation: Notation,
    /// Cells it explains.
    pub count: u64,
}

/// How a number that is not plain is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notation {
    /// The decimal mark: `.` or `,`.
    pub decimal: char,
    /// The mark between groups of three digits, if any: `,`, `.`, `'` or a space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<char>,
    /// The currency sign or ISO 4217 code before or after it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Written with a per-cent sign.
    pub percent: bool,
}

/// A date or time format and what it explains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormatEvidence {
    /// In strftime notation, for example `%Y-%m-%d`: one of the closed list of [`crate::dates`].
    pub format: String,
    /// Date or date with time.
    pub kind: FormatKind,
    /// Cells it explains.
    pub count: u64,
    /// Cells that this format explains and no other candidate does, its padded or unpadded twin
    /// (`%d/%m/%Y` and `%-d/%-m/%Y`) aside.
    pub only: u64,
    /// Cells it explains whose date is later than the day of the Bronze run.
    pub future: u64,
    /// Cells it explains whose date is before 1900-01-01.
    pub ancient: u64,
    /// Earliest and latest date it yields (`YYYY-MM-DD`); not for personal columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<DateBounds>,
}

/// Earliest and latest date, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateBounds {
    /// Earliest.
    pub min: String,
    /// Latest.
    pub max: String,
}

/// What a format yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatKind {
    /// A calendar day.
    Date,
    /// A day and a time of day.
    Timestamp,
}

/// Columns that identify a row, or nearly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyEvidence {
    /// One or two columns.
    pub columns: Vec<ColumnName>,
    /// Rows where one of them is empty or blank.
    pub null_rows: u64,
    /// Values (or pairs) that occur more than once.
    pub duplicate_keys: u64,
    /// Rows beyond the first of each duplicated key.
    pub duplicate_rows: u64,
    /// Exact, or from estimates.
    pub exact: bool,
}

/// Two date columns of which one ought to come first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderingEvidence {
    /// Ought to come first.
    pub start: ColumnName,
    /// Ought not to come before `start`.
    pub end: ColumnName,
    /// Rows where both are dates.
    pub both: u64,
    /// Of these, rows where `end` is before `start`.
    pub violated: u64,
    /// Rows with a start and no end.
    pub open: u64,
    /// A column in which several rows share a value and differ in `start`, so that `end` can be
    /// derived from the next `start`; absent when none fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions_of: Option<VersionEvidence>,
}

/// A column whose rows are versions of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionEvidence {
    /// The column.
    pub key: ColumnName,
    /// Rows whose key has a later start in another row.
    pub superseded: u64,
    /// Of these, rows with an `end`.
    pub superseded_with_end: u64,
    /// Rows that are the last of their key and have no `end`.
    pub last_without_end: u64,
    /// Rows that are the last of their key.
    pub last: u64,
    /// Pairs of rows with the same key and the same start.
    pub ties: u64,
}

/// `product = left × right` in almost every row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductEvidence {
    /// The product.
    pub product: ColumnName,
    /// One factor.
    pub left: ColumnName,
    /// The other factor.
    pub right: ColumnName,
    /// Rows where all three are numbers.
    pub checked: u64,
    /// Of these, rows where it holds exactly.
    pub holds: u64,
    /// Rows where the product alone is missing, zero or negative and both factors are positive.
    pub product_unusable: u64,
    /// Rows where `left` alone is missing, zero or negative.
    pub left_unusable: u64,
    /// Rows where `right` alone is missing, zero or negative.
    pub right_unusable: u64,
    /// Rows where all three are positive and it does not hold: nobody can say from the row which
    /// is wrong.
    pub contradictory: u64,
    /// Of the contradictory rows, those where the product equals one factor and the other is not 1:
    /// the multiplication was left out.
    pub product_equals_factor: u64,
    /// What other rows say about the contradictory ones; absent when they decide none, and in
    /// contexts of versions that did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corroboration: Option<CorroborationEvidence>,
}

/// Which number of a contradictory row is the wrong one, by what other rows have.
///
/// Rows are grouped by `determinant`. A group tells something where at least 99 % of its rows that
/// hold have the same two factors, the usual ones, and at least ten of them hold for each that
/// contradicts. Where too many groups or contradictory rows were seen to be kept, nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorroborationEvidence {
    /// The column whose values fix both factors, such as an article number.
    pub determinant: ColumnName,
    /// Contradictory rows whose factors are both the usual ones of their group, so that the product
    /// is wrong. A row that would hold with a factor which is not the usual one in some other row does
    /// not count: there that factor may be wrong instead.
    pub product_outlier: u64,
    /// Of these, rows of [`ProductEvidence::product_equals_factor`].
    pub product_outlier_equals_factor: u64,
    /// Contradictory rows whose product and `right` are the usual ones of their group, and whose
    /// `left` is not.
    pub left_outlier: u64,
    /// Contradictory rows whose product and `left` are the usual ones of their group, and whose
    /// `right` is not.
    pub right_outlier: u64,
}

/// How the values of a column match those of a column in another table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinEvidence {
    /// The referring side.
    pub from: ColumnRef,
    /// The referred side: unique or nearly so.
    pub to: ColumnRef,
    /// Distinct values of `from` (of a sample, where `exact` is false).
    pub from_distinct: u64,
    /// Of these, found in `to` as they are.
    pub matched: u64,
    /// The simple normalisation that matches most, where one matches more than as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised: Option<NormalisedMatch>,
    /// Counted over all values, or over a sample of distinct values chosen by hash.
    pub exact: bool,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnRef {
    /// The table.
    pub table: TableName,
    /// The column.
    pub column: ColumnName,
}

/// A match after normalisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NormalisedMatch {
    /// Which side is changed.
    pub side: JoinSide,
    /// How.
    pub by: Normalisation,
    /// Distinct values of `from` that match afterwards.
    pub matched: u64,
    /// Whether the change keeps distinct values of the changed column distinct.
    pub lossless: bool,
    /// Cells of the changed column that it changes.
    pub changes: u64,
}

/// The side of a join that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinSide {
    /// The referring column.
    From,
    /// The referred column.
    To,
}

/// One simple change to the text of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Normalisation {
    /// White space at both ends removed.
    Trim,
    /// Upper case.
    UpperCase,
    /// This literal removed from the start, where it stands there.
    StripPrefix {
        /// The literal.
        prefix: String,
    },
    /// Every occurrence of this character removed.
    DropChar {
        /// The character.
        character: char,
    },
    /// The first `length` characters cut off: what was cut may mean something of its own.
    CutHead {
        /// Characters.
        length: u64,
    },
    /// Only the first `length` characters, with one character replaced by another where given.
    KeepHead {
        /// Characters.
        length: u64,
        /// Replaced character.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replace: Option<char>,
        /// What replaces it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<char>,
    },
}

/// The members that a [`Normalisation`] may have, so that a reader sees which are known: serde reads
/// a tagged enum as any value first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NormalisationMembers {
    kind: NormalisationKind,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    character: Option<char>,
    #[serde(default)]
    length: Option<u64>,
    #[serde(default)]
    replace: Option<char>,
    #[serde(default)]
    with: Option<char>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum NormalisationKind {
    Trim,
    UpperCase,
    StripPrefix,
    DropChar,
    CutHead,
    KeepHead,
}

impl<'de> Deserialize<'de> for Normalisation {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        use NormalisationKind as Kind;
        let members = NormalisationMembers::deserialize(reader)?;
        let NormalisationMembers {
            kind,
            prefix,
            character,
            length,
            replace,
            with,
        } = members;
        Ok(match (kind, prefix, character, length, replace, with) {
            (Kind::Trim, None, None, None, None, None) => Self::Trim,
            (Kind::UpperCase, None, None, None, None, None) => Self::UpperCase,
            (Kind::StripPrefix, Some(prefix), None, None, None, None) => {
                Self::StripPrefix { prefix }
            }
            (Kind::DropChar, None, Some(character), None, None, None) => {
                Self::DropChar { character }
            }
            (Kind::CutHead, None, None, Some(length), None, None) => Self::CutHead { length },
            (Kind::KeepHead, None, None, Some(length), replace, with) => Self::KeepHead {
                length,
                replace,
                with,
            },
            _ => return Err(D::Error::custom("has not the members of its kind")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normalisation_is_read_as_it_is_written() {
        let all = [
            Normalisation::Trim,
            Normalisation::UpperCase,
            Normalisation::StripPrefix {
                prefix: "NAS".to_owned(),
            },
            Normalisation::DropChar { character: '-' },
            Normalisation::CutHead { length: 6 },
            Normalisation::KeepHead {
                length: 5,
                replace: Some('-'),
                with: Some('_'),
            },
            Normalisation::KeepHead {
                length: 5,
                replace: None,
                with: None,
            },
        ];
        for one in all {
            let written = serde_json::to_string(&one).unwrap();
            assert_eq!(
                serde_json::from_str::<Normalisation>(&written).unwrap(),
                one
            );
        }
        for wrong in [
            r#"{"kind":"trim","prefix":"a"}"#,
            r#"{"kind":"strip_prefix"}"#,
            r#"{"kind":"cut_head","length":-1}"#,
            r#"{"kind":"shuffle"}"#,
            r#"{"kind":"trim","more":1}"#,
            r#"{}"#,
        ] {
            assert!(
                serde_json::from_str::<Normalisation>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
