//! A case as its page shows it: now, or at any instant of its past, answered by replay.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use watchfire_core::case::{Case, Embargo, Sent as SentSubmission};
use watchfire_core::event::{
    Actor, Body, CaseEvent, Exploited, FactRecord, ParticipantRole, Sureness,
};
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_core::law::instant::Instant;
use watchfire_store::policy::Write;
use watchfire_store::{RecordedEvent, StoreError};

use super::act::{is_refusal, wish};
use super::assessed::{self, Scene};
use super::choices;
use super::holding::{People, in_chain};
use super::party::colleagues;
use super::report::zone_name;
use super::watch::Place;
use super::words::Words;
use super::{Sent, Visit, redirect};
use crate::command::case as command;
use crate::command::decision::{Legible, Loaded};
use crate::error::Problem;
use crate::web::case::participant::{Located, Outside};
use crate::web::case::timeline::{self, Entry, Names};
use crate::web::case::{
    self, CaseView, EmbargoView, Participant, SubmissionView, UnreadView, list,
};
use crate::web::fact::{FactForm, FactView, Kind, Occurred};
use crate::web::form::Typed;
use crate::web::instant;
use crate::web::reader::Problem as Told;
use crate::web::refusal;
use crate::web::slider::{Moment, MomentKind, SliderView};

/// At most so many moments stand on the line of time.
const MOMENTS_MAX: usize = 200;

/// Lists the cases that the reader may see.
pub(super) async fn list(visit: Visit, Query(place): Query<Place>) -> Result<Response, Problem> {
    let view = rows(&visit, &place).await?;
    Ok(visit.show(list::page(&view, &visit.reader)))
}

async fn rows(visit: &Visit, place: &Place) -> Result<list::ListView, Problem> {
    let page = visit.node.store().cases(&visit.caller.viewer, &place.request()).await?;
    let row = |row: watchfire_store::CaseRow| list::Row {
        id: row.id,
        title: row.title,
        embargoed: row.embargoed,
        opened_at: row.opened_at,
    };
    Ok(list::ListView {
        rows: page.rows.into_iter().map(row).collect(),
        next: page.next,
        may_open: visit.caller.viewer.organization().is_some(),
        ..list::ListView::default()
    })
}

/// Opens a case without a report.
pub(super) async fn open(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let embargoed = sent.field("secrecy") != "open";
    match command::open(wish(&visit), sent.field("title"), embargoed, &[]).await {
        Ok(answer) => {
            let path = format!("/cases/{}", answer.id);
            Ok(visit.done(&path, "case-done-opened", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = rows(&visit, &Place::default()).await?;
            view.typed = sent.typed_into("open");
            view.problem = Some(refusal::in_form(&visit.reader, &problem, "open"));
            Ok(visit.refuse(list::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Reads a case that the reader sees.
pub(super) async fn loaded(visit: &Visit, id: &CaseId) -> Result<Case, Problem> {
    Ok(Loaded::read(&visit.node, &visit.caller.viewer, id).await?.case)
}

/// Which instant is looked at, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Asked {
    pub(super) at: Option<String>,
    pub(super) known_at: Option<String>,
}

/// Which place among the moments.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Step {
    step: Option<usize>,
}

/// Reads the id of a case; what is no id names a case that is missing.
pub(super) fn case_id(text: &str) -> Result<CaseId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Shows a case.
pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let view = view(&visit, &case_id(&id)?, &asked).await?;
    let refused = view.slider.typed.is_some();
    let page = case::page(&view, &visit.reader);
    Ok(if refused { visit.refuse(page) } else { visit.show(page) })
}

/// Goes to the moment that the slider stands on.
pub(super) async fn moment(
    visit: Visit,
    Path(id): Path<String>,
    Query(step): Query<Step>,
) -> Result<Response, Problem> {
    let view = view(&visit, &case_id(&id)?, &Asked::default()).await?;
    let moment = step.step.and_then(|step| view.slider.moments.get(step));
    let path = moment.map(|moment| crate::web::slider::link(&view.slider, moment.at));
    Ok(redirect(&path.unwrap_or_else(|| format!("/cases/{}", view.id))))
}

/// The two instants that a page looks at.
struct Looked {
    at: Timestamp,
    known_at: Timestamp,
    past: bool,
    problem: Option<Told>,
    typed: Option<(String, String)>,
}

fn looked(visit: &Visit, asked: &Asked, opened_at: Timestamp) -> Looked {
    let now = visit.reader.now;
    let zone = zone_name(visit);
    let read = |typed: &Option<String>, input: &str| {
        let typed = typed.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let read = typed.map(|text| instant::exact(text, &zone)).transpose();
        read.map_err(|problem| refusal::instant(&visit.reader, &problem, input))
    };
    let both = read(&asked.at, "slider-at")
        .and_then(|at| Ok((at, read(&asked.known_at, "slider-known")?)));
    match both {
        Ok((at, known_at)) => {
            let past = at.is_some() || known_at.is_some();
            let at = at.unwrap_or(now).max(opened_at);
            let known_at = known_at.unwrap_or(at);
            Looked { at, known_at, past, problem: None, typed: None }
        }
        Err(problem) => {
            let typed = (asked.at.clone(), asked.known_at.clone());
            let typed = Some((typed.0.unwrap_or_default(), typed.1.unwrap_or_default()));
            Looked { at: now, known_at: now, past: false, problem: Some(problem), typed }
        }
    }
}

/// Reads a case and everything that its page shows.
pub(super) async fn view(visit: &Visit, id: &CaseId, asked: &Asked) -> Result<CaseView, Problem> {
    let (node, viewer) = (&visit.node, &visit.caller.viewer);
    let loaded = Loaded::read(node, viewer, id).await?;
    let history = node.store().case_history(viewer, id).await?;
    let looked = looked(visit, asked, loaded.case.opened_at);
    let then = loaded.as_of(looked.at).unwrap_or_else(|| loaded.case.clone());
    let law = node.law_at(looked.known_at).await?;
    let Legible { law, problem: unread, is_read } = loaded.legible(node, law, looked.at).await?;
    let house = loaded.house_under(&law);
    let people = People::of(visit, mentioned(&history).chain(in_chain(house.chain))).await?;
    let may_write = !looked.past && node.store().authorize_case::<Write>(viewer, id).await.is_ok();
    let scene = Scene {
        words: Words { law: visit.readable(&law), language: visit.reader.language },
        people: &people,
        house,
        case: &loaded.case,
        then: &then,
        history: &history,
        at: looked.at,
        known_at: looked.known_at,
        is_read,
        may_write,
        reader: &visit.reader,
    };
    let owed = assessed::owed(&scene)?;
    let (component, report) = report(visit, &loaded.case, looked.at).await?;
    let may_answer = may_write && report.is_some();
    Ok(CaseView {
        id: id.clone(),
        title: then.title.clone(),
        embargo: embargo(&then.embargo),
        opened_at: loaded.case.opened_at,
        component,
        report: report.map(|report| case::ReportView { may_answer, ..report }),
        participants: participants(&scene, &outside(visit, &loaded.case, &people).await?),
        facts: facts(&scene),
        decisions: assessed::decisions(&scene, &owed),
        conflicts: choices::conflicts(&scene)?,
        passes: choices::passes(&scene),
        unread: self::unread(&then, unread),
        barred: choices::publishing(&scene)?,
        awareness: choices::awareness(&scene)?,
        submissions: then.submissions.iter().map(|sent| submission(&scene, sent)).collect(),
        timeline: told(&scene),
        slider: slider(&scene, &looked, &owed),
        fact_form: fact_form(visit, &scene),
        people: if may_write { colleagues(visit).await? } else { Vec::new() },
        obligations: owed.open,
        not_owed: owed.not_owed,
        may_write,
        may_read_log: node.store().authorize_log(viewer).await.is_ok(),
        typed: Typed::default(),
        problem: looked.problem,
    })
}

/// What cannot be read: now, or when a change of law came to the case.
fn unread(then: &Case, problem: Option<String>) -> Option<UnreadView> {
    let told = then.unread.values().min();
    let problem = problem.or_else(|| told.map(|(_, problem)| problem.clone()))?;
    Some(UnreadView { since: told.map(|(since, _)| *since), problem })
}

fn embargo(embargo: &Embargo) -> EmbargoView {
    match embargo {
        Embargo::None => EmbargoView::None,
        Embargo::Active { until } => EmbargoView::Active { until: *until },
        Embargo::Exited { at } => EmbargoView::Exited { at: *at },
    }
}

/// Everybody whom the history of a case mentions.
fn mentioned(history: &[RecordedEvent]) -> impl Iterator<Item = PartyId> {
    history.iter().flat_map(|recorded| {
        let mut found = Vec::new();
        if let Actor::Person(party) = &recorded.event.actor {
            found.push(party.clone());
        }
        if let Body::Case(_, event) = &recorded.event.body {
            match event {
                CaseEvent::ParticipantAdded { party, .. }
                | CaseEvent::ParticipantRemoved { party }
                | CaseEvent::ConflictDecided { by: party, .. }
                | CaseEvent::ConflictFollowed { by: party, .. }
                | CaseEvent::GatePassed { by: party, .. }
                | CaseEvent::AwarenessChosen { by: party, .. }
                | CaseEvent::OwnerSet { owner: party, .. } => found.push(party.clone()),
                CaseEvent::RungReached { told, .. }
                | CaseEvent::QuestionRang { told, .. }
                | CaseEvent::Escalated { told, .. } => found.extend(told.iter().cloned()),
                _ => {}
            }
        }
        found
    })
}

/// The component that the report names, and the report itself, if it had come by `at`.
async fn report(
    visit: &Visit,
    case: &Case,
    at: Timestamp,
) -> Result<(Option<String>, Option<case::ReportView>), Problem> {
    let Some(id) = &case.report else { return Ok((None, None)) };
    let found = match visit.node.store().report(&visit.caller.viewer, id).await {
        Ok(found) => found,
        Err(StoreError::NotFound(_)) => return Ok((None, None)),
        Err(other) => return Err(other.into()),
    };
    let intake = found.intake;
    let (sure, exploited) = (sureness_key(intake.sure), exploited_key(intake.exploited));
    let until = found.answers.into_iter().filter(|answer| answer.written_at <= at);
    let view = case::ReportView {
        received_at: found.row.received_at,
        what: intake.what,
        sure: visit.reader.text(sure),
        exploited: format!(
            "{} {}",
            visit.reader.text("report-exploited"),
            visit.reader.text(exploited)
        ),
        contact: found.contact.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        contact_erased: found.row.contact_erased,
        answers: until.map(|answer| (answer.written_at, answer.text)).collect(),
        may_answer: false,
    };
    let come = view.received_at <= at;
    Ok((intake.component, come.then_some(view)))
}

fn sureness_key(sure: Sureness) -> &'static str {
    match sure {
        Sureness::Sure => "report-sure-sure",
        Sureness::Likely => "report-sure-likely",
        Sureness::Unsure => "report-sure-unsure",
    }
}

fn exploited_key(exploited: Exploited) -> &'static str {
    match exploited {
        Exploited::Yes => "report-exploited-yes",
        Exploited::No => "report-exploited-no",
        Exploited::Unknown => "report-exploited-unknown",
    }
}

/// Where those are who take part and are of another organization: one reading for each of these.
async fn outside(
    visit: &Visit,
    case: &Case,
    people: &People,
) -> Result<BTreeMap<PartyId, Outside>, Problem> {
    let (node, viewer) = (&visit.node, &visit.caller.viewer);
    if viewer.organization() != Some(&case.organization) {
        return Ok(BTreeMap::new());
    }
    let mut organizations: BTreeMap<PartyId, Outside> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for row in node.store().participants(viewer, &case.id).await? {
        let Some(of) = row.organization.filter(|of| *of != case.organization) else { continue };
        if !organizations.contains_key(&of) {
            let located = match node.store().country(viewer, &of).await {
                Ok(found) => found.map(|it| located(visit, people, it)),
                // It takes part no more since the participants were read.
                Err(StoreError::NotFound(_)) => None,
                Err(other) => return Err(other.into()),
            };
            let may_record = node.store().authorize_country::<Write>(viewer, &of).await.is_ok();
            organizations.insert(of.clone(), Outside { located, may_record });
        }
        found.insert(row.party, organizations[&of].clone());
    }
    Ok(found)
}

fn located(visit: &Visit, people: &People, found: watchfire_store::Located) -> Located {
    let by = |by: Option<PartyId>| match by {
        Some(who) => people.name(&who),
        None => visit.reader.text("case-country-on-the-node"),
    };
    let grounds = found.grounds.map(|it| (it.source, by(it.by)));
    Located { country: found.country, at: found.at, grounds }
}

fn participants(scene: &Scene<'_>, outside: &BTreeMap<PartyId, Outside>) -> Vec<Participant> {
    let rank = |role: &ParticipantRole| match role {
        ParticipantRole::Member => 0,
        ParticipantRole::Coordinator => 1,
        ParticipantRole::Vendor => 2,
        ParticipantRole::Reporter => 3,
    };
    let mut found: Vec<Participant> = scene
        .then
        .participants
        .iter()
        .map(|(party, role)| Participant {
            party: party.clone(),
            name: scene.people.name(party),
            role: *role,
            outside: outside.get(party).cloned(),
        })
        .collect();
    found.sort_by_key(|it| (rank(&it.role), it.name.clone()));
    found
}

/// Returns when something happened, as precisely as the spelling says.
fn occurred(typed: &str, known_at: Timestamp) -> Occurred {
    let is_day = typed.as_bytes().get(10) == Some(&b'[');
    match Instant::parse(typed) {
        Ok(Instant::Interval { lo, .. }) if is_day => {
            let name = typed[10..].trim_matches(['[', ']']);
            let zone = jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC);
            Occurred::Day { from: lo, zone }
        }
        Ok(Instant::Interval { lo, hi }) => Occurred::Interval(lo, hi),
        Ok(Instant::Either { first, second, .. }) => Occurred::Interval(first, second),
        Ok(Instant::Exact(at)) => Occurred::Instant(at),
        Err(_) => Occurred::Instant(known_at),
    }
}

fn facts(scene: &Scene<'_>) -> Vec<FactView> {
    let mut recorded: BTreeMap<&str, (Timestamp, &Actor)> = BTreeMap::new();
    for event in scene.history {
        if let Body::Case(_, CaseEvent::FactRecorded { fact }) = &event.event.body {
            recorded.insert(&fact.id, (event.event.recorded_at, &event.event.actor));
        }
    }
    let shown = scene.case.facts.iter().filter(|fact| fact.kind != "retracted");
    let mut facts: Vec<FactView> =
        shown.map(|fact| fact_view(scene, fact, recorded.get(fact.id.as_str()).copied())).collect();
    facts.sort_by_key(|fact| (fact.future, fact.occurred.first(), fact.known_at));
    facts
}

fn fact_view(
    scene: &Scene<'_>,
    fact: &FactRecord,
    recorded: Option<(Timestamp, &Actor)>,
) -> FactView {
    let future = fact.known_at > scene.at.min(scene.known_at);
    let taken_back = scene.case.facts.iter().find(|other| {
        other.kind == "retracted"
            && other.of.as_deref() == Some(fact.id.as_str())
            && other.known_at <= scene.at.min(scene.known_at)
    });
    let by = recorded.and_then(|(_, actor)| match actor {
        Actor::Person(party) => Some(scene.people.name(party)),
        Actor::Anonymous => Some(scene.reader.text("case-event-anonymous")),
        Actor::Service(_) => None,
    });
    FactView {
        id: fact.id.clone(),
        kind: fact.kind.clone(),
        meaning: scene.words.kind(&fact.kind),
        occurred: occurred(&fact.occurred_at, fact.known_at),
        known_at: fact.known_at,
        recorded_at: recorded.map(|(at, _)| at).filter(|_| !future),
        recorded_by: by.filter(|_| !future),
        details: details(scene, fact, taken_back),
        note: fact.note.clone(),
        evidence: fact.evidence.clone(),
        retracted: taken_back.is_some(),
        future,
        may_retract: scene.may_write && !future && taken_back.is_none(),
    }
}

fn details(scene: &Scene<'_>, fact: &FactRecord, taken_back: Option<&FactRecord>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(of) = &fact.of {
        found.push(scene.words.kind(of));
    }
    found.extend(fact.obligation.iter().map(|id| scene.words.title(id)));
    if let Some(predicate) = &fact.predicate {
        let answer = match fact.answer.as_deref() {
            Some("yes") => scene.reader.text("shell-yes"),
            Some("no") => scene.reader.text("shell-no"),
            _ => scene.reader.text("shell-undecided"),
        };
        found.push(format!("{} {answer}", scene.words.question(predicate)));
    }
    if let Some(number) = &fact.number {
        found.push(format!("{} {number}", scene.reader.text("case-number")));
    }
    found.extend(fact.new_due.clone());
    found.extend(taken_back.and_then(|fact| fact.note.clone()));
    found
}

fn submission(scene: &Scene<'_>, sent: &SentSubmission) -> SubmissionView {
    let provisions: Vec<String> = sent
        .obligations
        .iter()
        .filter_map(|id| Some(scene.case.obligations.get(id)?.assessment.provision.clone()))
        .collect();
    let form = provisions.iter().find_map(|id| scene.words.law.form_of(id)).map(|(form, _)| form);
    let label = |id: &String| {
        let field = form.and_then(|form| form.fields.iter().find(|field| field.id.0 == *id));
        field.map_or_else(|| id.clone(), |field| scene.words.in_own(&field.label))
    };
    SubmissionView {
        id: sent.id.clone(),
        meets: provisions.iter().map(|id| scene.words.title(id)).collect(),
        channel: sent.channel.clone(),
        number: sent.number.clone(),
        recorded_at: sent.recorded_at,
        fields: sent.fields.iter().map(|(id, value)| (label(id), value.clone())).collect(),
    }
}

fn told(scene: &Scene<'_>) -> Vec<Entry> {
    let obligations = scene.case.obligations.iter();
    let kinds: BTreeSet<&String> = scene.case.facts.iter().map(|fact| &fact.kind).collect();
    let asked = scene.history.iter().filter_map(|recorded| match &recorded.event.body {
        Body::Case(
            _,
            CaseEvent::QuestionRang { decision, .. }
            | CaseEvent::ConflictOpened { conflict: decision, .. }
            | CaseEvent::ConflictClosed { conflict: decision }
            | CaseEvent::ConflictDecided { conflict: decision, .. },
        ) => Some(decision.as_str()),
        _ => None,
    });
    let names = Names {
        parties: scene.people.all(),
        obligations: obligations
            .map(|(id, it)| (id.clone(), scene.words.title(&it.assessment.provision)))
            .collect(),
        kinds: kinds.into_iter().map(|kind| (kind.clone(), scene.words.kind(kind))).collect(),
        questions: asked.map(|it| (it.to_owned(), scene.words.question(it))).collect(),
    };
    let seen = scene.history.iter().filter(|event| event.event.recorded_at <= scene.at);
    seen.filter_map(|recorded| {
        let event = &recorded.event;
        let Body::Case(_, happened) = &event.body else { return None };
        Some(timeline::entry(scene.reader, &names, event.recorded_at, &event.actor, happened))
    })
    .collect()
}

fn slider(scene: &Scene<'_>, looked: &Looked, owed: &assessed::Owed) -> SliderView {
    let mut moments: Vec<Moment> = Vec::new();
    for fact in &scene.case.facts {
        let words = scene.words.kind(&fact.kind);
        moments.push(Moment { at: fact.known_at, words, kind: MomentKind::Fact });
    }
    for event in scene.history {
        if let Body::Case(
            _,
            CaseEvent::RungReached { told, .. }
            | CaseEvent::QuestionRang { told, .. }
            | CaseEvent::Escalated { told, .. },
        ) = &event.event.body
        {
            let people = scene.people.names(told);
            let people = crate::web::obligation::list(scene.reader, &people);
            let words =
                scene.reader.text_with("obligation-told-people", &[("people", people.into())]);
            moments.push(Moment { at: event.event.recorded_at, words, kind: MomentKind::Rung });
        }
    }
    let mut windows = Vec::new();
    for view in owed.open.iter().map(|detail| &detail.view) {
        let Some(due) = view.strict_due else { continue };
        let words = format!("{} {}", scene.reader.text("obligation-strict"), view.title);
        moments.push(Moment { at: due, words, kind: MomentKind::Deadline });
        if let Some(from) = view.strict_from
            && view.law.class == crate::web::obligation::Class::Law
        {
            windows.push((from, due));
        }
    }
    moments.sort_by(|one, two| (one.at, one.kind, &one.words).cmp(&(two.at, two.kind, &two.words)));
    moments.dedup();
    moments.truncate(MOMENTS_MAX);
    SliderView {
        case: scene.case.id.clone(),
        moments,
        windows,
        at: looked.at,
        known_at: looked.known_at,
        past: looked.past,
        typed: looked.typed.clone(),
    }
}

fn fact_form(visit: &Visit, scene: &Scene<'_>) -> FactForm {
    let declared = scene.words.law.words().facts.iter();
    let provisions: BTreeSet<&String> =
        scene.case.obligations.values().map(|it| &it.assessment.provision).collect();
    FactForm {
        kinds: declared
            .map(|(id, text)| Kind { id: id.to_string(), meaning: scene.words.in_own(text) })
            .collect(),
        provisions: provisions.into_iter().map(|id| (id.clone(), scene.words.title(id))).collect(),
        zone: zone_name(visit),
        ..FactForm::default()
    }
}
