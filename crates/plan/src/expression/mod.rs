//! The closed expression grammar of `derive`, `set_where`, `filter_rows` and `expect`.
//!
//! An expression is data; its depth and size are bounded, and it is typed before it runs.

mod compile;
mod convert;
mod dates;
mod display;
mod evaluate;
mod typed;
mod typing;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::value::{ColumnType, Literal};

pub use typed::Typed;

/// Deepest nesting of an expression.
pub const MAX_DEPTH: usize = 8;
/// Most nodes of an expression.
pub const MAX_NODES: usize = 64;

/// An expression over the cells of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Expression {
    /// The cell of a column.
    Column(ColumnNode),
    /// A typed constant.
    Literal(LiteralNode),
    /// A parameter of the run.
    Parameter(ParameterNode),
    /// A function of other expressions.
    Call(CallNode),
}

impl Expression {
    /// The columns that it looks at.
    pub fn columns(&self) -> BTreeSet<&ColumnName> {
        match self {
            Self::Column(node) => BTreeSet::from([&node.column]),
            Self::Call(call) => call.args.iter().flat_map(Self::columns).collect(),
            Self::Literal(_) | Self::Parameter(_) => BTreeSet::new(),
        }
    }

    /// The columns, where the expression says no more than that they are not null:
    /// `not(is_null(column))`, or an `and` of such tests.
    pub fn as_not_null_test(&self) -> Option<Vec<&ColumnName>> {
        let Self::Call(call) = self else { return None };
        match (call.function, call.args.as_slice()) {
            (Function::And, parts) => {
                let tests: Option<Vec<_>> = parts.iter().map(Self::as_not_null_test).collect();
                Some(tests?.into_iter().flatten().collect())
            }
            (Function::Not, [Self::Call(inner)]) if inner.function == Function::IsNull => {
                match inner.args.as_slice() {
                    [Self::Column(node)] => Some(vec![&node.column]),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// `{"column": "name"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnNode {
    /// The column.
    #[schemars(with = "String")]
    pub column: ColumnName,
}

/// `{"literal": {"integer": 1}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LiteralNode {
    /// The constant.
    pub literal: Literal,
}

/// `{"parameter": "as_of"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterNode {
    /// The parameter.
    pub parameter: Parameter,
}

/// What a run supplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// The day that stands for today: a date.
    AsOf,
    /// The Silver run id: text.
    LoadId,
    /// The table's file name: text.
    SourceFile,
}

/// `{"fn": "multiply", "args": [...]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallNode {
    /// The function.
    #[serde(rename = "fn")]
    pub function: Function,
    /// Its arguments.
    pub args: Vec<Expression>,
    /// The target of `cast`; absent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ColumnType>,
}

/// The functions of the grammar. Unless a function says otherwise, its value is null where an
/// argument is.
///
/// Numbers of different types meet in the wider one: an integer becomes a decimal or a float, a
/// decimal a wider decimal or a float. Decimals are exact: a function whose result could need more
/// than 38 digits is refused. Integers are exact: a result beyond 64 bits is null. Floats are
/// finite: a result that is not is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Sum of two numbers.
    Add,
    /// Difference of two numbers.
    Subtract,
    /// Product of two numbers; the digits after the point of decimals add up.
    Multiply,
    /// Quotient of two numbers; null where the divisor is 0. Two integers give a float (a cast back
    /// to integer is null where the quotient is not whole). Decimals give a decimal of at least six
    /// digits after the point, the last one rounded half to even.
    Divide,
    /// Amount without sign.
    Abs,
    /// Rounded to a number of digits after the point (an integer constant, absent: 0); halves go away
    /// from zero.
    Round,
    /// The largest whole number that is not larger.
    Floor,
    /// The smallest whole number that is not smaller.
    Ceil,
    /// The smallest argument that is not null; null where all are.
    Least,
    /// The largest argument that is not null; null where all are.
    Greatest,
    /// -1, 0 or 1, an integer.
    Sign,
    /// The first argument that is not null; null where all are.
    Coalesce,
    /// The first argument, or null where it equals the second; a null second argument equals nothing.
    Nullif,
    /// The texts one after the other.
    Concat,
    /// Number of characters (Unicode scalar values).
    Length,
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// Without white space at the ends; null where nothing is left.
    Trim,
    /// Characters of a text: how many to skip and, optionally, how many to take (integer constants);
    /// null where there are none.
    Substr,
    /// Whether a text begins with a constant.
    StartsWith,
    /// Whether a text ends with a constant.
    EndsWith,
    /// Whether a text contains a constant.
    Contains,
    /// Whether the whole text matches a constant pattern: `%` is any text, `_` any one character.
    Like,
    /// Whether any part of a text matches a constant regular expression (syntax of the Rust crate
    /// `regex`, linear time).
    Matches,
    /// How many units begin after the second and not after the third argument, negative where the
    /// third is earlier. The first argument is the constant `year`, `month`, `day`, and for
    /// timestamps also `hour`, `minute` or `second`.
    DateDiff,
    /// A date or timestamp (third argument) so many (second, an integer constant) units (first) later.
    /// A day that the month does not have becomes its last; null outside the years 1 to 9999.
    DateAdd,
    /// The beginning of the unit (first argument) that holds a date or timestamp (second).
    DateTrunc,
    /// Year of a date or timestamp, an integer.
    Year,
    /// Month, 1 to 12.
    Month,
    /// Day of the month, 1 to 31.
    Day,
    /// Equality.
    Equal,
    /// Inequality.
    NotEqual,
    /// Order: numbers by amount, text by code points, false before true.
    Less,
    /// Order.
    LessOrEqual,
    /// Order.
    Greater,
    /// Order.
    GreaterOrEqual,
    /// Not less than the second and not greater than the third argument: false where either is known
    /// not to hold, else null where an argument is.
    Between,
    /// Equal to one of the constants that follow.
    In,
    /// Whether the argument is null; never null itself.
    IsNull,
    /// False where an argument is false, else null where one is.
    And,
    /// True where an argument is true, else null where one is.
    Or,
    /// True becomes false and false true.
    Not,
    /// The value in another type, as the operation `cast` converts it; null where it has no
    /// counterpart there.
    Cast,
}

impl Function {
    /// The name, as a plan writes it.
    pub fn name(self) -> &'static str {
        self.signature().0
    }

    /// Least and greatest number of arguments.
    fn arity(self) -> (usize, usize) {
        let (_, least, most) = self.signature();
        (least, most)
    }

    fn signature(self) -> (&'static str, usize, usize) {
        match self {
            Self::Add => ("add", 2, 2),
            Self::Subtract => ("subtract", 2, 2),
            Self::Multiply => ("multiply", 2, 2),
            Self::Divide => ("divide", 2, 2),
            Self::Abs => ("abs", 1, 1),
            Self::Round => ("round", 1, 2),
            Self::Floor => ("floor", 1, 1),
            Self::Ceil => ("ceil", 1, 1),
            Self::Least => ("least", 2, MAX_NODES),
            Self::Greatest => ("greatest", 2, MAX_NODES),
            Self::Sign => ("sign", 1, 1),
            Self::Coalesce => ("coalesce", 2, MAX_NODES),
            Self::Nullif => ("nullif", 2, 2),
            Self::Concat => ("concat", 2, MAX_NODES),
            Self::Length => ("length", 1, 1),
            Self::Lower => ("lower", 1, 1),
            Self::Upper => ("upper", 1, 1),
            Self::Trim => ("trim", 1, 1),
            Self::Substr => ("substr", 2, 3),
            Self::StartsWith => ("starts_with", 2, 2),
            Self::EndsWith => ("ends_with", 2, 2),
            Self::Contains => ("contains", 2, 2),
            Self::Like => ("like", 2, 2),
            Self::Matches => ("matches", 2, 2),
            Self::DateDiff => ("date_diff", 3, 3),
            Self::DateAdd => ("date_add", 3, 3),
            Self::DateTrunc => ("date_trunc", 2, 2),
            Self::Year => ("year", 1, 1),
            Self::Month => ("month", 1, 1),
            Self::Day => ("day", 1, 1),
            Self::Equal => ("equal", 2, 2),
            Self::NotEqual => ("not_equal", 2, 2),
            Self::Less => ("less", 2, 2),
            Self::LessOrEqual => ("less_or_equal", 2, 2),
            Self::Greater => ("greater", 2, 2),
            Self::GreaterOrEqual => ("greater_or_equal", 2, 2),
            Self::Between => ("between", 3, 3),
            Self::In => ("in", 2, usize::MAX),
            Self::IsNull => ("is_null", 1, 1),
            Self::And => ("and", 2, MAX_NODES),
            Self::Or => ("or", 2, MAX_NODES),
            Self::Not => ("not", 1, 1),
            Self::Cast => ("cast", 1, 1),
        }
    }
}
