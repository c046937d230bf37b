//! From the untrusted files that describe a Bronze run to a [`Brief`]: what an author may see.
//!
//! Pure: bytes come in, values or a rejection come out.

mod brief;

pub use brief::{Brief, BriefColumn, BriefTable, QuarantineConsent, TableTerms};
