//! The rows of the evidence log: proofs, receipts, ticks.

use watchfire_core::log::proof::{verify_consistency, verify_inclusion};
use watchfire_core::log::tile::{Kind, Tile as CoreTile};
use watchfire_core::log::{Commitment, Hash, Leaf};
use watchfire_store::policy::Read;
use watchfire_store::{
    CaseEntry, Inception, LogHead, Receipt, StoreError, Tick, Tree, Viewer, random_bytes,
};

use crate::engine::engines;
use crate::house::{House, OpenedCase, keeper};

#[tokio::test]
async fn every_entry_is_proved_to_be_in_the_log_and_every_log_to_continue() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        // Past one full tile, so that a hash of level 1 is stored and used.
        while house.opened_case(&[&eva]).await.appended.events.last().unwrap().1 < 270 {}
        let store = &house.store;
        let grant = store.authorize_log(&keeper()).await.unwrap();
        let head = store.log_head(&grant, Tree::Internal).await.unwrap();
        let rows = store.log_rows(&house.node_grant().await, 0, 1000).await.unwrap();
        assert_eq!(rows.len() as u64, head.size);
        for row in rows.iter().step_by(37).chain(rows.last()) {
            let salt = row.salt.clone().unwrap().try_into().unwrap();
            let commitment = Leaf::commit(&salt, row.bytes.as_ref().unwrap());
            assert_eq!(Commitment::from_slice(&row.commitment), Some(commitment));
            let leaf = commitment.leaf_hash();
            let proof =
                store.inclusion_proof(&grant, Tree::Internal, row.index, head.size).await.unwrap();
            assert_eq!(verify_inclusion(row.index, head.size, &leaf, &proof, &head.root), Ok(()));
        }
        let tile = CoreTile::in_tree(Kind::Hashes(1), 0, head.size).unwrap();
        assert_eq!(store.log_tile(&grant, Tree::Internal, &tile).await.unwrap().len(), 1);
        let early =
            rows[..100].iter().fold(watchfire_core::log::Frontier::new(), |mut frontier, row| {
                frontier.push(Commitment::from_slice(&row.commitment).unwrap().leaf_hash());
                frontier
            });
        let proof = store.consistency_proof(&grant, Tree::Internal, 100, head.size).await.unwrap();
        let consistent = verify_consistency(100, head.size, &proof, &early.root(), &head.root);
        assert_eq!(consistent, Ok(()));
        let beyond = store.inclusion_proof(&grant, Tree::Internal, 0, head.size + 1).await;
        assert!(matches!(beyond, Err(StoreError::NotFound(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_entries_of_a_case_are_its_own_and_its_reports_with_what_was_erased() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let [first, second] = [house.lived_case(&eva).await, house.lived_case(&eva).await];
        let entries = async |of: &OpenedCase| {
            let grant = house.store.authorize_case::<Read>(&eva, &of.case).await.unwrap();
            house.store.case_entries(&grant).await.unwrap()
        };
        let history = house.store.case_history(&eva, &first.case).await.unwrap();
        let report = house.store.report_history(&eva, &first.report).await.unwrap();
        let mut expected: Vec<_> =
            history.iter().chain(&report).map(|it| (it.index, Some(it.bytes.clone()))).collect();
        expected.sort();
        let told = |of: Vec<CaseEntry>| -> Vec<_> {
            of.into_iter().map(|it| (it.entry.index, it.bytes)).collect()
        };
        assert!(!report.is_empty(), "a check that cannot fail");
        assert_eq!(told(entries(&first).await), expected);
        let others = told(entries(&second).await);
        assert!(others.iter().all(|entry| !expected.contains(entry)));

        let erased = expected[1].0;
        let sql = format!("UPDATE events SET bytes = NULL, salt = NULL WHERE log_index = {erased}");
        engine.beside().await.run(&sql).await;
        expected[1].1 = None;
        let left = entries(&first).await;
        assert_eq!(left[1].entry.salt, None, "the commitment alone is left");
        assert_eq!(told(left), expected);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_receipt_names_its_entry_and_no_other_token_does() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let (event, index, receipt) = opened.appended.events[0].clone();
        let read = Receipt::parse(&receipt.to_string()).unwrap();
        let anonymous = Viewer::anonymous();
        let entry = house.store.entry_of_receipt(&anonymous, &read).await.unwrap();
        assert_eq!((entry.index, &entry.event), (index, &event));
        let rows = house.store.log_rows(&house.node_grant().await, index, 1).await.unwrap();
        let bytes = rows[0].bytes.as_ref().unwrap();
        assert_eq!(Leaf::commit(&entry.salt.unwrap(), bytes), entry.commitment);
        let dump = format!("{:?}", engine.beside().await.dump().await).to_lowercase();
        assert!(!dump.contains(&receipt.to_string()), "the token itself is not kept");

        let other = Receipt::parse(&"0".repeat(64)).unwrap();
        let found = house.store.entry_of_receipt(&anonymous, &other).await;
        assert!(matches!(found, Err(StoreError::NotFound(_))));
        for wrong in ["", "0", &"g".repeat(64), &"A".repeat(64), &"0".repeat(65)] {
            assert!(Receipt::parse(wrong).is_none(), "{wrong}");
        }
        house.store.close().await;
    }
}

fn tick(number: u64, internal: &LogHead) -> Tick {
    let secret: [u8; 32] = random_bytes();
    Tick { number, secret, internal: internal.clone(), entry: Hash::of(&[&secret]) }
}

#[tokio::test]
async fn of_several_nodes_one_wins_a_tick() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let store = &house.store;
        let (node, log) = (house.node_grant().await, store.authorize_log(&keeper()).await.unwrap());
        let first = store.log_head(&log, Tree::Internal).await.unwrap();
        let ticks = [tick(0, &first), tick(1, &first)];
        let sign = |head: &LogHead| format!("public {}\n", head.size);
        store.append_ticks(&node, &ticks, house.now, sign).await.unwrap();
        let late = store.append_ticks(&node, &[tick(1, &first)], house.now, sign).await;
        assert!(matches!(late, Err(StoreError::Taken(_))));

        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let entry = store.entry_of_receipt(&eva, &opened.appended.events[2].2).await.unwrap();
        assert_eq!(store.tick_covering(&eva, &entry).await.unwrap(), None, "not yet");
        let second = store.log_head(&log, Tree::Internal).await.unwrap();
        let third = tick(2, &second);
        let head =
            store.append_ticks(&node, std::slice::from_ref(&third), house.now, sign).await.unwrap();
        let (covering, from, leaves) = store.tick_covering(&eva, &entry).await.unwrap().unwrap();
        assert_eq!((&covering, from), (&third, first.size));
        assert_eq!(leaves.len() as u64, second.size - first.size);
        assert_eq!(leaves[(entry.index - from) as usize], entry.commitment.leaf_hash());
        let read = store.authorize_node(&keeper()).await.unwrap();
        assert_eq!(store.latest_tick(&read).await.unwrap(), Some(third.clone()));

        let anonymous = Viewer::anonymous();
        let checkpoint = store.public_checkpoint(&anonymous).await.unwrap().unwrap();
        assert_eq!((checkpoint.note.as_str(), &checkpoint.head), ("public 3\n", &head));
        let proof = store.public_inclusion_proof(&anonymous, 2, 3).await.unwrap();
        let leaf = Hash::of_leaf(third.entry.as_bytes());
        assert_eq!(verify_inclusion(2, 3, &leaf, &proof, &head.root), Ok(()));
        let bundle = |width| CoreTile { kind: Kind::Entries, index: 0, width };
        let entries = store.public_entries(&anonymous, &bundle(3)).await.unwrap();
        assert_eq!(entries.last(), Some(&third.entry));
        let beyond = store.public_entries(&anonymous, &bundle(4)).await;
        assert!(matches!(beyond, Err(StoreError::NotFound(_))), "the log has three leaves");
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_public_log_begins_once() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let (node, read) =
            (house.node_grant().await, house.store.authorize_node(&keeper()).await.unwrap());
        assert_eq!(house.store.log_inception(&read).await.unwrap(), None);
        let first = Inception { began_at: house.now, cadence_seconds: 300 };
        assert_eq!(house.store.begin_log(&node, first).await.unwrap(), first);
        let second = Inception { began_at: house.now, cadence_seconds: 60 };
        assert_eq!(house.store.begin_log(&node, second).await.unwrap(), first);
        assert_eq!(house.store.log_inception(&read).await.unwrap(), Some(first));
        house.store.close().await;
    }
}
