//! The rules on whole data sets: profiled, planned, made by the reference interpreter, and held to
//! what is known of them.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod adventureworks;
mod bronze;
mod example;
