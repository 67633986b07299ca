//! Days off: which civil days are not working days in a place, and who says so.
//!
//! A calendar is one file of `laws/calendars/`. It has either named statutory days, each with
//! the rule that puts it into a year, or one list of days for each year as an authority
//! published it. A year that is not held has its weekends alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};

mod easter;
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
    /// rule or with two, a date that does not exist, an id used twice.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut by_id = BTreeMap::new();
        let mut problems = Vec::new();
        for (path, text) in files {
            match read::calendar(path, text) {
                Ok(calendar) if by_id.contains_key(&calendar.id) => {
                    problems.push(twice(path, &calendar.id));
                }
                Ok(calendar) => {
                    by_id.insert(calendar.id.clone(), calendar);
                }
                Err(mut found) => problems.append(&mut found),
            }
        }
        if problems.is_empty() { Ok(Self { by_id }) } else { Err(problems) }
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
    Problem::at(path, "", 0..0, "twice", message, "give one of the two files another `id`")
}

/// The days off of one place.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// For example `cn`, or the lower-case ISO 3166 code of a Member State.
    pub id: String,
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
    weekend: Vec<Weekday>,
    years: BTreeSet<i16>,
    /// The working days of the years that are held, reckoned when they are first counted.
    tables: OnceLock<BTreeMap<i16, year::WorkingDays>>,
    holidays: BTreeMap<Date, Holiday>,
    working: BTreeSet<Date>,
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
    /// Whether every year that was looked at is held; if not, weekends alone counted there.
    pub all_years_held: bool,
}

impl Calendar {
    /// Returns why `date` is a day off, or `None` for a working day.
    ///
    /// A weekend day that an authority has made a working day is a working day.
    pub fn day_off(&self, date: Date) -> Option<DayOff<'_>> {
        if self.working.contains(&date) {
            return None;
        }
        if let Some(holiday) = self.holidays.get(&date) {
            return Some(DayOff::Holiday(holiday));
        }
        self.weekend.contains(&date.weekday()).then_some(DayOff::Weekend)
    }

    /// Returns whether nobody is expected to work on `date`.
    pub fn is_day_off(&self, date: Date) -> bool {
        self.day_off(date).is_some()
    }

    /// Returns whether an authority has made the weekend day `date` a working day.
    pub fn is_working_weekend(&self, date: Date) -> bool {
        self.working.contains(&date) && self.weekend.contains(&date.weekday())
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
        self.working.iter().copied()
    }

    /// Returns the named days of the calendar, in order of time.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, &Holiday)> {
        self.holidays.iter().map(|(date, holiday)| (*date, holiday))
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
        let all_years_held = (first.year()..=last.year()).all(|year| self.holds_year(year));
        NextWorkingDay { date: last, all_years_held }
    }
}

impl NextWorkingDay {
    fn at(self, date: Date) -> Self {
        Self { date, ..self }
    }
}

#[cfg(test)]
mod tests;
