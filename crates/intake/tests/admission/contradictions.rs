//! A context that contradicts itself.

use serde_json::{Value, json};
use silversmith_intake::Code;

use super::support::{admit_context, assert_rejected, context, edited, table};

#[test]
fn contradictions_in_a_context_are_rejected_at_the_value() {
    let orders = "/profile/tables/orders.csv";
    for (edit, value, code, place) in [
        ("/run_id", json!("today"), Code::Run, "/run_id"),
        (
            "/silver_run_id",
            json!("20260301_101501_#00c0ffef"),
            Code::Run,
            "/silver_run_id",
        ),
        (
            "/run_id",
            json!("20260301_101500_#00c0ffef"),
            Code::Run,
            "/run_id",
        ),
        (
            "/silver_run_id",
            json!("20260226_101500_#00c0ffee"),
            Code::Run,
            "/silver_run_id",
        ),
        (
            "/generated_at_utc",
            json!("2026-02-27T10:15:02+00:00"),
            Code::Run,
            "/generated_at_utc",
        ),
        (
            "/profile/tables/orders.csv/row_count",
            json!(9_007_199_254_740_992_u64),
            Code::Numbers,
            "/profile/tables/orders.csv/row_count",
        ),
        (
            "/profile/tables/orders.csv/null_counts/order_id",
            json!(1),
            Code::Numbers,
            "/profile/tables/orders.csv/key_candidates/0",
        ),
        (
            "/profile/tables/orders.csv/duplicate_rows",
            json!(1),
            Code::Numbers,
            "/profile/tables/orders.csv/key_candidates/0",
        ),
        (
            "/profile/tables/orders.csv/key_candidates",
            json!([{"column": "person", "reason": "unique_non_null"},
                {"column": "person", "reason": "high_uniqueness_99%"}]),
            Code::Columns,
            "/profile/tables/orders.csv/key_candidates/1",
        ),
        (
            "/profile/tables/orders.csv/key_candidates/0/reason",
            json!("high_uniqueness_101%"),
            Code::Shape,
            "/profile/tables/orders.csv/key_candidates/0/reason",
        ),
        (
            "/profile/tables/orders.csv/inferred_types/amount",
            json!("empty"),
            Code::Numbers,
            "/profile/tables/orders.csv/inferred_types/amount",
        ),
        ("/layer", json!("gold"), Code::Run, "/layer"),
        (
            "/generated_at_utc",
            json!("2026-03-01 10:15"),
            Code::Run,
            "/generated_at_utc",
        ),
        ("/files_total", json!(3), Code::Numbers, "/files_total"),
        ("/has_errors", json!(true), Code::Numbers, "/has_errors"),
        (
            "/performance_metrics/total_rows_processed",
            json!(61),
            Code::Numbers,
            "/performance_metrics/total_rows_processed",
        ),
        (
            "/schema_overview/table_count",
            json!(3),
            Code::Tables,
            "/schema_overview",
        ),
        (
            "/profile/schema_overview/tables/0/row_count",
            json!(41),
            Code::Numbers,
            "/profile/schema_overview/tables/0",
        ),
        (
            "/profile/schema_overview/tables/0/table",
            json!("people.csv"),
            Code::Tables,
            orders,
        ),
        (
            "/bronze_tables/orders.csv",
            Value::Null,
            Code::Tables,
            orders,
        ),
        (
            "/bronze_tables/orders.csv/status",
            json!("FAILED"),
            Code::Tables,
            "/bronze_tables/orders.csv",
        ),
        (
            "/bronze_tables/orders.csv/rows_in",
            json!(39),
            Code::Numbers,
            "/bronze_tables/orders.csv/rows_in",
        ),
        (
            "/bronze_tables/orders.csv/schema_in",
            json!(["a"]),
            Code::Columns,
            "/bronze_tables/orders.csv/schema_in",
        ),
        (
            "/profile/tables/orders.csv/table",
            json!("other.csv"),
            Code::Tables,
            "/profile/tables/orders.csv/table",
        ),
        (
            "/profile/tables/orders.csv/column_count",
            json!(4),
            Code::Numbers,
            "/profile/tables/orders.csv/column_count",
        ),
        (
            "/profile/tables/orders.csv/columns",
            json!([]),
            Code::Count,
            "/profile/tables/orders.csv/columns",
        ),
        (
            "/profile/tables/orders.csv/columns/1",
            json!("order_id"),
            Code::Columns,
            "/profile/tables/orders.csv/columns/1",
        ),
        (
            "/profile/tables/orders.csv/columns/1",
            json!(" person"),
            Code::Name,
            "/profile/tables/orders.csv/columns/1",
        ),
        (
            "/profile/tables/orders.csv/inferred_types/person",
            Value::Null,
            Code::Columns,
            "/profile/tables/orders.csv/columns/1",
        ),
        (
            "/profile/tables/orders.csv/null_counts/ghost",
            json!(1),
            Code::Columns,
            "/profile/tables/orders.csv/null_counts/ghost",
        ),
        (
            "/profile/tables/orders.csv/null_counts/person",
            json!(41),
            Code::Numbers,
            "/profile/tables/orders.csv/null_counts/person",
        ),
        (
            "/profile/tables/orders.csv/duplicate_rows",
            json!(40),
            Code::Numbers,
            "/profile/tables/orders.csv/duplicate_rows",
        ),
        (
            "/profile/tables/orders.csv/key_candidates/0/column",
            json!("ghost"),
            Code::Columns,
            "/profile/tables/orders.csv/key_candidates/0/column",
        ),
        ("/profile/tables", json!({}), Code::Count, "/profile/tables"),
        (
            "/profile/tables/..~1evil.csv",
            table("../evil.csv", 0, &["a"]),
            Code::Name,
            "/profile/tables/..~1evil.csv",
        ),
        (
            "/profile/errors",
            json!(["x".repeat(5_000)]),
            Code::Text,
            "/profile/errors/0",
        ),
        (
            "/profile/tables/orders.csv/null_counts/a\u{200b}b",
            json!(1),
            Code::Text,
            "/profile/tables/orders.csv/null_counts",
        ),
    ] {
        assert_rejected(admit_context(&edited(context(), edit, value)), code, place);
    }
}

#[test]
fn too_many_tables_are_rejected() {
    let mut document = context();
    for number in 0..1_000 {
        document["profile"]["tables"][format!("t{number}.csv")] = table("t.csv", 0, &["a"]);
    }
    assert_rejected(admit_context(&document), Code::Count, "/profile/tables");
}
