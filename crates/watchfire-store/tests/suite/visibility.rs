//! Who sees what: an outsider cannot tell a world with a hidden case from one without.

use watchfire_core::event::{CaseEvent, Duty, ParticipantRole, PartyEvent, Stream};
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_store::policy::{Read, Write};
use watchfire_store::{Append, NotFound, PageRequest, StoreError, Viewer, random_bytes};

use crate::engine::engines;
use crate::house::{House, keeper, operator, sender, ticker};

/// Everything that `viewer` can list, and what single reads of two ids say.
async fn observed(house: &House, viewer: &Viewer, case: &CaseId, of: &ObligationId) -> String {
    let page = PageRequest { after: None, limit: 1 };
    let all = PageRequest::default();
    let store = &house.store;
    format!(
        "{:?}",
        (
            (
                store.cases(viewer, &page).await.expect("the store answers"),
                store.cases(viewer, &all).await.expect("the store answers")
            ),
            (
                store.watch(viewer, &page).await.expect("the store answers"),
                store.gaps(viewer, &all).await.expect("the store answers"),
                store.questions(viewer, &all).await.expect("the store answers")
            ),
            store.reports(viewer, &all).await.expect("the store answers"),
            store.parties(viewer, &all).await.expect("the store answers"),
            store.case(viewer, case).await.map_err(|error| error.to_string()),
            store.case_history(viewer, case).await.map_err(|error| error.to_string()),
            store.obligation(viewer, of).await.map_err(|error| error.to_string()),
            store.obligations_of_case(viewer, case).await.expect("the store answers"),
            store.submissions_of_case(viewer, case).await.expect("the store answers"),
            store.participants(viewer, case).await.expect("the store answers"),
            store.draft(viewer, of).await.expect("the store answers"),
            (
                store.authorize_case::<Read>(viewer, case).await.map_err(|it| it.to_string()),
                store.authorize_case::<Write>(viewer, case).await.map_err(|it| it.to_string()),
            ),
        )
    )
}

#[tokio::test]
async fn a_world_with_a_hidden_case_looks_the_same() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let insider = house.person("insider", &[]).await;
        let outsiders = [
            Viewer::anonymous(),
            house.person("employee", &[]).await,
            house.person("chief", &[Duty::Administrator, Duty::Responder]).await,
            house.person("auditor", &[Duty::Auditor]).await,
            house.person_of("stranger", &[], None).await,
            operator(),
            sender(),
            keeper(),
        ];
        let open = house.opened_case(&[&insider]).await;
        let exited = vec![CaseEvent::EmbargoExited { reason: "published".into() }];
        house.to_case(&insider, &open.case, exited).await.unwrap();
        let (nowhere, nothing) =
            (CaseId::from_random(random_bytes()), ObligationId::from_random(random_bytes()));
        let mut without = Vec::new();
        for viewer in &outsiders {
            without.push(observed(&house, viewer, &nowhere, &nothing).await);
        }

        let hidden = house.lived_case(&insider).await;
        house.collides(&insider, &hidden, None).await;
        for (viewer, before) in outsiders.iter().zip(without) {
            let with = observed(&house, viewer, &hidden.case, &hidden.obligation).await;
            let with = with
                .replace(hidden.case.as_str(), nowhere.as_str())
                .replace(hidden.obligation.as_str(), nothing.as_str());
            assert_eq!(with, before, "{viewer:?}");
        }
        let seen = observed(&house, &insider, &hidden.case, &hidden.obligation).await;
        assert!(seen.contains(hidden.case.as_str()), "a check that cannot fail");
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_end_of_an_embargo_opens_a_case_to_the_organization_and_to_nobody_else() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let employee = house.person("employee", &[]).await;
        let stranger = house.person_of("stranger", &[], None).await;
        let opened = house.opened_case(&[&eva]).await;
        let sees = async |viewer: &Viewer| house.store.case(viewer, &opened.case).await.is_ok();
        assert!(sees(&eva).await && sees(&ticker()).await);
        assert!(!sees(&employee).await && !sees(&operator()).await);

        let exited = vec![CaseEvent::EmbargoExited { reason: "published".into() }];
        house.to_case(&eva, &opened.case, exited).await.unwrap();
        assert!(sees(&employee).await && sees(&operator()).await);
        assert!(!sees(&stranger).await && !sees(&Viewer::anonymous()).await);

        let agreed = vec![CaseEvent::EmbargoAgreed { until: None, note: "anew".into() }];
        house.to_case(&eva, &opened.case, agreed).await.unwrap();
        assert!(sees(&eva).await && !sees(&employee).await);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_vendor_of_another_house_sees_its_case_and_those_in_it_alone() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let employee = house.person("employee", &[]).await;
        let vendor = house.person_of("vendor", &[], None).await;
        let opened = house.opened_case(&[&eva]).await;
        let party = vendor.party().unwrap().clone();
        let role = ParticipantRole::Vendor;
        let added = vec![CaseEvent::ParticipantAdded { party: party.clone(), role }];
        house.to_case(&eva, &opened.case, added).await.unwrap();
        let all = PageRequest::default();
        assert_eq!(house.store.cases(&vendor, &all).await.unwrap().rows.len(), 1);
        let mut names: Vec<String> = house
            .store
            .participants(&vendor, &opened.case)
            .await
            .unwrap()
            .into_iter()
            .filter_map(|row| row.name)
            .collect();
        names.sort();
        assert_eq!(names, ["eva", "vendor"]);
        assert!(house.store.party(&vendor, eva.party().unwrap()).await.is_ok());
        let other = house.store.party(&vendor, employee.party().unwrap()).await;
        assert!(matches!(other, Err(StoreError::NotFound(NotFound))));

        let gone = vec![CaseEvent::ParticipantRemoved { party }];
        house.to_case(&eva, &opened.case, gone).await.unwrap();
        assert!(house.store.case(&vendor, &opened.case).await.is_err());
        assert!(house.store.party(&vendor, eva.party().unwrap()).await.is_err());
        house.store.close().await;
    }
}

#[tokio::test]
async fn an_auditor_reads_and_changes_nothing_except_as_a_participant() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let auditor = house.person("auditor", &[Duty::Auditor]).await;
        let opened = house.opened_case(&[&eva]).await;
        let exited = vec![CaseEvent::EmbargoExited { reason: "published".into() }];
        house.to_case(&eva, &opened.case, exited).await.unwrap();
        assert!(house.store.authorize_case::<Read>(&auditor, &opened.case).await.is_ok());
        assert!(house.store.authorize_case::<Write>(&auditor, &opened.case).await.is_err());
        assert!(house.store.authorize_log(&auditor).await.is_ok());
        assert!(house.store.authorize_log(&eva).await.is_err());
        let (party, role) = (auditor.party().unwrap().clone(), ParticipantRole::Member);
        let added = vec![CaseEvent::ParticipantAdded { party, role }];
        house.to_case(&eva, &opened.case, added).await.unwrap();
        assert!(house.store.authorize_case::<Write>(&auditor, &opened.case).await.is_ok());
        house.store.close().await;
    }
}

#[tokio::test]
async fn pages_go_on_where_the_last_ended() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let mut cases = Vec::new();
        for number in 0..5 {
            // Two at the same instant, so that the id decides.
            if number % 2 == 0 {
                house.later(1);
            }
            cases.push(house.opened_case(&[&eva]).await.case);
        }
        let (mut seen, mut watched) = (Vec::new(), Vec::new());
        let mut page = PageRequest { after: None, limit: 2 };
        loop {
            let found = house.store.cases(&eva, &page).await.unwrap();
            seen.extend(found.rows.into_iter().map(|row| row.id));
            let Some(next) = found.next else { break };
            page.after = Some(next);
        }
        page.after = None;
        loop {
            let found = house.store.watch(&eva, &page).await.unwrap();
            watched.extend(found.rows);
            let Some(next) = found.next else { break };
            page.after = Some(next);
        }
        assert_eq!(seen.len(), 5);
        let mut sorted = seen.clone();
        sorted.sort();
        cases.sort();
        assert_eq!(sorted, cases);
        let dues: Vec<_> = watched.iter().map(|row| row.assessment.strict_due).collect();
        assert!(dues.is_sorted() && dues.len() == 5);
        page.after = Some("17".into());
        assert!(matches!(house.store.cases(&eva, &page).await, Err(StoreError::Cursor)));
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_tracking_code_opens_the_answers_and_nothing_of_the_case() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_report::<Write>(&eva, &opened.report).await.unwrap();
        let stream = watchfire_core::event::Stream::Report(opened.report.clone());
        let mut append = watchfire_store::Append::new(&eva, house.now).expect_version(stream, 1);
        let text = "谢谢".to_owned();
        append.report(&grant, watchfire_core::event::ReportEvent::Answered { text });
        house.store.append(append).await.unwrap();
        let anonymous = Viewer::anonymous();
        let tracked = house.store.tracked_report(&anonymous, &opened.tracking).await.unwrap();
        assert_eq!(tracked.answers[0].text, "谢谢");
        assert_eq!(tracked.language, "zh-CN");
        assert!(house.store.tracked_report(&anonymous, &"0".repeat(64)).await.is_err());
        assert!(house.store.report(&anonymous, &opened.report).await.is_err());
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_node_belongs_to_the_organization_that_was_known_first() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let mut append = watchfire_store::Append::new(&operator(), house.later(1));
        let grant = house.store.authorize_new_party(&operator()).await.unwrap();
        let name = "Südlicht Cloud".to_owned();
        let registered = watchfire_core::event::PartyEvent::OrganizationRegistered { name };
        append.administer(&grant, registered);
        house.store.append(append).await.unwrap();
        let own = house.store.own_organization(&keeper()).await.unwrap();
        assert_eq!(own, house.organization);
        let eva = house.person("eva", &[]).await;
        assert!(matches!(
            house.store.own_organization(&eva).await,
            Err(watchfire_store::StoreError::NotFound(_))
        ));
        house.store.close().await;
    }
}

/// Makes an organization known.
async fn organization(house: &House, name: &str) -> PartyId {
    let grant = house.store.authorize_new_party(&operator()).await.expect("the operator may");
    let mut append = Append::new(&operator(), house.now);
    append.administer(&grant, PartyEvent::OrganizationRegistered { name: name.into() });
    house.store.append(append).await.expect("an organization is registered");
    grant.id().clone()
}

#[tokio::test]
async fn where_an_organization_is_sees_whoever_sees_a_case_of_it_and_from_where_the_house_alone() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        house.later(1);
        let [theirs, third] =
            [organization(&house, "vendor").await, organization(&house, "third").await];
        let eva = house.person("eva", &[]).await;
        let chief = house.person("chief", &[Duty::Administrator]).await;
        let employee = house.person("employee", &[]).await;
        let member = house.person_of("member", &[], Some(theirs.clone())).await;
        let colleague = house.person_of("colleague", &[], Some(theirs.clone())).await;
        let guest = house.person_of("guest", &[], Some(third.clone())).await;
        let stranger = house.person_of("stranger", &[Duty::Administrator], Some(third)).await;
        let grant = house.store.authorize_country::<Write>(&chief, &theirs).await.unwrap();
        let version = house.store.party_version(&keeper(), &theirs).await.unwrap();
        let mut append =
            Append::new(&chief, house.now).expect_version(Stream::Party(theirs.clone()), version);
        append.country(&grant, Some("US".into()), "the register".into());
        house.store.append(append).await.unwrap();

        let seen = async || {
            let mut found = Vec::new();
            for viewer in [&chief, &member, &colleague, &eva, &employee, &guest, &stranger] {
                found.push(match house.store.country(viewer, &theirs).await {
                    Ok(found) => found.map(|it| (it.country, it.grounds.map(|it| it.source))),
                    Err(StoreError::NotFound(_)) => None,
                    Err(other) => panic!("{other}"),
                });
            }
            found
        };
        let us = Some("US".to_owned());
        let whole = Some((us.clone(), Some("the register".to_owned())));
        let country = Some((us, None));
        let own = [whole.clone(), country.clone(), country.clone()];
        let without = [own.as_slice(), &[None, None, None, None]].concat();
        let with = [own.as_slice(), &[whole, None, country, None]].concat();
        let opened = house.opened_case(&[&eva, &guest]).await;
        assert_eq!(seen().await, without, "the case is not theirs");
        // One of its people takes part, or the organization itself does.
        for party in [member.party().unwrap().clone(), theirs.clone()] {
            let role = ParticipantRole::Vendor;
            let added = CaseEvent::ParticipantAdded { party: party.clone(), role };
            house.to_case(&eva, &opened.case, vec![added]).await.unwrap();
            assert_eq!(seen().await, with, "{party}");
            let removed = CaseEvent::ParticipantRemoved { party: party.clone() };
            house.to_case(&eva, &opened.case, vec![removed]).await.unwrap();
            assert_eq!(seen().await, without, "{party}");
        }
        let nobody = house.store.country(&Viewer::anonymous(), &theirs).await;
        assert!(matches!(nobody, Err(StoreError::NotFound(_))), "{nobody:?}");
        house.store.close().await;
    }
}
