use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;

use crate::compile::{CellChange, Transform, column_expression};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::schema::Schema;
use crate::value::{ColumnType, Value};

/// What an operation can do to the rows of a table; the grain proof rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Looks at one row at a time and keeps it.
    RowLocal,
    /// Looks at several rows, keeps every row.
    Window,
    /// May remove rows.
    Structural,
    /// States what must hold; may remove rows only where it says so.
    Check,
    /// Writes the table.
    Publish,
}

/// Why an operation does not fit the table it is applied to, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// The parameter that it concerns, as a JSON pointer inside the step, for example `/columns/0`.
    pub pointer: String,
}

impl Problem {
    /// A problem with the parameter at `pointer`.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            pointer: pointer.into(),
        }
    }
}

/// What becomes of a value that an operation cannot convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The cell becomes null and is counted.
    Null,
    /// The row goes to quarantine. Needs a grain of `subset`.
    Quarantine,
    /// The run fails and publishes nothing of this table.
    Fail,
}

/// What an operation does to the values of a column that exists before it; what consent and evidence
/// are still worth afterwards rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Keeps,
    /// The value is the same, written or typed in another way. Values that were told apart by white
    /// space or leading zeros alone may be equal now.
    Reads {
        /// Values that cannot be read become null.
        unread_to_null: bool,
    },
    /// The values are others, or come from elsewhere.
    Alters,
}

impl Effect {
    /// That of an operation that writes the column `into`, and no other, on `column`.
    pub(crate) fn of_writing(into: &ColumnName, column: &ColumnName) -> Self {
        if into == column {
            Self::Alters
        } else {
            Self::Keeps
        }
    }
}

/// One operation of the vocabulary: its meaning three times over. `check` says on which tables it
/// is defined and what comes out, `interpret` what it does, `compile` how Polars does the same.
pub trait Operation {
    /// What it can do to the rows.
    fn class(&self) -> Class;

    /// Checks the parameters against the table as it stands, and turns `schema` into the schema
    /// after the operation.
    fn check(&self, schema: &mut Schema) -> Result<(), Problem>;

    /// What it does to the values of `column`, of type `input` before it. Renaming is no effect.
    fn effect(&self, column: &ColumnName, input: ColumnType) -> Effect;

    /// Applies the operation to `frame`. Called only after `check` accepted the frame's schema.
    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError>;

    /// Appends the Python that does the same. `schema` is the schema before the operation.
    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>);

    /// Whether applying it to its own result changes nothing, whatever the data. A trial holds the
    /// tables whose steps all say so to it.
    fn is_idempotent(&self) -> bool {
        false
    }

    /// The consent it needs because its parameters let it remove rows; `None` where it cannot.
    fn removal(&self) -> Option<QuarantineConsent> {
        None
    }

    /// Whether the rows that it removes are lost, as they do not go to quarantine.
    fn loses_rows(&self) -> bool {
        false
    }
}

/// The outcome of a cell operation for one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// The new value.
    Value(Value),
    /// The value cannot be converted: `on_error` decides.
    Invalid,
}

/// What becomes of a value, ready to be asked for many.
pub(crate) type Prepared<'a> = Box<dyn Fn(&Value, &RunParameters) -> Cell + 'a>;

/// An operation that turns each cell of some columns into a new cell, whatever the other cells of
/// its row. Nulls stay null unless [`CellOperation::maps_null`] says otherwise.
///
/// Such an operation is an [`Operation`] through the blanket implementation below.
pub trait CellOperation {
    /// The columns it applies to; at least one, without repeats.
    fn columns(&self) -> &[ColumnName];

    /// The type that a column of type `input` has afterwards, or why it does not apply; also checks
    /// the parameters.
    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem>;

    /// Whether the result says the same as a value of type `input`, only written or typed in another
    /// way: see [`Effect::Reads`].
    fn only_reads(&self, _input: ColumnType) -> bool {
        false
    }

    /// What becomes of one value (never null unless `maps_null`).
    fn apply(&self, value: &Value, run: &RunParameters) -> Cell;

    /// [`CellOperation::apply`] for many values, with what it derives from the parameters (a
    /// compiled pattern, a folded map) made once.
    fn prepare(&self) -> Prepared<'_> {
        Box::new(|value, run| self.apply(value, run))
    }

    /// A Polars expression that does the same for the expression `input` (Python source of type
    /// `ty`); invalid values become null.
    fn expression(&self, input: &str, ty: ColumnType) -> String;

    /// What becomes of invalid values. `None` for an operation that accepts every value.
    fn on_error(&self) -> Option<OnError> {
        None
    }

    /// Whether applying it to its own result changes nothing; see [`Operation::is_idempotent`].
    fn is_idempotent(&self) -> bool {
        false
    }

    /// Whether null is among the values it changes (`fill_null`).
    fn maps_null(&self) -> bool {
        false
    }
}

impl<T: CellOperation> Operation for T {
    fn class(&self) -> Class {
        Class::RowLocal
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        check_columns(self.columns(), schema)?;
        for (at, name) in self.columns().iter().enumerate() {
            let input = column_type(schema, name, &format!("/columns/{at}"))?;
            let output = self.output_type(input)?;
            schema.set(name, output);
        }
        Ok(())
    }

    fn effect(&self, column: &ColumnName, input: ColumnType) -> Effect {
        match () {
            () if !self.columns().contains(column) => Effect::Keeps,
            () if self.only_reads(input) => Effect::Reads {
                unread_to_null: self.on_error() == Some(OnError::Null),
            },
            () => Effect::Alters,
        }
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let mut invalid = Vec::new();
        let apply = self.prepare();
        for name in self.columns() {
            let output = frame
                .schema()
                .type_of(name)
                .and_then(|input| self.output_type(input).ok())
                .ok_or_else(|| RunError::Unchecked {
                    column: name.clone(),
                })?;
            let rows = frame.map_cells(name, output, |value| {
                if value.is_null() && !self.maps_null() {
                    Cell::Value(Value::Null)
                } else {
                    apply(value, run)
                }
            })?;
            invalid.push((name.clone(), rows));
        }
        frame.settle(invalid, self.on_error())
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let mut cells = Vec::new();
        for name in self.columns() {
            // `check` accepted the schema, so the column is there and its type fits.
            let Some(input) = schema.type_of(name) else {
                continue;
            };
            let expression = self.expression(&column_expression(name), input);
            let keeps_type = self.output_type(input) == Ok(input);
            cells.push(CellChange {
                column: name.clone(),
                expression,
                keeps_type,
            });
        }
        transform.cells(&cells, self.on_error());
    }

    fn is_idempotent(&self) -> bool {
        CellOperation::is_idempotent(self)
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        (self.on_error() == Some(OnError::Quarantine)).then_some(QuarantineConsent::InvalidValue)
    }
}

/// The columns of an operation: at least one, no repeats, all present.
pub(crate) fn check_columns(columns: &[ColumnName], schema: &Schema) -> Result<(), Problem> {
    if columns.is_empty() {
        return Err(Problem::new("/columns", "names no column"));
    }
    for (at, name) in columns.iter().enumerate() {
        let pointer = format!("/columns/{at}");
        if columns[..at].contains(name) {
            return Err(Problem::new(
                pointer,
                format!("names column `{name}` twice"),
            ));
        }
        column_type(schema, name, &pointer)?;
    }
    Ok(())
}

/// The type of a column that must exist.
pub(crate) fn column_type(
    schema: &Schema,
    name: &ColumnName,
    pointer: &str,
) -> Result<ColumnType, Problem> {
    schema.type_of(name).ok_or_else(|| {
        let nearest = nearest_name(name.as_str(), schema);
        let hint = nearest
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        Problem::new(
            pointer,
            format!("column `{name}` does not exist here{hint}"),
        )
    })
}

/// The column whose name is the given one but for case, spaces and underscores.
fn nearest_name<'a>(name: &str, schema: &'a Schema) -> Option<&'a ColumnName> {
    let fold = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let wanted = fold(name);
    schema
        .names()
        .find(|candidate| fold(candidate.as_str()) == wanted)
}

/// Refuses a column that is not text.
pub(crate) fn require_text(input: ColumnType) -> Result<ColumnType, Problem> {
    match input {
        ColumnType::Text => Ok(ColumnType::Text),
        other => Err(Problem::new(
            "/columns",
            format!("needs text, and the column is {other}"),
        )),
    }
}

impl OperationKind {
    /// Whether it leaves at most one row for each value of these columns.
    pub fn removes_duplicates_of(&self, keys: &[ColumnName]) -> bool {
        matches!(self, Self::DedupeLatest(dedupe) if dedupe.keys == keys)
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:literal => $module:ident::$variant:ident,)*) => {
        /// Every operation of the vocabulary, by its parameters.
        #[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
        #[serde(tag = "op")]
        pub enum OperationKind {
            $($(#[$doc])* #[serde(rename = $name)] $variant(crate::ops::$module::$variant),)*
        }

        impl OperationKind {
            /// The names of all operations.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name, as a plan writes it.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// The operation called `name` with these parameters.
            pub(crate) fn from_parts(
                name: &str,
                parameters: serde_json::Value,
            ) -> Result<Self, String> {
                match name {
                    $($name => serde_json::from_value(parameters)
                        .map(Self::$variant)
                        .map_err(|error| error.to_string()),)*
                    _ => Err(format!("`{name}` is no operation of the vocabulary")),
                }
            }

            /// The operation behind the enum.
            pub fn as_operation(&self) -> &dyn Operation {
                match self { $(Self::$variant(operation) => operation,)* }
            }
        }
    };
}

operations! {
    /// Keep these columns, in this order.
    "select_columns" => select_columns::SelectColumns,
    /// Remove columns.
    "drop_columns" => drop_columns::DropColumns,
    /// Give columns other names.
    "rename_columns" => rename_columns::RenameColumns,
    /// Bring the table to a given list of columns.
    "ensure_columns" => ensure_columns::EnsureColumns,
    /// Add columns that say where a row came from.
    "add_metadata" => add_metadata::AddMetadata,
    /// Remove white space (or other characters) at the ends.
    "trim" => trim::Trim,
    /// Change letter case.
    "change_case" => change_case::ChangeCase,
    /// Replace text.
    "replace_text" => replace_text::ReplaceText,
    /// Remove a literal prefix or suffix.
    "strip_affix" => strip_affix::StripAffix,
    /// Keep a part of the text.
    "slice_text" => slice_text::SliceText,
    /// Keep characters of a class only.
    "keep_chars" => keep_chars::KeepChars,
    /// Bring text to a Unicode normal form.
    "normalize_unicode" => normalize_unicode::NormalizeUnicode,
    /// Turn tokens that stand for "missing" into null.
    "null_if" => null_if::NullIf,
    /// Put a constant where there is no value.
    "fill_null" => fill_null::FillNull,
    /// The first of several columns that has a value.
    "coalesce_columns" => coalesce_columns::CoalesceColumns,
    /// Convert between types.
    "cast" => cast::Cast,
    /// Read numbers that are written with group marks, decimal commas, currencies or per cent.
    "parse_number" => parse_number::ParseNumber,
    /// Read dates by explicit formats.
    "parse_date" => parse_date::ParseDate,
    /// Read dates with times by explicit formats.
    "parse_timestamp" => parse_timestamp::ParseTimestamp,
    /// Read truth values.
    "parse_boolean" => parse_boolean::ParseBoolean,
    /// Replace codes by labels.
    "map_values" => map_values::MapValues,
    /// Admit only listed values.
    "restrict_domain" => restrict_domain::RestrictDomain,
    /// Null values outside a range.
    "null_out_of_range" => null_out_of_range::NullOutOfRange,
    /// Round numbers.
    "round_number" => round_number::RoundNumber,
    /// Compute a column.
    "derive" => derive::Derive,
    /// Override a column where a condition holds.
    "set_where" => set_where::SetWhere,
    /// A deterministic key from other columns.
    "hash_key" => hash_key::HashKey,
    /// Close a row's interval where the next one of its key begins.
    "close_interval" => close_interval::CloseInterval,
    /// Remove rows to quarantine, or for good.
    "filter_rows" => filter_rows::FilterRows,
    /// One row a key: the latest.
    "dedupe_latest" => dedupe_latest::DedupeLatest,
    /// One of several equal rows.
    "dedupe_exact" => dedupe_exact::DedupeExact,
    /// State what must hold.
    "expect" => expect::Expect,
    /// Write the table.
    "publish" => publish::Publish,
}
