use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::operation::{Cell, Class, Effect, Operation, Problem, check_columns, column_type};
use crate::ops::constant::{expression_for, value_for};
use crate::schema::Schema;
use crate::value::{ColumnType, Literal, Value};

/// Puts a constant where there is no value; other values stay. A reviewer must accept each fill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FillNull {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The constant, which every one of the columns can hold exactly.
    pub literal: Literal,
}

impl Operation for FillNull {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        for (at, name) in self.columns.iter().enumerate() {
            let ty = column_type(schema, name, &format!("/columns/{at}"))?;
            if value_for(&self.literal, ty).is_none() {
                let message = format!("is no value of column `{name}`, which is {ty}");
                return Err(Problem::new("/literal", message));
            }
        }
        Ok(())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        match self.columns.contains(column) {
            true => Effect::Alters,
            false => Effect::Keeps,
        }
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        for name in &self.columns {
            let ty = frame.schema().type_of(name);
            let (ty, filling) = ty
                .and_then(|ty| Some((ty, value_for(&self.literal, ty)?)))
                .ok_or_else(|| RunError::Unchecked {
                    column: name.clone(),
                })?;
            frame.map_cells(name, ty, |value| match value {
                Value::Null => Cell::Value(filling.clone()),
                other => Cell::Value(other.clone()),
            })?;
        }
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let filled: Vec<_> = self
            .columns
            .iter()
            .filter_map(|name| {
                let filling = expression_for(&self.literal, schema.type_of(name)?);
                Some((
                    name,
                    format!("{}.fill_null({filling})", column_expression(name)),
                ))
            })
            .collect();
        let columns = filled
            .iter()
            .map(|(name, expression)| (*name, expression.as_str()));
        transform.expressions("change", columns, &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{columns, frame, run};
    use crate::value::ColumnType;

    fn fill(literal: Literal) -> FillNull {
        FillNull {
            columns: columns(&["a"]),
            literal,
        }
    }

    #[test]
    fn nulls_alone_are_filled_and_counted() {
        let mut frame = frame(
            "a",
            ColumnType::Text,
            vec![Value::Null, Value::Text("x".into())],
        );
        let operation = fill(Literal::Text("n/a".into()));
        operation.interpret(&mut frame, &run()).unwrap();
        let cells: Vec<_> = frame
            .rows()
            .iter()
            .filter_map(|row| row.cells[0].as_text())
            .collect();
        assert_eq!(cells, ["n/a", "x"]);
        assert_eq!(
            frame
                .counts()
                .values()
                .map(|counts| counts.changed)
                .collect::<Vec<_>>(),
            [1]
        );
    }

    #[test]
    fn the_constant_must_fit_the_column() {
        let fits = |literal: Literal, ty| {
            let mut schema = Schema::new(vec![(columns(&["a"]).remove(0), ty)]);
            fill(literal).check(&mut schema).is_ok()
        };
        let decimal = ColumnType::Decimal {
            precision: 4,
            scale: 2,
        };
        assert!(fits(Literal::Integer(0), ColumnType::Integer));
        assert!(
            fits(Literal::Integer(0), decimal) && fits(Literal::Decimal("0.5".into()), decimal)
        );
        assert!(!fits(Literal::Decimal("0.005".into()), decimal));
        assert!(!fits(Literal::Integer(100), decimal));
        assert!(!fits(Literal::Text("0".into()), ColumnType::Integer));
        assert!(!fits(Literal::Text(String::new()), ColumnType::Text));
    }
}
