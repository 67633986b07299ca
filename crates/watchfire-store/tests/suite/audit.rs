//! The audit finds what was done to the database by hand, and names where.

use watchfire_core::log::tick::Tick as CoreTick;
use watchfire_core::log::{Frontier, Hash};
use watchfire_store::{AuditReport, LogHead, Seal, Store, StoreConfig, Tick, Tree, random_bytes};

use crate::engine::{Beside, Engine, engines};
use crate::house::{House, keeper};

/// A note that stands for a signed one: whoever knows the word can read it.
fn sign(head: &LogHead) -> String {
    format!("good {} {}", head.size, head.root)
}

fn open(_: Tree, note: &str) -> Option<LogHead> {
    let mut parts = note.strip_prefix("good ")?.split(' ');
    let size = parts.next()?.parse().ok()?;
    Some(LogHead { size, root: Hash::from_base64(parts.next()?)? })
}

/// A house whose log is sealed, with entries past a full tile and ticks of the public log.
async fn filled(engine: &Engine) -> House {
    let mut house = House::new(engine).await;
    let seal = Seal::new(sign, |_, _| Ok(()));
    let config = StoreConfig::new(engine.location.clone()).sealed(seal);
    house.store = Store::open(&config).await.expect("the store opens");
    let eva = house.person("eva", &[]).await;
    tick(&house, 0).await;
    let mut number = 1;
    while house.opened_case(&[&eva]).await.appended.events.last().expect("events").1 < 270 {
        tick(&house, number).await;
        number += 1;
    }
    house
}

/// Appends the tick that covers what came since the last.
async fn tick(house: &House, number: u64) {
    let store = &house.store;
    let node = house.node_grant().await;
    let log = store.authorize_log(&keeper()).await.expect("the keeper may");
    let read = store.authorize_node(&keeper()).await.expect("the keeper may");
    let last = store.latest_tick(&read).await.expect("it answers");
    let first = last.map_or(0, |tick| tick.internal.size);
    let internal = store.log_head(&log, Tree::Internal).await.expect("it answers");
    let leaves = store.leaf_hashes(&node, first, internal.size).await.expect("a batch");
    let secret: [u8; 32] = random_bytes();
    let made = CoreTick::new(secret, internal.size, internal.root, &leaves).expect("a tick");
    let tick = Tick { number, secret, internal, entry: Hash(made.entry().0) };
    store.append_ticks(&node, &[tick], house.now, sign).await.expect("it is the next");
}

/// What the log is made of, in the order in which it is put back: annexes name their events.
const TABLES: [&str; 6] = ["events", "annexes", "log_hashes", "log_heads", "checkpoints", "ticks"];

async fn keep(beside: &mut Beside) {
    for table in TABLES {
        beside.run(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
}

async fn put_back(beside: &mut Beside) {
    for table in TABLES.iter().rev() {
        beside.run(&format!("DELETE FROM {table}")).await;
    }
    for table in TABLES {
        beside.run(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
    }
}

async fn audited(house: &House, outside: &[LogHead]) -> AuditReport {
    let grant = house.node_grant().await;
    house.store.audit(&grant, outside, &open).await.expect("the audit runs")
}

/// The first bad index, or `None` for a sound log.
fn first_bad(report: &AuditReport) -> Option<u64> {
    match report {
        AuditReport::Sound(_) => None,
        AuditReport::Tampered(finding) => Some(finding.first_bad),
        AuditReport::BadNote(note) => Some(note.size),
    }
}

#[tokio::test]
async fn what_was_done_by_hand_is_found_and_named() {
    for engine in engines().await {
        let house = filled(&engine).await;
        let log = house.store.authorize_log(&keeper()).await.unwrap();
        let head = house.store.log_head(&log, Tree::Internal).await.unwrap();
        let report = audited(&house, std::slice::from_ref(&head)).await;
        let AuditReport::Sound(sound) = &report else { panic!("{report:?}") };
        assert_eq!((sound.size, sound.root), (head.size, head.root));
        assert!(sound.ticks > 30 && sound.size > 256);

        let mut beside = engine.beside().await;
        keep(&mut beside).await;
        for (tamper, index) in [
            ("UPDATE events SET bytes = salt WHERE log_index = 17", 17),
            ("UPDATE events SET salt = commitment WHERE log_index = 17", 17),
            ("UPDATE events SET commitment = salt WHERE log_index = 18", 18),
            ("UPDATE events SET recorded_at = recorded_at - 1 WHERE log_index = 19", 19),
            ("UPDATE events SET version = 999 WHERE log_index = 20", 20),
            ("UPDATE events SET stream = 'WF-0000-0000' WHERE log_index = 20", 20),
            ("UPDATE events SET bytes = NULL, salt = NULL WHERE log_index = 21", 21),
            (
                "DELETE FROM annexes WHERE event_id IN (SELECT id FROM events WHERE log_index = 22); \
                 DELETE FROM events WHERE log_index = 22",
                22,
            ),
            (
                "UPDATE log_hashes SET hash = (SELECT salt FROM events WHERE log_index = 0) \
              WHERE tree = 'internal' AND level = 0 AND position = 23",
                23,
            ),
            ("DELETE FROM log_hashes WHERE tree = 'internal' AND level = 0 AND position = 24", 24),
        ] {
            beside.run(tamper).await;
            let report = audited(&house, &[]).await;
            assert_eq!(first_bad(&report), Some(index), "{tamper}: {report:?}");
            put_back(&mut beside).await;
        }
        assert_eq!(first_bad(&audited(&house, &[]).await), None, "all was put back");
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_is_kept_beside_an_event_is_audited_with_it() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let received = opened.appended.events.first().expect("the report").1;
        house.opened_case(&[&eva]).await;
        assert_eq!(first_bad(&audited(&house, &[]).await), None);
        let mut beside = engine.beside().await;
        keep(&mut beside).await;
        let of = format!("(SELECT id FROM events WHERE log_index = {received})");
        for tamper in [
            format!("UPDATE annexes SET bytes = salt WHERE event_id = {of}"),
            format!("UPDATE annexes SET digest = 'no' WHERE event_id = {of}"),
            format!("DELETE FROM annexes WHERE event_id = {of}"),
            format!(
                "INSERT INTO annexes SELECT event_id, 'another', digest, salt, bytes \
                 FROM annexes WHERE event_id = {of}"
            ),
            format!(
                "UPDATE annexes SET event_id = (SELECT id FROM events WHERE log_index = {}) \
                 WHERE event_id = {of}",
                received + 1
            ),
        ] {
            beside.run(&tamper).await;
            let report = audited(&house, &[]).await;
            assert_eq!(first_bad(&report), Some(received), "{tamper}: {report:?}");
            put_back(&mut beside).await;
        }
        // What was erased as it should be is not missing.
        beside
            .run(&format!("UPDATE annexes SET salt = NULL, bytes = NULL WHERE event_id = {of}"))
            .await;
        assert_eq!(first_bad(&audited(&house, &[]).await), None, "erased");
        house.store.close().await;
    }
}

#[tokio::test]
async fn higher_tiles_ticks_notes_and_heads_are_audited_too() {
    for engine in engines().await {
        let house = filled(&engine).await;
        let mut beside = engine.beside().await;
        keep(&mut beside).await;
        let salt = "(SELECT salt FROM events WHERE log_index = 0)";
        for tamper in [
            &format!("UPDATE log_hashes SET hash = {salt} WHERE tree = 'internal' AND level = 1"),
            &format!("UPDATE ticks SET secret = {salt} WHERE number = 3"),
            &format!("UPDATE ticks SET entry = {salt} WHERE number = 3"),
            "UPDATE ticks SET internal_size = internal_size + 1 WHERE number = 3",
            "DELETE FROM ticks WHERE number = 3",
            "DELETE FROM ticks WHERE number = (SELECT MAX(number) FROM ticks)",
            "UPDATE checkpoints SET note = 'bad' WHERE tree = 'internal' AND size = \
             (SELECT MIN(size) FROM checkpoints WHERE tree = 'internal')",
            "UPDATE checkpoints SET size = size + 1 WHERE tree = 'internal' AND size IN \
             (SELECT MAX(size) FROM checkpoints WHERE tree = 'internal')",
            &format!("UPDATE checkpoints SET root = {salt} WHERE tree = 'public' AND size = 4"),
            "UPDATE log_heads SET size = size - 1 WHERE tree = 'internal'",
        ] {
            beside.run(tamper).await;
            let grant = house.node_grant().await;
            let report = house.store.audit(&grant, &[], &open).await;
            let sound = matches!(report, Ok(AuditReport::Sound(_)));
            let changed = beside.changed(&TABLES).await;
            assert!(changed, "{tamper} did nothing");
            assert!(!sound, "{tamper}: {report:?}");
            put_back(&mut beside).await;
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_log_that_was_cut_or_rolled_back_is_found_by_the_head_outside() {
    for engine in engines().await {
        let house = filled(&engine).await;
        let log = house.store.authorize_log(&keeper()).await.unwrap();
        let outside = house.store.log_head(&log, Tree::Internal).await.unwrap();
        let rows = house.store.log_rows(&house.node_grant().await, 0, 100).await.unwrap();
        let mut beside = engine.beside().await;
        keep(&mut beside).await;

        let cut = "SELECT id FROM events WHERE log_index >= 100";
        beside.run(&format!("DELETE FROM annexes WHERE event_id IN ({cut})")).await;
        beside.run("DELETE FROM events WHERE log_index >= 100").await;
        assert_eq!(first_bad(&audited(&house, &[]).await), Some(100), "cut");

        // Everything set back in agreement, as a copy of yesterday would be.
        let mut frontier = Frontier::new();
        for row in &rows {
            frontier.push(Hash::from_slice(row.tile_hash.as_ref().unwrap()).unwrap());
        }
        let hex: String = frontier.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes =
            if engine.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") };
        for sql in [
            "DELETE FROM log_hashes WHERE tree = 'public' OR level > 0 OR position >= 100",
            "DELETE FROM checkpoints WHERE tree = 'public' OR size > 100",
            "DELETE FROM ticks",
            &format!("UPDATE log_heads SET size = 100, frontier = {bytes} WHERE tree = 'internal'"),
        ] {
            beside.run(sql).await;
        }
        assert_eq!(first_bad(&audited(&house, &[]).await), None, "it agrees with itself");
        let report = audited(&house, &[outside]).await;
        assert_eq!(first_bad(&report), Some(100), "{report:?}");
        assert!(format!("{report:?}").contains("RolledBack"), "{report:?}");
        house.store.close().await;
    }
}
