//! From an expression as it is written to one whose every node has a type: what
//! [`evaluate`](super::Typed::evaluate) and [`compile`](super::Typed::compile) work on.

use regex::Regex;
use silversmith_types::ColumnName;

use super::typing::Typing;
use super::{Expression, MAX_DEPTH, MAX_NODES, Parameter};
use crate::interpret::RunError;
use crate::operation::Problem;
use crate::ops::round_number::RoundNumber;
use crate::schema::Schema;
use crate::value::{ColumnType, Literal, Value};

/// Digits of the longest decimal.
pub(super) const MAX_PRECISION: u8 = 38;
/// Digits of the longest integer.
const INTEGER_PRECISION: u8 = 19;
/// Longest source that an expression compiles to, in bytes. Some functions repeat an argument in
/// Polars, so that nested ones could grow beyond what 64 nodes look like.
const MAX_COMPILED: usize = 64 << 10;

/// An expression that fits a table: every column exists and every function has arguments of types
/// that it is defined on. Only [`Expression::typed`] makes one.
#[derive(Debug, Clone)]
pub struct Typed {
    pub(super) ty: ColumnType,
    pub(super) node: Node,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Column {
        at: usize,
        name: ColumnName,
    },
    Literal {
        written: Literal,
        value: Value,
    },
    Parameter(Parameter),
    /// To the wider numeric type of the node; always possible.
    Widen(Box<Typed>),
    /// To the type of the node; null where the value has no counterpart.
    Cast(Box<Typed>),
    Unary(Unary, Box<Typed>),
    Round(Box<Typed>, RoundNumber),
    Arithmetic(Arithmetic, Box<Typed>, Box<Typed>),
    Compare(Comparison, Box<Typed>, Box<Typed>),
    Between(Box<[Typed; 3]>),
    In {
        input: Box<Typed>,
        values: Vec<Typed>,
    },
    NullIf(Box<Typed>, Box<Typed>),
    Many(Many, Vec<Typed>),
    Substr {
        input: Box<Typed>,
        skip: u32,
        length: Option<u32>,
    },
    Text {
        input: Box<Typed>,
        test: TextTest,
    },
    DateDiff {
        unit: Unit,
        start: Box<Typed>,
        end: Box<Typed>,
    },
    DateAdd {
        unit: Unit,
        amount: i64,
        input: Box<Typed>,
    },
    DateTrunc {
        unit: Unit,
        input: Box<Typed>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Abs,
    Floor,
    Ceil,
    Sign,
    Length,
    Lower,
    Upper,
    Trim,
    Year,
    Month,
    Day,
    IsNull,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Functions of any number of arguments of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Many {
    And,
    Or,
    Coalesce,
    Least,
    Greatest,
    Concat,
}

#[derive(Debug, Clone)]
pub(super) enum TextTest {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Matches(Regex),
}

/// Units of date arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl Expression {
    /// Gives the expression its types for a table of this schema. `pointer` is where the expression
    /// stands in its step, for example `/expression`.
    pub fn typed(&self, schema: &Schema, pointer: &str) -> Result<Typed, Problem> {
        if self.depth() > MAX_DEPTH || self.nodes() > MAX_NODES {
            let bounds =
                format!("is nested deeper than {MAX_DEPTH} or has more than {MAX_NODES} nodes");
            return Err(Problem::new(pointer, bounds));
        }
        let typed = self.typed_any_size(schema, pointer)?;
        if typed.compile().len() > MAX_COMPILED {
            return Err(Problem::new(pointer, "is too long once it is compiled"));
        }
        Ok(typed)
    }

    /// The same for an expression that an operation makes of parameters with bounds of their own.
    pub(crate) fn typed_any_size(&self, schema: &Schema, pointer: &str) -> Result<Typed, Problem> {
        Typing::of(schema).expression(self, pointer)
    }

    /// The type of the expression for a table of this schema; problems point below `/expression`.
    pub fn type_in(&self, schema: &Schema) -> Result<ColumnType, Problem> {
        self.typed(schema, "/expression").map(|typed| typed.ty)
    }

    /// A condition: an expression that is true or false.
    pub fn condition(&self, schema: &Schema, pointer: &str) -> Result<Typed, Problem> {
        let typed = self.typed(schema, pointer)?;
        match typed.ty {
            ColumnType::Boolean => Ok(typed),
            other => Err(Problem::new(
                pointer,
                format!("must be true or false, and is {other}"),
            )),
        }
    }

    /// The typed expression, while a table is interpreted: its step was checked before.
    pub(crate) fn for_run(&self, schema: &Schema) -> Result<Typed, RunError> {
        self.typed_any_size(schema, "")
            .map_err(|_| RunError::UncheckedExpression)
    }

    fn depth(&self) -> usize {
        1 + self.arguments().iter().map(Self::depth).max().unwrap_or(0)
    }

    fn nodes(&self) -> usize {
        1 + self.arguments().iter().map(Self::nodes).sum::<usize>()
    }

    fn arguments(&self) -> &[Expression] {
        match self {
            Self::Call(call) => &call.args,
            _ => &[],
        }
    }
}

impl Typed {
    /// The type of its values.
    pub fn ty(&self) -> ColumnType {
        self.ty
    }

    /// The expression with values of type `ty`, where that is the same or a wider numeric type.
    pub fn widened(self, ty: ColumnType) -> Option<Self> {
        (common_type(&self, &Self::example(ty)) == Some(ty)).then(|| self.widen(ty))
    }

    pub(super) fn new(ty: ColumnType, node: Node) -> Self {
        Self { ty, node }
    }

    /// Any expression of a type, to ask for common types.
    pub(super) fn example(ty: ColumnType) -> Self {
        Self::new(ty, Node::Parameter(Parameter::AsOf))
    }

    pub(super) fn widen(self, ty: ColumnType) -> Self {
        if self.ty == ty {
            self
        } else {
            Self::new(ty, Node::Widen(Box::new(self)))
        }
    }

    /// Precision and scale, where it is an exact number. A literal integer has as many digits as are
    /// written.
    pub(super) fn decimal_shape(&self) -> Option<(u8, u8)> {
        match (self.ty, &self.node) {
            (ColumnType::Decimal { precision, scale }, _) => Some((precision, scale)),
            (
                ColumnType::Integer,
                Node::Literal {
                    value: Value::Integer(number),
                    ..
                },
            ) => {
                let digits = number.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
                Some((u8::try_from(digits).unwrap_or(INTEGER_PRECISION), 0))
            }
            (ColumnType::Integer, _) => Some((INTEGER_PRECISION, 0)),
            _ => None,
        }
    }
}

/// A decimal type, where its digits fit.
pub(super) fn decimal(precision: u8, scale: u8) -> Option<ColumnType> {
    (precision <= MAX_PRECISION).then_some(ColumnType::Decimal { precision, scale })
}

/// The type that holds the values of both: the same type, the wider decimal, or float where one is.
pub(super) fn common_type(a: &Typed, b: &Typed) -> Option<ColumnType> {
    match (a.ty, b.ty) {
        (x, y) if x == y => Some(x),
        (ColumnType::Float, y) if y.is_numeric() => Some(ColumnType::Float),
        (x, ColumnType::Float) if x.is_numeric() => Some(ColumnType::Float),
        _ => {
            let ((p, s), (q, t)) = (a.decimal_shape()?, b.decimal_shape()?);
            let scale = s.max(t);
            decimal((p - s).max(q - t) + scale, scale)
        }
    }
}
