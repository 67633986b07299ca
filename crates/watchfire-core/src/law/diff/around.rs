//! What stands around the provisions: laws, roles, readings, forms, and the words that all share.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::compare::{provisions, push};
use super::{
    Change, ChangeKind, Direction, Move, Moves, Nature, Part, Said, Subject, set, text, written,
};
use crate::law::form::{Choice, Field, Form, Kind, Need};
use crate::law::lawbook::Lawbook;
use crate::law::member_state::MemberState;
use crate::law::pack::{Authority, Pack, Provision, Reading, Zone};
use crate::law::text::Text;
use crate::law::vocabulary::{Attribute, AttributeType, Predicate};

/// Compares every pack and what is in it.
pub(super) fn laws(old: &Lawbook, new: &Lawbook, now: Timestamp, changes: &mut Vec<Change>) {
    let ids: BTreeSet<&str> =
        old.packs().iter().chain(new.packs()).map(|pack| pack.id.as_str()).collect();
    for id in ids {
        let (was, is) = (old.pack(id), new.pack(id));
        let today = today(is.map_or(old, |_| new), is.or(was), now);
        match (was, is) {
            (Some(was), Some(is)) => {
                law(was, is, today, changes);
                let inherited = changes.last().map_or(Vec::new(), |last| last.moves.clone());
                beside(was, is, today, changes);
                let from = changes.len();
                each_provision(Some(was), Some(is), today, changes);
                tell_once(&inherited, changes, from);
            }
            (was, is) => {
                whole(was, is, today, changes);
                each_provision(was, is, today, changes);
            }
        }
    }
}

/// Takes out of the provisions what they have from their law and what is told there.
fn tell_once(of_law: &[Move], changes: &mut Vec<Change>, from: usize) {
    for change in &mut changes[from..] {
        if matches!(change.subject, Subject::Provision(_)) && change.kind == ChangeKind::Changed {
            change.moves.retain(|one| !of_law.contains(one));
        }
    }
    let mut at = 0;
    changes.retain(|change| {
        at += 1;
        at <= from || change.kind != ChangeKind::Changed || !change.moves.is_empty()
    });
}

/// Returns the day that it is at the authority of a pack.
fn today(book: &Lawbook, pack: Option<&Pack>, now: Timestamp) -> Date {
    let zone = match pack.map(|pack| &pack.zone) {
        Some(Zone::Fixed { zone, .. }) => zone.clone(),
        Some(Zone::OfMemberState) => {
            TimeZone::get(&book.member_states().default_state().zone).unwrap_or(TimeZone::UTC)
        }
        None => TimeZone::UTC,
    };
    zone.to_datetime(now).date()
}

/// A law that stands in one of the two alone.
fn whole(was: Option<&Pack>, is: Option<&Pack>, today: Date, changes: &mut Vec<Change>) {
    let Some(pack) = is.or(was) else { return };
    let kind = if is.is_some() { ChangeKind::Added } else { ChangeKind::Removed };
    let from = first_day(pack);
    let nature = match (from, kind) {
        (None, _) => Nature::Proposed,
        (Some(from), _) if from > today => Nature::Coming,
        (_, ChangeKind::Added) => Nature::Late,
        _ => Nature::Correction,
    };
    let subject = Subject::Law(pack.id.clone());
    let direction = match kind {
        _ if nature == Nature::Proposed => Direction::Neutral,
        ChangeKind::Added => Direction::Stricter,
        _ => Direction::Laxer,
    };
    changes.push(Change { subject, kind, nature, from, direction, moves: Vec::new() });
}

fn first_day(pack: &Pack) -> Option<Date> {
    let versions = pack.provisions.iter().flat_map(|provision| &provision.versions);
    versions.map(|version| version.effective_from).min()
}

fn each_provision(was: Option<&Pack>, is: Option<&Pack>, today: Date, changes: &mut Vec<Change>) {
    // In the order of the new pack; what it lacks comes after.
    let mut ids: Vec<&str> = Vec::new();
    for provision in is.iter().chain(&was).flat_map(|pack| &pack.provisions) {
        if !ids.contains(&provision.id.as_str()) {
            ids.push(provision.id.as_str());
        }
    }
    for id in ids {
        provisions(found(was, id), found(is, id), today, changes);
    }
}

fn found<'p>(pack: Option<&'p Pack>, id: &str) -> Option<&'p Provision> {
    pack?.provisions.iter().find(|provision| provision.id.as_str() == id)
}

fn law(was: &Pack, is: &Pack, today: Date, changes: &mut Vec<Change>) {
    let mut moves = Moves::default();
    moves.words(Part::Title, Some(text(&was.title)), Some(text(&is.title)));
    let place = |pack: &Pack| Some(written(&pack.jurisdiction));
    moves.words(Part::Jurisdiction, place(was), place(is));
    let zone = |pack: &Pack| {
        Some(written(match &pack.zone {
            Zone::Fixed { name, .. } => name.as_str(),
            Zone::OfMemberState => "of eu/member-state",
        }))
    };
    moves.unclear(Part::TimeZone, zone(was), zone(is));
    let source = |pack: &Pack| pack.source.as_ref().map(written);
    moves.words(Part::Source, source(was), source(is));
    let checked = |pack: &Pack| pack.checked_on.map(Said::Day);
    moves.words(Part::CheckedOn, checked(was), checked(is));
    let confidence = |pack: &Pack| Some(Said::Confidence(pack.confidence));
    moves.words(Part::Confidence, confidence(was), confidence(is));
    for language in was.quotes.keys().chain(is.quotes.keys()).collect::<BTreeSet<_>>() {
        let lines = |own: &Pack, other: &Pack| lines_of_one(own, other, language);
        let (before, after) = (lines(was, is), lines(is, was));
        moves.put_of(Part::Quotation, Some(language), before, after, || Direction::Neutral);
    }
    let from = first_day(was).into_iter().chain(first_day(is)).min();
    push(Subject::Law(is.id.clone()), moves, from, today, changes);
}

/// Returns the lines of a quotation that the other does not have.
fn lines_of_one(own: &Pack, other: &Pack, language: &str) -> Option<Said> {
    let lines = |pack: &Pack| -> Vec<String> {
        let text = pack.quotes.get(language).map_or("", String::as_str);
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    };
    let known = lines(other);
    let own: Vec<String> = lines(own).into_iter().filter(|line| !known.contains(line)).collect();
    (!own.is_empty()).then(|| written(own.join("\n")))
}

/// Compares roles, authorities, readings and forms.
fn beside(was: &Pack, is: &Pack, today: Date, changes: &mut Vec<Change>) {
    let law = &is.id;
    pairs(&was.roles, &is.roles, |id, before, after| {
        let mut moves = Moves::default();
        moves.words(Part::Name, before.map(text), after.map(text));
        shared(Subject::Role(id.clone()), before.is_some(), after.is_some(), moves, changes);
    });
    pairs(&was.authorities, &is.authorities, |id, before, after| {
        let mut moves = Moves::default();
        moves.words(
            Part::Name,
            before.map(|one| text(&one.name)),
            after.map(|one| text(&one.name)),
        );
        let url = |one: &Authority| one.url.as_ref().map(written);
        moves.words(Part::Url, before.and_then(url), after.and_then(url));
        let place = |one: &Authority| {
            let words = [(one.provides_product, "provides-product"), (one.anywhere, "anywhere")];
            let said: Vec<&str> = words.iter().filter(|(is, _)| *is).map(|(_, it)| *it).collect();
            (!said.is_empty()).then(|| written(said.join(", ")))
        };
        moves.unclear(Part::Recipient, before.and_then(place), after.and_then(place));
        let subject = Subject::Authority { law: law.clone(), id: id.clone() };
        shared(subject, before.is_some(), after.is_some(), moves, changes);
    });
    readings(was, is, today, changes);
    pairs(&was.forms, &is.forms, |id, before, after| {
        forms(is, id, before, after, changes);
    });
}

fn readings(was: &Pack, is: &Pack, today: Date, changes: &mut Vec<Change>) {
    pairs(&was.readings, &is.readings, |id, before, after| {
        let mut moves = Moves::default();
        let says = |one: &Reading| text(&one.says);
        moves.unclear(Part::Says, before.map(says), after.map(says));
        let by = |one: &Reading| written(&one.by);
        moves.words(Part::ReadBy, before.map(by), after.map(by));
        let on = |one: &Reading| Said::Day(one.on);
        moves.words(Part::ReadOn, before.map(on), after.map(on));
        let why = |one: &Reading| text(&one.why);
        moves.words(Part::Why, before.map(why), after.map(why));
        let subject = Subject::Reading { law: is.id.clone(), id: id.clone() };
        match (before, after) {
            // What it is read for has a date.
            (Some(_), Some(_)) => push(subject, moves, read_since(was, is, id), today, changes),
            _ => shared(subject, before.is_some(), after.is_some(), moves, changes),
        }
    });
}

/// Returns the first day of a version that is read so.
fn read_since(was: &Pack, is: &Pack, reading: &str) -> Option<Date> {
    let provisions = was.provisions.iter().chain(&is.provisions);
    let versions = provisions.flat_map(|provision| &provision.versions);
    let using = versions.filter(|version| version.reading.as_deref() == Some(reading));
    using.map(|version| version.effective_from).min()
}

fn forms(
    pack: &Pack,
    id: &str,
    before: Option<&Form>,
    after: Option<&Form>,
    changes: &mut Vec<Change>,
) {
    let mut moves = Moves::default();
    moves.words(Part::Title, before.map(|one| text(&one.title)), after.map(|one| text(&one.title)));
    let source = |one: &Form| written(&one.source);
    moves.words(Part::Source, before.map(source), after.map(source));
    let checked = |one: &Form| Said::Day(one.checked_on);
    moves.words(Part::CheckedOn, before.map(checked), after.map(checked));
    let confidence = |one: &Form| Said::Confidence(one.limits_confidence.unwrap_or(one.confidence));
    moves.words(Part::Confidence, before.map(confidence), after.map(confidence));
    let note = |one: &Form| one.note.as_ref().map(text);
    moves.words(Part::Note, before.and_then(note), after.and_then(note));
    let stages = |one: &Form| {
        let all = one.stages.iter().map(|stage| {
            let provision = stage.provisions.join(", ");
            format!("{} {provision}", stage.id)
        });
        written(all.collect::<Vec<_>>().join("; "))
    };
    moves.unclear(Part::Stages, before.map(stages), after.map(stages));
    let law = &pack.id;
    let subject = Subject::Form { law: law.clone(), id: id.to_owned() };
    shared(subject, before.is_some(), after.is_some(), moves, changes);
    let (Some(before), Some(after)) = (before, after) else { return };
    let by_id = |form: &Form| -> BTreeMap<String, Field> {
        form.fields.iter().map(|field| (field.id.0.clone(), field.clone())).collect()
    };
    pairs(&by_id(before), &by_id(after), |field, was, is| {
        let (form, id) = (id.to_owned(), field.clone());
        let subject = Subject::Field { law: law.clone(), form, id };
        shared(subject, was.is_some(), is.is_some(), fields(was, is), changes);
    });
}

fn fields(was: Option<&Field>, is: Option<&Field>) -> Moves {
    let mut moves = Moves::default();
    let label = |one: &Field| text(&one.label);
    moves.words(Part::Title, was.map(label), is.map(label));
    let kind = |one: &Field| written(kind_word(&one.kind));
    moves.unclear(Part::Kind, was.map(kind), is.map(kind));
    let choices = |one: &Field| set(choices_of(&one.kind).iter().map(|choice| &choice.id));
    moves.unclear(Part::Choices, was.and_then(choices), is.and_then(choices));
    let need = |one: &Field| {
        let all = one.needs.iter().map(|need| need.map_or("–", need_word));
        written(all.collect::<Vec<_>>().join(", "))
    };
    moves.put(Part::Need, was.map(need), is.map(need), || needs(was, is));
    let limit = |one: &Field| one.limit.map(written);
    moves.put(Part::Limit, was.and_then(limit), is.and_then(limit), || Direction::Unclear);
    for (part, get) in [
        (Part::Help, (|one| one.help.as_ref()) as fn(&Field) -> Option<&Text>),
        (Part::Draft, |one| one.draft.as_ref()),
        (Part::Cites, |one| one.cites.as_ref()),
    ] {
        moves.words(part, was.and_then(get).map(text), is.and_then(get).map(text));
    }
    let language = |one: &Field| one.language.as_ref().map(written);
    moves.unclear(Part::Language, was.and_then(language), is.and_then(language));
    let fill = |one: &Field| {
        let all: Vec<String> = one.fill.iter().map(ToString::to_string).collect();
        (!all.is_empty()).then(|| written(all.join(", ")))
    };
    moves.words(Part::Fill, was.and_then(fill), is.and_then(fill));
    let shared_as = |one: &Field| one.shared_as.as_ref().map(written);
    moves.words(Part::SharedAs, was.and_then(shared_as), is.and_then(shared_as));
    moves
}

/// Which way the need of a field goes, stage by stage.
fn needs(was: Option<&Field>, is: Option<&Field>) -> Direction {
    let rank = |need: Option<Need>| match need {
        None | Some(Need::Automatic | Need::Copied) => 0,
        Some(Need::Optional) => 1,
        Some(Need::IfAvailable) => 2,
        Some(Need::Required) => 3,
    };
    let ranks = |one: Option<&Field>| -> Vec<i32> {
        one.map(|one| one.needs.iter().map(|need| rank(*need)).collect()).unwrap_or_default()
    };
    let (before, after) = (ranks(was), ranks(is));
    if !before.is_empty() && !after.is_empty() && before.len() != after.len() {
        return Direction::Unclear;
    }
    let stages = before.len().max(after.len());
    (0..stages).fold(Direction::Neutral, |sum, stage| {
        let of = |all: &[i32]| all.get(stage).copied().unwrap_or_default();
        sum.and(match of(&after).cmp(&of(&before)) {
            std::cmp::Ordering::Greater => Direction::Stricter,
            std::cmp::Ordering::Equal => Direction::Neutral,
            std::cmp::Ordering::Less => Direction::Laxer,
        })
    })
}

/// Takes up a change of something that has no date of its own.
fn shared(subject: Subject, was: bool, is: bool, moves: Moves, changes: &mut Vec<Change>) {
    let kind = match (was, is) {
        (false, _) => ChangeKind::Added,
        (_, false) => ChangeKind::Removed,
        _ if moves.found.is_empty() => return,
        _ => ChangeKind::Changed,
    };
    // A role, an authority, a reading that appears asks nothing before a provision names it.
    let alone = matches!(
        subject,
        Subject::Role(_)
            | Subject::Authority { .. }
            | Subject::Reading { .. }
            | Subject::Form { .. }
    );
    let nature = if moves.is_editorial() || (alone && kind != ChangeKind::Changed) {
        Nature::Editorial
    } else {
        Nature::AtOnce
    };
    let direction =
        if nature == Nature::Editorial { Direction::Neutral } else { moves.direction() };
    changes.push(Change { subject, kind, nature, from: None, direction, moves: moves.found });
}

/// Compares attributes, predicates and kinds of fact.
pub(super) fn words(old: &Lawbook, new: &Lawbook, changes: &mut Vec<Change>) {
    let (old, new) = (old.words(), new.words());
    pairs(&old.attributes, &new.attributes, |id, was, is| {
        let mut moves = Moves::default();
        moves.words(
            Part::Meaning,
            was.map(|one| text(&one.meaning)),
            is.map(|one| text(&one.meaning)),
        );
        let kind = |one: &Attribute| written(type_word(&one.kind));
        moves.unclear(Part::Type, was.map(kind), is.map(kind));
        let shown = |one: &Attribute| one.shown_by.as_ref().map(written);
        moves.unclear(Part::ShownBy, was.and_then(shown), is.and_then(shown));
        shared(Subject::Attribute(id.clone()), was.is_some(), is.is_some(), moves, changes);
    });
    pairs(&old.predicates, &new.predicates, |id, was, is| {
        let mut moves = Moves::default();
        moves.words(
            Part::Question,
            was.map(|one| text(&one.question)),
            is.map(|one| text(&one.question)),
        );
        let by = |one: &Predicate| one.decided_by.as_ref().map(written);
        moves.unclear(Part::DecidedBy, was.and_then(by), is.and_then(by));
        shared(Subject::Predicate(id.clone()), was.is_some(), is.is_some(), moves, changes);
    });
    pairs(&old.facts, &new.facts, |kind, was, is| {
        let mut moves = Moves::default();
        moves.words(Part::Meaning, was.map(text), is.map(text));
        shared(Subject::Fact(kind.clone()), was.is_some(), is.is_some(), moves, changes);
    });
}

/// Compares the zone and calendar of each Member State.
pub(super) fn member_states(old: &Lawbook, new: &Lawbook, changes: &mut Vec<Change>) {
    let by_code = |book: &Lawbook| -> BTreeMap<String, MemberState> {
        let default = &book.member_states().default_state().code;
        let mut all: BTreeMap<_, _> =
            book.member_states().iter().map(|state| (state.code.clone(), state.clone())).collect();
        // The one that is assumed where none is named.
        if let Some(state) = all.get(default).cloned() {
            all.insert(String::new(), state);
        }
        all
    };
    pairs(&by_code(old), &by_code(new), |code, was, is| {
        let mut moves = Moves::default();
        let subject = Subject::MemberState(code.clone());
        if code.is_empty() {
            let of = |one: &MemberState| written(&one.code);
            moves.unclear(Part::Default, was.map(of), is.map(of));
            return shared(subject, true, true, moves, changes);
        }
        moves.words(Part::Name, was.map(|one| text(&one.name)), is.map(|one| text(&one.name)));
        let zone = |one: &MemberState| written(&one.zone);
        moves.unclear(Part::TimeZone, was.map(zone), is.map(zone));
        let calendar = |one: &MemberState| written(&one.calendar);
        moves.unclear(Part::Calendar, was.map(calendar), is.map(calendar));
        shared(subject, was.is_some(), is.is_some(), moves, changes);
    });
}

/// Walks two maps by their keys.
fn pairs<K: Ord, V>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
    mut each: impl FnMut(&K, Option<&V>, Option<&V>),
) {
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        each(key, old.get(key), new.get(key));
    }
}

fn choices_of(kind: &Kind) -> &[Choice] {
    match kind {
        Kind::Enum(choices) | Kind::List(choices) => choices,
        _ => &[],
    }
}

fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Date => "date",
        Kind::DateTime => "date-time",
        Kind::Boolean => "boolean",
        Kind::Enum(_) => "enum",
        Kind::List(_) => "list",
    }
}

fn need_word(need: Need) -> &'static str {
    match need {
        Need::Required => "required",
        Need::IfAvailable => "if-available",
        Need::Optional => "optional",
        Need::Automatic => "automatic",
        Need::Copied => "copied",
    }
}

fn type_word(kind: &AttributeType) -> String {
    match kind {
        AttributeType::MemberState => "member-state".to_owned(),
        AttributeType::YesNo => "yes-no".to_owned(),
        AttributeType::Number => "number".to_owned(),
        AttributeType::Text => "text".to_owned(),
        AttributeType::OneOf(values) => format!("one-of {}", values.join(", ")),
    }
}
