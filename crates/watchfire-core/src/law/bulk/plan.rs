//! A lawbook made ready for many cases: names become numbers, days become instants.
//!
//! A provision is *plain* where the columns hold all that it reads; what is not plain is put to
//! the engine case by case.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::make::Maker;
use super::outcome::NONE;
use super::table::{Kinds, Micros, Table};
use super::words::{Cell, Words};
use crate::law::calendar::Calendar;
use crate::law::condition::Condition;
use crate::law::count::{Counts, Ends, RollRule, Within};
use crate::law::fact::is_step;
use crate::law::id::{AttributeId, FactKind, ProvisionId};
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Anchor, MEMBER_STATE, MeasuredAt, Pack, Provision, Variant, Version};
use crate::law::text::Text;

/// A condition that asks numbers. Of facts it asks whether a kind is recorded.
pub(super) type Ready = Condition<u32, u32, u32, Cell>;

/// A lawbook, made ready to be put to a table of cases.
#[derive(Debug)]
pub struct Plan<'a> {
    pub(super) book: &'a Lawbook,
    pub(super) rules: Vec<Rule<'a>>,
    /// By the number of a role, in the order of the packs.
    by_role: Vec<Vec<u32>>,
    by_provision: BTreeMap<&'a ProvisionId, u32>,
    pub(super) states: States<'a>,
    /// What recording a kind makes *yes*, by the number of the kind.
    pub(super) tells: Vec<Tells>,
    /// The kinds that say something beside themselves: these, and decisions.
    pub(super) telling: Kinds,
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
    /// By the number of a text: the place of the one it names.
    by_text: Vec<Option<u32>>,
    pub(super) all: Vec<(&'a TimeZone, Option<&'a Calendar>)>,
    /// The one that is taken where none is named.
    pub(super) default: usize,
}

impl States<'_> {
    /// Returns the place of the one that a text names.
    pub(super) fn named(&self, text: u32) -> Option<usize> {
        self.by_text.get(text as usize).copied().flatten().map(|at| at as usize)
    }
}

/// One provision.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    /// Where a case has none of these, it is never listed.
    pub(super) kinds: Kinds,
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
    /// Kinds of which a case may have none, or the engine is asked.
    pub(super) watched: Kinds,
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

impl Plain<'_> {
    /// Returns everything that it asks.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Ready> {
        let variants = self.versions.iter().flat_map(|version| &version.variants);
        self.when.iter().chain(&self.allowed_when).chain(variants.map(|(when, _)| when))
    }
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
    /// How long it is, where it is as long wherever it starts.
    pub(super) length: Option<Micros>,
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
        let (mut rules, mut by_role) = (Vec::new(), Vec::<Vec<u32>>::new());
        let mut by_provision = BTreeMap::new();
        for pack in book.packs() {
            for provision in &pack.provisions {
                let at = u32::try_from(rules.len()).expect("fewer provisions than numbers");
                let roles: BTreeSet<u32> =
                    provision.owed_by.iter().map(|role| words.roles.number(role)).collect();
                for role in roles {
                    of_number(&mut by_role, role).push(at);
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
        let mut telling = Kinds::of(decided);
        for (kind, _) in (0..).zip(&tells).filter(|(_, tells)| !tells.is_nothing()) {
            telling.add(Kinds::of(kind));
        }
        Self { book, rules, by_role, by_provision, states, tells, telling, decided, steps_tell }
    }

    /// Returns the lawbook.
    pub fn book(&self) -> &'a Lawbook {
        self.book
    }

    /// Returns the rules that oblige a role, in the order of the packs.
    pub(super) fn of_role(&self, role: u32) -> &[u32] {
        self.by_role.get(role as usize).map_or(&[], Vec::as_slice)
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
    let (mut by_text, mut all) = (Vec::new(), Vec::new());
    let mut default = 0;
    for state in states.iter() {
        if state.code == states.default_state().code {
            default = all.len();
        }
        let text = words.texts.number(state.code.as_str());
        *of_number(&mut by_text, text) = u32::try_from(all.len()).ok();
        all.push((states.zone(state), book.calendars().get(&state.calendar)));
    }
    let attribute =
        words.attributes.number(&MEMBER_STATE.parse::<AttributeId>().expect("it is a path"));
    States { attribute, by_text, all, default }
}

/// Returns what belongs to a number, which may be a new one.
fn of_number<T: Default>(all: &mut Vec<T>, number: u32) -> &mut T {
    let at = number as usize;
    all.resize_with(all.len().max(at + 1), T::default);
    &mut all[at]
}

fn tells(book: &Lawbook, words: &mut Words) -> Vec<Tells> {
    let mut found: Vec<Tells> = Vec::new();
    for (id, declared) in &book.words().predicates {
        let Some(kind) = &declared.decided_by else { continue };
        of_number(&mut found, words.kinds.number(kind)).decides.push(words.predicates.number(id));
    }
    for (id, declared) in &book.words().attributes {
        let Some(kind) = &declared.shown_by else { continue };
        of_number(&mut found, words.kinds.number(kind)).shows.push(words.attributes.number(id));
    }
    found
}
