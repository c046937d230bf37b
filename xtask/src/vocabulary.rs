//! Packs a tokenizer's vocabulary for `crates/tokens`, which says what the file looks like.

use std::fs;

use base64ct::{Base64, Encoding as _};

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::{at, root};

const LONGEST: usize = 128;

/// `cargo xtask vocabulary --from o200k_base.tiktoken`: lines of a token in Base64 and its rank.
pub(crate) fn command(mut arguments: Arguments) -> Outcome {
    let from = arguments.require_path("--from")?;
    arguments.finish()?;
    let text = fs::read_to_string(&from).map_err(at("read", &from))?;
    let mut groups: Vec<Vec<(Vec<u8>, u32)>> = vec![Vec::new(); LONGEST];
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (token, rank) = parse(line).ok_or_else(|| format!("`{line}` is no token"))?;
        let group = token.len().checked_sub(1).and_then(|at| groups.get_mut(at));
        group
            .ok_or("a token is empty or too long")?
            .push((token, rank));
    }
    let mut data = Vec::new();
    for group in &mut groups {
        group.sort();
        data.extend(
            u32::try_from(group.len())
                .map_err(|e| e.to_string())?
                .to_le_bytes(),
        );
    }
    let all = || groups.iter().flatten();
    data.extend(all().flat_map(|(token, _)| token));
    data.extend(all().flat_map(|(_, rank)| rank.to_le_bytes().into_iter().take(3)));
    let out = root().join("crates/tokens/src/o200k.bin");
    fs::write(&out, &data).map_err(at("write", &out))?;
    println!("{} tokens, {} bytes", all().count(), data.len());
    Ok(())
}

fn parse(line: &str) -> Option<(Vec<u8>, u32)> {
    let (token, rank) = line.split_once(' ')?;
    let rank = rank.parse().ok().filter(|rank| *rank < 1 << 24)?;
    Some((Base64::decode_vec(token).ok()?, rank))
}
