use std::os::unix::fs::PermissionsExt as _;

use watchfire_exposure::index::{Index, Package, Rule};

use super::*;

fn head() -> LogHead {
    LogHead { size: 7, root: Hash([9; Hash::LEN]) }
}

/// An index of documents with a component each, and one that was taken out.
fn frozen(documents: Number) -> Frozen {
    let package = Package::new("npm", "a");
    let mut index = Index::default();
    for document in 0..documents {
        index.add(document, [(&package, "1.0.0")]).expect("new");
    }
    index.remove(1);
    index.freeze()
}

fn documents(segment: Segment) -> Vec<Number> {
    let index = Index::of(vec![segment], []);
    index.documents(&Package::new("npm", "a"), &Rule::every()).0
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("one").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_kept_is_read_again_and_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    assert!(opened(&path).expect("no file is no failure").is_none());
    for count in [3, 4] {
        let segment = made(&frozen(count), folder.path(), Some(head())).expect("sound");
        let (said, again) = opened(&path).expect("sound").expect("there");
        let wanted: Vec<Number> = (0..count).filter(|number| *number != 1).collect();
        assert_eq!((&documents(segment), &documents(again)), (&wanted, &wanted));
        assert_eq!((said.sboms, said.log_size, said.log_root), (wanted, 7, [9; 32]));
    }
    assert_eq!(names(folder.path()), [FILE]);
    let mode = fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn every_flipped_bit_every_cut_and_another_reader_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    made(&frozen(3), folder.path(), Some(head())).expect("sound");
    let path = folder.path().join(FILE);
    let sound = fs::read(&path).expect("a file");
    let refused = |bytes: &[u8], what: &str| {
        fs::write(&path, bytes).expect("a file");
        assert!(opened(&path).is_err(), "{what}");
    };
    for at in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[at] ^= 1 << (at % 8);
        refused(&flipped, &format!("byte {at}"));
        refused(&sound[..at], &format!("cut at {at}"));
    }
    refused(&[&sound[..], b"\0"].concat(), "longer");
    let merged = frozen(3).merged();
    let said = |reader, segment_bytes| Said {
        reader,
        log_size: 7,
        log_root: [9; 32],
        segment_bytes,
        sboms: vec![0, 2],
    };
    let size = merged.size_bytes() as u64;
    assert!(written(folder.path(), &said(READER, size), &merged).is_ok());
    let other = written(folder.path(), &said(READER + 1, size), &merged);
    assert!(matches!(other, Err(Unusable::Reader)), "{other:?}");
    let other = written(folder.path(), &said(READER, size + 8), &merged);
    assert!(matches!(other, Err(Unusable::Broken(_))), "{other:?}");
    assert_eq!(names(folder.path()), [FILE], "what was refused did not take its place");
}

#[test]
fn where_nothing_can_be_written_the_index_stays_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    let segment = made(&frozen(3), &missing, Some(head())).expect("sound");
    assert_eq!(documents(segment), [0, 2]);
    let segment = made(&frozen(3), folder.path(), None).expect("sound");
    assert_eq!(documents(segment), [0, 2]);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_a_killed_node_left_is_removed_and_what_another_writes_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let [left, written] = ["left", "written"].map(|name| format!("{BESIDE}{name}"));
    fs::write(folder.path().join(&left), b"half").expect("a file");
    let other = File::create(folder.path().join(&written)).expect("a file");
    other.try_lock().expect("nobody else has it");
    made(&frozen(3), folder.path(), Some(head())).expect("sound");
    let mut found = names(folder.path());
    found.sort();
    assert_eq!(found, [written, FILE.to_owned()]);
}

#[test]
fn two_nodes_that_keep_theirs_in_one_folder_each_have_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = made(&frozen(3), folder.path(), Some(head())).expect("sound");
    let second = made(&frozen(5), folder.path(), Some(head())).expect("sound");
    let (said, kept) = opened(&folder.path().join(FILE)).expect("sound").expect("there");
    assert_eq!(said.sboms, documents(kept), "one of the two, and whole");
    assert_eq!((documents(first), documents(second)), (vec![0, 2], vec![0, 2, 3, 4]));
}
