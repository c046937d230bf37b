//! The Python runtime that generated modules run in: an interpreter of the machine and packages
//! whose every byte is locked, prepared once in the user's cache, with a digest that goes into
//! every statement about a module.

mod error;
mod install;
mod interpreter;
mod manifest;
mod progress;
mod runtime;

pub use error::RuntimeError;
pub use interpreter::PYTHON_VARIABLE;
pub use progress::{Phase, Progress, Silent};
pub use runtime::{Runtime, RuntimeOptions, Versions};
