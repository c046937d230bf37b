//! Expressions as people write them, for reports and reviews.

use std::fmt;

use super::{CallNode, Expression, Function, Parameter};
use crate::value::Literal;

/// How tightly an operator binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Atom,
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(node) => f.write_str(node.column.as_str()),
            Self::Literal(node) => write_literal(&node.literal, f),
            Self::Parameter(node) => f.write_str(match node.parameter {
                Parameter::AsOf => "$as_of",
                Parameter::LoadId => "$load_id",
                Parameter::SourceFile => "$source_file",
            }),
            Self::Call(call) => write_call(call, f),
        }
    }
}

fn write_literal(literal: &Literal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match literal {
        Literal::Text(text) => write!(
            f,
            "'{}'",
            text.escape_debug().to_string().replace("\\\"", "\"")
        ),
        Literal::Integer(number) => write!(f, "{number}"),
        Literal::Decimal(text) => f.write_str(text),
        Literal::Date(date) => write!(f, "date '{date}'"),
        Literal::Timestamp(instant) => write!(f, "timestamp '{instant}'"),
        Literal::Boolean(truth) => write!(f, "{truth}"),
    }
}

fn write_call(call: &CallNode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use Function as F;
    let binding = call.binding();
    match (call.function, call.args.as_slice()) {
        (F::Not, [Expression::Call(inner)])
            if inner.function == F::IsNull && inner.args.len() == 1 =>
        {
            write_operand(&inner.args[0], Binding::Comparison, true, f)?;
            f.write_str(" is not null")
        }
        (F::Not, [inner]) => {
            f.write_str("not ")?;
            write_operand(inner, binding, false, f)
        }
        (F::IsNull, [inner]) => {
            write_operand(inner, binding, true, f)?;
            f.write_str(" is null")
        }
        (F::Between, [value, low, high]) => {
            write_operand(value, binding, true, f)?;
            f.write_str(" between ")?;
            write_operand(low, binding, true, f)?;
            f.write_str(" and ")?;
            write_operand(high, binding, true, f)
        }
        (F::In, [value, rest @ ..]) => {
            write_operand(value, binding, true, f)?;
            f.write_str(" in (")?;
            write_list(rest, f)?;
            f.write_str(")")
        }
        (F::Cast, [value]) => match call.to {
            Some(to) => write!(f, "cast({value} as {to})"),
            None => write!(f, "cast({value})"),
        },
        (function, args) => match function.infix() {
            Some(operator) if args.len() >= 2 => {
                for (at, argument) in args.iter().enumerate() {
                    if at > 0 {
                        write!(f, " {operator} ")?;
                    }
                    // a - (b - c): what stands on the right needs its parentheses.
                    write_operand(
                        argument,
                        binding,
                        at > 0 || binding == Binding::Comparison,
                        f,
                    )?;
                }
                Ok(())
            }
            _ => {
                write!(f, "{}(", function.name())?;
                write_list(args, f)?;
                f.write_str(")")
            }
        },
    }
}

fn write_list(args: &[Expression], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, argument) in args.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{argument}")?;
    }
    Ok(())
}

/// An operand, in parentheses where it binds less tightly than what surrounds it; `strictly`: also
/// where it binds the same.
fn write_operand(
    operand: &Expression,
    around: Binding,
    strictly: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let binding = match operand {
        Expression::Call(call) => call.binding(),
        _ => Binding::Atom,
    };
    if binding < around || strictly && binding == around {
        write!(f, "({operand})")
    } else {
        write!(f, "{operand}")
    }
}

impl CallNode {
    fn binding(&self) -> Binding {
        use Function as F;
        match self.function {
            F::Or if self.args.len() > 1 => Binding::Or,
            F::And if self.args.len() > 1 => Binding::And,
            F::Not => match self.args.as_slice() {
                [Expression::Call(inner)] if inner.function == F::IsNull => Binding::Comparison,
                _ => Binding::Not,
            },
            F::IsNull | F::Between | F::In => Binding::Comparison,
            F::Equal
            | F::NotEqual
            | F::Less
            | F::LessOrEqual
            | F::Greater
            | F::GreaterOrEqual
            | F::Like
            | F::Matches => Binding::Comparison,
            F::Add | F::Subtract => Binding::Sum,
            F::Multiply | F::Divide => Binding::Product,
            _ => Binding::Atom,
        }
    }
}

impl Function {
    fn infix(self) -> Option<&'static str> {
        Some(match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "like",
            Self::Matches => "matches",
            Self::And => "and",
            Self::Or => "or",
            _ => return None,
        })
    }
}
