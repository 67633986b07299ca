//! What a clock runs from, and when strict and outer end.

use jiff::Timestamp;

use super::arise::Anchors;
use super::{Engine, Place, version_at};
use crate::law::calendar::Calendar;
use crate::law::count::{Counting, End, Start};
use crate::law::fact::Fact;
use crate::law::id::ProvisionId;
use crate::law::instant::Instant;
use crate::law::pack::{Anchor, CalendarRule, MeasuredAt, Provision, Span, Trigger, Version};
use crate::law::question::{Obligation, State};
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
    ) {
        let Some(trigger) = &provision.runs_from else {
            self.count(place, provision, version, arose, owed);
            return;
        };
        let Some(fact) = self.anchor_of(trigger, provision.anchor) else {
            self.tell_version(place, provision, version, owed);
            let latest = self.projected(place, trigger, version);
            owed.projected_latest = latest;
            owed.trace.push(Step::Waits { trigger: trigger.to_string(), latest });
            owed.state = State::WaitingForAnchor;
            return;
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
        self.count(place, provision, governs, Anchors { strict: fact, outer: fact }, owed);
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
        let (effective_from, zone) = (version.effective_from, place.zone_name.clone());
        owed.trace.push(Step::Version { effective_from, zone });
        if let Some(reading) = version.reading.as_ref().and_then(|id| place.pack.readings.get(id)) {
            owed.reading = Some(reading.id.clone());
            owed.trace.push(Step::Reading { id: reading.id.clone(), says: reading.says.clone() });
        }
    }

    fn count(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        version: &Version,
        anchors: Anchors<'q>,
        owed: &mut Obligation,
    ) {
        self.tell_version(place, provision, version, owed);
        let strict = start(provision, anchors.strict, Side::Strict);
        let outer = start(provision, anchors.outer, Side::Outer);
        owed.strict_from = Some(strict.at);
        let Some(span) = &version.strict else {
            if provision.is_timed() {
                owed.trace.push(Step::NoTarget);
            }
            return;
        };
        tell_start(anchors.strict, Side::Strict, strict, provision, owed);
        owed.strict_due = self.side(place, span, strict, Side::Strict, owed);
        tell_start(anchors.outer, Side::Outer, outer, provision, owed);
        // Without an outer of its own, outer counts by the strict rule from its own start.
        let outer_span = version.outer.as_ref().unwrap_or(span);
        owed.outer_due = self.side(place, outer_span, outer, Side::Outer, owed);
        for (reading, span) in &version.also {
            let end = self.counting(place, span).and_then(|counting| counting.end(outer));
            let says = place.pack.readings.get(reading).map(|reading| reading.says.clone());
            if let (Some(end), Some(says)) = (end, says) {
                owed.trace.push(Step::Also { reading: reading.clone(), says, due: end.at });
            }
        }
    }

    fn side(
        &self,
        place: &Place<'q>,
        span: &Span,
        start: Start,
        side: Side,
        owed: &mut Obligation,
    ) -> Option<Timestamp> {
        let counting = self.counting(place, span)?;
        let End { at, rolled, years_held } = counting.end(start)?;
        owed.trace.push(Step::Counted { side, span: span.clone(), due: at });
        if let Some(calendar) = counting.rolls {
            if let Some((from, to)) = rolled {
                owed.trace.push(Step::Rolled { calendar: calendar.id.clone(), from, to });
            }
            if !years_held {
                owed.trace.push(Step::YearNotHeld { calendar: calendar.id.clone() });
            }
        }
        Some(at)
    }

    fn counting<'a>(&'a self, place: &'a Place<'q>, span: &Span) -> Option<Counting<'a>> {
        let rolls = match &span.rolls {
            None => None,
            Some(rule) => Some(self.calendar(place, rule)?),
        };
        Some(Counting {
            within: span.within,
            counts: span.counts,
            end_of_day: span.end_of_day,
            rolls,
            zone: &place.zone,
        })
    }

    pub(super) fn calendar(&self, place: &Place<'q>, rule: &CalendarRule) -> Option<&Calendar> {
        let id = match rule {
            CalendarRule::Fixed(id) => id,
            CalendarRule::OfMemberState => {
                let named = place.state.map(|(state, _)| state);
                &named.unwrap_or_else(|| self.member_state().0).calendar
            }
        };
        self.book.calendars().get(id)
    }

    /// Returns the fact that a clock with `runs_from` runs from, if there is one yet.
    fn anchor_of(&self, trigger: &Trigger, anchor: Anchor) -> Option<&'q Fact> {
        let mut best: Option<&'q Fact> = None;
        for fact in &self.seen.live {
            let fits = match trigger {
                Trigger::Kind(kind) => fact.kind == *kind && fact.towards.is_none(),
                Trigger::Submitted(id) => {
                    fact.kind.as_str() == "submitted"
                        && fact.obligations.contains(id)
                        && self.submission_counts(id, fact)
                }
            };
            let better = |best: &Fact| match anchor {
                Anchor::First | Anchor::Each => fact.occurred.lo() < best.occurred.lo(),
                Anchor::Last => fact.occurred.lo() > best.occurred.lo(),
            };
            if fits && best.is_none_or(better) {
                best = Some(fact);
            }
        }
        best
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
                self.counting(&there, before.strict.as_ref()?)?.end(start)?.at
            }
            Some(earlier) => self.projected(&there, earlier, before)?,
        };
        let start = Start { at: predecessor, last: predecessor };
        Some(self.counting(place, version.strict.as_ref()?)?.end(start)?.at)
    }
}

/// Returns where a side starts: strict at `lo`, outer at `hi`; of two candidates strict takes the
/// first as if exact, outer the second (laws/counting.md 7.2.1, 7.2.2).
fn start(provision: &Provision, fact: &Fact, side: Side) -> Start {
    if provision.measured_at == MeasuredAt::KnownAt {
        return Start { at: fact.known_at, last: fact.known_at };
    }
    match side {
        Side::Strict => Start { at: fact.occurred.lo(), last: fact.occurred.lo() },
        Side::Outer => Start { at: fact.occurred.outer_start(), last: fact.occurred.last() },
    }
}

fn tell_start(fact: &Fact, side: Side, start: Start, provision: &Provision, owed: &mut Obligation) {
    let vague = match fact.occurred {
        _ if provision.measured_at == MeasuredAt::KnownAt => Vague::Exact,
        Instant::Exact(_) => Vague::Exact,
        Instant::Interval { .. } => Vague::Interval,
        Instant::Either { exists: true, .. } => Vague::Fold,
        Instant::Either { exists: false, .. } => Vague::Gap,
    };
    owed.trace.push(Step::Starts { side, fact: fact.id.clone(), at: start.at, vague });
}
