//! What was handed over to a waiting interpreter is run whole or not at all. A handover is cut short
//! where the process that hands over dies in the middle of it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const LOADER: &str = include_str!("../src/loader.py");

/// Starts the program that waits, with as much of a module's head as it needs itself, and hands these
/// bytes over. The module here is one line of this test.
fn handed_over(bytes: &[u8]) -> Output {
    let mut child = Command::new("python3")
        .args(["-I", "-c", &format!("import os\nimport sys\n{LOADER}")])
        .args(["/module/any.py", "a word"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    // It may have ended before it read all.
    let _ = child.stdin.take().expect("a pipe").write_all(bytes);
    child.wait_with_output().expect("its output")
}

fn framed(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

const MODULE: &str = "import os, sys; print('ran', os.environ['SILVER_RUN_ID'], *sys.argv)";

#[test]
fn a_whole_handover_is_run() {
    let output = handed_over(&framed(&["a run", MODULE]));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, "ran a run /module/any.py a word\n");
    assert!(output.status.success());
}

#[test]
fn part_of_a_handover_is_not() {
    let whole = framed(&["a run", MODULE]);
    let (first, part) = (8 + "a run".len(), 8 + MODULE.len());
    assert_eq!(whole.len(), first + part);
    let cuts = [
        0,
        1,
        7,
        8,
        9,
        first - 1,
        first,
        first + 1,
        first + 7,
        first + 8,
    ];
    for cut in cuts.into_iter().chain([first + 20, whole.len() - 1]) {
        refused(&whole[..cut], &format!("the first {cut} bytes"));
    }
    let longer = [&whole[..], b"x"].concat();
    refused(&longer, "a byte more");
    refused(&framed(&["a run", MODULE, MODULE]), "three parts");
    refused(&framed(&[MODULE]), "one part");
    let huge = [&u64::MAX.to_le_bytes()[..], MODULE.as_bytes()].concat();
    refused(&huge, "a length of 2^64 - 1");
}

fn refused(bytes: &[u8], what: &str) {
    let output = handed_over(bytes);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{what}");
    assert_eq!(output.status.code(), Some(1), "{what}");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        complaint.trim_end(),
        "what was handed over is not whole",
        "{what}"
    );
}
