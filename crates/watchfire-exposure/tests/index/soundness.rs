//! A segment that was changed is refused, and one that lies about itself harms nobody.

use watchfire_exposure::index::{Index, Package, Rule, Segment};

fn bytes() -> Vec<u8> {
    let mut index = Index::default();
    let packages: Vec<Package> =
        ["a", "b", "漏洞"].iter().map(|name| Package::new("Maven", name)).collect();
    for document in 0..20 {
        let version = format!("1.{document}");
        let odd = if document % 5 == 0 { "4.0.0.CR1" } else { "(devel)" };
        let components =
            packages.iter().flat_map(|package| [(package, version.as_str()), (package, odd)]);
        index.add(document, components.collect::<Vec<_>>()).expect("new");
    }
    index.merged()
}

#[test]
fn a_segment_is_read_as_it_was_written() {
    let segment = Segment::open(bytes()).expect("a segment");
    assert_eq!((segment.rows(), segment.documents().len()), (120, 20));
    let empty = Segment::open(Index::default().merged()).expect("an empty segment");
    assert_eq!(empty.rows(), 0);
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let sound = bytes();
    for at in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(Segment::open(flipped).is_err(), "byte {at}");
    }
    for end in 0..sound.len() {
        assert!(Segment::open(sound[..end].to_vec()).is_err(), "cut at {end}");
    }
    let mut longer = sound;
    longer.push(0);
    assert!(Segment::open(longer).is_err());
}

/// The same sum as that of a segment, so that what lies behind it is tried too.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        sum = (sum ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
    for byte in chunks.remainder() {
        sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    sum ^ bytes.len() as u64
}

#[test]
fn a_segment_of_other_orders_or_names_is_refused() {
    let mut other = bytes();
    other[64] ^= 1;
    let sum = checksum(&other[24..]);
    other[16..24].copy_from_slice(&sum.to_le_bytes());
    let refused = Segment::open(other).expect_err("it is sorted by other orders");
    assert!(refused.to_string().contains("orders of versions"), "{refused}");
}

#[test]
fn a_segment_that_was_made_to_lie_leads_nowhere_outside() {
    let sound = bytes();
    let mut accepted = 0;
    for at in 24..sound.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut lying = sound.clone();
            lying[at] = value;
            let sum = checksum(&lying[24..]);
            lying[16..24].copy_from_slice(&sum.to_le_bytes());
            let Ok(segment) = Segment::open(lying) else { continue };
            accepted += 1;
            let index = Index::of(vec![segment], []);
            for name in ["a", "b", "漏洞"] {
                index.hits(&Package::new("Maven", name), &Rule::every());
            }
            index.merged();
        }
    }
    // Numbers of documents and texts of versions may be any.
    assert!(accepted > 0);
}
