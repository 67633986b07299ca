//! The one gate: whatever leaves the house about a case to somebody outside is asked here.
//!
//! It passes, it is refused with the articles that bar it, or it passes because somebody decided
//! so and said why.

use jiff::Timestamp;

use super::act::{TEXT_CHARS_MAX, text};
use super::{Case, Decision, House, Refusal};
use crate::event::CaseEvent;
use crate::ids::PartyId;
use crate::law::conflict::Rule;
use crate::law::gate::{Act, Bar, Recipient};

/// A case holds at most so many passes.
const PASSES_MAX: usize = 1_000;

/// Somebody outside, as the gate asks of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct To {
    /// How events name it.
    pub name: String,
    /// What is known of it.
    pub recipient: Recipient,
}

impl To {
    /// A person or an organization.
    pub fn party(party: &PartyId, recipient: Recipient) -> Self {
        Self { name: format!("party:{party}"), recipient }
    }

    /// An authority, as a pack names it.
    pub fn authority(id: &str, recipient: Recipient) -> Self {
        Self { name: format!("authority:{id}"), recipient }
    }

    /// Whoever reported and reads with the tracking code: nobody knows where.
    pub fn reporter() -> Self {
        Self { name: "reporter".to_owned(), recipient: Recipient::default() }
    }

    /// Everybody.
    pub fn public() -> Self {
        Self { name: "public".to_owned(), recipient: Recipient::default() }
    }
}

/// A decision that something may leave the house although a prohibition bars it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// `giving` or `publishing`.
    pub act: String,
    pub recipient: String,
    pub provisions: Vec<String>,
    pub reason: String,
    pub by: PartyId,
    pub at: Timestamp,
}

impl Case {
    /// Returns the prohibitions that bar `act` towards `to` and that nobody has decided to pass;
    /// none: it may go.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn gate(
        &self,
        house: &House<'_>,
        act: Act,
        to: &To,
        now: Timestamp,
    ) -> Result<Vec<Bar>, Refusal> {
        let mut bars = self.barred(house, act, &to.recipient, now)?;
        bars.retain(|bar| {
            let is_of = |pass: &&Pass| pass.act == act.as_str() && pass.recipient == to.name;
            let mut passes = self.passes.iter().filter(is_of);
            let passed =
                passes.any(|pass| pass.provisions.iter().any(|id| bar.provision.as_str() == id));
            !passed && !self.is_opened_by_conflict(house, bar, to)
        });
        Ok(bars)
    }

    /// Returns the prohibitions that bar `act`, whatever was decided about it.
    pub(super) fn barred(
        &self,
        house: &House<'_>,
        act: Act,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Vec<Bar>, Refusal> {
        let question = self.question(house, Some(now), None)?;
        Ok(house.law.bars(&question, act, recipient))
    }

    /// Returns whether a conflict between this prohibition and a duty owed to this authority was
    /// decided so that it may be submitted.
    fn is_opened_by_conflict(&self, house: &House<'_>, bar: &Bar, to: &To) -> bool {
        let decided = house.law.conflicts().filter(|it| it.rule == Rule::ProhibitedRecipient);
        decided.filter(|it| it.between.iter().any(|id| bar.provision.as_str() == id)).any(
            |conflict| {
                let choice =
                    self.conflicts.get(&conflict.id).and_then(|known| known.decided.as_ref());
                let opens =
                    choice.and_then(|it| conflict.choice(&it.choice)).is_some_and(|it| it.opens);
                opens
                    && conflict.between.iter().any(|id| {
                        let owed_to =
                            house.law.provision(id).and_then(|(_, it)| it.owed_to.as_ref());
                        owed_to.is_some_and(|owed_to| to.name == format!("authority:{owed_to}"))
                    })
            },
        )
    }

    /// Lets `act` go to each of `to`, or refuses with the articles.
    ///
    /// Where somebody says why it may go all the same, that is recorded: the events come first.
    ///
    /// # Errors
    /// [`Refusal::GateClosed`]; [`Refusal::Text`] of the reason; [`Refusal::Full`].
    pub(super) fn through(
        &self,
        house: &House<'_>,
        act: Act,
        to: &[To],
        passing: Option<(&str, &PartyId)>,
        now: Timestamp,
    ) -> Result<Vec<CaseEvent>, Refusal> {
        let mut events = Vec::new();
        for to in to {
            let bars = self.gate(house, act, to, now)?;
            if bars.is_empty() {
                continue;
            }
            let Some((reason, by)) = passing else { return Err(closed(house, to, &bars)) };
            events.push(self.pass(act, to, &bars, (reason, by))?);
        }
        Ok(events)
    }

    fn pass(
        &self,
        act: Act,
        to: &To,
        bars: &[Bar],
        (reason, by): (&str, &PartyId),
    ) -> Result<CaseEvent, Refusal> {
        text("pass_reason", reason, TEXT_CHARS_MAX)?;
        if self.passes.len() >= PASSES_MAX {
            return Err(Refusal::Full { what: "passes", max: PASSES_MAX });
        }
        Ok(CaseEvent::GatePassed {
            act: act.as_str().to_owned(),
            recipient: to.name.clone(),
            provisions: bars.iter().map(|bar| bar.provision.to_string()).collect(),
            reason: reason.to_owned(),
            by: by.clone(),
        })
    }

    /// Records the decision that `act` may go to `to`. What nothing bars needs none.
    ///
    /// # Errors
    /// [`Refusal::Text`] of the reason; [`Refusal::Full`].
    pub fn pass_gate(
        &self,
        house: &House<'_>,
        act: Act,
        to: &To,
        (reason, by): (&str, &PartyId),
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        text("reason", reason, TEXT_CHARS_MAX)?;
        let bars = self.gate(house, act, to, now)?;
        if bars.is_empty() {
            return Ok(Decision::default());
        }
        let passed = self.pass(act, to, &bars, (reason, by))?;
        Ok(Decision { events: vec![passed], notices: Vec::new() })
    }

    /// Refuses what leaves the house without being an act of the case, such as an export.
    ///
    /// # Errors
    /// [`Refusal::GateClosed`].
    pub fn may_leave(
        &self,
        house: &House<'_>,
        act: Act,
        to: &[To],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.through(house, act, to, None, now).map(|_| ())
    }
}

fn closed(house: &House<'_>, to: &To, bars: &[Bar]) -> Refusal {
    let cites = |bar: &Bar| {
        let cites = house.law.provision(bar.provision.as_str()).and_then(|(pack, it)| {
            let cites = it.cites.as_ref()?.in_language(crate::law::Language::En);
            Some(format!("{cites} of {}", pack.id))
        });
        cites.unwrap_or_else(|| bar.provision.to_string())
    };
    Refusal::GateClosed {
        recipient: to.name.clone(),
        provisions: bars.iter().map(|bar| bar.provision.to_string()).collect(),
        cites: bars.iter().map(cites).collect(),
    }
}
