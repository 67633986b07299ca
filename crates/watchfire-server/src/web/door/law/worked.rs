//! The worked cases of a pack in words.

use jiff::tz::TimeZone;
use watchfire_core::law::case_file::{self, Case, Expect, ExpectedDue};
use watchfire_core::law::fact::Fact;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::pack::{Pack, Zone};

use super::super::words::Words;
use crate::web::law::worked::{CaseView, ExpectView};
use crate::web::obligation;

/// The cases that are wanted, as they stand in the files of a pack. A file that does not read says
/// so in `law check`; here it has no cases.
pub(super) fn cases(
    words: Words<'_>,
    pack: &Pack,
    wanted: impl Fn(&Case) -> bool,
) -> Vec<CaseView> {
    let files = pack.tests.iter();
    let read = files.filter_map(|(path, text)| case_file::parse(path, text, words.law).ok());
    let zone = match &pack.zone {
        Zone::Fixed { zone, .. } => zone.clone(),
        Zone::OfMemberState => {
            let state = words.law.member_states().default_state();
            TimeZone::get(&state.zone).unwrap_or(TimeZone::UTC)
        }
    };
    let zone = &zone;
    read.flatten().filter(wanted).map(|case| view(words, zone, &case)).collect()
}

fn view(words: Words<'_>, zone: &TimeZone, case: &Case) -> CaseView {
    let question = &case.question;
    let role =
        |id: &_| words.law.role_name(id).map_or_else(|| id.to_string(), |name| words.in_own(name));
    let attributes = question.attributes.iter().map(|(id, value)| {
        let declared = words.law.words().attributes.get(id);
        let meaning = declared.map_or_else(|| id.to_string(), |one| words.in_own(&one.meaning));
        format!("{meaning}: {value}")
    });
    let answers = question.answers.iter().map(|(id, answer)| {
        format!("{} {}", words.question(id.as_str()), words.language.text(answer_key(*answer)))
    });
    CaseView {
        name: case.name.clone(),
        roles: question.roles.iter().map(role).collect(),
        given: attributes.chain(answers).collect(),
        facts: question.facts.iter().map(|fact| told(words, zone, fact)).collect(),
        now: question.now.map(|now| wall(now, zone)),
        expects: case.expects.iter().map(|one| expect(words, zone, one)).collect(),
    }
}

fn answer_key(answer: watchfire_core::law::condition::Answer) -> &'static str {
    use watchfire_core::law::condition::Answer;
    match answer {
        Answer::Yes => "shell-yes",
        Answer::No => "shell-no",
        Answer::Undecided => "law-case-undecided",
    }
}

/// When a fact occurred, on the wall of the authority, and what it is.
fn told(words: Words<'_>, zone: &TimeZone, fact: &Fact) -> (String, String) {
    let (first, last) = (fact.occurred.lo(), fact.occurred.last());
    let when = match &fact.occurred {
        Instant::Exact(at) => wall(*at, zone),
        _ => format!("{} – {}", wall(first, zone), wall(last, zone)),
    };
    let mut what = words.kind(fact.kind.as_str());
    let mut more: Vec<String> = fact.obligations.iter().map(ToString::to_string).collect();
    more.extend(fact.towards.iter().map(|kind| words.kind(kind.as_str())));
    more.extend(fact.about.iter().map(ToString::to_string));
    if let Some((predicate, answer)) = &fact.decided {
        let answer = words.language.text(answer_key(*answer));
        more.push(format!("{} {answer}", words.question(predicate.as_str())));
    }
    if !more.is_empty() {
        what.push_str(&words.language.text("map-colon"));
        what.push_str(&more.join(", "));
    }
    (when, what)
}

fn expect(words: Words<'_>, zone: &TimeZone, expect: &Expect) -> ExpectView {
    let text = |key: &str| words.language.text(key);
    let mut says = Vec::new();
    if expect.absent {
        says.push(text("law-expect-absent"));
    }
    if let Some(state) = expect.state {
        says.push(text(obligation::state_key(state)));
    }
    for (flag, yes, no) in [
        (expect.foreseen, "map-foreseen", "law-expect-not-foreseen"),
        (expect.provisional, "law-expect-provisional", "law-expect-not-provisional"),
        (expect.after_strict, "law-expect-after-strict", "law-expect-not-after-strict"),
    ] {
        says.extend(flag.map(|flag| text(if flag { yes } else { no })));
    }
    for (due, key) in
        [(expect.strict_due, "obligation-strict"), (expect.outer_due, "obligation-outer")]
    {
        let told = due.map(|due| match due {
            ExpectedDue::At(at) => wall(at, zone),
            ExpectedDue::None => text("law-no-date"),
        });
        says.extend(told.map(|told| format!("{} {told}", text(key))));
    }
    if says.is_empty() {
        says.push(text("law-expect-arises"));
    }
    let id = expect.obligation.to_string();
    ExpectView { title: words.title(&id), provision: id, says }
}

/// An instant on the wall of the authority, with its distance from UTC.
fn wall(at: jiff::Timestamp, zone: &TimeZone) -> String {
    format!("{} {}", zone.to_datetime(at).strftime("%Y-%m-%d %H:%M"), zone.to_offset(at))
}
