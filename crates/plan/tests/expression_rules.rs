//! What expressions mean, how they are shown, and which are refused. Needs no Python.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

mod support;

use serde_json::{Value as Json, json};
use silversmith_plan::expression::Expression;
use silversmith_plan::{ColumnType, Schema, Value};
use support::{run_parameters, schema};

fn table() -> Schema {
    schema(&[
        ("sls_quantity", ColumnType::Integer),
        ("sls_price", ColumnType::Integer),
        (
            "amount",
            ColumnType::Decimal {
                precision: 18,
                scale: 2,
            },
        ),
        (
            "huge",
            ColumnType::Decimal {
                precision: 38,
                scale: 4,
            },
        ),
        ("ratio", ColumnType::Float),
        ("name", ColumnType::Text),
        ("born", ColumnType::Date),
        ("seen", ColumnType::Timestamp),
        ("active", ColumnType::Boolean),
    ])
}

fn parse(json: &Json) -> Expression {
    serde_json::from_value(json.clone()).expect("an expression")
}

fn column(name: &str) -> Json {
    json!({"column": name})
}

fn call<const N: usize>(function: &str, args: [Json; N]) -> Json {
    json!({"fn": function, "args": args.as_slice()})
}

fn integer(n: i64) -> Json {
    json!({"literal": {"integer": n}})
}

fn text(text: &str) -> Json {
    json!({"literal": {"text": text}})
}

fn decimal(text: &str) -> Json {
    json!({"literal": {"decimal": text}})
}

fn day(text: &str) -> Json {
    json!({"literal": {"date": text}})
}

/// The canonical text of the value of a constant expression; `null` for null.
fn value(json: &Json) -> String {
    let typed = parse(json)
        .typed(&table(), "")
        .expect("an expression that fits");
    let row = vec![Value::Null; table().columns().len()];
    let value = typed.evaluate(&row, &run_parameters());
    value.canonical_text().unwrap_or("null".to_owned())
}

#[test]
fn an_expression_reads_as_people_write_it() {
    let [quantity, price] = ["sls_quantity", "sls_price"].map(column);
    let product = call("multiply", [quantity.clone(), call("abs", [price.clone()])]);
    let sum = call("add", [quantity.clone(), price.clone()]);
    let difference = call("subtract", [quantity.clone(), price.clone()]);
    let unknown = call("is_null", [price.clone()]);
    let known = call("not", [unknown.clone()]);
    let either = call("or", [unknown.clone(), column("active")]);
    for (json, shown) in [
        (product.clone(), "sls_quantity * abs(sls_price)"),
        (
            call("multiply", [sum.clone(), price.clone()]),
            "(sls_quantity + sls_price) * sls_price",
        ),
        (
            call("add", [product.clone(), integer(-1)]),
            "sls_quantity * abs(sls_price) + -1",
        ),
        (
            call("subtract", [quantity.clone(), difference.clone()]),
            "sls_quantity - (sls_quantity - sls_price)",
        ),
        (
            call("subtract", [difference, quantity.clone()]),
            "sls_quantity - sls_price - sls_quantity",
        ),
        (
            call("not_equal", [column("amount"), product]),
            "amount != sls_quantity * abs(sls_price)",
        ),
        (known.clone(), "sls_price is not null"),
        (
            call("not", [either.clone()]),
            "not (sls_price is null or active)",
        ),
        (
            call("and", [either, known]),
            "(sls_price is null or active) and sls_price is not null",
        ),
        (
            call("in", [column("name"), text("it's"), text("\u{200b}")]),
            "name in ('it\\'s', '\\u{200b}')",
        ),
        (
            call("between", [price, integer(0), sum]),
            "sls_price between 0 and sls_quantity + sls_price",
        ),
        (
            call("greater", [column("born"), json!({"parameter": "as_of"})]),
            "born > $as_of",
        ),
        (
            call("less", [column("born"), day("1900-01-01")]),
            "born < date '1900-01-01'",
        ),
        (
            json!({"fn": "cast", "args": [column("amount")], "to": "integer"}),
            "cast(amount as integer)",
        ),
        (call("like", [column("name"), text("A%")]), "name like 'A%'"),
        (
            call("date_diff", [text("day"), column("born"), column("born")]),
            "date_diff('day', born, born)",
        ),
    ] {
        assert_eq!(parse(&json).to_string(), shown);
    }
}

#[test]
fn a_result_has_the_type_that_holds_it() {
    let type_of = |json: &Json| parse(json).type_in(&table()).unwrap().to_string();
    let [quantity, amount, ratio] = ["sls_quantity", "amount", "ratio"].map(column);
    for (json, ty) in [
        (call("add", [quantity.clone(), integer(1)]), "integer"),
        (
            call("add", [amount.clone(), decimal("0.125")]),
            "decimal(20,3)",
        ),
        (
            call("add", [amount.clone(), quantity.clone()]),
            "decimal(22,2)",
        ),
        (
            call("multiply", [amount.clone(), amount.clone()]),
            "decimal(36,4)",
        ),
        (
            call("multiply", [amount.clone(), integer(100)]),
            "decimal(21,2)",
        ),
        (
            call("divide", [amount.clone(), amount.clone()]),
            "decimal(24,6)",
        ),
        (call("divide", [quantity.clone(), integer(2)]), "float"),
        (call("add", [ratio.clone(), amount.clone()]), "float"),
        (call("round", [amount.clone(), integer(1)]), "decimal(18,1)"),
        (call("floor", [amount.clone()]), "decimal(17,0)"),
        (
            call("coalesce", [quantity.clone(), amount.clone()]),
            "decimal(21,2)",
        ),
        (call("equal", [quantity, ratio]), "boolean"),
        (
            call("date_trunc", [text("month"), column("seen")]),
            "timestamp",
        ),
        (
            call("date_add", [text("day"), integer(-1), column("born")]),
            "date",
        ),
        (json!({"parameter": "as_of"}), "date"),
    ] {
        assert_eq!(type_of(&json), ty, "{}", parse(&json));
    }
}

#[test]
fn values_are_what_the_grammar_says() {
    let max = integer(i64::MAX);
    let zero = integer(0);
    let unknown = column("active");
    let [yes, no] = [true, false].map(|truth| json!({"literal": {"boolean": truth}}));
    let to_integer = |inner: Json| json!({"fn": "cast", "args": [inner], "to": "integer"});
    let seen = json!({"literal": {"timestamp": "2024-03-31T23:59:59"}});
    for (json, wanted) in [
        (call("add", [max.clone(), integer(1)]), "null"),
        (call("multiply", [max, integer(-1)]), "-9223372036854775807"),
        (call("abs", [integer(i64::MIN)]), "null"),
        (call("divide", [integer(7), zero.clone()]), "null"),
        (call("divide", [integer(7), integer(2)]), "3.5"),
        (to_integer(call("divide", [integer(8), integer(2)])), "4"),
        (to_integer(call("divide", [integer(7), integer(2)])), "null"),
        (
            call("divide", [decimal("1.00"), decimal("3.00")]),
            "0.333333",
        ),
        (call("divide", [decimal("1.00"), decimal("0.00")]), "null"),
        (call("round", [decimal("-2.50")]), "-3"),
        (call("floor", [decimal("-2.50")]), "-3"),
        (call("ceil", [decimal("-2.50")]), "-2"),
        (call("and", [unknown.clone(), no.clone()]), "false"),
        (call("and", [unknown.clone(), yes.clone()]), "null"),
        (call("or", [unknown.clone(), yes.clone()]), "true"),
        (call("or", [unknown.clone(), no.clone()]), "null"),
        (call("not", [unknown.clone()]), "null"),
        (call("equal", [unknown.clone(), unknown.clone()]), "null"),
        (call("is_null", [unknown.clone()]), "true"),
        (
            call("between", [integer(5), column("sls_price"), integer(3)]),
            "false",
        ),
        (call("least", [column("sls_price"), integer(3)]), "3"),
        (call("nullif", [integer(0), zero]), "null"),
        (call("nullif", [integer(1), column("sls_price")]), "1"),
        (call("concat", [text("a"), column("name")]), "null"),
        (call("trim", [text(" \u{a0}")]), "null"),
        (
            call("substr", [text("naïve"), integer(2), integer(2)]),
            "ïv",
        ),
        (call("substr", [text("ab"), integer(2)]), "null"),
        (call("length", [text("naïve")]), "5"),
        (call("like", [text("a.c\nd"), text("a.%_")]), "true"),
        (call("like", [text("abc"), text("a.c")]), "false"),
        (call("like", [text("ab"), text("_")]), "false"),
        (
            call("date_add", [text("month"), integer(1), day("2024-01-31")]),
            "2024-02-29",
        ),
        (
            call("date_add", [text("month"), integer(-1), day("0001-01-31")]),
            "null",
        ),
        (
            call("date_add", [text("day"), integer(1), day("9999-12-31")]),
            "null",
        ),
        (
            call(
                "date_diff",
                [text("year"), day("2023-12-31"), day("2024-01-01")],
            ),
            "1",
        ),
        (
            call(
                "date_diff",
                [text("month"), day("2024-03-01"), day("2024-01-31")],
            ),
            "-2",
        ),
        (
            call("date_trunc", [text("hour"), seen.clone()]),
            "2024-03-31T23:00:00",
        ),
        (call("day", [seen]), "31"),
        (json!({"parameter": "as_of"}), "2026-01-25"),
    ] {
        assert_eq!(value(&json), wanted, "{}", parse(&json));
    }
}

#[test]
fn what_does_not_fit_is_refused_where_it_stands() {
    let nested = |depth: usize| (0..depth).fold(column("ratio"), |inner, _| call("abs", [inner]));
    let wide = json!({"fn": "coalesce", "args": vec![column("ratio"); 64]});
    let cast = |inner: Json, to: Json| json!({"fn": "cast", "args": [inner], "to": to});
    let name = || column("name");
    let floats: Vec<Json> = (0..18).map(|n| decimal(&format!("{n}.5"))).collect();
    let listed = |inner: Json| {
        let number = json!({"fn": "cast", "args": [inner], "to": "integer"});
        let args = [vec![number], floats.clone()].concat();
        json!({"fn": "in", "args": args})
    };
    let repeated = listed(listed(listed(column("active"))));
    for (json, pointer, message) in [
        (nested(8), "/expression", "is nested deeper than 8"),
        (wide, "/expression", "more than 64 nodes"),
        (repeated, "/expression", "too long once it is compiled"),
        (column("Name"), "/expression/column", "did you mean `name`?"),
        (
            call("abs", [name()]),
            "/expression/args/0",
            "`abs` needs a number, and this is text",
        ),
        (
            call("add", [integer(1), call("lower", [column("born")])]),
            "/expression/args/1/args/0",
            "needs text",
        ),
        (
            call("add", [integer(1)]),
            "/expression/args",
            "`add` has 1 arguments",
        ),
        (
            call("not", [name()]),
            "/expression/args/0",
            "needs a condition",
        ),
        (
            call("equal", [name(), integer(1)]),
            "/expression/args/1",
            "no common type for text and integer",
        ),
        (
            call("less", [column("born"), column("seen")]),
            "/expression/args/1",
            "no common type",
        ),
        (
            call("multiply", [column("huge"), column("amount")]),
            "/expression/args/0",
            "38 digits",
        ),
        (
            call("divide", [column("amount"), column("huge")]),
            "/expression/args/0",
            "38 digits",
        ),
        (
            call("ceil", [column("huge")]),
            "/expression/args/0",
            "38 digits",
        ),
        (
            call("contains", [name(), name()]),
            "/expression/args/1",
            "needs a text constant",
        ),
        (
            call("substr", [name(), integer(-1)]),
            "/expression/args/1",
            "an integer constant from 0",
        ),
        (
            call("matches", [name(), text("(")]),
            "/expression/args/1",
            "invalid or too large",
        ),
        (
            call("matches", [name(), text(r"(?:\w{900}){900}")]),
            "/expression/args/1",
            "invalid or too large",
        ),
        (
            call("matches", [name(), text(&"a".repeat(201))]),
            "/expression/args/1",
            "200 characters",
        ),
        (
            call("matches", [name(), text(r"(a)\1")]),
            "/expression/args/1",
            "invalid or too large",
        ),
        (
            call("in", [name(), name()]),
            "/expression/args/1",
            "needs constants",
        ),
        (
            call("date_trunc", [text("week"), column("born")]),
            "/expression/args/0",
            "knows year",
        ),
        (
            call("date_trunc", [text("hour"), column("born")]),
            "/expression/args/0",
            "days, months or years",
        ),
        (
            call("date_add", [text("year"), integer(9999), column("born")]),
            "/expression/args/1",
            "years 1 to 9999",
        ),
        (
            call("nullif", [integer(1), decimal("0.5")]),
            "/expression/args/1",
            "of type integer",
        ),
        (text(""), "/expression/literal", "no valid constant"),
        (decimal("1e3"), "/expression/literal", "no valid constant"),
        (
            cast(name(), json!("date")),
            "/expression/to",
            "use `parse_date`",
        ),
        (
            call("cast", [name()]),
            "/expression/to",
            "belongs to `cast`",
        ),
        (
            json!({"fn": "abs", "args": [integer(1)], "to": "integer"}),
            "/expression/to",
            "belongs to `cast`",
        ),
    ] {
        let problem = parse(&json).type_in(&table()).unwrap_err();
        assert_eq!(problem.pointer, pointer, "{}", problem.message);
        assert!(problem.message.contains(message), "{}", problem.message);
    }
}

#[test]
fn nothing_outside_the_grammar_is_an_expression() {
    for json in [
        json!({"fn": "now", "args": []}),
        json!({"fn": "add", "args": [], "python": "import os"}),
        json!({"column": "a", "literal": {"integer": 1}}),
        json!({"parameter": "clock"}),
        json!("name"),
        json!(1),
        json!({"literal": {"float": 0.5}}),
    ] {
        assert!(
            serde_json::from_value::<Expression>(json.clone()).is_err(),
            "{json}"
        );
    }
}

#[test]
fn an_expression_is_written_as_it_was_read() {
    let json = call(
        "less",
        [call("abs", [column("sls_price")]), decimal("1.50")],
    );
    assert_eq!(serde_json::to_value(parse(&json)).unwrap(), json);
}
