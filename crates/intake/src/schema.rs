//! The published shapes of what comes in and of what is sent.

use serde_json::Value;
use silversmith_types::context::RunContext;

use crate::sent::SentBrief;

/// The JSON Schema of a run context, as published in `docs/schema/context.schema.json`. It is that of
/// production: elsewhere keys that it does not have are left out and noted.
pub fn context_schema() -> Value {
    schemars::schema_for!(RunContext).to_value()
}

/// The JSON Schema of a brief as it is sent, as published in `docs/schema/brief.schema.json`.
pub fn brief_schema() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<SentBrief<'_>>()
        .to_value()
}
