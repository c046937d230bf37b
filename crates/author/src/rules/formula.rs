//! Short ways to write expressions.

use silversmith_plan::expression::{CallNode, ColumnNode, Expression, Function, LiteralNode};
use silversmith_plan::{ColumnType, Literal, Schema};
use silversmith_types::ColumnName;

pub(super) fn column(name: &ColumnName) -> Expression {
    Expression::Column(ColumnNode {
        column: name.clone(),
    })
}

pub(super) fn call(function: Function, args: impl IntoIterator<Item = Expression>) -> Expression {
    Expression::Call(CallNode {
        function,
        args: args.into_iter().collect(),
        to: None,
    })
}

pub(super) fn integer(number: i64) -> Expression {
    Expression::Literal(LiteralNode {
        literal: Literal::Integer(number),
    })
}

pub(super) fn text(text: &str) -> Expression {
    Expression::Literal(LiteralNode {
        literal: Literal::Text(text.to_owned()),
    })
}

pub(super) fn not_null(name: &ColumnName) -> Expression {
    call(Function::Not, [call(Function::IsNull, [column(name)])])
}

pub(super) fn positive(name: &ColumnName) -> Expression {
    call(Function::Greater, [column(name), integer(0)])
}

pub(super) fn negative(name: &ColumnName) -> Expression {
    call(Function::Less, [column(name), integer(0)])
}

/// Missing or zero.
pub(super) fn missing(name: &ColumnName) -> Expression {
    let zero = call(Function::Equal, [column(name), integer(0)]);
    call(Function::Or, [call(Function::IsNull, [column(name)]), zero])
}

/// The expression as values of the type `to`; null where a value has no counterpart.
pub(super) fn as_type(expression: Expression, to: ColumnType, schema: &Schema) -> Expression {
    match expression.type_in(schema) {
        Ok(ty) if ty == to => expression,
        _ => Expression::Call(CallNode {
            function: Function::Cast,
            args: vec![expression],
            to: Some(to),
        }),
    }
}
