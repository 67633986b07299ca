//! Which rungs must have fired, reckoned from the facts and the law's own numbers alone, against
//! what a node says it did. Shares nothing with the engine.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// What a provider in China owes on a vulnerability that is known, and the hours its strict clock
/// has; none where the law names no number and the house has set no target.
/// Source: RMSV art. 7(1) "at once" (a house target of 4 hours), 7(2) "within 2 days", 7(3).
const WINDOWS: [(&str, Option<i64>); 3] =
    [("cn-rmsv/7.1.verify", Some(4)), ("cn-rmsv/7.2", Some(48)), ("cn-rmsv/7.3", None)];
/// The rungs of a window, in per cent; after the last one each day.
const PERCENTS: [i64; 15] = [0, 50, 75, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200];
/// Without a date, it is put before its people every week.
const REVIEW_DAYS: i64 = 7;
const MICROSECONDS_OF_HOUR: i64 = 3_600_000_000;
/// A rung is told so soon, apart from the time in which nobody could (P5: 5 s when up, 30 s after
/// a restart).
pub(crate) const LATE_MAX: SignedDuration = SignedDuration::from_secs(30);

/// A span in which nobody could tell: the node was down, or its clock jumped over it.
pub(crate) type Blind = (Timestamp, Timestamp);

/// A rung as a node recorded it.
#[derive(Debug, Clone)]
pub(crate) struct Fired {
    pub(crate) rung: String,
    pub(crate) due_at: Timestamp,
    pub(crate) recorded_at: Timestamp,
}

/// What the timeline of a case says.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// When the fact was recorded, and with it all that is owed.
    pub(crate) born_at: Timestamp,
    /// Of each provision, by its id, what was fired.
    pub(crate) fired: BTreeMap<String, Vec<Fired>>,
    /// The instants of all that was recorded, in its order.
    instants: Vec<Timestamp>,
}

impl Told {
    pub(crate) fn read(timeline: &[Value]) -> Self {
        let (mut fired, mut names) = (BTreeMap::new(), BTreeMap::new());
        let (mut born_at, mut instants) = (None, Vec::new());
        for entry in timeline {
            let (recorded_at, what) = (instant(&entry["recorded_at"]), &entry["happened"]);
            let text = |field: &str| what[field].as_str().expect("a text").to_owned();
            instants.push(recorded_at);
            match what["kind"].as_str() {
                Some("fact-recorded") => born_at = born_at.or(Some(recorded_at)),
                Some("assessed") => {
                    fired.entry(text("of")).or_insert_with(Vec::new);
                    names.insert(text("obligation"), text("of"));
                }
                Some("rung-reached") => {
                    let due_at = instant(&what["due_at"]);
                    let provision = &names[&text("obligation")];
                    let one = Fired { rung: text("detail"), due_at, recorded_at };
                    fired.get_mut(provision).expect("it was assessed").push(one);
                }
                _ => {}
            }
        }
        Self { born_at: born_at.expect("a fact"), fired, instants }
    }
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).expect("an instant")
}

/// The rungs of a clock that is due by `until`, lowest first.
fn ladder(
    hours: Option<i64>,
    known_at: Timestamp,
    born_at: Timestamp,
    until: Timestamp,
) -> Vec<(String, Timestamp)> {
    let after = |from: Timestamp, micros: i64| from + SignedDuration::from_micros(micros);
    let day = 24 * MICROSECONDS_OF_HOUR;
    let mut rungs: Vec<(String, Timestamp)> = Vec::new();
    let (from, every, name) = match hours {
        Some(hours) => {
            let one = |percent: i64| after(known_at, hours * MICROSECONDS_OF_HOUR * percent / 100);
            rungs.extend(PERCENTS.map(|percent| (format!("{percent}%"), one(percent))));
            (one(200), day, "day")
        }
        None => {
            rungs.push(("0%".to_owned(), born_at));
            (born_at, REVIEW_DAYS * day, "review")
        }
    };
    let each = (1..).map(|number| (format!("{name}-{number}"), after(from, number * every)));
    rungs.extend(each.take_while(|(_, at)| *at <= until));
    rungs.retain(|(_, at)| *at <= until);
    rungs
}

/// How long after `due_at` it was recorded, without the time in which nobody could.
fn late_by(due_at: Timestamp, recorded_at: Timestamp, blind: &[Blind]) -> SignedDuration {
    let hidden = blind.iter().map(|(from, to)| {
        let (from, to) = ((*from).max(due_at), (*to).min(recorded_at));
        to.duration_since(from).max(SignedDuration::ZERO)
    });
    recorded_at.duration_since(due_at) - hidden.sum()
}

/// What is wrong with a case whose vulnerability was known at `known_at`. Every rung that was due
/// by `until` must have fired once, or with a higher one where both were reached unseen.
pub(crate) fn problems(
    known_at: Timestamp,
    told: &Told,
    until: Timestamp,
    blind: &[Blind],
) -> Vec<String> {
    let mut found = Vec::new();
    if !told.instants.is_sorted() {
        found.push("the recorded instants run backwards".to_owned());
    }
    let owed: Vec<&str> = told.fired.keys().map(String::as_str).collect();
    if owed != WINDOWS.map(|(provision, _)| provision) {
        found.push(format!("other things are owed than the law says: {owed:?}"));
    }
    for (provision, hours) in WINDOWS {
        let Some(fired) = told.fired.get(provision) else { continue };
        let last = fired.last().map_or(until, |last| last.recorded_at.max(until));
        let rungs = ladder(hours, known_at, told.born_at, last);
        let wrong = of_one(&rungs, fired, told.born_at, until, blind);
        found.extend(wrong.into_iter().map(|problem| format!("{provision}: {problem}")));
    }
    found
}

fn of_one(
    rungs: &[(String, Timestamp)],
    fired: &[Fired],
    born_at: Timestamp,
    until: Timestamp,
    blind: &[Blind],
) -> Vec<String> {
    let mut found = Vec::new();
    for (nth, one) in fired.iter().enumerate() {
        let Fired { rung, due_at, recorded_at } = one;
        match rungs.iter().find(|(name, _)| name == rung) {
            None => found.push(format!("`{rung}` fired at {recorded_at} and was not due")),
            Some((_, at)) if at != due_at => {
                found.push(format!("`{rung}` was due {at} and not {due_at}"));
            }
            Some(_) if recorded_at < due_at => {
                found.push(format!("`{rung}` fired {recorded_at}, before {due_at}"));
            }
            Some(_) => {}
        }
        if fired[..nth].iter().any(|before| before.rung == *rung) {
            found.push(format!("`{rung}` fired twice"));
        } else if fired[..nth].iter().any(|before| before.due_at >= *due_at) {
            found.push(format!("`{rung}` fired after a higher one"));
        }
    }
    for (rung, at) in rungs.iter().filter(|(_, at)| *at <= until) {
        // Rungs reached together are told once, at the highest.
        let Some(by) = fired.iter().find(|one| one.due_at >= *at) else {
            found.push(format!("`{rung}` was due {at} and did not fire"));
            continue;
        };
        let late = late_by((*at).max(born_at), by.recorded_at, blind);
        if late > LATE_MAX {
            found.push(format!("`{rung}` was due {at} and fired {late:#} late"));
        }
    }
    found
}

/// Makes a good history a bad one.
type Spoil = fn(&mut Vec<Fired>);

/// Shows that the judge says no, on a case that it found good: to a rung that is missing, fired
/// twice, early, late, at another instant, and to a clock that ran backwards.
pub(crate) fn assert_can_fail(known_at: Timestamp, told: &Told, until: Timestamp, blind: &[Blind]) {
    assert_eq!(problems(known_at, told, until, blind), Vec::<String>::new(), "good at first");
    let second = SignedDuration::from_secs(1);
    let spoilt: [(&str, Spoil); 5] = [
        ("did not fire", |fired| drop(fired.pop())),
        ("fired twice", |fired| fired.push(fired[fired.len() - 1].clone())),
        ("before", |fired| {
            let last = fired.last_mut().expect("a rung");
            last.recorded_at = last.due_at - SignedDuration::from_micros(1);
        }),
        ("late", |fired| {
            let last = fired.last_mut().expect("a rung");
            last.recorded_at += SignedDuration::from_hours(10 * 366 * 24);
        }),
        ("was due", |fired| {
            fired.last_mut().expect("a rung").due_at += SignedDuration::from_micros(1);
        }),
    ];
    for (expected, spoil) in spoilt {
        let mut other = told.clone();
        spoil(other.fired.get_mut("cn-rmsv/7.2").expect("it is owed"));
        let found = problems(known_at, &other, until, blind);
        assert!(found.iter().any(|one| one.contains(expected)), "{expected}: {found:?}");
    }
    let mut other = told.clone();
    other.instants.push(other.instants[0] - second);
    assert!(problems(known_at, &other, until, blind)[0].contains("backwards"));
    let mut other = told.clone();
    other.fired.remove("cn-rmsv/7.2");
    assert!(problems(known_at, &other, until, blind)[0].contains("the law says"));
}
