//! Any bytes as a context: an answer, and an admitted one is the same twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_intake::{Rules, RunInputs, admit};

fuzz_target!(|context: &[u8]| {
    let inputs = || RunInputs {
        context,
        report: b"",
        contract: None,
        as_of: None,
        bronze: None,
    };
    let rules = Rules::default();
    match (admit(inputs(), &rules), admit(inputs(), &rules)) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.brief.tables().len(), second.brief.tables().len());
            assert!(!first.brief.tables().is_empty());
        }
        (Err(first), Err(second)) => assert_eq!(first, second),
        _ => panic!("the same bytes were judged differently"),
    }
});
