//! What rings in a case, whom it reaches, and when it rings anew.

use std::collections::BTreeSet;

use jiff::Timestamp;
use watchfire_core::case::{Case, Refusal};
use watchfire_core::event::{Body, CaseEvent, Chain, FactRecord, ParticipantRole};
use watchfire_core::ids::PartyId;
use watchfire_core::notice::NoticeKind;

use crate::world::{World, at, fact, person};

fn known_now(id: &str, kind: &str, now: &str) -> FactRecord {
    fact(id, kind, now, &at(now).to_string())
}

fn decided(id: &str, answer: &str, now: Timestamp) -> FactRecord {
    FactRecord {
        predicate: Some("cn-rmsv/component-in-own-product".into()),
        answer: Some(answer.into()),
        ..fact(id, "decided", &now.to_string(), &now.to_string())
    }
}

fn take_back(id: &str, of: &str, now: Timestamp) -> FactRecord {
    FactRecord { of: Some(of.into()), ..fact(id, "retracted", &now.to_string(), &now.to_string()) }
}

/// What was told of open questions: rung, people, and when.
fn rang(world: &World) -> Vec<(String, Vec<PartyId>, Timestamp)> {
    let of_questions = world.events.iter().filter_map(|event| match &event.body {
        Body::Case(_, CaseEvent::QuestionRang { rung, told, .. }) => {
            Some((rung.clone(), told.clone(), event.recorded_at))
        }
        _ => None,
    });
    of_questions.collect()
}

#[test]
fn a_question_that_nobody_answers_rings_on_its_own_clock_until_the_deadline() {
    let found = known_now("found", "upstream-vulnerability-known", "2021-11-24T08:00:00Z");
    let mut world = World::opened(found, &[1, 2, 3]);
    world.run_until("2021-11-24T11:59:59.999999Z");
    assert_eq!(rang(&world), [("0%".to_owned(), vec![person(1)], at("2021-11-24T08:00Z"))]);
    world.run_until("2021-11-24T12:00:00Z");
    let at_its_instant = ("100%".to_owned(), vec![person(1), person(2)], at("2021-11-24T12:00Z"));
    assert_eq!(rang(&world)[1..], [at_its_instant]);
    world.run_until("2021-12-24T00:00:00Z");
    let everybody = vec![person(1), person(2), person(3)];
    let then = [
        ("200%".to_owned(), everybody.clone(), at("2021-11-24T16:00Z")),
        ("day-1".to_owned(), everybody, at("2021-11-25T16:00Z")),
    ];
    assert_eq!(rang(&world)[2..], then, "and the deadline itself rings from 2021-11-26T08:00Z on");
    let ids: BTreeSet<&str> = world.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), world.notices.len(), "once each");
}

#[test]
fn what_was_past_of_a_question_is_told_once_together_and_an_answer_ends_it() {
    let mut world = World::log4shell();
    world.run_until("2021-11-24T09:00:00Z");
    let everybody = vec![person(1), person(2), person(3)];
    assert_eq!(rang(&world), [("200%".to_owned(), everybody, at("2021-11-24T07:00Z"))]);
    world.act(|case, house, now| case.record_fact(house, &decided("answer", "yes", now), now));
    assert!(world.state().open_questions().is_empty());
    world.run_until("2021-11-25T15:00:00Z");
    assert_eq!(rang(&world).len(), 1, "an answered question rings no more");
    world.act(|case, house, now| case.record_fact(house, &take_back("no", "answer", now), now));
    assert_eq!(world.state().open_questions().len(), 1);
    world.run_until("2021-11-25T15:30:00Z");
    let again = rang(&world);
    assert_eq!((again.len(), again[1].0.as_str()), (2, "day-1"), "asked again, it rings again");
    let ids: BTreeSet<&str> = world.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), world.notices.len());
}

#[test]
fn a_question_on_which_several_clocks_hang_is_asked_once() {
    let mut world = World::opened(
        known_now("found", "incident-discovered", "2026-10-01T08:00:00Z"),
        &[1, 2, 3],
    );
    let on_it = |case: &Case| {
        let open = case.obligations.values().filter(|owed| owed.is_open());
        open.filter(|owed| owed.assessment.decision_due.is_some()).count()
    };
    assert!(on_it(&world.state()) > 1, "early warning and notification hang on one question");
    let case = world.state();
    let asked: BTreeSet<&str> = case.open_questions().iter().map(|it| it.predicate).collect();
    assert_eq!(asked.len(), case.open_questions().len());
    world.run_until("2026-10-01T08:00:00Z");
    assert_eq!(rang(&world).len(), asked.len());
}

#[test]
fn a_date_that_moves_tells_nothing_twice_and_a_new_window_tells_everything_anew() {
    // Two facts; the earlier is taken back, and the date moves.
    let first = known_now("first", "vulnerability-known", "2021-11-24T08:00:00Z");
    let mut moved = World::opened(first.clone(), &[1, 2, 3]);
    moved.run_until("2021-11-25T09:00:00Z");
    let second = fact("second", "vulnerability-known", "2021-11-25T09:00Z", "2021-11-25T09:00:00Z");
    moved.act(|case, house, now| case.record_fact(house, &second, now));
    moved.act(|case, house, now| case.record_fact(house, &take_back("b", "first", now), now));
    moved.run_until("2021-11-27T08:59:59Z");
    let rungs: Vec<String> = moved.told("cn-rmsv/7.2").into_iter().map(|told| told.0).collect();
    assert_eq!(rungs, ["0%", "50%", "75%", "90%"], "a rung told is not told again");

    // The only fact is taken back: nothing is owed. Months later there is another fact.
    let mut anew = World::opened(first, &[1, 2, 3]);
    anew.run_until("2021-11-25T09:00:00Z");
    anew.act(|case, house, now| case.record_fact(house, &take_back("b", "first", now), now));
    anew.run_until("2022-03-01T09:00:00Z");
    assert_eq!(anew.told("cn-rmsv/7.2").len(), 2, "nothing is told while nothing is owed");
    let second = fact("second", "vulnerability-known", "2022-03-01T09:00Z", "2022-03-01T09:00:00Z");
    anew.act(|case, house, now| case.record_fact(house, &second, now));
    anew.run_until("2022-03-03T08:59:59Z");
    let rungs: Vec<String> = anew.told("cn-rmsv/7.2").into_iter().map(|told| told.0).collect();
    assert_eq!(rungs, ["0%", "50%", "0%", "50%", "75%", "90%"]);
    let ids: BTreeSet<&str> = anew.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), anew.notices.len(), "and each notice goes out");
}

#[test]
fn the_same_fact_after_all_is_the_same_window() {
    let first = known_now("first", "vulnerability-known", "2021-11-24T08:00:00Z");
    let mut world = World::opened(first, &[1, 2, 3]);
    world.run_until("2021-11-25T09:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &take_back("b", "first", now), now));
    world.run_until("2021-11-25T10:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &take_back("c", "b", now), now));
    world.run_until("2021-11-26T07:59:59Z");
    let rungs: Vec<String> = world.told("cn-rmsv/7.2").into_iter().map(|told| told.0).collect();
    assert_eq!(rungs, ["0%", "50%", "75%", "90%"]);
}

#[test]
fn a_clock_that_waited_begins_a_window_when_it_gets_its_date() {
    let mut world =
        World::opened(known_now("wild", "exploitation-known", "2026-10-01T08:00:00Z"), &[1, 2, 3]);
    world.run_until("2026-10-10T08:00:00Z");
    let waiting: Vec<String> = world.told("eu-cra/14.2.c").into_iter().map(|told| told.0).collect();
    assert_eq!(waiting, ["0%", "review-1"]);
    let measure = fact("measure", "measure-available", "2026-10-10T08:00Z", "2026-10-10T08:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &measure, now));
    world.run_until("2026-10-17T08:00:00Z");
    let dated = &world.told("eu-cra/14.2.c")[2..];
    let dated: Vec<(&str, Timestamp)> =
        dated.iter().map(|told| (told.0.as_str(), told.2)).collect();
    assert_eq!(dated, [("0%", at("2026-10-10T08:00Z")), ("50%", at("2026-10-17T08:00Z"))]);
}

#[test]
fn the_chain_is_let_into_an_embargoed_case_rung_by_rung_and_the_others_hear_of_it() {
    let found = known_now("wild", "exploitation-known", "2026-10-01T08:00:00Z");
    let mut world = World::opened(found.clone(), &[1]);
    // Without a duty in China nothing collides, so only the clock itself rings.
    world.profile.roles = ["eu-cra/manufacturer".to_owned()].into();
    let again = FactRecord { id: "again".into(), ..found };
    world.act(|case, house, now| case.record_fact(house, &again, now));
    let sees = |world: &World, n: u8| world.state().participants.contains_key(&person(n));
    world.run_until("2026-10-01T19:59:59.999999Z");
    assert!(!sees(&world, 2) && !sees(&world, 3), "not before a rung tells them");
    world.run_until("2026-10-01T20:00:00Z");
    assert!(sees(&world, 2) && !sees(&world, 3), "half of the 24 hours");
    world.run_until("2026-10-02T02:00:00Z");
    assert!(sees(&world, 3), "three quarters");
    let told = world.told("eu-cra/14.2.a");
    assert_eq!(told.last().map(|told| told.1.clone()), Some(vec![person(3)]));
    let heard = |of: u8| {
        let notices = world.notices.iter().filter(|notice| {
            notice.kind == NoticeKind::LetIn && notice.mark.starts_with(person(of).as_str())
        });
        notices.map(|notice| notice.recipient.clone()).collect::<Vec<_>>()
    };
    assert_eq!(heard(2), [person(1)]);
    assert_eq!(heard(3), [person(1), person(2)]);
}

#[test]
fn whoever_was_taken_out_is_not_let_in_by_a_rung_and_the_next_above_is_told() {
    let found = known_now("found", "vulnerability-known", "2021-11-24T08:00:00Z");
    let mut world = World::opened(found, &[1, 2, 5]);
    world.act(|case, _, _| case.remove_participant(&person(2)));
    world.run_until("2021-11-25T08:00:00Z");
    let told = world.told("cn-rmsv/7.2");
    assert_eq!(
        told.last().map(|told| (told.0.as_str(), told.1.clone())),
        Some(("50%", vec![person(3)]))
    );
    assert!(!world.state().participants.contains_key(&person(2)));
    // With nobody of the chain left, those who work on the case are told.
    world.act(|case, _, _| case.remove_participant(&person(1)));
    world.act(|case, _, _| case.remove_participant(&person(3)));
    world.run_until("2021-11-26T08:00:00Z");
    let told = world.told("cn-rmsv/7.2");
    assert_eq!(told.last().map(|told| told.1.clone()), Some(vec![person(5)]));
    // A person may let them in again.
    world.act(|case, house, now| {
        case.add_participant(house, (&person(2), ParticipantRole::Member), None, None, now)
    });
    world.run_until("2021-11-26T12:48:00Z");
    let told = world.told("cn-rmsv/7.2");
    assert_eq!(told.last().map(|told| told.1.clone()), Some(vec![person(2)]));
}

#[test]
fn in_an_open_case_nobody_is_let_in() {
    let mut world = World::log4shell();
    let public = known_now("public", "disclosed", "2021-11-24T07:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &public, now));
    world.act(|case, _, _| case.remove_participant(&person(3)));
    world.act(|case, house, now| case.exit_embargo(house, "public", None, now));
    world.run_until("2021-11-25T15:00:00Z");
    assert!(!world.state().participants.contains_key(&person(3)));
    assert!(world.told("cn-rmsv/7.2").iter().any(|told| told.1.contains(&person(3))));
}

#[test]
fn anybody_escalates_to_the_next_of_the_chain_who_was_not_told_yet() {
    let found = known_now("found", "vulnerability-known", "2021-11-24T08:00:00Z");
    let mut world = World::opened(found, &[1, 5]);
    let owed = world.obligation("cn-rmsv/7.2");
    let escalates = |world: &mut World, who: u8| {
        world.act(|case, house, now| case.escalate(house, &owed, &person(who), "stuck", now));
        let last = world.events.last().map(|event| event.body.clone());
        let Some(Body::Case(_, CaseEvent::Escalated { told, by, reason, .. })) = last else {
            panic!("escalating is recorded: {last:?}")
        };
        assert_eq!((by, reason.as_str()), (person(who), "stuck"));
        told
    };
    world.run_until("2021-11-24T08:00:00Z");
    assert_eq!(escalates(&mut world, 5), [person(2)], "the owner was told by the first rung");
    assert!(world.state().participants.contains_key(&person(2)), "and sees the case by that");
    assert_eq!(escalates(&mut world, 5), [person(3)]);
    world.now = at("2021-11-24T09:00:00Z");
    assert_eq!(escalates(&mut world, 5), [person(3)], "all were told: the top, again");
    assert_eq!(escalates(&mut world, 3), [person(2)], "from the top there is nobody above");
    assert_eq!(escalates(&mut world, 1), [person(3)], "who stands in the chain asks above");
    let ids: BTreeSet<&str> = world.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), world.notices.len(), "each is a notice of its own");
    let empty = world.state().escalate(&world.house(), &owed, &person(5), " ", world.now);
    assert!(matches!(empty, Err(Refusal::Text { .. })));
    world.chain = Chain { owner: Some(person(5)), ..Chain::default() };
    let alone = world.state().escalate(&world.house(), &owed, &person(5), "stuck", world.now);
    assert_eq!(alone, Err(Refusal::NobodyAbove(owed.clone())));
}
