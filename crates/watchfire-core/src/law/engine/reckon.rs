//! One span reckoned from one fact: where it starts, what limits it, and where it ends.

use std::sync::Arc;

use jiff::Timestamp;

use super::clock::{start, tell_start};
use super::{Engine, Place};
use crate::law::calendar::Calendar;
use crate::law::condition::Answer;
use crate::law::count::{Counting, End, Ends, Start, elapsed};
use crate::law::fact::Fact;
use crate::law::pack::{Anchor, CalendarRule, Provision, Roll, Span};
use crate::law::trace::{Side, Step};

/// What came out.
pub(super) struct Reckoned {
    pub(super) from: Timestamp,
    /// When the fact that it runs from became known.
    pub(super) known_at: Timestamp,
    pub(super) due: Timestamp,
}

impl<'q> Engine<'q> {
    /// Reckons a span of a side from the anchoring fact, or from the fact that the span names, and
    /// tells how; nothing where there is no end.
    pub(super) fn reckon(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        span: &Arc<Span>,
        fact: &'q Fact,
        side: Side,
        steps: &mut Vec<Step>,
    ) -> Option<Reckoned> {
        let named = span.runs_from.as_ref().and_then(|from| self.anchor_of(from, Anchor::First));
        let fact = named.unwrap_or(fact);
        let start = start(provision, fact, side);
        let began = steps.len();
        steps.push(tell_start(fact, side, start, provision));
        let Some(due) = self.end(place, provision, span, start, side, steps) else {
            steps.truncate(began);
            return None;
        };
        Some(Reckoned { from: start.at, known_at: fact.known_at, due })
    }

    /// Returns where the span ends that starts at `start`.
    pub(super) fn end(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        span: &Arc<Span>,
        start: Start,
        side: Side,
        steps: &mut Vec<Step>,
    ) -> Option<Timestamp> {
        let counting = self.counting(place, span)?;
        let own = Counting { rolls: None, ..counting }.end(start)?;
        let mut told = Vec::new();
        let limit = self.limit(place, provision, span, start, side, &mut told);
        let limit = limit.filter(|limit| *limit < own.at);
        let ends = |rolls| match limit {
            Some(limit) => Counting { rolls, ends: Ends::Exact, ..counting }.end_from(limit),
            None => Counting { rolls, ..counting }.end(start),
        };
        let (end, relief) = self.roll(place, span.rolls.as_ref(), side, ends)?;
        let due = if limit.is_some() { own.at } else { end.at };
        steps.push(Step::Counted { side, span: Arc::clone(span), due });
        steps.append(&mut told);
        steps.extend(relief);
        if let Some(calendar) = counting.calendar {
            let calendar = calendar.id.clone();
            if let Some((from, to)) = end.rolled {
                steps.push(Step::Rolled { calendar: calendar.clone(), from, to });
            }
            if let Some(year) = end.year_not_held {
                steps.push(Step::YearNotHeld { calendar, year });
            }
        }
        Some(end.at)
    }

    /// Returns the earliest of the further limits of a span that counts.
    fn limit(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        span: &Span,
        begun: Start,
        side: Side,
        told: &mut Vec<Step>,
    ) -> Option<Timestamp> {
        let mut earliest: Option<Timestamp> = None;
        for cap in &span.no_later_than {
            let Some(fact) = self.anchor_of(&cap.runs_from, Anchor::First) else { continue };
            let from = start(provision, fact, side);
            let Some(due) = elapsed(cap.within, from.at, &place.zone) else { continue };
            // Such as Delegated Reg. (EU) 2025/301 art. 5(2): classified after the 24 hours.
            let lapsed = cap.unless_past && begun.at > due;
            let (fact, within) = (fact.id.clone(), cap.within);
            told.push(Step::NoLaterThan { side, fact, within, due, lapsed });
            if !lapsed {
                earliest = Some(earliest.map_or(due, |known| known.min(due)));
            }
        }
        earliest
    }

    /// Rolls a last day that is a day off. Where it is undecided whether that is allowed, strict
    /// takes what ends first and outer what ends last.
    fn roll(
        &self,
        place: &Place<'q>,
        roll: Option<&Roll>,
        side: Side,
        ends: impl Fn(Option<crate::law::count::RollRule>) -> Option<End>,
    ) -> Option<(End, Option<Step>)> {
        let Some(roll) = roll else { return Some((ends(None)?, None)) };
        let rolled = ends(Some(roll.rule))?;
        let Some(only_if) = &roll.only_if else { return Some((rolled, None)) };
        let stays = ends(None)?;
        if rolled.at == stays.at {
            return Some((rolled, None));
        }
        let (answer, _) = self.ask(place, only_if);
        let first_is_rolled = rolled.at < stays.at;
        let moves = match answer {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Undecided => (side == Side::Strict) == first_is_rolled,
        };
        let step = Step::RollsOnlyIf { side, condition: Arc::clone(only_if), answer, moves };
        Some((if moves { rolled } else { stays }, Some(step)))
    }

    pub(super) fn counting<'a>(
        &'a self,
        place: &'a Place<'q>,
        span: &Span,
    ) -> Option<Counting<'a>> {
        let calendar = match &span.calendar {
            None => None,
            Some(rule) => Some(self.calendar(place, rule)?),
        };
        Some(Counting {
            within: span.within,
            counts: span.counts,
            ends: span.ends,
            calendar,
            rolls: span.rolls.as_ref().map(|roll| roll.rule),
            zone: &place.zone,
        })
    }

    fn calendar(&self, place: &Place<'q>, rule: &CalendarRule) -> Option<&Calendar> {
        let id = match rule {
            CalendarRule::Fixed(id) => id,
            CalendarRule::OfMemberState => {
                let named = place.state.map(|(state, _)| state);
                &named.unwrap_or_else(|| self.member_state().0).calendar
            }
        };
        self.book.calendars().get(id)
    }
}
