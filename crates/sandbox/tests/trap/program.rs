//! The programs: Python files in folders by category, each with a comment about itself.

use std::fs;
use std::path::{Path, PathBuf};

use silversmith_sandbox::Limits;
use std::time::Duration;

/// Where a program succeeds without the jail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// For every user.
    Anyone,
    /// For root.
    Root,
    /// For an ordinary user; root has no need of what it does.
    User,
    /// It is not tried. The program says why.
    No,
}

/// One hostile program.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// `category/name.py`.
    pub(crate) name: String,
    pub(crate) outside: Outside,
    /// The ends that are right, as the jail puts them: `exited 0`.
    pub(crate) ends: Vec<String>,
    pub(crate) limits: Limits,
    /// How often it runs on the same host.
    pub(crate) runs: u32,
    /// Its own word does not count: what it does is allowed inside, and must not show outside.
    pub(crate) may_succeed: bool,
}

/// The folder of the programs; another one where an ordinary user repeats the tests of root.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os(crate::support::HOSTILE).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile"),
        PathBuf::from,
    )
}

/// All programs, by name.
pub(crate) fn all() -> Vec<Program> {
    let mut found = Vec::new();
    for category in fs::read_dir(folder()).unwrap() {
        let category = category.unwrap();
        if !category.file_type().unwrap().is_dir() {
            continue;
        }
        for file in fs::read_dir(category.path()).unwrap() {
            let file = file.unwrap();
            let name = format!(
                "{}/{}",
                category.file_name().to_str().unwrap(),
                file.file_name().to_str().unwrap()
            );
            if name.ends_with(".py") {
                found.push(Program::parse(
                    name,
                    &fs::read_to_string(file.path()).unwrap(),
                ));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

impl Program {
    /// The program of this name.
    pub(crate) fn named(name: &str) -> Self {
        let source = fs::read_to_string(folder().join(name)).unwrap();
        Self::parse(name.to_owned(), &source)
    }

    fn parse(name: String, source: &str) -> Self {
        let header: Vec<_> = source
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        let field = |key: &str| {
            header
                .iter()
                .find_map(|line| line.strip_prefix("# ")?.strip_prefix(key))
        };
        let outside = match field("outside: ") {
            Some("anyone") => Outside::Anyone,
            Some("root") => Outside::Root,
            Some("user") => Outside::User,
            Some(why) if why.starts_with("no; ") => Outside::No,
            other => panic!("{name}: outside: {other:?}"),
        };
        // A loaded machine must not decide how a program ends.
        let mut limits = Limits {
            wall: Duration::from_secs(120),
            cpu: Duration::from_secs(60),
            memory: 1 << 30,
            pids: 64,
            disk: 64 << 20,
            stdout: 1 << 20,
        };
        for (key, value) in field("limits: ")
            .unwrap_or("")
            .split_whitespace()
            .filter_map(|part| part.split_once('='))
        {
            let digits = value.trim_end_matches(['K', 'M']);
            let unit = match &value[digits.len()..] {
                "K" => 1 << 10,
                "M" => 1 << 20,
                _ => 1,
            };
            let number = digits.parse::<u64>().unwrap() * unit;
            match key {
                "wall" => limits.wall = Duration::from_millis(number),
                "cpu" => limits.cpu = Duration::from_millis(number),
                "memory" => limits.memory = number,
                "pids" => limits.pids = u32::try_from(number).unwrap(),
                "disk" => limits.disk = number,
                "stdout" => limits.stdout = number,
                other => panic!("{name}: limit {other}"),
            }
        }
        Self {
            outside,
            ends: field("ends: ")
                .unwrap_or("exited 0")
                .split('|')
                .map(str::to_owned)
                .collect(),
            limits,
            runs: field("runs: ").map_or(1, |runs| runs.parse().unwrap()),
            may_succeed: field("allowed: ").is_some(),
            name,
        }
    }
}
