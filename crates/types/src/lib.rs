//! Values that are parsed once, at the edge, and carried as types from there on.
//!
//! Pure: no file system, network, clock, environment or randomness.

pub mod context;
mod counts;
pub mod dates;
mod digest;
pub mod evidence;
mod names;
mod run_id;
mod secret;
pub mod strict_json;
mod time;
pub mod trial;
mod words;

pub use counts::grouped;
pub use digest::{Digest, DigestError, Sha256Hasher};
pub use names::{ColumnName, NameError, TableName, is_invisible};
pub use run_id::{RunId, RunIdError};
pub use secret::{Secret, SecretFormatError};
pub use time::{Timestamp, TimestampError};
pub use words::words;
