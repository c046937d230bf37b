//! What the compiler writes is admitted.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

mod support;

use serde_json::{Value, json};
use silversmith_plan::module::{TRANSFORMS_BEGIN, TRANSFORMS_END};
use silversmith_policy::{policy_digest, verify};

use support::{compile, small};

#[test]
fn a_compiled_module_is_accepted() {
    let module = small();
    let digest = module.digest();
    let verified = verify(module).unwrap();
    assert_eq!(verified.module().digest(), digest);
    assert_eq!(verified.policy_digest(), policy_digest());
}

#[test]
fn every_operation_compiles_to_what_the_policy_admits() {
    let column = |name: &str| json!({"column": name});
    let call = |function: &str, args: Vec<Value>| json!({"fn": function, "args": args});
    let integer = json!({"op": "cast", "columns": ["amount"], "to": "integer", "on_error": "null"});
    let dates = json!({"op": "parse_date", "columns": ["begins", "ends"], "formats": ["%Y-%m-%d", "%d/%m/%Y"],
        "min": "1900-01-01", "on_error": "quarantine"});
    let positive = call(
        "greater",
        vec![column("amount"), json!({"literal": {"integer": 0}})],
    );
    let steps = [
        json!([{"op": "select_columns", "columns": ["id", "name"]}]),
        json!([{"op": "drop_columns", "columns": ["name"], "reason": "personal_data"}]),
        json!([{"op": "rename_columns", "map": {"id": "order id"}}]),
        json!([{"op": "ensure_columns", "schema": [{"name": "id", "type": "text"}, {"name": "new", "type": "date"}], "extra": "drop"}]),
        json!([{"op": "add_metadata", "add": ["load_id", "loaded_at", "source_file", "source_row", "row_hash"], "prefix": "_"}]),
        json!([{"op": "trim", "columns": ["name"], "side": "start", "chars": "\"\\\n'", "collapse_inner": true}]),
        json!([{"op": "change_case", "columns": ["name"], "case": "sentence"}]),
        json!([{"op": "replace_text", "columns": ["name"], "find": "a+", "with": "$1", "match": "re2"},
            {"op": "replace_text", "columns": ["key"], "find": "-", "with": "", "match": "literal"}]),
        json!([{"op": "strip_affix", "columns": ["key"], "prefix": "NAS", "suffix": "x", "if_present": false, "on_error": "null"}]),
        json!([{"op": "slice_text", "column": "key", "into": "head", "start": 0, "length": 5}]),
        json!([{"op": "keep_chars", "columns": ["key"], "class": {"set": "a-]^z"}}]),
        json!([{"op": "normalize_unicode", "columns": ["name"], "form": "nfkc", "strip_marks": true, "unescape_html": true}]),
        json!([{"op": "null_if", "columns": ["name"], "tokens": ["NA", "n/a"], "ignore_case": true}]),
        json!([{"op": "fill_null", "columns": ["name"], "literal": {"text": "nobody"}}]),
        json!([{"op": "coalesce_columns", "columns": ["name", "key"], "into": "best"}]),
        json!([integer.clone()]),
        json!([{"op": "cast", "columns": ["amount"], "to": {"decimal": {"precision": 12, "scale": 2}}, "on_error": "fail"}]),
        json!([{"op": "parse_number", "columns": ["amount"], "to": {"decimal": {"precision": 12, "scale": 2}}, "decimal": ",",
            "group": ".", "currency": ["EUR", "€"], "percent": true, "parens_negative": true, "on_error": "null"}]),
        json!([dates.clone()]),
        json!([{"op": "parse_timestamp", "columns": ["begins"], "formats": ["%Y-%m-%d %H:%M:%S"], "on_error": "null"}]),
        json!([{"op": "parse_boolean", "columns": ["key"], "true": ["yes"], "false": ["no"], "on_error": "null"}]),
        json!([{"op": "map_values", "columns": ["key"], "map": {"M": "Male", "F": "Female"}, "match": ["trim", "casefold"],
            "default": {"literal": "n/a"}}]),
        json!([{"op": "restrict_domain", "columns": ["key"], "allowed": ["a", "b"], "else": "quarantine"}]),
        json!([dates.clone(), {"op": "null_out_of_range", "columns": ["begins"], "min": {"literal": {"date": "1900-01-01"}}, "max": "as_of"}]),
        json!([{"op": "cast", "columns": ["amount"], "to": "float", "on_error": "null"},
            {"op": "round_number", "columns": ["amount"], "scale": 2, "mode": "half_even"}]),
        json!([integer.clone(), {"op": "derive", "into": "twice",
            "expression": call("multiply", vec![column("amount"), json!({"literal": {"integer": 2}})])}]),
        json!([integer.clone(), {"op": "set_where", "column": "amount", "when": positive.clone(), "to": call("abs", vec![column("amount")])}]),
        json!([{"op": "hash_key", "columns": ["id", "key"], "null_token": "~", "into": "hash"}]),
        json!([dates.clone(), {"op": "close_interval", "key": ["key"], "start": "begins", "end_into": "ends", "minus_days": 1}]),
        json!([integer.clone(), {"op": "filter_rows", "predicate": positive.clone(), "disposition": "quarantine", "reason": "not positive"}]),
        json!([{"op": "dedupe_latest", "keys": ["id"], "order_by": [{"descending": "begins"}, {"row": "last"}], "losers": "quarantine"}]),
        json!([{"op": "dedupe_exact", "columns": [], "losers": "quarantine"}]),
        json!([dates, integer,
            {"op": "expect", "name": "positive", "that": {"predicate": positive}, "on_fail": "warn"},
            {"op": "expect", "name": "there", "that": {"not_null": "id"}, "on_fail": "fail", "threshold": 3},
            {"op": "expect", "name": "one", "that": {"unique": ["id"]}, "on_fail": "warn"},
            {"op": "expect", "name": "known", "that": {"value_domain": {"column": "key", "allowed": [{"text": "a"}]}}, "on_fail": "warn"},
            {"op": "expect", "name": "ordered", "that": {"order": {"first": "begins", "second": "ends"}}, "on_fail": "warn"},
            {"op": "expect", "name": "some", "that": {"row_count": {"min": 1, "max": 100}}, "on_fail": "fail"}]),
    ];
    for steps in steps {
        let module = compile(&[("orders.csv", steps.clone())]);
        let transforms = module.source().split_once(TRANSFORMS_END).unwrap().0;
        let transforms = transforms.split_once(TRANSFORMS_BEGIN).unwrap().1;
        let rejection = verify(compile(&[("orders.csv", steps)])).err();
        assert!(rejection.is_none(), "{rejection:#?}\n{transforms}");
    }
}
