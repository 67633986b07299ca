//! A case through its acts: what is owed, who holds it, who is told.

mod clocks;
mod conflict;
mod filling;
mod minimum;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use watchfire_core::case::{
    About, Answers, Case, Decision, EVENTS_OF_PEOPLE_MAX, EVENTS_OF_TALK_MAX, FIELDS_BYTES_MAX,
    Opening, Refusal, Submission, WRITTEN_BYTES_MAX,
};
use watchfire_core::event::{CaseEvent, FactRecord, GapCause, ParticipantRole};
use watchfire_core::ids::{ObligationId, SubmissionId};
use watchfire_core::law::State;
use watchfire_core::obligation::state_at;

use world::{World, at, fact, person};

#[test]
fn an_upstream_vulnerability_starts_the_ministrys_clock_provisionally_and_nobody_holds_it() {
    let world = World::log4shell();
    let case = world.state();
    let owed = &case.obligations[&world.obligation("cn-rmsv/7.2")];
    assert!(owed.assessment.provisional);
    assert_eq!(owed.assessment.strict_due, Some(at("2021-11-25T16:00:00Z")));
    assert_eq!(owed.assessment.outer_due, Some(at("2021-11-26T16:00:00Z")));
    assert_eq!(owed.gap.map(|(cause, _)| cause), Some(GapCause::HeldByNobody));
    assert_eq!(state_at(&owed.assessment, world.now), State::NeedsDecision);
    assert!(world.silent().is_empty());
}

#[test]
fn nobody_answers_so_the_executive_is_told_before_the_deadline() {
    let mut world = World::log4shell();
    world.run_until("2021-11-25T15:59:59Z");
    let told = world.told("cn-rmsv/7.2");
    let rungs: Vec<&str> = told.iter().map(|(rung, _, _)| rung.as_str()).collect();
    assert_eq!(rungs, ["0%", "50%", "75%", "90%"]);
    assert_eq!(told[1].1, vec![person(2)]);
    assert_eq!(told[1].2, at("2021-11-24T16:00:00Z"));
    assert_eq!(told[2].1, vec![person(3)]);
    assert_eq!(told[2].2, at("2021-11-25T04:00:00Z"));
    world.run_until("2021-12-03T00:00:00Z");
    let all = world.told("cn-rmsv/7.2");
    assert!(all.len() > 14, "every silence ends: {}", all.len());
    let ids: BTreeSet<&str> = world.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), world.notices.len(), "no notice is decided twice");
}

#[test]
fn a_claim_closes_the_gap_and_a_submission_in_time_ends_the_clock() {
    let mut world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    world.now = at("2021-11-24T09:00:00Z");
    world.act(|case, _, _| case.claim(&owed, &person(5)));
    assert_eq!(world.state().obligations[&owed].gap, None);
    let refused = world.state().claim(&owed, &person(6));
    assert!(matches!(refused, Err(Refusal::HeldByAnother { .. })));
    world.now = at("2021-11-25T02:20:00Z");
    let mut sent = Submission {
        id: SubmissionId::from_random([4; 5]),
        obligations: vec![owed.clone()],
        submitted_at: "2021-11-25T10:20[Asia/Shanghai]".into(),
        known_at: world.now,
        number: Some("NVDB-demo".into()),
        channel: "form".into(),
        fields: BTreeMap::new(),
        incomplete_reason: None,
        pass: None,
    };
    let refused = world.state().record_submission(&world.house(), &sent, world.now);
    assert!(matches!(refused, Err(Refusal::IncompleteWithoutReason { .. })));
    sent.incomplete_reason = Some("the fields will follow".into());
    world.act(|case, house, now| case.record_submission(house, &sent, now));
    let case = world.state();
    assert_eq!(case.obligations[&owed].assessment.state, State::Satisfied);
    assert!(!case.obligations[&owed].assessment.after_strict);
    assert!(!case.due_instants().contains_key(&owed));
    // Meeting one duty never ticks another (laws/counting.md X7).
    let upstream = world.obligation("cn-rmsv/7.1.upstream");
    assert!(case.obligations[&upstream].is_open());
}

#[test]
fn a_retracted_fact_ends_what_arose_on_it_and_its_gaps() {
    let mut world = World::log4shell();
    world.now = at("2021-11-24T08:00:00Z");
    let taken_back = FactRecord {
        of: Some("found".into()),
        ..fact("error", "retracted", "2021-11-24T08:00Z", "2021-11-24T08:00:00Z")
    };
    world.act(|case, house, now| case.record_fact(house, &taken_back, now));
    let case = world.state();
    assert!(case.obligations.values().all(|owed| !owed.is_open() && owed.gap.is_none()));
    assert!(case.due_instants().is_empty());
    let again = FactRecord { id: "again".into(), ..taken_back };
    let refused = case.record_fact(&world.house(), &again, world.now);
    assert_eq!(refused, Err(Refusal::FactRetracted("found".into())));
}

#[test]
fn a_fact_whose_retraction_was_taken_back_stands_and_can_be_taken_back_again() {
    let mut world = World::log4shell();
    let take_back = |id: &str, of: &str| FactRecord {
        of: Some(of.into()),
        ..fact(id, "retracted", "2021-11-24T07:00Z", "2021-11-24T07:00:00Z")
    };
    let owed = world.obligation("cn-rmsv/7.2");
    world.act(|case, house, now| case.record_fact(house, &take_back("r1", "found"), now));
    assert!(world.state().is_retracted("found"));
    world.act(|case, house, now| case.record_fact(house, &take_back("r2", "r1"), now));
    assert!(!world.state().is_retracted("found"));
    assert!(world.state().obligations[&owed].is_open());
    assert!(world.silent().is_empty());
    world.act(|case, house, now| case.record_fact(house, &take_back("r3", "found"), now));
    assert!(world.state().is_retracted("found"));
    assert!(!world.state().obligations[&owed].is_open());
    let unknown = FactRecord { kind: "fact-confirmed".into(), ..take_back("c", "nothing") };
    let refused = world.state().record_fact(&world.house(), &unknown, world.now);
    assert_eq!(refused, Err(Refusal::NoSuchFact("nothing".into())));
}

#[test]
fn what_wakes_after_its_holder_left_is_a_gap() {
    let mut world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    world.act(|case, _, _| case.claim(&owed, &person(1)));
    let sent = Submission {
        id: SubmissionId::from_random([4; 5]),
        // Named twice by somebody's script; met once.
        obligations: vec![owed.clone(), owed.clone()],
        submitted_at: "2021-11-24T07:00Z".into(),
        known_at: world.now,
        number: None,
        channel: "form".into(),
        fields: BTreeMap::new(),
        incomplete_reason: Some("the fields will follow".into()),
        pass: None,
    };
    world.act(|case, house, now| case.record_submission(house, &sent, now));
    assert_eq!(world.state().submissions[0].obligations.len(), 1);
    world.act(|case, _, _| case.remove_participant(&person(1)));
    assert_eq!(world.state().obligations[&owed].gap, None, "nothing is owed");
    let never_made = FactRecord {
        of: Some(sent.id.to_string()),
        ..fact("never", "retracted", "2021-11-24T07:00Z", "2021-11-24T07:00:00Z")
    };
    world.act(|case, house, now| case.record_fact(house, &never_made, now));
    let woken = &world.state().obligations[&owed];
    assert_eq!((woken.is_open(), &woken.owner), (true, &None));
    assert_eq!(woken.gap.map(|(cause, _)| cause), Some(GapCause::HeldByNobody));
}

#[test]
fn an_assigned_holder_who_is_silent_becomes_a_gap_and_the_supervisor_hears_it() {
    let mut world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    world.run_until("2021-11-24T07:30:00Z");
    world.act(|case, _, now| case.assign(&owed, &person(1), &person(2), now));
    let before = world.notices.len();
    world.run_until("2021-11-24T07:59:59Z");
    assert_eq!(world.state().obligations[&owed].gap, None);
    world.run_until("2021-11-24T08:00:00Z");
    let gap = world.state().obligations[&owed].gap.map(|(cause, _)| cause);
    assert_eq!(gap, Some(GapCause::NotAcknowledged));
    assert_eq!(
        world.notices[before..].iter().map(|notice| &notice.recipient).collect::<Vec<_>>(),
        [&person(2)]
    );
    world.act(|case, _, _| case.acknowledge(&owed, &person(1)));
    assert_eq!(world.state().obligations[&owed].gap, None);
}

#[test]
fn a_holder_who_leaves_the_case_leaves_a_gap() {
    let mut world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    world.act(|case, _, _| case.claim(&owed, &person(1)));
    world.act(|case, _, _| case.remove_participant(&person(1)));
    let held = &world.state().obligations[&owed];
    assert_eq!(held.owner, None);
    assert_eq!(held.gap.map(|(cause, _)| cause), Some(GapCause::HolderGone));
    assert!(world.silent().is_empty());
}

#[test]
fn an_embargo_ends_by_its_date_or_by_disclosure_and_not_before() {
    let mut world = World::log4shell();
    let early = world.state().exit_embargo(&world.house(), "published", None, world.now);
    assert_eq!(early, Err(Refusal::EmbargoActive { until: None }));
    let until = at("2021-12-10T00:00:00Z");
    world.act(|case, house, now| {
        case.agree_embargo(house, Some(until), "agreed with the upstream", now)
    });
    let just_before = until - SignedDuration::from_micros(1);
    assert!(world.state().exit_embargo(&world.house(), "over", None, just_before).is_err());
    assert!(world.state().exit_embargo(&world.house(), "over", None, until).is_ok());
    world.now = at("2021-12-09T15:00:00Z");
    let public = fact("public", "disclosed", "2021-12-09T14:25Z", "2021-12-09T15:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &public, now));
    world.act(|case, house, now| case.exit_embargo(house, "public elsewhere", None, now));
    let again = world.state().agree_embargo(&world.house(), None, "back to silence", world.now);
    assert_eq!(again, Err(Refusal::EmbargoExited));
}

#[test]
fn a_case_has_another_title_from_then_on_and_none_that_says_nothing() {
    let mut world = World::log4shell();
    let before = world.state().title.clone();
    for nothing in [" ", &"x".repeat(201)] {
        let refused = world.state().rename(nothing);
        assert!(matches!(refused, Err(Refusal::Text { field: "title", .. })), "{nothing}");
    }
    assert_eq!(world.state().rename(&before).map(|same| same.events.len()), Ok(0));
    world.act(|case, _, _| case.rename("Remote code execution in a logging library"));
    assert_eq!(world.state().title, "Remote code execution in a logging library");
}

#[test]
fn an_embargo_leaves_nothing_with_a_holder_who_cannot_see_it() {
    let mut world = World::log4shell();
    let public = fact("public", "disclosed", "2021-11-24T06:00Z", "2021-11-24T07:00:00Z");
    let opening = Opening {
        title: "Known to the house".into(),
        organization: person(8),
        report: None,
        embargoed: false,
        participants: vec![(person(1), ParticipantRole::Member)],
        facts: vec![fact(
            "own",
            "vulnerability-known",
            "2021-11-24T06:00Z",
            "2021-11-24T07:00:00Z",
        )],
    };
    world.events.clear();
    let decision = Case::open(&world.case, &opening, &world.house(), world.now).expect("opened");
    world.record(decision);
    world.act(|case, house, now| case.record_fact(house, &public, now));
    let [first, second] = ["cn-rmsv/7.2", "cn-rmsv/7.1.verify"].map(|id| world.obligation(id));
    world.act(|case, _, _| case.claim(&first, &person(5)));
    world.act(|case, _, _| case.claim(&second, &person(1)));
    world.act(|case, house, now| case.agree_embargo(house, None, "agreed with the upstream", now));
    let case = world.state();
    let cause = |id: &ObligationId| case.obligations[id].gap.map(|(cause, _)| cause);
    assert_eq!(
        (case.obligations[&first].owner.clone(), cause(&first)),
        (None, Some(GapCause::HolderGone))
    );
    assert!(case.obligations[&second].owner.is_some());
    assert_eq!(cause(&second), None);
    assert!(world.silent().is_empty());
}

#[test]
fn what_is_known_only_later_cannot_be_recorded_now() {
    let world = World::log4shell();
    let later = fact("later", "disclosed", "2021-11-24T06:00Z", "2021-11-24T07:00:01Z");
    let refused = world.state().record_fact(&world.house(), &later, world.now);
    assert!(matches!(refused, Err(Refusal::KnownInFuture { .. })));
    let taken = fact("found", "disclosed", "2021-11-24T06:00Z", "2021-11-24T06:00:00Z");
    let refused = world.state().record_fact(&world.house(), &taken, world.now);
    assert_eq!(refused, Err(Refusal::FactTaken("found".into())));
    let odd = fact("odd", "sunrise", "2021-11-24T06:00Z", "2021-11-24T06:00:00Z");
    assert!(matches!(
        world.state().record_fact(&world.house(), &odd, world.now),
        Err(Refusal::Fact(_))
    ));
}

#[test]
fn laws_that_are_not_in_force_yet_are_listed_and_owe_nothing() {
    let mut world = World::log4shell();
    world.now = at("2021-12-10T12:00:00Z");
    let own =
        fact("own", "vulnerability-known", "2021-11-24[Asia/Shanghai]", "2021-11-24T07:00:00Z");
    let wild = fact("wild", "exploitation-known", "2021-12-10T10:00Z", "2021-12-10T12:00:00Z");
    world.act(|case, house, now| case.record_fact(house, &own, now));
    world.act(|case, house, now| case.record_fact(house, &wild, now));
    for provision in ["cn-ndsr/10", "eu-cra/14.2.a", "eu-cra/14.2.b", "eu-cra/14.2.c"] {
        let case = world.state();
        let owed = &case.obligations[&world.obligation(provision)];
        assert_eq!(owed.assessment.state, State::NotApplicable, "{provision}");
        assert_eq!(owed.due_at(), None);
    }
}

#[test]
fn the_past_is_asked_and_answers_as_it_was() {
    let mut world = World::log4shell();
    let id = world.obligation("cn-rmsv/7.2");
    world.now = at("2021-11-24T10:00:00Z");
    let decided = FactRecord {
        predicate: Some("cn-rmsv/component-in-own-product".into()),
        answer: Some("no".into()),
        ..fact("ours", "decided", "2021-11-24T10:00:00Z", "2021-11-24T10:00:00Z")
    };
    world.act(|case, house, now| case.record_fact(house, &decided, now));
    let case = world.state();
    let state_when = |now: &str, known_at: Option<&str>| {
        let owed = case.owed_at(&world.house(), at(now), known_at.map(at)).expect("readable facts");
        owed.get(&id).map(|owed| owed.state.to_string())
    };
    let needs_decision = Some("needs-decision".to_owned());
    assert_eq!(state_when("2021-11-24T09:59:59Z", Some("2021-11-24T09:59:59Z")), needs_decision);
    let after = state_when("2021-11-24T10:00:00Z", None);
    assert!(after.is_none() || after.as_deref() == Some("not-applicable"), "{after:?}");
    let overdue = state_when("2021-11-25T16:00:00Z", Some("2021-11-24T09:59:59Z"));
    assert_eq!(overdue.as_deref(), Some("overdue"), "had nobody ever decided");
}

#[test]
fn a_case_that_is_nearly_full_keeps_room_for_what_clocks_need() {
    let mut world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    let posted = || CaseEvent::MessagePosted { text: "x".into() };
    let mut case = world.state();
    while case.version < EVENTS_OF_TALK_MAX - 1 {
        case.apply(world.now, &posted());
    }
    assert!(
        case.post_message(&world.house(), "the last", &BTreeMap::new(), None, world.now).is_ok()
    );
    case.apply(world.now, &posted());
    let full = |refused: Result<Decision, Refusal>| {
        assert!(matches!(refused, Err(Refusal::Full { what: "events", .. })), "{refused:?}");
    };
    full(case.post_message(&world.house(), "too many", &BTreeMap::new(), None, world.now));
    let about = About::default();
    let nothing = BTreeMap::new();
    let nothing = Answers::plain("form", &nothing);
    full(case.save_draft(&world.house(), (&owed, about), &nothing, world.now));
    full(case.escalate(&world.house(), &owed, &person(1), "stuck", world.now));
    let public = fact("public", "disclosed", "2021-11-24T06:00Z", "2021-11-24T07:00:00Z");
    assert!(case.record_fact(&world.house(), &public, world.now).is_ok(), "facts are still taken");
    assert!(case.claim(&owed, &person(1)).is_ok(), "and gaps");
    while case.version < EVENTS_OF_PEOPLE_MAX {
        case.apply(world.now, &posted());
    }
    full(case.record_fact(&world.house(), &public, world.now));
    full(case.claim(&owed, &person(1)));
    world.now = at("2021-11-24T16:00:00Z");
    assert!(!case.tick(&world.house(), &owed, world.now).events.is_empty(), "time goes on");
}

#[test]
fn what_people_write_in_a_case_has_a_limit_in_bytes() {
    let world = World::log4shell();
    let owed = world.obligation("cn-rmsv/7.2");
    let field = |bytes: usize| BTreeMap::from([("f".to_owned(), "x".repeat(bytes - 1))]);
    let mut case = world.state();
    let many = |fields: usize| {
        let each = FIELDS_BYTES_MAX / 10 - 2;
        (0..fields).map(|n| (format!("{n:02}"), "x".repeat(each))).collect::<BTreeMap<_, _>>()
    };
    let save = |fields| {
        let answers = Answers::plain("form", &fields);
        case.save_draft(&world.house(), (&owed, About::default()), &answers, world.now)
    };
    assert!(save(many(10)).is_ok());
    let refused = save(many(11));
    assert!(matches!(refused, Err(Refusal::Full { what: "bytes of fields", .. })), "{refused:?}");
    let written = CaseEvent::DraftSaved {
        obligation: owed.clone(),
        form: "form".into(),
        fields: field(usize::try_from(WRITTEN_BYTES_MAX - 10).expect("it fits")),
        left_out: BTreeMap::new(),
        kept: BTreeMap::new(),
    };
    case.apply(world.now, &written);
    assert!(
        case.post_message(&world.house(), "ten signs.", &BTreeMap::new(), None, world.now).is_ok()
    );
    let refused =
        case.post_message(&world.house(), "eleven sign", &BTreeMap::new(), None, world.now);
    assert!(matches!(refused, Err(Refusal::Full { .. })), "{refused:?}");
}
