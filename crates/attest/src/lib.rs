//! Signed provenance of a module: made when a tried module is sealed, demanded before one is run.
//!
//! The statement is in-toto v1 with the SLSA provenance v1 predicate, in a DSSE envelope with one
//! ECDSA P-256 signature. Stock tools verify it; this crate's own verification is stricter: canonical
//! base64 and JSON, no duplicate keys, one signature in low-S form, and every field of the module's
//! header equal to the statement's.
//!
//! Pure: keys, bytes and random numbers come in as arguments. (The dependency on `trial`, which is
//! not pure, is for the type of what is sealed.)

mod dsse;
mod keys;
mod seal;
mod statement;
mod verify;

pub use keys::{KeyError, LocalSigner, Signer, SigningError, TrustedKeys};
pub use seal::{SealError, seal};
pub use statement::{BUILD_TYPE, DataPolicyFacts, MODULE_NAME};
pub use verify::{Check, SealedModule, subject_of, verify};
