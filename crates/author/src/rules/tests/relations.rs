//! Rules about several columns of one row or table.

use silversmith_types::evidence::{
    ColumnEvidence, CorroborationEvidence, OrderingEvidence, ProductEvidence, TableEvidence,
    VersionEvidence,
};

use super::bronze::{column, dates, decimals, integers, name, only, steps, table};

fn product(parts: [&str; 3]) -> ProductEvidence {
    ProductEvidence {
        product: name(parts[0]),
        left: name(parts[1]),
        right: name(parts[2]),
        checked: 1_000,
        holds: 995,
        product_unusable: 0,
        left_unusable: 0,
        right_unusable: 0,
        contradictory: 0,
        product_equals_factor: 0,
        corroboration: None,
    }
}

fn corroborated(product_outlier: u64, of_these_copies: u64) -> Option<CorroborationEvidence> {
    Some(CorroborationEvidence {
        determinant: name("article"),
        product_outlier,
        product_outlier_equals_factor: of_these_copies,
        left_outlier: 0,
        right_outlier: 0,
    })
}

fn sales(products: Vec<ProductEvidence>) -> TableEvidence {
    let with = |column: ColumnEvidence, negative, zero, nulls| {
        let mut column = column;
        (column.numbers.negative, column.numbers.zero, column.nulls) = (negative, zero, nulls);
        column
    };
    let columns = vec![
        with(decimals("total", 990, 2), 2, 3, 10),
        with(integers("quantity", 1_000), 0, 0, 0),
        with(decimals("unit_price", 996, 2), 5, 0, 4),
        column("article"),
    ];
    TableEvidence {
        products,
        ..table(1_000, columns)
    }
}

#[test]
fn what_two_numbers_of_three_determine_is_repaired() {
    let found = ProductEvidence {
        product_unusable: 9,
        right_unusable: 8,
        product_equals_factor: 1,
        contradictory: 4,
        ..product(["total", "quantity", "unit_price"])
    };
    let steps = steps(sales(vec![found]));
    let lines: Vec<(String, &str)> = steps
        .iter()
        .filter(|step| matches!(step.operation.name(), "set_where" | "expect"))
        .map(|step| (step.why.clone(), step.operation.name()))
        .collect();
    let whys: Vec<&str> = lines.iter().map(|(why, _)| why.as_str()).collect();
    assert_eq!(
        whys,
        [
            "unit_price is below zero and total is its amount times quantity (8 unusable)",
            "unit_price is missing or zero and total divided by quantity is exact (8 unusable)",
            "total is missing, zero or below zero: it is quantity times unit_price (9 unusable)",
            "1 row where total is quantity or unit_price alone: the multiplication was left out",
            "total is quantity times unit_price in 995 of 1,000 rows; what still differs is reported",
            "Rows where total, quantity or unit_price is still missing are reported",
        ]
    );
}

#[test]
fn a_total_that_other_rows_prove_wrong_is_computed_and_counted_before() {
    let found = ProductEvidence {
        product_equals_factor: 1,
        contradictory: 5,
        corroboration: corroborated(4, 0),
        ..product(["total", "quantity", "unit_price"])
    };
    let steps = steps(sales(vec![found]));
    let last: Vec<_> = steps
        .iter()
        .filter(|step| matches!(step.operation.name(), "set_where" | "expect"))
        .skip(1)
        .collect();
    let whys: Vec<&str> = last.iter().map(|step| step.why.as_str()).collect();
    assert_eq!(
        whys,
        [
            "4 rows where total contradicts quantity and unit_price; more than that were not judged",
            "4 rows where other rows of the same article have this quantity and unit_price: total is wrong",
            "total is quantity times unit_price in 995 of 1,000 rows; what still differs is reported",
        ]
    );
    assert_eq!(
        last[0].evidence,
        [
            "t.csv/total products quantity x unit_price contradictory=5 product_equals_factor=1, \
             by article product_outlier=4"
        ]
    );
    let operations: Vec<String> = last[..2]
        .iter()
        .map(|step| serde_json::to_string(&step.operation).unwrap())
        .collect();
    let positive = |name: &str| {
        format!(
            r#"{{"fn":"greater","args":[{{"column":"{name}"}},{{"literal":{{"integer":0}}}}]}}"#
        )
    };
    let positive = ["total", "quantity", "unit_price"].map(positive).join(",");
    let computed = r#"{"fn":"multiply","args":[{"column":"quantity"},{"column":"unit_price"}]}"#;
    let wrong = format!(
        r#"{{"fn":"and","args":[{positive},{{"fn":"not_equal","args":[{{"column":"total"}},{computed}]}}"#
    );
    assert_eq!(
        operations[0],
        format!(
            r#"{{"op":"expect","name":"contradictory-total","that":{{"predicate":{{"fn":"not","args":[{wrong}]}}]}}}},"on_fail":"warn","threshold":4}}"#
        )
    );
    assert!(
        operations[1].starts_with(&format!(
            r#"{{"op":"set_where","column":"total","when":{wrong}"#
        )),
        "{}",
        operations[1]
    );
}

#[test]
fn one_contradictory_row_that_nobody_decides_leaves_all_alone() {
    let with = |contradictory, product_equals_factor, corroboration| ProductEvidence {
        contradictory,
        product_equals_factor,
        corroboration,
        ..product(["total", "quantity", "unit_price"])
    };
    for found in [
        with(5, 0, None),
        with(5, 0, corroborated(4, 0)),
        // Copies are explained without other rows, and do not speak for those that are no copies.
        with(5, 1, corroborated(4, 1)),
        with(5, 5, corroborated(5, 5)),
        with(0, 0, corroborated(0, 0)),
    ] {
        let steps = steps(sales(vec![found]));
        assert!(
            steps.iter().all(|step| !step.why.contains("other rows")),
            "{steps:#?}"
        );
        assert_eq!(only(&steps, &["expect"]).len(), 1);
    }
    let unnamed = ProductEvidence {
        contradictory: 4,
        corroboration: corroborated(4, 0),
        ..product(["a", "b", "c"])
    };
    let mut columns = ["a", "b", "c"].map(|text| integers(text, 1_000)).to_vec();
    columns.push(column("article"));
    let evidence = TableEvidence {
        products: vec![unnamed],
        ..table(1_000, columns)
    };
    assert_eq!(only(&steps(evidence), &["set_where"]), [""; 0]);
}

#[test]
fn where_names_do_not_tell_total_from_price_nothing_is_changed() {
    let unnamed = |text: &str| integers(text, 1_000);
    let found = ProductEvidence {
        product_unusable: 5,
        ..product(["a", "b", "c"])
    };
    let evidence = TableEvidence {
        products: vec![found],
        ..table(1_000, ["a", "b", "c"].map(unnamed).to_vec())
    };
    let steps = steps(evidence);
    assert_eq!(only(&steps, &["set_where"]), [""; 0]);
    assert_eq!(only(&steps, &["expect"]).len(), 2);
}

#[test]
fn of_a_product_and_its_inverse_the_one_that_names_speak_for_is_believed() {
    // Where almost every quantity is 1, both hold in almost every row.
    let inverse = ProductEvidence {
        holds: 999,
        right_unusable: 3,
        ..product(["unit_price", "quantity", "total"])
    };
    let right = ProductEvidence {
        product_unusable: 3,
        ..product(["total", "quantity", "unit_price"])
    };
    let steps = steps(sales(vec![inverse, right]));
    let changed: Vec<String> = only(&steps, &["set_where"]);
    assert_eq!(changed.len(), 1);
    assert!(
        changed
            .iter()
            .all(|line| line.contains(r#""column":"total""#)),
        "{changed:?}"
    );
}

#[test]
fn columns_that_are_no_numbers_have_no_product() {
    let found = ProductEvidence {
        product_unusable: 3,
        ..product(["total", "quantity", "unit_price"])
    };
    let mut evidence = sales(vec![found]);
    evidence.columns[2] = column("unit_price");
    assert_eq!(only(&steps(evidence), &["set_where", "expect"]), [""; 0]);
}

fn versions(both: u64, violated: u64, of: Option<VersionEvidence>) -> TableEvidence {
    let iso = |text: &str, nulls: u64| {
        let count = 400 - nulls;
        ColumnEvidence {
            nulls,
            ..dates(text, &[("%Y-%m-%d", count, count)])
        }
    };
    let ordering = OrderingEvidence {
        start: name("start"),
        end: name("end"),
        both,
        violated,
        open: 400 - both,
        versions_of: of,
    };
    let columns = vec![column("item"), iso("start", 0), iso("end", 400 - both)];
    TableEvidence {
        orderings: vec![ordering],
        ..table(400, columns)
    }
}

fn version(ties: u64, superseded_with_end: u64) -> VersionEvidence {
    VersionEvidence {
        key: name("item"),
        superseded: 100,
        superseded_with_end,
        last_without_end: 200,
        last: 300,
        ties,
    }
}

const INTERVAL: [&str; 3] = ["close_interval", "set_where", "drop_columns"];

#[test]
fn intervals_that_all_end_before_they_start_are_closed_by_the_next_start() {
    let steps = steps(versions(200, 200, Some(version(0, 100))));
    assert_eq!(
        only(&steps, &INTERVAL),
        [
            r#"{"op":"close_interval","key":["item"],"start":"start","end_into":"end","minus_days":1}"#
        ]
    );
    assert_eq!(only(&steps, &["expect"]).len(), 1);
}

#[test]
fn ends_that_are_right_stay() {
    assert_eq!(
        only(&steps(versions(200, 120, Some(version(0, 100)))), &INTERVAL),
        [
            r#"{"op":"close_interval","key":["item"],"start":"start","end_into":"end_closed1","minus_days":1}"#,
            r#"{"op":"set_where","column":"end","when":{"fn":"and","args":[{"fn":"less","args":[{"column":"end"},{"column":"start"}]},{"fn":"not","args":[{"fn":"is_null","args":[{"column":"item"}]}]}]},"to":{"column":"end_closed1"}}"#,
            r#"{"op":"drop_columns","columns":["end_closed1"],"reason":"unused"}"#,
        ]
    );
}

#[test]
fn without_versions_the_order_is_stated_and_nothing_is_changed() {
    for of in [None, Some(version(1, 100)), Some(version(0, 50))] {
        let steps = steps(versions(200, 200, of));
        assert_eq!(only(&steps, &INTERVAL), [""; 0]);
        assert_eq!(
            only(&steps, &["expect"]),
            [
                r#"{"op":"expect","name":"order-start-end","that":{"order":{"first":"start","second":"end"}},"on_fail":"warn","threshold":0}"#
            ]
        );
    }
}
