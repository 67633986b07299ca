//! Duties that collide, the gate before what leaves the house, and when we were aware.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use watchfire_core::case::{Clash, Effect, Refusal, Standing, Submission, To};
use watchfire_core::event::{Body, CaseEvent, FactRecord, ParticipantRole};
use watchfire_core::ids::SubmissionId;
use watchfire_core::law::Lawbook;
use watchfire_core::law::gate::{Act, Recipient};

use crate::world::{World, at, fact, person};

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";
const EXPLOITED: &str = "2026-11-02T08:00:00Z";

/// A provider in China and manufacturer in the Union learns that its product is exploited.
fn exploited() -> World {
    World::opened(fact("exploited", "exploitation-known", EXPLOITED, EXPLOITED), &[1, 2, 3])
}

fn clash<'w>(world: &'w World, id: &str) -> Option<Clash<'w>> {
    let found = world.state().clashes(&world.house(), world.now).expect("facts are read");
    found.into_iter().find(|clash| clash.conflict.id == id)
}

fn record(world: &mut World, id: &str, kind: &str, occurred_at: &str) {
    let fact = fact(id, kind, occurred_at, &world.now.to_string());
    world.act(|case, house, now| case.record_fact(house, &fact, now));
}

fn warning(world: &World) -> Submission {
    Submission {
        id: SubmissionId::from_random([4; 5]),
        obligations: vec![world.obligation("eu-cra/14.2.a")],
        submitted_at: world.now.to_string(),
        known_at: world.now,
        number: None,
        channel: "form".into(),
        fields: BTreeMap::new(),
        incomplete_reason: Some("only what the law asks for".into()),
        pass: None,
    }
}

fn rang(world: &World) -> Vec<(String, usize, String)> {
    let of = world.events.iter().filter_map(|event| match &event.body {
        Body::Case(_, CaseEvent::QuestionRang { decision, rung, told, .. })
            if decision == ABROAD =>
        {
            Some((rung.clone(), told.len(), event.recorded_at.to_string()))
        }
        _ => None,
    });
    of.collect()
}

#[test]
fn a_prohibited_recipient_is_asked_about_at_once_and_both_clocks_go_on() {
    let mut world = exploited();
    record(&mut world, "known", "vulnerability-known", EXPLOITED);
    let case = world.state();
    let opened = &case.conflicts[ABROAD];
    assert_eq!(opened.opened_at, at(EXPLOITED));
    assert_eq!(opened.due_at, Some(at("2026-11-02T12:00:00Z")));
    assert_eq!(opened.carrier, Some(world.obligation("eu-cra/14.2.a")));
    let due = |provision: &str| {
        world.state().obligations[&world.obligation(provision)].assessment.strict_due
    };
    let (union, ministry) = (due("eu-cra/14.2.a"), due("cn-rmsv/7.2"));
    assert_eq!(union, Some(at("2026-11-03T08:00:00Z")));
    assert_eq!(ministry, Some(at("2026-11-04T08:00:00Z")));

    world.run_until("2026-11-02T16:00:00Z");
    let told: Vec<(String, usize, String)> = rang(&world);
    let expected = [
        ("0%", 1, "2026-11-02T08:00:00Z"),
        ("100%", 2, "2026-11-02T12:00:00Z"),
        ("200%", 3, "2026-11-02T16:00:00Z"),
    ];
    assert_eq!(told, expected.map(|(rung, told, at)| (rung.into(), told, at.into())));

    let why = ("counsel's opinion of today", &person(7));
    world.act(|case, house, now| case.decide_conflict(house, (ABROAD, "submit-minimum"), why, now));
    let case = world.state();
    let decided = case.conflicts[ABROAD].decided.clone().expect("decided");
    assert_eq!((decided.by, decided.at), (person(7), at("2026-11-02T16:00:00Z")));
    assert_eq!(decided.reason, "counsel's opinion of today");
    world.run_until("2026-11-03T07:59:00Z");
    assert_eq!(rang(&world).len(), 3, "what is decided rings no more");
    assert_eq!((due_of(&world, "eu-cra/14.2.a"), due_of(&world, "cn-rmsv/7.2")), (union, ministry));
}

fn due_of(world: &World, provision: &str) -> Option<jiff::Timestamp> {
    world.state().obligations[&world.obligation(provision)].assessment.strict_due
}

#[test]
fn an_undecided_conflict_keeps_the_submission_at_the_gate_and_a_decision_opens_it() {
    let mut world = exploited();
    let sent = warning(&world);
    let refused = world.state().record_submission(&world.house(), &sent, world.now);
    let Err(Refusal::GateClosed { recipient, provisions, cites }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(recipient, "authority:eu-single-reporting-platform");
    assert_eq!(provisions, ["cn-rmsv/9.7"]);
    assert!(cites[0].contains("Article 9, item (7)"), "{cites:?}");

    let why = ("not before it is public", &person(7));
    let wait = (ABROAD, "wait-for-disclosure");
    world.act(|case, house, now| case.decide_conflict(house, wait, why, now));
    let refused = world.state().record_submission(&world.house(), &sent, world.now);
    assert!(matches!(refused, Err(Refusal::GateClosed { .. })), "{refused:?}");
    world.act(|case, house, now| case.decide_conflict(house, (ABROAD, "submit"), why, now));
    world.act(|case, house, now| case.record_submission(house, &sent, now));
    assert!(!world.state().obligations[&world.obligation("eu-cra/14.2.a")].is_open());
}

#[test]
fn what_is_said_with_the_submission_is_recorded_as_the_decision_to_pass() {
    let mut world = exploited();
    let sent = Submission { pass: Some(("it was sent".into(), person(7))), ..warning(&world) };
    world.act(|case, house, now| case.record_submission(house, &sent, now));
    let passes = world.state().passes;
    assert_eq!(passes.len(), 1);
    assert_eq!((passes[0].reason.as_str(), &passes[0].by), ("it was sent", &person(7)));
    assert_eq!(passes[0].provisions, ["cn-rmsv/9.7"]);
    // It opened the gate of that recipient and of no other.
    let elsewhere = Recipient { country: Some("US".into()), is_product_provider: false };
    let other = To::authority("us-cisa", elsewhere);
    let bars = world.state().gate(&world.house(), Act::Giving, &other, world.now);
    assert_eq!(bars.expect("read").len(), 1);
}

#[test]
fn once_it_is_public_nothing_is_barred_and_the_conflict_closes() {
    let mut world = exploited();
    assert!(clash(&world, ABROAD).is_some());
    record(&mut world, "public", "disclosed", EXPLOITED);
    assert!(clash(&world, ABROAD).is_none());
    assert!(world.state().conflicts[ABROAD].closed_at.is_some());
    let sent = warning(&world);
    world.act(|case, house, now| case.record_submission(house, &sent, now));
}

#[test]
fn a_conflict_needs_the_roles_of_both_sides() {
    for (roles, there) in [
        (&["cn-rmsv/provider", "eu-cra/manufacturer"][..], true),
        (&["cn-rmsv/finder", "eu-cra/manufacturer"][..], true),
        (&["eu-cra/manufacturer"][..], false),
        (&["cn-rmsv/provider"][..], false),
    ] {
        let mut world = exploited();
        world.profile.roles = roles.iter().map(ToString::to_string).collect();
        record(&mut world, "again", "exploitation-known", EXPLOITED);
        assert_eq!(clash(&world, ABROAD).is_some(), there, "{roles:?}");
    }
}

#[test]
fn the_gate_asks_each_recipient_by_itself() {
    let world = exploited();
    let bars = |act, recipient: &Recipient| {
        let to = To::party(&person(9), recipient.clone());
        world.state().gate(&world.house(), act, &to, world.now).expect("read")
    };
    let of = |country: Option<&str>, provider| Recipient {
        country: country.map(str::to_owned),
        is_product_provider: provider,
    };
    assert_eq!(bars(Act::Giving, &of(Some("CN"), false)), []);
    assert_eq!(bars(Act::Giving, &of(Some("US"), true)), [], "the product's provider passes");
    let abroad = bars(Act::Giving, &of(Some("US"), false));
    assert_eq!(abroad.len(), 1);
    assert!(abroad[0].debated, "a provider: whether it binds is debated");
    let unknown = bars(Act::Giving, &of(None, false));
    assert_eq!(unknown.len(), 1, "nobody knows where, so it is barred until somebody decides");
    assert!(!unknown[0].undecided.is_empty());
}

#[test]
fn nobody_but_an_authority_is_taken_to_be_where_its_law_is() {
    let law = Lawbook::builtin();
    let country = |pack: &str, id: &str| {
        let pack = law.pack(pack).expect("a pack");
        law.recipient(pack, id).expect("it leaves the house").country
    };
    for (pack, id) in [
        ("cn-ndsr", "interested-persons"),
        ("cn-ndsr", "users"),
        ("cn-pipl", "individuals"),
        ("cn-rmsv", "upstream-provider"),
        ("eu-cra", "component-maintainer"),
        ("eu-dora", "clients"),
        ("eu-gdpr", "controller"),
        ("eu-gdpr", "data-subjects"),
        ("eu-nis2", "service-recipients"),
        ("in-dpdp", "individuals"),
        ("us-bank-36h", "bank-customer"),
        ("norm-apache", "reporter"),
        ("norm-cve-cna", "cve-list"),
        ("norm-cve-cna", "cve-root"),
        ("norm-linux-distros", "oss-security"),
        ("norm-project-zero", "public"),
    ] {
        assert_eq!(country(pack, id), None, "{pack} {id}");
    }
    for (pack, id, at) in [
        ("cn-rmsv", "cn-nvdb", "CN"),
        ("eu-cra", "eu-single-reporting-platform", "EU"),
        ("hk-cap-653", "hk-commissioner", "HK"),
    ] {
        assert_eq!(country(pack, id).as_deref(), Some(at));
    }
    // So the persons concerned of a Chinese law are asked about, too.
    let world = exploited();
    let pack = law.pack("cn-pipl").expect("a pack");
    let known = law.recipient(pack, "individuals").expect("it leaves the house");
    let to = To::authority("individuals", known);
    let bars = world.state().gate(&world.house(), Act::Giving, &to, world.now).expect("read");
    assert_eq!(bars.len(), 1, "{bars:?}");
}

#[test]
fn publication_asks_the_other_items_and_each_has_its_own_key() {
    let mut world = exploited();
    world.profile.roles = ["cn-rmsv/finder".to_owned()].into();
    let bars = |world: &World| {
        let found = world.state().gate(&world.house(), Act::Publishing, &To::public(), world.now);
        let found = found.expect("read").into_iter();
        found.map(|bar| bar.provision.to_string()).collect::<Vec<_>>()
    };
    let all = ["cn-rmsv/9.1", "cn-rmsv/9.2", "cn-rmsv/9.3", "cn-rmsv/9.4", "cn-rmsv/9.5"];
    assert_eq!(bars(&world)[..5], all);
    for (n, predicate) in
        ["repair-offered", "no-operator-details", "no-exaggeration"].into_iter().enumerate()
    {
        let decided = FactRecord {
            predicate: Some(format!("cn-rmsv/{predicate}")),
            answer: Some("yes".into()),
            ..fact(&format!("d{n}"), "decided", EXPLOITED, EXPLOITED)
        };
        world.act(|case, house, now| case.record_fact(house, &decided, now));
    }
    assert_eq!(bars(&world)[..2], all[3..]);
}

#[test]
fn an_embargo_ends_where_nothing_bars_the_publication_or_somebody_says_why_it_may_be() {
    let mut world = exploited();
    record(&mut world, "public", "disclosed", EXPLOITED);
    // Whoever is bound by none of them ends it without a word more.
    assert!(world.state().exit_embargo(&world.house(), "public", None, world.now).is_ok());

    world.profile.roles = ["cn-rmsv/finder".to_owned()].into();
    let end =
        |world: &World, pass| world.state().exit_embargo(&world.house(), "public", pass, world.now);
    let Err(Refusal::GateClosed { recipient, provisions, cites }) = end(&world, None) else {
        panic!("it is barred")
    };
    assert_eq!((recipient.as_str(), provisions[0].as_str()), ("public", "cn-rmsv/9.1"));
    assert!(cites[0].contains("Article 9, item (1)"), "{cites:?}");
    let by = person(7);
    assert!(matches!(end(&world, Some((" ", &by))), Err(Refusal::Text { .. })));
    let passed = end(&world, Some(("counsel agreed", &by))).expect("passed");
    let [CaseEvent::GatePassed { act, recipient, by: who, .. }, CaseEvent::EmbargoExited { .. }] =
        &passed.events[..]
    else {
        panic!("{passed:?}")
    };
    assert_eq!((act.as_str(), recipient.as_str(), who), ("publishing", "public", &by));

    // Before its date a reason opens nothing.
    let mut early = exploited();
    early.profile.roles = ["cn-rmsv/finder".to_owned()].into();
    let refused = end(&early, Some(("counsel agreed", &by)));
    assert!(matches!(refused, Err(Refusal::EmbargoActive { .. })), "{refused:?}");

    // What was passed at the gate before needs no second word.
    let why = ("counsel agreed", &person(7));
    world.act(|case, house, now| case.pass_gate(house, Act::Publishing, &To::public(), why, now));
    assert_eq!(end(&world, None).expect("passed").events.len(), 1);
}

#[test]
fn an_invited_outsider_and_what_is_written_to_them_pass_the_gate_or_not() {
    let mut world = exploited();
    let abroad = Recipient { country: Some("US".into()), is_product_provider: false };
    let invite = |world: &World, role, pass| {
        let who = (&person(9), role);
        world.state().add_participant(&world.house(), who, Some(&abroad), pass, world.now)
    };
    let refused = invite(&world, ParticipantRole::Coordinator, None);
    assert!(matches!(refused, Err(Refusal::GateClosed { .. })), "{refused:?}");
    assert!(invite(&world, ParticipantRole::Vendor, None).is_ok(), "the product's provider");
    let by = person(7);
    let pass = Some(("counsel agreed", &by));
    let decided = invite(&world, ParticipantRole::Coordinator, pass).expect("passed");
    assert!(matches!(decided.events[0], CaseEvent::GatePassed { .. }));
    let outside = BTreeMap::from([(person(9), abroad.clone())]);
    let write = |world: &World| {
        world.state().post_message(&world.house(), "more", &outside, None, world.now)
    };
    let mut let_in = exploited();
    let_in.record(decided);
    assert!(write(&let_in).is_ok(), "what was passed for them stays so");
    // Let in as the provider and then made something else.
    let vendor = invite(&world, ParticipantRole::Vendor, None).expect("let in");
    world.record(vendor);
    assert!(write(&world).is_ok());
    let role = ParticipantRole::Member;
    world.record(watchfire_core::case::Decision {
        events: vec![CaseEvent::ParticipantAdded { party: person(9), role }],
        notices: Vec::new(),
    });
    assert!(matches!(write(&world), Err(Refusal::GateClosed { .. })));
}

/// A case of a reporter to two lists.
fn listed() -> World {
    let mut world = exploited();
    world.profile.roles =
        ["norm-linux-distros/reporter", "norm-zdi/reporter"].map(str::to_owned).into();
    record(&mut world, "posted", "list-posted", EXPLOITED);
    record(&mut world, "told", "vendor-notified", EXPLOITED);
    world
}

const ENDS: &str = "norm-linux-distros/conflict/embargo-ends";

#[test]
fn the_earliest_end_of_an_embargo_counts_and_a_later_agreement_is_asked_about() {
    let mut world = listed();
    let earliest = due_of(&world, "norm-linux-distros/14").expect("fourteen days");
    for (until, asks) in [(earliest, false), (earliest + SignedDuration::from_secs(1), true)] {
        world.act(|case, house, now| case.agree_embargo(house, Some(until), "agreed", now));
        let clash = clash(&world, ENDS).expect("several ends");
        assert_eq!(clash.asks, asks, "{until}");
        let Effect::EmbargoEnds { end, ends, leaked } = clash.effect else { panic!() };
        assert_eq!((end, ends.len(), leaked), (Some(earliest), 2, false));
        assert_eq!(world.state().conflicts.contains_key(ENDS), asks);
    }
    // Agreed earlier than all of them: that is the end, and nothing is asked.
    let sooner = earliest - SignedDuration::from_hours(1);
    world.act(|case, house, now| case.agree_embargo(house, Some(sooner), "agreed", now));
    let found = clash(&world, ENDS).expect("several ends");
    assert!(matches!(found.effect, Effect::EmbargoEnds { end, .. } if end == Some(sooner)));
    assert!(world.state().conflicts[ENDS].closed_at.is_some());
}

#[test]
fn a_leak_ends_the_embargo_now() {
    let mut world = listed();
    world.now = at("2026-11-03T09:00:00Z");
    record(&mut world, "leak", "disclosed", "2026-11-03T08:30:00Z");
    let clash = clash(&world, ENDS).expect("a leak");
    let Effect::EmbargoEnds { end, leaked, .. } = clash.effect else { panic!() };
    assert_eq!((end, leaked, clash.asks), (Some(at("2026-11-03T08:30:00Z")), true, true));
}

#[test]
fn a_delay_moves_what_its_law_knows_and_nothing_else() {
    let mut world = exploited();
    world.profile.roles.insert("us-sec-8k/registrant".into());
    record(&mut world, "material", "materiality-determined", EXPLOITED);
    let clash = clash(&world, "eu-cra/conflict/delay-on-request").expect("there");
    let Effect::Moves(moves) = clash.effect else { panic!() };
    let moves: BTreeMap<String, bool> = moves.into_iter().collect();
    assert!(moves["us-sec-8k/1.05"]);
    assert!(!moves["eu-cra/14.2.a"] && !moves["eu-cra/14.2.b"]);
}

#[test]
fn the_lamps_of_upstream_and_ministry_stand_side_by_side() {
    let world = World::log4shell();
    let id = "cn-rmsv/conflict/upstream-is-not-the-ministry";
    let clash = clash(&world, id).expect("both are owed");
    let Effect::Lamps(lamps) = clash.effect else { panic!() };
    assert_eq!(lamps.len(), 2);
    assert!(lamps.iter().all(|(_, met)| !met) && !clash.asks);
    let held = self::clash(&world, "cn-rmsv/conflict/ministry-under-embargo");
    assert!(held.is_some_and(|it| !it.asks && it.conflict.decision.is_some()));
}

const MINISTRY: &str = "cn-rmsv/conflict/ministry-under-embargo";

fn chosen(choice: Option<&str>, at: &str) -> Standing {
    Standing {
        conflict: MINISTRY.into(),
        choice: choice.map(str::to_owned),
        reason: "we are open with the upstream".into(),
        by: person(7),
        at: self::at(at),
    }
}

#[test]
fn a_case_follows_what_was_chosen_before_it_and_nothing_that_was_chosen_later() {
    let before = "2026-11-02T08:00:00Z";
    let after = "2026-11-02T08:00:00.000001Z";
    for (standing, follows) in [
        (chosen(Some("tell"), before), true),
        (chosen(Some("tell"), after), false),
        (chosen(None, before), false),
        (chosen(Some("shout"), before), false),
    ] {
        let found = fact("known", "vulnerability-known", EXPLOITED, EXPLOITED);
        let mut world = World::opened_under(found, &[1], vec![standing.clone()]);
        record(&mut world, "more", "exploitation-known", EXPLOITED);
        let case = world.state();
        let decided = case.conflicts.get(MINISTRY).and_then(|it| it.decided.clone());
        assert_eq!(decided.is_some(), follows, "{standing:?}");
        let Some(decided) = decided else { continue };
        assert_eq!((decided.choice.as_str(), &decided.by), ("tell", &person(7)));
        assert_eq!(decided.standing, Some(standing.at), "it says that it follows");

        // What the organization chooses later moves this case no more.
        world.standing = vec![chosen(Some("do-not-tell"), after)];
        record(&mut world, "again", "exploitation-known", EXPLOITED);
        let stays = world.state().conflicts[MINISTRY].decided.clone().expect("decided");
        assert_eq!(stays.choice, "tell");
        // Its people may decide otherwise in it, and then that stays.
        let why = ("this upstream asked for silence", &person(1));
        let what = (MINISTRY, "do-not-tell");
        world.act(|case, house, now| case.decide_conflict(house, what, why, now));
        world.standing = vec![standing];
        record(&mut world, "once-more", "exploitation-known", EXPLOITED);
        let own = world.state().conflicts[MINISTRY].decided.clone().expect("decided");
        assert_eq!((own.choice.as_str(), own.standing), ("do-not-tell", None));
    }
}

#[test]
fn of_all_that_was_chosen_the_last_before_the_case_counts() {
    let (first, second) = ("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z");
    let after = "2026-11-02T08:00:00.000001Z";
    for (standing, follows) in [
        (vec![chosen(Some("tell"), first), chosen(Some("do-not-tell"), after)], Some("tell")),
        (vec![chosen(Some("tell"), first), chosen(None, after)], Some("tell")),
        (
            vec![chosen(Some("tell"), first), chosen(Some("do-not-tell"), second)],
            Some("do-not-tell"),
        ),
        (
            vec![chosen(Some("tell"), second), chosen(Some("do-not-tell"), second)],
            Some("do-not-tell"),
        ),
        (vec![chosen(Some("tell"), first), chosen(None, second)], None),
        (vec![chosen(None, first), chosen(Some("tell"), second)], Some("tell")),
    ] {
        // The duties collide only later, when the other choice was made.
        let found = fact("exploited", "exploitation-known", EXPLOITED, EXPLOITED);
        let mut world = World::opened_under(found, &[1], standing.clone());
        assert!(!world.state().conflicts.contains_key(MINISTRY), "it is no conflict yet");
        world.now = at("2026-11-03T08:00:00Z");
        record(&mut world, "known", "vulnerability-known", EXPLOITED);
        let case = world.state();
        let decided = case.conflicts.get(MINISTRY).and_then(|it| it.decided.as_ref());
        assert_eq!(decided.map(|it| it.choice.as_str()), follows, "{standing:?}");
    }
}

#[test]
fn one_event_owed_to_two_authorities_is_told_and_one_is_not_enough() {
    let mut world = exploited();
    let id = "eu-cra/conflict/one-event-several-recipients";
    assert!(clash(&world, id).is_none(), "one recipient");
    world.profile.roles.insert("eu-gdpr/controller".into());
    record(&mut world, "breach", "personal-data-breach-known", EXPLOITED);
    let clash = clash(&world, id).expect("two recipients");
    assert!(clash.obligations.contains(&world.obligation("eu-gdpr/33.1")));
}

#[test]
fn records_are_kept_for_the_longest_of_the_shortest_times() {
    let mut world = exploited();
    let id = "eu-gdpr/conflict/erasure-and-retention";
    record(&mut world, "told", "vendor-notified", EXPLOITED);
    assert!(clash(&world, id).is_none(), "one minimum collides with none");
    world.profile.roles.insert("in-cert-in/entity".into());
    let Some(Effect::Keeps { until, each }) = clash(&world, id).map(|it| it.effect) else {
        panic!("two minimums")
    };
    assert_eq!(each.len(), 2);
    assert_eq!(until, each.iter().map(|(_, at)| *at).max());
}

#[test]
fn a_decision_is_one_of_the_choices_with_a_reason_and_of_a_conflict_that_is_there() {
    let world = exploited();
    let decide = |id: &str, choice: &str, why: &str| {
        let why = (why, &person(7));
        world.state().decide_conflict(&world.house(), (id, choice), why, world.now)
    };
    assert!(matches!(decide(ABROAD, "pray", "x"), Err(Refusal::NoSuchChoice { .. })));
    assert!(matches!(decide(ABROAD, "submit", " "), Err(Refusal::Text { .. })));
    assert!(matches!(decide(ENDS, "ask-for-longer", "x"), Err(Refusal::NoSuchConflict(_))));
    assert!(decide(ABROAD, "submit", "x").is_ok());
}

#[test]
fn conflicts_come_from_the_packs_whatever_they_are() {
    let mut files = Lawbook::builtin_files().to_vec();
    let of = |between: &str| {
        format!(
            "[[conflict]]\nid = \"two-clocks\"\nrule = \"side-by-side\"\n\
             title = {{ en = \"T\", zh-CN = \"甲\" }}\nsays = {{ en = \"S\", zh-CN = \"乙\" }}\n\
             between = [\"eu-cra/14.2.a\", \"{between}\"]\n"
        )
    };
    let own = of("eu-cra/14.2.b");
    files.push(("eu-nis2/conflicts.toml", &own));
    let law = Lawbook::load(&files).expect("loads");
    let world = exploited();
    let house = watchfire_core::case::House { law: &law, ..world.house() };
    let found = world.state().clashes(&house, world.now).expect("read");
    assert!(found.iter().any(|it| it.conflict.id == "eu-nis2/conflict/two-clocks"));

    for (wrong, told) in [
        (of("eu-cra/99"), "`eu-cra/99` is not declared"),
        (own.replace("side-by-side", "sideways"), "unknown variant"),
        (own.replace("rule =", "decide_within = \"4h\"\nrule ="), "needs `asks`"),
        (own.replace("two-clocks", "Two Clocks"), "no id"),
        (own.clone() + &own, "written twice"),
        (own.clone() + "standing = true\n", "`standing` needs `choices`"),
        (own.clone() + "minimum_of = [\"eu-cra/14.2.c\"]\n", "not in `between`"),
    ] {
        let mut files = Lawbook::builtin_files().to_vec();
        files.push(("eu-nis2/conflicts.toml", &wrong));
        let problems = Lawbook::load(&files).expect_err(told);
        assert!(problems[0].message.contains(told), "{problems:?}");
        assert_eq!(problems[0].path, "eu-nis2/conflicts.toml");
    }
}

#[test]
fn candidates_for_awareness_stand_side_by_side_and_alarms_stay_on_the_earliest() {
    let mut world = exploited();
    world.now = at("2026-11-02T10:00:00Z");
    let step = |id: &str, kind: &str, when: &str| FactRecord {
        of: Some("exploitation-known".into()),
        ..fact(id, kind, when, when)
    };
    let evidence = step("evidence", "evidence-held", "2026-11-02T02:00:00Z");
    let signal = step("signal", "first-signal", "2026-11-01T20:00:00Z");
    for fact in [&evidence, &signal] {
        world.act(|case, house, now| case.record_fact(house, fact, now));
    }
    let found = world.state().awareness(&world.house(), world.now).expect("read");
    let of = found.iter().find(|it| it.of.as_str() == "exploitation-known").expect("a kind");
    let due = |fact: &str| {
        let candidate = of.candidates.iter().find(|it| it.fact == fact).expect("a candidate");
        let due = candidate.deadlines.iter().find(|it| it.provision == "eu-cra/14.2.a");
        (due.expect("a deadline").strict_due, due.expect("one").counts, candidate.alarms)
    };
    let order: Vec<&str> = of.candidates.iter().map(|it| it.fact.as_str()).collect();
    assert_eq!(order, ["signal", "evidence", "exploited"]);
    assert_eq!(due("signal"), (Some(at("2026-11-02T20:00:00Z")), false, false));
    assert_eq!(due("evidence"), (Some(at("2026-11-03T02:00:00Z")), true, true));
    assert_eq!(due("exploited"), (Some(at("2026-11-03T08:00:00Z")), true, false));

    let why = ("the logs were read only then", &person(7));
    world.act(|case, house, now| case.choose_awareness(house, "exploited", why, now));
    let chosen = world.state().aware_from["exploitation-known"].clone();
    assert_eq!((chosen.fact.as_str(), chosen.by), ("exploited", person(7)));
    let strict = due_of(&world, "eu-cra/14.2.a");
    assert_eq!(strict, Some(at("2026-11-03T02:00:00Z")), "no alarm moves");
    let none = world.state().choose_awareness(&world.house(), "nothing", why, world.now);
    assert!(matches!(none, Err(Refusal::NoSuchFact(_))));
    let blank =
        world.state().choose_awareness(&world.house(), "exploited", (" ", &person(7)), world.now);
    assert!(matches!(blank, Err(Refusal::Text { .. })));
}
