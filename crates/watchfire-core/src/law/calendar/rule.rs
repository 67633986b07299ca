//! The rules that put a statutory day into a year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Holiday, easter};

/// A day of the year, without the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// Reads `MM-DD`; `None` unless that day exists in every year.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        if month.len() != 2 || day.len() != 2 {
            return None;
        }
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // 2023 is no leap year.
        Date::new(2023, month, day).ok()?;
        Some(Self { month, day })
    }

    fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }
}

/// Which church reckons the date of Easter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Computus {
    Western,
    Orthodox,
}

/// Where a day falls.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    Fixed(MonthDay),
    Easter { computus: Computus, offset_days: i64 },
    WeekdayFrom { weekday: Weekday, from: MonthDay },
    Dates(Vec<Date>),
}

impl Rule {
    fn in_year(&self, year: i16) -> Vec<Date> {
        match self {
            Self::Fixed(day) => day.in_year(year).into_iter().collect(),
            Self::Easter { computus, offset_days } => {
                let sunday = match computus {
                    Computus::Western => easter::western(year),
                    Computus::Orthodox => easter::orthodox(year),
                };
                vec![sunday.saturating_add(offset_days.days())]
            }
            Self::WeekdayFrom { weekday, from } => from
                .in_year(year)
                .map(|first| {
                    first.saturating_add(i64::from(first.weekday().until(*weekday)).days())
                })
                .into_iter()
                .collect(),
            Self::Dates(dates) => dates.iter().copied().filter(|d| d.year() == year).collect(),
        }
    }
}

/// A statutory day: its name, where it falls, and what happens where it falls badly.
#[derive(Clone, Debug)]
pub(super) struct StatutoryDay {
    pub(super) holiday: Holiday,
    pub(super) rule: Rule,
    pub(super) from_year: Option<i16>,
    pub(super) until_year: Option<i16>,
    pub(super) except_years: Vec<i16>,
    /// Dates that an authority decreed in place of the rule, each for its own year.
    pub(super) decreed: Vec<Date>,
    /// Days to move it by where it falls on that weekday.
    pub(super) moves: BTreeMap<i8, i64>,
    /// A further day off, that many days later, where it falls on that weekday.
    pub(super) also: BTreeMap<i8, i64>,
    /// Whether the next working day is off where it falls on a weekend.
    pub(super) substituted: bool,
}

impl StatutoryDay {
    fn in_year(&self, year: i16) -> Vec<Date> {
        let begun = self.from_year.is_none_or(|from| from <= year);
        let ended = self.until_year.is_some_and(|until| until < year);
        if !begun || ended || self.except_years.contains(&year) {
            return Vec::new();
        }
        let decreed: Vec<Date> =
            self.decreed.iter().copied().filter(|d| d.year() == year).collect();
        if !decreed.is_empty() {
            return decreed;
        }
        let mut days = Vec::new();
        for fallen in self.rule.in_year(year) {
            let weekday = fallen.weekday().to_monday_one_offset();
            let move_by = self.moves.get(&weekday).copied().unwrap_or(0);
            let day = fallen.saturating_add(move_by.days());
            days.push(day);
            days.extend(self.also.get(&weekday).map(|later| day.saturating_add(later.days())));
        }
        days
    }
}

/// Returns the named days off that `days` give in `years`.
pub(super) fn expand(
    days: &[StatutoryDay],
    years: &BTreeSet<i16>,
    weekend: &[Weekday],
) -> BTreeMap<Date, Holiday> {
    let mut off = BTreeMap::new();
    let mut to_substitute = BTreeMap::new();
    for year in years {
        for day in days {
            for date in day.in_year(*year) {
                off.entry(date).or_insert_with(|| day.holiday.clone());
                if day.substituted && weekend.contains(&date.weekday()) {
                    to_substitute.insert(date, &day.holiday);
                }
            }
        }
    }
    // Two holidays on one weekend take the first two working days after it, in their order.
    for (date, holiday) in to_substitute {
        let free =
            date.series(1.day()).find(|d| !weekend.contains(&d.weekday()) && !off.contains_key(d));
        off.extend(free.map(|d| (d, holiday.clone())));
    }
    off
}
