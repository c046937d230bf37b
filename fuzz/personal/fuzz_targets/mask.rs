//! Any text: matches are whole characters in order, and nothing is found in what was masked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_personal::{Masker, column_kind, find, value_kind};

fuzz_target!(|text: &str| {
    let mut end = 0;
    for found in find(text) {
        assert!(found.span.start >= end && text.get(found.span.clone()).is_some());
        end = found.span.end;
    }
    let (masked, _) = Masker::new("c082").mask(text);
    assert!(find(&masked).is_empty(), "{masked:?}");
    let _ = (value_kind(text), column_kind("t.csv", text));
});
