use crate::value::ColumnType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;
use std::collections::BTreeMap;

use crate::compile::Transform;
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::python_text;
use crate::operation::{Class, Effect, Operation, Problem, column_type};
use crate::schema::Schema;

/// Renames columns, by an explicit map or by style. Two columns with one name are an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameColumns {
    /// New names by old names; used where `style` is absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub map: BTreeMap<ColumnName, ColumnName>,
    /// A style for all names; used where `map` is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<NameStyle>,
}

/// A style of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameStyle {
    /// Lower case with underscores.
    SnakeCase,
}

impl RenameColumns {
    /// The new name of every column, in order.
    fn new_names(&self, schema: &Schema) -> Result<Vec<ColumnName>, Problem> {
        let renamed = schema.names().map(|name| match self.style {
            None => Ok(self.map.get(name).unwrap_or(name).clone()),
            Some(NameStyle::SnakeCase) => snake_case(name.as_str()).parse().map_err(|_| {
                Problem::new("/style", format!("leaves nothing of the name `{name}`"))
            }),
        });
        let names: Vec<ColumnName> = renamed.collect::<Result<_, _>>()?;
        let repeated = names
            .iter()
            .enumerate()
            .find(|(at, name)| names[..*at].contains(name));
        match repeated {
            Some((_, name)) => Err(Problem::new(
                "/map",
                format!("gives two columns the name `{name}`"),
            )),
            None => Ok(names),
        }
    }
}

/// Lower-case words joined by underscores; words end at characters that are no letters or digits
/// and where a capital follows a small letter or a digit.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut previous_is_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            previous_is_small = false;
            continue;
        }
        if c.is_uppercase() && previous_is_small {
            out.push('_');
        }
        previous_is_small = c.is_lowercase() || c.is_numeric();
        out.extend(c.to_lowercase());
    }
    out.trim_end_matches('_').to_owned()
}

impl Operation for RenameColumns {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        if self.map.is_empty() == self.style.is_none() {
            return Err(Problem::new("/map", "needs either a map or a style"));
        }
        for old in self.map.keys() {
            column_type(schema, old, "/map")?;
        }
        let names = self.new_names(schema)?;
        let types = schema.columns().iter().map(|(_, ty)| *ty);
        *schema = Schema::new(names.into_iter().zip(types).collect());
        Ok(())
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, _run: &RunParameters) -> Result<(), RunError> {
        // `check` accepted these names for this schema.
        if let Ok(names) = self.new_names(frame.schema()) {
            frame.rename(names);
        }
        Ok(())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let Ok(new) = self.new_names(schema) else {
            return;
        };
        let pairs = schema.names().zip(&new).filter(|(old, new)| old != new);
        let entries: Vec<String> = pairs
            .map(|(old, new)| {
                format!(
                    "{}: {}",
                    python_text(old.as_str()),
                    python_text(new.as_str())
                )
            })
            .collect();
        transform.call("rename", &[format!("{{{}}}", entries.join(", "))]);
    }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn names_become_words() {
        for (name, snake) in [
            ("CustomerID", "customer_id"),
            ("unit price (EUR)", "unit_price_eur"),
            ("already_snake", "already_snake"),
            ("Größe", "größe"),
            ("A1B2", "a1_b2"),
            ("--x--", "x"),
            ("!!", ""),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
