//! From the untrusted files that describe a Bronze run to a [`Brief`]: what an author may see.
//!
//! Pure: bytes come in, values or a rejection come out.

mod admit;
mod brief;
mod context;
mod contract;
mod evidence_check;
mod finding;
mod free_text;
mod injection;
mod limits;
mod locate;
mod profile_check;
mod report;
mod screen;
mod suggestions;
mod text;
mod yaml;

pub use admit::{Admitted, PersonalColumn, Rejection, RunInputs, Withheld, WithheldText, admit};
pub use brief::{Brief, BriefColumn, BriefTable, QuarantineConsent, TableTerms};
pub use finding::{Action, Code, Finding, Input, Place, Position, Severity};
pub use limits::{LimitError, Limits, LowerLimits, ReportRule, Rules, UnknownKeys};
pub use locate::locate;
