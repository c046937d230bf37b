//! From the untrusted files that describe a Bronze run to a [`Brief`]: what an author may see.
//!
//! Pure: bytes come in, values or a rejection come out.

mod admit;
mod alias;
mod brief;
mod context;
mod contract;
mod cross_check;
mod evidence_check;
mod evidence_screen;
mod finding;
mod free_text;
mod injection;
mod limits;
mod locate;
mod locate_yaml;
mod naming;
mod profile_check;
#[cfg(test)]
mod properties;
mod report;
mod schema;
mod screen;
mod sent;
mod suggestions;
mod text;
mod withheld;
mod yaml;

pub use admit::{Admitted, Rejection, RunInputs, admit};
pub use alias::Alias;
pub use brief::{Brief, BriefColumn, BriefTable, QuarantineConsent, TableTerms};
pub use finding::{Action, Code, Finding, Input, Place, Position, Severity};
pub use limits::{LimitError, Limits, LowerLimits, ReportRule, Rules, UnknownKeys};
pub use locate::locate;
pub use locate_yaml::locate_yaml;
pub use schema::{brief_schema, context_schema};
pub use screen::is_harmless;
pub use suggestions::Verb;
pub use withheld::{Category, PersonalColumn, Withheld, WithheldText};
