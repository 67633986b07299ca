use std::cell::RefCell;
use std::collections::HashMap;

use super::*;
use crate::log::tree::tests::{leaves, root_by_definition};

const SIZE_MAX: u64 = 200;

/// The leaves, and the roots by definition that were asked for before.
struct Tree(Vec<Hash>, RefCell<HashMap<(u64, u64), Hash>>);

impl Tree {
    fn new(size: u64) -> Self {
        Self(leaves(size), RefCell::default())
    }

    fn root(&self, start: u64, end: u64) -> Hash {
        let by_definition = || root_by_definition(&self.0[start as usize..end as usize]);
        *self.1.borrow_mut().entry((start, end)).or_insert_with(by_definition)
    }

    fn prove(&self, plan: &ProofPlan) -> Vec<Hash> {
        plan.assemble(|node| {
            let start = node.index << node.level;
            Ok::<_, ()>(self.root(start, start + (1 << node.level)))
        })
        .expect("every node of the plan is in the tree")
    }
}

/// Every way to spoil a proof by one hash.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[at].0[at % 32] ^= 1;
        all.push(flipped);
        let mut missing = proof.to_vec();
        missing.remove(at);
        all.push(missing);
    }
    all.push([proof, &[Hash::of_empty_tree()]].concat());
    all.push([&[Hash::of_empty_tree()], proof].concat());
    all
}

#[test]
fn inclusion_verifies_for_every_leaf_and_size_and_for_nothing_else() {
    let tree = Tree::new(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        let root = tree.root(0, size);
        for index in 0..size {
            let proof = tree.prove(&ProofPlan::inclusion(index, size).expect("in the tree"));
            let leaf = &tree.0[index as usize];
            assert_eq!(verify_inclusion(index, size, leaf, &proof, &root), Ok(()));
            if size % 13 != 0 {
                continue;
            }
            for other in spoiled(&proof) {
                assert!(verify_inclusion(index, size, leaf, &other, &root).is_err());
            }
            let neighbour = (index + 1) % size;
            assert!(verify_inclusion(neighbour, size, leaf, &proof, &root).is_err());
            assert!(verify_inclusion(index, size, &Hash([1; 32]), &proof, &root).is_err());
        }
    }
}

#[test]
fn consistency_verifies_for_every_pair_of_sizes_and_for_nothing_else() {
    let tree = Tree::new(SIZE_MAX);
    let roots: Vec<_> = (0..=SIZE_MAX).map(|size| tree.root(0, size)).collect();
    for later in 1..=SIZE_MAX {
        for earlier in 1..=later {
            let proof = tree.prove(&ProofPlan::consistency(earlier, later).expect("sizes fit"));
            let (one, two) = (&roots[earlier as usize], &roots[later as usize]);
            let verify =
                |proof: &[Hash], one, two| verify_consistency(earlier, later, proof, one, two);
            assert_eq!(verify(&proof, one, two), Ok(()), "{earlier} to {later}");
            if later % 13 != 0 {
                continue;
            }
            assert!(spoiled(&proof).iter().all(|other| verify(other, one, two).is_err()));
            assert!(verify(&proof, one, &Hash([1; 32])).is_err());
            assert!(verify(&proof, &Hash([1; 32]), two).is_err());
            if earlier < later {
                assert!(verify(&proof, two, one).is_err());
            }
        }
    }
}

#[test]
fn every_subtree_is_proved_to_be_part_of_its_tree() {
    let tree = Tree::new(48);
    for size in 1..=48 {
        let root = tree.root(0, size);
        for end in 1..=size {
            for start in (0..end).filter(|start| check_subtree(*start, end).is_ok()) {
                let plan = ProofPlan::subtree_consistency(start, end, size).expect("fits");
                let proof = tree.prove(&plan);
                let part = tree.root(start, end);
                let verify = |proof: &[Hash], part: &Hash| {
                    verify_subtree_consistency(start, end, size, proof, part, &root)
                };
                assert_eq!(verify(&proof, &part), Ok(()), "{start}..{end} of {size}");
                assert!(spoiled(&proof).iter().all(|other| verify(other, &part).is_err()));
                assert!(verify(&proof, &Hash([1; 32])).is_err());
            }
        }
    }
}

#[test]
fn what_cannot_be_proved_is_refused_by_name() {
    assert!(matches!(ProofPlan::inclusion(3, 3), Err(ProofError::IndexOutside { .. })));
    assert!(ProofPlan::inclusion(2, 3).is_ok());
    assert_eq!(ProofPlan::consistency(0, 3), Err(ProofError::FromEmpty));
    assert!(matches!(ProofPlan::consistency(4, 3), Err(ProofError::Shrunk { .. })));
    assert_eq!(ProofPlan::consistency(3, 3).map(|plan| plan.nodes()), Ok(vec![]));
    let empty = Hash::of_empty_tree();
    assert_eq!(verify_consistency(0, 0, &[], &empty, &empty), Ok(()));
    assert!(verify_consistency(0, 0, &[], &empty, &Hash([1; 32])).is_err());
    assert!(verify_consistency(0, 0, &[empty], &empty, &empty).is_err());
    assert_eq!(verify_consistency(0, 1, &[], &empty, &empty), Err(ProofError::FromEmpty));
    assert!(check_subtree(1, (1 << 63) + 2).is_err());
    assert!(check_subtree(0, u64::MAX).is_ok());
}
