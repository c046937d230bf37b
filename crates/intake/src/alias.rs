//! What tables and columns are called where their names do not travel.

use std::fmt;

use serde::{Serialize, Serializer};
use silversmith_types::ColumnName;

use crate::brief::BriefColumn;

/// `T1` or `C3`: the place of a table in the order of names, of a column in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    letter: char,
    number: usize,
}

impl Alias {
    pub(crate) fn table(at: usize) -> Self {
        Self {
            letter: 'T',
            number: at + 1,
        }
    }

    pub(crate) fn column(at: usize) -> Self {
        Self {
            letter: 'C',
            number: at + 1,
        }
    }

    /// The place, from 1: how a column is called where its table is known.
    pub(crate) fn number(self) -> usize {
        self.number
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter, self.number)
    }
}

impl Serialize for Alias {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for Alias {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Alias".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[TC][1-9][0-9]*$"})
    }
}

/// `T1.C3`.
pub(crate) struct ColumnOfTable(pub(crate) Alias, pub(crate) Alias);

impl Serialize for ColumnOfTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.0, self.1))
    }
}

impl schemars::JsonSchema for ColumnOfTable {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ColumnOfTable".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^T[1-9][0-9]*\\.C[1-9][0-9]*$"
        })
    }
}

pub(crate) fn column_alias(columns: &[BriefColumn], name: &ColumnName) -> Option<Alias> {
    let at = columns.iter().position(|column| column.name == *name)?;
    Some(Alias::column(at))
}
