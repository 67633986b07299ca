//! Years that further files bring to calendars that are there.
//!
//! The whole year is the unit: what a file says of a year takes the place of everything that the
//! calendar's list of that year said, and leaves every other year alone.

use std::collections::BTreeMap;

use super::{Calendar, Update, read};
use crate::law::problem::Problem;

/// Reads each update, given as its path and its text, and brings its years to its calendar.
pub(super) fn updates(
    calendars: &mut BTreeMap<String, Calendar>,
    files: &[(&str, &str)],
    problems: &mut Vec<Problem>,
) {
    let mut brought_by: BTreeMap<(String, i16), &str> = BTreeMap::new();
    for (path, text) in files {
        let years = match read::update(path, text, calendars) {
            Ok(years) => years,
            Err(mut found) => {
                problems.append(&mut found);
                continue;
            }
        };
        for year in &years.years {
            if let Some(first) = brought_by.insert((years.id.to_string(), *year), path) {
                let message = format!("the year {year} of `{}` is in `{first}` too", years.id);
                let hint = "keep the newer of the two files";
                problems.push(Problem::at(path, text, 0..0, "twice", message, hint));
            }
        }
        if let Some(calendar) = calendars.get_mut(&*years.id) {
            calendar.take_up(path, years);
        }
    }
}

impl Calendar {
    /// Puts the years of `brought` in the place of its own.
    fn take_up(&mut self, path: &str, brought: Calendar) {
        let stays = |of_year: i16| !brought.years.contains(&of_year);
        self.holidays.retain(|_, listed| stays(listed.of_year));
        self.working.retain(|_, of_year| stays(*of_year));
        // At the turn of the year two lists may speak of one day: the one that is brought counts.
        for date in brought.holidays.keys() {
            self.working.remove(date);
        }
        for date in brought.working.keys() {
            self.holidays.remove(date);
        }
        self.holidays.extend(brought.holidays);
        self.working.extend(brought.working);
        self.years.extend(&brought.years);
        self.tables = Default::default();
        self.confidence = self.confidence.weaker(brought.confidence);
        let (path, checked_on, years) = (path.to_owned(), brought.checked_on, brought.years);
        self.updates.push(Update { path, checked_on, years });
    }
}
