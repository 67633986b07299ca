//! Two states of one provision, of its versions and of its proposals.

use jiff::civil::Date;

use super::strictness::{
    adding, anchors, appears, classes, conditions, instants, more_is_stricter, spans,
};
use super::{
    Change, ChangeKind, Direction, Moves, Nature, Part, Said, Subject, set, text, written,
};
use crate::law::pack::{
    Anchor, Class, MeasuredAt, MetBy, Proposal, Provision, Span, Variant, Version,
};
use crate::law::text::Text;

/// Compares what two packs say under one id; `today` is the local day of the authority.
pub(super) fn provisions(
    old: Option<&Provision>,
    new: Option<&Provision>,
    today: Date,
    changes: &mut Vec<Change>,
) {
    match (old, new) {
        (None, None) => {}
        (None, Some(provision)) => whole(provision, ChangeKind::Added, today, changes),
        (Some(provision), None) => whole(provision, ChangeKind::Removed, today, changes),
        (Some(old), Some(new)) => both(old, new, today, changes),
    }
}

/// A provision that stands in one of the two alone.
fn whole(provision: &Provision, kind: ChangeKind, today: Date, changes: &mut Vec<Change>) {
    let first = provision.versions.first();
    let from = first.map(|version| version.effective_from);
    let mut moves = Moves::default();
    let none = || Direction::Neutral;
    let mut says = |part, said: Option<Said>| match kind {
        ChangeKind::Removed => moves.put(part, said, None, none),
        _ => moves.put(part, None, said, none),
    };
    says(Part::Class, Some(Said::Class(provision.class)));
    says(Part::OwedBy, set(provision.owed_by.iter()));
    says(Part::OwedTo, provision.owed_to.as_ref().map(written));
    says(Part::ArisesOn, set(&provision.arises_on));
    let proposal = provision.proposals.first();
    let strict = first.and_then(|version| version.strict.as_deref());
    says(Part::Strict, span(strict.or(proposal.and_then(|one| one.strict.as_deref()))));
    let outer = first.and_then(|version| version.outer.as_deref());
    says(Part::Outer, span(outer.or(proposal.and_then(|one| one.outer.as_deref()))));
    let direction = match (from, kind) {
        (None, _) => Direction::Neutral,
        (_, ChangeKind::Removed) => adding(provision.class).reversed(),
        _ => adding(provision.class),
    };
    let nature = match (from, kind) {
        (None, _) => Nature::Proposed,
        (Some(from), _) if from > today => Nature::Coming,
        (_, ChangeKind::Removed) => Nature::Correction,
        _ => Nature::Late,
    };
    let subject = Subject::Provision(provision.id.clone());
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
    if kind == ChangeKind::Added {
        for pair in provision.versions.windows(2) {
            if let [before, version] = pair {
                added(provision, Some(before), version, today, changes);
            }
        }
    }
}

fn both(old: &Provision, new: &Provision, today: Date, changes: &mut Vec<Change>) {
    let mut moves = Moves::default();
    said_of_both(old, new, &mut moves);
    clocks(old, new, &mut moves);
    obliged(old, new, &mut moves);
    let dates = old.versions.iter().chain(&new.versions).map(|version| version.effective_from);
    let from = dates.min();
    push(Subject::Provision(new.id.clone()), moves, from, today, changes);
    versions(old, new, today, changes);
    for nth in 0..old.proposals.len().max(new.proposals.len()) {
        proposals(new, nth, old.proposals.get(nth), new.proposals.get(nth), changes);
    }
}

/// Takes up what changed in a subject that applies from `from` on.
pub(super) fn push(
    subject: Subject,
    moves: Moves,
    from: Option<Date>,
    today: Date,
    changes: &mut Vec<Change>,
) {
    if moves.found.is_empty() {
        return;
    }
    let nature = match from {
        _ if moves.is_editorial() => Nature::Editorial,
        None => Nature::Proposed,
        Some(from) if from > today => Nature::Coming,
        Some(_) => Nature::Correction,
    };
    let direction = moves.direction();
    let kind = ChangeKind::Changed;
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
}

fn said_of_both(old: &Provision, new: &Provision, moves: &mut Moves) {
    moves.words(Part::Title, words(old.title.as_ref()), words(new.title.as_ref()));
    moves.words(Part::Cites, words(old.cites.as_ref()), words(new.cites.as_ref()));
    moves.words(Part::Note, words(old.note.as_ref()), words(new.note.as_ref()));
    let source = |one: &Provision| one.source.as_ref().map(written);
    moves.words(Part::Source, source(old), source(new));
    let checked = |one: &Provision| one.checked_on.map(Said::Day);
    moves.words(Part::CheckedOn, checked(old), checked(new));
    let confidence = |one: &Provision| Some(Said::Confidence(one.confidence));
    moves.words(Part::Confidence, confidence(old), confidence(new));
}

fn clocks(old: &Provision, new: &Provision, moves: &mut Moves) {
    let class = |one: &Provision| Some(Said::Class(one.class));
    moves.put(Part::Class, class(old), class(new), || classes(old.class, new.class));
    sets(Part::ArisesOn, set(&old.arises_on), set(&new.arises_on), moves);
    let provisional = |one: &Provision| {
        set(one.provisional_on.iter().map(|(kind, unless)| format!("{kind} ({unless})")))
    };
    sets(Part::ProvisionalOn, provisional(old), provisional(new), moves);
    let strict = |one: &Provision| set(&one.awareness.strict);
    sets(Part::AwarenessStrict, strict(old), strict(new), moves);
    let outer = |one: &Provision| set(&one.awareness.outer);
    moves.unclear(Part::AwarenessOuter, outer(old), outer(new));
    let after = |one: &Provision| one.arises_after.as_ref().map(written);
    moves.put(Part::ArisesAfter, after(old), after(new), || {
        appears(old.arises_after.as_ref(), new.arises_after.as_ref()).reversed()
    });
    let runs_from = |one: &Provision| one.runs_from.as_ref().map(written);
    moves.unclear(Part::RunsFrom, runs_from(old), runs_from(new));
    let anchor = |one: &Provision| Some(written(anchor_word(one.anchor)));
    moves.put(Part::Anchor, anchor(old), anchor(new), || anchors(old.anchor, new.anchor));
    let measured = |one: &Provision| Some(written(measured_word(one.measured_at)));
    moves.put(Part::MeasuredAt, measured(old), measured(new), || {
        instants(old.measured_at, new.measured_at)
    });
    let met_by = |one: &Provision| {
        set(one.met_by.iter().map(|by| match by {
            MetBy::Kind(kind) => kind.to_string(),
            MetBy::Decided(predicate) => format!("decided {predicate}"),
        }))
    };
    let (before, after) = (met_by(old), met_by(new));
    let direction = of_sets(before.as_ref(), after.as_ref()).reversed();
    moves.put(Part::MetBy, before, after, || direction);
}

fn obliged(old: &Provision, new: &Provision, moves: &mut Moves) {
    // Of a permission, what asks more of others gives less to us.
    let turn = |direction: Direction| match new.class {
        Class::Permission => direction.reversed(),
        _ => direction,
    };
    let when = |one: &Provision| one.when.as_ref().map(written);
    moves.put(Part::When, when(old), when(new), || {
        turn(conditions(old.when.as_ref(), new.when.as_ref()))
    });
    let allowed = |one: &Provision| one.allowed_when.as_ref().map(written);
    moves.put(Part::AllowedWhen, allowed(old), allowed(new), || {
        match (&old.allowed_when, &new.allowed_when) {
            (Some(before), Some(after)) => conditions(Some(before), Some(after)).reversed(),
            (before, after) => appears(before.as_ref(), after.as_ref()).reversed(),
        }
    });
    let gates = |one: &Provision| set(one.gates.iter().map(|act| act.as_str()));
    moves.unclear(Part::Gates, gates(old), gates(new));
    moves.unclear(Part::MayBind, set(&old.may_bind), set(&new.may_bind));
    let (before, after) = (set(old.owed_by.iter()), set(new.owed_by.iter()));
    let direction = turn(of_sets(before.as_ref(), after.as_ref()));
    moves.put(Part::OwedBy, before, after, || direction);
    let owed_to = |one: &Provision| one.owed_to.as_ref().map(written);
    moves.unclear(Part::OwedTo, owed_to(old), owed_to(new));
    let form = |one: &Provision| one.form.as_ref().map(written);
    moves.unclear(Part::Form, form(old), form(new));
    let extended = |one: &Provision| words(one.extended_under.as_ref());
    moves.put(Part::ExtendedUnder, extended(old), extended(new), || {
        match (&old.extended_under, &new.extended_under) {
            (Some(_), Some(_)) => Direction::Neutral,
            (before, after) => appears(before.as_ref(), after.as_ref()).reversed(),
        }
    });
    let supersedes = |one: &Provision| {
        one.supersedes.as_ref().map(|(id, from)| {
            written(from.map_or_else(|| id.to_string(), |from| format!("{id} ({from})")))
        })
    };
    moves.unclear(Part::Supersedes, supersedes(old), supersedes(new));
    let keep = |one: &Provision| one.keep_at_least.map(Said::Within);
    moves.put(Part::KeepAtLeast, keep(old), keep(new), || {
        match (old.keep_at_least, new.keep_at_least) {
            (Some(before), Some(after)) if before.unit == after.unit => {
                if after.amount > before.amount { Direction::Stricter } else { Direction::Laxer }
            }
            (before, after) => appears(before.as_ref(), after.as_ref()),
        }
    });
}

/// Compares versions: those of the same day, then those that moved to another.
fn versions(old: &Provision, new: &Provision, today: Date, changes: &mut Vec<Change>) {
    let (mut gone, mut come): (Vec<&Version>, Vec<&Version>) = (Vec::new(), Vec::new());
    let on = |all: &'_ [Version], day| all.iter().position(|one| one.effective_from == day);
    for version in &old.versions {
        match on(&new.versions, version.effective_from) {
            Some(at) => altered(new, version, &new.versions[at], today, changes),
            None => gone.push(version),
        }
    }
    come.extend(
        new.versions.iter().filter(|version| on(&old.versions, version.effective_from).is_none()),
    );
    for (before, after) in moved_to_another_day(&mut gone, &mut come) {
        altered(new, before, after, today, changes);
    }
    for version in gone {
        removed(new, version, today, changes);
    }
    for version in come {
        let before = new
            .versions
            .iter()
            .take_while(|one| one.effective_from < version.effective_from)
            .last();
        added(new, before, version, today, changes);
    }
}

/// Pairs versions without a counterpart: those that say the same, and then, if as many went as
/// came, in their order.
fn moved_to_another_day<'v>(
    gone: &mut Vec<&'v Version>,
    come: &mut Vec<&'v Version>,
) -> Vec<(&'v Version, &'v Version)> {
    let mut pairs = Vec::new();
    gone.retain(|before| {
        let same = come.iter().position(|after| {
            let mut moves = Moves::default();
            terms(before, after, &mut moves);
            moves.found.is_empty()
        });
        let Some(at) = same else { return true };
        pairs.push((*before, come.remove(at)));
        false
    });
    if gone.len() == come.len() {
        pairs.extend(std::mem::take(gone).into_iter().zip(std::mem::take(come)));
    }
    pairs
}

/// A version that stands in both.
fn altered(
    provision: &Provision,
    before: &Version,
    after: &Version,
    today: Date,
    changes: &mut Vec<Change>,
) {
    let mut moves = Moves::default();
    terms(before, after, &mut moves);
    let day = |one: &Version| Some(Said::Day(one.effective_from));
    moves.put(Part::EffectiveFrom, day(before), day(after), || {
        let later = after.effective_from > before.effective_from;
        let earlier_asks = asks_more(provision, after);
        if later { earlier_asks.reversed() } else { earlier_asks }
    });
    until(before, after, &mut moves);
    let from = before.effective_from.min(after.effective_from);
    let subject = subject_of(provision, after);
    push(subject, moves, Some(from), today, changes);
}

/// Which way it goes that this version holds, and not what held before it.
fn asks_more(provision: &Provision, version: &Version) -> Direction {
    let earlier = provision
        .versions
        .iter()
        .take_while(|one| one.effective_from < version.effective_from)
        .last();
    match earlier {
        None => adding(provision.class),
        Some(earlier) => {
            let mut moves = Moves::default();
            terms(earlier, version, &mut moves);
            moves.direction()
        }
    }
}

fn until(before: &Version, after: &Version, moves: &mut Moves) {
    let day = |one: &Version| one.effective_to.map(Said::Day);
    moves.put(Part::EffectiveTo, day(before), day(after), || {
        match (before.effective_to, after.effective_to) {
            (Some(before), Some(after)) if after > before => Direction::Stricter,
            (Some(_), None) => Direction::Stricter,
            _ => Direction::Laxer,
        }
    });
}

fn subject_of(provision: &Provision, version: &Version) -> Subject {
    Subject::Version { provision: provision.id.clone(), from: version.effective_from }
}

/// A version that is new, told against the one before it.
fn added(
    provision: &Provision,
    before: Option<&Version>,
    version: &Version,
    today: Date,
    changes: &mut Vec<Change>,
) {
    let mut moves = Moves::default();
    let direction = match before {
        Some(before) => {
            terms(before, version, &mut moves);
            moves.direction()
        }
        None => {
            moves.put(Part::Strict, None, span(version.strict.as_deref()), || Direction::Stricter);
            moves.put(Part::Outer, None, span(version.outer.as_deref()), || Direction::Stricter);
            adding(provision.class)
        }
    };
    let from = version.effective_from;
    let nature = if from > today { Nature::Coming } else { Nature::Late };
    let subject = subject_of(provision, version);
    let (kind, from) = (ChangeKind::Added, Some(from));
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
}

fn removed(provision: &Provision, version: &Version, today: Date, changes: &mut Vec<Change>) {
    let from = version.effective_from;
    let nature = if from > today { Nature::Coming } else { Nature::Correction };
    let earlier = provision.versions.iter().any(|one| one.effective_from < from);
    let direction = if earlier { Direction::Unclear } else { adding(provision.class).reversed() };
    let mut moves = Moves::default();
    let none = || Direction::Neutral;
    moves.put(Part::Strict, span(version.strict.as_deref()), None, none);
    moves.put(Part::Outer, span(version.outer.as_deref()), None, none);
    let subject = subject_of(provision, version);
    let (kind, from) = (ChangeKind::Removed, Some(from));
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
}

/// Compares what two versions say, whatever their days.
fn terms(before: &Version, after: &Version, moves: &mut Moves) {
    let (old, new) = (before.strict.as_deref(), after.strict.as_deref());
    moves.put(Part::Strict, span(old), span(new), || spans(old, new));
    let (old, new) = (before.outer.as_deref(), after.outer.as_deref());
    // Without an outer of its own, outer counts by the strict rule.
    moves.put(Part::Outer, span(old), span(new), || {
        spans(old.or(before.strict.as_deref()), new.or(after.strict.as_deref()))
    });
    variants(before, after, moves);
    let columns = |one: &Version| set(one.table.iter().map(|column| &column.id));
    moves.unclear(Part::Columns, columns(before), columns(after));
    let unknown = |one: &Version| words(one.period_unknown.as_ref());
    moves.unclear(Part::PeriodUnknown, unknown(before), unknown(after));
    let reading = |one: &Version| one.reading.as_ref().map(written);
    moves.put(Part::Reading, reading(before), reading(after), || Direction::Neutral);
    let also =
        |one: &Version| set(one.also.iter().map(|(id, span)| format!("{id} {}", span.within)));
    moves.words(Part::Also, also(before), also(after));
    moves.words(Part::Cites, words(before.cites.as_ref()), words(after.cites.as_ref()));
    moves.words(Part::Note, words(before.note.as_ref()), words(after.note.as_ref()));
    let adopted = |one: &Version| one.adopted_on.map(Said::Day);
    moves.put(Part::AdoptedOn, adopted(before), adopted(after), || Direction::Neutral);
}

/// Compares variants, or the rows of a table, by their conditions.
fn variants(before: &Version, after: &Version, moves: &mut Moves) {
    let named = |all: &[Variant]| -> Vec<String> {
        all.iter().map(|variant| variant.when.to_string()).collect()
    };
    let (old, new) = (named(&before.variants), named(&after.variants));
    let find = |all: &'_ [Variant], when: &str| {
        all.iter().find(|variant| variant.when.to_string() == when).cloned()
    };
    let mut all = old.clone();
    all.extend(new.iter().filter(|when| !old.contains(when)).cloned());
    for when in &all {
        let (was, is) = (find(&before.variants, when), find(&after.variants, when));
        variant(when, was.as_ref(), is.as_ref(), moves);
    }
    let of_both = |some: &[String], other: &[String]| -> Vec<String> {
        some.iter().filter(|when| other.contains(when)).cloned().collect()
    };
    let (first, second) = (of_both(&old, &new), of_both(&new, &old));
    if first != second {
        let list = |all: &[String]| Some(written(all.join("; ")));
        moves.unclear(Part::Order, list(&first), list(&second));
    }
}

fn variant(when: &str, was: Option<&Variant>, is: Option<&Variant>, moves: &mut Moves) {
    let strict = |one: Option<&Variant>| one.and_then(|one| span(one.strict.as_deref()));
    let whole = was.is_some() && is.is_some();
    let direction = |old: Option<&Span>, new: Option<&Span>| {
        // A variant more or less: what holds in its place is another variant's, or the version's.
        if whole { spans(old, new) } else { Direction::Unclear }
    };
    let (old, new) =
        (was.and_then(|one| one.strict.as_deref()), is.and_then(|one| one.strict.as_deref()));
    // One without a span has no date; that it stands there at all is told by its condition.
    let before = strict(was).or_else(|| was.map(|_| written("–")));
    let after = strict(is).or_else(|| is.map(|_| written("–")));
    moves.put_of(Part::Strict, Some(when), before, after, || direction(old, new));
    let (old, new) =
        (was.and_then(|one| one.outer.as_deref()), is.and_then(|one| one.outer.as_deref()));
    moves.put_of(Part::Outer, Some(when), span(old), span(new), || direction(old, new));
    let remedy = |one: Option<&Variant>| one.and_then(|one| words(one.remedy.as_ref()));
    moves.put_of(Part::Remedy, Some(when), remedy(was), remedy(is), || Direction::Unclear);
}

fn proposals(
    provision: &Provision,
    nth: usize,
    before: Option<&Proposal>,
    after: Option<&Proposal>,
    changes: &mut Vec<Change>,
) {
    let mut moves = Moves::default();
    let day = |date: Option<Date>| date.map(Said::Day);
    let none = || Direction::Neutral;
    let of = |get: fn(&Proposal) -> Option<Said>| (before.and_then(get), after.and_then(get));
    let (was, is) = (
        before.and_then(|one| day(one.foreseen_from)),
        after.and_then(|one| day(one.foreseen_from)),
    );
    moves.put(Part::EffectiveFrom, was, is, none);
    let (was, is) = of(|one| one.proposed_on.map(Said::Day));
    moves.put(Part::ProposedOn, was, is, none);
    let (was, is) = of(|one| span(one.strict.as_deref()));
    moves.put(Part::Strict, was, is, none);
    let (was, is) = of(|one| span(one.outer.as_deref()));
    moves.put(Part::Outer, was, is, none);
    let (was, is) = of(|one| words(one.cites.as_ref()));
    moves.words(Part::Cites, was, is);
    let (was, is) = of(|one| words(one.note.as_ref()));
    moves.words(Part::Note, was, is);
    let kind = match (before, after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ if moves.found.is_empty() => return,
        _ => ChangeKind::Changed,
    };
    let nature = match kind {
        ChangeKind::Changed if moves.is_editorial() => Nature::Editorial,
        _ => Nature::Proposed,
    };
    let from = after.or(before).and_then(|one| one.foreseen_from);
    let subject = Subject::Proposal { provision: provision.id.clone(), nth: nth + 1 };
    let direction = Direction::Neutral;
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
}

/// A part that is a set, each of which asks more.
fn sets(part: Part, before: Option<Said>, after: Option<Said>, moves: &mut Moves) {
    let direction = of_sets(before.as_ref(), after.as_ref());
    moves.put(part, before, after, || direction);
}

fn of_sets(before: Option<&Said>, after: Option<&Said>) -> Direction {
    let members = |said: Option<&Said>| match said {
        Some(Said::Set(all)) => all.clone(),
        _ => std::collections::BTreeSet::new(),
    };
    more_is_stricter(&members(before), &members(after))
}

fn words(said: Option<&Text>) -> Option<Said> {
    said.map(text)
}

fn span(said: Option<&Span>) -> Option<Said> {
    said.map(|span| Said::Span(Box::new(span.clone())))
}

fn anchor_word(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::First => "first",
        Anchor::Last => "last",
        Anchor::Each => "each",
    }
}

fn measured_word(measured: MeasuredAt) -> &'static str {
    match measured {
        MeasuredAt::OccurredAt => "occurred_at",
        MeasuredAt::KnownAt => "known_at",
    }
}
