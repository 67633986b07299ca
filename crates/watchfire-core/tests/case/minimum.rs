//! Drafts that a decision keeps to what the law itself asks for: as long as it stands, for every
//! obligation that it covers, whatever was saved before.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::case::{
    About, Answers, EVENTS_OF_PEOPLE_MAX, EVENTS_OF_TALK_MAX, Effect, Filling, Kept, Origin,
    Refusal,
};
use watchfire_core::event::CaseEvent;
use watchfire_core::ids::ObligationId;
use watchfire_core::law::Lawbook;
use watchfire_core::law::form::{FieldId, Need};

use crate::world::{World, at, fact, person};

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";
const EXPLOITED: &str = "2026-11-02T08:00:00Z";
const EARLY: &str = "eu-cra/14.2.a";
const FORM: &str = "vulnerability";
/// A field that the law itself does not ask for, and that the case fills in by itself.
const FREE: &str = "measure-available-on";
/// One that nothing fills in.
const OWN: &str = "nature-of-exploit";
const ABOUT: About<'_> =
    About { organization: "Northwind", component: Some("pkg:maven/log4j-core") };

fn exploited() -> World {
    let mut world =
        World::opened(fact("exploited", "exploitation-known", EXPLOITED, EXPLOITED), &[1, 2, 3]);
    record(&mut world, "mended", "measure-available");
    world
}

fn decide(world: &mut World, choice: &str) {
    let why = ("counsel's opinion", &person(7));
    world.act(|case, house, now| case.decide_conflict(house, (ABROAD, choice), why, now));
}

fn record(world: &mut World, id: &str, kind: &str) {
    let fact = fact(id, kind, EXPLOITED, &world.now.to_string());
    world.act(|case, house, now| case.record_fact(house, &fact, now));
}

fn filling(world: &World, id: &ObligationId) -> Filling {
    let found = world.state().filled(&world.house(), (id, ABOUT), world.now);
    found.expect("facts are read").expect("a form")
}

/// The fields that the draft of an obligation leaves out, each with the provisions for which, and
/// what is filled.
fn drafted(world: &World, provision: &str) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let filled = filling(world, &world.obligation(provision));
    let left_out = filled.left_out.into_iter().map(|(id, why)| (id.0, why.provisions)).collect();
    (left_out, filled.fields.into_iter().map(|(id, it)| (id.0, it.value)).collect())
}

fn save(world: &mut World, fields: &BTreeMap<String, String>, left_out: &[&str], kept: &[&str]) {
    let id = world.obligation(EARLY);
    let mark = |field: &&str| ((*field).to_owned(), "cn-rmsv/9.7".to_owned());
    let left_out = left_out.iter().map(mark).collect();
    let kept = kept.iter().map(|it| (*it).to_owned()).collect();
    let kept = Kept::Answered(&kept);
    let answers = Answers { form: FORM, fields, left_out: &left_out, kept };
    world.act(|case, house, now| case.save_draft(house, (&id, ABOUT), &answers, now));
}

/// The fields that the early warning does not require and the law does not ask for.
fn beyond() -> BTreeSet<String> {
    let (form, stage) = Lawbook::builtin().form_of(EARLY).expect("a form");
    let free =
        form.asked(stage).filter(|(_, need)| !matches!(need, Need::Required | Need::Automatic));
    let free: BTreeSet<String> = free.map(|(field, _)| field.id.0.clone()).collect();
    free.into_iter().filter(|id| id != "member-states").collect()
}

fn left(world: &World) -> BTreeSet<String> {
    drafted(world, EARLY).0.into_keys().collect()
}

#[test]
fn who_keeps_to_the_minimum_finds_the_draft_ready_and_nothing_that_the_form_requires_left_out() {
    let mut world = exploited();
    let (nothing, all) = drafted(&world, EARLY);
    assert_eq!(nothing, BTreeMap::new());
    decide(&mut world, "submit-minimum");
    let (left_out, filled) = drafted(&world, EARLY);
    assert_eq!(left_out.keys().cloned().collect::<BTreeSet<_>>(), beyond());
    assert!(left_out.values().all(|why| why == "cn-rmsv/9.7"), "{left_out:?}");
    assert!(all.keys().filter(|id| !filled.contains_key(*id)).all(|id| left_out.contains_key(id)));
    assert!(filled.contains_key("manufacturer"), "what is required is filled as before");
    // Of a later stage the law itself asks for more: nothing is left out there.
    assert_eq!(drafted(&world, "eu-cra/14.2.b").0, BTreeMap::new());
    let why = &filling(&world, &world.obligation(EARLY)).left_out[&FieldId(FREE.into())];
    assert_eq!(why.conflict.as_deref(), Some(ABROAD), "a mark of its own, not words alone");

    // Whoever submits in full after all finds nothing left out for it.
    decide(&mut world, "submit");
    assert_eq!(drafted(&world, EARLY), (BTreeMap::new(), all));
}

#[test]
fn what_was_saved_before_the_decision_is_withheld_and_back_when_it_ends() {
    for own in [None, Some("what we found, in our own words")] {
        let mut world = exploited();
        let (_, mut all) = drafted(&world, EARLY);
        all.extend(own.map(|text| (OWN.to_owned(), text.to_owned())));
        assert!(all.contains_key(FREE));
        save(&mut world, &all, &[], &[]);
        assert_eq!(drafted(&world, EARLY).1, all);
        decide(&mut world, "submit-minimum");
        assert_eq!(left(&world), beyond(), "Save was pressed before: {own:?}");
        let filled = drafted(&world, EARLY).1;
        assert!(filled.keys().all(|id| !beyond().contains(id)), "{filled:?}");

        // A page that was opened before the decision is sent after it.
        save(&mut world, &all, &[], &[]);
        assert_eq!(left(&world), beyond(), "nobody chose to keep anything in");
        // A page of after the decision says nothing of what it does not show.
        save(&mut world, &filled, &[FREE], &[]);
        assert_eq!(left(&world), beyond());
        decide(&mut world, "submit");
        assert_eq!(drafted(&world, EARLY), (BTreeMap::new(), all), "nothing was lost: {own:?}");
    }
}

#[test]
fn what_somebody_keeps_in_since_the_decision_stays_until_it_is_decided_anew() {
    let mut world = exploited();
    let (_, all) = drafted(&world, EARLY);
    save(&mut world, &all, &[], &[]);
    decide(&mut world, "submit-minimum");
    let none = BTreeMap::new();
    let without = |id: &str| beyond().into_iter().filter(|it| it != id).collect::<BTreeSet<_>>();

    save(&mut world, &none, &[], &[FREE]);
    assert_eq!(left(&world), without(FREE), "by its name");
    let kept = &filling(&world, &world.obligation(EARLY)).fields[&FieldId(FREE.into())];
    assert_eq!((Some(&kept.value), &kept.from), (all.get(FREE), &Origin::Draft));
    decide(&mut world, "submit-minimum");
    assert_eq!(left(&world), beyond(), "a new decision begins anew");

    let said = BTreeMap::from([(OWN.to_owned(), "said all the same".to_owned())]);
    save(&mut world, &said, &[OWN], &[]);
    assert_eq!(left(&world), without(OWN), "by another answer");
    save(&mut world, &said, &[], &[]);
    assert_eq!(left(&world), without(OWN), "which is said again");
    save(&mut world, &none, &[], &[]);
    assert_eq!(left(&world), beyond(), "and no more");
    // Somebody whose answers keep nothing in names what does.
    let id = world.obligation(EARLY);
    let named = |kept: &[&str]| kept.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    for (kept, stays) in [(named(&[]), beyond()), (named(&[OWN]), without(OWN))] {
        let answers = Answers { kept: Kept::Named(&kept), ..Answers::plain(FORM, &said) };
        world.act(|case, house, now| case.save_draft(house, (&id, ABOUT), &answers, now));
        assert_eq!(left(&world), stays);
    }
    save(&mut world, &none, &[], &[]);
    // What nothing keeps out cannot be kept in.
    save(&mut world, &none, &[], &["member-states", "manufacturer"]);
    assert_eq!(world.state().drafts[&world.obligation(EARLY)].kept, BTreeMap::new());
}

#[test]
fn an_obligation_that_arises_later_is_kept_to_the_minimum_too() {
    // From 2027-12-11 on a steward owes what a manufacturer owes.
    let later = "2028-01-03T08:00:00Z";
    let mut world =
        World::opened(fact("exploited", "exploitation-known", later, later), &[1, 2, 3]);
    decide(&mut world, "submit-minimum");
    let steward = "eu-cra/24.3.a";
    let has = |world: &World| {
        world.state().obligations.values().any(|it| it.assessment.provision == steward)
    };
    assert!(!has(&world));
    world.profile.roles.insert("eu-cra/steward".into());
    record(&mut world, "mended", "measure-available");
    assert!(has(&world) && world.state().drafts.is_empty());
    for provision in [EARLY, steward] {
        let (left_out, _) = drafted(&world, provision);
        assert!(!left_out.is_empty() && left_out.values().all(|why| why == "cn-rmsv/9.7"));
    }
    let case = world.state();
    let house = world.house();
    let clashes = case.clashes(&house, world.now).expect("read");
    let clash = clashes.iter().find(|it| it.conflict.id == ABROAD).expect("there");
    assert!(matches!(clash.effect, Effect::Bars(_)));
    let kept = case.kept_to_minimum(&house, clash);
    let both = [EARLY, steward].map(|it| world.obligation(it));
    assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(both));
}

#[test]
fn the_minimum_ends_with_the_conflict_and_a_mark_of_a_person_does_not() {
    let mut world = exploited();
    save(&mut world, &BTreeMap::new(), &[FREE], &[]);
    assert_eq!(left(&world), BTreeSet::from([FREE.to_owned()]));
    decide(&mut world, "submit-minimum");
    // The page sends every mark that it shows.
    let marks = beyond();
    let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
    save(&mut world, &BTreeMap::new(), &marks, &[]);
    assert_eq!(left(&world), beyond());
    record(&mut world, "public", "disclosed");
    assert!(world.state().conflicts[ABROAD].closed_at.is_some());
    assert_eq!(left(&world), BTreeSet::from([FREE.to_owned()]), "what a person left out");
    let filling = filling(&world, &world.obligation(EARLY));
    assert_eq!(filling.minimum_since, None);
    assert_eq!(filling.left_out[&FieldId(FREE.into())].conflict, None);
}

#[test]
fn a_case_that_is_nearly_full_takes_the_decision_which_writes_nothing_else() {
    let world = exploited();
    let mut case = world.state();
    let posted = CaseEvent::MessagePosted { text: "x".into() };
    let decide = |case: &watchfire_core::case::Case| {
        let why = ("counsel's opinion", &person(7));
        case.decide_conflict(&world.house(), (ABROAD, "submit-minimum"), why, world.now)
    };
    while case.version < EVENTS_OF_TALK_MAX {
        case.apply(world.now, &posted);
    }
    let decided = decide(&case).expect("it rings until it is decided");
    assert!(matches!(&decided.events[..], [CaseEvent::ConflictDecided { .. }]), "{decided:?}");
    while case.version < EVENTS_OF_PEOPLE_MAX {
        case.apply(world.now, &posted);
    }
    assert!(matches!(decide(&case), Err(Refusal::Full { what: "events", .. })));
    assert_eq!(world.now, at(EXPLOITED));
}
