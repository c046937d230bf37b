//! Where keys come from, and what becomes of them. A secret is looked for in the sources that the
//! settings name, in that order; each use is a record before and after; what was leased is renewed while
//! it is needed and given back at the end.

mod audit;
mod error;
pub mod formats;
mod http;
mod lease;
pub mod scan;
mod settings;
mod source;

pub use audit::{Action, Journal, SecretUse};
pub use error::{Cause, SecretError};
pub use lease::{Facts, Lease, SecretRequest, obtain, rotate};
pub use settings::{Login, SecretSettings, Source};
