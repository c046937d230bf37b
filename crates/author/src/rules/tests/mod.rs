//! Each rule on hand-made evidence: when it fires, what it emits, and when it does not.

mod bronze;
mod codes;
mod keys;
mod random;

mod relations;
mod rows;

mod values;
