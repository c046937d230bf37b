//! The operations, one a file: parameters, meaning, what null and unparseable values do, interpreter
//! and compiler.

#![allow(
    missing_docs,
    reason = "each module is the operation of its name, documented on its type"
)]

pub mod add_metadata;
pub mod cast;
pub mod change_case;
pub mod close_interval;
pub mod coalesce_columns;
mod constant;
mod date_text;
pub mod dedupe_exact;
pub mod dedupe_latest;
pub mod derive;
pub mod drop_columns;
pub mod ensure_columns;
pub mod expect;
pub mod fill_null;
pub mod filter_rows;
pub mod hash_key;
pub mod keep_chars;
pub mod map_values;
pub mod normalize_unicode;
pub mod null_if;
pub mod null_out_of_range;
mod number_text;
pub mod parse_boolean;
pub mod parse_date;
pub mod parse_number;
pub mod parse_timestamp;
pub mod publish;
pub mod rename_columns;
pub mod replace_text;
pub mod restrict_domain;
pub mod round_number;
pub mod select_columns;
pub mod set_where;
pub mod slice_text;
pub mod strip_affix;
#[cfg(test)]
mod testing;
pub mod trim;
