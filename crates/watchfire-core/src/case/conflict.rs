//! Duties of this case that collide: seen for whatever packs are loaded, told with what follows,
//! and, where people have to decide, asked of them with a clock.
//!
//! A decision changes no clock of law. Both duties stay what they are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::act::{EVENTS_OF_PEOPLE_MAX, TEXT_CHARS_MAX, room, text};
use super::{Case, Decision, Embargo, House, Refusal};
use crate::event::CaseEvent;
use crate::ids::{ObligationId, PartyId};
use crate::law::conflict::{Conflict, Rule};
use crate::law::count::{Within, elapsed};
use crate::law::gate::Act;
use crate::law::instant::Instant;
use crate::law::pack::{Pack, Provision};
use crate::obligation::Obligation;

/// A conflict, as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub opened_at: Timestamp,
    /// Whose people are asked.
    pub carrier: Option<ObligationId>,
    /// When it should be decided: a house target.
    pub due_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub decided: Option<Decided>,
}

/// What was decided, by whom, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub choice: String,
    pub reason: String,
    pub by: PartyId,
    pub at: Timestamp,
    /// Where the case follows what its organization chose for such cases: since when.
    pub standing: Option<Timestamp>,
}

/// What an organization chose for its cases, where the same duties collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub conflict: String,
    /// `None`: each case is decided by itself.
    pub choice: Option<String>,
    pub reason: String,
    pub by: PartyId,
    pub at: Timestamp,
}

impl Instance {
    pub(super) fn opened(at: Timestamp, carrier: ObligationId, due_at: Option<Timestamp>) -> Self {
        Self { carrier: Some(carrier), due_at, ..Self::undated(at) }
    }

    /// One that was decided without having been asked.
    pub(super) fn undated(at: Timestamp) -> Self {
        Self { opened_at: at, carrier: None, due_at: None, closed_at: None, decided: None }
    }

    /// Returns whether somebody still has to decide.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none() && self.decided.is_none()
    }
}

/// A conflict that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash<'l> {
    pub conflict: &'l Conflict,
    /// Those of the colliding provisions that this case has, the most urgent first.
    pub obligations: Vec<ObligationId>,
    pub effect: Effect,
    /// It must be decided, and rings until it is.
    pub asks: bool,
}

/// What a conflict does in this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A prohibition bars whom the duties are owed to, or others: it says which.
    Bars(Vec<String>),
    /// Each duty as it stands, side by side: whether it is met.
    Lamps(Vec<(String, bool)>),
    /// The ends of the embargo, the earliest first, and the one that counts.
    EmbargoEnds {
        /// `None`: no end has a date.
        end: Option<Timestamp>,
        ends: Vec<(String, Timestamp)>,
        /// It is public: the end is when that happened.
        leaked: bool,
    },
    /// Of each duty, whether a delay on request moves it.
    Moves(Vec<(String, bool)>),
    /// Until when records are kept, and what each provision asks for.
    Keeps { until: Option<Timestamp>, each: Vec<(String, Timestamp)> },
}

impl Case {
    /// Returns the conflicts that are there, in the order of the packs.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn clashes<'l>(
        &self,
        house: &House<'l>,
        now: Timestamp,
    ) -> Result<Vec<Clash<'l>>, Refusal> {
        let mut found = Vec::new();
        for conflict in house.law.conflicts() {
            found.extend(self.clash(house, conflict, now)?);
        }
        Ok(found)
    }

    pub(super) fn clash<'l>(
        &self,
        house: &House<'l>,
        conflict: &'l Conflict,
        now: Timestamp,
    ) -> Result<Option<Clash<'l>>, Refusal> {
        let listed = self.listed(conflict);
        let open = || listed.iter().filter(|owed| owed.is_open()).copied();
        let with = |obligations: Vec<&Obligation>, effect, asks| {
            let obligations = obligations.into_iter().map(|owed| owed.id.clone()).collect();
            Some(Clash { conflict, obligations, effect, asks })
        };
        Ok(match conflict.rule {
            Rule::ProhibitedRecipient => {
                let mut barred = Vec::new();
                let mut by: Vec<String> = Vec::new();
                for owed in open() {
                    let bars = self.bars_of(house, conflict, owed, now)?;
                    if !bars.is_empty() {
                        barred.push(owed);
                        by.extend(
                            bars.into_iter().filter(|it| !by.contains(it)).collect::<Vec<_>>(),
                        );
                    }
                }
                if barred.is_empty() { None } else { with(barred, Effect::Bars(by), true) }
            }
            Rule::Gate => {
                // Nobody in particular: whatever a recipient does not lift.
                let bars = self.barred(house, Act::Giving, &Default::default(), now)?;
                let bars = bars.into_iter().map(|bar| bar.provision.to_string());
                let bars: Vec<String> = bars.filter(|id| conflict.between.contains(id)).collect();
                if bars.is_empty() { None } else { with(Vec::new(), Effect::Bars(bars), false) }
            }
            Rule::NotHeldBack if self.embargo.is_active() && open().next().is_some() => {
                with(open().collect(), Effect::Lamps(lamps(open())), false)
            }
            Rule::SideBySide if listed.len() >= 2 => {
                with(listed.clone(), Effect::Lamps(lamps(listed.iter().copied())), false)
            }
            Rule::SameFacts => {
                let mut to: Vec<&str> =
                    listed.iter().filter_map(|owed| owed_to(house, owed)).collect();
                to.sort_unstable();
                to.dedup();
                let lamps = lamps(listed.iter().copied());
                if to.len() >= 2 { with(listed, Effect::Lamps(lamps), false) } else { None }
            }
            Rule::EmbargoEnds => self
                .embargo_ends(&listed)
                .and_then(|(effect, asks)| with(listed.clone(), effect, asks)),
            Rule::Delay if open().next().is_some() => {
                let moves = open().map(|owed| {
                    let id = owed.assessment.provision.clone();
                    let found = house.law.provision(&id);
                    let moves = found.is_some_and(|(_, it)| it.extended_under.is_some());
                    (id, moves)
                });
                with(open().collect(), Effect::Moves(moves.collect()), false)
            }
            Rule::Retention => {
                let each = self.keeps(house);
                let until = each.iter().map(|(_, until)| *until).max();
                if each.len() >= 2 {
                    with(Vec::new(), Effect::Keeps { until, each }, false)
                } else {
                    None
                }
            }
            Rule::NotHeldBack | Rule::SideBySide | Rule::Delay => None,
        })
    }

    /// Those of the provisions that this case has, applicable, the most urgent first.
    fn listed(&self, conflict: &Conflict) -> Vec<&Obligation> {
        let among = |owed: &&Obligation| {
            let (id, state) = (&owed.assessment.provision, owed.assessment.state);
            conflict.between.contains(id) && (state.is_open() || state.is_met())
        };
        let mut listed: Vec<&Obligation> = self.obligations.values().filter(among).collect();
        listed.sort_by_key(|owed| {
            (
                owed.assessment.strict_due.unwrap_or(Timestamp::MAX),
                owed.assessment.provision.clone(),
            )
        });
        listed
    }

    /// The prohibitions of the conflict that bar whom the duty is owed to.
    fn bars_of(
        &self,
        house: &House<'_>,
        conflict: &Conflict,
        owed: &Obligation,
        now: Timestamp,
    ) -> Result<Vec<String>, Refusal> {
        let found = house.law.provision(&owed.assessment.provision);
        let to = found.and_then(|(pack, it)| house.law.recipient(pack, it.owed_to.as_deref()?));
        let Some(recipient) = to else { return Ok(Vec::new()) };
        let bars = self.barred(house, Act::Giving, &recipient, now)?;
        let bars = bars.into_iter().map(|bar| bar.provision.to_string());
        Ok(bars.filter(|id| conflict.between.contains(id)).collect())
    }

    /// The ends of an embargo. It asks where what was agreed lies after the earliest of them.
    fn embargo_ends(&self, listed: &[&Obligation]) -> Option<(Effect, bool)> {
        let Embargo::Active { until } = self.embargo else { return None };
        let open = listed.iter().filter(|owed| owed.is_open());
        let mut ends: Vec<(String, Timestamp)> = open
            .filter_map(|owed| {
                Some((owed.assessment.provision.clone(), owed.assessment.strict_due?))
            })
            .collect();
        ends.sort_by_key(|(_, at)| *at);
        let public = self.facts.iter().filter(|it| it.kind == "disclosed");
        let public = public.filter(|it| !self.is_retracted(&it.id));
        let leaked =
            public.filter_map(|it| Instant::parse(&it.occurred_at).ok()).map(|at| at.lo()).min();
        if ends.is_empty() && leaked.is_none() {
            return None;
        }
        let agreed = until.into_iter();
        let end = leaked.or_else(|| ends.iter().map(|(_, at)| *at).chain(agreed).min());
        let later = until.is_some_and(|until| end.is_some_and(|end| end < until));
        let asks = leaked.is_some() || later;
        Some((Effect::EmbargoEnds { end, ends, leaked: leaked.is_some() }, asks))
    }

    /// Until when each provision that keeps records asks for them, of the roles that are obliged.
    ///
    /// It runs from the latest fact that the provision arises on; without one, from the latest
    /// fact of the case.
    fn keeps(&self, house: &House<'_>) -> Vec<(String, Timestamp)> {
        let standing = self.facts.iter().filter(|it| !self.is_retracted(&it.id));
        let dated: Vec<(&str, Timestamp)> = standing
            .filter_map(|it| Some((it.kind.as_str(), Instant::parse(&it.occurred_at).ok()?.last())))
            .collect();
        let latest = |kinds: Option<&[String]>| {
            let of = dated
                .iter()
                .filter(|(kind, _)| kinds.is_none_or(|kinds| kinds.iter().any(|it| it == kind)));
            of.map(|(_, at)| *at).max()
        };
        let all = house
            .law
            .packs()
            .iter()
            .flat_map(|pack| pack.provisions.iter().map(move |it| (pack, it)));
        let obliged = all.filter(|(_, it)| {
            it.owed_by.iter().any(|role| house.profile.roles.contains(role.as_str()))
        });
        obliged
            .filter_map(|(pack, provision)| {
                let keep = provision.keep_at_least?;
                let kinds: Vec<String> =
                    provision.arises_on.iter().map(ToString::to_string).collect();
                let from = match kinds.as_slice() {
                    [] => latest(None),
                    kinds => latest(Some(kinds)),
                }?;
                Some((provision.id.to_string(), self.kept_until(house, pack, keep, from)?))
            })
            .collect()
    }

    fn kept_until(
        &self,
        house: &House<'_>,
        pack: &Pack,
        keep: Within,
        from: Timestamp,
    ) -> Option<Timestamp> {
        let zone: TimeZone = house.law.zone(pack, &house.profile.attributes);
        elapsed(keep, from, &zone)
    }

    /// Returns the conflicts that must open because they ask, and close because they are gone.
    pub(super) fn conflicts_to_move(
        &self,
        house: &House<'_>,
        now: Timestamp,
    ) -> Result<Vec<CaseEvent>, Refusal> {
        let mut events = Vec::new();
        let clashes = self.clashes(house, now)?;
        let asking: BTreeMap<&str, &Clash<'_>> =
            clashes.iter().filter(|it| it.asks).map(|it| (it.conflict.id.as_str(), it)).collect();
        for (id, clash) in &asking {
            let known = self.conflicts.get(*id);
            let carrier = known.and_then(|it| it.carrier.as_ref());
            let carried = carrier.is_some_and(|id| clash.obligations.contains(id));
            let stands = known.is_some_and(|it| it.decided.is_some() || carried);
            if known.is_some_and(|it| it.closed_at.is_none()) && stands {
                continue;
            }
            let open =
                |id: &&ObligationId| self.obligations.get(*id).is_some_and(|it| it.is_open());
            let Some(carrier) = clash.obligations.iter().find(open) else { continue };
            let within = clash.conflict.decision.as_ref().and_then(|it| it.within);
            events.push(CaseEvent::ConflictOpened {
                conflict: (*id).to_owned(),
                obligation: carrier.clone(),
                due_at: within.and_then(|within| elapsed(within, now, &TimeZone::UTC)),
            });
        }
        for (id, known) in &self.conflicts {
            let asked = known.carrier.is_some() && known.closed_at.is_none();
            if asked && !asking.contains_key(id.as_str()) {
                events.push(CaseEvent::ConflictClosed { conflict: id.clone() });
            }
        }
        Ok(events)
    }

    /// Returns what the case follows, because its organization had chosen so before it was opened.
    /// What was chosen later is of later cases, and what somebody decided in this one stays.
    pub(super) fn standing_to_follow(
        &self,
        house: &House<'_>,
        now: Timestamp,
    ) -> Result<Vec<CaseEvent>, Refusal> {
        if house.standing.is_empty() {
            return Ok(Vec::new());
        }
        let mut events = Vec::new();
        for Clash { conflict, .. } in self.clashes(house, now)? {
            let known = self.conflicts.get(&conflict.id);
            // Of everything that was ever chosen, the last before the case counts.
            let before = house.standing.iter().filter(|it| it.at <= self.opened_at);
            let chosen = before.filter(|it| it.conflict == conflict.id).max_by_key(|it| it.at);
            let chosen = chosen.filter(|_| conflict.standing);
            let Some(chosen) = chosen.filter(|_| known.is_none_or(|it| it.decided.is_none()))
            else {
                continue;
            };
            let choice = chosen.choice.as_deref().filter(|id| conflict.choice(id).is_some());
            events.extend(choice.map(|choice| CaseEvent::ConflictFollowed {
                conflict: conflict.id.clone(),
                choice: choice.to_owned(),
                reason: chosen.reason.clone(),
                by: chosen.by.clone(),
                chosen_at: chosen.at,
            }));
        }
        Ok(events)
    }

    /// Decides what to do where duties collide. It can be decided anew; each decision stays.
    ///
    /// # Errors
    /// [`Refusal::NoSuchConflict`], [`Refusal::NoSuchChoice`], [`Refusal::Text`] of the reason,
    /// [`Refusal::Full`].
    pub fn decide_conflict(
        &self,
        house: &House<'_>,
        (id, choice): (&str, &str),
        (reason, by): (&str, &PartyId),
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let there = self.clashes(house, now)?;
        let there = there.into_iter().find(|clash| clash.conflict.id == id);
        let clash = there.filter(|it| it.conflict.decision.is_some());
        let clash = clash.ok_or_else(|| Refusal::NoSuchConflict(id.to_owned()))?;
        if clash.conflict.choice(choice).is_none() {
            let choices = clash.conflict.decision.iter().flat_map(|it| &it.choices);
            return Err(Refusal::NoSuchChoice {
                choice: choice.to_owned(),
                choices: choices.map(|it| it.id.clone()).collect(),
            });
        }
        text("reason", reason, TEXT_CHARS_MAX)?;
        room("events", self.version, EVENTS_OF_PEOPLE_MAX)?;
        let decided = CaseEvent::ConflictDecided {
            conflict: id.to_owned(),
            choice: choice.to_owned(),
            reason: reason.to_owned(),
            by: by.clone(),
        };
        Ok(Decision { events: vec![decided], notices: Vec::new() })
    }
}

fn lamps<'o>(owed: impl Iterator<Item = &'o Obligation>) -> Vec<(String, bool)> {
    owed.map(|it| (it.assessment.provision.clone(), it.assessment.state.is_met())).collect()
}

/// To whom a duty is owed.
fn owed_to<'l>(house: &House<'l>, owed: &Obligation) -> Option<&'l str> {
    let (_, provision): (&Pack, &Provision) = house.law.provision(&owed.assessment.provision)?;
    provision.owed_to.as_deref()
}
