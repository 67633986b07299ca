//! A lawbook made ready for many cases: names become numbers, days become instants.
//!
//! A provision is *plain* where the columns hold all that it reads; what is not plain is put to
//! the engine case by case.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::outcome::NONE;
use super::table::{Micros, Table};
use super::words::{Cell, Words};
use crate::law::calendar::Calendar;
use crate::law::condition::{Condition, Recorded};
use crate::law::count::{Counts, Ends, RollRule, Within};
use crate::law::fact::is_step;
use crate::law::id::{AttributeId, FactKind, ProvisionId};
use crate::law::instant::midnight;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{
    Anchor, CalendarRule, MEMBER_STATE, MeasuredAt, MetBy, Pack, Provision, Span, Trigger, Variant,
    Version, Zone,
};
use crate::law::text::Text;

/// A condition that asks numbers. Of facts it asks whether a kind is recorded.
pub(super) type Ready = Condition<u32, u32, u32, Cell>;

/// A lawbook, made ready to be put to a table of cases.
#[derive(Debug)]
pub struct Plan<'a> {
    pub(super) book: &'a Lawbook,
    pub(super) rules: Vec<Rule<'a>>,
    /// By the number of a role.
    pub(super) by_role: BTreeMap<u32, Vec<u32>>,
    by_provision: BTreeMap<&'a ProvisionId, u32>,
    pub(super) states: States<'a>,
    /// What recording a kind makes *yes*, by the number of the kind.
    pub(super) tells: Vec<Tells>,
    pub(super) decided: u32,
    /// A step of awareness tells something, so that cases with steps are the engine's.
    pub(super) steps_tell: bool,
}

/// What recording a kind says beside itself.
#[derive(Debug, Default)]
pub(super) struct Tells {
    pub(super) decides: Vec<u32>,
    pub(super) shows: Vec<u32>,
}

impl Tells {
    pub(super) fn is_nothing(&self) -> bool {
        self.decides.is_empty() && self.shows.is_empty()
    }
}

/// The Member States, by the number of the text that names each.
#[derive(Debug)]
pub(super) struct States<'a> {
    pub(super) attribute: u32,
    pub(super) by_text: BTreeMap<u32, usize>,
    pub(super) all: Vec<(&'a TimeZone, Option<&'a Calendar>)>,
    /// The one that is taken where none is named.
    pub(super) default: usize,
}

/// One provision.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    pub(super) pack: &'a Pack,
    pub(super) provision: &'a Provision,
    /// The number of its id.
    pub(super) number: u32,
    /// Kinds without one of which it is never listed.
    pub(super) arises_on: Vec<u32>,
    /// Provisions without a submission for one of which it is never listed.
    pub(super) arises_on_submission: Vec<u32>,
    pub(super) supersedes: Option<Supersedes>,
    pub(super) plain: Option<Plain<'a>>,
}

/// Whose place a rule takes, and from when on in each zone.
#[derive(Debug)]
pub(super) struct Supersedes {
    pub(super) rule: ProvisionId,
    pub(super) begin: Vec<Option<Micros>>,
}

/// A provision of which the columns hold all that it reads.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    /// What it arises on, with the predicates that each kind decides.
    pub(super) arises_on: Vec<(u32, Vec<u32>)>,
    /// Kinds that would carry it provisionally.
    pub(super) provisional_on: Vec<u32>,
    pub(super) knows_steps: bool,
    pub(super) arises_first: Anchor,
    pub(super) runs_from: Option<(u32, Anchor)>,
    pub(super) measured_at: MeasuredAt,
    pub(super) when: Option<Ready>,
    pub(super) allowed_when: Option<Ready>,
    pub(super) met_by: Vec<u32>,
    pub(super) met_by_decision: bool,
    /// The zones: one, or one for each Member State.
    pub(super) zones: Zones<'a>,
    pub(super) versions: Vec<PlainVersion<'a>>,
}

/// Where days are counted.
#[derive(Debug)]
pub(super) enum Zones<'a> {
    Fixed(&'a TimeZone),
    OfMemberState,
}

/// The text of a provision from a day on.
#[derive(Debug)]
pub(super) struct PlainVersion<'a> {
    /// For each zone.
    pub(super) bounds: Vec<Bounds>,
    pub(super) own: Terms<'a>,
    pub(super) variants: Vec<(Ready, Terms<'a>)>,
    pub(super) is_table: bool,
}

/// When a version begins and ends, and when it was adopted.
#[derive(Debug)]
pub(super) struct Bounds {
    pub(super) begin: Option<Micros>,
    pub(super) end: Option<Micros>,
    pub(super) adopted: Option<Micros>,
}

/// Spans that hold together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) strict: Option<PlainSpan<'a>>,
    pub(super) outer: Option<PlainSpan<'a>>,
    /// The first variant that asks for the same to be done.
    pub(super) remedy: u8,
}

/// The place of the first variant that asks for this to be done, or [`NONE`].
pub(super) fn remedy_of(version: &Version, remedy: Option<&Text>) -> u8 {
    let same = |variant: &Variant| variant.remedy.as_ref() == remedy;
    let at = remedy.and_then(|_| version.variants.iter().position(same));
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(NONE)
}

/// A span that counts from where its clock does.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainSpan<'a> {
    pub(super) within: Within,
    pub(super) counts: Counts,
    pub(super) ends: Ends,
    pub(super) rolls: Option<RollRule>,
    pub(super) calendar: Days<'a>,
}

/// By which days off a span counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Days<'a> {
    Civil,
    Of(&'a Calendar),
    OfMemberState,
    /// It names a calendar that nobody has, and so gives no date.
    Missing,
}

impl<'a> Plan<'a> {
    /// Makes a lawbook ready for the cases of a table, and for those that will be added to it.
    pub fn of(book: &'a Lawbook, table: &mut Table) -> Self {
        let words = &mut table.words;
        let states = states(book, words);
        let tells = tells(book, words);
        let (mut rules, mut by_role) = (Vec::new(), BTreeMap::<u32, Vec<u32>>::new());
        let mut by_provision = BTreeMap::new();
        for pack in book.packs() {
            for provision in &pack.provisions {
                let at = u32::try_from(rules.len()).expect("fewer provisions than numbers");
                let roles: BTreeSet<u32> =
                    provision.owed_by.iter().map(|role| words.roles.number(role)).collect();
                for role in roles {
                    by_role.entry(role).or_default().push(at);
                }
                by_provision.insert(&provision.id, at);
                rules.push(Maker { book, words, states: &states, pack }.rule(provision));
            }
        }
        for id in book.words().predicates.keys() {
            words.predicates.number(id);
        }
        let decided = words.kinds.number(&"decided".parse::<FactKind>().expect("it is plain"));
        let steps_tell = book.words().facts.keys().filter(|kind| is_step(kind)).any(|kind| {
            !book.words().decided_by(kind).is_empty() || !book.words().shown_by(kind).is_empty()
        });
        Self { book, rules, by_role, by_provision, states, tells, decided, steps_tell }
    }

    /// Returns the lawbook.
    pub fn book(&self) -> &'a Lawbook {
        self.book
    }

    pub(super) fn rule_of(&self, id: &ProvisionId) -> Option<u32> {
        self.by_provision.get(id).copied()
    }

    /// Returns how many provisions it has, and how many of them columns can answer.
    pub fn shape(&self) -> (usize, usize) {
        (self.rules.len(), self.rules.iter().filter(|rule| rule.plain.is_some()).count())
    }
}

fn states<'a>(book: &'a Lawbook, words: &mut Words) -> States<'a> {
    let states = book.member_states();
    let (mut by_text, mut all) = (BTreeMap::new(), Vec::new());
    let mut default = 0;
    for state in states.iter() {
        if state.code == states.default_state().code {
            default = all.len();
        }
        by_text.insert(words.texts.number(state.code.as_str()), all.len());
        all.push((states.zone(state), book.calendars().get(&state.calendar)));
    }
    let attribute =
        words.attributes.number(&MEMBER_STATE.parse::<AttributeId>().expect("it is a path"));
    States { attribute, by_text, all, default }
}

fn of_kind(all: &mut Vec<Tells>, kind: u32) -> &mut Tells {
    let at = kind as usize;
    all.resize_with(all.len().max(at + 1), Tells::default);
    &mut all[at]
}

fn tells(book: &Lawbook, words: &mut Words) -> Vec<Tells> {
    let mut found: Vec<Tells> = Vec::new();
    for (id, declared) in &book.words().predicates {
        let Some(kind) = &declared.decided_by else { continue };
        of_kind(&mut found, words.kinds.number(kind)).decides.push(words.predicates.number(id));
    }
    for (id, declared) in &book.words().attributes {
        let Some(kind) = &declared.shown_by else { continue };
        of_kind(&mut found, words.kinds.number(kind)).shows.push(words.attributes.number(id));
    }
    found
}

/// Makes rules of the provisions of a pack.
struct Maker<'m, 'a> {
    book: &'a Lawbook,
    words: &'m mut Words,
    states: &'m States<'a>,
    pack: &'a Pack,
}

impl<'a> Maker<'_, 'a> {
    fn rule(mut self, provision: &'a Provision) -> Rule<'a> {
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
        Rule {
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
        let steps = &provision.awareness;
        Some(Plain {
            arises_on,
            provisional_on: provision
                .provisional_on
                .keys()
                .map(|kind| self.words.kinds.number(kind))
                .collect(),
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
            let terms = self.terms(variant.strict.as_ref(), variant.outer.as_ref(), remedy)?;
            variants.push((self.ready(&variant.when)?, terms));
        }
        let own = self.terms(version.strict.as_ref(), version.outer.as_ref(), NONE)?;
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
        Some(PlainSpan { within, counts, ends, rolls, calendar })
    }
}

fn at_midnight(date: Option<Date>, zone: &TimeZone) -> Option<Micros> {
    Some(midnight(date?, zone)?.as_microsecond())
}
