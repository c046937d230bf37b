//! Any bytes are a table or are refused with a code; the verdict and the result are the same for one
//! block and one thread as for many.
//!
//! `cargo +nightly fuzz run --fuzz-dir fuzz/profile tables`

#![no_main]

use std::num::NonZeroUsize;

use libfuzzer_sys::fuzz_target;
use silversmith_profile::{Options, Source, profile, to_report};
use silversmith_types::Timestamp;

fuzz_target!(|data: &[u8]| {
    let Some((size, text)) = data.split_first() else {
        return;
    };
    // A second table with the same values makes every column one that may be joined.
    let now: Timestamp = "2026-01-25T21:47:27Z".parse().expect("a constant");
    let run = |threads: usize, block_bytes: usize| {
        let open = || -> std::io::Result<Box<dyn std::io::Read + Send>> {
            Ok(Box::new(std::io::Cursor::new(text.to_vec())))
        };
        let source = |name: &str| Source {
            table: name.parse().expect("a constant"),
            bytes: text.len() as u64,
            open: Box::new(open),
        };
        let threads = NonZeroUsize::new(threads).expect("a constant");
        let mut options = Options::new(now.date(), threads);
        options.block_bytes = block_bytes;
        options.min_count = 2;
        match profile(&[source("a.csv"), source("b.csv")], &options, &()) {
            Ok(found) => {
                let context = found.to_context(&found.run_ids(None, now), now);
                let report = to_report(&context);
                Ok((
                    serde_json::to_string(&context).expect("no map with odd keys"),
                    report,
                ))
            }
            Err(error) => Err((error.code(), error.to_string())),
        }
    };
    let whole = run(1, 1 << 20);
    let pieces = run(2, usize::from(*size) + 1);
    assert_eq!(whole, pieces);
});
