use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use super::hash_key::HashKey;
use crate::compile::Transform;
use crate::interpret::{Frame, Row, RunError, RunParameters};
use crate::operation::{Class, Effect, Operation, Problem};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Adds columns that say where a row came from. All of it is supplied by the run or by the row:
/// nothing reads the clock.
///
/// Row-local. Accepts every row; none of the columns has a null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMetadata {
    /// Which, in order.
    pub add: Vec<Metadata>,
    /// Put before each name, for example `_`.
    pub prefix: String,
}

/// One column of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// `load_id`: the Silver run id, text.
    LoadId,
    /// `loaded_at`: the as-of instant of the run, timestamp.
    LoadedAt,
    /// `source_file`: the Bronze file name, text.
    SourceFile,
    /// `source_row`: the number of the row in it, integer.
    SourceRow,
    /// `row_hash`: SHA-256 over the canonical text of all columns before this step, as `hash_key`
    /// makes it with the null token `-`. Floats are left out, since they identify nothing.
    RowHash,
    /// `source_relation`: the file name without `.csv`, text.
    SourceRelation,
}

impl Metadata {
    fn name(self) -> &'static str {
        match self {
            Self::LoadId => "load_id",
            Self::LoadedAt => "loaded_at",
            Self::SourceFile => "source_file",
            Self::SourceRow => "source_row",
            Self::RowHash => "row_hash",
            Self::SourceRelation => "source_relation",
        }
    }

    fn column_type(self) -> ColumnType {
        match self {
            Self::LoadedAt => ColumnType::Timestamp,
            Self::SourceRow => ColumnType::Integer,
            _ => ColumnType::Text,
        }
    }

    fn value(self, row: &Row, hash: Option<&Value>, run: &RunParameters) -> Value {
        match self {
            Self::LoadId => Value::Text(run.load_id.to_string()),
            Self::LoadedAt => Value::Timestamp(run.as_of.as_datetime().naive_utc()),
            Self::SourceFile => Value::Text(run.source_file.clone()),
            Self::SourceRow => i64::try_from(row.number).map_or(Value::Null, Value::Integer),
            Self::RowHash => hash.cloned().unwrap_or(Value::Null),
            Self::SourceRelation => {
                Value::Text(run.source_file.trim_end_matches(".csv").to_owned())
            }
        }
    }

    /// Python of the column; `None` for the row hash, which needs the other columns.
    fn expression(self) -> Option<&'static str> {
        Some(match self {
            Self::LoadId => "pl.lit(run.load_id)",
            Self::LoadedAt => "pl.lit(run.as_of).cast(pl.Datetime(\"us\"))",
            Self::SourceFile => "pl.lit(run.source_file)",
            Self::SourceRow => "pl.col(ROW).cast(pl.Int64)",
            Self::RowHash => return None,
            Self::SourceRelation => "pl.lit(run.source_file.removesuffix(\".csv\"))",
        })
    }
}

impl AddMetadata {
    fn column(&self, metadata: Metadata) -> Result<ColumnName, Problem> {
        let name = format!("{}{}", self.prefix, metadata.name());
        name.parse()
            .map_err(|error| Problem::new("/prefix", format!("gives no column name: {error}")))
    }

    /// The row hash as an operation of its own.
    fn hash(&self, schema: &Schema) -> Option<HashKey> {
        let hashable = schema
            .columns()
            .iter()
            .filter(|(_, ty)| *ty != ColumnType::Float);
        Some(HashKey {
            columns: hashable.map(|(name, _)| name.clone()).collect(),
            null_token: "-".to_owned(),
            into: self.column(Metadata::RowHash).ok()?,
        })
    }
}

impl Operation for AddMetadata {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        if self.add.is_empty() {
            return Err(Problem::new("/add", "adds nothing"));
        }
        let before = schema.clone();
        for (at, metadata) in self.add.iter().enumerate() {
            let name = self.column(*metadata)?;
            if schema.position(&name).is_some() {
                let message = format!("column `{name}` exists already");
                return Err(Problem::new(format!("/add/{at}"), message));
            }
            if *metadata == Metadata::RowHash {
                let hash = self.hash(&before).filter(|hash| !hash.columns.is_empty());
                hash.ok_or_else(|| Problem::new(format!("/add/{at}"), "has no column to hash"))?;
            }
            schema.set(&name, metadata.column_type());
        }
        Ok(())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let hashes: Option<Vec<Value>> = match self.hash(frame.schema()) {
            Some(hash) if self.add.contains(&Metadata::RowHash) => {
                let mut hashed = frame.clone();
                hash.interpret(&mut hashed, run)?;
                let last = |row: &Row| row.cells.last().cloned().unwrap_or(Value::Null);
                Some(hashed.rows().iter().map(last).collect())
            }
            _ => None,
        };
        for metadata in &self.add {
            // `check` accepted the prefix.
            let Ok(name) = self.column(*metadata) else {
                continue;
            };
            let hash = |at: usize| hashes.as_ref().and_then(|hashes| hashes.get(at));
            let rows = frame.rows().iter().enumerate();
            let cells = rows
                .map(|(at, row)| metadata.value(row, hash(at), run))
                .collect();
            frame.put_column(&name, metadata.column_type(), cells);
        }
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        for metadata in &self.add {
            match (metadata.expression(), self.column(*metadata)) {
                (Some(expression), Ok(name)) => {
                    transform.expressions("derive", [(&name, expression)], &[]);
                }
                _ => {
                    if let Some(hash) = self.hash(schema) {
                        hash.compile(schema, transform);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{columns, run};

    fn frame() -> Frame {
        let cells = vec![Value::Text("a".to_owned()), Value::Null];
        Frame::with_rows(
            Schema::bronze(&columns(&["x", "y"])),
            vec![Row { number: 7, cells }],
        )
    }

    #[test]
    fn every_kind_is_what_the_run_or_the_row_says() {
        let operation = AddMetadata {
            add: vec![
                Metadata::SourceRow,
                Metadata::RowHash,
                Metadata::SourceRelation,
                Metadata::LoadedAt,
            ],
            prefix: "_".to_owned(),
        };
        let mut schema = frame().schema().clone();
        operation.check(&mut schema).unwrap();
        let mut result = frame();
        operation.interpret(&mut result, &run()).unwrap();
        assert_eq!(result.schema(), &schema);
        let cells = &result.rows()[0].cells;
        assert_eq!(cells[2], Value::Integer(7));
        // printf '1:a-' | sha256sum
        let hash = "90f1254ff827d6590e7801f3633736f7ae68c37fd9392ced9c449bc6825320b8";
        assert_eq!(cells[3].as_text(), Some(hash));
        assert_eq!(
            cells[4].as_text(),
            Some(run().source_file.trim_end_matches(".csv"))
        );
        assert_eq!(
            cells[5],
            Value::Timestamp(run().as_of.as_datetime().naive_utc())
        );
    }

    #[test]
    fn names_must_be_free_and_possible() {
        let refused = |add: Vec<Metadata>, prefix: &str| {
            let operation = AddMetadata {
                add,
                prefix: prefix.to_owned(),
            };
            operation
                .check(&mut frame().schema().clone())
                .unwrap_err()
                .pointer
        };
        assert_eq!(refused(vec![], "_"), "/add");
        assert_eq!(
            refused(vec![Metadata::LoadId, Metadata::LoadId], "_"),
            "/add/1"
        );
        assert_eq!(refused(vec![Metadata::LoadId], "\n"), "/prefix");
    }
}
