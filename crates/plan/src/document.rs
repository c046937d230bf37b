use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use silversmith_types::strict_json::{self, Bounds};
use silversmith_types::{ColumnName, TableName};

use crate::check::PlanError;
use crate::operation::OperationKind;

/// Largest plan that is read. A plan for 200 tables of 50 columns with three steps a column, at
/// about 200 bytes a step, has 6 MB; nothing a person can review is larger.
const MAX_PLAN: Bounds = Bounds {
    bytes: 8 << 20,
    nodes: 1_000_000,
    depth: Bounds::DEPTH,
    members: 1_000_000,
};

/// A plan as it is written: parsed, but not yet checked against anything.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanDocument {
    /// The format: `silversmith.plan/v0`.
    pub version: String,
    /// One plan a table; every table of the run has one.
    #[schemars(with = "BTreeMap<String, TablePlan>")]
    pub tables: BTreeMap<TableName, TablePlan>,
}

/// The plan of one table: its steps in order, the last of which is `publish`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TablePlan {
    /// What identifies a row of the result, and which rows of Bronze it keeps.
    pub grain: Grain,
    /// Applied in this order.
    pub steps: Vec<Step>,
}

/// What identifies a row, and which rows there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grain {
    /// Columns of the result that identify a row; empty where nothing does.
    #[schemars(with = "Vec<String>")]
    pub keys: Vec<ColumnName>,
    /// How the rows relate to Bronze.
    pub rows: RowRelation,
}

/// How the rows of a result relate to those of Bronze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RowRelation {
    /// Every Bronze row, once.
    Equal,
    /// Some Bronze rows are left out, for this reason.
    Subset(String),
}

/// One operation with what a reviewer needs to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// Unique within its table: lower-case letters, digits and dashes, at most 40.
    pub id: String,
    /// One line for the reviewer.
    pub why: String,
    /// Facts of the brief that the step rests on.
    pub evidence: Vec<String>,
    /// What to do.
    #[serde(flatten)]
    pub operation: OperationKind,
}

impl PlanDocument {
    /// The one format there is.
    pub const VERSION: &'static str = "silversmith.plan/v0";

    /// Reads a plan strictly: bounds, no duplicate or unknown keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let json = strict_json::parse(bytes, MAX_PLAN)
            .map_err(|error| PlanError::malformed("", error.to_string()))?;
        let mut document = Fields::of("", json)?;
        let version: String = document.take("version")?;
        if version != Self::VERSION {
            let why = format!("the version is not `{}`", Self::VERSION);
            return Err(PlanError::malformed("/version", why));
        }
        let mut tables = BTreeMap::new();
        let listed: BTreeMap<String, Json> = document.take("tables")?;
        document.end()?;
        for (name, json) in listed {
            let pointer = format!("/tables/{}", escape_pointer(&name));
            let table = name
                .parse::<TableName>()
                .map_err(|error| PlanError::malformed(&pointer, error.to_string()))?;
            tables.insert(table, parse_table(&pointer, json)?);
        }
        Ok(Self { version, tables })
    }

    /// The canonical bytes: what is hashed, stored and shown. Reading them gives the same plan.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising maps with string keys and plain data into memory cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

fn parse_table(pointer: &str, json: Json) -> Result<TablePlan, PlanError> {
    let mut fields = Fields::of(pointer, json)?;
    let grain = fields.take("grain")?;
    let listed: Vec<Json> = fields.take("steps")?;
    fields.end()?;
    let steps = listed.into_iter().enumerate();
    let steps = steps.map(|(at, json)| parse_step(&format!("{pointer}/steps/{at}"), json));
    Ok(TablePlan {
        grain,
        steps: steps.collect::<Result<_, _>>()?,
    })
}

fn parse_step(pointer: &str, json: Json) -> Result<Step, PlanError> {
    let mut fields = Fields::of(pointer, json)?;
    let id: String = fields.take("id")?;
    let why: String = fields.take("why")?;
    let evidence: Vec<String> = fields.take("evidence")?;
    let op: String = fields.take("op")?;
    let operation = OperationKind::from_parts(&op, Json::Object(fields.rest))
        .map_err(|message| PlanError::malformed(pointer, message))?;
    Ok(Step {
        id,
        why,
        evidence,
        operation,
    })
}

/// The members of a JSON object, taken one by one so that what is left over can be refused.
struct Fields<'a> {
    pointer: &'a str,
    rest: serde_json::Map<String, Json>,
}

impl<'a> Fields<'a> {
    fn of(pointer: &'a str, json: Json) -> Result<Self, PlanError> {
        match json {
            Json::Object(rest) => Ok(Self { pointer, rest }),
            _ => Err(PlanError::malformed(pointer, "is not an object")),
        }
    }

    fn take<T: serde::de::DeserializeOwned>(&mut self, key: &str) -> Result<T, PlanError> {
        let pointer = format!("{}/{key}", self.pointer);
        let value = self
            .rest
            .remove(key)
            .ok_or_else(|| PlanError::malformed(self.pointer, format!("`{key}` is missing")))?;
        serde_json::from_value(value).map_err(|e| PlanError::malformed(&pointer, e.to_string()))
    }

    fn end(self) -> Result<(), PlanError> {
        match self.rest.keys().next() {
            None => Ok(()),
            Some(key) => {
                let pointer = format!("{}/{}", self.pointer, escape_pointer(key));
                Err(PlanError::malformed(&pointer, "is not a known key"))
            }
        }
    }
}

/// A member name as a JSON pointer writes it (RFC 6901).
pub(crate) fn escape_pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The JSON Schema of a plan, as published in `docs/schema/plan.schema.json`.
pub fn json_schema() -> Json {
    schemars::schema_for!(PlanDocument).to_value()
}
