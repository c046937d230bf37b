//! What a name or a value may be to whoever reads it, and how it is named where it is not harmless.

use silversmith_types::strict_json::Step;
use silversmith_types::{ColumnName, NameError};

use crate::finding::child;

/// Why a text does not travel as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// It tries to act on a reader, a model or a parser.
    Acts,
    /// It holds a personal value or a secret.
    Personal,
}

/// Judges a short text: a name, a key or a value of a code set.
pub(crate) fn harm(text: &str) -> Option<Harm> {
    match text.parse::<ColumnName>() {
        Err(NameError::Invisible | NameError::TooLong) => Some(Harm::Acts),
        _ => None,
    }
}

/// The pointer to a place in a document. A key that is not harmless is written as `#3`, where it is
/// the third of its object.
pub(crate) fn pointer(steps: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer = match step {
            Step::Index(at) => child(&pointer, at),
            Step::Key { name, .. } if harm(name).is_none() => child(&pointer, name),
            Step::Key { position, .. } => child(&pointer, format!("#{position}")),
        };
    }
    pointer
}
