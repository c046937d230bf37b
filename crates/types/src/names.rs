use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest name admitted, in characters. PostgreSQL stops at 63, SQL Server at 128, and no
/// warehouse we know of goes further.
const MAX_NAME_CHARS: usize = 128;

/// The file name of a Bronze table, for example `customers.csv`: what the run context calls `table`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName(String);

/// The name of a column, as the CSV header has it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ColumnName(String);

/// Why a text is no table or column name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// Nothing but white space, or nothing at all.
    #[error("a name is empty")]
    Empty,
    /// More than 128 characters.
    #[error("a name is longer than {MAX_NAME_CHARS} characters")]
    TooLong,
    /// A control, format or line-separating character.
    #[error("a name holds an invisible or control character")]
    Invisible,
    /// White space at the start or the end.
    #[error("a name begins or ends with white space")]
    OuterSpace,
    /// A table name that is not one plain `*.csv` file name.
    #[error("a table name is one file name ending in .csv, without path separators")]
    NotACsvFile,
}

impl TableName {
    /// The name without `.csv`.
    pub fn stem(&self) -> &str {
        &self.0[..self.0.len() - ".csv".len()]
    }

    /// The name as the run context and the file system have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ColumnName {
    /// The name as the CSV header has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_name(text: &str) -> Result<(), NameError> {
    if text.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if text.trim().len() != text.len() {
        return Err(NameError::OuterSpace);
    }
    if text.chars().count() > MAX_NAME_CHARS {
        return Err(NameError::TooLong);
    }
    if text.chars().any(is_invisible) {
        return Err(NameError::Invisible);
    }
    Ok(())
}

/// Control characters and the Unicode characters that show nothing or reorder text: soft hyphen,
/// zero-width, bidirectional controls, line separators, BOM, variation selectors, tags, and the
/// noncharacters and private use that no warehouse identifier has.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
            | 0xE0000..=0xE0FFF | 0xF0000..)
}

impl FromStr for TableName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_name(text)?;
        let stem = text.strip_suffix(".csv").ok_or(NameError::NotACsvFile)?;
        let has_separator = stem.contains(['/', '\\', ':']);
        if has_separator || stem.trim_matches('.').trim().is_empty() || stem.starts_with('.') {
            return Err(NameError::NotACsvFile);
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for ColumnName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_name(text)?;
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_conversions {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    };
}

text_conversions!(TableName);
text_conversions!(ColumnName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn human_names_are_fine() {
        for name in [
            "customer's_note",
            "Straße",
            "unit price",
            "cst_id",
            "№ of items",
        ] {
            assert_eq!(name.parse::<ColumnName>().unwrap().as_str(), name);
        }
        assert_eq!(
            "LOC_A101.csv".parse::<TableName>().unwrap().stem(),
            "LOC_A101"
        );
    }

    #[test]
    fn names_that_deceive_are_refused() {
        for (name, why) in [
            ("", NameError::Empty),
            ("  ", NameError::Empty),
            (" a", NameError::OuterSpace),
            ("a\u{200b}b", NameError::Invisible),
            ("a\u{202e}b", NameError::Invisible),
            ("a\nb", NameError::Invisible),
            ("a\u{e0041}b", NameError::Invisible),
            (&"x".repeat(129), NameError::TooLong),
        ] {
            assert_eq!(name.parse::<ColumnName>(), Err(why), "{name:?}");
        }
    }

    #[test]
    fn a_table_is_one_plain_csv_file() {
        for name in [
            "a", "../a.csv", "a/b.csv", "a\\b.csv", ".csv", "..csv", ".a.csv", "a.CSV",
        ] {
            assert_eq!(
                name.parse::<TableName>(),
                Err(NameError::NotACsvFile),
                "{name:?}"
            );
        }
    }
}
