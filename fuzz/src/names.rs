//! Short texts: ids, instants and spans, package URLs, and facts as a request gives them.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use jiff::tz::TimeZone;
use watchfire_core::event::FactRecord;
use watchfire_core::ids;
use watchfire_core::law::count::{Counting, Counts, Ends, Start, Unit, Within};
use watchfire_core::law::fact::WrittenFact;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::{Lawbook, id};

/// Checks that `text` is refused in words, or read and written in one spelling that is read alike.
fn one_spelling<T: FromStr + Display + PartialEq + Debug>(text: &str) -> Option<T>
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(read) => {
            let again = read.to_string().parse::<T>();
            assert!(again.is_ok_and(|again| again == read), "`{read}` is not read back");
            Some(read)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "refused without a word");
            None
        }
    }
}

/// Checks ids, and the JSON of a fact as a request and an event give it.
pub(crate) fn ids(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    one_spelling::<ids::CaseId>(text);
    one_spelling::<ids::ReportId>(text);
    one_spelling::<ids::PartyId>(text);
    one_spelling::<ids::ObligationId>(text);
    one_spelling::<ids::SubmissionId>(text);
    one_spelling::<ids::EventId>(text);
    one_spelling::<ids::NoticeId>(text);
    one_spelling::<id::LawId>(text);
    one_spelling::<id::ProvisionId>(text);
    one_spelling::<id::RoleId>(text);
    one_spelling::<id::AttributeId>(text);
    one_spelling::<id::PredicateId>(text);
    one_spelling::<id::FactKind>(text);
    one_spelling::<id::FactId>(text);
    if let Ok(record) = serde_json::from_str::<FactRecord>(text) {
        let written = serde_json::to_string(&record).expect("what was read can be written");
        let again: FactRecord = serde_json::from_str(&written).expect("what was written is read");
        assert_eq!(again, record);
        recorded(&record);
    }
    let (name, value) = text.split_once('\n').unwrap_or((text, ""));
    let book = Lawbook::builtin();
    if let Err(error) = book.attribute(name, value) {
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(book.role(name).is_ok(), book.knows_role(name) && !name.is_empty());
}

/// A fact is refused with the field at fault, or says what was written.
fn recorded(record: &FactRecord) {
    let known_at = record.known_at.to_string();
    let written = WrittenFact {
        id: &record.id,
        kind: &record.kind,
        occurred_at: &record.occurred_at,
        known_at: Some(&known_at),
        of: record.of.as_deref(),
        obligation: record.obligation.iter().map(String::as_str).collect(),
        new_due: record.new_due.as_deref(),
        number: record.number.as_deref(),
        predicate: record.predicate.as_deref(),
        answer: record.answer.as_deref(),
    };
    match Lawbook::builtin().read_fact_written(&written) {
        Ok(fact) => {
            assert_eq!(fact.id.as_str(), record.id);
            assert_eq!(fact.kind.as_str(), record.kind);
            assert!(fact.occurred.lo() <= fact.known_at, "known before it happened: {fact:?}");
        }
        Err(error) => assert!(!error.field().is_empty() && !error.to_string().is_empty()),
    }
}

/// Checks an instant on the first line, a span on the second and a zone on the third, and counts.
pub(crate) fn instant(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let (first, span, zone) = (lines.next(), lines.next(), lines.next());
    let first = first.unwrap_or_default();
    let read = match Instant::parse(first) {
        Err(error) => {
            assert!(!error.to_string().is_empty(), "refused without a word");
            return;
        }
        Ok(read) => read,
    };
    assert!(read.lo() <= read.last() && read.last() <= read.outer_start(), "{read:?}");
    if let Instant::Exact(at) = read {
        assert_eq!(Instant::parse(&at.to_string()), Ok(Instant::Exact(at)), "`{at}`");
    }
    let Some(within) = span.and_then(Within::parse) else { return };
    assert_eq!(Within::parse(&within.to_string()), Some(within));
    let Ok(zone) = TimeZone::get(zone.unwrap_or("UTC")) else { return };
    count(read, within, &zone);
}

/// A span ends after it began, and an outer one, from a later start, not before a strict one.
fn count(from: Instant, within: Within, zone: &TimeZone) {
    let strict = Start { at: from.lo(), last: from.lo() };
    let outer = Start { at: from.outer_start(), last: from.last() };
    let rules: &[Counts] = match within.unit {
        Unit::Hours => &[Counts::Elapsed, Counts::NextFullHour],
        Unit::Days | Unit::Weeks | Unit::Months => &[Counts::Elapsed, Counts::ExcludeTriggerDay],
        Unit::BusinessDays => &[Counts::ExcludeTriggerDay, Counts::SecB1],
    };
    let calendar = Lawbook::builtin().calendars().get("de");
    for counts in rules {
        for ends in [Ends::Exact, Ends::EndOfDay] {
            let counts = *counts;
            let counting = Counting { within, counts, ends, calendar, rolls: None, zone };
            let Some(end) = counting.end(strict) else { continue };
            assert!(end.at > strict.at, "{within} {counts:?} from {} ends {}", strict.at, end.at);
            let Some(later) = counting.end(outer) else { continue };
            assert!(later.at >= end.at, "{within} {counts:?}: {} before {}", later.at, end.at);
        }
    }
}

/// Checks package URLs: the canonical spelling is its own canonical spelling.
pub(crate) fn purl(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match watchfire_formats::purl::canonical(text) {
        Ok(canonical) => {
            assert!(canonical.starts_with("pkg:"), "`{canonical}`");
            assert_eq!(watchfire_formats::purl::canonical(&canonical), Ok(canonical));
        }
        Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
    }
}
