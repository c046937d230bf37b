//! How findings look, and their codes.

use std::collections::BTreeSet;

use serde_json::json;
use silversmith_intake::Code;

use super::support::{RUN, admit_all, admit_context, assert_rejected, context, edited, has};

#[test]
fn a_report_is_text_within_bounds() {
    let context = context().to_string();
    let long = format!("{RUN}\n{}", "x".repeat(65_537));
    for (report, code, place) in [
        (b"fine\nno\xff".to_vec(), Code::ReportText, "2:3"),
        (b"a\0b".to_vec(), Code::ReportText, "1:2"),
        (vec![b'\n'; 50_001], Code::ReportLines, ""),
        (long.into_bytes(), Code::ReportLines, "2:1"),
        (vec![b'a'; (256 << 10) + 1], Code::TooLarge, ""),
    ] {
        assert_rejected(
            admit_all(context.as_bytes(), &report, None, None),
            code,
            place,
        );
    }
    let admitted = admit_all(context.as_bytes(), b"another run", None, None).unwrap();
    assert!(has(&admitted.findings, Code::ReportRun, ""));
}

#[test]
fn the_list_of_findings_is_bounded() {
    let mut document = context();
    for number in 0..500 {
        document["profile"]["tables"]["orders.csv"]["null_counts"][format!("x{number}")] = json!(0);
    }
    let rejection = admit_context(&document).unwrap_err();
    assert_eq!(rejection.findings.len(), 201);
    assert!(has(&rejection.findings, Code::More, ""));
}

#[test]
fn findings_have_the_shape_that_is_documented() {
    let rejection = admit_context(&edited(context(), "/files_total", json!(3))).unwrap_err();
    let finding = serde_json::to_value(&rejection.findings[0]).unwrap();
    assert_eq!(
        finding,
        json!({
            "code": "SS-INTAKE-009", "severity": "error", "input": "context",
            "pointer": "/files_total", "action": "rejected",
            "message": "is 3, and the tables listed make it 2",
        })
    );
    assert_eq!(rejection.code(), "SS-INTAKE-009");
    assert!(rejection.help().is_some());
}

#[test]
fn codes_are_distinct() {
    let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
}
