//! The vocabulary: byte strings and their ranks.

/// Written by `cargo xtask vocabulary`: for each length from 1 to [`LONGEST`] how many tokens have
/// it (`u32`, little-endian); then the tokens, by length and then by their bytes; then their ranks
/// in the same order (three bytes each, little-endian).
///
/// Tokens of one length lie side by side, so that a search needs no table of places.
/// Vocabulary: `o200k_base` of tiktoken (MIT), SHA-256 of the original file
/// `446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d`.
static DATA: &[u8] = include_bytes!("o200k.bin");

/// Bytes of the longest token.
const LONGEST: usize = 128;

/// Where the tokens of each length lie: first token by number and by byte.
const GROUPS: [Group; LONGEST] = groups();

const HEADER: usize = LONGEST * 4;

#[derive(Clone, Copy)]
struct Group {
    count: usize,
    first: usize,
    at: usize,
}

const fn groups() -> [Group; LONGEST] {
    let mut groups = [Group {
        count: 0,
        first: 0,
        at: 0,
    }; LONGEST];
    let (mut first, mut at, mut length) = (0, HEADER, 1);
    while length <= LONGEST {
        let place = (length - 1) * 4;
        let count = u32::from_le_bytes([
            DATA[place],
            DATA[place + 1],
            DATA[place + 2],
            DATA[place + 3],
        ]) as usize;
        groups[length - 1] = Group { count, first, at };
        first += count;
        at += count * length;
        length += 1;
    }
    groups
}

/// All tokens, and where their ranks begin.
const RANKS: usize = {
    let last = GROUPS[LONGEST - 1];
    last.at + last.count * LONGEST
};

/// The rank of a token: the order in which pairs are merged. `None` for what is no token.
pub(crate) fn rank(bytes: &[u8]) -> Option<u32> {
    let length = bytes.len();
    let group = GROUPS.get(length.checked_sub(1)?)?;
    let (mut low, mut high) = (0, group.count);
    while low < high {
        let middle = low.midpoint(high);
        let at = group.at + middle * length;
        match DATA.get(at..at + length)?.cmp(bytes) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let at = RANKS + (group.first + middle) * 3;
                let rank = DATA.get(at..at + 3)?;
                return Some(u32::from_le_bytes([rank[0], rank[1], rank[2], 0]));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_size_that_its_header_states() {
        let last = GROUPS[LONGEST - 1];
        let all = last.first + last.count;
        assert_eq!(all, 199_998);
        assert_eq!(DATA.len(), RANKS + all * 3);
    }

    #[test]
    fn every_byte_is_a_token_and_nothing_is_none() {
        assert!((0..=255).all(|byte: u8| rank(&[byte]).is_some()));
        assert_eq!(rank(b""), None);
        assert_eq!(rank(&[b'x'; 129]), None);
    }

    #[test]
    fn ranks_are_those_of_the_original_file() {
        assert_eq!(rank(b"!"), Some(0));
        assert_eq!(rank(b" the"), Some(290));
        assert_eq!(rank(b"hello"), Some(24912));
    }
}
