use super::filter_rows::Disposition;
use crate::compile::Transform;
use crate::interpret::{Frame, Row, RunError, RunParameters};
use crate::module::literal::{python_list, python_text};
use crate::operation::{Class, Effect, Operation, Problem, check_columns, column_type};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Keeps one row a key: the first in the given order. Rows with a null in the key are no duplicates of anything and stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DedupeLatest {
    /// The key.
    #[schemars(with = "Vec<String>")]
    pub keys: Vec<ColumnName>,
    /// Which row is kept: sorted by these, nulls last, the first stays. The last entry must be
    /// `{"row": …}`, so that the order is total.
    pub order_by: Vec<OrderTerm>,
    /// Where the others go.
    pub losers: Disposition,
}

/// One term of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderTerm {
    /// Small values first.
    #[schemars(with = "String")]
    Ascending(ColumnName),
    /// Large values first.
    #[schemars(with = "String")]
    Descending(ColumnName),
    /// The place of the row in the Bronze file.
    Row(RowOrder),
}

/// Which place in the file wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowOrder {
    /// The first.
    First,
    /// The last.
    Last,
}

impl DedupeLatest {
    /// Which of two rows comes first; `Equal` only for a row and itself.
    fn compare(&self, schema: &Schema, a: &Row, b: &Row) -> Ordering {
        let nulls_last = |name: &ColumnName, descending: bool| {
            let Some(at) = schema.position(name) else {
                return Ordering::Equal;
            };
            match (&a.cells[at], &b.cells[at]) {
                (Value::Null, Value::Null) => Ordering::Equal,
                (Value::Null, _) => Ordering::Greater,
                (_, Value::Null) => Ordering::Less,
                (x, y) => {
                    let order = x.compare(y).unwrap_or(Ordering::Equal);
                    if descending { order.reverse() } else { order }
                }
            }
        };
        let terms = self.order_by.iter().map(|term| match term {
            OrderTerm::Ascending(name) => nulls_last(name, false),
            OrderTerm::Descending(name) => nulls_last(name, true),
            OrderTerm::Row(RowOrder::First) => a.number.cmp(&b.number),
            OrderTerm::Row(RowOrder::Last) => b.number.cmp(&a.number),
        });
        terms.fold(Ordering::Equal, Ordering::then)
    }
}

impl Operation for DedupeLatest {
    fn class(&self) -> Class {
        Class::Structural
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.keys, schema)
            .map_err(|problem| Problem::new("/keys", problem.message))?;
        for (at, term) in self.order_by.iter().enumerate() {
            let pointer = format!("/order_by/{at}");
            match term {
                OrderTerm::Ascending(name) | OrderTerm::Descending(name) => {
                    column_type(schema, name, &pointer)?;
                }
                OrderTerm::Row(_) if at + 1 == self.order_by.len() => return Ok(()),
                OrderTerm::Row(_) => {
                    return Err(Problem::new(
                        pointer,
                        "`row` decides alone: nothing may follow it",
                    ));
                }
            }
        }
        Err(Problem::new(
            "/order_by",
            "the order is not total: it must end with `row`",
        ))
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let schema = frame.schema();
        let places: Vec<_> = self
            .keys
            .iter()
            .filter_map(|key| schema.position(key))
            .collect();
        let mut winners: BTreeMap<Vec<String>, &Row> = BTreeMap::new();
        let mut losers = Vec::new();
        for row in frame.rows() {
            let key = places.iter().map(|&at| row.cells[at].canonical_text());
            let Some(key) = key.collect::<Option<Vec<_>>>() else {
                continue;
            };
            match winners.get_mut(&key) {
                None => {
                    winners.insert(key, row);
                }
                Some(winner) => {
                    let loses = self.compare(schema, row, winner) == Ordering::Greater;
                    losers.push(if loses { row.number } else { winner.number });
                    if !loses {
                        *winner = row;
                    }
                }
            }
        }
        losers.sort_unstable();
        frame.remove(&losers, self.losers == Disposition::Quarantine);
        Ok(())
    }

    fn compile(&self, _schema: &Schema, transform: &mut Transform<'_>) {
        let keys = python_list(self.keys.iter().map(ColumnName::as_str));
        let terms = self.order_by.iter().map(|term| {
            let (name, way) = match term {
                OrderTerm::Ascending(name) => (name.as_str(), "ascending"),
                OrderTerm::Descending(name) => (name.as_str(), "descending"),
                OrderTerm::Row(RowOrder::First) => ("", "first"),
                OrderTerm::Row(RowOrder::Last) => ("", "last"),
            };
            format!("({}, {})", python_text(name), python_text(way))
        });
        let order = terms.collect::<Vec<_>>().join(", ");
        let quarantine = self.losers.python();
        transform.call(
            "keep_latest",
            &[
                format!("keys={keys}"),
                format!("order_by=[{order}]"),
                quarantine,
            ],
        );
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        Some(QuarantineConsent::DuplicateKey)
    }

    fn loses_rows(&self) -> bool {
        self.losers == Disposition::Drop
    }
}
