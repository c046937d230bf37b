//! How long one text takes and which of the planted values are found: the other side of
//! `bench/personal/presidio.py`, with the same answer.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "it measures files"
)]

use std::time::Instant;

use silversmith_personal::find;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (text, values) = (
        arguments.next().unwrap_or_default(),
        arguments.next().unwrap_or_default(),
    );
    let text = std::fs::read_to_string(text)?;
    let values = std::fs::read_to_string(values)?;
    let mut times: Vec<f64> = (0..if arguments.next().is_some() { 2 } else { 101 })
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(find(std::hint::black_box(&text)));
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    // The first pass also fills the lexicon, once in the life of a process.
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    let matches = find(&text);
    let (mut found, mut planted) = (0, 0);
    for value in values.lines().filter(|value| !value.is_empty()) {
        for (at, _) in text.match_indices(value) {
            planted += 1;
            let covers = |one: &silversmith_personal::Match| {
                one.span.start <= at && one.span.end >= at + value.len()
            };
            found += usize::from(matches.iter().any(covers));
        }
    }
    println!(
        "{{\"milliseconds\": {:.4}, \"first\": {first:.4}, \"found\": {found}, \"planted\": {planted}, \"entities\": {}}}",
        times[times.len() / 2],
        matches.len()
    );
    Ok(())
}
