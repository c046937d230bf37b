//! Runs a module in the jail on Bronze data and compares what it does with what its plan means.
//!
//! Translation validation: the compiler to Polars is not trusted; every cell and every count of
//! the module's output is compared with the reference interpreter on the same rows.

mod bronze;
mod compare;
mod error;
mod execute;
mod findings;
mod meaning;
mod measure;
mod runs;
mod trial;

pub use error::TrialError;
pub use execute::{Environment, Interpreter, Place, last_words, loader_digest, record};
pub use runs::Waiting;
pub use trial::{Progress, TrialOptions, TriedModule, run_trial};
