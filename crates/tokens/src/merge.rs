//! Byte pair encoding of one piece.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::vocabulary::rank;

/// How many tokens a piece is: neighbours are joined, the pair of lowest rank first and of equal
/// ones the first, until no two neighbours make a token.
pub(crate) fn tokens(piece: &str) -> usize {
    let bytes = piece.as_bytes();
    if bytes.len() <= 1 || rank(bytes).is_some() {
        return bytes.len().min(1);
    }
    // A list of parts by the byte where each begins; a part that was joined to the one before is
    // gone. A heap of pairs keeps a long piece from costing its length squared.
    let mut parts = Parts::of(bytes.len());
    let mut pairs = BinaryHeap::new();
    for at in 0..bytes.len() - 1 {
        offer(bytes, &parts, at, &mut pairs);
    }
    let mut left = bytes.len();
    while let Some(Reverse((_, at, end))) = pairs.pop() {
        // The pair may have changed since it was offered.
        if parts.pair_end(at) != Some(end) {
            continue;
        }
        parts.join(at);
        left -= 1;
        if let Some(before) = parts.before(at) {
            offer(bytes, &parts, before, &mut pairs);
        }
        offer(bytes, &parts, at, &mut pairs);
    }
    left
}

type Pairs = BinaryHeap<Reverse<(u32, usize, usize)>>;

fn offer(bytes: &[u8], parts: &Parts, at: usize, pairs: &mut Pairs) {
    if let Some(end) = parts.pair_end(at)
        && let Some(rank) = rank(&bytes[at..end])
    {
        pairs.push(Reverse((rank, at, end)));
    }
}

/// A doubly linked list over the bytes of a piece. Index `n` for the end.
struct Parts {
    next: Vec<usize>,
    before: Vec<usize>,
}

/// No part begins here any more, or none is before.
const GONE: usize = usize::MAX;

impl Parts {
    fn of(bytes: usize) -> Self {
        Self {
            next: (1..=bytes).collect(),
            before: (0..=bytes).map(|at| at.wrapping_sub(1)).collect(),
        }
    }

    fn before(&self, at: usize) -> Option<usize> {
        Some(self.before[at]).filter(|before| *before != GONE)
    }

    /// The end of the pair whose first part begins at `at`.
    fn pair_end(&self, at: usize) -> Option<usize> {
        let second = *self.next.get(at).filter(|next| **next != GONE)?;
        self.next.get(second).copied()
    }

    fn join(&mut self, at: usize) {
        let second = self.next[at];
        let third = self.next[second];
        self.next[at] = third;
        self.next[second] = GONE;
        self.before[third] = at;
    }
}
