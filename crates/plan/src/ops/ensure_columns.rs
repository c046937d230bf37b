use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::{polars_type, python_list};
use crate::operation::{Class, Effect, Operation, Problem};
use crate::schema::Schema;
use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

/// Brings a table to a list of columns: missing ones are added as null, order is that of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnsureColumns {
    /// The columns that the table must have, in order.
    pub schema: Vec<EnsuredColumn>,
    /// What becomes of columns that are not listed.
    pub extra: ExtraColumns,
}

/// A column that must be there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnsuredColumn {
    /// Its name.
    #[schemars(with = "String")]
    pub name: ColumnName,
    /// Its type; a column that exists with another type is an error.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}

/// What becomes of columns that are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExtraColumns {
    /// They stay, after the listed ones.
    Keep,
    /// They go.
    Drop,
    /// The plan is refused.
    Fail,
}

impl EnsureColumns {
    fn result(&self, schema: &Schema) -> Schema {
        let listed = self
            .schema
            .iter()
            .map(|column| (column.name.clone(), column.column_type));
        let is_listed = |name: &ColumnName| self.schema.iter().any(|column| column.name == *name);
        let extra = schema
            .columns()
            .iter()
            .filter(|(name, _)| !is_listed(name))
            .cloned();
        match self.extra {
            ExtraColumns::Keep => Schema::new(listed.chain(extra).collect()),
            ExtraColumns::Drop | ExtraColumns::Fail => Schema::new(listed.collect()),
        }
    }
}

impl Operation for EnsureColumns {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        if self.schema.is_empty() {
            return Err(Problem::new("/schema", "names no column"));
        }
        for (at, column) in self.schema.iter().enumerate() {
            let pointer = format!("/schema/{at}");
            if self.schema[..at]
                .iter()
                .any(|earlier| earlier.name == column.name)
            {
                return Err(Problem::new(
                    pointer,
                    format!("names column `{}` twice", column.name),
                ));
            }
            match schema.type_of(&column.name) {
                Some(found) if found != column.column_type => {
                    let message = format!("column `{}` is {found}", column.name);
                    return Err(Problem::new(pointer, message));
                }
                _ => {}
            }
        }
        let unlisted = schema
            .names()
            .find(|name| self.schema.iter().all(|c| c.name != **name));
        if let (ExtraColumns::Fail, Some(name)) = (self.extra, unlisted) {
            return Err(Problem::new(
                "/extra",
                format!("column `{name}` is not listed"),
            ));
        }
        *schema = self.result(schema);
        Ok(())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let result = self.result(frame.schema());
        let sources: Vec<_> = result
            .names()
            .map(|name| frame.schema().position(name))
            .collect();
        frame.rearrange(result, &sources);
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let missing: Vec<(&ColumnName, String)> = self
            .schema
            .iter()
            .filter(|column| schema.position(&column.name).is_none())
            .map(|c| {
                (
                    &c.name,
                    format!("pl.lit(None, dtype={})", polars_type(c.column_type)),
                )
            })
            .collect();
        if !missing.is_empty() {
            let cells = missing.iter().map(|(name, cell)| (*name, cell.as_str()));
            transform.expressions("derive", cells, &[]);
        }
        let result = self.result(schema);
        transform.call(
            "select",
            &[python_list(result.names().map(ColumnName::as_str))],
        );
    }
}
