//! The Open Data Contract (ODCS v3) for the shop's Silver tables.

use std::fmt::Write as _;

use crate::cell::{Column, Kind, Table};
use crate::codes::{YES_NO, YES_NO_LETTER};

/// The contract as YAML. Every text in it is made here and needs no quotes, except where given.
pub(crate) fn contract_yaml(tables: &[Table]) -> String {
    let mut yaml = String::from(
        "apiVersion: v3.0.2\nkind: DataContract\nid: silversmith-example-shop\n\
         name: Example shop\nversion: 1.0.0\nstatus: active\nschema:\n",
    );
    for table in tables {
        table_yaml(&mut yaml, table);
    }
    yaml
}

fn table_yaml(yaml: &mut String, table: &Table) {
    // Writing to a String cannot fail, so the results below carry nothing.
    let _ = write!(
        yaml,
        "  - name: {0}\n    physicalName: {0}.csv\n    logicalType: object\n    \
         physicalType: file\n    description: \"{1}\"\n",
        table.name, table.about
    );
    if !table.consent.is_empty() {
        let reasons: Vec<&str> = table.consent.iter().map(|reason| reason.name()).collect();
        let _ = write!(
            yaml,
            "    customProperties:\n      - property: silversmith.quarantine\n        \
             value: [{}]\n",
            reasons.join(", ")
        );
    }
    yaml.push_str("    properties:\n");
    for column in table.columns {
        let _ = write!(
            yaml,
            "      - name: {}\n        logicalType: {}\n",
            column.name,
            logical_type(column)
        );
        if let Some(position) = table.key.iter().position(|key| *key == column.name) {
            let _ = write!(
                yaml,
                "        primaryKey: true\n        primaryKeyPosition: {}\n",
                position + 1
            );
            if table.key.len() == 1 {
                yaml.push_str("        unique: true\n");
            }
        }
        if column.required {
            yaml.push_str("        required: true\n");
        }
    }
}

/// The type as ODCS names it. Gender and country stay text; yes and no are a boolean.
fn logical_type(column: &Column) -> &'static str {
    match column.kind {
        Kind::Text => "string",
        Kind::Integer => "integer",
        Kind::Decimal => "number",
        Kind::Date => "date",
        Kind::Code(classes) if *classes == YES_NO || *classes == YES_NO_LETTER => "boolean",
        Kind::Code(_) => "string",
    }
}
