//! Numbers that cannot be, and lists that disagree.

use serde_json::json;

use crate::base::{Case, base};
use crate::rejected::case;

/// Numbers that cannot be.
pub(crate) fn numbers() -> Vec<Case> {
    let numbers = "SS-INTAKE-009";
    let orders = "/profile/tables/orders.csv";
    vec![
        case(
            "more nulls than rows",
            base().set(&format!("{orders}/null_counts/amount"), json!(41)),
            numbers,
        ),
        case(
            "more duplicates than rows",
            base().set(&format!("{orders}/duplicate_rows"), json!(40)),
            numbers,
        ),
        case(
            "a wrong count of columns",
            base().set(&format!("{orders}/column_count"), json!(4)),
            numbers,
        ),
        case(
            "a wrong count of files",
            base().set("/files_total", json!(3)),
            numbers,
        ),
        case(
            "a wrong count of successes",
            base().set("/files_success", json!(1)),
            numbers,
        ),
        case(
            "a wrong count of failures",
            base().set("/files_failed", json!(1)),
            numbers,
        ),
        case(
            "a wrong total of rows",
            base().set("/performance_metrics/total_rows_processed", json!(61)),
            numbers,
        ),
        case(
            "a wrong total of columns",
            base().set("/performance_metrics/total_columns_processed", json!(7)),
            numbers,
        ),
        case(
            "errors and none counted",
            base().set("/has_errors", json!(true)),
            numbers,
        ),
        case(
            "a wrong count of tables",
            base()
                .set("/profile/schema_overview/table_count", json!(3))
                .set("/schema_overview/table_count", json!(3)),
            numbers,
        ),
        case(
            "rows that differ between overview and profile",
            base()
                .set("/profile/schema_overview/tables/1/row_count", json!(41))
                .set("/schema_overview/tables/1/row_count", json!(41)),
            numbers,
        ),
        case(
            "rows read that the profile does not have",
            base().set("/bronze_tables/orders.csv/rows_in", json!(39)),
            numbers,
        ),
        case(
            "a unique key with nulls",
            base().set(&format!("{orders}/null_counts/order_id"), json!(3)),
            numbers,
        ),
        case(
            "a unique key in repeated rows",
            base().set(&format!("{orders}/duplicate_rows"), json!(3)),
            numbers,
        ),
        case(
            "a share above a hundred",
            base().set(
                &format!("{orders}/key_candidates/0/reason"),
                json!("high_uniqueness_100.01%"),
            ),
            "SS-INTAKE-004",
        ),
    ]
}

/// Lists that disagree.
pub(crate) fn lists() -> Vec<Case> {
    let (tables, columns) = ("SS-INTAKE-010", "SS-INTAKE-011");
    let orders = "/profile/tables/orders.csv";
    vec![
        case(
            "no tables",
            base().set("/profile/tables", json!({})),
            "SS-INTAKE-008",
        ),
        case(
            "no columns",
            base().set(&format!("{orders}/columns"), json!([])),
            "SS-INTAKE-008",
        ),
        case(
            "a table that was read and has no profile",
            base().remove("/profile/tables", "orders.csv"),
            tables,
        ),
        case(
            "a table with a profile that was not read",
            base().remove("/bronze_tables", "orders.csv"),
            tables,
        ),
        case(
            "a failed table with a profile",
            base().set("/bronze_tables/orders.csv/status", json!("FAILED")),
            tables,
        ),
        case(
            "a table that is not in the overview",
            base().set(
                "/profile/schema_overview/tables",
                json!([{"table": "customers.csv", "row_count": 20, "column_count": 3}]),
            ),
            tables,
        ),
        case(
            "a table twice in the overview",
            base().set(
                "/profile/schema_overview/tables/1/table",
                json!("customers.csv"),
            ),
            tables,
        ),
        case(
            "an overview that is no copy",
            base().set("/schema_overview/tables/0/row_count", json!(21)),
            tables,
        ),
        case(
            "a profile under another name",
            base().set(&format!("{orders}/table"), json!("customers.csv")),
            tables,
        ),
        case(
            "a column twice",
            base().set(&format!("{orders}/columns/2"), json!("order_id")),
            columns,
        ),
        case(
            "a column without a type",
            base().remove(&format!("{orders}/inferred_types"), "amount"),
            columns,
        ),
        case(
            "a column without a null count",
            base().remove(&format!("{orders}/null_counts"), "amount"),
            columns,
        ),
        case(
            "a type of a column that does not exist",
            base().add(
                &format!("{orders}/inferred_types"),
                "discount",
                json!("float"),
            ),
            columns,
        ),
        case(
            "a key that does not exist",
            base().set(&format!("{orders}/key_candidates/0/column"), json!("id")),
            columns,
        ),
        case(
            "columns read that the profile does not have",
            base().set(
                "/bronze_tables/orders.csv/schema_in",
                json!(["order_id", "customer_id", "total"]),
            ),
            columns,
        ),
        case(
            "two columns that are one after normalisation",
            base()
                .set(
                    &format!("{orders}/columns"),
                    json!(["é", "e\u{301}", "amount"]),
                )
                .set(
                    &format!("{orders}/inferred_types"),
                    json!({"é": "string", "e\u{301}": "string", "amount": "string"}),
                )
                .set(
                    &format!("{orders}/null_counts"),
                    json!({"é": 0, "e\u{301}": 0, "amount": 0}),
                )
                .set(&format!("{orders}/key_candidates"), json!([])),
            "SS-INTAKE-016",
        ),
        case(
            "two tables that differ in case",
            base().table("CUSTOMERS.csv"),
            "SS-INTAKE-016",
        ),
    ]
}
