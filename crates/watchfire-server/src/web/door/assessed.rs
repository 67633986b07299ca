//! What was owed in a case at an instant, asked of the laws anew: the past computes as it did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use watchfire_core::case::{Case, House};
use watchfire_core::event::{Body, CaseEvent, Chain};
use watchfire_core::ids::ObligationId;
use watchfire_core::law::form::{FieldId, Values};
use watchfire_core::law::{self, State as LawState, tell};
use watchfire_store::RecordedEvent;

use super::holding::{People, Setting, computed, hold};
use super::words::{Words, language_of};
use crate::error::Problem;
use crate::web::case::{Completeness, DecisionView, Detail, NotOwed};
use crate::web::obligation::{Acts, ESCALATED, ObligationView, Told};
use crate::web::reader::Reader;

/// A case at an instant, with what showing it needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) words: Words<'a>,
    pub(super) people: &'a People,
    pub(super) house: House<'a>,
    /// As it is now.
    pub(super) case: &'a Case,
    /// As it was recorded at `at`.
    pub(super) then: &'a Case,
    pub(super) history: &'a [RecordedEvent],
    pub(super) at: Timestamp,
    pub(super) known_at: Timestamp,
    /// Whether the laws can read the case; if not, it is shown as it was computed last.
    pub(super) is_read: bool,
    pub(super) may_write: bool,
    pub(super) reader: &'a Reader,
}

/// What was owed.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// Open and met, the most urgent first.
    pub(super) open: Vec<Detail>,
    pub(super) not_owed: Vec<NotOwed>,
    /// Open questions: the predicate, its own deadline, and what hangs on it.
    questions: BTreeMap<String, (Option<Timestamp>, Vec<String>)>,
}

/// Asks the laws.
pub(super) fn owed(scene: &Scene<'_>) -> Result<Owed, Problem> {
    let mut found = if scene.is_read { asked(scene)? } else { recorded(scene) };
    found.open.sort_by_key(|detail| {
        let view = &detail.view;
        let due = view.strict_due.unwrap_or(Timestamp::MAX);
        (!view.state.is_open(), view.law.class, due, view.title.clone())
    });
    Ok(found)
}

fn asked(scene: &Scene<'_>) -> Result<Owed, Problem> {
    let computed = scene.case.owed_at(&scene.house, scene.at, Some(scene.known_at))?;
    let mut found = Owed::default();
    for (id, owed) in &computed {
        if matches!(owed.state, LawState::NotApplicable | LawState::Superseded) {
            found.not_owed.push(not_owed(scene, owed));
            continue;
        }
        let view = view(scene, id, owed);
        if let Some((predicate, due)) = owed.decision_due.as_ref().filter(|_| owed.provisional) {
            let question = found.questions.entry(predicate.to_string()).or_default();
            question.0 = Some(question.0.map_or(*due, |known: Timestamp| known.min(*due)));
            question.1.push(view.title.clone());
        }
        found.open.push(detail(scene, id, owed, view));
    }
    Ok(found)
}

/// What was computed last: all that is known of a case that the laws cannot read.
fn recorded(scene: &Scene<'_>) -> Owed {
    let mut found = Owed::default();
    for (id, held) in &scene.then.obligations {
        let assessment = &held.assessment;
        if matches!(assessment.state, LawState::NotApplicable | LawState::Superseded) {
            continue;
        }
        let chain = scene.then.open_chain(scene.house.chain);
        let setting = setting(scene, &chain);
        let case = (&scene.case.id, scene.then.title.as_str());
        let mut view = computed(&setting, case, id, assessment);
        view.told = told(scene, id);
        hold(&setting, &mut view, held);
        view.acts = acts(scene, &view);
        if let Some(predicate) = assessment.decision.as_ref().filter(|_| assessment.provisional) {
            let question = found.questions.entry(predicate.clone()).or_default();
            question.0 = question.0.into_iter().chain(assessment.decision_due).min();
            question.1.push(view.title.clone());
        }
        let provision = assessment.provision.as_str();
        let reading = assessment.reading.as_ref();
        found.open.push(Detail {
            quotes: scene.words.quotes(provision),
            trace: Vec::new(),
            reading: reading.map(|reading| scene.words.reading(provision, reading)),
            version_from: assessment.version_from.clone(),
            form: completeness(scene, id, provision),
            met_by: None,
            view,
        });
    }
    found
}

fn setting<'a>(scene: &Scene<'a>, chain: &'a Chain) -> Setting<'a> {
    Setting {
        words: scene.words,
        people: scene.people,
        profile: scene.house.profile,
        chain,
        now: scene.at,
    }
}

fn steps(scene: &Scene<'_>, owed: &law::Obligation) -> Vec<String> {
    let language = language_of(scene.reader.language);
    tell::tell(&owed.trace, scene.words.law, language)
}

fn not_owed(scene: &Scene<'_>, owed: &law::Obligation) -> NotOwed {
    let id = owed.provision.to_string();
    NotOwed {
        title: scene.words.title(&id),
        law: scene.words.mark(&id, "", &owed.class.to_string()),
        state: owed.state,
        foreseen: owed.foreseen,
        reason: tell::reason(owed, scene.words.law, language_of(scene.reader.language)),
        why: steps(scene, owed),
    }
}

fn view(scene: &Scene<'_>, id: &ObligationId, owed: &law::Obligation) -> ObligationView {
    let provision = owed.provision.to_string();
    let question = owed.decision_due.as_ref().filter(|_| owed.provisional);
    let mut view = ObligationView {
        id: id.clone(),
        case: scene.case.id.clone(),
        case_title: scene.then.title.clone(),
        seen_at: scene.at,
        title: scene.words.title(&provision),
        law: scene.words.mark(&provision, "", &owed.class.to_string()),
        owed_to: scene.words.owed_to(&provision),
        state: owed.state,
        question: question.map(|(predicate, _)| scene.words.question(predicate.as_str())),
        after_strict: owed.after_strict,
        strict_from: owed.strict_from,
        strict_due: owed.strict_due,
        outer_due: owed.outer_due,
        zone: scene.words.zone(&provision, scene.house.profile),
        holder: None,
        gap: None,
        told: told(scene, id),
        next: None,
        acts: Acts::default(),
    };
    if let Some(held) = scene.then.obligations.get(id) {
        let chain = scene.then.open_chain(scene.house.chain);
        hold(&setting(scene, &chain), &mut view, held);
    }
    view.acts = acts(scene, &view);
    view
}

fn acts(scene: &Scene<'_>, view: &ObligationView) -> Acts {
    let recorded = scene.then.obligations.contains_key(&view.id);
    if !scene.may_write || !view.state.is_open() || !recorded {
        return Acts::default();
    }
    let holder = view.holder.as_ref();
    let mine = holder.is_some_and(|holder| scene.reader.is(&holder.party));
    Acts {
        claim: view.is_gap() && !mine,
        acknowledge: mine,
        release: mine,
        assign: true,
        escalate: true,
        draft: scene.words.law.form_of(&view.law.provision).is_some(),
    }
}

/// The rungs that were told until then.
fn told(scene: &Scene<'_>, id: &ObligationId) -> Vec<Told> {
    let until = scene.history.iter().filter(|event| event.event.recorded_at <= scene.at);
    until
        .filter_map(|recorded| match &recorded.event.body {
            Body::Case(_, CaseEvent::RungReached { obligation, rung, told, .. })
                if obligation == id =>
            {
                Some(Told {
                    rung: rung.clone(),
                    at: recorded.event.recorded_at,
                    people: scene.people.names(told),
                })
            }
            Body::Case(_, CaseEvent::Escalated { obligation, told, .. }) if obligation == id => {
                Some(Told {
                    rung: ESCALATED.to_owned(),
                    at: recorded.event.recorded_at,
                    people: scene.people.names(told),
                })
            }
            _ => None,
        })
        .collect()
}

fn detail(
    scene: &Scene<'_>,
    id: &ObligationId,
    owed: &law::Obligation,
    view: ObligationView,
) -> Detail {
    let provision = owed.provision.as_str();
    let met_by = owed.satisfied_by.as_ref().and_then(|fact| {
        let sent = scene.then.submissions.iter().find(|sent| sent.fact == fact.as_str())?;
        let number = sent.number.clone().unwrap_or_default();
        Some(format!("{} {number}", sent.channel).trim().to_owned())
    });
    Detail {
        quotes: scene.words.quotes(provision),
        trace: steps(scene, owed),
        reading: owed.reading.as_ref().map(|reading| scene.words.reading(provision, reading)),
        version_from: owed.version_from.map(|day| day.to_string()),
        form: completeness(scene, id, provision),
        met_by,
        view,
    }
}

fn completeness(scene: &Scene<'_>, id: &ObligationId, provision: &str) -> Option<Completeness> {
    let (form, stage) = scene.words.law.form_of(provision)?;
    let draft = scene.then.drafts.get(id);
    let values: Values = draft
        .map(|draft| {
            draft.fields.iter().map(|(id, it)| (FieldId(id.clone()), it.clone())).collect()
        })
        .unwrap_or_default();
    let found = form.completeness(stage, &values);
    let label = |id: &FieldId| {
        let field = form.fields.iter().find(|field| field.id == *id);
        field.map_or_else(|| id.to_string(), |field| scene.words.in_own(&field.label))
    };
    Some(Completeness {
        filled: found.required_now.done,
        required: found.required_now.total,
        missing: found.missing.iter().map(label).collect(),
    })
}

/// The questions of a case: those that are open, and those that were answered.
pub(super) fn decisions(scene: &Scene<'_>, owed: &Owed) -> Vec<DecisionView> {
    let mut found: Vec<DecisionView> = owed
        .questions
        .iter()
        .map(|(predicate, (due, hangs))| DecisionView {
            question: scene.words.question(predicate),
            predicate: predicate.clone(),
            answer: None,
            decided: None,
            due: *due,
            hangs: hangs.clone(),
        })
        .collect();
    let limit = scene.at.min(scene.known_at);
    let seen = scene.case.facts.iter().filter(|fact| fact.known_at <= limit);
    for fact in seen.filter(|fact| fact.kind == "decided" && !scene.case.is_retracted(&fact.id)) {
        let Some(predicate) = &fact.predicate else { continue };
        if owed.questions.contains_key(predicate) {
            continue;
        }
        found.retain(|known| known.predicate != *predicate);
        found.push(DecisionView {
            question: scene.words.question(predicate),
            predicate: predicate.clone(),
            answer: match fact.answer.as_deref() {
                Some("yes") => Some(true),
                Some("no") => Some(false),
                _ => None,
            },
            decided: fact.note.clone(),
            due: None,
            hangs: Vec::new(),
        });
    }
    found
}
