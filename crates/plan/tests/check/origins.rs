//! Evidence and consent are about Bronze: what a step puts in the place of Bronze's values has
//! neither.

use serde_json::{Value as Json, json};

use super::support::*;

fn rename(map: Json) -> Json {
    json!({"op": "rename_columns", "map": map})
}

fn tokens(column: &str, tokens: &[&str]) -> Json {
    json!({"op": "null_if", "columns": [column], "tokens": tokens})
}

fn drop(column: &str) -> Json {
    json!({"op": "drop_columns", "columns": [column], "reason": "unused"})
}

fn copy(from: &str, into: &str) -> Json {
    json!({"op": "derive", "into": into, "expression": {"column": from}})
}

fn strip(column: &str, prefix: &str) -> Json {
    json!({"op": "strip_affix", "columns": [column], "prefix": prefix, "if_present": true})
}

/// Each gives `id` values that Bronze did not have there.
fn alterations() -> Vec<Vec<Json>> {
    let x = json!({"literal": {"text": "x"}});
    vec![
        vec![json!({"op": "change_case", "columns": ["id"], "case": "upper"})],
        vec![json!({"op": "change_case", "columns": ["name", "id"], "case": "lower"})],
        vec![json!({"op": "set_where", "column": "id", "when": starts_with_x(), "to": x})],
        vec![json!({"op": "map_values", "columns": ["id"], "map": {"a": "b"}, "default": "keep"})],
        vec![json!({"op": "slice_text", "column": "id", "start": 0, "length": 1})],
        vec![
            drop("id"),
            json!({"op": "slice_text", "column": "name", "into": "id", "start": 0, "length": 1}),
        ],
        vec![json!({"op": "keep_chars", "columns": ["id"], "class": "digits"})],
        vec![json!({"op": "fill_null", "columns": ["id"], "literal": {"text": "x"}})],
        vec![json!({"op": "coalesce_columns", "columns": ["name", "id"], "into": "id"})],
        vec![
            drop("id"),
            json!({"op": "hash_key", "columns": ["name"], "null_token": "-", "into": "id"}),
        ],
        vec![json!({"op": "restrict_domain", "columns": ["id"], "allowed": ["x"], "else": "null"})],
        vec![json!({"op": "trim", "columns": ["id"], "side": "both", "chars": "0123456789"})],
        vec![
            json!({"op": "normalize_unicode", "columns": ["id"], "form": "nfc", "strip_marks": true}),
        ],
        vec![
            json!({"op": "replace_text", "columns": ["id"], "find": "-", "with": "", "match": "literal"}),
        ],
        vec![
            json!({"op": "replace_text", "columns": ["id"], "find": ".", "with": "", "match": "re2"}),
        ],
        vec![strip("id", "B-")],
        vec![
            json!({"op": "strip_affix", "columns": ["id"], "prefix": "A-", "suffix": "Z", "if_present": true}),
        ],
        vec![
            json!({"op": "strip_affix", "columns": ["id"], "prefix": "A-", "if_present": false, "on_error": "null"}),
        ],
        vec![tokens("id", &["n/a", "17"])],
        vec![
            json!({"op": "null_if", "columns": ["id"], "tokens": ["n/a"], "when": starts_with_x()}),
        ],
        vec![copy("name", "id")],
        vec![drop("id"), copy("name", "id")],
        vec![drop("id"), rename(json!({"name": "id"}))],
        vec![
            json!({"op": "parse_number", "columns": ["id"], "to": "float", "decimal": ".", "percent": true, "on_error": "fail"}),
        ],
        vec![
            json!({"op": "parse_timestamp", "columns": ["id"], "formats": ["%Y-%m-%d %H:%M:%S"], "on_error": "fail"}),
            json!({"op": "cast", "columns": ["id"], "to": "date", "on_error": "fail"}),
        ],
    ]
}

/// Each leaves `id` saying what it said, and may make equal what only white space told apart.
fn readings() -> Vec<Vec<Json>> {
    let reading = |op: &str, on_error: &str| match op {
        "cast" => json!({"op": op, "columns": ["id"], "to": "integer", "on_error": on_error}),
        "parse_number" => {
            json!({"op": op, "columns": ["id"], "to": "integer", "decimal": ".", "on_error": on_error})
        }
        _ => json!({"op": op, "columns": ["id"], "formats": ["%Y-%m-%d"], "on_error": on_error}),
    };
    vec![
        vec![json!({"op": "trim", "columns": ["id", "name"], "side": "both"})],
        vec![json!({"op": "normalize_unicode", "columns": ["id"], "form": "nfkc"})],
        vec![reading("cast", "fail")],
        vec![reading("parse_number", "fail")],
        vec![reading("parse_date", "fail")],
        // The evidence counts this token as a missing value, and finds that the change loses nothing.
        vec![tokens("id", &["n/a"])],
        vec![strip("id", "A-")],
        vec![
            tokens("id", &["n/a"]),
            strip("id", "A-"),
            reading("cast", "fail"),
        ],
    ]
}

/// What a contract consents to by the key `id, line`, and by all columns.
fn removals() -> [Json; 5] {
    let exact = json!({"op": "dedupe_exact", "columns": [], "losers": "quarantine"});
    [
        filter(not_null("id"), "quarantine"),
        expect(json!({"not_null": "id"}), "quarantine"),
        dedupe(&["id", "line"], "quarantine"),
        expect(json!({"unique": ["id", "line"]}), "quarantine"),
        exact,
    ]
}

#[test]
fn consent_ends_where_a_step_gives_the_key_other_values() {
    for steps in alterations() {
        let place = format!("/steps/{}", steps.len());
        for removal in removals() {
            let case = Case {
                keys: vec![],
                ..case(steps.iter().cloned().chain([removal]))
            };
            case.fails("SS-PLAN-005", &place);
            assert!(
                case.message().contains("values of Bronze"),
                "{}",
                case.message()
            );
        }
    }
}

/// All of Bronze is still there, under names that are not its own.
#[test]
fn consent_is_for_the_column_and_not_for_its_name() {
    let swap = vec![rename(json!({"id": "name", "name": "id"}))];
    let double = vec![
        copy("id", "other"),
        rename(json!({"id": "old", "other": "id"})),
    ];
    for steps in [swap, double] {
        let place = format!("/steps/{}", steps.len());
        let with = |removal: &Json| Case {
            keys: vec![],
            ..case(steps.iter().chain([removal]).cloned())
        };
        let [of_key @ .., exact] = &removals();
        for removal in of_key {
            with(removal).fails("SS-PLAN-005", &place);
        }
        with(exact).passes();
        case(steps.clone()).fails("SS-PLAN-006", "/grain/keys");
    }
}

#[test]
fn consent_outlives_reading_and_renaming() {
    for steps in readings() {
        for removal in removals() {
            let with = |steps: Vec<Json>| Case {
                keys: vec![],
                ..case(steps)
            };
            with([steps.clone(), vec![removal]].concat()).passes();
        }
    }
    let renamed = [
        filter(not_null("number"), "quarantine"),
        dedupe(&["number", "line"], "quarantine"),
        expect(json!({"unique": ["number", "line"]}), "quarantine"),
        json!({"op": "dedupe_exact", "columns": [], "losers": "quarantine"}),
    ];
    for removal in renamed {
        let case = Case {
            keys: vec![],
            ..case([rename(json!({"id": "number"})), removal])
        };
        case.passes();
    }
}

/// Who may be told of rows without a key is not told of rows whose key nobody could read.
#[test]
fn a_key_that_could_not_be_read_is_not_a_missing_one() {
    for on_error in ["null", "fail"] {
        let read = json!({"op": "cast", "columns": ["id"], "to": "integer", "on_error": on_error});
        let case = |removal: Json| {
            case([
                read.clone(),
                removal,
                expect(json!({"unique": ["id", "line"]}), "warn"),
            ])
        };
        for removal in &removals()[..2] {
            match on_error {
                "null" => case(removal.clone()).fails("SS-PLAN-005", "/steps/1"),
                _ => case(removal.clone()).passes(),
            }
        }
        // Rows without a key repeat nothing.
        case(dedupe(&["id", "line"], "quarantine")).passes();
    }
}

#[test]
fn evidence_of_uniqueness_ends_where_a_step_touches_the_key() {
    for steps in alterations().into_iter().chain(readings()) {
        case(steps.clone()).fails("SS-PLAN-006", "/grain/keys");
        let stated = expect(json!({"unique": ["id", "line"]}), "warn");
        case(steps.iter().cloned().chain([stated.clone()])).passes();
        // A check before the change says nothing of what comes after it.
        case([stated].into_iter().chain(steps)).fails("SS-PLAN-006", "/grain/keys");
    }
}

#[test]
fn evidence_of_uniqueness_goes_with_a_new_name_and_ends_with_the_column() {
    let keyed = |keys: &[&'static str], steps: Vec<Json>| Case {
        keys: keys.to_vec(),
        ..case(steps)
    };
    let number = rename(json!({"id": "number"}));
    keyed(&["number", "line"], vec![number.clone()]).passes();
    keyed(
        &["number", "line"],
        vec![dedupe(&["id", "line"], "quarantine"), number.clone()],
    )
    .passes();
    keyed(&["id", "line"], vec![number, copy("name", "id")]).fails("SS-PLAN-006", "/grain/keys");
    // Other columns may change as they like.
    keyed(&["id", "line"], vec![trim(), dates("null"), drop("name")]).passes();
    let swap = rename(json!({"id": "line", "line": "id"}));
    keyed(&["id", "line"], vec![swap.clone()]).fails("SS-PLAN-006", "/grain/keys");
    keyed(&["line", "id"], vec![swap]).passes();
}

#[test]
fn a_change_of_one_column_is_no_change_of_another() {
    let spare = [
        json!({"op": "change_case", "columns": ["name"], "case": "upper"}),
        json!({"op": "slice_text", "column": "id", "into": "head", "start": 0, "length": 1}),
        json!({"op": "hash_key", "columns": ["id"], "null_token": "-", "into": "hash"}),
        copy("id", "copy"),
        tokens("name", &["17"]),
    ];
    for step in spare {
        for removal in &removals()[..4] {
            case([step.clone(), removal.clone()]).passes();
        }
    }
}
