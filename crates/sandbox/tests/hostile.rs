//! Hostile programs, each of which tries to get what it must not get; none does. What they are and
//! where each succeeds without the jail stands in `tests/hostile`.
// What helps a test is a test, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod support;
mod trap;

use std::fmt::Write as _;

use support::is_root;
use trap::{Outside, Program};

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
    let programs = trap::all();
    assert!(programs.len() >= AT_LEAST, "{}", programs.len());
    let mut table = String::new();
    let mut wrong = String::new();
    for program in &programs {
        let began = std::time::Instant::now();
        let fared = trap::set_loose(program, |_| {});
        let took = began.elapsed().as_millis();
        let is_right_end = program.ends.contains(&fared.end);
        let verdict = match (fared.got.is_empty(), is_right_end) {
            (true, true) => "held",
            (true, false) => "UNEXPECTED END",
            (false, _) => "SUCCEEDED",
        };
        writeln!(
            table,
            "{:<45} {:<14} {took:>6} ms {verdict}",
            program.name, fared.end
        )
        .unwrap();
        if verdict != "held" {
            writeln!(
                wrong,
                "{} {} (expected {:?})\n{:#?}\n{}\n{}",
                program.name, fared.end, program.ends, fared.got, fared.said, fared.told
            )
            .unwrap();
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{wrong}");
}

/// A program that could succeed nowhere would prove nothing.
#[test]
fn without_the_jail_they_do() {
    let mut table = String::new();
    let mut wrong = String::new();
    for program in trap::all()
        .iter()
        .filter(|program| is_tried_outside(program))
    {
        let said = trap::set_free(program);
        let count = |word: &str| said.lines().filter(|line| line.starts_with(word)).count();
        let (good, bad, lacking) = (count("SUCCEEDED"), count("failed"), count("lacking"));
        writeln!(
            table,
            "{:<45} {good} succeeded, {bad} failed, {lacking} lacking in this kernel",
            program.name
        )
        .unwrap();
        if bad > 0 || good + lacking == 0 {
            writeln!(wrong, "{}\n{said}", program.name).unwrap();
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_same_as_an_ordinary_user() {
    support::repeat_as_ordinary_user("the_same_as_an_ordinary_user");
}
