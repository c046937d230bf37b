//! Text of unknown origin: its canonical form, the form in which it is searched, and what a name is.

mod canonical;
mod fold;
mod name;
mod origin;

pub(crate) use canonical::{Canonical, Removed, Unseen, canonical, tagged_text};
pub(crate) use fold::fold;
pub(crate) use name::{NameVerdict, name_verdict};
pub(crate) use origin::Derived;
