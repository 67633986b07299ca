//! The evidence log's arithmetic beside a plain SHA-256 of as many blocks.

use std::error::Error;
use std::hint::black_box;

use sha2::{Digest as _, Sha256};
use watchfire_core::log::proof::{verify_consistency, verify_inclusion};
use watchfire_core::log::tile::Span;
use watchfire_core::log::{Frontier, Hash, NodeId, ProofPlan};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, thread_seconds};

/// Bytes of an entry, as most events have.
const ENTRY_BYTES: usize = 512;
/// Blocks that SHA-256 reads for a leaf (tag, entry, padding) and for a node (tag, two hashes).
const LEAF_BLOCKS: usize = (1 + ENTRY_BYTES + 9).div_ceil(64);
const NODE_BLOCKS: usize = (1 + 64_usize + 9).div_ceil(64);
/// Appending hashes at least at this part of the speed of the plain hash.
const APPEND_RATIO_MAX: f64 = 2.0;

/// Measures the tree of a log.
///
/// # Errors
/// A root or a proof that an independent reckoning does not confirm.
pub(crate) fn measure(leaves: usize, rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let tree = Tree::grow(leaves);
    tree.confirm()?;
    Ok(vec![
        append(leaves.min(200_000), rounds)?,
        prove_inclusion(&tree, rounds)?,
        verify(&tree, rounds)?,
        prove_consistency(&tree, rounds)?,
    ])
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 8) % bound
    }
}

fn entry(at: usize) -> [u8; ENTRY_BYTES] {
    let mut entry = [0x5a; ENTRY_BYTES];
    entry[..8].copy_from_slice(&(at as u64).to_be_bytes());
    entry
}

/// A tree with its stored levels, as tiles hold them: leaf hashes, roots of 256, of 65,536, ….
struct Tree {
    edge: Frontier,
    stored: Vec<Vec<Hash>>,
}

impl Tree {
    fn grow(leaves: usize) -> Self {
        let mut tree = Self { edge: Frontier::new(), stored: vec![Vec::new(); 8] };
        for at in 0..leaves {
            let Self { edge, stored } = &mut tree;
            edge.push_with(Hash::of_leaf(&entry(at)), |node, hash| {
                if node.level % 8 == 0 {
                    stored[usize::from(node.level / 8)].push(hash);
                }
            });
        }
        tree
    }

    fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Reads a node as the store does: from the neighbouring hashes of one tile.
    fn node(&self, node: NodeId) -> Result<Hash, String> {
        let span = Span::of(node);
        let (from, until) = (span.first as usize, (span.first + span.count) as usize);
        let hashes = self.stored[usize::from(span.level)].get(from..until);
        hashes.and_then(|hashes| span.root(hashes)).ok_or_else(|| format!("{node:?} is not stored"))
    }

    fn prove(&self, plan: &ProofPlan) -> Result<Vec<Hash>, String> {
        plan.assemble(|node| self.node(node))
    }

    /// Computes the root anew, by the definition (RFC 9162, section 2.1.1) and with SHA-256 alone.
    fn confirm(&self) -> Result<(), String> {
        let leaves: Vec<[u8; 32]> = (0..self.size() as usize)
            .map(|at| Sha256::new().chain_update([0]).chain_update(entry(at)).finalize().into())
            .collect();
        if root_by_definition(&leaves) == *self.edge.root().as_bytes() {
            Ok(())
        } else {
            Err("the root is not that of the definition".to_owned())
        }
    }
}

fn root_by_definition(leaves: &[[u8; 32]]) -> [u8; 32] {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let hash = Sha256::new().chain_update([1]).chain_update(root_by_definition(left));
    hash.chain_update(root_by_definition(right)).finalize().into()
}

/// Seconds of this thread.
fn timed(call: impl FnOnce()) -> f64 {
    let began = thread_seconds();
    call();
    thread_seconds() - began
}

/// Seconds to hash `blocks` blocks for each of `times` messages.
fn plain_hash(blocks: usize, times: usize) -> f64 {
    // The padding is a block's end.
    let message = vec![0x5a; blocks * 64 - 9];
    timed(|| {
        for _ in 0..times {
            black_box(Sha256::digest(black_box(&message)));
        }
    })
}

/// Microseconds for one of each, in alternation.
fn pairs(
    rounds: usize,
    times: usize,
    mut floor: impl FnMut() -> f64,
    mut ours: impl FnMut() -> f64,
) -> Vec<(f64, f64)> {
    let each = |seconds: f64| seconds * 1e6 / times as f64;
    (0..rounds).map(|_| (each(floor()), each(ours()))).collect()
}

fn figure(
    path: &'static str,
    n: usize,
    what: &'static str,
    pairs: &[(f64, f64)],
    watch: &Watch,
) -> Measure {
    let ours = sorted(pairs.iter().map(|(_, ours)| *ours));
    let mut measure = Measure::new(path, n, percentile(&ours, 50.0), "µs");
    measure.foreign_cpus = watch.foreign_cpus();
    measure.floor = Some(Floor::of(what, pairs));
    measure
}

fn append(leaves: usize, rounds: usize) -> Result<Measure, String> {
    let entries: Vec<_> = (0..leaves).map(entry).collect();
    let watch = Watch::start();
    let floor = || plain_hash(LEAF_BLOCKS, leaves) + plain_hash(NODE_BLOCKS, leaves);
    let mut root = None;
    let ours = || {
        let mut edge = Frontier::new();
        let took = timed(|| entries.iter().for_each(|entry| edge.push(Hash::of_leaf(entry))));
        root = Some(edge.root());
        took
    };
    let pairs = pairs(rounds, leaves, floor, ours);
    let expected = Tree::grow(leaves);
    expected.confirm()?;
    if root != Some(expected.edge.root()) {
        return Err("another root came out".to_owned());
    }
    let what = "plain SHA-256 of as many blocks";
    let mut measure = figure("log/append", leaves, what, &pairs, &watch);
    let worst = measure.floor.as_ref().map_or(f64::NAN, |floor| floor.ratio_max);
    measure.also = vec![("leaves/s", 1e6 / measure.value)];
    measure.goal = Some((format!("≤ {APPEND_RATIO_MAX} × floor"), worst <= APPEND_RATIO_MAX));
    measure.answers = root.map(|root| root.to_string());
    Ok(measure)
}

/// Indices that are asked for.
fn indices(tree: &Tree, count: usize) -> Vec<u64> {
    let mut numbers = Numbers(0x57_41_54_43_48);
    (0..count).map(|_| numbers.below(tree.size())).collect()
}

const PROOFS: usize = 2_000;

fn prove_inclusion(tree: &Tree, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let indices = indices(tree, PROOFS);
    // What a proof from tiles cannot do without: the nodes that no tile stores.
    let mut hashed = 0;
    for index in &indices {
        let nodes = ProofPlan::inclusion(*index, tree.size())?.nodes();
        hashed += nodes.iter().map(|node| Span::of(*node).count as usize - 1).sum::<usize>();
    }
    let watch = Watch::start();
    let pairs = pairs(
        rounds,
        PROOFS,
        || plain_hash(NODE_BLOCKS, hashed),
        || {
            timed(|| {
                for index in &indices {
                    let plan = ProofPlan::inclusion(*index, tree.size());
                    let _made = black_box(plan.map(|plan| tree.prove(&plan)));
                }
            })
        },
    );
    let what = "plain SHA-256 of the nodes that tiles do not store";
    let mut measure = figure("log/inclusion-proof", PROOFS, what, &pairs, &watch);
    let value = measure.value;
    measure.also = vec![("tree of", tree.size() as f64)];
    measure.goal = Some(("≤ 100 µs".to_owned(), value <= 100.0));
    Ok(measure)
}

fn verify(tree: &Tree, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let root = tree.edge.root();
    let mut proofs = Vec::new();
    for index in indices(tree, PROOFS) {
        let proof = tree.prove(&ProofPlan::inclusion(index, tree.size())?)?;
        let leaf = Hash::of_leaf(&entry(index as usize));
        verify_inclusion(index, tree.size(), &leaf, &proof, &root)?;
        // A proof of a neighbour must not pass: a check that cannot fail checks nothing.
        let other = Hash::of_leaf(&entry(index as usize + 1));
        if verify_inclusion(index, tree.size(), &other, &proof, &root).is_ok() {
            return Err("a proof verifies for another leaf".into());
        }
        proofs.push((index, leaf, proof));
    }
    let hashed = proofs.iter().map(|(_, _, proof)| proof.len()).sum();
    let watch = Watch::start();
    let pairs = pairs(
        rounds,
        PROOFS,
        || plain_hash(NODE_BLOCKS, hashed),
        || {
            timed(|| {
                for (index, leaf, proof) in &proofs {
                    let _verdict =
                        black_box(verify_inclusion(*index, tree.size(), leaf, proof, &root));
                }
            })
        },
    );
    let what = "plain SHA-256 of as many nodes";
    let mut measure = figure("log/verify-inclusion", PROOFS, what, &pairs, &watch);
    let worst = measure.floor.as_ref().map_or(f64::NAN, |floor| floor.ratio_max);
    measure.goal = Some(("≤ 1.5 × floor".to_owned(), worst <= 1.5));
    Ok(measure)
}

fn prove_consistency(tree: &Tree, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let sizes: Vec<u64> = indices(tree, 200).into_iter().map(|index| index.max(1)).collect();
    let mut hashed = 0;
    for size in &sizes {
        let plan = ProofPlan::consistency(*size, tree.size())?;
        hashed += plan.nodes().iter().map(|node| Span::of(*node).count as usize - 1).sum::<usize>();
        let earlier: Vec<Hash> = Frontier::nodes_at(*size)
            .into_iter()
            .map(|node| tree.node(node))
            .collect::<Result<_, _>>()?;
        let before = Frontier::from_nodes(*size, earlier).ok_or("no such tree")?.root();
        let proof = tree.prove(&plan)?;
        verify_consistency(*size, tree.size(), &proof, &before, &tree.edge.root())?;
    }
    let watch = Watch::start();
    let pairs = pairs(
        rounds,
        sizes.len(),
        || plain_hash(NODE_BLOCKS, hashed),
        || {
            timed(|| {
                for size in &sizes {
                    let plan = ProofPlan::consistency(*size, tree.size());
                    let _made = black_box(plan.map(|plan| tree.prove(&plan)));
                }
            })
        },
    );
    let what = "plain SHA-256 of the nodes that tiles do not store";
    let mut measure = figure("log/consistency-proof", sizes.len(), what, &pairs, &watch);
    measure.also = vec![("tree of", tree.size() as f64)];
    Ok(measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_of_a_proof_is_found_in_what_tiles_store() {
        let tree = Tree::grow(70_000);
        tree.confirm().unwrap();
        let root = tree.edge.root();
        for index in indices(&tree, 50) {
            let proof = tree.prove(&ProofPlan::inclusion(index, tree.size()).unwrap()).unwrap();
            let leaf = Hash::of_leaf(&entry(index as usize));
            verify_inclusion(index, tree.size(), &leaf, &proof, &root).unwrap();
        }
    }
}
