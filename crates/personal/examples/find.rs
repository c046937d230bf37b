//! Prints what is found in the text on the standard input, one match a line.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    for found in silversmith_personal::find(&text) {
        println!(
            "{:?}\t{}\t{:?}",
            found.kind, found.recogniser, &text[found.span]
        );
    }
    Ok(())
}
