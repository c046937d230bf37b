//! A bounded table of distinct values, known by their hashes, with exact counts.
//!
//! While a column has few distinct values the table holds all of them. When it has more than
//! `capacity`, the table keeps those whose hash begins with one more zero bit, and so on: an
//! adaptive sample of the *distinct values* (Wegman; Gibbons and Tirthapura). What is kept depends
//! on the set of values alone, not on their order, nor on how the work was split. Two properties
//! follow that a HyperLogLog sketch does not have: the counts of the kept values stay exact, so
//! that duplicates can be estimated and not only distinct values, and samples of two columns hold
//! the same values, so that they can be joined. The standard error of a count of distinct values is
//! about `1 / sqrt(capacity / 2)`: 0.6 % for 65,536.

use std::collections::BTreeMap;

/// The most slots looked at for one hash. An ordinary table, at most three quarters full, needs a
/// handful; only
/// values made to collide need more, and they go to an ordered map, so that they cost a logarithm
/// and not the length of the table.
const MAX_PROBES: usize = 64;
const FIRST_SLOTS: usize = 64;

/// The table. `P` is what the owner keeps beside the count of a value.
pub(crate) struct Sample<P> {
    slots: Vec<Slot>,
    payloads: Vec<P>,
    overflow: BTreeMap<u64, (u64, P)>,
    len: usize,
    capacity: usize,
    level: u32,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    /// Zero marks an empty slot.
    count: u64,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It was there.
    Known,
    /// It is new.
    New,
    /// Its hash is outside the sample.
    Outside,
}

impl<P: Default + Clone> Sample<P> {
    /// A table that keeps at most `capacity` values.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            slots: vec![Slot::default(); FIRST_SLOTS],
            payloads: vec![P::default(); FIRST_SLOTS],
            overflow: BTreeMap::new(),
            len: 0,
            capacity: capacity.max(1),
            level: 0,
        }
    }

    /// Zero bits with which the hash of every kept value begins. At 0 every value is kept.
    pub(crate) fn level(&self) -> u32 {
        self.level
    }

    /// Whether every value that was added is kept.
    pub(crate) fn is_exact(&self) -> bool {
        self.level == 0
    }

    /// Whether a value with this hash belongs to the sample.
    pub(crate) fn admits(&self, hash: u64) -> bool {
        hash.leading_zeros() >= self.level
    }

    /// Whether there are more values than the capacity, so that [`Sample::raise`] is due.
    pub(crate) fn is_over(&self) -> bool {
        self.len > self.capacity
    }

    /// Counts `count` more of the value with this hash, and lets the owner update its payload.
    pub(crate) fn add(&mut self, hash: u64, count: u64, update: impl FnOnce(&mut P)) -> Added {
        if !self.admits(hash) {
            return Added::Outside;
        }
        let mask = self.slots.len() - 1;
        let mut at = index(hash, mask);
        for _ in 0..MAX_PROBES {
            let slot = &mut self.slots[at];
            if slot.count == 0 {
                *slot = Slot { hash, count };
                update(&mut self.payloads[at]);
                self.note_new();
                return Added::New;
            }
            if slot.hash == hash {
                slot.count += count;
                update(&mut self.payloads[at]);
                return Added::Known;
            }
            at = (at + 1) & mask;
        }
        self.add_overflow(hash, count, update)
    }

    fn add_overflow(&mut self, hash: u64, count: u64, update: impl FnOnce(&mut P)) -> Added {
        let entry = self.overflow.entry(hash).or_default();
        let added = if entry.0 == 0 {
            Added::New
        } else {
            Added::Known
        };
        entry.0 += count;
        update(&mut entry.1);
        if added == Added::New {
            self.note_new();
        }
        added
    }

    fn note_new(&mut self) {
        self.len += 1;
        if self.len * 4 > self.slots.len() * 3 {
            let slots = self.slots.len() * 2;
            let entries = self.drain();
            self.fill(slots, entries);
        }
    }

    /// Every kept value as (hash, count, payload), in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u64, &P)> {
        self.slots
            .iter()
            .zip(&self.payloads)
            .filter(|(slot, _)| slot.count != 0)
            .map(|(slot, payload)| (slot.hash, slot.count, payload))
            .chain(
                self.overflow
                    .iter()
                    .map(|(hash, (count, payload))| (*hash, *count, payload)),
            )
    }

    /// Raises the level to at least `level`, and further while there are too many values. Values
    /// that leave are handed to `evicted`, the others to `kept`, which may change their payload.
    pub(crate) fn raise(
        &mut self,
        level: u32,
        mut evicted: impl FnMut(u64, &P),
        mut kept: impl FnMut(&mut P),
    ) {
        let mut entries = self.drain();
        self.level = self.level.max(level);
        loop {
            entries.retain(|(hash, count, payload)| {
                let stays = self.admits(*hash);
                if !stays {
                    evicted(*count, payload);
                }
                stays
            });
            if entries.len() <= self.capacity || self.level >= u64::BITS {
                break;
            }
            self.level += 1;
        }
        for (_, _, payload) in &mut entries {
            kept(payload);
        }
        let slots = (entries.len() * 3 / 2 + 2)
            .next_power_of_two()
            .max(FIRST_SLOTS);
        self.fill(slots, entries);
    }

    fn drain(&mut self) -> Vec<(u64, u64, P)> {
        let slots = std::mem::take(&mut self.slots);
        let payloads = std::mem::take(&mut self.payloads);
        let overflow = std::mem::take(&mut self.overflow);
        let mut entries = Vec::with_capacity(self.len);
        for (slot, payload) in slots.into_iter().zip(payloads) {
            if slot.count != 0 {
                entries.push((slot.hash, slot.count, payload));
            }
        }
        entries.extend(
            overflow
                .into_iter()
                .map(|(hash, (count, payload))| (hash, count, payload)),
        );
        entries
    }

    fn fill(&mut self, slots: usize, entries: Vec<(u64, u64, P)>) {
        self.slots = vec![Slot::default(); slots];
        self.payloads = vec![P::default(); slots];
        self.len = entries.len();
        let mask = slots - 1;
        'entries: for (hash, count, payload) in entries {
            let mut at = index(hash, mask);
            for _ in 0..MAX_PROBES {
                if self.slots[at].count == 0 {
                    self.slots[at] = Slot { hash, count };
                    self.payloads[at] = payload;
                    continue 'entries;
                }
                at = (at + 1) & mask;
            }
            self.overflow.insert(hash, (count, payload));
        }
    }

    /// Adds everything that `other` holds, at the higher of the two levels; `join` merges the
    /// payload of the other table into that of this one.
    pub(crate) fn absorb(&mut self, other: &Sample<P>, mut join: impl FnMut(&mut P, &P)) {
        self.raise(other.level, |_, _| {}, |_| {});
        for (hash, count, payload) in other.iter() {
            self.add(hash, count, |mine| join(mine, payload));
            if self.is_over() {
                self.raise(0, |_, _| {}, |_| {});
            }
        }
    }

    /// Estimates over all values: distinct values, values that occur more than once, and cells
    /// beyond the first of each value. `cells` is the number of cells that were added.
    pub(crate) fn totals(&self, cells: u64) -> Totals {
        let mut kept_cells = 0;
        let mut repeated = 0;
        for (_, count, _) in self.iter() {
            kept_cells += count;
            repeated += u64::from(count > 1);
        }
        let kept = self.len as u64;
        if self.is_exact() {
            return Totals {
                distinct: kept,
                repeated,
                surplus: kept_cells - kept,
            };
        }
        let distinct = if kept_cells <= 2 * kept {
            // Nearly unique: the share of first occurrences among the kept cells is sharper than
            // the size of the sample, and exact when nothing repeats.
            scale(cells, kept, kept_cells)
        } else {
            scale_up(kept, self.level).min(cells)
        };
        let surplus = cells - distinct.min(cells);
        Totals {
            distinct,
            repeated: scale_up(repeated, self.level).min(surplus),
            surplus,
        }
    }
}

/// See [`Sample::totals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) distinct: u64,
    pub(crate) repeated: u64,
    pub(crate) surplus: u64,
}

/// `value` times two to the power of `level`, at most `u64::MAX`.
pub(crate) fn scale_up(value: u64, level: u32) -> u64 {
    u64::try_from(u128::from(value) << level.min(64)).unwrap_or(u64::MAX)
}

/// `value × part / whole`, rounded down; `value` when `whole` is zero.
pub(crate) fn scale(value: u64, part: u64, whole: u64) -> u64 {
    match u128::from(whole) {
        0 => value,
        whole => u64::try_from(u128::from(value) * u128::from(part) / whole).unwrap_or(u64::MAX),
    }
}

fn index(hash: u64, mask: usize) -> usize {
    // The low bits: the high ones decide about the level and are alike in a sample.
    hash as usize & mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash_of;

    fn filled(values: impl Iterator<Item = u64>, capacity: usize) -> Sample<()> {
        let mut sample = Sample::new(capacity);
        for value in values {
            sample.add(hash_of(&value.to_le_bytes()), 1, |()| {});
            if sample.is_over() {
                sample.raise(0, |_, _| {}, |_| {});
            }
        }
        sample
    }

    fn contents(sample: &Sample<()>) -> (u32, BTreeMap<u64, u64>) {
        (
            sample.level(),
            sample
                .iter()
                .map(|(hash, count, _)| (hash, count))
                .collect(),
        )
    }

    #[test]
    fn below_the_capacity_everything_is_exact() {
        let sample = filled((0..1000).chain(0..10), 1000);
        assert!(sample.is_exact());
        let totals = sample.totals(1010);
        assert_eq!(
            totals,
            Totals {
                distinct: 1000,
                repeated: 10,
                surplus: 10
            }
        );
    }

    #[test]
    fn above_it_the_estimate_is_close_and_unique_is_known_to_be_unique() {
        let sample = filled(0..200_000, 4096);
        assert!(!sample.is_exact() && sample.len <= 4096);
        assert_eq!(sample.totals(200_000).distinct, 200_000);
        let sample = filled((0..200_000).map(|value| value % 50_000), 4096);
        let totals = sample.totals(200_000);
        let error = totals.distinct.abs_diff(50_000);
        assert!(error < 50_000 / 10, "{totals:?}");
    }

    #[test]
    fn neither_order_nor_split_changes_the_sample() {
        let forward = filled((0..30_000).chain(0..500), 1000);
        let backward = filled((0..500).chain((0..30_000).rev()), 1000);
        assert_eq!(contents(&forward), contents(&backward));
        let mut halves = filled(0..7_000, 1000);
        halves.absorb(&filled((7_000..30_000).chain(0..500), 1000), |(), ()| {});
        assert_eq!(contents(&forward), contents(&halves));
    }

    #[test]
    fn values_made_to_collide_are_found_again() {
        let mut sample: Sample<u32> = Sample::new(4096);
        // The same low 40 bits: every one of them starts at the same slot.
        let hashes: Vec<u64> = (1..2000_u64).map(|high| high << 40 | 7).collect();
        for (at, hash) in hashes.iter().enumerate() {
            assert_eq!(
                sample.add(*hash, 1, |payload| *payload = at as u32),
                Added::New
            );
        }
        for (at, hash) in hashes.iter().enumerate() {
            assert_eq!(sample.add(*hash, 2, |_| {}), Added::Known);
            let held = sample.iter().find(|(held, _, _)| held == hash);
            assert_eq!(held, Some((*hash, 3, &(at as u32))));
        }
        assert_eq!(sample.len, hashes.len());
    }
}
