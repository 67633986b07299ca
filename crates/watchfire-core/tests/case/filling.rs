//! Forms filled from the case: what a person saved, earlier stages, facts, other forms.

use std::collections::BTreeMap;

use watchfire_core::case::{About, Answers, Filled, Filling, Origin, Refusal, Submission};
use watchfire_core::ids::{ObligationId, SubmissionId};
use watchfire_core::law::form::FieldId;

use crate::world::{World, at, fact, person};

const ABOUT: About<'_> =
    About { organization: "Northwind Cloud", component: Some("pkg:maven/log4j-core") };

/// A manufacturer in the Union learns that its product is exploited.
fn exploited() -> World {
    let found =
        fact("exploited", "exploitation-known", "2026-11-02T08:00:00Z", "2026-11-02T08:00:00Z");
    World::opened(found, &[1, 2, 3])
}

fn filled(world: &World, provision: &str) -> Filling {
    let id = world.obligation(provision);
    let found = world.state().filled(&world.house(), (&id, ABOUT), world.now);
    found.expect("facts are read").expect(provision)
}

fn of<'f>(filling: &'f Filling, field: &str) -> Option<&'f Filled> {
    filling.fields.get(&FieldId(field.into()))
}

fn value(filling: &Filling, field: &str) -> Option<String> {
    of(filling, field).map(|filled| filled.value.clone())
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect()
}

fn sent(n: u8, world: &World, obligation: ObligationId, pairs: &[(&str, &str)]) -> Submission {
    Submission {
        id: SubmissionId::from_random([n; 5]),
        obligations: vec![obligation],
        submitted_at: world.now.to_string(),
        known_at: world.now,
        number: None,
        channel: "form".into(),
        fields: fields(pairs),
        incomplete_reason: Some("the rest follows".into()),
        pass: Some(("counsel said so".into(), person(7))),
    }
}

#[test]
fn a_form_is_filled_from_the_case_and_says_where_from() {
    let world = exploited();
    let early = filled(&world, "eu-cra/14.2.a");
    let expected = Filled { value: "Northwind Cloud".into(), from: Origin::Case };
    assert_eq!(of(&early, "manufacturer"), Some(&expected));
    assert_eq!(value(&early, "notification-type").as_deref(), Some("vulnerability"));
    assert_eq!(value(&early, "notification-level").as_deref(), Some("early-warning"));
    assert_eq!(of(&early, "reporter"), None, "the platform fills it in");
    assert_eq!(of(&early, "product"), None, "nobody has said it");
    assert_eq!(early.completeness.required_now.total, 5);
    assert_eq!(early.completeness.required_now.done, 4);
    let missing: Vec<String> = early.completeness.missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["product"]);
}

#[test]
fn what_was_sent_is_carried_over_but_each_stage_says_its_own_level() {
    let mut world = exploited();
    let early = world.obligation("eu-cra/14.2.a");
    world.now = at("2026-11-02T10:00:00Z");
    let pairs = [("product", "Log Engine 4"), ("notification-level", "early-warning")];
    let warning = sent(4, &world, early, &pairs);
    world.act(|case, house, now| case.record_submission(house, &warning, now));
    let notification = filled(&world, "eu-cra/14.2.b");
    let from = Origin::Stage(warning.id.clone());
    assert_eq!(of(&notification, "product"), Some(&Filled { value: "Log Engine 4".into(), from }));
    assert_eq!(value(&notification, "notification-level").as_deref(), Some("notification"));
    // A submission that was taken back was never made.
    let mut back = fact("back", "retracted", &world.now.to_string(), &world.now.to_string());
    back.of = Some(warning.id.to_string());
    world.act(|case, house, now| case.record_fact(house, &back, now));
    assert_eq!(of(&filled(&world, "eu-cra/14.2.b"), "product"), None);
}

#[test]
fn a_day_fills_a_day_and_no_instant() {
    let mut world = exploited();
    world.now = at("2026-11-20T08:00:00Z");
    // In Brussels it is the next day already.
    let known = "2026-11-19T23:30:00Z";
    let exact = fact("exact", "measure-available", known, known);
    world.act(|case, house, now| case.record_fact(house, &exact, now));
    let last = filled(&world, "eu-cra/14.2.c");
    assert_eq!(value(&last, "measure-available-on").as_deref(), Some("2026-11-20"));

    let world = World::log4shell();
    let report = filled(&world, "cn-rmsv/7.2");
    assert_eq!(of(&report, "discovered-at"), None, "a whole day is no instant");
    assert_eq!(value(&report, "component").as_deref(), Some("pkg:maven/log4j-core"));
}

#[test]
fn a_saved_answer_comes_first_and_a_blank_one_does_not_count() {
    let mut world = exploited();
    let early = world.obligation("eu-cra/14.2.a");
    let saved = fields(&[("title", "A title of our own"), ("manufacturer", "  ")]);
    let answers = Answers::plain("vulnerability", &saved);
    world.act(|case, house, now| case.save_draft(house, (&early, ABOUT), &answers, now));
    let early = filled(&world, "eu-cra/14.2.a");
    let own = Filled { value: "A title of our own".into(), from: Origin::Draft };
    assert_eq!(of(&early, "title"), Some(&own));
    assert_eq!(of(&early, "manufacturer").map(|it| &it.from), Some(&Origin::Case));
}

#[test]
fn a_value_is_shared_between_forms_and_that_one_was_sent_is_not() {
    let mut world = exploited();
    let now = world.now.to_string();
    let known = fact("known", "vulnerability-known", &now, &now);
    world.act(|case, house, now| case.record_fact(house, &known, now));
    let ministry = world.obligation("cn-rmsv/7.2");
    let pairs = [("product-name", "Log Engine 4"), ("technical-characteristics", "lookup")];
    let report = sent(5, &world, ministry.clone(), &pairs);
    world.act(|case, house, now| case.record_submission(house, &report, now));
    let notification = filled(&world, "eu-cra/14.2.b");
    let expected = Filled { value: "lookup".into(), from: Origin::Shared(ministry.clone()) };
    assert_eq!(of(&notification, "nature-of-vulnerability"), Some(&expected));
    assert_eq!(value(&notification, "product").as_deref(), Some("Log Engine 4"));
    let case = world.state();
    assert!(!case.obligations[&ministry].is_open());
    for other in ["eu-cra/14.2.a", "eu-cra/14.2.b", "cn-ndsr/10"] {
        assert!(case.obligations[&world.obligation(other)].is_open(), "{other}");
    }
}

#[test]
fn an_answer_that_its_form_does_not_take_needs_a_reason() {
    let world = exploited();
    let early = world.obligation("eu-cra/14.2.a");
    let long = "x".repeat(256);
    let mut wrong = sent(6, &world, early, &[("title", &long)]);
    wrong.incomplete_reason = None;
    let refused = world.state().record_submission(&world.house(), &wrong, world.now);
    let Err(refusal @ Refusal::Value { .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.code(), "field_value");
    assert!(refusal.to_string().contains("`title`"), "{refusal}");
    wrong.incomplete_reason = Some("sent so, and the platform took it".into());
    assert!(world.state().record_submission(&world.house(), &wrong, world.now).is_ok());
    wrong.fields = fields(&[("title", &"x".repeat(255))]);
    wrong.incomplete_reason = None;
    let refused = world.state().record_submission(&world.house(), &wrong, world.now);
    assert!(matches!(refused, Err(Refusal::IncompleteWithoutReason { .. })), "{refused:?}");
}
