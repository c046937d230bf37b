//! What a format of the closed list reads, chrono reads as the same instant, and writes back as the
//! same text but for the case of a month and the digits of a fraction.
//!
//! `cargo +nightly fuzz run --fuzz-dir fuzz/profile dates`

#![no_main]

use chrono::{NaiveDate, NaiveDateTime};
use libfuzzer_sys::fuzz_target;
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::FormatKind;

fuzz_target!(|text: &str| {
    for format in DateFormat::all() {
        let Some(instant) = format.parse(text) else {
            continue;
        };
        let pattern = format.pattern();
        let theirs = match format.kind() {
            FormatKind::Date => NaiveDate::parse_from_str(text, pattern)
                .map(|day| day.and_hms_opt(0, 0, 0).expect("midnight exists")),
            FormatKind::Timestamp => NaiveDateTime::parse_from_str(text, pattern),
        };
        assert_eq!(theirs.ok(), Some(instant), "{pattern} {text}");
        if !pattern.contains("%.f") {
            let written = instant.format(pattern).to_string();
            assert!(
                written.eq_ignore_ascii_case(text),
                "{pattern} {text} {written}"
            );
        }
    }
});
