//! Any bytes as a report beside a context that is fine: what is sent of it is plain text between marks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_intake::{Place, ReportRule, Rules, RunInputs, admit};

const CONTEXT: &[u8] = include_bytes!("../corpus/context/whole.json");

fuzz_target!(|report: &[u8]| {
    let inputs = RunInputs {
        context: CONTEXT,
        report,
        contract: None,
        as_of: None,
        bronze: None,
    };
    let rules = Rules {
        report: ReportRule::Sanitised,
        ..Rules::default()
    };
    let findings = match admit(inputs, &rules) {
        Ok(admitted) => {
            let sent = admitted.brief.report().unwrap();
            assert!(!sent.contains(|c: char| c.is_control() && c != '\n'));
            let lines: Vec<&str> = sent.lines().collect();
            let mark = lines[0].trim_start_matches('<');
            assert_eq!(lines[lines.len() - 1].trim_end_matches('>'), mark);
            assert!(
                lines[1..lines.len() - 1]
                    .iter()
                    .all(|line| !line.contains(mark))
            );
            admitted.findings
        }
        Err(rejection) => rejection.findings,
    };
    let lines = report.iter().filter(|byte| **byte == b'\n').count() + 1;
    for finding in findings {
        if let Place::Span(at) = finding.place {
            assert!((1..=lines).contains(&at.line) && at.column > 0);
        }
    }
});
