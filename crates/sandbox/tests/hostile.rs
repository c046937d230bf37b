//! Hostile programs, each of which tries to get what it must not get; none does. What they are and
//! where each succeeds without the jail stands in `tests/hostile`.
// What helps a test is a test, which clippy does not see; the table is for who runs it by hand.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;
mod trap;

use support::is_root;
use trap::program::{self, Outside, Program};

/// The programs that were run, and at least so many.
const AT_LEAST: usize = 150;

/// Whether a program is tried without the jail by this user.
fn is_tried_outside(program: &Program) -> bool {
    match program.outside {
        Outside::Anyone => true,
        Outside::Root => is_root(),
        Outside::User => !is_root(),
        Outside::No => false,
    }
}

#[test]
fn no_hostile_program_succeeds() {
    let programs = program::all();
    assert!(programs.len() >= AT_LEAST, "{}", programs.len());
    let lines = trap::with_each(&programs, |program| {
        let fared = trap::set_loose(program, |_, _| {});
        let verdict = match (fared.got.is_empty(), program.ends.contains(&fared.end)) {
            (true, true) => "held",
            (true, false) => "UNEXPECTED END",
            (false, _) => "SUCCEEDED",
        };
        let line = format!("{:<45} {:<24} {verdict}", program.name, fared.end);
        let wrong = (verdict != "held")
            .then(|| format!("{line}\n{:#?}\n{}\n{}", fared.got, fared.said, fared.told));
        (line, wrong)
    });
    conclude(lines);
}

/// A program that could succeed nowhere would prove nothing.
#[test]
fn without_the_jail_they_do() {
    let mut programs = program::all();
    programs.retain(is_tried_outside);
    let lines = trap::with_each(&programs, |program| {
        let said = trap::set_free(program);
        let count = |word: &str| said.lines().filter(|line| line.starts_with(word)).count();
        let (good, bad, lacking) = (count("SUCCEEDED"), count("failed"), count("lacking"));
        let line = format!(
            "{:<45} succeeded {good}, this kernel lacks {lacking}",
            program.name
        );
        let wrong = (bad > 0 || good + lacking == 0).then(|| format!("{}\n{said}", program.name));
        (line, wrong)
    });
    conclude(lines);
}

/// Prints the table, and fails with what is wrong.
fn conclude(lines: Vec<(String, Option<String>)>) {
    let mut wrong = String::new();
    for (line, because) in lines {
        println!("{line}");
        wrong.extend(because);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
