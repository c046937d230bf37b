//! The JSON Schema of an answer to a brief, for providers that hold a model to one. It keeps to what several
//! of them take: every property is required, and no others are allowed; so a step is one of several
//! shapes, and what may be left out is null. It says no more than the vocabulary that the model is sent;
//! whatever comes back is read by [`proposal`](crate::proposal) like any other answer.

use serde_json::{Map, Value, json};
use silversmith_intake::Brief;

use crate::prompt::vocabulary;

/// The operations with their parameters: the main one's type, those that must be there, those that may.
/// Types are names of the definitions below.
const STEPS: [(&str, &str, &str, &str); 29] = [
    ("trim", "columns", "", "collapse_inner:boolean chars:string"),
    (
        "change_case",
        "columns",
        "case:lower|upper|title|sentence",
        "",
    ),
    (
        "normalize_unicode",
        "columns",
        "form:nfc|nfkc",
        "strip_marks:boolean unescape_html:boolean",
    ),
    (
        "replace_text",
        "columns",
        "find:string with:string",
        "match:literal|re2",
    ),
    ("strip_affix", "columns", "", "prefix:string suffix:string"),
    (
        "slice_text",
        "column",
        "start:integer",
        "length:integer into:string",
    ),
    ("keep_chars", "columns", "class:digits|alnum|ascii", ""),
    ("null_if", "columns", "", "tokens:strings when:expression"),
    ("fill_null", "columns", "literal:literal", ""),
    ("coalesce_columns", "columns", "into:column", ""),
    (
        "cast",
        "columns",
        "to:type",
        "on_error:null|quarantine|fail",
    ),
    (
        "parse_number",
        "columns",
        "to:type",
        "decimal:string group:string currency:strings percent:boolean parens_negative:boolean on_error:null|quarantine|fail",
    ),
    (
        "parse_date",
        "columns",
        "formats:strings",
        "on_error:null|quarantine|fail",
    ),
    (
        "parse_timestamp",
        "columns",
        "formats:strings",
        "on_error:null|quarantine|fail",
    ),
    (
        "parse_boolean",
        "columns",
        "true:strings false:strings",
        "on_error:null|quarantine|fail",
    ),
    (
        "map_values",
        "columns",
        "map:pairs",
        "default:keep|null|quarantine",
    ),
    (
        "restrict_domain",
        "columns",
        "allowed:strings",
        "else:null|quarantine|fail",
    ),
    ("null_out_of_range", "columns", "", "min:bound max:bound"),
    (
        "round_number",
        "columns",
        "scale:integer",
        "mode:half_even|half_up",
    ),
    ("derive", "string", "expression:expression", ""),
    ("set_where", "column", "to:expression when:expression", ""),
    ("hash_key", "columns", "into:string null_token:string", ""),
    (
        "close_interval",
        "columns",
        "start:column end_into:column minus_days:integer",
        "",
    ),
    ("filter_rows", "expression", "reason:string", ""),
    ("dedupe_latest", "columns", "order_by:order", ""),
    ("dedupe_exact", "columns", "", ""),
    ("drop_columns", "columns", "reason:personal_data|unused", ""),
    ("rename_columns", "renames", "", ""),
    ("expect", "expectation", "", ""),
];

/// The schema for a brief.
pub fn of(brief: &Brief) -> Value {
    let vocabulary = vocabulary::of(brief);
    let leaves = vocabulary.contains("\"rows\"");
    let tables: Vec<String> = (1..=brief.tables().len())
        .map(|at| format!("T{at}"))
        .collect();
    let table = |alias: &String| (alias.clone(), json!({ "$ref": "#/$defs/table" }));
    let tables: Map<String, Value> = tables.iter().map(table).collect();
    let mut properties = vec![
        ("keys", json!({ "$ref": "#/$defs/columns" })),
        (
            "steps",
            json!({ "type": "array", "items": { "$ref": "#/$defs/step" } }),
        ),
    ];
    if leaves {
        let subset = object([("subset", json!({ "type": "string" }))]);
        let rows = json!({ "anyOf": [{ "type": "null" }, subset] });
        properties.push(("rows", rows));
    }
    let mut definitions = definitions(brief, &vocabulary);
    definitions.insert("table".to_owned(), object(properties));
    json!({
        "type": "object",
        "properties": { "tables": object_of(tables) },
        "required": ["tables"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn definitions(brief: &Brief, vocabulary: &str) -> Map<String, Value> {
    let width = brief
        .tables()
        .values()
        .map(|table| table.columns.len())
        .max();
    let numbers: Vec<usize> = (1..=width.unwrap_or(1)).collect();
    let functions: Vec<&str> = vocabulary
        .lines()
        .find_map(|line| line.strip_prefix("F="))
        .map(|names| names.split_whitespace().collect())
        .unwrap_or_default();
    let string = || json!({ "type": "string" });
    let expression = || reference("expression");
    let list = |item: Value| json!({ "type": "array", "items": item });
    let pairs = |from: Value| list(object([("from", from), ("to", string())]));
    let one_of = |variants: Vec<Value>| json!({ "anyOf": variants });
    let literals = vec![
        object([("text", string())]),
        object([("integer", json!({ "type": "integer" }))]),
        object([("decimal", string())]),
        object([("date", string())]),
        object([("boolean", json!({ "type": "boolean" }))]),
    ];
    let decimal = object([
        ("precision", json!({ "type": "integer" })),
        ("scale", json!({ "type": "integer" })),
    ]);
    let types = json!(["text", "integer", "float", "date", "timestamp", "boolean"]);
    let sequence = object([
        ("first", reference("column")),
        ("second", reference("column")),
    ]);
    [
        // A column of the file by its number, or one that a step made by its name.
        (
            "column",
            one_of(vec![
                json!({ "type": "integer", "enum": numbers }),
                string(),
            ]),
        ),
        ("columns", list(reference("column"))),
        ("strings", list(string())),
        ("pairs", pairs(string())),
        ("renames", pairs(reference("column"))),
        ("literal", one_of(literals)),
        (
            "type",
            one_of(vec![
                json!({ "type": "string", "enum": types }),
                object([("decimal", decimal)]),
            ]),
        ),
        (
            "bound",
            one_of(vec![
                object([("literal", reference("literal"))]),
                json!({ "type": "string", "enum": ["as_of"] }),
            ]),
        ),
        (
            "expression",
            one_of(vec![
                object([("column", reference("column"))]),
                object([("literal", reference("literal"))]),
                object([("parameter", json!({ "type": "string", "enum": ["as_of"] }))]),
                object([
                    ("fn", json!({ "type": "string", "enum": functions })),
                    ("args", list(expression())),
                ]),
            ]),
        ),
        (
            "order",
            list(one_of(vec![
                object([("ascending", reference("column"))]),
                object([("descending", reference("column"))]),
            ])),
        ),
        (
            "expectation",
            one_of(vec![
                object([("not_null", reference("column"))]),
                object([("unique", reference("columns"))]),
                object([("predicate", expression())]),
                object([("order", sequence)]),
            ]),
        ),
        ("step", one_of(steps(vocabulary))),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

/// The shapes of a step: each operation of the vocabulary bare, and with what may be said besides.
fn steps(vocabulary: &str) -> Vec<Value> {
    let is_sent = |op: &str| {
        vocabulary
            .lines()
            .any(|line| line.split(' ').next() == Some(op))
    };
    let mut shapes = Vec::new();
    for (op, main, required, optional) in STEPS {
        if !is_sent(op) {
            continue;
        }
        let mut properties = vec![(op, reference_or_type(main))];
        properties.extend(parameters(required));
        // Without any of these the operation would do nothing.
        let needs_one = matches!(op, "strip_affix" | "null_if" | "null_out_of_range");
        if !needs_one {
            shapes.push(object(properties.clone()));
        }
        if !optional.is_empty() {
            let nullable =
                |(name, schema)| (name, json!({ "anyOf": [schema, { "type": "null" }] }));
            properties.extend(parameters(optional).map(nullable));
            shapes.push(object(properties));
        }
    }
    shapes
}

fn parameters(words: &'static str) -> impl Iterator<Item = (&'static str, Value)> {
    words
        .split_whitespace()
        .filter_map(|word| word.split_once(':'))
        .map(|(name, kind)| (name, reference_or_type(kind)))
}

fn reference_or_type(kind: &str) -> Value {
    match kind {
        "string" | "integer" | "boolean" => json!({ "type": kind }),
        choices if choices.contains('|') => {
            json!({ "type": "string", "enum": choices.split('|').collect::<Vec<_>>() })
        }
        defined => reference(defined),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn object<'a>(properties: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let properties = properties.into_iter();
    object_of(
        properties
            .map(|(name, schema)| (name.to_owned(), schema))
            .collect(),
    )
}

fn object_of(properties: Map<String, Value>) -> Value {
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object", "required": required, "additionalProperties": false,
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use silversmith_plan::OperationKind;

    use super::*;
    use crate::proposal::main_parameter;

    #[test]
    fn every_operation_has_a_shape_or_a_reason() {
        // A contract's business, which no model decides; and `publish` is added.
        let without = [
            "select_columns",
            "ensure_columns",
            "add_metadata",
            "publish",
        ];
        for name in OperationKind::NAMES {
            let has_shape = STEPS.iter().any(|(op, ..)| op == name);
            assert!(has_shape != without.contains(name), "{name}");
        }
        for (op, main, ..) in STEPS {
            let parameter = main_parameter(op);
            let plural = matches!(parameter, "columns" | "keys" | "key");
            assert_eq!(plural, main == "columns", "{op}");
        }
    }
}
