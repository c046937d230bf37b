//! Personal data and secrets: in text ([`find`], [`Masker`]), in values ([`value_kind`]) and in the
//! names of columns ([`column_kind`]).
//!
//! Everything is pure and takes time linear in the text. A text is folded to one spelling, cut into
//! lines and words, and each recogniser looks at words around what triggers it: a digit, an `@`, a
//! capital, a word that announces a value. Nothing is compiled or loaded at start.
//!
//! What decides is, in this order: a format that nothing else has (`756.1234.5678.97`); a checksum
//! together with a format; a word that announces the value (`SSN: …`), and then the checksum is not
//! asked for, as a mistyped number is no less personal. A bare number is nobody's.
//!
//! # Libraries
//!
//! - `iban_validate` has the register of IBAN formats and their checksum; it depends on `arrayvec` alone.
//! - Telephone numbers use a table of country codes of our own: `phonenumber` 0.3.10 takes 150 ms for its
//!   first number and 10 ms for the first of every further country, ten times our limit for a
//!   whole process, and adds 2 MB.
//! - Cards use our own Luhn sum and issuer ranges: `card-validate` 2.4 compiles a regular
//!   expression for each issuer to the same end.
//! - National numbers: no maintained crate has more than a few of the countries.

mod address;
mod bank;
mod birth;
mod checksums;
mod code;
mod columns;
mod context;
mod digits;
mod email;
mod find;
mod fold;
mod lexicon;
mod line;
mod mask;
mod name;
mod national;
mod network;
mod phone;
mod places;
mod scripts;
mod secret;
#[cfg(test)]
mod testing;
mod token;
mod trace;
mod value;
mod words;

pub use columns::column_kind;
pub use find::{Match, find};
pub use mask::{Masked, Masker};
pub use value::value_kind;
