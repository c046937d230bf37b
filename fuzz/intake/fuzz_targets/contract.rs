//! Any bytes as a contract beside a context that is fine.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_intake::{Rules, RunInputs, admit};

const CONTEXT: &[u8] = include_bytes!("../corpus/context/whole.json");

fuzz_target!(|contract: &[u8]| {
    let inputs = RunInputs {
        context: CONTEXT,
        report: b"",
        contract: Some(contract),
        as_of: None,
        bronze: None,
    };
    if let Ok(admitted) = admit(inputs, &Rules::default()) {
        for table in admitted.brief.tables().values() {
            let known: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
            let terms = &table.terms;
            let mut named = terms
                .primary_key
                .iter()
                .chain(&terms.required)
                .chain(&terms.unique);
            assert!(named.all(|name| known.contains(&name)));
        }
    }
});
