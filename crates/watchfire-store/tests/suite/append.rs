//! The one write: all or nothing, once, on the version that was decided on, under a right.

use watchfire_core::event::{CaseEvent, Duty, PartyEvent, Stream, encoding};
use watchfire_core::ids::ObligationId;
use watchfire_store::policy::{Administer, Read, Write};
use watchfire_store::{Append, Idempotency, Outcome, StoreError, Viewer, random_bytes};

use crate::engine::engines;
use crate::house::{House, at, operator, ticker};

fn message(text: &str) -> CaseEvent {
    CaseEvent::MessagePosted { text: text.into() }
}

#[tokio::test]
async fn an_event_is_stored_with_its_very_bytes() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let history = house.store.case_history(&eva, &opened.case).await.unwrap();
        assert_eq!(history.len(), 5);
        for (place, recorded) in (1..).zip(&history) {
            assert_eq!(recorded.version, place);
            assert_eq!(encoding::encode(&recorded.event).unwrap(), recorded.bytes);
            assert_eq!(recorded.event.recorded_at, house.now);
        }
        assert_eq!(house.store.case(&eva, &opened.case).await.unwrap().version, 5);
        house.store.close().await;
    }
}

#[tokio::test]
async fn who_decided_on_an_older_version_is_told_and_nothing_is_written() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&eva, &opened.case).await.unwrap();
        let stream = Stream::Case(opened.case.clone());
        let say = |text| {
            let mut append = Append::new(&eva, house.now).expect_version(stream.clone(), 5);
            append.case(&grant, message(text));
            append
        };
        house.store.append(say("first")).await.unwrap();
        let before = engine.beside().await.dump().await;
        let second = house.store.append(say("second")).await;
        assert!(matches!(second, Err(StoreError::Conflict { stream: s }) if s == stream));
        assert_eq!(engine.beside().await.dump().await, before);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_history_without_its_expected_version_is_refused() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&eva, &opened.case).await.unwrap();
        let mut append = Append::new(&eva, house.now);
        append.case(&grant, message("blind"));
        assert!(matches!(house.store.append(append).await, Err(StoreError::Misuse(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_same_request_twice_has_one_effect_and_one_answer() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let key = |body_digest| Idempotency {
            key: "k-1".into(),
            body_digest,
            answer: b"{\"id\":\"WR\"}".to_vec(),
        };
        let (append, opened) = house.intake(&[&eva]);
        let first = house.store.append(append.clone().idempotency(key([1; 32]))).await.unwrap();
        assert!(matches!(first, Outcome::Done(_)));
        let before = engine.beside().await.dump().await;

        let again = house.store.append(append.clone().idempotency(key([1; 32]))).await.unwrap();
        assert_eq!(again, Outcome::Before(b"{\"id\":\"WR\"}".to_vec()));
        let other = house.store.append(append.clone().idempotency(key([2; 32]))).await;
        assert!(matches!(other, Err(StoreError::IdempotencyMismatch)));
        assert_eq!(engine.beside().await.dump().await, before);

        let known = house.store.answered_before(&Viewer::anonymous(), "k-1", &[1; 32]).await;
        assert_eq!(known.unwrap(), Some(b"{\"id\":\"WR\"}".to_vec()));
        let others = house.store.answered_before(&eva, "k-1", &[1; 32]).await.unwrap();
        assert_eq!(others, None, "keys are each principal's own");

        // Without a key, the same events cannot be stored twice either.
        let doubled = house.store.append(append).await;
        assert!(matches!(doubled, Err(StoreError::Conflict { .. })), "{doubled:?}");
        assert_eq!(house.store.case(&eva, &opened.case).await.unwrap().version, 5);
        house.store.close().await;
    }
}

#[tokio::test]
async fn an_append_that_fails_at_any_table_leaves_nothing_half() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let mut beside = engine.beside().await;
        let mut before = beside.dump().await;
        let (mut failed, mut round) = (Vec::new(), 0);
        for table in beside.tables().await {
            for action in ["INSERT", "UPDATE"] {
                let (make, drop) = if engine.is_sqlite() {
                    (
                        format!(
                            "CREATE TRIGGER fault BEFORE {action} ON {table} \
                             BEGIN SELECT RAISE(ABORT, 'fault'); END"
                        ),
                        "DROP TRIGGER fault".to_owned(),
                    )
                } else {
                    (
                        format!(
                            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS \
                             $$ BEGIN RAISE EXCEPTION 'fault'; END $$; \
                             CREATE TRIGGER fault BEFORE {action} ON {table} \
                             FOR EACH ROW EXECUTE FUNCTION fault()"
                        ),
                        format!("DROP TRIGGER fault ON {table}; DROP FUNCTION fault()"),
                    )
                };
                beside.run(&make).await;
                let (key, body_digest) = (format!("k-{round}"), [0; 32]);
                let kept = Idempotency { key, body_digest, answer: Vec::new() };
                let (append, _) = house.intake(&[&eva]);
                let result = house.store.append(append.idempotency(kept)).await;
                beside.run(&drop).await;
                if result.is_ok() {
                    // The table is not part of an intake.
                    before = beside.dump().await;
                    round += 1;
                    continue;
                }
                failed.push(format!("{action} {table}"));
                assert_eq!(beside.dump().await, before, "{action} {table}");
            }
        }
        for needed in [
            "INSERT annexes",
            "INSERT cases",
            "INSERT events",
            "INSERT idempotency_keys",
            "INSERT log_hashes",
            "INSERT obligations",
            "INSERT participants",
            "INSERT reports",
            "UPDATE cases",
            "UPDATE log_heads",
            "UPDATE obligations",
        ] {
            assert!(failed.iter().any(|it| it == needed), "{needed} was never tried");
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_right_that_was_taken_away_in_between_is_gone() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&eva, &opened.case).await.unwrap();
        let party = eva.party().unwrap().clone();
        let removed = vec![CaseEvent::ParticipantRemoved { party }];
        house.to_case(&ticker(), &opened.case, removed).await.unwrap();
        let stream = Stream::Case(opened.case.clone());
        let mut append = Append::new(&eva, house.now).expect_version(stream, 6);
        append.case(&grant, message("still here"));
        assert!(matches!(house.store.append(append).await, Err(StoreError::NotFound(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_right_to_one_case_touches_no_obligation_of_another() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let mine = house.opened_case(&[&eva]).await;
        let hidden = house.opened_case(&[]).await;
        let before = engine.beside().await.dump().await;
        for obligation in [hidden.obligation.clone(), ObligationId::from_random(random_bytes())] {
            let close = CaseEvent::GapClosed { obligation: obligation.clone() };
            let touched = house.to_case(&eva, &mine.case, vec![close]).await;
            assert!(matches!(touched, Err(StoreError::Misuse(_))), "{touched:?}");
            let grant = house.store.authorize_case::<Write>(&eva, &mine.case).await.unwrap();
            let stream = Stream::Case(mine.case.clone());
            let mut append = Append::new(&eva, house.now).expect_version(stream, 5);
            append.case(&grant, message("a clock of another"));
            append.due(&grant, obligation, None);
            assert!(matches!(house.store.append(append).await, Err(StoreError::Misuse(_))));
        }
        assert_eq!(engine.beside().await.dump().await, before);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_right_of_somebody_else_is_no_right() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let max = house.person("max", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&eva, &opened.case).await.unwrap();
        let stream = Stream::Case(opened.case.clone());
        let mut append = Append::new(&max, house.now).expect_version(stream, 5);
        append.case(&grant, message("as eva"));
        assert!(matches!(house.store.append(append).await, Err(StoreError::Misuse(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn nothing_is_recorded_before_what_was_recorded() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let ahead = house.opened_case(&[&eva]).await;
        assert!(!ahead.appended.clock_was_behind);
        let behind = House { now: at("2021-11-24T07:00:00.000000999Z"), ..house };
        let earlier = behind.intake(&[&eva]).0;
        let done = behind.store.append(earlier).await.unwrap().done().unwrap();
        assert!(done.clock_was_behind);
        assert_eq!(done.recorded_at, ahead.appended.recorded_at);
        behind.store.close().await;
    }
}

#[tokio::test]
async fn one_may_not_give_oneself_duties() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let chief = house.person("chief", &[Duty::Administrator]).await;
        let id = eva.party().unwrap().clone();
        let own = house.store.authorize_party::<Write>(&eva, &id).await.unwrap();
        let raise = PartyEvent::DutiesChanged { duties: [Duty::Administrator].into() };
        let stream = Stream::Party(id.clone());
        let mut append = Append::new(&eva, house.now).expect_version(stream.clone(), 3);
        append.party(&own, raise.clone());
        assert!(matches!(house.store.append(append).await, Err(StoreError::NotFound(_))));
        assert!(house.store.authorize_party::<Administer>(&eva, &id).await.is_err());

        let over = house.store.authorize_party::<Administer>(&chief, &id).await.unwrap();
        let mut append = Append::new(&chief, house.now).expect_version(stream, 3);
        append.administer(&over, raise);
        house.store.append(append).await.unwrap();
        assert!(house.store.party(&eva, &id).await.unwrap().duties.contains(&Duty::Administrator));
        house.store.close().await;
    }
}

#[tokio::test]
async fn an_administrator_keeps_the_accounts_of_the_own_organization_alone() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let other = House { organization: second(&house).await, ..house };
        let chief = other.person("chief", &[Duty::Administrator]).await;
        let stranger = other.person_of("stranger", &[], None).await;
        let id = stranger.party().unwrap();
        assert!(other.store.authorize_party::<Administer>(&chief, id).await.is_err());
        assert!(other.store.authorize_party::<Read>(&chief, id).await.is_err());
        let grant = other.store.authorize_new_party(&chief).await.unwrap();
        let mut append = Append::new(&chief, other.now);
        let registered = PartyEvent::PersonRegistered {
            name: "mole".into(),
            organization: Some(watchfire_core::ids::PartyId::from_random([3; 5])),
            duties: Default::default(),
        };
        append.administer(&grant, registered);
        assert!(matches!(other.store.append(append).await, Err(StoreError::NotFound(_))));
        other.store.close().await;
    }
}

async fn second(house: &House) -> watchfire_core::ids::PartyId {
    let grant = house.store.authorize_new_party(&operator()).await.expect("the store answers");
    let mut append = Append::new(&operator(), house.now);
    let name = "Südwind".to_owned();
    append.administer(&grant, PartyEvent::OrganizationRegistered { name });
    house.store.append(append).await.expect("the store answers");
    grant.id().clone()
}

#[tokio::test]
async fn an_annex_is_the_one_its_event_names_and_can_be_erased() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let report = house.store.report(&eva, &opened.report).await.unwrap();
        assert_eq!(report.contact.as_deref(), Some(&b"finder@example.org"[..]));

        let grant = house.store.authorize_report::<Write>(&eva, &opened.report).await.unwrap();
        let stream = Stream::Report(opened.report.clone());
        let mut append = Append::new(&eva, house.now).expect_version(stream.clone(), 1);
        let reason = "asked to".to_owned();
        let erased = watchfire_core::event::ReportEvent::ContactErased { reason };
        let recorded = append.report(&grant, erased);
        let mut wrong = append.clone();
        wrong.annex(&recorded, watchfire_store::CONTACT, [1; 32], b"unasked".to_vec());
        assert!(matches!(house.store.append(wrong).await, Err(StoreError::Misuse(_))));

        house.store.append(append).await.unwrap();
        let report = house.store.report(&eva, &opened.report).await.unwrap();
        assert_eq!(report.contact, None);
        assert!(report.row.contact_erased);
        let dump = engine.beside().await.dump().await;
        let hex = "66696E646572"; // "finder"
        assert!(!format!("{dump:?}").to_uppercase().contains(hex));
        house.store.close().await;
    }
}
