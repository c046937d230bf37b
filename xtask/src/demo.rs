//! `cargo xtask demo`: from nothing to an executed module, and where to look at it.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{cargo, check_python, fresh_folder, output, root, run};

/// Builds the product, makes a project in `target/demo` and walks the whole path in it.
pub(crate) fn demo(arguments: Arguments) -> Outcome {
    arguments.finish()?;
    check_python()?;
    run(cargo().args(["build", "--release", "--quiet", "--package", "silversmith"]))?;
    let demo = Demo {
        folder: root().join("target/demo"),
    };
    fresh_folder(&demo.folder)?;
    demo.say(&["init"])?;
    prepare_runtime(&mut demo.silversmith())?;
    Ok(())
}

/// Lets the product prepare its Python runtime, so that no later step waits for a download.
pub(crate) fn prepare_runtime(silversmith: &mut Command) -> Outcome {
    run(silversmith.args(["doctor"]))
}

struct Demo {
    folder: PathBuf,
}

impl Demo {
    fn silversmith(&self) -> Command {
        let mut command = Command::new(root().join("target/release/silversmith"));
        command.arg("-C").arg(&self.folder);
        command
    }

    /// Runs one command for its effect.
    fn say(&self, words: &[&str]) -> Outcome {
        run(self.silversmith().args(words))
    }

    /// Runs one command for its JSON document.
    #[expect(dead_code, reason = "until the commands it reads are there")]
    fn ask(&self, words: &[&str]) -> Outcome<serde_json::Value> {
        let text = output(self.silversmith().args(words).arg("--json"))?;
        serde_json::from_str(&text).map_err(|error| format!("{} --json: {error}", words[0]))
    }
}
