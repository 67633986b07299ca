//! The only place that asks what time it is.
//!
//! The node's time never runs backwards, whatever the machine's does:
//! `now = max(wall, watermark + monotonic elapsed)`. A jump forward is followed at once, since an
//! alarm that is early does less harm than one that is late; a jump backward is not followed. When
//! wall and expectation are further apart than allowed, the clock is in doubt and says so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Instants are UTC in whole microseconds, as they are stored.
#[derive(Debug)]
pub struct Clock {
    source: Source,
    doubt_over: SignedDuration,
    kept: Mutex<Kept>,
}

/// Where the readings come from.
#[derive(Debug)]
enum Source {
    /// The machine: wall time, and monotonic time since `began`.
    Machine { began: Instant },
    /// A story or a test, which moves both itself.
    Virtual(Mutex<Reading>),
}

/// What the two clocks of a machine say at one moment.
#[derive(Debug, Clone, Copy)]
struct Reading {
    wall: Timestamp,
    /// Since some beginning; never runs backwards.
    monotonic: SignedDuration,
}

/// What is remembered from one reading to the next.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// An instant that was told, and what the monotonic clock said then.
    anchor: Option<(Timestamp, SignedDuration)>,
    doubt: Option<Doubt>,
    doubts: u64,
}

/// A disagreement between wall time and what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// What the machine said.
    pub wall: Timestamp,
    /// What was expected.
    pub expected: Timestamp,
}

impl Doubt {
    /// Returns how far the wall time was ahead; negative if behind.
    pub fn ahead(&self) -> SignedDuration {
        self.wall.duration_since(self.expected)
    }
}

/// What the clock thinks of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStatus {
    /// The node's time.
    pub now: Timestamp,
    /// The machine's time.
    pub wall: Timestamp,
    /// The last disagreement: one that lasts, or the last jump since [`Clock::settle_doubt`].
    pub doubt: Option<Doubt>,
    /// How often a disagreement began since the start.
    pub doubts: u64,
}

impl Clock {
    /// Makes the clock of this machine.
    ///
    /// `watermark` is the latest instant that was ever stored: the time does not start before it.
    /// `doubt_over` is how far wall time may be from what is expected.
    pub fn machine(watermark: Option<Timestamp>, doubt_over: SignedDuration) -> Self {
        Self::new(Source::Machine { began: Instant::now() }, watermark, doubt_over)
    }

    /// Makes a clock that stands at `wall` until it is moved: for a story and for tests.
    pub fn standing_at(wall: Timestamp) -> Self {
        let reading = Reading { wall: whole_microseconds(wall), monotonic: SignedDuration::ZERO };
        let source = Source::Virtual(Mutex::new(reading));
        Self::new(source, None, SignedDuration::from_secs(2))
    }

    fn new(source: Source, watermark: Option<Timestamp>, doubt_over: SignedDuration) -> Self {
        let clock = Self {
            source,
            doubt_over,
            kept: Mutex::new(Kept { anchor: None, doubt: None, doubts: 0 }),
        };
        if let Some(watermark) = watermark {
            clock.not_before(watermark);
        }
        clock
    }

    /// Returns what time it is. Never earlier than anything it returned before.
    pub fn now(&self) -> Timestamp {
        self.status().now
    }

    /// Returns what time it is, and what is to be thought of it.
    pub fn status(&self) -> ClockStatus {
        let mut kept = lock(&self.kept);
        let reading = self.read();
        let wall = reading.wall;
        let expected = kept.expected(reading);
        if let Some(expected) = expected {
            self.compare(&mut kept, Doubt { wall, expected });
        }
        let now = match expected {
            Some(expected) if expected >= wall => expected,
            // The anchor moves only forward to a wall time, so that no rounding adds up.
            _ => {
                kept.anchor = Some((wall, reading.monotonic));
                wall
            }
        };
        ClockStatus { now, wall, doubt: kept.doubt, doubts: kept.doubts }
    }

    /// Raises the time to `watermark` if it is later: an instant that was stored already, by this
    /// node before it was started or by another.
    pub fn not_before(&self, watermark: Timestamp) {
        let mut kept = lock(&self.kept);
        let reading = self.read();
        let held = kept.expected(reading);
        if held.is_none_or(|held| held < watermark) {
            kept.anchor = Some((whole_microseconds(watermark), reading.monotonic));
        }
    }

    /// Forgets the last doubt, once it was recorded. One that lasts is found again.
    pub fn settle_doubt(&self) -> Option<Doubt> {
        lock(&self.kept).doubt.take()
    }

    /// Moves a standing clock, both its wall and its monotonic time.
    ///
    /// # Panics
    /// If it is the machine's clock, or `by` is negative: time does not run backwards.
    pub fn advance(&self, by: SignedDuration) {
        assert!(!by.is_negative(), "time does not run backwards");
        let mut reading = self.standing();
        reading.wall = reading.wall.checked_add(by).expect("a story ends before the year 9999");
        reading.monotonic += by;
    }

    /// Sets the wall time of a standing clock, as when somebody sets the machine's.
    ///
    /// # Panics
    /// If it is the machine's clock.
    pub fn set_wall(&self, wall: Timestamp) {
        self.standing().wall = whole_microseconds(wall);
    }

    fn standing(&self) -> MutexGuard<'_, Reading> {
        match &self.source {
            Source::Virtual(reading) => lock(reading),
            Source::Machine { .. } => panic!("nobody moves the machine's clock"),
        }
    }

    fn compare(&self, kept: &mut Kept, seen: Doubt) {
        if seen.ahead().abs() <= self.doubt_over {
            return;
        }
        if kept.doubt.is_none() {
            kept.doubts += 1;
        }
        kept.doubt = Some(seen);
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn read(&self) -> Reading {
        match &self.source {
            Source::Machine { began } => Reading {
                wall: whole_microseconds(Timestamp::now()),
                monotonic: SignedDuration::try_from(began.elapsed()).unwrap_or(SignedDuration::MAX),
            },
            Source::Virtual(reading) => *lock(reading),
        }
    }
}

impl Kept {
    /// Returns what the time must be by the monotonic clock.
    fn expected(&self, reading: Reading) -> Option<Timestamp> {
        let (told, monotonic) = self.anchor?;
        Some(whole_microseconds(told.saturating_add(reading.monotonic - monotonic).ok()?))
    }
}

/// Cuts what the store does not keep, so that an instant is the same before and after storing.
fn whole_microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// A clock outlives a panic of somebody who was asking for the time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_clock_set_back_goes_on_from_where_it_was() {
        let clock = Clock::standing_at(at("2026-03-01T12:00Z"));
        assert_eq!(clock.now(), at("2026-03-01T12:00Z"));
        clock.set_wall(at("2026-02-01T00:00Z"));
        assert_eq!(clock.now(), at("2026-03-01T12:00Z"));
        clock.advance(SignedDuration::from_mins(5));
        let status = clock.status();
        assert_eq!(status.now, at("2026-03-01T12:05Z"));
        assert_eq!(status.wall, at("2026-02-01T00:05Z"));
        assert!(status.doubt.is_some_and(|doubt| doubt.ahead().is_negative()));
    }

    #[test]
    fn a_clock_set_forward_is_followed_at_once_and_doubted() {
        let clock = Clock::standing_at(at("2026-03-01T12:00Z"));
        clock.now();
        clock.set_wall(at("2026-03-02T12:00Z"));
        let status = clock.status();
        assert_eq!(status.now, at("2026-03-02T12:00Z"));
        assert_eq!(
            status.doubt,
            Some(Doubt { wall: at("2026-03-02T12:00Z"), expected: at("2026-03-01T12:00Z") })
        );
        clock.set_wall(at("2026-03-01T12:00Z"));
        assert_eq!(clock.now(), at("2026-03-02T12:00Z"));
    }

    #[test]
    fn two_seconds_are_no_doubt_and_more_are() {
        for (wall, doubted) in [
            ("2026-03-01T12:00:02Z", false),
            ("2026-03-01T12:00:02.000001Z", true),
            ("2026-03-01T11:59:58Z", false),
            ("2026-03-01T11:59:57.999999Z", true),
        ] {
            let clock = Clock::standing_at(at("2026-03-01T12:00Z"));
            clock.now();
            clock.set_wall(at(wall));
            assert_eq!(clock.status().doubt.is_some(), doubted, "{wall}");
        }
    }

    #[test]
    fn a_jump_is_remembered_until_it_was_recorded_and_a_lasting_one_comes_back() {
        let clock = Clock::standing_at(at("2026-03-01T12:00Z"));
        clock.now();
        clock.set_wall(at("2026-03-02T12:00Z"));
        clock.now();
        assert!(clock.status().doubt.is_some(), "told after the jump as well");
        assert!(clock.settle_doubt().is_some());
        assert_eq!(clock.status().doubt, None, "the jump was followed and is over");
        clock.set_wall(at("2026-03-01T12:00Z"));
        clock.now();
        assert!(clock.settle_doubt().is_some());
        assert!(clock.status().doubt.is_some(), "wall time is still behind");
        assert_eq!(clock.status().doubts, 3);
    }

    #[test]
    fn the_time_does_not_start_before_what_was_stored() {
        let clock = Clock::standing_at(at("2026-03-01T12:00Z"));
        clock.not_before(at("2026-03-01T13:00Z"));
        assert_eq!(clock.now(), at("2026-03-01T13:00Z"));
        clock.not_before(at("2026-03-01T12:30Z"));
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(clock.now(), at("2026-03-01T13:00:01Z"));
    }

    #[test]
    fn the_machines_clock_keeps_to_whole_microseconds_and_its_order() {
        let clock = Clock::machine(None, SignedDuration::from_secs(2));
        let mut before = clock.now();
        for _ in 0..1_000 {
            let now = clock.now();
            assert!(now >= before);
            assert_eq!(now.as_nanosecond() % 1_000, 0);
            before = now;
        }
    }
}
