//! The oracle: Polars in a child process that answers questions while a test runs, so that what an
//! operation compiles to can be compared with what the reference interpreter does.
//!
//! It needs a Python with the Polars that the product locks: see [`command`].

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its part of the support"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value as Json, json};
use silversmith_plan::interpret::{Frame, Removed, Row, RunParameters, run_table};
use silversmith_plan::{
    ColumnType, Grain, OperationKind, RowRelation, Schema, Step, TablePlan, Value, compile,
};
use silversmith_runtime::{Runtime, RuntimeOptions, Silent};
use silversmith_types::ColumnName;

pub mod agree;
pub mod values;

/// What a child process runs.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/oracle.py");
/// The skeleton as far as transforms need it.
const SKELETON: [&str; 3] = [
    include_str!("../../src/module/skeleton/preamble.py"),
    include_str!("../../src/module/skeleton/expressions.py"),
    include_str!("../../src/module/skeleton/table.py"),
];

/// A child process that runs Polars.
pub struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A table that Polars made.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// Names and types, the types as `ColumnType` displays them.
    pub columns: Vec<(String, String)>,
    /// Cells by row.
    pub rows: Vec<Vec<Value>>,
    /// By `step/changed/column`, `step/invalid/column` or `step/check/name`; transforms only.
    pub counts: BTreeMap<String, u64>,
    /// Rows that left the table; transforms only.
    pub removed: Vec<Removed>,
}

impl Oracle {
    /// The oracle that all tests of this binary share; they take turns.
    pub fn shared() -> MutexGuard<'static, Oracle> {
        static SHARED: OnceLock<Mutex<Oracle>> = OnceLock::new();
        let oracle = SHARED.get_or_init(|| Mutex::new(Self::start()));
        // A test that failed while it held the oracle leaves it between two questions.
        oracle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Starts a child process.
    pub fn start() -> Self {
        let mut child = command()
            // The streaming engine then takes even these few rows in several parts.
            .env("POLARS_IDEAL_MORSEL_SIZE", "3")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let questions = child.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut oracle = Self {
            child,
            questions,
            answers,
        };
        oracle.send(&Json::String(SKELETON.join("\n")));
        oracle
    }

    /// Evaluates Polars expressions (Python source) over these rows, each to a column.
    pub fn expressions(
        &mut self,
        sources: &[String],
        schema: &Schema,
        rows: &[Vec<Value>],
    ) -> Result<Answer, String> {
        let mut question = question("expressions", schema, rows);
        question["expressions"] = json!(sources);
        self.ask(&question)
    }

    /// Runs the lines of a transform over these rows.
    pub fn transform(
        &mut self,
        lines: &[String],
        schema: &Schema,
        rows: &[Vec<Value>],
    ) -> Result<Answer, String> {
        let mut question = question("transform", schema, rows);
        question["lines"] = json!(lines);
        self.ask(&question)
    }

    /// Applies operations to rows in the interpreter and in Polars, and says what differs: types,
    /// cells, counts of changed and invalid cells, checks, and rows removed. Steps are called
    /// `step-1`, `step-2` and so on.
    pub fn compare(
        &mut self,
        operations: &[OperationKind],
        schema: &Schema,
        rows: &[Vec<Value>],
    ) -> Result<(), String> {
        let mut after = schema.clone();
        let mut lines = Vec::new();
        for (at, operation) in (1..).zip(operations) {
            let id = format!("step-{at}");
            let before = after.clone();
            operation
                .as_operation()
                .check(&mut after)
                .map_err(|p| format!("refused: {p:?}"))?;
            let mut transform = compile::Transform::new(&mut lines, &id);
            operation.as_operation().compile(&before, &mut transform);
        }
        let wanted = interpret(operations, schema, rows)?;
        let got = self
            .transform(&lines, schema, rows)
            .map_err(|error| format!("{error}\n{}", lines.join("\n")))?;
        differences(&wanted, &after, &got)
            .map_err(|what| format!("{what}\nrows: {rows:?}\n{}", lines.join("\n")))
    }

    fn ask(&mut self, question: &Json) -> Result<Answer, String> {
        self.send(question);
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the oracle answers");
        let answer: Json = serde_json::from_str(&line).expect("an answer is JSON");
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(read_answer(&answer)),
        }
    }

    fn send(&mut self, message: &Json) {
        writeln!(self.questions, "{message}").expect("the oracle listens");
        self.questions.flush().expect("the oracle listens");
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The process holds nothing that needs an orderly end.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// How to start the script: with the Python that `SILVERSMITH_TEST_PYTHON` names, or with the
/// runtime of the product, which is prepared where it is not there yet.
fn command() -> Command {
    if let Some(python) = std::env::var_os("SILVERSMITH_TEST_PYTHON") {
        let mut command = Command::new(python);
        command.args(["-I", SCRIPT]);
        return command;
    }
    let runtime = Runtime::prepare(&RuntimeOptions::from_environment(), &Silent).expect(
        "the oracle needs Polars: let the runtime be prepared, or set SILVERSMITH_TEST_PYTHON to a \
         Python that has it",
    );
    let [program, arguments @ ..] = &runtime.command(Path::new(SCRIPT), [""; 0])[..] else {
        panic!("a command has a program");
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(runtime.environment(0));
    command
}

/// The run of all comparisons.
pub fn run_parameters() -> RunParameters {
    RunParameters {
        as_of: "2026-01-25T21:47:26Z".parse().expect("a time"),
        load_id: "20260125_214726_#0a1b2c3d".parse().expect("a run id"),
        source_file: "orders \"2\".csv".to_owned(),
    }
}

/// What the interpreter makes of these rows; the steps are called as [`Oracle::compare`] calls them.
pub fn interpret(
    operations: &[OperationKind],
    schema: &Schema,
    rows: &[Vec<Value>],
) -> Result<Frame, String> {
    let steps = (1..)
        .zip(operations.iter().cloned())
        .map(|(at, operation)| Step {
            id: format!("step-{at}"),
            why: String::new(),
            evidence: Vec::new(),
            operation,
        });
    let grain = Grain {
        keys: Vec::new(),
        rows: RowRelation::Equal,
    };
    let plan = TablePlan {
        grain,
        steps: steps.collect(),
    };
    let numbered = (1..).zip(rows).map(|(number, cells)| Row {
        number,
        cells: cells.clone(),
    });
    let frame = Frame::with_rows(schema.clone(), numbered.collect());
    run_table(&plan, frame, &run_parameters()).map_err(|error| error.to_string())
}

/// A column name.
pub fn name(text: &str) -> ColumnName {
    text.parse().expect("a column name")
}

/// A schema of these columns.
pub fn schema(columns: &[(&str, ColumnType)]) -> Schema {
    Schema::new(
        columns
            .iter()
            .map(|(column, ty)| (name(column), *ty))
            .collect(),
    )
}

/// An operation from its JSON, `op` included.
pub fn operation(json: &Json) -> OperationKind {
    let plan = json!({
        "version": "silversmith.plan/v0",
        "tables": {"t.csv": {
            "grain": {"keys": [], "rows": "equal"},
            "steps": [with_texts(json)],
        }},
    });
    let document = silversmith_plan::PlanDocument::parse(plan.to_string().as_bytes());
    let table = document
        .expect("a plan")
        .tables
        .into_values()
        .next()
        .expect("one table");
    table.steps.into_iter().next().expect("one step").operation
}

fn with_texts(json: &Json) -> Json {
    let mut step = json.clone();
    step["id"] = json!("step");
    step["why"] = json!("test");
    step["evidence"] = json!([]);
    step
}

fn question(kind: &str, schema: &Schema, rows: &[Vec<Value>]) -> Json {
    let columns: Vec<_> = schema
        .columns()
        .iter()
        .map(|(name, ty)| json!([name.as_str(), ty.to_string()]))
        .collect();
    let rows: Vec<Vec<Json>> = rows
        .iter()
        .map(|row| row.iter().map(to_json).collect())
        .collect();
    let run = run_parameters();
    let as_of = run
        .as_of
        .as_datetime()
        .format("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let load_id = run.load_id.to_string();
    json!({
        "kind": kind, "columns": columns, "rows": rows,
        "run": {"as_of": as_of, "load_id": load_id, "source_file": run.source_file},
    })
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Boolean(truth) => json!(truth),
        other => other.canonical_text().map_or(Json::Null, Json::String),
    }
}

fn read_answer(answer: &Json) -> Answer {
    let columns: Vec<(String, String)> =
        serde_json::from_value(answer["columns"].clone()).expect("columns");
    let rows = answer["rows"].as_array().expect("rows");
    let read_row = |row: &Json| {
        let cells = row.as_array().expect("a row").iter().zip(&columns);
        cells.map(|(cell, (_, ty))| read_cell(cell, ty)).collect()
    };
    let removed: Vec<(u64, String, bool)> =
        serde_json::from_value(answer["removed"].clone()).unwrap_or_default();
    Answer {
        rows: rows.iter().map(read_row).collect(),
        counts: serde_json::from_value(answer["counts"].clone()).unwrap_or_default(),
        removed: removed
            .into_iter()
            .map(|(row, step, quarantined)| Removed {
                row,
                step,
                quarantined,
            })
            .collect(),
        columns,
    }
}

fn read_cell(cell: &Json, ty: &str) -> Value {
    let text = match cell {
        Json::Null => return Value::Null,
        Json::Bool(truth) => return Value::Boolean(*truth),
        other => other.as_str().expect("cells are text"),
    };
    match ty {
        "text" => Value::Text(text.to_owned()),
        "integer" => Value::Integer(text.parse().expect("an integer")),
        "float" => Value::Float(text.parse().expect("a float")),
        "date" => Value::Date(text.parse::<NaiveDate>().expect("a date")),
        "timestamp" => Value::Timestamp(text.parse::<NaiveDateTime>().expect("a time")),
        _ if ty.starts_with("decimal") => {
            let scale = text
                .split_once('.')
                .map_or(0, |(_, fraction)| fraction.len());
            let unscaled = text.replace('.', "").parse().expect("a decimal");
            Value::Decimal {
                unscaled,
                scale: u8::try_from(scale).expect("a scale"),
            }
        }
        other => panic!("a result of type {other}"),
    }
}

fn differences(wanted: &Frame, schema: &Schema, got: &Answer) -> Result<(), String> {
    let columns: Vec<(String, String)> = schema
        .columns()
        .iter()
        .map(|(name, ty)| (name.as_str().to_owned(), ty.to_string()))
        .collect();
    same("columns", &columns, &got.columns)?;
    same("schema", wanted.schema(), schema)?;
    let rows: Vec<&Vec<Value>> = wanted.rows().iter().map(|row| &row.cells).collect();
    same("rows", &rows, &got.rows.iter().collect())?;
    let mut counts = BTreeMap::new();
    for ((step, column), count) in wanted.counts() {
        counts.insert(format!("{step}/changed/{column}"), count.changed);
        counts.insert(format!("{step}/invalid/{column}"), count.invalid);
    }
    for (name, count) in wanted.checks() {
        let (step, name) = name.split_once('/').unwrap_or((name, ""));
        counts.insert(format!("{step}/check/{name}"), *count);
    }
    // A count that one side does not keep is zero.
    counts.retain(|_, count| *count != 0);
    let mut got_counts = got.counts.clone();
    got_counts.retain(|_, count| *count != 0);
    same("counts", &counts, &got_counts)?;
    same("removed", &wanted.removed().to_vec(), &got.removed)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: &T, got: &T) -> Result<(), String> {
    if wanted == got {
        return Ok(());
    }
    Err(format!(
        "{what} differ\n interpreter: {wanted:?}\n polars:      {got:?}"
    ))
}
