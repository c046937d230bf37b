//! Writes the page of the tests' small shop to standard output, for a look at it in a browser:
//! `cargo run -p silversmith-report --example page > page.html`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use std::io::Write as _;

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> std::io::Result<()> {
    let (plan, trial, run) = (support::plan(), support::trial(), support::run());
    let page = support::page(&plan, Some(&trial), Some(&run));
    std::io::stdout().write_all(page.as_bytes())
}
