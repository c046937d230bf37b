use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use crate::expression::Expression;
use crate::value::Literal;

/// States what must hold of the table at this point. Rows for which it does not are counted in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A name for reports: lower-case letters, digits and dashes.
    pub name: String,
    /// What must hold.
    pub that: Expectation,
    /// What happens otherwise.
    pub on_fail: OnFail,
    /// How many violations are still fine.
    #[serde(default)]
    pub threshold: u64,
}

/// What can be expected of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expectation {
    /// Holds for every row; unknown (null) holds.
    Predicate(Expression),
    /// No null in the column.
    #[schemars(with = "String")]
    NotNull(ColumnName),
    /// No two rows agree in these columns; rows with a null in them do not count.
    #[schemars(with = "Vec<String>")]
    Unique(Vec<ColumnName>),
    /// Every value is one of these; null is fine.
    ValueDomain {
        /// The column.
        #[schemars(with = "String")]
        column: ColumnName,
        /// The values.
        allowed: Vec<Literal>,
    },
    /// `first` is not after `second`, where both have a value.
    Order {
        /// The earlier or smaller.
        #[schemars(with = "String")]
        first: ColumnName,
        /// The later or larger.
        #[schemars(with = "String")]
        second: ColumnName,
    },
    /// At least and at most so many rows. A violation counts the rows that are missing or too many.
    RowCount {
        /// At least.
        min: u64,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
}

/// What happens when an expectation does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFail {
    /// It is counted and reported.
    Warn,
    /// The rows are removed for good. Not for `row_count`.
    Drop,
    /// The rows go to quarantine. Not for `row_count`.
    Quarantine,
    /// The table is not published.
    Fail,
}

impl Expect {
    /// Whether it states that these columns are unique.
    pub(crate) fn states_unique(&self, keys: &[ColumnName]) -> bool {
        matches!(&self.that, Expectation::Unique(columns) if columns == keys)
    }
}
