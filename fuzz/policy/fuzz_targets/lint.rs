//! Any text as transforms inside a proper module: an answer, within stack and time; and what is
//! accepted names nothing that reads files or leaves Python.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use silversmith_plan::module::{Module, Origin, TRANSFORMS_BEGIN, TRANSFORMS_END};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_policy::lint;

#[path = "../../brief.rs"]
mod brief;

/// A module without its transforms: what stands before them, and what after.
static AROUND: LazyLock<(String, String)> = LazyLock::new(|| {
    let plan = include_bytes!("../../plan/corpus/compile/add_metadata.json");
    let document = PlanDocument::parse(plan).expect("the seed is a plan");
    let plan = Plan::check(document, &brief::BRIEF).expect("for the brief");
    let origin = Origin {
        author: "rules/0".to_owned(),
        tool: "silversmith/0".to_owned(),
    };
    let module = Module::compile(plan, &brief::BRIEF, &origin).expect("what was checked compiles");
    let source = module.source();
    assert!(lint(source).is_empty(), "the frame is a good one");
    let (before, rest) = source.split_once(TRANSFORMS_BEGIN).expect("it begins");
    let (_, after) = rest.split_once(TRANSFORMS_END).expect("it ends");
    (
        format!("{before}{TRANSFORMS_BEGIN}\n"),
        format!("{TRANSFORMS_END}{after}"),
    )
});

fuzz_target!(|text: &str| {
    let (before, after) = &*AROUND;
    if lint(&format!("{before}{text}{after}")).is_empty() {
        for word in [
            "import", "open(", "__", "eval(", "exec(", "scan_", "read_", "sink_",
        ] {
            let code = text.lines().filter(|line| !line.contains(['"', '#', '\'']));
            assert!(!code.into_iter().any(|line| line.contains(word)), "{word}");
        }
    }
});
