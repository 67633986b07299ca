//! Days off: which civil days are not working days in a place, and who says so.
//!
//! A calendar is one file of `laws/calendars/`. It has either named statutory days, each with
//! the rule that puts it into a year, or one list of days for each year as an authority
//! published it. A year that is not held has its weekends alone. A further file may bring years
//! to a calendar that is there, so that a new notice needs no new program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, Weekday};

mod easter;
mod merge;
mod read;
mod rule;
mod year;

use super::confidence::Confidence;
use super::problem::Problem;
use super::text::Text;

/// The calendars that are loaded, by id.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    by_id: BTreeMap<String, Calendar>,
}

impl Calendars {
    /// Reads calendar files, each given as its path (for messages) and its text.
    ///
    /// # Errors
    /// Every problem of every file: TOML that does not parse, an unknown key, a day without a
    /// rule or with two, a date that does not exist, an id used twice, an update of a calendar
    /// that is not there, a year that two updates bring.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut by_id = BTreeMap::new();
        let mut problems = Vec::new();
        let (updates, whole): (Vec<_>, Vec<_>) =
            files.iter().partition(|(_, text)| read::is_update(text));
        for (path, text) in whole {
            match read::calendar(path, text) {
                Ok(calendar) if by_id.contains_key(&*calendar.id) => {
                    problems.push(twice(path, &calendar.id));
                }
                Ok(calendar) => {
                    by_id.insert(calendar.id.to_string(), calendar);
                }
                Err(mut found) => problems.append(&mut found),
            }
        }
        if problems.is_empty() {
            merge::updates(&mut by_id, &updates, &mut problems);
        }
        if problems.is_empty() { Ok(Self { by_id }) } else { Err(problems) }
    }

    /// Returns whether a calendar file, given as its text, brings years to a calendar that is there
    /// and is none of its own.
    pub fn is_update(text: &str) -> bool {
        read::is_update(text)
    }

    /// Returns the calendar called `id`, for example `cn` or `de`.
    pub fn get(&self, id: &str) -> Option<&Calendar> {
        self.by_id.get(id)
    }

    /// Returns all calendars, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.by_id.values()
    }
}

fn twice(path: &str, id: &str) -> Problem {
    let message = format!("the calendar `{id}` is defined twice");
    let hint = "give one of the two files another `id`; to bring years to a calendar that is there, \
                write `updates` in the place of `id`";
    Problem::at(path, "", 0..0, "twice", message, hint)
}

/// The days off of one place.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// For example `cn`, or the lower-case ISO 3166 code of a Member State.
    pub id: Arc<str>,
    /// What the calendar is, for a reader.
    pub title: Text,
    /// The ISO 3166 code of the place.
    pub jurisdiction: String,
    /// How well the days are sourced; shown to the user.
    pub confidence: Confidence,
    /// The day on which a person compared the calendar with its source.
    pub checked_on: Date,
    /// The act, or the publication, that says so.
    pub source: String,
    /// What the calendar leaves out or assumes.
    pub note: Option<Text>,
    /// What was brought to it by further files, in the order of their paths.
    pub updates: Vec<Update>,
    weekend: Vec<Weekday>,
    years: BTreeSet<i16>,
    /// The working days of the years that are held, reckoned when they are first counted.
    tables: OnceLock<BTreeMap<i16, year::WorkingDays>>,
    holidays: BTreeMap<Date, Listed>,
    /// The weekend days that are worked, each with the year whose list has it.
    working: BTreeMap<Date, i16>,
}

/// Years that a further file brought to a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The file, as the caller named it.
    pub path: String,
    /// The day on which a person compared it with its source.
    pub checked_on: Date,
    pub years: BTreeSet<i16>,
}

/// A named day off, and the year whose list has it: the first days of a holiday at the turn of the
/// year stand in the list of the year that begins.
#[derive(Clone, Debug)]
struct Listed {
    of_year: i16,
    holiday: Holiday,
}

/// A named day off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// What the day is called.
    pub name: Text,
    /// The act or notice that makes it a day off.
    pub source: String,
}

/// Why a day is a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOff<'a> {
    /// A named day, also where it falls on a weekend.
    Holiday(&'a Holiday),
    /// A day of the weekend without a name.
    Weekend,
}

/// A working day that was looked for, and whether the calendar could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextWorkingDay {
    /// The working day.
    pub date: Date,
    /// The first year that was looked at and is not held: weekends alone counted there.
    pub year_not_held: Option<i16>,
}

impl Calendar {
    /// Returns why `date` is a day off, or `None` for a working day.
    ///
    /// A weekend day that an authority has made a working day is a working day.
    pub fn day_off(&self, date: Date) -> Option<DayOff<'_>> {
        if self.working.contains_key(&date) {
            return None;
        }
        if let Some(listed) = self.holidays.get(&date) {
            return Some(DayOff::Holiday(&listed.holiday));
        }
        self.weekend.contains(&date.weekday()).then_some(DayOff::Weekend)
    }

    /// Returns whether nobody is expected to work on `date`.
    pub fn is_day_off(&self, date: Date) -> bool {
        self.day_off(date).is_some()
    }

    /// Returns whether an authority has made the weekend day `date` a working day.
    pub fn is_working_weekend(&self, date: Date) -> bool {
        self.working.contains_key(&date) && self.weekend.contains(&date.weekday())
    }

    /// Returns whether the holidays of `year` are known.
    pub fn holds_year(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// Returns the years whose holidays are known, in order.
    pub fn years_held(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }

    /// Returns the days of the week that are off.
    pub fn weekend(&self) -> &[Weekday] {
        &self.weekend
    }

    /// Returns the days that an authority has made working days, in order of time.
    pub fn working_days_decreed(&self) -> impl Iterator<Item = Date> {
        self.working.keys().copied()
    }

    /// Returns the named days of the calendar, in order of time.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, &Holiday)> {
        self.holidays.iter().map(|(date, listed)| (*date, &listed.holiday))
    }

    /// Returns the first working day on or after `date`.
    ///
    /// Source: Regulation (EEC, Euratom) 1182/71, Article 3(4).
    pub fn next_working_day(&self, date: Date) -> NextWorkingDay {
        let mut day = date;
        while self.is_day_off(day) {
            // The last day that can be written is not followed by another.
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        self.looked_at(date, day)
    }

    /// Returns the last working day on or before `date`.
    pub fn previous_working_day(&self, date: Date) -> NextWorkingDay {
        let mut day = date;
        while self.is_day_off(day) {
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        self.looked_at(day, date).at(day)
    }

    /// Returns the `count`th working day after `date`, or `None` beyond the supported years.
    ///
    /// The day itself is not counted. Each year passed costs the same, however many days it has.
    pub fn add_working_days(&self, date: Date, count: i32) -> Option<NextWorkingDay> {
        let mut year = date.year();
        let mut table = self.table(year);
        let mut wanted = u32::try_from(count).ok()? + table.until(date);
        while wanted > table.total() {
            wanted -= table.total();
            year = year.checked_add(1)?;
            Date::new(year, 1, 1).ok()?;
            table = self.table(year);
        }
        let found = table.nth(wanted, year)?;
        Some(self.looked_at(date, found))
    }

    fn table(&self, year: i16) -> year::WorkingDays {
        let reckon = |year| year::WorkingDays::of(year, |day| !self.is_day_off(day));
        let held = self
            .tables
            .get_or_init(|| self.years.iter().map(|year| (*year, reckon(*year))).collect());
        held.get(&year).copied().unwrap_or_else(|| reckon(year))
    }

    /// The answer `last` of a search that began at `first`.
    fn looked_at(&self, first: Date, last: Date) -> NextWorkingDay {
        let year_not_held = (first.year()..=last.year()).find(|year| !self.holds_year(*year));
        NextWorkingDay { date: last, year_not_held }
    }
}

impl NextWorkingDay {
    fn at(self, date: Date) -> Self {
        Self { date, ..self }
    }
}

#[cfg(test)]
mod tests;
