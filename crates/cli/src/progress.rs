//! The progress line: on a terminal only, on standard error.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use silversmith_pipeline::Progress;

use crate::output::visible;

/// One line that says what is being done, with a bar where the amount of work is known.
pub(crate) struct Line {
    bar: ProgressBar,
    verbose: bool,
    quiet: bool,
    /// What warnings begin with.
    warning_head: String,
}

impl Line {
    /// A line where a person can see it.
    pub(crate) fn new(wanted: bool, verbose: bool, quiet: bool, warning_head: String) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        let bar = if shown {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self {
            bar,
            verbose,
            quiet,
            warning_head,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Line {
    fn stage(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        if self.verbose {
            // Without the line on the screen, which would be written over.
            self.bar.suspend(|| eprintln!("{what}"));
        }
    }

    fn warning(&self, what: &str) {
        if !self.quiet {
            let (head, what) = (&self.warning_head, visible(what));
            self.bar.suspend(|| eprintln!("{head}: {what}"));
        }
    }

    fn total(&self, bytes: u64) {
        self.bar.set_length(bytes);
        self.bar.set_position(0);
        let style = "{spinner} {bar:24} {bytes}/{total_bytes} {msg}";
        // The template is a constant of this program.
        if let Ok(style) = ProgressStyle::with_template(style) {
            self.bar.set_style(style);
        }
    }

    fn position(&self, done: u64, total: u64) {
        if self.bar.length() != Some(total) {
            self.total(total);
        }
        self.bar.set_position(done);
    }

    fn advanced(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}
