//! The published schemas are those of the code, and say of a document what the code says.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use std::path::Path;

use serde_json::Value;

fn assert_published(name: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/schema")
        .join(name);
    let mut schema = serde_json::to_string_pretty(schema).unwrap();
    schema.push('\n');
    if std::env::var_os("SILVERSMITH_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/schema/{name} is not up to date: run this test with SILVERSMITH_UPDATE_SCHEMA=1"
    );
}

#[test]
fn the_schema_of_the_context_is_up_to_date() {
    assert_published("context.schema.json", &silversmith_intake::context_schema());
}

#[test]
fn the_schema_of_the_brief_is_up_to_date() {
    assert_published("brief.schema.json", &silversmith_intake::brief_schema());
}
