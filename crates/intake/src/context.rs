//! From the bytes of the context to a typed document, strictly.

use chrono::{DateTime, TimeDelta, Utc};
use silversmith_types::context::RunContext;
use silversmith_types::strict_json::{self, Json, JsonDefect, JsonError, Path, Step};
use silversmith_types::{ColumnName, NameError, RunId, TableName};

use crate::finding::{Action, Code, Findings, Input, Position};
use crate::free_text;
use crate::limits::{Limits, Rules, UnknownKeys};
use crate::screen::{self, Harm};
use crate::withheld::Category;

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
    check_values(&Path::ROOT, &document, limits, findings);
    if findings.rejected() {
        return None;
    }
    let mut unknown = |path: &Path<'_, '_>, value: &Json<'_>| {
        if findings.is_full() {
            findings
                .ledger
                .add(Category::UnknownKeys, Action::Withheld, 1);
        } else {
            tell_unknown(path, value, rules.unknown_keys, findings);
        }
    };
    let read = strict_json::read::<RunContext>(&document, &mut unknown);
    read.map_err(|error| {
        let pointer = screen::pointer(&error.steps);
        // Serde carries the refusal of a name as its text; those texts all begin alike.
        let of_name = ["a name ", "a table name "];
        let code = match of_name.iter().any(|head| error.message.starts_with(head)) {
            true => Code::Name,
            false => Code::Shape,
        };
        findings.reject(code, Input::Context, pointer, error.message);
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

/// The largest whole number that every reader of JSON sees alike (RFC 8259, section 6).
const LARGEST: u64 = (1 << 53) - 1;

/// Bounds every text and number, and refuses keys that do not show: they would end up in pointers and names.
/// The recursion is bounded by the depth that was admitted.
fn check_values(path: &Path<'_, '_>, value: &Json<'_>, limits: &Limits, findings: &mut Findings) {
    if findings.is_full() {
        return;
    }
    match value {
        // A text has at least as many bytes as characters.
        Json::Text(text)
            if text.len() > limits.text_chars && text.chars().nth(limits.text_chars).is_some() =>
        {
            let message = format!("a text has more than {} characters", limits.text_chars);
            let pointer = screen::pointer(&path.steps());
            findings.reject(Code::Text, Input::Context, pointer, message);
        }
        Json::Unsigned(number) if *number > LARGEST => {
            let message =
                "is more than 2^53 - 1, beyond which readers of JSON see different numbers";
            let pointer = screen::pointer(&path.steps());
            findings.reject(Code::Numbers, Input::Context, pointer, message);
        }
        Json::List(items) => {
            for (at, item) in items.iter().enumerate() {
                check_values(&path.then(Step::Index(at)), item, limits, findings);
            }
        }
        Json::Object(members) => {
            for (at, (name, item)) in members.iter().enumerate() {
                let position = at + 1;
                check_key(path, name, findings);
                check_values(
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

/// Bytes of text under unknown keys that are looked through for findings. All of it is left out
/// either way.
const LOOKED_THROUGH: usize = 64 << 10;

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
    let action = match of_key {
        None => {
            findings.note(Code::UnknownKey, Input::Context, &*pointer, message);
            Action::Withheld
        }
        Some(Harm::Acts) => {
            findings.neutralise(Code::UnknownKey, Input::Context, &*pointer, message);
            Action::Neutralised
        }
        Some(Harm::Personal) => {
            findings.mask(Code::UnknownKey, Input::Context, &*pointer, message);
            Action::Masked
        }
    };
    findings.ledger.add(Category::UnknownKeys, action, 1);
    let mut text = String::new();
    gather_text(value, &mut text);
    free_text::record_short(&text, Input::Context, &pointer, findings);
}

/// The texts and keys of a value that is left out, line by line.
fn gather_text(value: &Json<'_>, text: &mut String) {
    let mut add = |part: &str| {
        if text.len() + part.len() < LOOKED_THROUGH {
            text.push_str(part);
            text.push('\n');
        }
    };
    match value {
        Json::Text(part) => add(part),
        Json::List(items) => items.iter().for_each(|item| gather_text(item, text)),
        Json::Object(members) => {
            for (key, item) in members {
                gather_text(&Json::Text(key.as_ref().into()), text);
                gather_text(item, text);
            }
        }
        _ => {}
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
    let own = run_id("/run_id", &context.run_id);
    let silver = run_id("/silver_run_id", &context.silver_run_id);
    let bronze = run_id("/bronze_run_id", &context.bronze_run_id);
    for (pointer, of_same) in [("/run_id", &own), ("/silver_run_id", &silver)] {
        if let (Some(id), Some(bronze)) = (of_same, &bronze)
            && id.suffix() != bronze.suffix()
        {
            let message = "does not have the suffix of the Bronze run";
            findings.reject(Code::Run, Input::Context, pointer, message);
        }
    }
    if let (Some(silver), Some(bronze)) = (&silver, &bronze)
        && is_long_before(silver.started().as_datetime(), bronze)
    {
        let message = "began before the Bronze run that it reads";
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
    let message = match DateTime::parse_from_rfc3339(&context.generated_at_utc) {
        Err(_) => Some("is no RFC 3339 time with an offset"),
        Ok(time) => bronze
            .as_ref()
            .is_some_and(|bronze| is_long_before(time.to_utc(), bronze))
            .then_some("is before the Bronze run began"),
    };
    if let Some(message) = message {
        findings.reject(Code::Run, Input::Context, "/generated_at_utc", message);
    }
    bronze
}

/// Whether an instant is before a run by more than what a clock in another time zone explains.
fn is_long_before(time: DateTime<Utc>, run: &RunId) -> bool {
    time < run.started().as_datetime() - TimeDelta::days(1)
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
