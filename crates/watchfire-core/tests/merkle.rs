//! The evidence log against the test data of others: every probe, and a whole log with its history.

use std::fs;
use std::path::{Path, PathBuf};

use watchfire_core::log::tile::{self, Tile};
use watchfire_core::log::{
    Checkpoint, Frontier, Hash, NodeId, ProofPlan, VerifierKey, probe, proof,
};

const ORIGIN: &str = "example.com/log/testdata";
const KEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/merkle").join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(data(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns how many probes the file holds, after checking that each is answered as it wants.
fn check_probes(name: &str) -> usize {
    let text = String::from_utf8(read(name)).expect("UTF-8");
    for line in text.lines() {
        let wanted: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let refused = wanted["wantErr"].as_bool().expect("every probe says what it wants");
        assert_eq!(probe::answer_line(line), (!refused).to_string(), "{name}: {line}");
    }
    text.lines().count()
}

#[test]
fn every_probe_of_inclusion_is_answered_as_it_wants() {
    assert_eq!(check_probes("inclusion.jsonl"), 73);
    assert_eq!(check_probes("subtreeinclusion.jsonl"), 151);
}

#[test]
fn every_probe_of_consistency_is_answered_as_it_wants() {
    assert_eq!(check_probes("consistency.jsonl"), 70);
    assert_eq!(check_probes("subtreeconsistency.jsonl"), 89);
}

fn key() -> VerifierKey {
    VerifierKey::parse(KEY).expect("the published key")
}

fn checkpoint(size: u64) -> Checkpoint {
    let note = read(&format!("tessera-log/checkpoint.{size}"));
    let opened = Checkpoint::open(&note, &[&key()], ORIGIN).expect("signed by the published key");
    assert_eq!(opened.size, size);
    opened
}

fn entries(size: u64) -> Vec<Hash> {
    let Some(tile) = Tile::in_tree(tile::Kind::Entries, 0, size) else { return Vec::new() };
    let bytes = read(&format!("tessera-log/{}", tile.path()));
    tile::parse_bundle(&bytes).expect("whole entries").into_iter().map(Hash::of_leaf).collect()
}

#[test]
fn every_checkpoint_is_rebuilt_from_the_bundle_of_entries() {
    for size in 0..=15 {
        let leaves = entries(size);
        assert_eq!(leaves.len() as u64, size);
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        assert_eq!(frontier.root(), checkpoint(size).root, "at size {size}");
        for tile in tile::changed(0, size).iter().filter(|tile| tile.kind != tile::Kind::Entries) {
            let stored = read(&format!("tessera-log/{}", tile.path()));
            assert_eq!(stored, tile::hash_bytes(&leaves), "{}", tile.path());
        }
    }
}

#[test]
fn the_latest_checkpoint_is_the_last_of_its_history() {
    let latest = read("tessera-log/checkpoint");
    let opened = Checkpoint::open(&latest, &[&key()], ORIGIN).expect("signed");
    assert_eq!(opened, checkpoint(15));
    let mut forged = latest.clone();
    forged[ORIGIN.len() + 1] = b'2';
    assert!(Checkpoint::open(&forged, &[&key()], ORIGIN).is_err());
}

#[test]
fn every_checkpoint_continues_every_earlier_one_and_holds_every_leaf() {
    let leaves = entries(15);
    let node = |node: NodeId| {
        let start = (node.index << node.level) as usize;
        let mut frontier = Frontier::new();
        leaves[start..start + (1 << node.level)].iter().for_each(|leaf| frontier.push(*leaf));
        Ok::<_, ()>(frontier.root())
    };
    for later in 1..=15 {
        let root = checkpoint(later).root;
        for earlier in 1..=later {
            let before = checkpoint(earlier).root;
            let plan = ProofPlan::consistency(earlier, later).expect("sizes fit");
            let hashes = plan.assemble(node).expect("all leaves are there");
            let verify =
                |root: &Hash| proof::verify_consistency(earlier, later, &hashes, &before, root);
            assert_eq!(verify(&root), Ok(()), "{earlier} to {later}");
            assert!(verify(&Hash::of_empty_tree()).is_err());
        }
        for index in 0..later {
            let plan = ProofPlan::inclusion(index, later).expect("in the tree");
            let hashes = plan.assemble(node).expect("all leaves are there");
            let leaf = &leaves[index as usize];
            assert_eq!(proof::verify_inclusion(index, later, leaf, &hashes, &root), Ok(()));
        }
    }
}
