//! The Python module: header, transforms, skeleton.

mod header;
pub mod literal;
mod python;

use std::collections::{BTreeMap, BTreeSet};

use silversmith_intake::Brief;
use silversmith_types::{Digest, TableName};

pub use header::{Header, HeaderError};
pub use python::ReadBackError;

use crate::check::Plan;
use crate::compile::Transform;
use crate::document::{RowRelation, TablePlan};
use crate::schema::Schema;
use literal::{python_comment, python_list, python_text};
use python::{Call, Function};

/// The style sheet that all reports share.
pub const STYLE: &str = include_str!("style.css");

/// The version of Polars that the expressions are written for and tested with.
pub const POLARS_VERSION: &str = "2.1.0";

/// The first part of the skeleton: what a module is, and everything that it imports.
pub const PREAMBLE: &str = include_str!("skeleton/preamble.py");
const TABLE: &str = include_str!("skeleton/table.py");
const EXPRESSIONS: &str = include_str!("skeleton/expressions.py");
const RUNNER: &str = include_str!("skeleton/runner.py");

/// Stands on a line of its own before the transforms.
pub const TRANSFORMS_BEGIN: &str = "# --- transforms: made for this data -----------------------------------------------------------------";
/// Stands on a line of its own after the transforms.
pub const TRANSFORMS_END: &str = "# --- skeleton: the same in every module ------------------------------------------------------------";

/// A compiled module together with the plan that it was compiled from.
///
/// Only [`Module::compile`] makes one; it proves that the source reads back as what was meant.
#[derive(Debug)]
pub struct Module {
    source: String,
    header: Header,
    plan: Plan,
}

/// What a module says of its making that the plan does not know.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who wrote the plan, with version.
    pub author: String,
    /// The program that compiles it, with version.
    pub tool: String,
}

impl Module {
    /// Compiles a plan that was checked against this brief.
    pub fn compile(plan: Plan, brief: &Brief, origin: &Origin) -> Result<Self, ReadBackError> {
        let (transforms, functions) = compile_transforms(&plan, brief);
        python::read_back(&transforms, &functions)?;
        let evidence = brief.tables().iter();
        let files: Option<BTreeMap<TableName, Digest>> = evidence
            .map(|(name, table)| Some((name.clone(), table.evidence.as_ref()?.sha256)))
            .collect();
        let header = Header {
            bronze_run: brief.bronze_run().clone(),
            as_of: brief.as_of(),
            author: origin.author.clone(),
            tool: origin.tool.clone(),
            context: brief.context_digest(),
            report: brief.report_digest(),
            contract: brief.contract_digest(),
            bronze: files.as_ref().map(Header::digest_of_bronze),
            plan: plan.digest(),
            skeleton: skeleton_digest(),
            transforms: Digest::of(transforms.as_bytes()),
        };
        let (before, after) = skeleton();
        let source = format!(
            "{}{}{before}{transforms}{after}",
            script_block(),
            header.render()
        );
        Ok(Self {
            source,
            header,
            plan,
        })
    }

    /// The Python source: what is hashed, signed and run.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// SHA-256 of the source.
    pub fn digest(&self) -> Digest {
        Digest::of(self.source.as_bytes())
    }

    /// Where it comes from.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The plan that it was compiled from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

/// The fixed text before and after the transforms, markers included.
pub fn skeleton() -> (String, String) {
    let style = format!("STYLE = {}\n", python_text(STYLE));
    let before = format!("{PREAMBLE}\n\n{TRANSFORMS_BEGIN}\n");
    let after = format!("{TRANSFORMS_END}\n\n\n{TABLE}\n\n{EXPRESSIONS}\n\n{style}\n\n{RUNNER}");
    (before, after)
}

/// SHA-256 over the skeleton: what is before the transforms, then what is after.
pub fn skeleton_digest() -> Digest {
    let (before, after) = skeleton();
    Digest::of(format!("{before}{after}").as_bytes())
}

/// The first lines of a module: how to start it, and what it needs (PEP 723).
pub fn script_block() -> String {
    format!(
        "#!/usr/bin/env python3\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\"polars=={POLARS_VERSION}\"]\n# ///\n"
    )
}

fn compile_transforms(plan: &Plan, brief: &Brief) -> (String, Vec<Function>) {
    let mut out = String::new();
    let mut functions = Vec::new();
    let mut registry = String::from("\n\nTABLES = {\n");
    let mut taken = BTreeSet::new();
    for (name, table) in &plan.document().tables {
        // `Plan::check` refused tables that the brief does not have.
        let Some(described) = brief.tables().get(name) else {
            continue;
        };
        let function = function_name(name, &mut taken);
        let bronze = Schema::bronze(described.columns.iter().map(|column| &column.name));
        let silver = plan.schemas().get(name).unwrap_or(&bronze);
        let columns = |schema: &Schema| python_list(schema.names().map(|column| column.as_str()));
        registry.push_str(&format!("    {}: {{\n", python_text(name.as_str())));
        registry.push_str(&format!("        \"transform\": {function},\n"));
        registry.push_str(&format!("        \"bronze\": {},\n", columns(&bronze)));
        registry.push_str(&format!(
            "        \"silver\": {},\n    }},\n",
            columns(silver)
        ));
        out.push_str(&format!(
            "\n\ndef {function}(t: Table, run: Run) -> Table:\n"
        ));
        let summary = format!(
            "{name}: {} Bronze rows; {}",
            described.rows,
            grain_text(table)
        );
        out.push_str(&format!("    {}\n", python_text(&summary)));
        let calls = compile_table(table, bronze, &mut out);
        out.push_str("    return t\n");
        functions.push(Function {
            name: function,
            calls,
        });
    }
    registry.push_str("}\n\n\n");
    out.push_str(&registry);
    (out, functions)
}

fn compile_table(table: &TablePlan, bronze: Schema, out: &mut String) -> Vec<Call> {
    let mut schema = bronze;
    let mut calls = Vec::new();
    for step in &table.steps {
        let mut lines = Vec::new();
        let operation = step.operation.as_operation();
        let mut transform = Transform::new(&mut lines, &step.id);
        operation.compile(&schema, &mut transform);
        let methods = transform.into_methods();
        calls.extend(methods.into_iter().map(|method| Call {
            method,
            step: step.id.clone(),
        }));
        if !lines.is_empty() {
            out.push_str(&format!(
                "    # {}: {}\n",
                step.id,
                python_comment(&step.why)
            ));
        }
        for line in lines {
            out.push_str(&format!("    {line}\n"));
        }
        // `Plan::check` applied the same steps to the same schema.
        if operation.check(&mut schema).is_err() {
            break;
        }
    }
    calls
}

fn grain_text(table: &TablePlan) -> String {
    let keys: Vec<&str> = table.grain.keys.iter().map(|key| key.as_str()).collect();
    let keys = if keys.is_empty() {
        "no key".to_owned()
    } else {
        format!("key {}", keys.join(", "))
    };
    match &table.grain.rows {
        RowRelation::Equal => format!("{keys}; every row kept"),
        RowRelation::Subset(reason) => format!("{keys}; rows left out: {reason}"),
    }
}

/// `silver_` and the letters, digits and underscores of the table's name; numbered where taken.
fn function_name(table: &TableName, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let base = format!(
        "silver_{}",
        table.stem().chars().map(plain).collect::<String>()
    );
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let free = std::iter::once(base.clone())
        .chain(numbered)
        .find(|name| !taken.contains(name));
    let name = free.unwrap_or(base);
    taken.insert(name.clone());
    name
}
