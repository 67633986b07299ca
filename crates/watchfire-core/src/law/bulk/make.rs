//! How a provision becomes a rule of a plan: names become numbers, days become instants.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::outcome::NONE;
use super::plan::{
    Bounds, Days, Plain, PlainSpan, PlainVersion, Ready, Rule, States, Supersedes, Terms, Zones,
    remedy_of,
};
use super::table::{Kinds, Micros};
use super::words::Words;
use crate::law::condition::{Condition, Recorded};
use crate::law::count::Counting;
use crate::law::instant::midnight;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{
    Anchor, CalendarRule, MetBy, Pack, Provision, Span, Trigger, Version, Zone,
};

/// Makes rules of the provisions of a pack.
pub(super) struct Maker<'m, 'a> {
    pub(super) book: &'a Lawbook,
    pub(super) words: &'m mut Words,
    pub(super) states: &'m States<'a>,
    pub(super) pack: &'a Pack,
}

impl<'a> Maker<'_, 'a> {
    pub(super) fn rule(mut self, provision: &'a Provision) -> Rule<'a> {
        let (mut arises_on, mut arises_on_submission) = (Vec::new(), Vec::new());
        for trigger in &provision.arises_on {
            match trigger {
                Trigger::Kind(kind) => arises_on.push(self.words.kinds.number(kind)),
                Trigger::Submitted(id) => {
                    arises_on_submission.push(self.words.provisions.number(id));
                }
            }
        }
        arises_on.extend(provision.provisional_on.keys().map(|kind| self.words.kinds.number(kind)));
        let supersedes = provision.supersedes.as_ref().map(|(rule, from)| Supersedes {
            rule: rule.clone(),
            begin: self.in_each_zone(|zone| at_midnight(*from, zone)),
        });
        let mut kinds = if arises_on_submission.is_empty() { Kinds::default() } else { Kinds::ALL };
        arises_on.iter().for_each(|kind| kinds.add(Kinds::of(*kind)));
        Rule {
            kinds,
            pack: self.pack,
            provision,
            number: self.words.provisions.number(&provision.id),
            arises_on,
            arises_on_submission,
            supersedes,
            plain: self.plain(provision),
        }
    }

    fn in_each_zone<T>(&self, of: impl Fn(&TimeZone) -> T) -> Vec<T> {
        match &self.pack.zone {
            Zone::Fixed { zone, .. } => vec![of(zone)],
            Zone::OfMemberState => self.states.all.iter().map(|(zone, _)| of(zone)).collect(),
        }
    }

    /// Returns the provision made plain, if columns hold all that it reads.
    fn plain(&mut self, provision: &'a Provision) -> Option<Plain<'a>> {
        let each = provision.anchor == Anchor::Each && provision.runs_from.is_none();
        if each || provision.is_proposed() || provision.arises_after.is_some() {
            return None;
        }
        let mut arises_on = Vec::new();
        for trigger in &provision.arises_on {
            let Trigger::Kind(kind) = trigger else { return None };
            let decides = self.book.words().decided_by(kind).iter();
            let decides = decides.map(|id| self.words.predicates.number(id)).collect();
            arises_on.push((self.words.kinds.number(kind), decides));
        }
        let runs_from = match &provision.runs_from {
            None => None,
            Some(Trigger::Kind(kind)) => Some((self.words.kinds.number(kind), provision.anchor)),
            Some(Trigger::Submitted(_)) => return None,
        };
        let arises_first = if runs_from.is_some() { Anchor::First } else { provision.anchor };
        let (mut met_by, mut met_by_decision) = (Vec::new(), false);
        for by in &provision.met_by {
            match by {
                MetBy::Kind(kind) => met_by.push(self.words.kinds.number(kind)),
                MetBy::Decided(_) => met_by_decision = true,
            }
        }
        let provisional_on: Vec<u32> =
            provision.provisional_on.keys().map(|kind| self.words.kinds.number(kind)).collect();
        let denied = arises_on.iter().filter(|(_, decides): &&(u32, Vec<u32>)| !decides.is_empty());
        let mut watched = Kinds::default();
        for kind in denied.map(|(kind, _)| kind).chain(&provisional_on).chain(&met_by) {
            watched.add(Kinds::of(*kind));
        }
        let steps = &provision.awareness;
        Some(Plain {
            arises_on,
            watched,
            provisional_on,
            knows_steps: !steps.strict.is_empty() || !steps.outer.is_empty(),
            arises_first,
            runs_from,
            measured_at: provision.measured_at,
            when: self.asked(provision.when.as_ref())?,
            allowed_when: self.asked(provision.allowed_when.as_ref())?,
            met_by,
            met_by_decision,
            zones: match &self.pack.zone {
                Zone::Fixed { zone, .. } => Zones::Fixed(zone),
                Zone::OfMemberState => Zones::OfMemberState,
            },
            versions: self.versions(provision)?,
        })
    }

    /// Makes a condition ready, if there is one; none if it asks more of the facts than columns
    /// tell.
    fn asked(&mut self, condition: Option<&Condition>) -> Option<Option<Ready>> {
        condition.map_or(Some(None), |condition| self.ready(condition).map(Some))
    }

    fn ready(&mut self, condition: &Condition) -> Option<Ready> {
        let parts = |made: &mut Self, parts: &[Condition]| {
            parts.iter().map(|part| made.ready(part)).collect::<Option<Vec<_>>>()
        };
        let words = &mut *self.words;
        Some(match condition {
            Condition::Predicate(id) => Condition::Predicate(words.predicates.number(id)),
            Condition::Flag(id) => Condition::Flag(words.attributes.number(id)),
            Condition::All(all) => Condition::All(parts(self, all)?),
            Condition::Any(any) => Condition::Any(parts(self, any)?),
            Condition::Not(part) => Condition::Not(Box::new(self.ready(part)?)),
            Condition::OneOf(id, values) => {
                let cells = values.iter().map(|value| words.cell(value)).collect();
                Condition::OneOf(words.attributes.number(id), cells)
            }
            Condition::AtLeast(id, least) => {
                Condition::AtLeast(words.attributes.number(id), *least)
            }
            Condition::Below(id, bound) => Condition::Below(words.attributes.number(id), *bound),
            Condition::Recorded(Recorded { fact: Trigger::Kind(kind), within: None }) => {
                Condition::Recorded(words.kinds.number(kind))
            }
            Condition::Recorded(_) => return None,
        })
    }

    fn versions(&mut self, provision: &'a Provision) -> Option<Vec<PlainVersion<'a>>> {
        let each = provision.versions.iter().enumerate().map(|(at, version)| {
            let next = provision.versions.get(at + 1).map(|next| next.effective_from);
            self.version(version, version.effective_to.or(next))
        });
        each.collect()
    }

    fn version(&mut self, version: &'a Version, end: Option<Date>) -> Option<PlainVersion<'a>> {
        let bounds = self.in_each_zone(|zone| Bounds {
            begin: at_midnight(Some(version.effective_from), zone),
            end: at_midnight(end, zone),
            adopted: at_midnight(version.adopted_on, zone),
        });
        let mut variants = Vec::new();
        for variant in &version.variants {
            let remedy = remedy_of(version, variant.remedy.as_ref());
            let terms = self.terms(variant.strict.as_deref(), variant.outer.as_deref(), remedy)?;
            variants.push((self.ready(&variant.when)?, terms));
        }
        let own = self.terms(version.strict.as_deref(), version.outer.as_deref(), NONE)?;
        Some(PlainVersion { bounds, own, variants, is_table: !version.table.is_empty() })
    }

    fn terms(
        &self,
        strict: Option<&'a Span>,
        outer: Option<&'a Span>,
        remedy: u8,
    ) -> Option<Terms<'a>> {
        let plain =
            |span: Option<&'a Span>| span.map_or(Some(None), |span| self.span(span).map(Some));
        Some(Terms { strict: plain(strict)?, outer: plain(outer)?, remedy })
    }

    fn span(&self, span: &'a Span) -> Option<PlainSpan<'a>> {
        let asks = span.rolls.as_ref().is_some_and(|roll| roll.only_if.is_some());
        if asks || span.runs_from.is_some() || !span.no_later_than.is_empty() {
            return None;
        }
        let calendar = match &span.calendar {
            None => Days::Civil,
            Some(CalendarRule::OfMemberState) => Days::OfMemberState,
            Some(CalendarRule::Fixed(id)) => {
                self.book.calendars().get(id).map_or(Days::Missing, Days::Of)
            }
        };
        let rolls = span.rolls.as_ref().map(|roll| roll.rule);
        let (within, counts, ends) = (span.within, span.counts, span.ends);
        let counting =
            Counting { within, counts, ends, calendar: None, rolls, zone: &TimeZone::UTC };
        let length = counting.length().and_then(|it| Micros::try_from(it.as_micros()).ok());
        Some(PlainSpan { within, counts, ends, rolls, calendar, length })
    }
}

fn at_midnight(date: Option<Date>, zone: &TimeZone) -> Option<Micros> {
    Some(midnight(date?, zone)?.as_microsecond())
}
