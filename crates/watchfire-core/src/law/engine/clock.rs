//! What a clock runs from, and when strict and outer end.

use std::sync::Arc;

use jiff::Timestamp;

use super::arise::{Anchors, pick};
use super::reckon::Reckoned;
use super::{Engine, Place, version_at};
use crate::law::condition::Answer;
use crate::law::count::Start;
use crate::law::fact::Fact;
use crate::law::id::{PredicateId, ProvisionId};
use crate::law::instant::Instant;
use crate::law::pack::{Anchor, MeasuredAt, Provision, Span, Trigger, Version};
use crate::law::question::{Obligation, State};
use crate::law::text::Text;
use crate::law::trace::{Side, Step, Vague};

impl<'q> Engine<'q> {
    /// Runs the clock: fills in the instants, or leaves the obligation waiting for its anchor.
    pub(super) fn run(
        &self,
        place: &Place<'q>,
        provision: &'q Provision,
        version: &'q Version,
        arose: Anchors<'q>,
        owed: &mut Obligation,
    ) -> Run {
        let Some(trigger) = &provision.runs_from else {
            return self.count(place, provision, version, arose, owed);
        };
        let Some(fact) = self.anchor_of(trigger, provision.anchor) else {
            self.tell_version(place, provision, version, owed);
            let latest = self.projected(place, provision, trigger, version);
            owed.projected_latest = latest;
            owed.trace.push(Step::Waits { trigger: trigger.to_string(), latest });
            owed.state = State::WaitingForAnchor;
            return Run::default();
        };
        let at_anchor =
            version_at(provision, fact.occurred.lo(), fact.occurred.last(), &place.zone);
        let governs = at_anchor.unwrap_or(version);
        if governs.effective_from != version.effective_from {
            owed.trace.push(Step::VersionAtAnchor {
                arose_under: version.effective_from,
                anchored_under: governs.effective_from,
            });
        }
        self.count(place, provision, governs, Anchors { strict: fact, outer: fact }, owed)
    }

    fn tell_version(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        version: &Version,
        owed: &mut Obligation,
    ) {
        owed.version_from = Some(version.effective_from);
        owed.cites = version.cites.clone().or_else(|| provision.cites.clone());
        let (effective_from, zone) = (version.effective_from, Arc::clone(&place.zone_name));
        owed.trace.push(Step::Version { effective_from, zone });
        if let Some(reading) =
            version.reading.as_ref().and_then(|id| place.pack.readings.get(&**id))
        {
            owed.reading = Some(reading.id.clone());
            owed.trace.push(Step::Reading { id: reading.id.clone(), says: reading.says.clone() });
        }
    }

    /// Fills in the instants.
    fn count(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        version: &Version,
        anchors: Anchors<'q>,
        owed: &mut Obligation,
    ) -> Run {
        self.tell_version(place, provision, version, owed);
        owed.strict_from = Some(start(provision, anchors.strict, Side::Strict).at);
        let (fitting, question) = self.fitting(place, version, &mut owed.trace);
        let (strict_fact, outer_fact) = (anchors.strict, anchors.outer);
        let strict = self.earliest(place, provision, &fitting, strict_fact, &mut owed.trace);
        let Some((strict, terms)) = strict else {
            owed.remedy = fitting.first().and_then(|terms| terms.remedy.cloned());
            owed.trace.extend(no_date(provision, version));
            return Run { question, anchor_known_at: None };
        };
        owed.remedy = terms.remedy.cloned();
        owed.strict_from = Some(strict.from);
        owed.strict_due = Some(strict.due);
        if let Some(outer) = self.latest(place, provision, &fitting, outer_fact, &mut owed.trace) {
            // A further limit can turn the two readings of vague facts round.
            owed.strict_due = Some(strict.due.min(outer.due));
            owed.outer_due = Some(strict.due.max(outer.due));
        }
        let anchor_known_at = Some(strict.known_at);
        self.tell_also(place, provision, version, anchors, owed);
        Run { question, anchor_known_at }
    }

    /// Returns the earliest of the strict ends that may hold, and tells how it was counted.
    fn earliest<'t, 'v>(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        fitting: &'t [Terms<'v>],
        fact: &'q Fact,
        trace: &mut Vec<Step>,
    ) -> Option<(Reckoned, &'t Terms<'v>)> {
        let began = trace.len();
        let mut best: Option<(Reckoned, &Terms<'_>)> = None;
        for terms in fitting {
            let from = trace.len();
            let reckon = |span| self.reckon(place, provision, span, fact, Side::Strict, trace);
            let Some(found) = terms.strict.and_then(reckon) else { continue };
            if best.as_ref().is_none_or(|(best, _)| found.due < best.due) {
                trace.drain(began..from);
                best = Some((found, terms));
            } else {
                trace.truncate(from);
            }
        }
        best
    }

    /// Returns the latest of the outer ends that may hold, and tells how it was counted. Without an
    /// outer of its own, outer counts by the strict rule from its own start. Where one of those
    /// that may fit has no date, there is no latest one.
    fn latest(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        fitting: &[Terms<'_>],
        fact: &'q Fact,
        trace: &mut Vec<Step>,
    ) -> Option<Reckoned> {
        let began = trace.len();
        let mut best: Option<Reckoned> = None;
        for terms in fitting {
            let from = trace.len();
            let reckon = |span| self.reckon(place, provision, span, fact, Side::Outer, trace);
            let Some(found) = terms.outer.or(terms.strict).and_then(reckon) else {
                trace.truncate(began);
                return None;
            };
            if best.as_ref().is_none_or(|best| found.due >= best.due) {
                trace.drain(began..from);
                best = Some(found);
            } else {
                trace.truncate(from);
            }
        }
        best
    }

    fn tell_also(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        version: &Version,
        anchors: Anchors<'q>,
        owed: &mut Obligation,
    ) {
        for (reading, span) in &version.also {
            let untold = &mut Vec::new();
            let end = self.reckon(place, provision, span, anchors.outer, Side::Outer, untold);
            let says = place.pack.readings.get(&**reading).map(|reading| reading.says.clone());
            if let (Some(end), Some(says)) = (end, says) {
                owed.trace.push(Step::Also { reading: reading.clone(), says, due: end.due });
            }
        }
    }

    /// Returns the spans that hold: of the variants the first that fits, or the version's own. One
    /// that may fit stands beside those after it, so that strict takes the stricter and outer the
    /// laxer of them (laws/ids.md).
    fn fitting<'v>(
        &self,
        place: &Place<'q>,
        version: &'v Version,
        trace: &mut Vec<Step>,
    ) -> (Vec<Terms<'v>>, Option<PredicateId>) {
        let own =
            Terms { strict: version.strict.as_ref(), outer: version.outer.as_ref(), remedy: None };
        let (mut found, mut question) = (Vec::new(), None);
        let mut decided = false;
        for variant in &version.variants {
            let (answer, undecided) = self.ask(place, &variant.when);
            if answer == Answer::No {
                continue;
            }
            decided = answer == Answer::Yes;
            question = question.or_else(|| undecided.into_iter().next());
            let (when, remedy) = (Arc::clone(&variant.when), variant.remedy.clone());
            trace.push(Step::Variant { when, decided, table: !version.table.is_empty(), remedy });
            let (strict, outer) = (variant.strict.as_ref(), variant.outer.as_ref());
            found.push(Terms { strict, outer, remedy: variant.remedy.as_ref() });
            if decided {
                break;
            }
        }
        if !decided && version.table.is_empty() {
            found.push(own);
        }
        (found, question)
    }

    /// Returns the fact that a clock with `runs_from` runs from, if there is one yet.
    pub(super) fn anchor_of(&self, trigger: &Trigger, anchor: Anchor) -> Option<&'q Fact> {
        match trigger {
            Trigger::Kind(kind) => pick(self.seen.of_kind(kind), anchor),
            Trigger::Submitted(id) => {
                let named = self.seen.naming(id, "submitted");
                pick(named.filter(|fact| self.submission_counts(id, fact)), anchor)
            }
        }
    }

    /// Returns whether a submission counts for the provision it names: one made before the clock
    /// began does not, now or later, and a clock that waits is met by nothing
    /// (laws/counting.md 7.7, row 3).
    pub(super) fn submission_counts(&self, id: &ProvisionId, fact: &Fact) -> bool {
        self.counts_from(id).is_some_and(|from| fact.occurred.last() >= from)
    }

    /// Returns from when on a submission counts for the provision; `None` where its clock waits.
    ///
    /// No submission leads back to itself (the lawbook does not load such a circle), so this ends;
    /// each provision is asked once.
    fn counts_from(&self, id: &ProvisionId) -> Option<Timestamp> {
        let (_, provision) = self.book.provision(id.as_str())?;
        if let Some(known) = self.begun.borrow().get(&provision.id) {
            return *known;
        }
        let from = match &provision.runs_from {
            Some(trigger) => {
                self.anchor_of(trigger, provision.anchor).map(|began| began.occurred.lo())
            }
            // Where it does not arise for us another organization made it, such as a provider
            // whose submission a platform passes on.
            None => self.arise(provision).anchors().map_or(Some(Timestamp::MIN), |began| {
                Some(start(provision, began.strict, Side::Strict).at)
            }),
        };
        self.begun.borrow_mut().insert(&provision.id, from);
        from
    }

    /// Returns when a waiting clock ends at the latest, if its predecessor is submitted at its
    /// strict instant.
    fn projected(
        &self,
        place: &Place<'q>,
        waiting: &Provision,
        trigger: &Trigger,
        version: &Version,
    ) -> Option<Timestamp> {
        let Trigger::Submitted(id) = trigger else { return None };
        let (pack, provision) = self.book.provision(id.as_str())?;
        let there = self.place(pack);
        let anchors = self.arise(provision).anchors()?;
        let (first, last) = anchors.span();
        let before = version_at(provision, first, last, &there.zone)?;
        let predecessor = match &provision.runs_from {
            None => {
                let start = start(provision, anchors.strict, Side::Strict);
                self.strict_end(&there, provision, before, start)?
            }
            Some(earlier) => self.projected(&there, provision, earlier, before)?,
        };
        let start = Start { at: predecessor, last: predecessor };
        self.strict_end(place, waiting, version, start)
    }

    /// Returns when the strict count of a version ends that starts at `start`.
    fn strict_end(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        version: &Version,
        start: Start,
    ) -> Option<Timestamp> {
        let (fitting, _) = self.fitting(place, version, &mut Vec::new());
        let spans = fitting.iter().filter_map(|terms| terms.strict);
        spans
            .filter_map(|span| {
                self.end(place, provision, span, start, Side::Strict, &mut Vec::new())
            })
            .min()
    }
}

/// What came of running a clock, beside the instants.
#[derive(Default)]
pub(super) struct Run {
    /// The first undecided question on which the instants hang.
    pub(super) question: Option<PredicateId>,
    /// When the fact that strict runs from became known; none without a date.
    pub(super) anchor_known_at: Option<Timestamp>,
}

/// Spans that hold together.
struct Terms<'v> {
    strict: Option<&'v Arc<Span>>,
    outer: Option<&'v Arc<Span>>,
    remedy: Option<&'v Text>,
}

/// Tells why there is no date.
fn no_date(provision: &Provision, version: &Version) -> Option<Step> {
    match &version.period_unknown {
        Some(why) => Some(Step::PeriodUnknown { why: why.clone() }),
        None if !provision.is_timed() => None,
        None if version.table.is_empty() => Some(Step::NoTarget),
        None => Some(Step::NoDateInTable),
    }
}

/// Returns where a side starts: strict at `lo`, outer at `hi`; of two candidates strict takes the
/// first as if exact, outer the second (laws/counting.md 7.2.1, 7.2.2).
pub(super) fn start(provision: &Provision, fact: &Fact, side: Side) -> Start {
    if provision.measured_at == MeasuredAt::KnownAt {
        return Start { at: fact.known_at, last: fact.known_at };
    }
    match side {
        Side::Strict => Start { at: fact.occurred.lo(), last: fact.occurred.lo() },
        Side::Outer => Start { at: fact.occurred.outer_start(), last: fact.occurred.last() },
    }
}

pub(super) fn tell_start(fact: &Fact, side: Side, start: Start, provision: &Provision) -> Step {
    let vague = match fact.occurred {
        _ if provision.measured_at == MeasuredAt::KnownAt => Vague::Exact,
        Instant::Exact(_) => Vague::Exact,
        Instant::Interval { .. } => Vague::Interval,
        Instant::Either { exists: true, .. } => Vague::Fold,
        Instant::Either { exists: false, .. } => Vague::Gap,
    };
    Step::Starts { side, fact: fact.id.clone(), at: start.at, vague }
}
