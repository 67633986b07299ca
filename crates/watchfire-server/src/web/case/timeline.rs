//! What happened in a case, told line by line from its events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::{Actor, CaseEvent, GapCause, OwnerCause};
use watchfire_core::ids::{ObligationId, PartyId};

use super::super::obligation;
use super::super::reader::Reader;
use super::super::time;

/// So many lines of the node in a row are folded into one.
const FOLDED_MIN: usize = 3;

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Timestamp,
    /// Who did it; nothing where the node itself did.
    pub actor: Option<String>,
    pub words: String,
    /// What somebody wrote, as they wrote it.
    pub said: Option<String>,
    pub kind: EntryKind,
}

/// Which kind of line it is, which decides its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A person did something.
    Act,
    /// The node found a gap.
    Alarm,
    /// The node told somebody, as the ladder says.
    Told,
    /// Something was computed.
    Computed,
    /// A message.
    Message,
}

/// Names that events mention by id.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub parties: BTreeMap<PartyId, String>,
    /// Titles of obligations.
    pub obligations: BTreeMap<ObligationId, String>,
    /// Meanings of kinds of facts.
    pub kinds: BTreeMap<String, String>,
    /// The words of questions, by predicate.
    pub questions: BTreeMap<String, String>,
}

impl Names {
    fn party(&self, party: &PartyId) -> String {
        self.parties.get(party).cloned().unwrap_or_else(|| party.to_string())
    }

    fn people(&self, reader: &Reader, parties: &[PartyId]) -> String {
        let names: Vec<String> = parties.iter().map(|party| self.party(party)).collect();
        obligation::list(reader, &names)
    }

    fn obligation(&self, id: &ObligationId) -> String {
        self.obligations.get(id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn question(&self, predicate: &str) -> String {
        self.questions.get(predicate).cloned().unwrap_or_else(|| predicate.to_owned())
    }

    fn kind(&self, kind: &str) -> String {
        self.kinds.get(kind).cloned().unwrap_or_else(|| kind.to_owned())
    }
}

/// Tells one event.
pub fn entry(
    reader: &Reader,
    names: &Names,
    at: Timestamp,
    actor: &Actor,
    event: &CaseEvent,
) -> Entry {
    let actor = match actor {
        Actor::Person(party) => Some(names.party(party)),
        Actor::Anonymous => Some(reader.text("case-event-anonymous")),
        Actor::Service(_) => None,
    };
    let (kind, words, said) = tell(reader, names, event);
    // What follows from an act by itself is nobody's act.
    let actor = actor.filter(|_| matches!(kind, EntryKind::Act | EntryKind::Message));
    Entry { at, actor, words, said, kind }
}

fn tell(reader: &Reader, names: &Names, event: &CaseEvent) -> (EntryKind, String, Option<String>) {
    use EntryKind::{Act, Message};
    let plain = |key: &str| (Act, reader.text(key), None);
    let said = |key: &str, text: &str| (Act, reader.text(key), Some(text.to_owned()));
    let with = |key: &str, name: &'static str, value: String| {
        (Act, reader.text_with(key, &[(name, value.into())]), None)
    };
    match event {
        CaseEvent::Opened { embargoed: true, .. } => plain("case-event-opened-embargoed"),
        CaseEvent::Opened { .. } => plain("case-event-opened"),
        CaseEvent::Renamed { title } => said("case-event-renamed", title),
        CaseEvent::ParticipantAdded { party, .. } => {
            with("case-event-participant-added", "name", names.party(party))
        }
        CaseEvent::ParticipantRemoved { party } => {
            with("case-event-participant-removed", "name", names.party(party))
        }
        CaseEvent::EmbargoAgreed { until: Some(until), note } => {
            let until = time::in_words(reader, *until);
            let (kind, words, _) = with("case-event-embargo-agreed-until", "until", until);
            (kind, words, Some(note.clone()))
        }
        CaseEvent::EmbargoAgreed { note, .. } => said("case-event-embargo-agreed", note),
        CaseEvent::EmbargoExited { reason } => said("case-event-embargo-exited", reason),
        CaseEvent::FactRecorded { fact } if fact.kind == "retracted" => {
            let of = fact.of.clone().unwrap_or_default();
            let words = reader.text_with("case-event-fact-retracted", &[("fact", of.into())]);
            (Act, words, fact.note.clone())
        }
        CaseEvent::FactRecorded { fact } => {
            let words =
                reader.text_with("case-event-fact", &[("kind", names.kind(&fact.kind).into())]);
            (Act, words, fact.note.clone())
        }
        CaseEvent::ConflictOpened { .. }
        | CaseEvent::ConflictClosed { .. }
        | CaseEvent::ConflictDecided { .. }
        | CaseEvent::ConflictFollowed { .. }
        | CaseEvent::GatePassed { .. }
        | CaseEvent::AwarenessChosen { .. } => of_choice(reader, names, event),
        CaseEvent::LeftUnread { problem, .. } => {
            (EntryKind::Alarm, reader.text("case-event-left-unread"), Some(problem.clone()))
        }
        CaseEvent::ReadAgain { .. } => {
            (EntryKind::Computed, reader.text("case-event-read-again"), None)
        }
        CaseEvent::MessagePosted { text } => {
            (Message, reader.text("case-event-message"), Some(text.clone()))
        }
        CaseEvent::Assessed { .. }
        | CaseEvent::OwnerSet { .. }
        | CaseEvent::OwnerReleased { .. }
        | CaseEvent::Acknowledged { .. }
        | CaseEvent::GapOpened { .. }
        | CaseEvent::GapClosed { .. }
        | CaseEvent::RungReached { .. }
        | CaseEvent::QuestionRang { .. }
        | CaseEvent::Escalated { .. }
        | CaseEvent::DraftSaved { .. }
        | CaseEvent::SubmissionRecorded { .. } => of_obligation(reader, names, event),
    }
}

/// What was asked of people beside the obligations, and what they chose.
fn of_choice(
    reader: &Reader,
    names: &Names,
    event: &CaseEvent,
) -> (EntryKind, String, Option<String>) {
    use EntryKind::{Act, Alarm, Computed};
    match event {
        CaseEvent::ConflictOpened { conflict, .. } => {
            let words = [("conflict", names.question(conflict).into())];
            (Alarm, reader.text_with("case-event-conflict-opened", &words), None)
        }
        CaseEvent::ConflictClosed { conflict } => {
            let words = [("conflict", names.question(conflict).into())];
            (Computed, reader.text_with("case-event-conflict-closed", &words), None)
        }
        CaseEvent::ConflictDecided { conflict, choice, reason, .. } => {
            let words =
                [("conflict", names.question(conflict).into()), ("choice", choice.clone().into())];
            (Act, reader.text_with("case-event-conflict-decided", &words), Some(reason.clone()))
        }
        CaseEvent::ConflictFollowed { conflict, choice, reason, .. } => {
            let words =
                [("conflict", names.question(conflict).into()), ("choice", choice.clone().into())];
            (
                Computed,
                reader.text_with("case-event-conflict-followed", &words),
                Some(reason.clone()),
            )
        }
        CaseEvent::GatePassed { recipient, provisions, reason, .. } => {
            let words = [
                ("recipient", recipient.clone().into()),
                ("provisions", provisions.join(", ").into()),
            ];
            (Act, reader.text_with("case-event-gate-passed", &words), Some(reason.clone()))
        }
        CaseEvent::AwarenessChosen { of, fact, reason, .. } => {
            let words = [("of", names.kind(of).into()), ("fact", fact.clone().into())];
            (Act, reader.text_with("case-event-aware", &words), Some(reason.clone()))
        }
        _ => unreachable!("the caller passes on choices alone"),
    }
}

fn of_obligation(
    reader: &Reader,
    names: &Names,
    event: &CaseEvent,
) -> (EntryKind, String, Option<String>) {
    use EntryKind::{Act, Alarm, Computed, Told};
    let title = |id: &ObligationId| ("title", names.obligation(id).into());
    let tell =
        |kind, key: &str, id: &ObligationId| (kind, reader.text_with(key, &[title(id)]), None);
    match event {
        CaseEvent::Assessed { obligation, assessment } => {
            let word = reader.text(obligation::state_key(assessment.state));
            let arguments = [title(obligation), ("state", word.into())];
            (Computed, reader.text_with("case-event-assessed", &arguments), None)
        }
        CaseEvent::OwnerSet { obligation, cause: OwnerCause::Claimed, .. } => {
            tell(Act, "case-event-claimed", obligation)
        }
        CaseEvent::OwnerSet { obligation, owner, cause: OwnerCause::Assigned { .. } } => {
            let arguments = [title(obligation), ("name", names.party(owner).into())];
            (Act, reader.text_with("case-event-assigned", &arguments), None)
        }
        CaseEvent::OwnerReleased { obligation, reason } => {
            let (kind, words, _) = tell(Act, "case-event-released", obligation);
            (kind, words, Some(reason.clone()))
        }
        CaseEvent::Acknowledged { obligation, .. } => {
            tell(Act, "case-event-acknowledged", obligation)
        }
        CaseEvent::GapOpened { obligation, cause } => {
            let key = match cause {
                GapCause::HeldByNobody => "case-event-gap-nobody",
                GapCause::NotAcknowledged => "case-event-gap-silent",
                GapCause::HolderGone => "case-event-gap-gone",
            };
            tell(Alarm, key, obligation)
        }
        CaseEvent::GapClosed { obligation } => tell(Computed, "case-event-gap-closed", obligation),
        CaseEvent::RungReached { obligation, rung, told, .. } => {
            let arguments = [
                title(obligation),
                ("rung", obligation::rung(reader, rung).into()),
                ("people", names.people(reader, told).into()),
            ];
            (Told, reader.text_with("case-event-rung", &arguments), None)
        }
        CaseEvent::QuestionRang { decision, rung, told, .. } => {
            let arguments = [
                ("question", names.question(decision).into()),
                ("rung", obligation::rung(reader, rung).into()),
                ("people", names.people(reader, told).into()),
            ];
            (Told, reader.text_with("case-event-question", &arguments), None)
        }
        CaseEvent::Escalated { obligation, reason, told, .. } => {
            let arguments = [title(obligation), ("people", names.people(reader, told).into())];
            let words = reader.text_with("case-event-escalated", &arguments);
            (Act, words, Some(reason.clone()))
        }
        CaseEvent::DraftSaved { obligation, .. } => tell(Act, "case-event-draft", obligation),
        CaseEvent::SubmissionRecorded { obligations, number, .. } => {
            let titles: Vec<String> = obligations.iter().map(|id| names.obligation(id)).collect();
            let titles = obligation::list(reader, &titles);
            let words = reader.text_with("case-event-submitted", &[("title", titles.into())]);
            (Act, words, number.clone())
        }
        _ => unreachable!("`tell` has told the events that are of no obligation"),
    }
}

/// The lines, the latest first. What the node did by itself unfolds between what people did.
pub fn list(reader: &Reader, entries: &[Entry]) -> Markup {
    html! {
        ol.timeline {
            @for run in entries.chunk_by(|one, two| folds(one) && folds(two)).rev() {
                @match run {
                    [first, .., last] if run.len() >= FOLDED_MIN => (folded(reader, run, first, last)),
                    _ => (lines(reader, run)),
                }
            }
        }
    }
}

fn folds(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Computed | EntryKind::Told)
}

fn folded(reader: &Reader, run: &[Entry], first: &Entry, last: &Entry) -> Markup {
    let count = i64::try_from(run.len()).unwrap_or(i64::MAX);
    html! {
        li.computed.folded {
            (time::date(reader, last.at))
            details.quiet {
                summary {
                    (reader.text_with("case-timeline-folded", &[("count", count.into())]))
                    " · " (time::moment(reader, first.at)) " – " (time::moment(reader, last.at))
                }
                ol { (lines(reader, run)) }
            }
        }
    }
}

fn lines(reader: &Reader, entries: &[Entry]) -> Markup {
    html! {
        @for entry in entries.iter().rev() {
            li.(style(entry.kind)) {
                (time::moment(reader, entry.at))
                div {
                    p {
                        @if let Some(actor) = &entry.actor { strong { (actor) } " " }
                        (entry.words)
                    }
                    @if let Some(said) = &entry.said { p.said { (said) } }
                }
            }
        }
    }
}

fn style(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Act => "act",
        EntryKind::Alarm | EntryKind::Told => "alarm",
        EntryKind::Computed => "computed",
        EntryKind::Message => "message",
    }
}
