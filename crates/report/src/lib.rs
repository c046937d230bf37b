//! What a person reads: the page of a module in HTML, a plan and the difference of two plans as
//! text for a terminal.
//!
//! Pure: the same input gives the same bytes. Every text in the input is untrusted; it reaches HTML
//! through the escaping of `maud` alone, and both outputs with invisible characters made visible.

mod data_policy;
mod findings;
mod html;
mod input;
mod lineage;
mod operation_text;
mod shown;
mod terminal;

pub use data_policy::DataPolicy;
pub use html::render;
pub use input::{ReportInput, RunFacts, RunRecord, RunTable};
pub use terminal::{plan_diff, plan_table};
