//! Files of law: packs, case files, calendars, forms.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use watchfire_core::law::calendar::Calendars;
use watchfire_core::law::fact::WrittenFact;
use watchfire_core::law::form::Form;
use watchfire_core::law::pack::Trigger;
use watchfire_core::law::tell::{reason, tell};
use watchfire_core::law::{Language, Lawbook, Obligation, Question, State, case_file, lint};

use crate::place;

/// A pack that names no calendar of its own still rolls by these two.
const CALENDARS: [&str; 2] = ["calendars/cn.toml", "calendars/de.toml"];
/// Words that every pack may use.
const WORDS: [&str; 3] = ["attributes.toml", "facts.toml", "member-states.toml"];

/// Checks a pack: it loads or says where and why not, and what loads can be asked.
pub(crate) fn pack(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let law = law_of(text);
    let path = format!("{law}/law.toml");
    let forms = format!("{law}/forms/");
    let beside =
        |path: &str| WORDS.contains(&path) || CALENDARS.contains(&path) || path.starts_with(&forms);
    let mut files: Vec<(&str, &str)> =
        Lawbook::builtin_files().iter().filter(|(path, _)| beside(path)).copied().collect();
    files.push((&path, text));
    match Lawbook::load(&files) {
        Err(problems) => {
            assert!(!problems.is_empty(), "it does not load, and nothing is said to be wrong");
            place::check(&problems, &files);
        }
        Ok(book) => {
            for report in lint::check(&files, None) {
                assert!(report.loads, "it loads, and the lint says that it does not");
                place::check(&report.problems, &files);
            }
            ask(&book, &every_trigger(&book));
        }
    }
}

/// The law that the text says it is, as far as a pack's folder can be called so.
fn law_of(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.strip_prefix("id"));
    let id = line.and_then(|line| line.split('"').nth(1)).unwrap_or_default();
    let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    if !id.is_empty() && id.bytes().all(plain) { id } else { "x" }
}

/// A question in which everybody is everything and everything happened.
fn every_trigger(book: &Lawbook) -> Question {
    let provisions = || book.packs().iter().flat_map(|pack| &pack.provisions);
    let kinds: BTreeSet<&str> = provisions()
        .flat_map(|provision| provision.arises_on.iter().chain(&provision.runs_from))
        .filter_map(|trigger| match trigger {
            Trigger::Kind(kind) => Some(kind.as_str()),
            Trigger::Submitted(_) => None,
        })
        .collect();
    // Kinds that need more than a time are left out.
    let read = |kind: &&str| book.read_fact_written(&written(kind, kind)).ok();
    let mut facts: Vec<_> = kinds.iter().filter_map(read).collect();
    for (at, provision) in provisions().enumerate().take(8) {
        let id = format!("submission {at}");
        let obligation = vec![provision.id.as_str()];
        let fact = WrittenFact { obligation, ..written(&id, "submitted") };
        facts.extend(book.read_fact_written(&fact));
    }
    let roles = provisions().flat_map(|provision| provision.owed_by.iter().cloned()).collect();
    Question { facts, roles, ..Question::default() }
}

fn written<'a>(id: &'a str, kind: &'a str) -> WrittenFact<'a> {
    let occurred_at = "2027-12-30T22:30[Europe/Brussels]";
    WrittenFact { id, kind, occurred_at, ..WrittenFact::default() }
}

/// Asks twice and puts the answer into words.
fn ask(book: &Lawbook, question: &Question) {
    let listed = book.obligations(question);
    assert_eq!(listed, book.obligations(question), "the same question has the same answer");
    for owed in &listed {
        check_answer(owed, question);
        for language in Language::ALL {
            assert!(!reason(owed, book, language).is_empty(), "no reason: {owed:?}");
            assert_eq!(tell(&owed.trace, book, language).len(), owed.trace.len());
        }
    }
}

/// What the table of states promises (laws/counting.md 7.7).
fn check_answer(owed: &Obligation, question: &Question) {
    let now = question.now();
    match owed.state {
        State::Overdue => assert!(owed.strict_due.is_some_and(|due| due <= now), "{owed:?}"),
        State::Satisfied | State::SatisfiedLate => {
            assert!(owed.satisfied_by.is_some(), "{owed:?}");
        }
        State::DueSoon => assert!(owed.strict_due.is_some_and(|due| due > now), "{owed:?}"),
        State::NeedsDecision => assert!(owed.provisional, "{owed:?}"),
        State::WaitingForAnchor => assert!(owed.strict_due.is_none(), "{owed:?}"),
        State::Superseded | State::NotApplicable | State::LateAtBirth | State::Open => {}
    }
    assert!(!owed.after_strict || owed.strict_due.is_some(), "{owed:?}");
    assert!(!owed.trace.is_empty(), "no trace: {owed:?}");
}

/// Checks a case file: it is read or says where and why not, and each case can be asked and told.
pub(crate) fn case_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let book = Lawbook::builtin();
    match case_file::parse("case.toml", text, book) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused, and nothing is said to be wrong");
            place::check(&problems, &[("case.toml", text)]);
        }
        Ok(cases) => {
            assert!(!cases.is_empty(), "a file without a case is refused");
            for case in &cases {
                ask(book, &case.question);
                // What did not come out is told in words, as often as asked.
                assert_eq!(case.check(book), case.check(book));
                // Nothing is owed before anything is known.
                let (_, before) = case.run(book, None, Some(jiff::Timestamp::MIN));
                assert!(before.is_empty(), "{before:?}");
            }
        }
    }
}

/// Checks a calendar: its days off have names, and after each a working day follows.
pub(crate) fn calendar(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Calendars::load(&[("calendars/x.toml", text)]) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused, and nothing is said to be wrong");
            place::check(&problems, &[("calendars/x.toml", text)]);
        }
        Ok(calendars) => {
            for calendar in calendars.iter() {
                assert!(calendars.get(&calendar.id).is_some());
                for (day, holiday) in calendar.holidays() {
                    assert!(!holiday.source.is_empty(), "{day} without a source");
                }
                for day in [date(2021, 9, 30), date(2027, 12, 24), date(-9999, 1, 1)] {
                    let next = calendar.next_working_day(day);
                    assert!(next.date >= day && !calendar.is_day_off(next.date), "after {day}");
                }
            }
        }
    }
}

/// Checks a form: it is read or says where and why not, and what is asked can be counted.
pub(crate) fn form(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let path = "x/forms/x.toml";
    match Form::load(path, text) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused, and nothing is said to be wrong");
            place::check(&problems, &[(path, text)]);
        }
        Ok(form) => {
            for stage in 0..form.stages.len() {
                let blank = form.completeness(stage, &BTreeMap::new());
                assert!(blank.refused.is_empty(), "a blank answer is none");
                let same = |(field, _): (&watchfire_core::law::form::Field, _)| {
                    (field.id.clone(), text.chars().take(40).collect())
                };
                let answered = form.completeness(stage, &form.asked(stage).map(same).collect());
                assert!(answered.required_now.done <= answered.required_now.total);
                assert_eq!(answered.required_now.total, blank.required_now.total);
            }
        }
    }
}
