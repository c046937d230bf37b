//! The rules of types, function by function.

mod dates;
mod text;

use super::typed::{
    Arithmetic, Comparison, MAX_PRECISION, Many, Node, TextTest, Typed, Unary, common_type, decimal,
};
use super::{CallNode, Expression, Function, Parameter};
use crate::operation::{CellOperation as _, Problem, column_type};
use crate::ops::cast::check_cast;
use crate::ops::round_number::{RoundMode, RoundNumber};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Digits after the point that a decimal quotient has at least.
const QUOTIENT_SCALE: u8 = 6;
/// Most characters that `substr` counts, and most units that `date_add` adds.
const MAX_COUNT: i64 = 10_000_000;

/// What an expression means for a table of this schema.
pub(super) struct Typing<'a> {
    schema: &'a Schema,
}

impl<'a> Typing<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        Self { schema }
    }

    pub(super) fn expression(
        &self,
        expression: &Expression,
        pointer: &str,
    ) -> Result<Typed, Problem> {
        match expression {
            Expression::Column(node) => {
                let ty = column_type(self.schema, &node.column, &format!("{pointer}/column"))?;
                // `column_type` found the column.
                let at = self.schema.position(&node.column).unwrap_or_default();
                Ok(Typed::new(
                    ty,
                    Node::Column {
                        at,
                        name: node.column.clone(),
                    },
                ))
            }
            Expression::Literal(node) => {
                let refused = || Problem::new(format!("{pointer}/literal"), "is no valid constant");
                let (value, ty) = node.literal.to_value().ok_or_else(refused)?;
                Ok(Typed::new(
                    ty,
                    Node::Literal {
                        written: node.literal.clone(),
                        value,
                    },
                ))
            }
            Expression::Parameter(node) => {
                let ty = match node.parameter {
                    Parameter::AsOf => ColumnType::Date,
                    Parameter::LoadId | Parameter::SourceFile => ColumnType::Text,
                };
                Ok(Typed::new(ty, Node::Parameter(node.parameter)))
            }
            Expression::Call(call) => self.call(call, pointer),
        }
    }

    fn call(&self, call: &CallNode, pointer: &str) -> Result<Typed, Problem> {
        if call.to.is_some() != (call.function == Function::Cast) {
            return Err(Problem::new(
                format!("{pointer}/to"),
                "belongs to `cast`, and to it alone",
            ));
        }
        let (least, most) = call.function.arity();
        if !(least..=most).contains(&call.args.len()) {
            let count = call.args.len();
            let message = format!("`{}` has {count} arguments", call.function.name());
            return Err(Problem::new(format!("{pointer}/args"), message));
        }
        let mut args = Vec::with_capacity(call.args.len());
        for (at, argument) in call.args.iter().enumerate() {
            args.push(self.expression(argument, &format!("{pointer}/args/{at}"))?);
        }
        Call {
            function: call.function,
            to: call.to,
            pointer,
            args,
        }
        .typed()
    }
}

/// A call whose arguments have types; `args` has as many as the function takes.
struct Call<'a> {
    function: Function,
    to: Option<ColumnType>,
    pointer: &'a str,
    args: Vec<Typed>,
}

impl Call<'_> {
    fn typed(self) -> Result<Typed, Problem> {
        use Function as F;
        match self.function {
            F::Add => self.arithmetic(Arithmetic::Add),
            F::Subtract => self.arithmetic(Arithmetic::Subtract),
            F::Multiply => self.arithmetic(Arithmetic::Multiply),
            F::Divide => self.arithmetic(Arithmetic::Divide),
            F::Abs => self.unary(Unary::Abs),
            F::Floor => self.whole(Unary::Floor),
            F::Ceil => self.whole(Unary::Ceil),
            F::Sign => self.unary(Unary::Sign),
            F::Round => self.round(),
            F::Length => self.unary(Unary::Length),
            F::Lower => self.unary(Unary::Lower),
            F::Upper => self.unary(Unary::Upper),
            F::Trim => self.unary(Unary::Trim),
            F::Year => self.unary(Unary::Year),
            F::Month => self.unary(Unary::Month),
            F::Day => self.unary(Unary::Day),
            F::IsNull => self.unary(Unary::IsNull),
            F::Not => self.unary(Unary::Not),
            F::Least => self.many(Many::Least),
            F::Greatest => self.many(Many::Greatest),
            F::Coalesce => self.many(Many::Coalesce),
            F::Concat => self.many(Many::Concat),
            F::And => self.many(Many::And),
            F::Or => self.many(Many::Or),
            F::Nullif => self.null_if(),
            F::Equal => self.compare(Comparison::Equal),
            F::NotEqual => self.compare(Comparison::NotEqual),
            F::Less => self.compare(Comparison::Less),
            F::LessOrEqual => self.compare(Comparison::LessOrEqual),
            F::Greater => self.compare(Comparison::Greater),
            F::GreaterOrEqual => self.compare(Comparison::GreaterOrEqual),
            F::Between => self.between(),
            F::In => self.one_of(),
            F::Substr => self.substr(),
            F::StartsWith => self.text_test(TextTest::StartsWith),
            F::EndsWith => self.text_test(TextTest::EndsWith),
            F::Contains => self.text_test(TextTest::Contains),
            F::Like => self.like(),
            F::Matches => self.matches(),
            F::DateDiff => self.date_diff(),
            F::DateAdd => self.date_add(),
            F::DateTrunc => self.date_trunc(),
            F::Cast => self.cast(),
        }
    }

    fn problem<T>(&self, argument: usize, message: impl Into<String>) -> Result<T, Problem> {
        let message = format!("`{}` {}", self.function.name(), message.into());
        Err(Problem::new(
            format!("{}/args/{argument}", self.pointer),
            message,
        ))
    }

    /// The argument at `at`, which is not taken twice.
    fn take(&mut self, at: usize) -> Typed {
        std::mem::replace(&mut self.args[at], Typed::example(ColumnType::Date))
    }

    fn take_boxed(&mut self, at: usize) -> Box<Typed> {
        Box::new(self.take(at))
    }

    fn require(&self, at: usize, fits: bool, wanted: &str) -> Result<(), Problem> {
        match fits {
            true => Ok(()),
            false => self.problem(
                at,
                format!("needs {wanted}, and this is {}", self.args[at].ty),
            ),
        }
    }

    fn require_text(&self, at: usize) -> Result<(), Problem> {
        self.require(at, self.args[at].ty == ColumnType::Text, "text")
    }

    fn require_number(&self, at: usize) -> Result<(), Problem> {
        self.require(at, self.args[at].ty.is_numeric(), "a number")
    }

    fn require_day(&self, at: usize) -> Result<(), Problem> {
        let fits = matches!(self.args[at].ty, ColumnType::Date | ColumnType::Timestamp);
        self.require(at, fits, "a date or timestamp")
    }

    fn literal_text(&self, at: usize) -> Result<String, Problem> {
        match &self.args[at].node {
            Node::Literal {
                value: Value::Text(text),
                ..
            } => Ok(text.clone()),
            _ => self.problem(at, "needs a text constant here"),
        }
    }

    fn literal_count(&self, at: usize, least: i64) -> Result<i64, Problem> {
        match &self.args[at].node {
            Node::Literal {
                value: Value::Integer(count),
                ..
            } if (least..=MAX_COUNT).contains(count) => Ok(*count),
            _ => self.problem(
                at,
                format!("needs an integer constant from {least} to {MAX_COUNT}"),
            ),
        }
    }

    /// Brings all arguments to their common type.
    fn unify(&mut self) -> Result<ColumnType, Problem> {
        let mut widest = Typed::example(self.args[0].ty);
        if let Some((precision, scale)) = self.args[0].decimal_shape()
            && self
                .args
                .iter()
                .any(|arg| matches!(arg.ty, ColumnType::Decimal { .. }))
        {
            widest.ty = ColumnType::Decimal { precision, scale };
        }
        for at in 1..self.args.len() {
            match common_type(&widest, &self.args[at]) {
                Some(ty) => widest.ty = ty,
                None => {
                    let (a, b) = (widest.ty, self.args[at].ty);
                    return self
                        .problem(at, format!("has no common type for {a} and {b}: cast one"));
                }
            }
        }
        for at in 0..self.args.len() {
            self.args[at] = self.take(at).widen(widest.ty);
        }
        Ok(widest.ty)
    }

    fn arithmetic(mut self, operator: Arithmetic) -> Result<Typed, Problem> {
        self.require_number(0)?;
        self.require_number(1)?;
        let is = |at: usize, ty| self.args[at].ty == ty;
        let both_integer = is(0, ColumnType::Integer) && is(1, ColumnType::Integer);
        let divides = operator == Arithmetic::Divide;
        let ty = if is(0, ColumnType::Float) || is(1, ColumnType::Float) || both_integer && divides
        {
            Some(ColumnType::Float)
        } else if both_integer {
            Some(ColumnType::Integer)
        } else {
            self.decimal_result(operator)
        };
        let Some(ty) = ty else {
            return self.problem(
                0,
                "could need more than 38 digits here: cast to fewer before",
            );
        };
        let exact = matches!(ty, ColumnType::Decimal { .. });
        let aligned = matches!(operator, Arithmetic::Add | Arithmetic::Subtract);
        let [a, b] = [0, 1].map(|at| {
            let argument = self.take(at);
            match argument.decimal_shape() {
                // Factors and quotients keep their own scale.
                Some((precision, scale)) if exact && !aligned => {
                    argument.widen(ColumnType::Decimal { precision, scale })
                }
                _ => argument.widen(ty),
            }
        });
        Ok(Typed::new(
            ty,
            Node::Arithmetic(operator, Box::new(a), Box::new(b)),
        ))
    }

    /// The decimal that holds every result; `None` where there is none.
    fn decimal_result(&self, operator: Arithmetic) -> Option<ColumnType> {
        let (p, s) = self.args[0].decimal_shape()?;
        let (q, t) = self.args[1].decimal_shape()?;
        match operator {
            Arithmetic::Add | Arithmetic::Subtract => {
                let scale = s.max(t);
                decimal((p - s).max(q - t) + 1 + scale, scale)
            }
            Arithmetic::Multiply => decimal(p + q, s + t),
            Arithmetic::Divide => {
                let scale = s.max(t).max(QUOTIENT_SCALE);
                // Polars brings the divisor to the scale of the quotient.
                decimal(q - t + scale, scale)?;
                decimal(p - s + t + scale, scale)
            }
        }
    }

    fn unary(mut self, function: Unary) -> Result<Typed, Problem> {
        let input = self.args[0].ty;
        let ty = match function {
            Unary::Abs => {
                self.require_number(0)?;
                input
            }
            Unary::Sign => {
                self.require_number(0)?;
                ColumnType::Integer
            }
            Unary::Floor | Unary::Ceil => input,
            Unary::Length => {
                self.require_text(0)?;
                ColumnType::Integer
            }
            Unary::Lower | Unary::Upper | Unary::Trim => {
                self.require_text(0)?;
                ColumnType::Text
            }
            Unary::Year | Unary::Month | Unary::Day => {
                self.require_day(0)?;
                ColumnType::Integer
            }
            Unary::IsNull => ColumnType::Boolean,
            Unary::Not => {
                self.require(0, input == ColumnType::Boolean, "a condition")?;
                ColumnType::Boolean
            }
        };
        Ok(Typed::new(ty, Node::Unary(function, self.take_boxed(0))))
    }

    fn whole(mut self, function: Unary) -> Result<Typed, Problem> {
        self.require_number(0)?;
        let ty = match self.args[0].ty {
            ColumnType::Decimal {
                precision: MAX_PRECISION,
                scale: 1..,
            } => {
                return self.problem(
                    0,
                    "could need more than 38 digits here: cast to fewer before",
                );
            }
            ColumnType::Decimal {
                precision,
                scale: scale @ 1..,
            } => ColumnType::Decimal {
                precision: precision - scale + 1,
                scale: 0,
            },
            ColumnType::Float => ColumnType::Float,
            _ => return Ok(self.take(0)),
        };
        Ok(Typed::new(ty, Node::Unary(function, self.take_boxed(0))))
    }

    fn round(mut self) -> Result<Typed, Problem> {
        self.require_number(0)?;
        let digits = if self.args.len() == 2 {
            self.literal_count(1, 0)?
        } else {
            0
        };
        let Ok(digits) = u8::try_from(digits) else {
            return self.problem(1, "rounds to fewer digits");
        };
        let input = self.args[0].ty;
        match input {
            ColumnType::Decimal { scale, .. } if digits < scale => {}
            ColumnType::Float => {}
            _ => return Ok(self.take(0)),
        }
        let round = RoundNumber {
            columns: Vec::new(),
            scale: digits,
            mode: RoundMode::HalfUp,
        };
        let ty = match round.output_type(input) {
            Ok(ty) => ty,
            Err(problem) => return self.problem(0, problem.message),
        };
        Ok(Typed::new(ty, Node::Round(self.take_boxed(0), round)))
    }

    fn many(mut self, function: Many) -> Result<Typed, Problem> {
        for at in 0..self.args.len() {
            let ty = self.args[at].ty;
            match function {
                Many::And | Many::Or => {
                    self.require(at, ty == ColumnType::Boolean, "a condition")?
                }
                Many::Concat => self.require_text(at)?,
                Many::Coalesce | Many::Least | Many::Greatest => {}
            }
        }
        let ty = self.unify()?;
        Ok(Typed::new(ty, Node::Many(function, self.args)))
    }

    fn null_if(mut self) -> Result<Typed, Problem> {
        let ty = self.args[0].ty;
        match self.take(1).widened(ty) {
            Some(other) => Ok(Typed::new(
                ty,
                Node::NullIf(self.take_boxed(0), Box::new(other)),
            )),
            None => self.problem(1, format!("needs a value of type {ty} here")),
        }
    }

    fn compare(mut self, comparison: Comparison) -> Result<Typed, Problem> {
        self.unify()?;
        let (a, b) = (self.take_boxed(0), self.take_boxed(1));
        Ok(Typed::new(
            ColumnType::Boolean,
            Node::Compare(comparison, a, b),
        ))
    }

    fn between(mut self) -> Result<Typed, Problem> {
        self.unify()?;
        let parts = [0, 1, 2].map(|at| self.take(at));
        Ok(Typed::new(
            ColumnType::Boolean,
            Node::Between(Box::new(parts)),
        ))
    }

    fn one_of(mut self) -> Result<Typed, Problem> {
        for at in 1..self.args.len() {
            if !matches!(self.args[at].node, Node::Literal { .. }) {
                return self.problem(at, "needs constants after its first argument");
            }
        }
        self.unify()?;
        let values = self.args.split_off(1);
        let node = Node::In {
            input: self.take_boxed(0),
            values,
        };
        Ok(Typed::new(ColumnType::Boolean, node))
    }

    fn cast(mut self) -> Result<Typed, Problem> {
        // `call` made sure that a cast has a type.
        let to = self.to.unwrap_or(self.args[0].ty);
        check_cast(self.args[0].ty, to)
            .map_err(|problem| Problem::new(format!("{}/to", self.pointer), problem.message))?;
        Ok(Typed::new(to, Node::Cast(self.take_boxed(0))))
    }
}
