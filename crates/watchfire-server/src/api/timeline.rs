//! The timeline of a case: what was recorded, by whom and when, in the order of recording.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::event::{Actor, Body, CaseEvent, OwnerCause, Service};
use watchfire_core::ids::CaseId;
use watchfire_store::{PAGE_ROWS_MAX, RecordedEvent};

use super::{Asked, List, Shown, id};
use crate::auth::Caller;
use crate::error::Problem;
use crate::state::Node;

/// Rows of a page where nobody says how many.
const ROWS_DEFAULT: usize = 100;

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum By {
    /// Somebody without an account.
    Anonymous,
    /// A person.
    Person {
        /// Id of the person.
        party: String,
    },
    /// A part of the node.
    Service {
        #[schema(value_type = String)]
        service: &'static str,
    },
}

pub(crate) fn by(actor: &Actor) -> By {
    match actor {
        Actor::Anonymous => By::Anonymous,
        Actor::Person(party) => By::Person { party: party.to_string() },
        Actor::Service(service) => By::Service {
            service: match service {
                Service::Ticker => "ticker",
                Service::Sender => "sender",
                Service::Keeper => "keeper",
                Service::Watch => "watch",
                Service::Operator => "operator",
            },
        },
    }
}

/// One thing that was recorded.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Happened {
    /// What kind: `opened`, `fact-recorded`, `owner-set`, `rung-reached`, …
    #[schema(value_type = String)]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    obligation: Option<String>,
    /// Somebody it concerns: who was added, who holds it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    /// Who was told, of `rung-reached`, `question-rang` and `escalated`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    told: Vec<String>,
    /// Id of the fact or the submission; of `question-rang`, the predicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// Kind of the fact, state of the assessment, cause of the gap, name of the rung.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// When it was due, of `rung-reached` and `question-rang`; until when, of `embargo-agreed`; the strict deadline, of
    /// `assessed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// In words, as somebody wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// An entry of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// Id of the event.
    id: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    by: By,
    happened: Happened,
}

/// Which part of the timeline.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimelineQuestion {
    /// The `next` of the page before, unchanged.
    after: Option<String>,
    /// Rows of the page: 1 to 200, by default 100.
    limit: Option<usize>,
}

impl TimelineQuestion {
    /// Reads behind which place, and how many.
    pub(super) fn read(&self) -> Result<(u64, usize), Problem> {
        let malformed = |detail: &str| {
            let hint = "take the `next` of the page before, unchanged";
            Problem::new("request_malformed", detail, hint)
        };
        let after = self.after.as_deref().map_or(Ok(0), str::parse::<u64>);
        let after = after.map_err(|_| malformed("`after` is no cursor of this list"))?;
        let limit = self.limit.unwrap_or(ROWS_DEFAULT);
        if limit == 0 || limit > PAGE_ROWS_MAX {
            return Err(malformed("`limit` must be 1 to 200"));
        }
        Ok((after, limit))
    }
}

/// Takes off what is more than a page, and says where the next one begins.
pub(super) fn next_of(events: &mut Vec<RecordedEvent>, limit: usize) -> Option<String> {
    let more = events.len() > limit;
    events.truncate(limit);
    events.last().filter(|_| more).map(|last| last.version.to_string())
}

/// Lists what was recorded in a case, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/timeline", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."), TimelineQuestion),
    responses((status = 200, body = List<TimelineEntry>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    Asked(asked): Asked<TimelineQuestion>,
) -> Shown<List<TimelineEntry>> {
    let case = id::<CaseId>(&case)?;
    let (after, limit) = asked.read()?;
    let mut events = node.store().case_events(&caller.viewer, &case, after, limit + 1).await?;
    let next = next_of(&mut events, limit);
    Ok(Json(List { items: events.iter().filter_map(entry).collect(), next }))
}

pub(crate) fn entry(recorded: &RecordedEvent) -> Option<TimelineEntry> {
    let Body::Case(_, event) = &recorded.event.body else { return None };
    Some(TimelineEntry {
        id: recorded.event.id.to_string(),
        recorded_at: recorded.event.recorded_at,
        by: by(&recorded.event.actor),
        happened: happened(event),
    })
}

fn happened(event: &CaseEvent) -> Happened {
    let some = |text: &dyn ToString| Some(text.to_string());
    let blank = Happened { kind: kind(event), ..Happened::default() };
    match event {
        CaseEvent::Opened { title, .. } => Happened { text: some(title), ..blank },
        CaseEvent::Renamed { title } => Happened { text: some(title), ..blank },
        CaseEvent::ParticipantAdded { party, .. } | CaseEvent::ParticipantRemoved { party } => {
            Happened { party: some(party), ..blank }
        }
        CaseEvent::EmbargoAgreed { until, note } => {
            Happened { due_at: *until, text: some(note), ..blank }
        }
        CaseEvent::EmbargoExited { reason } => Happened { text: some(reason), ..blank },
        CaseEvent::FactRecorded { fact } => Happened {
            of: some(&fact.id),
            detail: some(&fact.kind),
            text: fact.note.clone(),
            ..blank
        },
        CaseEvent::SubmissionRecorded { submission, channel, .. } => {
            Happened { of: some(submission), detail: some(channel), ..blank }
        }
        CaseEvent::MessagePosted { text } => Happened { text: some(text), ..blank },
        CaseEvent::ConflictOpened { conflict, obligation, due_at } => {
            Happened { of: some(conflict), obligation: some(obligation), due_at: *due_at, ..blank }
        }
        CaseEvent::ConflictClosed { conflict } => Happened { of: some(conflict), ..blank },
        CaseEvent::ConflictDecided { conflict, choice, reason, by } => Happened {
            of: some(conflict),
            detail: some(choice),
            text: some(reason),
            party: some(by),
            ..blank
        },
        CaseEvent::ConflictFollowed { conflict, choice, reason, by, .. } => Happened {
            of: some(conflict),
            detail: some(choice),
            text: some(reason),
            party: some(by),
            ..blank
        },
        CaseEvent::GatePassed { recipient, provisions, reason, by, .. } => Happened {
            of: some(recipient),
            detail: some(&provisions.join(", ")),
            text: some(reason),
            party: some(by),
            ..blank
        },
        CaseEvent::AwarenessChosen { of, fact, reason, by } => Happened {
            of: some(fact),
            detail: some(of),
            text: some(reason),
            party: some(by),
            ..blank
        },
        CaseEvent::LeftUnread { amendment, problem } => {
            Happened { of: some(amendment), text: some(problem), ..blank }
        }
        CaseEvent::ReadAgain { lawbook } => Happened { of: some(lawbook), ..blank },
        of_an_obligation => happened_to_obligation(of_an_obligation, blank),
    }
}

fn happened_to_obligation(event: &CaseEvent, blank: Happened) -> Happened {
    let some = |text: &dyn ToString| Some(text.to_string());
    match event {
        CaseEvent::Assessed { obligation, assessment } => Happened {
            obligation: some(obligation),
            of: some(&assessment.provision),
            detail: some(&assessment.state),
            due_at: assessment.strict_due,
            ..blank
        },
        CaseEvent::OwnerSet { obligation, owner, cause } => {
            let cause = match cause {
                OwnerCause::Claimed => "claimed",
                OwnerCause::Assigned { .. } => "assigned",
            };
            let (obligation, party) = (some(obligation), some(owner));
            Happened { obligation, party, detail: some(&cause), ..blank }
        }
        CaseEvent::OwnerReleased { obligation, reason } => {
            Happened { obligation: some(obligation), text: some(reason), ..blank }
        }
        CaseEvent::Acknowledged { obligation, by } => {
            Happened { obligation: some(obligation), party: some(by), ..blank }
        }
        CaseEvent::GapOpened { obligation, cause } => {
            let detail = some(&super::obligation::gap_name(*cause));
            Happened { obligation: some(obligation), detail, ..blank }
        }
        CaseEvent::GapClosed { obligation } => Happened { obligation: some(obligation), ..blank },
        CaseEvent::RungReached { obligation, rung, due_at, told, .. } => Happened {
            obligation: some(obligation),
            detail: some(rung),
            due_at: Some(*due_at),
            told: told.iter().map(ToString::to_string).collect(),
            ..blank
        },
        CaseEvent::QuestionRang { decision, obligation, rung, due_at, told, .. } => Happened {
            obligation: some(obligation),
            of: some(decision),
            detail: some(rung),
            due_at: Some(*due_at),
            told: told.iter().map(ToString::to_string).collect(),
            ..blank
        },
        CaseEvent::Escalated { obligation, by, reason, told, .. } => Happened {
            obligation: some(obligation),
            party: some(by),
            told: told.iter().map(ToString::to_string).collect(),
            text: some(reason),
            ..blank
        },
        CaseEvent::DraftSaved { obligation, form, .. } => {
            Happened { obligation: some(obligation), detail: some(form), ..blank }
        }
        _ => blank,
    }
}

fn kind(event: &CaseEvent) -> &'static str {
    match event {
        CaseEvent::Opened { .. } => "opened",
        CaseEvent::Renamed { .. } => "renamed",
        CaseEvent::ParticipantAdded { .. } => "participant-added",
        CaseEvent::ParticipantRemoved { .. } => "participant-removed",
        CaseEvent::EmbargoAgreed { .. } => "embargo-agreed",
        CaseEvent::EmbargoExited { .. } => "embargo-exited",
        CaseEvent::FactRecorded { .. } => "fact-recorded",
        CaseEvent::Assessed { .. } => "assessed",
        CaseEvent::OwnerSet { .. } => "owner-set",
        CaseEvent::OwnerReleased { .. } => "owner-released",
        CaseEvent::Acknowledged { .. } => "acknowledged",
        CaseEvent::GapOpened { .. } => "gap-opened",
        CaseEvent::GapClosed { .. } => "gap-closed",
        CaseEvent::RungReached { .. } => "rung-reached",
        CaseEvent::QuestionRang { .. } => "question-rang",
        CaseEvent::Escalated { .. } => "escalated",
        CaseEvent::DraftSaved { .. } => "draft-saved",
        CaseEvent::SubmissionRecorded { .. } => "submission-recorded",
        CaseEvent::MessagePosted { .. } => "message-posted",
        CaseEvent::ConflictOpened { .. } => "conflict-opened",
        CaseEvent::ConflictClosed { .. } => "conflict-closed",
        CaseEvent::ConflictDecided { .. } => "conflict-decided",
        CaseEvent::ConflictFollowed { .. } => "conflict-followed",
        CaseEvent::GatePassed { .. } => "gate-passed",
        CaseEvent::AwarenessChosen { .. } => "awareness-chosen",
        CaseEvent::LeftUnread { .. } => "left-unread",
        CaseEvent::ReadAgain { .. } => "read-again",
    }
}
