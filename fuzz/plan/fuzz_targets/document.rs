//! Any bytes as a plan: an answer, within stack and time; and what is read is read again the same
//! from its canonical bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_plan::PlanDocument;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(plan) = PlanDocument::parse(bytes) {
        let canonical = plan.to_bytes();
        let again = PlanDocument::parse(&canonical).expect("canonical bytes are a plan");
        assert_eq!(again.to_bytes(), canonical);
    }
});
