//! What a command prints: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};
use silversmith_pipeline::PipelineError;
use silversmith_secrets::scan::Scan;
use silversmith_types::is_invisible;

use crate::args::Common;
use crate::progress::Line;

/// Where and how to print.
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    verbose: bool,
    /// Whether words of the result, on standard output, and of everything else, on standard error, may
    /// have colours.
    colour: [bool; 2],
}

/// Where a word is printed.
#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

impl Output {
    pub(crate) fn new(common: &Common) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            json: common.json,
            quiet: common.quiet,
            verbose: common.verbose,
            colour: [
                !plain && std::io::stdout().is_terminal(),
                !plain && std::io::stderr().is_terminal(),
            ],
        }
    }

    /// Whether the result is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The progress line of a command.
    pub(crate) fn progress(&self) -> Line {
        let head = self.paint(Colour::Yellow, "warning");
        Line::new(!self.json && !self.quiet, self.verbose, self.quiet, head)
    }

    /// The result: the document with `--json`, else the text.
    pub(crate) fn result(&self, document: &impl Serialize, text: &str) {
        let mut out = BufWriter::new(std::io::stdout().lock());
        let text = text.trim_end();
        // A reader that went away (`| head`) wants no more.
        if self.json {
            _ = serde_json::to_writer(&mut out, document);
            _ = writeln!(out);
        } else if !text.is_empty() {
            _ = writeln!(out, "{text}");
        }
        _ = out.flush();
    }

    /// A line for people.
    pub(crate) fn say(&self, line: impl Display) {
        if !self.json && !self.quiet {
            eprintln!("{line}");
        }
    }

    /// What a person has to know, beside a JSON result too: it goes to standard error.
    pub(crate) fn warn(&self, line: impl Display) {
        if !self.quiet {
            let line = visible(&line.to_string());
            eprintln!("{}: {line}", self.paint(Colour::Yellow, "warning"));
        }
    }

    /// A word of the result that stands out, on a terminal.
    pub(crate) fn paint_result(&self, colour: Colour, word: &str) -> String {
        self.painted(Stream::Out, colour, word)
    }

    /// Whether the result may have colours.
    pub(crate) fn colours_results(&self) -> bool {
        self.colour[Stream::Out as usize]
    }

    /// A word of a line for people that stands out, on a terminal.
    pub(crate) fn paint(&self, colour: Colour, word: &str) -> String {
        self.painted(Stream::Err, colour, word)
    }

    fn painted(&self, stream: Stream, colour: Colour, word: &str) -> String {
        match self.colour[stream as usize] {
            true => format!("\x1b[{}m{word}\x1b[0m", colour as u8),
            false => word.to_owned(),
        }
    }

    /// An error: what, where, and what to do; as JSON too.
    pub(crate) fn failure(&self, error: &PipelineError) -> ExitCode {
        let details = details(error);
        // An error may quote what somebody sent; a token in it is nobody's to read.
        let scan = Scan::new([]);
        if self.json {
            let document = json!({
                "error": {
                    "code": error.code(), "message": error.to_string(), "help": error.help(),
                    "details": details,
                }
            });
            _ = writeln!(std::io::stdout(), "{}", scan.mask(&document.to_string()));
        } else {
            let head = self.paint(Colour::Red, "error");
            let message = scan.mask(&visible(&error.to_string()));
            eprintln!("{head}[{}]: {message}", error.code());
            // A layer that only waits for another says nothing new to a person.
            let waits = |detail: &Value| detail["cause"].is_string() && detail["remedy"].is_null();
            for detail in details.iter().filter(|detail| !waits(detail)) {
                eprintln!("  - {}", scan.mask(&detail_line(detail)));
            }
            if let Some(help) = error.help() {
                eprintln!("  {}: {help}", self.paint(Colour::Cyan, "help"));
            }
        }
        ExitCode::from(error.exit_status() as u8)
    }
}

/// The code of everything that is typed wrongly.
const USAGE: &str = "SS-USAGE-001";

/// What was typed is no command line; or help or the version was asked for, which is no error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Nothing was parsed, so what asks for JSON is looked for as it was typed.
    let json = std::env::args_os()
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json");
    if json && error.use_stderr() {
        let text = error.to_string();
        let (message, _) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.trim_start_matches("error: ").trim_end();
        let document = json!({
            "error": {
                "code": USAGE, "message": message, "help": "see `silversmith --help`", "details": [],
            }
        });
        _ = writeln!(std::io::stdout(), "{document}");
    } else {
        // There is no place left to report that standard error is closed.
        _ = error.print();
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// A part of an error in one line: as its stage writes it, else code, message and place.
fn detail_line(detail: &Value) -> String {
    let text = |key: &str| detail[key].as_str().filter(|text| !text.is_empty());
    // A drawing: several lines, in which everything doubtful is dotted out already.
    if let Some(line) = text("text") {
        return line.to_owned();
    }
    let code = text("code")
        .map(|code| format!("[{code}] "))
        .unwrap_or_default();
    let place = text("place")
        .map(|place| format!(" (at {place})"))
        .unwrap_or_default();
    visible(&format!(
        "{code}{}{place}",
        text("message").unwrap_or_default()
    ))
}

/// A message for a terminal, which obeys what it is shown: messages quote inputs and answers. Characters
/// that show nothing or reorder text are written out; an end of line stays one.
pub(crate) fn visible(message: &str) -> String {
    let shown = |c: char| match c != '\n' && is_invisible(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    message.chars().map(shown).collect()
}

/// Colours of a terminal (ECMA-48 SGR).
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

/// Most parts of an error that are spelled out on a terminal or in JSON.
const MAX_DETAILS: usize = 50;

/// The parts of an error that has several.
fn details(error: &PipelineError) -> Vec<Value> {
    let parts: Vec<Value> = match error {
        PipelineError::Intake(rejection) => rejection
            .findings
            .iter()
            .map(|finding| {
                let mut detail = serde_json::to_value(finding).unwrap_or_default();
                detail["text"] = finding.to_string().into();
                detail
            })
            .collect(),
        PipelineError::Plan(errors) => errors
            .iter()
            .map(|e| json!({"code": e.code(), "message": e.message, "place": e.pointer, "help": e.help()}))
            .collect(),
        PipelineError::Policy(rejection) => rejection
            .findings
            .iter()
            .map(|finding| serde_json::to_value(finding).unwrap_or_default())
            .collect(),
        PipelineError::Unverified(checks) => checks
            .iter()
            .filter(|check| !check.ok)
            .map(|check| json!({"message": format!("{}: {}", check.name, check.detail)}))
            .collect(),
        PipelineError::Sandbox(error)
        | PipelineError::Trial(silversmith_trial::TrialError::Sandbox(error)) => error
            .missing()
            .iter()
            .map(|layer| {
                let mut detail = json!(layer);
                let cause = layer.cause.as_deref().unwrap_or(&layer.detail);
                detail["text"] = format!("{}: {cause}", layer.name).into();
                detail
            })
            .collect(),
        PipelineError::Trial(silversmith_trial::TrialError::Failed { report }) => report
            .checks
            .iter()
            .filter(|check| !check.ok)
            .map(|check| json!({"message": format!("{}: {}", check.name, check.detail)}))
            .collect(),
        _ => Vec::new(),
    };
    parts.into_iter().take(MAX_DETAILS).collect()
}
