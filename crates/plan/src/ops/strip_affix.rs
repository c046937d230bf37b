use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, OnError, Problem, require_text};
use crate::ops::trim::text_or_null;
use crate::value::{ColumnType, Value};

/// Removes a literal prefix, then a literal suffix, once each. Null stays null. Text of which nothing
/// is left becomes null; where the affix must be present, it is invalid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StripAffix {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The suffix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// What becomes of a value without it: kept (true), or invalid (false) and subject to
    /// `on_error`.
    pub if_present: bool,
    /// What becomes of invalid values; named exactly where `if_present` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
}

impl CellOperation for StripAffix {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        let empty = |affix: &Option<String>| affix.as_ref().is_some_and(String::is_empty);
        match () {
            () if self.prefix.is_none() && self.suffix.is_none() => {
                Err(Problem::new("", "names neither a prefix nor a suffix"))
            }
            () if empty(&self.prefix) => Err(Problem::new("/prefix", "is empty")),
            () if empty(&self.suffix) => Err(Problem::new("/suffix", "is empty")),
            () if self.if_present == self.on_error.is_some() => Err(Problem::new(
                "/on_error",
                "is to be named where `if_present` is false, and nowhere else",
            )),
            () => require_text(input),
        }
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let Some(text) = value.as_text() else {
            return Cell::Value(value.clone());
        };
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let suffix = self.suffix.as_deref().unwrap_or_default();
        let headless = text.strip_prefix(prefix);
        let stripped = match self.if_present {
            true => {
                let rest = headless.unwrap_or(text);
                Some(rest.strip_suffix(suffix).unwrap_or(rest))
            }
            false => headless
                .and_then(|rest| rest.strip_suffix(suffix))
                .filter(|s| !s.is_empty()),
        };
        match stripped {
            Some(stripped) => Cell::Value(text_or_null(stripped.to_owned())),
            None => Cell::Invalid,
        }
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let mut expression = input.to_owned();
        let mut present = Vec::new();
        for (affix, strip, test) in [
            (&self.prefix, "strip_prefix", "starts_with"),
            (&self.suffix, "strip_suffix", "ends_with"),
        ] {
            let Some(affix) = affix.as_deref().map(python_text) else {
                continue;
            };
            present.push(format!("{expression}.str.{test}({affix})"));
            expression = format!("{expression}.str.{strip}({affix})");
        }
        if !self.if_present {
            expression = format!("pl.when({}).then({expression})", present.join(", "));
        }
        format!("text_or_null({expression})")
    }

    fn on_error(&self) -> Option<OnError> {
        self.on_error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    fn strip(prefix: Option<&str>, suffix: Option<&str>, on_error: Option<OnError>) -> StripAffix {
        StripAffix {
            columns: Vec::new(),
            prefix: prefix.map(str::to_owned),
            suffix: suffix.map(str::to_owned),
            if_present: on_error.is_none(),
            on_error,
        }
    }

    #[test]
    fn affixes_go_once_and_prefix_first() {
        let both = strip(Some("ab"), Some("ba"), None);
        assert_eq!(
            texts(&both, &["ababxba", "xba", "aba", "abba", "x"]),
            ["abx", "x", "a", "", "x"]
        );
    }

    #[test]
    fn a_value_without_a_required_affix_is_invalid() {
        let required = strip(Some("NAS"), None, Some(OnError::Null));
        assert_eq!(
            texts(&required, &["NASx", "x", "NAS"]),
            ["x", INVALID, INVALID]
        );
    }

    #[test]
    fn contradicting_parameters_are_refused() {
        let pointer =
            |operation: StripAffix| operation.output_type(ColumnType::Text).unwrap_err().pointer;
        assert_eq!(pointer(strip(None, None, None)), "");
        assert_eq!(pointer(strip(Some(""), None, None)), "/prefix");
        assert_eq!(pointer(strip(None, Some(""), None)), "/suffix");
        let both = StripAffix {
            if_present: true,
            ..strip(Some("a"), None, Some(OnError::Fail))
        };
        assert_eq!(pointer(both), "/on_error");
    }
}
