//! What an admitted run gives.

use std::path::Path;

use serde_json::json;
use silversmith_intake::{Action, Category, Code, Rules, RunInputs, admit};

use super::support::{RUN, admit_all, admit_context, context, edited, has, report, with_evidence};

#[test]
fn a_context_of_the_original_tool_is_admitted() {
    let admitted = admit_context(&context()).unwrap();
    let brief = &admitted.brief;
    assert_eq!(brief.bronze_run().as_str(), RUN);
    assert_eq!(brief.as_of().to_string(), "2026-03-01T10:15:00Z");
    assert_eq!(brief.min_count(), None);
    let orders = &brief.tables()[&"orders.csv".parse().unwrap()];
    let names: Vec<&str> = orders
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(
        (orders.rows, names),
        (40, vec!["order_id", "person", "amount"])
    );
    assert!(orders.evidence.is_none());
}

#[test]
fn prose_is_counted_and_reaches_nobody() {
    let admitted = admit_context(&context()).unwrap();
    assert_eq!(admitted.withheld.count(Category::SuggestedTransforms), 2);
    assert_eq!(
        (
            admitted.withheld.report.bytes,
            admitted.withheld.report.lines
        ),
        (46, 2)
    );
    assert_eq!(
        admitted
            .findings
            .iter()
            .filter(|f| f.action == Action::Withheld)
            .count(),
        3
    );
    let seen = serde_json::to_string(&admitted).unwrap();
    assert!(
        !seen.contains("previous instructions") && !seen.contains("# Report"),
        "{seen}"
    );
}

#[test]
fn evidence_reaches_the_brief_and_personal_columns_are_on_record() {
    let pointer = "/silversmith_evidence/tables/people.csv/columns/1/personal";
    let admitted = admit_context(&edited(with_evidence(), pointer, json!("address"))).unwrap();
    assert_eq!(admitted.brief.min_count(), Some(10));
    assert_eq!(admitted.brief.joins().len(), 1);
    let people = "people.csv".parse().unwrap();
    assert!(
        admitted.brief.tables()[&people]
            .column_evidence(&"person_id".parse().unwrap())
            .is_some()
    );
    let personal = &admitted.withheld.personal_columns[0];
    assert_eq!((&*personal.table, &*personal.column), ("T2", "C2"));
    assert_eq!(personal.column_name.as_deref(), Some("city/town"));
}

#[test]
fn the_instant_given_wins() {
    let (context, report) = (context().to_string(), report());
    let as_of = Some("2026-04-01T00:00:00Z".parse().unwrap());
    let (context, report) = (context.as_bytes(), report.as_bytes());
    let inputs = RunInputs {
        context,
        report,
        contract: None,
        as_of,
        bronze: None,
    };
    let admitted = admit(inputs, &Rules::default()).unwrap();
    assert_eq!(Some(admitted.brief.as_of()), as_of);
}

#[test]
fn a_table_that_failed_is_left_out_with_a_warning() {
    let failed =
        json!({"status": "FAILED", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let mut document = edited(context(), "/bronze_tables/broken.csv", failed);
    document["files_total"] = json!(3);
    document["files_failed"] = json!(1);
    document["performance_metrics"]["tables_failed"] = json!(1);
    let admitted = admit_context(&document).unwrap();
    assert!(has(
        &admitted.findings,
        Code::FailedTable,
        "/bronze_tables/broken.csv"
    ));
    assert_eq!(admitted.brief.tables().len(), 2);
}

#[test]
fn the_example_run_is_admitted() {
    let reports =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/adventureworks/reports");
    let read = |name: &str| std::fs::read(reports.join(name));
    let (Ok(context), Ok(report)) = (
        read("silver_run_agent_context.json"),
        read("silver_run_human_report.md"),
    ) else {
        eprintln!("skipped: the example run is not on this machine");
        return;
    };
    let admitted = admit_all(&context, &report, None, None).unwrap();
    assert_eq!(admitted.brief.tables().len(), 9);
    assert!(
        admitted
            .findings
            .iter()
            .all(|finding| finding.action == Action::Withheld)
    );
}
