use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_intake::QuarantineConsent;
use silversmith_types::ColumnName;

use crate::compile::{Transform, column_expression};
use crate::expression::{CallNode, ColumnNode, Expression, Function, LiteralNode};
use crate::interpret::{Frame, RunError, RunParameters};
use crate::module::literal::{python_list, python_text};
use crate::operation::{Class, Effect, Operation, Problem, check_columns, column_type};
use crate::schema::Schema;
use crate::value::{ColumnType, Literal};

/// Longest name of an expectation.
const MAX_NAME: usize = 60;

/// States what must hold of the table at this point. Rows for which it does not are counted in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A name for reports: lower-case letters, digits and dashes.
    pub name: String,
    /// What must hold.
    pub that: Expectation,
    /// What happens otherwise.
    pub on_fail: OnFail,
    /// With `warn` and `fail`: how many violations are still fine. Removing rows has no threshold.
    #[serde(default)]
    pub threshold: u64,
}

/// What can be expected of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expectation {
    /// Holds for every row; unknown (null) holds.
    Predicate(Expression),
    /// No null in the column.
    #[schemars(with = "String")]
    NotNull(ColumnName),
    /// No two rows agree in these columns; rows with a null in them do not count. Of the rows that
    /// agree, all but the first violate it.
    #[schemars(with = "Vec<String>")]
    Unique(Vec<ColumnName>),
    /// Every value is one of these; null is fine.
    ValueDomain {
        /// The column.
        #[schemars(with = "String")]
        column: ColumnName,
        /// The values.
        allowed: Vec<Literal>,
    },
    /// `first` is not after `second`, where both have a value.
    Order {
        /// The earlier or smaller.
        #[schemars(with = "String")]
        first: ColumnName,
        /// The later or larger.
        #[schemars(with = "String")]
        second: ColumnName,
    },
    /// At least and at most so many rows. A violation counts the rows that are missing or too many.
    RowCount {
        /// At least.
        min: u64,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
}

/// What happens when an expectation does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFail {
    /// It is counted and reported.
    Warn,
    /// The rows are removed for good. Not for `row_count`.
    Drop,
    /// The rows go to quarantine. Not for `row_count`.
    Quarantine,
    /// The table is not published.
    Fail,
}

impl OnFail {
    fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Drop => "drop",
            Self::Quarantine => "quarantine",
            Self::Fail => "fail",
        }
    }

    fn removes(self) -> bool {
        matches!(self, Self::Drop | Self::Quarantine)
    }
}

impl Expect {
    /// The columns that it states to be unique together.
    pub(crate) fn unique(&self) -> Option<&[ColumnName]> {
        match &self.that {
            Expectation::Unique(columns) => Some(columns),
            _ => None,
        }
    }

    fn check_name(&self) -> Result<(), Problem> {
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if (1..=MAX_NAME).contains(&self.name.len()) && self.name.bytes().all(plain) {
            return Ok(());
        }
        let rule = format!("is not 1 to {MAX_NAME} lower-case letters, digits and dashes");
        Err(Problem::new("/name", rule))
    }

    fn finish(&self, frame: &mut Frame, violations: &[u64], count: u64) -> Result<(), RunError> {
        frame.record_check(&self.name, count);
        match self.on_fail {
            OnFail::Warn => {}
            OnFail::Drop => frame.remove(violations, false),
            OnFail::Quarantine => frame.remove(violations, true),
            OnFail::Fail if count > self.threshold => {
                let (step, name) = (frame.step().to_owned(), self.name.clone());
                return Err(RunError::Expectation { step, name, count });
            }
            OnFail::Fail => {}
        }
        Ok(())
    }
}

impl Expectation {
    /// What must hold of each row (null holds), where that is what is expected.
    fn condition(&self) -> Option<Expression> {
        Some(match self {
            Self::Predicate(expression) => expression.clone(),
            Self::NotNull(column) => call(
                Function::Not,
                vec![call(Function::IsNull, vec![cell(column)])],
            ),
            Self::ValueDomain { column, allowed } => {
                let values = allowed.iter().cloned();
                let values = values.map(|literal| Expression::Literal(LiteralNode { literal }));
                call(
                    Function::In,
                    std::iter::once(cell(column)).chain(values).collect(),
                )
            }
            Self::Order { first, second } => {
                call(Function::LessOrEqual, vec![cell(first), cell(second)])
            }
            Self::Unique(_) | Self::RowCount { .. } => return None,
        })
    }

    fn check(&self, schema: &Schema) -> Result<(), Problem> {
        match self {
            Self::Predicate(expression) => {
                expression.condition(schema, "/that/predicate").map(|_| ())
            }
            Self::NotNull(column) => column_type(schema, column, "/that/not_null").map(|_| ()),
            Self::Unique(columns) => check_columns(columns, schema)
                .map_err(|problem| Problem::new("/that/unique", problem.message)),
            Self::ValueDomain { column, allowed } => {
                column_type(schema, column, "/that/value_domain/column")?;
                check_domain(column, allowed, schema)
            }
            Self::Order { first, second } => {
                column_type(schema, first, "/that/order/first")?;
                column_type(schema, second, "/that/order/second")?;
                let condition = call(Function::LessOrEqual, vec![cell(first), cell(second)]);
                let problem = |found: Problem| Problem::new("/that/order", found.message);
                condition
                    .condition(schema, "/that/order")
                    .map(|_| ())
                    .map_err(problem)
            }
            Self::RowCount { min, max } if max.is_some_and(|max| max < *min) => Err(Problem::new(
                "/that/row_count/max",
                "is less than the minimum",
            )),
            Self::RowCount { .. } => Ok(()),
        }
    }
}

/// Most values of a domain. A reviewer reads every one, and every row is compared with them.
const MAX_DOMAIN: usize = 1000;

fn check_domain(column: &ColumnName, allowed: &[Literal], schema: &Schema) -> Result<(), Problem> {
    if allowed.is_empty() || allowed.len() > MAX_DOMAIN {
        let rule = format!("has no value, or more than {MAX_DOMAIN}");
        return Err(Problem::new("/that/value_domain/allowed", rule));
    }
    for (at, literal) in allowed.iter().enumerate() {
        let value = Expression::Literal(LiteralNode {
            literal: literal.clone(),
        });
        call(Function::In, vec![cell(column), value])
            .typed(schema, "")
            .map_err(|p| Problem::new(format!("/that/value_domain/allowed/{at}"), p.message))?;
    }
    Ok(())
}

fn call(function: Function, args: Vec<Expression>) -> Expression {
    Expression::Call(CallNode {
        function,
        args,
        to: None,
    })
}

fn cell(column: &ColumnName) -> Expression {
    Expression::Column(ColumnNode {
        column: column.clone(),
    })
}

/// The rows that agree with an earlier one in these columns; ascending.
fn repeats(columns: &[ColumnName], frame: &Frame) -> Vec<u64> {
    let places = columns
        .iter()
        .filter_map(|column| frame.schema().position(column));
    frame.repeats(&places.collect::<Vec<_>>())
}

impl Operation for Expect {
    fn class(&self) -> Class {
        Class::Check
    }

    fn check(&self, schema: &mut Schema) -> Result<(), Problem> {
        self.check_name()?;
        if self.on_fail.removes() && self.threshold > 0 {
            return Err(Problem::new(
                "/threshold",
                "must be 0 where rows are removed",
            ));
        }
        if self.on_fail.removes() && matches!(self.that, Expectation::RowCount { .. }) {
            return Err(Problem::new(
                "/on_fail",
                "cannot remove rows that a row count misses",
            ));
        }
        self.that.check(schema)
    }

    fn effect(&self, _column: &ColumnName, _input: ColumnType) -> Effect {
        Effect::Keeps
    }

    fn interpret(&self, frame: &mut Frame, run: &RunParameters) -> Result<(), RunError> {
        let violations = match (&self.that, self.that.condition()) {
            (Expectation::RowCount { min, max }, _) => {
                let rows = frame.rows().len() as u64;
                let beyond = max.map_or(0, |max| rows.saturating_sub(max));
                let count = min.saturating_sub(rows) + beyond;
                return self.finish(frame, &[], count);
            }
            (Expectation::Unique(columns), _) => repeats(columns, frame),
            (_, Some(condition)) => {
                let condition = condition.for_run(frame.schema())?;
                let rows = frame.rows().iter();
                let fails = rows.filter(|row| condition.fails(&row.cells, run));
                fails.map(|row| row.number).collect()
            }
            (_, None) => Vec::new(),
        };
        self.finish(frame, &violations, violations.len() as u64)
    }

    fn compile(&self, schema: &Schema, transform: &mut Transform<'_>) {
        let name = python_text(&self.name);
        let on_fail = format!("on_fail={}", python_text(self.on_fail.name()));
        let threshold = format!("threshold={}", self.threshold);
        let condition = self.that.condition();
        match (
            &self.that,
            condition.and_then(|condition| condition.typed_any_size(schema, "").ok()),
        ) {
            (Expectation::RowCount { min, max }, _) => {
                let max = max.map_or("None".to_owned(), |max| max.to_string());
                let bounds = format!("({min}, {max})");
                transform.call("expect_rows", &[name, bounds, on_fail, threshold]);
            }
            (Expectation::Unique(columns), _) => {
                let columns = python_list(columns.iter().map(ColumnName::as_str));
                transform.call("expect_unique", &[name, columns, on_fail, threshold]);
            }
            (Expectation::NotNull(column), _) => {
                let violated = format!("{}.is_null()", column_expression(column));
                transform.call("expect", &[name, violated, on_fail, threshold]);
            }
            (_, Some(condition)) => {
                let violated = format!("{}.not_()", condition.compile());
                transform.call("expect", &[name, violated, on_fail, threshold]);
            }
            // `check` accepted the schema.
            (_, None) => {}
        }
    }

    /// It changes no cell, and the rows that are left pass again.
    fn is_idempotent(&self) -> bool {
        true
    }

    fn removal(&self) -> Option<QuarantineConsent> {
        self.on_fail.removes().then_some(match &self.that {
            Expectation::NotNull(_) => QuarantineConsent::NullKey,
            Expectation::Unique(_) => QuarantineConsent::DuplicateKey,
            _ => QuarantineConsent::InvalidValue,
        })
    }

    fn loses_rows(&self) -> bool {
        self.on_fail == OnFail::Drop
    }
}
