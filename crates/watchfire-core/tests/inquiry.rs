//! The inquiry: every role is found by a question, and nothing is dropped in silence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use watchfire_core::event::Profile;
use watchfire_core::law::inquiry::{Answers, Fault, Finds, NotAsked, RESULT};
use watchfire_core::law::map::MapQuestion;
use watchfire_core::law::{Language, Lawbook};

fn book() -> &'static Lawbook {
    Lawbook::builtin()
}

fn answers(all: &[(&str, &str)]) -> Answers {
    all.iter().map(|(id, answer)| ((*id).to_owned(), (*answer).to_owned())).collect()
}

#[test]
fn every_role_of_every_built_in_pack_is_found_by_a_question() {
    let nothing = Answers::new();
    let found = book().conclude(&nothing);
    assert!(found.unasked.is_empty(), "{:?}", found.unasked);
    let places: BTreeSet<&str> =
        book().asked_places().iter().map(|place| place.jurisdiction.as_str()).collect();
    for pack in book().packs() {
        assert!(places.contains(pack.jurisdiction.as_str()), "{}", pack.jurisdiction);
    }
    // Answering every question with yes finds every role there is.
    let all: Answers = book()
        .inquiry(&nothing)
        .iter()
        .filter(|stand| matches!(stand.asking.finds, Finds::Roles(_)))
        .map(|stand| (stand.asking.id.clone(), "yes".to_owned()))
        .collect();
    let roles = book().packs().iter().flat_map(|pack| pack.roles.keys());
    let found: BTreeSet<String> =
        book().conclude(&all).roles.into_iter().map(|one| one.role.to_string()).collect();
    assert_eq!(found, roles.map(ToString::to_string).collect());
}

#[test]
fn what_nobody_is_sure_of_stays_proposed_and_is_marked() {
    let found = book().conclude(&answers(&[
        ("eu-cra/manufacturer", "yes"),
        ("cn-rmsv/provider", "not-sure"),
        ("cn-rmsv/operator", "no"),
        ("eu-cra/member-state", "BE"),
        ("eu-nis2/trust-service", "not-sure"),
    ]));
    let roles: Vec<(&str, bool)> =
        found.roles.iter().map(|one| (one.role.as_str(), one.is_sure)).collect();
    assert_eq!(roles, [("cn-rmsv/provider", false), ("eu-cra/manufacturer", true)]);
    assert_eq!(found.unsure().map(|role| role.as_str()).collect::<Vec<_>>(), ["cn-rmsv/provider"]);
    assert_eq!(found.attributes.values().collect::<Vec<_>>(), ["BE"]);
    let unsure: Vec<(&str, &str)> =
        found.unsure_attributes.iter().map(|(id, by)| (id.as_str(), by.as_str())).collect();
    assert_eq!(unsure, [("eu-nis2/trust-service", "eu-nis2/trust-service")]);
    assert!(found.open.contains(&"eu-nis2/trust-service".to_owned()), "{:?}", found.open);
    assert!(found.open.contains(&"eu-cra/steward".to_owned()), "what is open is named");
    assert!(found.open.contains(&"place/EU".to_owned()));
}

#[test]
fn a_place_without_us_leaves_its_questions_out_and_says_so() {
    let given = answers(&[
        ("place/EU", "no"),
        ("eu-cra/manufacturer", "yes"),
        ("place/CN", "not-sure"),
        ("cn-rmsv/provider", "yes"),
    ]);
    let stands = book().inquiry(&given);
    let why = |id: &str| {
        let stand = stands.iter().find(|stand| stand.asking.id == id).expect("a question");
        stand.not_asked.clone()
    };
    assert_eq!(why("eu-cra/manufacturer"), Some(NotAsked::Place("EU".to_owned())));
    assert_eq!(why("cn-rmsv/provider"), None, "not sure is no no");
    let found = book().conclude(&given);
    let roles: Vec<&str> = found.roles.iter().map(|one| one.role.as_str()).collect();
    assert_eq!(roles, ["cn-rmsv/provider"]);
    let only_if = answers(&[
        ("eu-cra/manufacturer", "no"),
        ("eu-cra/steward", "no"),
        ("eu-cra/member-state", "BE"),
    ]);
    let found = book().conclude(&only_if);
    assert!(found.attributes.is_empty(), "it hangs on a question that was answered with no");
}

#[test]
fn answers_that_say_nothing_are_named() {
    let found = book().conclude(&answers(&[
        ("eu-cra/manufacturer", "perhaps"),
        ("eu-cra/member-state", "US"),
        ("eu-cra/emperor", "yes"),
        ("place/EU", "BE"),
    ]));
    assert!(found.roles.is_empty() && found.attributes.is_empty());
    for id in ["eu-cra/manufacturer", "eu-cra/member-state", "eu-cra/emperor", "place/EU"] {
        assert!(found.unread.contains(&id.to_owned()), "{id}: {:?}", found.unread);
    }
}

#[test]
fn what_contradicts_another_answer_is_refused_in_words() {
    let faults = |given: &[(&str, &str)]| {
        let given = answers(given);
        let told = book().faults(&given);
        told.iter()
            .map(|fault| {
                let [en, zh] =
                    [Language::En, Language::ZhCn].map(|one| book().tell_fault(fault, one));
                assert_ne!(en, zh);
                assert!(zh.contains('”') || zh.contains('`'), "{zh}");
                (fault.question().to_owned(), en)
            })
            .collect::<Vec<_>>()
    };
    let none: [&[(&str, &str)]; 4] = [
        &[],
        &[("place/EU", "no"), ("eu-cra/manufacturer", "no"), ("eu-cra/steward", "not-sure")],
        &[("eu-cra/manufacturer", "yes"), ("eu-cra/member-state", "BE"), ("place/US", "")],
        &[("eu-cra/manufacturer", "not-sure"), ("eu-cra/member-state", "not-sure")],
    ];
    for given in none {
        assert_eq!(faults(given), [], "{given:?}");
    }
    for (given, question, says) in [
        (
            [("place/EU", "no"), ("eu-cra/manufacturer", "yes")],
            "eu-cra/manufacturer",
            "is answered with yes, although “Do you have an establishment",
        ),
        (
            [("eu-nis2/entity", "no"), ("eu-nis2/member-state", "BE")],
            "eu-nis2/member-state",
            "is answered with `BE`, although “Are you an essential",
        ),
        ([("place/US", "no"), ("place/US-NY", "yes")], "place/US-NY", "although"),
        (
            [("place/US", "no"), ("us-nydfs/covered-entity", "yes")],
            "us-nydfs/covered-entity",
            "although",
        ),
        (
            [("place/US", "yes"), ("eu-cra/manufacturer", "perhaps")],
            "eu-cra/manufacturer",
            "`perhaps`",
        ),
        ([("place/US", "yes"), ("eu-cra/member-state", "US")], "eu-cra/member-state", "`US`"),
        ([("place/US", "yes"), ("place/EU", "BE")], "place/EU", "`BE`"),
        (
            [("place/US", "yes"), ("eu-cra/emperor", "yes")],
            "eu-cra/emperor",
            "no law pack in use asks",
        ),
    ] {
        let found = faults(&given);
        assert_eq!(found.len(), 1, "{given:?}: {found:?}");
        assert_eq!(found[0].0, question);
        assert!(found[0].1.contains(says), "{}", found[0].1);
    }
}

#[test]
fn every_question_is_asked_in_one_round_after_what_it_hangs_on() {
    let nothing = Answers::new();
    let rounds = book().rounds(&nothing);
    let ids: BTreeSet<&str> = rounds.iter().map(|round| round.id.as_str()).collect();
    assert_eq!(ids.len(), rounds.len(), "each round has a name of its own");
    assert!(!ids.contains(RESULT));
    let at = |question: &str| {
        let found: Vec<usize> = (0..rounds.len()).filter(|at| rounds[*at].asks(question)).collect();
        assert_eq!(found.len(), 1, "{question}");
        found[0]
    };
    for place in book().asked_places() {
        assert!(at(&place.id()) < at("cn-rmsv/provider"), "places come first");
    }
    for stand in book().inquiry(&nothing) {
        let own = at(&stand.asking.id);
        for other in &stand.asking.only_if {
            assert!(at(other) < own, "{other} is asked before {}", stand.asking.id);
        }
        let matters = book().matters(stand.pack, stand.asking);
        assert!(!matters.is_empty(), "{} matters to nothing", stand.asking.id);
        assert!(matters.iter().all(|one| one.cites.is_some()), "{}", stand.asking.id);
    }
    assert!(rounds.iter().all(|round| round.places.len() + round.stands.len() <= 5));
    let given = answers(&[("place/EU", "no"), ("place/US", "no"), ("cn-rmsv/provider", "yes")]);
    let fewer = book().rounds(&given);
    let same: Vec<&str> = fewer.iter().map(|round| round.id.as_str()).collect();
    assert_eq!(same, rounds.iter().map(|round| round.id.as_str()).collect::<Vec<_>>());
    let asked = |id: &str| fewer.iter().any(|round| round.asks(id));
    assert!(!asked("eu-cra/manufacturer") && !asked("place/US-NY") && asked("cn-rmsv/provider"));
}

#[test]
fn what_was_said_before_stays_where_nobody_answers_it_anew() {
    let before = Profile {
        roles: ["cn-rmsv/provider", "eu-cra/manufacturer", "eu-gdpr/controller", "x/gone"]
            .map(str::to_owned)
            .into(),
        attributes: [("eu/member-state", "BE"), ("eu-nis2/trust-service", "yes"), ("x/y", "z")]
            .map(|(id, value)| (id.to_owned(), value.to_owned()))
            .into(),
    };
    let after = book().profile_after(
        &answers(&[
            ("eu-cra/manufacturer", "no"),
            ("eu-cra/steward", "not-sure"),
            ("place/EU", "yes"),
            ("eu-nis2/entity", "yes"),
            ("eu-nis2/trust-service", "no"),
        ]),
        &before,
    );
    let roles: Vec<&str> = after.roles.iter().map(String::as_str).collect();
    let want = ["cn-rmsv/provider", "eu-cra/steward", "eu-gdpr/controller", "eu-nis2/entity"];
    assert_eq!(roles, want, "open ones stay, the denied one goes, the unsure one comes");
    assert_eq!(after.attributes["eu/member-state"], "BE");
    assert_eq!(after.attributes["eu-nis2/trust-service"], "no");
    assert_eq!(after.attributes.len(), 2, "what no pack declares is gone");
    let nowhere = book().profile_after(&answers(&[("place/EU", "no")]), &before);
    assert_eq!(nowhere.roles, BTreeSet::from(["cn-rmsv/provider".to_owned()]));
}

#[test]
fn an_attribute_of_which_nobody_is_sure_keeps_no_old_value() {
    let before = Profile {
        roles: ["eu-nis2/entity".to_owned()].into(),
        attributes: [("eu/member-state", "BE"), ("eu-nis2/trust-service", "yes")]
            .map(|(id, value)| (id.to_owned(), value.to_owned()))
            .into(),
    };
    let after = |given: &[(&str, &str)]| {
        let after = book().profile_after(&answers(given), &before);
        after.attributes.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let entity = ("eu-nis2/entity", "yes");
    let unsure = ("eu-nis2/trust-service", "not-sure");
    assert_eq!(after(&[entity, unsure]), "eu/member-state", "it is unknown from now on");
    assert_eq!(after(&[entity]), "eu-nis2/trust-service eu/member-state", "open is not unsure");
    assert_eq!(after(&[("eu-nis2/entity", "no"), unsure]), "eu-nis2/trust-service eu/member-state");
    let state = ("eu-cra/member-state", "not-sure");
    assert_eq!(after(&[state]), "eu-nis2/trust-service", "of any type");
    // Where another question knows it, it is known.
    let known = answers(&[state, ("eu-gdpr/member-state", "DE")]);
    assert_eq!(book().profile_after(&known, &before).attributes["eu/member-state"], "DE");
    let found = book().conclude(&known);
    assert!(found.unsure_attributes.is_empty());
    assert!(!found.open.contains(&"eu-cra/member-state".to_owned()));
    // What hangs on it is undecided, and both of its counts stay in sight.
    let profile = book().profile_after(&answers(&[entity, unsure]), &before);
    let question = MapQuestion::of(book(), &profile, BTreeMap::new(), date(2026, 11, 30));
    let map = book().map(&question);
    let row = map.iter().find(|row| row.provision.as_str() == "eu-nis2/23.4.b").expect("a row");
    assert_eq!(row.counts.len(), 2, "{:?}", row.counts);
}

#[test]
fn a_question_that_hangs_on_several_is_left_out_where_all_are_denied() {
    let manufacturer = |answer| ("eu-cra/manufacturer", answer);
    let steward = |answer| ("eu-cra/steward", answer);
    let why = |given: &[(&str, &str)], id: &str| {
        let given = answers(given);
        let stands = book().inquiry(&given);
        stands.into_iter().find(|stand| stand.asking.id == id).expect("a question").not_asked
    };
    let state = "eu-cra/member-state";
    assert_eq!(why(&[manufacturer("no"), steward("yes")], state), None, "a steward is asked");
    assert_eq!(why(&[manufacturer("no"), steward("not-sure")], state), None);
    assert_eq!(why(&[manufacturer("no")], state), None);
    assert_eq!(why(&[manufacturer("yes"), steward("no")], state), None);
    let both = ["eu-cra/manufacturer", "eu-cra/steward"].map(str::to_owned);
    let denied = [manufacturer("no"), steward("no")];
    assert_eq!(why(&denied, state), Some(NotAsked::OnlyIf(both.to_vec())));
    let given = answers(&[denied[0], denied[1], (state, "BE")]);
    let faults = book().faults(&given);
    let told = book().tell_fault(&faults[0], Language::En);
    assert!(told.contains("although “Do you make") && told.contains("are answered with no"));
    assert!(told.contains("and “Do you, as a legal person"), "{told}");
    assert!(book().tell_fault(&faults[0], Language::ZhCn).contains("均答“否”"));
    for (role, state) in [
        ("eu-gdpr/controller", "eu-gdpr/member-state"),
        ("eu-gdpr/processor", "eu-gdpr/member-state"),
        ("eu-nis2/entity", "eu-nis2/member-state"),
        ("eu-dora/financial-entity", "eu-dora/member-state"),
    ] {
        let given = [manufacturer("no"), steward("no"), (role, "yes")];
        assert_eq!(why(&given, state), None, "{role} counts by its Member State");
    }
}

#[test]
fn an_attribute_is_asked_for_once_though_several_packs_want_it() {
    let open = |given: &[(&str, &str)]| {
        let mut open = book().conclude(&answers(given)).open;
        open.retain(|id| id.ends_with("/member-state"));
        open.join(" ")
    };
    let all = "eu-cra/member-state eu-dora/member-state eu-gdpr/member-state eu-nis2/member-state";
    assert_eq!(open(&[]), all);
    let given = [("eu-gdpr/member-state", "DE")];
    assert_eq!(open(&given), "", "one answer is enough");
    let answered = answers(&given);
    let stands = book().inquiry(&answered);
    let why = |id: &str| {
        let stand = stands.iter().find(|stand| stand.asking.id == id).expect("a question");
        stand.not_asked.clone()
    };
    let found = NotAsked::Found("eu-gdpr/member-state".to_owned());
    assert_eq!(why("eu-cra/member-state"), Some(found));
    assert_eq!(why("eu-gdpr/member-state"), None, "what was answered can be answered otherwise");
    let unsure = "eu-dora/member-state eu-nis2/member-state eu-cra/member-state";
    assert_eq!(
        open(&[
            ("eu-cra/member-state", "not-sure"),
            ("eu-gdpr/controller", "no"),
            ("eu-gdpr/processor", "no")
        ]),
        unsure
    );
    // An answer that does not count answers no other question.
    let denied = [("eu-gdpr/controller", "no"), ("eu-gdpr/processor", "no"), given[0]];
    assert_eq!(open(&denied), "eu-cra/member-state eu-dora/member-state eu-nis2/member-state");
}

#[test]
fn two_values_of_one_attribute_contradict_each_other_whatever_its_type() {
    let path = "eu-gdpr/questions.toml";
    let asks = |id: &str, attribute: &str| {
        format!("[[question]]\nid = \"{id}\"\nasks = \"a\"\nattribute = \"{attribute}\"\n")
    };
    let text = [
        asks("trust", "eu-nis2/trust-service"),
        asks("state", "eu/member-state"),
        asks("impact", "norm-cisa-bod-26-04/impact"),
        asks("impact-again", "norm-cisa-bod-26-04/impact"),
    ];
    let laws = Lawbook::load(&with(path, &text.concat())).expect("it loads");
    let trust = ["eu-nis2/trust-service", "eu-gdpr/trust"];
    let state = ["eu-cra/member-state", "eu-gdpr/state"];
    let impact = ["eu-gdpr/impact", "eu-gdpr/impact-again"];
    for ([one, other], said, again, is_wrong) in [
        (trust, "yes", "no", true),
        (trust, "no", "yes", true),
        (trust, "yes", "yes", false),
        (trust, "no", "no", false),
        (trust, "no", "not-sure", false),
        (trust, "not-sure", "no", false),
        (state, "BE", "DE", true),
        (state, "BE", "BE", false),
        (state, "BE", "not-sure", false),
        (impact, "partial", "total", true),
        (impact, "total", "total", false),
    ] {
        let faults = laws.faults(&answers(&[(one, said), (other, again)]));
        let apart = |fault: &Fault| matches!(fault, Fault::Apart { .. });
        assert_eq!(faults.len(), usize::from(is_wrong), "{one} {said} {again}: {faults:?}");
        assert!(faults.iter().all(apart), "{faults:?}");
        for fault in &faults {
            assert!(laws.tell_fault(fault, Language::En).contains("answered differently"));
        }
    }
    // What is left out says nothing, so it contradicts nothing.
    let left_out = answers(&[("eu-nis2/entity", "no"), (trust[0], "no"), (trust[1], "yes")]);
    assert_eq!(laws.faults(&left_out), []);
}

#[test]
fn a_place_is_asked_for_by_what_its_packs_are() {
    let asks = |place: &str| {
        let mut places = book().asked_places().iter();
        places.find(|one| one.jurisdiction == place).expect("a place").asks.clone()
    };
    let cisa: BTreeSet<&str> = book()
        .packs()
        .iter()
        .filter(|pack| pack.id.as_str().contains("cisa"))
        .map(|pack| pack.jurisdiction.as_str())
        .collect();
    assert!(!cisa.is_empty());
    for place in book().asked_places() {
        let named = [&place.asks.en, &place.asks.zh_cn].map(|text| text.contains("CISA"));
        assert_eq!(
            named,
            [cisa.contains(place.jurisdiction.as_str()); 2],
            "{}",
            place.jurisdiction
        );
    }
    // Who follows a directive of CISA from elsewhere is asked for it, and others are not.
    let given = answers(&[("place/US", "yes"), ("place/global", "no")]);
    let rounds = book().rounds(&given);
    assert!(rounds.iter().any(|round| round.asks("norm-cisa-bod-26-04/agency")));
    assert!(asks("global").en.contains("no law"));
}

/// The built-in files, with one in the place of another.
fn with<'a>(path: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = Lawbook::builtin_files().iter().filter(|(at, _)| *at != path);
    others.copied().chain([(path, text)]).collect()
}

#[test]
fn what_is_wrong_in_a_file_of_questions_is_told_with_its_place() {
    let path = "eu-cra/questions.toml";
    let ask = "asks = { en = \"a\", zh-CN = \"b\" }";
    for (text, code, line) in [
        (format!("[[question]]\nid = \"A b\"\n{ask}\nroles = [\"steward\"]\n"), "value", 2),
        (format!("[[question]]\nid = \"a\"\n{ask}\nroles = [\"emperor\"]\n"), "undeclared", 4),
        (format!("[[question]]\nid = \"a\"\n{ask}\nattribute = \"eu/x\"\n"), "undeclared", 4),
        (format!("[[question]]\nid = \"a\"\n{ask}\n"), "value", 1),
        (format!("[[question]]\nid = \"a\"\n{ask}\nrole = \"steward\"\n"), "toml", 4),
        (
            format!("[[question]]\nid = \"a\"\n{ask}\nroles = [\"steward\"]\nonly_if = \"b\"\n"),
            "undeclared",
            5,
        ),
        (
            format!(
                "[[question]]\nid = \"a\"\n{ask}\nroles = [\"steward\"]\n[[question]]\nid = \"c\"\n\
                 {ask}\nroles = [\"steward\"]\nonly_if = [\"a\", \"b\"]\n"
            ),
            "undeclared",
            9,
        ),
        (
            format!("[[question]]\nid = \"a\"\n{ask}\nroles = [\"steward\"]\nonly_if = []\n"),
            "value",
            5,
        ),
        (
            format!("[[question]]\nid = \"a\"\n{ask}\nroles = [\"steward\"]\nonly_if = [1]\n"),
            "value",
            5,
        ),
    ] {
        let problems = Lawbook::load(&with(path, &text)).expect_err("it does not load");
        let found: Vec<_> = problems.iter().map(|one| (one.code, one.line)).collect();
        assert_eq!(found, [(code, line)], "{text}");
        assert_eq!(problems[0].path, path);
    }
    let twice = "[[place]]\njurisdiction = \"EU\"\nasks = \"a\"\n[[place]]\njurisdiction = \"EU\"\nasks = \"b\"\n";
    let problems = Lawbook::load(&with("places.toml", twice)).expect_err("it does not load");
    assert_eq!((problems[0].code, problems[0].line), ("twice", 5));
}

#[test]
fn a_pack_that_asks_asks_for_every_role() {
    let text = "[[question]]\nid = \"steward\"\nasks = \"a\"\nroles = [\"steward\"]\n";
    let only = BTreeSet::from(["eu-cra".to_owned()]);
    let files = with("eu-cra/questions.toml", text);
    let reports = watchfire_core::law::lint::check(&files, Some(&only));
    let problems: Vec<_> = reports.iter().flat_map(|report| &report.problems).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].code, "missing_question");
    assert!(problems[0].message.contains("eu-cra/manufacturer"), "{}", problems[0].message);
}
