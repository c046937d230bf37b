//! What is admitted, and every way to be rejected, by code and place.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

mod admitted;
mod contract;
mod contradictions;
mod damage;
mod evidence;
mod findings;
mod names;
mod shape;
mod support;
mod unknown;
