//! Any bytes as `silversmith.toml`: an answer, and bounds that were only ever lowered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use silversmith_pipeline::{ProfileName, Settings};

fuzz_target!(|bytes: &[u8]| {
    let Ok(settings) = Settings::parse(bytes) else {
        return;
    };
    for profile in [ProfileName::Dev, ProfileName::Production] {
        let rules = settings.intake.rules(profile);
        let most = silversmith_pipeline::Settings::default()
            .intake
            .rules(profile);
        assert!(rules.limits.context_bytes <= most.limits.context_bytes);
        assert!(rules.limits.tables <= most.limits.tables);
    }
    assert!(settings.evidence.min_count >= 2);
});
