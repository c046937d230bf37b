//! The hash by which values are told apart and samples are chosen.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A constant, so that the same data give the same sample everywhere. Whoever writes the data can
/// make hashes collide; that changes what is counted about those data, and `Sample` bounds what it
/// can cost in time.
const SEED: u64 = 0x5117_e25a_117b_5eed;

/// The hash of one value.
#[inline]
pub(crate) fn hash_of(bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, SEED)
}

/// The hash of two values in order, from theirs.
#[inline]
pub(crate) fn combine(left: u64, right: u64) -> u64 {
    finish(step(step(0, left), right))
}

/// Adds a value to the running hash of a row.
#[inline]
pub(crate) fn step(row: u64, value: u64) -> u64 {
    (row.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Spreads a running hash over all bits, so that its head can choose a sample (the finaliser of
/// SplitMix64).
#[inline]
pub(crate) fn finish(row: u64) -> u64 {
    let row = (row ^ (row >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let row = (row ^ (row >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    row ^ (row >> 31)
}

/// A set of hashes.
pub(crate) type HashedSet = HashSet<u64, Again>;

/// Hashes what is a hash already, by one multiplication. With a number that nobody knows, for whoever
/// writes the data can choose hashes that agree in the bits that a set looks at.
#[derive(Clone)]
pub(crate) struct Again {
    secret: u64,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            secret: RandomState::new().build_hasher().finish(),
        }
    }
}

impl BuildHasher for Again {
    type Hasher = Hashed;

    fn build_hasher(&self) -> Hashed {
        Hashed(self.secret)
    }
}

/// The secret, and then what is hashed.
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, hash: u64) {
        let product = u128::from(self.0 ^ hash) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(hash_of(bytes));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_hashes_is_a_set() {
        let hashes = || (0..1_000_u64).map(|n| hash_of(&n.to_le_bytes()) >> 20);
        let set: HashedSet = hashes().chain(hashes()).collect();
        assert_eq!(set.len(), 1_000);
        assert!(hashes().all(|hash| set.contains(&hash)) && !set.contains(&0));
    }

    #[test]
    fn hashes_that_agree_in_their_low_bits_are_spread() {
        let again = Again::default();
        let low = |n: u64| again.hash_one(n << 20) & 0xfff;
        let places: HashSet<u64> = (0..4_096).map(low).collect();
        // Of 4,096 places, a random choice of as many takes 2,589.
        assert!(places.len() > 1_500, "{}", places.len());
    }

    #[test]
    fn order_matters() {
        assert_ne!(combine(1, 2), combine(2, 1));
        assert_ne!(hash_of(b"ab"), hash_of(b"ba"));
    }

    #[test]
    fn the_hash_is_the_same_everywhere() {
        // Evidence must not change between machines or releases: samples are chosen by this hash.
        assert_eq!(hash_of(b""), 0x63f0_bfc0_db6b_485f);
        assert_eq!(hash_of(b"AW00011000"), 0x3158_7cdf_cb30_88dc);
    }
}
