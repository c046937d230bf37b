//! Bounds on what is read and on what is kept, each with its reason.

/// Tables in one run. Nobody reviews a Silver module over more.
pub const MAX_TABLES: usize = 1_000;
/// Columns in one table. PostgreSQL stops at 1,600, BigQuery at 10,000.
pub const MAX_COLUMNS: usize = 2_000;
/// One field. Documents do not belong into a table; Excel stops at 32,767 characters.
pub const MAX_FIELD_BYTES: usize = 1 << 20;
/// One record, so that a quote that is never closed does not take the whole file into memory.
pub const MAX_RECORD_BYTES: usize = 8 << 20;
/// Read ahead to decide which columns are worth comparing with one another.
pub(crate) const HEAD_BYTES: usize = 4 << 20;
/// Rows looked at for the same purpose.
pub(crate) const HEAD_ROWS: usize = 8_192;
/// Cells handled in one go: their offsets and hashes stay in the second-level cache.
pub(crate) const BATCH_CELLS: usize = 32_768;
/// Longer values are counted, and neither kept nor named.
pub(crate) const MAX_KEPT_BYTES: usize = 64;
/// Distinct values kept for one column, unless the options say otherwise.
pub(crate) const MAX_DISTINCT: usize = 1 << 16;
/// Distinct values kept for a column of the widest table.
pub(crate) const MIN_DISTINCT: usize = 1 << 9;
/// Distinct values kept for all columns of a table together.
pub(crate) const MAX_TABLE_DISTINCT: usize = 1 << 20;
/// Distinct values kept of finished tables, for joins, all together.
pub(crate) const MAX_JOIN_VALUES: usize = 1 << 20;
/// Different shapes in a column; with more it is no key and no code.
pub(crate) const MAX_SHAPES: usize = 512;
/// Shapes that are reported.
pub(crate) const MAX_NAMED_SHAPES: usize = 24;
/// Values of a code set. The list of all countries with two or three spellings of each fits.
pub(crate) const MAX_CODES: u64 = 512;
/// Spellings of tokens for a missing value.
pub(crate) const MAX_TOKENS: usize = 64;
/// Groups of spellings of one value.
pub(crate) const MAX_VARIANTS: usize = 32;
/// Pairs of columns that are watched for uniqueness.
pub(crate) const MAX_PAIRS: usize = 6;
/// Date columns that are compared with one another.
pub(crate) const MAX_DATE_COLUMNS: usize = 6;
/// Number columns among which products are looked for.
pub(crate) const MAX_NUMBER_COLUMNS: usize = 12;
/// Products that are watched.
pub(crate) const MAX_PRODUCTS: usize = 12;
/// Pairs of a product and a column that may say which number of a contradictory row is wrong. Each
/// holds at most some 7 MB a thread.
pub(crate) const MAX_CORROBORATIONS: usize = 2;
/// Contradictory rows that are kept for them. With more the product is no slip of single rows.
pub(crate) const MAX_CONTRADICTIONS: usize = 1 << 14;
/// Joins that are reported.
pub(crate) const MAX_JOINS: usize = 1_000;
