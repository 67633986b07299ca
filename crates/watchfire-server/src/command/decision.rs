//! From what core decided about a case to what is appended: events, due rows and notices.

use std::sync::Arc;

use jiff::Timestamp;
use watchfire_core::case::{Case, Decision, House, Standing};
use watchfire_core::event::{Actor, Body, CaseEvent, Chain, Event, Profile, Service};
use watchfire_core::ids::{CaseId, EventId, PartyId};
use watchfire_core::law::Lawbook;
use watchfire_core::notice::Notice;
use watchfire_store::policy::{Case as CaseNoun, Write};
use watchfire_store::{Append, Authorized, Recorded, StoreError, Viewer};

use super::standing;
use crate::state::Node;

/// How a notice goes to somebody who gave no address: the try fails, and that is recorded.
const CHANNEL_OF_NOBODY: &str = "mail";

/// A case with what a decision about it needs.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The case.
    pub case: Case,
    events: Vec<Event>,
    profile: Profile,
    chain: Chain,
    standing: Vec<Standing>,
}

impl Loaded {
    /// Reads a case that `viewer` sees, with the profile and the chain of its organization.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn read(node: &Node, viewer: &Viewer, id: &CaseId) -> Result<Self, StoreError> {
        let history = node.store().case_history(viewer, id).await?;
        let events: Vec<Event> = history.into_iter().map(|recorded| recorded.event).collect();
        let case = Case::from_events(id, &events).ok_or(StoreError::Corrupt { what: "case" })?;
        let (profile, chain) = house_of(node, &case.organization).await?;
        let standing = standing::of_case(node, &case.organization, case.opened_at).await?;
        Ok(Self { case, events, profile, chain, standing })
    }

    /// Returns the instant at which something is decided that was begun at `at`: not before anything
    /// that is recorded in the case, so that no fact lies in its future.
    pub fn not_before(&self, at: Timestamp) -> Timestamp {
        self.events.last().map_or(at, |last| last.recorded_at.max(at))
    }

    /// Returns the case as it was recorded at `at`, or `None` if it was not open yet.
    pub fn as_of(&self, at: Timestamp) -> Option<Case> {
        let recorded = self.events.iter().filter(|event| event.recorded_at <= at);
        Case::from_events(&self.case.id, recorded)
    }

    /// Returns what the rules need to know besides the case.
    pub fn house<'a>(&'a self, node: &'a Node) -> House<'a> {
        self.house_under(node.law())
    }

    /// As [`Loaded::house`], under another law: the one of an instant that is past.
    pub fn house_under<'a>(&'a self, law: &'a Lawbook) -> House<'a> {
        House { law, profile: &self.profile, chain: &self.chain, standing: &self.standing }
    }
}

/// A law by which a case is shown.
#[derive(Debug, Clone)]
pub struct Legible {
    /// The law that was asked for or, where that cannot read the case, the one by which it was
    /// computed last.
    pub law: Arc<Lawbook>,
    /// What the law that was asked for cannot read.
    pub problem: Option<String>,
    /// Whether `law` can read the case; if not, what was computed last is all there is.
    pub is_read: bool,
}

impl Loaded {
    /// Finds a law by which the case can be shown as it was at `at`: `law`, if it can read it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn legible(
        &self,
        node: &Node,
        law: Arc<Lawbook>,
        at: Timestamp,
    ) -> Result<Legible, StoreError> {
        let Err(refusal) = self.case.question(&self.house_under(&law), None, None) else {
            return Ok(Legible { law, problem: None, is_read: true });
        };
        let problem = Some(refusal.to_string());
        let recorded = self.events.iter().rev().filter(|event| event.recorded_at <= at);
        let mut assessed = recorded.filter_map(|event| match &event.body {
            Body::Case(_, CaseEvent::Assessed { assessment, .. }) => Some(&assessment.lawbook),
            _ => None,
        });
        let Some(digest) = assessed.next() else {
            return Ok(Legible { law, problem, is_read: false });
        };
        match node.law_by_digest(digest).await {
            Ok(last) => {
                let is_read = self.case.question(&self.house_under(&last), None, None).is_ok();
                Ok(Legible { law: last, problem, is_read })
            }
            Err(StoreError::NotFound(_)) => Ok(Legible { law, problem, is_read: false }),
            Err(other) => Err(other),
        }
    }
}

/// Reads what an organization is by law, and who is told in what order.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such organization.
pub async fn house_of(node: &Node, organization: &PartyId) -> Result<(Profile, Chain), StoreError> {
    let keeper = Viewer::service(Service::Keeper);
    let profile = node.store().profile(&keeper, organization).await?;
    let chain = node.store().party(&keeper, organization).await?.chain;
    Ok((profile, chain))
}

/// Puts a decision into an append: its events, the next instant of each obligation that it
/// changes, and its notices. Returns what is recorded, in the order of the events.
///
/// `before` is the case that was decided on; `None` where the decision opens it.
///
/// # Errors
/// Failures of the database, when the addresses are read.
pub async fn plan(
    node: &Node,
    append: &mut Append,
    grant: &Authorized<CaseNoun, Write>,
    before: Option<&Case>,
    decision: &Decision,
    now: Timestamp,
) -> Result<Vec<Recorded>, StoreError> {
    let recorded: Vec<Recorded> =
        decision.events.iter().map(|event| append.case(grant, event.clone())).collect();
    if let Some(after) = after(grant.id(), before, decision, now) {
        let was = before.map(Case::due_instants).unwrap_or_default();
        let is = after.due_instants();
        for obligation in after.obligations.keys() {
            if was.get(obligation) != is.get(obligation) {
                append.due(grant, obligation.clone(), is.get(obligation).copied());
            }
        }
    }
    for notice in &decision.notices {
        send(node, append, notice, now).await?;
    }
    Ok(recorded)
}

/// Returns the case as it will be.
fn after(id: &CaseId, before: Option<&Case>, decision: &Decision, now: Timestamp) -> Option<Case> {
    if let Some(before) = before {
        let mut case = before.clone();
        decision.events.iter().for_each(|event| case.apply(now, event));
        return Some(case);
    }
    let planned = |event: &CaseEvent| Event {
        // Folding asks neither for the name nor for the actor.
        id: EventId::from_random([0; EventId::RANDOM_BYTES]),
        recorded_at: now,
        actor: Actor::Anonymous,
        body: Body::Case(id.clone(), event.clone()),
    };
    let events: Vec<Event> = decision.events.iter().map(planned).collect();
    Case::from_events(id, &events)
}

/// Puts a notice into the outbox, once for each channel of its recipient.
///
/// # Errors
/// Failures of the database, when the addresses are read.
pub async fn send(
    node: &Node,
    append: &mut Append,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), StoreError> {
    for notice in on_channels(node, notice, now).await? {
        append.outbox(notice);
    }
    Ok(())
}

/// Addresses a notice, once for each channel of its recipient.
///
/// # Errors
/// Failures of the database, when the addresses are read.
pub(crate) async fn on_channels(
    node: &Node,
    notice: &Notice,
    now: Timestamp,
) -> Result<Vec<watchfire_store::Notice>, StoreError> {
    let sender = Viewer::service(Service::Sender);
    let addresses = node.store().addresses(&sender, &notice.recipient).await?;
    let mut channels: Vec<String> = addresses.into_iter().map(|(channel, _)| channel).collect();
    if channels.is_empty() {
        channels.push(CHANNEL_OF_NOBODY.to_owned());
    }
    let on = |channel| watchfire_store::Notice {
        id: notice.id.clone(),
        recipient: notice.recipient.clone(),
        case: notice.case.clone(),
        obligation: notice.obligation.clone(),
        template: notice.kind.as_str().to_owned(),
        payload: notice.mark.clone().into_bytes(),
        first_try_at: now,
        channel,
    };
    Ok(channels.into_iter().map(on).collect())
}
