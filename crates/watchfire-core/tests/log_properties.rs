//! Properties of the evidence log: proofs in trees of any size, and parsers under any bytes.

use proptest::prelude::*;

use watchfire_core::log::tile::{self, Tile};
use watchfire_core::log::{
    Checkpoint, Frontier, Hash, NodeId, Note, ProofPlan, SignerKey, VerifierKey, bundle, probe,
    proof,
};

/// The hash of a complete subtree in a tree whose leaves are all the same, of any size.
fn node(node: NodeId) -> Result<Hash, std::convert::Infallible> {
    let leaf = Hash::of_leaf(b"the same");
    Ok((0..node.level).fold(leaf, |below, _| Hash::of_node(&below, &below)))
}

fn root(size: u64) -> Hash {
    let hashes = Frontier::nodes_at(size).into_iter().map(|id| node(id).expect("infallible"));
    Frontier::from_nodes(size, hashes.collect()).expect("as many as the size has bits").root()
}

fn prove(plan: &ProofPlan) -> Vec<Hash> {
    plan.assemble(node).expect("infallible")
}

/// Sizes of every magnitude, as likely small as large.
fn size() -> impl Strategy<Value = u64> {
    (1u32..62).prop_flat_map(|bits| (1u64 << (bits - 1))..(1u64 << bits))
}

proptest! {
    #[test]
    fn inclusion_verifies_in_trees_of_any_size(size in size(), pick in any::<u64>(), other in any::<u64>()) {
        let index = pick % size;
        let hashes = prove(&ProofPlan::inclusion(index, size).expect("in the tree"));
        let leaf = Hash::of_leaf(b"the same");
        let verify = |index, leaf: &Hash, hashes: &[Hash]| {
            proof::verify_inclusion(index, size, leaf, hashes, &root(size)).is_ok()
        };
        prop_assert!(verify(index, &leaf, &hashes));
        prop_assert!(!verify(index, &Hash::of_leaf(b"another"), &hashes));
        if !hashes.is_empty() {
            let mut spoiled = hashes.clone();
            spoiled[(other % hashes.len() as u64) as usize].0[0] ^= 1;
            prop_assert!(!verify(index, &leaf, &spoiled));
            prop_assert!(!verify(index, &leaf, &hashes[1..]));
        }
    }

    #[test]
    fn consistency_verifies_between_trees_of_any_size(one in size(), two in size(), other in any::<u64>()) {
        let (earlier, later) = (one.min(two), one.max(two));
        let hashes = prove(&ProofPlan::consistency(earlier, later).expect("sizes fit"));
        let verify = |hashes: &[Hash], after: &Hash| {
            proof::verify_consistency(earlier, later, hashes, &root(earlier), after).is_ok()
        };
        prop_assert!(verify(&hashes, &root(later)));
        prop_assert!(!verify(&hashes, &Hash::of_empty_tree()));
        if !hashes.is_empty() {
            let mut spoiled = hashes.clone();
            spoiled[(other % hashes.len() as u64) as usize].0[31] ^= 128;
            prop_assert!(!verify(&spoiled, &root(later)));
            prop_assert!(!verify(&hashes[1..], &root(later)));
        }
    }

    #[test]
    fn a_frontier_grows_the_same_from_anywhere(start in size(), more in 1u64..600) {
        let hashes = Frontier::nodes_at(start).into_iter().map(|id| node(id).expect("infallible"));
        let mut frontier = Frontier::from_nodes(start, hashes.collect()).expect("fits");
        for _ in 0..more {
            frontier.push(Hash::of_leaf(b"the same"));
        }
        prop_assert_eq!(frontier.root(), root(start + more));
        prop_assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier));
    }

    #[test]
    fn tiles_in_a_tree_have_paths_that_read_back(size in size(), index in any::<u64>(), level in 0u8..8) {
        if let Some(tile) = Tile::in_tree(tile::Kind::Hashes(level), index % (size + 1), size) {
            prop_assert_eq!(Tile::parse_path(&tile.path()), Ok(tile));
        }
    }

    #[test]
    fn what_is_signed_verifies_and_names_its_log(
        origin in "[!-*,-~\u{4e00}-\u{4e20}]{1,20}",
        size in any::<u64>(),
        root in any::<[u8; 32]>(),
        seed in any::<[u8; 32]>(),
    ) {
        let key = SignerKey::from_seed(&origin, &seed).expect("no space, no plus");
        let checkpoint = Checkpoint::new(&origin, size, Hash(root));
        let note = checkpoint.sign(&[&key]).expect("one line each");
        let known = VerifierKey::parse(&key.verifier().to_string()).expect("what we wrote");
        prop_assert_eq!(Checkpoint::open(note.as_bytes(), &[&known], &origin), Ok(checkpoint));
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in any::<Vec<u8>>(), text in "\\PC{0,60}") {
        let _ = Note::parse(&bytes);
        let _ = tile::parse_bundle(&bytes);
        let _ = tile::parse_hashes(&bytes);
        let _ = Frontier::from_bytes(&bytes);
        let _ = Tile::parse_path(&text);
        let _ = Tile::parse_path(&format!("tile/0/{text}"));
        let _ = VerifierKey::parse(&text);
        let _ = Checkpoint::parse(&format!("{text}\n1\n{text}\n"));
        prop_assert!(bundle::verify(&bytes, None).is_err());
        prop_assert!(probe::answer_line(&text).starts_with("error: "));
    }

    #[test]
    fn probes_of_any_numbers_are_answered(a in any::<u64>(), b in any::<u64>(), c in any::<u64>()) {
        let hash = Hash::of_empty_tree();
        let proof = format!("[\"{hash}\",\"{hash}\"]");
        for line in [
            format!(r#"{{"leafIdx":{a},"treeSize":{b},"root":"{hash}","leafHash":"{hash}","proof":{proof}}}"#),
            format!(r#"{{"leafIdx":{a},"start":{b},"end":{c},"root":"{hash}","leafHash":"{hash}","proof":{proof}}}"#),
            format!(r#"{{"size1":{a},"size2":{b},"root1":"{hash}","root2":"{hash}","proof":{proof}}}"#),
            format!(r#"{{"start":{a},"end":{b},"size":{c},"root1":"{hash}","root2":"{hash}","proof":{proof}}}"#),
        ] {
            prop_assert_eq!(probe::answer_line(&line), "false");
        }
    }
}
