//! Why a Bronze run could not be profiled. No message holds a value of the data.

use std::io;

use silversmith_types::{ColumnName, NameError, TableName};

use crate::limits;

/// Why a Bronze run could not be profiled.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is no table to profile.
    #[error("the Bronze run holds no CSV file")]
    NoTables,
    /// More tables than [`limits::MAX_TABLES`].
    #[error("the Bronze run holds more than {} tables", limits::MAX_TABLES)]
    TooManyTables,
    /// Two sources have the same table name.
    #[error("{0} is there twice")]
    DuplicateTable(TableName),
    /// The file could not be opened.
    #[error("{table} cannot be opened")]
    Open {
        /// The file.
        table: TableName,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file could not be read to its end.
    #[error("{table} cannot be read")]
    Read {
        /// The file.
        table: TableName,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The content of a file is not a CSV table.
    #[error("{table}, line {line}: {fault}")]
    Content {
        /// The file.
        table: TableName,
        /// The physical line, from 1, on which the record begins.
        line: u64,
        /// What is wrong with it.
        #[source]
        fault: Fault,
    },
}

/// What is wrong with the content of a CSV file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No header row.
    #[error("there is no header row")]
    NoHeader,
    /// More columns than [`limits::MAX_COLUMNS`].
    #[error("there are more than {} columns", limits::MAX_COLUMNS)]
    TooManyColumns,
    /// A header field is no column name.
    #[error("the name of column {position} is not usable: {source}")]
    ColumnName {
        /// From 1.
        position: usize,
        /// Why.
        #[source]
        source: NameError,
    },
    /// Two columns have one name.
    #[error("the column {0} is there twice")]
    DuplicateColumn(ColumnName),
    /// Not UTF-8.
    #[error("the text is not valid UTF-8")]
    InvalidUtf8,
    /// A byte 0.
    #[error("the text holds a NUL character")]
    Nul,
    /// A record with too few or too many fields.
    #[error("the row has {} fields where the header has {expected}", found_text(*.expected, *.found))]
    FieldCount {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row; at most one more than expected is counted.
        found: usize,
    },
    /// A line without anything on it.
    #[error("the line is empty")]
    EmptyLine,
    /// A quote inside a field that does not begin with one, or text after a closing quote.
    #[error("a quotation mark stands where none is allowed")]
    StrayQuote,
    /// A quoted field that the file does not close.
    #[error("a quoted field is never closed")]
    UnterminatedQuote,
    /// A carriage return that neither ends a line nor is quoted.
    #[error("a carriage return stands outside quotes")]
    StrayCarriageReturn,
    /// A field of more than [`limits::MAX_FIELD_BYTES`].
    #[error("a field is longer than {} bytes", limits::MAX_FIELD_BYTES)]
    FieldTooLong,
    /// A record of more than [`limits::MAX_RECORD_BYTES`].
    #[error(
        "a row is longer than {} bytes, or a quoted field is never closed",
        limits::MAX_RECORD_BYTES
    )]
    RecordTooLong,
}

/// Fields beyond one too many are not counted.
fn found_text(expected: usize, found: usize) -> String {
    if found > expected {
        format!("more than {expected}")
    } else {
        found.to_string()
    }
}

impl ProfileError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTables => "SS-PROFILE-001",
            Self::TooManyTables => "SS-PROFILE-002",
            Self::DuplicateTable(_) => "SS-PROFILE-003",
            Self::Open { .. } => "SS-PROFILE-004",
            Self::Read { .. } => "SS-PROFILE-005",
            Self::Content { fault, .. } => fault.code(),
        }
    }

    /// One line about what to do, where there is something to do.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::NoTables => {
                "give the directory that holds the *.csv files, or its parent with data/"
            }
            Self::TooManyTables => "profile the tables in several runs",
            Self::DuplicateTable(_) => "give each table once",
            Self::Open { .. } | Self::Read { .. } => "check that the file exists and is readable",
            Self::Content { fault, .. } => return fault.help().map(str::to_owned),
        };
        Some(text.to_owned())
    }
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHeader => "SS-PROFILE-010",
            Self::TooManyColumns => "SS-PROFILE-011",
            Self::ColumnName { .. } => "SS-PROFILE-012",
            Self::DuplicateColumn(_) => "SS-PROFILE-013",
            Self::InvalidUtf8 => "SS-PROFILE-014",
            Self::Nul => "SS-PROFILE-015",
            Self::FieldCount { .. } => "SS-PROFILE-016",
            Self::StrayQuote => "SS-PROFILE-017",
            Self::UnterminatedQuote => "SS-PROFILE-018",
            Self::StrayCarriageReturn => "SS-PROFILE-019",
            Self::FieldTooLong => "SS-PROFILE-020",
            Self::RecordTooLong => "SS-PROFILE-021",
            Self::EmptyLine => "SS-PROFILE-022",
        }
    }

    /// One line about what to do, where there is something to do.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoHeader => Some("the first line must name the columns"),
            Self::TooManyColumns => {
                Some("check that commas separate the fields; split wider tables")
            }
            Self::ColumnName { .. } | Self::DuplicateColumn(_) => {
                Some("give every column a name of its own in the first line")
            }
            Self::InvalidUtf8 | Self::Nul => Some("export the file again as UTF-8"),
            Self::FieldCount { .. } => {
                Some("put fields that hold commas or line breaks in quotation marks")
            }
            Self::EmptyLine => Some("remove the line, or write a lone empty cell as \"\""),
            Self::StrayQuote => {
                Some("put the whole field in quotation marks and double those inside it")
            }
            Self::UnterminatedQuote | Self::RecordTooLong => {
                Some("look for an opening quotation mark without a closing one")
            }
            Self::StrayCarriageReturn => Some("end lines with LF or CRLF"),
            Self::FieldTooLong => Some("keep documents outside of tables"),
        }
    }
}
