//! Cases and duties that follow from a seed, and an interpreter of them that shares no code with
//! what is measured.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(super) const JURISDICTIONS: u8 = 12;
pub(super) const ROLES: u8 = 3;
pub(super) const SECTORS: u8 = 7;
/// 2026-10-01T00:00Z: where the instants of cases begin.
const BEGIN_SECOND: i32 = 1_790_812_800;

/// A duty: whom it obliges, what for, and within how many hours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Duty {
    pub(super) jurisdiction: u8,
    pub(super) role: u8,
    pub(super) users_over: i32,
    pub(super) sector_not: u8,
    pub(super) hours: i32,
}

/// A case: one organization that became aware of something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub(super) jurisdiction: u8,
    pub(super) role: u8,
    pub(super) sector: u8,
    pub(super) exploited: bool,
    pub(super) severe: bool,
    pub(super) critical: bool,
    pub(super) users: i32,
    pub(super) aware_at: i32,
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> i32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i32::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or_default()
    }

    fn byte_below(&mut self, bound: u8) -> u8 {
        u8::try_from(self.below(u64::from(bound))).unwrap_or_default()
    }

    fn in_a_hundred(&mut self, percent: i32) -> bool {
        self.below(100) < percent
    }
}

/// Returns so many duties, spread over jurisdictions and roles.
pub(super) fn duties(count: usize) -> Vec<Duty> {
    let mut dice = Dice(2);
    let one = |at: usize| {
        let at = u8::try_from(at % 240).unwrap_or_default();
        Duty {
            jurisdiction: at % JURISDICTIONS,
            role: (at / JURISDICTIONS) % ROLES,
            users_over: dice.below(1000) * 1000,
            sector_not: dice.byte_below(SECTORS),
            hours: [24, 48, 72, 96, 336][dice.below(5) as usize],
        }
    };
    (0..count).map(one).collect()
}

/// Returns so many cases.
pub(super) fn cases(seed: u64, count: usize) -> Vec<Made> {
    let mut dice = Dice(seed);
    let one = |_| Made {
        jurisdiction: dice.byte_below(JURISDICTIONS),
        role: dice.byte_below(ROLES),
        sector: dice.byte_below(SECTORS),
        exploited: dice.in_a_hundred(40),
        severe: dice.in_a_hundred(60),
        critical: dice.in_a_hundred(20),
        users: dice.below(1_000_000),
        aware_at: BEGIN_SECOND + dice.below(90 * 86_400),
    };
    (0..count).map(one).collect()
}

impl Duty {
    /// Returns by when a case owes it, as a second of the epoch, or 0 if it does not.
    pub(super) fn due(&self, case: &Made) -> i32 {
        let threat = case.exploited || (case.severe && case.users >= self.users_over);
        let place = case.sector != self.sector_not || case.critical;
        let whom = case.jurisdiction == self.jurisdiction && case.role == self.role;
        if whom && threat && place { case.aware_at + self.hours * 3600 } else { 0 }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "jurisdiction": self.jurisdiction,
            "role": self.role,
            "users_over": self.users_over,
            "sector_not": self.sector_not,
            "hours": self.hours,
        })
    }
}

impl Made {
    /// The columns of a case, in the order in which peers read them.
    pub(super) fn columns(&self) -> [i32; 8] {
        let flags = [self.exploited, self.severe, self.critical].map(i32::from);
        let [exploited, severe, critical] = flags;
        let (jurisdiction, role) = (i32::from(self.jurisdiction), i32::from(self.role));
        let sector = i32::from(self.sector);
        [jurisdiction, role, sector, exploited, severe, critical, self.users, self.aware_at]
    }
}

/// How many are owed, and the digest over every due instant, duty by duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) hits: usize,
    pub(super) digest: String,
}

impl Answers {
    /// Takes due instants as a second of the epoch or 0, for each duty one for each case.
    pub(super) fn of<'d>(all: impl IntoIterator<Item = &'d [i32]>) -> Self {
        let (mut hits, mut hash) = (0, Sha256::new());
        for dues in all {
            hits += dues.iter().filter(|due| **due != 0).count();
            dues.iter().for_each(|due| hash.update(due.to_le_bytes()));
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hits, digest }
    }

    /// How many are owed, and a sum over the instants: the loop without keeping anything.
    pub(super) fn interpreted_hits(duties: &[Duty], cases: &[Made]) -> (usize, i64) {
        let (mut hits, mut sum) = (0, 0);
        for case in cases {
            for due in duties.iter().map(|duty| duty.due(case)).filter(|due| *due != 0) {
                hits += 1;
                sum += i64::from(due);
            }
        }
        (hits, sum)
    }

    /// What the interpreter says.
    pub(super) fn interpreted(duties: &[Duty], cases: &[Made]) -> Self {
        let dues: Vec<Vec<i32>> =
            duties.iter().map(|duty| cases.iter().map(|case| duty.due(case)).collect()).collect();
        Self::of(dues.iter().map(Vec::as_slice))
    }
}
