//! From operations to the lines of a transform: Python that calls Polars and the skeleton's
//! `Table`, and nothing else.

use silversmith_types::ColumnName;

use crate::module::literal::{python_list, python_text};
use crate::operation::OnError;

/// A cell operation on one column, as a Polars expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The column.
    pub column: ColumnName,
    /// Python source of a Polars expression.
    pub expression: String,
    /// Whether the column has the same type afterwards, so that changed cells can be counted.
    pub keeps_type: bool,
}

/// `pl.col("name")`.
pub fn column_expression(name: &ColumnName) -> String {
    format!("pl.col({})", python_text(name.as_str()))
}

/// The body of one transform function while it is being written.
#[derive(Debug)]
pub struct Transform<'a> {
    lines: &'a mut Vec<String>,
    step: &'a str,
    methods: Vec<String>,
}

impl<'a> Transform<'a> {
    /// Writes into `lines` on behalf of the step with this id.
    pub fn new(lines: &'a mut Vec<String>, step: &'a str) -> Self {
        Self {
            lines,
            step,
            methods: Vec::new(),
        }
    }

    /// Applies cell changes: `t.change` where the type stays (changed cells are counted),
    /// `t.convert` where it does not. A step that does both is written as one `t.convert` with the
    /// names of the columns that keep their type.
    pub fn cells(&mut self, cells: &[CellChange], on_error: Option<OnError>) {
        let method = match () {
            () if cells.iter().all(|cell| cell.keeps_type) => "change",
            () if cells.iter().all(|cell| !cell.keeps_type) => "convert",
            () => "convert_some",
        };
        let mut options = Vec::new();
        if method == "convert_some" {
            let kept = cells.iter().filter(|cell| cell.keeps_type);
            options.push(format!(
                "kept={}",
                python_list(kept.map(|cell| cell.column.as_str()))
            ));
        }
        match on_error {
            None => {}
            Some(OnError::Null) => options.push("on_error=\"null\"".to_owned()),
            Some(OnError::Quarantine) => options.push("on_error=\"quarantine\"".to_owned()),
            Some(OnError::Fail) => options.push("on_error=\"fail\"".to_owned()),
        }
        self.expressions(
            method,
            cells.iter().map(|cell| (&cell.column, &*cell.expression)),
            &options,
        );
    }

    /// `t = t.method(step, {column: expression, …}, options…)`.
    pub fn expressions<'e>(
        &mut self,
        method: &str,
        columns: impl IntoIterator<Item = (&'e ColumnName, &'e str)>,
        options: &[String],
    ) {
        self.methods.push(method.to_owned());
        self.lines
            .push(format!("t = t.{method}({}, {{", python_text(self.step)));
        for (name, expression) in columns {
            self.lines
                .push(format!("    {}: {expression},", python_text(name.as_str())));
        }
        let tail: String = options.iter().map(|option| format!(", {option}")).collect();
        self.lines.push(format!("}}{tail})"));
    }

    /// `t = t.method(step, arguments…)`.
    pub fn call(&mut self, method: &str, arguments: &[String]) {
        self.methods.push(method.to_owned());
        let tail: String = arguments
            .iter()
            .map(|argument| format!(", {argument}"))
            .collect();
        self.lines
            .push(format!("t = t.{method}({}{tail})", python_text(self.step)));
    }

    /// The methods that were called, in order.
    pub fn into_methods(self) -> Vec<String> {
        self.methods
    }
}
