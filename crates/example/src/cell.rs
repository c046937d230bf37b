//! A cell as it arrives beside the cell as it should be, and the tables made of them.

use std::fmt;

/// What is wrong with one Bronze cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dirt {
    /// Blanks before or after the value.
    Whitespace,
    /// Nothing but blanks: no value.
    Blank,
    /// Another spelling of a code that the column mostly spells differently (gender, yes and no).
    CodeVariant,
    /// A country by its ISO code, an alias or another case, where the column mostly has names.
    CountryVariant,
    /// A key with a literal prefix that the table it points to does not have.
    KeyPrefix,
    /// A key with a character that the table it points to does not have.
    KeyCharacter,
    /// A date in a format that few cells of its column have.
    MinorityDate,
    /// A date written as eight digits.
    CompactDate,
    /// Digits where a compact date belongs, but no date: no value.
    DatePlaceholder,
    /// A birth date after the day the data was taken: no value.
    FutureDate,
    /// A birth date more than 125 years before the day the data was taken: no value.
    AncientDate,
    /// The end of a version that is not the day before the next version's start.
    WrongEnd,
    /// A factor or product that the two other numbers of its row determine.
    ProductDecidable,
    /// A product that contradicts both factors, which are those of the other rows of its kind.
    ProductOutlier,
    /// A factor or product that contradicts its row, and nothing says which number is wrong.
    ProductUndecidable,
    /// A number with a decimal comma or with separators between thousands.
    NumberFormat,
    /// Text in decomposed Unicode (NFD).
    Decomposed,
}

impl Dirt {
    /// Every kind, in the order of declaration.
    pub const ALL: [Dirt; 17] = [
        Dirt::Whitespace,
        Dirt::Blank,
        Dirt::CodeVariant,
        Dirt::CountryVariant,
        Dirt::KeyPrefix,
        Dirt::KeyCharacter,
        Dirt::MinorityDate,
        Dirt::CompactDate,
        Dirt::DatePlaceholder,
        Dirt::FutureDate,
        Dirt::AncientDate,
        Dirt::WrongEnd,
        Dirt::ProductDecidable,
        Dirt::ProductOutlier,
        Dirt::ProductUndecidable,
        Dirt::NumberFormat,
        Dirt::Decomposed,
    ];

    /// The name used in label files.
    pub fn name(self) -> &'static str {
        match self {
            Dirt::Whitespace => "whitespace",
            Dirt::Blank => "blank",
            Dirt::CodeVariant => "code_variant",
            Dirt::CountryVariant => "country_variant",
            Dirt::KeyPrefix => "key_prefix",
            Dirt::KeyCharacter => "key_character",
            Dirt::MinorityDate => "minority_date",
            Dirt::CompactDate => "compact_date",
            Dirt::DatePlaceholder => "date_placeholder",
            Dirt::FutureDate => "future_date",
            Dirt::AncientDate => "ancient_date",
            Dirt::WrongEnd => "wrong_end",
            Dirt::ProductDecidable => "product_decidable",
            Dirt::ProductOutlier => "product_outlier",
            Dirt::ProductUndecidable => "product_undecidable",
            Dirt::NumberFormat => "number_format",
            Dirt::Decomposed => "decomposed",
        }
    }
}

impl fmt::Display for Dirt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a row belongs in quarantine and not in Silver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum QuarantineReason {
    /// Another row has the same key and is more recent.
    DuplicateKey,
    /// The row has no key.
    NullKey,
}

impl QuarantineReason {
    /// The name used in label files and in the contract's consent.
    pub fn name(self) -> &'static str {
        match self {
            QuarantineReason::DuplicateKey => "duplicate_key",
            QuarantineReason::NullKey => "null_key",
        }
    }
}

/// How two spellings of a right value compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Character by character.
    Text,
    /// Character by character: `3578.0` is not the integer `3578`.
    Integer,
    /// By value: `12.50` is `12.5`.
    Decimal,
    /// `YYYY-MM-DD`.
    Date,
    /// One spelling per class throughout the column, taken from the class's accepted spellings.
    Code(&'static [Class]),
}

impl Kind {
    /// The name used in the truth's list of columns.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Date => "date",
            Kind::Code(_) => "code",
        }
    }
}

/// A meaning that several spellings share.
#[derive(Debug, PartialEq, Eq)]
pub struct Class {
    /// The spelling that Bronze has most often; it stands for the class in the truth.
    pub label: &'static str,
    /// The spellings, compared without regard to case, that a Silver column may settle on.
    pub accepted: &'static [&'static str],
}

/// A Bronze cell with its right value.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) raw: Option<String>,
    pub(crate) right: Option<String>,
    pub(crate) dirt: Option<Dirt>,
}

impl Cell {
    pub(crate) fn clean(value: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            raw: Some(value.clone()),
            right: Some(value),
            dirt: None,
        }
    }

    pub(crate) fn null() -> Self {
        Self {
            raw: None,
            right: None,
            dirt: None,
        }
    }

    /// A cell that arrives as `raw` and should be `right`.
    pub(crate) fn dirty(dirt: Dirt, raw: impl Into<String>, right: impl Into<String>) -> Self {
        Self {
            raw: Some(raw.into()),
            right: Some(right.into()),
            dirt: Some(dirt),
        }
    }

    /// A cell that arrives as `raw` and holds no value that could be known.
    pub(crate) fn worthless(dirt: Dirt, raw: impl Into<String>) -> Self {
        Self {
            raw: Some(raw.into()),
            right: None,
            dirt: Some(dirt),
        }
    }

    /// A cell that arrives empty although its value can be known.
    pub(crate) fn missing(dirt: Dirt, right: impl Into<String>) -> Self {
        Self {
            raw: None,
            right: Some(right.into()),
            dirt: Some(dirt),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) quarantine: Option<QuarantineReason>,
}

impl Row {
    pub(crate) fn kept(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            quarantine: None,
        }
    }
}

/// A column as the truth and the contract describe it.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name in Bronze.
    pub name: &'static str,
    /// How values compare.
    pub kind: Kind,
    /// Whether every row that is kept has a value.
    pub required: bool,
}

pub(crate) const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        required: false,
    }
}

pub(crate) const fn required(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        required: true,
    }
}

/// How a table's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// UTF-8, line feeds.
    Plain,
    /// A byte order mark and carriage return with line feed, as a desktop program saves it.
    Desktop,
}

/// A Bronze table with its truth.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) system: &'static str,
    pub(crate) about: &'static str,
    pub(crate) columns: &'static [Column],
    /// The primary key, as the contract states it.
    pub(crate) key: &'static [&'static str],
    /// The columns by which the score finds a row again; every row has a value in each.
    pub(crate) identity: &'static [&'static str],
    /// What the contract lets go to quarantine.
    pub(crate) consent: &'static [QuarantineReason],
    pub(crate) dialect: Dialect,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// The table's Bronze file.
    pub(crate) fn to_csv(&self) -> Vec<u8> {
        let header = self.columns.iter().map(|column| Some(column.name));
        let end = match self.dialect {
            Dialect::Plain => "\n",
            Dialect::Desktop => "\r\n",
        };
        let mut out = Vec::new();
        if self.dialect == Dialect::Desktop {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        write_record(&mut out, header, end);
        for row in &self.rows {
            write_record(
                &mut out,
                row.cells.iter().map(|cell| cell.raw.as_deref()),
                end,
            );
        }
        out
    }
}

/// Appends one record, quoted where RFC 4180 asks for it; null is an empty field.
pub(crate) fn write_record<'a>(
    out: &mut Vec<u8>,
    fields: impl Iterator<Item = Option<&'a str>>,
    end: &str,
) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let text = field.unwrap_or_default();
        if text.contains([',', '"', '\n', '\r']) {
            out.push(b'"');
            out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
    out.extend_from_slice(end.as_bytes());
}
