//! Documents that are no context.

use serde_json::{Value, json};
use silversmith_intake::{Code, Limits, Rules, RunInputs, admit};

use super::support::{admit_all, admit_context, assert_rejected, context, edited, has, report};

#[test]
fn documents_that_are_no_context_are_rejected_where_they_break() {
    let whole = context().to_string();
    let report = report();
    let reject = |bytes: &[u8], code, place: &str| {
        assert_rejected(admit_all(bytes, report.as_bytes(), None, None), code, place);
    };
    let cut = &whole.as_bytes()[..whole.len() / 2];
    reject(cut, Code::NotJson, &format!("1:{}", cut.len()));
    reject(b"", Code::NotJson, "1:0");
    reject(
        b"{\n\"run_id\": 1,\n\"run_id\": 2}",
        Code::DuplicateKey,
        "3:8",
    );
    reject("[".repeat(300).as_bytes(), Code::NotJson, "1:33");
    reject(&vec![b' '; (8 << 20) + 1], Code::TooLarge, "");
    let few = Rules {
        limits: Limits {
            context_nodes: 10,
            ..Limits::default()
        },
        ..Rules::default()
    };
    let (context, report) = (whole.as_bytes(), report.as_bytes());
    let inputs = RunInputs {
        context,
        report,
        contract: None,
        as_of: None,
        bronze: None,
    };
    assert_eq!(admit(inputs, &few).unwrap_err().code(), "SS-INTAKE-002");
}

#[test]
fn a_context_of_another_shape_is_rejected_at_the_value() {
    for (edit, value, place, message) in [
        (
            "/files_total",
            json!("two"),
            "/files_total",
            "is a text, and not a whole number from 0 on",
        ),
        (
            "/files_total",
            json!(-1),
            "/files_total",
            "is a number below 0, and not a whole number from 0 on",
        ),
        (
            "/files_total",
            json!(2.0),
            "/files_total",
            "is a number with a fraction or an exponent, and not a whole number from 0 on",
        ),
        ("/layer", Value::Null, "", "`layer` is missing"),
        (
            "/profile/tables/people.csv/inferred_types/city~1town",
            json!("secret"),
            "/profile/tables/people.csv/inferred_types/city~1town",
            "is not one of `integer`, `float`, `boolean`, `datetime`, `string`, `empty`",
        ),
        (
            "/profile/tables/people.csv/inferred_types/city~1town",
            json!({"string": null, "x": 1}),
            "/profile/tables/people.csv/inferred_types/city~1town",
            "is an object, and not a text",
        ),
        (
            "/performance_metrics",
            json!([60, 5, 2, 0]),
            "/performance_metrics",
            "is a list, and not an object",
        ),
        (
            "/bronze_tables/orders.csv/status",
            json!("MAYBE"),
            "/bronze_tables/orders.csv/status",
            "is neither `SUCCESS` nor `FAILED`",
        ),
        (
            "/profile/tables/orders.csv/key_candidates/0/reason",
            json!("because"),
            "/profile/tables/orders.csv/key_candidates/0/reason",
            "is neither `unique_non_null` nor `high_uniqueness_` and a percentage",
        ),
    ] {
        let document = edited(context(), edit, value);
        let rejection = admit_context(&document).unwrap_err();
        assert!(
            has(&rejection.findings, Code::Shape, place),
            "{edit}: {:?}",
            rejection.findings
        );
        let messages: Vec<&str> = rejection
            .findings
            .iter()
            .map(|f| f.message.as_str())
            .collect();
        assert!(messages.contains(&message), "{edit}: {messages:?}");
        assert!(!messages.concat().contains("secret"));
    }
}
