//! The plan: a closed vocabulary of operations over tables, as data.
//!
//! A plan cannot name a file, a host, an import or a piece of code. What it says is checked against
//! the [`Brief`](silversmith_intake::Brief), defined by the reference interpreter in
//! [`interpret`], and compiled to a Python module in [`module`].
//!
//! Pure: no file system, network, clock, environment or randomness.

mod check;
pub mod compile;
mod diff;
mod document;
pub mod expression;
pub mod interpret;
pub mod module;
mod operation;
pub mod ops;
mod origins;
mod schema;
mod value;

pub use check::{Plan, PlanError};
pub use diff::{PlanDiff, StepDiff, TableDiff, diff};
pub use document::{Grain, PlanDocument, RowRelation, Step, TablePlan, json_schema};
pub use operation::{Class, Effect, OnError, Operation, OperationKind, Problem};
pub use origins::Origins;
pub use schema::Schema;
pub use value::{ColumnType, Literal, Value};
