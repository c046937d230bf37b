//! What the tests of operations share.

use silversmith_types::ColumnName;

use crate::interpret::{Frame, Row, RunParameters};
use crate::operation::{Cell, CellOperation};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// A run with a fixed instant.
pub(crate) fn run() -> RunParameters {
    RunParameters {
        as_of: "2026-01-25T21:47:26Z".parse().unwrap(),
        load_id: "20260125_214726_#0a1b2c3d".parse().unwrap(),
        source_file: "a.csv".to_owned(),
    }
}

/// Column names.
pub(crate) fn columns(names: &[&str]) -> Vec<ColumnName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// A table of one column.
pub(crate) fn frame(name: &str, ty: ColumnType, cells: Vec<Value>) -> Frame {
    let rows = (1..)
        .zip(cells)
        .map(|(number, cell)| Row {
            number,
            cells: vec![cell],
        })
        .collect();
    Frame::with_rows(Schema::new(vec![(name.parse().unwrap(), ty)]), rows)
}

/// What stands for an invalid value in [`outcomes`].
pub(crate) const INVALID: &str = "\u{0}invalid";

/// What becomes of each value: its canonical text, nothing for null, [`INVALID`] where it is invalid.
pub(crate) fn outcomes(operation: &dyn CellOperation, values: &[Value]) -> Vec<String> {
    let apply = operation.prepare();
    let outcome = |value: &Value| match apply(value, &run()) {
        Cell::Value(value) => value.canonical_text().unwrap_or_default(),
        Cell::Invalid => INVALID.to_owned(),
    };
    values.iter().map(outcome).collect()
}

/// [`outcomes`] of texts.
pub(crate) fn texts(operation: &dyn CellOperation, texts: &[&str]) -> Vec<String> {
    let values: Vec<_> = texts
        .iter()
        .map(|text| Value::Text((*text).to_owned()))
        .collect();
    outcomes(operation, &values)
}
