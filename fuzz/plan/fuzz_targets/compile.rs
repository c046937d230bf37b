//! Any plan for a table that is there: refused, or a module that reads back as its plan and that the
//! policy admits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_plan::module::{Module, Origin};
use silversmith_plan::{Plan, PlanDocument};

#[path = "../../brief.rs"]
mod brief;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = PlanDocument::parse(bytes) else {
        return;
    };
    let Ok(plan) = Plan::check(document, &brief::BRIEF) else {
        return;
    };
    let origin = Origin {
        author: "rules/0".to_owned(),
        tool: "silversmith/0".to_owned(),
    };
    let module = Module::compile(plan, &brief::BRIEF, &origin).expect("what was checked compiles");
    if let Err(rejection) = silversmith_policy::verify(module) {
        panic!(
            "the policy refuses what the compiler wrote: {:?}",
            rejection.findings
        );
    }
});
