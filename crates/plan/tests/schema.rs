//! The published schema is that of the code.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use std::path::Path;

#[test]
fn the_published_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/plan.schema.json");
    let mut schema = serde_json::to_string_pretty(&silversmith_plan::json_schema()).unwrap();
    schema.push('\n');
    if std::env::var_os("SILVERSMITH_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/schema/plan.schema.json is not up to date: run this test with SILVERSMITH_UPDATE_SCHEMA=1"
    );
}
