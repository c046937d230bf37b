//! Any answer of an author: refused, or bytes that the strict parser of plans takes or refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_author::proposal;
use silversmith_plan::{Plan, PlanDocument};

#[path = "../../brief.rs"]
mod brief;

fuzz_target!(|bytes: &[u8]| {
    let Ok(plan) = proposal::read(bytes, &brief::BRIEF) else {
        return;
    };
    if let Ok(document) = PlanDocument::parse(&plan) {
        let _ = Plan::check(document, &brief::BRIEF);
    }
});
