//! The tree: hashes of leaves and nodes (RFC 6962, 2.1), proofs that an entry is in a tree and that one tree
//! begins another, and their verification (RFC 9162, 2.1.3 and 2.1.4).

use silversmith_types::{Digest, Sha256Hasher};

/// More hashes than a proof in a tree of 2^63 leaves has.
pub(crate) const MAX_PATH: usize = 64;

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut hasher = Sha256Hasher::default();
    hasher.update(&[0]);
    hasher.update(entry);
    hasher.finish()
}

fn node_hash(left: Digest, right: Digest) -> Digest {
    let mut hasher = Sha256Hasher::default();
    hasher.update(&[1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The entry is beyond the end of the tree, or the tree that is to begin the other is larger.
    #[error("the proof is about an entry or a tree beyond the end")]
    Range,
    /// It has too few hashes, or too many.
    #[error("the proof has another length than a proof of that place has")]
    Length,
    /// It leads to another tree.
    #[error("the proof leads to another root")]
    Root,
}

/// The right edge of a tree: all that appending and its root need, which is a hash for each bit of its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete trees that make it up, the largest first.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends an entry by its hash.
    pub fn append(&mut self, leaf: Digest) {
        self.append_telling(leaf, |_, _| {});
    }

    /// The edge with these peaks, the largest first. None where they are not as many as the size has bits.
    pub fn from_peaks(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// The roots of the complete trees that make up the whole, the largest first.
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// Appends an entry and tells of each node that is complete with it: its level, and its hash.
    pub fn append_telling(&mut self, leaf: Digest, mut complete: impl FnMut(usize, Digest)) {
        let mut hash = leaf;
        complete(0, hash);
        for level in 0..self.size.trailing_ones() as usize {
            // There is a peak for each bit of the size.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            complete(level + 1, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root.
    pub fn root(&self) -> Digest {
        let together = |right, left: &Digest| node_hash(*left, right);
        match self.peaks.split_last() {
            None => Digest::of(b""),
            Some((last, larger)) => larger.iter().rev().fold(*last, together),
        }
    }
}

/// Where the hashes of complete nodes are to be had.
pub trait Nodes {
    /// Why they may not be.
    type Error;

    /// The hash of the complete node that has the 2^level entries from index · 2^level.
    fn node(&self, level: usize, index: u64) -> Result<Digest, Self::Error>;
}

/// A whole tree in memory: 64 bytes for an entry.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    levels: Vec<Vec<Digest>>,
    edge: Frontier,
}

impl Tree {
    /// Appends an entry by its hash.
    pub fn append(&mut self, leaf: Digest) {
        let levels = &mut self.levels;
        self.edge.append_telling(leaf, |level, hash| {
            if levels.len() == level {
                levels.push(Vec::new());
            }
            if let Some(nodes) = levels.get_mut(level) {
                nodes.push(hash);
            }
        });
    }

    /// Its right edge, with its size and root.
    pub fn edge(&self) -> &Frontier {
        &self.edge
    }
}

impl Nodes for Tree {
    type Error = ProofError;

    fn node(&self, level: usize, index: u64) -> Result<Digest, ProofError> {
        let index = usize::try_from(index).map_err(|_| ProofError::Range)?;
        let nodes = self.levels.get(level).ok_or(ProofError::Range)?;
        nodes.get(index).copied().ok_or(ProofError::Range)
    }
}

/// The root over the entries of a range that begins where a complete node of its size would.
fn range_root<N: Nodes>(nodes: &N, from: u64, to: u64) -> Result<Digest, N::Error> {
    let mut peaks = Vec::new();
    let mut at = from;
    while at < to {
        let level = (to - at).ilog2() as usize;
        peaks.push(nodes.node(level, at >> level)?);
        at += 1 << level;
    }
    let root = peaks
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(left, right));
    Ok(root.unwrap_or_else(|| Digest::of(b"")))
}

/// The largest power of two below a size of at least two.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Proves that the tree of `size` entries holds the one at `index` (RFC 9162, 2.1.3.1). Empty for an index
/// that it does not have.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
    let mut path = Vec::new();
    let (mut from, mut to) = (0, size);
    while index < size && to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range_root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range_root(nodes, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proves that the tree of `old` entries begins that of `new` (RFC 9162, 2.1.4.1). Empty where they are the
/// same, the old one is empty, or it is larger.
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Digest>, N::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut from, mut to) = (0, new);
    // Whether what is left of the old tree is the old tree itself, which the verifier has.
    let mut is_whole = true;
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(range_root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range_root(nodes, from, middle)?);
            from = middle;
            is_whole = false;
        }
    }
    if !is_whole {
        path.push(range_root(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether a path leads from an entry to the root of a tree (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(
    leaf: Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(*sibling, hash);
            // The nodes above that have no sibling are the same.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, hash == root) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}

/// Whether a path shows that one tree begins another (RFC 9162, 2.1.4.2). An empty tree begins every one,
/// and a tree itself, without a path.
pub fn verify_consistency(
    old: (u64, Digest),
    new: (u64, Digest),
    path: &[Digest],
) -> Result<(), ProofError> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return Err(ProofError::Range);
    }
    if old_size == 0 || old_size == new_size {
        let holds = match old_size == new_size {
            true => old_root == new_root,
            false => old_root == Digest::of(b""),
        };
        return match (path.is_empty(), holds) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    let shared = node.trailing_ones();
    node >>= shared;
    last >>= shared;
    // Where the old tree is complete, its root is the first node, and is not repeated in the path.
    let mut path = path.iter();
    let first = match old_size.is_power_of_two() {
        true => old_root,
        false => *path.next().ok_or(ProofError::Length)?,
    };
    let (mut from_old, mut from_new) = (first, first);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(*sibling, from_old);
            from_new = node_hash(*sibling, from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(from_new, *sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, from_old == old_root && from_new == new_root) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|at| leaf_hash(&at.to_le_bytes())).collect()
    }

    fn tree(leaves: &[Digest]) -> Tree {
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf));
        tree
    }

    /// The definition of RFC 6962, 2.1, word for word.
    fn root_by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node_hash(root_by_definition(left), root_by_definition(right))
            }
        }
    }

    /// Roots of the reference implementation of Certificate Transparency for its eight test entries.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut edge = Frontier::default();
        let mut roots = vec![edge.root().to_hex()];
        for entry in entries {
            edge.append(leaf_hash(entry));
            roots.push(edge.root().to_hex());
        }
        assert_eq!(
            roots,
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ]
        );
    }

    /// Every proof of every tree up to 70 entries holds, and holds for nothing else.
    #[test]
    fn proofs_prove_what_they_say_and_nothing_else() {
        let all = leaves(70);
        let whole = tree(&all);
        for size in 0..=70_u64 {
            let root = root_by_definition(&all[..size as usize]);
            assert_eq!(tree(&all[..size as usize]).edge().root(), root);
            for index in 0..size {
                let path = inclusion(&whole, index, size).unwrap();
                let leaf = all[index as usize];
                let verify = |leaf, index, size, path: &[Digest]| {
                    verify_inclusion(leaf, index, size, path, root)
                };
                assert_eq!(
                    verify(leaf, index, size, &path),
                    Ok(()),
                    "{index} of {size}"
                );
                assert!(verify(leaf_hash(b"other"), index, size, &path).is_err());
                assert!(verify(leaf, index + 1, size, &path).is_err());
                let longer = [path.as_slice(), &[leaf]].concat();
                assert!(verify(leaf, index, size, &longer).is_err());
                if let Some((_, shorter)) = path.split_last() {
                    assert!(verify(leaf, index, size, shorter).is_err());
                }
            }
            for old in 0..=size {
                let path = consistency(&whole, old, size).unwrap();
                let before = (old, root_by_definition(&all[..old as usize]));
                let verify =
                    |before, path: &[Digest]| verify_consistency(before, (size, root), path);
                assert_eq!(verify(before, &path), Ok(()), "{old} to {size}");
                assert!(verify((old, leaf_hash(b"other")), &path).is_err());
                let longer = [path.as_slice(), &[root]].concat();
                assert!(verify(before, &longer).is_err());
                if let Some((_, shorter)) = path.split_last() {
                    assert!(verify(before, shorter).is_err());
                }
            }
        }
        assert_eq!(
            verify_inclusion(all[0], 1, 1, &[], all[0]),
            Err(ProofError::Range)
        );
        let (one, two) = (tree(&all[..1]), tree(&all[..2]));
        let (one, two) = ((1, one.edge().root()), (2, two.edge().root()));
        assert_eq!(verify_consistency(two, one, &[]), Err(ProofError::Range));
        assert!(whole.node(0, 70).is_err() && whole.node(7, 0).is_err());
    }

    proptest! {
        /// Whatever sizes and hashes somebody sends, there is an answer.
        #[test]
        fn any_proof_has_an_answer(
            old in any::<u64>(),
            new in any::<u64>(),
            length in 0..70_usize,
        ) {
            let path = vec![leaf_hash(b"x"); length];
            let root = leaf_hash(b"root");
            prop_assert!(verify_inclusion(root, old, new, &path, leaf_hash(b"y")).is_err());
            let distinct = old != new && old != 0;
            let answer = verify_consistency((old, root), (new, leaf_hash(b"y")), &path);
            prop_assert!(answer.is_err() || !distinct);
        }
    }
}
