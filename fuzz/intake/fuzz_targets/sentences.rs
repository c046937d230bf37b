//! A column's name (the first line) and suggestions (the others) that may be anything: only existing
//! columns get hints, and every sentence either is one or is withheld.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use silversmith_intake::{Rules, RunInputs, admit};

const CONTEXT: &[u8] = include_bytes!("../corpus/context/whole.json");

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let name = lines.next().unwrap_or_default();
    let sentences: Vec<&str> = lines.collect();
    let mut context: Value = serde_json::from_slice(CONTEXT).unwrap();
    let table = &mut context["profile"]["tables"]["a.csv"];
    table["columns"] = json!(["id", name]);
    table["inferred_types"] = json!({"id": "string", name: "string"});
    table["null_counts"] = json!({"id": 0, name: 0});
    table["suggested_silver_transforms"] = json!(sentences);
    context["profile"]["errors"] = json!([text]);
    let context = context.to_string();
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: b"",
        contract: None,
        as_of: None,
        bronze: None,
    };
    if let Ok(admitted) = admit(inputs, &Rules::default()) {
        for table in admitted.brief.tables().values() {
            let hints: usize = table.columns.iter().map(|column| column.hints.len()).sum();
            assert!(hints + table.hints.len() <= sentences.len());
        }
    }
});
