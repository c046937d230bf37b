//! What is found in reports, with its place, and what is not found in ordinary ones.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use std::path::PathBuf;

use silversmith_intake::{Action, Admitted, Finding, ReportRule, Rules, RunInputs, admit};

fn admitted(context: &[u8], report: &[u8], rule: ReportRule) -> Admitted {
    let inputs = RunInputs {
        context,
        report,
        contract: None,
        as_of: None,
        bronze: None,
    };
    let rules = Rules {
        report: rule,
        ..Rules::default()
    };
    admit(inputs, &rules).unwrap()
}

/// The report that the original tool wrote about its example data. Skipped where they are not at
/// hand.
#[test]
fn a_real_report_is_not_accused() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/adventureworks");
    let data = std::env::var_os("SILVERSMITH_ADVENTUREWORKS").map_or(beside.into(), PathBuf::from);
    let read = |name: &str| std::fs::read(data.join("reports").join(name));
    let (Ok(context), Ok(report)) =
        (read("silver_run_agent_context.json"), read("silver_run_human_report.md"))
    else {
        eprintln!("skipped: no example data; set SILVERSMITH_ADVENTUREWORKS to their directory");
        return;
    };
    let admitted = admitted(&context, &report, ReportRule::Sanitised);
    let accused = |finding: &&Finding| {
        matches!(finding.action, Action::Neutralised | Action::Masked)
    };
    let accused: Vec<_> = admitted.findings.iter().filter(accused).collect();
    assert!(accused.is_empty(), "{accused:#?}");
}
