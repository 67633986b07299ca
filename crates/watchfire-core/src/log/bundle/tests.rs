use super::super::proof::ProofPlan;
use super::super::tick::Tick;
use super::super::tree::{Frontier, NodeId};
use super::*;

const ORIGIN: &str = "psirt.example/log";

fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[1; 32]).expect("a fine name")
}

fn salt(index: u8) -> Salt {
    [index; 32]
}

fn text(index: u8) -> Vec<u8> {
    // The sixth is no UTF-8, so that both forms of content occur.
    if index == 5 { vec![0xff, 0xfe] } else { format!("{{\"event\":{index}}}").into_bytes() }
}

fn leaf(index: u8) -> Hash {
    Leaf::commit(&salt(index), &text(index)).leaf_hash()
}

fn root_of(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

fn prove(leaves: &[Hash], index: u64) -> Vec<Hash> {
    let plan = ProofPlan::inclusion(index, leaves.len() as u64).expect("in the tree");
    let read = |node: NodeId| {
        let start = (node.index << node.level) as usize;
        Ok::<_, ()>(root_of(&leaves[start..start + (1 << node.level)]))
    };
    plan.assemble(read).expect("all leaves are there")
}

fn bundle(anchor: Anchor, checkpoint: &Checkpoint, entries: Vec<Entry>) -> Bundle {
    Bundle {
        origin: ORIGIN.to_owned(),
        key: signer().verifier().clone(),
        anchor,
        checkpoint: checkpoint.sign(&[&signer()]).expect("fine lines"),
        entries,
        summary: serde_json::json!({"facts": [{"kind": "vulnerability-known"}], "note": "漏洞"}),
    }
}

/// The entries 3, 5 and 6 of ten, of which 6 is erased, anchored in the internal log.
fn internal() -> Bundle {
    let leaves: Vec<_> = (0..10).map(leaf).collect();
    let origin = Checkpoint::internal_origin(ORIGIN);
    let entry = |index: u8| Entry {
        content: content(index),
        proof: EntryProof::Internal {
            index: index.into(),
            inclusion: prove(&leaves, index.into()),
        },
    };
    let checkpoint = Checkpoint::new(&origin, 10, root_of(&leaves));
    bundle(Anchor::Internal, &checkpoint, vec![entry(3), entry(5), entry(6)])
}

fn content(index: u8) -> Content {
    match index {
        6 => Content::Erased(Leaf::commit(&salt(6), &text(6))),
        _ => Content::Kept { salt: salt(index), bytes: text(index) },
    }
}

/// The same entries, anchored in the public log: 0 to 4 came with tick 0, the others with tick 1.
fn public() -> Bundle {
    let leaves: Vec<_> = (0..10).map(leaf).collect();
    let tick = |secret: u8, from: usize, until: usize| {
        let root = root_of(&leaves[..until]);
        Tick::new([secret; 32], until as u64, root, &leaves[from..until]).expect("small")
    };
    let ticks = [tick(8, 0, 5), tick(9, 5, 10)];
    let entries = ticks.clone().map(|tick| tick.entry().leaf_hash());
    let entry = |index: u8| {
        let tick = usize::from(index / 5);
        let batch = ticks[tick].path(usize::from(index % 5)).expect("it came with that tick");
        let proof =
            PublicProof { batch, tick: tick as u64, inclusion: prove(&entries, tick as u64) };
        Entry { content: content(index), proof: EntryProof::Public(proof) }
    };
    let checkpoint = Checkpoint::new(ORIGIN, 2, root_of(&entries));
    bundle(Anchor::Public, &checkpoint, vec![entry(3), entry(5), entry(6)])
}

fn sealed(bundle: &Bundle) -> String {
    bundle.seal(&signer()).expect("it is true")
}

fn refused(document: &str) -> Tampered {
    match verify(document.as_bytes(), None) {
        Err(BundleError::Tampered(tampered)) => tampered,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_sealed_verifies_and_reads_back_the_same() {
    for bundle in [internal(), public()] {
        let document = sealed(&bundle);
        assert_eq!(document, sealed(&bundle), "the same bytes each time");
        let verified = verify(document.as_bytes(), None).expect("untouched");
        assert_eq!((verified.erased, verified.key_expected), (1, false));
        assert_eq!(verified.bundle, bundle);
        let expected = verify(document.as_bytes(), Some(signer().verifier()));
        assert!(expected.expect("it is that key").key_expected);
    }
}

#[test]
fn an_edited_entry_is_named_by_its_index_or_its_place() {
    let document = sealed(&internal()).replace(r#"{\"event\":3}"#, r#"{\"event\":4}"#);
    assert_eq!(refused(&document).first_bad, Some(3), "its index in the log");
    let document = sealed(&public()).replace(r#"{\"event\":3}"#, r#"{\"event\":4}"#);
    assert_eq!(refused(&document).first_bad, Some(0), "its place in the bundle");
}

#[test]
fn entries_exchanged_doubled_or_moved_to_another_anchor_are_refused() {
    let change = |bundle: &mut Bundle, entries: &[usize]| {
        bundle.entries = entries.iter().map(|&at| bundle.entries[at].clone()).collect();
        bundle.check().expect_err("it is no longer true").first_bad
    };
    assert_eq!(change(&mut internal(), &[1, 0, 2]), Some(3));
    assert_eq!(change(&mut internal(), &[0, 0, 1]), Some(3));
    assert_eq!(change(&mut public(), &[1, 0, 2]), Some(1));
    assert_eq!(change(&mut public(), &[0, 1, 1]), Some(2));
    let mut mixed = internal();
    mixed.entries[1] = public().entries[1].clone();
    assert!(mixed.check().is_err());
    let mut exchanged = internal();
    let other = exchanged.entries[0].content.clone();
    exchanged.entries[1].content = other;
    assert_eq!(exchanged.check().expect_err("another content").first_bad, Some(5));
}

#[test]
fn every_part_beside_the_entries_is_bound_by_checkpoint_or_seal() {
    let document = sealed(&public());
    for (from, to) in [
        ("vulnerability-known", "vulnerability-unknown"),
        ("漏洞", "漏"),
        ("\"note\"", "\"noto\""),
        ("\"origin\": \"psirt", "\"origin\": \"pslrt"),
        ("psirt.example/log\\n2\\n", "psirt.example/log\\n3\\n"),
        ("  \"summary\"", " \"summary\""),
        ("\"anchor\": \"public\"", "\"anchor\": \"internal\""),
    ] {
        assert!(document.contains(from), "{from}");
        let changed = document.replacen(from, to, 1);
        assert_eq!(refused(&changed).first_bad, None, "{from} to {to}");
    }
    assert_eq!(refused(&format!("{document}\n")).first_bad, None);
    let doubled = document.replacen("\"summary\"", "\"summary\": 1,\n  \"summary\"", 1);
    assert_eq!(refused(&doubled).first_bad, None, "a field that a reader might see twice");
    let missing = document.replacen("\"facts\"", "\"acts\"", 1);
    assert_eq!(refused(&missing).first_bad, None);
}

#[test]
fn an_entry_left_out_breaks_the_seal() {
    let mut fewer = public();
    let seal = form::read(sealed(&fewer).as_bytes()).expect("a bundle").1;
    fewer.entries.pop();
    let document = form::document(&fewer, Some(&seal));
    assert!(refused(&document).what.contains("not the one that was sealed"));
}

#[test]
fn another_key_can_seal_only_for_itself() {
    let other = SignerKey::from_seed(ORIGIN, &[2; 32]).expect("a fine name");
    assert!(public().seal(&other).is_err());
    let document = sealed(&public());
    let error = verify(document.as_bytes(), Some(other.verifier())).expect_err("not that key");
    assert!(matches!(error, BundleError::Tampered(Tampered { first_bad: None, .. })));
    let ours = signer().verifier().to_string();
    let forged = document.replacen(&ours, &other.verifier().to_string(), 1);
    assert_eq!(refused(&forged).first_bad, None, "its checkpoint is not by that key");
}

#[test]
fn no_byte_of_a_bundle_can_be_changed() {
    let mut small = internal();
    small.entries.truncate(1);
    let document = sealed(&small).into_bytes();
    for at in 0..document.len() {
        let mut changed = document.clone();
        changed[at] ^= 1;
        assert!(verify(&changed, None).is_err(), "byte {at}");
    }
}

#[test]
fn what_is_not_a_bundle_is_refused_with_place_and_reason() {
    let document = sealed(&internal());
    for (from, to, pointer, what) in [
        ("watchfire-bundle/1\",", "watchfire-bundle/2\",", "/format", "another format"),
        ("\"origin\": \"psirt.example/log\"", "\"origin\": 7", "/origin", "no text"),
        ("\"summary\"", "\"sumary\"", "", "the unknown field `sumary`"),
        ("\"index\": 3", "\"index\": -3", "/entries/0/internal/index", "no whole number"),
        ("\"salt\"", "\"sale\"", "/entries/0", "the unknown field `sale`"),
        ("\"text\"", "\"commitment\"", "/entries/0", "not one of `text`"),
    ] {
        let changed = document.replacen(from, to, 1);
        let Err(BundleError::Form(error)) = verify(changed.as_bytes(), None) else {
            panic!("{from} to {to} was read");
        };
        assert_eq!(error.pointer, pointer, "{from} to {to}");
        assert!(error.what.contains(what), "{error}");
    }
    assert!(matches!(verify(b"{", None), Err(BundleError::Form(_))));
    assert!(matches!(verify(b"[]", None), Err(BundleError::Form(_))));
    let cut = &document.as_bytes()[..document.len() / 2];
    assert!(matches!(verify(cut, None), Err(BundleError::Form(_))));
}
