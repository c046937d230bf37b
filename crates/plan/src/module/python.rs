//! The one module that knows the Python parser: the compiled module is read back and compared.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::literal::python_text;

/// A call `t = t.method("step", …)` of a transform, as it was written or as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// The method of the skeleton's `Table`.
    pub(super) method: String,
    /// The step.
    pub(super) step: String,
}

/// One transform function, as it was written or as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Its calls in order.
    pub(super) calls: Vec<Call>,
}

/// Why the compiled source is not what was meant: a defect of the compiler, never of the input.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadBackError {
    /// The parser refuses it.
    #[error("the compiled module is no Python: {0}")]
    Syntax(String),
    /// It parses to something else.
    #[error("the compiled module reads back differently: {0}")]
    Different(String),
}

/// Reads transforms back and compares: the same functions, each with the same calls in the same
/// order, and every string literal in the form that the escaping function gives it.
pub(super) fn read_back(transforms: &str, expected: &[Function]) -> Result<(), ReadBackError> {
    let parsed = ruff_python_parser::parse_module(transforms)
        .map_err(|error| ReadBackError::Syntax(error.to_string()))?;
    let module = parsed.into_syntax();
    let mut found = Vec::new();
    for statement in &module.body {
        match statement {
            Stmt::FunctionDef(function) => {
                found.push(Function {
                    name: function.name.to_string(),
                    calls: function.body.iter().filter_map(step_call).collect(),
                });
                // A docstring, the calls and the return: nothing else may have come in.
                let others = function
                    .body
                    .iter()
                    .filter(|s| step_call(s).is_none())
                    .count();
                if others != 2 {
                    return Err(ReadBackError::Different(format!(
                        "body of {}",
                        function.name
                    )));
                }
            }
            Stmt::Assign(assign) if is_name(&assign.targets[0], "TABLES") => {}
            _ => {
                return Err(ReadBackError::Different(
                    "a statement between functions".to_owned(),
                ));
            }
        }
    }
    if found != expected {
        return Err(ReadBackError::Different("functions or calls".to_owned()));
    }
    let mut literals = Literals {
        source: transforms,
        strange: None,
    };
    literals.visit_body(&module.body);
    match literals.strange {
        None => Ok(()),
        Some(text) => Err(ReadBackError::Different(format!("literal {text}"))),
    }
}

fn is_name(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Name(found) if found.id.as_str() == name)
}

/// `t = t.method("step", …)`.
fn step_call(statement: &Stmt) -> Option<Call> {
    let Stmt::Assign(assign) = statement else {
        return None;
    };
    let [target] = assign.targets.as_slice() else {
        return None;
    };
    let Expr::Call(call) = &*assign.value else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let (true, true) = (is_name(target, "t"), is_name(&method.value, "t")) else {
        return None;
    };
    let Some(Expr::StringLiteral(step)) = call.arguments.args.first() else {
        return None;
    };
    Some(Call {
        method: method.attr.to_string(),
        step: step.value.to_str().to_owned(),
    })
}

struct Literals<'a> {
    source: &'a str,
    strange: Option<String>,
}

impl<'a> Visitor<'a> for Literals<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(literal) => {
                let written = &self.source[literal.range()];
                let canonical = python_text(literal.value.to_str());
                // Fixed patterns of the operations are raw strings of ASCII.
                let raw = format!("r\"{}\"", literal.value.to_str());
                if written != canonical && written != raw {
                    self.strange = Some(written.to_owned());
                }
            }
            Expr::BytesLiteral(_) | Expr::FString(_) | Expr::Lambda(_) => {
                self.strange = Some(self.source[expression.range()].to_owned());
            }
            _ => walk_expr(self, expression),
        }
    }
}
