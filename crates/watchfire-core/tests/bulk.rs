//! Many cases at once: what comes out is what the engine says of each, to the instant and the
//! reason, and a change of law touches what it can touch and nothing else.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchfire_core::law::bulk::{AsOf, Bulk, Changing, Outcome, Plan, Table};
use watchfire_core::law::condition::{Answer, Value};
use watchfire_core::law::fact::{Fact, NewDue};
use watchfire_core::law::id::{PredicateId, RoleId};
use watchfire_core::law::impact::Impact;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::trace::Step;
use watchfire_core::law::vocabulary::AttributeType;
use watchfire_core::law::{Lawbook, Obligation, Question, case_file};

/// What is compared of one obligation, in the names of the packs.
type Said = (String, Option<String>, Vec<String>, Vec<Option<Timestamp>>);

fn flags(state: impl ToString, condition: Answer, parts: [bool; 4]) -> Vec<String> {
    let [foreseen, provisional, after_strict, per_fact] = parts.map(|part| part.to_string());
    vec![state.to_string(), format!("{condition:?}"), foreseen, provisional, after_strict, per_fact]
}

fn micros(at: Option<Timestamp>) -> Option<Timestamp> {
    at.map(|at| Timestamp::from_microsecond(at.as_microsecond()).expect("it was one"))
}

fn by_engine(owed: &Obligation) -> Said {
    let asked = owed.trace.iter().find_map(|step| match step {
        Step::Condition { answer, undecided } => Some((*answer, undecided.first().cloned())),
        _ => None,
    });
    let hangs = owed.trace.iter().find_map(|step| match step {
        Step::ProvisionalOn { predicate, answer: Answer::Undecided, .. }
        | Step::CountsAsAbsent { predicate, .. } => Some(predicate.clone()),
        _ => None,
    });
    let (condition, open) = asked.unwrap_or((Answer::Yes, None));
    let predicate: Option<PredicateId> = open.or(hangs);
    let parts = [owed.foreseen, owed.provisional, owed.after_strict, owed.per_fact];
    let mut said = flags(owed.state, condition, parts);
    said.push(format!("{predicate:?}"));
    said.push(format!("{:?} {:?}", owed.version_from, owed.reading));
    said.push(format!("{:?}", owed.satisfied_by.as_ref().map(ToString::to_string)));
    let decision = owed.decision_due.as_ref().map(|(_, due)| *due);
    let dates = [owed.strict_from, owed.strict_due, owed.outer_due, decision].map(micros);
    let from = owed.from_fact.as_ref().map(ToString::to_string);
    (owed.provision.to_string(), from, said, dates.to_vec())
}

fn by_bulk(plan: &Plan<'_>, table: &Table, question: &Question, owed: &Outcome) -> Said {
    let id = |at: Option<usize>| at.map(|at| question.facts[at].id.to_string());
    let parts = [owed.foreseen, owed.provisional, owed.after_strict, owed.per_fact];
    let mut said = flags(owed.state, owed.condition, parts);
    said.push(format!("{:?}", table.predicate(owed).cloned()));
    let reading = plan.reading(owed).map(ToOwned::to_owned);
    said.push(format!("{:?} {reading:?}", plan.version_from(owed)));
    said.push(format!("{:?}", id(owed.satisfied_by())));
    let dates = [owed.strict_from(), owed.strict_due(), owed.outer_due(), owed.decision_due()];
    (plan.provision_id(owed).to_string(), id(owed.from_fact()), said, dates.to_vec())
}

/// Puts questions to both, and returns how many of them columns answered alone.
fn compare(book: &Lawbook, questions: &[Question], as_of: AsOf) -> usize {
    let mut table = Table::default();
    let plan = Plan::of(book, &mut table);
    questions.iter().for_each(|question| table.push(question));
    let bulk = Bulk::new(&plan, &table, |at| Cow::Borrowed(&questions[at]), as_of);
    let found = bulk.owed(0..table.len());
    assert_eq!(found.cases, questions.len());
    let mut said = found.iter().peekable();
    for (at, question) in questions.iter().enumerate() {
        let mut asked = question.clone();
        asked.now = as_of.now.or(asked.now);
        asked.known_at = as_of.known_at.or(asked.known_at);
        let expected: Vec<Said> = book.obligations(&asked).iter().map(by_engine).collect();
        let mut got = Vec::new();
        while let Some(one) = said.next_if(|one| one.case as usize == at) {
            got.push(by_bulk(&plan, &table, question, &one.outcome));
        }
        assert_eq!(got, expected, "{asked:#?}");
    }
    found.cases - found.by_engine
}

fn of_packs(book: &Lawbook) -> Vec<Question> {
    let mut all = Vec::new();
    for (path, text) in book.packs().iter().flat_map(|pack| &pack.tests) {
        let cases = case_file::parse(path, text, book).expect("a built-in case file");
        all.extend(cases.into_iter().map(|case| case.question));
    }
    all
}

fn all_roles(book: &Lawbook) -> BTreeSet<RoleId> {
    let provisions = book.packs().iter().flat_map(|pack| &pack.provisions);
    provisions.flat_map(|provision| provision.owed_by.iter().cloned()).collect()
}

#[test]
fn every_case_of_every_pack_comes_out_in_bulk_as_by_the_engine() {
    let book = Lawbook::builtin();
    let mut questions = of_packs(book);
    let (rules, plain) = Plan::of(book, &mut Table::default()).shape();
    assert!(plain * 3 > rules * 2, "{plain} of {rules} provisions are plain");
    let plain = compare(book, &questions, AsOf::default());
    assert!(plain * 2 > questions.len(), "columns answer most of them: {plain}");
    let roles = all_roles(book);
    questions.iter_mut().for_each(|question| question.roles.clone_from(&roles));
    compare(book, &questions, AsOf::default());
    let at = |text: &str| Some(text.parse::<Timestamp>().expect("an instant"));
    let known_at = at("2026-10-01T00:00:00Z");
    compare(book, &questions, AsOf { now: at("2027-01-01T00:00:00Z"), known_at });
}

#[test]
fn a_table_that_was_emptied_takes_new_cases() {
    let book = Lawbook::builtin();
    let questions = of_packs(book);
    let mut table = Table::default();
    let plan = Plan::of(book, &mut table);
    for question in &questions {
        table.clear();
        table.push(question);
        let bulk = Bulk::new(&plan, &table, |_| Cow::Borrowed(question), AsOf::default());
        let got = bulk.owed(0..1);
        let got: Vec<Said> =
            got.iter().map(|one| by_bulk(&plan, &table, question, &one.outcome)).collect();
        let expected: Vec<Said> = book.obligations(question).iter().map(by_engine).collect();
        assert_eq!(got, expected);
    }
}

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("it is below")
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn in_a_hundred(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Some instant of three years, often a whole hour.
    fn instant(&mut self) -> Timestamp {
        let begin: Timestamp = "2025-06-01T00:00:00Z".parse().expect("an instant");
        let hours = i64::try_from(self.below(24 * 1096)).expect("it is small");
        let seconds = if self.in_a_hundred(50) { self.below(3600) } else { 0 };
        let seconds = hours * 3600 + i64::try_from(seconds).expect("it is small");
        begin + SignedDuration::from_secs(seconds)
    }

    fn occurred(&mut self) -> Instant {
        let lo = self.instant();
        let later = lo
            + SignedDuration::from_mins(i64::try_from(self.below(3000)).expect("it is small") + 1);
        match self.below(10) {
            0 => Instant::Interval { lo, hi: later },
            1 => Instant::Either { first: lo, second: later, exists: true },
            _ => Instant::Exact(lo),
        }
    }
}

/// What the packs say, to make cases of.
struct Words<'a> {
    book: &'a Lawbook,
    kinds: Vec<&'a str>,
    provisions: Vec<&'a str>,
    predicates: Vec<&'a str>,
    roles: Vec<RoleId>,
}

impl<'a> Words<'a> {
    fn of(book: &'a Lawbook) -> Self {
        let provisions = book.packs().iter().flat_map(|pack| &pack.provisions);
        Self {
            book,
            kinds: book.words().facts.keys().map(|kind| kind.as_str()).collect(),
            provisions: provisions.map(|provision| provision.id.as_str()).collect(),
            predicates: book.words().predicates.keys().map(|id| id.as_str()).collect(),
            roles: all_roles(book).into_iter().collect(),
        }
    }

    fn fact(&self, dice: &mut Dice, at: usize) -> Fact {
        let kind = *dice.one(&self.kinds);
        let occurred = dice.occurred();
        let late = if dice.in_a_hundred(30) { dice.below(100_000) } else { 0 };
        let late = SignedDuration::from_mins(i64::try_from(late).expect("it is small"));
        let step = ["first-signal", "evidence-held", "assessed", "received-by-channel"];
        let is_step = step.contains(&kind);
        let named = matches!(kind, "submitted" | "acknowledged" | "extension-granted");
        let mut obligations = Vec::new();
        for _ in 0..if named { dice.below(3) + 1 } else { 0 } {
            obligations.push(dice.one(&self.provisions).parse().expect("a provision"));
        }
        let answer = *dice.one(&[Answer::Yes, Answer::No, Answer::Undecided]);
        let predicate = dice.one(&self.predicates).parse().expect("a predicate");
        Fact {
            id: format!("f{at}").parse().expect("an id"),
            known_at: occurred.lo() + late,
            occurred,
            towards: is_step.then(|| dice.one(&self.kinds).parse().expect("a kind")),
            about: (kind == "retracted" && at > 0)
                .then(|| format!("f{}", dice.below(at)).parse().expect("an id")),
            obligations,
            new_due: (kind == "extension-granted").then(|| NewDue::At(dice.instant())),
            decided: (kind == "decided").then_some((predicate, answer)),
            kind: kind.parse().expect("a kind"),
        }
    }

    /// A case that leans on the facts of a written one, so that much arises.
    fn question(&self, dice: &mut Dice, written: &[Question]) -> Question {
        let mut question = dice.one(written).clone();
        for role in &self.roles {
            if dice.in_a_hundred(20) {
                question.roles.insert(role.clone());
            }
        }
        for fact in &mut question.facts {
            if dice.in_a_hundred(30) {
                fact.occurred = dice.occurred();
                fact.known_at = fact.occurred.lo();
            }
        }
        let held = question.facts.len();
        for at in 0..dice.below(6) {
            question.facts.push(self.fact(dice, held + at));
        }
        for predicate in &self.predicates {
            if dice.in_a_hundred(15) {
                let answer = *dice.one(&[Answer::Yes, Answer::No, Answer::Undecided]);
                question.answers.insert(predicate.parse().expect("a predicate"), answer);
            }
        }
        for (id, attribute) in &self.book.words().attributes {
            if dice.in_a_hundred(70) {
                continue;
            }
            let value = match &attribute.kind {
                AttributeType::MemberState => {
                    Value::Text((*dice.one(&["BE", "DE", "IE", "RO", "XX"])).to_owned())
                }
                AttributeType::YesNo => Value::Flag(dice.in_a_hundred(50)),
                AttributeType::Number => Value::Number(dice.below(1_000_000) as f64),
                AttributeType::Text => Value::Text("some".to_owned()),
                AttributeType::OneOf(values) => Value::Text(dice.one(values).clone()),
            };
            question.attributes.insert(id.clone(), value);
        }
        question.now = dice.in_a_hundred(60).then(|| dice.instant());
        question.known_at = dice.in_a_hundred(20).then(|| dice.instant());
        question
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn generated_cases_come_out_in_bulk_as_by_the_engine(seed in any::<u64>()) {
        let book = Lawbook::builtin();
        let (words, written, mut dice) = (Words::of(book), of_packs(book), Dice(seed));
        let questions: Vec<Question> =
            (0..30).map(|_| words.question(&mut dice, &written)).collect();
        compare(book, &questions, AsOf::default());
        let as_of = AsOf { now: Some(dice.instant()), known_at: Some(dice.instant()) };
        compare(book, &questions, as_of);
    }
}

/// The built-in law, with one text in one of its files replaced.
fn amended(path: &str, from: &str, to: &str) -> Lawbook {
    let change = |(name, text): &(&'static str, &'static str)| {
        let text = if *name == path { text.replacen(from, to, 1) } else { (*text).to_owned() };
        (*name, text)
    };
    let files: Vec<(&str, String)> = Lawbook::builtin_files().iter().map(change).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let book = Lawbook::load(&files).expect("the amended law loads");
    assert_ne!(book.digest(), Lawbook::builtin().digest(), "`{from}` stands in {path}");
    book
}

#[test]
fn a_change_of_law_is_put_to_the_cases_it_can_touch_and_gives_what_differs() {
    let old = Lawbook::builtin();
    let (words, written, mut dice) = (Words::of(old), of_packs(old), Dice(7));
    let mut questions = written.clone();
    questions.extend((0..600).map(|_| words.question(&mut dice, &written)));
    for (path, from, to) in [
        ("eu-cra/law.toml", "within = \"24h\"", "within = \"36h\""),
        ("cn-rmsv/law.toml", "within = \"48h\"", "within = \"12h\""),
        ("eu-cra/law.toml", "owed_by   = \"manufacturer\"", "owed_by   = \"steward\""),
    ] {
        let new = amended(path, from, to);
        let impact = Impact::between(old, &new);
        let mut table = Table::default();
        let plans = [Plan::of(old, &mut table), Plan::of(&new, &mut table)];
        questions.iter().for_each(|question| table.push(question));
        let changing = Changing::between(&plans[0], &plans[1], &impact);
        let found = changing.over(&table, |at| Cow::Borrowed(&questions[at]), AsOf::default());
        let touchable = questions.iter().filter(|question| impact.can_touch(question)).count();
        assert_eq!((found.candidates, found.evaluated), (touchable, touchable));
        assert!(found.evaluated < questions.len(), "not every case can be touched");
        assert!(!found.changes.is_empty(), "{path}: {from}");
        let expected: BTreeSet<_> = questions
            .iter()
            .enumerate()
            .flat_map(|(at, question)| {
                let shifts = impact.on(question).into_iter();
                shifts.map(move |shift| {
                    (at, shift.provision.to_string(), shift.kind, shift.from_fact.is_some())
                })
            })
            .collect();
        let shifts = found.changes.iter().filter_map(|change| {
            let outcome = change.after.or(change.before)?;
            let plan = if change.after.is_some() { &plans[1] } else { &plans[0] };
            let id = plan.provision_id(&outcome).to_string();
            Some((change.case as usize, id, change.kind?, outcome.per_fact))
        });
        assert_eq!(shifts.collect::<BTreeSet<_>>(), expected, "{path}: {from}");
    }
}

#[test]
fn a_lawbook_that_did_not_change_touches_nothing() {
    let (old, questions) = (Lawbook::builtin(), of_packs(Lawbook::builtin()));
    let impact = Impact::between(old, old);
    let mut table = Table::default();
    let plan = Plan::of(old, &mut table);
    questions.iter().for_each(|question| table.push(question));
    let changing = Changing::between(&plan, &plan, &impact);
    let found = changing.over(&table, |at| Cow::Borrowed(&questions[at]), AsOf::default());
    assert_eq!((found.candidates, found.evaluated, found.changes.len()), (0, 0, 0));
}

/// A made duty: whom it obliges, from how many users on, in which sector not, within which hours.
type Duty = (usize, u32, usize, i64);

/// A made case: of whom, in which sector, how many users, what is so, and when it was known.
struct Made {
    whom: usize,
    sector: usize,
    users: u32,
    exploited: bool,
    severe: bool,
    critical: bool,
    aware_at: Timestamp,
}

/// The duties, said again without our code.
fn interpreted((whom, over, sector, hours): Duty, case: &Made) -> Option<Timestamp> {
    let threat = case.exploited || (case.severe && case.users >= over);
    let place = case.sector != sector || case.critical;
    let owed = case.whom == whom && threat && place;
    owed.then(|| case.aware_at + SignedDuration::from_hours(hours))
}

fn pack_of(duties: &[Duty]) -> Lawbook {
    let shared = |name: &str| {
        let found = Lawbook::builtin_files().iter().find(|(path, _)| *path == name);
        found.expect("a shared file").1.to_owned()
    };
    let same = |word: &str| format!("{{ en = \"{word}\", zh-CN = \"{word}\" }}");
    let attributes = [
        ("exploited", "yes-no"),
        ("severe", "yes-no"),
        ("critical", "yes-no"),
        ("users", "number"),
        ("sector", "text"),
    ]
    .map(|(name, kind)| {
        format!("[attribute.\"made/{name}\"]\ntype = \"{kind}\"\nmeaning = {}\n", same(name))
    });
    let mut law = format!(
        "id = \"made\"\njurisdiction = \"global\"\ntitle = {}\ntime_zone = \"UTC\"\n\
         source = \"https://example.org\"\nchecked_on = 2026-11-23\nconfidence = \"primary\"\n\
         [authorities.office]\nname = {}\n",
        same("made"),
        same("office")
    );
    for whom in 0..9 {
        law += &format!("[roles.r{whom}]\nname = {}\n", same("role"));
    }
    for (at, (whom, over, sector, hours)) in duties.iter().enumerate() {
        law += &format!(
            "[[provision]]\nid = \"made/{at}\"\nclass = \"hard\"\ncites = {}\n\
             arises_on = [\"vulnerability-known\"]\nowed_by = \"r{whom}\"\nowed_to = \"office\"\n\
             when = {{ all = [{{ any = [\"made/exploited\", {{ all = [\"made/severe\", \
             {{ attribute = \"made/users\", at_least = {over} }}] }}] }}, {{ any = [{{ not = \
             {{ attribute = \"made/sector\", is = \"s{sector}\" }} }}, \"made/critical\"] }}] }}\n\
             [[provision.version]]\neffective_from = 2020-01-01\n\
             strict = {{ within = \"{hours}h\", counts = \"elapsed\" }}\n",
            same("duty")
        );
    }
    let (attributes, facts) = (attributes.concat(), shared("facts.toml"));
    let states = shared("member-states.toml");
    Lawbook::load(&[
        ("attributes.toml", attributes.as_str()),
        ("facts.toml", facts.as_str()),
        ("member-states.toml", states.as_str()),
        ("made/law.toml", law.as_str()),
    ])
    .unwrap_or_else(|problems| panic!("{problems:?}"))
}

impl Made {
    fn roll(dice: &mut Dice) -> Self {
        Self {
            whom: dice.below(9),
            sector: dice.below(5),
            users: u32::try_from(dice.below(1000)).expect("it is small"),
            exploited: dice.in_a_hundred(40),
            severe: dice.in_a_hundred(60),
            critical: dice.in_a_hundred(20),
            aware_at: dice.instant(),
        }
    }

    fn question(&self) -> Question {
        let flags =
            [("exploited", self.exploited), ("severe", self.severe), ("critical", self.critical)];
        let mut attributes: std::collections::BTreeMap<_, _> = flags
            .into_iter()
            .map(|(name, flag)| (format!("made/{name}").parse().expect("an id"), Value::Flag(flag)))
            .collect();
        let users = Value::Number(f64::from(self.users));
        attributes.insert("made/users".parse().expect("an id"), users);
        let sector = Value::Text(format!("s{}", self.sector));
        attributes.insert("made/sector".parse().expect("an id"), sector);
        let fact = Fact {
            id: "known".parse().expect("an id"),
            kind: "vulnerability-known".parse().expect("a kind"),
            occurred: Instant::Exact(self.aware_at),
            known_at: self.aware_at,
            towards: None,
            about: None,
            obligations: Vec::new(),
            new_due: None,
            decided: None,
        };
        let role = format!("made/r{}", self.whom).parse().expect("a role");
        let roles = BTreeSet::from([role]);
        Question { facts: vec![fact], roles, attributes, ..Question::default() }
    }
}

#[test]
fn made_duties_come_out_as_an_interpreter_without_our_code_says() {
    let mut dice = Dice(11);
    let duties: Vec<Duty> = (0..60)
        .map(|at| {
            let over = u32::try_from(dice.below(1000)).expect("it is small");
            (at % 9, over, dice.below(5), *dice.one(&[24, 48, 72, 336]))
        })
        .collect();
    let book = pack_of(&duties);
    let mut table = Table::default();
    let plan = Plan::of(&book, &mut table);
    let (rules, plain) = plan.shape();
    assert_eq!((rules, plain), (60, 60), "columns hold all of it");
    let cases: Vec<Made> = (0..3000).map(|_| Made::roll(&mut dice)).collect();
    let questions: Vec<Question> = cases.iter().map(Made::question).collect();
    questions.iter().for_each(|question| table.push(question));
    let bulk = Bulk::new(&plan, &table, |at| Cow::Borrowed(&questions[at]), AsOf::default());
    let found = bulk.owed(0..table.len());
    assert_eq!(found.by_engine, 0);
    let got: BTreeSet<(usize, String, Timestamp)> = found
        .iter()
        .filter(|one| one.outcome.is_owed())
        .map(|one| {
            let id = plan.provision_id(&one.outcome).to_string();
            (one.case as usize, id, one.outcome.strict_due().expect("a date"))
        })
        .collect();
    let expected: BTreeSet<_> = cases
        .iter()
        .enumerate()
        .flat_map(|(at, case)| {
            let due = |(of, duty): (usize, &Duty)| {
                Some((at, format!("made/{of}"), interpreted(*duty, case)?))
            };
            duties.iter().enumerate().filter_map(due).collect::<Vec<_>>()
        })
        .collect();
    assert!(expected.len() > 3000, "many are owed: {}", expected.len());
    assert_eq!(got, expected);
}
