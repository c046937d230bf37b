use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::compile::{CellChange, Transform, column_expression};
use crate::expression::{Expression, Typed};
use crate::interpret::{Frame, Row, RunError, RunParameters};
use crate::module::literal::python_list;
use crate::operation::{
    Class, Effect, Operation, Problem, check_columns, column_type, require_text,
};
use crate::ops::map_values::Folding;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Turns values that stand for "missing" into null: tokens (compared without white space at the
/// ends, and in lower case where asked), or all values of rows for which a condition holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NullIf {
    /// The columns it applies to; with tokens, they are text.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<String>,
    /// Compare in lower case.
    #[serde(default)]
    pub ignore_case: bool,
    /// Also null where this holds of the row as it was before the step; unknown (null) is no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
}

/// Most tokens. A reviewer reads every one, and every cell is compared with them.
const MAX_TOKENS: usize = 1000;

impl NullIf {
    fn foldings(&self) -> &'static [Folding] {
        match self.ignore_case {
            true => &[Folding::Trim, Folding::Casefold],
            false => &[Folding::Trim],
        }
    }

    /// The tokens as they are compared.
    fn folded(&self) -> BTreeSet<String> {
        self.tokens
            .iter()
            .map(|token| Folding::fold(self.foldings(), token))
            .collect()
    }

    /// Whether it makes null of nothing but the given values.
    pub(crate) fn nulls_only<'t>(&self, tokens: impl Iterator<Item = &'t str>) -> bool {
        let known: BTreeSet<String> = tokens
            .map(|token| Folding::fold(self.foldings(), token))
            .collect();
        self.when.is_none() && self.folded().is_subset(&known)
    }

    fn condition(&self, schema: &Schema) -> Result<Option<Typed>, Problem> {
        self.when
            .as_ref()
            .map(|when| when.condition(schema, "/when"))
            .transpose()
    }

    /// Polars source of a condition for a column; `None` where there is nothing to null.
    fn expression(&self, name: &ColumnName, schema: &Schema) -> Option<String> {
        let column = column_expression(name);
        let tokens = (!self.tokens.is_empty()).then(|| {
            let folded = Folding::expression(self.foldings(), &column);
            format!(
                "{folded}.is_in({})",
                python_list(self.folded().iter().map(String::as_str))
            )
        });
        let when = self
            .condition(schema)
            .ok()
            .flatten()
            .map(|when| when.compile());
        match (tokens, when) {
            (Some(tokens), Some(when)) => Some(format!("{tokens} | {when}")),
            (tokens, when) => tokens.or(when),
        }
    }
}

impl Operation for NullIf {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        let folded = self.folded();
        match () {
            () if self.tokens.is_empty() && self.when.is_none() => {
                return Err(Problem::new(
                    "/tokens",
                    "names no token, and there is no condition",
                ));
            }
            () if self.tokens.len() > MAX_TOKENS => {
                return Err(Problem::new(
                    "/tokens",
                    format!("has more than {MAX_TOKENS} tokens"),
                ));
            }
            () if folded.contains("") => {
                return Err(Problem::new("/tokens", "has a token without text"));
            }
            () => {}
        }
        for (at, name) in self.columns.iter().enumerate() {
            let pointer = format!("/columns/{at}");
            let ty = column_type(schema, name, &pointer)?;
            if !self.tokens.is_empty() {
                require_text(ty).map_err(|problem| Problem { pointer, ..problem })?;
            }
        }
        self.condition(schema).map(|_| ())
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        match self.columns.contains(column) {
            true => Effect::Alters,
            false => Effect::Keeps,
        }
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let when = self
            .condition(frame.schema())
            .map_err(|_| RunError::UncheckedExpression)?;
        let tokens = self.folded();
        let is_token = |value: &Value| match value {
            Value::Text(text) => tokens.contains(&Folding::fold(self.foldings(), text)),
            _ => false,
        };
        let holds = |row: &Row| {
            when.as_ref()
                .is_some_and(|when| when.holds(&row.cells, run))
        };
        let condition: Vec<bool> = frame.rows().iter().map(holds).collect();
        for name in &self.columns {
            let schema = frame.schema();
            let (Some(at), Some(ty)) = (schema.position(name), schema.type_of(name)) else {
                return Err(RunError::Unchecked {
                    column: name.clone(),
                });
            };
            let new = |(row, holds): (&Row, &bool)| match &row.cells[at] {
                cell if *holds || is_token(cell) => Value::Null,
                cell => cell.clone(),
            };
            let cells = frame.rows().iter().zip(&condition).map(new).collect();
            frame.put_column(name, ty, cells);
        }
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let change = |name: &ColumnName| {
            let condition = self.expression(name, schema)?;
            let column = column_expression(name);
            let expression = format!("pl.when({condition}).then(None).otherwise({column})");
            Some(CellChange {
                column: name.clone(),
                expression,
                keeps_type: true,
            })
        };
        let changes: Vec<CellChange> = self.columns.iter().filter_map(change).collect();
        transform.cells(&changes, None);
    }

    /// Null is no token; a condition may speak of the columns that are nulled.
    fn is_idempotent(&self) -> bool {
        self.when.is_none()
    }
}
