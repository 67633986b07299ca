//! Documents of others as they are kept: small ones together, large ones by themselves.

use watchfire_core::event::Duty;
use watchfire_store::policy::Write;
use watchfire_store::{Kept, Word, digest_of};

use crate::engine::engines;
use crate::exposure::{said, watch, word};
use crate::house::House;

/// So many bytes do not become fewer: small documents that take more together are kept in parts.
fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(seed | 1);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

fn gone(name: &str) -> Word {
    let mut gone = word("ghsa", name, "");
    gone.is_withdrawn = true;
    gone.parts.clear();
    gone
}

#[tokio::test]
async fn many_documents_are_kept_each_as_it_was() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let grant = house.store.authorize_node::<Write>(&watch()).await.unwrap();
        let sizes = [3, 200_000, 0, 3_000_000, 1, 2_000_000, 5_000_000, 70_000, 2, 200_000];
        let texts: Vec<Vec<u8>> =
            (1..).zip(sizes).map(|(seed, bytes)| noise(seed, bytes)).collect();
        let documents: Vec<Word> = texts
            .iter()
            .enumerate()
            // The same bytes under two names are one document.
            .flat_map(|(at, bytes)| [format!("{at}-a"), format!("{at}-b")].map(|it| (it, bytes)))
            .map(|(name, bytes)| {
                let mut one = word("ghsa", &name, "");
                one.document = Kept::new(bytes).expect("fits");
                one
            })
            .collect();
        for _ in 0..2 {
            said(&house, documents.clone()).await;
            for bytes in &texts {
                let kept = house.store.document(&grant, &digest_of(bytes)).await.unwrap();
                assert!(kept == *bytes, "{}", bytes.len());
            }
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_document_that_comes_under_another_name_is_there_still() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let grant = house.store.authorize_node::<Write>(&watch()).await.unwrap();
        said(&house, vec![word("ghsa", "a", "the same"), word("ghsa", "b", "another")]).await;
        // Both orders of the names: what has gone stands before and behind what came.
        said(&house, vec![gone("a"), word("ghsa", "c", "the same"), gone("b")]).await;
        assert_eq!(
            house.store.document(&grant, &digest_of(b"the same")).await.unwrap(),
            b"the same"
        );
        assert!(house.store.document(&grant, &digest_of(b"another")).await.is_err());
        said(&house, vec![word("ghsa", "a", "the same"), gone("c")]).await;
        assert!(house.store.document(&grant, &digest_of(b"the same")).await.is_ok());
        let known = house.store.advisories_by_names(&eva, &["CVE-2021-44228"]).await.unwrap();
        let known: Vec<&str> = known.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(known, ["a"]);
        house.store.close().await;
    }
}
