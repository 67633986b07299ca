//! The chain and its rungs: who is told next if nothing moves.
//!
//! Rungs stand on the strict window of an obligation: 0 % owner, 50 % supervisor, 75 % executive,
//! 90 % and 100 % everybody, then every 10 % at most ten times, then daily. A window of six hours
//! or less tells everybody at 0 %. Rungs already past when an obligation is first seen are told
//! once, together, at the highest; a rung told is not told again when a date moves.
//!
//! A question that is undecided while a clock of law runs has a ladder of its own on its soft clock
//! (laws/counting.md 7.7): 0 % owner, 100 % owner and supervisor, 200 % everybody, then daily.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::event::Chain;
use crate::ids::PartyId;

/// A window this short tells everybody at its beginning.
const SHORT_WINDOW_HOURS_MAX: i64 = 6;
/// An obligation without a date is put before its people again after so many days.
const REVIEW_EVERY_DAYS: u32 = 7;
/// A holder who was told answers within this time, or sooner on a short window.
const ACKNOWLEDGE_WITHIN_MINUTES_MAX: i64 = 30;
/// No answer is asked for sooner than this.
const ACKNOWLEDGE_WITHIN_SECONDS_MIN: i64 = 60;
/// The rungs up to the deadline, in per cent of the strict window.
const BEFORE: [u16; 5] = [0, 50, 75, 90, 100];
/// The rungs of an open question, in per cent of the time in which it should be answered.
const OF_A_QUESTION: [u16; 3] = [0, 100, 200];
/// The last rung in per cent; after it one each day.
const PERCENT_LAST: u16 = 200;

/// A place on the ladder. The order is the order in which they are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Per cent of the strict window.
    Percent(u16),
    /// Whole days after the last per cent rung.
    Day(u32),
    /// Where there is no date: how many times it was put before its people again.
    Review(u32),
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Day(day) => write!(f, "day-{day}"),
            Self::Review(count) => write!(f, "review-{count}"),
        }
    }
}

/// A text that names no rung.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rung: it should look like `50%`, `day-1` or `review-1`")]
pub struct RungError(String);

impl FromStr for Rung {
    type Err = RungError;

    fn from_str(text: &str) -> Result<Self, RungError> {
        let number = |digits: Option<&str>| digits.and_then(|digits| digits.parse::<u32>().ok());
        let percent = number(text.strip_suffix('%')).and_then(|percent| percent.try_into().ok());
        let day = number(text.strip_prefix("day-")).map(Self::Day);
        let review = number(text.strip_prefix("review-")).map(Self::Review);
        let found = percent.map(Self::Percent).or(day).or(review);
        found.ok_or_else(|| RungError(text.to_owned()))
    }
}

/// Which people of the chain a rung tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Who holds the obligation; where nobody does, the chain's first.
    Owner,
    Supervisor,
    /// The accountable executive.
    Executive,
}

/// The time that the rungs stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ladder {
    /// The strict window of an obligation with a date.
    Window { from: Timestamp, due: Timestamp },
    /// An obligation that has no date, or not yet.
    Undated { since: Timestamp },
    /// The time in which an open question should be answered: a house target.
    Question { from: Timestamp, due: Timestamp },
}

/// A rung that is due, with all it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRung {
    /// The highest rung that was reached.
    pub rung: Rung,
    /// When it was reached.
    pub due_at: Timestamp,
    /// Whom it and the untold rungs below it tell.
    pub places: BTreeSet<Place>,
}

impl Ladder {
    /// Returns when `rung` is reached, or `None` where the ladder has no such rung.
    ///
    /// Fractions of a microsecond round down: early is tolerable, late is not.
    pub fn at(&self, rung: Rung) -> Option<Timestamp> {
        let micros = match (*self, rung) {
            (Self::Window { from, due } | Self::Question { from, due }, Rung::Percent(percent)) => {
                from.as_microsecond() + share(from, due, percent)
            }
            (Self::Window { from, due } | Self::Question { from, due }, Rung::Day(day)) => {
                let last = from.as_microsecond() + share(from, due, PERCENT_LAST);
                last.saturating_add(days(1).saturating_mul(i64::from(day)))
            }
            (Self::Undated { since }, Rung::Percent(0)) => since.as_microsecond(),
            (Self::Undated { since }, Rung::Review(count)) => {
                let reviews = days(REVIEW_EVERY_DAYS).saturating_mul(i64::from(count));
                since.as_microsecond().saturating_add(reviews)
            }
            (Self::Window { .. } | Self::Question { .. }, Rung::Review(_))
            | (Self::Undated { .. }, _) => return None,
        };
        Timestamp::from_microsecond(micros).ok()
    }

    /// Returns the rung above `rung`; there is always one, because no silence lasts.
    fn above(&self, rung: Rung) -> Rung {
        match (*self, rung) {
            (Self::Undated { .. }, Rung::Review(count)) => Rung::Review(count + 1),
            (Self::Undated { .. }, _) => Rung::Review(1),
            (Self::Window { .. } | Self::Question { .. }, Rung::Review(_)) => Rung::Percent(0),
            (Self::Window { .. } | Self::Question { .. }, Rung::Day(day)) => Rung::Day(day + 1),
            (Self::Question { .. }, Rung::Percent(percent)) => {
                let next = OF_A_QUESTION.iter().find(|rung| **rung > percent);
                next.map_or(Rung::Day(1), |next| Rung::Percent(*next))
            }
            (Self::Window { .. }, Rung::Percent(percent)) if percent < 100 => {
                let next = BEFORE.iter().find(|before| **before > percent);
                Rung::Percent(next.copied().unwrap_or(100))
            }
            (Self::Window { .. }, Rung::Percent(percent)) if percent < PERCENT_LAST => {
                Rung::Percent(percent - percent % 10 + 10)
            }
            (Self::Window { .. }, Rung::Percent(_)) => Rung::Day(1),
        }
    }

    /// Returns the lowest rung that stands above all of `told`.
    ///
    /// Reviews of a time without a date say nothing about the rungs of a window that came later.
    pub fn next(&self, told: &BTreeSet<Rung>) -> Rung {
        let is_of_this = |rung: &&Rung| match self {
            Self::Window { .. } | Self::Question { .. } => !matches!(rung, Rung::Review(_)),
            Self::Undated { .. } => true,
        };
        let highest = told.iter().rev().find(is_of_this);
        highest.map_or(Rung::Percent(0), |rung| self.above(*rung))
    }

    /// Returns what counts as told once `rung` was told.
    ///
    /// A day of a window is past all its per cent rungs, also where those were told together with
    /// it and by its name alone; a day of an undated ladder says nothing of a later window.
    pub fn told_by(&self, rung: Rung) -> BTreeSet<Rung> {
        match (self, rung) {
            (Self::Window { .. } | Self::Question { .. }, Rung::Day(_)) => {
                BTreeSet::from([Rung::Percent(PERCENT_LAST), rung])
            }
            _ => BTreeSet::from([rung]),
        }
    }

    /// Returns the rung to tell at `now`, with the people of every untold rung below it.
    pub fn due(&self, told: &BTreeSet<Rung>, now: Timestamp) -> Option<DueRung> {
        let mut rung = self.next(told);
        let mut found: Option<DueRung> = None;
        while let Some(due_at) = self.at(rung).filter(|at| *at <= now) {
            let places = found.map_or_else(BTreeSet::new, |below| below.places);
            found = Some(DueRung { rung, due_at, places: &places | &self.places(rung) });
            rung = self.rung_after(rung, now);
        }
        found
    }

    /// Goes one rung up, but over daily rungs and reviews in one stride, so that years of down-time
    /// cost nothing.
    fn rung_after(&self, rung: Rung, now: Timestamp) -> Rung {
        let above = self.above(rung);
        let Some(at) = self.at(above) else { return above };
        let passed = now.as_microsecond() - at.as_microsecond();
        let strides = |every| u32::try_from(passed / days(every)).unwrap_or(0);
        match above {
            Rung::Percent(_) => above,
            Rung::Day(day) => Rung::Day(day + strides(1)),
            Rung::Review(count) => Rung::Review(count + strides(REVIEW_EVERY_DAYS)),
        }
    }

    /// Returns whom `rung` tells.
    pub fn places(&self, rung: Rung) -> BTreeSet<Place> {
        let everybody = [Place::Owner, Place::Supervisor, Place::Executive];
        let some: &[Place] = match (self, rung) {
            (Self::Window { from, due }, Rung::Percent(0)) if is_short(*from, *due) => &everybody,
            (_, Rung::Percent(0)) => &[Place::Owner],
            (Self::Question { .. }, Rung::Percent(100)) => &[Place::Owner, Place::Supervisor],
            (_, Rung::Percent(50)) => &[Place::Supervisor],
            (_, Rung::Percent(75)) => &[Place::Executive],
            (_, Rung::Review(_)) => &[Place::Owner, Place::Supervisor],
            (_, Rung::Percent(_) | Rung::Day(_)) => &everybody,
        };
        some.iter().copied().collect()
    }

    /// Returns how long a holder who was told has to answer.
    pub fn acknowledge_within(&self) -> SignedDuration {
        let longest = SignedDuration::from_mins(ACKNOWLEDGE_WITHIN_MINUTES_MAX);
        let shortest = SignedDuration::from_secs(ACKNOWLEDGE_WITHIN_SECONDS_MIN);
        match self {
            Self::Window { from, due } | Self::Question { from, due } => {
                (due.duration_since(*from) / 10).clamp(shortest, longest)
            }
            Self::Undated { .. } => longest,
        }
    }
}

/// Returns `percent` of the window in microseconds, rounded down.
fn share(from: Timestamp, due: Timestamp, percent: u16) -> i64 {
    let window = i128::from(due.as_microsecond()) - i128::from(from.as_microsecond());
    let share = (window.max(0) * i128::from(percent)).div_euclid(100);
    i64::try_from(share).unwrap_or(i64::MAX / 4)
}

fn days(count: u32) -> i64 {
    i64::from(count) * SignedDuration::from_hours(24).as_micros() as i64
}

fn is_short(from: Timestamp, due: Timestamp) -> bool {
    due.duration_since(from) <= SignedDuration::from_hours(SHORT_WINDOW_HOURS_MAX)
}

/// Returns the people that `places` mean, each once, in the order of the chain.
///
/// An empty place falls to the next one above it, so that a chain with holes still reaches somebody.
pub fn people(places: &BTreeSet<Place>, holder: Option<&PartyId>, chain: &Chain) -> Vec<PartyId> {
    let owner = holder.or(chain.owner.as_ref());
    let ladder = [
        (Place::Owner, owner),
        (Place::Supervisor, chain.supervisor.as_ref()),
        (Place::Executive, chain.executive.as_ref()),
    ];
    let mut found: Vec<PartyId> = Vec::new();
    for place in places {
        let above = ladder.iter().filter(|(rank, _)| rank >= place).find_map(|(_, who)| *who);
        let below = || ladder.iter().rev().find_map(|(_, who)| *who);
        if let Some(who) = above.or_else(below)
            && !found.contains(who)
        {
            found.push(who.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn two_days() -> Ladder {
        Ladder::Window { from: at("2021-11-24T00:00Z"), due: at("2021-11-26T00:00Z") }
    }

    fn told(rungs: &[Rung]) -> BTreeSet<Rung> {
        rungs.iter().copied().collect()
    }

    #[test]
    fn the_rungs_of_two_days_fall_where_the_specification_says() {
        let ladder = two_days();
        for (rung, expected) in [
            (Rung::Percent(0), "2021-11-24T00:00Z"),
            (Rung::Percent(50), "2021-11-25T00:00Z"),
            (Rung::Percent(75), "2021-11-25T12:00Z"),
            (Rung::Percent(90), "2021-11-25T19:12Z"),
            (Rung::Percent(100), "2021-11-26T00:00Z"),
            (Rung::Percent(110), "2021-11-26T04:48Z"),
            (Rung::Percent(200), "2021-11-28T00:00Z"),
            (Rung::Day(1), "2021-11-29T00:00Z"),
        ] {
            assert_eq!(ladder.at(rung), Some(at(expected)), "{rung}");
        }
    }

    #[test]
    fn after_the_deadline_there_are_ten_rungs_and_then_one_a_day() {
        let ladder = two_days();
        let mut seen = told(&[Rung::Percent(100)]);
        for step in 1..=10 {
            let next = ladder.next(&seen);
            assert_eq!(next, Rung::Percent(100 + step * 10));
            seen.insert(next);
        }
        for day in 1..=3 {
            let next = ladder.next(&seen);
            assert_eq!(next, Rung::Day(day));
            seen.insert(next);
        }
    }

    #[test]
    fn a_rung_is_due_at_its_instant_and_not_before() {
        let ladder = two_days();
        let seen = told(&[Rung::Percent(0)]);
        assert_eq!(ladder.due(&seen, at("2021-11-24T23:59:59.999999Z")), None);
        let due = ladder.due(&seen, at("2021-11-25T00:00Z")).expect("the supervisor's rung");
        assert_eq!(due.rung, Rung::Percent(50));
        assert_eq!(due.places, BTreeSet::from([Place::Supervisor]));
    }

    #[test]
    fn rungs_already_past_are_told_once_together_at_the_highest() {
        let due = two_days().due(&told(&[]), at("2021-11-25T13:00Z")).expect("three rungs passed");
        assert_eq!((due.rung, due.due_at), (Rung::Percent(75), at("2021-11-25T12:00Z")));
        assert_eq!(due.places, BTreeSet::from([Place::Owner, Place::Supervisor, Place::Executive]));
        let mut seen = told(&[Rung::Percent(75)]);
        assert_eq!(two_days().due(&seen, at("2021-11-25T13:00Z")), None);
        seen.insert(Rung::Percent(90));
        assert_eq!(two_days().next(&seen), Rung::Percent(100));
    }

    #[test]
    fn a_rung_told_is_not_told_again_when_the_date_moves() {
        let seen = told(&[Rung::Percent(0), Rung::Percent(50), Rung::Percent(75)]);
        let moved = Ladder::Window { from: at("2021-11-24T00:00Z"), due: at("2021-12-24T00:00Z") };
        assert_eq!(moved.due(&seen, at("2021-12-20T23:59Z")), None);
        assert_eq!(
            moved.due(&seen, at("2021-12-21T00:00Z")).map(|due| due.rung),
            Some(Rung::Percent(90))
        );
    }

    #[test]
    fn six_hours_or_less_tell_everybody_at_once() {
        let from = at("2026-11-23T00:00Z");
        let everybody = BTreeSet::from([Place::Owner, Place::Supervisor, Place::Executive]);
        let short = Ladder::Window { from, due: at("2026-11-23T06:00Z") };
        assert_eq!(short.due(&told(&[]), from).expect("due").places, everybody);
        let long = Ladder::Window { from, due: at("2026-11-23T06:00:00.000001Z") };
        assert_eq!(long.due(&told(&[]), from).expect("due").places, BTreeSet::from([Place::Owner]));
    }

    #[test]
    fn years_of_silence_are_told_in_one_stride() {
        let due = two_days().due(&told(&[]), at("2031-11-24T12:00Z")).expect("long past");
        let days_past = 3648;
        assert_eq!(due.rung, Rung::Day(days_past));
        assert_eq!(due.due_at, at("2031-11-24T00:00Z"));
    }

    #[test]
    fn a_day_told_after_a_long_silence_is_not_told_again() {
        let now = at("2021-12-01T12:00Z");
        let due = two_days().due(&told(&[]), now).expect("long past");
        assert_eq!(due.rung, Rung::Day(3));
        let seen = two_days().told_by(due.rung);
        assert_eq!(two_days().due(&seen, now), None);
        assert_eq!(two_days().next(&seen), Rung::Day(4));
        let undated = Ladder::Undated { since: at("2021-11-24T00:00Z") };
        assert_eq!(undated.told_by(Rung::Day(7)), told(&[Rung::Day(7)]));
    }

    #[test]
    fn what_has_no_date_is_put_before_its_people_every_week() {
        let ladder = Ladder::Undated { since: at("2026-11-01T00:00Z") };
        assert_eq!(
            ladder.due(&told(&[]), at("2026-11-01T00:00Z")).map(|due| due.rung),
            Some(Rung::Percent(0))
        );
        let seen = told(&[Rung::Percent(0)]);
        assert_eq!(ladder.due(&seen, at("2026-11-07T23:59Z")), None);
        assert_eq!(
            ladder.due(&seen, at("2026-11-08T00:00Z")).map(|due| due.rung),
            Some(Rung::Review(1))
        );
        assert_eq!(
            ladder.due(&seen, at("2026-11-30T00:00Z")).map(|due| due.rung),
            Some(Rung::Review(4))
        );
    }

    #[test]
    fn a_date_that_comes_later_starts_its_own_rungs_and_its_own_days() {
        let mut seen = told(&[Rung::Percent(0), Rung::Review(1), Rung::Review(3)]);
        assert_eq!(two_days().next(&seen), Rung::Percent(50));
        seen.insert(Rung::Percent(PERCENT_LAST));
        assert_eq!(two_days().next(&seen), Rung::Day(1));
        let due = two_days().due(&seen, at("2021-11-29T00:00Z")).expect("the first day");
        assert_eq!(due.rung, Rung::Day(1));
    }

    #[test]
    fn days_told_together_after_a_silence_leave_no_rung_below_them_untold() {
        let now = at("2021-12-01T12:00Z");
        let due = two_days().due(&told(&[]), now).expect("long past");
        assert_eq!(due.rung, Rung::Day(3));
        let seen = told(&[due.rung]);
        assert_eq!(two_days().due(&seen, now), None);
        assert_eq!(two_days().next(&seen), Rung::Day(4));
    }

    #[test]
    fn a_date_that_falls_away_is_looked_at_every_week_again() {
        let ladder = Ladder::Undated { since: at("2021-11-24T00:00Z") };
        let seen = told(&[Rung::Percent(100), Rung::Day(40)]);
        assert_eq!(ladder.next(&seen), Rung::Review(1));
        let due = ladder.due(&seen, at("2022-01-05T00:00Z")).expect("six weeks");
        assert_eq!((due.rung, due.due_at), (Rung::Review(6), at("2022-01-05T00:00Z")));
    }

    #[test]
    fn no_rung_is_so_high_that_it_cannot_be_asked() {
        let undated = Ladder::Undated { since: at("2021-11-24T00:00Z") };
        assert_eq!(two_days().at(Rung::Day(u32::MAX)), None);
        assert_eq!(undated.at(Rung::Review(u32::MAX)), None);
        assert_eq!(undated.at(Rung::Day(1)), None);
    }

    #[test]
    fn a_chain_with_holes_still_reaches_somebody() {
        let [engineer, boss] = [1, 2].map(|n| PartyId::from_random([n; 5]));
        let chain = Chain { owner: None, supervisor: None, executive: Some(boss.clone()) };
        let all = BTreeSet::from([Place::Owner, Place::Supervisor, Place::Executive]);
        assert_eq!(people(&all, None, &chain), vec![boss.clone()]);
        assert_eq!(people(&all, Some(&engineer), &chain), vec![engineer.clone(), boss]);
        let only = Chain { owner: Some(engineer.clone()), supervisor: None, executive: None };
        assert_eq!(people(&BTreeSet::from([Place::Executive]), None, &only), vec![engineer]);
        assert!(people(&all, None, &Chain::default()).is_empty());
    }

    #[test]
    fn a_rung_is_read_as_it_is_written() {
        for rung in [Rung::Percent(0), Rung::Percent(110), Rung::Day(12), Rung::Review(3)] {
            assert_eq!(rung.to_string().parse(), Ok(rung));
        }
        for wrong in ["50", "-1%", "70000%", "day-", "week-1"] {
            assert!(wrong.parse::<Rung>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_question_rings_at_its_start_when_it_is_due_at_twice_that_and_then_daily() {
        let ladder =
            Ladder::Question { from: at("2021-11-24T00:00Z"), due: at("2021-11-24T04:00Z") };
        let everybody = BTreeSet::from([Place::Owner, Place::Supervisor, Place::Executive]);
        let mut seen = told(&[]);
        for (rung, instant, places) in [
            (Rung::Percent(0), "2021-11-24T00:00Z", BTreeSet::from([Place::Owner])),
            (
                Rung::Percent(100),
                "2021-11-24T04:00Z",
                BTreeSet::from([Place::Owner, Place::Supervisor]),
            ),
            (Rung::Percent(200), "2021-11-24T08:00Z", everybody.clone()),
            (Rung::Day(1), "2021-11-25T08:00Z", everybody.clone()),
            (Rung::Day(2), "2021-11-26T08:00Z", everybody),
        ] {
            let before = at(instant) - SignedDuration::from_micros(1);
            assert_eq!(ladder.due(&seen, before), None, "{rung}");
            let due = ladder.due(&seen, at(instant)).expect("it rings");
            assert_eq!((due.rung, due.due_at, due.places), (rung, at(instant), places));
            seen.extend(ladder.told_by(rung));
        }
    }

    #[test]
    fn an_answer_is_due_in_half_an_hour_or_a_tenth_of_a_short_window() {
        assert_eq!(two_days().acknowledge_within(), SignedDuration::from_mins(30));
        let from = at("2026-11-23T00:00Z");
        let hour = Ladder::Window { from, due: at("2026-11-23T01:00Z") };
        assert_eq!(hour.acknowledge_within(), SignedDuration::from_mins(6));
        let minute = Ladder::Window { from, due: at("2026-11-23T00:01Z") };
        assert_eq!(minute.acknowledge_within(), SignedDuration::from_secs(60));
    }
}
