//! The closed expression grammar of `derive`, `set_where`, `filter_rows` and `expect`.
//!
//! An expression is data; its depth and size are bounded, and it is typed before it runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::value::{ColumnType, Literal};

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

/// The functions of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each function is documented with its semantics where it is typed")]
pub enum Function {
    Add,
    Subtract,
    Multiply,
    Divide,
    Abs,
    Round,
    Floor,
    Ceil,
    Least,
    Greatest,
    Sign,
    Coalesce,
    Nullif,
    Concat,
    Length,
    Lower,
    Upper,
    Trim,
    Substr,
    StartsWith,
    EndsWith,
    Contains,
    Like,
    Matches,
    DateDiff,
    DateAdd,
    DateTrunc,
    Year,
    Month,
    Day,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    In,
    IsNull,
    And,
    Or,
    Not,
    Cast,
}
