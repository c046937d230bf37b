//! Starting programs, with an echo of what is started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Runs a command with this program's output streams; anything but exit code 0 is an error.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = line(command);
    eprintln!("\n$ {line}");
    let status = command
        .status()
        .map_err(|error| format!("cannot start {line}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{line}: {status}"))
    }
}

/// Runs a command and returns what it wrote to stdout; stderr stays visible.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let line = line(command);
    eprintln!("\n$ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {line}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{line}: {}\n{text}", output.status))
    }
}

/// The command as somebody would type it.
fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    if let Some(name) = Path::new(&words[0]).file_name() {
        words[0] = name.to_string_lossy().into_owned();
    }
    words.join(" ")
}

/// An interpreter that the product accepts: `python3` of version 3.11 or later.
pub(crate) fn check_python() -> Outcome {
    const TEST: &str = "import sys; print('Python', sys.version.split()[0]); \
                        sys.exit(sys.version_info < (3, 11))";
    let outcome = Command::new("python3").args(["-c", TEST]).status();
    match outcome {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("python3 is older than 3.11; install a newer one".to_owned()),
        Err(_) => Err("there is no python3; install Python 3.11 or later".to_owned()),
    }
}

/// Adds what was done to which path to an I/O error.
pub(crate) fn at<'a>(
    doing: &'a str,
    path: &'a Path,
) -> impl Fn(std::io::Error) -> String + use<'a> {
    move |error| format!("cannot {doing} {}: {error}", path.display())
}

/// A folder that exists and is empty.
pub(crate) fn fresh_folder(path: &Path) -> Outcome {
    if path.exists() {
        std::fs::remove_dir_all(path).map_err(at("remove", path))?;
    }
    std::fs::create_dir_all(path).map_err(at("create", path))
}
