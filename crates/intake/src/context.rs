//! From the bytes of the context to a typed document, strictly.

use chrono::DateTime;
use silversmith_types::context::RunContext;
use silversmith_types::strict_json::{self, Json, JsonDefect, JsonError, Path, Step};
use silversmith_types::{ColumnName, NameError, RunId, TableName};

use crate::finding::{Code, Findings, Input, Position};
use crate::limits::{Limits, Rules, UnknownKeys};
use crate::screen::{self, Harm};

/// Reads the document; `None` when a finding says why not.
pub(crate) fn read_context(
    bytes: &[u8],
    rules: &Rules,
    findings: &mut Findings,
) -> Option<RunContext> {
    let limits = &rules.limits;
    let document = match strict_json::document(bytes, limits.context_bounds()) {
        Ok(document) => document,
        Err(error) => {
            refuse_json(error, findings);
            return None;
        }
    };
    check_texts(&Path::ROOT, &document, limits, findings);
    if findings.rejected() {
        return None;
    }
    let mut unknown = |path: &Path<'_, '_>, value: &Json<'_>| {
        tell_unknown(path, value, rules.unknown_keys, findings);
    };
    let read = strict_json::read::<RunContext>(&document, &mut unknown);
    read.map_err(|error| {
        let pointer = screen::pointer(&error.steps);
        findings.reject(Code::Shape, Input::Context, pointer, error.message);
    })
    .ok()
}

fn refuse_json(error: JsonError, findings: &mut Findings) {
    match error {
        JsonError::TooLarge { .. } => {
            findings.reject(Code::TooLarge, Input::Context, "", error.to_string());
        }
        JsonError::Malformed {
            defect,
            message,
            line,
            column,
        } => {
            let code = match defect {
                JsonDefect::DuplicateKey => Code::DuplicateKey,
                _ => Code::NotJson,
            };
            findings.reject(code, Input::Context, Position { line, column }, message);
        }
    }
}

/// Bounds every text, and refuses keys that do not show: they would end up in pointers and names.
/// The recursion is bounded by the depth that was admitted.
fn check_texts(path: &Path<'_, '_>, value: &Json<'_>, limits: &Limits, findings: &mut Findings) {
    match value {
        // A text has at least as many bytes as characters.
        Json::Text(text)
            if text.len() > limits.text_chars && text.chars().nth(limits.text_chars).is_some() =>
        {
            let message = format!("a text has more than {} characters", limits.text_chars);
            let pointer = screen::pointer(&path.steps());
            findings.reject(Code::Text, Input::Context, pointer, message);
        }
        Json::List(items) => {
            for (at, item) in items.iter().enumerate() {
                check_texts(&path.then(Step::Index(at)), item, limits, findings);
            }
        }
        Json::Object(members) => {
            for (at, (name, item)) in members.iter().enumerate() {
                let position = at + 1;
                check_key(path, name, findings);
                check_texts(
                    &path.then(Step::Key { name, position }),
                    item,
                    limits,
                    findings,
                );
            }
        }
        _ => {}
    }
}

/// A key that a person could not read or recognise. Whether it is a good name is asked later.
fn check_key(path: &Path<'_, '_>, key: &str, findings: &mut Findings) {
    use NameError::{Empty, Invisible, OuterSpace, TooLong};
    // Most keys are plain and short, and those need no closer look.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if !key.is_empty() && key.len() <= 64 && key.bytes().all(plain) {
        return;
    }
    if let Err(Empty | Invisible | OuterSpace | TooLong) = key.parse::<ColumnName>() {
        let message = "a key is empty, too long, or holds characters that do not show";
        let pointer = screen::pointer(&path.steps());
        findings.reject(Code::Text, Input::Context, pointer, message);
    }
}

fn tell_unknown(path: &Path<'_, '_>, value: &Json<'_>, rule: UnknownKeys, findings: &mut Findings) {
    let steps = path.steps();
    let pointer = screen::pointer(&steps);
    if rule == UnknownKeys::Refuse {
        let message = "this key is not known";
        findings.reject(Code::UnknownKey, Input::Context, pointer, message);
        return;
    }
    let of_key = steps.last().and_then(|step| match step {
        Step::Key { name, .. } => screen::harm(name),
        Step::Index(_) => None,
    });
    let message = "this key is not known; it is left out with what it holds";
    match of_key.or_else(|| harm_within(value)) {
        None => findings.note(Code::UnknownKey, Input::Context, pointer, message),
        Some(Harm::Acts) => {
            findings.neutralise(Code::UnknownKey, Input::Context, pointer, message);
        }
        Some(Harm::Personal) => findings.mask(Code::UnknownKey, Input::Context, pointer, message),
    }
}

/// The first harm in a value that is left out.
fn harm_within(value: &Json<'_>) -> Option<Harm> {
    match value {
        Json::Text(text) => screen::harm(text),
        Json::List(items) => items.iter().find_map(harm_within),
        Json::Object(members) => {
            let mut members = members.iter();
            members.find_map(|(key, item)| screen::harm(key).or_else(|| harm_within(item)))
        }
        _ => None,
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
