//! A small deterministic generator (SplitMix64), so that a seed means the same bytes on every
//! platform and with every version of every dependency.

use std::collections::BTreeSet;

/// A stream of numbers that depends on nothing but the seed and the stream's name.
pub(crate) struct Random(u64);

impl Random {
    /// The stream called `name`. Each table has its own, so a change to one table leaves the
    /// others as they were.
    pub(crate) fn stream(seed: u64, name: &str) -> Self {
        // FNV-1a spreads the name; the first draw of SplitMix64 mixes it with the seed.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(seed.rotate_left(32) ^ hash)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must not be 0. The bias of the remainder is below 2⁻⁴⁰ for
    /// every bound in this crate and does not matter for made-up data.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// An index into a collection of `len` items, which must not be empty.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True in `percent` of 100 draws.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// Exactly `count` different indices below `len`, or all of them when there are fewer.
    /// Dirt is placed this way so that every kind is present whatever the seed.
    pub(crate) fn choose(&mut self, len: usize, count: usize) -> BTreeSet<usize> {
        let mut chosen = BTreeSet::new();
        while chosen.len() < count.min(len) {
            chosen.insert(self.index(len));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_vector_of_splitmix64_holds() {
        let mut random = Random(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn choosing_more_than_there_is_takes_everything() {
        let mut random = Random::stream(1, "x");
        assert_eq!(random.choose(3, 10).len(), 3);
        assert_eq!(random.choose(100, 10).len(), 10);
    }
}
