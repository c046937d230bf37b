//! `--name value` arguments.

use std::path::PathBuf;
use std::str::FromStr;

use crate::Outcome;

/// What follows the command's name; each command takes what it knows, then calls
/// [`Arguments::finish`].
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    /// The value of `--name`, if it was given.
    pub(crate) fn take<T: FromStr>(&mut self, name: &str) -> Outcome<Option<T>> {
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 == self.0.len() {
            return Err(format!("{name} takes a value"));
        }
        let value = self.0.remove(at + 1);
        self.0.remove(at);
        value
            .parse()
            .map(Some)
            .map_err(|_| format!("{name} does not take `{value}`"))
    }

    /// The path given as `--name`, which must be there.
    pub(crate) fn require_path(&mut self, name: &str) -> Outcome<PathBuf> {
        self.take(name)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Outcome {
        match self.0.first() {
            None => Ok(()),
            Some(word) => Err(format!("unknown argument `{word}`")),
        }
    }
}
