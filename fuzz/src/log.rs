//! What the evidence log gives away and takes back: events, notes, proofs, tiles, bundles.

use std::sync::OnceLock;

use watchfire_core::event::encoding;
use watchfire_core::log::bundle::{self, Anchor, Bundle, Content, Entry, EntryProof};
use watchfire_core::log::note::NOTE_BYTES_MAX;
use watchfire_core::log::proof::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use watchfire_core::log::tile::{self, Kind, Tile};
use watchfire_core::log::{
    Checkpoint, Frontier, Hash, Leaf, Note, ProofPlan, PublicProof, Receipt, SignerKey, Tick,
    VerifierKey, probe,
};

/// Checks the bytes of an event: what is read is written in one form, which is read alike.
pub(crate) fn event(bytes: &[u8]) {
    match encoding::decode(bytes) {
        Ok(event) => {
            let written = encoding::encode(&event).expect("what was read can be written");
            let again = encoding::decode(&written).expect("what was written can be read");
            assert_eq!(again, event);
            assert_eq!(encoding::encode(&again).ok(), Some(written), "one event, one form");
        }
        Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
    }
}

/// Checks signed notes, checkpoints and keys.
pub(crate) fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert!(bytes.len() <= NOTE_BYTES_MAX);
        let text = note.unverified_text();
        assert!(bytes.starts_with(text.as_bytes()) && text.ends_with('\n'));
        assert!(!note.signatures().is_empty(), "a note bears a signature line");
        assert!(note.verify(&[]).is_err(), "nobody's key has signed nothing");
        let key = signer();
        if note.verify(&[key.verifier()]).is_ok() {
            let again = Note::sign(text, &[key]).expect("what was signed can be signed");
            assert!(Note::parse(again.as_bytes()).is_ok());
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text, "a checkpoint has one spelling");
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text, "a key has one spelling");
    }
    if let Ok(key) = SignerKey::parse(text) {
        assert_eq!(key.to_secret_text(), text, "a private key has one spelling");
        assert!(!format!("{key:?}").contains(text), "a private key is never shown");
    }
}

/// Checks receipts, and the lines that `watchfire log proof` answers.
pub(crate) fn receipt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(receipt) = Receipt::parse(text) {
        assert_eq!(receipt.to_text(), text, "a receipt has one spelling");
        let key = signer();
        let leaf = Hash::of_leaf(bytes);
        assert!(receipt.verify(&leaf, &[key.verifier()], key.verifier().name()).is_err());
    }
    for line in text.lines().take(64) {
        let answer = probe::answer_line(line);
        let known = answer == "true" || answer == "false" || answer.starts_with("error: ");
        assert!(known, "`{answer}`");
    }
}

/// Checks the arithmetic of proofs on any numbers, and on trees that are small enough to build.
pub(crate) fn proof(bytes: &[u8]) {
    let mut words = bytes.chunks_exact(8).filter_map(|word| word.try_into().ok());
    let mut word = || words.next().map_or(0, u64::from_le_bytes);
    let (one, two, three, four) = (word(), word(), word(), word());
    let rest = bytes.get(32..).unwrap_or_default();
    let hashes: Vec<Hash> =
        rest.chunks_exact(Hash::LEN).take(80).filter_map(Hash::from_slice).collect();
    let leaf = Hash::of_leaf(rest);
    // Whatever the numbers, nothing that was not planned leads to a root that was not computed.
    let never = "hashes that nobody computed prove nothing";
    let other = Hash::of_leaf(&leaf.0);
    let roots = hashes.first().map_or((leaf, other), |first| (*first, other));
    assert!(verify_inclusion(one, two, &leaf, &hashes, &other).is_err(), "{never}");
    assert!(verify_subtree_inclusion(one, two, three, &leaf, &hashes, &other).is_err(), "{never}");
    assert!(verify_consistency(one, two, &hashes, &roots.0, &roots.1).is_err(), "{never}");
    let subtree = verify_subtree_consistency(one, two, four, &hashes, &leaf, &roots.1);
    assert!(subtree.is_err(), "{never}");
    for plan in [ProofPlan::inclusion(one, two), ProofPlan::consistency(one, two)] {
        let nodes = plan.map_or(0, |plan| plan.nodes().len());
        assert!(nodes <= 64 * 64, "{nodes} nodes for one proof");
    }
    if let Ok(plan) = ProofPlan::subtree_consistency(one, two, three) {
        assert!(plan.nodes().len() <= 64 * 64);
    }
    small_trees(one % 300, two % 300);
}

/// In a tree that exists, every proof that can be planned verifies.
fn small_trees(one: u64, two: u64) {
    let (earlier, later) = (one.min(two), one.max(two));
    let leaves = leaves();
    let root = |size: u64| root_of(&leaves[..size as usize]);
    if let Ok(plan) = ProofPlan::inclusion(earlier, later) {
        let proof = assemble(&plan, leaves);
        let leaf = &leaves[earlier as usize];
        assert_eq!(verify_inclusion(earlier, later, leaf, &proof, &root(later)), Ok(()));
    }
    if let Ok(plan) = ProofPlan::consistency(earlier, later) {
        let proof = assemble(&plan, leaves);
        let (before, after) = (root(earlier), root(later));
        assert_eq!(verify_consistency(earlier, later, &proof, &before, &after), Ok(()));
    }
}

fn leaves() -> &'static [Hash] {
    static LEAVES: OnceLock<Vec<Hash>> = OnceLock::new();
    LEAVES.get_or_init(|| (0..300_u64).map(|at| Hash::of_leaf(&at.to_be_bytes())).collect())
}

fn root_of(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

fn assemble(plan: &ProofPlan, leaves: &[Hash]) -> Vec<Hash> {
    let read = |node: watchfire_core::log::NodeId| {
        let start = (node.index << node.level) as usize;
        Ok::<_, std::convert::Infallible>(root_of(&leaves[start..start + (1 << node.level)]))
    };
    plan.assemble(read).unwrap_or_else(|never| match never {})
}

/// Checks tiles: their paths, their bytes, and the right edge of a tree.
pub(crate) fn tile(bytes: &[u8]) {
    if let Some(hashes) = tile::parse_hashes(bytes) {
        assert_eq!(tile::hash_bytes(&hashes), bytes);
    }
    match tile::parse_bundle(bytes) {
        Ok(entries) => assert_eq!(tile::bundle_bytes(entries).as_deref(), Ok(bytes)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Some(edge) = Frontier::from_bytes(bytes) {
        assert_eq!(edge.to_bytes(), bytes);
        assert_eq!(Frontier::nodes_at(edge.size()).len() as u32, edge.size().count_ones());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(hash) = Hash::from_base64(text) {
        assert_eq!(hash.to_string(), text, "a hash has one spelling");
    }
    if let Ok(found) = Tile::parse_path(text) {
        assert_eq!(found.path(), text, "a tile has one path");
        assert!((1..=256).contains(&found.width));
        if let Kind::Hashes(level) = found.kind {
            assert!(level <= 63);
        }
        found.index.checked_mul(256).map(|_| found.first());
    }
}

/// Checks bundles: none verifies under our key but those that it has sealed.
pub(crate) fn bundle(bytes: &[u8]) {
    match bundle::verify(bytes, None) {
        Ok(verified) => assert!(!verified.key_expected),
        Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
    }
    if let Ok(verified) = bundle::verify(bytes, Some(signer().verifier())) {
        assert!(verified.key_expected);
        let ours = sealed().iter().any(|ours| ours.as_bytes() == bytes);
        assert!(ours, "a document that nobody sealed verifies");
    }
}

const ORIGIN: &str = "psirt.example/log";

/// The key of every bundle here. It is no secret, so the fuzzer must not be told to guess it.
fn signer() -> &'static SignerKey {
    static KEY: OnceLock<SignerKey> = OnceLock::new();
    KEY.get_or_init(|| SignerKey::from_seed(ORIGIN, &[1; 32]).expect("a fine name"))
}

/// Bundles that are sound: one anchored in the internal log and one in the public one.
pub(crate) fn sealed() -> &'static [String; 2] {
    static SEALED: OnceLock<[String; 2]> = OnceLock::new();
    SEALED.get_or_init(|| {
        [internal(), public()].map(|bundle| bundle.seal(signer()).expect("it is sound"))
    })
}

/// A receipt that is sound.
pub(crate) fn sound_receipt() -> String {
    let bundle = public();
    let [Entry { proof: EntryProof::Public(proof), .. }, ..] = bundle.entries.as_slice() else {
        panic!("its entries are anchored in the public log");
    };
    Receipt { proof: proof.clone(), checkpoint: bundle.checkpoint.clone() }.to_text()
}

fn content(at: u8) -> (Content, Hash) {
    let (salt, bytes) = ([at; 32], format!("{{\"event\":{at}}}").into_bytes());
    let commitment = Leaf::commit(&salt, &bytes);
    let content = if at == 2 {
        Content::Erased(commitment)
    } else {
        Content::Kept { salt, bytes: if at == 1 { vec![0xff] } else { bytes } }
    };
    let hash = match &content {
        Content::Kept { salt, bytes } => Leaf::commit(salt, bytes).leaf_hash(),
        Content::Erased(commitment) => commitment.leaf_hash(),
    };
    (content, hash)
}

fn bundle_of(anchor: Anchor, checkpoint: &Checkpoint, entries: Vec<Entry>) -> Bundle {
    Bundle {
        origin: ORIGIN.to_owned(),
        key: signer().verifier().clone(),
        anchor,
        checkpoint: checkpoint.sign(&[signer()]).expect("fine lines"),
        entries,
        summary: serde_json::json!({"facts": [{"kind": "vulnerability-known"}], "note": "漏洞"}),
    }
}

fn internal() -> Bundle {
    let (contents, leaves): (Vec<_>, Vec<_>) = (0..3).map(content).unzip();
    let entry = |(index, content): (u64, Content)| {
        let plan = ProofPlan::inclusion(index, 3).expect("it is in the tree");
        let inclusion = assemble(&plan, &leaves);
        Entry { content, proof: EntryProof::Internal { index, inclusion } }
    };
    let origin = Checkpoint::internal_origin(ORIGIN);
    let checkpoint = Checkpoint::new(&origin, 3, root_of(&leaves));
    bundle_of(Anchor::Internal, &checkpoint, (0..).zip(contents).map(entry).collect())
}

fn public() -> Bundle {
    let (contents, leaves): (Vec<_>, Vec<_>) = (0..3).map(content).unzip();
    let tick = |secret: u8, leaf: Hash, size: u64| {
        Tick::new([secret; 32], size, Hash([0; 32]), &[leaf]).expect("it is small")
    };
    let ticks: Vec<Tick> =
        (1..).zip(&leaves).map(|(at, leaf)| tick(at, *leaf, u64::from(at))).collect();
    let public: Vec<Hash> = ticks.iter().map(|tick| tick.entry().leaf_hash()).collect();
    let entry = |(at, content): (u64, Content)| {
        let plan = ProofPlan::inclusion(at, 3).expect("it is in the tree");
        let batch = ticks[at as usize].path(0).expect("one came with it");
        let inclusion = assemble(&plan, &public);
        let proof = PublicProof { batch, tick: at, inclusion };
        Entry { content, proof: EntryProof::Public(proof) }
    };
    let checkpoint = Checkpoint::new(ORIGIN, 3, root_of(&public));
    bundle_of(Anchor::Public, &checkpoint, (0..).zip(contents).map(entry).collect())
}
