//! What the skeleton offers to transforms: the steps of its `Table`, its helpers on expressions and
//! the fields of `Run`. Read from the reviewed text itself, so that there is no second list.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use silversmith_plan::module::skeleton;

use crate::python;

/// Names that transforms may use.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Methods of `Table` whose first parameter is `step`, private ones aside.
    pub(crate) steps: BTreeSet<String>,
    /// Functions that return a Polars expression.
    pub(crate) helpers: BTreeSet<String>,
    /// Fields of `Run`.
    pub(crate) run_fields: BTreeSet<String>,
    /// Everything that the skeleton defines: no transform may take such a name.
    pub(crate) taken: BTreeSet<String>,
}

impl Vocabulary {
    /// That of the shipped skeleton, which is read once.
    pub(crate) fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Vocabulary> = OnceLock::new();
        SHIPPED.get_or_init(Self::read)
    }

    fn read() -> Self {
        let (before, after) = skeleton();
        // The skeleton is our own text, and a test parses it; were it no Python, nothing would be
        // on the list and every module refused.
        let statements = python::parse(&format!("{before}{after}")).unwrap_or_default();
        let mut vocabulary = Self::default();
        for statement in &statements {
            match statement {
                Stmt::FunctionDef(function) => vocabulary.function(function),
                Stmt::ClassDef(class) => vocabulary.class(class),
                _ => {}
            }
        }
        vocabulary
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        let name = function.name.to_string();
        if function.returns.as_deref().is_some_and(is_expression_type) && !name.starts_with('_') {
            self.helpers.insert(name.clone());
        }
        self.taken.insert(name);
    }

    fn class(&mut self, class: &StmtClassDef) {
        self.taken.insert(class.name.to_string());
        for statement in &class.body {
            match (class.name.as_str(), statement) {
                ("Table", Stmt::FunctionDef(method)) => {
                    let first = method
                        .parameters
                        .args
                        .get(1)
                        .map(|p| p.parameter.name.as_str());
                    if first == Some("step") && !method.name.starts_with('_') {
                        self.steps.insert(method.name.to_string());
                    }
                }
                ("Run", Stmt::AnnAssign(field)) => {
                    if let Expr::Name(name) = &*field.target {
                        self.run_fields.insert(name.id.to_string());
                    }
                }
                _ => {}
            }
        }
    }
}

/// `pl.Expr`.
fn is_expression_type(annotation: &Expr) -> bool {
    let Expr::Attribute(attribute) = annotation else {
        return false;
    };
    attribute.attr.as_str() == "Expr"
        && matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "pl")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skeleton_offers_steps_and_pure_helpers() {
        let vocabulary = Vocabulary::shipped();
        for step in ["change", "convert", "remove", "keep_latest", "expect"] {
            assert!(vocabulary.steps.contains(step), "{step}");
        }
        assert!(vocabulary.helpers.contains("text_or_null"));
        assert!(vocabulary.run_fields.contains("as_of"));
        for private in ["_with", "_removed", "_cells", "hash_file", "main"] {
            assert!(!vocabulary.steps.contains(private) && !vocabulary.helpers.contains(private));
        }
        assert!(vocabulary.taken.contains("main"));
    }
}
