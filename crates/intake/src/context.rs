//! From the bytes of the context to a typed document, strictly.

use chrono::DateTime;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use silversmith_types::context::RunContext;
use silversmith_types::strict_json::{self, JsonError};
use silversmith_types::{ColumnName, RunId, TableName};

use crate::finding::{Code, Findings, Input, Position, child};
use crate::limits::Limits;

/// Reads the document; `None` when a finding says why not.
pub(crate) fn read_context(
    bytes: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Option<RunContext> {
    let value = match strict_json::parse(bytes, limits.context_bounds()) {
        Ok(value) => value,
        Err(error) => {
            refuse_json(error, findings);
            return None;
        }
    };
    check_texts("", &value, limits, findings);
    if findings.rejected() {
        return None;
    }
    match serde_path_to_error::deserialize::<_, RunContext>(&value) {
        Ok(context) => {
            // Writing plain data with text keys into memory cannot fail.
            let written = serde_json::to_value(&context).unwrap_or_default();
            check_kinds("", &value, &written, findings);
            Some(context)
        }
        Err(error) => {
            let pointer = existing(&value, error.path());
            let message = shape_message(value.pointer(&pointer), &error.inner().to_string());
            findings.reject(Code::Shape, Input::Context, pointer, message);
            None
        }
    }
}

fn refuse_json(error: JsonError, findings: &mut Findings) {
    match error {
        JsonError::TooLarge { .. } => {
            findings.reject(Code::TooLarge, Input::Context, "", error.to_string());
        }
        JsonError::Malformed {
            message,
            line,
            column,
        } => {
            let code = match message.contains("duplicate key") {
                true => Code::DuplicateKey,
                false => Code::NotJson,
            };
            findings.reject(code, Input::Context, Position { line, column }, message);
        }
    }
}

/// Bounds every text, and refuses keys that do not show: they would end up in pointers and names.
/// The recursion is bounded by the depth that `strict_json` admits.
fn check_texts(pointer: &str, value: &Value, limits: &Limits, findings: &mut Findings) {
    match value {
        Value::String(text) if text.chars().nth(limits.text_chars).is_some() => {
            let message = format!("a text has more than {} characters", limits.text_chars);
            findings.reject(Code::Text, Input::Context, pointer, message);
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().filter(|(_, item)| has_text(item)) {
                check_texts(&child(pointer, at), item, limits, findings);
            }
        }
        Value::Object(members) => {
            for (key, item) in members {
                // The rules for a column name are those for any key that a person has to read.
                match key.parse::<ColumnName>() {
                    Err(_) => {
                        let message =
                            "a key is empty, too long, or holds characters that do not show";
                        findings.reject(Code::Text, Input::Context, pointer, message);
                    }
                    Ok(_) if has_text(item) => {
                        check_texts(&child(pointer, key), item, limits, findings);
                    }
                    Ok(_) => {}
                }
            }
        }
        _ => {}
    }
}

fn has_text(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
}

/// Refuses the other spellings that serde takes: a list of fields for an object, an object with one
/// member for the name of a variant. `written` is the usual spelling.
fn check_kinds(pointer: &str, read: &Value, written: &Value, findings: &mut Findings) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, read) in read.iter().filter(|(_, value)| has_text(value)) {
                if let Some(written) = written.get(key) {
                    check_kinds(&child(pointer, key), read, written, findings);
                }
            }
        }
        (Value::Array(read), Value::Array(written)) => {
            for (at, (read, written)) in read.iter().zip(written).enumerate() {
                check_kinds(&child(pointer, at), read, written, findings);
            }
        }
        (Value::Object(_) | Value::Array(_), _) => {
            let message = "is not written as an object with its fields, or as plain text";
            findings.reject(Code::Shape, Input::Context, pointer, message);
        }
        _ => {}
    }
}

/// The pointer to the value at `path`, or to the nearest value around it that exists.
fn existing(document: &Value, path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let next = match segment {
            Segment::Seq { index } => child(&pointer, index),
            Segment::Map { key } => child(&pointer, key),
            Segment::Enum { .. } | Segment::Unknown => break,
        };
        if document.pointer(&next).is_none() {
            break;
        }
        pointer = next;
    }
    pointer
}

/// Serde's message without the parts that repeat what the document holds.
fn shape_message(found: Option<&Value>, message: &str) -> String {
    let found = match found {
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "true or false",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
        None => "nothing",
    };
    // What is expected is written by us and by serde, and comes last.
    let expected = message
        .rsplit_once("expected ")
        .map(|(_, expected)| expected);
    match (message.split_once(" `"), expected) {
        (Some(("unknown field", _)), _) => "this key is not known".to_owned(),
        (Some(("unknown variant", _)), Some(expected)) => format!("is not {expected}"),
        (Some(("missing field", name)), _) => format!("`{} is missing", name),
        (_, Some(expected)) if message.starts_with("invalid ") => {
            format!("is {found}, and not {expected}")
        }
        _ => message.to_owned(),
    }
}

/// What the top of the document says of the run.
pub(crate) fn check_run(context: &RunContext, findings: &mut Findings) -> Option<RunId> {
    let mut run_id = |pointer: &str, text: &str| {
        let parsed: Result<RunId, _> = text.parse();
        parsed
            .map_err(|e| findings.reject(Code::Run, Input::Context, pointer, e.to_string()))
            .ok()
    };
    run_id("/run_id", &context.run_id);
    let silver = run_id("/silver_run_id", &context.silver_run_id);
    let bronze = run_id("/bronze_run_id", &context.bronze_run_id);
    if let (Some(silver), Some(bronze)) = (&silver, &bronze)
        && silver.suffix() != bronze.suffix()
    {
        let message = "the Silver run does not have the suffix of the Bronze run";
        findings.reject(Code::Run, Input::Context, "/silver_run_id", message);
    }
    for (pointer, found, expected) in [
        ("/layer", &context.layer, "silver"),
        ("/source_layer", &context.source_layer, "bronze"),
    ] {
        if found != expected {
            findings.reject(
                Code::Run,
                Input::Context,
                pointer,
                format!("is not `{expected}`"),
            );
        }
    }
    if DateTime::parse_from_rfc3339(&context.generated_at_utc).is_err() {
        let message = "is no RFC 3339 time with an offset";
        findings.reject(Code::Run, Input::Context, "/generated_at_utc", message);
    }
    bronze
}

/// A table name, or a finding.
pub(crate) fn table_name(pointer: &str, text: &str, findings: &mut Findings) -> Option<TableName> {
    let parsed = text.parse::<TableName>();
    parsed
        .map_err(|e| findings.reject(Code::Name, Input::Context, pointer, e.to_string()))
        .ok()
}

/// A column name, or a finding.
pub(crate) fn column_name(
    pointer: &str,
    text: &str,
    findings: &mut Findings,
) -> Option<ColumnName> {
    let parsed = text.parse::<ColumnName>();
    parsed
        .map_err(|e| findings.reject(Code::Name, Input::Context, pointer, e.to_string()))
        .ok()
}
