//! The helper as a program of its own, for the tests of this crate.

fn main() {
    silversmith_sandbox::helper_main_if_requested();
    // Started by hand it has nothing to do; that is a usage error.
    std::process::exit(2);
}
