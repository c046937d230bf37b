//! `cargo xtask example`: the example shop with its truth, as files.

use std::fs;

use silversmith_example::{DEFAULT_SEED, MAX_SCALE, generate};

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::at;

pub(crate) fn example(mut arguments: Arguments) -> Outcome {
    let seed = arguments.take("--seed")?.unwrap_or(DEFAULT_SEED);
    let scale: u32 = arguments.take("--scale")?.unwrap_or(1);
    let out = arguments.require_path("--out")?;
    arguments.finish()?;
    if !(1..=MAX_SCALE).contains(&scale) {
        return Err(format!("--scale goes from 1 to {MAX_SCALE}"));
    }
    let example = generate(seed, scale);
    let own = example
        .files()
        .into_iter()
        .map(|(path, bytes)| (path, bytes.to_vec()));
    for (path, bytes) in own.chain(example.truth_files()) {
        let path = out.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at("create", folder))?;
        }
        fs::write(&path, bytes).map_err(at("write", &path))?;
    }
    eprintln!(
        "{}: Bronze run {}, taken at {}",
        out.display(),
        example.run_id,
        example.as_of
    );
    Ok(())
}
