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

/// Why a text is no table or column name. No message repeats the name.
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
    /// Dots alone: `.` and `..` are folders.
    #[error("a name is made of dots alone")]
    Dots,
    /// The path of another file, or the way to one.
    #[error("a name is a path")]
    Path,
    /// The name of a device on Windows, whatever follows the dot.
    #[error("a name is that of a device on Windows, such as `NUL` or `COM1`")]
    Device,
    /// A character that quotes, escapes or ends something in SQL and shells.
    #[error(
        "a name holds a character that no identifier has: a double quote, backquote, backslash or semicolon"
    )]
    Character,
    /// A table name that is not one plain `*.csv` file name.
    #[error(
        "a table name is one file name ending in .csv, without separators and without < > : \" | ? *"
    )]
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
    if text.chars().all(|c| c == '.' || c.is_whitespace()) {
        return Err(NameError::Dots);
    }
    Ok(())
}

/// Control characters and the Unicode characters that show nothing or reorder text: soft hyphen,
/// zero-width, bidirectional controls, line separators, BOM, variation selectors, tags, the blank of
/// Braille, and the noncharacters, private use and replacement characters that no warehouse
/// identifier has.
pub fn is_invisible(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || code & 0xFFFE == 0xFFFE
        || matches!(code,
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
            | 0xFFF0..=0xFFFD | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
            | 0xF0000..)
}

/// Names that Windows takes for a device, in any case.
const DEVICES: [&str; 7] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

fn is_device(text: &str) -> bool {
    let upper = text.trim_end().to_ascii_uppercase();
    let numbered = ["COM", "LPT"]
        .into_iter()
        .filter_map(|port| upper.strip_prefix(port));
    let mut numbers = numbered.map(|number| {
        let mut chars = number.chars();
        let port = |c: char| c.is_ascii_digit() || matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}');
        chars.next().is_some_and(port) && chars.next().is_none()
    });
    DEVICES.contains(&upper.as_str()) || numbers.any(|is_port| is_port)
}

/// They quote, escape or end something in every dialect of SQL and in shells, and a semicolon in a
/// header is what a file looks like whose fields are separated by semicolons.
fn is_quoting(c: char) -> bool {
    matches!(c, '"' | '`' | '\\' | ';')
}

impl FromStr for TableName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_name(text)?;
        let stem = text.strip_suffix(".csv").ok_or(NameError::NotACsvFile)?;
        // What a file name cannot have on some system that stores tables, and what a shell would
        // take for an option or a home folder at its beginning.
        let cannot = |c: char| matches!(c, '/' | '\\' | ':' | '<' | '>' | '"' | '|' | '?' | '*');
        if stem.contains(cannot)
            || stem.trim_matches('.').trim().is_empty()
            || stem.starts_with(['.', '-', '~'])
        {
            return Err(NameError::NotACsvFile);
        }
        if stem.contains(is_quoting) {
            return Err(NameError::Character);
        }
        if stem.split('.').next().is_some_and(is_device) {
            return Err(NameError::Device);
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for ColumnName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_name(text)?;
        if text.contains(is_quoting) {
            return Err(NameError::Character);
        }
        // `price/unit` is a name, `../price` and `/etc/price` are ways through folders.
        let mut parts = text.split('/');
        if text.starts_with(['/', '~']) && text.contains('/')
            || parts.any(|part| matches!(part.trim(), "." | ".."))
        {
            return Err(NameError::Path);
        }
        if is_device(text.strip_suffix(".csv").unwrap_or(text)) {
            return Err(NameError::Device);
        }
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_conversions {
    ($name:ident) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS
                })
            }
        }

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
            "Größe (cm)",
            "unit price",
            "cst_id",
            "№ of items",
            "price/unit",
            "n/a",
            "R&D #1, 50% + 2",
            "a.b",
            "e-mail address",
            "país",
            "年龄",
            "возраст",
            "العمر",
            "price [€]",
            "active?",
            "con_id",
            "comment",
            "com10",
            "aux temperature",
            "~total",
            "#",
        ] {
            assert_eq!(name.parse::<ColumnName>().unwrap().as_str(), name);
        }
        for (name, stem) in [
            ("LOC_A101.csv", "LOC_A101"),
            ("Bestellungen 2024 (neu).csv", "Bestellungen 2024 (neu)"),
            ("dbo.customers.csv", "dbo.customers"),
            ("customer's.csv", "customer's"),
            ("R&D.csv", "R&D"),
            ("controls.csv", "controls"),
        ] {
            assert_eq!(name.parse::<TableName>().unwrap().stem(), stem);
        }
    }

    #[test]
    fn names_that_deceive_are_refused() {
        for (name, why) in [
            ("", NameError::Empty),
            ("  ", NameError::Empty),
            (" a", NameError::OuterSpace),
            ("a\u{a0}", NameError::OuterSpace),
            ("a\u{200b}b", NameError::Invisible),
            ("a\u{202e}b", NameError::Invisible),
            ("a\nb", NameError::Invisible),
            ("a\u{7f}b", NameError::Invisible),
            ("a\u{e0041}b", NameError::Invisible),
            ("a\u{fffd}b", NameError::Invisible),
            ("a\u{2800}b", NameError::Invisible),
            ("a\u{1fffe}b", NameError::Invisible),
            (".", NameError::Dots),
            ("...", NameError::Dots),
            (". .", NameError::Dots),
            ("../secret", NameError::Path),
            ("a/../b", NameError::Path),
            ("/etc/passwd", NameError::Path),
            ("~/notes", NameError::Path),
            ("NUL", NameError::Device),
            ("con", NameError::Device),
            ("Com1", NameError::Device),
            ("LPT\u{b9}", NameError::Device),
            ("aux.csv", NameError::Device),
            ("a`b", NameError::Character),
            ("a\"b", NameError::Character),
            ("a;b", NameError::Character),
            ("a\\b", NameError::Character),
            (&"x".repeat(129), NameError::TooLong),
            (&"é".repeat(129), NameError::TooLong),
        ] {
            assert_eq!(name.parse::<ColumnName>(), Err(why), "{name:?}");
        }
        assert!("é".repeat(128).parse::<ColumnName>().is_ok());
    }

    #[test]
    fn a_table_is_one_plain_csv_file() {
        for (name, why) in [
            ("a", NameError::NotACsvFile),
            ("a.CSV", NameError::NotACsvFile),
            ("../a.csv", NameError::NotACsvFile),
            ("a/b.csv", NameError::NotACsvFile),
            ("a\\b.csv", NameError::NotACsvFile),
            ("C:a.csv", NameError::NotACsvFile),
            ("a?.csv", NameError::NotACsvFile),
            ("a|b.csv", NameError::NotACsvFile),
            ("<a>.csv", NameError::NotACsvFile),
            (".csv", NameError::NotACsvFile),
            ("..csv", NameError::NotACsvFile),
            (".a.csv", NameError::NotACsvFile),
            ("-rf.csv", NameError::NotACsvFile),
            ("~a.csv", NameError::NotACsvFile),
            ("..", NameError::Dots),
            ("a;b.csv", NameError::Character),
            ("a`b.csv", NameError::Character),
            ("CON.csv", NameError::Device),
            ("nul.csv", NameError::Device),
            ("com1.2024.csv", NameError::Device),
            ("aux .csv", NameError::Device),
        ] {
            assert_eq!(name.parse::<TableName>(), Err(why), "{name:?}");
        }
    }
}
