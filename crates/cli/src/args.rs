//! What can be typed. The words are a contract: see `docs/cli.md`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use silversmith_pipeline::ProfileName;
use silversmith_types::{RunId, Timestamp};

/// Writes the Silver layer's Python module under governance, and refuses to run anything else.
#[derive(Debug, Parser)]
#[command(name = "silversmith", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Taken by every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// One JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Which profile of silversmith.toml is in force
    #[arg(long, global = true, value_enum, default_value = "dev")]
    pub(crate) profile: Profile,
    /// The project folder: as if the command had been started there
    #[arg(short = 'C', global = true, value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Only errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// More of what happens
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Profile {
    /// For work on one machine
    Dev,
    /// For runs that others rely on
    Production,
}

impl From<Profile> for ProfileName {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Dev => Self::Dev,
            Profile::Production => Self::Production,
        }
    }
}

// Deferred: only the options of the command that was typed are put together, which saves a third of
// a millisecond at each start.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Make a new project folder: settings, a signing key, an example
    Init,
    /// Say what this machine can do; exit status 1 if a build would be refused
    Doctor(Doctor),
    /// Measure the values of a Bronze run: writes the two files that describe it
    Profile(ProfileCommand),
    /// Run intake alone: verdict, findings, and the brief that an author would see
    Check(Check),
    /// Make, verify, try and seal the module
    Build(Build),
    /// Show a plan, or the difference of two
    #[command(subcommand)]
    Plan(Plan),
    /// Try a module of this project on Bronze data in the sandbox
    Trial(Trial),
    /// Run any command in the jail, as modules are run
    Sandbox(Sandbox),
    /// Check a module against its statement and the trusted keys
    Verify(Module),
    /// Derive a module again from its recorded inputs and reply, and compare the bytes
    Reproduce(Reproduce),
    /// Verify a module, then run it in the sandbox
    Run(Run),
    /// Write the page about a module for people
    Report(Report),
    /// Show the secrets of this project, test one, or give one a new value
    #[command(subcommand)]
    Secret(Secret),
    /// Show what models cost: by day, model and person
    Cost(Cost),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages, one for each command
    Man {
        /// The folder they go to
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also install what can be installed: the Python runtime
    #[arg(long)]
    pub(crate) prepare: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileCommand {
    /// The folder of a Bronze run: its CSV files, or `data/` with them
    pub(crate) bronze_dir: PathBuf,
    /// Where the two files go [default: the drafts folder of the run]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The instant that stands for "now", such as 2026-01-25T21:47:26Z
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// silver_run_agent_context.json
    #[arg(long, value_name = "F")]
    pub(crate) context: PathBuf,
    /// silver_run_human_report.md
    #[arg(long, value_name = "F")]
    pub(crate) report: PathBuf,
    /// A data contract (ODCS v3)
    #[arg(long, value_name = "F")]
    pub(crate) contract: Option<PathBuf>,
}

/// Who writes the plan.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Author {
    /// The embedded rules: no network, no key
    Rules,
    /// The models that silversmith.toml names, in their order
    Llm,
    /// What the models answered before; nothing is sent
    Replay,
    /// The program that silversmith.toml names: a gateway, or a person
    Exec,
}

/// What the author may write.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Mode {
    /// A plan of the closed vocabulary
    Plan,
}

/// What the module runs on.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Engine {
    /// Polars, lazy and streaming
    Polars,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The run whose reports are read [default: the latest Bronze run]
    pub(crate) run_id: Option<RunId>,
    /// The context, in place of that of the run
    #[arg(long, value_name = "F", requires = "report")]
    pub(crate) context: Option<PathBuf>,
    /// The report, in place of that of the run
    #[arg(long, value_name = "F", requires = "context")]
    pub(crate) report: Option<PathBuf>,
    /// The folder of the Bronze run [default: the run that the context names]
    #[arg(long, value_name = "DIR")]
    pub(crate) bronze: Option<PathBuf>,
    /// A data contract (ODCS v3) [default: that of silversmith.toml]
    #[arg(long, value_name = "F")]
    pub(crate) contract: Option<PathBuf>,
    /// Who writes the plan
    #[arg(long, value_enum, default_value = "rules")]
    pub(crate) author: Author,
    /// Ask the models, whatever they answered before
    #[arg(long, conflicts_with = "show_prompt")]
    pub(crate) fresh: bool,
    /// What the author may write
    #[arg(long, value_enum, default_value = "plan")]
    pub(crate) mode: Mode,
    /// What the module runs on
    #[arg(long, value_enum, default_value = "polars")]
    pub(crate) engine: Engine,
    /// The instant that stands for "now", such as 2026-01-25T21:47:26Z
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,
    /// Where the module goes [default: that of silversmith.toml]
    #[arg(long, value_name = "F")]
    pub(crate) out: Option<PathBuf>,
    /// Try every row, however large Bronze is
    #[arg(long)]
    pub(crate) full: bool,
    /// Stop after static verification: nothing is tried, nothing is written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print what the author would be sent, with its tokens, and ask nobody
    #[arg(long, requires = "dry_run")]
    pub(crate) show_prompt: bool,
    #[command(flatten)]
    pub(crate) weaker: Weaker,
}

// Taken by the commands that run something in the jail. (As a doc comment this would be what their
// help begins with.)
#[derive(Debug, Args)]
pub(crate) struct Weaker {
    /// Run without the sandbox layers that `sandbox.accept_weaker` of silversmith.toml names, where
    /// this machine keeps them away; never without a required one
    #[arg(long)]
    pub(crate) accept_weaker_sandbox: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Plan {
    /// Show the plan of a module, or a plan file, as a table
    Show {
        /// A module of this project, or a plan in JSON
        file: PathBuf,
    },
    /// Show the difference of two plans
    Diff {
        /// A module of this project, or a plan in JSON
        old: PathBuf,
        /// Another one
        new: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Trial {
    /// The module
    pub(crate) module: PathBuf,
    /// The folder of the Bronze run
    #[arg(long, value_name = "DIR")]
    pub(crate) bronze: PathBuf,
    /// Try every row, however large Bronze is
    #[arg(long)]
    pub(crate) full: bool,
    #[command(flatten)]
    pub(crate) weaker: Weaker,
}

#[derive(Debug, Args)]
pub(crate) struct Module {
    /// The module
    pub(crate) module: PathBuf,
    /// Use nothing from the network (nothing is used in any case)
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// The module
    pub(crate) module: PathBuf,
    /// Write all that it takes to a file, for another machine
    #[arg(long, value_name = "F")]
    pub(crate) export: Option<PathBuf>,
    /// Take it from such a file, in place of this project's record
    #[arg(long, value_name = "F", conflicts_with = "export")]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Where each secret comes from, and which models use it; asks nobody
    List,
    /// Get a secret, say what is known of it, and give it back
    Test {
        /// Its name in silversmith.toml
        name: String,
    },
    /// Write a new value, read from standard input, where the secret is kept
    Rotate {
        /// Its name in silversmith.toml
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Cost {
    /// The first day, such as 2026-11-01 (UTC)
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) since: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The module
    pub(crate) module: PathBuf,
    /// The Bronze run [default: the latest]
    pub(crate) bronze_run_id: Option<RunId>,
    #[command(flatten)]
    pub(crate) weaker: Weaker,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The module
    pub(crate) module: PathBuf,
    /// Where the page goes [default: beside the module]
    #[arg(long, value_name = "F")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Grant a path read-only, under its own name or another
    #[arg(long, value_name = "PATH[:INSIDE]")]
    pub(crate) ro: Vec<String>,
    /// A folder that receives what is written, under its own name or another
    #[arg(long, value_name = "DIR[:INSIDE]")]
    pub(crate) rw: Vec<String>,
    /// Time from start to end
    #[arg(long, value_parser = duration, default_value = "10s")]
    pub(crate) wall: std::time::Duration,
    /// CPU time
    #[arg(long, value_parser = duration, default_value = "10s")]
    pub(crate) cpu: std::time::Duration,
    /// Memory
    #[arg(long, value_parser = size, default_value = "4GiB")]
    pub(crate) memory: u64,
    /// Threads and processes
    #[arg(long, default_value = "64")]
    pub(crate) pids: u32,
    /// What may be written
    #[arg(long, value_parser = size, default_value = "512MiB")]
    pub(crate) disk: u64,
    /// What may be printed
    #[arg(long, value_parser = size, default_value = "8MiB")]
    pub(crate) stdout: u64,
    #[command(flatten)]
    pub(crate) weaker: Weaker,
    /// The command
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<std::ffi::OsString>,
}

/// `2026-11-24`.
fn day(text: &str) -> Result<String, String> {
    let midnight = format!("{text}T00:00:00Z").parse::<Timestamp>();
    midnight
        .map(|_| text.to_owned())
        .map_err(|_| "a day, such as 2026-11-24".to_owned())
}

/// `10s`, `1500ms`, `5m`, `1h`.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| "a number with a unit, such as 10s".to_owned())?;
    let millis = match &text[digits.len()..] {
        "ms" => Some(number),
        "s" | "" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        unit => return Err(format!("`{unit}` is no unit of time (ms, s, m, h)")),
    };
    millis
        .filter(|ms| *ms > 0)
        .map(std::time::Duration::from_millis)
        .ok_or("out of range".to_owned())
}

/// `4GiB`, `512MiB`, `8KiB`, or bytes.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| "a number with a unit, such as 4GiB".to_owned())?;
    let shift = match &text[digits.len()..] {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        unit => return Err(format!("`{unit}` is no unit of size (B, KiB, MiB, GiB)")),
    };
    number
        .checked_mul(1 << shift)
        .filter(|size| *size > 0)
        .ok_or("out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn amounts_have_units() {
        assert_eq!(duration("1500ms").unwrap().as_millis(), 1500);
        assert_eq!(duration("5m").unwrap().as_secs(), 300);
        assert_eq!(size("4GiB").unwrap(), 4 << 30);
        assert_eq!(size("12").unwrap(), 12);
        for bad in [
            "",
            "s",
            "10x",
            "-1s",
            "0s",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for bad in ["", "GB", "1GB", "-1", "0", "18446744073709551615GiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
