//! The inquiry: one group of questions after the other, and the record of what was answered.

mod asker;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Response;
use watchfire_core::event::{Actor, Duty, Profile};
use watchfire_core::law::Lawbook;
use watchfire_core::law::inquiry::{ANSWER_CHARS_MAX, Answers, Fault, RESULT};
use watchfire_core::law::map::MapQuestion;

use asker::{ANSWER, Asker, address};

use super::act::{is_refusal, wish};
use super::law::{today, words};
use super::map::Drawer;
use super::{Sent, Visit};
use crate::command::inquiry as command;
use crate::error::Problem;
use crate::web::law::inquiry::{self, MayRecord, RecordedView, ResultView, StartView};
use crate::web::reader::Problem as Told;
use crate::web::{refusal, time};

/// So many things that are wrong are told at once.
const FAULTS_SHOWN: usize = 20;

/// Shows the first page, a group of questions, or what the answers say.
pub(super) async fn page(
    visit: Visit,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let field = |name: &str| {
        let found = asked.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let (at, go) = (field("at"), field("go"));
    if at.is_empty() && go.is_empty() {
        let view = StartView { recorded: recorded(&visit).await? };
        return Ok(visit.show(inquiry::start(&view, &visit.reader)));
    }
    let given = asked.iter().filter_map(|(name, answer)| {
        Some((name.strip_prefix(ANSWER)?.to_owned(), answer.trim().to_owned()))
    });
    let (mut answers, twice) = gathered(given);
    let laws: &Lawbook = visit.law();
    let mut faults = laws.faults(&answers);
    if go == "take-back" {
        for fault in &faults {
            answers.remove(fault.question());
        }
        faults = laws.faults(&answers);
    }
    // What no pack asks is told once, and carried no further.
    let unread: Vec<String> = unread(&faults);
    answers.retain(|id, _| !unread.contains(id));
    if at == RESULT {
        // Answers that were recorded before the laws changed end here, too: the result tells of them.
        faults.retain(|fault| !matches!(fault, Fault::Unknown { .. }));
    }
    let asker = Asker { words: words(&visit), answers: &answers };
    let told = faults.iter().map(|fault| laws.tell_fault(fault, asker.language()));
    let told: Vec<String> = asker.twice(&twice).chain(told).take(FAULTS_SHOWN).collect();
    if !told.is_empty() {
        let round = asker.round(&asker.told_at(at, &twice, &faults), told);
        return Ok(visit.refuse(inquiry::round(&round, &visit.reader)));
    }
    let next = asker.goes_to(at, go);
    if next == RESULT {
        let unread = unread.iter().take(FAULTS_SHOWN).map(|id| cut(id)).collect();
        let view = ResultView { unread, ..result(&visit, &answers, None).await? };
        return Ok(visit.show(inquiry::result(&view, &visit.reader)));
    }
    Ok(visit.show(inquiry::round(&asker.round(&next, Vec::new()), &visit.reader)))
}

/// Records the answers of the reader's organization.
pub(super) async fn record(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let organization =
        visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let answers: Answers =
        sent.below(ANSWER).map(|(id, answer)| (id.to_owned(), answer.to_owned())).collect();
    match command::record(wish(&visit), &organization, &answers).await {
        Ok(answer) => {
            Ok(visit.done("/organization", "inquiry-done-recorded", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refusal::of(&visit.reader, &problem);
            let view = result(&visit, &answers, Some(told)).await?;
            Ok(visit.refuse(inquiry::result(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// What was recorded of the reader's organization.
pub(super) async fn recorded(visit: &Visit) -> Result<Option<RecordedView>, Problem> {
    let viewer = &visit.caller.viewer;
    let Some(organization) = viewer.organization() else { return Ok(None) };
    let store = visit.node.store();
    let Some(row) = store.inquiry(viewer, organization).await? else { return Ok(None) };
    let laws: &Lawbook = visit.law();
    let who = match &row.by {
        Actor::Person(party) => Some(store.party(viewer, party).await?.name),
        Actor::Anonymous | Actor::Service(_) => None,
    };
    let found = laws.conclude(&row.answers);
    Ok(Some(RecordedView {
        day: time::in_words(&visit.reader, row.recorded_at),
        who,
        address: address(RESULT, &row.answers),
        same_laws: row.lawbook == laws.digest_hex(),
        open: found.open.len(),
        unread: found.unread.into_iter().take(FAULTS_SHOWN).collect(),
    }))
}

/// The roles of which nobody was sure when the answers of an organization were recorded.
pub(super) async fn unsure(visit: &Visit) -> Result<BTreeSet<String>, Problem> {
    let viewer = &visit.caller.viewer;
    let Some(organization) = viewer.organization() else { return Ok(BTreeSet::new()) };
    let Some(row) = visit.node.store().inquiry(viewer, organization).await? else {
        return Ok(BTreeSet::new());
    };
    let found = visit.law().conclude(&row.answers);
    Ok(found.unsure().map(ToString::to_string).collect())
}

/// A name that somebody sent, as far as it is shown.
fn cut(id: &str) -> String {
    id.chars().take(ANSWER_CHARS_MAX).collect()
}

/// The questions that were answered and that no pack asks.
fn unread(faults: &[Fault]) -> Vec<String> {
    let unknown = faults.iter().filter_map(|fault| match fault {
        Fault::Unknown { question } => Some(question.clone()),
        _ => None,
    });
    unknown.collect()
}

/// Puts answers together; names what was answered twice and differently.
fn gathered(given: impl Iterator<Item = (String, String)>) -> (Answers, BTreeSet<String>) {
    let (mut answers, mut twice) = (Answers::new(), BTreeSet::new());
    for (question, answer) in given.filter(|(_, answer)| !answer.is_empty()) {
        match answers.get(&question) {
            Some(before) if *before != answer => {
                twice.insert(question);
            }
            _ => {
                answers.insert(question, answer);
            }
        }
    }
    (answers, twice)
}

/// What the answers say, for the reader.
async fn result(
    visit: &Visit,
    answers: &Answers,
    problem: Option<Told>,
) -> Result<ResultView, Problem> {
    let laws: &Lawbook = visit.law();
    let asker = Asker { words: words(visit), answers };
    let found = laws.conclude(answers);
    let ways = asker.ways();
    let way = |id: &String| ways.get(id).cloned().unwrap_or_default();
    let viewer = &visit.caller.viewer;
    let changes = match viewer.organization() {
        Some(organization) => {
            let before = visit.node.store().profile(viewer, organization).await?;
            let after = laws.profile_after(answers, &before);
            Some(asker.changes(&before, &after, &found))
        }
        None => None,
    };
    let profile = laws.profile_after(answers, &Profile::default());
    let question = MapQuestion::of(laws, &profile, BTreeMap::new(), today(visit));
    let drawer = Drawer::new(asker.words, found.unsure().cloned().collect());
    let may_record = match &visit.reader.account {
        Some(_) if visit.reader.has(Duty::Administrator) => MayRecord::Yes,
        Some(_) => MayRecord::No,
        None => MayRecord::Nobody,
    };
    Ok(ResultView {
        carried: asker.carried(),
        roles: asker.roles(&found, &ways),
        attributes: found
            .attributes
            .iter()
            .map(|(id, value)| asker.attribute(id.as_str(), value))
            .collect(),
        unsure_attributes: found
            .unsure_attributes
            .iter()
            .map(|(id, question)| (asker.meaning(id.as_str()), way(question)))
            .collect(),
        changes,
        open: found
            .open
            .iter()
            .filter(|id| !found.unsure_attributes.values().any(|unsure| unsure == *id))
            .map(|id| (asker.asks(id), way(id)))
            .collect(),
        unasked: found.unasked.iter().map(|role| asker.words.role(role)).collect(),
        left_out: asker.left_out(),
        unread: Vec::new(),
        sections: drawer.sections(&laws.map(&question), None),
        back: address(&asker.goes_to(RESULT, "back"), answers),
        may_record,
        problem,
    })
}
