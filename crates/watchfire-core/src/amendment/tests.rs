use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn person(n: u8) -> PartyId {
    PartyId::from_random([n; 5])
}

fn department(n: u8) -> DepartmentId {
    DepartmentId::from_random([n; 5])
}

const START: &str = "2026-11-30T08:00:00Z";
const WRITER: u8 = 1;
const REVIEWER: u8 = 2;
const HEAD: u8 = 3;
const SUPERVISOR: u8 = 4;
const EXECUTIVE: u8 = 5;
const HELPER: u8 = 6;

fn chains() -> Chains {
    let house = Chain {
        owner: None,
        supervisor: Some(person(SUPERVISOR)),
        executive: Some(person(EXECUTIVE)),
    };
    let headed = Chain { owner: Some(person(HEAD)), ..house.clone() };
    let headless = house.clone();
    Chains {
        house,
        departments: BTreeMap::from([(department(1), headed), (department(2), headless)]),
        gone: BTreeSet::new(),
    }
}

/// A change of law in a story: what is decided happens.
struct Story {
    amendment: Amendment,
    now: Timestamp,
}

impl Story {
    fn proposed(effective_at: &str) -> Self {
        let draft = Draft {
            organization: person(9),
            title: "RMSV: 24 hours".into(),
            why: "the ministry shortened the period".into(),
            by: Some(person(WRITER)),
            source: LawSource::Files,
            files: "f".into(),
            base: "a".into(),
            lawbook: "b".into(),
            effective_at: at(effective_at),
            laws: BTreeSet::from(["cn-rmsv".to_owned()]),
        };
        let event = draft.propose().expect("it can be proposed");
        let id = AmendmentId::from_random([7; 5]);
        let amendment = Amendment::proposed(&id, &event, at(START)).expect("proposed");
        Self { amendment, now: at(START) }
    }

    fn happens(&mut self, events: impl IntoIterator<Item = AmendmentEvent>) {
        for event in events {
            self.amendment.apply(self.now, &event);
        }
    }

    fn words(departments: &[u8]) -> Words {
        let text = [("en", "What it means"), ("zh-CN", "含义")];
        Words {
            text: text.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
            departments: departments.iter().map(|n| department(*n)).collect(),
        }
    }

    fn interpreted(effective_at: &str, departments: &[u8]) -> Self {
        let mut story = Self::proposed(effective_at);
        let known = BTreeSet::from([department(1), department(2)]);
        let event = story
            .amendment
            .interpret(&Self::words(departments), &person(WRITER), &known)
            .expect("it can be interpreted");
        story.happens([event]);
        story
    }

    fn agreed(effective_at: &str, departments: &[u8]) -> (Self, Vec<Notice>) {
        let mut story = Self::interpreted(effective_at, departments);
        let decision = story
            .amendment
            .agree(&person(REVIEWER), "", &chains(), story.now)
            .expect("a second person agrees");
        story.happens(decision.events);
        (story, decision.notices)
    }

    /// Lets time pass until the next instant, and returns what then happens and who is told.
    fn next(&mut self) -> (Timestamp, Vec<String>, Vec<PartyId>) {
        let due = self.amendment.due_at().expect("no silence lasts");
        let before = due - SignedDuration::from_micros(1);
        if before > self.now {
            assert_eq!(self.amendment.tick(&chains(), before), Decision::default());
        }
        self.now = due;
        let decision = self.amendment.tick(&chains(), due);
        let words = decision.events.iter().map(|event| match event {
            AmendmentEvent::RungReached { rung, .. } => rung.clone(),
            AmendmentEvent::GapOpened { .. } => "gap".to_owned(),
            other => panic!("{other:?}"),
        });
        let words = words.collect();
        let told = decision.notices.iter().map(|notice| notice.recipient.clone()).collect();
        self.happens(decision.events);
        (due, words, told)
    }
}

#[test]
fn nobody_acknowledges_so_everybody_above_is_told_and_it_becomes_a_gap() {
    let (mut story, first) = Story::agreed("2027-03-01T00:00:00Z", &[1]);
    assert_eq!(first.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [person(HEAD)]);
    let everybody = vec![person(HEAD), person(SUPERVISOR), person(EXECUTIVE)];
    for (instant, happened, told) in [
        ("2026-12-03T20:00:00Z", vec!["50%"], vec![person(SUPERVISOR)]),
        ("2026-12-05T14:00:00Z", vec!["75%"], vec![person(EXECUTIVE)]),
        ("2026-12-06T15:12:00Z", vec!["90%"], everybody.clone()),
        ("2026-12-07T08:00:00Z", vec!["gap", "100%"], everybody.clone()),
        ("2026-12-08T00:48:00Z", vec!["110%"], everybody),
    ] {
        let (due, words, who) = story.next();
        assert_eq!(
            (due, words),
            (at(instant), happened.iter().map(|it| (*it).to_owned()).collect())
        );
        assert_eq!(who, told, "{instant}");
    }
    let owed = &story.amendment.acknowledgements[&department(1)];
    assert_eq!(owed.gap.map(|(cause, _)| cause), Some(GapCause::NotAcknowledged));
}

#[test]
fn anybody_may_claim_the_gap_and_acknowledge_for_the_department() {
    let (mut story, _) = Story::agreed("2027-03-01T00:00:00Z", &[1]);
    let helper = person(HELPER);
    assert_eq!(story.amendment.claim(&department(1), &helper), Err(AmendmentRefusal::Held));
    for _ in 0..4 {
        story.next();
    }
    let events = story.amendment.claim(&department(1), &helper).expect("a gap can be claimed");
    story.happens(events);
    assert_eq!(story.amendment.gaps().count(), 0);
    let head = person(HEAD);
    let refused = story.amendment.acknowledge(&department(1), &head, "read");
    assert_eq!(refused, Err(AmendmentRefusal::NotHeld));
    let events = story.amendment.acknowledge(&department(1), &helper, "the runbook says 24 hours");
    story.happens(events.expect("the claimant may"));
    assert_eq!(story.amendment.due_at(), Some(at("2027-03-01T00:00:00Z")));
    let again = story.amendment.acknowledge(&department(1), &helper, "again");
    assert_eq!(again, Err(AmendmentRefusal::Acknowledged));
}

#[test]
fn whoever_claims_and_then_is_silent_loses_it_again() {
    let (mut story, _) = Story::agreed("2027-03-01T00:00:00Z", &[1]);
    for _ in 0..4 {
        story.next();
    }
    let events = story.amendment.claim(&department(1), &person(HELPER)).expect("a gap");
    story.happens(events);
    let claimed_at = story.now;
    let gap = loop {
        let (due, words, _) = story.next();
        if words.contains(&"gap".to_owned()) {
            break due;
        }
    };
    assert_eq!(gap, later(claimed_at, CLAIM_HOURS));
}

#[test]
fn a_department_without_a_head_is_a_gap_at_once_and_its_supervisor_is_told() {
    let (story, notices) = Story::agreed("2027-03-01T00:00:00Z", &[2]);
    let owed = &story.amendment.acknowledgements[&department(2)];
    assert_eq!(owed.gap.map(|(cause, _)| cause), Some(GapCause::HeldByNobody));
    assert_eq!(notices[0].recipient, person(SUPERVISOR));
}

#[test]
fn the_date_is_before_the_use_but_leaves_a_day() {
    for (effective, due) in [
        ("2027-03-01T00:00:00Z", "2026-12-07T08:00:00Z"),
        ("2026-12-03T00:00:00Z", "2026-12-03T00:00:00Z"),
        ("2026-11-30T12:00:00Z", "2026-12-01T08:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-12-01T08:00:00Z"),
    ] {
        let (story, _) = Story::agreed(effective, &[1]);
        let owed = &story.amendment.acknowledgements[&department(1)];
        assert_eq!(owed.due_at, at(due), "{effective}");
    }
}

#[test]
fn four_eyes_are_needed() {
    let mut story = Story::interpreted("2027-03-01T00:00:00Z", &[1]);
    let writer = person(WRITER);
    let refused = story.amendment.agree(&writer, "", &chains(), story.now);
    assert_eq!(refused, Err(AmendmentRefusal::SamePerson));
    assert_eq!(story.amendment.send_back(&writer, "no"), Err(AmendmentRefusal::SamePerson));
    let back = story.amendment.send_back(&person(REVIEWER), "name the form").expect("may");
    story.happens([back]);
    assert_eq!(story.amendment.stage, Stage::Proposed);
    let refused = story.amendment.agree(&person(REVIEWER), "", &chains(), story.now);
    assert_eq!(refused, Err(AmendmentRefusal::NotInterpreted));
}

#[test]
fn an_interpretation_is_whole_and_goes_to_somebody() {
    let story = Story::proposed("2027-03-01T00:00:00Z");
    let known = BTreeSet::from([department(1)]);
    let interpret = |words: &Words| story.amendment.interpret(words, &person(WRITER), &known);
    let mut words = Story::words(&[1]);
    words.text.remove("zh-CN");
    assert_eq!(interpret(&words), Err(AmendmentRefusal::Language));
    assert_eq!(interpret(&Story::words(&[])), Err(AmendmentRefusal::NoDepartment));
    assert_eq!(interpret(&Story::words(&[2])), Err(AmendmentRefusal::DepartmentUnknown));
    let mut words = Story::words(&[1]);
    words.text.insert("en".into(), " ".into());
    assert_eq!(interpret(&words), Err(AmendmentRefusal::Text));
}

#[test]
fn it_is_used_at_its_instant_and_not_before_and_silence_becomes_a_gap() {
    let (mut story, _) = Story::agreed("2026-12-03T00:00:00Z", &[1]);
    let instant = at("2026-12-03T00:00:00Z");
    assert!(!story.amendment.is_to_be_applied(instant - SignedDuration::from_micros(1)));
    assert!(story.amendment.is_to_be_applied(instant));
    story.now = instant;
    let events = story.amendment.put_to_use("b", "a");
    story.happens(events);
    assert_eq!(story.amendment.stage, Stage::Applied);
    assert_eq!(story.amendment.gaps().count(), 1);
    assert!(story.amendment.is_to_be_reassessed(instant));
    assert!(story.amendment.due_at().is_some_and(|due| due <= instant));
    assert!(!story.amendment.is_carried_out());
    story.happens([AmendmentEvent::CasesReassessed { looked_at: 3, changed: 1, unread: 0 }]);
    assert!(!story.amendment.is_to_be_reassessed(Timestamp::MAX));
    assert!(story.amendment.is_carried_out());
    assert_eq!(story.amendment.reject(&person(REVIEWER), "no"), Err(AmendmentRefusal::InUse));
}

#[test]
fn cases_that_the_new_law_cannot_read_are_tried_again_ever_more_seldom_until_none_is_left() {
    let (mut story, _) = Story::agreed("2026-12-03T00:00:00Z", &[1]);
    story.now = at("2026-12-03T00:00:00Z");
    let events = story.amendment.put_to_use("b", "a");
    story.happens(events);
    for hours in [1, 2, 4, 8, 16, 24, 24] {
        story.happens([AmendmentEvent::CasesReassessed { looked_at: 3, changed: 1, unread: 1 }]);
        let again = story.now + SignedDuration::from_hours(hours);
        let before = again - SignedDuration::from_micros(1);
        assert!(!story.amendment.is_to_be_reassessed(before), "{hours}");
        assert!(story.amendment.is_to_be_reassessed(again), "{hours}");
        assert!(story.amendment.due_at().is_some_and(|due| due <= again), "{hours}");
        assert!(!story.amendment.is_carried_out());
        story.now = again;
    }
    story.happens([AmendmentEvent::CasesReassessed { looked_at: 3, changed: 2, unread: 0 }]);
    assert!(story.amendment.is_carried_out());
    assert!(!story.amendment.is_to_be_reassessed(Timestamp::MAX));
}

#[test]
fn what_somebody_who_left_or_a_department_that_was_closed_owes_is_a_gap_and_goes_to_those_above() {
    let gone = Chains {
        gone: BTreeSet::from([person(HEAD)]),
        departments: BTreeMap::from([(department(1), chains().house)]),
        ..chains()
    };
    let closed = Chains { departments: BTreeMap::new(), ..chains() };
    for chains in [gone, closed] {
        let (mut story, _) = Story::agreed("2027-03-01T00:00:00Z", &[1]);
        let everybody = at("2026-12-06T15:12:00Z");
        let decision = story.amendment.tick(&chains, everybody);
        let told: Vec<_> = decision.notices.iter().map(|it| it.recipient.clone()).collect();
        assert_eq!(told, [person(SUPERVISOR), person(EXECUTIVE)]);
        let gap =
            AmendmentEvent::GapOpened { department: department(1), cause: GapCause::HolderGone };
        assert!(decision.events.contains(&gap), "{:?}", decision.events);
        story.now = everybody;
        story.happens(decision.events);
        // Whoever takes it holds it, whatever became of the department.
        let claimed = story.amendment.claim(&department(1), &person(HELPER)).expect("it is a gap");
        story.happens(claimed);
        let later = story.amendment.tick(&chains, at("2026-12-07T07:59:59Z"));
        assert_eq!(later, Decision::default());
        let owed = &story.amendment.acknowledgements[&department(1)];
        assert_eq!(owed.holder(&chains), Some(&person(HELPER)));
    }
}

#[test]
fn nothing_is_used_that_nobody_agreed_with_and_the_silence_rings() {
    let mut story = Story::interpreted("2026-12-02T08:00:00Z", &[1]);
    assert!(!story.amendment.is_to_be_applied(at("2027-01-01T00:00:00Z")));
    for (instant, rung) in [
        (START, "0%"),
        ("2026-12-01T08:00:00Z", "50%"),
        ("2026-12-01T20:00:00Z", "75%"),
        ("2026-12-02T03:12:00Z", "90%"),
        ("2026-12-02T08:00:00Z", "100%"),
    ] {
        let (due, words, told) = story.next();
        assert_eq!((due, words), (at(instant), vec![rung.to_owned()]));
        assert!(!told.is_empty());
    }
}

#[test]
fn what_cannot_be_used_is_tried_again_and_not_at_once() {
    let (mut story, _) = Story::agreed("2026-12-03T00:00:00Z", &[1]);
    story.now = at("2026-12-03T00:00:00Z");
    story.happens([AmendmentEvent::Obstructed { problem: "a pack does not load".into() }]);
    assert!(!story.amendment.is_to_be_applied(at("2026-12-03T00:59:59Z")));
    assert!(story.amendment.is_to_be_applied(at("2026-12-03T01:00:00Z")));
}

#[test]
fn whoever_proposed_withdraws_and_others_reject_with_a_reason() {
    let mut story = Story::interpreted("2027-03-01T00:00:00Z", &[1]);
    let amendment = &story.amendment;
    let refused = amendment.withdraw(&person(REVIEWER), "mine");
    assert_eq!(refused, Err(AmendmentRefusal::NotTheProposer));
    assert_eq!(amendment.reject(&person(REVIEWER), ""), Err(AmendmentRefusal::Text));
    let event = amendment.withdraw(&person(WRITER), "it was a draft").expect("the proposer may");
    story.happens([event]);
    assert_eq!(story.amendment.due_at(), None);
    assert_eq!(story.amendment.tick(&chains(), at("2030-01-01T00:00:00Z")), Decision::default());
    let refused = story.amendment.reject(&person(REVIEWER), "late");
    assert_eq!(refused, Err(AmendmentRefusal::Dropped));
}

#[test]
fn what_says_the_same_is_no_change() {
    let draft = Draft {
        organization: person(9),
        title: "t".into(),
        why: "w".into(),
        by: None,
        source: LawSource::BuiltIn,
        files: "f".into(),
        base: "a".into(),
        lawbook: "a".into(),
        effective_at: at(START),
        laws: BTreeSet::new(),
    };
    assert_eq!(draft.propose(), Err(AmendmentRefusal::NothingChanged));
}
