use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;

use crate::compile::{CellChange, Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::{python_list, python_text};
use crate::operation::{
    Cell, Class, Effect, OnError, Operation, Problem, check_columns, column_type, require_text,
};
use crate::ops::change_case::lower_case;
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// Replaces codes by labels. Unmapped values are counted in every run, by column. Null stays null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapValues {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// Labels by codes. No two codes may become one by what `match` does to them.
    pub map: BTreeMap<String, String>,
    /// What is done to a value before it is looked up.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<Folding>,
    /// What becomes of a value that is not in the map.
    pub default: Unmapped,
}

/// What is done to a value before it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folding {
    /// White space at the ends does not count.
    Trim,
    /// Case does not count: both sides are mapped to lower case.
    Casefold,
}

/// What becomes of a value that is not in the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unmapped {
    /// It stays as it is.
    Keep,
    /// It becomes null.
    Null,
    /// It becomes this text.
    Literal(String),
    /// Its row goes to quarantine.
    Quarantine,
}

impl Folding {
    /// The text as it is looked up.
    pub(crate) fn fold(foldings: &[Self], text: &str) -> String {
        let trimmed = if foldings.contains(&Self::Trim) {
            text.trim()
        } else {
            text
        };
        match foldings.contains(&Self::Casefold) {
            true => lower_case(trimmed),
            false => trimmed.to_owned(),
        }
    }

    /// The Polars expression for [`Folding::fold`].
    pub(crate) fn expression(foldings: &[Self], input: &str) -> String {
        let trim = if foldings.contains(&Self::Trim) {
            ".str.strip_chars()"
        } else {
            ""
        };
        let lower = if foldings.contains(&Self::Casefold) {
            ".str.to_lowercase()"
        } else {
            ""
        };
        format!("{input}{trim}{lower}")
    }
}

impl MapValues {
    /// Labels by codes as they are looked up.
    fn folded(&self) -> BTreeMap<String, &str> {
        let entries = self.map.iter();
        entries
            .map(|(code, label)| (Folding::fold(&self.matching, code), label.as_str()))
            .collect()
    }

    fn on_error(&self) -> Option<OnError> {
        (self.default == Unmapped::Quarantine).then_some(OnError::Quarantine)
    }

    fn unmapped(&self, value: &Value) -> Cell {
        match &self.default {
            Unmapped::Keep => Cell::Value(value.clone()),
            Unmapped::Null => Cell::Value(Value::Null),
            Unmapped::Literal(label) => Cell::Value(Value::Text(label.clone())),
            Unmapped::Quarantine => Cell::Invalid,
        }
    }
}

impl Operation for MapValues {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn is_idempotent(&self) -> bool {
        let folded = self.folded();
        let stays = |text: &String| match folded.get(&Folding::fold(&self.matching, text)) {
            Some(label) => label == text,
            None => match &self.default {
                Unmapped::Keep => true,
                Unmapped::Literal(label) => label == text,
                Unmapped::Null | Unmapped::Quarantine => false,
            },
        };
        let default = match &self.default {
            Unmapped::Literal(label) => Some(label),
            _ => None,
        };
        self.map.values().chain(default).all(stays)
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(&self.columns, schema)?;
        for (at, name) in self.columns.iter().enumerate() {
            let pointer = format!("/columns/{at}");
            let input = column_type(schema, name, &pointer)?;
            require_text(input).map_err(|problem| Problem { pointer, ..problem })?;
        }
        let folded = self.folded();
        let default_is_empty = self.default == Unmapped::Literal(String::new());
        match () {
            () if self.map.is_empty() => Err(Problem::new("/map", "names no code")),
            () if folded.contains_key("") => Err(Problem::new("/map", "has a code without text")),
            () if folded.len() < self.map.len() => Err(Problem::new(
                "/map",
                "has two codes that are one after what `match` does",
            )),
            () if self.map.values().any(String::is_empty) || default_is_empty => {
                Err(Problem::new("/map", "has a label without text"))
            }
            () => Ok(()),
        }
    }

    fn effect(&self, column: &ColumnName, _input: ColumnType) -> Effect {
        match self.columns.contains(column) {
            true => Effect::Alters,
            false => Effect::Keeps,
        }
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        let folded = self.folded();
        let label = |value: &Value| {
            folded
                .get(&Folding::fold(
                    &self.matching,
                    value.as_text().unwrap_or_default(),
                ))
                .copied()
        };
        let mut invalid = Vec::new();
        for name in &self.columns {
            let at = frame
                .schema()
                .position(name)
                .ok_or_else(|| RunError::Unchecked {
                    column: name.clone(),
                })?;
            let cells = frame.rows().iter().map(|row| &row.cells[at]);
            let unmapped = cells
                .filter(|cell| !cell.is_null() && label(cell).is_none())
                .count();
            frame.record_check(name.as_str(), unmapped as u64);
            let rows = frame.map_cells(name, ColumnType::Text, |value| match label(value) {
                _ if value.is_null() => Cell::Value(Value::Null),
                Some(label) => Cell::Value(Value::Text(label.to_owned())),
                None => self.unmapped(value),
            })?;
            invalid.push((name.clone(), rows));
        }
        frame.settle(invalid, self.on_error())
    }

    fn compile(&self, _schema: &Schema, transform: &mut Transform<'_>) {
        let folded = self.folded();
        let codes = python_list(folded.keys().map(String::as_str));
        let labels = python_list(folded.values().copied());
        let mut unmapped = Vec::new();
        let mut cells = Vec::new();
        for column in &self.columns {
            let value = column_expression(column);
            let key = Folding::expression(&self.matching, &value);
            unmapped.push((column, format!("~{key}.is_in({codes})")));
            let default = match &self.default {
                Unmapped::Keep => value,
                Unmapped::Null | Unmapped::Quarantine => "None".to_owned(),
                Unmapped::Literal(label) => {
                    format!(
                        "pl.when({value}.is_not_null()).then(pl.lit({}))",
                        python_text(label)
                    )
                }
            };
            let expression = format!(
                "{key}.replace_strict({codes}, {labels}, default={default}, return_dtype=pl.String)"
            );
            cells.push(CellChange {
                column: column.clone(),
                expression,
                keeps_type: true,
            });
        }
        transform.expressions(
            "count",
            unmapped.iter().map(|(name, test)| (*name, &**test)),
            &[],
        );
        transform.cells(&cells, self.on_error());
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        (self.default == Unmapped::Quarantine).then_some(QuarantineConsent::InvalidValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{columns, frame, run};

    fn map(entries: &[(&str, &str)], matching: Vec<Folding>, default: Unmapped) -> MapValues {
        let entries = entries
            .iter()
            .map(|(code, label)| ((*code).into(), (*label).into()));
        MapValues {
            columns: columns(&["a"]),
            map: entries.collect(),
            matching,
            default,
        }
    }

    fn mapped(operation: &MapValues) -> (Vec<String>, u64) {
        let cells = ["DE", " de", "usa", "ÜK"].map(|text| Value::Text(text.into()));
        let cells = cells.into_iter().chain([Value::Null]).collect();
        let mut frame = frame("a", ColumnType::Text, cells);
        operation.interpret(&mut frame, &run()).unwrap();
        let cells = frame
            .rows()
            .iter()
            .map(|row| row.cells[0].canonical_text().unwrap_or_default());
        (cells.collect(), frame.checks().values().sum())
    }

    #[test]
    fn codes_become_labels_and_the_unmapped_are_counted() {
        let entries = [("de", "Germany"), ("Ük", "United Kingdom")];
        let exact = map(&entries, Vec::new(), Unmapped::Null);
        assert_eq!(mapped(&exact), (vec![String::new(); 5], 4));
        let both = vec![Folding::Trim, Folding::Casefold];
        let folded = map(&entries, both.clone(), Unmapped::Keep);
        assert_eq!(
            mapped(&folded).0,
            ["Germany", "Germany", "usa", "United Kingdom", ""]
        );
        let labelled = map(&entries, both.clone(), Unmapped::Literal("?".into()));
        assert_eq!(
            mapped(&labelled).0,
            ["Germany", "Germany", "?", "United Kingdom", ""]
        );
        let strict = map(&entries, both, Unmapped::Quarantine);
        assert_eq!(
            mapped(&strict),
            (
                ["Germany", "Germany", "United Kingdom", ""]
                    .map(String::from)
                    .to_vec(),
                1
            )
        );
        assert_eq!(strict.removal(), Some(QuarantineConsent::InvalidValue));
        assert_eq!(folded.removal(), None);
    }

    #[test]
    fn ambiguous_or_empty_maps_are_refused() {
        let refused = |operation: MapValues| {
            let mut schema = Schema::bronze(&columns(&["a"]));
            operation.check(&mut schema).is_err()
        };
        let fold = vec![Folding::Casefold];
        assert!(refused(map(&[], Vec::new(), Unmapped::Keep)));
        assert!(refused(map(
            &[("A", "x"), ("a", "y")],
            fold.clone(),
            Unmapped::Keep
        )));
        assert!(!refused(map(
            &[("A", "x"), ("a", "y")],
            Vec::new(),
            Unmapped::Keep
        )));
        assert!(refused(map(
            &[(" ", "x")],
            vec![Folding::Trim],
            Unmapped::Keep
        )));
        assert!(refused(map(&[("a", "")], fold.clone(), Unmapped::Keep)));
        assert!(refused(map(
            &[("a", "b")],
            fold,
            Unmapped::Literal(String::new())
        )));
    }
}
