//! What people do with a case.

use std::collections::BTreeMap;

use jiff::Timestamp;
use watchfire_core::case::{Answers, Case, Decision, House, Opening, Refusal, Submission};
use watchfire_core::event::{FactRecord, ParticipantRole, Stream};
use watchfire_core::ids::{CaseId, ObligationId, PartyId, SubmissionId};
use watchfire_store::policy::Write;
use watchfire_store::{Append, Recorded};

use super::decision::{Loaded, house_of, plan};
use super::form::Known;
use super::{Answer, AppendError, TRIES_MAX, Wish, gate, standing, too_many_conflicts};
use crate::error::Problem;

/// A fact as somebody gives it; what is left out is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactDraft {
    /// Unique in the case; `fact-N` if left out.
    pub id: Option<String>,
    pub kind: String,
    /// In the spelling of the case files; the instant of recording if left out.
    pub occurred_at: Option<String>,
    /// The instant of recording if left out.
    pub known_at: Option<Timestamp>,
    pub of: Option<String>,
    pub obligation: Vec<String>,
    pub new_due: Option<String>,
    pub number: Option<String>,
    pub predicate: Option<String>,
    pub answer: Option<String>,
    pub note: Option<String>,
    pub evidence: Option<String>,
}

impl FactDraft {
    fn complete(&self, case: &Case, now: Timestamp) -> FactRecord {
        FactRecord {
            id: self.id.clone().unwrap_or_else(|| free_fact_id(case)),
            kind: self.kind.clone(),
            occurred_at: self.occurred_at.clone().unwrap_or_else(|| now.to_string()),
            known_at: self.known_at.unwrap_or(now),
            of: self.of.clone(),
            obligation: self.obligation.clone(),
            new_due: self.new_due.clone(),
            number: self.number.clone(),
            predicate: self.predicate.clone(),
            answer: self.answer.clone(),
            note: self.note.clone(),
            evidence: self.evidence.clone(),
        }
    }
}

/// The first `fact-N` that is free, from the place that the fact will have.
fn free_fact_id(case: &Case) -> String {
    let taken = |id: &String| case.facts.iter().any(|fact| fact.id == *id);
    (case.facts.len() + 1..)
        .map(|place| format!("fact-{place}"))
        .find(|id| !taken(id))
        .expect("there are more numbers than facts")
}

/// Opens a case of the caller's organization, without a report.
///
/// # Errors
/// What [`Case::open`] refuses; 404 for whoever has no account or no organization.
pub async fn open(
    wish: Wish<'_>,
    title: &str,
    embargoed: bool,
    facts: &[FactDraft],
) -> Result<Answer, Problem> {
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    let (node, viewer) = (wish.node, wish.viewer);
    let organization = viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let me = viewer.party().cloned().ok_or_else(Problem::not_found)?;
    let grant = node.store().authorize_new_case(viewer).await?;
    let (profile, chain) = house_of(node, &organization).await?;
    let now = node.now();
    let standing = standing::of_case(node, &organization, now).await?;
    let house = House { law: node.law(), profile: &profile, chain: &chain, standing: &standing };
    let opening = Opening {
        title: title.to_owned(),
        organization,
        report: None,
        embargoed,
        participants: vec![(me, ParticipantRole::Member)],
        facts: complete_all(facts, now),
    };
    let decision = Case::open(grant.id(), &opening, &house, now)?;
    let mut append = Append::new(viewer, now);
    let recorded = plan(node, &mut append, &grant, None, &decision, now).await?;
    let answer = Answer::new(grant.id(), recorded.first().map(|first| &first.receipt));
    wish.append(append, &answer).await.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// Fills in the facts that a case is opened with, each after those before it.
fn complete_all(drafts: &[FactDraft], now: Timestamp) -> Vec<FactRecord> {
    drafts
        .iter()
        .enumerate()
        .map(|(at, draft)| FactRecord {
            id: draft.id.clone().unwrap_or_else(|| format!("fact-{}", at + 1)),
            kind: draft.kind.clone(),
            occurred_at: draft.occurred_at.clone().unwrap_or_else(|| now.to_string()),
            known_at: draft.known_at.unwrap_or(now),
            of: draft.of.clone(),
            obligation: draft.obligation.clone(),
            new_due: draft.new_due.clone(),
            number: draft.number.clone(),
            predicate: draft.predicate.clone(),
            answer: draft.answer.clone(),
            note: draft.note.clone(),
            evidence: draft.evidence.clone(),
        })
        .collect()
}

/// Names what a change made, from the case it was decided on and what is recorded.
type Named<'n> = &'n (dyn Fn(&Case, &[Recorded]) -> String + Sync);

/// Changes a case: loads it under the right to write it, decides, appends, and decides anew if
/// somebody else was faster.
pub(super) async fn change(
    wish: Wish<'_>,
    id: &CaseId,
    named: Named<'_>,
    decide: impl Fn(&Case, &House<'_>, Timestamp) -> Result<Decision, Refusal> + Sync,
) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    for _ in 0..TRIES_MAX {
        let grant = node.store().authorize_case::<Write>(viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let loaded = Loaded::read(node, viewer, id).await?;
        let now = loaded.not_before(node.now());
        let decision = decide(&loaded.case, &loaded.house(node), now)?;
        if decision.events.is_empty() {
            return Ok(Answer::new(named(&loaded.case, &[]), None));
        }
        let version = loaded.case.version;
        let mut append = Append::new(viewer, now).expect_version(Stream::Case(id.clone()), version);
        let recorded = plan(node, &mut append, &grant, Some(&loaded.case), &decision, now).await?;
        let receipt = recorded.first().map(|first| &first.receipt);
        let answer = Answer::new(named(&loaded.case, &recorded), receipt);
        match wish.append(append, &answer).await {
            Ok(answer) => return Ok(answer),
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
        }
    }
    Err(too_many_conflicts())
}

/// Records a fact.
///
/// # Errors
/// What [`Case::record_fact`] refuses.
pub async fn record_fact(
    wish: Wish<'_>,
    id: &CaseId,
    draft: &FactDraft,
) -> Result<Answer, Problem> {
    let named =
        |case: &Case, _: &[Recorded]| draft.id.clone().unwrap_or_else(|| free_fact_id(case));
    change(wish, id, &named, |case, house, now| {
        case.record_fact(house, &draft.complete(case, now), now)
    })
    .await
}

/// Records a fact as it is, unless the case has one of its id.
///
/// # Errors
/// What [`Case::record_fact`] refuses.
pub(crate) async fn record_once(
    wish: Wish<'_>,
    id: &CaseId,
    fact: &FactRecord,
) -> Result<Answer, Problem> {
    let named = |_: &Case, _: &[Recorded]| fact.id.clone();
    change(wish, id, &named, |case, house, now| {
        if case.facts.iter().any(|known| known.id == fact.id) {
            return Ok(Decision::default());
        }
        case.record_fact(house, fact, now)
    })
    .await
}

/// Finds the case of an obligation that the caller sees.
///
/// # Errors
/// 404 if it is missing or hidden.
pub async fn case_of(wish: Wish<'_>, id: &ObligationId) -> Result<CaseId, Problem> {
    Ok(wish.node.store().obligation(wish.viewer, id).await?.case)
}

/// Changes who holds an obligation.
async fn hold(
    wish: Wish<'_>,
    id: &ObligationId,
    decide: impl Fn(&Case, Timestamp) -> Result<Decision, Refusal> + Sync,
) -> Result<Answer, Problem> {
    let case = case_of(wish, id).await?;
    let named = |_: &Case, _: &[Recorded]| id.to_string();
    change(wish, &case, &named, |case, _, now| decide(case, now)).await
}

fn me(wish: Wish<'_>) -> Result<PartyId, Problem> {
    wish.viewer.party().cloned().ok_or_else(Problem::not_found)
}

/// Takes an obligation that nobody holds, or whose holder is silent.
///
/// # Errors
/// What [`Case::claim`] refuses.
pub async fn claim(wish: Wish<'_>, id: &ObligationId) -> Result<Answer, Problem> {
    let me = me(wish)?;
    hold(wish, id, |case, _| case.claim(id, &me)).await
}

/// Answers for an obligation that the caller holds.
///
/// # Errors
/// What [`Case::acknowledge`] refuses.
pub async fn acknowledge(wish: Wish<'_>, id: &ObligationId) -> Result<Answer, Problem> {
    let me = me(wish)?;
    hold(wish, id, |case, _| case.acknowledge(id, &me)).await
}

/// Gives an obligation up.
///
/// # Errors
/// What [`Case::release`] refuses.
pub async fn release(wish: Wish<'_>, id: &ObligationId, reason: &str) -> Result<Answer, Problem> {
    let me = me(wish)?;
    hold(wish, id, |case, _| case.release(id, &me, reason)).await
}

/// Tells the next of the chain now, without waiting for a rung.
///
/// # Errors
/// What [`Case::escalate`] refuses.
pub async fn escalate(wish: Wish<'_>, id: &ObligationId, reason: &str) -> Result<Answer, Problem> {
    let me = me(wish)?;
    let case = case_of(wish, id).await?;
    let named = |_: &Case, _: &[Recorded]| id.to_string();
    let decide = |case: &Case, house: &House<'_>, now| case.escalate(house, id, &me, reason, now);
    change(wish, &case, &named, decide).await
}

/// Gives an obligation to somebody the caller sees.
///
/// # Errors
/// What [`Case::assign`] refuses; 404 for somebody the caller does not see.
pub async fn assign(wish: Wish<'_>, id: &ObligationId, to: &PartyId) -> Result<Answer, Problem> {
    let me = me(wish)?;
    case_of(wish, id).await?;
    person(wish, to).await?;
    hold(wish, id, |case, now| case.assign(id, to, &me, now)).await
}

/// Checks that the caller sees a person.
async fn person(wish: Wish<'_>, id: &PartyId) -> Result<(), Problem> {
    let found = wish.node.store().party(wish.viewer, id).await;
    match found {
        Ok(_) => Ok(()),
        Err(watchfire_store::StoreError::NotFound(_)) => {
            Err(Problem::field("/party", "there is no such party, or none that you may know of"))
        }
        Err(other) => Err(other.into()),
    }
}

/// Saves the draft of the submission that would meet an obligation.
///
/// # Errors
/// What [`Case::save_draft`] refuses.
pub async fn save_draft(
    wish: Wish<'_>,
    id: &ObligationId,
    answers: &Answers<'_>,
) -> Result<Answer, Problem> {
    let case = case_of(wish, id).await?;
    let loaded = Loaded::read(wish.node, wish.viewer, &case).await?;
    let known = Known::of(wish.node, wish.viewer, &loaded.case).await?;
    let named = |_: &Case, _: &[Recorded]| id.to_string();
    change(wish, &case, &named, |case, house, now| {
        case.save_draft(house, (id, known.about()), answers, now)
    })
    .await
}

/// A submission as somebody records it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubmissionDraft {
    pub obligations: Vec<ObligationId>,
    /// In the spelling of the case files; the instant of recording if left out.
    pub submitted_at: Option<String>,
    /// The instant of recording if left out.
    pub known_at: Option<Timestamp>,
    pub number: Option<String>,
    pub channel: String,
    pub fields: BTreeMap<String, String>,
    pub incomplete_reason: Option<String>,
    /// Why it went although a prohibition bars the recipient.
    pub pass_reason: Option<String>,
}

/// Records a submission that was made.
///
/// # Errors
/// What [`Case::record_submission`] refuses.
pub async fn record_submission(
    wish: Wish<'_>,
    id: &CaseId,
    draft: &SubmissionDraft,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    let submission = SubmissionId::from_random(crate::secret::random());
    let named = |_: &Case, _: &[Recorded]| submission.to_string();
    change(wish, id, &named, |case, house, now| {
        let sent = Submission {
            id: submission.clone(),
            obligations: draft.obligations.clone(),
            submitted_at: draft.submitted_at.clone().unwrap_or_else(|| now.to_string()),
            known_at: draft.known_at.unwrap_or(now),
            number: draft.number.clone(),
            channel: draft.channel.clone(),
            fields: draft.fields.clone(),
            incomplete_reason: draft.incomplete_reason.clone(),
            pass: draft.pass_reason.clone().map(|reason| (reason, me.clone())),
        };
        case.record_submission(house, &sent, now)
    })
    .await
}

/// Lets somebody the caller sees take part in a case. `pass_reason` says why somebody outside may,
/// although a prohibition bars them.
///
/// # Errors
/// `field_invalid` for somebody the caller does not see; `gate_closed`.
pub async fn add_participant(
    wish: Wish<'_>,
    id: &CaseId,
    (party, role): (&PartyId, ParticipantRole),
    pass_reason: Option<&str>,
) -> Result<Answer, Problem> {
    wish.node.store().authorize_case::<Write>(wish.viewer, id).await?;
    person(wish, party).await?;
    let me = me(wish)?;
    let organization = wish.node.store().case(wish.viewer, id).await?.organization;
    let outside = gate::outside(wish.node, &organization, party).await?;
    let named = |_: &Case, _: &[Recorded]| party.to_string();
    change(wish, id, &named, |case, house, now| {
        let pass = pass_reason.map(|reason| (reason, &me));
        case.add_participant(house, (party, role), outside.as_ref(), pass, now)
    })
    .await
}

/// Takes somebody out of a case.
///
/// # Errors
/// What [`Case::remove_participant`] refuses.
pub async fn remove_participant(
    wish: Wish<'_>,
    id: &CaseId,
    party: &PartyId,
) -> Result<Answer, Problem> {
    let named = |_: &Case, _: &[Recorded]| party.to_string();
    change(wish, id, &named, |case, _, _| case.remove_participant(party)).await
}

/// Names the change itself: its first event.
fn first_event(_: &Case, recorded: &[Recorded]) -> String {
    recorded.first().map(|first| first.event.to_string()).unwrap_or_default()
}

/// Agrees, or moves, the embargo.
///
/// # Errors
/// What [`Case::agree_embargo`] refuses; `participant_unknown` for whoever takes no part.
pub async fn agree_embargo(
    wish: Wish<'_>,
    id: &CaseId,
    until: Option<Timestamp>,
    note: &str,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    change(wish, id, &first_event, |case, house, now| {
        // Or whoever agrees it, and perhaps everybody, would see the case no more.
        if !case.participants.contains_key(&me) {
            return Err(Refusal::NotParticipant(me.clone()));
        }
        case.agree_embargo(house, until, note, now)
    })
    .await
}

/// Ends the embargo.
///
/// # Errors
/// What [`Case::exit_embargo`] refuses.
pub async fn exit_embargo(
    wish: Wish<'_>,
    id: &CaseId,
    reason: &str,
    pass_reason: Option<&str>,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    change(wish, id, &first_event, |case, house, now| {
        let pass = pass_reason.map(|reason| (reason, &me));
        case.exit_embargo(house, reason, pass, now)
    })
    .await
}

/// Gives a case another title.
///
/// # Errors
/// What [`Case::rename`] refuses.
pub async fn rename(wish: Wish<'_>, id: &CaseId, title: &str) -> Result<Answer, Problem> {
    change(wish, id, &|_, _| id.to_string(), |case, _, _| case.rename(title)).await
}

/// Writes to the participants. `pass_reason` says why it may go to those outside, although a
/// prohibition bars them.
///
/// # Errors
/// What [`Case::post_message`] refuses.
pub async fn post_message(
    wish: Wish<'_>,
    id: &CaseId,
    text: &str,
    pass_reason: Option<&str>,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    let organization = wish.node.store().case(wish.viewer, id).await?.organization;
    let outside = gate::outsiders(wish.node, wish.viewer, id, &organization).await?;
    change(wish, id, &first_event, |case, house, now| {
        let pass = pass_reason.map(|reason| (reason, &me));
        case.post_message(house, text, &outside, pass, now)
    })
    .await
}

/// Decides what to do where duties collide.
///
/// # Errors
/// What [`Case::decide_conflict`] refuses.
pub async fn decide_conflict(
    wish: Wish<'_>,
    id: &CaseId,
    (conflict, choice): (&str, &str),
    reason: &str,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    change(wish, id, &|_, _| conflict.to_owned(), |case, house, now| {
        case.decide_conflict(house, (conflict, choice), (reason, &me), now)
    })
    .await
}

/// Says from which fact on the organization holds that it was aware.
///
/// # Errors
/// What [`Case::choose_awareness`] refuses.
pub async fn choose_awareness(
    wish: Wish<'_>,
    id: &CaseId,
    fact: &str,
    reason: &str,
) -> Result<Answer, Problem> {
    let me = me(wish)?;
    change(wish, id, &|_, _| fact.to_owned(), |case, house, now| {
        case.choose_awareness(house, fact, (reason, &me), now)
    })
    .await
}
