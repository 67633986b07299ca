//! Changes of law are kept whole, due at their instant, and seen by their house alone.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use watchfire_core::amendment::Stage;
use watchfire_core::event::{AmendmentEvent, Duty, Stream};
use watchfire_store::policy::{Administer, Write};
use watchfire_store::{Append, PageRequest, StoreError};

use crate::engine::engines;
use crate::house::{House, ticker};

#[tokio::test]
async fn a_change_is_listed_due_and_kept_with_its_files_to_the_byte() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (id, department) = house.amended(&eva).await;
        let [old, new] = House::law_files();
        let store = &house.store;
        let page = store.amendments(&eva, &PageRequest::default()).await.unwrap();
        assert_eq!(
            (page.rows.len(), page.rows[0].stage, page.rows[0].gaps),
            (1, Stage::Applied, 1)
        );
        assert_eq!(store.law_files(&eva, &new.digest()).await.unwrap(), new);
        assert_eq!(store.law_files(&eva, &old.digest()).await.unwrap(), old);
        let uses = store.lawbook_uses().await.unwrap();
        assert_eq!((uses.len(), &uses[0].digest), (1, &new.digest()));
        assert_eq!(store.last_applied_lawbook().await.unwrap(), Some(new.digest()));
        let last = store.last_sequence(&house.organization, "law.example").await.unwrap();
        assert_eq!(last, Some(7));
        let owed = store.owed_acknowledgements(&eva).await.unwrap();
        assert_eq!((owed.len(), owed[0].is_gap, &owed[0].department), (1, true, &department));

        let first = PageRequest::default();
        let of_law = store.amendments_of_law(&eva, "cn-rmsv", &first).await.unwrap().rows;
        assert_eq!((of_law.len(), &of_law[0].amendment), (1, &page.rows[0]));
        let asked = &of_law[0].acknowledgements[0];
        assert_eq!((&asked.department, asked.is_gap, &asked.given), (&department, true, &None));
        assert!(store.amendments_of_law(&eva, "eu-cra", &first).await.unwrap().rows.is_empty());

        // Applied and not carried to the cases yet: due at once, and not a moment before.
        let before = house.now - SignedDuration::from_micros(1);
        assert!(store.amendments_due(&ticker(), before).await.unwrap().is_empty());
        assert_eq!(store.amendments_due(&ticker(), house.now).await.unwrap(), [(id, house.now)]);
        assert!(store.amendments_due(&eva, house.now).await.is_err());
        house.later(1);
        house.store.close().await;
    }
}

#[tokio::test]
async fn who_keeps_the_law_who_claims_and_who_sees_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let anybody = house.person("anybody", &[]).await;
        let auditor = house.person("auditor", &[Duty::Auditor]).await;
        let outsider = house.person_of("outsider", &[Duty::Administrator], None).await;
        let (id, department) = house.amended(&eva).await;
        let store = &house.store;
        assert!(store.authorize_amendment::<Administer>(&eva, &id).await.is_ok());
        assert!(store.authorize_amendment::<Administer>(&anybody, &id).await.is_err());
        assert!(store.authorize_amendment::<Write>(&anybody, &id).await.is_ok());
        assert!(store.authorize_amendment::<Write>(&auditor, &id).await.is_err());
        assert!(store.amendment(&auditor, &id).await.is_ok());
        assert!(store.authorize_new_amendment(&anybody).await.is_err());
        assert!(store.authorize_new_department(&eva).await.is_err());
        assert!(store.amendment(&outsider, &id).await.is_err());
        assert!(store.department(&outsider, &department).await.is_err());
        assert!(store.departments(&outsider).await.unwrap().is_empty());
        let page = store.amendments(&outsider, &PageRequest::default()).await.unwrap();
        assert!(page.rows.is_empty());
        let first = PageRequest::default();
        let of_law = store.amendments_of_law(&outsider, "cn-rmsv", &first).await.unwrap();
        assert!(of_law.rows.is_empty());

        // Everybody may claim, but the right to claim applies nothing.
        let version = store.amendment_history(&anybody, &id).await.unwrap().len() as u64;
        let grant = store.authorize_amendment::<Write>(&anybody, &id).await.unwrap();
        let stream = Stream::Amendment(id.clone());
        let mut append = Append::new(&anybody, house.now).expect_version(stream, version);
        let (lawbook, base) = ("x".to_owned(), "y".to_owned());
        append.amendment(&grant, AmendmentEvent::Applied { lawbook, base });
        assert!(matches!(store.append(append).await, Err(StoreError::NotFound(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_bundle_is_taken_up_once() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        house.amended(&eva).await;
        let [old, new] = House::law_files();
        let grant = house.store.authorize_new_amendment(&eva).await.unwrap();
        let mut append = Append::new(&eva, house.now);
        append.amendment(
            &grant,
            AmendmentEvent::Proposed {
                organization: house.organization.clone(),
                title: "again".into(),
                why: "again".into(),
                by: None,
                source: watchfire_core::event::LawSource::Bundle {
                    issuer: "law.example".into(),
                    sequence: 7,
                    sha256: "00".into(),
                },
                files: new.digest(),
                base: old.digest(),
                lawbook: new.digest(),
                effective_at: house.now,
                laws: BTreeSet::from(["cn-rmsv".to_owned()]),
            },
        );
        assert!(matches!(house.store.append(append).await, Err(StoreError::Taken(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn cases_are_found_by_what_can_make_a_provision_arise_and_hidden_ones_are_not() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let other = house.person("other", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let cause = "vulnerability-known";
        let found = house.store.facts_by_cause(&eva, cause, None).await.unwrap();
        assert_eq!((found.len(), found[0].facts.len(), found[0].is_open), (1, 1, true));
        assert!(house.store.facts_by_cause(&other, cause, None).await.unwrap().is_empty());
        assert!(
            house.store.facts_by_cause(&eva, "exploitation-known", None).await.unwrap().is_empty()
        );
        let ids = house.store.cases_by_cause(&ticker(), cause, None).await.unwrap();
        assert_eq!(ids, std::slice::from_ref(&opened.case));
        let after = house.store.cases_by_cause(&ticker(), cause, Some(&opened.case)).await.unwrap();
        assert!(after.is_empty());
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_departments_owe_for_a_law_is_listed_whole_and_its_changes_page_by_page() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let mut changes = Vec::new();
        // One more than a page of rows holds.
        let departments = [1, 201, 2];
        for departments in departments {
            house.later(1);
            changes.insert(0, house.proposed_to(&eva, departments).await);
        }
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { after, limit: 2 };
            let page = house.store.amendments_of_law(&eva, "cn-rmsv", &page).await.unwrap();
            found.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let ids: Vec<_> = found.iter().map(|one| &one.amendment.id).collect();
        assert_eq!(ids, changes.iter().collect::<Vec<_>>(), "the newest first, each once");
        for (one, departments) in found.iter().rev().zip(departments) {
            let each: BTreeSet<_> = one.acknowledgements.iter().map(|it| &it.department).collect();
            assert_eq!((one.acknowledgements.len(), each.len()), (departments, departments));
        }
        house.store.close().await;
    }
}
