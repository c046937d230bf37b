//! From the bytes of an answer to a plan. An answer is untrusted: what it says is a plan only after
//! [`Plan::check`](silversmith_plan::Plan::check) has seen it, and what cannot become one is refused
//! here with what is wrong.
//!
//! Two forms are read. A **proposal** names tables by their aliases and columns by alias or number,
//! may write a step as `{"trim": [2]}`, and leaves out what has a usual value or says null; a **plan**
//! (`silversmith.plan/v0`) is taken as it is.

use serde_json::{Map, Value, json};
use silversmith_intake::Brief;
use silversmith_plan::{OperationKind, PlanDocument};
use silversmith_types::TableName;
use silversmith_types::strict_json::{self, Bounds};

/// Largest answer that is read: a proposal of 200 tables with 20 steps each, at 250 bytes a step.
pub const MAX_ANSWER: usize = 1 << 20;

const BOUNDS: Bounds = Bounds {
    bytes: MAX_ANSWER,
    nodes: 200_000,
    depth: Bounds::DEPTH,
    members: 100_000,
};

/// Parameters that hold names of columns, in every operation. (`name` of `ensure_columns` is one too;
/// that of `expect` is not.)
const COLUMN_PARAMETERS: [&str; 13] = [
    "columns",
    "column",
    "into",
    "key",
    "keys",
    "start",
    "end_into",
    "not_null",
    "unique",
    "first",
    "second",
    "ascending",
    "descending",
];

/// Why nothing can be made of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing but white space.
    #[error("the answer is empty")]
    Empty,
    /// More than [`MAX_ANSWER`] bytes.
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
    /// Text without a JSON object in it: a refusal, or a conversation.
    #[error("the answer is prose, with no JSON object in it")]
    Prose,
    /// The object does not end.
    #[error("the answer is cut off before its JSON object ends")]
    Truncated,
    /// The model, or a filter around it, declined.
    #[error("the model declined to answer")]
    Refused,
    /// There is more than one object, or text beyond one fence around it.
    #[error("the answer has text around its JSON object")]
    Surrounded,
    /// JSON, but no proposal.
    #[error("{message} (at {pointer})")]
    Malformed {
        /// Where, as a JSON pointer.
        pointer: String,
        /// What is wrong there.
        message: String,
    },
}

impl Unusable {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "SS-AUTHOR-001",
            Self::TooLarge => "SS-AUTHOR-002",
            Self::Prose => "SS-AUTHOR-003",
            Self::Truncated => "SS-AUTHOR-004",
            Self::Surrounded => "SS-AUTHOR-005",
            Self::Malformed { .. } => "SS-AUTHOR-006",
            Self::Refused => "SS-AUTHOR-007",
        }
    }

    fn malformed(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Malformed {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// Reads an answer to the brief. The bytes are a plan in its own form, not yet checked.
pub fn read(answer: &[u8], brief: &Brief) -> Result<Vec<u8>, Unusable> {
    if answer.len() > MAX_ANSWER {
        return Err(Unusable::TooLarge);
    }
    let text = std::str::from_utf8(answer)
        .map_err(|_| Unusable::malformed("/", "the answer is not UTF-8"))?;
    let object = object_in(text)?;
    let value = strict_json::parse(object.as_bytes(), BOUNDS)
        .map_err(|error| Unusable::malformed("/", error.to_string()))?;
    let Value::Object(members) = value else {
        return Err(Unusable::malformed("/", "not an object"));
    };
    match members.contains_key("version") {
        true => Ok(object.as_bytes().to_vec()),
        false => plan_of(members, brief),
    }
}

/// The one JSON object of an answer: alone, or in a fence of Markdown, as models write it.
fn object_in(text: &str) -> Result<&str, Unusable> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Unusable::Empty);
    }
    let inside = match text.strip_prefix("```") {
        Some(fenced) => {
            let body = fenced.strip_prefix("json").unwrap_or(fenced);
            body.strip_suffix("```").unwrap_or(body).trim()
        }
        None => text,
    };
    if serde_json::from_str::<serde::de::IgnoredAny>(inside).is_ok() {
        return Ok(inside);
    }
    let begins = inside.find('{').ok_or(Unusable::Prose)?;
    let mut stream = serde_json::Deserializer::from_str(inside.get(begins..).unwrap_or_default())
        .into_iter::<serde::de::IgnoredAny>();
    match stream.next() {
        Some(Err(error)) if error.is_eof() => Err(Unusable::Truncated),
        // In prose a brace may stand for anything; in an object the strict parser says what is wrong.
        Some(Err(_)) if begins > 0 => Err(Unusable::Prose),
        Some(Err(_)) | None => Ok(inside),
        Some(Ok(_)) => Err(Unusable::Surrounded),
    }
}

fn plan_of(mut members: Map<String, Value>, brief: &Brief) -> Result<Vec<u8>, Unusable> {
    let tables = take_object(&mut members, "", "tables")?;
    no_more(&members, "")?;
    let mut plans = Map::new();
    for (alias, table) in tables {
        let pointer = format!("/tables/{}", alias.replace('~', "~0").replace('/', "~1"));
        let name = brief
            .table_of(&alias)
            .ok_or_else(|| Unusable::malformed(&pointer, "there is no table of this alias"))?;
        plans.insert(
            name.as_str().to_owned(),
            table_of(table, &pointer, name, brief)?,
        );
    }
    let plan = json!({ "version": PlanDocument::VERSION, "tables": plans });
    Ok(plan.to_string().into_bytes())
}

fn table_of(
    table: Value,
    pointer: &str,
    name: &TableName,
    brief: &Brief,
) -> Result<Value, Unusable> {
    let Value::Object(mut table) = table else {
        return Err(Unusable::malformed(pointer, "not an object"));
    };
    let resolve = |alias: &str| brief.column_of(name, alias).map(|c| c.as_str().to_owned());
    let resolve: &Resolve = &resolve;
    let mut keys = table.remove("keys").unwrap_or_else(|| json!([]));
    name_columns(&mut keys, resolve);
    let rows = table.remove("rows").filter(|rows| !rows.is_null());
    let rows = rows.unwrap_or_else(|| json!("equal"));
    let Some(Value::Array(steps)) = table.remove("steps") else {
        let message = "`steps` is missing, or no list";
        return Err(Unusable::malformed(pointer, message));
    };
    no_more(&table, pointer)?;
    let mut named = Vec::with_capacity(steps.len() + 1);
    for (at, step) in steps.into_iter().enumerate() {
        let place = format!("{pointer}/steps/{at}");
        let Value::Object(step) = step else {
            return Err(Unusable::malformed(place, "not an object"));
        };
        named.push(step_of(step, at, &place, resolve)?);
    }
    if !named.last().is_some_and(|step| step["op"] == "publish") {
        named.extend(key_expectations(&keys, &named));
        named.push(json!({
            "id": format!("publish-{}", named.len() + 1), "op": "publish", "mode": "replace",
            "why": "The table is complete", "evidence": [],
        }));
    }
    Ok(json!({ "grain": { "keys": keys, "rows": rows }, "steps": named }))
}

/// What naming keys promises, as expectations: each row has them, and no two the same. None where the
/// steps expect something of them already, or change which columns there are: the keys may be gone.
fn key_expectations(keys: &Value, steps: &[Value]) -> Vec<Value> {
    const RESHAPING: [&str; 4] = [
        "rename_columns",
        "select_columns",
        "drop_columns",
        "ensure_columns",
    ];
    let is_free = |step: &Value| {
        let reshapes = step["op"]
            .as_str()
            .is_some_and(|op| RESHAPING.contains(&op));
        !reshapes && step["that"]["unique"].is_null()
    };
    let Some(columns) = keys.as_array().filter(|columns| !columns.is_empty()) else {
        return Vec::new();
    };
    if !steps.iter().all(is_free) {
        return Vec::new();
    }
    let promises = columns.iter().map(|column| json!({ "not_null": column }));
    let promises = std::iter::once(json!({ "unique": keys })).chain(promises);
    let expectation = |(at, that): (usize, Value)| {
        let id = format!("expect-{}", steps.len() + at + 1);
        json!({
            "id": id, "op": "expect", "why": "The author says that this identifies a row",
            "evidence": [], "name": id, "that": that, "on_fail": "warn",
        })
    };
    promises.enumerate().map(expectation).collect()
}

/// From the alias of a column to its name.
type Resolve<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// One step, with its columns by name and with what may be left out.
fn step_of(
    mut step: Map<String, Value>,
    at: usize,
    pointer: &str,
    resolve: &Resolve,
) -> Result<Value, Unusable> {
    step.retain(|_, value| !value.is_null());
    let op = operation_of(&mut step, pointer)?;
    if let Some(map) = step.get_mut("map") {
        *map = object_of_pairs(std::mem::take(map), pointer)?;
    }
    let id = format!("{}-{}", op.replace('_', "-"), at + 1);
    for (key, value) in usual(&op, &id) {
        step.entry(key).or_insert(value);
    }
    if op == "rename_columns" {
        rename(&mut step, resolve);
    }
    for (key, value) in &mut step {
        match key.as_str() {
            // Values of cells, however much they look like an alias; texts for people.
            "map" | "literal" | "tokens" | "true" | "false" | "allowed" | "why" | "evidence" => {}
            "schema" => name_schema(value, resolve),
            "that" | "expression" | "predicate" | "when" | "to" | "order_by" => {
                name_inside(value, resolve);
            }
            // Here it is the place of a character.
            "start" if op == "slice_text" => {}
            key if COLUMN_PARAMETERS.contains(&key) => name_columns(value, resolve),
            _ => {}
        }
    }
    Ok(Value::Object(step))
}

/// The operation of a step, which says it as `op`, or by the name of its main parameter's key.
fn operation_of(step: &mut Map<String, Value>, pointer: &str) -> Result<String, Unusable> {
    if let Some(op) = step.get("op") {
        let op = op.as_str().map(str::to_owned);
        return op.ok_or_else(|| Unusable::malformed(pointer, "`op` is no text"));
    }
    let mut named = OperationKind::NAMES
        .iter()
        .filter(|name| step.contains_key(**name));
    let (Some(op), None) = (named.next(), named.next()) else {
        let message = "not one operation is named, or more than one";
        return Err(Unusable::malformed(pointer, message));
    };
    let main = main_parameter(op);
    if step.contains_key(main) {
        let message = format!("`{main}` is there twice: as itself, and under `{op}`");
        return Err(Unusable::malformed(pointer, message));
    }
    let value = match (step.remove(*op).unwrap_or_default(), main) {
        // One column where a list is expected.
        (one @ (Value::String(_) | Value::Number(_)), "columns" | "keys" | "key") => json!([one]),
        (value, _) => value,
    };
    step.insert(main.to_owned(), value);
    step.insert("op".to_owned(), json!(op));
    Ok((*op).to_owned())
}

/// A map, which may come as a list of `{"from": …, "to": …}`: a schema cannot name keys that it does not
/// know.
fn object_of_pairs(map: Value, pointer: &str) -> Result<Value, Unusable> {
    let Value::Array(pairs) = map else {
        return Ok(map);
    };
    let mut members = Map::new();
    for pair in pairs {
        let from = match &pair["from"] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                return Err(Unusable::malformed(
                    pointer,
                    "`map` has a pair without `from`",
                ));
            }
        };
        if members.insert(from, pair["to"].clone()).is_some() {
            return Err(Unusable::malformed(pointer, "`map` has a key twice"));
        }
    }
    Ok(Value::Object(members))
}

/// The parameter whose place the name of an operation may take.
pub(crate) fn main_parameter(op: &str) -> &'static str {
    match op {
        "slice_text" | "set_where" => "column",
        "derive" => "into",
        "close_interval" => "key",
        "filter_rows" => "predicate",
        "dedupe_latest" => "keys",
        "rename_columns" => "map",
        "ensure_columns" => "schema",
        "add_metadata" => "add",
        "expect" => "that",
        "publish" => "mode",
        _ => "columns",
    }
}

/// What a step says where a proposal does not.
fn usual(op: &str, id: &str) -> Vec<(&'static str, Value)> {
    let mut usual = vec![
        ("id", json!(id)),
        ("why", json!("Proposed by the author")),
        ("evidence", json!([])),
    ];
    usual.extend(match op {
        "trim" => vec![("side", json!("both"))],
        "normalize_unicode" => vec![("form", json!("nfc"))],
        "replace_text" => vec![("match", json!("literal"))],
        "strip_affix" => vec![("if_present", json!(true))],
        "parse_number" => vec![("decimal", json!(".")), ("on_error", json!("null"))],
        "cast" | "parse_timestamp" | "parse_boolean" => vec![("on_error", json!("null"))],
        "parse_date" => vec![
            ("formats", json!(["%Y-%m-%d"])),
            ("on_error", json!("null")),
        ],
        "map_values" => vec![
            ("match", json!(["trim", "casefold"])),
            ("default", json!("keep")),
        ],
        "restrict_domain" => vec![("else", json!("null"))],
        "round_number" => vec![("mode", json!("half_even"))],
        "filter_rows" => vec![("disposition", json!("quarantine"))],
        "dedupe_latest" | "dedupe_exact" => vec![("losers", json!("quarantine"))],
        "expect" => vec![("name", json!(id)), ("on_fail", json!("warn"))],
        "publish" => vec![("mode", json!("replace"))],
        _ => vec![],
    });
    usual
}

/// A column by its alias, its number or its name, or a list of them.
fn name_columns(value: &mut Value, resolve: &Resolve) {
    match value {
        Value::String(alias) => {
            if let Some(name) = resolve(alias) {
                *alias = name;
            }
        }
        Value::Number(number) => {
            if let Some(name) = resolve(&format!("C{number}")) {
                *value = json!(name);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .filter(|item| item.is_string() || item.is_number())
            .for_each(|item| name_columns(item, resolve)),
        _ => {}
    }
}

/// Columns within expressions, expectations and orders, whose literals are left alone.
fn name_inside(value: &mut Value, resolve: &Resolve) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name_inside(item, resolve)),
        Value::Object(members) => {
            for (key, value) in members {
                match key.as_str() {
                    "literal" | "allowed" => {}
                    key if COLUMN_PARAMETERS.contains(&key) && !value.is_object() => {
                        name_columns(value, resolve);
                    }
                    _ => name_inside(value, resolve),
                }
            }
        }
        _ => {}
    }
}

fn name_schema(value: &mut Value, resolve: &Resolve) {
    for column in value.as_array_mut().into_iter().flatten() {
        if let Some(name) = column.get_mut("name") {
            name_columns(name, resolve);
        }
    }
}

fn rename(step: &mut Map<String, Value>, resolve: &Resolve) {
    if let Some(Value::Object(map)) = step.get_mut("map") {
        let pairs = std::mem::take(map);
        map.extend(pairs.into_iter().map(|(from, to)| {
            let named = resolve(&from).or_else(|| resolve(&format!("C{from}")));
            (named.unwrap_or(from), to)
        }));
    }
}

fn take_object(
    members: &mut Map<String, Value>,
    pointer: &str,
    key: &str,
) -> Result<Map<String, Value>, Unusable> {
    match members.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        _ => {
            let message = format!("`{key}` is missing, or no object");
            Err(Unusable::malformed(format!("{pointer}/"), message))
        }
    }
}

fn no_more(members: &Map<String, Value>, pointer: &str) -> Result<(), Unusable> {
    match members.keys().next() {
        None => Ok(()),
        Some(key) => {
            let message = format!("{} is not a known key", json!(key));
            Err(Unusable::malformed(format!("{pointer}/"), message))
        }
    }
}
