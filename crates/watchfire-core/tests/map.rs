//! The map: it says before there is a case what the engine says of one, and names what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use watchfire_core::law::condition::Condition;
use watchfire_core::law::map::{MapQuestion, Reason, Row, Verdict, tell};
use watchfire_core::law::pack::{Pack, Provision, Trigger, Zone};
use watchfire_core::law::{Language, Lawbook, Occasion, State, case_file};

fn book() -> &'static Lawbook {
    Lawbook::builtin()
}

fn question(
    roles: &[&str],
    attributes: &[(&str, &str)],
    answers: &[(&str, &str)],
    day: Date,
) -> MapQuestion {
    let answer = |word: &str| match word {
        "yes" => watchfire_core::law::condition::Answer::Yes,
        _ => watchfire_core::law::condition::Answer::No,
    };
    MapQuestion {
        roles: roles.iter().map(|role| book().role(role).expect("a role")).collect(),
        attributes: attributes
            .iter()
            .map(|(id, value)| book().attribute(id, value).expect("an attribute"))
            .collect(),
        answers: answers
            .iter()
            .map(|(id, word)| (id.parse().expect("a predicate"), answer(word)))
            .collect(),
        day,
    }
}

fn row<'r>(rows: &'r [Row], id: &str) -> &'r Row {
    rows.iter().find(|row| row.provision.as_str() == id).expect("a row")
}

fn is_reason(row: &Row, word: &str) -> bool {
    row.reasons.iter().any(|reason| reason.as_str() == word)
}

#[test]
fn every_provision_has_one_row() {
    let rows = book().map(&question(&[], &[], &[], date(2026, 11, 30)));
    let provisions: usize = book().packs().iter().map(|pack| pack.provisions.len()).sum();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.provision.as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (provisions, provisions));
    for row in &rows {
        assert_eq!(row.verdict, Verdict::NotOwed, "{}", row.provision);
        assert!(is_reason(row, "role"), "{}: nobody has asked", row.provision);
    }
}

#[test]
fn what_applies_later_is_foreseen_until_its_day_and_owed_on_it() {
    let on = |day| book().map(&question(&["eu-cra/manufacturer"], &[], &[], day));
    let before = on(date(2027, 12, 10));
    let later = row(&before, "eu-cra/13.6");
    assert_eq!(later.verdict, Verdict::Foreseen);
    assert!(matches!(
        later.reasons.as_slice(),
        [Reason::NotYet { from, adopted_on: Some(_) }] if *from == date(2027, 12, 11)
    ));
    let from = on(date(2027, 12, 11));
    assert_eq!(row(&from, "eu-cra/13.6").verdict, Verdict::Owed);
    assert_eq!(row(&from, "eu-cra/24.3.a").verdict, Verdict::NotOwed, "we are no steward");
    // Before it was adopted nobody could foresee it.
    assert_eq!(row(&on(date(2024, 1, 1)), "eu-cra/13.6").verdict, Verdict::NotOwed);
}

#[test]
fn everything_that_is_missing_is_named() {
    let rows = book().map(&question(&["cn-rmsv/provider"], &[], &[], date(2021, 8, 31)));
    assert_eq!(row(&rows, "cn-rmsv/7.2").reasons.len(), 1);
    assert!(is_reason(row(&rows, "cn-rmsv/7.2"), "not-yet"));
    let cra = row(&rows, "eu-cra/14.2.a");
    assert!(is_reason(cra, "role") && is_reason(cra, "not-yet"), "{:?}", cra.reasons);
    let cra = row(&rows, "uk-csr/reporting.24h");
    assert!(is_reason(cra, "role") && is_reason(cra, "proposed"), "{:?}", cra.reasons);
}

#[test]
fn an_assumed_answer_takes_away_what_hangs_on_it() {
    let id = "eu-cra/severe-incident";
    let asked = |answers: &[(&str, &str)]| {
        let roles = ["eu-cra/manufacturer"];
        book().map(&question(&roles, &[], answers, date(2026, 11, 30)))
    };
    assert_eq!(row(&asked(&[]), "eu-cra/14.4.a").verdict, Verdict::Owed);
    let denied = asked(&[(id, "no")]);
    let denied = row(&denied, "eu-cra/14.4.a");
    assert_eq!(denied.verdict, Verdict::NotOwed);
    let [Reason::Predicate(leaf)] = denied.reasons.as_slice() else { panic!("{denied:?}") };
    assert_eq!(leaf.asks, Condition::Predicate(id.parse().unwrap()));
    assert!(leaf.wants);
}

#[test]
fn attributes_narrow_what_is_counted_by() {
    let count = |attributes: &[(&str, &str)]| {
        let roles = ["norm-cisa-bod-26-04/agency"];
        let rows = book().map(&question(&roles, attributes, &[], date(2026, 11, 30)));
        row(&rows, "norm-cisa-bod-26-04/table-1").counts.clone()
    };
    let all = count(&[]);
    let exposed = count(&[("norm-cisa-bod-26-04/exposed", "yes")]);
    assert!(all.len() > exposed.len() && exposed.len() > 1, "{} {}", all.len(), exposed.len());
    let one = count(&[
        ("norm-cisa-bod-26-04/kev", "yes"),
        ("norm-cisa-bod-26-04/exposed", "yes"),
        ("norm-cisa-bod-26-04/automatable", "yes"),
        ("norm-cisa-bod-26-04/impact", "total"),
    ]);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].when, []);
}

#[test]
fn what_was_superseded_is_owed_until_its_successor_takes_its_place() {
    let roles = ["norm-cisa-bod-26-04/agency", "norm-cisa-bod-22-01/agency"];
    let on = |day| book().map(&question(&roles, &[], &[], day));
    let old = "norm-cisa-bod-22-01/kev";
    assert_eq!(row(&on(date(2026, 12, 6)), old).verdict, Verdict::Owed);
    let rows = on(date(2026, 12, 7));
    assert_eq!(row(&rows, old).verdict, Verdict::NotOwed);
    let alone = book().map(&question(&roles[1..], &[], &[], date(2026, 12, 7)));
    assert!(!is_reason(row(&alone, old), "superseded"), "who does not owe the new one");
}

#[test]
fn a_provision_has_the_occasions_of_what_it_arises_on() {
    let occasions = |id: &str| {
        let (_, provision) = book().provision(id).unwrap();
        book().occasions(provision).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(occasions("cn-rmsv/7.2"), [Occasion::Vulnerability]);
    assert_eq!(occasions("cn-rmsv/7.platform"), [Occasion::Vulnerability], "a submission");
    assert_eq!(occasions("eu-nis2/23.4.c"), [Occasion::Incident], "a request, by its law");
    assert_eq!(occasions("eu-cra/14.6"), Occasion::ALL, "a request, by its law");
    assert_eq!(occasions("cn-rmsv/2"), [], "always");
}

#[test]
fn rows_come_in_the_order_of_time_and_chains_after_what_they_run_from() {
    let roles = ["eu-cra/manufacturer", "cn-ndsr/handler", "cn-cac-incident/cii-operator"];
    let rows = book().map(&question(&roles, &[], &[], date(2026, 11, 30)));
    let reach: Vec<_> = rows
        .iter()
        .filter(|row| row.verdict == Verdict::Owed)
        .map_while(|row| row.reach)
        .map(|reach| reach.ends)
        .collect();
    assert!(reach.len() > 5 && reach.is_sorted(), "{reach:?}");
    let chained = row(&rows, "eu-cra/14.4.c").reach.unwrap();
    assert_eq!(Some(chained.starts), row(&rows, "eu-cra/14.4.b").reach.map(|it| it.ends));
    assert!(row(&rows, "eu-cra/14.2.a.soft").reach.is_none(), "words have no number");
}

#[test]
fn reasons_are_told_in_both_languages() {
    let attributes = [("eu-dora/weekend-relief", "no")];
    let answers = [("eu-cra/severe-incident", "no"), ("eu-gdpr/risk-unlikely", "yes")];
    let roles = ["eu-gdpr/controller", "eu-cra/manufacturer"];
    let rows = book().map(&question(&roles, &attributes, &answers, date(2026, 11, 30)));
    let mut told = 0;
    for row in &rows {
        for reason in &row.reasons {
            for language in Language::ALL {
                let text = tell::reason(reason, book(), language);
                assert!(!text.contains('/') || text.contains('`'), "{text}");
                assert_eq!(text.chars().any(is_chinese), language == Language::ZhCn, "{text}");
                told += 1;
            }
        }
    }
    assert!(told > 100);
    let gdpr = row(&rows, "eu-gdpr/33.1");
    assert!(is_reason(gdpr, "predicate"), "{gdpr:?}");
}

fn is_chinese(sign: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&sign)
}

/// What a day of a pack is asked with: attribute or answer, or neither.
type Given<'a> = Option<(&'a str, &'a str)>;

/// Every day at which something of a provision begins or ends, and the days before.
fn days(provision: &Provision) -> BTreeSet<Date> {
    let of_versions = provision.versions.iter().flat_map(|version| {
        [Some(version.effective_from), version.effective_to, version.adopted_on]
    });
    let of_proposals = provision.proposals.iter().map(|proposal| proposal.proposed_on);
    let taken = provision.supersedes.iter().map(|(_, day)| *day);
    let all = of_versions.chain(of_proposals).chain(taken).flatten();
    all.flat_map(|day| [day - 1.day(), day]).chain([date(2026, 11, 30), date(2028, 1, 1)]).collect()
}

/// A case in which what the provision arises on happens at noon of a day of the authority.
fn case_of(
    pack: &Pack,
    provision: &Provision,
    day: Date,
    roles: &[&str],
    given: [Given; 2],
) -> String {
    let zone = match &pack.zone {
        Zone::Fixed { name, .. } => name,
        Zone::OfMemberState => "Europe/Brussels",
    };
    let at = format!("{day}T12:00[{zone}]");
    let [attribute, answer] = given;
    let mut text = format!("[[case]]\nname = \"{}\"\nroles = {roles:?}\n", provision.id);
    for (table, pair) in [("attributes", attribute), ("answers", answer)] {
        if let Some((id, value)) = pair {
            writeln!(text, "{table} = {{ {id:?} = {value:?} }}").expect("a text takes more");
        }
    }
    let mut kinds = BTreeSet::new();
    let mut submitted = Vec::new();
    arising(provision, &mut kinds, &mut submitted);
    for kind in kinds {
        writeln!(text, "[[case.fact]]\nkind = \"{kind}\"\noccurred_at = \"{at}\"")
            .expect("a text takes more");
    }
    for id in submitted {
        let fact = format!("kind = \"submitted\"\nobligation = \"{id}\"\noccurred_at = \"{at}\"");
        writeln!(text, "[[case.fact]]\n{fact}").expect("a text takes more");
    }
    text
}

/// Every fact that a provision arises on, with those of what comes before in its chain.
fn arising(provision: &Provision, kinds: &mut BTreeSet<String>, submitted: &mut Vec<String>) {
    kinds.extend(provision.provisional_on.keys().map(ToString::to_string));
    for trigger in provision.arises_on.iter().chain(&provision.arises_after) {
        match trigger {
            Trigger::Kind(kind) => {
                kinds.insert(kind.to_string());
            }
            Trigger::Submitted(id) => {
                let (_, before) = book().provision(id.as_str()).expect("a provision");
                arising(before, kinds, submitted);
                submitted.insert(0, id.to_string());
            }
        }
    }
}

/// What the engine says, in the words of the map.
fn of_engine(text: &str, id: &str) -> Option<Verdict> {
    // An answer that contradicts a fact of the case is no case.
    let cases = case_file::parse("a.toml", text, book()).ok()?;
    let (_, listed) = cases[0].run(book(), None, None);
    let found = listed.iter().find(|one| one.provision.as_str() == id)?;
    Some(match found.state {
        State::NotApplicable if found.foreseen => Verdict::Foreseen,
        State::NotApplicable | State::Superseded => Verdict::NotOwed,
        _ => Verdict::Owed,
    })
}

#[test]
fn the_map_says_before_a_case_what_the_engine_says_of_one() {
    let mut compared =
        BTreeMap::from([(Verdict::Owed, 0), (Verdict::Foreseen, 0), (Verdict::NotOwed, 0)]);
    for pack in book().packs() {
        let roles: BTreeSet<&str> = pack
            .provisions
            .iter()
            .flat_map(|one| one.owed_by.iter())
            .map(|role| role.as_str())
            .collect();
        let roles: Vec<&str> = roles.into_iter().collect();
        for provision in pack.provisions.iter().filter(|one| !one.arises_on.is_empty()) {
            let attributes: BTreeSet<&str> = provision
                .conditions()
                .flat_map(Condition::attributes)
                .filter(|id| id.as_str() != "eu/member-state")
                .map(|id| id.as_str())
                .collect();
            let asked = provision.conditions().flat_map(Condition::predicates);
            let predicates: BTreeSet<&str> =
                asked.chain(provision.provisional_on.values()).map(|id| id.as_str()).collect();
            let mut given: Vec<[Given<'_>; 2]> = vec![[None, None]];
            for value in ["yes", "no"] {
                let is_flag = |id: &&&str| book().attribute(id, value).is_ok();
                given
                    .extend(attributes.iter().filter(is_flag).map(|id| [Some((*id, value)), None]));
                given.extend(predicates.iter().map(|id| [None, Some((*id, value))]));
            }
            for day in days(provision) {
                for [attribute, answer] in &given {
                    let text = case_of(pack, provision, day, &roles, [*attribute, *answer]);
                    let Some(engine) = of_engine(&text, provision.id.as_str()) else { continue };
                    let attributes: Vec<_> = attribute.iter().copied().collect();
                    let answers: Vec<_> = answer.iter().copied().collect();
                    let rows = book().map(&question(&roles, &attributes, &answers, day));
                    let row = row(&rows, provision.id.as_str());
                    let asks_facts =
                        row.hangs_on.iter().any(|leaf| matches!(leaf.asks, Condition::Recorded(_)));
                    if asks_facts {
                        continue;
                    }
                    assert_eq!(row.verdict, engine, "{day}: {row:?}\n{text}");
                    *compared.get_mut(&engine).unwrap() += 1;
                }
            }
        }
    }
    assert!(compared.values().all(|count| *count > 20), "{compared:?}");
}
