//! `cargo xtask`: what developers and CI run.

#![allow(
    clippy::print_stdout,
    reason = "tables and summaries are what this program is for"
)]

mod arguments;
mod bench;
mod check;
mod demo;
mod example;
#[cfg(test)]
mod graph;
mod replicate;
mod services;
mod shell;
mod vocabulary;

use std::process::ExitCode;

use arguments::Arguments;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo                            set up everything, then init, profile, build, verify, trial and
                                  run in target/demo, and print a summary
  test                            formatting, lints, all tests, documentation
  services                        install the servers that tests ask (OpenBao, llama.cpp, LiteLLM and an
                                  OpenID Connect server); test does so too
  ci                              tool versions, then test, then demo
  bench [--bronze DIR] [--runs N] [--scales 1,20,100] [--only silver|profile|build|compile]
                                  the tables of docs/performance.md
  example [--seed N] [--scale N] --out DIR
                                  write the example shop with its truth
  replicate --bronze DIR --times N --out DIR
                                  repeat the rows of a Bronze folder with new keys
  vocabulary --from FILE          pack a tokenizer's vocabulary (o200k_base.tiktoken) for crates/tokens
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let arguments = Arguments::new(words);
    let outcome = match command.as_str() {
        "demo" => demo::demo(arguments),
        "test" => check::test(arguments),
        "services" => services::command(arguments),
        "ci" => check::ci(arguments),
        "bench" => bench::bench(arguments),
        "example" => example::example(arguments),
        "replicate" => replicate::command(arguments),
        "vocabulary" => vocabulary::command(arguments),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// What a command ends with: a message for the person who typed it.
type Outcome<T = ()> = Result<T, String>;
